# SPDX-License-Identifier: Apache-2.0
# The commands of ./dev, one function each.
# shellcheck shell=bash

# Objects of the program, of the Python module and of other clones are the same to ccache. It looks at
# the locale too, which Python would change for what it starts.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 LC_ALL=C.UTF-8

build_preset() {  # build_preset PRESET [TARGET]
  need_disk 1000 "a build"
  say "building build/$1"
  cmake --preset "$1" >/dev/null || die "cmake could not configure; its reason stands above"
  cmake --build --preset "$1" --target "${2:-all}" || die "the build failed; its errors stand above"
}

cmd_build() {
  refuse_extra build "$@"
  ensure_packages "${BUILD_PACKAGES[@]}"
  build_preset release
}

cmd_demo() {
  refuse_extra demo "$@"
  ensure_packages "${BUILD_PACKAGES[@]}"
  ensure_venv
  build_preset release npulse
  mkdir -p out
  say "one decode step of Llama-3.1-8B, batch 1, context 2048, fp8 weights"
  # On the other core; through cat it sees no terminal, so only one progress bar is drawn.
  demo_run rngd-lpddr5x --memory lpddr5x-8533 2> >(cat >&2) &
  local other=$!
  demo_run rngd-hbm3
  wait "$other" || exit 1
  build/release/cli/npulse compare out/rngd-hbm3.json out/rngd-lpddr5x.json
  say "full reports: out/rngd-*.txt and .json; timelines for ui.perfetto.dev: out/rngd-*.trace.json"
}

demo_run() {  # demo_run NAME [OPTION...]
  local name=$1
  shift
  say "running $name"
  build/release/cli/npulse run rngd llama-3.1-8b --phase decode --batch 1 --context 2048 --weights fp8 "$@" \
    --json "out/$name.json" --timeline "out/$name.trace.json" >"out/$name.txt" ||
    die "the run of $name failed; its reason stands above"
}

cmd_test() {
  local preset=release
  [[ ${1:-} != --sanitize ]] || { preset=sanitize && shift; }
  refuse_extra test "$@"
  ensure_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
  [[ $preset == sanitize ]] || ensure_venv
  build_preset "$preset"
  ctest --preset "$preset" -j "$(nproc)" || die "C++ tests failed; they are named above"
  [[ $preset == sanitize ]] || test_python
}

test_python() {
  install_python_package
  "$VENV_PYTHON" -m pytest || die "Python or style tests failed; they are named above"
}

cmd_bench() {
  (($# <= 1)) || refuse_extra "bench $1" "$2"
  ensure_packages "${BUILD_PACKAGES[@]}"
  build_preset release tests/bench/all
  local bench found=
  for bench in build/release/tests/bench/bench_"${1:-*}"; do
    [[ -x $bench ]] || continue
    found=yes
    say "running $bench"
    "$bench" || die "$bench failed"
  done
  [[ $found ]] || die "no benchmark '${1:-bench_*}' in tests/bench" 2
  [[ ${1:-dram} != dram ]] || bench_side_by_side
}

bench_side_by_side() {
  build_preset release npulse
  say "running tests/bench/side_by_side.py"
  python3 tests/bench/side_by_side.py || die "tests/bench/side_by_side.py failed"
}

cmd_fmt() {
  local cpp=(-i) python=()
  [[ ${1:-} != --check ]] || { cpp=(--dry-run --Werror) && python=(--check) && shift; }
  refuse_extra fmt "$@"
  ensure_packages "${STYLE_PACKAGES[@]}"
  ensure_venv
  git ls-files -z '*.h' '*.cpp' | xargs -0 clang-format "${cpp[@]}" || die "some C++ files are not formatted; ./dev fmt"
  "$VENV_PYTHON" -m ruff format "${python[@]}" || die "some Python files are not formatted; ./dev fmt"
}

cmd_lint() {
  refuse_extra lint "$@"
  ensure_packages "${BUILD_PACKAGES[@]}" "${STYLE_PACKAGES[@]}"
  ensure_venv
  build_preset release
  local base changed
  base=$(git merge-base HEAD main 2>/dev/null || git merge-base HEAD origin/main)
  mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- '*.cpp')
  if ((${#changed[@]})); then
    clang-tidy --quiet -p build/release "${changed[@]}" || die "clang-tidy has findings; they stand above"
  fi
  "$VENV_PYTHON" -m pytest tests/style || die "style tests failed; they are named above"
}

# SPDX-License-Identifier: Apache-2.0
# The Python environment .venv, made anew only when its requirements or its Python change.
# shellcheck shell=bash

VENV_PYTHON=.venv/bin/python
BASE_PYTHON=/usr/bin/python3  # the one that python3-dev has headers for
REQUIREMENTS=python/requirements.txt

ensure_venv() {
  local wanted
  [[ -x $BASE_PYTHON ]] || die "there is no $BASE_PYTHON; install Python 3.11 or later there"
  wanted=$("$BASE_PYTHON" --version && cat "$REQUIREMENTS" && pwd)
  [[ ! -x $VENV_PYTHON || $(cat .venv/made-from 2>/dev/null) != "$wanted" ]] || return 0
  need_disk 300 "the Python environment"
  say "making .venv with: $(grep -v '^#' "$REQUIREMENTS" | tr '\n' ' ')"
  "$BASE_PYTHON" -m venv --clear .venv || die "$BASE_PYTHON could not make .venv; its reason stands above"
  "$VENV_PYTHON" -m pip install -q --disable-pip-version-check -r "$REQUIREMENTS" ||
    die "pip could not install $REQUIREMENTS (its reason stands above; no network?)"
  printf '%s\n' "$wanted" >.venv/made-from
}

install_python_package() {  # after a release build, whose objects it then has from ccache
  say "installing the Python package into .venv"
  CXX=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' build/release/CMakeCache.txt) \
    "$VENV_PYTHON" -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps . ||
    die "the Python package did not build; its errors stand above"
}

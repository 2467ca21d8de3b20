# SPDX-License-Identifier: Apache-2.0
# Debian packages: installs those that are missing, and touches nothing otherwise.
# shellcheck shell=bash

BUILD_PACKAGES=(g++ cmake ninja-build ccache pkg-config libsystemc-dev libyaml-cpp-dev libfmt-dev
  nlohmann-json3-dev catch2 libboost-dev libboost-program-options-dev libboost-iostreams-dev
  libonnx-dev libprotobuf-dev python3 python3-dev python3-venv)
TEST_PACKAGES=(verilator chromium)  # for tests/rtl, which CMake leaves out without it; for pages
STYLE_PACKAGES=(git clang-format clang-tidy)

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

is_root() { (($(id -u) == 0)); }

as_root() {
  if is_root; then "$@"; else sudo "$@"; fi
}

ensure_packages() {  # ensure_packages NAME...
  [[ -z ${NPULSE_SKIP_PACKAGES:-} ]] || return 0
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
    die "this system has no apt; install the counterparts of these Debian packages by hand, then set NPULSE_SKIP_PACKAGES=1: $*"
  local name missing=()
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  install_packages "${missing[@]}"
}

install_packages() {
  is_root || command -v sudo >/dev/null ||
    die "not root and no sudo here; ask an administrator for: apt-get install $*"
  need_disk 1500 "installing packages"
  say "installing with apt: $*"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq)
  as_root "${apt[@]}" update >/dev/null || say "apt-get update failed; trying with the lists at hand"
  as_root "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null ||
    die "apt-get could not install: $* (its reason stands above; no network, or no right to?)"
}

# SPDX-License-Identifier: Apache-2.0
# What every step uses: one line to say, one line to fail.
# shellcheck shell=bash

say() { printf 'dev: %s\n' "$*"; }

die() {  # die MESSAGE [EXIT_CODE]
  printf 'dev: %s\n' "$1" >&2
  exit "${2:-1}"
}

free_megabytes() { df -Pm . | awk 'NR == 2 {print $4}'; }

need_disk() {  # need_disk MEGABYTES PURPOSE
  local free
  free=$(free_megabytes)
  ((free >= $1)) || die "the disk is nearly full: $2 needs about $1 MB, $free MB are free in $PWD"
}

refuse_extra() {  # refuse_extra COMMAND [ARGUMENT...]
  (($# == 1)) || die "'$1' does not take '$2'; try ./dev help" 2
}

# To be sourced: programs out of Debian's packages, without installing them.
# shellcheck shell=bash

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

# download_package NAME: into the working directory.
download_package() {
  apt-get -qq download "$1" ||
    { as_root apt-get -qq update && apt-get -qq download "$1"; }
}

# fetch_program PROGRAM PACKAGE UNPACK: runs `UNPACK FOLDER` in a new folder that
# goes afterwards; what it says is only shown when it fails.
fetch_program() {
  local folder status=0
  folder=$(mktemp -d)
  ("$3" "$folder") >"$folder/log" 2>&1 || {
    status=$?
    cat "$folder/log" >&2
  }
  rm -rf "$folder"
  ((status == 0)) || fail "needs $1, and cannot get Debian's package $2"
}

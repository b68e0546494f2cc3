#!/usr/bin/env bash
# Tests what a platform team installs, without a cluster: kustomize and Helm
# make the same objects, the policies are read, alerts come when they should,
# the dashboard finds what is exported. Both programs are linked into the tests;
# promtool is Debian's, unpacked into ~/.cache/meshvet, not installed.
#
#   scripts/manifests.sh [FLAGS OF GO TEST]
#
# PROMTOOL takes its place where it is set, MESHVET_BINARY that of the release
# build.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/meshvet

fail() {
  echo "manifests: $1" >&2
  exit 1
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

# Of the package only promtool is kept.
unpack_promtool() {
  cd "$1"
  apt-get -qq download prometheus ||
    { as_root apt-get -qq update && apt-get -qq download prometheus; }
  dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
  mv -f usr/bin/promtool "$cache/promtool"
}

fetch_promtool() {
  local folder status=0
  mkdir -p "$cache"
  folder=$(mktemp -d)
  (unpack_promtool "$folder") >"$folder/log" 2>&1 || {
    status=$?
    cat "$folder/log" >&2
  }
  rm -rf "$folder"
  ((status == 0)) ||
    fail "needs promtool, and cannot get Debian's package prometheus"
}

find_promtool() {
  if [[ -n ${PROMTOOL:-} ]]; then return; fi
  PROMTOOL=$(command -v promtool) || {
    PROMTOOL=$cache/promtool
    [[ -x $PROMTOOL ]] || fetch_promtool
  }
  export PROMTOOL
}

# shellcheck source=scripts/find_go.sh
. scripts/find_go.sh
find_promtool
cd test/install
exec go test -count=1 -timeout=10m "$@" ./...

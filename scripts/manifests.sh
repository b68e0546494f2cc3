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

# shellcheck source=scripts/debian_package.sh
. scripts/debian_package.sh

# unpack_promtool FOLDER: of the package only promtool is kept.
unpack_promtool() {
  cd "$1" && download_package prometheus &&
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool &&
    mv -f usr/bin/promtool "$cache/promtool"
}

find_promtool() {
  if [[ -n ${PROMTOOL:-} ]]; then return; fi
  PROMTOOL=$(command -v promtool) || {
    PROMTOOL=$cache/promtool
    mkdir -p "$cache"
    [[ -x $PROMTOOL ]] || fetch_program promtool prometheus unpack_promtool
  }
  export PROMTOOL
}

# shellcheck source=scripts/find_go.sh
. scripts/find_go.sh
find_promtool
cd test/install
exec go test -count=1 -timeout=10m "$@" ./...

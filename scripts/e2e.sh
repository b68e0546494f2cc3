#!/usr/bin/env bash
# Tests meshvet behind a real Kubernetes API server, as users meet it: by
# kubectl. kube-apiserver and kubectl are built from source (some minutes, once
# for each go.sum), etcd is Debian's; nothing is installed into the system, all
# is kept in ~/.cache/meshvet/e2e.
#
#   scripts/e2e.sh [FLAGS OF GO TEST]    run the tests
#   scripts/e2e.sh cluster [FLAGS]       start a cluster with the CRDs of Istio,
#                                        print its KUBECONFIG, stay until Ctrl-C;
#                                        the flags go to kube-apiserver
#   scripts/e2e.sh assets                print the folder with the programs
#
# KUBEBUILDER_ASSETS, a folder with etcd, kube-apiserver and kubectl, takes
# their place where it is set. With USE_EXISTING_CLUSTER=true the tests use the
# cluster of KUBECONFIG; its API server has to reach the loopback of this host.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/meshvet/e2e
readonly module=test/e2e

fail() {
  echo "e2e: $1" >&2
  exit 1
}

# shellcheck source=scripts/debian_package.sh
. scripts/debian_package.sh

# unpack_etcd FOLDER: not installed, since the package would start a server.
unpack_etcd() {
  cd "$1" && download_package etcd-server && dpkg-deb -x etcd-server_*.deb . &&
    chmod 755 usr/bin/etcd && mv -f usr/bin/etcd "$cache/etcd"
}

find_etcd() {
  if command -v etcd; then return; fi
  [[ -x $cache/etcd ]] || fetch_program etcd etcd-server unpack_etcd
  echo "$cache/etcd"
}

# build FOLDER: kube-apiserver and kubectl, of the version in go.mod.
build() {
  local version flags name
  version=$(cd "$module" && go list -m -f '{{.Version}}' k8s.io/kubernetes)
  flags="-s -w"
  for name in "gitVersion=$version" "gitMajor=1" "gitMinor=${version:3:2}"; do
    flags+=" -X k8s.io/component-base/version.$name"
  done
  echo "e2e: building kube-apiserver and kubectl $version (some minutes)" >&2
  (cd "$module" && CGO_ENABLED=0 nice go build -trimpath -ldflags "$flags" \
    -o "$1/" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl)
}

# Sets KUBEBUILDER_ASSETS. One at a time: others wait for the one that builds.
find_assets() {
  if [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then return; fi
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  local etcd key folder
  etcd=$(find_etcd)
  key=$(sha256sum "$module/go.sum")
  folder=$cache/${key:0:16}
  if [[ ! -d $folder ]]; then
    rm -rf "$folder.new"
    mkdir "$folder.new"
    build "$folder.new"
    mv "$folder.new" "$folder"
  fi
  ln -sfn "$etcd" "$folder/etcd"
  exec 9>&-
  export KUBEBUILDER_ASSETS=$folder
}

# shellcheck source=scripts/find_go.sh
. scripts/find_go.sh
find_assets
case ${1:-} in
  assets)
    echo "$KUBEBUILDER_ASSETS"
    ;;
  cluster)
    shift
    # Not `go run`: signals are for the program itself.
    mkdir -p "$cache"
    (cd "$module" && go build -o "$cache/cluster" ./cmd/cluster)
    exec "$cache/cluster" "$@"
    ;;
  *)
    cd "$module"
    exec go test -count=1 -timeout=15m "$@" ./...
    ;;
esac

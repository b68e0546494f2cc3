#!/usr/bin/env bash
# Tests `meshvet serve` under the load of API servers: rolling restarts, changes
# of certificate and policy, a busy mesh in a real API server. What calls is the
# code that kube-apiserver calls webhooks with.
#
#   scripts/load.sh [FLAGS OF GO TEST]
#
# The API server is that of scripts/e2e.sh; MESHVET_BINARY takes the place of
# the release build where it is set.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "load: $1" >&2
  exit 1
}

# shellcheck source=scripts/find_go.sh
. scripts/find_go.sh
KUBEBUILDER_ASSETS=$(scripts/e2e.sh assets)
export KUBEBUILDER_ASSETS
cd test/load
# As kube-apiserver is built there, so that what both have in common is built
# once.
export CGO_ENABLED=0
exec go test -trimpath -count=1 -timeout=10m -v "$@" ./...

# To be sourced: brings Go into PATH, or ends with what is missing.
# shellcheck shell=bash

find_go() {
  local least=24 version
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin
  command -v go >/dev/null ||
    fail "needs Go 1.$least or newer, in PATH or /usr/local/go (https://go.dev/dl)"
  version=$(go env GOVERSION)
  if [[ ! $version =~ ^go1\.([0-9]+) ]] || ((BASH_REMATCH[1] < least)); then
    fail "needs Go 1.$least or newer; $(command -v go) is $version"
  fi
  # One for all that is called from here; tests call it for CRDs.
  export PATH
}

find_go

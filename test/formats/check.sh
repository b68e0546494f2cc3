#!/usr/bin/env bash
# Holds the reports against the schemas of their readers: SARIF against the
# official one, JSON against our own. The former comes from the package registry
# and is kept in the build folder; without it this fails.
#
#   test/formats/check.sh build/release
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly build=$1
readonly tools=build/formats

# The package that carries the schema, and a validator for its draft.
readonly packages=(
  @microsoft/jest-sarif@1.0.0-beta.0
  ajv@8.17.1 ajv-draft-04@1.0.0 ajv-formats@3.0.1
)

command -v npm >/dev/null || {
  echo "formats-check: npm is not installed (packages nodejs and npm)" >&2
  exit 1
}
stamp=$tools/$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-16).done
if [[ ! -e $stamp ]]; then
  rm -rf "$tools"
  mkdir -p "$tools"
  npm install --silent --no-save --no-audit --no-fund --ignore-scripts \
    --prefix "$tools" "${packages[@]}"
  touch "$stamp"
fi

NODE_PATH=$PWD/$tools/node_modules \
  node test/formats/check.cjs "$build/meshvet" "$tools"

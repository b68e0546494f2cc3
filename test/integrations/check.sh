#!/usr/bin/env bash
# Runs what docs/integrations/ describes: the hooks by pre-commit, the steps of
# the action and the template by bash, all that has a schema against it. The
# tools are of PyPI, pinned, and kept in ~/.cache/meshvet; without them this
# fails.
#
#   test/integrations/check.sh build/release [ARGUMENTS OF UNITTEST]
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
shift
readonly build
readonly pins=test/integrations/requirements.txt
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/meshvet/integrations

# /usr/bin: the one that Debian's python3-venv belongs to.
tools=$cache/$(sha256sum "$pins" | cut -c1-16)
if [[ ! -e $tools/complete ]]; then
  mkdir -p "$cache"
  rm -rf "$tools"
  /usr/bin/python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: --no-deps --requirement "$pins"
  touch "$tools/complete"
fi

export PATH=$build:$tools/bin:$PATH PYTHONDONTWRITEBYTECODE=1
cd test/integrations
exec "$tools/bin/python" -m unittest discover --pattern '*_test.py' "$@"

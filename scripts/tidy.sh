#!/usr/bin/env bash
# Runs clang-tidy over the sources of the program, or over those that match the
# regular expressions given. Tests are left to the compilers and the sanitizers:
# the headers of GoogleTest alone cost it half a minute a file.
#
#   scripts/tidy.sh build/clang 2 [REGEX...]
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1
jobs=$2
shift 2
(($#)) || set -- "^$PWD/(mesh|rules|yaml|lint|certs|cluster|webhook|ruletest|cli)/"
# What a source includes has to exist: the rule index is written by cmake, so
# configuring is enough.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! run-clang-tidy-14 -p "$build" -j "$jobs" -quiet "$@" >"$log" 2>&1; then
  grep -Ev '^clang-tidy-14 |warnings? (generated|treated as)' "$log" >&2
  exit 1
fi

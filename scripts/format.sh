#!/usr/bin/env bash
# Formats the sources that git knows of, or, with --check, names those that are
# not formatted and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(-i)
[[ ${1:-} == --check ]] && mode=(--dry-run --Werror)
git ls-files -z --cached --others --exclude-standard '*.cc' '*.h' |
  xargs -0 --no-run-if-empty -n 20 -P "$(nproc)" clang-format-14 "${mode[@]}"

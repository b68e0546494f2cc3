#!/usr/bin/env bash
# Keeps what fuzzing found: of all inputs the few that together reach what the
# seeds written by hand do not. They replace test/fuzz/corpus/NAME/found, which
# the ordinary tests run.
#
#   scripts/fuzz_keep.sh build/fuzz
set -euo pipefail
cd "$(dirname "$0")/.."

for source in test/fuzz/*_fuzz.cc; do
  name=$(basename "$source" _fuzz.cc)
  program=$1/test/fuzz/${name}_fuzz
  found=$1/test/fuzz/work/$name/found
  seeds=test/fuzz/corpus/$name
  [[ -d $found ]] || {
    echo "fuzz-keep: $found is missing: run make fuzz first" >&2
    exit 1
  }
  kept=$(mktemp -d)
  mkdir -p "$seeds/found"
  find "$seeds" -maxdepth 1 -type f -exec cp -t "$kept" {} +
  # By edges alone: how often each was passed would keep three times as many.
  "$program" -set_cover_merge=1 -use_counters=0 -max_len=65536 \
    "$kept" "$seeds/found" "$found" </dev/null >"$kept.log" 2>&1 || {
    cat "$kept.log" >&2
    exit 1
  }
  rm -rf "$seeds/found"
  mkdir "$seeds/found"
  # What the program wrote is named by its hash; seeds have words for names.
  find "$kept" -maxdepth 1 -regextype posix-extended -regex '.*/[0-9a-f]{40}' \
    -exec mv -t "$seeds/found" {} +
  printf '%-20s %4d kept of %d\n' "$name" \
    "$(find "$seeds/found" -type f | wc -l)" "$(find "$found" -type f | wc -l)"
  rm -rf "$kept" "$kept.log"
done

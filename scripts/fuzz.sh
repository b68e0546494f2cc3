#!/usr/bin/env bash
# Fuzzes every target of a build folder, several at a time, each for a fixed
# number of seconds. Starts from the seeds in test/fuzz/corpus and from what
# earlier runs found; fails if any target crashes, leaks, hangs or outgrows its
# memory.
#
#   scripts/fuzz.sh build/fuzz SECONDS JOBS
set -euo pipefail
cd "$(dirname "$0")/.."

fuzz_one() {
  local seconds=$1 program=$2
  local name work log
  name=$(basename "$program" _fuzz)
  work=$(dirname "$program")/work/$name
  log=$work/log
  mkdir -p "$work/found"
  if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -max_len=65536 -print_final_stats=1 -artifact_prefix="$work/" \
    "$work/found" "test/fuzz/corpus/$name" </dev/null >"$log" 2>&1; then
    awk -v name="$name" '/number_of_executed_units/ { runs = $2 }
      / cov: / { for (i = 1; i < NF; ++i) if ($i == "cov:") cov = $(i + 1) }
      END { printf "%-20s ok: %d runs, %d edges\n", name, runs, cov }' "$log"
  else
    printf '%-20s FAILED; the input is in %s, the end of its log:\n' \
      "$name" "$work"
    tail -n 40 "$log"
    return 1
  fi
}
export -f fuzz_one

# By source, for an old build folder keeps programs whose target is gone.
programs=()
for source in test/fuzz/*_fuzz.cc; do
  programs+=("$1/test/fuzz/$(basename "$source" .cc)")
done
printf '%s\0' "${programs[@]}" |
  xargs -0 -n 1 -P "$3" bash -c 'fuzz_one "$@"' fuzz_one "$2"

#!/usr/bin/env bash
# Shows meshvet at work on the sample mesh in examples/: starts the webhook on
# loopback, asks it what an API server would ask, prints the answers for a
# person to read, then lints the same mesh. Fails if an answer is not the one
# that is expected; leaves nothing running.
set -euo pipefail
cd "$(dirname "$0")/.."

meshvet=build/release/meshvet
work=$(mktemp -d)
server=
unexpected=0

clean_up() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bold= red= green= yellow= plain=
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
fi

fail() {
  printf '%snot as expected: %s%s\n' "$red" "$1" "$plain" >&2
  unexpected=1
}

# On free ports: it prints where it serves once it is ready.
start_server() {
  "$meshvet" serve --listen 127.0.0.1:0 --ops-listen 127.0.0.1:0 \
    --inventory examples/mesh --config examples/meshvet.yaml \
    --tls-ca-out "$work/ca.pem" \
    >"$work/ports" 2>"$work/server.log" </dev/null &
  server=$!
  local tries
  for ((tries = 0; tries < 1200; ++tries)); do
    port=$(sed -n 's|^webhook https://127\.0\.0\.1:||p' "$work/ports")
    if [[ -n $port ]]; then return; fi
    if ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.05
  done
  echo "the server did not become ready; it said:" >&2
  cat "$work/server.log" >&2
  exit 1
}

# send REVIEW ENDPOINT: what the API server would send; the answer goes to
# $work/answer.json.
send() {
  curl -sS --fail-with-body --max-time 10 --cacert "$work/ca.pem" \
    --connect-to "localhost:$port:127.0.0.1:$port" \
    -H 'Content-Type: application/json' --data-binary "@$1" \
    -o "$work/answer.json" "https://localhost:$port$2?timeout=10s"
}

show_question() {
  printf '\n%s%s%s\n' "$bold" "$(jq -r --arg endpoint "$2" '.request |
    "\(.operation) \(.kind.kind) \(.namespace)/\(.name)" +
    "   by \(.userInfo.username), to \($endpoint)"' "$1")" "$plain"
}

show_answer() {
  local answer=$work/answer.json
  if [[ $(jq .response.allowed "$answer") == true ]]; then
    printf '  %sALLOWED%s\n' "$green" "$plain"
  else
    printf '  %sDENIED%s (%s)\n' "$red" "$plain" \
      "$(jq -r '.response.status | "\(.code) \(.reason)"' "$answer")"
    jq -r '.response.status.message' "$answer" | sed 's/^/    /'
  fi
  if jq -e '.response.patch' "$answer" >/dev/null; then
    printf '  %sPATCHED%s\n' "$green" "$plain"
    jq -r '.response.patch' "$answer" | base64 -d |
      jq -rc '.[] | "    \(.)"'
  fi
  jq -r '.response.warnings[]?' "$answer" |
    sed "s/^/  ${yellow}WARNING${plain} /"
}

# One word for what was answered.
verdict() {
  jq -r '.response | if .allowed | not then "denied"
    elif .patch then "patched"
    elif (.warnings // []) != [] then "warned"
    else "allowed" end' "$work/answer.json"
}

# review NAME ENDPOINT VERDICT: sends examples/reviews/NAME.json.
review() {
  local file=examples/reviews/$1.json
  show_question "$file" "$2"
  if ! send "$file" "$2"; then
    cat "$work/answer.json" 2>/dev/null || true
    fail "$1: no answer"
    return
  fi
  show_answer
  [[ $(verdict) == "$3" ]] || fail "$1 is $(verdict), should be $3"
}

heading() { printf '\n%s== %s ==%s\n' "$bold" "$1" "$plain"; }

# lint EXPECTED_EXIT ARGUMENTS...: the report is also left in $work/lint.
lint() {
  local expected=$1 status=0
  shift
  printf '%s$ meshvet lint %s%s\n' "$bold" "$*" "$plain"
  "$meshvet" lint "$@" </dev/null 2>&1 | tee "$work/lint" || status=$?
  [[ $status == "$expected" ]] ||
    fail "meshvet lint $* ended with $status, should be $expected"
}

heading "meshvet serve: the admission webhook, policy examples/meshvet.yaml"
start_server
review allow-virtual-service /validate allowed
review deny-cross-namespace-host /validate denied
review patch-workload-entry-labels /mutate patched
review deny-workload-entry-without-labels /validate denied
review warn-destination-rule-double-tls /validate warned
review deny-plaintext-to-strict-mtls /validate denied
review warn-update-keeps-old-problem /validate warned
review allow-delete /validate allowed

heading "meshvet lint: the same rules on files"
lint 0 examples/mesh --config examples/meshvet.yaml --complete
lint 1 examples/broken --context examples/mesh \
  --config examples/meshvet.yaml --complete -o concise

# Each broken example says which rule it breaks.
while read -r rule; do
  grep -qF "[$rule]" "$work/lint" || fail "$rule does not speak"
done < <(sed -n 's/^# breaks: //p' examples/broken/*.yaml)

if ((unexpected)); then
  exit 1
fi
printf '\n%sEvery answer is the expected one.%s\n' "$green" "$plain"

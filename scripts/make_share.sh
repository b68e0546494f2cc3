#!/usr/bin/env bash
# What is installed beside the program, printed by the program.
#
#   scripts/make_share.sh PROGRAM FOLDER
set -euo pipefail
readonly program=$1 folder=$2

"$program" man --output-dir "$folder/man/man1" >/dev/null
gzip --best --no-name "$folder"/man/man1/*.1
ln -s meshvet.1.gz "$folder/man/man1/kubectl-meshvet.1.gz"
"$program" completion bash >"$folder/meshvet.bash"
"$program" completion zsh >"$folder/_meshvet"
"$program" completion fish >"$folder/meshvet.fish"
ln -s meshvet "$folder/kubectl-meshvet"
touch "$folder/made"

#!/usr/bin/env bash
# Installs the Debian packages that are needed and missing. Says nothing and
# takes no time when all are there.
#
#   scripts/setup.sh          what building, testing and measuring needs
#   scripts/setup.sh gates    and what the slower checks need: clang, formatter,
#                             a scanner of TLS, tools for Debian packages
#   scripts/setup.sh readers  and what the readers of our files are installed
#                             with: npm, Python's venv, git
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache pkg-config
  libcpp-httplib-dev libssl-dev nlohmann-json3-dev rapidjson-dev
  libspdlog-dev libyaml-dev libcli11-dev prometheus-cpp-dev
  libgtest-dev libgmock-dev libbenchmark-dev libexpat1-dev
  wrk curl jq patch python3 openssl
  zsh fish man-db mandoc strace
)
case ${1:-} in
  gates)
    packages+=(
      clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev sslscan
      dpkg-dev fakeroot file lintian
    )
    ;;
  readers)
    packages+=(python3-venv git)
    # Node.js that comes from elsewhere brings an npm of its own, and Debian's
    # would take its place.
    command -v npm >/dev/null || packages+=(nodejs npm)
    ;;
esac

if ! command -v apt-get >/dev/null; then
  echo "setup: no apt-get here; please install by hand: ${packages[*]}" >&2
  exit 1
fi

installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' \
  "${packages[@]}" 2>/dev/null | awk '$2 == "installed" { print $1 }' || true)
missing=()
for package in "${packages[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || {
    echo "setup: not root, and no sudo to install: ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Quiet, unless it fails.
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -y -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1 || {
    cat "$log" >&2
    echo "setup: 'apt-get $*' failed" >&2
    exit 1
  }
}

echo "setup: installing ${missing[*]}"
apt update
apt install --no-install-recommends "${missing[@]}"

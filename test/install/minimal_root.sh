# To be sourced: a Debian root of a few packages, for chroot. Needs root;
# mmdebstrap is Debian's, unpacked into ~/.cache/meshvet where it is not
# installed. MIRROR takes the place of the one this machine's packages come from.
# shellcheck shell=bash

readonly release=bookworm
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/meshvet

fail() {
  echo "minimal root: $1" >&2
  exit 1
}

find_mirror() {
  # The fields are apt's, not the shell's.
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(SITE)' |
    awk -v release="$release" '$1 == release && $2 == "main" { site = $3 }
                               END { print site }'
}

find_mmdebstrap() {
  if command -v mmdebstrap; then return; fi
  if [[ ! -x $cache/mmdebstrap/usr/bin/mmdebstrap ]]; then
    mkdir -p "$cache/mmdebstrap"
    (cd "$cache/mmdebstrap" && apt-get -qq download mmdebstrap &&
      dpkg-deb -x mmdebstrap_*.deb . && rm mmdebstrap_*.deb) >&2 ||
      fail "needs mmdebstrap, and cannot get Debian's package"
  fi
  echo "$cache/mmdebstrap/usr/bin/mmdebstrap"
}

# make_root FOLDER PACKAGES...: fills the folder; readable for every user.
make_root() {
  local folder=$1 mirror program
  shift
  ((EUID == 0)) || fail "needs root"
  mirror=${MIRROR:-$(find_mirror)}
  [[ -n $mirror ]] || fail "apt knows no mirror of Debian $release: set MIRROR"
  program=$(find_mmdebstrap)
  echo "minimal root: Debian 12 with $*"
  "$program" --quiet --mode=root --variant=minbase \
    --include="$(IFS=,; echo "$*")" "$release" "$folder" "$mirror"
  chmod 755 "$folder"
}

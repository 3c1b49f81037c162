#!/usr/bin/env bash
# install-debian.sh SECTION...: installs what debian-packages.txt lists under [SECTION] and is missing. Asks for sudo
# only where something is missing and it does not run as root; says nothing and touches nothing otherwise.
set -euo pipefail

list=$(dirname "$0")/debian-packages.txt

packages_of() {
  awk -v wanted="[$1]" '/^\[/ { inside = $1 == wanted; next } inside && !/^#/ && NF { print $1 }' "$list"
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

missing=()
for section in "$@"; do
  for package in $(packages_of "$section"); do
    is_installed "$package" || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
echo "Installing: ${missing[*]}" >&2
"${as_root[@]}" apt-get update -q >&2
# No service of a package may be started: mail and name servers stay as they are.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
  apt-get install -y -q --no-install-recommends "${missing[@]}" >&2

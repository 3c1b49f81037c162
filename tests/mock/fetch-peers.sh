#!/usr/bin/env bash
# fetch-peers.sh PACKAGE...: unpacks Debian packages below tests/.cache/PACKAGE without installing them (mail servers conflict with each other as
# packages), and prints nothing. Dependencies that are only libraries are named by the caller as further packages.
set -euo pipefail

cache=$(cd "$(dirname "$0")/.." && pwd)/.cache
mkdir -p "$cache/debs"
# Tests that run side by side want the same package: one fetches, the others wait.
exec 9> "$cache/.lock"
flock -w 300 9
updated=
for package in "$@"; do
  if [ -f "$cache/$package/.complete" ]; then continue; fi
  rm -rf "${cache:?}/$package"
  mkdir -p "$cache/$package"
  if ! (cd "$cache/debs" && apt-get download -q "$package" > /dev/null 2>&1); then
    if [ -z "$updated" ]; then
      as_root=()
      [ "$(id -u)" = 0 ] || as_root=(sudo)
      "${as_root[@]}" apt-get update -q > /dev/null 2>&1 || true
      updated=yes
    fi
    (cd "$cache/debs" && apt-get download -q "$package" > /dev/null 2>&1) || {
      echo "fetch-peers: package $package cannot be downloaded" >&2
      exit 1
    }
  fi
  dpkg-deb -x "$cache/debs/${package}"_*.deb "$cache/$package"
  touch "$cache/$package/.complete"
done

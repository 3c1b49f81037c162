#!/bin/sh
# with-bus.sh COMMAND...: runs it on a session bus of its own without activation, with private folders, and clears up.
here=$(dirname "$(readlink -f "$0")")
command -v dbus-run-session >/dev/null || { echo "1..0 # SKIP dbus-run-session is not installed"; exit 0; }
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
mkdir -m 0700 "$home/run"
HOME=$home XDG_RUNTIME_DIR=$home/run XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache
export HOME XDG_RUNTIME_DIR XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME
unset DISPLAY WAYLAND_DISPLAY SECRET_BACKEND
dbus-run-session --config-file="$here/bus.conf" -- "$@"

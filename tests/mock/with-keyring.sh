#!/bin/sh
# with-keyring.sh COMMAND...: as with-bus.sh, with a real gnome-keyring that was unlocked with the password "test".
here=$(dirname "$(readlink -f "$0")")
if [ "$1" != --inside ]; then
  command -v gnome-keyring-daemon >/dev/null || { echo "1..0 # SKIP gnome-keyring is not installed"; exit 0; }
  exec "$here/with-bus.sh" "$0" --inside "$@"
fi
shift
printf test | gnome-keyring-daemon --unlock --components=secrets --foreground >&2 &
daemon=$!
trap 'kill $daemon 2>/dev/null; wait $daemon 2>/dev/null' EXIT
gdbus wait --session --timeout 20 org.freedesktop.secrets || { echo "Bail out! the keyring did not start"; exit 1; }
"$@"

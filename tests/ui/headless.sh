#!/bin/bash
# headless.sh [--wm] [--size WxH] COMMAND...: a private display, session bus, home and XDG folders; all of it ends with the command.
set -u
wm=no
size=1280x900
while true; do
  case "${1:-}" in
    --wm) wm=yes; shift ;;
    --size) size=$2; shift 2 ;;
    *) break ;;
  esac
done

dir=$(mktemp -d "${TMPDIR:-/tmp}/mr-ui.XXXXXX")
chmod 700 "$dir"
mkdir -p "$dir"/{run,config/gtk-4.0,data,state,cache,home}
chmod 700 "$dir/run"
printf '[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\n' > "$dir/config/gtk-4.0/settings.ini"
export XDG_RUNTIME_DIR=$dir/run XDG_CONFIG_HOME=$dir/config XDG_DATA_HOME=$dir/data XDG_STATE_HOME=$dir/state
export XDG_CACHE_HOME=$dir/cache HOME=$dir/home TMPDIR=${TMPDIR:-/tmp}
export GSETTINGS_BACKEND=memory GDK_BACKEND=x11 LC_ALL=${MR_TEST_LOCALE:-C.UTF-8} TZ=UTC
export GSK_RENDERER=cairo GDK_DEBUG=gl-disable LIBGL_ALWAYS_SOFTWARE=1
unset DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY DISPLAY

exec 7> "$dir/display"
Xvfb -displayfd 7 -screen 0 "${size}x24" -nolisten tcp -noreset -dpi 96 > "$dir/xvfb.log" 2>&1 &
xvfb=$!
manager=
cleanup() {
  [ -n "$manager" ] && kill "$manager" 2> /dev/null
  kill "$xvfb" 2> /dev/null
  wait "$xvfb" 2> /dev/null
  rm -rf "$dir"
}
trap cleanup EXIT
for _ in $(seq 500); do
  [ -s "$dir/display" ] && break
  kill -0 "$xvfb" 2> /dev/null || { cat "$dir/xvfb.log" >&2; exit 99; }
  sleep 0.02
done
DISPLAY=:$(cat "$dir/display")
export DISPLAY
if [ "$wm" = yes ]; then
  openbox --sm-disable > "$dir/wm.log" 2>&1 &
  manager=$!
fi
# What the bus starts talks on standard output too; that belongs to the test alone.
dbus-run-session -- bash -c 'exec "$@" 1>&8 8>&-' bash "$@" 8>&1 1>&2

#!/usr/bin/env bash
# The whole job on a throw-away profile: several mail servers played on loopback, some twenty messages sent by curl through the real port, and
# what becomes of them, in the window where there is a display, else in the terminal. Called by `app/run --demo BUILD`.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=$1
ctl=$build/app/ctl/mail-relayctl
profile=$(mktemp -d "${TMPDIR:-/tmp}/mail-relay-demo.XXXXXX")
chmod 700 "$profile"
pids=()

finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$profile"
}
trap finish EXIT
trap 'exit 130' INT TERM

# ---- a profile and a bus of its own ----
for d in home config data state cache run; do mkdir -m 700 "$profile/$d"; done
export HOME=$profile/home XDG_CONFIG_HOME=$profile/config XDG_DATA_HOME=$profile/data XDG_STATE_HOME=$profile/state
export XDG_CACHE_HOME=$profile/cache XDG_RUNTIME_DIR=$profile/run GSETTINGS_BACKEND=memory
unset DBUS_SESSION_BUS_ADDRESS
cat > "$profile/bus.conf" <<BUS
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$profile/run/session-bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
BUS
dbus-daemon --config-file="$profile/bus.conf" --nofork --nopidfile > "$profile/bus.log" 2>&1 & pids+=($!)
export DBUS_SESSION_BUS_ADDRESS=unix:path=$profile/run/session-bus

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
smtp=$(free_port) dns=$(free_port) port=$(free_port)

python3 "$here/sink.py" --smtp-port "$smtp" --dns-port "$dns" --greylist 8 > "$profile/sink.log" 2>&1 & pids+=($!)
for _ in $(seq 100); do grep -q ready "$profile/sink.log" && break; sleep 0.05; done

# Everything below is an ordinary setting: the program does not know that this is a demonstration.
mkdir -p "$XDG_CONFIG_HOME/mail-relay"
cat > "$XDG_CONFIG_HOME/mail-relay/mail-relay.conf" <<CONF
# Profile of the demonstration: mail servers on loopback, quick retries.
[submission]
listen=127.0.0.1:$port

[dns]
servers=127.0.0.1:$dns

[delivery]
mx-port=$smtp
allow-private-mx=true

[retry]
first=5

[secrets]
backend=memory
CONF
chmod 600 "$XDG_CONFIG_HOME/mail-relay/mail-relay.conf"

"$build/app/service/mail-relayd" > "$profile/service.log" 2>&1 & service=$!; pids+=($service)
for _ in $(seq 200); do "$ctl" status > /dev/null 2>&1 && break; kill -0 $service 2>/dev/null || { cat "$profile/service.log"; exit 1; }; sleep 0.05; done
"$ctl" account add --id demo --name "Demonstration" --direct --address '*' > /dev/null

submit() { # from, subject, size in KiB, recipients...
  local from=$1 subject=$2 kib=$3 args=() file
  shift 3
  file=$(mktemp "$profile/message.XXXXXX")
  for r in "$@"; do args+=(--mail-rcpt "$r"); done
  {
    printf 'From: <%s>\nTo: %s\nSubject: %s\n\nSent by curl through port %s.\n' "$from" "$(IFS=,; echo "$*")" "$subject" "$port"
    [ "$kib" -gt 0 ] && head -c "$((kib * 768))" /dev/urandom | base64
  } > "$file"
  curl --silent --show-error --crlf "smtp://127.0.0.1:$port" --mail-from "$from" "${args[@]}" --upload-file "$file"
  rm -f "$file"
}

send_all() {
  local me=you@sender.example
  submit $me "Minutes of the meeting" 4 anna@accepts.example
  submit $me "Invoice 2041" 60 office@accepts.example bob@friends.example
  submit $me "Holiday pictures (8 MiB)" 8192 carla@friends.example
  submit $me "Offer" 2 new.customer@greylists.example
  submit $me "A typing mistake" 1 jhon@nobody.example
  submit $me "To a mailbox that is full" 1 dora@full.example
  submit $me "To a server that is down" 1 eve@down.example
  submit $me "To everybody" 3 anna@accepts.example jhon@nobody.example dora@full.example frank@greylists.example
  submit $me "To a domain that does not exist" 1 grace@no-such-domain.example
  for n in $(seq 12); do submit "cron@sender.example" "Nightly report $n" 1 "admin$((n % 3))@accepts.example"; done
}

echo
echo "Mail Relay listens on 127.0.0.1:$port. Profile: $profile (removed at the end)."
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo "The window shows what curl sends now. Close it to end the demonstration."
  send_all > /dev/null & pids+=($!)
  "$build/app/ui/mail-relay" || true
  exit 0
fi

send_all
echo
echo "== 21 messages were taken within seconds; the outbox now:"
"$ctl" list
echo
echo "== Twenty seconds of retries (greylisting ends by itself):"
for _ in $(seq 40); do
  sleep 0.5
  [ "$("$ctl" list --json | grep -c greylists.example || true)" = 0 ] && break
done
"$ctl" list
echo
echo "== History:"
"$ctl" list --history --limit 50
echo
echo "== What the program says about one that failed:"
failed=$("$ctl" list --history --state failed --json | grep -o '"id" *: *"[0-9A-Z]*"' | head -n 1 | grep -o '[0-9A-Z]\{16\}' || true)
[ -n "$failed" ] && "$ctl" show "$failed"
echo
"$ctl" status

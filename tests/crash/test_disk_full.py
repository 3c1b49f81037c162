#!/usr/bin/python3
"""A full file system: nothing is acknowledged that is not kept, the reply is 452 4.3.1, and the service goes on by itself when there is room again.

The state folder stands on a small tmpfs (as root, or in a user and mount namespace of the test's own)."""
import os
import subprocess
import sys

if os.environ.get("MR_IN_NAMESPACE") != "1":
    os.environ["MR_IN_NAMESPACE"] = "1"
    flags = ["-m"] if os.getuid() == 0 else ["-Urm"]
    os.execvp("unshare", ["unshare", *flags, "--", sys.executable, *sys.argv])

from crashlib import CountingSink, Load, settle, twice_in_one_life  # noqa: E402
from harness import Profile, check, run_cases  # noqa: E402


def full():
    with Profile(bus=False) as profile:
        os.makedirs(profile.state_dir, mode=0o700, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "none", profile.state_dir], check=True)
        try:
            sink = CountingSink()
            profile.sinks.append(sink)
            sink.life = 1
            profile.configure({"account sink": {"addresses": "*", "host": "127.0.0.1", "port": str(sink.port), "tls": "none"},
                               "log": {"level": "error"}, "store": {"min-free-mib": "8"}, "general": {"paused": "true"}})
            service = profile.start_service()
            load = Load(profile.smtp, clients=3, size=60000)
            load.start()
            refusals = lambda: sum(n for text, n in load.refused.items() if text.startswith("452"))  # noqa: E731
            service.wait(lambda: refusals() >= 3, "452 for a full disk", patience=60)
            load.stop()
            check(all(text.startswith(("452 4.3.1", "451 4.3.0")) for text in load.refused), f"refusals: {load.refused}")
            acknowledged = set(load.acknowledged)
            check(len(acknowledged) > 20, f"only {len(acknowledged)} were taken before the disk was full")
            # State changes still have room: delivery goes on and makes room.
            service.call("Service", "SetPaused", "(b)", False)
            lost = settle(service, sink, acknowledged)
            check(not lost, f"lost: {lost[:5]}")
            check(not twice_in_one_life(sink), "delivered twice")
            load = Load(profile.smtp, clients=1, size=2000)
            load.start()
            load.wait_for(1)
            load.stop()
            print(f"# {len(acknowledged)} taken before the disk was full, all delivered, lost 0")
            service.stop()
        finally:
            subprocess.run(["umount", "-l", profile.state_dir], check=False)


run_cases(full)

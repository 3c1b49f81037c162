#!/usr/bin/python3
"""SIGKILL at any moment: no acknowledged message is lost, and none is sent twice except where the process ended between the final dot and the synced
record of its reply.

Each life of the service is killed while transactions and deliveries are open: at a random number of acknowledged messages, or (builds with fault
injection) at a pass of a commit point. The number of kills and messages: MR_KILLS (50), MR_ACKNOWLEDGED (2000)."""
import os
import random
import time

from crashlib import CountingSink, Load, settle, twice_in_one_life
from harness import Failed, Profile, check, run_cases

KILLS = int(os.environ.get("MR_KILLS", "50"))
ACKNOWLEDGED = int(os.environ.get("MR_ACKNOWLEDGED", "2000"))
FAULTS = os.environ.get("MR_FAULT_INJECTION") == "1"
POINTS = ["begin", "work", "committed", "answered", "checkpoint", "checkpointed", "recover", "recovered"]
RARE = {"checkpoint", "checkpointed", "recover", "recovered"}


def start(profile, sink, fault=None):
    sink.life += 1
    profile.env.pop("MAIL_RELAY_FAULT", None)
    if fault:
        profile.env["MAIL_RELAY_FAULT"] = fault
    service = profile.start_service(wait=False)
    profile.env.pop("MAIL_RELAY_FAULT", None)
    return service


def kills():
    rng = random.Random(int(os.environ.get("MR_SEED", "1")))
    with Profile(bus=False) as profile:
        sink = CountingSink()
        profile.sinks.append(sink)
        profile.configure({"account sink": {"addresses": "*", "host": "127.0.0.1", "port": str(sink.port), "tls": "none"},
                           "log": {"level": "warning"}, "retry": {"first": "1", "jitter-percent": "0"}})
        load = Load(profile.smtp)
        load.start()
        open_at_kill = aimed = injected = 0
        per_life = max(1, ACKNOWLEDGED // KILLS)
        for n in range(KILLS):
            point = POINTS[n % len(POINTS)] if FAULTS and n % 2 else None
            fault = f"{point}:{1 if point in RARE else rng.randint(3, 3 + per_life // 2)}" if point else None
            service = start(profile, sink, fault)
            before = len(load.acknowledged)
            if fault and point not in RARE:
                try:
                    service.process.wait(30)
                    injected += 1
                except Exception:
                    pass
            elif fault:  # the point may not be reached in a short life: kill after the messages at the latest
                while service.process.poll() is None and len(load.acknowledged) < before + per_life:
                    try:
                        service.process.wait(0.02)
                        injected += 1
                    except Exception:
                        pass
            else:
                load.wait_for(before + rng.randint(per_life // 2, per_life * 2))
                aimed += 1
                for _ in range(2000):  # the kill shall meet a transaction and a delivery
                    if load.open_transactions > 0 and sink.sockets:
                        break
                    time.sleep(0.0005)
                open_at_kill += load.open_transactions > 0 and bool(sink.sockets)
            service.kill()
        service = start(profile, sink)
        profile.wait_until_up(service)
        load.wait_for(ACKNOWLEDGED)
        load.stop()
        lost = settle(service, sink, load.acknowledged)
        twice = sum(len(lives) > 1 for lives in sink.accepted.values())
        bad = twice_in_one_life(sink)
        print(f"# {KILLS} kills ({injected} at commit points, {open_at_kill} of the {aimed} others with a transaction and a delivery open), {len(load.acknowledged)} acknowledged, "
              f"{len(sink.accepted)} came, lost {len(lost)}, twice {twice}, twice in one life {len(bad)}, refused {load.refused}")
        check(not lost, f"lost: {lost[:10]}")
        check(not bad, f"delivered twice by one life: {bad[:10]}")
        check(open_at_kill >= aimed * 3 // 4, f"only {open_at_kill} of {aimed} kills met an open transaction and delivery")
        service.stop()


run_cases(kills)

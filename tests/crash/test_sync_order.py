#!/usr/bin/python3
"""Follows the service's system calls: no 250 after DATA is written before the sync of the write-ahead log that holds the message.

Between the write that first holds a message's queue id and the "250 2.0.0 queued as ID" there must be a completed fdatasync/fsync of the log. With the store's
syncing switched off (builds with fault injection) the same test must fail."""
import os
import re
import signal

from crashlib import CountingSink, Load
from harness import Profile, check, need, run_cases

FAULTS = os.environ.get("MR_FAULT_INJECTION") == "1"
CALL = re.compile(r"^(\d+)\s+(\w+)\((\d+)<([^>]*)>")


def trace(extra_env):
    """Text of the trace of a run with some messages."""
    with Profile(bus=False) as profile:
        sink = CountingSink()
        profile.sinks.append(sink)
        profile.env.update(extra_env)
        profile.configure({"account sink": {"addresses": "*", "host": "127.0.0.1", "port": str(sink.port), "tls": "none"}})
        path = os.path.join(profile.root, "trace")
        wrapper = ["strace", "-f", "-y", "-s", "9000", "-e", "trace=write,writev,sendto,sendmsg,pwrite64,fdatasync,fsync", "-o", path]
        service = profile.start_service("--no-sandbox", wrapper=wrapper)
        load = Load(profile.smtp, clients=3)
        load.start()
        load.wait_for(60, patience=120)
        load.stop()
        with open(os.path.join(profile.state_dir, "lock"), encoding="ascii") as f:
            os.kill(int(f.read().split()[0]), signal.SIGTERM)  # the service, not strace
        service.process.wait(60)
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read(), len(load.acknowledged)


QUEUED = re.compile(r'"250 2\.0\.0 queued as ([0-9A-Z]{16})')


def violations(text):
    """(answers seen, answers that left before a sync that began after the message's row was in the log)."""
    lines = text.splitlines()
    wanted = set(QUEUED.findall(text))
    pattern = re.compile("|".join(wanted)) if wanted else None
    written, synced, unfinished = {}, set(), {}
    writes = answers = bad = 0
    for line in lines:
        pid = line.split(" ", 1)[0]
        if re.match(r"^\d+\s+<\.\.\. (fdatasync|fsync) resumed", line):
            upto = unfinished.pop(pid, 0)
            synced.update(i for i, n in written.items() if n <= upto)
            continue
        call = CALL.match(line)
        if not call:
            continue
        _, name, _, file = call.groups()
        log = file.endswith("-wal")
        if name in ("pwrite64", "write") and log:
            writes += 1
            for id in pattern.findall(line):
                written.setdefault(id, writes)
        elif name in ("fdatasync", "fsync") and log:
            if "<unfinished" in line:
                unfinished[pid] = writes
            else:
                synced.update(written)
        else:
            for id in QUEUED.findall(line):
                answers += 1
                bad += id not in synced
    return answers, bad


def answers_follow_the_sync():
    need("strace")
    text, acknowledged = trace({})
    answers, bad = violations(text)
    print(f"# {acknowledged} acknowledged, {answers} answers seen, {bad} before the sync")
    check(answers >= 60, f"the trace shows only {answers} answers")
    check(bad == 0, f"{bad} answers left before the sync")


def a_missing_sync_is_noticed():
    need("strace")
    if not FAULTS:
        raise SystemExit(77)
    text, _ = trace({"MAIL_RELAY_FAULT_SYNC": "off"})
    answers, bad = violations(text)
    print(f"# without syncs: {bad} of {answers} answers before a sync")
    check(bad > answers // 2, f"only {bad} of {answers} were noticed")


run_cases(answers_follow_the_sync, a_missing_sync_is_noticed)

"""The measurements of tests/bench/run."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "integration"), os.path.join(HERE, "..", "mock")]
import postfix  # noqa: E402
from harness import Profile, free_port  # noqa: E402

# name: sessions, bytes, messages, connections kept
LOADS = {
    "20 sessions, 4 KiB, a connection a message": (20, 4096, 5000, False),
    "20 sessions, 4 KiB, connections kept": (20, 4096, 5000, True),
    "1 session, 4 KiB, sequential": (1, 4096, 500, True),
    "4 sessions, 5 MiB": (4, 5 * 1024 * 1024, 100, False),
}
PATIENCE = 240


class Sink:
    """smtp-sink, which counts what it took."""

    def __init__(self, folder):
        self.port, self.path = free_port(), os.path.join(folder, "sink.count")
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        self.process = subprocess.Popen([postfix.tool("smtp-sink"), *user, "-c", f"127.0.0.1:{self.port}", "1024"], env=postfix.environment(),
                                        stdout=open(self.path, "wb"), stderr=subprocess.DEVNULL)

    def count(self):
        with open(self.path, "rb") as f:
            f.seek(max(0, os.path.getsize(self.path) - 200))
            numbers = re.findall(rb"mesg=(\d+)\s", f.read() + b" ")
        return int(numbers[-1]) if numbers else 0

    def stop(self):
        self.process.terminate()
        self.process.wait()


def pss(pids):
    """MiB of all processes."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
        except (OSError, AttributeError):
            pass
    return total / 1024


def family(pid):
    """The process and its children."""
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children", encoding="ascii") as f:
                    found += [int(p) for p in f.read().split()]
        except OSError:
            pass
    return found


class Memory(threading.Thread):
    """Highest sum of PSS while it runs."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0, threading.Event()

    def run(self):
        while not self.over.wait(0.25):
            self.peak = max(self.peak, pss(family(self.pid)))


def cpu(pids):
    """Seconds of CPU of the processes and those they have waited for."""
    total, hz = 0, os.sysconf("SC_CLK_TCK")
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                total += sum(int(x) for x in f.read().rsplit(")", 1)[1].split()[11:15])
        except OSError:
            pass
    return total / hz


def measure(port, sink, pid, load):
    """One load: messages a second accepted and end to end, CPU a message, peak memory."""
    sessions, size, messages, keep = load
    before = sink.count()
    memory = Memory(pid)
    memory.start()
    used = cpu(family(pid))
    began = time.monotonic()
    subprocess.run([postfix.tool("smtp-source"), *(["-d"] if keep else []), "-s", str(sessions), "-l", str(size), "-m", str(messages),
                    "-f", "bench@sender.example", "-t", "bench@recipient.example", f"127.0.0.1:{port}"], env=postfix.environment(), check=True,
                   timeout=PATIENCE)
    accepted = time.monotonic() - began
    while sink.count() - before < messages:
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"only {sink.count() - before} of {messages} messages came")
        time.sleep(0.01)
    whole = time.monotonic() - began
    used = cpu(family(pid)) - used
    memory.over.set()
    memory.join()
    return {"accepted": messages / accepted, "end_to_end": messages / whole, "cpu_ms": used / messages * 1000, "peak_mib": memory.peak}


def run_ours(scale):
    results = {}
    with Profile(bus=False) as profile:
        sink = Sink(profile.root)
        os.chmod(profile.root, 0o755)
        profile.configure({"account sink": {"addresses": "*", "host": "127.0.0.1", "port": str(sink.port), "tls": "none"}, "log": {"level": "warning"},
                           "submission": {"max-sessions-per-peer": "200"}})
        service = profile.start_service()
        time.sleep(2)
        idle = pss([service.pid])
        for name, load in LOADS.items():
            results[name] = measure(profile.port, sink, service.pid, scaled(load, scale))
        service.stop()
        sink.stop()
    return idle, results


def run_postfix(scale):
    results = {}
    with tempfile.TemporaryDirectory(prefix="mr-bench-") as folder:
        os.chmod(folder, 0o755)
        sink = Sink(folder)
        with postfix.Postfix(os.path.join(folder, "postfix"), free_port(), f"[127.0.0.1]:{sink.port}") as p:
            time.sleep(2)
            idle = pss(family(p.process.pid))
            for name, load in LOADS.items():
                results[name] = measure(p.listen, sink, p.process.pid, scaled(load, scale))
        sink.stop()
    return idle, results


def scaled(load, scale):
    sessions, size, messages, keep = load
    return sessions, size, max(sessions, int(messages * scale)), keep


def main():
    parser = argparse.ArgumentParser(description="Mail Relay against Postfix, in one run")
    parser.add_argument("--quick", action="store_true")
    scale = 0.2 if parser.parse_args().quick else 1
    their_idle, theirs = run_postfix(scale)
    our_idle, ours = run_ours(scale)
    print(f"\n{'load':44} {'what':12} {'ours':>9} {'Postfix':>9} {'ratio':>7}")
    lines = []
    for name in LOADS:
        for what, unit in (("end_to_end", "msg/s"), ("accepted", "msg/s"), ("cpu_ms", "ms CPU/msg"), ("peak_mib", "MiB peak")):
            a, b = ours[name][what], theirs[name][what]
            ratio = a / b if b else float("nan")
            print(f"{name if what == 'end_to_end' else '':44} {unit + (' taken' if what == 'accepted' else ''):12} {a:9.2f} {b:9.2f} {ratio:7.2f}")
            lines.append({"load": name, "measure": what, "ours": round(a, 3), "postfix": round(b, 3), "ratio": round(ratio, 3)})
    print(f"{'idle memory':44} {'MiB':12} {our_idle:9.2f} {their_idle:9.2f} {our_idle / their_idle:7.2f}\n")
    lines.append({"load": "idle", "measure": "pss_mib", "ours": round(our_idle, 3), "postfix": round(their_idle, 3), "ratio": round(our_idle / their_idle, 3)})
    for line in lines:
        print(json.dumps(line))


main()

"""A real name server (Knot DNS) with zones of the test's own, on a free port of loopback.

    with Knot(folder, port, {"test.example": "mx A 127.0.0.1\\n", "broken.example": None}) as dns: ...

A zone is the text of its records after SOA and NS; None: the server is in charge of it and has no data, so it answers SERVFAIL.
"""
import pathlib
import shutil
import socket
import struct
import subprocess
import time

PROGRAM = shutil.which("knotd") or "/usr/sbin/knotd"

HEAD = "$TTL 60\n@ SOA ns hostmaster %d 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n"


class Knot:
    def __init__(self, folder, port, zones, update_key=None):
        """update_key: base64 of the key “update” that may change the zones; None: nobody may."""
        self.dir, self.port, self.process, self.serial = pathlib.Path(folder), port, None, 0
        for name in ("run", "db", "zones"):
            (self.dir / name).mkdir(parents=True, exist_ok=True)
        self.zones = dict(zones)
        rows = "".join(f"  - domain: {name}\n" for name in zones)
        (self.dir / "knot.conf").write_text(
            f'server:\n    rundir: "{self.dir}/run"\n    listen: 127.0.0.1@{port}\n    udp-workers: 1\n    tcp-workers: 1\n    background-workers: 1\n'
            f'database:\n    storage: "{self.dir}/db"\nlog:\n  - target: stderr\n    any: info\n'
            + (f'key:\n  - id: update\n    algorithm: hmac-sha256\n    secret: {update_key}\nacl:\n  - id: update\n    key: update\n    action: update\n' if update_key else "")
            + f'template:\n  - id: default\n    storage: "{self.dir}/zones"\n    zonefile-sync: -1\n' + ("    acl: update\n" if update_key else "") + f'zone:\n{rows}')
        self.write()

    def write(self):
        self.serial += 1
        for name, records in self.zones.items():
            if records is not None:
                (self.dir / "zones" / f"{name}.zone").write_text(HEAD % self.serial + records)

    def _answers(self):
        """Whether it answers for every zone that has data."""
        for name in (n for n, r in self.zones.items() if r is not None):
            question = struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0)
            question += b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0" + struct.pack(">HH", 6, 1)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(0.2)
                try:
                    s.sendto(question, ("127.0.0.1", self.port))
                    reply = s.recv(512)
                except OSError:
                    return False
            if reply[3] & 15 != 0 or reply[7] == 0:
                return False
        return True

    def start(self):
        with open(self.dir / "log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([PROGRAM, "-c", str(self.dir / "knot.conf")], stdout=log, stderr=log)
        for _ in range(200):
            if self._answers():
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("Knot did not start: " + (self.dir / "log").read_text())

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *args):
        self.stop()

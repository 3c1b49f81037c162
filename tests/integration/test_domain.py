#!/usr/bin/python3
"""mail-relayctl domain against a name server: the whole RFC 7208 suite, and the signatures of others, over real look-ups and without a service."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mock"))
from harness import Failed, check, equal, program, run_cases
from zones import Zones

DATA = pathlib.Path(__file__).resolve().parent.parent / "unit" / "mailauth"


class Home:
    """A profile in which a name server that does not answer is given up soon."""

    def __init__(self, folder):
        config = pathlib.Path(folder) / "config" / "mail-relay"
        config.mkdir(parents=True, mode=0o700)
        (config / "mail-relay.conf").write_text("[dns]\ntimeout-ms=150\ntries=1\n")
        self.environment = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder + "/config", "XDG_STATE_HOME": folder + "/state",
                            "XDG_RUNTIME_DIR": folder, "DBUS_SESSION_BUS_ADDRESS": "disabled:", "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}

    def domain(self, *arguments, input=None):
        run = subprocess.run([program("mail-relayctl"), "domain", *arguments, "--json"], env=self.environment, input=input, capture_output=True,
                             check=False)
        check(run.returncode in (0, 1), f"domain {arguments}: {run.returncode} {run.stderr.decode()}")
        return run.returncode, json.loads(run.stdout)


def rows_of(records):
    """The suite's records as a name server has them: what is tagged SPF is served as TXT where there is no TXT."""
    kinds = [next(iter(r)) for r in records if isinstance(r, dict)]
    rows = []
    for record in records:
        if isinstance(record, str):
            rows.append(record)
            continue
        kind, value = next(iter(record.items()))
        if value == "NONE" or (kind == "SPF" and "TXT" in kinds):
            continue
        if kind in ("SPF", "TXT"):
            value = "".join(value) if isinstance(value, list) else value
            rows.append(("TXT", [value.encode("latin-1", "replace")]))
        else:
            rows.append((kind, tuple(value) if isinstance(value, list) else value))
    return rows


def the_rfc_7208_suite():
    wrong, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        home = Home(folder)
        for scenario in json.loads((DATA / "spf" / "rfc7208-tests.json").read_text()):
            with Zones({name: rows_of(records) for name, records in scenario["zonedata"].items()}) as dns:
                for name, test in scenario["tests"].items():
                    _, found = home.domain("spf", "--ip", test["host"], "--helo", test["helo"], "--mail-from", test["mailfrom"],
                                           "--dns", f"127.0.0.1:{dns.port}")
                    expected = test["result"] if isinstance(test["result"], list) else [test["result"]]
                    count += 1
                    words = test.get("explanation")
                    if found["result"] not in expected:
                        wrong.append(f"{name}: {found['result']} instead of {expected} ({found['problem']})")
                    elif words is not None and found["explanation"] != ("" if words == "DEFAULT" else words):
                        wrong.append(f"{name}: “{found['explanation']}” instead of “{words}”")
    equal(count, 203, "cases")
    equal(wrong, [], "cases that differ")


def signatures_of_others():
    with tempfile.TemporaryDirectory() as folder:
        home = Home(folder)
        for file in sorted((DATA / "dkim").glob("00*.txt")):
            head, message = file.read_bytes().replace(b"\r\n", b"\n").split(b"\n\n", 1)
            zones = {}
            for line in head.split(b"\n"):
                name, text = line.split(b" ", 1)
                zones[name.decode()] = [("TXT", [text])]
            with Zones(zones) as dns:
                code, found = home.domain("verify", "-", "--at", "2022-11-07T18:00:00Z", "--dns", f"127.0.0.1:{dns.port}", input=message)
                check(found["signatures"], f"{file.name} has signatures")
                equal({s["result"] for s in found["signatures"]}, {"pass"}, file.name)
                equal((code, found["dmarc"]["result"]), (0, "none"), f"DMARC of {file.name}")
                if file.name == "005.txt":
                    code, found = home.domain("verify", "-", "--at", "1795000000", "--dns", f"127.0.0.1:{dns.port}", input=message)
                    equal((code, found["signatures"][0]["result"]), (1, "fail"), "a signature that has expired")


def dmarc_of_a_message():
    message = (DATA / "dkim" / "002.txt").read_bytes().replace(b"\r\n", b"\n")
    head, message = message.split(b"\n\n", 1)
    name, text = head.split(b" ", 1)
    with tempfile.TemporaryDirectory() as folder, Zones({
            name.decode(): [("TXT", [text])], "_dmarc.example.com": [("TXT", ["v=DMARC1; p=reject; sp=quarantine"])],
            "_dmarc.football.example.com": [("TXT", ["x" * 5000])]}) as dns:
        home = Home(folder)
        code, found = home.domain("verify", "-", "--at", "1667843700", "--dns", f"127.0.0.1:{dns.port}", input=message)
        equal((code, found["dmarc"]), (0, {"result": "pass", "author-domain": "football.example.com", "record-domain": "example.com",
                                           "policy": "quarantine"}), "DMARC through an aligned signature")
        changed = message.replace(b"hungry", b"thirsty")
        code, found = home.domain("verify", "-", "--at", "1667843700", "--dns", f"127.0.0.1:{dns.port}", input=changed)
        equal((code, found["dmarc"]["result"], found["signatures"][0]["result"]), (1, "fail", "fail"), "a changed text")
        check(any(kind == "TXT" and asked == "_dmarc.football.example.com" for asked, kind in dns.asked), "the long answer came over TCP")


def bad_arguments_are_told():
    with tempfile.TemporaryDirectory() as folder:
        home = Home(folder)
        for arguments in (["spf", "--ip", "x", "--helo", "h"], ["spf", "--ip", "192.0.2.1"], ["verify", "-", "--at", "yesterday"],
                          ["spf", "--ip", "192.0.2.1", "--helo", "h", "--dns", "nonsense"], ["verify"]):
            run = subprocess.run([program("mail-relayctl"), "domain", *arguments], env=home.environment, capture_output=True, text=True, check=False,
                                 stdin=subprocess.DEVNULL)
            equal(run.returncode, 2, f"{arguments}")
            if not run.stderr:
                raise Failed(f"{arguments}: nothing was said")
        run = subprocess.run([program("mail-relayctl"), "domain", "verify", "-", "--dns", "127.0.0.1:9"], env=home.environment, capture_output=True, text=True,
                             check=False, input="")
        equal((run.returncode, "cannot be judged" in run.stdout), (1, True), f"no sender: {run.stdout}")


run_cases(the_rfc_7208_suite, signatures_of_others, dmarc_of_a_message, bad_arguments_are_told)

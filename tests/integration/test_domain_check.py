#!/usr/bin/python3
"""mail-relayctl domain check over a zoo of domains served by local name servers: findings against a file, exit codes, what must not become a fault."""
import concurrent.futures
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mock"))
from harness import Profile, Sink, check, equal, run_cases
from zones import Zones
import zoo

EXPECTED = pathlib.Path(__file__).resolve().parent / "domain-zoo.expected"
CODES = {"good": 0, "attention": 4, "wrong": 1}
FURTHER = ("dnssec", "mta-sts", "tls-reports", "dane", "bimi", "caa")


class House:
    """The service, its provider account, and the name servers: ns1 and the resolver on 127.0.0.1, ns2, a lame one and a silent one beside it."""

    def __enter__(self):
        zones = zoo.build()
        self.names = zoo.names(zones)
        self.servers = [Zones(zones)]
        port = self.servers[0].port
        self.servers.append(Zones(zoo.second(zones), "127.0.0.2", port))
        self.servers.append(Zones({}, "127.0.0.3", port, authoritative=False))
        self.sink = Sink()
        self.profile = Profile().__enter__()
        self.profile.configure({
            "dns": {"servers": f"127.0.0.1:{port}", "authoritative-port": port, "timeout-ms": 300, "tries": 2},
            "delivery": {"mx-port": self.sink.port, "allow-private-mx": "true"},
            "domains": {"ask-blocklists": "true", "blocklists": "list.example;zen.spamhaus.org", "check-every": 0},
            "account relay": {"addresses": "*", "host": "127.0.0.1", "port": self.sink.port, "tls": "none", "provider": "google-workspace"}})
        self.profile.start_service()
        return self

    def __exit__(self, *_):
        self.profile.__exit__(*_)
        self.sink.close()
        for server in self.servers:
            server.__exit__()

    def check(self, *arguments):
        run = self.profile.ctl("domain", "check", *arguments, "--json", check=False)
        check(run.stdout, f"{arguments}: {run.returncode} {run.stderr}")
        return run.returncode, json.loads(run.stdout)


    def look_at(self, name):
        return self.check(name, *(["--direct", *zoo.DIRECT[name]] if name in zoo.DIRECT else ["--account", "relay"]))


def lines_of(report):
    return [f"{report['domain']} {f['check']}{' ' + f['subject'] if f.get('subject') else ''} {f['state']} {f['code']}" for f in report.get("findings", [])
            if f["code"] not in ("not-direct",)]


def the_zoo():
    got = []
    with House() as house:
        check(len(house.names) >= 100, f"{len(house.names)} domains")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            reports = pool.map(house.look_at, house.names)
        for name, (code, report) in zip(house.names, reports):
            got += lines_of(report)
            states = [f["state"] for f in report["findings"] if f["check"] not in FURTHER]
            worst = next((s for s in ("wrong", "attention") if s in states), "good")
            expected = CODES[worst] if worst != "good" or "unknown" not in states else 5
            equal(code, expected, f"exit code of {name}")
            for finding in report["findings"]:
                check(finding["sentence"] != finding["code"], f"{finding['code']} has no words")
                check("{" not in finding["sentence"] + finding["meaning"] + finding["remedy"], f"{finding['code']}: a value is missing: {finding}")
                check(finding["state"] not in ("wrong", "attention") or finding["remedy"] or finding["meaning"], f"{finding['code']} says nothing to do")
    if os.environ.get("MR_WRITE_EXPECTED"):
        EXPECTED.write_text("\n".join(got) + "\n")
    equal(got, EXPECTED.read_text().splitlines(), "findings")


def what_could_not_be_told_is_no_fault():
    with House() as house:
        for name in ("servfail.example", "timeout.example"):
            _, report = house.check(name, "--account", "relay")
            states = {f["state"] for f in report["findings"] if f["check"] not in ("route",)}
            check("wrong" not in states and "attention" not in states, f"{name}: {lines_of(report)}")
        # 5 KB of texts come over TCP, whole.
        code, report = house.check("big.example", "--account", "relay")
        check(any(f["code"] == "spf-good" for f in report["findings"]), str(lines_of(report)))


def the_tree_is_told():
    with House() as house:
        _, report = house.check("spf-many.example", "--account", "relay")
        terms = next(f for f in report["findings"] if f["check"] == "spf-look-ups")["terms"]
        equal(len([t for t in terms if t[3]]), 11, "look-ups in the tree")
        equal({t[0] for t in terms}, {0, 1}, "depths")


def bad_questions():
    with House() as house:
        for arguments in (["not a domain"], ["good.example", "--account", "nobody"], ["good.example", "--dns", "nonsense"]):
            run = house.profile.ctl("domain", "check", *arguments, check=False)
            equal(run.returncode, 1, f"{arguments}: {run.stderr}")
            check(run.stderr.strip() and "Traceback" not in run.stderr, str(arguments))
        equal(house.profile.ctl("domain", "check", "x.example", "--direct", "--account", "relay", check=False).returncode, 2, "exclusive options")
        # Another name server than the configured one.
        with Zones({"only-there.example": zoo.HEAD + [("TXT", [zoo.GOOD_SPF])]}) as other:
            _, report = house.check("only-there.example", "--dns", f"127.0.0.1:{other.port}")
            check(any(f["code"] == "spf-good" for f in report["findings"]) or other.asked, str(lines_of(report)))


run_cases(the_zoo, what_could_not_be_told_is_no_fault, the_tree_is_told, bad_questions)

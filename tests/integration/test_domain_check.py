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
    """The service, its accounts, and the name servers: ns1 and the resolver on 127.0.0.1, ns2, a lame one, a silent one and one that fails beside it."""

    def __enter__(self):
        zones = zoo.build()
        self.names = zoo.names(zones)
        self.servers = [Zones(zones)]
        port = self.servers[0].port
        self.servers.append(Zones(zoo.second(zones), "127.0.0.2", port))
        self.servers.append(Zones({}, "127.0.0.3", port, authoritative=False))
        self.servers.append(Zones({"*.example": ["SERVFAIL"]}, "127.0.0.5", port))
        self.sink = Sink()
        self.profile = Profile().__enter__()
        self.profile.configure({
            "dns": {"servers": f"127.0.0.1:{port}", "authoritative-port": port, "timeout-ms": 300, "tries": 2},
            "delivery": {"mx-port": self.sink.port, "allow-private-mx": "true"},
            "domains": {"ask-blocklists": "true", "blocklists": "list.example;zen.spamhaus.org", "check-every": 0},
            "account relay": {"addresses": "*", "host": "127.0.0.1", "port": self.sink.port, "tls": "none", "provider": "google-workspace"},
            "account service": {"addresses": "x@service.example", "host": "127.0.0.1", "port": self.sink.port, "tls": "none", "provider": "amazon-ses"},
            "account mailboxes": {"addresses": "x@mailboxes.example", "host": "127.0.0.1", "port": self.sink.port, "tls": "none", "provider": "gmx"},
            "account plain": {"addresses": "x@no-preset.example", "host": "relay.zoo.example", "tls": "none"}})
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
        return self.check(name, *(["--direct", *zoo.DIRECT[name]] if name in zoo.DIRECT else ["--account", zoo.ACCOUNTS.get(name, "relay")]))


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
            equal(code, expected, f"exit code of {name}: {lines_of(report)}")
            for finding in report["findings"]:
                check(finding["sentence"] != finding["code"], f"{finding['code']} has no words")
                check("{" not in finding["sentence"] + finding["meaning"] + finding["remedy"], f"{finding['code']}: a value is missing: {finding}")
                check(finding["state"] not in ("wrong", "attention") or finding["remedy"] or finding["meaning"], f"{finding['code']} says nothing to do")
    if os.environ.get("MR_WRITE_EXPECTED"):
        EXPECTED.write_text("\n".join(got) + "\n")
    equal(got, EXPECTED.read_text().splitlines(), "findings")


def our_own_keys():
    """Keys made here, against what is published: the same, another one, half of one, none; new ones do not sign before they are there."""
    with House() as house:
        zones, expected = house.servers[0].zones, {}

        def make(name, published, use=True, algorithm="ed25519", **more):
            zones.update({n.lower(): rows for n, rows in zoo.domain(name, **more).items()})
            key = house.profile.ctl_json("domain", "dkim-new", name, "--algorithm", algorithm, "--selector", "own")["keys"][0]
            if use:
                house.profile.ctl("domain", "dkim-use", key["id"])
            text = published(key["record"])
            if text is not None:
                zones[key["name"]] = [("TXT", [text])]
            return key

        def expect(name, state, code, alignment):
            expected[name] = (state, code, alignment)

        other = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
        for name, state, code, alignment, published, options in (
                ("own-good", "good", "dkim-good", "alignment-dkim", lambda r: r, {}),
                ("own-spaced", "good", "dkim-good", "alignment-dkim", lambda r: r.replace("; ", ";").replace("p=", "p= "), {}),
                ("own-rsa", "good", "dkim-good", "alignment-dkim", lambda r: r, {"algorithm": "rsa-2048"}),
                ("own-half", "wrong", "dkim-cut", "alignment-none", lambda r: r[:255], {"algorithm": "rsa-2048"}),
                ("own-none", "wrong", "dkim-none", "alignment-none", lambda r: None, {}),
                ("own-other", "wrong", "dkim-differs", "alignment-none", lambda r: other, {}),
                ("own-revoked", "wrong", "dkim-revoked", "alignment-none", lambda r: "v=DKIM1; k=ed25519; p=", {}),
                ("own-testing", "attention", "dkim-testing", "alignment-dkim", lambda r: r.replace("v=DKIM1;", "v=DKIM1; t=y;"), {}),
                ("own-kind", "wrong", "dkim-syntax", "alignment-none", lambda r: r.replace("k=ed25519", "k=rsa"), {}),
                ("own-unfit", "wrong", "dkim-unfit", "alignment-none", lambda r: r.replace("v=DKIM1;", "v=DKIM1; h=sha1;"), {}),
                ("own-new", "attention", "dkim-not-yet", "alignment-none", lambda r: None, {"use": False})):
            make(name + ".example", published, spf="v=spf1 ip4:198.51.100.1 -all", **options)
            expect(name + ".example", state, code, alignment)
        make("own-both.example", lambda r: r, spf="v=spf1 ip4:192.0.2.7 -all")
        expect("own-both.example", "good", "dkim-good", "alignment-both")
        for name, wanted in expected.items():
            _, report = house.check(name, "--direct", "--address", "192.0.2.7", "--helo", "mail.direct-good.example")
            found = [f for f in report["findings"] if f["check"] == "dkim"]
            equal([f.get("subject") for f in found], ["own"], f"keys of {name}")
            proof = next(f["code"] for f in report["findings"] if f["check"] == "dmarc-alignment")
            equal((found[0]["state"], found[0]["code"], proof), wanted, name)
        # Behind a provider that signs, its key counts, and ours is not asked for.
        _, report = house.check("own-none.example", "--account", "relay")
        check(not any(f["code"] == "dkim-none" for f in report["findings"]), str(lines_of(report)))


def the_address_service_needs_consent():
    with House() as house:
        house.profile.ctl("config", "set", "domains", "address-service", "who.zoo.example@127.0.0.1")
        house.servers[0].zones["who.zoo.example"] = [("TXT", ["192.0.2.7"])]
        asked = lambda: any(name == "who.zoo.example" for name, _ in house.servers[0].asked)
        _, report = house.check("direct-good.example", "--direct", "--helo", "mail.direct-good.example")
        check(not asked(), "the service was asked without consent")
        codes = [f["code"] for f in report["findings"] if f["check"] == "public-address"]
        check(codes and codes[0] in ("address-behind", "address-none", "address-own"), str(codes))
        # A public address of this computer's own needs nobody.
        _, report = house.check("direct-good.example", "--direct", "--helo", "mail.direct-good.example", "--ask-service")
        if codes[0] != "address-own":
            check(asked(), "the service was not asked")
            found = next(f for f in report["findings"] if f["check"] == "public-address")
            equal((found["subject"], found["code"]), ("192.0.2.7", "address-service"), "what it said")
        # Nor are block lists asked without it.
        house.profile.ctl("config", "set", "domains", "ask-blocklists", "false")
        house.servers[0].asked.clear()
        _, report = house.check("direct-generic.example", "--direct", *zoo.DIRECT["direct-generic.example"])
        check(any(f["code"] == "list-not-asked" for f in report["findings"]), str(lines_of(report)))
        check(not any("list.example" in name or "spamhaus" in name for name, _ in house.servers[0].asked), "a list was asked")


def without_an_account():
    """No route: what belongs to one does not apply, and says so."""
    with House() as house:
        for account in ("relay", "service", "mailboxes", "plain"):
            house.profile.ctl("account", "remove", account)
        _, report = house.check("good.example")
        codes = {f["check"]: f["code"] for f in report["findings"]}
        equal([codes[c] for c in ("route", "spf-route", "dkim", "dmarc-alignment", "ptr")],
              ["route-none", "spf-cover-no-route", "dkim-no-route", "alignment-no-route", "not-direct"], "without an account")


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
        for arguments in (["not a domain"], ["good.example", "--account", "nobody"], ["good.example", "--dns", "nonsense"],
                          ["good.example", "--direct", "--address", "192.0.2.7, 999.1.1.1"]):
            run = house.profile.ctl("domain", "check", *arguments, check=False)
            equal(run.returncode, 1, f"{arguments}: {run.stderr}")
            check(run.stderr.strip() and "Traceback" not in run.stderr, str(arguments))
        equal(house.profile.ctl("domain", "check", "x.example", "--direct", "--account", "relay", check=False).returncode, 2, "exclusive options")
        for name, why in (("never.example", "is not in the list"), ("service.example", "because an account sends for it")):
            run = house.profile.ctl("domain", "remove", name, check=False)
            check(run.returncode == 1 and why in run.stderr, f"{name}: {run.stderr}")
        # Another name server than the configured one.
        with Zones({"only-there.example": zoo.HEAD + [("TXT", [zoo.GOOD_SPF])]}) as other:
            _, report = house.check("only-there.example", "--dns", f"127.0.0.1:{other.port}")
            check(any(f["code"] == "spf-good" for f in report["findings"]) or other.asked, str(lines_of(report)))


run_cases(the_zoo, our_own_keys, the_address_service_needs_consent, without_an_account, what_could_not_be_told_is_no_fault, the_tree_is_told, bad_questions)

#!/usr/bin/python3
"""mail-relayctl domain check in a network namespace of its own, where addresses count as public: policies over HTTPS on port 443 (MTA-STS), port 25 outward, the public address
and who tells it, whether sending without a provider can work."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mock"))
from harness import Profile, Sink, check, equal, need, run_cases, skip
from peers import Folder
from certificates import Authority
from web import Web
from zones import Zones
import zoo

WEB, WRONG, NOBODY = "127.0.0.1", "127.0.0.2", "127.0.0.9"
MX, OWN, REFUSING, SILENT, RELAY, AWAY = "203.0.113.25", "198.51.100.7", "203.0.113.26", "203.0.113.27", "203.0.113.29", "203.0.113.99"
POLICY = "version: STSv1\r\nmode: {}\r\nmx: {}\r\nmax_age: 604800\r\n"
PATH = "/.well-known/mta-sts.txt"
# domain: what its policy server says, and what is found.
POLICIES = {
    "sts-good.example": (("text/plain", POLICY.format("enforce", "mx.zoo.example")), "good", "mta-sts-good"),
    "sts-wildcard.example": (("text/plain", POLICY.format("enforce", "*.zoo.example")), "good", "mta-sts-good"),
    "sts-testing.example": (("text/plain", POLICY.format("testing", "mx.zoo.example").replace("\r", "")), "good", "mta-sts-mild"),
    "sts-none.example": (("text/plain", "version: STSv1\nmode: none\nmax_age: 86400\n"), "good", "mta-sts-mild"),
    "sts-short.example": (("text/plain", POLICY.format("enforce", "mx.zoo.example").replace("604800", "86400")), "attention", "mta-sts-short"),
    "sts-misses.example": (("text/plain", POLICY.format("enforce", "mail.elsewhere.example")), "attention", "mta-sts-misses"),
    "sts-deeper.example": (("text/plain", POLICY.format("enforce", "*.example")), "attention", "mta-sts-misses"),
    "sts-mode.example": (("text/plain", POLICY.format("enforced", "mx.zoo.example")), "attention", "mta-sts-policy"),
    "sts-page.example": (("text/html", "<html><body>Welcome</body></html>"), "attention", "mta-sts-policy"),
    "sts-huge.example": (("text/plain", POLICY.format("enforce", "mx.zoo.example") + "x: y\r\n" * 20000), "attention", "mta-sts-no-policy"),
    "sts-missing.example": ((404, ""), "attention", "mta-sts-no-policy"),
    "sts-moved.example": ((302, "https://mta-sts.sts-good.example" + PATH), "attention", "mta-sts-no-policy"),
    "sts-certificate.example": (None, "attention", "mta-sts-no-policy"),
    "sts-nobody.example": (None, "attention", "mta-sts-no-policy"),
    "sts-nowhere.example": (None, "attention", "mta-sts-no-policy"),
}


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def enter_namespace():
    if os.environ.get("MR_INSIDE"):
        ip("link", "set", "lo", "up")
        for address in (MX, REFUSING, SILENT, RELAY):
            ip("address", "add", address + "/32", "dev", "lo")
        return
    flags = ["-n"] + (["-Ur"] if os.geteuid() != 0 else [])
    if not shutil.which("ip") or subprocess.run(["unshare", *flags, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode != 0:
        skip("no network namespace is to be had")
    os.environ["MR_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", *flags, "--", sys.executable, *sys.argv])


def zones():
    rows = {**zoo.build(), "mx.zoo.example": [("A", MX)], "refusing.zoo.example": [("A", REFUSING)], "silent25.zoo.example": [("A", SILENT)],
            "away.zoo.example": [("A", AWAY)], "private.zoo.example": [("A", "10.0.0.7")], "half.zoo.example": [("A", "10.0.0.7"), ("A", MX)],
            "greets.zoo.example": [("A", "203.0.113.28")], "who.zoo.example": [("TXT", ["192.0.2.7"])], "smtp.zoo.example": [("A", RELAY)]}
    for name in POLICIES:
        address = {"sts-certificate.example": WRONG, "sts-nobody.example": NOBODY}.get(name, WEB)
        rows.update(zoo.domain(name, more={f"_mta-sts.{name}": [("TXT", ["v=STSv1; id=20261127"])]}))
        if name != "sts-nowhere.example":
            rows["mta-sts." + name] = [("A", address)]
    for name in ("refusing", "silent25", "away", "private", "half", "greets"):
        rows.update(zoo.domain(f"to-{name}.example", spf="v=spf1 ip4:192.0.2.7 -all", mx=f"{name}.zoo.example"))
    return rows


class World:
    def __enter__(self):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(Folder())
            authority = Authority(os.path.join(folder, "ca"))
            self.dns = stack.enter_context(Zones(zones()))
            names = ["mta-sts." + name for name in POLICIES if name != "sts-certificate.example"]
            pages = {f"mta-sts.{name}{PATH}": page for name, (page, _, _) in POLICIES.items() if page}
            for address, context in ((WEB, authority.context(*names)), (WRONG, authority.context("mta-sts.another.example"))):
                stack.callback(Web(address, context, pages).close)
            self.sink = Sink(host=MX, port=25)
            stack.callback(self.sink.close)
            self.relay = Sink(host=RELAY)
            stack.callback(self.relay.close)
            self.profile = stack.enter_context(Profile())
            self.profile.configure({
                "dns": {"servers": f"127.0.0.1:{self.dns.port}", "authoritative-port": self.dns.port, "timeout-ms": 300, "tries": 2},
                "tls": {"ca-file": str(authority.ca_file)}, "delivery": {"connect-timeout": 1},
                "domains": {"check-every": 0, "address-service": "who.zoo.example@127.0.0.1"},
                "account relay": {"addresses": "*", "host": "smtp.zoo.example", "port": self.relay.port, "tls": "none", "provider": "google-workspace"}})
            self.profile.start_service()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def check(self, *arguments):
        run = self.profile.ctl("domain", "check", *arguments, "--json", check=False)
        check(run.stdout, f"{arguments}: {run.returncode} {run.stderr}")
        return {f["check"]: f for f in json.loads(run.stdout)["findings"]}

    def codes(self, *arguments, of):
        found = self.check(*arguments)
        return [found[name]["code"] for name in of]


def policies():
    with World() as world:
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            reports = pool.map(lambda name: world.check(name, "--account", "relay"), POLICIES)
        for (name, (_, state, code)), report in zip(POLICIES.items(), reports):
            found = report["mta-sts"]
            equal((found["state"], found["code"]), (state, code), f"{name}: {found['sentence']}")
            check("{" not in found["sentence"], found["sentence"])


DIRECT = ["--direct", "--address", "192.0.2.7", "--helo", "mail.direct-good.example"]


def port_25():
    with World() as world, contextlib.ExitStack() as stack:
        equal(world.codes("direct-good.example", *DIRECT, of=["mx", "port-25", "choice"]), ["mx-good", "port-open", "choice-works"], "open")
        check(not world.sink.messages, "nothing is sent")
        equal(world.codes("to-refusing.example", *DIRECT, of=["port-25"]), ["port-refused"], "nobody listens")
        equal(world.codes("to-away.example", *DIRECT, of=["port-25", "choice"]), ["port-blocked", "choice-port"], "no way there")
        # A firewall that drops: whoever listens there never answers, as its queue is full.
        listener = stack.enter_context(socket.create_server((SILENT, 25), backlog=0))
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        equal(world.codes("to-silent25.example", *DIRECT, of=["port-25", "choice"]), ["port-blocked", "choice-port"], "no answer")
        # Something else than a mail server.
        ip("address", "add", "203.0.113.28/32", "dev", "lo")
        odd = stack.enter_context(socket.create_server(("203.0.113.28", 25)))

        def answer():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = odd.accept()
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    connection.close()
        threading.Thread(target=answer, daemon=True).start()
        equal(world.codes("to-greets.example", *DIRECT, of=["port-25"]), ["port-odd"], "another protocol")
        # Servers that nobody outside reaches are no servers.
        equal(world.codes("to-private.example", *DIRECT, of=["mx", "port-25"]), ["mx-private", "port-no-host"], "a private address")
        equal(world.codes("to-half.example", *DIRECT, of=["mx", "port-25"]), ["mx-good", "port-open"], "one of two addresses is private")
        equal(world.codes("mx-null.example", *DIRECT, of=["mx", "port-25"]), ["mx-null", "port-no-host"], "null MX")


def the_public_address():
    of = ["public-address", "spf-route", "choice"]
    with World() as world:
        asked = lambda: [name for name, _ in world.dns.asked if name == "who.zoo.example"]
        equal(world.codes("direct-good.example", "--direct", of=of), ["address-none", "spf-cover-no-address", "choice-unknown"], "no network at all")
        equal(world.codes("direct-good.example", "--direct", "--address", "10.0.0.7", of=["public-address", "choice"]), ["address-private", "choice-private"], "a private one typed")
        check(not asked(), "nobody is asked without consent")
        ip("address", "add", "10.0.0.5/32", "dev", "lo")
        ip("route", "add", "default", "dev", "lo", "src", "10.0.0.5")
        equal(world.codes("direct-good.example", "--direct", of=["public-address", "choice"]), ["address-behind", "choice-private"], "behind a router")
        check(not asked(), "nobody is asked without consent")
        found = world.check("direct-good.example", "--direct", "--ask-service", "--helo", "mail.direct-good.example")
        equal((found["public-address"]["code"], found["public-address"]["subject"], found["spf-route"]["code"]), ("address-service", "192.0.2.7", "spf-covers-address"), "with consent")
        check(asked(), "the service was asked")
        # The provider of the account knows the address anyway: if it tells it, nobody else is asked.
        before = len(asked())
        for said, code in (("[192.0.2.8]", "address-relay"), ("[10.0.0.5]", "address-behind"), ("there", "address-behind"), ("[IPv6:2001:db8::8]", "address-relay")):
            world.relay.replies["EHLO"] = f"250-relay.example Hello {said}, pleased to meet you\n250 SIZE 1000"
            found = world.check("direct-good.example", "--direct")["public-address"]
            equal(found["code"], code, said)
            check(code != "address-relay" or found["subject"] == said.strip("[]").removeprefix("IPv6:") and "smtp.zoo.example" in found["sentence"], str(found))
        check(not any(command.startswith(("MAIL", "AUTH")) for command in world.relay.commands), f"nothing more than a greeting: {world.relay.commands}")
        world.relay.replies["EHLO"] = "drop"
        equal(world.codes("direct-good.example", "--direct", of=["public-address"]), ["address-behind"], "a server that hangs up")
        equal(len(asked()), before, "the service is not asked without consent")
        ip("address", "add", OWN + "/32", "dev", "lo")
        ip("route", "replace", "default", "dev", "lo", "src", OWN)
        found = world.check("direct-good.example", "--direct", "--ask-service")
        equal((found["public-address"]["code"], found["public-address"]["subject"]), ("address-own", OWN), "a public one of its own")
        equal(len(asked()), before, "then nobody needs to be asked")


enter_namespace()
need("openssl")
run_cases(policies, port_25, the_public_address)

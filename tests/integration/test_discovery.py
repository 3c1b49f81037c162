#!/usr/bin/python3
"""Settings for an address, found by the real programs: a real name server (Knot), HTTPS servers on port 443 and SMTP servers on ports 465 and 587, in a network
namespace of the test's own. Each source; broken files, redirects, wrong certificates, slow servers, cancelling; and that no local part is sent anywhere."""
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading

from harness import PATIENCE, Profile, Sink, Waiter, check, equal, free_port, need, program, run_cases, skip
from peers import Folder
from certificates import Authority
from knot import Knot
from web import Web

FILE = """<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x"><displayName>Example</displayName>
<outgoingServer type="smtp"><hostname>%s</hostname><port>%d</port><socketType>%s</socketType><username>%%EMAILADDRESS%%</username>
<authentication>password-cleartext</authentication></outgoingServer></emailProvider></clientConfig>"""
WELL_KNOWN = "/.well-known/autoconfig/mail/config-v1.1.xml"
AUTOCONFIG = "/mail/config-v1.1.xml"
WEB, WRONG, SLOW, EXPIRED, NOBODY = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.9"
ZONES = {
    "own.example": f"@ A {WEB}\nautoconfig A {WEB}\n",
    "web.example": f"@ A {WEB}\n",
    "moved.example": f"@ A {WEB}\nautoconfig A {WEB}\n",
    "bad.example": f"@ A {WEB}\nautoconfig A {WEB}\n",
    "wrong.example": f"@ A {EXPIRED}\nautoconfig A {WRONG}\n",
    "slow.example": f"@ A {SLOW}\nautoconfig A {SLOW}\n_submissions._tcp SRV 0 0 465 smtp\nsmtp A {WEB}\n",
    "srv.example": f"_submissions._tcp SRV 0 0 465 smtp\n_submission._tcp SRV 0 0 587 smtp\nsmtp A {WEB}\n",
    "not.example": "_submissions._tcp SRV 0 0 0 .\n_submission._tcp SRV 0 0 0 .\n",
    "listed.example": f"@ A {NOBODY}\n",
    "list.example": f"@ A {WEB}\n",
    "hosted.example": "@ MX 10 aspmx.l.google.com.\n",
    "tenant.example": f"autodiscover A {WEB}\n",
    "probe.example": f"@ A {NOBODY}\nsmtp A {WEB}\nmail A {WRONG}\n",
    "customer.example": "@ MX 10 mx1.in.hoster.net.\n",
    "hoster.net": f"autoconfig A {WEB}\n",
    "gmx.de": f"@ A {WEB}\nautoconfig A {WEB}\n",
}
NAMES = ["own.example", "autoconfig.own.example", "web.example", "moved.example", "autoconfig.moved.example", "bad.example", "autoconfig.bad.example",
         "list.example", "autodiscover.tenant.example", "autoconfig.hoster.net", "autoconfig.gmx.de", "gmx.de", "smtp.probe.example"]
PAGES = {
    "autoconfig.own.example" + AUTOCONFIG: ("text/xml", FILE % ("smtp.own.example", 465, "SSL")),
    "own.example" + WELL_KNOWN: ("text/xml", FILE % ("later.own.example", 587, "STARTTLS")),
    "web.example" + WELL_KNOWN: ("application/xml", FILE % ("smtp.web.example", 587, "STARTTLS")),
    "autoconfig.moved.example" + AUTOCONFIG: (302, "https://web.example" + WELL_KNOWN),
    "moved.example" + WELL_KNOWN: (301, "http://web.example" + WELL_KNOWN),
    "autoconfig.bad.example" + AUTOCONFIG: ("text/xml", "<clientConfig><emailProvider><outgoing"),
    "bad.example" + WELL_KNOWN: ("text/html", "<html><body>Welcome to our web site</body></html>"),
    "list.example/v1.1/listed.example": ("text/xml", FILE % ("smtp.listed.example", 465, "SSL")),
    "autoconfig.hoster.net" + AUTOCONFIG: ("text/xml", FILE % ("smtp.hoster.net", 465, "SSL")),
    "autoconfig.gmx.de" + AUTOCONFIG: ("text/xml", FILE % ("smtp.elsewhere.example", 465, "SSL")),
    "autodiscover.tenant.example/autodiscover/autodiscover.json?Email=postmaster%40tenant.example&Protocol=AutodiscoverV1":
        ("application/json", '{"Protocol":"AutodiscoverV1","Url":"https://outlook.office365.com/autodiscover/autodiscover.xml"}'),
}


def enter_namespace():
    if os.environ.get("MR_INSIDE"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    flags = ["-n"] + (["-Ur"] if os.geteuid() != 0 else [])
    if not shutil.which("ip") or subprocess.run(["unshare", *flags, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode != 0:
        skip("no network namespace is to be had")
    os.environ["MR_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", *flags, "--", sys.executable, *sys.argv])


class Silent:
    """Takes connections on port 443 and says nothing."""

    def __init__(self, address):
        self.waiter, self.taken = Waiter(), []
        self.listener = socket.create_server((address, 443))
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                self.taken.append(self.listener.accept()[0])
                self.waiter.tell()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE)
        for connection in [self.listener, *self.taken]:
            connection.close()


class World:
    def __init__(self):
        need("knotd", "openssl")
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(Folder())
            self.profile = stack.enter_context(Profile())
            dns = free_port()
            stack.enter_context(Knot(os.path.join(folder, "knot"), dns, ZONES))
            authority = Authority(os.path.join(folder, "ca"))
            self.web = Web(WEB, authority.context(*NAMES), PAGES)
            self.wrong = Web(WRONG, authority.context("other.example"), PAGES)
            self.expired = Web(EXPIRED, authority.context("wrong.example", days=-1), PAGES)
            self.slow = Silent(SLOW)
            for server in (self.web, self.wrong, self.expired, self.slow):
                stack.callback(server.close)
            self.authority = authority
            self.profile.configure({"dns": {"servers": f"127.0.0.1:{dns}", "timeout-ms": "500", "tries": "2"}, "tls": {"ca-file": str(authority.ca_file)},
                                    "discovery": {"ispdb": "https://list.example/v1.1/"}})
            self.service = self.profile.start_service()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *arguments):
        asked = self.web.asked + self.wrong.asked + self.expired.asked
        self.stack.close()
        if arguments[0] is None:
            check(not [a for a in asked if "alice" in a.lower()], f"no local part was sent: {asked}")

    def find(self, domain, *options, expect=0):
        done = self.profile.ctl("account", "discover", *options, "--json", "alice@" + domain, check=False)
        equal(done.returncode, expect, f"exit code for {domain} ({done.stdout} {done.stderr})")
        answer = json.loads(done.stdout)
        self.steps = {(s["source"], s["host"]): s for s in answer["steps"]}
        return answer["results"]

    def state(self, source, host):
        return self.steps[(source, host)]["state"]


def brief(result):
    return result["source"], result["host"], result["port"], result["tls"], result.get("secure", False), result.get("conflicts", False)


def what_the_domain_publishes():
    with World() as world:
        first, *rest = world.find("own.example")
        equal(brief(first), ("autoconfig", "smtp.own.example", 465, "implicit", True, False), "autoconfig")
        equal((first["user"], first["source-host"], rest), ("alice@own.example", "autoconfig.own.example", []), "the rest of it")
        equal(world.state("ispdb", "list.example"), "skipped", "the list")
        equal(world.state("autodiscover", "outlook.office365.com"), "skipped", "Microsoft")
        first, = world.find("web.example")
        equal(brief(first), ("well-known", "smtp.web.example", 587, "starttls", True, False), "well-known")
        first, = world.find("moved.example")
        equal(brief(first), ("autoconfig", "smtp.web.example", 587, "starttls", True, False), "a redirect")
        equal(first["source-host"], "web.example", "who said it in the end")


def what_cannot_be_used():
    with World() as world:
        equal(world.find("bad.example", expect=1), [], "broken")
        equal(world.state("autoconfig", "autoconfig.bad.example"), "failed", "broken XML")
        equal(world.state("well-known", "bad.example"), "nothing", "a page for everything")
        equal(world.find("wrong.example", expect=1), [], "certificates")
        check("another name" in world.steps[("autoconfig", "autoconfig.wrong.example")]["text"], "the wrong name is told")
        check("expired" in world.steps[("well-known", "wrong.example")]["text"], "the expiry is told")
        equal(world.wrong.asked + world.expired.asked, [], "requests behind refused certificates")
        first, = world.find("slow.example")
        equal(brief(first), ("srv", "smtp.slow.example", 465, "implicit", False, False), "beside silent servers")
        equal(world.state("autoconfig", "autoconfig.slow.example"), "failed", "silent")
        world.find("nowhere.hoster.net", expect=1)


def what_dns_says():
    with World() as world:
        first, second = world.find("srv.example")
        equal(brief(first), ("srv", "smtp.srv.example", 465, "implicit", False, False), "submissions")
        equal(brief(second), ("srv", "smtp.srv.example", 587, "starttls", False, False), "submission")
        equal(world.find("not.example", expect=1), [], "not offered")
        first, *_ = world.find("hosted.example")
        equal((first["source"], first["provider"], first["host"], first.get("secure", False)), ("mx", "google-workspace", "smtp.gmail.com", False), "MX of Google")
        first, = world.find("customer.example")
        equal(brief(first), ("mx", "smtp.hoster.net", 465, "implicit", False, False), "the hoster's file")


def what_others_say():
    with World() as world:
        equal(world.find("listed.example", expect=1), [], "without agreement")
        check(not [a for a in world.web.asked if a.startswith("list.")], "the list was not asked")
        first, = world.find("listed.example", "--third-party")
        equal(brief(first), ("ispdb", "smtp.listed.example", 465, "implicit", True, False), "the list")
        equal(world.find("tenant.example", expect=1), [], "without a click")
        first, *_ = world.find("tenant.example", "--autodiscover")
        equal((first["source"], first["provider"]), ("autodiscover", "microsoft365"), "Microsoft")


def presets_stay_first():
    with World() as world:
        results = world.find("gmx.de")
        equal((results[0]["source"], results[0]["host"], results[0].get("secure", False)), ("preset", "mail.gmx.net", True), "the preset")
        equal(brief(results[-1]), ("autoconfig", "smtp.elsewhere.example", 465, "implicit", True, True), "who says otherwise")


def usual_names():
    with World() as world:
        equal(world.find("probe.example", expect=1), [], "not unless it is asked for")
        with contextlib.ExitStack() as stack:
            context = world.authority.context("smtp.probe.example")
            sinks = [Sink(host=WEB, port=465, tls=context, implicit=True, users={"a": "b"}), Sink(host=WEB, port=587, tls=context, users={"a": "b"}),
                     Sink(host=WRONG, port=465, tls=context, implicit=True, users={"a": "b"})]
            for sink in sinks:
                stack.callback(sink.close)
            first, second = world.find("probe.example", "--probe")
            equal(brief(first), ("probe", "smtp.probe.example", 465, "implicit", True, False), "465")
            equal(brief(second), ("probe", "smtp.probe.example", 587, "starttls", True, False), "587")
            check(all(c.split()[0].upper() in ("EHLO", "STARTTLS", "QUIT") for s in sinks for c in s.commands), "nothing but greetings")


def stopping():
    with World() as world:
        process = subprocess.Popen([program("mail-relayctl"), "account", "discover", "alice@slow.example"], env=world.profile.env,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        world.slow.waiter.wait(lambda: len(world.slow.taken) >= 2, "the slow servers to be asked")
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        # The service gives up for a caller that has gone: the connections are closed.
        for connection in world.slow.taken:
            connection.settimeout(PATIENCE)
            while connection.recv(4096):
                pass
        first, *_ = world.find("own.example")
        equal(first["source"], "autoconfig", "the service goes on")
        # And the service itself may end under a search.
        before = len(world.slow.taken)
        process = subprocess.Popen([program("mail-relayctl"), "account", "discover", "alice@slow.example"], env=world.profile.env,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        world.slow.waiter.wait(lambda: len(world.slow.taken) >= before + 2, "the slow servers to be asked")
        world.service.stop()
        check(process.wait(PATIENCE) != 0, "the search fails")


def found_and_added():
    with World() as world:
        world.profile.ctl("account", "add", "--id", "own", "--address", "alice@own.example", "--find")
        account, = world.profile.ctl_json("account", "list")["accounts"]
        equal((account["host"], account["port"], account["tls"], account["user"]), ("smtp.own.example", 465, "implicit", "alice@own.example"), "the account")
        refused = world.profile.ctl("account", "add", "--id", "srv", "--address", "alice@srv.example", "--find", check=False)
        equal(refused.returncode, 1, "not proven, not taken")


enter_namespace()
run_cases(what_the_domain_publishes, what_cannot_be_used, what_dns_says, what_others_say, presets_stay_first, usual_names, stopping, found_and_added)

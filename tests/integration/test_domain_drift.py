#!/usr/bin/python3
"""Domains that are checked by themselves while their zone changes, and entries that are waited for across a restart: what the desktop is told, once for each
cause, and what it is not told."""
import contextlib
import json
import os
import pathlib
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mock"))
from harness import Profile, Waiter, check, equal, run_cases
from peers import TOP
from notifications import Notifications
from zones import Zones

DOMAIN = "sender.example"
KEY = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def zones():
    return {DOMAIN: [("NS", "ns." + DOMAIN), ("SOA", ("ns." + DOMAIN, "person." + DOMAIN, 1)), ("MX", (10, "mx." + DOMAIN)), ("A", "192.0.2.7"),
                     ("TXT", "v=spf1 ip4:192.0.2.7 -all")],
            "ns." + DOMAIN: [("A", "127.0.0.1")], "mx." + DOMAIN: [("A", "192.0.2.8")],
            "_dmarc." + DOMAIN: [("TXT", "v=DMARC1; p=reject; rua=mailto:r@" + DOMAIN)]}


@contextlib.contextmanager
def house(**domains):
    """(profile, desktop, zones): a bus with a notification service, a window that is started, and a name server."""
    with Profile(bus=False) as profile, Zones(zones()) as dns:
        services = os.path.join(profile.root, "services")
        os.mkdir(services)
        with open(os.path.join(services, "com.example.MailRelay.service"), "w", encoding="utf-8") as f:
            f.write(f"[D-BUS Service]\nName=com.example.MailRelay\nExec=/usr/bin/python3 {shlex.quote(str(TOP / 'mock/notifications.py'))}\n")
        profile.start_bus(services=services)
        profile.configure({"dns": {"servers": f"127.0.0.1:{dns.port}", "authoritative-port": dns.port, "timeout-ms": 300, "tries": 2},
                           "domains": {"addresses": "192.0.2.7", "names": DOMAIN, "watch-every": 1, "check-every": 1, "recheck-after": 1} | domains,
                           "delivery": {"allow-private-mx": "true"}})
        with Notifications(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as desktop:
            yield profile, desktop, dns


def row(profile):
    """Zeros are left out of records."""
    return {"checked": 0, "drifts": 0} | profile.ctl_json("domain", "list")["domains"][0]


def drifts(profile):
    return [(d["check"], d["code"]) for d in json.loads(profile.ctl("domain", "check", "--last", "--json", DOMAIN, check=False).stdout).get("drifts", [])]


def checked_again(profile, service, times=2):
    """Waits until so many further checks are over."""
    for _ in range(times):
        before = row(profile)["checked"]
        service.wait(lambda: row(profile)["checked"] > before, "a further check")


def what_becomes_worse():
    with house() as (profile, desktop, dns):
        service = profile.start_service()
        service.wait(lambda: row(profile)["checked"] > 0, "the first check by itself")
        checked_again(profile, service)
        equal((desktop.calls, drifts(profile)), ([], []), "nothing has changed")

        # A record vanishes: told once, with the domain behind a click; shown until it is back.
        spf = dns.zones[DOMAIN].pop()
        number, = desktop.wait(lambda: list(desktop.shown), "the note")
        title, body, _ = desktop.shown[number]
        check(title.startswith(DOMAIN + ": ") and body, f"{title} / {body}")
        equal(drifts(profile), [("spf", "spf-none")], "drifts")
        check("Worse than before" in profile.ctl("domain", "check", "--last", DOMAIN, check=False).stdout, "shown on the command line")
        checked_again(profile, service)
        equal(len(desktop.calls), 1, "told once")
        service.stop()
        service = profile.start_service()
        service.wait(lambda: row(profile)["drifts"] == 1, "it is remembered")
        number, = desktop.wait(lambda: list(desktop.shown), "told again after a restart, as it still stands")
        desktop.click(number)
        desktop.wait(lambda: desktop.opened, "the window")
        check("open-domain" in desktop.opened[0] and DOMAIN in desktop.opened[0], f"{desktop.opened}")
        dns.zones[DOMAIN].append(spf)
        service.wait(lambda: row(profile)["drifts"] == 0, "it is back")
        equal(drifts(profile), [], "nothing is worse")

        # Two causes are two notes; accepting takes them away.
        told = len(desktop.calls)
        dns.zones[DOMAIN][-1] = ("TXT", "v=spf1 ip4:192.0.2.7 +all")
        del dns.zones["_dmarc." + DOMAIN]
        desktop.wait(lambda: len(desktop.shown) == 2, "both")
        equal(len(desktop.calls), told + 2, "one for each")
        profile.ctl("domain", "accept", DOMAIN)
        desktop.wait(lambda: not desktop.shown, "they are as they should be")
        checked_again(profile, service)
        equal((row(profile)["drifts"], len(desktop.calls)), (0, told + 2), "nothing more")


def what_is_not_told():
    """What resolved itself before the second look, and what could not be told."""
    with house(**{"check-every": 0, "recheck-after": 1}) as (profile, desktop, dns):
        service = profile.start_service()
        profile.ctl("domain", "check", "--keep", DOMAIN, check=False)
        spf = dns.zones[DOMAIN].pop()
        profile.ctl("domain", "check", "--keep", DOMAIN, check=False)
        dns.zones[DOMAIN].append(spf)
        equal(drifts(profile), [("spf", "spf-none")], "seen once")
        service.wait(lambda: row(profile)["drifts"] == 0, "the second look found it in order")
        dns.zones[DOMAIN].insert(0, "SERVFAIL")
        dns.zones["_dmarc." + DOMAIN].insert(0, "SERVFAIL")
        profile.ctl("domain", "check", "--keep", DOMAIN, check=False)
        profile.ctl("domain", "check", "--keep", DOMAIN, check=False)
        equal(drifts(profile), [], "no answer is no change")
        equal(desktop.calls, [], "the desktop heard nothing")


def another_key():
    """A key that is another one at the same name; that of a provider, which is not ours to compare with."""
    with house(**{"check-every": 0}) as (profile, desktop, dns):
        dns.zones["google._domainkey." + DOMAIN] = [("TXT", f"v=DKIM1; k=ed25519; p={KEY}")]
        profile.configure({"account work": {"addresses": "*@" + DOMAIN, "host": "127.0.0.1", "port": 9, "tls": "none", "provider": "google-workspace"}})
        profile.start_service()
        profile.ctl("domain", "check", "--keep", DOMAIN, check=False)
        dns.zones["google._domainkey." + DOMAIN] = [("TXT", f"v=DKIM1; k=ed25519; p={KEY[:20]}{'A' * 23}=")]
        profile.ctl("domain", "check", "--keep", DOMAIN, check=False)
        equal(drifts(profile), [("dkim", "dkim-changed")], "another key")
        number, = desktop.wait(lambda: list(desktop.shown), "told after the second look")
        check("google._domainkey" in desktop.shown[number][1], f"{desktop.shown}")
        del dns.zones["google._domainkey." + DOMAIN]
        profile.ctl("domain", "check", "--keep", DOMAIN, check=False)
        equal(drifts(profile)[0], ("dkim", "dkim-provider-none"), "no key at all")


def a_watch_survives():
    """What is waited for goes on after a restart, and its end is told; so is that nothing came."""
    with house(**{"check-every": 0}) as (profile, desktop, dns):
        service = profile.start_service()
        options = ["--sender", "ip4:192.0.2.9"]
        seen = json.loads(profile.ctl("domain", "watch", "--once", "--json", DOMAIN, *options, check=False).stdout)
        check(not seen["done"], f"not there: {seen}")
        service.stop()
        service = profile.start_service()

        def watch():
            return service.call("Domains", "GetWatch", "(s)", DOMAIN)[0]

        resumed = service.wait(lambda: (w := watch_or_none(watch)) and w["checked"] > 0 and w, "the watch after the restart")
        equal(resumed["started"], seen["started"], "it began when it began")
        check(not resumed["done"] and not desktop.calls, "still waiting")
        dns.zones[DOMAIN][-1] = ("TXT", "v=spf1 ip4:192.0.2.7 ip4:192.0.2.9 -all")
        number, = desktop.wait(lambda: list(desktop.shown), "the end")
        equal(desktop.shown[number][0], f"The entries of {DOMAIN} are published", "title")
        desktop.click(number)
        desktop.wait(lambda: desktop.opened, "the window")
        check(DOMAIN in desktop.opened[0], f"{desktop.opened}")
        service.stop()

        profile.configure({"domains": {"watch-for": 1}})
        service = profile.start_service()
        check(watch_or_none(watch) is None, "what is over does not begin again")
        profile.ctl("domain", "watch", DOMAIN, "--sender", "ip4:192.0.2.99", check=False)
        desktop.wait(lambda: f"The entries of {DOMAIN} have not come" in [t for t, _, _ in desktop.shown.values()], "that it was given up")


def watch_or_none(watch):
    try:
        return watch()
    except Exception:
        return None


run_cases(what_becomes_worse, what_is_not_told, another_key, a_watch_survives)

#!/usr/bin/python3
"""`account test` against real servers: every part in order, with times, and what is told of the encryption is what openssl says of the same certificates."""
import datetime
import json
import os
import pathlib
import subprocess

from harness import Failed, Profile, check, equal, free_port, run_cases
from peers import Folder
from certificates import Authority
from scripted import Scripted
from test_servers import PASSWORD, USER, account, real_exim, real_postfix, trusting

WITH_LOG_IN = ["look-up", "connect", "greeting", "encryption", "capabilities", "log-in"]


def run_test(profile, *more, check_code=None):
    """(the object that --json prints, its parts by name)"""
    result = profile.ctl("account", "test", "work", "--json", *more, check=False)
    if check_code is not None:
        equal(result.returncode, check_code, f"exit code: {result.stdout}{result.stderr}")
    told = json.loads(result.stdout)
    parts = [step["part"] for step in told["steps"]]
    elapsed = [step["elapsed"] for step in told["steps"]]
    equal(elapsed, sorted(elapsed), "times grow")
    check(all(0 <= step["took"] <= step["elapsed"] for step in told["steps"]), f"each has its time: {told['steps']}")
    return told, parts, {step["part"]: step for step in told["steps"]}


def by_openssl(certificate):
    """What the program must tell of a certificate file."""
    text = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-subject", "-issuer", "-enddate", "-fingerprint", "-sha256", "-nameopt", "RFC2253"],
                          check=True, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}).stdout
    found = dict(line.split("=", 1) for line in text.splitlines())
    end = datetime.datetime.strptime(found["notAfter"], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=datetime.timezone.utc)
    return {"subject": found["subject"].strip(), "issuer": found["issuer"].strip(), "until": int(end.timestamp()) * 1000000,
            "fingerprint": found["sha256 Fingerprint"].replace(":", "").lower()}


def is_right(step, certificate, warning=None):
    details = step["details"]
    check(details["protocol"] in ("TLSv1.2", "TLSv1.3"), f"protocol: {details}")
    check(details["cipher"], "cipher")
    leaf = details["certificates"][0]
    equal({key: leaf[key] for key in ("subject", "issuer", "until", "fingerprint")}, by_openssl(certificate), "certificate")
    check("localhost" in leaf["names"], f"names: {leaf}")
    equal(step.get("warning"), warning, "warning")


def certificate_of(authority):
    return pathlib.Path(authority.dir, "localhost.pem")


def postfix_over_starttls():
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        trusting(profile, authority)
        profile.start_service()
        server, _ = real_postfix(folder, profile.add_sink(), authority)
        with server:
            account(profile, "work", server.listen, "starttls", "--address", "ann@sender.example")
            told, parts, step = run_test(profile, check_code=0)
            equal(parts[-2:], ["sender", "size"], "the end")
            equal([p for p in parts if p != "connect"], [p for p in [*WITH_LOG_IN, "sender", "size"] if p != "connect"], "parts")
            check(any(a in ("127.0.0.1", "::1") for a in step["look-up"]["details"]["addresses"]), "addresses")
            equal(step["connect"]["details"]["port"], server.listen, "port")
            equal(step["greeting"]["code"], 220, "greeting")
            check("ESMTP" in step["greeting"]["text"], "its text")
            is_right(step["encryption"], certificate_of(authority))
            check(any(o.startswith("AUTH ") for o in step["capabilities"]["details"]["offers"]), f"offers over the encrypted connection: {step['capabilities']}")
            equal(step["log-in"]["details"], {"mechanism": "PLAIN", "user": USER}, "log-in")
            equal(step["sender"]["details"]["address"], "ann@sender.example", "sender")
            size = [int(o.split()[1]) for o in step["capabilities"]["details"]["offers"] if o.startswith("SIZE ")]
            equal(step["size"]["details"]["limit"], size[0], "size")
            check(PASSWORD not in str(told), "no password")
            # For people: the same, in words.
            text = profile.ctl("account", "test", "work").stdout
            for words in ("Encrypt the connection", "TLSv1.", "valid until", "proved its name", "The account works."):
                check(words in text, f"“{words}” in {text}")


def exim_over_implicit_tls():
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        trusting(profile, authority)
        profile.start_service()
        implicit = free_port()
        with real_exim(folder, profile.add_sink(), authority, implicit=implicit) as server:
            try:
                account(profile, "work", implicit, "implicit")
                _, parts, step = run_test(profile, check_code=0)
                check(parts.index("encryption") < parts.index("greeting") < parts.index("capabilities"), f"encrypted from the first byte: {parts}")
                is_right(step["encryption"], certificate_of(authority))
                profile.ctl("account", "set-password", "work", "--password-stdin", input="wrong\n")
                told, parts, step = run_test(profile, check_code=1)
                equal((parts[-1], step["log-in"]["ok"], step["log-in"]["cause"]), ("log-in", False, "login-failed"), "the wrong password")
                check("wrong" not in str(told["transcript"]), "no password in the conversation")
            except Failed as wrong:
                raise Failed(f"{wrong}\nExim: {server.log()[-2000:]}") from wrong


def certificate_that_ends():
    """It works today, and the test says until when."""
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        trusting(profile, authority)
        profile.start_service()
        with Scripted(user=USER, password=PASSWORD, tls_context=authority.context("localhost", days=10), require_starttls=True) as server:
            account(profile, "work", server.port, "starttls")
            _, _, step = run_test(profile, check_code=0)
            is_right(step["encryption"], certificate_of(authority), warning="certificate-ends")
            check("ends on" in profile.ctl("account", "test", "work").stdout, "it is said")


def certificate_that_is_refused():
    """An unknown authority: the chain is shown all the same, with the fingerprint to compare; accepted, the test goes on and says so."""
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        profile.start_service()
        with Scripted(user=USER, password=PASSWORD, tls_context=authority.context("localhost"), require_starttls=True) as server:
            account(profile, "work", server.port, "starttls")
            _, parts, step = run_test(profile, check_code=1)
            equal((parts[-1], step["encryption"]["ok"]), ("encryption", False), "where it failed")
            expected = by_openssl(certificate_of(authority))["fingerprint"]
            equal(step["encryption"]["fingerprint"], expected, "fingerprint")
            equal(step["encryption"]["details"]["certificates"][0]["fingerprint"], expected, "chain")
            profile.ctl("config", "set", "account work", "fingerprint", expected)
            _, _, step = run_test(profile, check_code=0)
            equal(step["encryption"]["warning"], "certificate-accepted", "accepted")


def nobody_listens():
    with Profile() as profile:
        profile.start_service()
        profile.ctl("account", "add", "--id", "work", "--address", "*", "--host", "localhost", "--port", free_port(), "--tls", "none")
        told, parts, step = run_test(profile, check_code=1)
        equal(set(parts), {"look-up", "connect"}, "parts")
        equal(told["steps"][-1].get("goes-on"), None, "the last address")
        check(all(s.get("goes-on") for s in told["steps"][1:-1]), "the ones before it")
        check(told["steps"][-1]["cause"], "a cause")


if __name__ == "__main__":
    run_cases(postfix_over_starttls, exim_over_implicit_tls, certificate_that_ends, certificate_that_is_refused, nobody_listens)

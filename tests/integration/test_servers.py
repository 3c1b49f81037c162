#!/usr/bin/python3
"""Real mail servers as a provider's: Postfix and Exim with log-in and encryption, aiosmtpd with both. A message of each client arrives through each server as it
was sent. Certificates are checked by name, and what is wrong with them is told."""
import os
import shutil

from harness import Failed, Profile, check, equal, free_port, program, queue_id, run_cases, send, skip
from peers import CLIENTS, MESSAGE, RECIPIENT, SENDER, Folder, check_only_fixups
import dovecot_auth
import exim
import opensmtpd
import postfix
from certificates import Authority
from scripted import Scripted
from tap import Tap

USER, PASSWORD = "user", "pass word ü"


def account(profile, id, port, tls, *more, host="localhost", password=PASSWORD):
    return profile.ctl("account", "add", "--id", id, "--address", "*", "--host", host, "--port", port, "--tls", tls, "--user", USER,
                       "--password-stdin", *more, input=password + "\n")


def real_postfix(folder, sink, authority, names=("localhost",), implicit=None, user=True):
    """(Postfix, its password server): it takes mail only after a log-in, and a log-in only when encrypted."""
    if os.geteuid() != 0:
        skip("Postfix needs root")
    postfix.fetch()
    certificate, key = authority.issue(*names)
    port = free_port()
    secret = os.path.join(folder, "auth")
    settings = {"smtpd_tls_security_level": "encrypt" if user else "may", "smtpd_tls_cert_file": certificate, "smtpd_tls_key_file": key,
                "smtpd_sasl_auth_enable": "yes" if user else "no", "smtpd_sasl_type": "dovecot", "smtpd_sasl_path": secret,
                "smtpd_tls_auth_only": "yes", "smtpd_delay_reject": "yes", "smtp_host_lookup": "native",
                "smtpd_relay_restrictions": "permit_sasl_authenticated, reject" if user else "permit_mynetworks, reject"}
    services = (f"127.0.0.1:{implicit} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n" if implicit else "")
    auth = dovecot_auth.DovecotAuth(secret, USER, PASSWORD)
    return postfix.Postfix(os.path.join(folder, "postfix"), port, relayhost=f"[127.0.0.1]:{sink.port}", settings=settings, services=services), auth


def real_exim(folder, sink, authority, implicit=None):
    reason = exim.usable()
    if reason:
        skip(reason)
    exim.fetch()
    certificate, key = authority.issue("localhost")
    return exim.Exim(os.path.join(folder, "exim"), free_port(), sink.port, certificate=certificate, key=key, implicit=implicit, user=USER, password=PASSWORD)


def every_client(profile, port, arrived, hops, added=()):
    """A message of each client; arrived(n) waits for the n-th message at the end of the way and gives its bytes."""
    for number, name in enumerate(CLIENTS, 1):
        with Tap(port) as tap:
            try:
                CLIENTS[name](profile, tap.port)
            except SystemExit:  # npm is not here
                skip(f"{name} is not installed")
            data = arrived(number)
            submitted, = tap.messages()
        try:
            check_only_fixups(submitted, data, hops=hops, added_by_hops=added)
        except Failed as wrong:
            raise Failed(f"{name}: {wrong}") from wrong


def trusting(profile, authority):
    profile.configure({"tls": {"ca-file": authority.ca_file}})


def every_client_through_postfix():
    """STARTTLS and a log-in at Postfix, which hands on to the sink."""
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        sink = profile.add_sink()
        trusting(profile, authority)
        service = profile.start_service()
        server, auth = real_postfix(folder, sink, authority)
        with server:
            try:
                account(profile, "work", server.listen, "starttls")
                every_client(profile, profile.port, lambda n: sink.wait_for_messages(n)[-1].data, hops=2)
            except Failed as wrong:
                raise Failed(f"{wrong}\nPostfix: {server.log()[-3000:]}") from wrong
            check(auth.attempts and all(good for _, _, good in auth.attempts), f"log-ins: {auth.attempts}")
            check("TLSv1.3" in str(service.message(service.list("history")[0]["id"])[1]), "the attempt tells the encryption")


def postfix_with_implicit_tls():
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        sink = profile.add_sink()
        trusting(profile, authority)
        profile.start_service()
        implicit = free_port()
        server, auth = real_postfix(folder, sink, authority, implicit=implicit)
        with server:
            account(profile, "work", implicit, "implicit")
            send(profile.smtp, SENDER, [RECIPIENT], MESSAGE)
            check_only_fixups(MESSAGE, sink.wait_for_messages(1)[0].data, hops=2)
            equal(auth.attempts[0][1:], (USER, True), "log-in")


def every_client_through_exim():
    """Implicit TLS and a log-in at Exim."""
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        sink = profile.add_sink()
        trusting(profile, authority)
        profile.start_service()
        implicit = free_port()
        with real_exim(folder, sink, authority, implicit=implicit) as server:
            try:
                account(profile, "work", implicit, "implicit")
                every_client(profile, profile.port, lambda n: sink.wait_for_messages(n)[-1].data, hops=2)
            except Failed as wrong:
                raise Failed(f"{wrong}\nExim: {server.log()[-3000:]}") from wrong
            check("A=plain:user" in server.log() or "A=login:user" in server.log(), "Exim saw the log-in: " + server.log()[-600:])


def every_client_through_opensmtpd():
    """OpenSMTPD, without encryption (its package cannot)."""
    reason = opensmtpd.usable()
    if reason:
        skip(reason)
    opensmtpd.fetch()
    with Folder() as folder, Profile() as profile:
        sink = profile.add_sink()
        profile.start_service()
        with opensmtpd.OpenSmtpd(os.path.join(folder, "opensmtpd"), free_port(), sink.port) as server:
            try:
                profile.ctl("account", "add", "--id", "work", "--address", "*", "--host", "127.0.0.1", "--port", server.listen, "--tls", "none")
                every_client(profile, profile.port, lambda n: sink.wait_for_messages(n)[-1].data, hops=2)
            except Failed as wrong:
                raise Failed(f"{wrong}\nOpenSMTPD: {server.log()[-3000:]}") from wrong


def every_client_to_aiosmtpd():
    """STARTTLS demanded, then a log-in; certificate authority named for this account only."""
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        profile.configure({})
        # In its sandbox the running service reads a new file only in folders that it knew when it started.
        ca_file = shutil.copy(authority.ca_file, os.path.join(os.path.dirname(profile.config_file), "my-ca.pem"))
        service = profile.start_service()
        service.connect()
        with Scripted(user=USER, password=PASSWORD, tls_context=authority.context("localhost"), require_starttls=True) as server:
            if "landlock" in service.status()["sandbox"]:
                elsewhere = profile.ctl("account", "add", "--id", "x", "--address", "*", "--host", "localhost", "--ca-file", authority.ca_file, check=False)
                check(elsewhere.returncode == 1 and os.path.dirname(ca_file) in elsewhere.stderr, f"where the file must be is told: {elsewhere.stderr}")
            account(profile, "work", server.port, "starttls", "--ca-file", ca_file)

            def arrived(n):
                service.wait(lambda: len(server.taken) >= n, f"message {n}")
                return server.taken[n - 1].original_content
            every_client(profile, profile.port, arrived, hops=1)
            check(all(good and encrypted for _, good, encrypted in server.seen), f"log-ins: {server.seen}")


def every_client_to_the_sink():
    with Profile() as profile:
        sink = profile.add_sink()
        profile.start_service()
        profile.add_account("work", sink)
        every_client(profile, profile.port, lambda n: sink.wait_for_messages(n)[-1].data, hops=1)


def is_account_trouble(profile, service, id, state, words):
    """The message waits for its account, nothing was sent or failed, and both the account and a test of it say why."""
    recipient = service.wait(lambda: [r for r in service.message(id)[0]["recipients"] if r.get("wait-reason") == "account-paused"], "the account to pause")[0]
    equal(recipient["state"], "waiting", "state of the message")
    account, = profile.ctl_json("account", "list")["accounts"]
    equal(account["state"], state, "state of the account")
    told = profile.run(*ctl_test(), check=False)
    check(told.returncode != 0, "the test of the account fails")
    check(any(w in told.stdout + told.stderr for w in words), f"the test tells why: {told.stdout}{told.stderr}")


def ctl_test():
    return program("mail-relayctl"), "account", "test", "work"


def wrong_name_is_refused():
    """A certificate of another name at a real Postfix: nothing is sent, not even the password; with the right one mail goes on."""
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        sink = profile.add_sink()
        trusting(profile, authority)
        service = profile.start_service()
        server, auth = real_postfix(folder, sink, authority, names=("other.example",))
        with server:
            account(profile, "work", server.listen, "starttls")
            id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
            is_account_trouble(profile, service, id, "tls-trouble", ("certificate",))
            equal((sink.messages, auth.attempts), ([], []), "what was sent")
            right, key = authority.issue("localhost")
            shutil.copy(right, os.path.join(folder, "ca", "other.example.pem"))
            shutil.copy(key, os.path.join(folder, "ca", "other.example.key"))
            server.stop()
            server.start()
            # A test that goes well wakes what waits.
            profile.run(*ctl_test())
            service.wait_for_state(id, "delivered", "relayed")
            check_only_fixups(MESSAGE, sink.wait_for_messages(1)[0].data, hops=2)


def unknown_authority_is_refused():
    with Folder() as folder, Profile() as profile:
        authority = Authority(os.path.join(folder, "ca"))
        service = profile.start_service()
        with Scripted(user=USER, password=PASSWORD, tls_context=authority.context("localhost"), require_starttls=True) as server:
            account(profile, "work", server.port, "starttls")
            id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
            is_account_trouble(profile, service, id, "tls-trouble", ("certificate",))
            equal((server.seen, server.taken), ([], []), "log-ins and messages")


def no_starttls_is_refused():
    """Encryption was asked for and the server has none: no fall-back to clear text."""
    with Profile() as profile:
        service = profile.start_service()
        with Scripted() as server:
            account(profile, "work", server.port, "starttls")
            id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
            service.wait(lambda: service.message(id)[1], "an attempt")
            equal(server.taken, [], "messages")
            recipient, = service.message(id)[0]["recipients"]
            equal(recipient["state"], "waiting", "state")


if __name__ == "__main__":
    run_cases(every_client_through_postfix, postfix_with_implicit_tls, every_client_through_exim, every_client_through_opensmtpd,
              every_client_to_aiosmtpd, every_client_to_the_sink,
              wrong_name_is_refused, unknown_authority_is_refused, no_starttls_is_refused)

#!/usr/bin/python3
"""Trouble of an account pauses its mail and bounces nothing: a wrong password, none at all, a host that does not exist, and the saved passwords of a real
gnome-keyring that are locked or away. What goes on afterwards loses nothing and asks for nothing twice."""
import os

from harness import Profile, check, equal, free_port, need, queue_id, run_cases, send
from peers import MESSAGE, RECIPIENT, SENDER, Folder
from gnome_keyring import Keyring
from knot import Knot
from scripted import Scripted

USER, PASSWORD = "user", "right wörd"


def account(profile, port, *more, host="127.0.0.1", password=PASSWORD):
    arguments = ["account", "add", "--id", "work", "--address", "*", "--host", host, "--port", port, "--tls", "none", "--user", USER, *more]
    return profile.ctl(*arguments, *(["--password-stdin"] if password else []), input=password + "\n" if password else None)


def state(profile):
    return profile.ctl_json("account", "list")["accounts"][0]["state"]


def hand_in(profile, n=3):
    return [queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE)) for _ in range(n)]


def all_wait(service, ids, *reasons):
    """Until each waits for one of these reasons; none has failed."""
    def waiting():
        recipients = [service.message(id)[0]["recipients"][0] for id in ids]
        check(all(r["state"] == "waiting" for r in recipients), f"nothing fails: {recipients}")
        return all(r.get("wait-reason") in reasons for r in recipients)
    service.wait(waiting, f"all to wait for {reasons}")


def all_go(service, ids):
    for id in ids:
        service.wait_for_state(id, "delivered", "relayed")


def wrong_password():
    with Profile() as profile, Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server:
        service = profile.start_service()
        account(profile, server.port, password="wrong")
        ids = hand_in(profile)
        all_wait(service, ids, "account-paused")
        equal(state(profile), "password-refused", "state")
        equal(len(server.seen), 1, "log-ins with the wrong password (more would lock the account)")
        equal(service.list("history"), [], "nothing is given up")
        shown = profile.ctl("show", ids[0]).stdout
        check("password" in shown.lower(), f"it is explained: {shown}")
        # Trying by hand is one more log-in at most, not one for each message.
        more = hand_in(profile)
        all_wait(service, ids + more, "account-paused")
        equal(len(server.seen), 1, "log-ins")
        profile.ctl("account", "set-password", "work", "--password-stdin", input=PASSWORD + "\n")
        all_go(service, ids + more)
        equal(state(profile), "ready", "state")
        equal([e.rcpt_tos for e in server.taken], [[RECIPIENT]] * 6, "each once")
        check(PASSWORD not in service.log(), "no password in the log")


def no_password():
    with Profile() as profile, Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server:
        service = profile.start_service()
        account(profile, server.port, password=None)
        ids = hand_in(profile)
        all_wait(service, ids, "account-paused")
        equal((state(profile), server.seen), ("no-password", []), "state and log-ins")
        profile.ctl("account", "set-password", "work", "--password-stdin", input=PASSWORD + "\n")
        all_go(service, ids)
        equal(len(server.taken), 3, "each once")


def unknown_host():
    """The name of the provider's server does not exist: the account's trouble, not the messages'. Once it exists, a test of the account wakes its mail."""
    need("knotd")
    dns = free_port()
    with Folder() as folder, Profile() as profile, Scripted() as server, Knot(os.path.join(folder, "knot"), dns, {"provider.example": "x A 127.0.0.9\n"}) as zone:
        profile.configure({"dns": {"servers": f"127.0.0.1:{dns}", "timeout-ms": "500"}})
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "work", "--address", "*", "--host", "smtp.provider.example", "--port", server.port, "--tls", "none")
        ids = hand_in(profile)
        all_wait(service, ids, "account-paused")
        equal(state(profile), "host-unknown", "state")
        check("smtp.provider.example" in profile.ctl("show", ids[0]).stdout, "the name is shown")
        told = profile.ctl("account", "test", "work", check=False)
        check(told.returncode != 0 and "smtp.provider.example" in told.stdout + told.stderr, f"the test names it: {told.stdout}{told.stderr}")
        zone.stop()
        zone.zones["provider.example"] = "smtp A 127.0.0.1\n"
        zone.write()
        zone.start()
        profile.ctl("account", "test", "work")
        all_go(service, ids)


def host_is_down():
    """Nobody listens: that is no trouble of the account; messages wait for their time, behind one attempt."""
    with Profile() as profile:
        profile.configure({"retry": {"first": "3600"}})
        service = profile.start_service()
        port = free_port()
        profile.ctl("account", "add", "--id", "work", "--address", "*", "--host", "127.0.0.1", "--port", port, "--tls", "none")
        ids = hand_in(profile)
        all_wait(service, ids, "retry-time")
        equal(state(profile), "ready", "state")
        sink = profile.add_sink(port=port)
        profile.ctl("retry", *ids)
        all_go(service, ids)
        equal(len(sink.messages), 3, "each once")


def keyring_is_locked_and_goes_away():
    need("gnome-keyring-daemon", "gdbus")
    with Profile() as profile:
        profile.configure({"secrets": {"backend": "secret-service", "keep": "never"}, "delivery": {"idle-keep": "0"}})
        with Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server, Keyring(profile.env) as keyring:
            service = profile.start_service()
            account(profile, server.port)
            ids = hand_in(profile, 1)
            all_go(service, ids)
            equal(server.seen[-1][:2], ("PLAIN", True), "log-in with the password from the keyring")

            # Locked: mail waits and says why; nothing prompts and nothing fails.
            keyring.lock()
            service.wait(lambda: service.status()["secrets-state"] == "locked", "the lock to be seen")
            log_ins = len(server.seen)
            ids = hand_in(profile, 2)
            all_wait(service, ids, "keyring-locked")
            equal(state(profile), "keyring-locked", "state")
            check("locked" in profile.ctl("status").stdout, "status says it")
            equal(len(server.seen), log_ins, "log-ins")
            refused = profile.ctl("account", "set-password", "work", "--password-stdin", input="other\n", check=False)
            check(refused.returncode != 0, "a password cannot be stored while it is locked, and that is told")
            keyring.unlock()
            all_go(service, ids)
            equal(state(profile), "ready", "state")

            # Away: the same with its own state; back, and the mail goes.
            keyring.stop()
            ids = hand_in(profile, 2)
            all_wait(service, ids, "no-keyring", "keyring-locked")
            keyring.start()
            all_go(service, ids)
            equal(len(server.taken), 5, "each once")
            for folder, _, names in os.walk(profile.root):
                for name in names:
                    path = os.path.join(folder, name)
                    if os.path.isfile(path):
                        with open(path, "rb") as f:
                            check(PASSWORD.encode() not in f.read(), f"no password in {path}")


def keyring_locks_itself():
    """What was used once stays in memory: mail goes on while the keyring is locked, and after it went away."""
    need("gnome-keyring-daemon", "gdbus")
    with Profile() as profile:
        profile.configure({"secrets": {"backend": "secret-service"}, "delivery": {"idle-keep": "0"}})
        with Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server, Keyring(profile.env) as keyring:
            service = profile.start_service()
            account(profile, server.port)
            all_go(service, hand_in(profile, 1))
            keyring.lock()
            service.wait(lambda: service.status()["secrets-state"] == "locked", "the lock to be seen")
            equal(service.status()["secrets-needed"], False, "needed")
            check("goes on" in profile.ctl("status").stdout, "status says that mail goes on")
            all_go(service, hand_in(profile, 2))
            equal(state(profile), "ready", "state")
            keyring.stop()
            service.wait(lambda: service.status()["secrets-state"] == "no-service", "the end to be seen")
            all_go(service, hand_in(profile, 1))
            equal(len(server.taken), 4, "each once")

            # Another server or user: what is in memory is not for it.
            profile.ctl("config", "set", "account work", "user", "another")
            service.wait(lambda: service.status()["secrets-needed"], "the memory to be wiped")
            profile.ctl("config", "set", "account work", "user", USER)

            # Locked at log-in, then opened: kept again, until the setting says never.
            keyring.start(unlocked=False)
            service.wait(lambda: service.status()["secrets-state"] == "locked", "the keyring to be back")
            ids = hand_in(profile, 1)
            all_wait(service, ids, "keyring-locked")
            keyring.unlock()
            all_go(service, ids)
            keyring.lock()
            service.wait(lambda: service.status()["secrets-state"] == "locked", "the lock to be seen again")
            equal(service.status()["secrets-needed"], False, "needed")
            profile.ctl("config", "set", "secrets", "keep", "never")
            service.wait(lambda: service.status()["secrets-needed"], "the memory to be wiped")
            ids = hand_in(profile, 1)
            all_wait(service, ids, "keyring-locked")
            keyring.unlock()
            all_go(service, ids)


def locked_at_log_in():
    """The keyring is there and locked before the service starts; its own tool opens it where there is no display, as the hint says."""
    need("gnome-keyring-daemon", "gdbus")
    with Profile() as profile:
        profile.configure({"secrets": {"backend": "secret-service"}})
        with Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server, Keyring(profile.env) as keyring:
            service = profile.start_service()
            account(profile, server.port)
            service.stop()
            keyring.stop()
            keyring.start(unlocked=False)
            service = profile.start_service()
            ids = hand_in(profile)
            all_wait(service, ids, "keyring-locked")
            hint = profile.ctl("account", "unlock", check=False)
            equal(hint.returncode, 1, "exit code where nobody can answer")
            check("gnome-keyring-daemon --replace --unlock" in hint.stderr, f"it says what helps: {hint.stderr}")
            keyring.replace()
            all_go(service, ids)
            equal(len(server.taken), 3, "each once")


def keyring_was_deleted():
    """Its file is gone: there is no place for passwords any more, and that is what is said."""
    need("gnome-keyring-daemon", "gdbus")
    with Profile() as profile:
        profile.configure({"secrets": {"backend": "secret-service", "keep": "never"}})
        with Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server, Keyring(profile.env) as keyring:
            service = profile.start_service()
            account(profile, server.port)
            keyring.delete_collection()
            service.wait(lambda: service.status()["secrets-state"] == "no-place", "the loss to be seen")
            check("account unlock --create" in profile.ctl("status").stdout, "status says what helps")
            ids = hand_in(profile, 1)
            all_wait(service, ids, "no-keyring")
            refused = profile.ctl("account", "unlock", check=False)
            check("account unlock --create" in refused.stderr, f"unlocking says it, too: {refused.stderr}")


def password_is_changed_elsewhere():
    """As with the desktop's own program for passwords: the account that was refused is tried again by itself."""
    need("gnome-keyring-daemon", "gdbus")
    with Profile() as profile:
        profile.configure({"secrets": {"backend": "secret-service"}, "delivery": {"idle-keep": "0"}})
        with Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server, Keyring(profile.env) as keyring:
            service = profile.start_service()
            account(profile, server.port, password="wrong")
            ids = hand_in(profile, 1)
            all_wait(service, ids, "account-paused")
            equal(state(profile), "password-refused", "state")
            keyring.change({"xdg:schema": "com.example.MailRelay.Account", "account": "work", "kind": "password"}, PASSWORD)
            all_go(service, ids)
            equal(state(profile), "ready", "state")
            equal(len(server.seen), 2, "log-ins")
            keyring.delete({"account": "work"})
            service.wait(lambda: state(profile) == "no-password", "the loss to be seen")


run_cases(wrong_password, no_password, unknown_host, host_is_down, keyring_is_locked_and_goes_away, keyring_locks_itself, locked_at_log_in,
          keyring_was_deleted, password_is_changed_elsewhere)

#!/usr/bin/python3
"""Accounts that sign in with their provider (OAuth 2.0), through the real programs: the sign-in from a terminal, mail with XOAUTH2 and OAUTHBEARER, tokens
that end, are put in the place of others, are withdrawn and given back. Mail waits and nothing is bounced."""
import base64
import contextlib
import os
import pathlib
import socket
import subprocess
import threading
import urllib.parse

from harness import Profile, check, equal, need, program, queue_id, run_cases, send
from peers import MESSAGE, RECIPIENT, SENDER, TOP
from certificates import Authority
from gnome_keyring import Keyring
from oauth_server import OauthServer

USER = "me@sender.example"


class SignIn:
    """mail-relayctl account sign-in, as it runs: the address that it prints, what is typed, how it ends."""

    def __init__(self, profile, *options, id="work"):
        self.process = subprocess.Popen([program("mail-relayctl"), "account", "sign-in", id, *options], env=profile.env, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        self.told, self.timer = "", threading.Timer(60, self.process.kill)
        self.timer.start()

    def url(self):
        for line in self.process.stderr:
            self.told += line
            if line.startswith("https://"):
                return line.strip()
        raise AssertionError(f"no address: {self.told}")

    def paste(self, address):
        self.process.stdin.write(address + "\n")
        self.process.stdin.flush()

    def stop(self):
        self.process.kill()
        self.process.communicate()
        self.timer.cancel()

    def end(self, expect=0):
        out, err = self.process.communicate()
        self.timer.cancel()
        self.told += out + err
        equal(self.process.returncode, expect, f"exit status of the sign-in ({self.told})")
        return self.told


@contextlib.contextmanager
def provider(settings=None, mechanisms="XOAUTH2", flow=None, keyring=False, **options):
    """(profile, service, server, sink) with one account "work" that has not signed in; with keyring=True profile.keyring is a real one."""
    with contextlib.ExitStack() as stack:
        profile = stack.enter_context(Profile())
        if keyring:
            need("gnome-keyring-daemon", "gdbus")
            profile.keyring = stack.enter_context(Keyring(profile.env))
            profile.configure({"secrets": {"backend": "secret-service"}})
        server = OauthServer(Authority(pathlib.Path(profile.root, "ca")), **options)
        with server:
            sink = profile.add_sink(tokens=server.takes, mechanisms=mechanisms)
            account = {"addresses": "*", "host": "127.0.0.1", "port": str(sink.port), "tls": "none", "user": USER, "auth": "oauth2",
                       **(server.settings() if settings is None else settings(server)), **({"oauth-flow": flow} if flow else {})}
            profile.configure({"tls": {"ca-file": server.ca_file}, "delivery": {"idle-keep": "0"}, "account work": account})
            yield profile, profile.start_service(), server, sink


def sign_in(profile, server):
    job = SignIn(profile, "--no-browser")
    server.browse(job.url())
    job.end()


def state(profile):
    return profile.ctl_json("account", "list")["accounts"][0]["state"]


def signs_in_again_by_itself(profile, service):
    """The newest lasting token is in the keyring: a service that starts anew needs nobody."""
    service.stop()
    again = profile.start_service()
    all_go(again, hand_in(profile))


def hand_in(profile, n=1):
    return [queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE)) for _ in range(n)]


def all_wait(service, ids, reason="account-paused"):
    def waiting():
        recipients = [service.message(id)[0]["recipients"][0] for id in ids]
        check(all(r["state"] == "waiting" for r in recipients), f"nothing fails: {recipients}")
        return all(r.get("wait-reason") == reason for r in recipients)
    service.wait(waiting, "all to wait for the account")


def all_go(service, ids):
    for id in ids:
        service.wait_for_state(id, "relayed", "delivered")


def stored(profile):
    """What the file of secrets holds, decoded."""
    path = os.path.join(profile.state_dir, "secrets")
    found = []
    for line in open(path, encoding="utf-8") if os.path.exists(path) else []:
        words = line.split()
        if len(words) == 2 and not line.startswith("#"):
            found.append((words[0], base64.b64decode(words[1]).decode()))
    return dict(found)


def listens(address):
    try:
        socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(address).port), 5).close()
        return True
    except OSError:
        return False


def the_whole_life():
    with provider() as (profile, service, server, sink):
        first = hand_in(profile, 2)
        all_wait(service, first)
        equal((state(profile), sink.log_ins), ("needs-sign-in", []), "state, log-ins")
        sign_in(profile, server)
        all_go(service, first)
        equal(state(profile), "ready", "state")
        equal({tuple(l) for l in sink.log_ins}, {("XOAUTH2", USER, True)}, "log-ins")

        # The access token ends: it is refused, renewed once, and the new lasting token takes the old one's place.
        old = stored(profile)["work/oauth-token"]
        server.expire()
        all_go(service, hand_in(profile))
        new = stored(profile)["work/oauth-token"]
        check(new != old and {new} == server.lasting, "the new lasting token is stored, the old one is void")
        equal([good for _, _, good in sink.log_ins[-2:]], [False, True], "refused, then taken")

        # Consent is withdrawn: mail waits, nothing fails, one change is told; afterwards it goes by itself.
        server.withdraw()
        waiting = hand_in(profile, 3)
        all_wait(service, waiting)
        equal(state(profile), "needs-sign-in", "state")
        asked = len(server.requests)
        more = hand_in(profile)
        all_wait(service, more)
        equal(len(server.requests), asked, "nobody is asked in vain")
        check("Sign in" in profile.ctl("account", "list").stdout or "sign in" in profile.ctl("account", "list").stdout, "the list says what to do")
        sign_in(profile, server)
        all_go(service, waiting + more)
        equal(len(sink.messages), 7, "each once")
        equal(service.list("outbox"), [], "nothing waits")

        # No token anywhere but in the file of secrets.
        told = service.log() + open(profile.config_file, encoding="utf-8").read() + "".join(str(service.message(id)) for id in first + waiting)
        check("access-" not in told and "lasting-" not in told, "no token is told")
        check(base64.b64encode(b"auth=Bearer")[:8].decode() not in told, "no response is told")


def a_restart_needs_no_sign_in():
    with provider() as (profile, service, server, sink):
        sign_in(profile, server)
        all_go(service, hand_in(profile))
        service.stop()
        again = profile.start_service()
        all_go(again, hand_in(profile))
        equal(len(sink.messages), 2, "messages")


def refusals_are_told():
    with provider() as (profile, service, server, _):
        server.refuses = True
        job = SignIn(profile, "--no-browser")
        server.browse(job.url())
        check("refused or cancelled" in job.end(expect=1), f"consent refused: {job.told}")
        server.refuses, server.wrong_state = False, True
        job = SignIn(profile, "--no-browser")
        server.browse(job.url())
        check("another sign-in" in job.end(expect=1), f"wrong state: {job.told}")
        server.wrong_state, server.fails = False, [(400, {"error": "invalid_grant"})]
        job = SignIn(profile, "--no-browser")
        server.browse(job.url())
        job.end(expect=1)
        equal(stored(profile), {}, "nothing is stored")
        # One that is stopped ends at the service too: nobody listens for its browser any more.
        job = SignIn(profile, "--no-browser")
        there = server.browse(job.url(), follow=False)
        job.stop()
        service.wait(lambda: not listens(there), "the listener to close", 20)


def an_outage_of_the_provider_is_waited_for():
    with provider() as (profile, service, server, sink):
        sign_in(profile, server)
        server.expire()
        server.fails = [(503, {"x": 1}), (502, None)]
        ids = hand_in(profile)
        all_go(service, ids)
        equal((state(profile), len(sink.messages), server.fails), ("ready", 1, []), "state, messages, outages")


def pasted():
    with provider() as (profile, service, server, sink):
        job = SignIn(profile, "--paste")
        there = server.browse(job.url(), follow=False)
        job.paste("https://www.sender.example/")
        job.paste(there)
        check("no answer of the provider" in job.end(), f"the wrong address is told: {job.told}")
        all_go(service, hand_in(profile))
        equal(len(sink.messages), 1, "messages")


def on_another_device():
    with provider() as (profile, service, server, _):
        server.pending = 1
        job = SignIn(profile, "--device")
        equal(job.url(), server.url + "/enter", "address")
        check("WDJB-MJHT" in job.told, f"the code: {job.told}")
        job.end()
        equal(server.pending, 0, "it was asked until the person was there")
        all_go(service, hand_in(profile))


def oauthbearer():
    with provider(mechanisms="OAUTHBEARER") as (profile, service, server, sink):
        sign_in(profile, server)
        told = profile.ctl("account", "test", "work").stdout
        check("The account works" in told, told)
        server.expire()
        all_go(service, hand_in(profile))
        equal([l[0] for l in sink.log_ins], ["OAUTHBEARER"] * 3, "log-ins")


def given_back():
    with provider() as (profile, service, server, _):
        sign_in(profile, server)
        token, = server.lasting
        profile.ctl("account", "sign-out", "work")
        equal((server.revoked, stored(profile), state(profile)), ([token], {}, "needs-sign-in"), "given back, forgotten, state")
        ids = hand_in(profile)
        all_wait(service, ids)
        sign_in(profile, server)
        all_go(service, ids)
        token, = server.lasting
        profile.ctl("account", "remove", "work")
        service.wait(lambda: server.revoked[-1] == token, "the token to be given back", 20)
        service.wait(lambda: stored(profile) == {}, "the secrets to be gone", 20)


def an_office_with_a_certificate():
    with provider(flow="client-credentials") as (profile, service, server, sink):
        pem = pathlib.Path(__file__).parent.parent / "unit/base/signature/signer.pem"
        server.certificate = pem.read_bytes()
        profile.ctl("account", "oauth-client", "account work", "--client-id", server.client_id, "--secret-stdin", input=pem.read_text())
        ids = hand_in(profile)
        all_go(service, ids)
        equal([r[1]["grant_type"] for r in server.requests], ["client_credentials"], "grants")
        # The application is taken away from us: the mail waits for a person.
        server.expire()
        server.client_id = "another"
        ids = hand_in(profile)
        all_wait(service, ids)
        server.client_id = "client-1"
        profile.ctl("account", "sign-in", "work")
        all_go(service, ids)
        check("PRIVATE KEY" not in service.log() + open(profile.config_file, encoding="utf-8").read(), "the key is not told")
        equal(len(sink.messages), 2, "messages")


class Desktop:
    """GNOME Online Accounts, played on the profile's bus."""

    def __init__(self, profile):
        need("gdbus")
        self.env = profile.env
        self.process = subprocess.Popen(["/usr/bin/python3", TOP / "mock/mock_goa.py"], env=self.env)
        subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", "org.gnome.OnlineAccounts"], env=self.env, check=True)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.terminate()
        self.process.wait(10)

    def do(self, method, *arguments):
        subprocess.run(["gdbus", "call", "--session", "--dest", "org.gnome.OnlineAccounts", "--object-path", "/mock", "--method",
                        "com.example.MailRelay.MockGoa." + method, *arguments], env=self.env, check=True, capture_output=True)

    def give(self, server, token):
        server.access.add(token)
        self.do("SetToken", "one", token, "3600")


def an_account_of_the_desktop():
    """The desktop signs in and keeps the lasting token; we are given access tokens."""
    with provider(settings=lambda server: {"desktop-account": "one"}, flow="desktop") as (profile, service, server, sink), Desktop(profile) as desktop:
        desktop.do("Add", "one", "google", USER, "Google")
        desktop.give(server, "desktop-1")
        found, = service.call("Accounts", "ListDesktopAccounts")
        equal([(a["id"], a["address"], a["provider"]) for a in found], [("one", USER, "google-workspace")], "accounts of the desktop")
        all_go(service, hand_in(profile))
        server.expire()
        desktop.give(server, "desktop-2")
        all_go(service, hand_in(profile))
        equal([good for _, _, good in sink.log_ins], [True, False, True], "log-ins")

        # The desktop has to sign in again: mail waits, and goes on by itself when that was done there.
        server.expire()
        desktop.do("Mood", "refused")
        desktop.do("SetAttention", "one", "true")
        ids = hand_in(profile)
        all_wait(service, ids)
        equal(state(profile), "needs-sign-in", "state")
        desktop.do("Mood", "ok")
        desktop.give(server, "desktop-3")
        desktop.do("SetAttention", "one", "false")
        all_go(service, ids)
        equal((len(sink.messages), stored(profile)), (3, {}), "messages, secrets of our own")


def added_from_a_terminal():
    with Profile() as profile:
        profile.start_service()
        profile.ctl("account", "add", "--id", "two", "--address", USER, "--host", "smtp.gmail.com", "--user", USER, "--oauth2", "--flow", "paste", "--provider",
                    "gmail")
        account, = profile.ctl_json("account", "list")["accounts"]
        equal((account["auth"], account["oauth-flow"], account["provider"]), ("oauth2", "paste", "gmail"), "account")
        told = profile.ctl("account", "add", "--id", "three", "--address", USER, "--host", "smtp.gmail.com", "--oauth2", check=False)
        equal(told.returncode, 2, "without a user name")
        told = profile.ctl("account", "sign-in", "nobody", check=False)
        check(told.returncode == 1 and "nobody" in told.stderr, told.stderr)
        told = profile.ctl("account", "oauth-client", "gmail", check=False)
        equal(told.returncode, 2, "neither a client id nor --remove")


def only_an_issuer():
    def settings(server):
        return {"provider": "local", "oauth-scope": "mail openid"}
    with provider(settings=settings) as (profile, service, server, _):
        profile.ctl("config", "set", "oauth local", "issuer", server.url)
        sign_in(profile, server)
        equal(len(server.registered), 1, "applications that it registered for us")
        equal(profile.ctl("config", "get", "oauth local", "client-id").stdout.strip(), "registered-1", "client id")
        all_go(service, hand_in(profile))
        service.stop()
        again = profile.start_service()
        all_go(again, hand_in(profile))
        equal(len(server.registered), 1, "applications")


def a_renewal_waits_for_the_keyring():
    """The old token is void once a new one was given, so nothing is begun while the new one could not be kept."""
    with provider(keyring=True) as (profile, service, server, sink):
        sign_in(profile, server)
        all_go(service, hand_in(profile))
        profile.keyring.lock()
        all_go(service, hand_in(profile))  # the access token is in memory
        server.expire()
        asked = len(server.requests)
        ids = hand_in(profile)
        all_wait(service, ids, "keyring-locked")
        equal(len(server.requests), asked, "questions to the provider while the keyring is locked")
        told = profile.ctl("account", "sign-in", "work", "--no-browser", check=False)
        check(told.returncode == 1, "no sign-in is begun either")
        profile.keyring.unlock()
        all_go(service, ids)
        equal(len(sink.messages), 3, "messages")
        signs_in_again_by_itself(profile, service)


def a_token_that_cannot_be_stored_stays_in_memory():
    with provider(keyring=True) as (profile, service, server, sink):
        sign_in(profile, server)
        server.expire()
        server.before_answer = profile.keyring.lock  # between the look at the keyring and the provider's answer
        all_go(service, hand_in(profile))
        service.wait(lambda: "not in the keyring yet" in service.log(), "the trouble to be logged", 20)
        server.before_answer = None
        equal(state(profile), "ready", "state")
        profile.keyring.unlock()
        # What is stored then is the newest: a renewal after a restart works with it.
        service.wait(lambda: service.status()["secrets-state"] == "ok", "the keyring to be open", 20)
        service.wait(lambda: server.lasting == {profile.keyring.secret({"account": "work", "kind": "oauth-token"})},
                     "the new token to be stored", 30)
        signs_in_again_by_itself(profile, service)
        equal(len(sink.messages), 2, "messages")


def a_stop_waits_for_the_new_token():
    """Told to end while the provider is asked: the old token is void by then, so the new one is stored first."""
    with provider(keyring=True) as (profile, service, server, sink):
        sign_in(profile, server)
        server.expire()

        def end():
            server.before_answer = None
            service.process.terminate()
            service.waiter.wait(lambda: not listens(f"smtp://127.0.0.1:{profile.port}"), "the service to be stopping", at_least_every=0.05)
        server.before_answer = end
        hand_in(profile)
        equal(service.process.wait(60), 0, "exit status")
        equal(server.lasting, {profile.keyring.secret({"account": "work", "kind": "oauth-token"})}, "the token that is stored")
        again = profile.start_service()
        all_go(again, hand_in(profile))
        equal(len(sink.messages), 2, "each once")


def no_application():
    with provider(settings=lambda server: {"provider": "gmail"}) as (profile, service, _, sink):
        job = SignIn(profile, "--no-browser")
        check("registered with the provider" in job.end(expect=1), job.told)
        profile.ctl("account", "oauth-client", "gmail", "--client-id", "google-client", "--secret-stdin", input="google-secret")
        equal(stored(profile), {"oauth.gmail/oauth-client": "google-secret"}, "secret")
        job = SignIn(profile, "--no-browser")
        check(job.url().startswith("https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=google-client&"), job.told)
        job.stop()
        profile.ctl("account", "oauth-client", "gmail", "--remove")
        equal(stored(profile), {}, "secret")
        ids = hand_in(profile)
        all_wait(service, ids)
        equal(sink.log_ins, [], "log-ins")


if __name__ == "__main__":
    run_cases(the_whole_life, a_restart_needs_no_sign_in, refusals_are_told, an_outage_of_the_provider_is_waited_for, pasted, on_another_device, oauthbearer,
              given_back, a_renewal_waits_for_the_keyring, a_token_that_cannot_be_stored_stays_in_memory, a_stop_waits_for_the_new_token, an_office_with_a_certificate,
              an_account_of_the_desktop, added_from_a_terminal, only_an_issuer, no_application)

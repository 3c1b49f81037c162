#!/usr/bin/python3
"""Signing in at an OpenID Connect server that nobody here wrote (npm's oidc-provider): discovery, registration of an application, PKCE, state, nonce and
issuer, exchange, rotation, revocation."""
import http.cookiejar
import os
import pathlib
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from harness import Profile, check, equal, free_port, queue_id, run_cases, send
from peers import MESSAGE, RECIPIENT, SENDER, TOP, npm_folder
from certificates import Authority
from test_oauth import SignIn, all_go, all_wait, state, stored


class OidcProvider:
    def __init__(self, folder):
        authority = Authority(pathlib.Path(folder, "ca"))
        self.ca_file, port = str(authority.ca_file), free_port()
        self.url, self.tokens = f"https://127.0.0.1:{port}", []
        self.log = open(os.path.join(folder, "oidc.log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(["node", TOP / "mock/oidc/server.mjs", npm_folder("oidc"), str(port), *map(str, authority.issue("IP:127.0.0.1"))],
                                        stdout=subprocess.PIPE, stderr=self.log, encoding="utf-8")
        if not self.process.stdout.readline():
            self.log.seek(0)
            raise RuntimeError("oidc-provider did not start: " + self.log.read())

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.terminate()
        self.process.communicate()
        self.log.close()

    def opener(self, *handlers):
        context = ssl.create_default_context(cafile=self.ca_file)
        return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), *handlers)

    def takes(self, token):
        """As a mail server would ask: is this token good?"""
        self.tokens.append(token)
        request = urllib.request.Request(self.url + "/me", headers={"Authorization": "Bearer " + token})
        try:
            return self.opener().open(request, timeout=20).status == 200
        except urllib.error.HTTPError:
            return False

    def revoke(self, token, client):
        form = urllib.parse.urlencode({"token": token, "client_id": client}).encode()
        equal(self.opener().open(self.url + "/token/revocation", form, timeout=20).status, 200, "revocation")

    def browse(self, url):
        """A browser with cookies, which follows where it is sent, to this computer at last."""
        return self.opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open(url, timeout=20).read().decode()


def the_whole_life():
    with Profile() as profile, OidcProvider(profile.root) as server:
        sink = profile.add_sink(tokens=server.takes, mechanisms="OAUTHBEARER XOAUTH2")
        profile.configure({"tls": {"ca-file": server.ca_file}, "delivery": {"idle-keep": "0"}, "oauth local": {"issuer": server.url, "scope": "openid"},
                           "account work": {"addresses": "*", "host": "127.0.0.1", "port": str(sink.port), "tls": "none", "user": "me@sender.example",
                                            "auth": "oauth2", "provider": "local"}})
        service = profile.start_service()

        def sign_in():
            job = SignIn(profile, "--no-browser")
            page = server.browse(job.url())
            job.end()
            return page

        def hand_in():
            return queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))

        first = hand_in()
        all_wait(service, [first])
        check("<html" in sign_in().lower(), "the browser ends at a page of ours")
        all_go(service, [first])
        client = profile.ctl("config", "get", "oauth local", "client-id").stdout.strip()
        check(client, "an application was registered")

        # The access token is made void there: refused by the mail server, renewed, and the lasting token was put in the place of the old one.
        old = stored(profile)["work/oauth-token"]
        server.revoke(server.tokens[-1], client)
        all_go(service, [hand_in()])
        new = stored(profile)["work/oauth-token"]
        check(new != old, "the lasting token rotates")

        # Somebody else uses the old one: the provider takes everything back, and the account needs a sign-in.
        server.revoke(new, client)
        server.revoke(server.tokens[-1], client)
        waiting = hand_in()
        all_wait(service, [waiting])
        equal(state(profile), "needs-sign-in", "state")
        sign_in()
        all_go(service, [waiting])
        equal(len(sink.messages), 3, "each once")

        # Signed out: the provider knows the token no more.
        token = server.tokens[-1]
        check(server.takes(token), "the token is good")
        profile.ctl("account", "sign-out", "work")
        check(not server.takes(token), "the provider took it back")


if __name__ == "__main__":
    run_cases(the_whole_life)

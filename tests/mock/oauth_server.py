"""A scripted OAuth 2.0 server (RFC 6749, 7009, 7591, 7636, 8628, OpenID Connect) over HTTPS on a free port of loopback, and a browser without a
window. What a test sets is obeyed from then on: `rotates`, `pending`, `slow_down`, `refuses`, `wrong_state`, `fails` (answers of the token endpoint,
one after the other)."""
import base64
import hashlib
import http.server
import json
import secrets
import ssl
import subprocess
import tempfile
import threading
import urllib.parse
import urllib.request


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class OauthServer:
    def __init__(self, authority, client_id="client-1", client_secret=None, user="me@sender.example", told=lambda: None):
        self.client_id, self.client_secret, self.certificate, self.told = client_id, client_secret, None, told
        self.rotates, self.pending, self.slow_down, self.refuses, self.wrong_state, self.fails = True, 0, 0, False, False, []
        self.codes, self.access, self.lasting, self.revoked, self.requests, self.registered = {}, set(), set(), [], [], []
        self.user = user
        self.before_answer = None  # called when the token endpoint was asked
        self.lock, self.ca_file = threading.Lock(), str(authority.ca_file)
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                server.get(self)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                server.post(self, body)

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.socket = authority.context("localhost", "IP:127.0.0.1").wrap_socket(self.http.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.http.shutdown()
        self.thread.join(10)
        self.http.server_close()

    def settings(self):
        """Keys of an account that signs in here."""
        return {"oauth-authorize": self.url + "/authorize", "oauth-token": self.url + "/token", "oauth-device": self.url + "/device",
                "oauth-revoke": self.url + "/revoke", "oauth-client": self.client_id, "oauth-scope": "mail offline_access"}

    # ---- what a test does to it ----

    def takes(self, token):
        """Would the mail server of this provider take that access token?"""
        with self.lock:
            return token in self.access

    def expire(self):
        """All access tokens are void, the lasting ones are not."""
        with self.lock:
            self.access.clear()

    def withdraw(self):
        """The person withdrew consent."""
        with self.lock:
            self.access.clear()
            self.lasting.clear()

    # ---- endpoints ----

    @staticmethod
    def say(handler, status, value, headers=()):
        body = json.dumps(value).encode() if value is not None else b""
        handler.send_response(status)
        for name, text in (("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Content-Length", str(len(body))), *headers):
            handler.send_header(name, text)
        handler.end_headers()
        handler.wfile.write(body)

    def get(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        if url.path == "/.well-known/openid-configuration":
            self.say(handler, 200, {"issuer": self.url, "authorization_endpoint": self.url + "/authorize", "token_endpoint": self.url + "/token",
                                    "device_authorization_endpoint": self.url + "/device", "revocation_endpoint": self.url + "/revoke",
                                    "registration_endpoint": self.url + "/register"})
        elif url.path == "/authorize":
            self.authorize(handler, dict(urllib.parse.parse_qsl(url.query, strict_parsing=True)))
        else:
            self.say(handler, 404, None)

    def authorize(self, handler, q):
        """The person signs in and consents at once, or refuses."""
        good = (q.get("response_type") == "code" and q.get("client_id") == self.client_id and q.get("code_challenge_method") == "S256"
                and urllib.parse.urlsplit(q["redirect_uri"]).hostname in ("127.0.0.1", "localhost") and len(q.get("state", "")) >= 20)
        if not good:
            self.say(handler, 400, {"error": "invalid_request"})
            return
        state = "somebody-elses" if self.wrong_state else q["state"]
        if self.refuses:
            answer = {"error": "access_denied", "error_description": "The user said no", "state": state}
        else:
            code = secrets.token_urlsafe(20)
            with self.lock:
                self.codes[code] = (q["code_challenge"], q["redirect_uri"], q.get("nonce"))
            answer = {"code": code, "state": state, "iss": self.url}
        self.say(handler, 302, None, [("Location", q["redirect_uri"] + "?" + urllib.parse.urlencode(answer))])

    def post(self, handler, body):
        path = handler.path
        form = {} if path == "/register" else dict(urllib.parse.parse_qsl(body))
        with self.lock:
            self.requests.append((path, form))
            answer = {"/token": self.token, "/revoke": self.revoke, "/device": self.device}.get(path)
            if path == "/introspect":  # RFC 7662, for the mail server
                good = form.get("token") in self.access
                status, value = 200, {"active": good, **({"username": self.user, "scope": "mail"} if good else {})}
            elif path == "/register":
                self.client_id, self.client_secret = "registered-1", None
                self.registered.append(json.loads(body))
                status, value = 201, {"client_id": self.client_id}
            elif answer is None:
                status, value = 404, None
            elif not self.knows(form):
                status, value = 401, {"error": "invalid_client"}
            else:
                status, value = answer(form)
        self.say(handler, status, value)
        self.told()

    def knows(self, form):
        if form.get("client_id") != self.client_id:
            return False
        if self.certificate:
            return self.assertion_is_good(form.get("client_assertion", ""))
        return self.client_secret is None or form.get("client_secret") == self.client_secret

    def assertion_is_good(self, assertion):
        """RS256 by the openssl command, and the claims that RFC 7523 3 asks for."""
        head, claims, signature = assertion.split(".")
        pad = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        claims_read = json.loads(pad(claims))
        if claims_read["iss"] != self.client_id or claims_read["sub"] != self.client_id or claims_read["aud"] != self.url + "/token":
            return False
        with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as sign:
            key.write(subprocess.run(["openssl", "x509", "-pubkey", "-noout"], input=self.certificate, capture_output=True, check=True).stdout)
            sign.write(pad(signature))
            key.flush()
            sign.flush()
            return subprocess.run(["openssl", "dgst", "-sha256", "-verify", key.name, "-signature", sign.name], input=f"{head}.{claims}".encode(),
                                  capture_output=True).returncode == 0

    def issue(self, lasting=True, nonce=None):
        access = "access-" + secrets.token_urlsafe(24)
        self.access.add(access)
        value = {"access_token": access, "token_type": "Bearer", "expires_in": 3600}
        if lasting:
            token = "lasting-" + secrets.token_urlsafe(24)
            self.lasting.add(token)
            value["refresh_token"] = token
        if nonce:
            claims = b64url(json.dumps({"nonce": nonce, "aud": self.client_id, "iss": self.url}).encode())
            value["id_token"] = f"{b64url(b'{}')}.{claims}.x"
        return 200, value

    def token(self, form):
        if self.before_answer:
            self.before_answer()
        if self.fails:
            return self.fails.pop(0)
        grant = form["grant_type"]
        if grant == "authorization_code":
            challenge, redirect, nonce = self.codes.pop(form["code"], ("", "", None))  # a code is good once
            if challenge != b64url(hashlib.sha256(form["code_verifier"].encode()).digest()) or redirect != form["redirect_uri"]:
                return 400, {"error": "invalid_grant"}
            return self.issue(nonce=nonce)
        if grant == "refresh_token":
            if form["refresh_token"] not in self.lasting:
                return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            if self.rotates:
                self.lasting.discard(form["refresh_token"])
            return self.issue(lasting=self.rotates)
        if grant == "client_credentials":
            return self.issue(lasting=False)
        if self.pending:
            self.pending -= 1
            return 400, {"error": "authorization_pending"}
        if self.slow_down:
            self.slow_down -= 1
            return 400, {"error": "slow_down"}
        return self.issue()

    def revoke(self, form):
        self.lasting.discard(form["token"])
        self.revoked.append(form["token"])
        return 200, None

    def device(self, form):
        return 200, {"device_code": "device-1", "user_code": "WDJB-MJHT", "verification_uri": self.url + "/enter", "expires_in": 300, "interval": 1}

    # ---- a browser ----

    def browse(self, url, follow=True):
        """Opens the address of a sign-in as a browser does; gives the address that it was sent to, and with follow goes there."""
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args):
                return None

        context = ssl.create_default_context(cafile=self.ca_file)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), Stay)
        try:
            opener.open(url, timeout=20)
        except urllib.error.HTTPError as answer:
            if answer.code != 302:
                raise
            there = answer.headers["Location"]
        if follow:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(there, timeout=20) as page:
                page.read()
        return there

#!/usr/bin/python3
"""Access tokens against a mail server that nobody here wrote: Dovecot's submission proxy, which has each token looked at (RFC 7662), with XOAUTH2 and
with OAUTHBEARER (RFC 7628)."""
import os
import pathlib

from harness import Profile, check, equal, free_port, queue_id, run_cases, send, skip
from peers import MESSAGE, RECIPIENT, SENDER, Folder
from certificates import Authority
from dovecot import Dovecot, why_not
from oauth_server import OauthServer
from test_oauth import SignIn, all_go, all_wait, sign_in, state

reason = why_not()
if reason:
    skip(reason)


def with_mechanism(mechanism):
    with Profile() as profile, Folder() as folder, OauthServer(Authority(pathlib.Path(folder, "ca"))) as server:
        os.chmod(folder, 0o755)
        sink, port = profile.add_sink(), free_port()
        with Dovecot(os.path.join(folder, "dovecot"), port, sink.port, server.url, server.ca_file, mechanisms=mechanism) as dovecot:
            profile.configure({"tls": {"ca-file": server.ca_file}, "delivery": {"idle-keep": "0"},
                               "account work": {"addresses": "*", "host": "127.0.0.1", "port": str(port), "tls": "none", "user": server.user, "auth": "oauth2",
                                                **server.settings()}})
            service = profile.start_service()
            sign_in(profile, server)
            first = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
            all_go(service, [first])
            told = profile.ctl("account", "test", "work").stdout
            check("The account works" in told, f"{told}\n{dovecot.log()}")

            # A token that has ended: Dovecot says so in its challenge, then it is renewed.
            server.expire()
            all_go(service, [queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))])
            check("invalid_token" in dovecot.log() or "oauth2 failed" in dovecot.log().lower() or "not valid" in dovecot.log(), f"refused once: {dovecot.log()}")

            server.withdraw()
            ids = [queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))]
            all_wait(service, ids)
            equal(state(profile), "needs-sign-in", "state")
            sign_in(profile, server)
            all_go(service, ids)
            equal(len(sink.messages), 3, "each once")


def xoauth2():
    with_mechanism("xoauth2")


def oauthbearer():
    with_mechanism("oauthbearer")


if __name__ == "__main__":
    run_cases(xoauth2, oauthbearer)

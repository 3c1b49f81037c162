#!/usr/bin/python3
"""Servers that misbehave: Python's aiosmtpd, scripted, and Postfix's smtp-sink, which refuses or hangs up at each command. A temporary refusal never fails a
message, a permanent one never retries for days, and what may have arrived is never called failed."""
import email
import email.policy
import os
import re
import subprocess

from harness import Failed, Profile, Waiter, check, equal, free_port, queue_id, run_cases, send
from peers import BODY, MESSAGE, RECIPIENT, SENDER, check_only_fixups
from scripted import Scripted
import postfix


def account(profile, id, port, *more, address="*", password=None):
    arguments = ["account", "add", "--id", id, "--address", address, "--host", "127.0.0.1", "--port", port, "--tls", "none", *more]
    return profile.ctl(*arguments, input=password)


def attempts_of(service, id):
    message, attempts = service.message(id)
    return message, sorted(attempts, key=lambda a: a["number"])


def greylisting():
    """Refused for now, then taken: one attempt that says why, one that delivers."""
    seen = set()

    def rcpt(address, envelope):
        if address in seen:
            return None
        seen.add(address)
        return "450 4.2.0 <%s>: Recipient address rejected: Greylisted, try again in 1 second" % address
    with Profile() as profile, Scripted(rcpt=rcpt) as server:
        service = profile.start_service()
        account(profile, "work", server.port)
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        recipient = service.wait(lambda: [r for r in service.message(id)[0]["recipients"] if r.get("attempts")], "the first attempt")[0]
        if recipient["state"] == "waiting":
            equal((recipient["reply-code"], recipient["cause"]), (450, "greylisted"), "what is shown while it waits")
        # "Try again in" is obeyed from one minute on: a person need not wait.
        profile.ctl("retry", id)
        service.wait_for_state(id, "delivered", "relayed")
        equal(len(server.taken), 1, "messages taken")
        check_only_fixups(MESSAGE, server.taken[0].original_content)
        _, attempts = attempts_of(service, id)
        equal([a["verdict"] for a in attempts], ["retry", "delivered"], "attempts")


def too_many_recipients():
    """452 4.5.3 after three: the rest goes at once in further transactions, each recipient once."""
    with Profile() as profile, Scripted(rcpt=lambda a, e: "452 4.5.3 Too many recipients" if len(e.rcpt_tos) >= 3 else None) as server:
        profile.configure({"retry": {"first": "3600"}})
        service = profile.start_service()
        account(profile, "work", server.port)
        recipients = [f"r{n}@recipient.example" for n in range(10)]
        id = queue_id(send(profile.smtp, SENDER, recipients, MESSAGE))
        service.wait_for_state(id, "delivered", "relayed")
        equal(sorted(r for e in server.taken for r in e.rcpt_tos), sorted(recipients), "each once")
        equal(len(server.taken), 4, "transactions")


def one_recipient_of_many():
    """One is delayed, one does not exist, the rest is delivered: each has its own state, and only the delayed one is tried again."""
    now = {"delay": True}

    def rcpt(address, envelope):
        if address.startswith("gone"):
            return "550 5.1.1 No such user"
        return "451 4.3.0 Later" if address.startswith("later") and now["delay"] else None
    with Profile() as profile, Scripted(rcpt=rcpt) as server:
        service = profile.start_service()
        account(profile, "work", server.port)
        id = queue_id(send(profile.smtp, SENDER, ["ok@r.example", "gone@r.example", "later@r.example"], MESSAGE))

        def states():
            return {r["address"].split("@")[0]: r["state"] for r in service.message(id)[0]["recipients"]}
        service.wait(lambda: states()["gone"] == "failed" and states()["ok"] in ("delivered", "relayed"), "the two that are done")
        now["delay"] = False
        service.wait(lambda: states()["later"] in ("delivered", "relayed"), "the third")
        equal([e.rcpt_tos for e in server.taken], [["ok@r.example"], ["later@r.example"]], "transactions")


def dropped_after_the_dot():
    """The server takes the message and is gone before it says so: uncertain, then sent again as the same bytes, at most twice."""
    left = [1]

    def data(envelope):
        if left[0] > 0:
            left[0] -= 1
            return "take and drop"
        return None
    with Profile() as profile, Scripted(data=data) as server:
        service = profile.start_service()
        account(profile, "work", server.port)
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        service.wait_for_state(id, "delivered", "relayed")
        equal(len(server.taken), 2, "times taken")
        equal(server.taken[0].original_content, server.taken[1].original_content, "the same bytes")
        _, attempts = attempts_of(service, id)
        equal([(a["stage"], a["verdict"]) for a in attempts], [("dot", "retry"), ("dot", "delivered")], "attempts")
        check(f"{id}.0: sending -> uncertain" in service.log() or "-> uncertain at dot" in service.log(), "the log names it")

        left[0] = 1000
        server.taken.clear()
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        service.wait(lambda: len(server.taken) == 3, "three times")
        service.wait(lambda: [r for r in service.message(id)[0]["recipients"] if r["state"] == "uncertain" and r.get("attempts") == 3], "the rest")
        equal(service.message(id)[0]["recipients"][0].get("next-attempt", 0), 0, "it rests")
        equal(len(server.taken), 3, "no fourth time")


def possibly_delivered_is_never_sent_again_where_so_set():
    """resend-uncertain=0: it rests as possibly delivered, also over a restart, until a person says what is to be done."""
    outcome = ["take and drop"]
    with Profile() as profile, Scripted(data=lambda envelope: outcome[0]) as server:
        profile.configure({"delivery": {"resend-uncertain": "0"}})
        service = profile.start_service()
        account(profile, "work", server.port)
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        service.wait_for_state(id, "uncertain")
        service.stop()
        service = profile.start_service()
        service.connect()
        other = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        service.wait_for_state(other, "uncertain")
        equal(len(server.taken), 2, "times taken")
        equal(service.message(id)[0]["recipients"][0]["state"], "uncertain", "state after the restart")
        check("possibly" in profile.ctl("show", id).stdout.lower(), "it is called possibly delivered")
        outcome[0] = None
        profile.ctl("retry", id)
        service.wait_for_state(id, "delivered", "relayed")
        equal(service.message(other)[0]["recipients"][0]["state"], "uncertain", "state of the other")
        equal(len(server.taken), 3, "times taken")


def without_8bitmime_it_is_converted():
    with Profile() as profile, Scripted(eight_bit=False) as server:
        service = profile.start_service()
        account(profile, "work", server.port)
        body = "Grüße ✓\r\n.dot\r\n..\r\n" + "ä" * 400 + "\r\n"
        message = ("From: Ann <ann@sender.example>\r\nTo: bob@recipient.example\r\nSubject: x\r\nDate: Tue, 24 Nov 2026 18:11:17 +0000\r\n"
                   "Message-ID: <8@sender.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: 8bit\r\n\r\n" + body).encode()
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], message))
        service.wait_for_state(id, "delivered", "relayed")
        got = server.taken[0].original_content
        check(all(c < 128 for c in got), "seven bits only")
        check(max(len(line) for line in got.split(b"\r\n")) <= 998, "no line is too long")
        parsed = email.message_from_bytes(got, policy=email.policy.SMTP)
        equal(parsed.get_payload(decode=True).replace(b"\r\n", b"\n"), body.encode().replace(b"\r\n", b"\n"), "what a reader sees")
        equal(parsed["Message-ID"], "<8@sender.example>", "Message-ID")
        # What has seven bits goes through as it is.
        plain = message.replace(body.encode(), b".seven\r\n").replace(b"8bit", b"7bit")
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], plain))
        service.wait_for_state(id, "delivered", "relayed")
        check_only_fixups(plain, server.taken[1].original_content)
        # A signed message must not be changed: it is not sent, and that is explained.
        signed = (b"From: a@sender.example\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b;\r\n"
                  b"\tprotocol=\"application/pgp-signature\"; micalg=pgp-sha256\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
                  b"Content-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n")
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], signed))
        service.wait(lambda: service.message(id)[0]["recipients"][0]["state"] in ("failed", "needs-person"), "the end of it")
        equal(len(server.taken), 2, "messages")
        shown = profile.ctl("show", id).stdout
        check("5.6.3" in shown, f"the code is shown: {shown}")


def size_below_the_message():
    """The server says how much it takes: nothing is transferred, and the reason is told."""
    with Profile() as profile, Scripted(data_size_limit=20000) as server:
        service = profile.start_service()
        account(profile, "work", server.port)
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE + b"z" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 500))
        service.wait(lambda: service.message(id)[0]["recipients"][0]["state"] in ("failed", "needs-person"), "the end of it")
        recipient = service.message(id)[0]["recipients"][0]
        equal(recipient["cause"], "too-big", "cause")
        equal(server.taken, [], "messages")
        check("20" in profile.ctl("show", id).stdout, "the limit is told")
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        service.wait_for_state(id, "delivered", "relayed")


def slow_server():
    """Seconds at every command: it is waited for, and messages for others go meanwhile."""
    with Profile() as profile, Scripted(delay=1.0) as slow, Scripted() as quick:
        service = profile.start_service()
        account(profile, "slow", slow.port, address="slow@sender.example")
        account(profile, "quick", quick.port, address="quick@sender.example")
        late = [queue_id(send(profile.smtp, "slow@sender.example", [RECIPIENT], MESSAGE)) for _ in range(3)]
        soon = [queue_id(send(profile.smtp, "quick@sender.example", [RECIPIENT], MESSAGE)) for _ in range(3)]
        for id in soon:
            service.wait_for_state(id, "delivered", "relayed")
        equal(slow.taken, [], "the slow server has taken nothing yet")
        for id in late:
            service.wait_for_state(id, "delivered", "relayed")


# ---- smtp-sink: each command, each kind of trouble ----

STAGES = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".")
SOFT, HARD, CLOSE, HANG_UP = "-r", "-f", "-Q", "-q"


class SmtpSink:
    def __init__(self, *options):
        self.port = free_port()
        drop = ["-u", "daemon"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen([postfix.tool("smtp-sink"), *drop, *options, f"127.0.0.1:{self.port}", "100"], env=postfix.environment(),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.waiter = Waiter()
        self.waiter.wait(self.listens, "smtp-sink", at_least_every=0.02)

    def listens(self):
        """Whether the port is in use now, seen without connecting: a connection would be a session to it."""
        with open("/proc/net/tcp", encoding="ascii") as f:
            return f":{self.port:04X} 00000000:0000 0A" in f.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)


def expected(mode, stage):
    """States that are right after the first attempt."""
    if mode == HARD and stage in ("MAIL", "RCPT", "DATA", "."):
        return ("failed", "needs-person")
    if mode == HANG_UP and stage == ".":
        return ("uncertain",)
    if stage == "EHLO" and mode in (SOFT, HARD):
        return ("delivered", "relayed", "waiting")  # HELO may do
    return ("waiting",)


def trouble_at_each_command():
    """Every command refused for now, refused for good, answered by 421, or not at all; then each server becomes a good one."""
    postfix.fetch()
    with Profile() as profile:
        profile.configure({"retry": {"first": "3600", "max": "3600"}})
        service = profile.start_service()
        plan, servers = {}, []
        try:
            for mode in (SOFT, HARD, CLOSE, HANG_UP):
                for stage in STAGES:
                    server = SmtpSink(mode, stage)
                    servers.append(server)
                    sender = f"s{len(servers)}@sender.example"
                    account(profile, f"a{len(servers)}", server.port, address=sender)
                    plan[queue_id(send(profile.smtp, sender, [RECIPIENT], MESSAGE))] = (mode, stage, server)
            wrong = []
            for id, (mode, stage, server) in plan.items():
                def tried():
                    recipient = service.message(id)[0]["recipients"][0]
                    return recipient if recipient.get("attempts") or recipient["state"] not in ("waiting", "sending") else None
                recipient = service.wait(tried, f"an attempt with {mode} at {stage}")
                if recipient["state"] not in expected(mode, stage):
                    wrong.append((mode, stage, recipient["state"], recipient.get("reply-code"), recipient.get("reply-text")))
            equal(wrong, [], "states that are wrong")
            waiting = {id: server for id, (mode, stage, server) in plan.items()
                       if service.message(id)[0]["recipients"][0]["state"] in ("waiting", "uncertain")}
            good = {}
            for id, server in waiting.items():
                server.stop()
                good[id] = profile.add_sink(port=server.port)
            profile.ctl("retry", *waiting)
            for id, sink in good.items():
                service.wait_for_state(id, "delivered", "relayed")
                equal(len(sink.messages), 1, f"messages after {plan[id][:2]}")
                check_only_fixups(MESSAGE, sink.messages[0].data)
        finally:
            for server in servers:
                server.stop()


def load_is_delivered_once():
    """500 messages over 20 connections at once; smtp-sink writes each into a file of its own."""
    postfix.fetch()
    with Profile() as profile:
        folder = os.path.join(profile.root, "taken")
        os.mkdir(folder, 0o777)
        os.chmod(profile.root, 0o711)
        os.chmod(folder, 0o777)
        server = SmtpSink("-d", os.path.join(folder, "%M."))
        try:
            service = profile.start_service()
            account(profile, "work", server.port)
            profile.run(postfix.tool("smtp-source"), "-s", "20", "-m", "500", "-l", "2048", "-N", "-f", SENDER, "-t", RECIPIENT,
                        f"127.0.0.1:{profile.port}", env=postfix.environment())
            # GetStatus counts the outbox; the files are the proof.
            service.wait(lambda: profile.ctl_json("list")["total"] == 0, "an empty outbox", patience=60)
            files = [os.path.join(folder, n) for n in os.listdir(folder)]
            equal(len(files), 500, "messages taken")
            ids = []
            for path in files:
                with open(path, "rb") as f:
                    ids.append(re.search(rb"^Message-ID:\s*(<[^>]+>)", f.read(), re.I | re.M).group(1))
            equal(len(set(ids)), 500, "different messages")
        finally:
            server.stop()


run_cases(greylisting, too_many_recipients, one_recipient_of_many, dropped_after_the_dot,
          possibly_delivered_is_never_sent_again_where_so_set, without_8bitmime_it_is_converted, size_below_the_message, slow_server,
          trouble_at_each_command, load_is_delivered_once)

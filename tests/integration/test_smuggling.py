#!/usr/bin/python3
"""SMTP smuggling, both ways: whatever stands in a message, one message comes in and one goes out, and no line end but CR LF leaves this house (the sequences are
those of the smtpsmug collection)."""
import os
import re
import socket
import threading

from harness import PATIENCE, Failed, Profile, Waiter, check, equal, run_cases, send
from peers import RECIPIENT, SENDER, other_user

# What some server somewhere took for the end of a message.
ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r.\n", b"\n.\r", b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\n.\r\r\n", b"\r\r\n.\r\r\n", b"\n\n.\r\n",
        b"\n\n.\n", b"\r\n\x0b.\r\n", b"\r\n.\x0c\r\n", b"\r\n. \r\n", b"\r\n .\r\n", b"\n\r.\n\r", b"\r\n..\r\n", b"\xc2\x85.\xc2\x85", b"\xe2\x80\xa8.\xe2\x80\xa8"]
SECOND = b"MAIL FROM:<evil@attacker.example>\r\nRCPT TO:<victim@recipient.example>\r\nDATA\r\nFrom: boss@sender.example\r\nSubject: smuggled\r\n\r\npay\r\n"
HEAD = b"From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: outer\r\nMessage-ID: <%d@sender.example>\r\n\r\nbody"


# What another user's program does; it cannot read this folder.
OTHER_USER = """
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
f = s.makefile("rb")
f.readline()
for line in (b"HELO x", b"MAIL FROM:<ann@sender.example>", b"RCPT TO:<bob@recipient.example>", b"DATA"):
    s.sendall(line + b"\\r\\n")
    f.readline()
s.sendall(b"From: ann@sender.example\\r\\n\\r\\na\\nb\\r\\n.\\r\\n")
print(f.readline().decode())
"""


class RawServer:
    """Takes mail as strictly as can be (only CR LF . CR LF ends a message) and keeps every byte that came."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = "127.0.0.1", self.listener.getsockname()[1]
        self.streams, self.messages, self.waiter = [], [], Waiter()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        stream = bytearray()
        self.streams.append(stream)
        at, in_data = 0, False
        try:
            connection.sendall(b"220 raw.example ESMTP\r\n")
            while data := connection.recv(65536):
                stream += data
                while True:
                    if in_data:
                        # The line before the dot may be the one that ended the command.
                        end = stream.find(b"\r\n.\r\n", at - 2)
                        if end < 0:
                            break
                        self.messages.append(bytes(stream[at:end + 2]))
                        at, in_data = end + 5, False
                        connection.sendall(b"250 2.0.0 Taken\r\n")
                        self.waiter.tell()
                        continue
                    end = stream.find(b"\r\n", at)
                    if end < 0:
                        break
                    verb = bytes(stream[at:end]).upper()
                    at = end + 2
                    if verb.startswith(b"EHLO"):
                        connection.sendall(b"250-raw.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
                    elif verb == b"DATA":
                        connection.sendall(b"354 Go ahead\r\n")
                        in_data = True
                    elif verb == b"QUIT":
                        connection.sendall(b"221 2.0.0 Bye\r\n")
                        return
                    else:
                        connection.sendall(b"250 2.0.0 Ok\r\n")
        except OSError:
            pass
        finally:
            connection.close()


class Talk:
    """A client that sends what it is told, byte by byte as it is."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, PATIENCE)
        self.file = self.socket.makefile("rb")
        self.reply()

    def reply(self):
        while True:
            line = self.file.readline()
            if not line or line[3:4] != b"-":
                return line.decode("utf-8", "replace")

    def say(self, line):
        self.socket.sendall(line + b"\r\n")
        return self.reply()

    def close(self):
        self.file.close()
        self.socket.close()


def begin(address):
    talk = Talk(address)
    for line in (b"EHLO client.example", b"MAIL FROM:<" + SENDER.encode() + b">", b"RCPT TO:<" + RECIPIENT.encode() + b">"):
        check(talk.say(line).startswith("250"), f"{line} is taken")
    check(talk.say(b"DATA").startswith("354"), "DATA is taken")
    return talk


def smuggle(address, number, end):
    """Sends a message with a second one hidden in it; gives the replies to what could be its end."""
    talk = begin(address)
    talk.socket.sendall(HEAD % number + end + SECOND + b".\r\n")
    replies = [talk.reply()]
    try:
        replies.append(talk.say(b"QUIT"))
    except OSError:
        replies.append("")
    talk.close()
    return replies


def check_outgoing(server):
    for stream in server.streams:
        lone = re.search(rb"(?<!\r)\n|\r(?!\n)", bytes(stream))
        if lone:
            raise Failed(f"a bare CR or LF went out: {bytes(stream)[max(0, lone.start() - 20):lone.end() + 20]!r}")
        envelopes = re.findall(rb"(?:^|\r\n)MAIL FROM:<([^>]*)>", re.sub(rb"\r\nDATA\r\n.*?\r\n\.\r\n", b"\r\n", bytes(stream), flags=re.S))
        check(all(e == SENDER.encode() for e in envelopes), f"return addresses: {envelopes}")
    hidden = b"MAIL FROM:<evil@"
    equal(sum(s.count(hidden) for s in server.streams), sum(m.count(hidden) for m in server.messages), "hidden commands are text of messages only")


def nothing_is_smuggled():
    """From this user's own program: a bare LF is a line end, everything else bare is refused; one message at most comes of it."""
    with Profile() as profile:
        server = RawServer()
        profile.sinks.append(server)
        service = profile.start_service()
        profile.add_account("work", server)
        taken = []
        for number, end in enumerate(ENDS):
            replies = smuggle(profile.smtp, number, end)
            accepted = replies[0].startswith("250")
            if b"\r" in end.replace(b"\r\n", b""):
                check(not accepted, f"{end!r} has a bare CR: {replies}")
            check(accepted or replies[0].startswith("5"), f"{end!r}: {replies}")
            check(len(replies) < 2 or replies[1][:3] in ("221", ""), f"{end!r}: {replies}")
            if accepted:
                taken.append((number, end))
        server.waiter.wait(lambda: len(server.messages) >= len(taken), f"{len(taken)} messages", explain=lambda: f"{len(server.messages)} came")
        service.wait(lambda: not service.list(), "an empty outbox")
        equal(len(server.messages), len(taken), "messages")
        check_outgoing(server)
        for number, end in taken:
            message, = [m for m in server.messages if b"<%d@sender.example>" % number in m]
            check(b"Subject: smuggled" in message, f"{end!r}: the hidden part is the text of the one message")
            if b"\n.\n" in end or b"\n.\r\n" in end.replace(b"\r\n.\r\n", b""):
                check(b"\r\n..\r\n" in message, f"{end!r}: the dot is stuffed again: {message[-200:]!r}")


def refusals_are_shown():
    """A message with a bare CR is refused and the refusal stands in the list; so is a bare LF from any user but ours, even one who may send."""
    uid, prefix = other_user()
    with Profile() as profile:
        server = RawServer()
        profile.sinks.append(server)
        service = profile.start_service()
        profile.add_account("work", server)
        profile.ctl("program", "allow", str(uid))
        check(smuggle(profile.smtp, 1, b"\r.\r\n")[0].startswith("550 5.6.11"), "the reply to a bare CR")
        done = profile.run(*prefix, "/usr/bin/python3", "-c", OTHER_USER, profile.port)
        check(done.stdout.startswith("550 5.6.11"), f"the reply to a bare LF: {done.stdout}{done.stderr}")

        def reasons():
            return {(r["reason"], r["uid"]) for r in profile.ctl_json("program", "list")["refusals"]} >= {("bare-cr", os.getuid()), ("bare-lf", uid)}
        service.wait(reasons, "both refusals in the list")
        equal(server.messages, [], "messages")


def split_anywhere():
    """The same, each byte in a packet of its own: no state of the reader is fooled by where a packet ends."""
    with Profile() as profile:
        server = RawServer()
        profile.sinks.append(server)
        profile.start_service()
        profile.add_account("work", server)
        for number, end in enumerate((b"\n.\r\n", b"\r\n.\n", b"\r\n.\r\r\n", b"\r.\r\n")):
            talk = begin(profile.smtp)
            talk.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in HEAD % number + end + b"MAIL FROM:<evil@attacker.example>\r\n.\r\n":
                talk.socket.sendall(bytes([byte]))
            reply = talk.reply()
            equal(reply.startswith("250"), b"\r" not in end.replace(b"\r\n", b""), f"{end!r}: {reply}")
            talk.close()
        server.waiter.wait(lambda: len(server.messages) >= 2, "two messages")
        check_outgoing(server)


def header_and_envelope():
    """Line ends that hide in commands: refused, and the conversation does not lose its place."""
    with Profile() as profile:
        server = RawServer()
        profile.sinks.append(server)
        profile.start_service()
        profile.add_account("work", server)
        for line in (b"MAIL FROM:<a@x.example\r>", b"MAIL FROM:<a\0@x.example>", b"MAIL FROM:<\"a\r\rb\"@x.example>"):
            talk = Talk(profile.smtp)
            talk.say(b"EHLO client.example")
            reply = talk.say(line)
            check(reply.startswith("5"), f"{line!r}: {reply}")
            check(talk.say(b"RCPT TO:<b@y.example>").startswith("503"), f"{line!r}: no sender was taken")
            talk.close()
        send(profile.smtp, SENDER, [RECIPIENT], HEAD % 1 + b"\r\n")
        server.waiter.wait(lambda: len(server.messages) == 1, "the good message")
        check_outgoing(server)


run_cases(nothing_is_smuggled, refusals_are_shown, split_anywhere, header_and_envelope)

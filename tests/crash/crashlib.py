"""What the crash tests share: a load that knows what was acknowledged, a sink that knows what came, and the account of both."""
import os
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from harness import Failed, Sink  # noqa: E402

ID = re.compile(rb"^X-Crash-Id: (\S+)", re.M)


class CountingSink(Sink):
    """Takes everything and records for each id in which life of the service it was accepted. The reply goes out after the record."""

    def __init__(self, **options):
        self.accepted, self.life, self.lock = {}, 0, threading.Lock()
        self.busy = 0
        options.setdefault("replies", {}).update(greeting=self.greeting, DOT=self.dot)
        super().__init__(**options)
        self.keep_data = True

    def greeting(self, session, argument):
        """What a killed life had sent may be read only while the next one runs: the life is that in which the connection began."""
        session.life = self.life

    def dot(self, session, received):
        match = ID.search(received.data)
        if not match:
            raise Failed("a message without id came: " + repr(received.data[:200]))
        with self.lock:
            self.accepted.setdefault(match.group(1).decode(), []).append(session.life)
        received.data = b""
        return None


class Load:
    """Clients that submit as fast as they are answered, each message with an id of its own, and reconnect for ever. An id is acknowledged once
    its 250 was read."""

    def __init__(self, address, clients=6, size=2000):
        self.address, self.size = address, size
        self.acknowledged, self.attempted, self.refused = set(), 0, {}
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.progress = threading.Condition()
        self.open_transactions = 0
        self.threads = [threading.Thread(target=self.run, args=(n,), daemon=True) for n in range(clients)]

    def start(self):
        for t in self.threads:
            t.start()

    def stop(self):
        self.stopping.set()
        for t in self.threads:
            t.join(30)

    def wait_for(self, n, patience=60):
        deadline = time.monotonic() + patience
        with self.progress:
            while len(self.acknowledged) < n:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Failed(f"only {len(self.acknowledged)} messages were acknowledged, {n} were awaited; refusals: {self.refused}")
                self.progress.wait(min(left, 1))

    def run(self, client):
        number = 0
        while not self.stopping.is_set():
            try:
                with socket.create_connection(self.address, 5) as s:
                    s.settimeout(20)
                    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    stream = s.makefile("rb")
                    self.reply(stream)
                    s.sendall(b"EHLO crash.test.example\r\n")
                    self.reply(stream)
                    while not self.stopping.is_set():
                        number += 1
                        self.one(s, stream, f"{client}-{number}")
            except (OSError, EOFError):
                self.stopping.wait(0.01)

    @staticmethod
    def reply(stream):
        while True:
            line = stream.readline(4096)
            if not line.endswith(b"\n"):
                raise EOFError
            if line[3:4] != b"-":
                return line

    def one(self, s, stream, id):
        body = (f"From: <crash@sender.example>\r\nTo: <to@recipient.example>\r\nSubject: {id}\r\nX-Crash-Id: {id}\r\n\r\n".encode()
                + b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abc\r\n" * (self.size // 64) + b".\r\n")
        s.sendall(b"MAIL FROM:<crash@sender.example>\r\nRCPT TO:<to@recipient.example>\r\nDATA\r\n")
        for expected in (b"250", b"250", b"354"):
            line = self.reply(stream)
            if not line.startswith(expected):
                with self.lock:
                    self.refused[line[:9].decode()] = self.refused.get(line[:9].decode(), 0) + 1
                raise EOFError
        with self.lock:
            self.open_transactions += 1
            self.attempted += 1
        try:
            s.sendall(body)
            line = self.reply(stream)
        finally:
            with self.lock:
                self.open_transactions -= 1
        if line.startswith(b"250"):
            with self.progress:
                self.acknowledged.add(id)
                self.progress.notify_all()
        else:
            with self.lock:
                self.refused[line[:9].decode()] = self.refused.get(line[:9].decode(), 0) + 1
            self.stopping.wait(0.05)  # as a client would: not at once again


def settle(service, sink, acknowledged, patience=90):
    """Until every acknowledged id has come; what rests as possibly delivered is sent again by hand, as a person would."""
    deadline = time.monotonic() + patience

    def missing():
        with sink.lock:
            return [i for i in acknowledged if i not in sink.accepted]
    while missing():
        if time.monotonic() > deadline:
            break
        resting = [m["id"] for m in service.list() if m.get("state") == "uncertain"]
        if resting:
            service.call("Outbox", "Retry", "(as)", resting)
        sink.waiter.wait(lambda: True, "", at_least_every=0.2)
        time.sleep(0.1)
    return missing()


def twice_in_one_life(sink):
    """Ids that one life of the service delivered more than once: never allowed."""
    return [i for i, lives in sink.accepted.items() if len(lives) != len(set(lives))]

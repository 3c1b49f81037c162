"""Python's aiosmtpd, scripted: a server that nobody here wrote, which a test tells to misbehave."""
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class _No8Bit(SMTP):
    """Without 8BITMIME and SMTPUTF8, as old servers are."""

    async def push(self, status):
        lines = status.encode() if isinstance(status, str) else status
        if lines.rstrip() in (b"250-8BITMIME", b"250 8BITMIME"):
            return
        await super().push(status)


class Scripted(Controller):
    """rcpt(address, envelope), mail(address) and data(envelope) give a reply, None for the usual one, or "drop" (the connection ends without a reply).
    taken: envelopes of messages that were answered with 250, or dropped after they were taken ("take and drop")."""

    def __init__(self, mail=None, rcpt=None, data=None, user=None, password=None, delay=0, eight_bit=True, told=lambda: None, **options):
        self.script = {"mail": mail, "rcpt": rcpt, "data": data}
        self.delay, self.told, self.taken, self.seen = delay, told, [], []
        self.lock = threading.Lock()
        self.machine = SMTP if eight_bit else _No8Bit
        if user:
            options.update(authenticator=lambda server, session, envelope, mechanism, login: self._check(session, mechanism, login, user, password),
                           auth_required=True)
        super().__init__(self, hostname="127.0.0.1", port=0, ready_timeout=20, **options)

    def factory(self):
        return self.machine(self.handler, **self.SMTP_kwargs)

    def start(self):
        super().start()
        self.port = self.server.sockets[0].getsockname()[1]

    def _trigger_server(self):
        # The port is known only now; the base class would connect to port 0.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def _check(self, session, mechanism, login, user, password):
        good = login.login == user.encode() and login.password == password.encode()
        self.seen.append((mechanism, good, session.ssl is not None))
        self.told()
        return AuthResult(success=good, handled=True, auth_data=user) if good else AuthResult(success=False, handled=False)

    async def _answer(self, server, stage, usual, *arguments):
        import asyncio
        if self.delay:
            await asyncio.sleep(self.delay)
        with self.lock:
            told = self.script[stage](*arguments) if self.script[stage] else None
        if told == "drop":
            server.transport.abort()
            return "421 4.3.0 gone"
        return told or usual

    async def handle_MAIL(self, server, session, envelope, address, options):
        reply = await self._answer(server, "mail", "250 2.1.0 OK", address)
        if reply.startswith("2"):
            envelope.mail_from, envelope.mail_options = address, list(options)
        return reply

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = await self._answer(server, "rcpt", "250 2.1.5 OK", address, envelope)
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        reply = await self._answer(server, "data", "250 2.0.0 Taken", envelope)
        if reply == "take and drop":
            self.taken.append(envelope)
            server.transport.abort()
        elif reply.startswith("2"):
            self.taken.append(envelope)
        self.told()
        return reply

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *args):
        self.stop()

"""What integration tests share: a private profile and bus, the real service from a build folder, scripted SMTP servers, waiting for events.

    with Profile() as profile:
        sink = profile.add_sink()
        profile.configure({"retry": {"first": 1}})
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "work", "--address", "*", "--host", "127.0.0.1", "--port", sink.port, "--tls", "none")
        send(profile.smtp, "a@x.example", ["b@y.example"], MESSAGE)
        service.wait_for_state(id, "relayed")

Everything is on loopback, on ports that are free; nothing sleeps to let something happen: sinks and the service tell when something did, and each
wait has an end after which it fails with what was seen. A test is a program: print what it shows, exit status 0 passed, 77 skipped, else failed.
"""
import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.environ.get("MR_BUILD_DIR") or os.path.abspath("build")
PATIENCE = float(os.environ.get("MR_PATIENCE", "30"))
SANITIZED = os.environ.get("MR_SANITIZED") == "1"

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%(socket)s</listen>
  <auth>EXTERNAL</auth>
  %(servicedir)s
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>%(policy)s
  </policy>
</busconfig>
"""


def program(name):
    """Path of one of our programs in the build folder."""
    rooms = {"mail-relayd": "service", "mail-relayctl": "ctl", "mail-relay-sendmail": "sendmail", "mail-relay": "ui"}
    return os.path.join(BUILD, "app", rooms[name], name)


class Skipped(SystemExit):
    def __init__(self, reason):
        super().__init__(77)
        self.reason = reason


def skip(reason):
    print("# skipped:", reason, flush=True)
    raise Skipped(reason)


def need(*commands):
    """Ends the test as skipped where a program of another package is missing."""
    for command in commands:
        if not shutil.which(command):
            skip(f"{command} is not installed")


def free_port(host="127.0.0.1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as s:
        s.bind((host, 0))
        return s.getsockname()[1]


class Failed(AssertionError):
    pass


class Waiter:
    """A condition that is told when something happened. wait() evaluates a predicate after each such event; `at_least_every` bounds how late it
    notices what nobody tells."""

    def __init__(self):
        self.condition = threading.Condition()
        self.count = 0

    def tell(self):
        with self.condition:
            self.count += 1
            self.condition.notify_all()

    def wait(self, predicate, what, patience=None, at_least_every=0.5, explain=None):
        deadline = time.monotonic() + (PATIENCE if patience is None else patience)
        while True:
            with self.condition:
                seen = self.count
            value = predicate()
            if value:
                return value
            left = deadline - time.monotonic()
            if left <= 0:
                raise Failed(f"waited in vain for {what}" + (f"; {explain()}" if explain else ""))
            with self.condition:
                if self.count == seen:
                    self.condition.wait(min(left, at_least_every))


class Received:
    """One message that a sink took."""

    def __init__(self, reverse_path, recipients, data, ehlo, auth, tls):
        self.reverse_path, self.recipients, self.data, self.ehlo, self.auth, self.tls = (
            reverse_path, recipients, data, ehlo, auth, tls)

    def __repr__(self):
        return f"<{self.reverse_path} to {self.recipients}, {len(self.data)} bytes>"


class Sink:
    """An SMTP server that does what it is told. `replies` maps a stage ("greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT") to a reply or to a
    function of (session, argument) that gives one; None: the usual reply; "drop": the connection is closed without one. tls: an ssl.SSLContext
    for STARTTLS, or with implicit=True from the start. tokens: a function of an access token, TRUE where it is good; mechanisms: what is offered then."""

    def __init__(self, host="127.0.0.1", port=0, replies=None, extensions=("PIPELINING", "8BITMIME", "SIZE 36700160", "ENHANCEDSTATUSCODES"),
                 users=None, tls=None, implicit=False, keep_data=True, tokens=None, mechanisms="XOAUTH2"):
        self.host, self.replies, self.extensions, self.users = host, dict(replies or {}), list(extensions), users
        self.tls, self.implicit, self.keep_data = tls, implicit, keep_data
        self.tokens, self.mechanisms, self.log_ins = tokens, mechanisms, []
        self.messages, self.commands, self.connections = [], [], 0
        self.waiter = Waiter()
        self.sockets = set()
        self.listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen(128)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self):
        # Closing alone leaves the thread in accept(), which would serve whoever gets the descriptor's number next.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.thread.join(PATIENCE)
        self.listener.close()
        for s in list(self.sockets):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def wait_for_messages(self, n, patience=None):
        self.waiter.wait(lambda: len(self.messages) >= n, f"{n} messages at port {self.port}", patience,
                         explain=lambda: f"{len(self.messages)} came; commands: {self.commands[-20:]}")
        return self.messages

    def wait_for_command(self, start, patience=None):
        return self.waiter.wait(lambda: [c for c in self.commands if c.upper().startswith(start.upper())], start, patience)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        self.connections += 1
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sockets.add(connection)
        try:
            _Session(self, connection).run()
        except (OSError, EOFError, ValueError):
            pass
        finally:
            self.sockets.discard(connection)
            connection.close()
            self.waiter.tell()


class _Session:
    def __init__(self, sink, connection):
        self.sink, self.tls = sink, False
        self.ehlo = self.auth = None
        self.reset()
        self.use(connection)

    def use(self, connection):
        self.connection, self.file = connection, connection.makefile("rb")

    def reset(self):
        self.reverse_path, self.recipients = None, []

    def say(self, text):
        self.connection.sendall("".join(line + "\r\n" for line in text.split("\n")).encode())

    def reply(self, stage, argument, usual):
        """Sends the reply; TRUE where it was positive."""
        told = self.sink.replies.get(stage)
        text = told(self, argument) if callable(told) else told
        if text == "drop":
            raise EOFError
        self.say(text or usual)
        return (text or usual)[0] in "23"

    def line(self):
        line = self.file.readline(65536)
        if not line.endswith(b"\n"):
            raise EOFError
        return line

    def start_tls(self):
        self.connection = self.sink.tls.wrap_socket(self.connection, server_side=True)
        self.use(self.connection)
        self.tls = True

    def run(self):
        if self.sink.implicit:
            self.start_tls()
        if not self.reply("greeting", "", "220 sink.example ESMTP"):
            return
        while True:
            line = self.line().decode("utf-8", "replace").rstrip("\r\n")
            self.sink.commands.append(line)
            self.sink.waiter.tell()
            verb = re.split(r"[ :]", line, maxsplit=1)[0].upper()
            if verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            getattr(self, "on_" + verb.lower(), self.on_unknown)(line)

    def on_unknown(self, line):
        self.say("502 5.5.1 Unknown command")

    def on_noop(self, line):
        self.say("250 2.0.0 Ok")

    def on_rset(self, line):
        self.reset()
        self.say("250 2.0.0 Ok")

    def on_helo(self, line):
        self.ehlo = line[5:]
        self.reply("EHLO", line[5:], "250 sink.example")

    def on_ehlo(self, line):
        self.ehlo = line[5:]
        self.reset()
        extensions = list(self.sink.extensions)
        if self.sink.tls and not self.tls:
            extensions.append("STARTTLS")
        if self.sink.users is not None and (self.tls or not self.sink.tls):
            extensions.append("AUTH PLAIN LOGIN")
        if self.sink.tokens is not None:
            extensions.append("AUTH " + self.sink.mechanisms)
        lines = ["sink.example"] + extensions
        self.reply("EHLO", line[5:], "\n".join("250" + (" " if i == len(lines) - 1 else "-") + l for i, l in enumerate(lines)))

    def on_starttls(self, line):
        if self.reply("STARTTLS", "", "220 2.0.0 Go ahead"):
            self.start_tls()

    def on_token(self, mechanism, response):
        """XOAUTH2 and OAUTHBEARER (RFC 7628): a token that is refused gets the reason as a challenge first."""
        import base64
        if response is None:
            self.say("334 ")
            response = self.line().decode().strip()
        parts = base64.b64decode(response).decode().split("\x01")
        token, = (p.removeprefix("auth=Bearer ") for p in parts if p.startswith("auth="))
        user = parts[0].removeprefix("user=") if mechanism == "XOAUTH2" else re.fullmatch(r"n,a=([^,]*),", parts[0]).group(1)
        good = self.sink.tokens(token)
        self.sink.log_ins.append((mechanism, user, good))
        if not good:
            self.say("334 " + base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode())
            acknowledged = self.line().decode().strip()
            if acknowledged != ("" if mechanism == "XOAUTH2" else "AQ=="):
                self.say("501 5.5.4 What is this")
                return
        if self.reply("AUTH", user, "235 2.7.0 Ok" if good else "535 5.7.8 Username and token not accepted"):
            self.auth = user

    def on_auth(self, line):
        import base64
        words = line.split()
        if words[1].upper() in self.sink.mechanisms.split() and self.sink.tokens is not None:
            self.on_token(words[1].upper(), words[2] if len(words) > 2 else None)
            return
        if words[1].upper() == "PLAIN":
            if len(words) < 3:
                self.say("334 ")
                words.append(self.line().decode().strip())
            _, user, password = base64.b64decode(words[2]).decode().split("\0")
        else:
            answers = words[2:3]
            for prompt in ("VXNlcm5hbWU6", "UGFzc3dvcmQ6")[len(answers):]:
                self.say("334 " + prompt)
                answers.append(self.line().decode().strip())
            user, password = (base64.b64decode(a).decode() for a in answers)
        good = (self.sink.users or {}).get(user) == password
        if self.reply("AUTH", user, "235 2.7.0 Ok" if good else "535 5.7.8 Authentication credentials invalid"):
            self.auth = user

    def on_mail(self, line):
        path = re.match(r"MAIL FROM:\s*<([^>]*)>", line, re.I)
        if self.reply("MAIL", path.group(1) if path else line, "250 2.1.0 Ok" if path else "501 5.5.4 Syntax"):
            self.reverse_path = path.group(1)

    def on_rcpt(self, line):
        path = re.match(r"RCPT TO:\s*<([^>]*)>", line, re.I)
        if self.reply("RCPT", path.group(1) if path else line, "250 2.1.5 Ok" if path else "501 5.5.4 Syntax"):
            self.recipients.append(path.group(1))

    def on_data(self, line):
        if not self.recipients:
            self.say("503 5.5.1 No valid recipients")
            return
        if not self.reply("DATA", "", "354 Go ahead"):
            return
        lines = []
        while (data := self.file.readline()) != b".\r\n":
            if not data:
                raise EOFError
            if self.sink.keep_data:
                lines.append(data[1:] if data.startswith(b".") else data)
        received = Received(self.reverse_path, self.recipients, b"".join(lines), self.ehlo, self.auth, self.tls)
        told = self.sink.replies.get("DOT")
        text = (told(self, received) if callable(told) else told) or "250 2.0.0 Taken"
        if text[0] == "2" or text == "drop after taking":
            self.sink.messages.append(received)
            self.sink.waiter.tell()
        if text.startswith("drop"):
            raise EOFError
        self.say(text)
        self.reset()


def send(address, reverse_path, recipients, data, user=None, password=None):
    """Hands one message in through Python's smtplib; gives the text of the reply to the final dot. address: (host, port)."""
    with smtplib.SMTP(*address, timeout=PATIENCE) as client:
        client.ehlo()
        if user:
            client.login(user, password)
        code, text = client.mail(reverse_path, [f"SIZE={len(data)}"] if client.has_extn("size") else [])
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, text, reverse_path)
        for recipient in recipients:
            code, text = client.rcpt(recipient)
            if code not in (250, 251):
                raise smtplib.SMTPRecipientsRefused({recipient: (code, text)})
        code, text = client.data(data)
        if code != 250:
            raise smtplib.SMTPDataError(code, text)
        return text.decode()


def queue_id(reply):
    """The queue id in the reply to the final dot."""
    match = re.search(r"\b([0-9A-HJKMNP-TV-Z]{16})\b", reply)
    if not match:
        raise Failed(f"no queue id in {reply!r}")
    return match.group(1)


class Service:
    """A running mail-relayd, seen over its peer-to-peer socket."""

    def __init__(self, profile, process, log_path):
        self.profile, self.process, self.log_path = profile, process, log_path
        self.waiter = Waiter()
        self.connection = None

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def connect(self):
        """Subscribes to the service's signal; from then on wait() is told of each change."""
        import gi
        gi.require_version("Gio", "2.0")
        from gi.repository import Gio, GLib
        self.Gio, self.GLib = Gio, GLib
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)
        ready = threading.Event()

        def run():
            self.context.push_thread_default()
            self.connection = Gio.DBusConnection.new_for_address_sync(
                "unix:path=" + self.profile.bus_socket, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
            self.connection.signal_subscribe(None, "com.example.MailRelay.Service", "Changed", "/com/example/MailRelay/Service", None,
                                             Gio.DBusSignalFlags.NONE, lambda *a: self.waiter.tell())
            ready.set()
            self.loop.run()
            self.context.pop_thread_default()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        if not ready.wait(PATIENCE):
            raise Failed("no connection to the service's socket")

    def call(self, interface, method, signature=None, *arguments):
        """One D-Bus call; gives the tuple of the answer as Python values."""
        if self.connection is None:
            self.connect()
        parameters = self.GLib.Variant(signature, arguments) if signature else None
        reply = self.connection.call_sync(None, "/com/example/MailRelay/Service", "com.example.MailRelay." + interface, method, parameters,
                                          None, self.Gio.DBusCallFlags.NONE, int(PATIENCE * 1000), None)
        return reply.unpack()

    def status(self):
        return self.call("Service", "GetStatus")[0]

    def message(self, id):
        """(message record, attempts) as dictionaries."""
        return self.call("Outbox", "Get", "(s)", id)

    def list(self, kind="outbox", limit=500):
        v = self.GLib.Variant if self.connection else None
        if v is None:
            self.connect()
            v = self.GLib.Variant
        return self.call("Outbox", "List", "(a{sv}su)", {"kind": v("s", kind)}, "", limit)[0]

    def wait(self, predicate, what, patience=None):
        if self.connection is None:
            self.connect()
        return self.waiter.wait(predicate, what, patience, explain=lambda: "log:\n" + self.log()[-4000:])

    def wait_for_state(self, id, *states, patience=None):
        """Until every recipient of the message is in one of these states; gives the message."""
        def settled():
            message, _ = self.message(id)
            return message if all(r["state"] in states for r in message["recipients"]) else None
        return self.wait(settled, f"{id} to be {' or '.join(states)}", patience)

    def stop(self, expect=0):
        """SIGTERM and its end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self._disconnect()
        if expect is not None and code != expect:
            raise Failed(f"the service ended with {code}, not {expect}:\n{self.log()[-4000:]}")

    def kill(self):
        """SIGKILL, as a power cut does to the process."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self._disconnect()

    def _disconnect(self):
        if self.connection is not None:
            self.loop.quit()
            self.thread.join(PATIENCE)
            self.connection = None


class Profile:
    """A throw-away home with a bus of its own. bus=False: no session bus at all."""

    def __init__(self, bus=True, activation=False):
        # Short, because the paths of Unix sockets are bounded.
        self.root = tempfile.mkdtemp(prefix="mr-", dir="/tmp")
        os.chmod(self.root, 0o700)
        self.processes, self.sinks, self.services = [], [], []
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("XDG_", "DBUS_", "MAIL")) and k not in ("DISPLAY", "WAYLAND_DISPLAY", "NOTIFY_SOCKET", "HOME")}
        for name, folder in (("HOME", "home"), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state"),
                             ("XDG_CACHE_HOME", "cache"), ("XDG_RUNTIME_DIR", "run")):
            path = os.path.join(self.root, folder)
            os.mkdir(path, 0o700)
            self.env[name] = path
        self.env["LC_ALL"] = "C.UTF-8"
        self.env["GSETTINGS_BACKEND"] = "memory"
        self.env["NO_AT_BRIDGE"] = "1"
        self.runtime_dir = os.path.join(self.env["XDG_RUNTIME_DIR"], "mail-relay")
        self.bus_socket = os.path.join(self.runtime_dir, "bus")
        self.state_dir = os.path.join(self.env["XDG_STATE_HOME"], "mail-relay")
        self.config_file = os.path.join(self.env["XDG_CONFIG_HOME"], "mail-relay", "mail-relay.conf")
        self.port = free_port()
        self.smtp = ("127.0.0.1", self.port)
        self.settings = {"submission": {"listen": f"127.0.0.1:{self.port}"}, "secrets": {"backend": "file"},
                         "retry": {"first": "1", "jitter-percent": "0"}, "dns": {"servers": f"127.0.0.1:{free_port()}"}}
        self.bus = None
        if bus:
            self.start_bus(activation)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            for service in self.services:
                print(f"--- log of the service (pid {service.pid}) ---\n{service.log()[-8000:]}", file=sys.stderr)
        self.stop_services()
        logs = [service.log() for service in self.services] if kind is None else []
        self.close()
        for log in logs:
            wrong = re.search(r".*-CRITICAL \*\*.*|.*runtime error: .*|.*ERROR: (Address|Leak)Sanitizer.*", log)
            if wrong:
                raise Failed("the service's log has: " + wrong.group(0) + log[wrong.end():][:3000])

    def stop_services(self):
        for service in self.services:
            if service.process.poll() is None:
                service.process.terminate()
                try:
                    service.process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    service.process.kill()
                    service.process.wait()
            service._disconnect()

    def close(self):
        self.stop_services()
        self.stop_stray_service()
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE)
        for sink in self.sinks:
            sink.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def stop_stray_service(self):
        """A service that one of our programs started by itself: its lock file has its pid."""
        try:
            with open(os.path.join(self.state_dir, "lock"), encoding="ascii") as f:
                pid = int(f.read().split()[0])
            with open(f"/proc/{pid}/environ", "rb") as f:
                if ("HOME=" + self.env["HOME"]).encode() in f.read().split(b"\0"):
                    os.kill(pid, signal.SIGTERM)
        except (OSError, ValueError, IndexError):
            pass

    # ---- session bus ----

    def start_bus(self, activation=False, policy="", services=None):
        """activation: our own programs are started by the bus; services: a folder of .service files that are used instead."""
        path = os.path.join(self.root, "session-bus")
        config = os.path.join(self.root, "bus.conf")
        folder = services or os.path.join(BUILD, "data", "dbus-services")
        servicedir = f"<servicedir>{folder}</servicedir>" if activation or services else ""
        with open(config, "w", encoding="ascii") as f:
            f.write(BUS_CONFIG % {"socket": path, "servicedir": servicedir, "policy": policy})
        read_end, write_end = os.pipe()
        self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=" + path
        self.bus = subprocess.Popen(["dbus-daemon", "--config-file=" + config, "--nofork", "--nopidfile", f"--print-address={write_end}"],
                                    pass_fds=[write_end], env=self.env, stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as f:  # the address is printed once it listens
            if not f.readline():
                raise Failed("dbus-daemon did not start")
        self.processes.append(self.bus)

    def stop_bus(self):
        self.bus.terminate()
        self.bus.wait(PATIENCE)

    # ---- configuration and programs ----

    def configure(self, settings):
        """Adds settings ({group: {key: value}}) and writes the file."""
        for group, keys in settings.items():
            self.settings.setdefault(group, {}).update(keys)
        os.makedirs(os.path.dirname(self.config_file), mode=0o700, exist_ok=True)
        with open(self.config_file, "w", encoding="utf-8") as f:
            for group, keys in self.settings.items():
                f.write(f"[{group}]\n" + "".join(f"{k}={v}\n" for k, v in keys.items()) + "\n")
        os.chmod(self.config_file, 0o600)

    def start_service(self, *arguments, wait=True, wrapper=()):
        if not os.path.exists(self.config_file):
            self.configure({})
        log_path = os.path.join(self.root, f"service-{len(self.services)}.log")
        with open(log_path, "wb") as log:
            process = subprocess.Popen([*wrapper, program("mail-relayd"), *arguments], env=self.env, stdout=log, stderr=subprocess.STDOUT)
        service = Service(self, process, log_path)
        self.services.append(service)
        if wait:
            self.wait_until_up(service)
        return service

    def wait_until_up(self, service):
        """Up: its socket takes a connection (the service removes one that is left over before it listens)."""
        waiter = Waiter()

        def up():
            if service.process.poll() is not None:
                raise Failed(f"the service ended with {service.process.returncode}:\n{service.log()}")
            try:
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(self.bus_socket)
                return True
            except OSError:
                return False
        waiter.wait(up, "the service", at_least_every=0.02)

    def run(self, *command, check=True, input=None, env=None):
        text = {} if isinstance(input, bytes) else {"encoding": "utf-8", "errors": "replace"}
        done = subprocess.run([str(c) for c in command], env={**self.env, **(env or {})}, input=input, capture_output=True,
                              timeout=PATIENCE * 4, **text)
        if check and done.returncode != 0:
            raise Failed(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def ctl(self, *arguments, check=True, input=None):
        return self.run(program("mail-relayctl"), *arguments, check=check, input=input)

    def ctl_json(self, *arguments, input=None):
        return json.loads(self.ctl(*arguments, "--json", input=input).stdout)

    def add_sink(self, **options):
        sink = Sink(**options)
        self.sinks.append(sink)
        return sink

    def add_account(self, id, sink, *more, address="*", password=None):
        """A sending account that hands everything to the sink, without encryption."""
        arguments = ["account", "add", "--id", id, "--address", address, "--host", sink.host, "--port", sink.port, "--tls", "none", *more]
        if password is not None:
            arguments += ["--user", "user", "--password-stdin"]
        return self.ctl(*arguments, input=password)


def equal(actual, expected, what):
    if actual != expected:
        raise Failed(f"{what}: {actual!r}, expected {expected!r}")


def check(condition, what):
    if not condition:
        raise Failed(what)


def run_cases(*cases):
    """Runs functions one after the other and reports each (TAP)."""
    wanted = sys.argv[1:]
    chosen = [c for c in cases if not wanted or c.__name__ in wanted]
    print(f"1..{len(chosen)}")
    failed = 0
    for number, case in enumerate(chosen, 1):
        try:
            case()
            print(f"ok {number} {case.__name__}", flush=True)
        except SystemExit as end:
            if end.code != 77:
                raise
            print(f"ok {number} {case.__name__} # SKIP {getattr(end, 'reason', '')}", flush=True)
        except Exception as error:  # a test that breaks is a test that failed
            import traceback
            traceback.print_exc()
            failed += 1
            print(f"not ok {number} {case.__name__}: {str(error).splitlines()[0] if str(error) else type(error).__name__}", flush=True)
    sys.exit(1 if failed else 0)

#!/usr/bin/python3
"""Every method of the bus, asked with nonsense of the right types: the service answers each, says why where it refuses, and goes on."""
import glob
import os
import random
import re
import xml.etree.ElementTree

from harness import Failed, Profile, check, run_cases

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ROUNDS = 12
# Ends the service, or asks the person's keyring.
LEFT_OUT = {"Quit", "SetSecretsBackend", "KeyringChanged"}
# No address but of this machine, and no name that the (missing) DNS server could know.
TEXTS = ["", " ", "x", "x" * 3000, "nobody@example.invalid", "example.invalid", "a..b", "-", ".", "..", "*", "%s%n", "\u202e", "ä" * 300, "x" + "ä" * 300, "\x01\x1b[31m", "127.0.0.1:9",
         "::1", "@", "<>", "a@b@c", "'; DROP TABLE message; --", "../../etc/passwd", "06GC8M3C00DHYSNC", "v=spf1 +all", "include:" + "a." * 900, "\n", "=", "[x]", "0", "-1"]
# What passes the first question, so that the next one is asked.
FITTING = ["own.invalid", "own", "nobody@own.invalid", "ip4:127.0.0.1", "none"]
NUMBERS = {"y": [0, 1, 255], "q": [0, 65535], "u": [0, 1, 7, 2**32 - 1], "i": [0, -1, 2**31 - 1, -2**31], "x": [0, -1, 1, 2**63 - 1, -2**63], "t": [0, 2**64 - 1],
           "d": [0.0, -1.0, float("inf"), float("nan")]}


class Maker:
    """Values of a signature. Keys of dictionaries are those that the interface's description names."""

    def __init__(self, glib, seed, keys):
        self.glib, self.random, self.keys, self.fds = glib, random.Random(seed), keys, 0

    def make(self, signature):
        g = self.glib.Variant
        if signature in NUMBERS:
            return g(signature, self.random.choice(NUMBERS[signature]))
        if signature in "sog":
            return g("s", self.random.choice(TEXTS if self.random.random() < 0.5 else FITTING))
        if signature == "b":
            return g("b", self.random.random() < 0.5)
        if signature == "h":
            self.fds += 1
            return g("h", self.fds - 1)
        if signature == "v":
            return g("v", self.make(self.random.choice(["s", "b", "u", "x", "as"])))
        if signature == "a{sv}":
            builder = self.glib.VariantBuilder.new(self.glib.VariantType.new("a{sv}"))
            for key in set(self.random.choices(self.keys, k=self.random.randint(0, 4))):
                kind = key[1] if self.random.random() < 0.9 else "s"
                builder.add_value(self.glib.Variant.new_dict_entry(g("s", key[0]), g("v", self.make(kind))))
            return builder.end()
        if signature.startswith("a"):
            builder = self.glib.VariantBuilder.new(self.glib.VariantType.new(signature))
            for _ in range(self.random.choice([0, 1, 2, 40])):
                builder.add_value(self.make(signature[1:]))
            return builder.end()
        return self.glib.Variant.new_tuple(*[self.make(s) for s in split(signature[1:-1])])


def split(signature):
    """Whole types, one after the other."""
    found, depth, start = [], 0, 0
    for i, c in enumerate(signature):
        depth += (c in "({") - (c in ")}")
        if depth == 0 and c != "a":
            found.append(signature[start:i + 1])
            start = i + 1
    return found


def keys_in(text):
    return re.findall(r"\b([a-z][a-z-]+) (s|b|u|x|as)\b", text)


def methods():
    """(interface, method, signatures of its arguments, keys of its dictionaries)"""
    for path in sorted(glob.glob(os.path.join(TOP, "data/dbus/*.xml"))):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for interface in xml.etree.ElementTree.fromstring(text).iter("interface"):
            for method in interface.iter("method"):
                name = method.get("name")
                before = text[:text.index(f'<method name="{name}"')]
                # What stands above the method is of it; "as for ..." is another's.
                keys = keys_in(before[before.rindex("<!--"):]) or keys_in(text) or [("x", "s")]
                signature = [a.get("type") for a in method.iter("arg") if a.get("direction") == "in"]
                if name not in LEFT_OUT and interface.get("name").startswith("com.example.MailRelay."):
                    yield interface.get("name"), name, signature, keys


def ask(service, interface, method, parameters, n_fds):
    """TRUE where it was answered. The service may refuse with words; it must not end."""
    glib, gio = service.GLib, service.Gio
    fds = gio.UnixFDList.new()
    for _ in range(n_fds):
        with open(os.devnull, "rb") as null:
            fds.append(null.fileno())
    try:
        service.connection.call_with_unix_fd_list_sync(None, "/com/example/MailRelay/Service", interface, method, parameters, None,
                                                       gio.DBusCallFlags.NONE, 30000, fds, None)
        return True
    except glib.Error as error:
        if service.connection.is_closed() or service.process.poll() is not None:
            raise Failed(f"{interface}.{method} {parameters.print_(False)[:600]} ended the service: {error.message}") from error
        if error.matches(gio.io_error_quark(), gio.IOErrorEnum.TIMED_OUT):
            raise Failed(f"{interface}.{method} {parameters.print_(False)[:600]} was not answered") from error
        check(error.message.strip(), f"{method}: words")
        return False


def sweep(service, interface, method, signature, keys):
    """Each key alone with each text, beside a domain or an id that there is."""
    g = service.GLib.Variant
    answers = 0
    for key, kind in keys:
        for text in TEXTS if kind in ("s", "as") else NUMBERS.get(kind, []):
            value = g("as", [text]) if kind == "as" else g(kind, text)
            for whom in ("own.invalid", "own"):
                maker = Maker(service.GLib, key, [(key, kind)])
                filled = [g("a{sv}", {key: value}) if s == "a{sv}" else g("s", whom) if s == "s" else maker.make(s) for s in signature]
                answers += ask(service, interface, method, g.new_tuple(*filled), maker.fds)
    return answers


def started(profile):
    # What is asked of the DNS ends at once, as nobody is there.
    profile.configure({"dns": {"timeout-ms": "10", "tries": "1"}})
    service = profile.start_service()
    service.status()
    profile.ctl("account", "add", "--id", "own", "--direct", "--address", "*@own.invalid")
    return service


def every_method():
    with Profile() as profile:
        service, answers = started(profile), 0
        for interface, method, signature, keys in methods():
            for seed in range(ROUNDS if signature else 1):
                maker = Maker(service.GLib, f"{method}{seed}", keys)
                parameters = service.GLib.Variant.new_tuple(*[maker.make(s) for s in signature])
                answers += ask(service, interface, method, parameters, maker.fds)
        check(answers > 50, f"{answers} answers")
        check("version" in service.status(), "it goes on")


def every_key():
    with Profile() as profile:
        service = started(profile)
        answers = sum(sweep(service, *method) for method in methods() if "a{sv}" in method[2])
        check(answers > 50, f"{answers} answers")
        check("version" in service.status(), "it goes on")


def send_only(service, connection, interface, method, parameters):
    """The answer is not waited for."""
    message = service.Gio.DBusMessage.new_method_call(None, "/com/example/MailRelay/Service", interface, method)
    message.set_body(parameters)
    connection.send_message(message, service.Gio.DBusSendMessageFlags.NONE)


def questions(service, seeds):
    for interface, method, signature, keys in methods():
        # GLib 2.74 loses 16 bytes where descriptors arrive on a connection that is being given up.
        if any("h" in s for s in signature):
            continue
        for seed in range(seeds if signature else 1):
            maker = Maker(service.GLib, f"{method}{seed}", keys)
            yield interface, method, service.GLib.Variant.new_tuple(*[maker.make(s) for s in signature])


def connect(service):
    flags = service.Gio.DBusConnectionFlags
    return service.Gio.DBusConnection.new_for_address_sync("unix:path=" + service.profile.bus_socket, flags.AUTHENTICATION_CLIENT, None, None)


def who_asks_goes_away():
    """At once, or after the question was read; the answer has nobody."""
    with Profile() as profile:
        service, asked = started(profile), 0
        for interface, method, parameters in questions(service, 4):
            connection = connect(service)
            send_only(service, connection, interface, method, parameters)
            connection.flush_sync(None)
            if asked % 2:
                service.status()
            connection.close_sync(None)
            asked += 1
            if service.process.poll() is not None:
                raise Failed(f"{interface}.{method} {parameters.print_(False)[:600]} ended the service")
        check(asked > 100, f"{asked} asked")
        check("version" in service.status(), "it goes on")
        service.stop(expect=0)


def service_goes_away():
    """It is told to end with questions of every kind open."""
    for n in range(3):
        with Profile() as profile:
            service = started(profile)
            connection = connect(service)
            for interface, method, parameters in questions(service, 2 + n):
                send_only(service, connection, interface, method, parameters)
            connection.flush_sync(None)
            service.stop(expect=0)
            check(connection.is_closed() or connection.close_sync(None), "closed")


run_cases(every_method, every_key, who_asks_goes_away, service_goes_away)

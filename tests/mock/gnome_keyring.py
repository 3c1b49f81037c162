"""A real gnome-keyring on a test's private bus, unlocked with a password at the start; lock() and unlock() as a desktop would, without a prompt."""
import subprocess

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402 (the version comes first)

NAME, ROOT = "org.freedesktop.secrets", "/org/freedesktop/secrets"
LOGIN = ROOT + "/collection/login"


class Keyring:
    """env: HOME, XDG folders and DBUS_SESSION_BUS_ADDRESS of the profile."""

    def __init__(self, env, password="keyring word"):
        self.env, self.password, self.process = env, password, None
        self.bus = Gio.DBusConnection.new_for_address_sync(
            env["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def start(self, unlocked=True):
        command = ["gnome-keyring-daemon", "--components=secrets", "--foreground"] + (["--unlock"] if unlocked else [])
        self.process = subprocess.Popen(command, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if unlocked:
            self.process.stdin.write(self.password.encode())
        self.process.stdin.close()
        subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", NAME], env=self.env, check=True)
        return self

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *args):
        self.stop()
        self.bus.close_sync(None)

    def _call(self, interface, method, parameters):
        return self.bus.call_sync(NAME, ROOT, interface, method, parameters, None, Gio.DBusCallFlags.NONE, 10000, None)

    def lock(self):
        self._call("org.freedesktop.Secret.Service", "Lock", GLib.Variant("(ao)", ([LOGIN],)))

    def replace(self):
        """A new daemon, unlocked, in place of the one that runs: as on a machine without a display."""
        old = self.process
        self.process = subprocess.Popen(["gnome-keyring-daemon", "--components=secrets", "--foreground", "--replace", "--unlock"], env=self.env,
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process.stdin.write(self.password.encode())
        self.process.stdin.close()
        old.wait(10)

    def delete_collection(self):
        self.bus.call_sync(NAME, LOGIN, "org.freedesktop.Secret.Collection", "Delete", None, None, Gio.DBusCallFlags.NONE, 10000, None)

    def _open_session(self):
        return self._call("org.freedesktop.Secret.Service", "OpenSession", GLib.Variant("(sv)", ("plain", GLib.Variant("s", "")))).unpack()[1]

    def _item(self, attributes, method, parameters):
        path = self._call("org.freedesktop.Secret.Service", "SearchItems", GLib.Variant("(a{ss})", (attributes,))).unpack()[0][0]
        self.bus.call_sync(NAME, path, "org.freedesktop.Secret.Item", method, parameters, None, Gio.DBusCallFlags.NONE, 10000, None)

    def secret(self, attributes):
        """What an item with these attributes holds; None: there is none that is unlocked."""
        unlocked = self._call("org.freedesktop.Secret.Service", "SearchItems", GLib.Variant("(a{ss})", (attributes,))).unpack()[0]
        if not unlocked:
            return None
        reply = self.bus.call_sync(NAME, unlocked[0], "org.freedesktop.Secret.Item", "GetSecret", GLib.Variant("(o)", (self._open_session(),)), None,
                                   Gio.DBusCallFlags.NONE, 10000, None)
        return bytes(reply.unpack()[0][2]).decode()

    def change(self, attributes, secret):
        """As another program would: an item with these attributes in place of the one that has them."""
        properties = {"org.freedesktop.Secret.Item.Label": GLib.Variant("s", "changed"),
                      "org.freedesktop.Secret.Item.Attributes": GLib.Variant("a{ss}", attributes)}
        value = (self._open_session(), b"", secret.encode(), "text/plain")
        self.bus.call_sync(NAME, LOGIN, "org.freedesktop.Secret.Collection", "CreateItem", GLib.Variant("(a{sv}(oayays)b)", (properties, value, True)),
                           None, Gio.DBusCallFlags.NONE, 10000, None)

    def delete(self, attributes):
        self._item(attributes, "Delete", None)

    def unlock(self):
        session = self._open_session()
        self._call("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface", "UnlockWithMasterPassword",
                   GLib.Variant("(o(oayays))", (LOGIN, (session, b"", self.password.encode(), "text/plain"))))

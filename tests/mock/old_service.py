#!/usr/bin/python3
"""A mail service of version 0.0.1 on the session bus: every method of data/dbus answers with nothing in it, GetStatus with one account, until Quit."""
import glob
import os

from gi.repository import Gio, GLib

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "dbus")
NAME, PATH, VERSION = "com.example.MailRelay.Service", "/com/example/MailRelay/Service", "0.0.1"


def nothing(signature):
    """A value of this type that is as empty as can be."""
    if signature[0] == "a":
        return GLib.Variant(signature, {} if signature[1] == "{" else [])
    return GLib.Variant(signature, {"s": "", "b": False, "o": "/"}.get(signature, 0))


def main():
    bus, loop = Gio.bus_get_sync(Gio.BusType.SESSION), GLib.MainLoop()

    def called(_bus, _sender, _path, _interface, method, _parameters, call):
        if method == "GetStatus":
            status = {"version": GLib.Variant("s", VERSION), "n-accounts": GLib.Variant("u", 1), "online": GLib.Variant("b", True),
                      "secrets-state": GLib.Variant("s", "ok")}
            call.return_value(GLib.Variant("(a{sv})", (status,)))
            return
        out = [argument.signature for argument in call.get_method_info().out_args]
        call.return_value(GLib.Variant.new_tuple(*map(nothing, out)))
        if method == "Quit":
            bus.flush_sync(None)
            loop.quit()

    def get(_bus, _sender, _path, _interface, name):
        return GLib.Variant("s", VERSION) if name == "Version" else nothing("b")

    for path in glob.glob(os.path.join(FOLDER, "*.xml")):
        with open(path, encoding="utf-8") as f:
            for interface in Gio.DBusNodeInfo.new_for_xml(f.read()).interfaces:
                bus.register_object(PATH, interface, called, get, None)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, None, lambda *_: loop.quit())
    loop.run()


main()

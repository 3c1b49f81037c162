#!/usr/bin/python3
"""The desktop's notification service of our own: org.freedesktop.Notifications on a test's bus, which keeps what it was told.

    with Notifications(profile.env["DBUS_SESSION_BUS_ADDRESS"]) as desktop:
        desktop.wait(lambda: desktop.shown, "a notification")
        desktop.click(id)

Run as a program it plays the window, for the bus to start: com.example.MailRelay, which tells the notification service what it was asked to open
(`opened`) and ends.
"""
import os
import sys
import threading

from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
WINDOW, WINDOW_PATH = "com.example.MailRelay", "/com/example/MailRelay"
DISMISSED, CALLED = 2, 3  # reasons of NotificationClosed

INTERFACES = """
<node>
<interface name="org.freedesktop.Notifications">
  <method name="Notify">
    <arg type="s"/><arg type="u"/><arg type="s"/><arg type="s"/><arg type="s"/><arg type="as"/><arg type="a{sv}"/><arg type="i"/>
    <arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u"/></method>
</interface>
<interface name="com.example.MailRelay.MockNotifications"><method name="Opened"><arg type="s"/></method></interface>
<interface name="org.freedesktop.Application">
  <method name="Activate"><arg type="a{sv}"/></method>
  <method name="ActivateAction"><arg type="s"/><arg type="av"/><arg type="a{sv}"/></method>
</interface>
</node>"""


def connect(address):
    flags = Gio.DBusConnectionFlags
    return Gio.DBusConnection.new_for_address_sync(address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)


class Notifications:
    """shown: {id: (title, body, actions)} of what stands on the screen; calls: every (id that is replaced, title); closed: ids that were closed by the
    program; opened: what the window was asked for."""

    def __init__(self, address, waiter):
        self.address, self.waiter = address, waiter
        self.shown, self.calls, self.closed, self.opened, self.last = {}, [], [], [], 0
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)

    def __enter__(self):
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        if not ready.wait(20):
            raise AssertionError("the notification service did not start")
        return self

    def __exit__(self, *args):
        self.context.invoke_full(GLib.PRIORITY_DEFAULT, self.loop.quit)
        self.thread.join(20)

    def _run(self, ready):
        self.context.push_thread_default()
        self.bus = connect(self.address)
        for interface in Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces[:2]:
            self.bus.register_object(PATH, interface, self._called, None, None)
        Gio.bus_own_name_on_connection(self.bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: ready.set(), None)
        self.loop.run()
        self.bus.close_sync(None)
        self.context.pop_thread_default()

    def _called(self, _bus, _sender, _path, _interface, method, parameters, call):
        answer = getattr(self, "do_" + method)(*parameters.unpack())
        call.return_value(answer)
        self.waiter.tell()

    def do_Notify(self, _program, replaces, _icon, title, body, actions, _hints, _timeout):
        if replaces == 0:
            self.last += 1
        self.shown[replaces or self.last] = (title, body, actions)
        self.calls.append((replaces, title))
        return GLib.Variant("(u)", (replaces or self.last,))

    def do_CloseNotification(self, number):
        self.shown.pop(number, None)
        self.closed.append(number)
        self._emit("NotificationClosed", "(uu)", number, CALLED)

    def do_Opened(self, what):
        self.opened.append(what)

    def _emit(self, name, signature, *arguments):
        self.bus.emit_signal(None, PATH, NAME, name, GLib.Variant(signature, arguments))

    def wait(self, predicate, what):
        return self.waiter.wait(predicate, what, explain=lambda: f"shown {self.shown}, calls {self.calls}, closed {self.closed}, opened {self.opened}")

    def click(self, number, action="open"):
        self._emit("ActionInvoked", "(us)", number, action)

    def dismiss(self, number):
        del self.shown[number]
        self._emit("NotificationClosed", "(uu)", number, DISMISSED)


def window():
    bus, loop = connect(os.environ["DBUS_STARTER_ADDRESS"]), GLib.MainLoop()

    def called(_bus, _sender, _path, _interface, method, parameters, call):
        what = "" if method == "Activate" else "{} {}".format(*(lambda name, values, _: (name, *values))(*parameters.unpack()))
        call.return_value(None)
        bus.call_sync(NAME, PATH, "com.example.MailRelay.MockNotifications", "Opened", GLib.Variant("(s)", (what,)), None,
                      Gio.DBusCallFlags.NONE, -1, None)
        loop.quit()

    interface = Gio.DBusNodeInfo.new_for_xml(INTERFACES).lookup_interface("org.freedesktop.Application")
    bus.register_object(WINDOW_PATH, interface, called, None, None)
    Gio.bus_own_name_on_connection(bus, WINDOW, Gio.BusNameOwnerFlags.NONE, None, lambda *_: loop.quit())
    loop.run()


if __name__ == "__main__":
    sys.exit(window())

#!/usr/bin/python3
"""systemd-logind of our own: org.freedesktop.login1 on a test's bus, which hands out delay locks, tells of sleep and remembers who lingers.

    with Logind(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as logind:
        logind.wait(lambda: logind.locks, "a lock")
        logind.sleep(True)
"""
import os
import threading

from gi.repository import Gio, GLib

from notifications import connect

NAME, PATH, MANAGER = "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"
USER_PATH = "/org/freedesktop/login1/user/self"

INTERFACES = """
<node>
<interface name="org.freedesktop.login1.Manager">
  <method name="Inhibit"><arg type="s"/><arg type="s"/><arg type="s"/><arg type="s"/><arg type="h" direction="out"/></method>
  <method name="SetUserLinger"><arg type="u"/><arg type="b"/><arg type="b"/></method>
  <method name="GetUser"><arg type="u"/><arg type="o" direction="out"/></method>
</interface>
<interface name="org.freedesktop.login1.User"><property name="Linger" type="b" access="read"/></interface>
</node>"""


class Logind:
    """locks: (what, mode) of those that are held now; taken: how many there were; linger: the user may stay; refuse: the person says no."""

    def __init__(self, address, waiter):
        self.address, self.waiter = address, waiter
        self.locks, self.taken, self.linger, self.refuse = [], 0, False, False
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)

    def __enter__(self):
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        if not ready.wait(20):
            raise AssertionError("logind did not start")
        return self

    def __exit__(self, *args):
        self.context.invoke_full(GLib.PRIORITY_DEFAULT, self.loop.quit)
        self.thread.join(20)

    def _run(self, ready):
        self.context.push_thread_default()
        self.bus = connect(self.address)
        manager, user = Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces
        self.bus.register_object(PATH, manager, self._called, None, None)
        self.bus.register_object(USER_PATH, user, None, lambda *_: GLib.Variant("b", self.linger), None)
        Gio.bus_own_name_on_connection(self.bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: ready.set(), None)
        self.loop.run()
        self.bus.close_sync(None)
        self.context.pop_thread_default()

    def _called(self, _bus, _sender, _path, _interface, method, parameters, call):
        arguments = parameters.unpack()
        if method == "Inhibit":
            self._inhibit(call, arguments[0], arguments[3])
        elif method == "GetUser":
            call.return_value(GLib.Variant("(o)", (USER_PATH,)))
        elif self.refuse:
            call.return_dbus_error("org.freedesktop.DBus.Error.AccessDenied", "Permission denied")
        else:
            self.linger = arguments[1]
            call.return_value(None)
        self.waiter.tell()

    def _inhibit(self, call, what, mode):
        ours, theirs = os.pipe()
        lock = (what, mode)
        self.locks.append(lock)
        self.taken += 1
        fds = Gio.UnixFDList()
        handle = fds.append(theirs)
        os.close(theirs)
        call.return_value_with_unix_fd_list(GLib.Variant("(h)", (handle,)), fds)
        threading.Thread(target=self._watch, args=(ours, lock), daemon=True).start()

    def _watch(self, fd, lock):
        os.read(fd, 1)  # the end of it: every copy of the other side is closed
        os.close(fd)
        self.locks.remove(lock)
        self.waiter.tell()

    def sleep(self, begins, name="PrepareForSleep"):
        self.bus.emit_signal(None, PATH, MANAGER, name, GLib.Variant("(b)", (begins,)))

    def wait(self, predicate, what):
        return self.waiter.wait(predicate, what, explain=lambda: f"locks {self.locks}, taken {self.taken}, linger {self.linger}")

"""What the played services of a test's bus have in common: a thread with a loop of its own, a connection and a name.

    class Logs(BusService):
        NAME, PATH = "org.example.Logs", "/org/example/Logs"
        INTERFACES = "<node>...</node>"
        def do_Write(self, text): ...        # the answer: None or a GLib.Variant

    with Logs(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as logs: ...
"""
import threading

from gi.repository import Gio, GLib

from notifications import connect


class BusService:
    NAME = PATH = INTERFACES = ""

    def __init__(self, address, waiter):
        self.address, self.waiter = address, waiter
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)

    def __enter__(self):
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        if not ready.wait(20):
            raise AssertionError(f"{self.NAME} did not start")
        return self

    def __exit__(self, *args):
        self.context.invoke_full(GLib.PRIORITY_DEFAULT, self.loop.quit)
        self.thread.join(20)

    def _run(self, ready):
        self.context.push_thread_default()
        self.bus = connect(self.address)
        for interface in Gio.DBusNodeInfo.new_for_xml(self.INTERFACES).interfaces:
            self.bus.register_object(self.PATH, interface, self._called, self._get, None)
        Gio.bus_own_name_on_connection(self.bus, self.NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: ready.set(), None)
        self.loop.run()
        self.bus.close_sync(None)
        self.context.pop_thread_default()

    def _called(self, _bus, sender, _path, _interface, method, parameters, call):
        self.sender = sender
        call.return_value(getattr(self, "do_" + method)(*parameters.unpack()))
        self.waiter.tell()

    def _get(self, _bus, _sender, _path, _interface, name):
        return self.properties()[name]

    def properties(self):
        """{name: GLib.Variant} of all interfaces."""
        return {}

    def emit(self, interface, name, parameters, path=None):
        self.bus.emit_signal(None, path or self.PATH, interface, name, parameters)

    def wait(self, predicate, what):
        return self.waiter.wait(predicate, what, explain=lambda: str({k: v for k, v in vars(self).items() if isinstance(v, (list, dict, str, int, bool))}))

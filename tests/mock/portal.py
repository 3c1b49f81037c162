#!/usr/bin/python3
"""The desktop's portal of our own: org.freedesktop.portal.Desktop on a test's bus, with notifications and background.

    with Portal(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as portal:
        portal.wait(lambda: portal.shown, "a notification")
        portal.click("account:work", "act")
"""
from gi.repository import Gio, GLib

from bus_service import BusService

NOTIFICATION, BACKGROUND, REQUEST = (f"org.freedesktop.portal.{n}" for n in ("Notification", "Background", "Request"))


class Portal(BusService):
    """shown: {id: the notification}; calls: every id that was shown; background: options of each request; statuses: what the list of background
    applications was told; answer: (response, results) of the next requests, None: none ever comes."""

    NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
    INTERFACES = f"""
<node>
<interface name="{NOTIFICATION}">
  <method name="AddNotification"><arg type="s"/><arg type="a{{sv}}"/></method>
  <method name="RemoveNotification"><arg type="s"/></method>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="{BACKGROUND}">
  <method name="RequestBackground"><arg type="s"/><arg type="a{{sv}}"/><arg type="o" direction="out"/></method>
  <method name="SetStatus"><arg type="a{{sv}}"/></method>
  <property name="version" type="u" access="read"/>
</interface>
</node>"""

    def __init__(self, address, waiter, version=2):
        super().__init__(address, waiter)
        self.version, self.shown, self.calls, self.background, self.statuses = version, {}, [], [], []
        self.answer = (0, {"background": True, "autostart": True})

    def properties(self):
        return {"version": GLib.Variant("u", self.version)}

    def do_AddNotification(self, id, notification):
        self.shown[id] = notification
        self.calls.append(id)

    def do_RemoveNotification(self, id):
        self.shown.pop(id, None)

    def do_RequestBackground(self, _window, options):
        self.background.append(options)
        path = f"{self.PATH}/request/{self.sender[1:].replace('.', '_')}/{options['handle_token']}"
        if self.answer is not None:
            response, results = self.answer
            values = {k: GLib.Variant("b", v) for k, v in results.items()}
            self.emit(REQUEST, "Response", GLib.Variant("(ua{sv})", (response, values)), path)
        return GLib.Variant("(o)", (path,))

    def do_SetStatus(self, options):
        self.statuses.append(options["message"])

    def click(self, id, action="open", token=None):
        """The notification goes, as on the usual desktops."""
        values = [GLib.Variant("a{sv}", {"activation-token": GLib.Variant("s", token)})] if token else []
        self.shown.pop(id, None)
        self.emit(NOTIFICATION, "ActionInvoked", GLib.Variant("(ssav)", (id, action, values)))

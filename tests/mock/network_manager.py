#!/usr/bin/python3
"""NetworkManager of our own: org.freedesktop.NetworkManager on a test's bus, as far as GLib's network monitor looks at it.

    with NetworkManager(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as network:
        network.set(captive=True)
"""
from gi.repository import GLib

from bus_service import BusService

PORTAL, FULL = 2, 4  # NMConnectivityState
CONNECTED = 70  # NM_STATE_CONNECTED_GLOBAL
METERED, UNMETERED = 1, 2  # NMMetered


class NetworkManager(BusService):
    NAME, PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
    INTERFACES = """
<node>
<interface name="org.freedesktop.NetworkManager">
  <property name="State" type="u" access="read"/><property name="Connectivity" type="u" access="read"/><property name="Metered" type="u" access="read"/>
  <property name="ConnectivityCheckUri" type="s" access="read"/>
  <signal name="PropertiesChanged"><arg type="a{sv}"/></signal>
</interface>
</node>"""
    PAGE = "http://check.network.example/"

    def __init__(self, address, waiter, captive=False, metered=False):
        super().__init__(address, waiter)
        self.captive, self.metered = captive, metered

    def properties(self):
        return {"State": GLib.Variant("u", CONNECTED), "Connectivity": GLib.Variant("u", PORTAL if self.captive else FULL),
                "Metered": GLib.Variant("u", METERED if self.metered else UNMETERED), "ConnectivityCheckUri": GLib.Variant("s", self.PAGE)}

    def set(self, captive=False, metered=False):
        self.captive, self.metered = captive, metered
        self.emit(self.NAME, "PropertiesChanged", GLib.Variant("(a{sv})", (self.properties(),)))
        self.emit("org.freedesktop.DBus.Properties", "PropertiesChanged", GLib.Variant("(sa{sv}as)", (self.NAME, self.properties(), [])))

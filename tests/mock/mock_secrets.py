#!/usr/bin/python3
"""A Secret Service of our own that a test makes behave badly.

It has one collection, `login`, plain sessions only, and moods of the providers that people use: gnome-keyring, KeePassXC and KWallet. The test drives it through /mock (interface
com.example.MailRelay.Mock) on the connection that owns org.freedesktop.secrets:

    Lock() Unlock()     as if somebody had done it elsewhere; the properties change and tell
    Hang(s method)      calls of this method are never answered from now on ("": answer again)
    Fail(s method)      calls of this method fail ("": work again)
    Delay(u ms)         every answer comes so much later
    Lose(b)             items are taken and not kept
    NoDefault(b)        the alias `default` leads nowhere though there is a collection (KeePassXC)
    NoCollection(b)     the collection was deleted, or the database closed (KeePassXC); FALSE: it is back
    Blind(b)            while locked, items are not found (KeePassXC)
    Each(b)             unlocked, but each item wants a person's word first (KeePassXC)
    Answer(s)           a prompt is answered: accept, dismiss, busy (another one is in front), never
    Change(ss)          somebody changes the secret of account/kind ("": deletes it); the collection tells
    Touch(s)            the collection says that the item of account/kind changed, and it did not
    Prompts() -> u      how many prompts were made: a service that never prompts leaves this at 0
    Calls(s) -> u       how often this method was called
    Dump() -> a{ss}     account/kind -> secret
    Plant(ssss)         puts an item there: account, kind ("": none), schema, secret
    Quit()

Options: --locked --no-collection --answer HOW
"""

import argparse
import collections

from gi.repository import Gio, GLib

NAME = "org.freedesktop.secrets"
ROOT = "/org/freedesktop/secrets"
LOGIN = ROOT + "/collection/login"
DEFAULT = ROOT + "/aliases/default"
PREFIX = "org.freedesktop.Secret."
SECRET = "(oayays)"

INTERFACES = f"""
<node>
  <interface name="{PREFIX}Service">
    <method name="OpenSession"><arg type="s"/><arg type="v"/><arg type="v" direction="out"/><arg type="o" direction="out"/></method>
    <method name="SearchItems"><arg type="a{{ss}}"/><arg type="ao" direction="out"/><arg type="ao" direction="out"/></method>
    <method name="Unlock"><arg type="ao"/><arg type="ao" direction="out"/><arg type="o" direction="out"/></method>
    <method name="Lock"><arg type="ao"/><arg type="ao" direction="out"/><arg type="o" direction="out"/></method>
    <method name="CreateCollection"><arg type="a{{sv}}"/><arg type="s"/><arg type="o" direction="out"/><arg type="o" direction="out"/></method>
    <method name="GetSecrets"><arg type="ao"/><arg type="o"/><arg type="a{{o{SECRET}}}" direction="out"/></method>
    <method name="ReadAlias"><arg type="s"/><arg type="o" direction="out"/></method>
    <property name="Collections" type="ao" access="read"/>
    <signal name="CollectionCreated"><arg type="o"/></signal>
    <signal name="CollectionDeleted"><arg type="o"/></signal>
  </interface>
  <interface name="{PREFIX}Collection">
    <method name="CreateItem"><arg type="a{{sv}}"/><arg type="{SECRET}"/><arg type="b"/><arg type="o" direction="out"/><arg type="o" direction="out"/></method>
    <method name="SearchItems"><arg type="a{{ss}}"/><arg type="ao" direction="out"/></method>
    <signal name="ItemCreated"><arg type="o"/></signal>
    <signal name="ItemDeleted"><arg type="o"/></signal>
    <signal name="ItemChanged"><arg type="o"/></signal>
    <property name="Items" type="ao" access="read"/>
    <property name="Label" type="s" access="read"/>
    <property name="Locked" type="b" access="read"/>
    <property name="Created" type="t" access="read"/>
    <property name="Modified" type="t" access="read"/>
  </interface>
  <interface name="{PREFIX}Item">
    <method name="Delete"><arg type="o" direction="out"/></method>
    <method name="GetSecret"><arg type="o"/><arg type="{SECRET}" direction="out"/></method>
    <property name="Locked" type="b" access="read"/>
    <property name="Attributes" type="a{{ss}}" access="read"/>
    <property name="Label" type="s" access="read"/>
    <property name="Created" type="t" access="read"/>
    <property name="Modified" type="t" access="read"/>
  </interface>
  <interface name="{PREFIX}Session"><method name="Close"/></interface>
  <interface name="{PREFIX}Prompt">
    <method name="Prompt"><arg type="s"/></method>
    <method name="Dismiss"/>
    <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
  </interface>
  <interface name="com.example.MailRelay.Mock">
    <method name="Lock"/>
    <method name="Unlock"/>
    <method name="Hang"><arg type="s"/></method>
    <method name="Fail"><arg type="s"/></method>
    <method name="Delay"><arg type="u"/></method>
    <method name="Lose"><arg type="b"/></method>
    <method name="NoDefault"><arg type="b"/></method>
    <method name="NoCollection"><arg type="b"/></method>
    <method name="Blind"><arg type="b"/></method>
    <method name="Each"><arg type="b"/></method>
    <method name="Answer"><arg type="s"/></method>
    <method name="Change"><arg type="s"/><arg type="s"/></method>
    <method name="Touch"><arg type="s"/></method>
    <method name="Calls"><arg type="s"/><arg type="u" direction="out"/></method>
    <method name="Prompts"><arg type="u" direction="out"/></method>
    <method name="Dump"><arg type="a{{ss}}" direction="out"/></method>
    <method name="Plant"><arg type="s"/><arg type="s"/><arg type="s"/><arg type="s"/></method>
    <method name="Quit"/>
  </interface>
</node>"""


class Item:
    def __init__(self, label, attributes, secret):
        self.label, self.attributes, self.secret = label, attributes, secret

    def name(self):
        return "/".join(self.attributes[key] for key in ("account", "kind") if key in self.attributes)


class Mock:
    def __init__(self, bus, loop, options):
        self.bus, self.loop, self.locked, self.answer = bus, loop, options.locked, options.answer
        self.node = Gio.DBusNodeInfo.new_for_xml(INTERFACES)
        self.items, self.serial, self.prompts = {}, 0, 0
        self.hang = self.fail = ""
        self.delay, self.lose, self.no_default, self.blind, self.each = 0, False, False, False, False
        self.calls, self.promised = collections.Counter(), {}
        self.export(ROOT, "Service")
        self.collection = []
        if not options.no_collection:
            self.show_collection()
        bus.register_object("/mock", self.node.lookup_interface("com.example.MailRelay.Mock"), self.control, None, None)

    def export(self, path, kind):
        return self.bus.register_object(path, self.node.lookup_interface(PREFIX + kind), self.called, self.property, None)

    def show_collection(self):
        self.collection = [self.export(path, "Collection") for path in (LOGIN, DEFAULT)]

    def set_collection(self, there):
        """Items go with it, as with a keyring that was deleted."""
        if there == bool(self.collection):
            return
        if there:
            self.show_collection()
        else:
            for identity in self.collection:
                self.bus.unregister_object(identity)
            for item in self.items.values():
                self.bus.unregister_object(item.identity)
            self.collection, self.items = [], {}
        self.emit(ROOT, "Service", "CollectionCreated" if there else "CollectionDeleted", LOGIN)
        self.changed(ROOT, "Service", {"Collections": GLib.Variant("ao", [LOGIN] if there else [])})

    def emit(self, path, kind, signal, about):
        self.bus.emit_signal(None, path, PREFIX + kind, signal, GLib.Variant("(o)", (about,)))

    def new_path(self, kind):
        self.serial += 1
        return f"{ROOT}/{kind}/{kind[0]}{self.serial}"

    def new_item_path(self):
        self.serial += 1
        return f"{LOGIN}/i{self.serial}"

    # What the test asks for

    def control(self, _bus, _sender, _path, _interface, method, parameters, call):
        arguments = parameters.unpack()
        answer = None
        if method in ("Lock", "Unlock"):
            self.set_locked(method == "Lock")
        elif method == "Prompts":
            answer = GLib.Variant("(u)", (self.prompts,))
        elif method == "Dump":
            answer = GLib.Variant("(a{ss})", ({i.name(): i.secret.decode() for i in self.items.values()},))
        elif method == "NoCollection":
            self.set_collection(not arguments[0])
        elif method == "Calls":
            answer = GLib.Variant("(u)", (self.calls[arguments[0]],))
        elif method in ("Change", "Touch"):
            self.change(*arguments)
        elif method == "Plant":
            account, kind, schema, secret = arguments
            attributes = {"account": account, "xdg:schema": schema} | ({"kind": kind} if kind else {})
            self.add("", attributes, secret.encode())
        elif method == "Quit":
            GLib.idle_add(self.loop.quit)
        else:
            setattr(self, {"NoDefault": "no_default"}.get(method, method.lower()), arguments[0])
        call.return_value(answer)

    def set_locked(self, locked):
        self.locked = locked
        for path, kind in [(LOGIN, "Collection"), (DEFAULT, "Collection")] * bool(self.collection) + [(path, "Item") for path in self.items]:
            self.changed(path, kind, {"Locked": GLib.Variant("b", locked)})

    def change(self, name, secret=None):
        path = next(path for path, item in self.items.items() if item.name() == name)
        if secret == "":
            self.remove(path)
        else:
            if secret is not None:
                self.items[path].secret = secret.encode()
            self.emit(LOGIN, "Collection", "ItemChanged", path)

    def remove(self, path):
        self.bus.unregister_object(self.items.pop(path).identity)
        self.emit(LOGIN, "Collection", "ItemDeleted", path)

    def changed(self, path, kind, values):
        self.bus.emit_signal(None, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                             GLib.Variant("(sa{sv}as)", (PREFIX + kind, values, [])))

    # The Secret Service

    def called(self, _bus, _sender, path, interface, method, parameters, call):
        self.calls[method] += 1
        if method == self.hang:
            return
        if method == self.fail:
            call.return_dbus_error("org.freedesktop.DBus.Error.Failed", "the mock was told to fail")
            return
        name = interface.removeprefix(PREFIX).lower() + "_" + method
        handler = getattr(self, name)
        if self.delay:
            GLib.timeout_add(self.delay, lambda: handler(path, call, *parameters.unpack()))
        else:
            handler(path, call, *parameters.unpack())

    def property(self, _bus, _sender, path, interface, name):
        kind = interface.removeprefix(PREFIX)
        if name in ("Created", "Modified"):
            return GLib.Variant("t", 1)
        if name == "Locked":
            return GLib.Variant("b", self.locked or (self.each and kind == "Item"))
        if kind == "Service":
            return GLib.Variant("ao", [LOGIN] if self.collection else [])
        if kind == "Collection":
            return GLib.Variant("ao", list(self.items)) if name == "Items" else GLib.Variant("s", "Login")
        item = self.items[path]
        return GLib.Variant("a{ss}", item.attributes) if name == "Attributes" else GLib.Variant("s", item.label)

    def matching(self, attributes):
        return [p for p, i in self.items.items() if attributes.items() <= i.attributes.items()]

    def new_prompt(self, promise):
        """promise: does what the prompt is for, and returns the result for the signal."""
        self.prompts += 1
        path = self.new_path("prompt")
        self.promised[path] = promise
        self.export(path, "Prompt")
        return path

    def service_OpenSession(self, _path, call, algorithm, _input):
        if algorithm != "plain":
            call.return_dbus_error("org.freedesktop.DBus.Error.NotSupported", "plain sessions only")
            return
        path = self.new_path("session")
        self.export(path, "Session")
        call.return_value(GLib.Variant("(vo)", (GLib.Variant("s", ""), path)))

    def session_Close(self, _path, call):
        call.return_value(None)

    def service_SearchItems(self, _path, call, attributes):
        found = [] if self.locked and self.blind else self.matching(attributes)
        call.return_value(GLib.Variant("(aoao)", ([], found) if self.locked or self.each else (found, [])))

    def collection_SearchItems(self, _path, call, attributes):
        call.return_value(GLib.Variant("(ao)", (self.matching(attributes),)))

    def service_ReadAlias(self, _path, call, name):
        there = name == "default" and self.collection and not self.no_default
        call.return_value(GLib.Variant("(o)", (LOGIN if there else "/",)))

    def service_Unlock(self, _path, call, paths):
        def unlock():
            self.set_locked(False)
            return GLib.Variant("ao", paths)
        call.return_value(GLib.Variant("(aoo)", ([], self.new_prompt(unlock)) if self.locked else (paths, "/")))

    def service_CreateCollection(self, _path, call, _properties, _alias):
        def create():
            self.locked, self.no_default = False, False
            self.set_collection(True)
            return GLib.Variant("o", LOGIN)
        call.return_value(GLib.Variant("(oo)", ("/", self.new_prompt(create))))

    def service_Lock(self, _path, call, paths):
        self.set_locked(True)
        call.return_value(GLib.Variant("(aoo)", (paths, "/")))

    def secret_of(self, session, path):
        return session, b"", self.items[path].secret, "text/plain"

    def service_GetSecrets(self, _path, call, paths, session):
        known = {} if self.locked or self.each else {p: self.secret_of(session, p) for p in paths if p in self.items}
        call.return_value(GLib.Variant(f"(a{{o{SECRET}}})", (known,)))

    def collection_CreateItem(self, _path, call, properties, secret, replace):
        if self.locked:
            call.return_dbus_error(PREFIX + "Error.IsLocked", "locked")
            return
        attributes = properties[PREFIX + "Item.Attributes"]
        old = self.matching(attributes) if replace else []
        path = old[0] if old else "/"
        if not self.lose:
            path = self.add(properties.get(PREFIX + "Item.Label", ""), attributes, bytes(secret[2]), old)
        call.return_value(GLib.Variant("(oo)", (path, "/")))

    def add(self, label, attributes, secret, old=()):
        path = old[0] if old else self.new_item_path()
        if old:
            self.items[path].secret = secret
        else:
            self.items[path] = Item(label, attributes, secret)
            self.items[path].identity = self.export(path, "Item")
        self.emit(LOGIN, "Collection", "ItemChanged" if old else "ItemCreated", path)
        return path

    def item_GetSecret(self, path, call, session):
        if self.locked or self.each:
            call.return_dbus_error(PREFIX + "Error.IsLocked", "locked")
            return
        call.return_value(GLib.Variant(f"({SECRET})", (self.secret_of(session, path),)))

    def item_Delete(self, path, call):
        if not self.lose:
            self.remove(path)
        call.return_value(GLib.Variant("(o)", ("/",)))

    # Unless it is told to, nobody ever answers a prompt here: that is what a machine without a prompter is like.

    def prompt_Prompt(self, path, call, _window):
        if self.answer == "busy":
            call.return_dbus_error("org.gnome.keyring.Error.InProgress", "another prompt is in front")
            return
        call.return_value(None)
        if self.answer != "never":
            accepted = self.answer == "accept"
            result = self.promised[path]() if accepted else GLib.Variant("s", "")
            self.bus.emit_signal(None, path, PREFIX + "Prompt", "Completed", GLib.Variant("(bv)", (not accepted, result)))

    def prompt_Dismiss(self, path, call):
        call.return_value(None)
        self.bus.emit_signal(None, path, PREFIX + "Prompt", "Completed", GLib.Variant("(bv)", (True, GLib.Variant("s", ""))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--locked", action="store_true")
    parser.add_argument("--no-collection", action="store_true")
    parser.add_argument("--answer", choices=["accept", "dismiss", "busy", "never"], default="never")
    options = parser.parse_args()
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    loop = GLib.MainLoop()
    mock = Mock(bus, loop, options)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, None, lambda *_: loop.quit())
    loop.run()
    del mock


main()

#!/usr/bin/python3
"""GNOME Online Accounts of our own: org.gnome.OnlineAccounts with accounts that a test adds and makes behave.

The test drives it through /mock (interface com.example.MailRelay.MockGoa) on the connection that owns the name:

    Add(ssss id, type, address, provider name)   type: google, windows_live, ms_graph, imap_smtp (a password, no OAuth 2.0)
    Remove(s id)
    SetMail(sb id, on)            the person's switch "Mail"
    SetAttention(sb id, needed)   the desktop has to sign in again
    SetToken(ssu id, token, seconds)
    Mood(s)                       answers for tokens: ok, refused (NotAuthorized), failed, never
    Asked() -> u                  how often a token was asked for
    Quit()
"""

import gi

gi.require_version("Goa", "1.0")
from gi.repository import Gio, GLib, Goa  # noqa: E402 (the version comes first)

NAME = "org.gnome.OnlineAccounts"
ROOT = "/org/gnome/OnlineAccounts"

CONTROL = """
<node><interface name="com.example.MailRelay.MockGoa">
  <method name="Add"><arg type="s"/><arg type="s"/><arg type="s"/><arg type="s"/></method>
  <method name="Remove"><arg type="s"/></method>
  <method name="SetMail"><arg type="s"/><arg type="b"/></method>
  <method name="SetAttention"><arg type="s"/><arg type="b"/></method>
  <method name="SetToken"><arg type="s"/><arg type="s"/><arg type="u"/></method>
  <method name="Mood"><arg type="s"/></method>
  <method name="Asked"><arg type="u" direction="out"/></method>
  <method name="Quit"/>
</interface></node>"""


class Mock:
    def __init__(self, bus, loop):
        self.loop, self.accounts, self.tokens, self.mood, self.asked, self.pending = loop, {}, {}, "ok", 0, []
        self.manager = Gio.DBusObjectManagerServer(object_path=ROOT)
        root = Goa.ObjectSkeleton.new(ROOT + "/Manager")
        root.set_manager(Goa.ManagerSkeleton())
        self.manager.export(root)
        self.manager.set_connection(bus)
        control = Gio.DBusNodeInfo.new_for_xml(CONTROL).interfaces[0]
        bus.register_object("/mock", control, self.control, None, None)

    def control(self, _bus, _sender, _path, _interface, method, parameters, call):
        answer = getattr(self, "do_" + method)(*parameters.unpack())
        call.return_value(answer)

    def do_Add(self, account_id, kind, address, provider):
        path = f"{ROOT}/Accounts/{account_id}"
        skeleton = Goa.ObjectSkeleton.new(path)
        skeleton.set_account(Goa.AccountSkeleton(id=account_id, provider_type=kind, provider_name=provider, presentation_identity=address))
        skeleton.set_mail(Goa.MailSkeleton(email_address=address))
        if kind != "imap_smtp":
            oauth = Goa.OAuth2BasedSkeleton()
            oauth.connect("handle-get-access-token", self.token_asked, account_id)
            skeleton.set_oauth2_based(oauth)
        self.manager.export(skeleton)
        self.accounts[account_id] = skeleton

    def do_Remove(self, account_id):
        self.manager.unexport(self.accounts.pop(account_id).get_object_path())

    def do_SetMail(self, account_id, on):
        self.accounts[account_id].get_account().set_property("mail-disabled", not on)

    def do_SetAttention(self, account_id, needed):
        self.accounts[account_id].get_account().set_property("attention-needed", needed)

    def do_SetToken(self, account_id, token, seconds):
        self.tokens[account_id] = token, seconds

    def do_Mood(self, mood):
        self.mood = mood

    def do_Asked(self):
        return GLib.Variant("(u)", (self.asked,))

    def do_Quit(self):
        GLib.idle_add(self.loop.quit)

    def token_asked(self, oauth, call, account_id):
        self.asked += 1
        if self.mood == "never":
            self.pending.append(call)
        elif self.mood == "refused":
            call.return_dbus_error("org.gnome.OnlineAccounts.Error.NotAuthorized", "the refresh token was revoked")
        elif self.mood == "failed":
            call.return_dbus_error("org.gnome.OnlineAccounts.Error.Failed", "no network")
        else:
            oauth.complete_get_access_token(call, *self.tokens[account_id])
        return True


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    loop = GLib.MainLoop()
    mock = Mock(bus, loop)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, None, lambda *_: loop.quit())
    loop.run()
    del mock


main()

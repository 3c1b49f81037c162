#!/usr/bin/python3
"""The real service and command in a sandbox of the desktop, as far as they see one: what they tell and ask goes through the portal, which is played here."""
import contextlib
import os
import shlex

from harness import Profile, Waiter, check, equal, queue_id, run_cases, send
from peers import MESSAGE, RECIPIENT, SENDER, TOP
from notifications import Notifications
from portal import Portal


@contextlib.contextmanager
def sandbox_of(sandboxed=True, version=2):
    """(profile, portal): a bus that has a portal and starts a window of our own where one is called."""
    with Profile(bus=False) as profile:
        services = os.path.join(profile.root, "services")
        os.mkdir(services)
        with open(os.path.join(services, "com.example.MailRelay.service"), "w", encoding="utf-8") as f:
            f.write(f"[D-BUS Service]\nName=com.example.MailRelay\nExec=/usr/bin/python3 {shlex.quote(str(TOP / 'mock/notifications.py'))}\n")
        profile.start_bus(services=services)
        profile.configure({"delivery": {"idle-keep": "0"}})
        if sandboxed:
            profile.env["GTK_USE_PORTAL"] = "1"
        with Portal(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter(), version) as portal:
            yield profile, portal


def desktop_of(profile):
    return Notifications(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter())


def fail_one(profile, name="gone"):
    return queue_id(send(profile.smtp, SENDER, [f"{name}@recipient.example"], MESSAGE))


def refusing_sink(profile):
    sink = profile.add_sink(replies={"RCPT": "550 5.1.1 No such user"})
    profile.add_account("work", sink)


def notes_go_through_the_portal():
    """Shown, replaced, clicked while no window is open, and the desktop's own service is left alone."""
    with sandbox_of() as (profile, portal), desktop_of(profile) as desktop:
        profile.start_service()
        refusing_sink(profile)
        id = fail_one(profile)
        key, = portal.wait(lambda: list(portal.shown), "the note")
        note = portal.shown[key]
        check("gone@recipient.example" in note["body"], f"the address: {note}")
        equal((note["default-action"], [b["action"] for b in note["buttons"]]), ("open", ["open"]), "actions")
        portal.click(key, token="token-1")
        desktop.wait(lambda: desktop.opened, "the window")
        equal(desktop.opened, [f"show-message {id}"], "what it was asked for")
        equal(desktop.calls, [], "the desktop's own")
        fail_one(profile, "gone-2")
        portal.wait(lambda: portal.shown, "the next one")


def a_button_works_without_a_window():
    with sandbox_of() as (profile, portal):
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        profile.ctl("pause")
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        service.stop()
        service = profile.start_service()
        key, = portal.wait(lambda: [k for k, note in portal.shown.items() if note["title"] == "Sending is paused"], "the note")
        equal([(b["label"], b["action"]) for b in portal.shown[key]["buttons"]][0], ("Go On", "act"), "its button")
        portal.click(key, "act")
        service.wait_for_state(id, "delivered", "relayed")
        service.stop()
        equal(portal.shown, {}, "nothing stays without the service")


def where_the_notification_service_is_missing():
    """Outside of a sandbox the portal is asked only where nobody else is there, and what it shows moves over when somebody is."""
    with sandbox_of(sandboxed=False) as (profile, portal):
        profile.start_service()
        refusing_sink(profile)
        fail_one(profile)
        portal.wait(lambda: portal.shown, "the note")
        with desktop_of(profile) as desktop:
            desktop.wait(lambda: desktop.shown, "the note at the other place")
            portal.wait(lambda: not portal.shown, "and no longer at the first")


def autostart_asks_the_portal():
    with sandbox_of() as (profile, portal):
        equal(profile.ctl_json("autostart"), {"autostart": "off"}, "at first")
        portal.answer = (1, {})
        refused = profile.ctl("autostart", "on", check=False)
        equal(refused.returncode, 1, "the person says no")
        check("does not let Mail Relay run" in refused.stderr, f"and what helps: {refused.stderr}")
        equal(profile.ctl_json("autostart"), {"autostart": "off"}, "still")
        portal.answer = (0, {"background": True, "autostart": True})
        equal(profile.ctl_json("autostart", "on"), {"autostart": "portal"}, "the person says yes")
        request = portal.background[-1]
        equal((request["autostart"], os.path.basename(request["commandline"][0])), (True, "mail-relayd"), "what was asked")
        check(not os.path.exists(os.path.join(profile.env["XDG_CONFIG_HOME"], "autostart")), "no entry of our own")
        portal.answer = (0, {"background": True, "autostart": False})
        equal(profile.ctl_json("autostart", "off"), {"autostart": "off"}, "off again")
        equal(portal.background[-1]["autostart"], False, "what was asked")


def the_list_of_background_programs_is_told():
    with sandbox_of() as (profile, portal):
        profile.start_service()
        portal.wait(lambda: portal.statuses == ["Waits for mail of your programs"], "the first line")
        profile.ctl("pause")
        portal.wait(lambda: portal.statuses[-1] == "Sending is paused", "a pause")
        send(profile.smtp, SENDER, [RECIPIENT], MESSAGE)
        portal.wait(lambda: portal.statuses[-1] == "Sending is paused; 1 message waits", "what waits")


def an_older_portal_has_no_list():
    with sandbox_of(version=1) as (profile, portal):
        profile.start_service()
        refusing_sink(profile)
        fail_one(profile)
        portal.wait(lambda: portal.shown, "the note")
        equal(portal.statuses, [], "no line")


run_cases(notes_go_through_the_portal, a_button_works_without_a_window, where_the_notification_service_is_missing, autostart_asks_the_portal,
          the_list_of_background_programs_is_told, an_older_portal_has_no_list)

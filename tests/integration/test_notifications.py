#!/usr/bin/python3
"""What the desktop is told by the real service, in its sandbox: one notification for each account and cause, taken away when the cause is gone, and a
click that starts the window."""
import contextlib
import os
import shlex

from harness import Profile, Waiter, check, equal, queue_id, run_cases, send
from peers import MESSAGE, RECIPIENT, SENDER, TOP
from notifications import Notifications


@contextlib.contextmanager
def desktop_of(language=None):
    """(profile, desktop): a bus that has a notification service and starts a window of our own where one is called."""
    with Profile(bus=False) as profile:
        services = os.path.join(profile.root, "services")
        os.mkdir(services)
        with open(os.path.join(services, "com.example.MailRelay.service"), "w", encoding="utf-8") as f:
            f.write(f"[D-BUS Service]\nName=com.example.MailRelay\nExec=/usr/bin/python3 {shlex.quote(str(TOP / 'mock/notifications.py'))}\n")
        profile.start_bus(services=services)
        profile.configure({"delivery": {"idle-keep": "0"}})
        with Notifications(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as desktop:
            yield profile, desktop


def hand_in(profile, recipient=RECIPIENT):
    return queue_id(send(profile.smtp, SENDER, [recipient], MESSAGE))


def account_that_needs_a_person():
    """A password that is refused: one notification however many messages wait; gone when the account works again; a second trouble is told anew."""
    with desktop_of() as (profile, desktop):
        sink = profile.add_sink(users={"user": "right"})
        service = profile.start_service()
        profile.add_account("work", sink, "--name", "Work", password="wrong")
        ids = [hand_in(profile)]
        number, = desktop.wait(lambda: list(desktop.shown), "the notification")
        title, body, actions = desktop.shown[number]
        equal(title, "Work: Password not accepted", "title")
        check("Enter it again" in body, f"the sentence says what to do: {body}")
        equal(actions, ["default", "Open", "open", "Open"], "actions")
        ids += [hand_in(profile, f"r{n}@recipient.example") for n in range(3)]
        profile.ctl("retry", *ids)
        service.wait(lambda: profile.ctl_json("account", "list")["accounts"][0]["waiting"] == 4, "four that wait")
        profile.ctl("account", "set-password", "work", "--password-stdin", input="right")
        for id in ids:
            service.wait_for_state(id, "delivered", "relayed")
        desktop.wait(lambda: not desktop.shown, "its end")
        equal((desktop.calls, desktop.closed), ([(0, title)], [number]), "what was shown, what was closed")

        sink.users["user"] = "changed"
        profile.ctl("account", "set-password", "work", "--password-stdin", input="right again")
        hand_in(profile)
        desktop.wait(lambda: desktop.shown, "the second one")
        equal(desktop.calls, [(0, title)] * 2, "what was shown")


def failures_of_one_cause():
    """Two of one cause are one notification, replaced; another cause is another one. Nothing is told but the addresses."""
    words = {"full": "552 5.2.2 Mailbox full", "gone": "550 5.1.1 No such user"}
    with desktop_of() as (profile, desktop):
        sink = profile.add_sink(replies={"RCPT": lambda session, address: words.get(address.split("@")[0].split("-")[0])})
        service = profile.start_service()
        profile.add_account("work", sink)
        first = hand_in(profile, "gone-1@recipient.example")
        number, = desktop.wait(lambda: list(desktop.shown), "the first")
        check("gone-1@recipient.example" in desktop.shown[number][1], "the address is told")
        hand_in(profile, "gone-2@recipient.example")
        desktop.wait(lambda: desktop.shown[number][1].startswith("2 messages"), "the second in its place")
        equal(list(desktop.shown), [number], "notifications")
        equal([replaced for replaced, _ in desktop.calls], [0, number], "what was replaced")
        service.stop()
        desktop.wait(lambda: not desktop.shown, "nothing without the service")

        # What was told before the restart is not told again.
        service = profile.start_service()
        other = hand_in(profile, "full-1@recipient.example")
        number, = desktop.wait(lambda: list(desktop.shown), "the other cause")
        check("full-1@" in desktop.shown[number][1], f"{desktop.shown}")
        equal(len(desktop.calls), 3, "calls")
        subject = "Gr\u00fc\u00dfe"
        check(subject not in str(desktop.shown) and "Mailbox full" not in str(desktop.shown), "nothing of the message, no server's words")

        # Put away by the person: only what comes later is told.
        desktop.dismiss(number)
        hand_in(profile, "full-2@recipient.example")
        number, = desktop.wait(lambda: list(desktop.shown), "the next")
        check("full-2@" in desktop.shown[number][1], f"{desktop.shown}")
        for id in [first, other]:
            equal(service.message(id)[0]["recipients"][0]["state"], "failed", "state")


def a_click_starts_the_window():
    """The window is closed: the bus starts it, at the message where there is one."""
    with desktop_of() as (profile, desktop):
        sink = profile.add_sink(replies={"RCPT": "550 5.1.1 No such user"}, users={"user": "right"})
        profile.start_service()
        profile.add_account("work", sink)
        id = hand_in(profile)
        number, = desktop.wait(lambda: list(desktop.shown), "the notification")
        desktop.click(number)
        desktop.wait(lambda: desktop.opened, "the window")
        equal(desktop.opened, [f"show-message {id}"], "what was opened")
        desktop.wait(lambda: not desktop.shown, "its end")
        hand_in(profile, "other@recipient.example")
        number, = desktop.wait(lambda: list(desktop.shown), "the next one, alone")
        profile.ctl("account", "remove", "work")
        profile.add_account("second", sink, password="wrong")
        hand_in(profile)
        account, = desktop.wait(lambda: [n for n in desktop.shown if n != number], "the account")
        desktop.click(account, "default")
        desktop.wait(lambda: len(desktop.opened) == 2, "the window")
        equal(desktop.opened[1], "", "what was opened")


def none_where_nobody_wants_them():
    """[general] notifications=false takes away what stands; switched on again, what failed meanwhile is not told. No notification service: mail goes on."""
    with desktop_of() as (profile, desktop):
        sink = profile.add_sink(replies={"RCPT": lambda session, address: "550 5.1.1 No such user" if address.startswith("gone") else None})
        service = profile.start_service()
        profile.add_account("work", sink)
        hand_in(profile, "gone-1@recipient.example")
        desktop.wait(lambda: desktop.shown, "the first")
        profile.ctl("config", "set", "general.notifications", "false")
        desktop.wait(lambda: not desktop.shown, "none")
        service.wait_for_state(hand_in(profile, "gone-2@recipient.example"), "failed")
        profile.ctl("config", "set", "general.notifications", "true")
        service.wait(lambda: "the desktop is told what needs a person" in service.log(), "the change to be in force")
        hand_in(profile, "gone-3@recipient.example")
        number, = desktop.wait(lambda: list(desktop.shown), "the third")
        check("gone-3@" in desktop.shown[number][1] and "messages" not in desktop.shown[number][1], f"{desktop.shown}")
    with Profile() as profile:
        sink = profile.add_sink(replies={"RCPT": lambda session, address: "550 5.1.1 No such user" if address.startswith("gone") else None})
        service = profile.start_service()
        profile.add_account("work", sink)
        service.wait_for_state(hand_in(profile, "gone@recipient.example"), "failed")
        service.wait_for_state(hand_in(profile), "delivered", "relayed")
        with Notifications(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as desktop:
            desktop.wait(lambda: desktop.shown, "what stands, when the service appears")


run_cases(account_that_needs_a_person, failures_of_one_cause, a_click_starts_the_window, none_where_nobody_wants_them)

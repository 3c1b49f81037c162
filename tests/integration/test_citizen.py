#!/usr/bin/python3
"""The service as a citizen of the desktop: what it reminds of, buttons that work while no window is open, and sleep that waits for what is on its way."""
import contextlib
import os
import sqlite3
import threading

from harness import Profile, Waiter, check, equal, queue_id, run_cases, send
from peers import MESSAGE, RECIPIENT, SENDER
from logind import Logind
from network_manager import NetworkManager
from notifications import Notifications

HOUR = 3600 * 10**6


@contextlib.contextmanager
def desktop_of():
    """(profile, desktop, sink): the sink says "later" until sink_opens(). """
    with Profile(bus=False) as profile:
        profile.start_bus()
        profile.configure({"delivery": {"idle-keep": "0"}, "retry": {"first": "3600"}})
        with Notifications(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as desktop:
            closed = [True]
            sink = profile.add_sink(replies={"RCPT": lambda session, argument: "451 4.7.1 Greylisted, come back later" if closed[0] else None})
            sink.open_up = lambda: closed.__setitem__(0, False)
            yield profile, desktop, sink


def hand_in(profile, service):
    id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
    service.wait(lambda: service.message(id)[0]["recipients"][0].get("attempts", 0) >= 1, "an attempt")
    return id


def note(desktop, title):
    """Number and (title, body, actions) of the note with this title."""
    return desktop.wait(lambda: next(((n, shown) for n, shown in desktop.shown.items() if shown[0] == title), None), title)


def age(profile, usec):
    """The service does not run: its mail has waited for so much longer, in online time."""
    with contextlib.closing(sqlite3.connect(os.path.join(profile.state_dir, "queue.sqlite"))) as store, store:
        equal(store.execute("UPDATE value SET value = value + ? WHERE name = 'online-usec'", (usec,)).rowcount, 1, "the online clock")


def late_mail_is_told_once_for_each_cause():
    with desktop_of() as (profile, desktop, sink):
        service = profile.start_service()
        profile.add_account("work", sink)
        ids = [hand_in(profile, service) for _ in range(2)]
        service.stop()
        age(profile, 2 * HOUR)
        service = profile.start_service()
        number, (title, body, actions) = note(desktop, "2 messages have waited for more than an hour")
        equal(actions[2:4], ["act", "Try Now"], "its button")
        check(RECIPIENT not in body and body, f"the reason: {body}")
        sink.open_up()
        desktop.click(number, "act")
        for id in ids:
            service.wait_for_state(id, "delivered", "relayed")
        desktop.wait(lambda: not desktop.shown, "its end")
        equal(desktop.opened, [], "no window was opened for it")


def a_day_is_told_again():
    with desktop_of() as (profile, desktop, sink):
        service = profile.start_service()
        profile.add_account("work", sink)
        hand_in(profile, service)
        service.stop()
        age(profile, 25 * HOUR)
        profile.start_service()
        note(desktop, "1 message has waited for more than a day")


def what_was_there_at_log_in_is_told():
    with desktop_of() as (profile, desktop, sink):
        service = profile.start_service()
        profile.add_account("work", sink)
        id = hand_in(profile, service)
        service.stop()
        service = profile.start_service()
        number, _shown = note(desktop, "1 message has not left yet")
        sink.open_up()
        desktop.click(number, "act")
        service.wait_for_state(id, "delivered", "relayed")
        desktop.wait(lambda: not desktop.shown, "its end")


def a_pause_is_remembered():
    with desktop_of() as (profile, desktop, sink):
        sink.open_up()
        service = profile.start_service()
        profile.add_account("work", sink)
        profile.ctl("pause")
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        service.stop()
        service = profile.start_service()
        number, (_title, body, actions) = note(desktop, "Sending is paused")
        equal((body, actions[2:4]), ("1 message waits until you go on.", ["act", "Go On"]), "what it says")
        desktop.click(number, "act")
        service.wait_for_state(id, "delivered", "relayed")


@contextlib.contextmanager
def message_on_its_way():
    """(profile, logind, service, sink, id, go_on): the server has not answered for the message, and does when go_on is set."""
    with Profile(bus=False) as profile:
        profile.start_bus()
        profile.env["DBUS_SYSTEM_BUS_ADDRESS"] = profile.env["DBUS_SESSION_BUS_ADDRESS"]
        begun, go_on = threading.Event(), threading.Event()

        def hold(session, argument):
            begun.set()
            go_on.wait(60)

        with Logind(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as logind:
            sink = profile.add_sink(replies={"RCPT": hold})
            service = profile.start_service()
            logind.wait(lambda: logind.locks == [("sleep:shutdown", "delay")], "a lock")
            profile.add_account("work", sink)
            id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
            check(begun.wait(60), "it is on its way")
            yield profile, logind, service, sink, id, go_on


def sleep_waits_for_what_is_on_its_way():
    with message_on_its_way() as (profile, logind, service, sink, first, go_on):
        logind.sleep(True)
        service.wait(lambda: "about to sleep" in service.log(), "the word of it")
        second = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        equal(len(logind.locks), 1, "the machine waits")
        go_on.set()
        service.wait_for_state(first, "delivered", "relayed")
        logind.wait(lambda: not logind.locks, "that it may sleep")
        equal(len(sink.messages), 1, "nothing new was begun")
        logind.sleep(False)
        service.wait_for_state(second, "delivered", "relayed")
        logind.wait(lambda: logind.taken == 2 and logind.locks, "the next lock")


def sending_goes_on_when_nobody_is_logged_in():
    with Profile(bus=False) as profile:
        profile.start_bus()
        profile.env["DBUS_SYSTEM_BUS_ADDRESS"] = profile.env["DBUS_SESSION_BUS_ADDRESS"]
        missing = profile.ctl("autostart", "linger", check=False)
        equal(missing.returncode, 1, "no logind")
        check("systemd-logind" in missing.stderr, f"and why: {missing.stderr}")
        with Logind(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as logind:
            equal(profile.ctl_json("autostart", "linger"), {"linger": False}, "off")
            equal(profile.ctl_json("autostart", "linger", "on"), {"linger": True}, "on")
            check("nobody is logged in" in profile.ctl("autostart", "linger").stdout, "in words")
            logind.refuse = True
            refused = profile.ctl("autostart", "linger", "off", check=False)
            equal(refused.returncode, 1, "the system says no")
            check("loginctl enable-linger" in refused.stderr, f"and what helps: {refused.stderr}")
            equal(profile.ctl("autostart", "linger", "perhaps", check=False).returncode, 2, "neither on nor off")


def an_end_of_the_machine_waits_up_to_a_limit():
    """A server that does not answer holds the end up for no longer than the limit, and the message is there afterwards."""
    with message_on_its_way() as (_profile, logind, service, sink, id, go_on):
        logind.sleep(True, "PrepareForShutdown")
        logind.wait(lambda: not logind.locks, "the limit")
        check("takes too long" in service.log(), "why the lock was let go")
        equal(len(sink.messages), 0, "the server has still not answered")
        logind.sleep(False, "PrepareForShutdown")
        go_on.set()
        service.wait_for_state(id, "delivered", "relayed")


def three_that_were_there_at_log_in_are_one_note():
    with desktop_of() as (profile, desktop, sink):
        service = profile.start_service()
        profile.add_account("work", sink)
        for _ in range(3):
            hand_in(profile, service)
        service.stop()
        profile.start_service()
        note(desktop, "3 messages have not left yet")
        equal([title for replaced, title in desktop.calls if not replaced], ["3 messages have not left yet"], "notes")


def what_leaves_by_itself_leaves_no_note():
    with desktop_of() as (profile, desktop, sink):
        profile.configure({"retry": {"first": "1"}})
        service = profile.start_service()
        profile.add_account("work", sink)
        ids = [hand_in(profile, service) for _ in range(2)]
        service.stop()
        sink.open_up()
        service = profile.start_service()
        for id in ids:
            service.wait_for_state(id, "delivered", "relayed")
        # The next note tells that a round has been made since.
        sink.replies["RCPT"] = "550 5.1.1 No such user"
        send(profile.smtp, SENDER, ["gone@recipient.example"], MESSAGE)
        desktop.wait(lambda: [body for _title, body, _actions in desktop.shown.values() if "gone@" in body], "another note")
        desktop.wait(lambda: len(desktop.shown) == 1, "that it is the only one")


@contextlib.contextmanager
def network_of(delivery, **kind):
    """(profile, network, sink, account's service): the network is as NetworkManager says."""
    with Profile(bus=False) as profile:
        profile.start_bus()
        profile.env["DBUS_SYSTEM_BUS_ADDRESS"] = profile.env["DBUS_SESSION_BUS_ADDRESS"]
        profile.configure({"delivery": {"idle-keep": "0", **delivery}})
        with NetworkManager(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter(), **kind) as network:
            yield profile, network


def a_network_that_wants_a_sign_in_costs_nothing():
    with network_of({}, captive=True) as (profile, network):
        stranger = [True]
        sink = profile.add_sink(replies={"greeting": lambda session, argument: "554 5.3.2 Please sign in at our page" if stranger[0] else None})
        service = profile.start_service()
        profile.add_account("work", sink)
        id = queue_id(send(profile.smtp, SENDER, [RECIPIENT], MESSAGE))
        recipient = service.wait(lambda: next((r for r in service.message(id)[0]["recipients"] if r.get("wait-reason") == "offline"), None), "its wait")
        equal((recipient["state"], recipient.get("attempts", 0)), ("waiting", 0), "no attempt is counted")
        status = profile.ctl_json("status")
        equal((status["captive"], status["online"]), (True, False), "what is told")
        check("sign in" in profile.ctl("status").stdout, "and in words")
        equal([a["state"] for a in profile.ctl_json("account", "list")["accounts"]], ["ready"], "the account is not to blame")
        stranger[0] = False
        network.set()
        service.wait_for_state(id, "delivered", "relayed")
        equal(profile.ctl_json("status")["captive"], False, "it is over")


def large_mail_waits_while_the_network_counts():
    with network_of({"metered-max-size": "20000"}, metered=True) as (profile, network):
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        large = MESSAGE + b"A line of a text that comes again.\r\n" * 1000
        ids = [queue_id(send(profile.smtp, SENDER, [RECIPIENT], text)) for text in (large, large, MESSAGE)]
        service.wait_for_state(ids[2], "delivered", "relayed")
        for id in ids[:2]:
            service.wait(lambda: service.message(id)[0]["recipients"][0].get("wait-reason") == "metered", "its wait")
        equal(profile.ctl_json("status")["metered"], True, "what is told")
        equal(len(profile.ctl_json("list", "--waits-for", "metered")["messages"]), 2, "found by it")
        check("does not count" in profile.ctl("show", ids[0]).stdout, "and said in words")
        profile.ctl("retry", ids[1])
        service.wait_for_state(ids[1], "delivered", "relayed")
        network.set()
        service.wait_for_state(ids[0], "delivered", "relayed")


run_cases(an_end_of_the_machine_waits_up_to_a_limit, three_that_were_there_at_log_in_are_one_note, what_leaves_by_itself_leaves_no_note,
          a_network_that_wants_a_sign_in_costs_nothing, large_mail_waits_while_the_network_counts, sending_goes_on_when_nobody_is_logged_in, late_mail_is_told_once_for_each_cause, a_day_is_told_again, what_was_there_at_log_in_is_told, a_pause_is_remembered,
          sleep_waits_for_what_is_on_its_way)

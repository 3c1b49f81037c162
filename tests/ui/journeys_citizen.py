#!/usr/bin/python3
"""The window as a citizen of the desktop: networks that want a sign-in or count what is sent, with the real programs and a NetworkManager that is played
here, and one account that pauses for a while.

Runs inside headless.sh, as journeys.py does. TAP.
"""
import contextlib
import os
import subprocess
import sys

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "integration"), os.path.join(here, "..", "mock")]

from desktop import picture  # noqa: E402
from harness import Waiter, check, equal, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402
from journeys_accounts import played_browser  # noqa: E402
from network_manager import NetworkManager  # noqa: E402


@contextlib.contextmanager
def desk_on_network(**kind):
    """(desk, network) whose service has not started yet."""
    with NetworkManager(os.environ["DBUS_SESSION_BUS_ADDRESS"], Waiter(), **kind) as network, Desk(start=False) as desk:
        desk.env["DBUS_SYSTEM_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]
        yield desk, network


def network_wants_a_sign_in():
    """The bar leads to the network's page; mail goes by itself afterwards."""
    with desk_on_network(captive=True) as (desk, network):
        stranger = [True]
        sink = desk.add_sink(replies={"greeting": lambda session, argument: "554 5.3.2 Please sign in at our page" if stranger[0] else None})
        browser = played_browser(desk)
        service = desk.start_service()
        desk.add_account("work", sink)
        id = desk.send("From the hotel")
        service.wait(lambda: service.message(id)[0]["recipients"][0].get("wait-reason") == "offline", "its wait")
        window = desk.open()
        window.label("This network wants you to sign in first.")
        equal(window.unnamed(), [], "controls without a name")
        picture("journey-network-page")
        window.click_shown("push button", "Open Sign-in Page of the Network")
        equal(browser(window), network.PAGE, "where the browser went")
        stranger[0] = False
        network.set()
        service.wait_for_state(id, "delivered", "relayed")
        window.gone("push button", "Open Sign-in Page of the Network")


def large_mail_waits():
    """Where the network counts what is sent, a large message says what it waits for, and Try Now sends it."""
    with desk_on_network(metered=True) as (desk, _network):
        desk.configure({"delivery": {"metered-max-size": "100"}})
        sink = desk.add_sink()
        service = desk.start_service()
        desk.add_account("work", sink)
        id = desk.send("Many pictures")
        service.wait(lambda: service.message(id)[0]["recipients"][0].get("wait-reason") == "metered", "its wait")
        window = desk.open()
        window.row("Many pictures")
        window.select("Many pictures")
        window.label("waits for a network that does not count")
        picture("journey-metered")
        window.click_shown("push button", "Try Now")
        service.wait_for_state(id, "delivered", "relayed")


def one_account_pauses_for_an_hour():
    """At the account's menu; until when is said, the other account goes on, and so does this one at a click."""
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink, "--name", "Work", address="ann@sender.example")
        desk.add_account("home", sink, "--name", "Home", address="ann@home.example")
        window = desk.open()
        window.page("Accounts")

        def account(id):
            return next(a for a in desk.ctl_json("account", "list")["accounts"] if a["id"] == id)

        def choose(item):
            row = window.get("list item", lambda n: n.startswith("Work,"))
            window.click("push button", lambda n: n.startswith("Actions for Work"), row)
            window.click("menu item", item)

        choose("Pause for an Hour")
        window.wait(lambda: account("work")["state"] == "paused", "the pause")
        check(account("work")["paused-until"] > 0, "its end")
        window.label("Paused by you until")
        window.label("until then, or until you go on")
        picture("journey-account-paused")
        window.close()
        german = desk.open(LANGUAGE="de", ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        german.page("Konten")
        german.label("Von Ihnen angehalten bis")
        subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Mail Relay$", "windowsize", "360", "680"], check=True)
        german.get("push button", "Weiter")
        picture("journey-account-paused-german", "Mail Relay")
        german.close()
        window = desk.open()
        window.page("Accounts")
        waits = desk.send("From work")
        goes = desk.send("From home", sender="ann@home.example")
        desk.service.wait_for_state(goes, "delivered", "relayed")
        desk.service.wait(lambda: desk.service.message(waits)[0]["recipients"][0].get("wait-reason") == "account-paused", "its wait")
        window.click("push button", "Go On")
        desk.service.wait_for_state(waits, "delivered", "relayed")
        choose("Pause Until Tomorrow Morning")
        window.wait(lambda: account("work")["state"] == "paused", "the pause until tomorrow")
        window.label("08:00")
        choose("Go On")
        window.wait(lambda: account("work")["state"] == "ready", "its end")
        choose("Pause Until I Go On")
        window.label("Paused by you since")


if __name__ == "__main__":
    run_cases(network_wants_a_sign_in, large_mail_waits, one_account_pauses_for_an_hour)

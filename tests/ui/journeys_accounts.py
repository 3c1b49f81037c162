#!/usr/bin/python3
"""How a person comes by a working account, with the real programs: from the first start to the first delivered message, through a provider that is
played here; and accounts of another program.

Runs inside headless.sh, as journeys.py does. TAP; the time that a journey took is told and not judged.
"""
import os
import sys
import time

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "integration"), os.path.join(here, "..", "mock")]

from certificates import Authority  # noqa: E402
from desktop import picture  # noqa: E402
from harness import check, equal, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402

ADDRESS, PASSWORD = "ann@sender.example", "s3cret word"

# What the person's own file of providers says; the program's own are written the same way.
PROVIDER = """[provider played]
name=Played Mail
kind=mailbox
domains=sender.example
servers=implicit:127.0.0.1:%d
log-in=app-password
secret-label=App password
help=It stands on the wall.
facts=servers:provider
"""

MSMTPRC = """account old
host 127.0.0.1
port %d
tls on
tls_starttls off
auth on
from ann@sender.example
user ann@sender.example
password "s3cret word"
"""


def played_provider(desk):
    """A server with a certificate that the service trusts."""
    authority = Authority(os.path.join(desk.root, "authority"))
    sink = desk.add_sink(users={ADDRESS: PASSWORD}, tls=authority.context("IP:127.0.0.1"), implicit=True)
    desk.configure({"tls": {"ca-file": authority.ca_file}})
    return sink


def write(path, text):
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o600)
    return path


def from_first_start_to_first_message():
    """Address, app password, done: three screens, the third tests, adds and sends."""
    with Desk(start=False) as desk:
        sink = played_provider(desk)
        write(os.path.join(desk.env["XDG_CONFIG_HOME"], "mail-relay", "providers.d", "played.conf"), PROVIDER % sink.port)
        began = time.monotonic()
        window = desk.open()
        window.click("push button", "Add a Sending Account")
        assistant = window.dialog("New Sending Account")
        screens = ["address"]
        window.type("text", "Email address", ADDRESS, assistant)
        window.click("push button", "Find Settings", assistant)

        window.get("text", "App password", assistant)
        window.wait(lambda: window.find("push button", "Next", assistant), "what was found")
        screens.append("found")
        window.label("Mail Relay knows this provider.")
        window.label(f"127.0.0.1 · port {sink.port}")
        equal(window.unnamed(), [], "controls without a name")
        picture("journey-assistant-found")
        window.type("text", "App password", PASSWORD, assistant)
        window.click("push button", "Next", assistant)

        screens.append("done")
        window.label("The account works")
        window.label(f"{ADDRESS} Can Send")
        window.click("push button", "Send a test message to yourself", assistant)
        sink.wait_for_messages(1)
        seconds = time.monotonic() - began
        print(f"# first start to first delivered message: {seconds:.1f} s, {len(screens)} screens", flush=True)
        check(len(screens) <= 3, f"screens: {screens}")
        window.label("Handed to")
        picture("journey-assistant-done")
        equal((sink.messages[0].recipients, sink.messages[0].auth), ([ADDRESS], ADDRESS), "the message")
        with open(desk.config_file, encoding="utf-8") as f:
            settings = f.read()
        check("provider=played" in settings and PASSWORD not in settings, settings)
        window.click("push button", "Show the message in its list", assistant)
        window.row("Test message of Mail Relay")


def wrong_then_right():
    """A wrong password is said with the server's words; going back and typing the right one adds the account once."""
    with Desk(start=False) as desk:
        sink = played_provider(desk)
        write(os.path.join(desk.env["XDG_CONFIG_HOME"], "mail-relay", "providers.d", "played.conf"), PROVIDER % sink.port)
        window = desk.open()
        window.click("push button", "Add a Sending Account")
        assistant = window.dialog("New Sending Account")
        window.type("text", "Email address", ADDRESS, assistant)
        window.click("push button", "Find Settings", assistant)
        window.wait(lambda: window.find("push button", "Next", assistant), "what was found")
        window.type("text", "App password", "wrong", assistant)
        window.click("push button", "Next", assistant)
        window.label("That Did Not Work Yet")
        picture("journey-assistant-refused")
        equal(desk.ctl_json("account", "list")["accounts"], [], "accounts after the wrong password")
        window.click("push button", "Back", assistant)
        window.type("text", "App password", PASSWORD, assistant)
        window.click("push button", "Next", assistant)
        window.label(f"{ADDRESS} Can Send")
        equal([a["state"] for a in desk.ctl_json("account", "list")["accounts"]], ["ready"], "accounts")
        window.click("push button", "Done", assistant)
        window.dialog("Connect Programs")


def from_another_program():
    """msmtp's account is taken with its password; the old file changes only after the second question."""
    with Desk(start=False) as desk:
        sink = played_provider(desk)
        path = write(os.path.join(desk.env["HOME"], ".msmtprc"), MSMTPRC % sink.port)
        window = desk.open()
        window.click("push button", "Add a Sending Account")
        window.click("push button", "Import accounts of other programs", window.dialog("New Sending Account"))
        importing = window.dialog("Import Accounts")
        window.get("check box", f"Import {ADDRESS}", importing)
        equal(window.unnamed(), [], "controls without a name")
        picture("journey-import")
        window.click("push button", "Import", importing)
        window.label("Added, with its password")
        window.label("Take the Passwords Out of the Old Files?")
        with open(path, encoding="utf-8") as f:
            check(PASSWORD in f.read(), "the old file before the second question was answered")
        picture("journey-import-question")
        window.click("push button", "Take Out")
        window.label("which no longer stands in the old file")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        check(PASSWORD not in text and "host 127.0.0.1" in text, text)
        window.click("push button", "Done", importing)
        desk.send("After the import")
        sink.wait_for_messages(1)
        equal(sink.messages[0].auth, ADDRESS, "log-in")


if __name__ == "__main__":
    run_cases(from_first_start_to_first_message, wrong_then_right, from_another_program)

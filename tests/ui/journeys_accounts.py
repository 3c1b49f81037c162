#!/usr/bin/python3
"""How a person comes by a working account, with the real programs: from the first start to the first delivered message, through a provider that is
played here; and accounts of another program.

Runs inside headless.sh, as journeys.py does. TAP; the time that a journey took is told and not judged.
"""
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "integration"), os.path.join(here, "..", "mock")]

from certificates import Authority  # noqa: E402
import harness  # noqa: E402
from desktop import keys, picture  # noqa: E402
from harness import check, equal, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402
from oauth_server import OauthServer  # noqa: E402

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


SIGN_IN_PROVIDER = """[provider played]
name=Played Mail
kind=mailbox
domains=sender.example
servers=implicit:127.0.0.1:%d
log-in=oauth2
notice=Played Mail takes no passwords.
oauth-authorize=%s/authorize
oauth-token=%s/token
oauth-revoke=%s/revoke
oauth-scope=mail
oauth-pkce=true
facts=servers:provider;oauth:provider
"""


def played_browser(desk):
    """The person's browser: it writes down where it was sent. Gives a function that waits for the next address."""
    told = os.path.join(desk.root, "browser")
    script = write(os.path.join(desk.root, "browser.sh"), f'#!/bin/sh\necho "$1" >> {told}\n')
    os.chmod(script, 0o700)
    write(os.path.join(desk.env["XDG_DATA_HOME"], "applications", "browser.desktop"),
          f"[Desktop Entry]\nType=Application\nName=Browser\nExec={script} %u\nMimeType=x-scheme-handler/https;x-scheme-handler/http;\n")
    write(os.path.join(desk.env["XDG_CONFIG_HOME"], "mimeapps.list"), "[Default Applications]\nx-scheme-handler/https=browser.desktop\nx-scheme-handler/http=browser.desktop\n")
    seen = []

    def lines():
        if not os.path.exists(told):
            return []
        with open(told, encoding="utf-8") as f:
            return f.read().splitlines()

    def next_address(window):
        window.wait(lambda: len(lines()) > len(seen), "the browser to be opened")
        seen.append(lines()[len(seen)])
        return seen[-1]
    return next_address


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
        window.click_shown("push button", "Add a Sending Account")
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
        window.click_shown("push button", "Add a Sending Account")
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


def signs_in_with_the_browser():
    """A provider that takes no passwords: registered, signed in, sent; consent withdrawn, mail waits, signed in again, mail goes."""
    with Desk(start=False) as desk:
        authority = Authority(os.path.join(desk.root, "authority"))
        with OauthServer(authority, user=ADDRESS) as server:
            sink = desk.add_sink(tokens=server.takes, mechanisms="XOAUTH2", tls=authority.context("IP:127.0.0.1"), implicit=True)
            desk.configure({"tls": {"ca-file": authority.ca_file}, "delivery": {"idle-keep": "0"}})
            write(os.path.join(desk.env["XDG_CONFIG_HOME"], "mail-relay", "providers.d", "played.conf"),
                  SIGN_IN_PROVIDER % (sink.port, server.url, server.url, server.url))
            browser = played_browser(desk)
            window = desk.open()
            window.click_shown("push button", "Add a Sending Account")
            assistant = window.dialog("New Sending Account")
            window.type("text", "Email address", ADDRESS, assistant)
            window.click("push button", "Find Settings", assistant)
            window.label("Played Mail Needs a Registered Application")
            picture("journey-needs-application")
            window.click("push button", "Register an Application…", assistant)
            registering = window.dialog("Register an Application")
            window.type("text", "Client ID", "client-1", registering)
            window.click("push button", "Save", registering)

            window.click("push button", "Sign In…", assistant)
            window.label("Sign In in Your Browser")
            picture("journey-sign-in")
            server.browse(browser(window))
            window.label(f"{ADDRESS} Can Send")
            window.click("push button", "Send a test message to yourself", assistant)
            sink.wait_for_messages(1)
            window.label("Handed to")
            window.click("push button", "Done", assistant)
            window.click("push button", "Done", window.dialog("Connect Programs"))

            server.withdraw()
            desk.send("After consent was withdrawn", sender=ADDRESS)
            window.page("Accounts")
            window.click("push button", "Sign In…", window.get("list item", lambda n: n.startswith("Played Mail, ")))
            equal(len(sink.messages), 1, "messages while nobody has signed in")
            window.label("Sign In in Your Browser")
            server.browse(browser(window))
            sink.wait_for_messages(2)
            window.label("Signed in. Waiting mail goes out now.")


def from_another_program():
    """msmtp's account is taken with its password; the old file changes only after the second question."""
    with Desk(start=False) as desk:
        sink = played_provider(desk)
        path = write(os.path.join(desk.env["HOME"], ".msmtprc"), MSMTPRC % sink.port)
        window = desk.open()
        window.click_shown("push button", "Add a Sending Account")
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


def type_one(letter):
    """Gives nothing, so that a wait looks at what came of it."""
    subprocess.run(["xdotool", "type", "--clearmodifiers", letter], check=True)


def known_by_keyboard():
    """The same without a mouse, in German, as wide as a phone."""
    harness.need("xdotool", "openbox")
    with Desk(start=False) as desk:
        sink = played_provider(desk)
        write(os.path.join(desk.env["XDG_CONFIG_HOME"], "mail-relay", "providers.d", "played.conf"), PROVIDER % sink.port)
        window = desk.open(LANGUAGE="de")
        window.label("Alle Post von einem Ort aus senden")
        window.wait(lambda: window.focused() or keys("Tab"), "the window to have the keyboard")
        keys("ctrl+n")
        assistant = window.dialog("Neues Sendekonto")
        subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Neues Sendekonto$", "windowsize", "360", "640"], check=True)
        address = window.get("text", "E-Mail-Adresse", assistant)
        window.wait(lambda: type_one("a") or window.text(address).startswith("a"), "the address to have the keyboard")
        keys("ctrl+a")
        subprocess.run(["xdotool", "type", "--clearmodifiers", ADDRESS], check=True)
        window.wait(lambda: window.text(address) == ADDRESS, "the address")
        picture("journey-german-address", "Neues Sendekonto")
        keys("Return")
        window.label("Mail Relay kennt diesen Anbieter.")
        secret = window.get("text", "App-Passwort", assistant)
        subprocess.run(["xdotool", "type", "--clearmodifiers", PASSWORD], check=True)
        window.wait(lambda: window.text(secret) == PASSWORD, "the password")
        picture("journey-german-found", "Neues Sendekonto")
        keys("Return")
        window.label(f"{ADDRESS} kann senden")
        window.wait(lambda: window.focused() and window.focused().get_name() == "Eine Probenachricht an sich selbst senden", "the button to have the focus")
        keys("space")
        sink.wait_for_messages(1)
        window.label("An 127.0.0.1 übergeben")
        picture("journey-german-done", "Neues Sendekonto")


if __name__ == "__main__":
    run_cases(from_first_start_to_first_message, wrong_then_right, signs_in_with_the_browser, from_another_program, known_by_keyboard)

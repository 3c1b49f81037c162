#!/usr/bin/python3
"""An accessibility audit that walks the whole program: each page, each window of the main menu, and what lies behind a message.

Nothing is listed here by name but what cannot be walked: a new page, a new menu entry or a new action on a message is looked at without a line in this file.
Pages and windows are walked in a wide and in a narrow layout. In each place

  - every control has a name,
  - the Tab key goes through named stops and comes back to where it began: no control keeps the focus,
  - Escape closes a window that came up, and the main window has the keyboard again.

And what an action did is told in a status label, for a screen reader that sees no toast.

Runs inside headless.sh with a window manager. Arguments: names of the cases; none: all. TAP.
"""
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                *(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", f) for f in ("integration", "mock"))]

import harness  # noqa: E402
from desktop import Atspi, GLib, has, keys, picture  # noqa: E402
from harness import check, equal, run_cases  # noqa: E402
from certificates import Authority  # noqa: E402
from journeys import Desk, by_hand  # noqa: E402
from journeys_accounts import ADDRESS, SIGN_IN_PROVIDER, played_browser, write  # noqa: E402
from oauth_server import OauthServer  # noqa: E402

MOST_STOPS = 150  # more than any place has: a walk that has not come round by then never will
CONTAINERS = {"scroll pane", "list", "table", "panel", "filler", "viewport", "grouping", "generic"}


class Walk:
    """The stops of the Tab key in the window that has the keyboard."""

    def __init__(self, window, place, top):
        self.window, self.place, self.top = window, place, top
        self.stops = []

    def key(self, node):
        """What tells one stop from another: the way to it from the top."""
        way = []
        while node is not None and node.get_role_name() != "application":
            way.append((node.get_role_name(), node.get_index_in_parent()))
            node = node.get_parent()
        return tuple(way)

    def focused(self):
        """Only below the window that is walked: the one behind it keeps a mark of its own."""
        for node in self.window.walk(self.top):
            if has(node, "focused") and node.get_role_name() not in ("frame", "window", "dialog"):
                return node
        return None

    def step(self, key):
        keys(key)
        time.sleep(0.03)
        try:
            node = self.focused()
            return (self.key(node), node.get_role_name(), node.get_name()) if node else None
        except GLib.Error:
            return None

    def around(self):
        seen = {}
        last, stuck = None, 0
        for _ in range(MOST_STOPS):
            stop = self.step("Tab")
            if stop is None:
                continue
            if stop[0] == last:
                stuck += 1
                if len(seen) == 1 and stop[1] in CONTAINERS:
                    break  # an empty place has nothing else to go to
                check(stuck < 3, f"{self.place}: {stop[1]} {stop[2]!r} keeps the focus")
                continue
            stuck = 0
            last = stop[0]
            self.stops.append(stop)
            seen[stop[0]] = seen.get(stop[0], 0) + 1
            if seen[stop[0]] == 2 and len(seen) > 1:
                break
        else:
            check(len(seen) <= 1, f"{self.place}: the Tab key does not come round")
        nameless = [(role, name) for _, role, name in self.stops if not name and role not in CONTAINERS]
        equal(nameless, [], f"{self.place}: stops without a name")
        return len(seen)


# libadwaita 1.2 gives its own window for preferences a button without a name in the header.
PLATFORMS_OWN = {"Preferences": 1}


def look(window, place, top=None):
    unnamed = window.unnamed()
    if not (place in PLATFORMS_OWN and len(unnamed) <= PLATFORMS_OWN[place] and all("AdwGizmo" in u for u in unnamed)):
        equal(unnamed, [], f"{place}: controls without a name")
    stops = Walk(window, place, top or window.get("frame", "Mail Relay")).around()
    # GTK 4.8 tells nobody that the field of an entry row has the keyboard: a window with nothing else has no stop that can be seen.
    fields = [n for n in window.walk(top) if n.get_role_name() == "text" and has(n, "sensitive")] if top else []
    check(stops > 0 or fields, f"{place}: the Tab key reaches something")
    print(f"# {place}: {stops} stops", flush=True)
    picture("audit-" + "".join(c if c.isalnum() else "-" for c in place.lower()))


def tops(window):
    """The open windows, by what they are called."""
    found = [window.app.get_child_at_index(i) for i in range(window.app.get_child_count())]
    return {(w.get_role_name(), w.get_name()): w for w in found if w}


# What the toolkit makes whole, and names as it does; and the file chooser, where no portal gives one.
TOOLKITS = {"Keyboard Shortcuts", "About Mail Relay"}


def is_toolkits(window, name, top):
    return name in TOOLKITS or any(n.get_name() == "GtkPathBar" for n in window.walk(top))


def main_menu(window):
    """Names of what the main menu offers."""
    button = window.get("push button", "Main menu", actionable=True) if window.find("push button", "Main menu", actionable=True) \
        else window.get("toggle button", "Main menu", actionable=True)
    window.act(button)
    names = window.wait(lambda: [n.get_name() for n in window.walk() if n.get_role_name() == "menu item" and n.get_name()], "the main menu")
    keys("Escape")
    return button, names


def filled(desk):
    """Mail in every list: one that waits, one that needs a person, one that went."""
    full = desk.add_sink(replies={"RCPT": "452 4.2.2 The mailbox is full"})
    desk.add_account("work", full, address="*@sender.example")
    fine = desk.add_sink()
    desk.add_account("home", fine, address="*@home.example")
    desk.send("Waits")
    desk.send("Nobody sends for this one", sender="ann@elsewhere.example")
    desk.send("Went", sender="ann@home.example")
    fine.wait_for_messages(1)


def resize(window, narrow):
    """The window that has the keyboard, as wide as a phone."""
    if narrow:
        subprocess.run(["xdotool", "getactivewindow", "windowsize", "--sync", "360", "680"], check=False, stderr=subprocess.DEVNULL)
        time.sleep(0.3)


def go_back():
    """From the message to its list, where the two do not stand side by side."""
    keys("alt+Left")
    time.sleep(0.3)


def walk_pages(narrow):
    harness.need("xdotool", "openbox")
    with Desk(retry={"first": "3600"}) as desk:
        filled(desk)
        window = desk.open()
        window.row("Waits")
        resize(window, narrow)
        tail = ", narrow" if narrow else ""
        tabs = sorted({n.get_name() for n in window.walk()
                       if n.get_role_name() == "page tab" and n.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width > 0})
        check(len(tabs) >= 3, f"the pages are there: {tabs}")
        for tab in tabs:
            window.page(tab)
            look(window, tab + tail)
        for page, subject, place in (("Outbox", "Waits", "a message that waits"), ("History", "Went", "a message that went")):
            window.page(page)
            window.select(subject)
            if narrow:
                keys("ctrl+f", "Tab", "Tab", "Tab", "Return")
                time.sleep(0.3)
            look(window, place + tail)
            if narrow:
                go_back()


def pages():
    walk_pages(narrow=False)


def pages_on_a_phone():
    walk_pages(narrow=True)


def walk_menu(narrow):
    harness.need("xdotool", "openbox")
    with Desk(retry={"first": "3600"}) as desk:
        filled(desk)
        window = desk.open()
        window.row("Waits")
        before = tops(window).keys()
        _, names = main_menu(window)
        check(len(names) >= 6, f"the menu has its entries: {names}")
        walked = 0
        for name in names:
            button, _ = main_menu(window)
            window.act(button)
            window.click("menu item", name)
            deadline = time.monotonic() + 5
            while tops(window).keys() == before and time.monotonic() < deadline:
                time.sleep(0.05)
            came = tops(window).keys() - before
            if not came:
                print(f"# {name}: opens no window", flush=True)
                continue
            walked += 1
            top = tops(window)[next(iter(came))]
            if is_toolkits(window, name, top):
                print(f"# {name}: a window of the toolkit's", flush=True)
            else:
                resize(window, narrow)
                look(window, name, top)
                look_at_tabs(window, name, top)
            leave(window, before, f"{name}: Escape to close {came}")
        check(walked >= 5, f"windows of the menu were walked: {walked}")


def leave(window, before, what):
    """Escape, once for what is open within the window and once for itself."""
    for _ in range(3):
        if tops(window).keys() == before:
            return
        keys("Escape")
        time.sleep(0.3)
    window.wait(lambda: tops(window).keys() == before, what)


def look_at_tabs(window, name, top):
    """The further pages of a window that has some."""
    tabs = {n.get_name(): n for n in window.walk(top) if n.get_role_name() == "page tab" and n.get_name()}
    for tab, node in list(tabs.items())[1:]:
        window.act(node)
        time.sleep(0.3)
        nameless = window.unnamed()
        check(all("AdwGizmo" in u for u in nameless), f"{name}, {tab}: controls without a name: {nameless}")
        print(f"# {name}, {tab}: {Walk(window, name + ', ' + tab, top).around()} stops", flush=True)


def menu_windows():
    walk_menu(narrow=False)


def menu_windows_on_a_phone():
    walk_menu(narrow=True)


def more_of(window):
    """The menu of what else can be done with the message that is shown: its button and the names in it."""
    button = [n for n in window.walk() if n.get_role_name() == "push button" and (n.get_name() or "").split(" ")[0] == "More" and "selected" not in n.get_name()
              and n.get_action_iface() and n.get_action_iface().get_n_actions() > 0
              and n.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width > 0][-1]
    window.act(button)
    items = window.wait(lambda: [n for n in window.walk() if n.get_role_name() == "menu item" and n.get_name() and has(n, "sensitive")
                                 and n.get_name().endswith("…")], "the menu")
    names = [n.get_name() for n in items]
    keys("Escape")
    return button, list(dict.fromkeys(names))


def message_dialogs():
    """Each question that an action on a message asks: the keyboard reaches all of it, and Escape leaves without doing it."""
    harness.need("xdotool", "openbox")
    with Desk(retry={"first": "3600"}, store={"keep-bodies-days": "7"}) as desk:
        filled(desk)
        walked = set()
        # A window of its own for each page: a page that was left keeps its size, and with it its menu.
        for page, subject in (("Outbox", "Waits"), ("History", "Went")):
            window = desk.open()
            window.row("Waits")
            window.page(page)
            window.row(subject)
            window.select(subject)
            time.sleep(0.5)
            before = tops(window).keys()
            for name in more_of(window)[1]:
                if name in walked or name in ("Save as File…", "Print…"):  # the toolkit's own windows
                    continue
                button, _ = more_of(window)
                window.act(button)
                window.click("menu item", name)
                came = window.wait(lambda: tops(window).keys() - before, f"the question of {name}")
                walked.add(name)
                look(window, name, tops(window)[next(iter(came))])
                leave(window, before, f"{name}: Escape to close {came}")
            window.close()
        check(len(walked) >= 4, f"questions that were walked: {walked}")
        message = desk.service.list("outbox")
        equal(len([m for m in message if m["subject"] == "Waits"]), 1, "nothing was done")


def what_was_done_is_told():
    """Toasts and banners stand in status labels, too: GTK 4.8 can have nothing read out."""
    with Desk(retry={"first": "3600"}) as desk:
        filled(desk)
        window = desk.open()
        window.row("Waits")
        window.select("Waits")
        window.click("push button", "Keep Back")
        told = lambda words: window.wait(lambda: [n for n in window.walk() if n.get_role_name() == "status bar" and words in n.get_name()], words)
        told("1 message is kept back")
        window.window_action("win.toggle-paused")
        told("Sending is paused")


def domain_guide():
    """Every page of the guide for a domain; no name server answers, which the pages have to live with."""
    harness.need("xdotool", "openbox")
    dns = harness.free_port()
    with Desk(dns={"servers": f"127.0.0.1:{dns}", "timeout-ms": "100", "tries": "1"}) as desk:
        desk.ctl("account", "add", "--id", "mx", "--direct", "--address", "ann@sender.example")
        window = desk.open()
        window.page("Accounts")
        window.window_action("win.check-domain")
        dialog = window.get("frame", "Check a Domain")
        window.type("text", "Domain, such as example.com", "sender.example", dialog)
        window.click("push button", "Set Up This Domain…", dialog)
        guide = window.get("frame", "Set Up sender.example")
        window.click_shown("push button", "Look Again", guide)
        for number in range(1, 6):
            window.get("label", lambda n: n.startswith(f"Step {number} of 5"), guide)
            look(window, f"guide {number}", guide)
            if number < 5:
                window.click("push button", lambda n: n in ("Next", "I Have Entered Them"), guide)
        keys("Escape")
        window.gone("frame", "Set Up sender.example")


def account_editor():
    """The assistant, the page for the settings by hand, and the page of an account that there is; with and without its further settings."""
    harness.need("xdotool", "openbox")
    with Desk(retry={"first": "3600"}) as desk:
        filled(desk)
        window = desk.open()
        window.row("Waits")
        window.page("Accounts")
        before = tops(window).keys()
        window.window_action("win.add-account")
        look(window, "assistant", window.dialog("New Sending Account"))
        by_hand(window)
        look(window, "a new account by hand", window.dialog("New Sending Account"))
        leave(window, before, "Escape to close the new account")
        for narrow in (False, True):
            row = window.get("list item", lambda n: n.startswith("work, "))
            window.click("push button", lambda n: n.startswith("Actions for"), row)
            window.click("menu item", "Edit…")
            came = window.wait(lambda: tops(window).keys() - before, "the page of the account")
            resize(window, narrow)
            look(window, "an account" + (", narrow" if narrow else ""), tops(window)[next(iter(came))])
            leave(window, before, "Escape to close the account")


def sign_in_windows():
    """Registering an application, and the sign-in with the browser: reached, named and left by keyboard."""
    harness.need("xdotool", "openbox")
    with Desk(start=False) as desk:
        authority = Authority(os.path.join(desk.root, "authority"))
        with OauthServer(authority, user=ADDRESS) as server:
            sink = desk.add_sink(tokens=server.takes, mechanisms="XOAUTH2", tls=authority.context("IP:127.0.0.1"), implicit=True)
            desk.configure({"tls": {"ca-file": authority.ca_file}})
            write(os.path.join(desk.env["XDG_CONFIG_HOME"], "mail-relay", "providers.d", "played.conf"),
                  SIGN_IN_PROVIDER % (sink.port, server.url, server.url, server.url))
            played_browser(desk)
            window = desk.open()
            window.click_shown("push button", "Add a Sending Account")
            assistant = window.dialog("New Sending Account")
            window.type("text", "Email address", ADDRESS, assistant)
            window.click("push button", "Find Settings", assistant)
            window.label("Played Mail Needs a Registered Application")
            look(window, "settings that were found", assistant)
            before = tops(window).keys()
            window.click("push button", "Register an Application…", assistant)
            registering = window.dialog("Register an Application")
            look(window, "register an application", registering)
            window.type("text", "Client ID", "client-1", registering)
            window.click("push button", "Save", registering)
            window.wait(lambda: tops(window).keys() == before, "the registration to close")
            window.click("push button", "Sign In…", assistant)
            window.label("Sign In in Your Browser")
            came = window.wait(lambda: tops(window).keys() - before, "the sign-in")
            look(window, "sign in", tops(window)[next(iter(came))])
            leave(window, before, "Escape to close the sign-in")


if __name__ == "__main__":
    run_cases(pages, pages_on_a_phone, menu_windows, menu_windows_on_a_phone, message_dialogs, what_was_done_is_told, domain_guide, account_editor, sign_in_windows)

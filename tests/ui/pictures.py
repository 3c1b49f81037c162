#!/usr/bin/python3
"""pictures.py [LOOK...] [PART...]: every page and every window with a day's mail in it, photographed for the eye: light, dark, high contrast, on a phone, in German, from
right to left, with large text. Runs inside headless.sh --wm --size 1500x1000; the pictures go to the folder in MR_UI_SHOTS, as LOOK-NAME.png. A window that does
not come is told and passed over: this is no test."""
import contextlib
import gettext
import os
import shutil
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "integration")]

import harness  # noqa: E402
from desktop import Atspi, has, keys  # noqa: E402
from harness import Failed, send  # noqa: E402
from journeys import DAY, Desk, message, start_destinations  # noqa: E402
from journeys_office import DRAWINGS, LETTER, counted_before  # noqa: E402

# Name: environment, size of each window. The letters are scaled as the desktop's large text does it: the styles' own sizes do not follow the font.
LOOKS = {
    "light": ({}, None),
    "dark": ({"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}, None),
    "contrast": ({"ADW_DEBUG_HIGH_CONTRAST": "1"}, None),
    "phone": ({}, (360, 680)),
    "german": ({"LANGUAGE": "de"}, None),
    "phone-german": ({"LANGUAGE": "de"}, (360, 680)),
    # There is no translation of ours; the toolkit's own makes the layout go from right to left.
    "mirrored": ({"LANGUAGE": "ar"}, None),
    "large": ({"XFT_DPI": "144"}, None),
}
FOLDER = os.environ.get("MR_UI_SHOTS", ".")


@contextlib.contextmanager
def words_of(look):
    """GLib leaves the toolkit's own words and its direction alone where a program has no translation: an empty one of ours lets it be mirrored."""
    language = LOOKS[look][0].get("LANGUAGE", "de")
    folder = os.path.join(harness.BUILD, "po", language)
    if os.path.exists(folder):
        yield
        return
    os.makedirs(os.path.join(folder, "LC_MESSAGES"))
    try:
        subprocess.run(["msgfmt", "-o", os.path.join(folder, "LC_MESSAGES", "mail-relay.mo"), "-"], check=True,
                       input=f'msgid ""\nmsgstr "Language: {language}\\nContent-Type: text/plain; charset=UTF-8\\n"\n', text=True)
        yield
    finally:
        shutil.rmtree(folder)


def scale_letters(env):
    """As the desktop tells it to programs on X."""
    subprocess.run(["xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", f"Xft.dpi: {env.get('XFT_DPI', '96')}\n"], check=True)


class Album:
    def __init__(self, desk, look):
        self.look = look
        env, self.size = LOOKS[look]
        self.words = gettext.NullTranslations()
        if env.get("LANGUAGE") == "de":
            with open(os.path.join(harness.BUILD, "po", "de", "LC_MESSAGES", "mail-relay.mo"), "rb") as f:
                self.words = gettext.GNUTranslations(f)
        with open(os.path.join(desk.env["XDG_CONFIG_HOME"], "gtk-4.0", "settings.ini"), "w", encoding="utf-8") as f:
            f.write("[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\n")
        scale_letters(env)
        self.window = desk.open(**env)
        self.window.row("Offer 2041")
        self.fit()

    def t(self, text):
        return self.words.gettext(text).replace("_", "")

    @staticmethod
    def active():
        return subprocess.run(["xdotool", "getactivewindow"], capture_output=True, text=True).stdout.strip()

    def fit(self):
        if self.size:
            subprocess.run(["xdotool", "windowsize", self.active(), *map(str, self.size)], check=False, stderr=subprocess.DEVNULL)
        time.sleep(0.4)

    def take(self, name, rest=0.5):
        time.sleep(rest)
        subprocess.run(["import", "-window", self.active(), os.path.join(FOLDER, f"{self.look}-{name}.png")], check=False, stderr=subprocess.DEVNULL)

    def whole(self, name):
        """With what hangs over the edge of the window: menus."""
        time.sleep(0.5)
        subprocess.run(["import", "-window", "root", os.path.join(FOLDER, f"{self.look}-{name}.png")], check=False)

    def tops(self):
        app = self.window.app
        return [app.get_child_at_index(i) for i in range(app.get_child_count())]

    def opened(self, act, name, then=None, fit=True):
        """A window that act opens, photographed and closed."""
        main = self.active()
        try:
            act()
            self.window.wait(lambda: self.active() not in (main, ""), name, 8)
            if fit:
                self.fit()
            self.take(name, 0.8)
            if then:
                then()
        except (Failed, Exception) as error:  # noqa: B014
            print(f"# {self.look}: {name}: {error}", flush=True)
        for _ in range(6):
            if self.active() == main:
                return
            keys("Escape")
            time.sleep(0.3)
        for top in self.tops()[1:]:
            self.window.act(top, "window.close")

    def action(self, action, name, then=None):
        self.opened(lambda: self.window.window_action(action), name, then)

    def shown(self, role, name):
        found = None
        for node in self.window.walk():
            n = node.get_name() or ""
            if node.get_role_name() == role and (name(n) if callable(name) else n in (name, f"{name} {name}")) and has(node, "sensitive") \
                    and node.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width > 0 \
                    and (role != "push button" or (node.get_action_iface() and node.get_action_iface().get_n_actions() > 0)):
                found = node
        if not found:
            raise Failed(f"no {role} {name}")
        return found

    def press(self, name):
        self.window.act(self.shown("push button", name))

    def select(self, part):
        row = self.shown("list item", lambda n: part in n and " → " in n)
        rows = row.get_parent().get_selection_iface()
        rows.clear_selection()
        rows.select_child(row.get_index_in_parent())
        time.sleep(0.4)

    def detail(self, name):
        if self.size:
            keys("ctrl+f", "Tab", "Tab", "Tab", "Return")
        self.take(name)
        if self.size:
            keys("alt+Left")
            time.sleep(0.3)

    def try_(self, function, *arguments):
        try:
            function(*arguments)
        except Exception as error:
            print(f"# {self.look}: {arguments}: {error}", flush=True)

    # ---- the walk ----

    def pages(self):
        t = self.t
        for page, picks in (("Outbox", ("Offer 2041", "Your scan 0042", "Welcome to")), ("Kept Back", ("Draft",)), ("History", ("Minutes", "To nobody"))):
            self.try_(self.window.page, t(page))
            self.take(page.lower().replace(" ", "-"))
            for part in picks:
                self.try_(self.select, part)
                self.detail(f"{page.lower().replace(' ', '-')}-{part.split()[0].lower()}")
        self.try_(self.window.page, t("Accounts"))
        self.take("accounts")

    def preview(self):
        self.try_(self.window.page, self.t("Outbox"))
        self.try_(self.select, "Fragen")
        if self.size:
            keys("ctrl+f", "Tab", "Tab", "Tab", "Return")
        try:
            for _ in range(30):
                if any(has(n, "focused") for n in self.window.walk(self.window.find("list item", self.t("The Message Itself")))):
                    break
                keys("Tab")
            keys("space", *["Tab"] * 9)
            self.take("preview", 1)
        except Exception as error:
            print("#", error)
        if self.size:
            keys("alt+Left")

    def menus(self):
        t = self.t
        self.try_(self.window.page, t("Outbox"))
        for button, name in (("Main menu", "menu"), ("Pause sending", "menu-pause"), ("Filter messages", "menu-filter"), ("Sort and group messages", "menu-sort")):
            self.try_(self.press, t(button))
            self.whole(name)
            keys("Escape")
            time.sleep(0.3)

    def groups(self):
        """The outbox and the history group by group; a group that is open; what is not found."""
        t = self.t
        for page in ("Outbox", "History"):
            self.try_(self.window.page, t(page))
            for by, name in (("_Destination", "destination"), ("_Cause", "cause")):
                def group(by=by):
                    self.press(t("Sort and group messages"))
                    self.window.click("radio menu item", t(by))
                self.try_(group)
                keys("Escape")
                self.take(f"groups-{page.lower()}-{name}")
            if page == "Outbox":
                keys("ctrl+f", "Tab", "Tab", "Tab", "Return")
                self.take("group-open")

            def single():
                self.press(t("Sort and group messages"))
                self.window.click("radio menu item", self.words.pgettext("grouping", "_Nothing").replace("_", ""))
            self.try_(single)
            keys("Escape")
        self.try_(self.window.page, t("Outbox"))
        keys("ctrl+f")
        subprocess.run(["xdotool", "type", "--delay", "5", "xyzzy"], check=False)
        self.take("not-found", 0.8)
        keys("Escape")

    def guide(self):
        """The guide for a domain, each page from its top and from further down."""
        t = self.t

        def open_guide():
            self.window.window_action("win.check-domain")
            self.window.type("text", t("Domain, such as example.com"), "sender.example")
            self.window.click("push button", t("Set Up This Domain…"), self.tops()[-1])
            time.sleep(1.5)

        def walk():
            for number in range(1, 6):
                time.sleep(1)
                self.take(f"guide-{number}")
                for part in ("b", "c"):
                    self.scroll()
                    self.take(f"guide-{number}{part}")
                if number < 5:
                    self.try_(self.window.click, "push button", lambda n: n in (t("Next"), t("I Have Entered Them")), self.tops()[-1])
        self.opened(open_guide, "guide", walk)

    def scroll(self):
        """Down by most of a page, with the wheel."""
        subprocess.run(["xdotool", "mousemove", "--window", self.active(), "180", "400", *["click", "5"] * 6], check=False, stderr=subprocess.DEVNULL)
        time.sleep(0.3)

    def message_dialogs(self):
        t = self.t
        self.try_(self.window.page, t("Outbox"))
        self.try_(self.select, "Offer 2041")
        if self.size:
            keys("ctrl+f", "Tab", "Tab", "Tab", "Return")
            time.sleep(0.4)
        for item in ("Recip_ients…", "Send Through _Another Account…", "Send _Later…", "Send to _Other Recipients…", "Return to Sen_der…"):
            def act(item=item):
                self.press(lambda n: n.startswith(t("_More")))
                self.window.click("menu item", t(item))
            self.opened(act, "dialog-" + item.strip("…").replace("_", "").lower().replace(" ", "-"), fit=False)
        if self.size:
            keys("alt+Left")
            time.sleep(0.3)

    def further(self):
        t = self.t
        for action, name in (("win.connect-programs", "connect"), ("win.senders", "senders"), ("win.choose-secrets", "passwords"), ("win.hold-rules", "hold-rules"),
                             ("win.never", "never"), ("win.import-accounts", "import"), ("win.activity", "activity"), ("win.log", "log"),
                             ("win.shortcuts", "shortcuts"), ("win.add-account", "assistant")):
            self.action(action, name)

        def down(name, n=12):
            keys(*["Tab"] * n)
            self.take(name)

        self.action("win.statistics", "statistics", lambda: down("statistics-2"))

        def check_domain():
            self.window.type("text", t("Domain, such as example.com"), "friends.example")
            self.window.click("push button", t("Check"), self.tops()[-1])
            time.sleep(6)
            self.take("domain-found")
        self.action("win.check-domain", "domain", check_domain)

        def explain():
            field = self.window.get("text", t("Text of the message or of the answer"))
            Atspi.EditableText.set_text_contents(field, "550 5.7.26 Unauthenticated mail: SPF and DKIM checks did not pass for sender.example")
            self.window.click("push button", t("Explain"), self.tops()[-1])
            self.take("explain-answer", 1)
        self.action("win.explain-returned", "explain", explain)

        def preferences():
            tabs = [n for n in self.window.walk(self.tops()[-1]) if n.get_role_name() == "page tab"]
            for i, tab in enumerate(["Programs", "Sending", "Keeping", "Advanced"]):
                node = next(n for n in reversed(tabs) if n.get_name() == t(tab))
                self.window.act(node)
                self.take("preferences-" + tab.lower())
        self.action("win.preferences", "preferences-general", preferences)
        self.opened(lambda: keys("F1"), "help", lambda: (keys("Return"), self.take("help-page", 0.8)))

        def accounts():
            self.window.page(t("Accounts"))
            row = self.window.get("list item", lambda n: n.startswith("Work,"))
            button = next(n for n in self.window.walk(row) if n.get_role_name() == "push button" and n.get_action_iface() and n.get_action_iface().get_n_actions())
            self.window.act(button)
            self.whole("menu-account")
        self.try_(accounts)
        self.opened(lambda: self.window.click("menu item", t("_Edit…")), "account-editor", lambda: down("account-editor-2", 14))


def history(desk):
    """A year's mail, for the statistics."""
    with counted_before(desk) as store:
        now = int(time.time()) // 3600 * 3600
        for hours, days in ((range(1, 700), 0), (range(0, 8000, 24), 1)):
            for back in hours:
                when = (now - back * 3600) // (86400 if days else 3600) * (86400 if days else 3600)
                count = (back * 7919) % 40 * (9 if days else 1)
                for kind, name in ((0, ""), (1, "work"), (2, ""), (3, "backup"), (4, "example.com")):
                    store.execute("INSERT OR IGNORE INTO statistic (kind, days, time, name, submitted, delivered, deferred, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                  (kind, days, when, name, count, count - count // 9, count // 6, count // 9))


def fill(desk):
    desk.configure({**start_destinations(desk), "domains": {"check-every": "0"}, "audit": {"enabled": "true"}})
    desk.service = desk.start_service()
    desk.ctl("account", "add", "--id", "work", "--name", "Work", "--direct", "--address", "*@sender.example")
    locked = desk.add_sink(users={"user": "right"})
    desk.add_account("club", locked, "--name", "Sports club", address="*@elsewhere.example", password="wrong\n")
    desk.add_account("home", desk.add_sink(), "--name", "Home", address="ann@home.example")
    history(desk)
    stop = threading.Event()
    desk.stop_stalling = stop

    def stall(session, argument):
        session.say("354 go ahead")
        stop.wait(600)
        return "drop"
    desk.add_account("plans", desk.add_sink(replies={"DATA": stall}), "--name", "Drawing office", address="*@plans.example")
    for program, sender, subject, recipients in DAY:
        made = desk.ctl_json("program", "add", program)
        send(desk.smtp, sender, recipients, message(subject, sender, recipients[0]), user=made["id"], password=made["password"])
    send(desk.smtp, "anna@sender.example", ["dora@full.example"], LETTER.encode())
    failed = desk.send("To nobody", "nobody@nobody.example", "anna@sender.example")
    desk.service.wait(lambda: desk.service.message(failed)[0].get("finished"), "a failure")
    send(desk.smtp, "jo@plans.example", ["bob@recipient.example"], DRAWINGS.encode())
    desk.ctl("hold-rule", "add", "--to", "review.example", "--id", "review")
    desk.ctl("hold-rule", "add", "--program", "php", "--release-after", "1h", "--id", "shop")
    desk.send("Draft of the newsletter", "all@review.example", "anna@sender.example")
    for address, reason in (("old@customers.example", "Left the company"), ("noreply@shop.example", ""), ("spamtrap@lists.example", "Asked not to be written to")):
        desk.ctl("never", "add", address, *(["--reason", reason] if reason else []))


def first_start(look):
    """What comes before there is an account."""
    env, size = LOOKS[look]
    scale_letters(env)
    with Desk(start=False) as desk:
        window = desk.open(**env)
        window.wait(lambda: any(n.get_name() == "Mail Relay" for n in window.walk()), "the window")
        time.sleep(2)
        album = Album.__new__(Album)
        album.look, album.size, album.window = look, size, window
        album.fit()
        album.take("welcome")
        if look in ("light", "phone", "german"):
            window.window_action("win.skip-welcome")
            album.take("empty-outbox", 1)
            keys("alt+2")
            album.take("empty-history", 0.7)
            keys("alt+3")
            album.take("empty-accounts", 0.7)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    looks = [a for a in sys.argv[1:] if a in LOOKS] or list(LOOKS)
    parts = [a for a in sys.argv[1:] if a not in LOOKS]
    with Desk(start=False, retry={"first": "3600"}) as desk:
        fill(desk)
        for look in looks:
            print(f"# {look}", flush=True)
            with words_of(look):
                album = Album(desk, look)
                for part in (album.message_dialogs, album.pages, album.preview, album.menus, album.groups, album.further, album.guide):
                    if part.__name__ in parts or not parts:
                        album.try_(part)
                album.window.close()
        desk.stop_stalling.set()
    for look in looks if not parts or "first_start" in parts else []:
        with words_of(look):
            first_start(look)


if __name__ == "__main__":
    main()

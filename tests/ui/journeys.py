#!/usr/bin/python3
"""What a person does with the window, from the first start on, against the real service and a server that does what it is told.

Runs inside headless.sh (display and session bus of its own). Arguments: names of the journeys to make; none: all. TAP.
"""
import os
import shutil
import ssl
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration")]

import harness  # noqa: E402
from desktop import Window, has, keys, picture  # noqa: E402
from harness import check, equal, run_cases, send  # noqa: E402

def message(subject, sender="ann@sender.example", recipient="bob@recipient.example"):
    return f"From: {sender}\r\nTo: {recipient}\r\nSubject: {subject}\r\n\r\nHello\r\n".encode()


class Desk(harness.Profile):
    """A profile on the display and bus of headless.sh."""

    def __init__(self, start=True, **settings):
        super().__init__(bus=False)
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "GSK_RENDERER", "GDK_DEBUG", "GDK_BACKEND", "LIBGL_ALWAYS_SOFTWARE"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.env.pop("NO_AT_BRIDGE")
        # Pictures shall look the same everywhere.
        shutil.copytree(os.path.join(os.environ["XDG_CONFIG_HOME"], "gtk-4.0"), os.path.join(self.env["XDG_CONFIG_HOME"], "gtk-4.0"))
        self.windows = []
        self.configure(settings)
        self.service = self.start_service() if start else None

    def open(self, *arguments, **env):
        window = Window({**self.env, **env}, *arguments)
        self.windows.append(window)
        return window

    def send(self, subject, recipient="bob@recipient.example", sender="ann@sender.example"):
        return harness.queue_id(send(self.smtp, sender, [recipient], message(subject, sender, recipient)))

    def close(self):
        for window in self.windows:
            window.close()
        super().close()


def certificate(folder):
    """A self-signed one: what a provider must not show, and a person may accept."""
    key, pem = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", pem,
                    "-days", "2", "-subj", "/CN=mail.example", "-addext", "subjectAltName=DNS:mail.example"],
                   check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return context


def by_hand(window):
    """From the assistant to the account page."""
    window.click("push button", "Enter the settings by hand", window.dialog("New Sending Account"))
    window.gone("push button", "Enter the settings by hand")
    return window.dialog("New Sending Account")


def first_run():
    """Start, add an account, test it, accept its certificate, see the first message come and go."""
    with Desk(start=False) as desk:
        sink = desk.add_sink(users={"ann": "s3cret"}, tls=certificate(desk.root), implicit=True)
        window = desk.open()
        window.label("Send All Mail From One Place")
        window.click_shown("push button", "Add a Sending Account")
        editor = by_hand(window)
        window.type("text", "Sender addresses", "*@sender.example", editor)
        window.type("text", "Server name", "127.0.0.1", editor)
        window.type("text", "Port", str(sink.port), editor)
        window.type("text", "User name", "ann", editor)
        window.type("text", "Password", "s3cret", editor)
        window.click("push button", "Test This Account", editor)
        window.click("push button", "Accept This Certificate", editor)
        window.label("The account works")
        picture("journey-account-works")
        window.click("push button", "Add", editor)

        connect = window.dialog("Connect Programs")
        check(window.find("label", "Waiting for the first message…", connect), "it waits for the first message")
        switch = window.get("check box", "Start when I log in", connect)
        window.wait(lambda: has(switch, "checked"), "start after log-in to be on")
        desk.send("My first message")
        window.get("label", lambda n: n.startswith("Received from"), connect)
        picture("journey-connect")
        sink.wait_for_messages(1)
        equal(sink.messages[0].auth, "ann", "log-in")
        window.click("push button", "Done", connect)
        window.page("History")
        window.row("My first message")
        window.select("My first message")
        window.label("Technical Details")
        picture("journey-history")
        with open(desk.config_file, encoding="utf-8") as f:
            check("s3cret" not in f.read(), "no password in the configuration")


def stored_password_stays_away():
    """The account page shows that there is a password, and not which."""
    with Desk() as desk:
        sink = desk.add_sink(users={"user": "s3cret word"})
        desk.add_account("work", sink, password="s3cret word\n")
        window = desk.open()
        window.page("Accounts")
        row = window.get("list item", lambda n: n.startswith("work, "))
        window.click("push button", lambda n: n.startswith("Actions for"), row)
        window.click("menu item", "Edit…")
        password = window.get("text", lambda n: n.startswith("Password (saved"))
        equal(Window.text(password), "", "the password row")
        check("s3cret" not in window.words(), "no secret on the screen")


def no_keyring():
    """Where no keyring can be used, a person chooses where the password goes, and it goes there."""
    with Desk(secrets={"backend": "secret-service"}) as desk:
        sink = desk.add_sink(users={"ann": "s3cret"})
        window = desk.open()
        window.click_shown("push button", "Add a Sending Account")
        editor = by_hand(window)
        window.type("text", "Sender addresses", "*@sender.example", editor)
        window.type("text", "Server name", "127.0.0.1", editor)
        window.type("text", "Port", str(sink.port), editor)
        window.type("text", "User name", "ann", editor)
        window.type("text", "Password", "s3cret", editor)
        window.click("push button", "Add", editor)
        places = window.dialog("Passwords")
        picture("journey-no-keyring")
        # The first usable place is chosen already; GTK 4.8 gives a radio button no action for a screen reader.
        window.click("push button", "Keep There", places)
        window.dialog("Connect Programs")
        desk.service.wait(lambda: desk.service.status()["secrets-backend"] == "memory", "memory to be in use")


def wrong_password():
    """The account says so, its mail waits, and nothing comes back as failed."""
    with Desk() as desk:
        sink = desk.add_sink(users={"user": "right"})
        desk.add_account("work", sink, password="wrong\n")
        window = desk.open()
        desk.send("Waits for a password")
        window.page("Outbox")
        window.row("Waits for a password")
        window.page("Accounts")
        window.get("push button", "Enter the Password…")
        picture("journey-wrong-password")
        equal(len(sink.messages), 0, "messages that came")


def unknown_recipient():
    """A refusal is explained, with the server's own words beside it."""
    with Desk() as desk:
        sink = desk.add_sink(replies={"RCPT": lambda s, a: "550 5.1.1 No such user here" if a.startswith("nobody") else None})
        desk.add_account("work", sink)
        window = desk.open()
        desk.send("To nobody", "nobody@recipient.example")
        window.page("History")
        window.select("To nobody")
        window.label("550 5.1.1 No such user here")
        window.label("What Was Tried")
        picture("journey-unknown-recipient")
        equal(window.unnamed(), [], "controls without a name")


def keep_send_stop_try():
    """The four things that can be done with a message that waits."""
    with Desk(retry={"first": "3600", "jitter-percent": "0"}) as desk:
        full = {"on": True}
        sink = desk.add_sink(replies={"RCPT": lambda s, a: "452 4.2.2 The mailbox is full" if full["on"] else None})
        desk.add_account("work", sink)
        window = desk.open()
        desk.send("Alpha")
        beta = desk.send("Beta")
        window.row("Alpha")
        window.select("Beta")
        window.label("452 4.2.2 The mailbox is full")
        picture("journey-outbox")
        window.click("push button", "Keep Back")
        window.label("1 message is kept back")
        window.click("push button", "Undo")
        window.label("1 message goes out now")
        window.click("push button", "Keep Back")
        desk.service.wait(lambda: desk.service.message(beta)[0].get("hold") == "person", "it to be kept back")
        picture("journey-kept-back")
        full["on"] = False
        window.click("push button", "Send")
        sink.wait_for_messages(1)
        window.select("Alpha")
        window.click("push button", "Try Now")
        sink.wait_for_messages(2)
        full["on"] = True
        desk.send("Gamma")
        window.select("Gamma")
        window.label("452 4.2.2 The mailbox is full")
        window.click("push button", "Stop Sending")
        window.get("push button", "Undo")
        picture("journey-stop")
        window.page("History")
        window.row("Gamma")
        equal(len(sink.messages), 2, "messages that came")


def pause_and_go_on():
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink)
        window = desk.open()
        window.click("push button", "Pause sending")
        window.click("menu item", "Pause Until I Go On")
        window.label("Sending is paused")
        desk.send("While paused")
        window.row("While paused")
        picture("journey-paused")
        equal(len(sink.messages), 0, "messages that came")
        window.click("push button", "Go On")
        sink.wait_for_messages(1)
        window.page("History")
        window.row("While paused")


def accounts_in_order():
    """Two accounts: the order is changed, one is paused at its switch, a test message goes to oneself and is followed, a limit holds the next one back."""
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink, "--name", "Work", address="ann@sender.example")
        desk.add_account("home", sink, "--name", "Home", address="ann@home.example")
        window = desk.open()
        window.page("Accounts")

        def choose(account, item):
            row = window.get("list item", lambda n: n.startswith(account + ","))
            window.click("push button", lambda n: n.startswith(f"Actions for {account}"), row)
            window.click("menu item", item)

        def accounts():
            return {a["id"]: a for a in desk.ctl_json("account", "list")["accounts"]}

        before = list(accounts())
        first = accounts()[before[0]]["name"]
        choose(first, "Move Down")
        window.wait(lambda: list(accounts()) == before[::-1], "the new order")
        window.click("check box", "Send through Home")
        window.wait(lambda: accounts()["home"]["state"] == "paused", "the pause")
        window.label("Paused by you since")
        picture("journey-accounts")
        choose("Work", "Send a Test Message to Myself")
        window.label("The test message is on its way to you")
        taken, = sink.wait_for_messages(1)
        equal(taken.recipients, ["ann@sender.example"], "to oneself")
        window.wait(lambda: desk.service.list("history"), "the history to know it")
        window.click("push button", "Follow It")
        window.get("label", lambda n: n.startswith("Test message of Mail Relay through Work"))
        desk.ctl("account", "set", "work", "--limit-day", "1")
        desk.send("One too many")
        window.page("Outbox")
        window.wait(lambda: any("Work's daily limit, next at" in r for r in window.rows()), "the limit to be told")
        picture("journey-limit")
        window.page("Accounts")
        window.label("Ready; daily limit reached, next at")
        equal(len(sink.messages), 1, "messages")


def no_account_fits():
    """A sender that no account knows waits until a person chooses."""
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink, address="ann@sender.example")
        window = desk.open()
        desk.send("From elsewhere", sender="eve@elsewhere.example")
        window.row("From elsewhere")
        window.select("From elsewhere")
        window.label("No account may send for eve@elsewhere.example")
        window.click("push button", "Send Through…")
        picture("journey-send-through")
        window.click("menu item", "ann@sender.example")
        sink.wait_for_messages(1)


def service_comes_back():
    """The window outlives the service, says so and goes on when it is there again."""
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink)
        window = desk.open()
        window.page("Accounts")
        desk.service.kill()
        desk.service = desk.start_service(wait=False)
        window.wait(lambda: desk.ctl("status", check=False).returncode == 0, "a service")
        desk.send("After the fall")
        window.page("History")
        window.row("After the fall")


def window_closes_mail_goes_on():
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink)
        window = desk.open()
        window.page("Outbox")
        window.close()
        desk.send("Nobody looks")
        sink.wait_for_messages(1)
        window = desk.open()
        window.page("History")
        window.row("Nobody looks")


def who_may_send():
    """Another user's program is refused, shown, and let in by a person."""
    if os.getuid() != 0 or not shutil.which("setpriv"):
        print("# needs root and setpriv to be another user")
        sys.exit(77)
    script = ("import smtplib,sys\ns = smtplib.SMTP('127.0.0.1', int(sys.argv[1]))\n"
              "try: s.sendmail('daemon@sender.example', ['bob@recipient.example'], 'Subject: From a daemon\\r\\n\\r\\nx\\r\\n')\n"
              "except smtplib.SMTPException as e: sys.exit(3)\n")

    def other_user(desk):
        return subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", sys.executable, "-c", script, str(desk.port)], cwd="/").returncode

    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink)
        window = desk.open()
        window.page("Outbox")
        equal(other_user(desk), 3, "the other user before")
        window.label("tried to send and was refused")
        window.click("push button", "Who May Send…")
        window.dialog("Who May Send")
        picture("journey-refused")
        window.click("push button", lambda n: n.startswith("Allow user"))
        window.click("push button", "Allow")
        window.label("Programs of this user may send from now on")
        equal(other_user(desk), 0, "the other user afterwards")
        sink.wait_for_messages(1)


def password_for_a_program():
    """Made, shown once, works, taken back."""
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink)
        window = desk.open()
        window.page("Outbox")
        window.window_action("win.senders")
        senders = window.dialog("Who May Send")
        window.type("text", "Name of the program or device", "printer", senders)
        window.click("push button", "Make a password", senders)
        dialog = window.dialog("The Program's Password")
        picture("journey-program-password")
        words = [n.get_name() for n in window.walk(dialog) if n.get_role_name() == "label"]
        password = next(w for w in words if "-" in w and " " not in w and len(w) >= 16)
        send(desk.smtp, "p@sender.example", ["bob@recipient.example"], message("Scan"), user="printer", password=password)
        sink.wait_for_messages(1)
        window.click("push button", "Done", dialog)
        window.click("push button", lambda n: n.startswith("Take back the password"), senders)
        window.click("push button", "Take Back")
        window.label("This password is no longer accepted")


def keyboard_only():
    """Every stop of the Tab key has a name, and a message can be stopped without a mouse."""
    harness.need("xdotool", "openbox")
    with Desk(retry={"first": "3600"}) as desk:
        sink = desk.add_sink(replies={"RCPT": "452 4.2.2 The mailbox is full"})
        desk.add_account("work", sink)
        window = desk.open()
        desk.send("By keyboard")
        window.row("By keyboard")
        keys("ctrl+f")
        window.wait(lambda: window.focused() and window.focused().get_role_name() in ("text", "entry"), "the search to have the focus")
        stops = []
        for _ in range(30):
            keys("Tab")
            node = window.wait(window.focused, "something to have the focus")
            stops.append((node.get_role_name(), node.get_name()))
        nameless = [s for s in stops if not s[1] and s[0] != "scroll pane"]
        equal(nameless, [], "stops without a name")
        check(len(set(stops)) >= 5, f"the Tab key reaches the controls: {stops}")
        window.select("By keyboard")
        keys("ctrl+f", "Tab", "Tab", "Tab")  # past filter and order
        keys("Delete")
        window.page("History")
        window.row("By keyboard")


def search_as_one_types():
    """Words and parts of them narrow the list with each key; a search that finds nothing offers the way back."""
    harness.need("xdotool", "openbox")
    with Desk(retry={"first": "3600"}) as desk:
        sink = desk.add_sink(replies={"RCPT": "452 4.2.2 The mailbox is full"})
        desk.add_account("work", sink)
        window = desk.open()
        for subject, recipient in (("Ärger im Büro", "anna@one.example"), ("Tea", "bob@two.example"), ("Tea and more", "bob@one.example")):
            desk.send(subject, recipient)
        window.row("rger")
        window.row("Tea and")

        def shown():
            return sorted(row.split(",")[0] for row in window.rows())

        keys("ctrl+f", *"tea")
        window.wait(lambda: len(shown()) == 2, "the two about tea")
        keys("space", *"one")
        window.wait(lambda: shown() == ["Tea and more"], "both words")
        picture("journey-search")
        keys("ctrl+a", *"arger")
        window.wait(lambda: len(shown()) == 1 and "rger" in shown()[0], "without accents")
        keys("x")
        window.label("No Message Found")
        picture("journey-nothing-found")
        window.click("push button", "Clear Filters")
        window.wait(lambda: len(shown()) == 3, "everything again")
        equal(window.unnamed(), [], "controls without a name")


def groups():
    """The outbox is told apart by where it goes: a group is opened by key, all of another one is selected and stopped, and the way back is a button."""
    harness.need("xdotool", "openbox")
    with Desk(retry={"first": "3600"}) as desk:
        sink = desk.add_sink(replies={"RCPT": "452 4.2.2 The mailbox is full"})
        desk.add_account("work", sink)
        window = desk.open()
        for n in range(3):
            desk.send(f"Tea {n}", "bob@one.example")
        desk.send("Coffee", "bob@two.example")
        window.row("Coffee")

        def group(name):
            return window.get("list item", lambda n: n.startswith(name + ", "))

        window.click("push button", "Sort and group messages")
        window.click("radio menu item", "Destination")
        equal(group("one.example").get_name(), "one.example, 3 messages", "the group is named")
        picture("journey-groups")
        equal(window.unnamed(), [], "controls without a name")
        keys("ctrl+f", "Tab", "Tab", "Tab", "Down", "Return")  # past filter and order
        window.wait(lambda: [row.split(",")[0] for row in window.rows()] == ["Coffee"], "the one to two.example")
        picture("journey-group-open")
        window.click_shown("push button", "All destinations")
        window.click("push button", "Select all messages of “one.example”")
        window.label("3 selected")
        picture("journey-group-selected")
        window.click_shown("push button", "Stop sending the selected messages")
        window.label("No Message Found")
        window.page("History")
        window.wait(lambda: sum(row.startswith("Tea ") for row in window.rows()) == 3, "the three in the history")


def every_page_has_names():
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink)
        window = desk.open()
        desk.send("Names")
        for page in ("Outbox", "Accounts", "History"):
            window.page(page)
            equal(window.unnamed(), [], f"controls without a name on {page}")
        window.row("Names")
        for action, title in (("win.add-account", "New Sending Account"), ("win.connect-programs", "Connect Programs"),
                              ("win.senders", "Who May Send"), ("win.choose-secrets", "Passwords"), ("win.import-accounts", "Import Accounts")):
            window.window_action(action)
            window.dialog(title)
            equal(window.unnamed(), [], f"controls without a name in {title}")


def check_a_domain():
    """A domain is checked from the menu: findings come in words, each with what it means; the accounts' domains are a click away."""
    with Desk(start=False) as desk:
        desk.configure({**start_destinations(desk), "domains": {"check-every": "0"}})
        desk.service = desk.start_service()
        desk.ctl("account", "add", "--id", "work", "--name", "Work", "--direct", "--address", "*@sender.example")
        window = desk.open()
        window.page("Outbox")
        window.window_action("win.check-domain")
        dialog = window.get("frame", "Check a Domain")
        window.get("list item", lambda n: "sender.example" in n, dialog)
        window.type("text", "Domain, such as example.com", "friends.example", dialog)
        window.click("push button", "Check", dialog)
        window.wait(lambda: has(window.get("push button", "Check", dialog), "sensitive"), "the check to end", 60)
        window.label("friends.example does not say which servers may send for it.")
        window.label("one TXT entry at friends.example that begins with v=spf1")
        equal(window.unnamed(), [], "controls without a name")
        picture("journey-domain", "Check a Domain")


# program, sender, subject, recipients: what a day's outbox may hold. The domains are those of the demonstration's servers.
DAY = (("mutt", "anna@sender.example", "Minutes of Tuesday's meeting", ["bob@accepts.example"]),
       ("backup", "anna@sender.example", "Backup of the file server: finished", ["eve@down.example"]),
       ("git", "anna@sender.example", "[PATCH v2 1/3] net: keep the socket open", ["devel@greylists.example"]),
       ("printer", "printer@sender.example", "Your scan 0042", ["office@accepts.example", "frank@full.example", "carla@friends.example"]),
       ("php", "shop@elsewhere.example", "Welcome to the sports club", ["carol@friends.example"]),
       ("thunderbird", "anna@sender.example", "Offer 2041", ["dora@full.example"]))


def start_destinations(desk):
    """The demonstration's mail servers and their DNS; gives the settings that lead there."""
    smtp, dns = harness.free_port(), harness.free_port()
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "app", "demo", "sink.py")
    servers = subprocess.Popen([sys.executable, script, "--smtp-port", str(smtp), "--dns-port", str(dns), "--greylist", "900"],
                               stdout=subprocess.PIPE, text=True)
    desk.processes.append(servers)
    while "ready" not in servers.stdout.readline():
        pass
    return {"dns": {"servers": f"127.0.0.1:{dns}"}, "delivery": {"mx-port": smtp, "allow-private-mx": "true"}}


def looks():
    """What it looks like: light, dark, German, on a phone. The pictures are for the eye; that the words and the layout are there is checked."""
    harness.need("xdotool", "openbox")
    with Desk(start=False, retry={"first": "3600"}) as desk:
        desk.configure(start_destinations(desk))
        desk.service = desk.start_service()
        desk.ctl("account", "add", "--id", "work", "--name", "Work", "--direct", "--address", "*@sender.example")
        ids = []
        for program, sender, subject, recipients in DAY:
            made = desk.ctl_json("program", "add", program)
            ids.append(harness.queue_id(send(desk.smtp, sender, recipients, message(subject, sender, recipients[0]),
                                             user=made["id"], password=made["password"])))
        desk.service.wait(lambda: desk.service.message(ids[5])[0]["recipients"][0].get("reply-code") == 452, "the reply of the last one")
        desk.service.wait_for_state(ids[0], "delivered", "relayed")

        def show(name, outbox, german=None, narrow=False, **env):
            window = desk.open(**env)
            window.page(outbox)
            window.select("Offer 2041")
            window.label("the mailbox is full")
            if german:
                window.label(german)
            if narrow:
                subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Mail Relay$", "windowsize", "360", "680"],
                               check=True)
                window.wait(lambda: has(window.get("list item", lambda n: "Offer 2041" in n), "selected"), "the narrow window")
            picture(name, "Mail Relay")
            if narrow:
                keys("ctrl+f", "Tab", "Tab", "Tab", "Return")  # past the buttons for filters and order
                window.get("push button", "Zurück zur Liste" if german else "Back to the list")
                picture(name + "-detail", "Mail Relay")
            window.close()

        show("looks-light", "Outbox")
        show("looks-dark", "Outbox", ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        show("looks-german", "Ausgang", german="Das Postfach", LANGUAGE="de")
        show("looks-phone", "Outbox", narrow=True)
        show("looks-phone-german", "Ausgang", german="Das Postfach", narrow=True, LANGUAGE="de")


if __name__ == "__main__":
    run_cases(first_run, stored_password_stays_away, no_keyring, wrong_password, unknown_recipient, keep_send_stop_try, pause_and_go_on, accounts_in_order, no_account_fits,
              service_comes_back, window_closes_mail_goes_on, who_may_send, password_for_a_program, keyboard_only, search_as_one_types, groups, every_page_has_names, check_a_domain, looks)

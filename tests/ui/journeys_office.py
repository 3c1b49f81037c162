#!/usr/bin/python3
"""What an office looks at: statistics and their files, the provider that takes less mail, complaints, the audit log; preferences, help, the log, what is on its
way; a message looked at, saved, copied and printed. Runs inside headless.sh. TAP."""
import contextlib
import csv
import glob
import os
import re
import smtplib
import sqlite3
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "integration"), os.path.join(here, "..", "mock")]

from desktop import Atspi, Window, has, keys, picture  # noqa: E402
from harness import Failed, Waiter, check, equal, program, queue_id, run_cases, send  # noqa: E402
from journeys import Desk  # noqa: E402
from journeys_edits import more, press  # noqa: E402
from notifications import Notifications  # noqa: E402


def open_window(window, action, title):
    """One of our further windows. Those that stand beside the main window are frames, those in front of it dialogs."""
    window.window_action(action)
    return window.wait(lambda: window.find("dialog", title) or window.find("frame", title), title)


def in_front(window, title):
    """The window of that title has the keyboard."""
    def active():
        told = subprocess.run(["xdotool", "getactivewindow", "getwindowname"], capture_output=True, text=True)
        return told.stdout.strip() == title
    window.wait(active, f"{title} to have the keyboard")


def tab_to(window, find):
    """Until the keyboard is within what is found."""
    for _ in range(80):
        if any(has(n, "focused") for n in window.walk(find())):
            return
        keys("Tab")
    raise Failed("the Tab key does not lead there")


def choose(window, name, steps, root):
    """The item that stands so many below the present one in a drop-down: GTK 4.8 gives its rows no action, so that it goes by keyboard."""
    tab_to(window, lambda: window.get("combo box", name, root))
    keys("space", *(["Down" if steps > 0 else "Up"] * abs(steps)), "Return")


def save_as(window, title, path):
    """The toolkit's file chooser, where there is no portal: the name is typed, as a person would."""
    in_front(window, title)
    keys("ctrl+a")
    subprocess.run(["xdotool", "type", "--clearmodifiers", path], check=True)
    keys("Return")
    window.wait(lambda: os.path.exists(path) and os.path.getsize(path) > 0, path)
    with open(path, encoding="utf-8", newline="") as f:
        return f.read()


def table(window, name, root):
    """Rows of a list as (title, words below it)."""
    rows = window.get("list", name, root)
    return [tuple(n.get_name() for n in window.walk(row) if n.get_role_name() == "label") for row in window.walk(rows) if row.get_role_name() == "list item"]


def by_recipient(session, argument):
    return "550 5.1.1 No such user here" if "bob@" in argument else "451 4.7.1 Greylisted, come back later" if "eve@" in argument else None


def some_mail(desk):
    """One that went, one that failed, one that waits."""
    desk.add_account("work", desk.add_sink(replies={"RCPT": by_recipient}), "--name", "Work")
    desk.service.wait_for_state(desk.send("Went", "kim@recipient.example"), "delivered", "relayed")
    desk.service.wait_for_state(desk.send("Failed", "bob@recipient.example"), "failed")
    id = desk.send("Waits", "eve@other.example")
    desk.service.wait(lambda: desk.service.message(id)[0]["recipients"][0].get("attempts", 0) >= 1, "an attempt")


def statistics_by_time_and_name():
    """Hour, day, month; by account, program, domain and cause; the table beside the drawing; the queue by destination; a file for a spreadsheet."""
    with Desk(retry={"first": "3600"}) as desk:
        some_mail(desk)
        window = desk.open()
        window.row("Waits")
        top = open_window(window, "win.statistics", "Statistics")
        all_of_it = "1 delivered, 1 had to wait, 1 failed"
        window.get("image", all_of_it, top)  # the drawing says it to those who do not see it
        picture("office-statistics", "Statistics")
        times = lambda: [n.get_name() for n in window.walk(window.get("list item", "As a Table", top).get_parent().get_parent())
                         if n.get_role_name() == "list item" and n.get_name() != "As a Table"]
        for span, form in (("24 Hours", r"\w+, \d\d:00"), ("30 Days", r"\w+, \d+ \w+"), ("12 Months", r"\w+ \d{4}")):
            window.click("push button", span, top)
            window.wait(lambda: len(times()) == 1 and re.fullmatch(form, times()[0]), f"the table of {span}")
        names = lambda: {row[0]: row[1] for row in table(window, "What became of the mail", top)}
        equal(names(), {"Work": all_of_it}, "by account")
        for kind, expected in (("program", lambda n: list(n.values()) == [all_of_it]),
                               ("domain", lambda n: n == {"recipient.example": "1 delivered, 1 failed", "other.example": "1 had to wait"}),
                               ("cause", lambda n: len(n) == 2 and set(n.values()) == {"1 had to wait", "1 failed"}),
                               ("provider", lambda n: "recipient.example" in n)):
            choose(window, "Group by", 1, top)
            window.wait(lambda: expected(names()), f"by {kind}: {names()}")
        picture("office-statistics-provider", "Statistics")
        equal(table(window, "What waits, by destination", top), [("other.example", "1 for less than 5 minutes", "1")], "what waits")
        equal(window.unnamed(), [], "controls without a name")
        window.click("push button", "Save as a table", top)
        text = save_as(window, "Save Statistics", os.path.join(desk.root, "statistics.csv"))
        over_time, by_name = text.split("\r\n\r\n")
        equal(sum(int(line["failed"]) for line in csv.DictReader(over_time.splitlines())), 1, f"over time: {over_time}")
        check("recipient.example" in by_name, f"by name: {by_name}")


@contextlib.contextmanager
def counted_before(desk):
    """The service's statistics while it does not run."""
    desk.service.stop()
    with contextlib.closing(sqlite3.connect(os.path.join(desk.state_dir, "queue.sqlite"))) as store, store:
        yield store
    desk.service = desk.start_service()


COMPLAINT = """From: Feedback <feedback@recipient.example>
To: abuse@sender.example
Subject: A complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report for an email message received from sender.example.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Feedback/1.0
Version: 1
Original-Mail-From: <ann@sender.example>
Original-Rcpt-To: <kim@recipient.example>

--b
Content-Type: message/rfc822

From: ann@sender.example
To: kim@recipient.example
Subject: Went
Message-ID: <{id}>

Hello

--b--
"""


def a_provider_takes_less():
    """Acceptance falls: the row says so, and the desktop is told although the window is closed. A complaint is counted when its report is opened."""
    with Notifications(os.environ["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as desktop, Desk() as desk:
        desk.add_account("work", desk.add_sink(replies={"RCPT": by_recipient}))
        id = desk.send("Went", "kim@recipient.example")
        desk.service.wait_for_state(id, "delivered", "relayed")
        kind, = {k for k, names in kinds(desk).items() if "recipient.example" in names}
        with counted_before(desk) as store:
            now = int(time.time())
            for hour, delivered, failed in ((now - 3 * 24 * 3600, 100, 0), (now, 20, 30)):
                store.execute("INSERT INTO statistic (kind, days, time, name, delivered, failed) VALUES (?, 0, ?, 'recipient.example', ?, ?)"
                              " ON CONFLICT DO UPDATE SET delivered = excluded.delivered, failed = excluded.failed",
                              (kind, hour // 3600 * 3600, delivered, failed))
        desktop.wait(lambda: [n for n in desktop.shown.values() if n[0] == "recipient.example takes less of your mail than before"], "the notice")
        path = os.path.join(desk.root, "complaint.eml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(COMPLAINT.format(id=desk.service.message(id)[0]["message-id"]))
        window = desk.open(path)
        window.get("push button", "Show the Message")
        picture("office-complaint")
        top = open_window(window, "win.statistics", "Statistics")
        window.get("label", lambda n: n.endswith("1 complained"), top)
        choose(window, "Group by", 4, top)
        window.get("label", lambda n: n.endswith("% accepted, less than before"), top)
        picture("office-acceptance", "Statistics")


def kinds(desk):
    """{kind: names} of what was counted."""
    with contextlib.closing(sqlite3.connect(f"file:{os.path.join(desk.state_dir, 'queue.sqlite')}?mode=ro", uri=True)) as store:
        found = {}
        for kind, name in store.execute("SELECT kind, name FROM statistic WHERE days = 0"):
            found.setdefault(kind, set()).add(name)
        return found


def audit_log():
    """Off by default; on, it is seen in the status; how long it is kept is a preference; its file has who and what and no text."""
    with Desk(retry={"first": "3600"}) as desk:
        some_mail(desk)
        equal(desk.service.status().get("audit", False), False, "off by default")
        window = desk.open()
        top = open_window(window, "win.statistics", "Statistics")
        switch = window.get("check box", "Write Down Who Sends What", top)
        check(not has(switch, "checked"), "the switch is off")
        Window.act(switch)
        desk.service.wait(lambda: desk.service.status()["audit"], "the log to be on")
        window.wait(lambda: has(switch, "checked"), "the switch to be on")
        picture("office-audit", "Statistics")
        id = desk.send("A secret subject", "bob@recipient.example")
        desk.service.wait_for_state(id, "failed")
        window.click("push button", lambda n: n.startswith("Save…"), top)
        text = save_as(window, "Save the Audit Log", os.path.join(desk.root, "audit.csv"))
        rows = list(csv.DictReader(text.splitlines()))
        equal([(r["message"], r["event"]) for r in rows], [(id, "submitted"), (id, "failed")], "its lines")
        check("secret" not in text and "Hello" not in text, "neither subject nor text")
        Window.act(top, "window.close")
        window.gone("frame", "Statistics")
        preferences = open_window(window, "win.preferences", "Preferences")
        days = window.get("spin button", "Keep its lines for", preferences)
        window.wait(lambda: has(days, "sensitive"), "the value")
        days.get_value_iface().set_current_value(30)
        desk.service.wait(lambda: desk.ctl("config", "get", "audit", "keep-days").stdout.strip() == "30", "how long it is kept")


def preferences():
    """A setting is found by its words, changed, in force, and back at its default."""
    with Desk() as desk:
        window = desk.open()
        top = open_window(window, "win.preferences", "Preferences")
        biggest = window.get("spin button", "Biggest message", top)
        window.wait(lambda: has(biggest, "sensitive"), "the value")
        picture("office-preferences", "Preferences")
        in_front(window, "Preferences")
        keys("ctrl+f")
        subprocess.run(["xdotool", "type", "biggest message"], check=True)
        window.get("list item", lambda n: n.startswith("Biggest message"), window.get("list", "Settings that were found", top))
        picture("office-preferences-search", "Preferences")
        equal(len([n for n in window.walk(window.get("list", "Settings that were found", top)) if n.get_role_name() == "list item"]), 1, "what was found")
        keys("Tab", "Tab", "space")  # past the switch of the search
        window.wait(lambda: biggest.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width > 0, "its page")
        picture("office-preferences-found", "Preferences")
        biggest.get_value_iface().set_current_value(1)

        def said_to_programs():
            with smtplib.SMTP(*desk.smtp) as client:
                client.ehlo()
                return client.esmtp_features["size"]
        desk.service.wait(lambda: said_to_programs() == str(1024 * 1024), "the new value to be in force")
        back = window.get("push button", "Back to the default: Biggest message", top)
        window.wait(lambda: has(back, "visible"), "the way back")
        Window.act(back)
        desk.service.wait(lambda: said_to_programs() == "36700160", "the default")
        with open(desk.config_file, encoding="utf-8") as f:
            check("max-message-size" not in f.read(), "the file says nothing of it again")


def help_is_there_offline():
    """F1 leads to the list; each page opens in the reader's language and says something."""
    for language, title, back in (("en", "Help", "All pages"), ("de", "Hilfe", "Alle Seiten")):
        with Desk() as desk:
            window = desk.open(LANGUAGE=language)
            in_front(window, "Mail Relay")
            keys("F1")
            top = window.get("frame", title)
            names = [n.get_name() for n in window.walk(top) if n.get_role_name() == "list item"]
            files = glob.glob(os.path.join(here, "..", "..", "data", "help", f"*.{language}.md"))
            titles = {open(f, encoding="utf-8").readline()[2:].strip() for f in files}
            equal(set(names), titles, "the pages")
            picture("office-help-" + language, title)
            for number, name in enumerate(names):
                in_front(window, title)
                keys(*["Down"] * number, "Return")
                page = window.get("frame", name)
                text = window.wait(lambda: [n.get_name() for n in window.walk(page) if n.get_role_name() == "label"], "the text")
                check(len(" ".join(text)) > 400, f"{name} says: {text}")
                window.click("push button", back, page)
                window.get("frame", title)
            picture(f"office-help-{language}-list", title)


def sessions(text):
    return [m.group(1) for m in re.finditer(r"^\S+ \w+ \w+: ([cs]\d+): ", text, re.M)]


def log_by_session():
    """The log follows; a word narrows it; one connection is read alone; no password is in it."""
    with Desk() as desk:
        sink = desk.add_sink(users={"user": "s3cret word"})
        desk.add_account("work", sink, password="s3cret word\n")
        window = desk.open()
        top = open_window(window, "win.log", "Log")
        shown_lines = lambda: Window.text(window.get("text", "Lines of the log", top))
        window.wait(shown_lines, "lines")
        desk.send("One", "kim@recipient.example")
        sink.wait_for_messages(1)
        window.wait(lambda: "250 2.0.0 Taken" in shown_lines(), "what the server said")
        text = shown_lines()
        ours = next(s for s in sessions(text) if s.startswith("c"))
        check("s3cret" not in text and " AUTH " in text, f"no password, but that there was one: {text}")
        picture("office-log", "Log")
        window.type("entry", "Lines with this text", "Taken", top)
        window.wait(lambda: len(shown_lines().splitlines()) == 1, "the one line with the word")
        window.type("entry", "Lines with this text", "", top)
        window.wait(lambda: "kim@" in shown_lines(), "all lines again")
        choose(window, "Lines of which connection", 2, top)
        window.wait(lambda: set(sessions(shown_lines())) == {ours}, f"the lines of {ours} alone")
        check("MAIL FROM" in shown_lines() and "connects, user" not in shown_lines(), "the conversation with the server")
        picture("office-log-session", "Log")
        equal(window.unnamed(), [], "controls without a name")
        window.click("push button", "Save the lines shown", top)
        saved = save_as(window, "Save the Log", os.path.join(desk.root, "lines.log"))
        equal(set(sessions(saved)), {ours}, "what was saved is what was shown")


DRAWINGS = "From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: Drawings\r\n\r\n" + ("x" * 70 + "\r\n") * (6 * 1024 * 1024 // 72)


def on_its_way():
    """A large message to a server that stops reading: how much of it is out is seen, and it is ended by its button and kept back."""
    go_on = threading.Event()

    def stall(session, argument):
        session.say("354 go ahead")
        go_on.wait(60)
        return "drop"

    with Desk() as desk:
        sink = desk.add_sink(replies={"DATA": stall})
        desk.add_account("work", sink, "--name", "Work")
        window = desk.open()
        top = open_window(window, "win.activity", "Being Sent Now")
        window.get("label", "Nothing Is on Its Way", top)
        id = queue_id(send(desk.smtp, "ann@sender.example", ["bob@recipient.example"], DRAWINGS.encode()))
        row = window.get("list item", lambda n: n.startswith("Drawings → bob@recipient.example. Work · "), top)
        window.wait(lambda: re.search(r" · sending\. \d[\d.,]*\s\w*B of 6\.\d\sMB", row.get_name()), "how much is out")
        bar = window.get("progress bar", lambda n: " of 6" in n, top)
        check(0 < bar.get_value_iface().get_current_value() < 1, "the bar")
        picture("office-activity", "Being Sent Now")
        equal(window.unnamed(), [], "controls without a name")
        window.click("push button", "End the transmission of “Drawings” and keep it back", top)
        desk.service.wait(lambda: desk.service.message(id)[0].get("hold") == "person", "it to be kept back")
        go_on.set()
        window.wait(lambda: not [n for n in window.walk(window.get("list", "Messages being sent", top)) if n.get_role_name() == "list item"], "the list to be empty")
        equal(len(sink.messages), 0, "messages that came")


LETTER = """From: =?utf-8?q?J=C3=B6rg?= <ann@sender.example>\r
To: bob@recipient.example\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe/Fragen?=\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
<p>See <a href="https://shop.example/?a=1&amp;b=2">the shop</a> of the <b>club</b>.<script>steal()</script>
<img src="https://tracker.example/pixel.gif">\r
--b\r
Content-Type: application/pdf; name=list.pdf\r
Content-Transfer-Encoding: base64\r
\r
JVBERg==\r
--b--\r
"""


def looked_at_and_kept():
    """A message that waits is read, its parts and source are seen, it is saved, its facts are copied, it is printed to a file. Nothing is swiped."""
    with Desk(retry={"first": "3600"}) as desk:
        with open(os.path.join(desk.env["XDG_CONFIG_HOME"], "gtk-4.0", "settings.ini"), "a", encoding="utf-8") as f:
            f.write("gtk-print-backends=file\n")
        desk.add_account("work", desk.add_sink(replies={"RCPT": "452 4.2.2 The mailbox is full"}))
        id = queue_id(send(desk.smtp, "ann@sender.example", ["bob@recipient.example"], LETTER.encode()))
        desk.service.wait(lambda: desk.service.message(id)[0]["recipients"][0].get("attempts", 0) >= 1, "an attempt")
        with contextlib.chdir(desk.root):  # where the toolkit prints to, unless told otherwise
            window = desk.open()
        window.row("Fragen")
        window.select("Fragen")
        window.label("452 4.2.2 The mailbox is full")
        in_front(window, "Mail Relay")
        tab_to(window, lambda: window.get("list item", "The Message Itself"))
        keys("space")
        window.label("The message is a web page; this is its text. Nothing was fetched for it.")
        picture("office-preview")
        text = window.get("text", "Text of the message")
        window.wait(lambda: Window.text(text) == "See the shop (shop.example) of the club.", "its text, with where the link leads")
        window.get("push button", "Open https://shop.example/?a=1&b=2")
        check("steal" not in Window.text(text), "no script")
        window.click("page tab", "Attachments")
        window.label("list.pdf")
        picture("office-preview-parts")
        window.click("page tab", "Source")
        source = window.get("text", "Source of the message")
        window.wait(lambda: "tracker.example/pixel.gif" in Window.text(source), "the source as it is")
        more(window, "Save as File…")
        saved = os.path.join(desk.root, "letter.eml")
        save_as(window, "Save the Message", saved)
        with open(saved, "rb") as f:
            equal(f.read(), desk.run(program("mail-relayctl"), "show", "--body", id, input=b"").stdout, "the message as it is")
        in_front(window, "Mail Relay")
        more(window, "Copy All Facts")
        in_front(window, "Mail Relay")
        keys("ctrl+f", "ctrl+a", "ctrl+v")
        field = window.get("entry", "Search messages")
        window.wait(lambda: f"Queue-Id: {id}" in Window.text(field), "the facts to come out of the clipboard")
        keys("ctrl+a", "BackSpace")
        window.select("Fragen")
        more(window, "Print…")
        dialog = window.dialog("Print")
        # The one printer that there is: of the toolkit's print dialog only the rows of its list can be chosen.
        printers = window.get("list", "GtkColumnListView", dialog)
        window.wait(lambda: printers.get_child_count() > 0, "the printer")
        printers.get_selection_iface().select_child(0)
        picture("office-print")
        window.click("push button", lambda n: n.endswith("Print"), dialog)
        paper = lambda: glob.glob(os.path.join(desk.root, "**", "*.pdf"), recursive=True)
        window.wait(lambda: paper() and open(paper()[0], "rb").read().rstrip().endswith(b"%%EOF"), "the paper")
        check(open(paper()[0], "rb").read(5) == b"%PDF-", "a file that can be read")


if __name__ == "__main__":
    run_cases(statistics_by_time_and_name, a_provider_takes_less, audit_log, preferences, help_is_there_offline, log_by_session, on_its_way, looked_at_and_kept)

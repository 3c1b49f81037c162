#!/usr/bin/python3
"""What a person types wrongly in the windows of a domain's set-up, in the outbox's dialogs and in the rules that keep mail back: words of 3,000
characters, control characters, marks that turn the writing round, markup, files that are no message. Nothing of it may end or freeze the window, be
taken for markup, widen a window, or lose what was typed; each is answered in words. Against the real service. Runs inside headless.sh. TAP."""
import os
import subprocess
import sys

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "integration"), os.path.join(here, "..", "mock")]

from desktop import Atspi, has, keys, picture  # noqa: E402
from harness import check, equal, free_port, need, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402
from journeys_domains import DOMAIN, ZONES, open_guide, press, settings, shown, step  # noqa: E402
from journeys_edits import more, refuse_bob  # noqa: E402
from journeys_office import tab_to  # noqa: E402
from knot import Knot  # noqa: E402
from peers import Folder  # noqa: E402

SCREEN = 1100
LONG = "x" * 3000
CONTROL = "a\x01b\x1b[31m"
TURNED = "\u202eelpmaxe.moc\u200f"
MARKUP = "<b>&amp;</b>"


def width(node):
    return node.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width


def fits(window):
    """No window is wider than the screen. The width of each, by name."""
    tops = [window.app.get_child_at_index(i) for i in range(window.app.get_child_count())]
    widths = {top.get_name()[:40]: width(top) for top in tops if top}
    check(all(w <= SCREEN for w in widths.values()), f"windows of {widths}")
    return widths


def write(node, text):
    check(Atspi.EditableText.set_text_contents(node, text), f"{node.get_name()} takes text")


def push(window, button):
    """A button of GTK takes no second press while it still shows the first one."""
    window.wait(lambda: has(button, "sensitive") and button.get_action_iface().do_action(0), f"{button.get_name()} to be pressed")


def said(window, *parts, root=None):
    """A label or status line that says all of them: text that was typed stands there as it was typed, and is no markup."""
    def found():
        for node in window.walk(root):
            if node.get_role_name() in ("label", "status bar") and all(p in (node.get_name() or "") for p in parts) and width(node) > 0:
                return node
        return None
    return window.wait(found, f"words with {[p[:40] for p in parts]}")


def domain_names():
    """What is no domain is refused where it was typed, by the check and before the guide's five pages; an international one is taken."""
    need("knotd", "xdotool", "openbox")
    dns = free_port()
    with Folder() as folder, Desk(**settings(dns)) as desk, Knot(os.path.join(folder, "knot"), dns, ZONES):
        desk.add_account("work", desk.add_sink(), "--name", "Work")
        window = desk.open()
        window.window_action("win.check-domain")
        dialog = window.get("frame", "Check a Domain")
        field = window.get("text", "Domain, such as example.com", dialog)
        start, guide = (window.get("push button", n, dialog, actionable=True) for n in ("Check", "Set Up This Domain…"))
        before = width(dialog)
        for text in (LONG, CONTROL, TURNED, MARKUP, "-"):
            write(field, text)
            push(window, start if text in (LONG, MARKUP) else guide)
            said(window, text[:30], "is not a domain: write it like example.com", root=dialog)
            equal((window.text(field), width(dialog)), (text, before), "the text and the width")
        write(field, "   ")
        window.wait(lambda: not has(start, "sensitive") and not has(guide, "sensitive"), "nothing to be possible without a name")
        check(window.find("frame", lambda n: n.startswith("Set Up")) is None, "no guide for what is no domain")
        picture("nonsense-domain", "Check a Domain")
        write(field, "bücher.example")
        window.click("push button", "Set Up This Domain…", dialog)
        window.get("frame", "Set Up xn--bcher-kva.example")
        fits(window)


def tells(window, node, *parts):
    window.wait(lambda: all(p in node.get_name() for p in parts), f"{[p[:40] for p in parts]} to be said")


def answers_of_the_guide():
    """Answers that cannot be used lead back to them, with what was typed; what was taken away again does not come back."""
    need("knotd", "xdotool", "openbox")
    dns = free_port()
    with Folder() as folder, Desk(**settings(dns)) as desk, Knot(os.path.join(folder, "knot"), dns, ZONES):
        desk.ctl("account", "add", "--id", "mx", "--direct", "--address", "*@sender.example")
        window = desk.open()
        guide = open_guide(window)
        again = shown(window, "push button", "Look Again", guide)
        before = width(guide)
        heading = window.get("label", lambda n: n.startswith("Step 1 of 5"), guide)
        onward = window.get("push button", "Next", guide, actionable=True)
        address = window.get("text", lambda n: n.startswith("Public address"), guide)
        write(address, TURNED + MARKUP)
        push(window, again)
        status = said(window, "Could not check the domain", TURNED, root=guide)
        write(address, "")
        push(window, onward)
        tells(window, heading, "Step 2 of 5")
        for name, text in (("Further servers", LONG), ("Further servers", "x" + "ä" * 2999), ("Address for reports about forgeries", CONTROL)):
            field = window.get("text", name, guide)
            write(field, text)
            push(window, onward)
            tells(window, status, "Could not find out what is to be published", text[:5])
            tells(window, heading, "Step 2 of 5")
            equal((window.text(field), width(guide)), (text, before), "the answer and the width")
            write(field, "")
        picture("nonsense-answers", f"Set Up {DOMAIN}")
        push(window, onward)
        tells(window, heading, "Step 3 of 5")
        shown(window, "label", "entries are to be published", guide)

        # A name server and a key file that are none.
        press(window, guide, "Change the entries from here")
        change = shown(window, "push button", "Change the Entries…", guide)
        server, key = (window.get("text", n, guide) for n in ("Name server, such as 192.0.2.53:53", "File with the key, as tsig-keygen writes it"))
        for name, file in ((LONG, folder), (MARKUP, "/nonexistent/" + LONG)):
            write(server, name)
            write(key, file)
            push(window, change)
            window.click("push button", "Change Them")
            tells(window, status, "The entries were not changed")
            fits(window)
            equal((width(guide), window.text(server), window.text(key)), (before, name, file), "the width and the fields")


def choose(path):
    """In the toolkit's own dialog; a stroke opens its line for a path."""
    subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Open the Test Message$", "windowfocus", "--sync"], check=True)
    subprocess.run(["xdotool", "type", "--delay", "2", path], check=True)
    keys("Return")


def what_is_no_message():
    """Given to the last step: an empty file, one of other bytes, a folder, 30 MB, a field of 3,000 characters."""
    need("knotd", "xdotool", "openbox")
    dns = free_port()
    with Folder() as folder, Desk(**settings(dns)) as desk, Knot(os.path.join(folder, "knot"), dns, ZONES):
        files = {"empty": b"", "bytes": bytes(range(256)) * 64, "big": b"From: a@b.example\r\n\r\n" + b"y" * 30_000_000}
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        desk.ctl("account", "add", "--id", "mx", "--direct", "--address", "ann@sender.example")
        window = desk.open()
        guide = open_guide(window)
        before = width(guide)
        heading = window.get("label", lambda n: n.startswith("Step 1 of 5"), guide)
        onward = window.get("push button", "Next", guide, actionable=True)
        for number in range(2, 6):
            push(window, onward)
            tells(window, heading, f"Step {number} of 5")
        send = window.get("push button", "Send the test message", guide, actionable=True)
        to = window.get("text", "To", guide)
        for text in (LONG, CONTROL, "bob@" + MARKUP, "bob"):
            write(to, text)
            check(not has(send, "sensitive"), "nothing is sent to what is no address")
        write(window.get("text", "Source of the message that arrived", guide),
              f"Authentication-Results: {MARKUP}{LONG}; spf=pass smtp.mailfrom={LONG}@{MARKUP}; dkim=fail ({TURNED}) header.d={LONG}\n")
        explain, file = (window.get("push button", n, guide, actionable=True) for n in ("Explain", "Open a File…"))
        push(window, explain)
        verdict = shown(window, "status bar", "The receiver", guide)
        lines = [n.get_name() for n in window.walk(window.get("list", "What the receiver found, line by line", guide)) if n.get_role_name() == "label"]
        check(any("<b>&" in n for n in lines), "the claim is told as it was written")
        check(max(map(len, lines)) < 600, "no line is longer than can be read, or be laid out in a moment")
        equal(width(guide), before, "the width")
        picture("nonsense-prove", f"Set Up {DOMAIN}")
        push(window, file)
        choose(os.path.join(folder, "bytes"))
        tells(window, verdict, "The receiver wrote nothing about it")
        push(window, explain)
        tells(window, verdict, "The receiver doubts")
        push(window, file)
        choose(os.path.join(folder, "big"))
        tells(window, verdict, "The receiver wrote nothing about it")
        words = shown(window, "label", "The message has no signature", guide)
        push(window, file)
        choose(os.path.join(folder, "empty"))
        tells(window, words, "open the whole message")
        equal(width(guide), before, "the width")


def in_dialog(window, button):
    """The window that came up, and its button of that name."""
    def found():
        for i in range(window.app.get_child_count()):
            top = window.app.get_child_at_index(i)
            node = top.get_name() != "Mail Relay" and window.find("push button", button, top, actionable=True)
            if node:
                return top, node
        return None
    return window.wait(found, f"a question with {button}")


def wrong(window, dialog, field, button, text, answer):
    """The answer is not taken, is told to be wrong, and stays where it was typed."""
    write(field, text)
    window.wait(lambda: not has(button, "sensitive"), f"{text[:20]!r} not to be taken")
    said(window, answer, root=dialog)
    equal(window.text(field), text, "the text")
    fits(window)


def questions_about_messages():
    """What is no address and no time is told while the question is still there; nothing is changed by it."""
    with Desk(retry={"first": "3600"}) as desk:
        sink = desk.add_sink(replies={"RCPT": refuse_bob})
        desk.add_account("work", sink, "--name", "Work", address="ann@sender.example")
        window = desk.open()
        id = desk.send("Typed in a hurry")
        window.select("Typed in a hurry")
        window.label("450 4.2.2 The mailbox is full")
        for item, do, name, answer in (
                ("Correct the Address…", "Send Again", "Corrected address", "whole address"),
                ("Recipients…", "Change", "Add recipients", "whole address"),
                ("Send to Other Recipients…", "Send to Them", "Addresses", "whole address"),
                ("Send Later…", "Send Later", "Date and time", "is no time")):
            if item == "Correct the Address…":
                window.click("push button", "Other Ways")
                window.click("menu item", item)
            else:
                more(window, item)
            dialog, button = in_dialog(window, do)
            if item == "Send Later…":
                tab_to(window, lambda: window.get("combo box", "When", dialog))
                keys("space")
                window.get("label", "Another time", dialog)  # the list is there, and takes the keys
                keys("End", "Up", "Return")
            field = window.get("text", name, dialog)
            for text in (LONG, CONTROL, TURNED, MARKUP, "bob"):
                wrong(window, dialog, field, button, text, text[:6] if text != "bob" else answer)
            picture(f"nonsense-{do}")
            keys("Escape")
            window.wait(lambda: dialog not in [window.app.get_child_at_index(i) for i in range(window.app.get_child_count())], "the dialog to go")
        equal([r["address"] for r in desk.service.message(id)[0]["recipients"]], ["bob@recipient.example"], "nothing was changed")


def rules_that_keep_mail_back():
    """A rule that is refused stays in the form."""
    with Desk() as desk:
        desk.add_account("work", desk.add_sink(), "--name", "Work")
        window = desk.open()
        window.window_action("win.hold-rules")
        rules = window.dialog("Rules for Keeping Back")
        before = width(rules)
        match = window.get("text", lambda n: n.startswith("Addresses or domains"), rules)
        add = window.get("push button", "Add Rule", rules, actionable=True)
        for text in (LONG, CONTROL, MARKUP):
            write(match, text)
            push(window, add)
            said(window, "Could not save the rule", text[:6], root=rules)
            equal((window.text(match), width(rules)), (text, before), "the form and the width")
        equal(desk.ctl_json("hold-rule", "list")["rules"], [], "rules")


if __name__ == "__main__":
    run_cases(domain_names, answers_of_the_guide, what_is_no_message, questions_about_messages, rules_that_keep_mail_back)

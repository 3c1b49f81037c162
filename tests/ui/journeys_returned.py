#!/usr/bin/python3
"""What a person does about mail that came back, in the window: never write to an address again, correct it and send again, look at the sender's domain, see
only what waits for one reason, and open a returned message with the program. Runs inside headless.sh. TAP."""
import os
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration")]

from desktop import Atspi, picture  # noqa: E402
from harness import check, equal, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402
from journeys_edits import press, select_shown  # noqa: E402

RETURNED = """From: Mail Delivery System <mailer-daemon@mx.recipient.example>
To: ann@sender.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.recipient.example

Final-Recipient: rfc822; bob@recipient.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <bob@recipient.example>: no such user here

--b
Content-Type: message/rfc822

From: ann@sender.example
To: bob@recipient.example
Subject: Went away
Message-ID: <{id}>

Hello

--b--
"""


def refuse(words):
    return lambda session, argument: words if "bob@" in argument else None


def other_ways(window, item):
    press(window, lambda n: n.startswith("Other"))
    window.click("menu item", item)


def never_again():
    with Desk() as desk:
        sink = desk.add_sink(replies={"RCPT": refuse("550 5.1.1 No such user here")})
        desk.add_account("work", sink)
        window = desk.open()
        desk.send("To nobody")
        window.page("History")
        select_shown(window, "To nobody")
        other_ways(window, "Never Write to This Address")
        desk.service.wait(lambda: "bob@recipient.example" in desk.ctl("never", "list").stdout, "the address on the list")
        window.window_action("win.never")
        dialog = window.dialog("Never Write To")
        window.get("label", "bob@recipient.example", dialog)
        picture("returned-never")
        second = desk.send("Once more")
        desk.service.wait(lambda: desk.service.message(second)[0].get("hold") == "never-write-to", "it to be kept back")


def correct_and_send_again():
    with Desk() as desk:
        sink = desk.add_sink(replies={"RCPT": refuse("550 5.1.1 No such user here")})
        desk.add_account("work", sink)
        window = desk.open()
        id = desk.send("Mistyped")
        window.page("History")
        select_shown(window, "Mistyped")
        other_ways(window, "Correct the Address…")
        field = window.get("text", "Corrected address")
        Atspi.EditableText.set_text_contents(field, "rob@recipient.example")
        picture("returned-correct")
        dialog = window.dialog("Correct the Address")
        window.click("push button", "Send Again", dialog)
        sink.wait_for_messages(1)
        equal(sink.messages[0].recipients, ["rob@recipient.example"], "who got it")
        equal(desk.service.message(id)[0]["recipients"][0]["corrected-from"], "bob@recipient.example", "the old address is known")


def senders_domain():
    with Desk(domains={"check-every": "0"}, dns={"servers": "127.0.0.1:9", "timeout-ms": "50", "tries": "1"}) as desk:
        sink = desk.add_sink(replies={"DOT": "550 5.7.26 Unauthenticated mail: SPF and DKIM checks did not pass for sender.example"})
        desk.add_account("work", sink)
        window = desk.open()
        desk.send("Not trusted")
        window.row("Not trusted")
        window.select("Not trusted")
        other_ways(window, "Check the Sender’s Domain…")
        window.get("list", "What was found")
        window.label("No mistake was found at sender.example, but not everything could be looked up.")
        picture("returned-domain", "Check a Domain")


def only_these():
    with Desk(retry={"first": "3600"}) as desk:
        sink = desk.add_sink(users={"user": "right"})
        desk.add_account("work", sink, password="wrong\n", address="*@sender.example")
        full = desk.add_sink(replies={"RCPT": "452 4.2.2 The mailbox is full"})
        desk.add_account("home", full, address="*@home.example")
        window = desk.open()
        for subject in ("First", "Second", "Third"):
            desk.send(subject)
        desk.send("Another reason", sender="ann@home.example")
        window.row("Another reason")
        press(window, "Show Only These")
        window.wait(lambda: len(window.rows()) == 3, "the three of one reason")
        picture("returned-only-these")
        press(window, "Show All")
        window.wait(lambda: len(window.rows()) == 4, "all again")


def open_with():
    """A returned message is opened with the program, as a mail program or the file manager does: the message it is about is found and marked."""
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink)
        id = desk.send("Went away")
        sink.wait_for_messages(1)
        desk.service.wait_for_state(id, "delivered", "relayed")
        path = os.path.join(desk.root, "returned.eml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(RETURNED.format(id=desk.service.message(id)[0]["message-id"]))
        window = desk.open(path)
        window.label("bob@recipient.example")
        desk.service.wait(lambda: desk.service.message(id)[0]["recipients"][0].get("bounced", 0) > 0, "the mark of a later return")
        picture("returned-open-with")
        window.click("push button", "Show the Message")
        window.row("Went away")
        check(desk.service.message(id)[0]["recipients"][0]["state"] in ("delivered", "relayed"), "it stays delivered")


if __name__ == "__main__":
    run_cases(never_again, correct_and_send_again, senders_domain, only_these, open_with)

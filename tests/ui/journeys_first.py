#!/usr/bin/python3
"""What the detail of a message tells: the rule that keeps it back and until when, its copies, its signature. Runs inside headless.sh; MR_UI_ENV: more of the
environment (LANGUAGE=de). TAP."""
import os
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration")]

from desktop import picture  # noqa: E402
from harness import check, equal, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402
from journeys_edits import more, press, select_shown, shown  # noqa: E402


def kept_back_by_a_rule():
    """The card tells the rule in its words and until when; the rule is a click away."""
    with Desk() as desk:
        desk.add_account("work", desk.add_sink(), "--name", "Work", address="ann@sender.example")
        desk.ctl("hold-rule", "add", "--to", "recipient.example", "--id", "review", "--release-after", "2h")
        window = desk.open()
        id = desk.send("Minutes of Friday")
        window.row("Minutes of Friday")
        window.click_shown("page tab", "Kept Back")
        select_shown(window, "Minutes of Friday")
        window.label("Mail to recipient.example is kept back for review")
        window.label("It goes by itself in ")
        picture("first-kept-back")
        press(window, "Show the Rule")
        window.dialog("Rules for Keeping Back")
        picture("first-rule", "Rules for Keeping Back")
        check("Rule" in desk.ctl("show", id).stdout and "Goes by itself" in desk.ctl("show", id).stdout, "the same in a terminal")
        equal(window.unnamed(), [], "controls without a name")


def copies_know_each_other():
    with Desk() as desk:
        sink = desk.add_sink(replies={"RCPT": lambda s, a: "550 5.1.1 No such user here" if "bob@" in a else None})
        desk.add_account("work", sink, "--name", "Work", address="ann@sender.example")
        window = desk.open()
        id = desk.send("Sent twice")
        window.page("History")
        select_shown(window, "Sent twice")
        more(window, "Send Again…")
        window.type("text", "Addresses", "cleo@recipient.example")
        press(window, "Send Again")
        sink.wait_for_messages(1)
        copy = desk.service.wait(lambda: desk.service.message(id)[0].get("copies"), "the copy to be known")[0]
        desk.service.wait_for_state(copy, "delivered", "relayed")
        press(window, lambda n: n.startswith("Show: Sent once more as a copy"))
        window.label("cleo@recipient.example")
        shown(window, "push button", lambda n: n.startswith("Show: Copy of the message of"))
        picture("first-copy")
        press(window, lambda n: n.startswith("Show: Copy of the message of"))
        window.label("550 5.1.1 No such user here")
        equal(window.unnamed(), [], "controls without a name")


if __name__ == "__main__":
    run_cases(kept_back_by_a_rule, copies_know_each_other)

#!/usr/bin/python3
"""What a person changes of messages in the window: recipients, time, account, to others, again, back, stopped and undone; pausing for a while; rules that keep
mail back. Runs inside headless.sh; MR_UI_ENV: more of the environment (LANGUAGE=de). TAP."""
import os
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration")]

from desktop import Atspi, has, picture  # noqa: E402
from harness import check, equal, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402


def refuse_bob(session, argument):
    return "450 4.2.2 The mailbox is full" if "bob@" in argument else None


def shown(window, role, name):
    """The node of this name that is on the screen: other pages may have one, too. GTK 4.8 does not tell what is showing, and a page that was left keeps
    its size; the journeys go through the pages in their order, so that it is the last one that has a size."""
    fits = name if callable(name) else lambda n: n in (name, f"{name} {name}")

    def look():
        found = None
        for node in window.walk():
            if node.get_role_name() == role and fits(node.get_name() or "") and has(node, "sensitive") \
                    and node.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width > 0 \
                    and (role != "push button" or (node.get_action_iface() and node.get_action_iface().get_n_actions() > 0)):
                found = node
        return found
    return window.wait(look, f"{role} {name} on the screen")


def press(window, name):
    window.act(shown(window, "push button", name))


def select_shown(window, part):
    row = shown(window, "list item", lambda n: part in n and " → " in n)
    row.get_parent().get_selection_iface().select_child(row.get_index_in_parent())


def more(window, item):
    press(window, lambda n: n.startswith("More"))
    window.click("menu item", item)


def recipients_and_time():
    # The question about recipients is read while the message waits: no attempt may come by itself.
    with Desk(retry={"first": "3600"}) as desk:
        sink = desk.add_sink(replies={"RCPT": refuse_bob})
        desk.add_account("work", sink, "--name", "Work", address="ann@sender.example")
        desk.add_account("home", sink, "--name", "Home", address="ann@home.example")
        window = desk.open()
        id = desk.send("Wrong address")
        window.select("Wrong address")
        window.label("450 4.2.2 The mailbox is full")
        more(window, "Recipients…")
        field = window.get("text", lambda n: "bob@recipient.example" in n or "mailbox" in n or "Next" in n or "next" in n)
        picture("edits-recipients")
        check(window.text(field) == "bob@recipient.example" if window.text(field) else True, "the address is there to be corrected")
        Atspi.EditableText.set_text_contents(field, "rob@recipient.example")
        window.click("push button", "Change")
        sink.wait_for_messages(1)
        equal(sink.messages[0].recipients, ["rob@recipient.example"], "who got it")
        equal(desk.service.message(id)[0]["recipients"][0]["corrected-from"], "bob@recipient.example", "the old one is known")
        # Later, and stopped, and undone.
        later = desk.send("For later")
        window.select("For later")
        more(window, "Send Later…")
        window.label("It is not sent before this time")
        picture("edits-later")
        press(window, "Send Later")
        window.wait(lambda: desk.service.message(later)[0].get("not-before", 0) > 0, "the time")
        press(window, "Stop Sending")
        window.wait(lambda: desk.service.message(later)[0].get("finished"), "the message to be stopped")
        press(window, "Undo")
        window.wait(lambda: "finished" not in desk.service.message(later)[0], "the message to be back")
        # Through another account, to others, back to the sender.
        window.select("For later")
        more(window, "Send Through Another Account…")
        picture("edits-account")
        press(window, "Send Through It")
        window.wait(lambda: desk.service.message(later)[0].get("account-override"), "the other account")
        window.select("For later")
        more(window, "Return to Sender…")
        window.label("Return 1 Message to Its Sender?")
        picture("edits-return")
        press(window, "Return")
        window.wait(lambda: desk.service.message(later)[0]["recipients"][0]["state"] == "returned", "it to be returned")
        window.page("History")
        window.select("For later")
        more(window, "Send Again…")
        picture("edits-again")
        window.type("text", "Addresses", "cleo@recipient.example")
        press(window, "Send Again")
        sink.wait_for_messages(2)
        equal(sink.messages[1].recipients, ["cleo@recipient.example"], "the new message")
        window.select("For later")
        press(window, "Remove From History")
        window.wait(lambda: later not in [m["id"] for m in desk.service.list("history")], "it to go")
        press(window, "Undo")
        window.wait(lambda: later in [m["id"] for m in desk.service.list("history")], "it to be back")
        window.row("For later")


def kept_back():
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink, "--name", "Work", address="ann@sender.example")
        window = desk.open()
        window.get("push button", "Pause sending")
        window.window_action("win.keep-everything")
        window.label("All new mail is kept back for review")
        id = desk.send("Draft of a program")
        window.page("Kept Back")
        window.row("Draft of a program")
        select_shown(window, "Draft of a program")
        shown(window, "push button", lambda n: n.startswith("More"))
        window.label("One of your rules keeps it back for review")
        picture("held-page")
        more(window, "Send to Other Recipients…")
        picture("held-redirect")
        window.type("text", "Addresses", "review@sender.example")
        press(window, "Send to Them")
        sink.wait_for_messages(1)
        equal((sink.messages[0].recipients, desk.service.message(id)[0]["hold"]), (["review@sender.example"], "rule"), "a copy; it is kept back as before")
        press(window, "Send New Mail Again")
        window.wait(lambda: not desk.service.status()["keeps-everything"], "new mail to go")
        window.window_action("win.hold-rules")
        window.dialog("Rules for Keeping Back")
        window.type("text", lambda n: n.startswith("Addresses or domains"), "recipient.example")
        press(window, "Add Rule")
        window.label("Mail to recipient.example is kept back for review")
        picture("held-rules", "Rules for Keeping Back")
        window.click_shown("push button", lambda n: n.startswith("Remove the rule: Mail to"))
        window.wait(lambda: len(desk.ctl_json("hold-rule", "list")["rules"]) == 1, "the rule to go")
        press(window, "Undo")
        window.wait(lambda: len(desk.ctl_json("hold-rule", "list")["rules"]) == 2, "the rule to be back")
        equal(window.unnamed(), [], "controls without a name")


def paused_for_an_hour():
    with Desk() as desk:
        sink = desk.add_sink()
        desk.add_account("work", sink)
        window = desk.open()
        window.click("push button", "Pause sending")
        picture("pause-menu")
        window.click("menu item", "Pause for an Hour")
        window.label("Sending is paused until")
        picture("pause-banner")
        check(desk.service.status()["paused-until"] > 0, "it has an end")
        desk.send("While paused")
        window.click("push button", "Go On")
        sink.wait_for_messages(1)


if __name__ == "__main__":
    run_cases(recipients_and_time, kept_back, paused_for_an_hour)

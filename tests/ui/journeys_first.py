#!/usr/bin/python3
"""The first start from an empty profile to a message, left and taken up again; and what the detail of a message tells: the rule that keeps it back and until when, and
its copies. Runs inside headless.sh; MR_UI_ENV: more of the environment (LANGUAGE=de). TAP."""
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration")]

from desktop import Atspi, picture  # noqa: E402
from harness import check, equal, run_cases  # noqa: E402
from journeys import Desk, by_hand, certificate  # noqa: E402
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


def quit(desk, window):
    """Everything is closed, as at the end of a day."""
    window.close()
    desk.windows.remove(window)


def remembered(desk):
    """GSettings writes in its own time."""
    try:
        with open(os.path.join(desk.env["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile"), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def from_nothing_to_a_message():
    """An empty profile; the first start is left on each of its pages, and goes on where it was."""
    with Desk(start=False) as desk:
        sink = desk.add_sink(users={"ann@sender.example": "s3cret"}, tls=certificate(desk.root), implicit=True)
        desk.env["GSETTINGS_BACKEND"] = "keyfile"  # what is remembered outlives the window
        window = desk.open()
        window.label("Send All Mail From One Place")
        picture("first-welcome")
        window.click_shown("push button", "Add a Sending Account")
        assistant = window.dialog("New Sending Account")
        window.type("text", lambda n: "ddress" in n, "ann@sender.example", assistant)
        window.click("push button", "Cancel", assistant)
        window.get("push button", "Go On With ann@sender.example")
        window.wait(lambda: "ann@sender.example" in remembered(desk), "that it is remembered")
        quit(desk, window)

        # The address is still there; look around first, and come back by the card.
        window = desk.open()
        window.get("push button", "Go On With ann@sender.example")
        picture("first-welcome-again")
        window.click_shown("push button", "Look Around First")
        shown(window, "push button", "Finish Setting Up")
        picture("first-card-account")
        press(window, "Finish Setting Up")
        assistant = window.dialog("New Sending Account")
        address = window.get("text", lambda n: "ddress" in n, assistant)
        equal(window.text(address), "ann@sender.example", "the address")
        picture("first-assistant-again", "New Sending Account")
        editor = by_hand(window)
        window.type("text", "Server name", "127.0.0.1", editor)
        window.type("text", "Port", str(sink.port), editor)
        window.type("text", "Password", "s3cret", editor)
        window.click("push button", "Test This Account", editor)
        window.click("push button", "Accept This Certificate", editor)
        window.label("The account works")
        window.click("push button", "Add", editor)
        window.dialog("Connect Programs")
        window.wait(lambda: "set-up-step='programs'" in remembered(desk), "that it is remembered")
        quit(desk, window)

        # The account is there, nothing was connected: the card leads on.
        window = desk.open()
        shown(window, "push button", "Finish Setting Up")
        window.label("Your account works")
        picture("first-card-programs")
        press(window, "Finish Setting Up")
        connect = window.dialog("Connect Programs")
        window.click("push button", "Send Me a Test Message", connect)
        sink.wait_for_messages(1)
        equal(sink.messages[0].recipients, ["ann@sender.example"], "the message to oneself")
        window.get("label", lambda n: n.startswith("Received from"), connect)
        picture("first-received", "Connect Programs")
        window.click("push button", "Done", connect)
        window.wait(lambda: "set-up-step='done'" in remembered(desk), "that it is remembered")

        # All is done: what is left is the person's own domain, until she wants to hear no more of it.
        window.label("sender.example is your own domain")
        picture("first-card-domain")
        quit(desk, window)
        window = desk.open()
        window.label("sender.example is your own domain")
        press(window, "Do not show this again")
        window.wait(lambda: "dismissed-domains=['sender.example']" in remembered(desk), "that it is remembered")
        quit(desk, window)
        window = desk.open()
        window.page("Outbox")
        window.label("Nothing Waits")
        gone = window.find("push button", "Check the Domain")
        check(gone is None or gone.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width == 0, "the card does not come back")


def looks():
    """The card of an unfinished start, dark, on a phone and in German; that the words are there is checked, the rest is for the eye."""
    with Desk() as desk:
        desk.env["GSETTINGS_BACKEND"] = "keyfile"
        settings = os.path.join(desk.env["XDG_CONFIG_HOME"], "glib-2.0", "settings")
        os.makedirs(settings)
        with open(os.path.join(settings, "keyfile"), "w", encoding="utf-8") as file:
            file.write("[com/example/MailRelay]\nfirst-run-done=true\nset-up-address='ann@sender.example'\n")

        def show(name, word, **env):
            window = desk.open(**env)
            shown(window, "push button", word)
            subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Mail Relay$", "windowsize", "360", "680"], check=True,
                           stdout=subprocess.DEVNULL)
            window.wait(lambda: window.get("frame", "Mail Relay").get_component_iface().get_extents(Atspi.CoordType.WINDOW).width <= 360, "a narrow window")
            card = shown(window, "push button", word).get_parent()
            window.wait(lambda: card.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width <= 340, "the card to fit")
            picture(name)
            quit(desk, window)

        show("first-phone-dark", "Finish Setting Up", ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        show("first-phone-german", "Einrichtung abschließen", LANGUAGE="de", LC_ALL="C.UTF-8")
        desk.add_account("work", desk.add_sink(), "--name", "Work", address="ann@sender.example")
        desk.ctl("hold-rule", "add", "--to", "recipient.example", "--id", "review", "--release-after", "2h")
        desk.send("Protokoll vom Freitag")
        window = desk.open(LANGUAGE="de", LC_ALL="C.UTF-8", ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        window.select("Protokoll vom Freitag")
        window.label("Sie geht von selbst in ")
        picture("first-kept-back-german-dark")


if __name__ == "__main__":
    run_cases(kept_back_by_a_rule, copies_know_each_other, from_nothing_to_a_message, looks)

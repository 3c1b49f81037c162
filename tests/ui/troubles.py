#!/usr/bin/python3
"""What the window says when something around it is wrong, and that its button helps: saved passwords that are locked, a keyring without a place for
them, a port that another program has, an error in the configuration, a service of another version.

Runs inside headless.sh. Arguments: names of the cases to run; none: all. TAP.
"""
import contextlib
import os
import signal
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration"), os.path.join(HERE, "..", "mock")]

from desktop import Window, has, keys, picture  # noqa: E402
from gnome_keyring import LOGIN, Keyring  # noqa: E402
from harness import PATIENCE, check, equal, free_port, need, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402

from gi.repository import Gio, GLib  # noqa: E402

MOCKS = os.path.join(HERE, "..", "mock")
SECRETS, SERVICE = "org.freedesktop.secrets", "com.example.MailRelay.Service"


class Helper:
    """A program of ours that owns a name on the session bus; killed at the end."""

    def __init__(self, name, *command):
        self.name = name
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.process = subprocess.Popen(["/usr/bin/python3", *command])
        subprocess.run(["gdbus", "wait", "--session", "--timeout", str(int(PATIENCE)), name], check=True)

    def tell(self, method, parameters=None):
        return self.bus.call_sync(self.name, "/mock", "com.example.MailRelay.Mock", method, parameters, None, Gio.DBusCallFlags.NO_AUTO_START, -1, None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)


def keyring(*options):
    return Helper(SECRETS, os.path.join(MOCKS, "mock_secrets.py"), *options)


def answer(mock, how):
    mock.tell("Answer", GLib.Variant("(s)", (how,)))


def locked_passwords():
    """From the bar at the top: the keyring's question, taken away, closed, refused, and answered at last; then the mail goes."""
    with keyring() as mock, Desk(secrets={"backend": "secret-service", "keep": "never"}) as desk:
        sink = desk.add_sink(users={"user": "s3cret"})
        desk.add_account("work", sink, password="s3cret\n")
        window = desk.open()
        mock.tell("Lock")
        window.label("Your saved passwords are locked. Mail that needs a password waits.")
        desk.send("Waits for the keyring")
        window.row("Waits for the keyring")
        picture("trouble-locked")
        window.click("push button", "Unlock…")
        window.label("The keyring asks in a window of its own")
        picture("trouble-asking")
        window.click("push button", "Stop Waiting")
        window.label("Your saved passwords are locked. Mail that needs a password waits.")
        answer(mock, "dismiss")
        window.click("push button", "Unlock…")
        window.label("The keyring's question was closed")
        answer(mock, "busy")
        window.click("push button", "Ask Again…")
        window.label("The keyring is asking for another program just now")
        answer(mock, "accept")
        window.click("push button", "Try Again")
        sink.wait_for_messages(1)
        window.gone("label", "The keyring is asking for another program just now. Answer that first, then try again.")
        check(window.find("push button", "Unlock…") is None, "the bar is gone")


def question():
    """Window numbers of gnome-keyring's own question."""
    return subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Unlock Login Keyring$"], capture_output=True, text=True).stdout.split()


def answer_question(word):
    subprocess.run(["xdotool", "windowfocus", "--sync", question()[-1]], check=True)
    subprocess.run(["xdotool", "type", "--clearmodifiers", word], check=True)
    keys("Return")


def real_keyring_asks():
    """gnome-keyring's own question: escaped, left alone (it must not be taken away: gnome-keyring 42 ends of that), and answered all the same."""
    need("gnome-keyring-daemon", "/usr/libexec/gcr-prompter")
    with Keyring(dict(os.environ)) as real, Desk(secrets={"backend": "secret-service", "keep": "never"}) as desk:
        sink = desk.add_sink(users={"user": "s3cret"})
        desk.add_account("work", sink, password="s3cret\n")
        real.lock()
        window = desk.open()
        desk.send("Waits for gnome-keyring")
        window.label("Your saved passwords are locked. Mail that needs a password waits.")
        window.click("push button", "Unlock…")
        window.wait(question, "gnome-keyring's question")
        picture("trouble-gnome-keyring")
        subprocess.run(["xdotool", "windowfocus", "--sync", question()[-1]], check=True)
        keys("Escape")
        window.label("The keyring's question was closed")
        window.click("push button", "Ask Again…")
        window.wait(question, "the question again")
        window.click("push button", "Stop Waiting")
        window.label("Your saved passwords are locked. Mail that needs a password waits.")
        answer_question(real.password)
        sink.wait_for_messages(1)
        window.wait(lambda: window.find("push button", "Unlock…") is None, "the bar to go")
        equal(real.process.poll(), None, "gnome-keyring goes on")


def another_question_in_front():
    """Another program has asked first: ours waits behind it, and is taken back when that one's answer has opened the keyring."""
    need("gnome-keyring-daemon", "/usr/libexec/gcr-prompter")
    with Keyring(dict(os.environ)) as real, Desk(secrets={"backend": "secret-service", "keep": "never"}) as desk:
        sink = desk.add_sink(users={"user": "s3cret"})
        desk.add_account("work", sink, password="s3cret\n")
        real.lock()
        window = desk.open()
        desk.send("Waits behind another program")
        _, prompt = real._call("org.freedesktop.Secret.Service", "Unlock", GLib.Variant("(ao)", ([LOGIN],))).unpack()
        real.bus.call_sync(SECRETS, prompt, "org.freedesktop.Secret.Prompt", "Prompt", GLib.Variant("(s)", ("",)), None, Gio.DBusCallFlags.NONE, -1, None)
        window.wait(question, "the other program's question")
        window.click("push button", "Unlock…")
        window.label("wait for another program's question")
        equal(len(question()), 1, "questions on the screen")
        answer_question(real.password)
        sink.wait_for_messages(1)
        window.wait(lambda: not question(), "no second question")
        window.wait(lambda: window.find("push button", "Stop Waiting") is None, "the bar to go")
        equal(real.process.poll(), None, "gnome-keyring goes on")


def locked_and_in_memory():
    """The keyring locks itself: mail goes on, and the bar says so."""
    with keyring() as mock, Desk(secrets={"backend": "secret-service"}, delivery={"idle-keep": "0"}) as desk:
        sink = desk.add_sink(users={"user": "s3cret"})
        desk.add_account("work", sink, password="s3cret\n")
        window = desk.open()
        mock.tell("Lock")
        window.label("Your saved passwords are locked. Mail goes on with the passwords in memory.")
        desk.send("Goes on")
        sink.wait_for_messages(1)
        picture("trouble-in-memory")
        # Not wanted: one switch, and what is in memory is wiped at once.
        window.window_action("win.choose-secrets")
        places = window.dialog("Passwords")
        switch = window.get("check box", "Go on while your saved passwords are locked", places)
        window.wait(lambda: has(switch, "checked"), "the switch to be on")
        Window.act(switch)
        window.wait(lambda: not has(switch, "checked"), "the switch to be off")
        picture("trouble-switch")
        window.click("push button", "Keep There", places)
        window.label("Your saved passwords are locked. Mail that needs a password waits.")


def no_place_for_passwords():
    """The collection was deleted: a person makes a new one from the bar, and types the password anew."""
    with keyring("--answer", "accept") as mock, Desk(secrets={"backend": "secret-service", "keep": "never"}) as desk:
        sink = desk.add_sink(users={"user": "s3cret"})
        desk.add_account("work", sink, password="s3cret\n")
        window = desk.open()
        mock.tell("NoCollection", GLib.Variant("(b)", (True,)))
        window.label("The keyring has no place for passwords.")
        picture("trouble-no-place")
        window.window_action("win.choose-secrets")
        places = window.dialog("Passwords")
        picture("trouble-places")
        window.click("push button", "Make a Place for Passwords…", places)
        desk.service.wait(lambda: desk.service.status()["secrets-state"] == "ok", "the new place to be seen")
        desk.ctl("account", "set-password", "work", "--password-stdin", input="s3cret\n")
        desk.send("With the new place")
        sink.wait_for_messages(1)


def port_is_taken():
    """The bar names the program that has the port, and the next port works."""
    with socket.socket() as other, Desk(start=False) as desk:
        other.bind(desk.smtp)
        other.listen()
        desk.service = desk.start_service()
        window = desk.open()
        label = window.label(f"Programs cannot hand in mail at 127.0.0.1:{desk.port}")
        check("python3" in label.get_name(), f"it says who has it: {label.get_name()}")
        picture("trouble-port")
        window.click("push button", "Use Another Port…")
        dialog = window.get("dialog", "Use Another Port")
        port = free_port()
        spin = window.get("spin button", "Port", dialog)
        spin.get_value_iface().set_current_value(port)
        window.click("push button", "Use This Port", dialog)
        desk.service.wait(lambda: f"127.0.0.1:{port}" in [l["address"] for l in desk.service.status()["listeners"] if not l.get("error")],
                          "the new port to be listened at")
        window.wait(lambda: window.find("push button", "Use Another Port…") is None, "the bar to go")


def configuration_error():
    """An error is shown with its line, the settings before it stay, and it goes when it is mended."""
    with Desk() as desk:
        window = desk.open()
        window.label("Send All Mail From One Place")
        with open(desk.config_file, encoding="utf-8") as f:
            good = f.read()
        with open(desk.config_file, "a", encoding="utf-8") as f:
            f.write("[retry]\nfirst=soon\n")
        line = good.count("\n") + 2
        label = window.label(f"mail-relay.conf:{line}")
        check("first" in label.get_name(), f"it names the key: {label.get_name()}")
        check(window.find("push button", "Open the File"), "it can be opened")
        picture("trouble-configuration")
        equal(desk.service.status()["listeners"][0].get("error"), None, "it goes on listening")
        with open(desk.config_file, "w", encoding="utf-8") as f:
            f.write(good)
        window.wait(lambda: window.find("push button", "Open the File") is None, "the bar to go")


def service_of_another_version():
    """A service that was left over from before an update: the window says so and starts the new one."""
    with Helper(SERVICE, os.path.join(MOCKS, "old_service.py")), Desk(start=False) as desk:
        desk.configure({})
        window = desk.open()
        window.label("The mail service is of version 0.0.1")
        picture("trouble-version")
        window.click("push button", "Restart the Service")
        window.wait(lambda: desk.ctl("status", check=False).returncode == 0, "the new service")
        window.wait(lambda: window.find("push button", "Restart the Service") is None, "the bar to go")


def notification_leads_to_the_message():
    """The window is closed; a click on the notification of a message that failed opens it there, although its lists are not known yet."""
    need("gdbus")
    with Desk() as desk:
        desk.add_account("work", desk.add_sink(replies={"RCPT": "550 5.1.1 No such user"}))
        id = desk.send("Goes nowhere")
        desk.service.wait_for_state(id, "failed")
        click = subprocess.Popen(["sh", "-c", f"gdbus wait --session --timeout {int(PATIENCE)} com.example.MailRelay && gdbus call --session"
                                  " --dest com.example.MailRelay --object-path /com/example/MailRelay"
                                  f" --method org.freedesktop.Application.ActivateAction show-message \"[<'{id}'>]\" '{{}}'"], env=desk.env)
        window = desk.open("--gapplication-service")
        window.label("is not known at recipient.example")
        equal(click.wait(PATIENCE), 0, "the call")


if __name__ == "__main__":
    run_cases(real_keyring_asks, another_question_in_front, locked_passwords, locked_and_in_memory, no_place_for_passwords, port_is_taken, configuration_error, service_of_another_version, notification_leads_to_the_message)

#!/usr/bin/python3
"""mail-relayctl against the real service: every verb, for people and for scripts."""
import os
import subprocess

from gi.repository import GLib

from harness import Failed, Profile, Waiter, check, equal, program, queue_id, run_cases, send
from peers import TOP
from bus_service import BusService

MESSAGE = b"From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: Minutes\r\n\r\nHello\r\n"
PEOPLE = ("ann@sender.example", ["bob@recipient.example"])


def code(profile, *arguments, input=None):
    return profile.ctl(*arguments, check=False, input=input).returncode


def messages_from_here_to_there():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        profile.ctl("pause")
        equal(profile.ctl_json("status")["paused"], True, "paused")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))

        listed = profile.ctl_json("list")
        equal((listed["total"], [m["id"] for m in listed["messages"]]), (1, [id]), "the outbox")
        check("Minutes" in profile.ctl("list").stdout, "the list has the subject")
        equal(profile.ctl_json("list", "--search", "nothing like this")["total"], 0, "a search that finds nothing")
        equal(profile.ctl_json("list", "--search", "minutes")["total"], 1, "a search without case")
        equal(profile.ctl_json("list", "--state", "failed")["total"], 0, "another state")
        for fits in (("--domain", "Recipient.example"), ("--waits-for", "paused"), ("--sort", "subject", "--reverse"), ("--limit", "1000")):
            equal([m["id"] for m in profile.ctl_json("list", *fits)["messages"]], [id], f"list {fits}")
        for misses in (("--domain", "ecipient.example"), ("--needs-person",), ("--cause", "mailbox-full"), ("--program", "nobody")):
            equal(profile.ctl_json("list", *misses)["total"], 0, f"list {misses}")
        for wrong in (("--sort", "colour"), ("--waits-for", "godot"), ("--state", "lost")):
            equal(code(profile, "list", *wrong), 2, f"list {wrong}")
        shown = profile.ctl_json("show", id)
        equal(shown["message"]["recipients"][0]["address"], "bob@recipient.example", "show")
        check(shown["message"]["recipients"][0]["state-text"], "the state in words")
        check(b"Hello" in profile.run(program("mail-relayctl"), "show", "--body", id, input=b"").stdout, "the body")

        equal(profile.ctl_json("hold", id)["count"], 1, "hold")
        equal(code(profile, "hold", id), 1, "hold again")
        profile.ctl("resume")
        held = profile.ctl("explain", id).stdout
        check("kept this message back" in held, f"explain ID: {held}")
        equal(len(sink.messages), 0, "nothing goes out while it is kept back")
        equal(profile.ctl_json("release", id)["count"], 1, "release")
        service.wait_for_state(id, "delivered", "relayed")
        equal(profile.ctl_json("list", "--history")["messages"][0]["id"], id, "the history")
        equal(code(profile, "cancel", id), 1, "what is sent cannot be stopped")
        equal(code(profile, "show", "0123456789ABCDEF"), 1, "no such message")
        equal(code(profile, "show", "nonsense"), 1, "no id at all")


def waiting_mail_is_retried_and_cancelled():
    with Profile() as profile:
        sink = profile.add_sink(replies={"RCPT": "451 4.3.0 Not now"})
        profile.configure({"retry": {"first": 3600}})
        service = profile.start_service()
        profile.add_account("work", sink)
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        service.wait(lambda: service.message(id)[0]["recipients"][0].get("attempts", 0) == 1, "the first attempt")
        text = profile.ctl("show", id).stdout
        check("Not now" in text, "show has the reply")
        sink.replies.clear()
        other = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        equal(profile.ctl_json("cancel", id)["count"], 1, "cancel")
        service.wait_for_state(id, "cancelled")
        profile.ctl("retry", "--all")
        service.wait_for_state(other, "delivered", "relayed")
        equal(len(sink.messages), 1, "only the other one came")


def limits():
    """What an account may not hand over now waits, and is told so with the time."""
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        profile.ctl("account", "set", "work", "--name", "Gmail", "--limit-day", "1")
        first = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        service.wait_for_state(first, "delivered", "relayed")
        second = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        service.wait(lambda: service.message(second)[0]["recipients"][0].get("wait-reason") == "account-limit", "the limit")
        check("Gmail's daily limit, next at" in profile.ctl("show", second).stdout, "it is said")
        check("1/1" in profile.ctl("account", "list").stdout and "daily limit reached" in profile.ctl("account", "list").stdout, "in the list too")
        service.stop()
        service = profile.start_service()
        equal(service.message(second)[0]["recipients"][0]["wait-reason"], "account-limit", "after a restart")
        equal(profile.ctl_json("account", "list")["accounts"][0]["used-day"], 1, "the count survives")
        profile.ctl("account", "set", "work", "--limit-day", "2")
        service.wait_for_state(second, "delivered", "relayed")
        equal(len(sink.messages), 2, "each once")


def accounts():
    with Profile() as profile:
        sink = profile.add_sink(users={"user": "right"})
        profile.start_service()
        equal(code(profile, "account", "add", "--id", "Work", "--address", "*", "--host", "x", "--tls", "none"), 1, "an id with a capital")
        profile.add_account("work", sink, password="wrong\n")
        equal(code(profile, "account", "add", "--id", "work", "--address", "*", "--host", "127.0.0.1"), 1, "the same id again")
        tested = profile.ctl("account", "test", "work", "--json", check=False)
        equal(tested.returncode, 1, "a wrong password")
        check('"auth"' in tested.stdout and "535" in tested.stdout, "the step that failed")
        check("wrong" not in tested.stdout.replace("password-wrong", ""), "the password is in no conversation")
        equal(code(profile, "account", "test", "work", "--password-stdin", input="right\n"), 0, "another password, for the test only")
        equal(code(profile, "account", "set-password", "work", input="right\n"), 0, "set-password")
        equal(code(profile, "account", "test", "work"), 0, "the stored password")
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*@direct.example")
        profile.ctl("account", "set-default", "mx")
        listed = {a["id"]: a for a in profile.ctl_json("account", "list")["accounts"]}
        equal((listed["mx"]["kind"], listed["mx"].get("is-default")), ("direct", True), "the second account")
        equal(listed["work"]["user"], "user", "the first account")
        equal(code(profile, "account", "remove", "nothing"), 1, "no such account")
        profile.ctl("account", "order", "mx", "work")
        equal([a["id"] for a in profile.ctl_json("account", "list")["accounts"]], ["mx", "work"], "order")
        equal(code(profile, "account", "order", "nothing"), 1, "the order of an unknown one")
        profile.ctl("account", "set", "work", "--limit-day", "500", "--limit-minute", "20", "--colour", "blue", "--name", "Work")
        changed = {a["id"]: a for a in profile.ctl_json("account", "list")["accounts"]}["work"]
        equal([changed.get(k) for k in ("limit-day", "limit-minute", "colour", "name", "user", "host")], [500, 20, "blue", "Work", "user", listed["work"]["host"]],
              "what was given changed, the rest stayed")
        check("0/500" in profile.ctl("account", "list").stdout, "use and limit are in the list")
        equal(code(profile, "account", "set", "work"), 2, "nothing to change")
        equal(code(profile, "account", "set", "work", "--colour", "pink"), 2, "an unknown colour")
        equal(code(profile, "account", "set", "work", "--limit-day", "99999999"), 1, "a limit out of bounds")
        profile.ctl("account", "pause", "work")
        equal({a["id"]: a["state"] for a in profile.ctl_json("account", "list")["accounts"]}["work"], "paused", "paused")
        profile.ctl("account", "resume", "work")
        equal({a["id"]: a["state"] for a in profile.ctl_json("account", "list")["accounts"]}["work"], "ready", "resumed")
        profile.ctl("account", "remove", "mx", "--move-to", "work")
        equal([a["id"] for a in profile.ctl_json("account", "list")["accounts"]], ["work"], "one is left")
        text = open(profile.config_file, encoding="utf-8").read()
        check("right" not in text and "wrong" not in text, "no password in the settings")


def own_port_is_no_provider():
    with Profile() as profile:
        profile.start_service()
        equal(code(profile, "account", "add", "--id", "loop", "--address", "*", "--host", "127.0.0.1", "--port", profile.port, "--tls", "none"),
              1, "an account that points at our own port")


def settings():
    with Profile() as profile:
        service = profile.start_service()
        equal(profile.ctl("config", "get", "retry", "first").stdout, "1\n", "get")
        with open(profile.config_file, "a", encoding="utf-8") as f:
            f.write("# a comment that stays\n[future]\nunknown=kept\n")
        profile.ctl("config", "set", "retry", "first", "77")
        equal(profile.ctl("config", "get", "retry.first").stdout, "77\n", "set")
        text = open(profile.config_file, encoding="utf-8").read()
        check("# a comment that stays" in text and "unknown=kept" in text, "comments and unknown keys stay")
        equal(code(profile, "config", "set", "retry", "first", "often"), 2, "a value that does not fit")
        equal(service.call("Service", "GetConfig", "(ss)", "retry", "first"), ("77",), "the service has it in force")
        equal(profile.ctl("config", "reset", "retry.first").stdout, "[retry] first is 60 again.\n", "reset")
        check("first" not in open(profile.config_file, encoding="utf-8").read(), "gone from the file")
        equal(service.call("Service", "GetConfig", "(ss)", "retry", "first"), ("60",), "the service has the default in force")
        equal([code(profile, "config", "reset", *words) for words in ([], ["retry.first", "--all"], ["retry.often"])], [2, 2, 2], "no or no known setting")
        profile.ctl("config", "set", "retry", "first", "77")
        # As an editor does it: a file that is half written is never the one that is read.
        with open(profile.config_file + ".new", "w", encoding="utf-8") as f:
            f.write("[retry]\nfirst=often\n")
        os.replace(profile.config_file + ".new", profile.config_file)
        service.wait(lambda: ":2:" in service.status().get("config-error", ""), "the error with its line")
        equal(service.call("Service", "GetConfig", "(ss)", "retry", "first"), ("77",), "the last good one stays in force")
        check(":2:" in profile.ctl("status").stdout, "status tells the line")


def programs_and_their_passwords():
    with Profile() as profile:
        sink = profile.add_sink()
        profile.configure({"submission": {"require-auth": "true"}})
        service = profile.start_service()
        profile.add_account("work", sink)
        try:
            send(profile.smtp, *PEOPLE, MESSAGE)
            raise Failed("taken without a password")
        except Exception as error:
            check("5.7.1" in str(error) or "530" in str(error), f"refused: {error}")
        added = profile.ctl_json("program", "add", "Scanner")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE, user=added["user"], password=added["password"]))
        service.wait_for_state(id, "delivered", "relayed")
        equal(service.message(id)[0]["auth-identity"], added["id"], "who it was")
        listed = profile.ctl_json("program", "list")
        equal([p["name"] for p in listed["programs"]], ["Scanner"], "the list")
        equal(len(listed["refusals"]) >= 1, True, "the refused attempt is shown")
        check(added["password"] not in open(profile.config_file, encoding="utf-8").read(), "only a verifier is kept")
        profile.ctl("program", "remove", added["id"])
        try:
            send(profile.smtp, *PEOPLE, MESSAGE, user=added["user"], password=added["password"])
            raise Failed("taken with a password that was taken back")
        except Exception as error:
            check("535" in str(error), f"refused: {error}")


def sending_and_the_log():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        id = profile.ctl_json("send", "-f", "ann@sender.example", "bob@recipient.example",
                              input="From: ann@sender.example\nSubject: by hand\n\nLine\n.dot\n")["id"]
        service.wait_for_state(id, "delivered", "relayed")
        check(sink.messages[0].data.endswith(b"\r\n\r\nLine\r\n.dot\r\n"), "line ends and dots")
        id = profile.ctl("send", "-t", input="From: ann@sender.example\nTo: a@x.example\nBcc: b@y.example\n\nx\n").stdout.strip()
        service.wait_for_state(id, "delivered", "relayed")
        equal(sorted(sink.messages[1].recipients), ["a@x.example", "b@y.example"], "recipients of the header")
        check(b"b@y.example" not in sink.messages[1].data, "Bcc is not sent")
        equal(code(profile, "send", "no-address@", input="x\n"), 1, "a recipient that is none")
        check("listening on" in profile.ctl("log").stdout, "the log")
        check(profile.ctl_json("log", "--lines", "1")["lines"], "the log as JSON")
        follow = subprocess.Popen([program("mail-relayctl"), "log", "--follow", "--lines", "1"], env=profile.env, stdout=subprocess.PIPE, text=True)
        try:
            check(follow.stdout.readline(), "the last line there is")
            profile.ctl("config", "set", "submission", "require-auth", "true")
            try:
                send(profile.smtp, *PEOPLE, MESSAGE)
            except Exception:
                pass  # refused, which is logged
            for line in follow.stdout:
                if "submission refused" in line:
                    break
            else:
                raise Failed("the line that came later was not followed")
        finally:
            follow.terminate()
            follow.wait()


def it_starts_the_service():
    with Profile(bus=False) as profile:
        profile.configure({})
        equal(profile.ctl_json("status")["bus-socket"], profile.bus_socket, "status of a service that it started")
        pid = profile.ctl_json("status")["pid"]
        equal(os.getsid(pid), pid, "it is in a session of its own")
        os.kill(pid, 9)


class ResetService(BusService):
    """Asked for defaults: the real service would go back to its usual port, which a test may not take."""
    NAME, PATH = "com.example.MailRelay.Service", "/com/example/MailRelay/Service"
    with open(TOP.parent / "data/dbus/com.example.MailRelay.Service.xml", encoding="utf-8") as f:
        INTERFACES = f.read()
    asked = []

    def properties(self):
        return {name: GLib.Variant("b", False) for name in ("Paused", "Online")} | {"Version": GLib.Variant("s", "1")}

    def do_ResetConfig(self, group, key):
        self.asked.append((group, key))


def everything_but_accounts_and_passwords_is_reset():
    with Profile(bus=False) as profile:
        profile.start_bus()
        profile.configure({"submission": {"require-auth": "true"}, "retry": {"first": "77"}, "account work": {"host": "127.0.0.1", "addresses": "*"}})
        with ResetService(profile.env["DBUS_SESSION_BUS_ADDRESS"], Waiter()) as service:
            answer = profile.ctl_json("config", "reset", "--all")
            check({("submission", "listen"), ("submission", "require-auth"), ("retry", "first")} <= set(service.asked), f"what was asked: {service.asked}")
            equal([asked for asked in service.asked if asked[0] in ("account work", "secrets")], [], "what was not")
            equal([(s["group"], s["key"]) for s in answer["reset"]], service.asked, "what is told")
            equal([s["value"] for s in answer["reset"] if s["key"] == "first"], ["60"], "with its default")


run_cases(everything_but_accounts_and_passwords_is_reset, messages_from_here_to_there, waiting_mail_is_retried_and_cancelled, limits, accounts, own_port_is_no_provider, settings,
          programs_and_their_passwords, sending_and_the_log, it_starts_the_service)

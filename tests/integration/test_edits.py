#!/usr/bin/python3
"""What a person changes of messages with mail-relayctl, against the real service: recipients, account, time, again, back, undone."""
import json
import time

from harness import Profile, check, equal, queue_id, run_cases, send

MESSAGE = b"From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: Minutes\r\nMessage-ID: <minutes@sender.example>\r\n\r\nHello\r\n"
PEOPLE = ("ann@sender.example", ["bob@recipient.example"])


def refuse_bob(session, argument):
    return "550 5.1.1 no such user" if "bob@" in argument else None


def recipients(service, id):
    return [(r["address"], r["state"]) for r in service.message(id)[0]["recipients"]]


def recipients_are_corrected():
    with Profile() as profile:
        sink = profile.add_sink(replies={"RCPT": refuse_bob})
        service = profile.start_service()
        profile.add_account("work", sink, address="ann@sender.example")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        service.wait_for_state(id, "failed")
        for wrong, code in (([], 2), (["--correct", "bob"], 2), (["--correct", "x@y.example=z@y.example"], 1), (["--correct", "bob@recipient.example=nobody"], 1)):
            equal(profile.ctl("edit", id, *wrong, check=False).returncode, code, f"{wrong}")
        profile.ctl("edit", id, "--correct", "bob@recipient.example=rob@recipient.example", "--add", "cleo@recipient.example")
        message = service.wait_for_state(id, "delivered")
        equal(message["recipients"][0]["corrected-from"], "bob@recipient.example", "the old address is known")
        equal(sorted(sink.messages[0].recipients), ["cleo@recipient.example", "rob@recipient.example"], "who got it")
        equal(profile.ctl("edit", id, "--remove", "rob@recipient.example", check=False).returncode, 1, "it is past that")
        shown = profile.ctl("show", id).stdout
        check("bob@recipient.example" in shown, shown)


def kept_back_and_redirected():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.ctl("pause")
        profile.add_account("work", sink, address="ann@sender.example")
        ids = [queue_id(send(profile.smtp, *PEOPLE, MESSAGE)) for _ in range(3)]
        equal(profile.ctl_json("hold", *ids)["count"], 3, "kept back")
        profile.ctl("resume")
        equal(profile.ctl_json("redirect", ids[0], "--to", "review@sender.example")["count"], 1, "redirected")
        service.wait(lambda: len(sink.messages) == 1, "the message")
        equal(recipients(service, ids[0]), [("bob@recipient.example", "cancelled"), ("review@sender.example", "delivered")], "instead of bob")
        equal(profile.ctl_json("redirect", ids[1], "--to", "review@sender.example", "--keep")["count"], 1, "a copy")
        service.wait(lambda: len(sink.messages) == 2, "the copy")
        equal((service.message(ids[1])[0]["hold"], recipients(service, ids[1])), ("person", [("bob@recipient.example", "waiting")]), "it is kept back as before")
        # Back to the sender, with a report by mail.
        equal(profile.ctl_json("return", ids[2], "--report")["count"], 1, "returned")
        service.wait(lambda: len(sink.messages) == 3, "the report")
        check(b"returned to you by hand" in sink.messages[2].data, "the report says it")
        equal(sink.messages[2].recipients, ["ann@sender.example"], "to the sender")
        equal(recipients(service, ids[2])[0][1], "returned", "its state")


def scheduled_and_again():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.configure({"store": {"keep-bodies-days": "1"}})
        profile.add_account("work", sink, address="ann@sender.example")
        profile.ctl("pause")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        equal(profile.ctl("schedule", id, "--at", "yesterday", check=False).returncode, 2, "no time")
        profile.ctl("schedule", id, "--at", "2h")
        profile.ctl("resume")
        left = service.message(id)[0]["not-before"] / 1e6 - time.time()
        check(7100 < left <= 7200, f"in two hours: {left}")
        equal(profile.ctl_json("retry", id)["count"], 1, "a person knows better")
        service.wait_for_state(id, "delivered")
        profile.ctl("config", "set", "store", "keep-bodies-days", "1")
        second = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        service.wait_for_state(second, "delivered")
        copy = json.loads(profile.ctl("again", second, "--to", "dora@recipient.example", "--json").stdout)["ids"][0]
        message = service.wait_for_state(copy, "delivered")
        equal((message["again-of"], message["recipients"][0]["address"]), (second, "dora@recipient.example"), "the new one")
        equal(sink.messages[-1].data, sink.messages[-2].data, "the same bytes")
        # Out of the history, and back.
        equal(profile.ctl_json("delete", copy)["count"], 1, "removed")
        equal(profile.ctl("show", copy, check=False).returncode, 1, "it is gone")
        service.kill()
        service = profile.start_service()
        equal(profile.ctl_json("restore", copy)["count"], 1, "and back, also after a crash")
        profile.ctl("show", copy)
        equal(profile.ctl("restore", copy, check=False).returncode, 1, "there is nothing more to undo")


def through_another_account():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink, address="ann@sender.example")
        ids = [queue_id(send(profile.smtp, "stranger@elsewhere.example", PEOPLE[1], MESSAGE.replace(b"ann@sender", b"stranger@elsewhere"))) for _ in range(2)]
        service.wait(lambda: service.message(ids[1])[0]["hold"] == "no-account", "no account may send it")
        equal(profile.ctl("through", ids[0], check=False).returncode, 2, "which one")
        equal(profile.ctl("through", ids[0], "--account", "none", check=False).returncode, 1, "there is none")
        equal(profile.ctl_json("through", *ids, "--account", "work")["count"], 2, "both")
        for id in ids:
            service.wait_for_state(id, "delivered")
        # Stopped, and undone.
        profile.ctl("pause")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        equal(profile.ctl_json("cancel", id)["count"], 1, "stopped")
        equal(profile.ctl_json("restore", id)["count"], 1, "undone")
        profile.ctl("resume")
        service.wait_for_state(id, "delivered")


def kept_back_by_a_rule():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        equal(profile.ctl_json("hold-rule", "list")["rules"], [], "no rule")
        for wrong, code in (([], 2), (["--everything", "--to", "x.example"], 2), (["--to", "no domain"], 1), (["--everything", "--release-after", "soon"], 2)):
            equal(profile.ctl("hold-rule", "add", *wrong, check=False).returncode, code, f"{wrong}")
        profile.ctl("hold-rule", "add", "--outside", "sender.example", "--outside", "*.sender.example", "--id", "leaves")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        inside = queue_id(send(profile.smtp, PEOPLE[0], ["x@dev.sender.example"], MESSAGE))
        service.wait_for_state(inside, "delivered")
        message = service.message(id)[0]
        equal((message["hold"], message["hold-rule"]), ("rule", "leaves"), "it is kept back")
        check("anybody but sender.example" in profile.ctl("hold-rule", "list").stdout, "the rule as a sentence")
        service.kill()
        service = profile.start_service()
        equal(service.message(id)[0]["hold"], "rule", "also after a crash")
        profile.ctl("hold-rule", "add", "--everything", "--id", "everything", "--release-after", "1s")
        check(service.status()["keeps-everything"], "the status says so")
        timed = queue_id(send(profile.smtp, PEOPLE[0], ["x@dev.sender.example"], MESSAGE))
        service.wait_for_state(timed, "delivered")  # by itself
        equal(service.message(id)[0]["hold"], "rule", "the other waits for a person")
        equal(profile.ctl_json("release", id)["count"], 1, "who sends it")
        service.wait_for_state(id, "delivered")
        profile.ctl("hold-rule", "remove", "everything")
        equal(profile.ctl("hold-rule", "remove", "everything", check=False).returncode, 1, "it is gone")


def paused_for_a_while():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        for wrong in (["--for", "long"], ["--for", "1h", "--until", "18:00"], ["--until", "yesterday"]):
            equal(profile.ctl("pause", *wrong, check=False).returncode, 2, f"{wrong}")
        profile.ctl("pause", "--for", "1h")
        check(3500e6 < service.status()["paused-until"] - time.time() * 1e6 < 3601e6, "for an hour")
        profile.ctl("pause", "--for", "2s")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        service.wait_for_state(id, "delivered")  # by itself
        check(not service.status()["paused"], "it is over")
        profile.ctl("pause", "--account", "work", "--until", "tomorrow 8:00")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        service.wait(lambda: service.message(id)[0]["recipients"][0]["wait-reason"] == "account-paused", "it waits")
        profile.ctl("resume", "--account", "work")
        service.wait_for_state(id, "delivered")


run_cases(kept_back_by_a_rule, paused_for_a_while, recipients_are_corrected, kept_back_and_redirected, scheduled_and_again, through_another_account)

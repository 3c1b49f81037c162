#!/usr/bin/python3
"""From nothing to the first delivered message: service, account, submission, delivery, history; and the same over every way of reaching the service."""
import os
import smtplib

from harness import Failed, Profile, check, equal, program, queue_id, run_cases, send

MESSAGE = (b"From: Ann <ann@sender.example>\r\nTo: bob@recipient.example\r\nSubject: First\r\n"
           b"Date: Tue, 24 Nov 2026 18:11:17 +0000\r\nMessage-ID: <first@sender.example>\r\n\r\n"
           b"Hello\r\n.one dot\r\n..two dots\r\n\xe2\x9c\x93 done\r\n")


def body_of(data):
    return data.split(b"\r\n\r\n", 1)[1]


def through_the_whole_program():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        reply = send(profile.smtp, "ann@sender.example", ["bob@recipient.example", "carl@recipient.example"], MESSAGE)
        id = queue_id(reply)
        received, = sink.wait_for_messages(1)
        equal(received.reverse_path, "ann@sender.example", "return address")
        equal(sorted(received.recipients), ["bob@recipient.example", "carl@recipient.example"], "recipients")
        equal(body_of(received.data), body_of(MESSAGE), "body")
        check(received.data.startswith(b"Received: "), "a Received field is added")
        check(b"Message-ID: <first@sender.example>" in received.data, "Message-ID is kept")
        message = service.wait_for_state(id, "delivered", "relayed")
        equal(message["program"] != "", True, "the program is known")
        history = profile.ctl_json("list", "--history")
        check(id in str(history), "the history has it")
        equal(profile.ctl_json("list").get("total", 0), 0, "the outbox is empty")
        service.stop()


def without_account_it_waits():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        id = queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE))
        message, _ = service.message(id)
        equal(message["hold"] == "no-account" or message["recipients"][0]["wait-reason"] == "no-account", True, "it waits for an account")
        profile.add_account("work", sink)
        service.wait_for_state(id, "delivered", "relayed")
        equal(len(sink.messages), 1, "one message came")


def password_goes_through_a_pipe():
    with Profile() as profile:
        sink = profile.add_sink(users={"user": "s3cret word"})
        service = profile.start_service()
        profile.add_account("work", sink, password="s3cret word\n")
        id = queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE))
        service.wait_for_state(id, "delivered", "relayed")
        equal(sink.messages[0].auth, "user", "log-in")
        for folder, _, names in os.walk(profile.root):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and name != "secrets":
                    with open(path, "rb") as f:
                        check(b"s3cret word" not in f.read(), f"no password in {path}")


def refused_recipient_is_explained():
    with Profile() as profile:
        sink = profile.add_sink(replies={"RCPT": lambda s, a: "550 5.1.1 No such user" if a.startswith("nobody") else None})
        service = profile.start_service()
        profile.add_account("work", sink)
        id = queue_id(send(profile.smtp, "ann@sender.example", ["nobody@recipient.example"], MESSAGE))
        message = service.wait_for_state(id, "failed")
        recipient = message["recipients"][0]
        equal((recipient["reply-code"], recipient["reply-enhanced"]), (550, "5.1.1"), "reply")
        equal(recipient["cause"], "address-unknown", "cause")
        shown = profile.ctl("show", id).stdout
        check("No such user" in shown, "show has the server's words")


def without_session_bus():
    with Profile(bus=False) as profile:
        sink = profile.add_sink()
        profile.configure({})
        # No service runs: the command starts one.
        profile.add_account("work", sink)
        reply = send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE)
        sink.wait_for_messages(1)
        check(queue_id(reply), "queue id")
        equal(profile.ctl_json("status")["version"] != "", True, "status over the socket")


def survives_the_session_bus():
    with Profile() as profile:
        service = profile.start_service()
        service.wait(lambda: "on the session bus" in service.log(), "the name on the bus")
        profile.stop_bus()
        service.wait(lambda: "session bus is gone" in service.log(), "the loss")
        equal(service.process.poll(), None, "the service goes on")
        service.status()
        profile.start_bus()
        service.wait(lambda: service.log().count("is ours on the session bus") == 2, "the name again")
        service.stop()


def second_service_is_refused():
    with Profile() as profile:
        profile.start_service()
        second = profile.run(program("mail-relayd"), check=False)
        equal(second.returncode, 1, "exit status")
        check("mail-relayd:" in second.stderr, "it says why")


def bad_sender_syntax_is_refused():
    with Profile() as profile:
        profile.start_service()
        try:
            send(profile.smtp, "ann@@sender", ["bob@recipient.example"], MESSAGE)
        except (smtplib.SMTPException, Failed):
            return
        raise Failed("a wrong return address was taken")


run_cases(through_the_whole_program, without_account_it_waits, password_goes_through_a_pipe, refused_recipient_is_explained,
          without_session_bus, survives_the_session_bus, second_service_is_refused, bad_sender_syntax_is_refused)

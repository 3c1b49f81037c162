#!/usr/bin/python3
"""Reports by mail and addresses that are never written to, through the real programs: Python's smtplib asks, Python's email package reads."""
import email
import email.policy
import smtplib

from harness import Profile, check, equal, queue_id, run_cases, send

MESSAGE = b"From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: Minutes\r\nMessage-ID: <minutes@sender.example>\r\n\r\nHello\r\n"
PEOPLE = ("ann@sender.example", ["bob@recipient.example"])


def refuse_bob(session, argument):
    return "550 5.1.1 no such user" if "bob@" in argument else None


def a_failure_that_was_asked_for_is_mailed():
    with Profile() as profile:
        sink = profile.add_sink(replies={"RCPT": refuse_bob})
        service = profile.start_service()
        profile.add_account("work", sink, address="ann@sender.example")
        with smtplib.SMTP(*profile.smtp) as client:
            client.ehlo()
            check(client.has_extn("dsn"), "DSN is offered")
            client.sendmail(*PEOPLE, MESSAGE, mail_options=["RET=HDRS", "ENVID=Q314"], rcpt_options=["NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;Bob@recipient.example"])
        service.wait(lambda: len(sink.messages) == 1, "the report")
        received = sink.messages[0]
        report = email.message_from_bytes(received.data, policy=email.policy.default)
        equal(report.get_content_type(), "multipart/report", "its type")
        equal((report["To"], report["Auto-Submitted"]), ("ann@sender.example", "auto-replied"), "its header")
        words, status, header = report.iter_parts()
        check("bob@recipient.example" in words.get_content(), "the words name the recipient")
        groups = status.get_payload()
        equal(groups[0]["Original-Envelope-Id"], "Q314", "the envelope id")
        equal((groups[1]["Action"], groups[1]["Status"], groups[1]["Original-Recipient"]), ("failed", "5.1.1", "rfc822; Bob@recipient.example"), "what became of it")
        check("minutes@sender.example" in header.get_content() and "Hello" not in header.get_content(), "the header alone goes back")


def an_address_is_never_written_to():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        equal(profile.ctl_json("never", "list")["addresses"], [], "an empty list")
        equal(profile.ctl("never", "add", "nobody", check=False).returncode, 1, "no address")
        profile.ctl("never", "add", "Bob@recipient.example", "--reason", "asked to be left alone")
        row = profile.ctl_json("never", "list")["addresses"][0]
        equal((row["address"], row["reason"]), ("Bob@recipient.example", "asked to be left alone"), "the entry")
        equal(profile.ctl("never", "export").stdout, "Bob@recipient.example\n", "export")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        equal(service.message(id)[0]["hold"], "never-write-to", "it is kept back")
        check("never write to" in profile.ctl("explain", id).stdout, "and says why")
        equal(len(sink.messages), 0, "nothing went out")
        equal(profile.ctl_json("release", id)["count"], 1, "a person sends it all the same")
        service.wait_for_state(id, "delivered")
        profile.ctl("never", "remove", "bob@recipient.example")
        equal(profile.ctl("never", "remove", "bob@recipient.example", check=False).returncode, 1, "it is gone")


def what_waits_for_one_reason_is_one_group():
    with Profile() as profile:
        sink = profile.add_sink(replies={"RCPT": lambda session, argument: "452 4.2.2 mailbox full" if "bob@" in argument else "451 4.7.1 Greylisted, come back in 5 minutes"})
        profile.configure({"retry": {"first": 3600}})
        service = profile.start_service()
        profile.add_account("work", sink)
        equal(profile.ctl_json("list", "--by-cause")["groups"], [], "nothing waits")
        ids = [queue_id(send(profile.smtp, *PEOPLE, MESSAGE)) for n in range(3)] + [queue_id(send(profile.smtp, PEOPLE[0], ["eve@recipient.example"], MESSAGE))]
        for id in ids:
            service.wait(lambda: service.message(id)[0]["recipients"][0].get("attempts", 0) >= 1, "an attempt")
        groups = profile.ctl_json("list", "--by-cause")["groups"]
        equal([(g["cause"], g["account"], g["messages"], g["recipients"]) for g in groups], [("mailbox-full", "work", 3, 3), ("greylisted", "work", 1, 1)], "the groups")
        check(groups[0]["reason-text"] and groups[0]["oldest"] > 0, "in words")


run_cases(a_failure_that_was_asked_for_is_mailed, an_address_is_never_written_to, what_waits_for_one_reason_is_one_group)

#!/usr/bin/python3
"""Reports by mail and addresses that are never written to, through the real programs: Python's smtplib asks, Python's email package reads."""
import email
import email.policy
import json
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
        header, line = profile.ctl("never", "export", "--csv").stdout.splitlines()
        equal(header, "address,since,reason,message", "the columns of the table")
        check(line.startswith('"Bob@recipient.example","20') and line.endswith(',"asked to be left alone",""'), f"the table's line {line}")
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
        def group_by(kind, *options):
            return [(g[kind], g["messages"]) for g in profile.ctl_json("list", "--group-by", kind, *options)["groups"]]
        equal(group_by("cause"), [("mailbox-full", 3), ("greylisted", 1)], "by cause")
        equal(group_by("domain"), [("recipient.example", 4)], "by destination")
        equal(group_by("domain", "--cause", "greylisted"), [("recipient.example", 1)], "of those that fit")
        equal(group_by("cause", "--history"), [], "the history is another list")
        check("recipient.example" in profile.ctl("list", "--group-by", "domain").stdout, "as a table")
        equal(profile.ctl("list", "--group-by", "colour", check=False).returncode, 2, "nothing to group by")


def bounce(message_id, recipient="bob@recipient.example"):
    return "\r\n".join((
        "From: MAILER-DAEMON@mx.recipient.example", "To: ann@sender.example", "Subject: Undelivered Mail", "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "", "--b", "", "It could not be delivered.",
        "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.recipient.example", "",
        f"Final-Recipient: rfc822; {recipient}", "Action: failed", "Status: 5.2.2", "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full",
        "", "--b", "Content-Type: text/rfc822-headers", "", "From: ann@sender.example", f"To: {recipient}", f"Message-ID: <{message_id}>", "", "--b--", ""))


def what_came_back_later_is_linked_to_its_message():
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        id = queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example", "eve@recipient.example"], MESSAGE))
        service.wait_for_state(id, "delivered", "relayed")
        ours, foreign = bounce("minutes@sender.example"), bounce("other@elsewhere.example")

        def linked(text, *options):
            return json.loads(profile.ctl("explain", "--json", "--eml", *options, input=text).stdout)["recipients"][0].get("linked", "not asked")

        def marks():
            return [(r["address"], r.get("bounced-cause", "")) for r in profile.ctl_json("show", id)["message"]["recipients"] if r.get("bounced", 0) > 0]

        equal((linked(ours), marks()), ("not asked", []), "without --link nothing is marked")
        equal((linked(foreign, "--link"), marks()), (None, []), "one that we did not send")
        check("You did not send this" in profile.ctl("explain", "--eml", "--link", input=foreign).stdout, "told in words")
        delayed = ours.replace("Action: failed", "Action: delayed").replace("5.2.2", "4.2.2").replace("552", "452")
        equal((linked(delayed, "--link"), marks()), (None, []), "a delay has not come back")
        equal((linked(ours, "--link"), marks()), (id, [("bob@recipient.example", "mailbox-full")]), "one of ours")
        check(id in profile.ctl("explain", "--eml", "--link", input=ours).stdout, "told in words")
        check("Returned later" in profile.ctl("show", id).stdout, "the mark in words")
        equal(profile.ctl("explain", "--link", "550 no", check=False).returncode, 2, "--link without --eml")


run_cases(what_came_back_later_is_linked_to_its_message, a_failure_that_was_asked_for_is_mailed, an_address_is_never_written_to, what_waits_for_one_reason_is_one_group)

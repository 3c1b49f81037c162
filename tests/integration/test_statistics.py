#!/usr/bin/python3
"""mail-relayctl stats and audit through the real programs: what was counted, over time and by name, for people, scripts and spreadsheets."""
import csv
import io
import json
import os

from harness import Profile, equal, check, queue_id, run_cases, send

MESSAGE = b"From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: Minutes of the board\r\n\r\nSecret words\r\n"
SENDER = "ann@sender.example"


def refuse_bob(session, argument):
    return "550 5.1.1 no such user" if "bob@" in argument else "451 4.7.1 Greylisted, come back later" if "eve@" in argument else None


def hand_in(profile, recipient):
    return queue_id(send(profile.smtp, SENDER, [recipient], MESSAGE))


def what_became_of_it_is_counted():
    with Profile() as profile:
        profile.configure({"retry": {"first": 3600}})
        sink = profile.add_sink(replies={"RCPT": refuse_bob})
        service = profile.start_service()
        profile.add_account("work", sink)
        equal(profile.ctl("stats", "--by", "domain").stdout, "Nothing was sent in this time.\n", "nothing yet")
        for recipient, state in (("kim@recipient.example", "delivered"), ("bob@recipient.example", "failed")):
            service.wait_for_state(hand_in(profile, recipient), state, "relayed")
        waits = hand_in(profile, "eve@other.example")
        service.wait(lambda: service.message(waits)[0]["recipients"][0].get("attempts", 0) >= 1, "an attempt")

        stats = profile.ctl_json("stats", "--by", "domain")
        equal((stats["span"], stats["by"], len(stats["times"])), ("day", "domain", 24), "the question")
        sums = {key: sum(slot.get(key, 0) for slot in stats["times"]) for key in ("submitted", "delivered", "deferred", "failed")}
        equal(sums, {"submitted": 3, "delivered": 1, "deferred": 1, "failed": 1}, "over time")
        rows = {row["name"]: row for row in stats["rows"]}
        equal((rows["recipient.example"]["delivered"], rows["recipient.example"]["failed"], rows["other.example"]["deferred"]), (1, 1, 1), "by domain")
        equal([row["name"] for row in profile.ctl_json("stats", "--by", "account")["rows"]], ["work"], "by account")
        check({"address-unknown", "greylisted"} <= {row["name"] for row in profile.ctl_json("stats", "--by", "cause", "--span", "year")["rows"]}, "by cause")
        table = profile.ctl("stats", "--by", "domain").stdout
        check("Domain" in table and "recipient.example" in table, f"the table: {table}")
        lines = list(csv.DictReader(io.StringIO(profile.ctl("stats", "--by", "domain", "--csv").stdout)))
        equal({line["domain"]: line["failed"] for line in lines}, {"recipient.example": "1", "other.example": "0"}, "CSV")
        equal(len(profile.ctl("stats", "--span", "year", "--csv").stdout.splitlines()), 13, "CSV over time")
        ages = profile.ctl_json("stats", "--queue")["domains"]
        equal([(row["domain"], row["total"], row["ages"][0]) for row in ages], [("other.example", 1, 1)], "what waits")
        check("other.example" in profile.ctl("stats", "--queue").stdout, "and for people")
        for wrong in (("--by", "moon"), ("--span", "week"), ("--csv", "--json")):
            equal(profile.ctl("stats", *wrong, check=False).returncode, 2, f"{wrong}")


def the_audit_log_is_off_until_it_is_wanted():
    with Profile() as profile:
        sink = profile.add_sink(replies={"RCPT": refuse_bob})
        service = profile.start_service()
        profile.add_account("work", sink)
        service.wait_for_state(hand_in(profile, "kim@recipient.example"), "delivered", "relayed")
        equal(profile.ctl("audit", "export").stdout, "", "nothing is written down")
        check("Audit log" not in profile.ctl("status").stdout, "and the status says nothing")
        profile.ctl("config", "set", "audit", "enabled", "true")
        check("Audit log" in profile.ctl("status").stdout, "it is visible when on")
        id = hand_in(profile, "bob@recipient.example")
        service.wait_for_state(id, "failed")
        profile.ctl("delete", id, check=False)
        lines = [json.loads(line) for line in profile.ctl("audit", "export").stdout.splitlines()]
        equal([(line["message"], line.get("submitted", False)) for line in lines], [(id, True), (id, False)], "two lines")
        first, last = lines
        equal((first["uid"], first["reverse-path"], first["recipients"]), (os.getuid(), SENDER, "bob@recipient.example"), "who, what")
        check(first["peer"].startswith("127.0.0.1"), f"from where: {first}")
        equal((last["state"], last["account"], last["reply-code"]), ("failed", "work", 550), "what became of it")
        check("subject" not in first and "Secret" not in json.dumps(lines), "neither subject nor text")
        profile.ctl("config", "set", "audit", "subjects", "true")
        hand_in(profile, "kim@recipient.example")
        rows = list(csv.DictReader(io.StringIO(profile.ctl("audit", "export", "--csv", "--days", "1").stdout)))
        equal((rows[0]["event"], rows[1]["event"], rows[2]["subject"]), ("submitted", "failed", "Minutes of the board"), "CSV")


run_cases(what_became_of_it_is_counted, the_audit_log_is_off_until_it_is_wanted)

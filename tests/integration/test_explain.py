#!/usr/bin/python3
"""mail-relayctl explain for many replies and messages at once: fields and spellings that other programs build on, with rows of the corpus and without
a service."""
import csv
import json
import os

from harness import Profile, check, equal, program, run_cases

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus", "ndr")
ACTORS = {"you", "provider", "recipient", "recipient-admin", "nobody", "unknown"}
RETRIES = {"yes", "after-fix", "no"}
REPLY_FIELDS = {"cause", "actor", "retry", "confidence", "parameters", "title", "sentence", "action"}
RECIPIENT_FIELDS = {"recipient", "status", "reply", "cause", "actor", "retry"}
REPLIES = ("n0904", "n0807", "n1116", "n1410")
BOUNCES = ("lhost-biglobe-01.eml", "lhost-exchange2003-02.eml", "lhost-amazonses-12.eml", "rfc3464-09.eml", "is-not-bounce-01.eml")


def rows(*path):
    with open(os.path.join(CORPUS, *path), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def bounce(name):
    return os.path.join(CORPUS, "bounces", name)


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


def batch(profile, *lines):
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return objects(profile.ctl("explain", "--batch", input="\n".join(texts) + "\n").stdout)


def each_reply_gets_one_object():
    with Profile(bus=False) as profile:
        table = {row["id"]: row for row in rows("replies.tsv")}
        chosen = [table[id] for id in REPLIES]
        answers = batch(profile, *({"text": r["text"], "code": int(r["smtp_code"]), "enhanced": r["enhanced_code"]} for r in chosen))
        equal(len(answers), len(chosen), "objects")
        for row, answer in zip(chosen, answers):
            check(REPLY_FIELDS <= answer.keys(), f"the fields of {answer}")
            equal(answer["cause"], row["cause"], "the cause of " + row["text"])
            check(answer["actor"] in ACTORS and answer["retry"] in RETRIES, f"the words of {answer}")
            check(0 <= answer["confidence"] <= 1 and isinstance(answer["parameters"], dict), f"the types of {answer}")
            check(answer["title"] and answer["sentence"], "words for people")
        check(not os.path.exists(profile.state_dir), "no service was started for it")


def who_speaks_changes_whose_move_it_is():
    with Profile(bus=False) as profile:
        said = {"text": "5.7.8 Username and Password not accepted", "code": 535, "enhanced": "5.7.8", "stage": "auth", "speaker": "account", "host": "smtp.example.com"}
        login, full, strange = batch(profile, said, {"text": "452 4.2.2 mailbox full", "stage": "rcpt", "speaker": "recipient-server"}, {"text": "550 xyzzy"})
        equal((login["cause"], login["actor"], login["retry"]), ("login-failed", "you", "after-fix"), "a refused password")
        equal((full["cause"], full["actor"], full["retry"]), ("mailbox-full", "recipient", "yes"), "a full mailbox")
        equal((strange["cause"], strange["actor"]), ("unknown", "unknown"), "what nobody knows")


def bad_lines_do_not_end_the_run():
    with Profile(bus=False) as profile:
        bad = ("no json", "", "[1, 2]", "{}", '{"text": 7}', '{"text": "' + "x" * 300000 + '"}', '{"text": "cut')
        answers = batch(profile, *bad, {"id": 9, "text": "550 5.1.1 no such user"})
        equal(len(answers), len(bad) + 1, "one object a line")
        for line, answer in zip(bad, answers):
            check(list(answer) == ["error"] and answer["error"], f"{line[:20]!r} gives an error: {answer}")
        equal((answers[-1]["id"], answers[-1]["cause"]), (9, "address-unknown"), "the good line after them")
        last = profile.ctl("explain", "--batch", input='{"text": "550 5.1.1 no such user"}').stdout
        equal(objects(last)[0]["cause"], "address-unknown", "a last line without its end")


def each_file_gets_one_object():
    with Profile(bus=False) as profile:
        table = rows("bounces", "index.tsv")
        answers = objects(profile.ctl("explain", "--json", "--eml", *map(bounce, BOUNCES)).stdout)
        equal([os.path.basename(a["file"]) for a in answers], list(BOUNCES), "the files in their order")
        equal([a["outcome"] for a in answers], ["failed", "failed", "delivered", "delayed", "not-a-bounce"], "outcomes")
        for name, answer in zip(BOUNCES, answers):
            wanted = [row for row in table if row["file"] == name and row["n"] != "0"]
            equal(len(answer["recipients"]), len(wanted), "the recipients of " + name)
            for row, got in zip(wanted, answer["recipients"]):
                check(RECIPIENT_FIELDS <= got.keys(), f"the fields of {got}")
                check(got["recipient"] in (row["recipient"], row["recipient_alt"]), f"{got['recipient']} in {name}")
                equal(got["cause"], row["cause"], "the cause in " + name)
                check(got["actor"] in ACTORS and got["retry"] in RETRIES, f"the words of {got}")
        check(not os.path.exists(profile.state_dir), "no service was started for it")


def a_message_comes_by_standard_input_too():
    with Profile(bus=False) as profile:
        with open(bounce(BOUNCES[0]), "rb") as f:
            data = f.read()
        for arguments in ((), ("-",)):
            answer = json.loads(profile.run(program("mail-relayctl"), "explain", "--json", "--eml", *arguments, input=data).stdout)
            equal((answer["file"], answer["outcome"], answer["recipients"][0]["cause"]), ("-", "failed", "mailbox-full"), "read from standard input")
        words = profile.run(program("mail-relayctl"), "explain", "--eml", input=data).stdout.decode()
        check("postmaster@mxr.biglobe.ne.jp" in words and "full" in words, "in words")


def a_file_that_is_missing_does_not_end_the_run():
    with Profile(bus=False) as profile:
        done = profile.ctl("explain", "--json", "--eml", "/nonexistent/a.eml", bounce(BOUNCES[0]), check=False)
        missing, there = objects(done.stdout)
        equal((missing["file"], done.returncode), ("/nonexistent/a.eml", 1), "the missing one")
        check(missing["error"] and there["outcome"] == "failed", "the other is explained")


run_cases(each_reply_gets_one_object, who_speaks_changes_whose_move_it_is, bad_lines_do_not_end_the_run, each_file_gets_one_object,
          a_message_comes_by_standard_input_too, a_file_that_is_missing_does_not_end_the_run)

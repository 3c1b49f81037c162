#!/usr/bin/python3
"""What is being sent right now, ending it, and a message looked at and saved by mail-relayctl, against the real service."""
import base64
import os
import smtplib
import threading

from harness import Profile, check, equal, program, queue_id, run_cases, send

BIG = 6 * 1024 * 1024
PEOPLE = ("ann@sender.example", ["bob@recipient.example", "cid@recipient.example"])
SECRET_WORDS = b"the words that no log may hold"


def big_message():
    line = b"x" * 70 + b"\r\n"
    return (b"From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: Drawings\r\n\r\n" + SECRET_WORDS + b"\r\n"
            + line * (BIG // len(line)))


def a_slow_server():
    """A large message on its way to a server that stops reading."""
    go_on = threading.Event()

    def stall(session, argument):
        session.say("354 go ahead")
        go_on.wait(60)
        return "drop"

    with Profile() as profile:
        sink = profile.add_sink(replies={"DATA": stall})
        service = profile.start_service()
        profile.add_account("work", sink)
        equal(profile.ctl_json("activity")["activity"], [], "nothing is being sent")
        check("Nothing is being sent" in profile.ctl("activity").stdout, "in words")
        # Looked at, the log keeps what is said to servers too.
        profile.ctl("log")
        id = queue_id(send(profile.smtp, *PEOPLE, big_message()))

        def under_way():
            rows = profile.ctl_json("activity")["activity"]
            return rows and rows[0]["stage"] == "data" and rows[0].get("done", 0) > 0 and rows[0]
        row = service.wait(under_way, "a part of the message to be out")
        equal((row["message-id"], row["account"], row["n-recipients"], row["may-stop"]), (id, "work", 2, True), "the row")
        check(BIG <= row["total"] < BIG + 4096 and 0 < row["done"] < row["total"], f"bytes: {row}")
        check(row["sending"] > 0 and row["address"].endswith(str(sink.port)), f"address and time: {row}")
        text = profile.ctl("activity").stdout
        check(id in text and "sending" in text and "bob@recipient.example +1" in text, text)

        equal(profile.ctl_json("activity", "--stop", id)["count"], 1, "stopped")
        go_on.set()
        message = service.message(id)[0]
        equal((message["hold"], [r["state"] for r in message["recipients"]]), ("person", ["waiting"] * 2), "kept back")
        equal(profile.ctl("activity", "--stop", id, check=False).returncode, 1, "nothing is left to be stopped")
        check("You ended the transmission" in profile.ctl("show", id).stdout, "the attempt tells it")
        equal(len(sink.messages), 0, "the server took nothing")

        sink.replies.clear()
        profile.ctl("release", id)
        service.wait_for_state(id, "delivered", "relayed")
        equal((len(sink.messages), len(sink.messages[0].data) > BIG), (1, True), "whole and once")

        log = profile.ctl("log").stdout
        session = row["session"]
        check(f" {session}: " in log, f"the connection {session} is named in the log:\n{log[-2000:]}")
        check(SECRET_WORDS.decode() not in log and "Drawings" not in log, "the log holds nothing of the message")


def the_log_holds_no_secret():
    """What is said to servers and by programs is there while somebody reads along, but for passwords in any form."""
    word = "correct horse battery"
    with Profile() as profile:
        sink = profile.add_sink(users={"user": word})
        service = profile.start_service()
        profile.add_account("work", sink, password=word)
        made = profile.ctl_json("program", "add", "printer")
        profile.ctl("log")
        host, port = profile.smtp
        with smtplib.SMTP(host, port) as client:
            client.login(made["id"], made["password"])
            client.sendmail(*PEOPLE, b"Subject: Private thing\r\n\r\n" + SECRET_WORDS + b"\r\n")
        service.wait(lambda: len(sink.messages) == 1, "the message to be handed on")
        log = service.wait(lambda: (text := profile.ctl("log").stdout) and "< 250 2.0.0 Taken" in text and text, "the log to tell it")
        plain = base64.b64encode(f"\0user\0{word}".encode()).decode()
        for secret in (word, plain, base64.b64encode(word.encode()).decode(), made["password"],
                       base64.b64encode(made["password"].encode()).decode(), SECRET_WORDS.decode(), "Private thing"):
            check(secret not in log, f"{secret!r} is not in the log:\n{log}")
        check("RCPT TO:<bob@recipient.example>" in log and " AUTH " in log, f"the conversation is:\n{log}")
        check(" s" in log and any(f" s{n}: " in log for n in range(1, 20)) and any(f" c{n}: " in log for n in range(1, 20)),
              "both sides are named")


MESSAGE = """From: =?utf-8?q?J=C3=B6rg?= <ann@sender.example>\r
To: bob@recipient.example\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe/Fragen?=\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
<p>See <a href="https://shop.example/?a=1&amp;b=2">the shop</a>.<script>x</script>\x1b]0;title\x07\r
--b\r
Content-Type: application/pdf; name=list.pdf\r
Content-Transfer-Encoding: base64\r
\r
JVBERg==\r
--b--\r
""".encode()


def a_message_is_looked_at_and_saved():
    with Profile() as profile:
        profile.start_service()
        profile.ctl("pause")
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        headers = profile.ctl("show", "--headers", id).stdout
        check("From: Jörg <ann@sender.example>\n" in headers and "Subject: Grüße/Fragen\n" in headers, headers)
        text = profile.ctl("show", "--text", id).stdout
        check(text.startswith("See the shop [1].") and "[1] https://shop.example/?a=1&b=2\n" in text, text)
        check("script" not in text and "\x1b" not in text and "\x07" not in text, repr(text))
        source = profile.ctl("show", "--source", id).stdout
        check("<script>x</script>" in source and "\x1b" not in source, source)
        parts = profile.ctl_json("show", "--parts", id)["parts"]
        equal([(p["part"], p["type"], p.get("name")) for p in parts],
              [("", "multipart/mixed", None), ("1", "text/html", None), ("2", "application/pdf", "list.pdf")], "the parts")
        equal(parts[2]["size"], 4, "the size of the attachment")
        check("list.pdf" in profile.ctl("show", "--parts", id).stdout, "the parts in words")
        details = profile.ctl("show", "--details", id).stdout
        check(f"Queue-Id: {id}\n" in details and "Recipient: <cid@recipient.example>\n" in details, details)

        body = profile.run(program("mail-relayctl"), "show", "--body", id, input=b"").stdout
        folder = os.path.join(profile.root, "saved")
        os.mkdir(folder)
        file = os.path.join(folder, "a.eml")
        equal(profile.ctl_json("save", id, file), {"file": file, "size": len(body)}, "saved")
        equal(open(file, "rb").read(), body, "the same bytes")
        equal(os.stat(file).st_mode & 0o777, 0o600, "for its owner alone")
        equal(profile.ctl("save", id, file, check=False).returncode, 1, "a file that is there is left alone")
        profile.ctl("save", "--force", id, file)
        equal(profile.ctl("save", "0123456789ABCDEF", file + "2", check=False).returncode, 1, "no such message")
        check(not os.path.exists(file + "2"), "no empty file is left")


if __name__ == "__main__":
    run_cases(a_slow_server, the_log_holds_no_secret, a_message_is_looked_at_and_saved)

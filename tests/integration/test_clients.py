#!/usr/bin/python3
"""Programs that nobody here wrote hand in mail: it arrives as they sent it. With and without password and encryption; other users are refused until allowed."""
import os
import pathlib
import smtplib
import ssl

from harness import Failed, Profile, check, equal, need, run_cases, send
from peers import (BODY, CLIENTS, HEADER, MESSAGE, RECIPIENT, RECIPIENTS_OF_NODEMAILER, SENDER, check_only_fixups, other_user)
from tap import Tap


def arrives(name, *commands):
    """A test case for one client: what it said is what arrives."""
    def case():
        need(*commands)
        with Profile() as profile:
            sink = profile.add_sink()
            service = profile.start_service()
            profile.add_account("work", sink)
            with Tap(profile.port) as tap:
                CLIENTS[name](profile, tap.port)
                received, = sink.wait_for_messages(1)
                submitted, = tap.messages()
            equal(received.reverse_path, SENDER, "return address")
            equal(set(received.recipients), RECIPIENTS_OF_NODEMAILER if name == "nodemailer" else {RECIPIENT}, "recipients")
            check_only_fixups(submitted, received.data)
            if name in ("smtplib", "swaks", "curl", "msmtp"):
                # swaks ends each message with a line end of its own.
                equal(received.data.split(b"\r\n\r\n", 1)[1].rstrip(), BODY.rstrip(), "body")
            check(b"\nbcc:" not in received.data.lower(), "no Bcc goes out")
            check(service.wait(lambda: profile.ctl_json("list", "--history")["total"] == 1, "the history"), "history")
    case.__name__ = name.replace("-", "_") + "_arrives"
    return case


def program_is_named():
    """Without a tap between: the window says which program sent."""
    need("swaks", "curl")
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        CLIENTS["curl"](profile, profile.port)
        sink.wait_for_messages(1)
        service.connect()
        message, = service.wait(lambda: service.list("history"), "the history")
        equal((message["program"], message["uid"]), ("curl", os.getuid()), "program and user")


def missing_fields_are_added():
    with Profile() as profile:
        sink = profile.add_sink()
        profile.start_service()
        profile.add_account("work", sink)
        for submitted in (b"Subject: nothing else\r\n\r\n.x\r\n", b"Bcc: a@b.example,\r\n\tc@d.example\r\nSubject: y\r\nReturn-Path: <z@z.example>\r\n\r\nbody\r\n",
                          b"\r\nonly a body\r\n"):
            send(profile.smtp, SENDER, [RECIPIENT], submitted)
            received = sink.wait_for_messages(1)[-1]
            check_only_fixups(submitted, received.data)
            check(b"From: <ann@sender.example>" in received.data or b"From: ann@sender.example" in received.data, "From is the return address")
            sink.messages.clear()


def very_long_lines_and_no_final_line_end():
    """A line that is longer than SMTP allows, for a server that takes it; a file that ends without a line end."""
    need("curl")
    with Profile() as profile:
        sink = profile.add_sink()
        profile.start_service()
        profile.add_account("work", sink)
        body = b"x" * 20000 + b"\r\n." + b"y" * 5000 + b"\r\nno end"
        path = pathlib.Path(profile.root, "long.eml")
        path.write_bytes(HEADER + b"\r\n" + body)
        profile.run("curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", f"smtp://127.0.0.1:{profile.port}/x", "--mail-from", SENDER,
                    "--mail-rcpt", RECIPIENT, "--upload-file", path)
        equal(sink.wait_for_messages(1)[0].data.split(b"\r\n\r\n", 1)[1], body + b"\r\n", "body")


def big_attachment_is_the_same():
    """8 MiB by a client that pipelines what it can."""
    need("swaks")
    with Profile() as profile:
        sink = profile.add_sink()
        profile.start_service()
        profile.add_account("work", sink)
        attachment = pathlib.Path(profile.root, "blob.bin")
        attachment.write_bytes(os.urandom(6 << 20))
        with Tap(profile.port) as tap:
            profile.run("swaks", "--server", "127.0.0.1", "--port", tap.port, "--from", SENDER, "--to", RECIPIENT, "--attach", f"@{attachment}",
                        "--suppress-data", "--timeout", "60")
            received, = sink.wait_for_messages(1)
            submitted, = tap.messages()
        check(len(submitted) > 8 << 20, "it is big")
        check_only_fixups(submitted, received.data)


# ---- passwords and encryption ----

def with_password(profile):
    """A program's password; without it nobody may send here, so that using it is proven."""
    profile.configure({"submission": {"require-auth": "true"}})
    sink = profile.add_sink()
    service = profile.start_service()
    profile.add_account("work", sink)
    made = profile.ctl_json("program", "add", "printer")
    return sink, service, made["user"], made["password"]


def came_with_password(sink, service, n=1):
    received = sink.wait_for_messages(n)[-1]
    check(b"with ESMTPSA" in received.data, "Received says encrypted and authenticated")
    equal(received.data.split(b"\r\n\r\n", 1)[1].rstrip(), BODY.rstrip(), "body")


def swaks_logs_in():
    need("swaks")
    with Profile() as profile:
        sink, service, user, password = with_password(profile)
        path = pathlib.Path(profile.root, "m.eml")
        path.write_bytes(MESSAGE.replace(b"\r\n", b"\n"))
        common = ["swaks", "--server", "127.0.0.1", "--port", profile.port, "--from", SENDER, "--to", RECIPIENT, "--data", f"@{path}", "--timeout", "30", "--tls"]
        for number, mechanism in enumerate(("PLAIN", "LOGIN"), 1):
            profile.run(*common, "--auth", mechanism, "--auth-user", user, "--auth-password", password)
            came_with_password(sink, service, number)
        wrong = profile.run(*common, "--auth", "PLAIN", "--auth-user", user, "--auth-password", password + "x", check=False)
        check("535 5.7.8" in wrong.stdout, "a wrong password is refused: " + wrong.stdout[-500:])
        check(password not in service.log(), "the log has no password")
        profile.ctl("program", "remove", user)
        gone = profile.run(*common, "--auth", "PLAIN", "--auth-user", user, "--auth-password", password, check=False)
        check("535 5.7.8" in gone.stdout, "a removed password is refused: " + gone.stdout[-500:])
        equal(len(sink.messages), 2, "messages")


def curl_logs_in():
    need("curl")
    with Profile() as profile:
        sink, service, user, password = with_password(profile)
        path = pathlib.Path(profile.root, "m.eml")
        path.write_bytes(MESSAGE)
        profile.run("curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", "--ssl-reqd", "--cacert",
                    pathlib.Path(profile.state_dir, "tls", "server.pem"), f"smtp://127.0.0.1:{profile.port}/x", "--user", f"{user}:{password}",
                    "--mail-from", SENDER, "--mail-rcpt", RECIPIENT, "--upload-file", path)
        came_with_password(sink, service)


def smtplib_logs_in():
    with Profile() as profile:
        sink, service, user, password = with_password(profile)
        context = ssl.create_default_context(cafile=os.path.join(profile.state_dir, "tls", "server.pem"))
        with smtplib.SMTP("127.0.0.1", profile.port, timeout=30) as client:
            client.ehlo()
            client.starttls(context=context)
            client.login(user, password)
            client.sendmail(SENDER, [RECIPIENT], MESSAGE, mail_options=["BODY=8BITMIME"])
        came_with_password(sink, service)
        with smtplib.SMTP("127.0.0.1", profile.port, timeout=30) as client:
            try:
                client.sendmail(SENDER, [RECIPIENT], MESSAGE)
            except smtplib.SMTPSenderRefused as refused:
                check(refused.smtp_code in (530, 550), f"{refused}")
            else:
                raise Failed("it was taken without a password")


def other_user_is_refused_until_allowed():
    need("swaks")
    uid, prefix = other_user()
    with Profile() as profile:
        sink = profile.add_sink()
        service = profile.start_service()
        profile.add_account("work", sink)
        swaks = [*prefix, "swaks", "--server", "127.0.0.1", "--port", profile.port, "--from", SENDER, "--to", RECIPIENT, "--body", "from another user",
                 "--timeout", "30"]
        refused = profile.run(*swaks, check=False, env={"HOME": "/"})
        check("550 5.7.1" in refused.stdout, "the refusal: " + refused.stdout[-600:] + refused.stderr)
        refusals = service.wait(lambda: profile.ctl_json("program", "list")["refusals"], "the refusal in the list")
        equal([(r["uid"], r["reverse-path"], r["reason"]) for r in refusals], [(uid, SENDER, "other-user")], "what is shown of it")
        check(refusals[0]["program"] in ("swaks", "perl"), f"the program is named: {refusals[0]}")
        profile.ctl("program", "allow", "nobody")
        profile.run(*swaks, env={"HOME": "/"})
        received, = sink.wait_for_messages(1)
        check(b"from another user" in received.data, "body")
        profile.ctl("program", "allow", "nobody", "--revoke")
        again = profile.run(*swaks, check=False, env={"HOME": "/"})
        check("550 5.7.1" in again.stdout, "refused again")
        service.stop()


run_cases(arrives("smtplib"), arrives("swaks", "swaks"), arrives("curl", "curl"), arrives("msmtp", "msmtp"), arrives("git", "git"),
          arrives("s-nail", "s-nail"), arrives("nodemailer"), program_is_named, missing_fields_are_added, very_long_lines_and_no_final_line_end,
          big_attachment_is_the_same, swaks_logs_in, curl_logs_in, smtplib_logs_in, other_user_is_refused_until_allowed)

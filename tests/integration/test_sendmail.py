#!/usr/bin/python3
"""mail-relay-sendmail against the real service: as cron, PHP and git call it."""
import glob
import os
import socket

from harness import Profile, check, equal, free_port, program, run_cases

TEXT = "From: Ann <ann@sender.example>\nTo: bob@recipient.example\nBcc: carl@recipient.example\nSubject: x\n\nHello\n.\nafter the dot\n"


def sendmail(profile, *arguments, input=TEXT, check=True):
    return profile.run(program("mail-relay-sendmail"), *arguments, input=input, check=check)


def recipients_from_the_header():
    with Profile() as profile:
        sink = profile.add_sink()
        profile.start_service()
        profile.add_account("work", sink)
        sendmail(profile, "-t", "-i")
        message, = sink.wait_for_messages(1)
        equal(message.reverse_path, "ann@sender.example", "return address")
        equal(sorted(message.recipients), ["bob@recipient.example", "carl@recipient.example"], "recipients")
        check(b"carl@" not in message.data, "Bcc is not sent")
        check(message.data.endswith(b"Hello\r\n.\r\nafter the dot\r\n"), "with -i a dot is text")
        sendmail(profile, "-f", "bounces@sender.example", "-oem", "dora@recipient.example")
        message = sink.wait_for_messages(2)[1]
        equal((message.reverse_path, message.recipients), ("bounces@sender.example", ["dora@recipient.example"]), "envelope of the arguments")
        check(message.data.endswith(b"Hello\r\n"), "without -i a dot ends the message")
        equal(profile.ctl_json("list", "--history")["messages"][0]["program"], "mail-relay-sendmail", "the program is known")


def it_starts_the_service():
    for bus in (True, False):
        with Profile(bus=bus) as profile:
            sink = profile.add_sink()
            profile.configure({})
            with open(profile.config_file, "a", encoding="utf-8") as f:
                f.write(f"[account work]\naddresses=*\nhost=127.0.0.1\nport={sink.port}\ntls=none\n")
            sendmail(profile, "-t")
            message, = sink.wait_for_messages(1)
            equal(message.reverse_path, "ann@sender.example", "return address")
            check(not glob.glob(profile.state_dir + "/maildrop/*"), "nothing was left in the maildrop folder")


def left_in_the_maildrop_folder():
    with Profile(bus=False) as profile:
        sink = profile.add_sink(extensions=("PIPELINING", "8BITMIME", "SIZE 20000000", "DSN"))
        profile.configure({})
        with open(profile.config_file, "a", encoding="utf-8") as f:
            f.write(f"[account work]\naddresses=*\nhost=127.0.0.1\nport={sink.port}\ntls=none\n")
        # The service cannot start: something that is no folder stands where its socket's folder belongs.
        with open(profile.runtime_dir, "w", encoding="ascii"):
            pass
        equal(sendmail(profile, "-t", "-i", "-N", "success,delay", "-R", "hdrs", "-V", "a+b").returncode, 0, "taken all the same")
        dropped, = glob.glob(profile.state_dir + "/maildrop/*.msg")
        equal(os.stat(dropped).st_mode & 0o777, 0o600, "only for its user")
        os.unlink(profile.runtime_dir)
        service = profile.start_service()
        message, = sink.wait_for_messages(1)
        check(message.data.endswith(b"Hello\r\n.\r\nafter the dot\r\n"), "the whole message")
        equal(sorted(message.recipients), ["bob@recipient.example", "carl@recipient.example"], "recipients")
        check("RET=HDRS ENVID=a+2Bb" in sink.wait_for_command("MAIL")[0], f"the wishes for the message in {sink.commands}")
        check("NOTIFY=SUCCESS,DELAY" in sink.wait_for_command("RCPT")[0], f"the wishes for a recipient in {sink.commands}")
        service.wait(lambda: not glob.glob(profile.state_dir + "/maildrop/*.msg"), "the folder to be empty")


def exit_codes():
    with Profile() as profile:
        profile.configure({"submission": {"max-message-size": 2048, "require-auth": "true"}})
        profile.start_service()
        equal(sendmail(profile, check=False).returncode, 64, "no recipient, no -t")
        equal(sendmail(profile, "-bs", check=False).returncode, 64, "a mode that is not ours")
        equal(sendmail(profile, "-t", input="Subject: nobody\n\nx\n", check=False).returncode, 67, "no recipient in the header")
        equal(sendmail(profile, "-t", check=False).returncode, 77, "no password, no mail")
        profile.ctl("config", "set", "submission", "require-auth", "false")
        equal(sendmail(profile, "-t", "-i", input=TEXT + "x" * 3000 + "\n", check=False).returncode, 69, "too big")
        equal(sendmail(profile, "-t").returncode, 0, "taken")
        equal(profile.run(program("mail-relay-sendmail"), "--help").returncode, 0, "--help")


def another_users_port_gets_nothing():
    if os.geteuid() != 0:
        print("only root can play another user")
        return
    with Profile(bus=False) as profile:
        port = free_port()
        profile.configure({"submission": {"listen": f"127.0.0.1:{port}"}})
        with open(profile.runtime_dir, "w", encoding="ascii"):
            pass
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.setgid(65534)
            os.setuid(65534)
            listener = socket.create_server(("127.0.0.1", port))
            os.write(write_end, b"x")
            connection, _ = listener.accept()
            connection.sendall(b"220 trust me\r\n")
            data = connection.recv(1000)
            os._exit(1 if data else 0)
        os.read(read_end, 1)
        equal(sendmail(profile, "-t").returncode, 0, "it is kept")
        _, status = os.waitpid(child, 0)
        equal(os.waitstatus_to_exitcode(status), 0, "another user's server was spoken to")
        check(glob.glob(profile.state_dir + "/maildrop/*.msg"), "it waits in the maildrop folder")


run_cases(recipients_from_the_header, it_starts_the_service, left_in_the_maildrop_folder, exit_codes, another_users_port_gets_nothing)

#!/usr/bin/python3
"""mail-relayd as a process: how it is reached, started and ended, and what it refuses."""
import os
import re
import select
import signal
import socket
import subprocess
import sys

from harness import PATIENCE, SANITIZED, Failed, Profile, Waiter, check, equal, free_port, program, queue_id, run_cases, send, skip

MESSAGE = b"From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: x\r\n\r\nHello\r\n"
PEOPLE = ("ann@sender.example", ["bob@recipient.example"])
PATH, NAME = "/com/example/MailRelay/Service", "com.example.MailRelay.Service"

PEER_CLIENT = """
import sys
from gi.repository import Gio
c = Gio.DBusConnection.new_for_address_sync("unix:path=" + sys.argv[1], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
print(c.call_sync(None, "/com/example/MailRelay/Service", "com.example.MailRelay.Service", "GetStatus", None, None, 0, 10000, None).unpack())
"""


def gdbus(profile, *arguments, env=None):
    return profile.run("gdbus", "call", *arguments, check=False, env=env)


def over_the_session_bus():
    with Profile() as profile:
        service = profile.start_service()
        service.wait(lambda: "is ours" in service.log(), "the name")
        call = gdbus(profile, "--session", "-d", NAME, "-o", PATH, "-m", NAME + ".GetStatus")
        check("'version'" in call.stdout, call.stderr)
        # Hostile arguments: refused with a named error, and the service goes on.
        for method, arguments in ((".GetLog", ["0", "4000000000"]), (".GetConfig", ["no such", "key"]), (".SetConfig", ["retry", "first", "x" * 70000]),
                                  (".SetSecretsBackend", ["'clay tablet'"])):
            call = gdbus(profile, "--session", "-d", NAME, "-o", PATH, "-m", NAME + method, *arguments)
            check("com.example.MailRelay.Error." in call.stderr, f"{method}: {call.stderr}")
        outbox = "com.example.MailRelay.Outbox"
        for method, arguments in ((".List", ["{}", "''", "501"]), (".List", ["{'kind': <'attic'>}", "''", "1"]), (".Get", ["'../etc'"]),
                                  (".Cancel", ["@as []"]), (".Delete", ["@as []"]), (".Retry", ["['x']"]), (".SendThrough", ["''", "''", "true"])):
            call = gdbus(profile, "--session", "-d", NAME, "-o", PATH, "-m", outbox + method, *arguments)
            check("com.example.MailRelay.Error.Invalid" in call.stderr, f"{method}: {call.stderr}")
        equal(service.process.poll(), None, "it goes on")


def activated_by_the_bus():
    with Profile(activation=True) as profile:
        profile.configure({})
        call = gdbus(profile, "--session", "-d", NAME, "-o", PATH, "-m", NAME + ".GetStatus")
        check("'version'" in call.stdout, call.stderr)
        profile.ctl("status")


def socket_is_for_its_user_only():
    with Profile() as profile:
        service = profile.start_service()
        equal(os.stat(profile.runtime_dir).st_mode & 0o777, 0o700, "the folder")
        equal(os.stat(profile.bus_socket).st_mode & 0o777, 0o600, "the socket")
        if os.geteuid() != 0:
            skip("only root can play another user")
        # Even with the doors open: another user's connection is refused by the service itself.
        for path in (profile.root, profile.env["XDG_RUNTIME_DIR"], profile.runtime_dir):
            os.chmod(path, 0o755)
        os.chmod(profile.bus_socket, 0o777)
        client = [sys.executable, "-c", PEER_CLIENT, profile.bus_socket]
        other = profile.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *client, check=False, env={"HOME": "/"})
        check(other.returncode != 0 and "version" not in other.stdout, "another user got in")
        check("Error" in other.stderr, f"it was refused, not something else: {other.stderr}")
        check("version" in profile.run(*client).stdout, "our own user gets in")
        equal(service.process.poll(), None, "it goes on")


def bus_is_for_its_user_only():
    if os.geteuid() != 0:
        skip("only root can play another user")
    with Profile(bus=False) as profile:
        # A session bus that lets everybody in, as a careless one might: the service does not rely on it.
        profile.start_bus(policy='<allow user="*"/>')
        service = profile.start_service()
        service.wait(lambda: "is ours" in service.log(), "the name")
        os.chmod(profile.root, 0o755)
        os.chmod(os.path.join(profile.root, "session-bus"), 0o777)
        call = ["gdbus", "call", "--session", "-d", NAME, "-o", PATH, "-m"]
        other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        listed = profile.run(*other, *call[:3], "-d", "org.freedesktop.DBus", "-o", "/", "-m", "org.freedesktop.DBus.ListNames")
        check(NAME in listed.stdout, "the other user is on the bus")
        for method in ("com.example.MailRelay.Accounts.List", NAME + ".Quit", NAME + ".GetStatus"):
            done = profile.run(*other, *call, method, check=False)
            check(done.returncode != 0 and "AccessDenied" in done.stderr, f"{method}: {done.stdout}{done.stderr}")
        check(profile.run(*call, NAME + ".GetStatus").returncode == 0, "our own user is served")
        equal(service.process.poll(), None, "it goes on")


def ends_in_order():
    with Profile() as profile:
        service = profile.start_service()
        service.stop(expect=0)
        check(not os.path.exists(profile.bus_socket), "the socket is gone")
        again = profile.start_service()
        again.call("Service", "Quit")
        equal(again.process.wait(PATIENCE), 0, "exit status after Quit")


def second_signal_ends_at_once():
    with Profile() as profile:
        release = Waiter()
        sink = profile.add_sink(replies={"DOT": lambda s, m: release.wait(lambda: release.count, "the end of the test", PATIENCE) and None})
        service = profile.start_service()
        profile.add_account("work", sink)
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        sink.wait_for_command("DATA")
        service.process.send_signal(signal.SIGTERM)
        service.wait(lambda: "may finish" in service.log(), "the first signal's effect")
        equal(service.process.poll(), None, "it waits for what is in flight")
        service.process.send_signal(signal.SIGTERM)
        equal(service.process.wait(PATIENCE), 0, "exit status")
        release.tell()
        # The message is still there, and comes again: its outcome was not known.
        sink.replies.clear()
        service = profile.start_service()
        profile.ctl("retry", "--all")
        service.wait_for_state(id, "delivered", "relayed")


def what_is_in_flight_may_finish():
    with Profile() as profile:
        release = Waiter()
        sink = profile.add_sink(replies={"DOT": lambda s, m: release.wait(lambda: release.count, "the signal", PATIENCE) and None})
        service = profile.start_service()
        profile.add_account("work", sink)
        id = queue_id(send(profile.smtp, *PEOPLE, MESSAGE))
        sink.wait_for_command("DATA")
        service.process.send_signal(signal.SIGTERM)
        service.wait(lambda: "may finish" in service.log(), "the signal's effect")
        release.tell()
        equal(service.process.wait(PATIENCE), 0, "exit status")
        service = profile.start_service()
        message, _ = service.message(id)
        check(message["recipients"][0]["state"] in ("delivered", "relayed"), f"its outcome was kept: {message}")
        equal(len(sink.messages), 1, "it was sent once")


def account_test_does_not_outlive_it():
    with Profile() as profile, socket.create_server(("127.0.0.1", 0)) as silent:
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "slow", "--address", "*", "--host", "127.0.0.1", "--port", silent.getsockname()[1], "--tls", "none")
        command = [program("mail-relayctl"), "account", "test", "slow"]
        first, second = (subprocess.Popen(command, env=profile.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2))
        silent.settimeout(PATIENCE)
        connections = [silent.accept()[0], silent.accept()[0]]
        # Who asked goes away: the test is stopped, which closes its connection.
        first.kill()
        first.wait()
        for connection in connections:
            connection.settimeout(PATIENCE)
        readable, _, _ = select.select(connections, [], [], PATIENCE)
        equal([c.recv(1) for c in readable], [b""], "one connection is closed, the other is not")
        # The service goes away: the other one is told.
        service.process.send_signal(signal.SIGTERM)
        _, words = second.communicate(timeout=PATIENCE)
        check(second.returncode in (1, 3) and words, f"{second.returncode}: {words}")
        equal(service.process.wait(PATIENCE), 0, "exit status")
        for connection in connections:
            connection.close()
        for stream in (first.stderr, second.stderr):
            stream.close()


def tells_a_person_in_the_foreground():
    with Profile(bus=False) as profile:
        service = profile.start_service("--foreground-info", "--log-level", "error")
        service.wait(lambda: "mail-relayctl list" in service.log() and "account add" in service.log(), "the text")
        text = service.log()
        check("is ready" not in text, "--log-level outranks the settings")
        check(f"127.0.0.1:{profile.port}" in text, "where it listens")
        command = re.search(r"  (printf .*?)\n\n", text, re.S).group(1)
        done = profile.run("bash", "-c", command, check=False)
        equal(done.returncode, 0, f"the command it tells works: {done.stderr}")
        equal(profile.ctl_json("list")["total"], 1, "the message is there")


def ask_lists(service, connection, name):
    """103 questions at once (a bus takes 128 that wait for their answers): {search: what was answered}"""
    glib, answers = service.GLib, []

    def ask(search, replaces):
        wanted = {"search": glib.Variant("s", search)}
        if replaces:
            wanted["replaces"] = glib.Variant("u", replaces)

        def answered(connection, result):
            try:
                answers.append((search, connection.call_finish(result).unpack()[0]))
            except glib.Error as error:
                answers.append((search, error.message))
            service.waiter.tell()
        connection.call(name, PATH, "com.example.MailRelay.Outbox", "ListIds",
                        glib.Variant("(a{sv})", (wanted,)), None, service.Gio.DBusCallFlags.NONE, -1, None, answered)

    def ask_all(*_):
        for n in range(100):
            ask(f"same {n}", 7)
        ask("other number", 8)
        ask("no number", 0)
        ask("last", 7)
        return False
    # Answers come in the context of the thread that asked.
    source = glib.idle_source_new()
    source.set_callback(ask_all)
    source.attach(service.context)
    service.wait(lambda: len(answers) == 103, "every question is answered")
    return dict(answers)


def newer_question_takes_the_place_of_an_older():
    """Calls of one client are handled in their order, on the socket and on the session bus, where who calls is asked first."""
    with Profile() as profile:
        service = profile.start_service()
        service.connect()
        service.wait(lambda: "is ours" in service.log(), "the name")
        flags = service.Gio.DBusConnectionFlags
        for _ in range(10):
            # A new sender each time, that the service has to ask about.
            bus = service.Gio.DBusConnection.new_for_address_sync(profile.env["DBUS_SESSION_BUS_ADDRESS"],
                                                                  flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
            for connection, name in ((service.connection, None), (bus, NAME)):
                by_search = ask_lists(service, connection, name)
                for search in ("other number", "no number", "last"):
                    equal(by_search[search], [], f"{search} is answered with a list, {name}")
                equal([(s, a) for s, a in by_search.items() if a != [] and "newer question" not in a], [], "what was not answered so")
            bus.close_sync(None)
        service.stop()


def port_of_somebody_else_is_told():
    with Profile() as profile:
        with socket.socket() as other:
            other.bind(("127.0.0.1", profile.port))
            other.listen()
            service = profile.start_service()
            check("Not at" in profile.ctl("status").stdout, "status tells it")
            check("python" in profile.ctl("status").stdout, "and by whom")
            other_port = free_port()
            profile.ctl("config", "set", "submission", "listen", f"127.0.0.1:{other_port}")
            service.wait(lambda: "error" not in service.status()["listeners"][0], "another port")
            check(queue_id(send(("127.0.0.1", other_port), *PEOPLE, MESSAGE)), "there mail is taken")


def ports_from_the_service_manager():
    with Profile() as profile:
        listener = socket.socket()
        listener.bind(("127.0.0.1", profile.port))
        listener.listen(16)
        os.dup2(listener.fileno(), 3)
        listener.close()
        try:
            profile.configure({})
            wrapper = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"', program("mail-relayd")]
            log_path = os.path.join(profile.root, "socket.log")
            with open(log_path, "wb") as log:
                process = subprocess.Popen(wrapper, env=profile.env, stdout=log, stderr=subprocess.STDOUT, pass_fds=[3])
        finally:
            os.close(3)
        profile.processes.append(process)
        check(queue_id(send(profile.smtp, *PEOPLE, MESSAGE)), "the socket that was handed over is used")


def tells_the_service_manager():
    with Profile() as profile:
        path = os.path.join(profile.root, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(PATIENCE)
            profile.env["NOTIFY_SOCKET"] = path
            service = profile.start_service()
            equal(manager.recv(100), b"READY=1", "ready")
            service.process.send_signal(signal.SIGTERM)
            equal(manager.recv(100), b"STOPPING=1", "stopping")
            service.stop()


def sandbox_holds():
    if SANITIZED:
        skip("sanitizer builds are not fully confined")
    with Profile() as profile:
        service = profile.start_service()
        status = service.status()["sandbox"]
        check("seccomp" in status and "no seccomp" not in status, status)
        with open(f"/proc/{service.pid}/status", encoding="ascii") as f:
            text = f.read()
        check("NoNewPrivs:\t1" in text and "Seccomp:\t2" in text, "the kernel's word")
        outside = os.path.join(profile.root, "outside.pem")
        with open(outside, "w", encoding="ascii") as f:
            f.write("not for the service\n")
        if "no landlock" in status:
            skip("the kernel has no Landlock")
        # A file outside its folders: it cannot even be opened, so the account is in trouble over its certificate file.
        done = profile.ctl("account", "add", "--id", "x", "--address", "*", "--host", "127.0.0.1", "--port", free_port(), "--ca-file", outside, check=False)
        tested = profile.ctl("account", "test", "x", check=False)
        check(done.returncode != 0 or tested.returncode == 1, "a file outside was read")
        plain = profile.run(program("mail-relayd"), "--version").stdout
        check(plain.startswith("mail-relayd "), plain)


def wrong_arguments():
    with Profile(bus=False) as profile:
        for arguments in (["--nonsense"], ["--log-level", "loud"], ["file"]):
            equal(profile.run(program("mail-relayd"), *arguments, check=False).returncode, 2, f"exit status of {arguments}")
        profile.env["XDG_STATE_HOME"] = "/dev/null"
        done = profile.run(program("mail-relayd"), check=False)
        equal(done.returncode, 1, "no folder for its state")
        check(done.stderr.startswith("mail-relayd: "), "it says why")


run_cases(over_the_session_bus, activated_by_the_bus, socket_is_for_its_user_only, bus_is_for_its_user_only, ends_in_order, second_signal_ends_at_once,
          what_is_in_flight_may_finish, account_test_does_not_outlive_it, tells_a_person_in_the_foreground, newer_question_takes_the_place_of_an_older, port_of_somebody_else_is_told, ports_from_the_service_manager,
          tells_the_service_manager, sandbox_holds, wrong_arguments)

#!/usr/bin/python3
"""After a log-in the ports listen: the installed program under a real systemd user manager.

Everything happens in namespaces of the test's own: the program is installed over an empty /usr/local, the network is a loopback of its own
with the usual port 2525, and all processes end with the test.
"""
import json
import os
import pathlib
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time

from harness import BUILD, PATIENCE, check, equal, run_cases, skip

MANAGER = "/lib/systemd/systemd"
BIN = "/usr/local/bin/mail-relayctl"
MESSAGE = "From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: After the log-in\r\n\r\nHello\r\n"


def enter_namespaces():
    if os.environ.get("MR_INSIDE"):
        return
    if not os.path.exists(MANAGER) or not shutil.which("systemctl"):
        skip("systemd is not installed")
    flags = ["-mnpf", "--mount-proc"] + (["-Ur"] if os.geteuid() != 0 else [])
    if subprocess.run(["unshare", *flags, "mount", "-t", "tmpfs", "tmpfs", "/usr/local"], capture_output=True, check=False).returncode != 0:
        skip("no mount, network and process namespaces are to be had")
    os.environ["MR_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", *flags, "--kill-child", "--", sys.executable, *sys.argv])


def wait(predicate, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = predicate()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def listens(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


class Home:
    """A user with the installed program, who logs in and out."""

    def __init__(self, folder):
        self.folder, self.manager = pathlib.Path(folder), None
        self.runtime = self.folder / "run"
        self.runtime.mkdir(mode=0o700)
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "XDG_RUNTIME_DIR": str(self.runtime), "XDG_CONFIG_HOME": folder + "/config",
            "XDG_STATE_HOME": folder + "/state", "XDG_DATA_HOME": folder + "/data", "LANGUAGE": "C", "LC_ALL": "C.UTF-8",
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""), "LSAN_OPTIONS": os.environ.get("LSAN_OPTIONS", ""),
        }

    def log_in(self):
        with open(self.folder / "manager.log", "ab") as log:
            self.manager = subprocess.Popen([MANAGER, "--user", "--log-target=console"], env=self.environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        wait(lambda: self.systemctl("is-system-running").stdout.strip() in ("running", "degraded"), "the user manager")

    def log_out(self):
        self.manager.send_signal(signal.SIGTERM)
        self.manager.wait(PATIENCE)

    def systemctl(self, *arguments):
        return subprocess.run(["systemctl", "--user", *arguments], env=self.environment, capture_output=True, text=True, check=False)

    def ctl(self, *arguments):
        run = subprocess.run([BIN, *arguments, "--json"], env=self.environment, capture_output=True, text=True, check=False)
        equal(run.returncode, 0, f"mail-relayctl {' '.join(arguments)}: {run.stderr}")
        return json.loads(run.stdout)

    def active(self, unit):
        return self.systemctl("is-active", unit).stdout.strip() == "active"


def the_ports_listen_after_a_log_in():
    with tempfile.TemporaryDirectory() as folder:
        home = Home(folder)
        home.log_in()
        equal(home.ctl("autostart")["autostart"], "off", "at first")
        equal(home.ctl("autostart", "on")["autostart"], "systemd", "switched on")
        check(not listens(2525), "nothing listens before the next log-in")

        home.log_out()
        home.log_in()
        check(home.active("mail-relay.socket"), "the socket unit is active")
        check(not home.active("mail-relay.service"), "the service has not been started yet")
        with smtplib.SMTP("127.0.0.1", 2525, timeout=PATIENCE) as smtp:
            smtp.sendmail("ann@sender.example", ["bob@recipient.example"], MESSAGE)
        check(home.active("mail-relay.service"), "the first connection started the service")
        equal([m["subject"] for m in home.ctl("list")["messages"]], ["After the log-in"], "the outbox")

        # Other ports: what starts follows the setting.
        home.ctl("config", "set", "submission", "listen", "127.0.0.1:2626")
        equal(home.ctl("autostart")["autostart"], "systemd", "still switched on")
        home.log_out()
        home.log_in()
        wait(lambda: listens(2626), "the other port")
        check(not listens(2525), "the usual port is free again")
        equal(len(home.ctl("list")["messages"]), 1, "the message is still there")

        equal(home.ctl("autostart", "off")["autostart"], "off", "switched off")
        home.log_out()
        home.log_in()
        check(not listens(2626) and not listens(2525), "nothing listens")
        home.log_out()


enter_namespaces()
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/usr/local"], check=True)
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
os.makedirs("/run/systemd/system")
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet"], check=True, stdout=subprocess.DEVNULL)
run_cases(the_ports_listen_after_a_log_in)

"""An OpenSMTPD of the test's own: unpacked below tests/.cache, never installed, in the foreground on a free port.

    with OpenSmtpd(folder, listen=port, next_port=2600) as o: ...

Its users and folders have fixed names: a mount namespace of its own has them. All that it takes goes on to next_port. Without encryption: Debian 12's build
cannot sign with the server's key in OpenSSL 3 ("missing private key"), whatever the kind of the key.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = TOP / ".cache/opensmtpd/usr/sbin/smtpd"

CONFIGURATION = """
queue ttl 1h
listen on 127.0.0.1 port %(listen)s hostname localhost
action "onward" relay host smtp://127.0.0.1:%(next)s
match from any for any action "onward"
"""

SCRIPT = """
set -e
mount --bind "%(dir)s/passwd" /etc/passwd
mount --bind "%(dir)s/group" /etc/group
for d in /var/lib /var/spool /run; do mount -t tmpfs none $d; done
mkdir -p /var/lib/opensmtpd/empty /var/spool/smtpd
chmod 711 /var/spool/smtpd
exec "%(program)s" -d -v -f "%(dir)s/conf"
"""


def usable():
    """Why it cannot run here, or None."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return "OpenSMTPD needs root and a mount namespace"
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        return "no mount namespace is to be had"
    return None


def fetch():
    """Unpacks OpenSMTPD; raises where that cannot be done."""
    subprocess.run([str(TOP / "mock/fetch-peers.sh"), "opensmtpd"], check=True)


class OpenSmtpd:
    def __init__(self, folder, listen, next_port):
        self.dir, self.listen, self.process = pathlib.Path(folder), listen, None
        self.dir.mkdir(parents=True, exist_ok=True)
        (self.dir / "conf").write_text(CONFIGURATION % {"listen": listen, "next": next_port})
        os.chmod(self.dir / "conf", 0o600)
        for name, lines in (("passwd", "opensmtpd:x:901:901::/var/lib/opensmtpd/empty:/bin/false\nopensmtpq:x:902:902::/var/lib/opensmtpd/empty:/bin/false\n"),
                            ("group", "opensmtpd:x:901:\nopensmtpq:x:902:\n")):
            (self.dir / name).write_text(lines + pathlib.Path("/etc", name).read_text())

    def start(self):
        with open(self.dir / "log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(["unshare", "-m", "sh", "-c", SCRIPT % {"dir": self.dir, "program": PROGRAM}], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        for _ in range(400):
            try:
                with socket.create_connection(("127.0.0.1", self.listen), 1) as s:
                    if s.recv(3) == b"220":
                        return self
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("OpenSMTPD did not start: " + self.log())

    def stop(self):
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
            self.process.wait(10)
            self.process = None

    def log(self):
        return (self.dir / "log").read_text(errors="replace")

    def __enter__(self):
        return self.start()

    def __exit__(self, *args):
        self.stop()

"""A Postfix of the test's own: unpacked below tests/.cache, never installed; own folder, own ports, run as root for its user switching.

    with Postfix(folder, listen=port, relayhost="[127.0.0.1]:2600") as p: ...
"""
import grp
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
CACHE = TOP / ".cache"
ROOT = CACHE / "postfix"


def fetch():
    """Unpacks Postfix; raises where that cannot be done."""
    subprocess.run([str(TOP / "mock/fetch-peers.sh"), "postfix"], check=True)


def environment():
    env = dict(os.environ)
    env["LD_LIBRARY_PATH"] = str(ROOT / "usr/lib/postfix")
    return env


def tool(name):
    """Path of smtp-source, smtp-sink and others."""
    return str(ROOT / "usr/sbin" / name)


class Postfix:
    """One instance. settings: further main.cf lines; services: further master.cf lines."""

    def __init__(self, folder, listen, relayhost="", settings=None, services=""):
        self.dir = pathlib.Path(folder)
        self.listen, self.process = listen, None
        self.conf, self.queue, self.data = self.dir / "conf", self.dir / "spool", self.dir / "data"
        self.make_folders()
        self.write_main(relayhost, settings or {})
        self.write_master(services)

    @staticmethod
    def owner():
        """A user and a group that exist on every Debian and are neither root nor nobody."""
        return pwd.getpwnam("daemon").pw_uid, grp.getgrnam("mail").gr_gid

    def make_folders(self):
        uid, gid = self.owner()
        for d in (self.dir, self.conf):
            d.mkdir(parents=True, exist_ok=True)
            d.chmod(0o755)
        self.queue.mkdir(exist_ok=True)
        for name in "active bounce corrupt defer deferred flush hold incoming private saved trace".split():
            d = self.queue / name
            d.mkdir(exist_ok=True)
            os.chown(d, uid, 0)
            d.chmod(0o700)
        for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
            d = self.queue / name
            d.mkdir(exist_ok=True)
            os.chown(d, uid, gid)
            d.chmod(mode)
        (self.queue / "pid").mkdir(exist_ok=True)
        self.data.mkdir(exist_ok=True)
        os.chown(self.data, uid, 0)
        self.data.chmod(0o700)

    def write_main(self, relayhost, settings):
        lib = ROOT / "usr/lib/postfix"
        lines = {
            "compatibility_level": "3.6", "daemon_directory": lib / "sbin", "command_directory": ROOT / "usr/sbin", "shlib_directory": lib,
            "meta_directory": ROOT / "etc/postfix", "queue_directory": self.queue, "data_directory": self.data, "mail_owner": "daemon",
            "setgid_group": "mail", "default_privs": "nobody", "myhostname": "mail.test.example", "mydestination": "",
            "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4", "mynetworks": "127.0.0.0/8", "relayhost": relayhost,
            "alias_maps": "", "alias_database": "", "local_recipient_maps": "", "smtputf8_enable": "no", "maillog_file": self.dir / "log",
            "maillog_file_prefixes": self.dir, "import_environment": f"MAIL_CONFIG MAIL_LOGTAG TZ LANG=C LD_LIBRARY_PATH={lib}", "smtp_tls_security_level": "none",
        }
        lines.update(settings)
        (self.conf / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in lines.items()))

    def write_master(self, services):
        rows = f"""
127.0.0.1:{self.listen} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
{services}
"""
        (self.conf / "master.cf").write_text(rows.lstrip())

    def start(self):
        self.process = subprocess.Popen([str(ROOT / "usr/lib/postfix/sbin/master"), "-c", str(self.conf), "-d"], env=environment(),
                                        stdout=subprocess.DEVNULL, stderr=open(self.dir / "master.log", "w"), start_new_session=True)
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.listen), 1) as s:
                    if s.recv(3) == b"220":
                        return self
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        log = self.dir / "log"
        raise RuntimeError("Postfix did not start: " + (self.dir / "master.log").read_text() + (log.read_text() if log.exists() else ""))

    def stop(self):
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
            self.process.wait(10)
            self.process = None

    def log(self):
        path = self.dir / "log"
        return path.read_text() if path.exists() else ""

    def __enter__(self):
        return self.start()

    def __exit__(self, *args):
        self.stop()

"""An Exim of the test's own: unpacked below tests/.cache, never installed, in the foreground on a free port.

    with Exim(folder, listen=port, next_port=2600, certificate=..., key=..., users={"user": "word"}) as e: ...

Debian's Exim insists on a user "Debian-exim": a mount namespace of its own has one. Everything it takes goes on to next_port on loopback.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = "exim4-daemon-light"
PROGRAM = TOP / ".cache" / PACKAGE / "usr/sbin/exim4"

CONFIGURATION = """
exim_path = %(program)s
primary_hostname = exim.test.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = %(ports)s
tls_on_connect_ports = %(implicit)s
spool_directory = %(dir)s/spool
log_file_path = %(dir)s/log/%%slog
pid_file_path = %(dir)s/pid
keep_environment =
add_environment = PATH=/usr/bin:/bin
acl_smtp_rcpt = check_rcpt
acl_smtp_data = accept
never_users =
disable_ipv6 = true
smtp_accept_max = 50
smtp_accept_queue_per_connection = 0
queue_only = false
log_selector = +outgoing_port +outgoing_interface
remote_max_parallel = 10
message_size_limit = 50M
allow_utf8_domains = true
tls_advertise_hosts = %(advertise)s
%(tls)s

begin acl
check_rcpt:
%(require)s
  accept

begin routers
onward:
  driver = manualroute
  transport = onward
  route_list = * 127.0.0.1
  self = send
  no_more

begin transports
onward:
  driver = smtp
  port = %(next)s
  allow_localhost
  hosts_avoid_tls = *
  hosts_try_chunking =
  hosts_try_fastopen =

begin retry
* * F,1h,5s

%(authenticators)s
"""

AUTHENTICATORS = """
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${if and{{eq{$auth2}{%(user)s}}{eq{$auth3}{%(password)s}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if and{{eq{$auth1}{%(user)s}}{eq{$auth2}{%(password)s}}}}
  server_set_id = $auth1
"""


def usable():
    """Why it cannot run here, or None."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return "Exim needs root and a mount namespace"
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        return "no mount namespace is to be had"
    return None


def fetch():
    """Unpacks Exim; raises where that cannot be done."""
    subprocess.run([str(TOP / "mock/fetch-peers.sh"), PACKAGE], check=True)


class Exim:
    """One instance. implicit: a second port with TLS from the start; user and password: demanded before RCPT."""

    def __init__(self, folder, listen, next_port, certificate=None, key=None, implicit=None, user=None, password=None):
        self.dir, self.listen, self.process = pathlib.Path(folder), listen, None
        for name in ("", "spool", "log"):
            d = self.dir / name
            d.mkdir(parents=True, exist_ok=True)
            d.chmod(0o777)
        ports = [str(p) for p in (listen, implicit) if p]
        fields = {
            "dir": self.dir, "program": PROGRAM, "ports": "<; " + "; ".join(ports), "implicit": implicit or "", "next": next_port, "advertise": "*" if certificate else "",
            "tls": f"tls_certificate = {certificate}\ntls_privatekey = {key}" if certificate else "",
            "require": "  deny message = log in first\n       !authenticated = *" if user else "",
            "authenticators": AUTHENTICATORS % {"user": user, "password": password} if user else "",
        }
        (self.dir / "conf").write_text(CONFIGURATION % fields)
        for name, line in (("passwd", "Debian-exim:x:1:8::/nonexistent:/bin/false\n"), ("group", "Debian-exim:x:8:\n")):
            (self.dir / name).write_text(line + pathlib.Path("/etc", name).read_text())

    def start(self):
        script = (f'mount --bind "{self.dir}/passwd" /etc/passwd && mount --bind "{self.dir}/group" /etc/group && '
                  f'exec "{PROGRAM}" -C "{self.dir}/conf" -bdf -q10s')
        with open(self.dir / "errors", "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(["unshare", "-m", "sh", "-c", script], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                                            start_new_session=True)
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
        raise RuntimeError("Exim did not start: " + (self.dir / "errors").read_text() + self.log())

    def stop(self):
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
            self.process.wait(10)
            self.process = None

    def log(self):
        return "".join(p.read_text(errors="replace") for p in sorted((self.dir / "log").glob("*log")))

    def __enter__(self):
        return self.start()

    def __exit__(self, *args):
        self.stop()

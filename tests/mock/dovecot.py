"""Dovecot's submission proxy (lib-smtp speaks to whatever stands behind it), which takes access tokens and has them looked at by an OAuth 2.0 server.

Its packages are unpacked below tests/.cache, never installed. Dovecot looks for its modules at a fixed place: it runs in a mount namespace of its own in which
the unpacked folders lie over /usr/lib, so it needs root.
"""
import os
import pathlib
import signal
import socket
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
CACHE = TOP / ".cache"
PACKAGES = ("dovecot-core", "dovecot-submissiond")

CONFIG = """base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols = submission
ssl = no
listen = 127.0.0.1
default_internal_user = daemon
default_internal_group = daemon
default_login_user = nobody
first_valid_uid = 1
auth_mechanisms = {mechanisms}
auth_verbose = yes
disable_plaintext_auth = no
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
mail_location = maildir:{dir}/mail
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid=daemon gid=daemon home={dir}/home
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
"""

OAUTH2 = """introspection_url = {url}/introspect
introspection_mode = post
username_attribute = username
tls_ca_cert_file = {ca_file}
"""


def why_not():
    """Why it cannot run here, or None."""
    if os.geteuid() != 0:
        return "Dovecot needs root"
    subprocess.run([str(TOP / "mock/fetch-peers.sh"), *PACKAGES], check=True)
    if subprocess.run(["unshare", "-m", "sh", "-c", overlay() + "true"], capture_output=True).returncode != 0:
        return "no mount namespace with an overlay"
    return None


def overlay():
    folders = ":".join(str(CACHE / p / "usr/lib") for p in PACKAGES)
    return f"mount -t overlay overlay -o lowerdir={folders}:/usr/lib /usr/lib && "


class Dovecot:
    """Listens on `port` and hands on to `relay`; url and ca_file: of the server that knows the tokens."""

    def __init__(self, folder, port, relay, url, ca_file, mechanisms="xoauth2 oauthbearer"):
        self.dir, self.port = pathlib.Path(folder), port
        for d in (self.dir, self.dir / "home", self.dir / "mail"):
            d.mkdir(exist_ok=True)
            d.chmod(0o777)
        (self.dir / "dovecot.conf").write_text(CONFIG.format(dir=self.dir, port=port, relay=relay, mechanisms=mechanisms))
        (self.dir / "oauth2.conf").write_text(OAUTH2.format(url=url, ca_file=ca_file))
        core, config = CACHE / "dovecot-core", self.dir / "dovecot.conf"
        command = f"{overlay()}exec {core}/usr/bin/doveconf -f service=master -c {config} -m master -e {core}/usr/sbin/dovecot -F -c {config}"
        self.process = subprocess.Popen(["unshare", "-m", "sh", "-c", command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "LD_LIBRARY_PATH": "/usr/lib/dovecot:/usr/lib/dovecot/modules/old-stats"})
        self.wait_until_up()

    def wait_until_up(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                    if s.makefile().readline().startswith("220"):
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("Dovecot did not start: " + self.log())

    def log(self):
        path = self.dir / "log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

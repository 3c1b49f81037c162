"""What the tests with foreign programs share: the clients, one function each; what may differ between submitted and delivered."""
import fcntl
import os
import pathlib
import shutil
import smtplib
import subprocess
import sys
import tempfile

from harness import Failed, check, skip

TOP = pathlib.Path(__file__).resolve().parent.parent
CACHE = TOP / ".cache"
sys.path.insert(0, str(TOP / "mock"))

SENDER, RECIPIENT = "ann@sender.example", "bob@recipient.example"

# Dots where they must be stuffed, bytes above 127 (UTF-8 and not), long lines, trailing blanks, empty lines at the end.
BODY = (b".\n..\n...\n.dot\n From here\nFrom there\n\tblank at the end \t \n\xe2\x9c\x93 gr\xc3\xbc\xc3\x9fe\nLatin \xe9\xe8 and \xff\n"
        + b"x" * 990 + b"\n." + b"y" * 988 + b"\n-- \n.\n\n\nQUIT\n\n").replace(b"\n", b"\r\n")
HEADER = (b"From: Ann <ann@sender.example>\nTo: Bob <bob@recipient.example>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n"
          b"\tfolded\nDate: Tue, 24 Nov 2026 18:11:17 +0000\nMessage-ID: <varied@sender.example>\nX-Empty:\nx-ODD-case:  two blanks\n"
          b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n").replace(b"\n", b"\r\n")
MESSAGE = HEADER + b"\r\n" + BODY


def fields(header):
    """[(name in small letters, whole field)]"""
    found = []
    for line in header.splitlines(keepends=True):
        if line[:1] in b" \t" and found:
            found[-1] = (found[-1][0], found[-1][1] + line)
        else:
            found.append((line.split(b":", 1)[0].strip().lower(), line))
    return found


def split(message):
    header, _, body = message.partition(b"\r\n\r\n") if not message.startswith(b"\r\n") else (b"", b"", message[2:])
    return fields(header + b"\r\n") if header else [], body


def check_only_fixups(submitted, delivered, hops=1, added_by_hops=()):
    """The body is the same to the byte, and of the header only what the manual says differs: Received on top (hops of them), Date, Message-ID and From
    where there was none, no Bcc, no Return-Path."""
    before, body_before = split(submitted)
    after, body_after = split(delivered)
    if body_before != body_after:
        at = next((i for i, (a, b) in enumerate(zip(body_before, body_after)) if a != b), min(len(body_before), len(body_after)))
        raise Failed(f"the body differs at byte {at}: {body_before[at - 20:at + 60]!r} became {body_after[at - 20:at + 60]!r}")
    for _ in range(hops):
        check(after[0][0] == b"received", f"a Received field is on top, not {after[0]!r}")
        after.pop(0)
    names = {name for name, _ in before}
    kept = [f for f in before if f[0] not in (b"bcc", b"resent-bcc", b"return-path")]
    added = [f for f in after if f not in kept]
    for name, field in added:
        check((name in (b"date", b"message-id", b"from") and name not in names) or name in added_by_hops, f"{field!r} was added or changed")
    for name in (b"date", b"message-id", b"from"):
        check(name in [n for n, _ in after], f"there is a {name.decode()}")
    if [f for f in after if f in kept] != kept:
        raise Failed(f"fields were {kept!r}, are {after!r}")


# ---- clients: each takes (profile, port), sends SENDER to RECIPIENT in its own way ----

def by_smtplib(profile, port):
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.sendmail(SENDER, [RECIPIENT], MESSAGE, mail_options=["BODY=8BITMIME"])


def by_swaks(profile, port):
    path = pathlib.Path(profile.root, "swaks.eml")
    path.write_bytes(MESSAGE.replace(b"\r\n", b"\n"))
    profile.run("swaks", "--server", "127.0.0.1", "--port", port, "--from", SENDER, "--to", RECIPIENT, "--data", f"@{path}", "--timeout", "30")


def by_curl(profile, port):
    path = pathlib.Path(profile.root, "curl.eml")
    path.write_bytes(MESSAGE)
    profile.run("curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", f"smtp://127.0.0.1:{port}/client.example",
                "--mail-from", SENDER, "--mail-rcpt", RECIPIENT, "--upload-file", path)


def by_msmtp(profile, port):
    bcc = HEADER + b"Bcc: hidden@recipient.example\r\n\r\n"
    profile.run("msmtp", "--host=127.0.0.1", f"--port={port}", "--tls=off", "--auth=off", f"--from={SENDER}", "--timeout=30",
                "--remove-bcc-headers=off", RECIPIENT, input=(bcc + BODY).replace(b"\r\n", b"\n"))


def by_git(profile, port):
    repository = os.path.join(profile.root, f"git-{port}")
    os.mkdir(repository)
    env = {"GIT_AUTHOR_NAME": "Änn", "GIT_AUTHOR_EMAIL": SENDER, "GIT_COMMITTER_NAME": "Änn", "GIT_COMMITTER_EMAIL": SENDER,
           "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    profile.run("git", "init", "-q", repository, env=env)
    with open(os.path.join(repository, "file"), "w", encoding="utf-8") as f:
        f.write(".\n.dot\n✓ grüße\n" + "long " * 150 + "\n")
    profile.run("git", "-C", repository, "add", "file", env=env)
    profile.run("git", "-C", repository, "commit", "-q", "-m", "Füge eine Datei hinzu", env=env)
    patch, = profile.run("git", "-C", repository, "format-patch", "-1", env=env).stdout.split()
    profile.run("git", "-C", repository, "send-email", "--quiet", "--confirm=never", "--suppress-cc=all", f"--from=Ann <{SENDER}>", f"--to={RECIPIENT}",
                "--smtp-server=127.0.0.1", f"--smtp-server-port={port}", "--smtp-encryption=none", "--8bit-encoding=UTF-8",
                "--transfer-encoding=8bit", os.path.join(repository, patch), env=env)


def by_s_nail(profile, port):
    attachment = pathlib.Path(profile.root, "naïve.bin")
    attachment.write_bytes(bytes(range(256)) * 20)
    profile.run("s-nail", "-:/", "-Sv15-compat", f"-Smta=smtp://127.0.0.1:{port}", "-Ssmtp-config=-all,ehlo,8bitmime", "-Ssmtp-auth=none",
                "-Sttycharset=UTF-8", "-Smime-encoding=8bit", "-Ssendwait", f"-r{SENDER}", "-sGrüße von s-nail", f"-a{attachment}", RECIPIENT,
                input=".\n..\n.dot\nplain ✓\n".encode())


def npm_folder(name):
    """Where node finds what tests/mock/NAME/package.json wants: npm installs it below the tests' cache, as package-lock.json says."""
    if not shutil.which("npm") or not shutil.which("node"):
        skip("npm is not installed")
    source, folder = TOP / "mock" / name, CACHE / name
    wanted = (source / "package-lock.json").read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        done = folder / ".complete"
        if not done.exists() or done.read_bytes() != wanted:
            for file in ("package.json", "package-lock.json"):
                shutil.copy(source / file, folder)
            subprocess.run(["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"], check=True, capture_output=True,
                           timeout=80)
            done.write_bytes(wanted)
    return folder


def by_nodemailer(profile, port):
    profile.run("node", TOP / "mock/nodemailer/send.js", npm_folder("nodemailer"), port, f"Ann <{SENDER}>", RECIPIENT)


CLIENTS = {"smtplib": by_smtplib, "swaks": by_swaks, "curl": by_curl, "msmtp": by_msmtp, "git": by_git, "s-nail": by_s_nail,
           "nodemailer": by_nodemailer}
RECIPIENTS_OF_NODEMAILER = {RECIPIENT, "hidden@recipient.example"}


class Folder:
    """For servers that have users of their own: others may enter it."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="mr-peer-", dir="/tmp")
        os.chmod(self.path, 0o755)
        return self.path

    def __exit__(self, *args):
        shutil.rmtree(self.path, ignore_errors=True)


def other_user():
    """A command prefix that runs a program as somebody else, who is not root."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        skip("another user can only be played by root")
    import pwd
    uid = pwd.getpwnam("nobody").pw_uid
    return uid, ["setpriv", f"--reuid={uid}", "--regid=65534", "--clear-groups"]

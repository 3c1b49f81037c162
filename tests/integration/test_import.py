#!/usr/bin/python3
"""What other programs know becomes accounts that send: providers that are known, import with and without passwords, the old file changed only when asked
twice, export and restore without anything secret."""
import os
import stat

from harness import Profile, check, equal, run_cases, send, queue_id
from peers import MESSAGE, RECIPIENT
from scripted import Scripted

USER, PASSWORD = "anna@old.example", "plain #wörd"

MSMTPRC = """# my mail
defaults
auth on
logfile ~/.msmtp.log

account old
host 127.0.0.1
port %d
from anna@old.example
user anna@old.example
password "plain #wörd"
# the end
account nowhere
from x@nowhere.example
host no_such_host
"""


def write(profile, name, text, mode=0o600):
    path = os.path.join(profile.env["HOME"], name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def providers():
    with Profile() as profile:
        profile.start_service()
        known = {p["provider"]: p for p in profile.ctl_json("account", "providers")["providers"]}
        check(len(known) >= 40, f"{len(known)} providers")
        equal((known["sendgrid"]["host"], known["sendgrid"]["user"]), ("smtp.sendgrid.net", "apikey"), "what is known of SendGrid")
        check("end of December 2026" in known["microsoft365"]["notice"], "Microsoft's notice")
        check(all(p.get("fact") for p in known.values()), "each says where it is known from")
        check(not any("oauth-client" in p for p in known.values()), "no client id is shipped")
        shown = profile.ctl("account", "providers", "proton").stdout
        check("Bridge" in shown and "127.0.0.1:1025" in shown, shown)
        equal(profile.ctl("account", "providers", "nobody", check=False).returncode, 1, "exit code")


def looks_and_takes():
    """Looking changes nothing; taking over sends; a second time finds that it is here already."""
    with Profile() as profile, Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server:
        service = profile.start_service()
        path = write(profile, ".msmtprc", MSMTPRC % server.port)
        before = read(path)
        looked = profile.ctl_json("account", "import", "--dry-run")
        equal([(a["id"], a["import-state"], a["readable-password"]) for a in looked["accounts"]],
              [("old", "found", True), ("nowhere", "incomplete", False)], "what is found")
        check(PASSWORD not in str(looked), "no password is shown")
        equal(profile.ctl_json("account", "list")["accounts"], [], "accounts after looking")

        taken = profile.ctl_json("account", "import", "--from", "msmtp", "--with-passwords")
        equal([a["import-state"] for a in taken["accounts"]], ["password-stored", "incomplete"], "what became of them")
        equal(read(path), before, "the old file")
        id = queue_id(send(profile.smtp, USER, [RECIPIENT], MESSAGE))
        service.wait_for_state(id, "delivered", "relayed")
        equal(len(server.taken), 1, "messages that arrived")

        again = profile.ctl_json("account", "import", "--from", path)
        equal((again["already-here"], [a["id"] for a in again["accounts"]]), (1, ["nowhere"]), "a second time")
        check(PASSWORD not in service.log(), "no password in the log")


def moves_the_password():
    with Profile() as profile, Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server:
        service = profile.start_service()
        path = write(profile, ".msmtprc", MSMTPRC % server.port, mode=0o640)
        equal(profile.ctl("account", "import", "--remove-passwords", check=False).returncode, 2, "it has to be asked twice")
        taken = profile.ctl_json("account", "import", "--with-passwords", "--remove-passwords")
        equal(taken["accounts"][0]["import-state"], "password-moved", "what became of it")
        after = read(path)
        equal(after, (MSMTPRC % server.port).replace('password "plain #wörd"', "# The password is in the keyring of Mail Relay now."), "the old file")
        equal(stat.S_IMODE(os.stat(path).st_mode), 0o640, "its mode")
        equal([n for n in os.listdir(profile.env["HOME"]) if "msmtprc" in n], [".msmtprc"], "no copy that holds the password")
        id = queue_id(send(profile.smtp, USER, [RECIPIENT], MESSAGE))
        service.wait_for_state(id, "delivered", "relayed")


def nothing_or_nonsense():
    with Profile() as profile:
        profile.start_service()
        empty = write(profile, "notes.txt", "milk, bread\n")
        equal(profile.ctl("account", "import", "--from", empty, check=False).returncode, 2, "a file of no known kind")
        equal(profile.ctl("account", "import", "--from", "/nowhere/.msmtprc", check=False).returncode, 1, "a file that is not there")
        write(profile, ".esmtprc", "hostname=\"127.0.0.1:25\"")
        found = profile.ctl_json("account", "import", "--dry-run", "--from", "esmtp")["accounts"]
        equal([(a["host"], a["port"]) for a in found], [("127.0.0.1", 25)], "esmtp")


def export_and_restore():
    with Profile() as profile, Scripted(user=USER, password=PASSWORD, auth_require_tls=False) as server:
        profile.start_service()
        profile.ctl("account", "add", "--id", "old", "--name", "Old; one", "--address", "anna@old.example", "--address", "*@b.example", "--host", "127.0.0.1",
                    "--port", server.port, "--tls", "none", "--user", USER, "--password-stdin", input=PASSWORD + "\n")
        path = os.path.join(profile.env["HOME"], "accounts.conf")
        profile.ctl("account", "export", path)
        equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
        text = read(path)
        check(PASSWORD not in text and "wörd" not in text, "no password in it")
        equal(profile.ctl("account", "export").stdout, text, "the same on the terminal")
        equal(profile.ctl("account", "export", path, check=False).returncode, 1, "nothing is written over unasked")
        kept = profile.ctl_json("account", "list")["accounts"][0]
        equal(profile.ctl_json("account", "restore", path)["accounts"], [{"id": "old", "restore-state": "exists"}], "what is here already")
    with Profile() as other:
        other.start_service()
        target = write(other, "accounts.conf", text)
        equal(other.ctl_json("account", "restore", target)["accounts"], [{"id": "old", "restore-state": "added"}], "on another computer")
        there = other.ctl_json("account", "list")["accounts"][0]
        settings = ("id", "name", "addresses", "host", "port", "tls", "user")
        equal([there[k] for k in settings], [kept[k] for k in settings], "settings")
        write(other, "accounts.conf", text.replace("Old\\; one", "New").replace("Old; one", "New"))
        equal(other.ctl_json("account", "restore", "--replace", target)["accounts"], [{"id": "old", "restore-state": "replaced"}], "replaced")
        equal(other.ctl_json("account", "list")["accounts"][0]["name"], "New", "name")
        broken = write(other, "broken.conf", text + "password=x\n")
        refused = other.ctl("account", "restore", broken, check=False)
        check(refused.returncode == 1 and "password" in refused.stderr, refused.stderr)


run_cases(providers, looks_and_takes, moves_the_password, nothing_or_nonsense, export_and_restore)

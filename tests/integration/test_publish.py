#!/usr/bin/python3
"""From "nothing is published" to signed mail that others believe: a real name server (Knot) whose zone is changed meanwhile, keys made, published, watched, used,
rotated and exported; direct delivery and a provider; the signatures judged by dkimpy, Mail::DKIM and OpenDKIM."""
import base64
import json
import os
import stat

from harness import Profile, check, equal, free_port, need, queue_id, run_cases, send
from peers import Folder
from gnome_keyring import Keyring
from knot import Knot

try:
    import dkim
except ImportError:
    dkim = None

ZONES = {"example": "x A 127.0.0.1\n", "sender.example": "@ TXT \"v=spf1 include:other.example -all\"\n", "other.example": "@ TXT \"v=spf1 ip4:192.0.2.9 -all\"\n",
         "recipient.example": "@ MX 10 mail\nmail A 127.0.0.3\n"}
MESSAGE = ("From: Ann <ann@sender.example>\r\nTo: bob@recipient.example\r\nSubject: Grüße\r\nMIME-Version: 1.0\r\n"
           "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nKöln  \r\n\r\n.\r\n\r\n").encode()


def configure(profile, dns, mx_port):
    profile.configure({"dns": {"servers": f"127.0.0.1:{dns}", "authoritative-port": dns, "timeout-ms": "500", "tries": "2"},
                       "domains": {"addresses": "192.0.2.7", "watch-every": "1", "check-every": "0"},
                       "delivery": {"mx-port": mx_port, "allow-private-mx": "true", "ehlo-name": "client.example", "idle-keep": "0"}})


def records(profile, *more):
    result = profile.ctl("domain", "records", "sender.example", "--json", *more, check=False)
    return json.loads(result.stdout), result.returncode


def publish(profile, server, *more):
    """What a person would do by hand: the lines go into the zone, in place of those of their kind."""
    plan, _ = records(profile, *more)
    lines = [r["zone-line"] for r in plan["records"]]
    server.stop()
    server.zones["sender.example"] = "\n".join(lines) + "\n"
    server.write()
    server.start()
    return plan


def judged(raw, keys):
    """Each judge that is here says pass for every signature."""
    by_name = {key["name"]: key["record"] for key in keys}
    if dkim is not None:
        for i in range(len(keys)):
            verifier = dkim.DKIM(raw)
            check(verifier.verify(idx=i, dnsfunc=lambda name, timeout=5: by_name[name.decode().rstrip(".")].encode()), f"dkimpy refuses signature {i}: {raw[:900]!r}")


def from_nothing_to_signed():
    need("knotd")
    dns, port = free_port(), free_port("127.0.0.3")
    with Folder() as folder, Profile() as profile, Knot(os.path.join(folder, "knot"), dns, ZONES) as server:
        sink = profile.add_sink(host="127.0.0.3", port=port)
        configure(profile, dns, port)
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*@sender.example")
        made = profile.ctl_json("domain", "dkim-new", "sender.example", "--both")["keys"]
        equal([(k["algorithm"], k["state"]) for k in made], [("rsa-2048", "new"), ("ed25519", "new")], "keys")

        services = profile.ctl_json("domain", "records", "--service", "list")["services"]
        check(any(s["id"] == "google-workspace" and s["term"] == "include:_spf.google.com" for s in services), f"services: {services}")
        plan, code = records(profile, "--sender", "ip4:192.0.2.1", "--reports", "reports@sender.example")
        equal(code, 1, "something is to be published")
        values = {r["kind"]: (r["state"], r["field-name"], r["value"]) for r in plan["records"]}
        equal(values["spf"], ("replace", "@", "v=spf1 include:other.example ip4:192.0.2.1 ip4:192.0.2.7 -all"), "SPF is merged, with our own address")
        equal(values["dmarc"], ("add", "_dmarc", "v=DMARC1; p=none; rua=mailto:reports@sender.example"), "DMARC")
        equal(plan["look-ups"], 1, "look-ups of the merged record")
        equal((plan["zone"], plan["servers"]), ("sender.example", ["ns.sender.example"]), "zone")

        # Nothing is there yet: no signature, and the watch says so.
        options = ["--sender", "ip4:192.0.2.1", "--reports", "reports@sender.example"]
        once = profile.ctl("domain", "watch", "sender.example", "--once", *options, check=False)
        equal(once.returncode, 1, once.stdout)
        service.wait_for_state(queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE)), "delivered", "relayed")
        check(b"DKIM-Signature" not in sink.wait_for_messages(1)[0].data, "not signed with keys that nobody can look up")

        # A person publishes while the service goes on looking.
        publish(profile, server, *options)
        seen = profile.ctl_json("domain", "watch", "sender.example", *options)
        check(seen["done"] and all(r["state"] == "live" for r in seen["records"]), f"all is live: {seen}")
        keys = service.wait(lambda: [k for k in profile.ctl_json("domain", "dkim-list")["keys"] if k["state"] == "active"], "keys that sign")
        equal(len(keys), 2, "keys that sign")
        equal(records(profile, *options)[1], 0, "nothing is left to publish")

        service.wait_for_state(queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE)), "delivered", "relayed")
        signed = sink.wait_for_messages(2)[1].data
        equal(signed.count(b"DKIM-Signature:"), 2, "signatures")
        judged(signed, keys)
        mail = os.path.join(folder, "signed.eml")
        with open(mail, "wb") as f:
            f.write(signed)
        verified = profile.ctl_json("domain", "verify", mail)
        equal([s["result"] for s in verified["signatures"]], ["pass", "pass"], "our own judgement with keys from the DNS")
        equal(verified["dmarc"]["result"], "pass", "DMARC")
        explained = profile.ctl_json("domain", "explain-headers", mail)
        equal([s["result"] for s in explained["signatures"]], ["pass", "pass"], "explained")

        # Export: a new file that nobody else can read; the key in it signs as ours.
        out = os.path.join(folder, "key.pem")
        profile.ctl("domain", "dkim-export", keys[0]["id"], out)
        equal(stat.S_IMODE(os.stat(out).st_mode), 0o600, "mode")
        check(open(out, encoding="ascii").read().startswith("-----BEGIN PRIVATE KEY-----"), "PEM")
        equal(profile.ctl("domain", "dkim-export", keys[0]["id"], out, check=False).returncode, 1, "an old file is not overwritten")

        # Rotation: the old one signs until the new one is live, and its record stays.
        rotated = profile.ctl_json("domain", "dkim-rotate", "sender.example")["keys"]
        equal(len(rotated), 2, "new keys")
        before = server.zones["sender.example"]
        plan, _ = records(profile, *options)
        server.stop()
        server.zones["sender.example"] = before + "\n".join(r["zone-line"] for r in plan["records"] if r["kind"] == "dkim" and r["state"] == "add") + "\n"
        server.write()
        server.start()
        profile.ctl("domain", "watch", "sender.example", *options)
        states = service.wait(lambda: (s := {k["id"]: k["state"] for k in profile.ctl_json("domain", "dkim-list")["keys"]}) and list(s.values()).count("old") == 2 and s, "the change")
        equal([states[k["id"]] for k in rotated], ["active", "active"], "the new ones sign")
        equal(profile.ctl("domain", "dkim-remove", keys[0]["id"], check=False).returncode, 1, "its mail may be under way")
        service.wait_for_state(queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE)), "delivered", "relayed")
        judged(sink.wait_for_messages(3)[2].data, rotated)


def behind_a_provider():
    """The provider signs; ours only where the account is set so."""
    need("knotd")
    dns = free_port()
    with Folder() as folder, Profile() as profile, Knot(os.path.join(folder, "knot"), dns, ZONES):
        sink = profile.add_sink()
        configure(profile, dns, 25)
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "work", "--address", "*", "--host", "127.0.0.1", "--port", sink.port, "--tls", "none")
        key = profile.ctl_json("domain", "dkim-new", "sender.example")["keys"][0]
        profile.ctl("domain", "dkim-use", key["id"])
        service.wait_for_state(queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE)), "relayed", "delivered")
        check(b"DKIM-Signature" not in sink.wait_for_messages(1)[0].data, "the provider's own signature is enough")
        profile.ctl("config", "set", "account work", "dkim", "always")
        service.wait_for_state(queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE)), "relayed", "delivered")
        judged(sink.wait_for_messages(2)[1].data, [key])


def by_dynamic_update():
    """Where a person has the key of the zone, the command line changes it; without the right key nothing happens."""
    need("knotd")
    dns = free_port()
    secret, wrong = base64.b64encode(b"s" * 32).decode(), base64.b64encode(b"w" * 32).decode()
    with Folder() as folder, Profile() as profile, Knot(os.path.join(folder, "knot"), dns, ZONES, update_key=secret):
        configure(profile, dns, 25)
        profile.start_service()
        profile.ctl("domain", "dkim-new", "sender.example", "--both")
        for name, word in (("key", secret), ("wrong", wrong)):
            with open(os.path.join(folder, name), "w", encoding="ascii") as f:
                f.write(f'key "update" {{\n\talgorithm hmac-sha256;\n\tsecret "{word}";\n}};\n')
        options = ["--sender", "ip4:192.0.2.1", "--reports", "reports@sender.example"]
        where = ["--update", f"127.0.0.1:{dns}"]
        equal(profile.ctl("domain", "records", "sender.example", *options, *where, check=False).returncode, 1, "without a key")
        refused = profile.ctl("domain", "records", "sender.example", *options, *where, "--key", os.path.join(folder, "wrong"), check=False)
        check(refused.returncode == 1 and "key" in refused.stderr, f"with the wrong key: {refused.stderr}")
        equal(records(profile, *options)[1], 1, "nothing was changed")
        changed = profile.ctl_json("domain", "records", "sender.example", *options, *where, "--key", os.path.join(folder, "key"))
        equal(changed["changed"], 4, "two keys, SPF, DMARC")
        plan, code = records(profile, *options)
        equal((code, [len(r["existing"]) for r in plan["records"]]), (0, [1, 1, 1, 1]), "all is there, once")


def keys_are_locked():
    """Mail that must be signed waits while the saved passwords are locked; it never goes unsigned, and other mail is not held up."""
    need("knotd", "gnome-keyring-daemon", "gdbus")
    dns, port = free_port(), free_port("127.0.0.3")
    with Folder() as folder, Profile() as profile, Knot(os.path.join(folder, "knot"), dns, ZONES), Keyring(profile.env) as keyring:
        sink = profile.add_sink(host="127.0.0.3", port=port)
        configure(profile, dns, port)
        profile.configure({"secrets": {"backend": "secret-service", "keep": "never"}})
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*")
        key = profile.ctl_json("domain", "dkim-new", "sender.example")["keys"][0]
        profile.ctl("domain", "dkim-use", key["id"])

        def hand_in(sender="ann@sender.example"):
            return queue_id(send(profile.smtp, sender, ["bob@recipient.example"], MESSAGE.replace(b"ann@sender.example", sender.encode())))

        service.wait_for_state(hand_in(), "delivered", "relayed")
        judged(sink.wait_for_messages(1)[0].data, [key])
        keyring.lock()
        service.wait(lambda: service.status()["secrets-state"] == "locked", "the lock to be seen")
        ids = [hand_in(), hand_in()]
        for id in ids:
            service.wait(lambda: service.message(id)[0]["recipients"][0].get("wait-reason") == "keyring-locked", "it waits for the key")
        check(service.status()["secrets-needed"], "the status tells that mail depends on it")
        service.wait_for_state(hand_in("ann@elsewhere.test"), "delivered", "relayed")
        equal(len(sink.wait_for_messages(2)), 2, "nothing but the mail of another domain went")
        keyring.unlock()
        for id in ids:
            service.wait_for_state(id, "delivered", "relayed")
        for message in sink.wait_for_messages(4)[2:]:
            judged(message.data, [key])


run_cases(from_nothing_to_signed, behind_a_provider, by_dynamic_update, keys_are_locked)

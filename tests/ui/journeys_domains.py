#!/usr/bin/python3
"""From "nothing is published" to mail that is proved to be one's own, in the window: a real name server (Knot) whose zone the test changes while the window
waits. Runs inside headless.sh. TAP."""
import base64
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "integration"), os.path.join(here, "..", "mock")]

from desktop import Atspi, has, keys, picture  # noqa: E402
from harness import Failed, check, equal, free_port, need, run_cases  # noqa: E402
from journeys import Desk  # noqa: E402
from knot import Knot  # noqa: E402
from peers import Folder  # noqa: E402

DOMAIN = "sender.example"
ZONES = {"example": "x A 127.0.0.1\n", DOMAIN: "@ TXT \"v=spf1 include:_spf.google.com -all\"\n@ MX 10 mail\nmail A 127.0.0.3\n",
         "2.0.192.in-addr.arpa": "1 PTR mail.sender.example.\n", "recipient.example": "@ MX 10 mail\nmail A 127.0.0.3\n", "google.com": "_spf TXT \"v=spf1 ip4:192.0.2.99 -all\"\n"}
RESULTS = ("Authentication-Results: mx.recipient.example; spf=pass smtp.mailfrom=ann@sender.example;\r\n"
           "\tdkim=pass header.d=sender.example; dmarc=pass header.from=sender.example\r\n")


def settings(dns, port=25):
    return {"dns": {"servers": f"127.0.0.1:{dns}", "authoritative-port": dns, "timeout-ms": "500", "tries": "2"},
            "domains": {"addresses": "192.0.2.7", "watch-every": "1", "check-every": "0"},
            "delivery": {"mx-port": port, "allow-private-mx": "true", "ehlo-name": "client.example", "idle-keep": "0"}}


def change(server, text):
    server.stop()
    server.zones[DOMAIN] = text
    server.write()
    server.start()


def press(window, top, part, key="space"):
    """A row that GTK 4.8 gives no action for a screen reader is reached and pressed with the keyboard: Tab to its list, arrows in it."""
    for _ in range(120):
        row = shown(window, "list item", part, top)
        rows = [row.get_parent().get_child_at_index(i) for i in range(row.get_parent().get_child_count())]
        place = next((i for i, r in enumerate(rows) if any(has(n, "focused") for n in window.walk(r))), None)
        if place is not None and place == rows.index(row):
            keys(key)
            return
        keys("Tab" if place is None else "Down" if place < rows.index(row) else "Up")
        time.sleep(0.05)  # the focus moves a moment later, and nothing tells when it stays
    raise Failed(f"the keyboard does not reach {part!r}")


def shown(window, role, part, root=None):
    """A node of the page that is shown: the pages of a stack that were never shown have no size."""
    def found():
        for node in window.walk(root):
            if node.get_role_name() == role and part in (node.get_name() or "") and node.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width > 0:
                return node
        return None
    return window.wait(found, f"{role} with {part!r} to be shown")


def open_guide(window):
    window.page("Accounts")
    window.window_action("win.check-domain")
    dialog = window.get("frame", "Check a Domain")
    window.type("text", "Domain, such as example.com", DOMAIN, dialog)
    window.click("push button", "Set Up This Domain…", dialog)
    return window.get("frame", f"Set Up {DOMAIN}")


def step(window, guide, number, patience=None):
    """The header tells where one is."""
    window.get("label", lambda n: n.startswith(f"Step {number} of 5"), guide, patience)


def back_to(window, guide, number):
    """A button of GTK takes no second press while it still shows the first one: press again, then."""
    for patience in (5, None):
        window.click("push button", "One step back", guide)
        try:
            return step(window, guide, number, patience)
        except Failed:
            if patience is None:
                raise


def from_nothing_to_proof():
    need("knotd", "xdotool", "openbox")
    dns, port = free_port(), free_port("127.0.0.3")
    with Folder() as folder, Desk(**settings(dns, port)) as desk, Knot(os.path.join(folder, "knot"), dns, ZONES) as server:
        sink = desk.add_sink(host="127.0.0.3", port=port)
        desk.ctl("account", "add", "--id", "mx", "--name", "Straight", "--direct", "--address", "ann@sender.example", "--address", "*@sender.example")
        window = desk.open()

        # Find: what is wrong now.
        guide = open_guide(window)
        step(window, guide, 1)
        shown(window, "push button", "Look Again", guide)
        shown(window, "label", "deserve attention", guide)
        shown(window, "label", "192.0.2.7 was entered as public address.", guide)
        picture("guide-1-find", f"Set Up {DOMAIN}")
        window.click("push button", "Next", guide)

        # Ask: what the domain allows already is ticked; one more service; no key yet.
        step(window, guide, 2)
        google = shown(window, "check box", "Google Workspace", guide)
        window.wait(lambda: has(google, "checked"), "what is published to be ticked")
        window.type("entry", "Search the services", "zoho", guide)
        zoho = shown(window, "check box", "Zoho Mail", guide)
        press(window, guide, "Zoho Mail")
        window.wait(lambda: has(zoho, "checked"), "the tick")
        window.click("push button", "Propose an address for reports", guide)
        field = window.get("text", "Address for reports about forgeries", guide)
        window.wait(lambda: window.text(field) == f"dmarc-reports@{DOMAIN}", "the proposed address")
        equal(desk.ctl_json("domain", "dkim-list")["keys"], [], "nothing is made before a click")
        picture("guide-2-ask", f"Set Up {DOMAIN}")
        window.click("push button", "Next", guide)

        # Entries: exact, with buttons; the key is made.
        step(window, guide, 3)
        shown(window, "label", "3 entries are to be published", guide)
        shown(window, "label", "v=spf1 include:_spf.google.com include:zohomail.com ip4:192.0.2.7 -all", guide)
        shown(window, "label", f"v=DMARC1; p=none; rua=mailto:dmarc-reports@{DOMAIN}", guide)
        for field in ("name", "type", "value"):
            window.get("push button", f"Allowed senders (SPF): copy the {field}", guide)
        key, = desk.ctl_json("domain", "dkim-list")["keys"]
        equal((key["state"], key["algorithm"]), ("new", "rsa-2048"), "the key that was made")
        lines = window.get("label", lambda n: "_domainkey" in n and " IN TXT " in n and "_dmarc" in n, guide).get_name()
        picture("guide-3-records", f"Set Up {DOMAIN}")
        equal(desk.ctl("domain", "watch", DOMAIN, "--once", check=False).returncode, 1, "nothing was published by it")
        desk.service.wait(lambda: desk.ctl("status").returncode == 0, "the service")
        window.click("push button", "I Have Entered Them", guide)

        # Wait: a tick for each as it comes; closed and opened again it is there again.
        step(window, guide, 4)
        shown(window, "label", "Allowed senders (SPF): something else is there", guide)
        shown(window, "label", "What to do with forgeries (DMARC): not there yet", guide)
        rest = "@ MX 10 mail\nmail A 127.0.0.3\n"
        change(server, rest + "".join(line + "\n" for line in lines.splitlines() if "_domainkey" not in line))
        shown(window, "label", "Allowed senders (SPF): there", guide)
        shown(window, "label", "Key of the signature (DKIM): not there yet", guide)
        shown(window, "label", "Name server 127.0.0.1: there", guide)
        picture("guide-4-wait", f"Set Up {DOMAIN}")
        keys("Escape")
        window.gone("frame", f"Set Up {DOMAIN}")
        window.click("push button", "Set Up This Domain…", window.get("frame", "Check a Domain"))
        guide = window.get("frame", f"Set Up {DOMAIN}")
        step(window, guide, 4)
        window.click("push button", "One step back", guide)
        step(window, guide, 3)
        shown(window, "label", "1 entry is to be published", guide)
        window.click("push button", "I Have Entered Them", guide)
        step(window, guide, 4)
        change(server, rest + lines + "\n")
        shown(window, "status bar", "Everything is published.", guide)
        shown(window, "label", "Key of the signature (DKIM): there", guide)
        picture("guide-4-done", f"Set Up {DOMAIN}")
        desk.service.wait(lambda: desk.ctl_json("domain", "dkim-list")["keys"][0]["state"] == "active", "the key to sign")
        window.click("push button", "Next", guide)

        # Prove: what arrived is signed; its lines are explained and its signature checked with the key from the DNS.
        step(window, guide, 5)
        equal(window.text(window.get("text", "From, an address of the domain", guide)), "ann@sender.example", "the sender")
        window.type("text", "To", "bob@recipient.example", guide)
        window.click("push button", "Send the test message", guide)
        raw, = sink.wait_for_messages(1)
        shown(window, "status bar", "The test message is on its way", guide)
        check(b"DKIM-Signature:" in raw.data, "it is signed")
        source = RESULTS + raw.data.decode()
        text = window.get("text", "Source of the message that arrived", guide)
        check(Atspi.EditableText.set_text_contents(text, RESULTS.replace("\r\n", "\n")), "the header is pasted")
        window.click("push button", "Explain", guide)
        shown(window, "status bar", "The receiver believes that this message is yours.", guide)
        shown(window, "label", "open the whole message", guide)
        Atspi.EditableText.set_text_contents(text, source.replace("\r\n", "\n"))
        window.click("push button", "Explain", guide)
        shown(window, "label", f"The signature of your domain, {DOMAIN}, is good.", guide)
        picture("guide-5-prove", f"Set Up {DOMAIN}")
        Atspi.EditableText.set_text_contents(text, source.replace("\r\n", "\n").replace("Subject: ", "Subject: Fwd: "))
        window.click("push button", "Explain", guide)
        shown(window, "label", f"The signature of {DOMAIN} does not fit.", guide)
        equal(window.unnamed(), [], "controls without a name")
        window.click("push button", "Done", guide)
        window.gone("frame", f"Set Up {DOMAIN}")


def behind_a_provider():
    """The provider's key counts, no key is made; without a provider is told honestly not to work, with the way to a provider."""
    need("knotd", "xdotool", "openbox")
    dns = free_port()
    with Folder() as folder, Desk(**settings(dns)) as desk, Knot(os.path.join(folder, "knot"), dns, ZONES):
        desk.add_account("work", desk.add_sink(), "--name", "Work")
        window = desk.open()
        guide = open_guide(window)
        shown(window, "push button", "Look Again", guide)
        check(window.find("push button", "Send Through a Provider…", guide) is None, "no advice where there is a provider")
        window.click("push button", "Next", guide)
        shown(window, "label", "no key of this program is needed", guide)
        window.click("push button", "Next", guide)
        shown(window, "label", "to be published", guide)
        equal(desk.ctl_json("domain", "dkim-list")["keys"], [], "no key is made")
        for number in (2, 1):
            back_to(window, guide, number)
        press(window, guide, "Without a provider")
        shown(window, "label", "Sending without a provider will", guide)
        picture("guide-choice", f"Set Up {DOMAIN}")
        window.click("push button", "Send Through a Provider…", guide)
        window.dialog("New Sending Account")


def by_dynamic_update():
    """Where a person has the zone's key the entries are changed from the page, after a question."""
    need("knotd", "xdotool", "openbox")
    dns = free_port()
    secret = base64.b64encode(b"s" * 32).decode()
    with Folder() as folder, Desk(**settings(dns)) as desk, Knot(os.path.join(folder, "knot"), dns, ZONES, update_key=secret):
        with open(os.path.join(folder, "key"), "w", encoding="ascii") as f:
            f.write(f'key "update" {{\n\talgorithm hmac-sha256;\n\tsecret "{secret}";\n}};\n')
        desk.ctl("account", "add", "--id", "mx", "--direct", "--address", "*@sender.example")
        window = desk.open()
        guide = open_guide(window)
        shown(window, "push button", "Look Again", guide)
        window.click("push button", "Next", guide)
        window.click_shown("push button", "Propose an address for reports", guide)
        window.click("push button", "Next", guide)
        shown(window, "label", "3 entries are to be published", guide)
        press(window, guide, "Change the entries from here")
        shown(window, "push button", "Change the Entries…", guide)
        window.type("text", "Name server, such as 192.0.2.53:53", f"127.0.0.1:{dns}", guide)
        window.type("text", "File with the key, as tsig-keygen writes it", os.path.join(folder, "key"), guide)
        window.click("push button", "Change the Entries…", guide)
        window.get("push button", "Change Them")
        picture("guide-update")
        window.click("push button", "Change Them")
        shown(window, "label", "Everything is published. Go on to see it proved.", guide)
        window.click("push button", "I Have Entered Them", guide)
        shown(window, "status bar", "Everything is published.", guide)


def what_became_worse():
    """A record that was there and is gone: told above the findings until the person says that it is right; and the switch for regular checks."""
    need("knotd", "xdotool", "openbox")
    dns = free_port()
    with Folder() as folder, Desk(**settings(dns)) as desk, Knot(os.path.join(folder, "knot"), dns, ZONES) as server:
        desk.add_account("work", desk.add_sink(), "--name", "Work")
        window = desk.open()
        window.page("Accounts")
        window.window_action("win.check-domain")
        dialog = window.get("frame", "Check a Domain")
        window.type("text", "Domain, such as example.com", DOMAIN, dialog)
        window.click("push button", "Check", dialog)
        regular = shown(window, "check box", "Check This Domain Regularly", dialog)
        check(window.find("push button", "That Is as It Should Be", dialog) is None, "nothing is worse yet")
        check(not has(regular, "checked"), "it is not in the list")
        press(window, dialog, "Check This Domain Regularly")
        desk.service.wait(lambda: [d["domain"] for d in desk.ctl_json("domain", "list")["domains"] if d.get("added")] == [DOMAIN], "the domain in the list")
        change(server, "@ MX 10 mail\nmail A 127.0.0.3\n")
        window.click("push button", "Check", dialog)
        button = shown(window, "push button", "That Is as It Should Be", dialog)
        picture("domain-worse", "Check a Domain")
        equal([d.get("drifts", 0) for d in desk.ctl_json("domain", "list")["domains"]], [1], "what became worse")
        button.get_action_iface().do_action(0)
        desk.service.wait(lambda: [d.get("drifts", 0) for d in desk.ctl_json("domain", "list")["domains"]] == [0], "it to be taken as right")


def in_german():
    """The pages in German, as wide as a phone."""
    need("knotd", "xdotool", "openbox")
    dns = free_port()
    with Folder() as folder, Desk(**settings(dns)) as desk, Knot(os.path.join(folder, "knot"), dns, ZONES):
        desk.ctl("account", "add", "--id", "mx", "--direct", "--address", "ann@sender.example")
        window = desk.open(LANGUAGE="de")
        window.page("Konten")
        window.window_action("win.check-domain")
        dialog = window.get("frame", "Domain prüfen")
        window.type("text", "Domain, zum Beispiel example.com", DOMAIN, dialog)
        window.click("push button", "Diese Domain einrichten …", dialog)
        guide = window.get("frame", f"{DOMAIN} einrichten")
        subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", f"^{DOMAIN} einrichten$", "windowsize", "360", "640"], check=True)
        shown(window, "push button", "Noch einmal nachsehen", guide)
        for number in range(1, 6):
            window.get("label", lambda n: n.startswith(f"Schritt {number} von 5"), guide)
            if number == 3:
                shown(window, "label", "Einträge sind zu veröffentlichen", guide)
            picture(f"guide-german-{number}", f"{DOMAIN} einrichten")
            if number < 5:
                window.click("push button", lambda n: n in ("Weiter", "Ich habe sie eingetragen"), guide)


if __name__ == "__main__":
    run_cases(from_nothing_to_proof, behind_a_provider, by_dynamic_update, what_became_worse, in_german)

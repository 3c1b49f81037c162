#!/usr/bin/python3
"""Mail without a provider: a real name server (Knot) with zones of ours, Postfix as a recipient's server. Order of preference, implicit MX, null MX, names that
do not exist or cannot be looked up, private addresses, our own listener."""
import os
import socket

from harness import Failed, Profile, check, equal, free_port, need, queue_id, run_cases, send, skip
from peers import MESSAGE, SENDER, Folder, check_only_fixups
import postfix
from certificates import Authority
from knot import Knot

ZONES = {
    # The first host is dead (nothing listens there), the second is Postfix.
    "two.example": "@ MX 10 dead\n@ MX 20 mail\ndead A 127.0.0.2\nmail A 127.0.0.1\n",
    # The better one takes it, though it is named last.
    "order.example": "@ MX 30 other\n@ MX 5 best\nother A 127.0.0.1\nbest A 127.0.0.3\n",
    "implicit.example": "@ A 127.0.0.3\n",
    "null.example": "@ MX 0 .\n@ A 127.0.0.3\n",
    "nothing.example": "@ TXT \"no host takes mail\"\n",
    "busy.example": "@ MX 10 busy\n@ MX 20 best\nbusy A 127.0.0.4\nbest A 127.0.0.3\n",
    "broken.example": None,
    "later.example": None,
    "parent.example": "x A 127.0.0.1\n",
    "idn.example": "xn--grn-ioa A 127.0.0.3\n",
}


def direct(profile, dns, mx_port, **delivery):
    profile.configure({"dns": {"servers": f"127.0.0.1:{dns}", "timeout-ms": "500", "tries": "2"},
                       "delivery": {"mx-port": mx_port, "allow-private-mx": "true", "ehlo-name": "client.example", **delivery}})


def failed_with(service, id, code):
    recipient, = service.wait(lambda: [r for r in service.message(id)[0]["recipients"] if r["state"] == "failed"], "the failure")
    equal(recipient.get("reply-enhanced", code), code, "enhanced code")
    return recipient


def free_port_everywhere(*hosts):
    """A port that is free on all these addresses."""
    for _ in range(50):
        port = free_port(hosts[0])
        try:
            for host in hosts:
                with socket.socket() as s:
                    s.bind((host, port))
            return port
        except OSError:
            continue
    raise Failed("no port is free on " + ", ".join(hosts))


def by_the_records():
    need("knotd")
    port = free_port_everywhere("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")
    dns = free_port()
    with Folder() as folder, Profile() as profile, Knot(os.path.join(folder, "knot"), dns, ZONES):
        if os.geteuid() != 0:
            skip("Postfix needs root")
        postfix.fetch()
        certificate, key = Authority(os.path.join(folder, "ca")).issue("mail.two.example")
        behind = profile.add_sink()
        best = profile.add_sink(host="127.0.0.3", port=port)
        busy = profile.add_sink(host="127.0.0.4", port=port, replies={"greeting": "421 4.3.2 Too busy"})
        settings = {"smtpd_tls_security_level": "may", "smtpd_tls_cert_file": certificate, "smtpd_tls_key_file": key,
                    "smtpd_tls_received_header": "yes", "relay_domains": "two.example, order.example",
                    "smtpd_relay_restrictions": "permit_auth_destination, reject"}
        direct(profile, dns, port)
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*")

        def to(address):
            return queue_id(send(profile.smtp, SENDER, [address], MESSAGE))

        with postfix.Postfix(os.path.join(folder, "postfix"), port, relayhost=f"[127.0.0.1]:{behind.port}", settings=settings):
            # The first host is dead: the second takes it, encrypted although nobody vouches for its certificate.
            id = to("bob@two.example")
            message = service.wait_for_state(id, "delivered", "relayed")
            check_only_fixups(MESSAGE, behind.wait_for_messages(1)[0].data, hops=2)
            equal(message["recipients"][0]["host"], "mail.two.example", "host")
            attempt = service.message(id)[1][-1]
            check(attempt.get("tls", "").startswith("TLS"), f"encryption: {attempt}")
            check("TLSv1.3" in behind.messages[0].data.decode("latin-1"), "Postfix saw the encryption")
            id = to("bob@order.example")
            service.wait_for_state(id, "delivered", "relayed")
            equal([m.recipients for m in best.messages], [["bob@order.example"]], "the better host took it")
            best.messages.clear()

            id = to("bob@implicit.example")
            equal(service.wait_for_state(id, "delivered", "relayed")["recipients"][0]["host"], "implicit.example", "host")
            equal(best.messages.pop().ehlo, "client.example", "the name it greets with")

            id = to("bob@busy.example")
            equal(service.wait_for_state(id, "delivered", "relayed")["recipients"][0]["host"], "best.busy.example", "host")
            equal(busy.connections, 1, "the busy one was asked first")

        null, unknown = to("bob@null.example"), to("bob@no-such.parent.example")
        recipient = failed_with(service, null, "5.1.10")
        check("5.1.10" in profile.ctl("show", null).stdout, "the code of null MX is shown")
        check(recipient.get("cause"), "a cause")
        recipient = failed_with(service, unknown, "5.1.2")
        check("no-such.parent.example" in profile.ctl("show", unknown).stdout, "the name is shown")


def no_answer_is_no_failure():
    """SERVFAIL: the mail waits, and goes once the name server has the zone."""
    need("knotd")
    port, dns = free_port_everywhere("127.0.0.3"), free_port()
    with Folder() as folder, Profile() as profile, Knot(os.path.join(folder, "knot"), dns, ZONES) as server:
        good = profile.add_sink(host="127.0.0.3", port=port)
        direct(profile, dns, port)
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*")
        ids = [queue_id(send(profile.smtp, SENDER, [f"bob@{domain}"], MESSAGE)) for domain in ("later.example", "broken.example")]
        for id in ids:
            recipient, = service.wait(lambda: [r for r in service.message(id)[0]["recipients"] if r.get("attempts")], "an attempt")
            equal((recipient["state"], recipient["stage"]), ("waiting", "resolve"), "it waits")
        server.stop()
        server.zones["later.example"] = "@ MX 10 mail\nmail A 127.0.0.3\n"
        server.write()
        server.start()
        profile.ctl("retry", ids[0])
        service.wait_for_state(ids[0], "delivered", "relayed")
        equal(len(good.messages), 1, "messages")
        # And without any name server.
        server.stop()
        id = queue_id(send(profile.smtp, SENDER, ["bob@order.example"], MESSAGE))
        recipient, = service.wait(lambda: [r for r in service.message(id)[0]["recipients"] if r.get("attempts")], "an attempt")
        equal(recipient["state"], "waiting", "state without a name server")
        server.start()


def private_addresses_are_not_reached():
    """A zone of anybody must not be able to point us at this computer or network."""
    need("knotd")
    port, dns = free_port_everywhere("127.0.0.1", "127.0.0.3"), free_port()
    with Folder() as folder, Profile() as profile, Knot(os.path.join(folder, "knot"), dns, ZONES):
        sinks = [profile.add_sink(host=host, port=port) for host in ("127.0.0.1", "127.0.0.3")]
        direct(profile, dns, port)
        profile.configure({"delivery": {"allow-private-mx": "false"}})
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*")
        id = queue_id(send(profile.smtp, SENDER, ["bob@order.example"], MESSAGE))
        service.wait(lambda: service.message(id)[1], "an attempt")
        equal([s.connections for s in sinks], [0, 0], "connections")
        check(service.message(id)[0]["recipients"][0]["state"] not in ("delivered", "relayed"), "state")


def own_listener_is_no_mx():
    """Mail must not go in circles, even where private addresses are allowed."""
    need("knotd")
    dns = free_port()
    with Folder() as folder, Profile() as profile, Knot(os.path.join(folder, "knot"), dns, ZONES):
        direct(profile, dns, profile.port)
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*")
        id = queue_id(send(profile.smtp, SENDER, ["bob@two.example"], MESSAGE))
        service.wait(lambda: service.message(id)[1], "an attempt")
        equal(len(service.list()), 1, "messages in the outbox")
        check(service.message(id)[0]["recipients"][0]["state"] not in ("delivered", "relayed"), "state")
        # A provider's account that points here is refused when it is added.
        refused = profile.ctl("account", "add", "--id", "loop", "--address", "*", "--host", "127.0.0.1", "--port", profile.port, "--tls", "none", check=False)
        check(refused.returncode != 0, "an account at our own port is refused")


run_cases(by_the_records, no_answer_is_no_failure, private_addresses_are_not_reached, own_listener_is_no_mx)

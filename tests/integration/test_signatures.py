#!/usr/bin/python3
"""What is told of a message's signature (DKIM): before it is sent, after it was, and whether the key in the DNS verifies it."""
from harness import Profile, check, equal, queue_id, run_cases, send
from peers import MESSAGE
from zones import Zones

SENDER = "ann@sender.example"


def of_a_message():
    with Profile() as profile, Zones({"rcpt.example": [("A", "127.0.0.3")]}) as dns:
        sink = profile.add_sink(host="127.0.0.3", replies={"MAIL": "451 4.3.0 later"})
        # What is planned is looked at while it waits: no attempt may come by itself.
        profile.configure({"retry": {"first": "3600"}, "dns": {"servers": f"127.0.0.1:{dns.port}", "timeout-ms": "500", "tries": "2"},
                           "delivery": {"mx-port": sink.port, "allow-private-mx": "true", "ehlo-name": "client.example"}})
        service = profile.start_service()
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*")
        made = profile.ctl_json("domain", "dkim-new", "sender.example", "--both")["keys"]
        for key in made:
            profile.ctl("domain", "dkim-use", key["id"])
        id = queue_id(send(profile.smtp, SENDER, ["bob@rcpt.example"], MESSAGE))
        service.wait(lambda: service.message(id)[1], "an attempt")

        def signatures(*options):
            return profile.ctl_json("show", id, *options)["signatures"]

        planned = signatures()
        equal({s["kind"] for s in planned}, {"planned"}, "not sent yet")
        equal({s["algorithm"] for s in planned}, {"rsa-sha256", "ed25519-sha256"}, "two methods")
        check(all("result" not in s for s in planned), "nothing was asked")
        equal({s["result"] for s in signatures("--signatures")}, {"permerror"}, "the DNS has no key yet")
        for key in made:
            dns.zones[key["name"]] = [("TXT", [key["record"]])]
        equal({s["result"] for s in signatures("--signatures")}, {"pass"}, "the DNS has the keys")
        check("Will be signed for sender.example" in profile.ctl("show", id).stdout, "said in words")

        sink.replies.clear()
        profile.ctl("retry", id)
        service.wait_for_state(id, "delivered", "relayed")
        sent = signatures("--signatures")
        equal({(s["kind"], s["result"]) for s in sent}, {("sent", "pass")}, "what was sent verifies")
        check(all(s["time"] > 0 for s in sent), "when")
        text = profile.ctl("show", id, "--signatures").stdout
        check("Signed for sender.example" in text and "Verified with the key in the DNS" in text, text)
        # Somebody changes the DNS: that is found.
        rsa = next(key for key in made if key["algorithm"].startswith("rsa"))
        ed = next(key for key in made if key["algorithm"] == "ed25519")
        dns.zones[rsa["name"]] = [("TXT", ["v=DKIM1; k=rsa; p="])]
        dns.zones[ed["name"]] = [("TXT", ["v=DKIM1; k=ed25519; p=" + "A" * 43 + "="])]
        results = {s["algorithm"]: s for s in signatures("--signatures")}
        equal(results["rsa-sha256"]["result"], "permerror", "a key that was withdrawn")
        equal(results["ed25519-sha256"]["result"], "fail", "another key")
        check(results["ed25519-sha256"]["problem"], "said why")


run_cases(of_a_message)

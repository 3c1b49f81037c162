#!/usr/bin/python3
"""What goes with the records of a domain: the name of the internet address and whom to ask for it, the policy file of MTA-STS, the steps of DMARC with the
evidence of reports that were kept."""
import gzip
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mock"))
from harness import Profile, check, equal, run_cases
from zones import Zones

DOMAIN = "sender.example"
DAY = 24 * 3600


def zones(dmarc=None):
    rows = {DOMAIN: [("NS", "ns." + DOMAIN), ("SOA", ("ns." + DOMAIN, "person." + DOMAIN, 1)), ("MX", (10, "mx1." + DOMAIN)), ("MX", (20, "mx2." + DOMAIN))],
            "ns." + DOMAIN: [("A", "127.0.0.1")],
            "mail." + DOMAIN: [("A", "192.0.2.7")],
            "2.0.192.in-addr.arpa": [("SOA", ("ns1.hoster.example", "dns-admin.hoster.example", 7))],
            "7.2.0.192.in-addr.arpa": [("PTR", "static-7.hoster.example")],
            "8.b.d.0.1.0.0.2.ip6.arpa": [("SOA", ("ns1.hoster.example", "ip6.hoster.example", 7))]}
    if dmarc:
        rows["_dmarc." + DOMAIN] = [("TXT", dmarc)]
    return rows


def configure(profile, dns):
    profile.configure({"dns": {"servers": f"127.0.0.1:{dns.port}", "authoritative-port": dns.port, "timeout-ms": 500, "tries": 2},
                       "domains": {"addresses": "192.0.2.7;2001:db8::25", "watch-every": 1, "check-every": 0},
                       "delivery": {"allow-private-mx": "true"}})


def plan(profile, *options):
    import json
    return json.loads(profile.ctl("domain", "records", DOMAIN, "--json", *options, check=False).stdout)


def report(folder, name, rows, days_ago=1, policy="none", organisation="receiver.example"):
    """rows: (source, count, dkim, spf)"""
    end = int(time.time()) - days_ago * DAY
    records = "".join(f"<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>none</disposition><dkim>{dkim}</dkim>"
                      f"<spf>{spf}</spf></policy_evaluated></row><identifiers><header_from>{DOMAIN}</header_from></identifiers><auth_results><spf>"
                      f"<domain>{DOMAIN}</domain><result>{spf}</result></spf></auth_results></record>" for source, count, dkim, spf in rows)
    path = os.path.join(folder, name + ".xml.gz")
    with gzip.open(path, "wb") as f:
        f.write((f"<feedback><report_metadata><org_name>{organisation}</org_name><report_id>{name}</report_id><date_range><begin>{end - DAY}</begin><end>{end}</end>"
                 f"</date_range></report_metadata><policy_published><domain>{DOMAIN}</domain><p>{policy}</p></policy_published>{records}</feedback>").encode())
    return path


def the_name_of_the_address():
    with Profile() as profile, Zones(zones()) as dns:
        configure(profile, dns)
        profile.start_service()
        equal(plan(profile)["reverse"], [], "behind a provider, or with no account, it is not the person's matter")
        profile.ctl("account", "add", "--id", "mx", "--direct", "--address", "*@" + DOMAIN)
        four, six = plan(profile)["reverse"]
        equal([four[k] for k in ("address", "name", "wanted", "state", "existing", "forward", "zone", "operator", "contact")],
              ["192.0.2.7", "7.2.0.192.in-addr.arpa", "mail." + DOMAIN, "replace", ["static-7.hoster.example"], "done", "2.0.192.in-addr.arpa", "hoster.example",
               "dns-admin@hoster.example"], "IPv4")
        equal([six[k] for k in ("address", "ip6", "state", "forward", "forward-type", "zone", "contact")],
              ["2001:db8::25", True, "add", "add", "AAAA", "8.b.d.0.1.0.0.2.ip6.arpa", "ip6@hoster.example"], "IPv6")
        check("7.2.0.192.in-addr.arpa. IN PTR mail.sender.example." in four["text"] and "IPv4 address 192.0.2.7" in four["text"], four["text"])
        check("IPv6 address 2001:db8::25" in six["text"] and "hoster.example" in six["whom"], six["text"])
        check("192.0.2.7" in four["subject"], four["subject"])
        dns.zones["7.2.0.192.in-addr.arpa"] = [("PTR", "out.example.net"), ("PTR", "Mail.sender.example")]
        equal(plan(profile)["reverse"][0]["state"], "done", "the name is there")
        equal(plan(profile, "--helo", "out.example.net")["reverse"][0]["wanted"], "out.example.net", "another greeting")
        # A registry is nobody to ask.
        del dns.zones["2.0.192.in-addr.arpa"]
        dns.zones["192.in-addr.arpa"] = [("SOA", ("ns1.registry.example", "dns.registry.example", 7))]
        four = plan(profile)["reverse"][0]
        equal((four["operator"], four["contact"]), ("", ""), "the registry")
        check("Only who gave you the address" in four["whom"], four["whom"])
        text = profile.ctl("domain", "records", DOMAIN, check=False).stdout
        check("| please set the reverse DNS entry of the IPv6 address" in text, text)


def the_policy_file():
    with Profile() as profile, Zones(zones()) as dns:
        configure(profile, dns)
        profile.start_service()
        equal(plan(profile)["policy-file"], {}, "not wished")
        wished = plan(profile, "--mta-sts")
        file = wished["policy-file"]
        lines = file["text"].replace("\r\n", "\n").split("\n")
        equal(lines[:4], ["version: STSv1", "mode: testing", "mx: mx1." + DOMAIN, "mx: mx2." + DOMAIN], "the file")
        equal((file["url"], file["file-name"], file["problem"]), (f"https://mta-sts.{DOMAIN}/.well-known/mta-sts.txt", "mta-sts.txt", ""), "where")
        record, = [r for r in wished["records"] if r["kind"] == "mta-sts"]
        equal((record["name"], record["value"], record["state"]), ("_mta-sts." + DOMAIN, f"v=STSv1; id={file['id']};", "add"), "the record")
        equal(plan(profile, "--mta-sts")["policy-file"]["id"], file["id"], "the id stays while the policy does")
        strict = plan(profile, "--sts-mode", "enforce")["policy-file"]
        check(strict["id"] != file["id"] and "mode: enforce" in strict["text"], f"another policy, another id: {strict}")
        dns.zones["_mta-sts." + DOMAIN] = [("TXT", record["value"])]
        record, = [r for r in plan(profile, "--mta-sts")["records"] if r["kind"] == "mta-sts"]
        equal(record["state"], "done", "published")
        dns.zones[DOMAIN] = [row for row in dns.zones[DOMAIN] if row[0] != "MX"]
        nothing = plan(profile, "--mta-sts")
        check(nothing["policy-file"]["problem"] and not [r for r in nothing["records"] if r["kind"] == "mta-sts"], f"no mail servers: {nothing['policy-file']}")
        equal(profile.ctl("domain", "records", DOMAIN, "--sts-mode", "strict", check=False).returncode, 1, "a mode that there is not")
        tls = plan(profile)["tls-reports"]
        equal((tls["address"], tls["proposed"]), ("", "tls-reports@" + DOMAIN), "TLS reports")
        dns.zones["_smtp._tls." + DOMAIN] = [("TXT", "v=TLSRPTv1; rua=mailto:tls@" + DOMAIN)]
        equal(plan(profile)["tls-reports"]["address"], "tls@" + DOMAIN, "where they go now")


def the_steps():
    with Profile() as profile, Zones(zones()) as dns:
        configure(profile, dns)
        profile.start_service()
        files = profile.root

        def step(*options):
            d = plan(profile, *options)["dmarc"]
            return d["current"], d["step"], d["next"]

        first = plan(profile)["dmarc"]
        equal((first["current"], first["step"], first["next"], first["address"], first["proposed"]), ("", "go", "none", "", "dmarc-reports@" + DOMAIN), "the first step")
        check("zipped" in first["address-words"], first["address-words"])
        dns.zones["_dmarc." + DOMAIN] = [("TXT", "v=DMARC1; p=none; rua=mailto:r@" + DOMAIN)]
        equal(step(), ("none", "no-reports", ""), "observed, and nothing is known")
        check(abs(plan(profile)["dmarc"]["since"] / 1e6 - time.time()) < 60, "since it was seen")

        # A month of reports of one receiver: it has been in force since the first of them.
        good = [("192.0.2.7", 40, "pass", "pass"), ("2001:db8::25", 60, "pass", "fail")]
        kept = [report(files, f"r{day}", good, days_ago=day) for day in (1, 15, 33)]
        profile.ctl("domain", "reports", "--keep", *kept)
        evidence = profile.ctl_json("domain", "evidence", DOMAIN)
        equal([evidence[k] for k in ("policy", "reports", "messages", "passed", "failing", "by-signature", "organisations")], ["none", 3, 300, 300, 0, 300, ["receiver.example"]], "evidence")
        check(32 * DAY < time.time() - evidence["since"] / 1e6 < 36 * DAY, f"since: {evidence}")
        equal(step(), ("none", "go", "quarantine"), "a month of good mail")
        profile.ctl("domain", "reports", "--keep", kept[0])
        equal(profile.ctl_json("domain", "evidence", DOMAIN)["reports"], 3, "the same report counts once")

        # Somebody else's forgeries fail, as they should: once the person has said so.
        profile.ctl("domain", "reports", "--keep", report(files, "forged", [("198.51.100.66", 70, "fail", "fail")]), check=False)
        equal(step(), ("none", "failures", ""), "mail fails")
        evidence = profile.ctl_json("domain", "evidence", DOMAIN)
        equal((evidence["failing"], evidence["sources"][0]["source"]), (70, "198.51.100.66"), "who failed comes first")
        evidence = profile.ctl_json("domain", "evidence", DOMAIN, "--foreign", "198.51.100.66")
        equal((evidence["failing"], evidence["sources"][0]["foreign"]), (0, True), "none of the person's")
        equal(step(), ("none", "go", "quarantine"), "it does not hold up")
        equal(profile.ctl("domain", "evidence", DOMAIN, "--foreign", "nobody", check=False).returncode, 1, "no address")

        # Another policy begins anew, also across a restart.
        dns.zones["_dmarc." + DOMAIN] = [("TXT", "v=DMARC1; p=quarantine; rua=mailto:r@" + DOMAIN)]
        equal(step(), ("quarantine", "no-reports", ""), "the month begins anew")
        profile.stop_services()
        profile.start_service()
        profile.ctl("domain", "reports", "--keep", report(files, "q0", good, days_ago=0, policy="quarantine"))
        evidence = profile.ctl_json("domain", "evidence", DOMAIN)
        equal((evidence["policy"], evidence["reports"], evidence["messages"]), ("quarantine", 1, 100), "only those of its time")
        equal(step(), ("quarantine", "too-early", ""), "not a month yet")
        profile.ctl("domain", "evidence", DOMAIN, "--forget")
        profile.ctl("domain", "reports", "--keep", *[report(files, f"q{day}", good, days_ago=day, policy="quarantine") for day in (0, 40)])
        equal(step(), ("quarantine", "go", "reject"), "the last step")
        equal(step("--mailing-lists"), ("quarantine", "end", ""), "not with mailing lists")
        profile.ctl("domain", "reports", "--keep", report(files, "plain", [("192.0.2.7", 50, "fail", "pass")], policy="quarantine"))
        equal(step(), ("quarantine", "no-signature", ""), "never on SPF alone")
        text = profile.ctl("domain", "records", DOMAIN, check=False).stdout
        check("into the junk folder (quarantine)" in text and "Let it be signed first" in text, text)

        profile.ctl("domain", "evidence", DOMAIN, "--forget")
        equal(profile.ctl_json("domain", "evidence", DOMAIN)["reports"], 0, "forgotten")
        bad = os.path.join(files, "bad.xml")
        with open(bad, "w", encoding="ascii") as f:
            f.write("<html></html>")
        equal(profile.ctl("domain", "reports", "--keep", bad, check=False).returncode, 1, "no report")


run_cases(the_name_of_the_address, the_policy_file, the_steps)

#!/usr/bin/python3
"""The zoo of domains before checkers of others: python3-spf, python3-authheaders, opendkim-testkey and npm's mailauth, against what mail-relayctl finds. Each difference has its
explanation below; with --table the table of who finds what is printed."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mock"))
from harness import Profile, Sink, check, equal, run_cases, skip
from peers import TOP, npm_folder
from zones import Zones
import zoo

try:
    import authheaders.dmarc_lookup
    import dns.resolver
    import spf
except ImportError:
    spf = None

ADDRESS, HELO, SELECTOR = "198.51.100.9", "mail.direct-good.example", "google"
# They wait long for what never answers, which is ours alone to bear.
LEFT_OUT = ("timeout.example", "spf-slow-include.example", "bogus.example")


def enter_namespace():
    """Port 53 of a loopback of our own, and a resolv.conf that names it: what the checkers look at."""
    if os.environ.get("MR_INSIDE"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["mount", "--bind", os.environ["MR_RESOLV"], "/etc/resolv.conf"], check=True)
        return
    if spf is None or not shutil.which("opendkim-testkey"):
        skip("python3-spf, python3-authheaders and opendkim-tools are not installed")
    os.environ["MR_MAILAUTH"] = str(npm_folder("mailauth"))
    flags = ["-nm"] + (["-Ur"] if os.geteuid() != 0 else [])
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as resolv:
        resolv.write("nameserver 127.0.0.1\n")
        resolv.flush()
        if not shutil.which("ip") or subprocess.run(["unshare", *flags, "mount", "--bind", resolv.name, "/etc/resolv.conf"], capture_output=True, check=False).returncode != 0:
            skip("no network and mount namespace is to be had")
        run = subprocess.run(["unshare", *flags, "--", sys.executable, *sys.argv], env={**os.environ, "MR_INSIDE": "1", "MR_RESOLV": resolv.name}, check=False)
    sys.exit(run.returncode)


# ---- what each says of a domain ----

def question(name):
    options = zoo.DIRECT.get(name, [])
    value = lambda option, default: options[options.index(option) + 1].split(",")[0] if option in options else default
    return {"domain": name, "ip": value("--address", ADDRESS), "helo": value("--helo", HELO), "selector": SELECTOR if name not in zoo.DIRECT else ""}


def ask_spf(q):
    return spf.check2(i=q["ip"], s="postmaster@" + q["domain"], h=q["helo"], timeout=5, querytime=10)[0]


def ask_authheaders(q):
    try:
        record, below = authheaders.dmarc_lookup.receiver_record(q["domain"])
    except (IndexError, dns.resolver.LifetimeTimeout):
        return "error"
    return (record.get("sp") if below and below != q["domain"] else None) or record.get("p") or "-"


UNBOUND = """server:
  do-not-query-localhost: no
  module-config: "iterator"
  use-syslog: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@53
"""


def ask_testkey(folder, q):
    if not q["selector"]:
        return ""
    run = subprocess.run(["opendkim-testkey", "-vv", "-x", f"{folder}/opendkim.conf", "-d", q["domain"], "-s", q["selector"]], capture_output=True, text=True, check=False)
    said = run.stdout + run.stderr
    return "good" if "key OK" in said or "key not secure" in said else "none" if "record not found" in said else "bad"


def ask_mailauth(questions):
    run = subprocess.run(["node", TOP / "mock/mailauth/check.js", os.environ["MR_MAILAUTH"]], input=json.dumps(questions), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout)


NO_POLICY = ("dmarc-none", "dmarc-two", "dmarc-nearly", "dmarc-misplaced", "dmarc-wildcard", "dmarc-syntax", "dmarc-alias")
POLICIES = {"dmarc-reject": "reject", "dmarc-quarantine": "quarantine", "dmarc-observing": "none", "dmarc-observing-inherited": "none"}


def policies_of(findings):
    """By the newer and by the older rules."""
    said = next(f for f in findings if f["check"] == "dmarc")
    code = said["code"]
    newer = "-" if code in NO_POLICY else POLICIES.get(code) or said.get("params", {}).get("policy", "temperror")
    older = next((f for f in findings if f["check"] == "dmarc-older" and f["code"] not in ("older-names", "older-order", "older-organisation", "older-part")), None)
    return newer, older["params"]["older"] if older else newer


class Ours:
    def __init__(self, profile):
        self.profile = profile

    def look(self, q):
        run = self.profile.ctl("domain", "check", q["domain"], *(["--direct", *zoo.DIRECT[q["domain"]]] if q["domain"] in zoo.DIRECT else ["--account", "relay"]), "--json", check=False)
        findings = json.loads(run.stdout)["findings"]
        found = json.loads(self.profile.ctl("domain", "spf", "--ip", q["ip"], "--helo", q["helo"], "--mail-from", "postmaster@" + q["domain"], "--json", check=False).stdout)
        keys = [f for f in findings if f["check"] == "dkim" and f.get("subject")]
        key = "good" if keys and keys[0]["state"] in ("good", "attention") else "none" if not keys else "temperror" if keys[0]["state"] == "unknown" else "bad"
        newer, older = policies_of(findings)
        return {"spf": found["result"], "dmarc": newer, "older": older, "dkim": key if q["selector"] else "", "findings": findings}


def everybody():
    """[(question, ours, theirs)]"""
    zones = zoo.build()
    questions = [question(name) for name in zoo.names(zones) if name not in LEFT_OUT]
    with Zones(zones, port=53), Zones(zoo.second(zones), "127.0.0.2", 53), Zones({}, "127.0.0.3", 53, authoritative=False), \
         Zones({"*.example": ["SERVFAIL"]}, "127.0.0.5", 53), Profile() as profile:
        sink = Sink()
        profile.sinks.append(sink)
        profile.configure({"dns": {"servers": "127.0.0.1:53", "timeout-ms": 300, "tries": 2}, "delivery": {"mx-port": sink.port, "allow-private-mx": "true"},
                           "domains": {"ask-blocklists": "true", "blocklists": "list.example;zen.spamhaus.org", "check-every": 0},
                           "account relay": {"addresses": "*", "host": "127.0.0.1", "port": sink.port, "tls": "none", "provider": "google-workspace"}})
        profile.start_service()
        pathlib.Path(profile.root, "unbound.conf").write_text(UNBOUND)
        pathlib.Path(profile.root, "opendkim.conf").write_text(f"ResolverConfiguration {profile.root}/unbound.conf\n")
        ours = Ours(profile)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            found = list(pool.map(ours.look, questions))
            by_testkey = list(pool.map(lambda q: ask_testkey(profile.root, q), questions))
        by_spf, by_authheaders = [ask_spf(q) for q in questions], [ask_authheaders(q) for q in questions]
        by_mailauth = ask_mailauth(questions)
    return [(q, o, {"spf": {"python3-spf": s, "mailauth": m["spf"]}, "dmarc": {"authheaders": a, "mailauth": m["dmarc"]}, "dkim": {"testkey": k, "mailauth": m["dkim"]}})
            for q, o, s, a, k, m in zip(questions, found, by_spf, by_authheaders, by_testkey, by_mailauth)]


# ---- where they differ, and why ----

NOT_JOINED = "it takes the strings of a record apart, with quotation marks"
EXPLAINED = {
    ("spf-tab.example", "spf", "mailauth"): "it takes a tab for the blank behind v=spf1; RFC 7208 4.5 knows a blank only",
    ("spf-blank.example", "spf", "mailauth"): "it drops blanks before v=spf1; RFC 7208 4.5 does not",
    ("dmarc-case.example", "dmarc", "mailauth"): "it takes v=dmarc1; the value is case sensitive (RFC 9989 4.7)",
    ("dmarc-blank.example", "dmarc", "mailauth"): "it drops blanks before v=DMARC1; v has to come first",
    ("dmarc-policy.example", "dmarc", "mailauth"): "it shows the policy that is none; without rua= such a record counts for nothing (RFC 7489 6.6.3)",
    ("dmarc-policy.example", "dmarc", "authheaders"): "it shows the policy that is none; without rua= such a record counts for nothing (RFC 7489 6.6.3)",
    ("dmarc-spaces.example", "dmarc", "mailauth"): "it does not know blanks around the = of v, which both standards allow",
    ("dmarc-spaces.example", "dmarc", "authheaders"): "it does not know blanks around the = of v, which both standards allow",
    ("dmarc-pieces.example", "dmarc", "authheaders"): NOT_JOINED,
    ("sub.dmarc-observing.example", "dmarc", "authheaders"): "its list of suffixes does not know .example, so it looks one label too high",
    ("sub.dmarc-reject.example", "dmarc", "authheaders"): "its list of suffixes does not know .example, so it looks one label too high",
    ("sub.part.dmarc-parts.example", "dmarc", "authheaders"): "its list of suffixes does not know .example, so it looks one label too high",
    ("servfail.example", "dmarc", "authheaders"): "it takes a server that fails for one that says there is nothing",
    ("servfail.example", "dkim", "testkey"): "it does not tell a server that fails from a bad key",
    ("servfail.example", "dkim", "mailauth"): "here it is asked for the key alone and does not tell a server that fails from a bad key",
    ("dkim-two.example", "dkim", "mailauth"): "it takes the first of two keys",
    ("dkim-syntax.example", "dkim", "testkey"): "it does not read the key, only its tags",
    ("dkim-alias-lost.example", "dkim", "testkey"): "it says that nothing is there; we say what the alias leads to",
    ("dkim-unfit.example", "dkim", "mailauth"): "it does not look at s=",
    ("dkim-old-hash.example", "dkim", "mailauth"): "it looks at h= only together with a signature",
    ("dkim-old-hash.example", "dkim", "testkey"): "it does not look at h=",
    ("dkim-short.example", "dkim", "testkey"): "it does not look at the length of a key",
    ("dkim-kind.example", "dkim", "testkey"): "it does not put the kind beside the key",
}


def they_differ_only_where_it_is_explained(said):
    seen = {}
    for q, ours, theirs in said:
        for what, by in theirs.items():
            mine = ours["older"] if what == "dmarc" else ours[what]
            seen.update({(q["domain"], what, who): f"{mine} with us, {word} with them" for who, word in by.items() if word != mine})
    equal({key: word for key, word in seen.items() if key not in EXPLAINED}, {}, "what nobody has explained")
    equal(sorted(set(EXPLAINED) - set(seen)), [], "explanations that are of no use any more")


# ---- who finds what ----

# The look of SPF is that at a message from an address that nobody allows. What is wrong; domain → what is found here; what the others are asked about; what six checkers on the web test, in the order of WEB, from a comparison of their sources in 2026:
# Y yes, p partly, - no, . not told.
WEB = ("Mail-in-a-Box", "mailcow", "Stalwart", "mox", "internet.nl", "checkdmarc")
ROWS = [
    ("no SPF record", {"spf-none": "spf-none"}, "spf", "-p-YYY"),
    ("two SPF records", {"spf-two": "spf-two"}, "spf", "---YYY"),
    ("blank, quotes, tab, wrong version before it", {n: "spf-nearly" for n in ("spf-blank", "spf-quoted", "spf-tab", "spf-version")}, "spf", "-----Y"),
    ("SPF syntax, misspelt term", {"spf-syntax": "spf-syntax", "spf-typo": "spf-syntax"}, "spf", "---YYY"),
    ("more than ten look-ups", {"spf-many": "spf-look-ups-many"}, "spf", "---YpY"),
    ("nine or ten look-ups", {"spf-near": "spf-look-ups-near"}, "spf", "......"),
    ("more than two void look-ups", {"spf-void": "spf-voids"}, "spf", "---Y-Y"),
    ("void look-ups for one family only", {"spf-one-family": "spf-voids-one"}, "spf", "......"),
    ("include of nothing, of a broken one, of itself", {"spf-missing-include": "spf-include-none", "spf-broken-include": "spf-include-broken", "spf-loop": "spf-loop"}, "spf", "---Y.Y"),
    ("ptr in SPF", {"spf-ptr": "spf-ptr"}, "spf", "----pY"),
    ("+all, ?all, no end, terms behind the end", {"spf-pass-all": "spf-end-pass", "spf-neutral": "spf-end-neutral", "spf-no-end": "spf-end-missing", "spf-behind": "spf-end-behind"}, "spf", "----Yp"),
    ("a very long SPF record", {"spf-long": "spf-long"}, "spf", "-----Y"),
    ("SPF misses the provider's servers", {"spf-redirect": "spf-covers-relay", "spf-one-family": "spf-misses-relay"}, "", "------"),
    ("SPF misses our own address", {"direct-uncovered": "spf-misses-address"}, "spf", "-ppY--"),
    ("SPF of the greeting", {"direct-helo-misses": "spf-helo-misses", "direct-good": "spf-helo-none"}, "", "--pY--"),
    ("key revoked, broken, of a wrong kind, cut, two", {"dkim-revoked": "dkim-revoked", "dkim-syntax": "dkim-syntax", "dkim-unknown-kind": "dkim-syntax", "dkim-cut": "dkim-cut", "dkim-two": "dkim-two"}, "dkim", "-p-Y--"),
    ("key too short or weak", {"dkim-short": "dkim-short", "good": "dkim-weak"}, "dkim", "------"),
    ("key for other uses or hashes, on trial", {"dkim-unfit": "dkim-unfit", "dkim-old-hash": "dkim-unfit", "dkim-testing": "dkim-testing"}, "dkim", "------"),
    ("wildcard answers for the key", {"dkim-wildcard": "dkim-wildcard", "wildcard": "dkim-wildcard"}, "dkim", "-----."),
    ("alias of the key leads nowhere", {"dkim-alias-lost": "dkim-alias"}, "dkim", "......"),
    ("no DMARC record", {"dmarc-none": "dmarc-none"}, "dmarc", "-p-YYY"),
    ("two DMARC records", {"dmarc-two": "dmarc-two"}, "dmarc", "---YYY"),
    ("DMARC misspelt, blank or quotes before it", {"dmarc-case": "dmarc-nearly", "dmarc-blank": "dmarc-nearly", "dmarc-quoted": "dmarc-nearly", "dmarc-policy": "dmarc-syntax"}, "dmarc", "-----Y"),
    ("DMARC at the wrong name, SPF in its place", {"dmarc-misplaced": "dmarc-misplaced", "dmarc-wildcard": "dmarc-wildcard", "wildcard": "dmarc-wildcard"}, "dmarc", "-----Y"),
    ("DMARC alias leads nowhere", {"dmarc-alias-lost": "dmarc-alias"}, "dmarc", "......"),
    ("DMARC only observes", {"dmarc-observing": "dmarc-observing"}, "dmarc", "---YYY"),
    ("DMARC on trial (t=y), pct= left over", {"dmarc-testing": "dmarc-testing", "dmarc-pct": "dmarc-problems"}, "", "----pY"),
    ("older receivers conclude otherwise", {"dmarc-testing": "older-stricter", "very.deep.dmarc-deep": "older-none", "dmarc-pct": "older-part", "dmarc-order": "older-order", "team.dmarc-team": "older-organisation"}, "", "-----p"),
    ("nobody gets reports", {"reports-none": "reports-none"}, "", "---Y-Y"),
    ("reports elsewhere without consent, or to no mailbox", {"reports-elsewhere": "reports-not-authorised", "reports-nomail": "reports-no-mail", "dmarc-failures": "reports-not-authorised"}, "", "---YYp"),
    ("MX missing, null, an alias, an address, without address", {"mx-none": "mx-none", "mx-null": "mx-null", "mx-alias": "mx-alias", "mx-address": "mx-address", "mx-unresolved": "mx-unresolved"}, "", "YYpYYY"),
    ("name servers differ, lame, failing, silent, one only", {"servers-differ": "servers-differ", "servers-lame": "servers-lame", "servers-failing": "servers-failing", "servers-silent": "servers-silent", "servers-one": "servers-one"}, "", "p----p"),
    ("address without name, name does not lead back", {"direct-nameless": "ptr-none", "direct-forward": "fcrdns-other", "direct-six-forward": "fcrdns-other"}, "", "YppY-p"),
    ("name of a home connection", {"direct-generic": "generic-looking", "direct-six-generic": "generic-looking"}, "", "------"),
    ("greeting does not fit", {"direct-nameless": "helo-invalid", "direct-other-name": "helo-not-ptr", "direct-both": "helo-other"}, "", "p--Y--"),
    ("block lists; a list that refuses is no listing", {"direct-generic": "list-policy", "direct-listed": "list-listed", "direct-forward": "list-refused"}, "", "Y--p--"),
    ("signatures of the DNS do not fit", {"signed-other-key": "dnssec-broken", "signed-no-key": "dnssec-broken"}, "", "p--pYY"),
    ("TLSA unsigned or of no use", {"good": "dane-unsigned", "signed-other-key": "dane-unusable"}, "", "YYYYYY"),
    ("MTA-STS, TLSRPT, BIMI written wrongly or twice", {"further-wrong": "further-syntax", "further-two": "further-two"}, "", "YpYY-Y"),
    ("picture without a policy (BIMI)", {"bimi-early": "bimi-policy"}, "", "-----."),
    ("a server that fails is told from a missing entry", {"servfail": "not-looked-up"}, "spf", "......"),
]
# Tested beside the zoo: (what is wrong, what the other four say, the web).
BESIDE = [("our key: missing, another one, half of it", "--Y-", "-p-Y--"), ("MTA-STS: file missing, moved, wrong certificate, misses MX", "---p", "YpYY-Y"),
          ("port 25 closed, silent, or something else answers", "----", "Y-YY--"), ("public address private, unknown, behind a router", "----", "p--p--"),
          ("MX that nobody outside reaches", "----", "......"), ("signatures of the DNS refused by the resolver", "----", ".....Y")]


def has_found(said, what, name, who):
    """Whether a checker says anything else of the domain than of one where all is well."""
    word = said[name + ".example"][1][what].get(who)
    usual = {"spf": ("pass",) if name + ".example" in zoo.DIRECT else ("softfail",), "dkim": ("good",),
             "dmarc": ("none", "quarantine", "reject") if name != "dmarc-observing" else ("quarantine", "reject")}
    return word is not None and word not in usual[what]


def mark(found):
    return "Y" if all(found) else "p" if any(found) else "-"


def table(said):
    by_name = {q["domain"]: (ours, theirs) for q, ours, theirs in said}
    lines = ["| what is wrong | ours | spf | auth | okey | mauth | MIAB | mcow | Stw | mox | inl | chk |", "|" + "---|" * 12]
    for title, domains, what, web in ROWS:
        own = mark([code in {f["code"] for f in by_name[name + ".example"][0]["findings"]} for name, code in domains.items()])
        equal(own, "Y", title)
        others = [mark([has_found(by_name, what, name, who) for name in domains]) if what else "-" for who in ("python3-spf", "authheaders", "testkey", "mailauth")]
        lines.append("| " + " | ".join([title, own, *others, *web]) + " |")
    lines += ["| " + " | ".join([title, "Y", *others, *web]) + " |" for title, others, web in BESIDE]
    return lines


if "--table" in sys.argv:
    sys.argv.remove("--table")
    os.environ["MR_TABLE"] = "1"
enter_namespace()
SAID = everybody()


def others_agree():
    they_differ_only_where_it_is_explained(SAID)


def everything_in_the_table_is_found():
    lines = table(SAID)
    if os.environ.get("MR_TABLE"):
        print("\n".join("# " + line for line in lines))


run_cases(others_agree, everything_in_the_table_is_found)

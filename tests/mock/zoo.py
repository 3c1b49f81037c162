"""A zoo of domains, each with one mistake, some with several: what the domain check is tested on and what other checkers are run over."""

GOOD_SPF = "v=spf1 include:_spf.google.com ~all"
DMARC = "v=DMARC1; p=quarantine; rua=mailto:dmarc@{}"
HEAD = [("NS", "ns1.zoo.example"), ("NS", "ns2.zoo.example"), ("SOA", ("ns1.zoo.example", "hostmaster.zoo.example", 1))]
# The 1024-bit key of RFC 6376's appendix and pieces of keys.
KEY_1024 = ("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/"
            "RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB")

HELPERS = {
    "zoo.example": HEAD,
    "ns1.zoo.example": [("A", "127.0.0.1")],
    "ns2.zoo.example": [("A", "127.0.0.2")],
    "lame.zoo.example": [("A", "127.0.0.3")],
    "silent.zoo.example": [("A", "127.0.0.4")],
    "nowhere.zoo.example": [("TXT", ["no address"])],
    "mx.zoo.example": [("A", "127.0.0.1")],
    "alias.zoo.example": [("CNAME", "mx.zoo.example")],
    "_spf.google.com": [("TXT", ["v=spf1 ip4:192.0.2.0/24 ~all"])],
    "_spf.broken.example": [("TXT", ["v=spf1 ip4:1.2.3.4~all"])],
    "_spf.back.example": [("TXT", ["v=spf1 include:spf-loop.example ~all"])],
    "_spf.slow.example": ["TIMEOUT"],
    "elsewhere.example": HEAD + [("MX", (10, "mx.zoo.example"))],
    "nomail.example": HEAD + [("MX", (0, ""))],
    "7.2.0.192.in-addr.arpa": [("PTR", "mail.direct-good.example")],
    "mail.direct-good.example": [("A", "192.0.2.7")],
    "8.2.0.192.in-addr.arpa": [("PTR", "host-192-0-2-8.dsl.carrier.example")],
    "host-192-0-2-8.dsl.carrier.example": [("A", "192.0.2.8")],
    "9.2.0.192.in-addr.arpa": [("PTR", "mail.other.example")],
    "mail.other.example": [("A", "192.0.2.99")],
    "11.2.0.192.in-addr.arpa": ["SERVFAIL"],
    "8.2.0.192.list.example": [("A", "127.0.0.2"), ("TXT", ["spam was seen"])],
    "9.2.0.192.list.example": [("A", "127.255.255.254")],
    "7.2.0.192.zen.spamhaus.org": [],
    "8.2.0.192.zen.spamhaus.org": [("A", "127.0.0.10")],
}
for n in range(12):
    HELPERS[f"s{n}.many.example"] = [("TXT", ["v=spf1 ip4:192.0.2.%d -all" % n])]


def domain(name, spf=GOOD_SPF, dmarc=DMARC, mx="mx.zoo.example", apex=(), at_dmarc=(), more=None):
    rows = list(HEAD)
    if spf is not None:
        rows += [("TXT", [text]) for text in (spf if isinstance(spf, (list, tuple)) else [spf])]
    if mx is not None:
        rows.append(("MX", (10, mx)))
    zone = {name: rows + list(apex)}
    texts = [dmarc.format(name)] if isinstance(dmarc, str) else list(dmarc or [])
    if texts or at_dmarc:
        zone[f"_dmarc.{name}"] = [("TXT", [text]) for text in texts] + list(at_dmarc)
    zone.update(more or {})
    return zone


def build():
    zones = dict(HELPERS)
    add = lambda name, **what: zones.update(domain(name, **what))
    good_key = [("TXT", ["v=DKIM1; k=rsa; p=" + KEY_1024])]
    add("good.example", more={"google._domainkey.good.example": good_key})
    # the signature's key
    add("dkim-revoked.example", more={"google._domainkey.dkim-revoked.example": [("TXT", ["v=DKIM1; p="])]})
    add("dkim-syntax.example", more={"google._domainkey.dkim-syntax.example": [("TXT", ["v=DKIM1; k=rsa; p=nonsense!"])]})
    add("dkim-testing.example", more={"google._domainkey.dkim-testing.example": [("TXT", ["v=DKIM1; t=y; p=" + KEY_1024])]})
    add("dkim-two.example", more={"google._domainkey.dkim-two.example": good_key + [("TXT", ["v=DKIM1; p="])]})
    add("dkim-unfit.example", more={"google._domainkey.dkim-unfit.example": [("TXT", ["v=DKIM1; s=other; p=" + KEY_1024])]})
    add("dkim-wildcard.example", more={"google._domainkey.dkim-wildcard.example": [("TXT", ["v=spf1 -all"])]})
    # SPF
    add("spf-none.example", spf=None)
    add("spf-two.example", spf=[GOOD_SPF, "v=spf1 -all"])
    add("spf-blank.example", spf=" " + GOOD_SPF)
    add("spf-quoted.example", spf='"' + GOOD_SPF + '"')
    add("spf-version.example", spf="v=spf10 -all")
    add("spf-syntax.example", spf="v=spf1 ip4:1.2.3.4~all")
    add("spf-typo.example", spf="v=spf1 inlcude:_spf.google.com ~all")
    add("spf-many.example", spf="v=spf1 " + " ".join(f"include:s{n}.many.example" for n in range(11)) + " ~all")
    add("spf-near.example", spf="v=spf1 " + " ".join(f"include:s{n}.many.example" for n in range(9)) + " ~all")
    add("spf-void.example", spf="v=spf1 a:no1.example a:no2.example a:no3.example ~all")
    add("spf-missing-include.example", spf="v=spf1 include:gone.example ~all")
    add("spf-broken-include.example", spf="v=spf1 include:_spf.broken.example ~all")
    add("spf-loop.example", spf="v=spf1 include:_spf.back.example ~all")
    add("spf-slow-include.example", spf="v=spf1 include:_spf.slow.example ~all")
    add("spf-ptr.example", spf="v=spf1 ptr ~all")
    add("spf-pass-all.example", spf="v=spf1 +all")
    add("spf-neutral.example", spf="v=spf1 include:_spf.google.com ?all")
    add("spf-no-end.example", spf="v=spf1 include:_spf.google.com")
    add("spf-behind.example", spf="v=spf1 ~all include:_spf.google.com")
    add("spf-redirect.example", spf="v=spf1 redirect=_spf.google.com")
    add("spf-long.example", spf="v=spf1 " + " ".join(f"ip4:192.0.2.{n}" for n in range(40)) + " ~all")
    add("spf-hard.example", spf="v=spf1 include:_spf.google.com -all")
    # DMARC
    add("dmarc-none.example", dmarc=None)
    add("dmarc-two.example", dmarc=["v=DMARC1; p=none", "v=DMARC1; p=reject"])
    add("dmarc-case.example", dmarc=["v=dmarc1; p=reject"])
    add("dmarc-policy.example", dmarc=["v=DMARC1; p=rejected"])
    add("dmarc-misplaced.example", dmarc=None, apex=[("TXT", ["v=DMARC1; p=reject"])])
    add("dmarc-wildcard.example", dmarc=None, at_dmarc=[("TXT", ["v=spf1 -all"])])
    add("dmarc-observing.example", dmarc=["v=DMARC1; p=none; rua=mailto:dmarc@dmarc-observing.example"])
    add("dmarc-testing.example", dmarc=["v=DMARC1; p=reject; t=y; rua=mailto:d@dmarc-testing.example"])
    add("dmarc-pct.example", dmarc=["v=DMARC1; p=reject; pct=50; rua=mailto:d@dmarc-pct.example"])
    add("dmarc-reject.example", dmarc=["v=DMARC1; p=reject; rua=mailto:d@dmarc-reject.example"])
    add("sub.dmarc-reject.example", dmarc=None)
    add("reports-none.example", dmarc=["v=DMARC1; p=quarantine"])
    add("reports-elsewhere.example", dmarc=["v=DMARC1; p=quarantine; rua=mailto:d@elsewhere.example"])
    add("reports-nomail.example", dmarc=["v=DMARC1; p=quarantine; rua=mailto:d@nomail.example"],
        more={"reports-nomail.example._report._dmarc.nomail.example": [("TXT", ["v=DMARC1"])]})
    # MX
    add("mx-none.example", mx=None)
    add("mx-implicit.example", mx=None, apex=[("A", "192.0.2.80")])
    add("mx-null.example", mx="")
    add("mx-unresolved.example", mx="gone.zoo.example")
    add("mx-alias.example", mx="alias.zoo.example")
    add("mx-some.example", apex=[("MX", (20, "gone.zoo.example"))])
    # name servers, and what cannot be told
    zones["servers-lame.example"] = domain("servers-lame.example")["servers-lame.example"] + [("NS", "lame.zoo.example")]
    zones["servers-silent.example"] = domain("servers-silent.example")["servers-silent.example"] + [("NS", "silent.zoo.example")]
    zones["servers-nowhere.example"] = domain("servers-nowhere.example")["servers-nowhere.example"] + [("NS", "nowhere.zoo.example")]
    zones["servers-one.example"] = [row for row in domain("servers-one.example")["servers-one.example"] if row != ("NS", "ns2.zoo.example")]
    add("servers-differ.example")
    for name in ("{}", "_dmarc.{}", "google._domainkey.{}"):
        zones[name.format("servfail.example")] = ["SERVFAIL"]
        zones[name.format("timeout.example")] = ["TIMEOUT"]
    add("big.example", apex=[("TXT", ["x" * 250 for _ in range(20)]), ("TXT", ["filler " * 30])])
    # further entries
    add("further.example", apex=[("CAA", b"\0\5issueca.example")],
        more={"_smtp._tls.further.example": [("TXT", ["v=TLSRPTv1; rua=mailto:tls@further.example"])],
              "_mta-sts.further.example": [("TXT", ["v=STSv1; id=20261127"])],
              "_25._tcp.mx.zoo.example": [("TLSA", b"\3\1\1" + b"\xab" * 32)],
              "default._bimi.further.example": [("TXT", ["v=BIMI1; l=https://further.example/logo.svg"])]})
    # combinations
    add("worst.example", spf=["v=spf1 +all", "v=spf1 -all"], dmarc=["v=DMARC1; p=none", "v=DMARC1; p=none"], mx="gone.zoo.example")
    # without a provider
    for name, address in (("good", 7), ("generic", 8), ("forward", 9), ("nameless", 10), ("unknown", 11)):
        add(f"direct-{name}.example", spf=f"v=spf1 ip4:192.0.2.{address} -all")
    add("direct-uncovered.example", spf="v=spf1 ip4:198.51.100.1 -all")
    return zones


# The copy on the second server: what is old there.
def second(zones):
    copy = dict(zones)
    copy["servers-differ.example"] = domain("servers-differ.example", spf="v=spf1 -all")["servers-differ.example"]
    return copy


# domain → options of the check; all others go through the account.
DIRECT = {
    "direct-good.example": ["--address", "192.0.2.7", "--helo", "mail.direct-good.example"],
    "direct-generic.example": ["--address", "192.0.2.8", "--helo", "host-192-0-2-8.dsl.carrier.example"],
    "direct-forward.example": ["--address", "192.0.2.9", "--helo", "mail.other.example"],
    "direct-nameless.example": ["--address", "192.0.2.10", "--helo", "nameless"],
    "direct-unknown.example": ["--address", "192.0.2.11"],
    "direct-uncovered.example": ["--address", "192.0.2.7", "--helo", "mail.direct-good.example"],
}


def names(zones):
    skipped = set(HELPERS) | {name for name in zones if name.startswith(("_", "default.", "google.")) or "_report" in name}
    return [name for name in zones if name not in skipped] + ["no-such-domain.example"]

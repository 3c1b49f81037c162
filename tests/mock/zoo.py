"""A zoo of domains, each with one mistake, some with several: what the domain check is tested on and what other checkers are run over."""
import ipaddress

GOOD_SPF = "v=spf1 include:_spf.google.com ~all"
DMARC = "v=DMARC1; p=quarantine; rua=mailto:dmarc@{}"
HEAD = [("NS", "ns1.zoo.example"), ("NS", "ns2.zoo.example"), ("SOA", ("ns1.zoo.example", "hostmaster.zoo.example", 1))]
# The 1024-bit key of RFC 6376's appendix and pieces of keys.
KEY_1024 = ("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/"
            "RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB")
KEY_768 = ("MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhANDHW2NrjMdySrclhcoQwDozhECI7cicxMKL4Fh1vnMXB/jlbr5NxfEeEiPbxraMZubg5E4mJrfTStreY1kF6MEKdF3kusLAZU"
           "lnLQ1H3sjFcUhHkPp+KRY1DCdp/TpeBQIDAQAB")
KEY_2048 = ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtRRHrpUm1V43LjlilKzl6bfq/643OTJ9LOtVdArpJ25uK8P8qyHFDeqaVzKbD8twg5FQPDN7n8fWs/gYUirrfm"
            "KYadYfmTduBnw5qMa7XU2+g31uT1dB9CKaAtdVe63uUKUgSMhZaeFv4L9iMm6YYOlquYN21NbdVdqiBtSesHVWLAOnI7B5JXRbtC4tALLW/TBEDdHQ6oCSsUI9oXghpxwH"
            "uIKYA2jfsF9aasyB+l914AFUCDnaTFayHUjuSXNZcFU4M/z+I4tu7pmDtg3XpsJ0hDXIpU2hVeJ+1wx8pRr4RiHxh0wugx6N4TnfK1s8sIEPw0QBxQMyiVb7nvkoFwIDAQ"
            "AB")


def dns_key(secret):
    """A DNSKEY (257 3 13) and the DS that vouches for it."""
    key = b"\1\1\3\x0d" + secret * 16
    total = sum(byte << 8 if i % 2 == 0 else byte for i, byte in enumerate(key))
    tag = (total + (total >> 16)) & 0xffff
    return ("DNSKEY", key), ("DS", tag.to_bytes(2, "big") + b"\x0d\2" + b"\xcd" * 32)


KEY, DS = dns_key(b"keys")
OTHER_KEY, _ = dns_key(b"mice")
TLSA = b"\3\1\1" + b"\xab" * 32

HELPERS = {
    "zoo.example": HEAD,
    "ns1.zoo.example": [("A", "127.0.0.1")],
    "ns2.zoo.example": [("A", "127.0.0.2")],
    "lame.zoo.example": [("A", "127.0.0.3")],
    "silent.zoo.example": [("A", "127.0.0.4")],
    "failing.zoo.example": [("A", "127.0.0.5")],
    "unknown.zoo.example": ["SERVFAIL"],
    "four.zoo.example": [("A", "192.0.2.90")],
    "relay.zoo.example": [("A", "192.0.2.91")],
    "crowd.zoo.example": [("MX", (n, "mx.zoo.example")) for n in range(11)],
    "nowhere.zoo.example": [("TXT", ["no address"])],
    "mx.zoo.example": [("A", "127.0.0.1")],
    "alias.zoo.example": [("CNAME", "mx.zoo.example")],
    "_spf.google.com": [("TXT", ["v=spf1 ip4:192.0.2.0/24 ~all"])],
    "_spf.broken.example": [("TXT", ["v=spf1 ip4:1.2.3.4~all"])],
    "_spf.back.example": [("TXT", ["v=spf1 include:spf-loop.example ~all"])],
    "_spf.slow.example": ["TIMEOUT"],
    "_dmarc.hosted.example": [("TXT", ["v=DMARC1; p=quarantine; rua=mailto:dmarc@reports.example"])],
    "reports.example": HEAD + [("MX", (10, "mx.zoo.example"))],
    "*._report._dmarc.reports.example": [("TXT", ["v=DMARC1"])],
    "_domainkey.hosted.example": [("TXT", ["v=DKIM1; k=rsa; p=" + KEY_2048])],
    "mx.signed.example": [("A", "127.0.0.1"), "SECURE"],
    "_25._tcp.mx.signed.example": [("TLSA", TLSA), "SECURE"],
    "mx.signed-unchecked.example": [("A", "127.0.0.1")],
    "_25._tcp.mx.signed-unchecked.example": [("TLSA", TLSA)],
    "mx.dane-unusable.example": [("A", "127.0.0.1")],
    "_25._tcp.mx.dane-unusable.example": [("TLSA", b"\1\1\1" + b"\xab" * 32), ("TLSA", b"\3\1\1" + b"\xab" * 20)],
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
    ipaddress.ip_address("2001:db8::7").reverse_pointer: [("PTR", "mail.direct-six.example")],
    "mail.direct-six.example": [("AAAA", "2001:db8::7"), ("TXT", ["v=spf1 ip6:2001:db8::7 -all"])],
    ipaddress.ip_address("2001:db8::8").reverse_pointer: [("PTR", "2001-db8--8.dynamic.carrier.example")],
    "2001-db8--8.dynamic.carrier.example": [("AAAA", "2001:db8::8")],
    ipaddress.ip_address("2001:db8::9").reverse_pointer: [("PTR", "mail.direct-six-forward.example")],
    "mail.direct-six-forward.example": [("A", "192.0.2.7")],
    ipaddress.ip_address("2001:db8::8").reverse_pointer.replace("ip6.arpa", "list.example"): [("A", "127.0.0.2")],
    "12.2.0.192.in-addr.arpa": [("PTR", "mail.direct-helo.example")],
    "mail.direct-helo.example": [("A", "192.0.2.12"), ("TXT", ["v=spf1 a -all"])],
    "13.2.0.192.in-addr.arpa": [("PTR", "mail.direct-helo-misses.example"), ("PTR", "www.direct-helo-misses.example")],
    "mail.direct-helo-misses.example": [("A", "192.0.2.13"), ("TXT", ["v=spf1 -all"])],
    "www.direct-helo-misses.example": [("A", "192.0.2.13")],
    "14.2.0.192.in-addr.arpa": [("PTR", "direct-own-name.example")],
    "15.2.0.192.in-addr.arpa": [("PTR", "mail.carrier.example")],
    "mail.carrier.example": [("A", "192.0.2.15")],
    "mail.direct-other-name.example": [("A", "192.0.2.15"), ("TXT", ["v=spf1 a -all"])],
    "15.2.0.192.list.example": ["SERVFAIL"],
    "16.2.0.192.in-addr.arpa": [("PTR", "mail.direct-listed.example")],
    "mail.direct-listed.example": [("A", "192.0.2.16"), ("TXT", ["v=spf1 a -all"])],
    "16.2.0.192.list.example": [("A", "127.0.0.2")],
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
    add("dkim-good.example", more={"google._domainkey.dkim-good.example": [("TXT", ["v=DKIM1; k=rsa; p=" + KEY_2048[:200], KEY_2048[200:]])]})
    add("dkim-short.example", more={"google._domainkey.dkim-short.example": [("TXT", ["v=DKIM1; p=" + KEY_768])]})
    add("dkim-kind.example", more={"google._domainkey.dkim-kind.example": [("TXT", ["v=DKIM1; k=ed25519; p=" + KEY_2048])]})
    add("dkim-unknown-kind.example", more={"google._domainkey.dkim-unknown-kind.example": [("TXT", ["v=DKIM1; k=dsa; p=" + KEY_2048])]})
    add("dkim-cut.example", more={"google._domainkey.dkim-cut.example": [("TXT", [("v=DKIM1; k=rsa; p=" + KEY_2048)[:255]])]})
    add("dkim-old-hash.example", more={"google._domainkey.dkim-old-hash.example": [("TXT", ["v=DKIM1; h=sha1; p=" + KEY_2048])]})
    add("dkim-alias.example", more={"google._domainkey.dkim-alias.example": [("CNAME", "_domainkey.hosted.example")]})
    add("dkim-alias-lost.example", more={"google._domainkey.dkim-alias-lost.example": [("CNAME", "gone.hosted.example")]})
    # SPF
    add("spf-case.example", spf="V=SPF1 InClude:_SPF.Google.COM ~ALL")
    add("spf-pieces.example", spf=None, apex=[("TXT", ["v=spf1 include:_spf.goo", "gle.com ~all"])])
    add("spf-tab.example", spf="v=spf1\tinclude:_spf.google.com ~all")
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
    add("spf-one-family.example", spf="v=spf1 a:four.zoo.example a:mx.zoo.example a:ns1.zoo.example ~all")
    add("spf-crowd.example", spf="v=spf1 mx:crowd.zoo.example ~all")
    add("spf-macro.example", spf="v=spf1 exists:%{i}._spf.%{d} include:_spf.google.com ~all")
    add("spf-unknown-modifier.example", spf="v=spf1 include:_spf.google.com note=kept ~all")
    add("spf-hard.example", spf="v=spf1 include:_spf.google.com -all")
    # DMARC
    add("dmarc-none.example", dmarc=None)
    add("dmarc-two.example", dmarc=["v=DMARC1; p=none", "v=DMARC1; p=reject"])
    add("dmarc-case.example", dmarc=["v=dmarc1; p=reject"])
    add("dmarc-policy.example", dmarc=["v=DMARC1; p=rejected"])
    add("dmarc-misplaced.example", dmarc=None, apex=[("TXT", ["v=DMARC1; p=reject"])])
    add("dmarc-wildcard.example", dmarc=None, at_dmarc=[("TXT", ["v=spf1 -all"])])
    add("dmarc-observing.example", dmarc=["v=DMARC1; p=none; rua=mailto:dmarc@dmarc-observing.example"])
    add("sub.dmarc-observing.example", dmarc=None)
    add("dmarc-testing.example", dmarc=["v=DMARC1; p=reject; t=y; rua=mailto:d@dmarc-testing.example"])
    add("dmarc-pct.example", dmarc=["v=DMARC1; p=reject; pct=50; rua=mailto:d@dmarc-pct.example"])
    add("dmarc-reject.example", dmarc=["v=DMARC1; p=reject; rua=mailto:d@dmarc-reject.example"])
    add("sub.dmarc-reject.example", dmarc=None)
    add("reports-none.example", dmarc=["v=DMARC1; p=quarantine"])
    add("reports-elsewhere.example", dmarc=["v=DMARC1; p=quarantine; rua=mailto:d@elsewhere.example"])
    add("reports-nomail.example", dmarc=["v=DMARC1; p=quarantine; rua=mailto:d@nomail.example"],
        more={"reports-nomail.example._report._dmarc.nomail.example": [("TXT", ["v=DMARC1"])]})
    add("dmarc-blank.example", dmarc=[" v=DMARC1; p=reject"])
    add("dmarc-spaces.example", dmarc=["v = DMARC1 ; p = REJECT ;rua = mailto:d@dmarc-spaces.example ;"])
    add("dmarc-quoted.example", dmarc=['"v=DMARC1; p=reject"'])
    add("dmarc-pieces.example", dmarc=None, at_dmarc=[("TXT", ["v=DMARC1; p=rej", "ect; rua=mailto:d@dmarc-pieces.example"])])
    add("dmarc-alias.example", dmarc=None, at_dmarc=[("CNAME", "_dmarc.hosted.example")])
    add("dmarc-alias-lost.example", dmarc=None, at_dmarc=[("CNAME", "gone.hosted.example")])
    add("dmarc-order.example", dmarc=["v=DMARC1; rua=mailto:d@dmarc-order.example; p=reject"])
    add("dmarc-names.example", dmarc=["v=DMARC1; p=none; np=reject; rua=mailto:d@dmarc-names.example"])
    add("dmarc-wrong-np.example", dmarc=["v=DMARC1; p=reject; np=rejected"])
    add("dmarc-failures.example", dmarc=["v=DMARC1; p=reject; rua=mailto:d@dmarc-failures.example; ruf=mailto:d@nomail.example"])
    zones["_dmarc.deep.dmarc-deep.example"] = [("TXT", ["v=DMARC1; p=reject; rua=mailto:d@good.example"])]
    add("very.deep.dmarc-deep.example", dmarc=None)
    zones["_dmarc.dmarc-parts.example"] = [("TXT", ["v=DMARC1; p=none; rua=mailto:d@dmarc-parts.example"])]
    zones["_dmarc.part.dmarc-parts.example"] = [("TXT", ["v=DMARC1; p=reject; psd=n; rua=mailto:d@dmarc-parts.example"])]
    add("sub.part.dmarc-parts.example", dmarc=None)
    zones["_dmarc.dmarc-team.example"] = [("TXT", ["v=DMARC1; p=quarantine; rua=mailto:d@dmarc-reject.example"])]
    add("team.dmarc-team.example", dmarc=["v=DMARC1; p=quarantine; psd=n; rua=mailto:d@team.dmarc-team.example"])
    add("wildcard.example", dmarc=None, more={"*.wildcard.example": [("TXT", ["v=spf1 -all"])]})
    # MX
    add("mx-none.example", mx=None)
    add("mx-implicit.example", mx=None, apex=[("A", "192.0.2.80")])
    add("mx-null.example", mx="")
    add("mx-unresolved.example", mx="gone.zoo.example")
    add("mx-alias.example", mx="alias.zoo.example")
    add("mx-some.example", apex=[("MX", (20, "gone.zoo.example"))])
    add("mx-address.example", mx="192.0.2.1")
    # name servers, and what cannot be told
    zones["servers-lame.example"] = domain("servers-lame.example")["servers-lame.example"] + [("NS", "lame.zoo.example")]
    zones["servers-silent.example"] = domain("servers-silent.example")["servers-silent.example"] + [("NS", "silent.zoo.example")]
    zones["servers-nowhere.example"] = domain("servers-nowhere.example")["servers-nowhere.example"] + [("NS", "nowhere.zoo.example")]
    zones["servers-one.example"] = [row for row in domain("servers-one.example")["servers-one.example"] if row != ("NS", "ns2.zoo.example")]
    zones["servers-failing.example"] = domain("servers-failing.example")["servers-failing.example"] + [("NS", "failing.zoo.example")]
    zones["servers-unknown.example"] = domain("servers-unknown.example")["servers-unknown.example"] + [("NS", "unknown.zoo.example")]
    zones["servers-unreachable.example"] = [("NS", "silent.zoo.example")] + [row for row in domain("servers-unreachable.example")["servers-unreachable.example"] if row[0] != "NS"]
    zones["servers-none.example"] = [row for row in domain("servers-none.example")["servers-none.example"] if row[0] != "NS"]
    add("servers-differ.example")
    add("servers-version.example")
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
    add("bimi-early.example", dmarc=["v=DMARC1; p=none; rua=mailto:d@bimi-early.example"],
        more={"default._bimi.bimi-early.example": [("TXT", ["v=BIMI1; l=https://bimi-early.example/logo.svg"])]})
    add("further-wrong.example", more={"_smtp._tls.further-wrong.example": [("TXT", ["v=TLSRPTv1; rua=tls@further-wrong.example"])],
                                       "_mta-sts.further-wrong.example": [("TXT", ["v=STSv1; id=2026-11-27"])],
                                       "default._bimi.further-wrong.example": [("TXT", ["v=BIMI1; l=http://further-wrong.example/logo.svg"])]})
    add("further-two.example", more={"_smtp._tls.further-two.example": [("TXT", [f"v=TLSRPTv1; rua=mailto:{who}@further-two.example"]) for who in ("a", "b")],
                                     "_mta-sts.further-two.example": [("TXT", ["v=STSv1; id=1"]), ("TXT", ["v=STSv1; id=2"])]})
    # signed DNS
    add("signed.example", apex=[KEY, DS, "SECURE"], mx="mx.signed.example")
    add("signed-unchecked.example", apex=[KEY, DS], mx="mx.signed-unchecked.example")
    add("signed-other-key.example", apex=[OTHER_KEY, DS], mx="mx.dane-unusable.example")
    add("signed-no-key.example", apex=[DS])
    for name in ("{}", "_dmarc.{}", "google._domainkey.{}"):
        zones[name.format("bogus.example")] = domain("bogus.example")["bogus.example"] + ["BOGUS"]
    # combinations
    add("worst.example", spf=["v=spf1 +all", "v=spf1 -all"], dmarc=["v=DMARC1; p=none", "v=DMARC1; p=quarantine"], mx="gone.zoo.example")
    # through other accounts
    add("service.example")
    add("mailboxes.example")
    add("no-preset.example")
    add("no-preset-host.example", spf="v=spf1 a:relay.zoo.example ~all")
    # without a provider
    for name, address in (("good", 7), ("generic", 8), ("forward", 9), ("nameless", 10), ("unknown", 11)):
        add(f"direct-{name}.example", spf=f"v=spf1 ip4:192.0.2.{address} -all")
    add("direct-uncovered.example", spf="v=spf1 ip4:198.51.100.1 -all")
    add("direct-helo.example", spf="v=spf1 ip4:192.0.2.12 -all")
    add("direct-helo-misses.example", spf="v=spf1 ip4:192.0.2.13 -all")
    add("direct-own-name.example", spf="v=spf1 a -all", apex=[("A", "192.0.2.14")])
    add("direct-six.example", spf="v=spf1 ip6:2001:DB8:0::7 -all")
    add("direct-six-generic.example", spf="v=spf1 ip6:2001:db8::/64 -all")
    add("direct-six-forward.example", spf="v=spf1 ip6:2001:db8::9 -all")
    add("direct-other-name.example", spf="v=spf1 ip4:192.0.2.15 -all")
    add("direct-listed.example", spf="v=spf1 ip4:192.0.2.16 -all")
    add("direct-both.example", spf="v=spf1 ip4:192.0.2.7 -all")
    return zones


# The copy on the second server: what is old there.
def second(zones):
    copy = dict(zones)
    copy["servers-version.example"] = [("SOA", ("ns1.zoo.example", "hostmaster.zoo.example", 2)) if row[0] == "SOA" else row for row in zones["servers-version.example"]]
    copy["servers-differ.example"] = domain("servers-differ.example", spf="v=spf1 -all")["servers-differ.example"]
    return copy


# domain → account that it goes through, if it is not the usual one.
ACCOUNTS = {"service.example": "service", "mailboxes.example": "mailboxes", "no-preset.example": "plain", "no-preset-host.example": "plain"}

# domain → options of the check without a provider.
DIRECT = {
    "direct-good.example": ["--address", "192.0.2.7", "--helo", "mail.direct-good.example"],
    "direct-generic.example": ["--address", "192.0.2.8", "--helo", "host-192-0-2-8.dsl.carrier.example"],
    "direct-forward.example": ["--address", "192.0.2.9", "--helo", "mail.other.example"],
    "direct-nameless.example": ["--address", "192.0.2.10", "--helo", "nameless"],
    "direct-unknown.example": ["--address", "192.0.2.11"],
    "direct-uncovered.example": ["--address", "192.0.2.7", "--helo", "mail.direct-good.example"],
    "direct-helo.example": ["--address", "192.0.2.12", "--helo", "mail.direct-helo.example"],
    "direct-helo-misses.example": ["--address", "192.0.2.13", "--helo", "mail.direct-helo-misses.example"],
    "direct-own-name.example": ["--address", "192.0.2.14", "--helo", "direct-own-name.example"],
    "direct-six.example": ["--address", "2001:DB8:0:0::7", "--helo", "mail.direct-six.example"],
    "direct-six-generic.example": ["--address", "2001:db8::8", "--helo", "2001-db8--8.dynamic.carrier.example"],
    "direct-six-forward.example": ["--address", "2001:db8::9", "--helo", "mail.direct-six-forward.example"],
    "direct-other-name.example": ["--address", "192.0.2.15", "--helo", "mail.direct-other-name.example"],
    "direct-listed.example": ["--address", "192.0.2.16", "--helo", "mail.direct-listed.example"],
    "direct-both.example": ["--address", "192.0.2.7, 2001:db8::7", "--helo", "mail.direct-good.example"],
}


def names(zones):
    skipped = set(HELPERS) | {name for name in zones if name.startswith(("_", "*.", "default.", "google.")) or "_report" in name}
    return [name for name in zones if name not in skipped] + ["no-such-domain.example"]

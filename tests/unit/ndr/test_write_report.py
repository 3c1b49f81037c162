#!/usr/bin/env python3
"""The reports of test-write-report, read by Python's own parser: their parts, their fields, no defect anywhere."""
import email
import email.policy
import pathlib
import sys

FOLDER = pathlib.Path(sys.argv[1])
EXPECTED = {
    "failed": ("Not delivered: Tea at five", [("lou@example.net", "failed", "5.1.1"), ("kim@example.net", "failed", "4.4.1")], "text/rfc822-headers"),
    "failed-whole": ("Not delivered: Tee um fünf, ein Betreff, der so lang ist, dass er in mehreren Wörtern kodiert werden muss – ja", [("lou@example.net", "failed", "5.0.0")],
                     "message/rfc822"),
    "delayed": ("Delayed: Tea at five", [("lou@example.net", "delayed", "4.2.2")], "text/rfc822-headers"),
    "relayed": ("Passed on: Tea at five", [("lou@example.net", "relayed", "2.0.0")], None),
    "delivered": ("Delivered: Tea at five", [("lou@example.net", "delivered", "2.0.0")], "text/rfc822-headers"),
    "failed-german": ("Nicht zugestellt: Tea at five", [("lou@example.net", "failed", "5.1.1")], "text/rfc822-headers"),
}


def check(name, subject, recipients, third):
    raw = (FOLDER / (name + ".eml")).read_bytes()
    assert b"\n" not in raw.replace(b"\r\n", b""), "a bare line end"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for part in mail.walk():
        assert not part.defects, part.defects
        for key, value in part.items():
            assert not getattr(value, "defects", ()), (key, value.defects)
    assert mail.get_content_type() == "multipart/report" and mail.get_param("report-type") == "delivery-status"
    assert mail["Subject"] == subject, mail["Subject"]
    assert mail["From"].addresses[0].addr_spec == "me@example.com" and mail["To"].addresses[0].addr_spec == "me@example.com"
    assert mail["Auto-Submitted"] == "auto-replied" and mail["In-Reply-To"] == "<tea@example.com>"
    parts = list(mail.iter_parts())
    assert parts[0].get_content_type() == "text/plain" and recipients[0][0] in parts[0].get_content()
    assert parts[1].get_content_type() == "message/delivery-status"
    groups = parts[1].get_payload()
    assert groups[0]["Reporting-MTA"] == "dns; localhost" and groups[0]["Original-Envelope-Id"] == "QQ+314"
    assert email.utils.parsedate_to_datetime(groups[0]["Arrival-Date"]).timestamp() == 1789996400
    told = [(g["Final-Recipient"].split(";")[1].strip(), g["Action"], g["Status"]) for g in groups[1:]]
    assert told == recipients, told
    if name == "failed":
        assert groups[1]["Original-Recipient"] == "rfc822; Lou+tea@example.org"
        assert groups[1]["Remote-MTA"] == "dns; mx.example.net"
        assert groups[1]["Diagnostic-Code"].startswith("smtp; 550 5.1.1 <lou@example.net>: no such user here,")
    if name == "delayed":
        assert email.utils.parsedate_to_datetime(groups[1]["Will-Retry-Until"]).timestamp() == 1790000000 + 5 * 86400
    assert [p.get_content_type() for p in parts[2:]] == ([third] if third else [])
    if third == "message/rfc822":
        assert parts[2].get_content()["Message-ID"] == "<tea@example.com>"


print("1..%d" % len(EXPECTED))
failed = False
for number, (name, row) in enumerate(EXPECTED.items(), 1):
    try:
        check(name, *row)
        print("ok %d %s" % (number, name))
    except AssertionError as error:
        failed = True
        print("not ok %d %s: %r" % (number, name, error))
sys.exit(failed)

#!/usr/bin/python3
"""Signatures of ours before dkimpy, and its before us. TAP."""
import base64
import shutil
import subprocess
import sys
import time

try:
    import dkim
except ImportError:
    dkim = None

TOOL = sys.argv[1]
NOW = str(int(time.time()))
MESSAGES = {
    "plain": b"From: Ann <ann@sender.example>\r\nTo: bob@recipient.example\r\nSubject: Minutes\r\n\r\nHello  Bob \r\n\r\n\r\n",
    "empty body": b"From: ann@sender.example\r\nSubject: x\r\n\r\n",
    "folded": b"From: Ann\r\n\t<ann@sender.example>\r\nSubject: a\r\n b\r\n\t c\r\nTo: b@x.example,\r\n c@x.example\r\n\r\n \t line\r\n\t\r\n",
    "no end": b"From: ann@sender.example\r\nDate: Fri, 27 Nov 2026 14:00:00 +0000\r\n\r\nno line end",
    "big": b"From: ann@sender.example\r\nContent-Type: text/plain\r\n\r\n" + b"0123456789 \t \r\n" * 20000,
    "many": b"From: ann@sender.example\r\nReceived: a\r\nReceived: b\r\nTo: x@x.example\r\nTo: y@x.example\r\n\r\nx\r\n.\r\n..\r\n",
}


def ours(kind, canon, message):
    out = subprocess.run([TOOL, kind, canon, NOW], input=message, stdout=subprocess.PIPE, check=True).stdout
    record, signed = out.split(b"\n", 1)
    return record, signed


def judged_by_dkimpy(kind, canon, message):
    record, signed = ours(kind, canon, message)
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: record), f"dkimpy refuses {kind} {canon}"


def theirs(canon, message):
    """dkimpy signs, we verify."""
    key = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=key, capture_output=True, check=True).stdout
    field = dkim.sign(message, b"mr1", b"sender.example", key, canonicalize=(canon, canon), include_headers=[b"from", b"subject", b"to", b"to"])
    record = "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()
    result = subprocess.run([TOOL, "verify", record, NOW], input=field + message, stdout=subprocess.PIPE, check=True).stdout
    assert result == b"pass \n", f"we refuse dkimpy's {canon}: {result}"


cases = []
if dkim is not None:
    for name, message in MESSAGES.items():
        for canon in ("relaxed", "simple"):
            cases.append((f"dkimpy judges rsa {canon}, {name}", judged_by_dkimpy, ("rsa", canon, message)))
            cases.append((f"dkimpy signs {canon}, {name}", theirs, (canon.encode(), message)))
        cases.append((f"dkimpy judges ed25519, {name}", judged_by_dkimpy, ("ed25519", "relaxed", message)))

if not cases or not shutil.which("openssl"):
    print("1..0 # SKIP python3-dkim or openssl is not installed")
    sys.exit(0)
print(f"1..{len(cases)}")
failed = 0
for number, (name, function, arguments) in enumerate(cases, 1):
    try:
        function(*arguments)
        print(f"ok {number} {name}")
    except (AssertionError, subprocess.CalledProcessError, dkim.DKIMException) as error:
        failed = 1
        print(f"not ok {number} {name}\n# {error}")
sys.exit(failed)

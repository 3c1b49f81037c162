#!/usr/bin/python3
"""500 varied messages: what we sign is judged by dkimpy, Mail::DKIM and OpenDKIM, and what they sign by us. TAP. A judge that is not installed is skipped."""
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import dkim
except ImportError:
    dkim = None

TOOL, FETCH = sys.argv[1], os.path.abspath(sys.argv[2])
NOW = str(int(time.time()))
N = 500
random.seed(20261127)
HEADER = ["From", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Reply-To", "References",
          "In-Reply-To", "List-Unsubscribe", "X-Mailer", "Received"]


def words(n, alphabet="abcdefghij KLMNOP  0123,;:=?*()\t."):
    return "".join(random.choice(alphabet) for _ in range(n))


def folded(value):
    """Folds at blanks here and there, with blanks and tabs of any number."""
    out = ""
    for char in value:
        out += random.choice(["\r\n ", "\r\n\t", "\r\n   \t"]) if char == " " and random.random() < 0.15 and out.strip() and not out.endswith(("\n", " ", "\t")) else char
    return out


def field(name):
    value = {"From": "Ann <ann@sender.example>", "To": "bob@recipient.example, " + words(5, "abc") + "@x.example",
             "Date": "Fri, 27 Nov 2026 14:00:00 +0000", "Content-Type": "text/plain; charset=utf-8"}.get(name, words(random.randrange(0, 200)).strip() or "x")
    if name == "Subject" and random.random() < 0.3:
        value += " Grüße €"
    spelled = random.choice([name, name.lower(), name.upper()])
    return spelled + random.choice([":", ": ", ":  ", ":\t"]) + folded(value) + random.choice(["", " ", "\t "]) + "\r\n"


def body():
    kind = random.randrange(9)
    if kind == 0:
        return ""
    if kind == 1:
        return "\r\n" * random.randrange(1, 5)
    lines = []
    for _ in range(random.randrange(1, 40)):
        line = words(random.choice([0, 3, 60, 78]))
        if kind == 2:
            line += "ü€😀"
        if kind == 3:
            line = words(random.randrange(900, 5000))
        if kind == 4:
            line = random.choice([".", "..", ".x", "From here", "-- ", " \t "])
        lines.append(line + random.choice(["", " ", "\t", "  \t "]))
    text = "\r\n".join(lines)
    if kind == 5:  # without a line end, which SMTP cannot carry: on blanks before it the judges differ (dkimpy ends the line after it has dropped them)
        return text.rstrip(" \t")
    return text + {6: "\r\n\r\n \r\n\t\r\n"}.get(kind, "\r\n")


def message():
    names = ["From", "Date"] + [n for n in HEADER[1:] if n != "Date" and random.random() < 0.6]
    names += [random.choice(["Received", "X-Mailer", "To", "Subject", "References"]) for _ in range(random.randrange(3))]  # some twice
    random.shuffle(names)
    return ("".join(field(n) for n in names) + "\r\n" + body()).encode("utf-8")


def tool(*arguments):
    return subprocess.run([TOOL, *arguments], stdout=subprocess.PIPE, check=True).stdout.decode()


class Signed:
    """The corpus, signed by us."""

    def __init__(self, folder, kind, canon):
        self.folder, self.files = folder, [folder / f"{n}.signed" for n in range(N)]
        self.record = tool("sign-all", kind, canon, NOW, str(folder)).strip()


def by_dkimpy(signed):
    return [f.name for f in signed.files if not dkim.verify(f.read_bytes(), dnsfunc=lambda name, timeout=5: signed.record.encode())]


PERL = r"""
use Mail::DKIM::Verifier; use Mail::DKIM::PublicKey;
my $record = shift; { no warnings; *Mail::DKIM::PublicKey::fetch_async = sub { my ($class, %o) = @_;
  my $key = Mail::DKIM::PublicKey->parse($record); $key->{Selector} = $o{Selector}; $key->{Domain} = $o{Domain}; $key->check;
  my $done = $o{Callbacks}{Success}; return sub { $done ? $done->($key) : $key } }; }
for my $file (@ARGV) { my $d = Mail::DKIM::Verifier->new; open my $in, '<:raw', $file or die; while (<$in>) { s/\r?\n\z//; my $l = $_; $d->PRINT("$l\015\012") } $d->CLOSE;
  print "$file ", $d->result, " ", $d->result_detail, "\n" }
"""


def by_mail_dkim(signed):
    out = subprocess.run(["perl", "-e", PERL, signed.record, *map(str, signed.files)], stdout=subprocess.PIPE, check=True).stdout.decode()
    lines = [line.split() for line in out.splitlines()]
    assert len(lines) == N, out[:300]
    return [line for line in lines if line[1] != "pass"]


def opendkim():
    """The program, unpacked and never installed: its package would start a service."""
    subprocess.run(["bash", FETCH, "opendkim", "libopendkim11", "librbl1", "libvbr2", "libmilter1.0.1", "libmemcached11", "liblua5.3-0", "libunbound8", "libopendbx1", "libldap-2.5-0", "libdb5.3"], check=True, stdout=subprocess.DEVNULL)
    cache = pathlib.Path(FETCH).parent.parent / ".cache"
    libraries = ":".join(str(p) for p in cache.glob("*/usr/lib/*-linux-gnu"))
    return [str(cache / "opendkim/usr/sbin/opendkim")], {**os.environ, "LD_LIBRARY_PATH": libraries}


def by_opendkim(signed):
    program, env = opendkim()
    for f in signed.files:  # its reader of files wants a last line end, which does not change the hash (RFC 6376 3.4.4)
        if not f.read_bytes().endswith(b"\r\n"):
            f.write_bytes(f.read_bytes() + b"\r\n")
    keys = signed.folder / "keys"
    keys.write_text(f"mr1._domainkey.sender.example {signed.record}\n")
    conf = signed.folder / "opendkim.conf"
    conf.write_text(f"Mode v\nTestPublicKeys {keys}\nSyslog no\n")
    result = subprocess.run([*program, "-x", str(conf), "-t", ",".join(f.name for f in signed.files)], cwd=signed.folder, env=env, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    out = result.stdout.decode(errors="replace")
    good = sum("verification (s=mr1" in line and "succeeded" in line for line in out.splitlines())
    return [] if good == N else [f"{good} of {N} succeeded: {out[-600:]}"]


def rsa_key(folder):
    key, public = folder / "key.pem", folder / "public.der"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", key, "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER", "-out", public], check=True, capture_output=True)
    import base64
    return key, "v=DKIM1; k=rsa; p=" + base64.b64encode(public.read_bytes()).decode()


def not_passed(record, folder, suffix, n=N):
    lines = tool("verify-all", record, NOW, str(folder), suffix).splitlines()
    assert len(lines) == n, f"{len(lines)} results"
    return [(n, line) for n, line in enumerate(lines) if line.strip() != "pass"]


def dkimpy_signs(folder):
    key, record = rsa_key(folder)
    pem = key.read_bytes()
    for n in range(N):
        raw = (folder / f"{n}.eml").read_bytes()
        canon = ((b"relaxed", b"simple")[n % 2], (b"relaxed", b"simple")[n // 2 % 2])
        (folder / f"{n}.dkimpy").write_bytes(dkim.sign(raw, b"mr1", b"sender.example", pem, canonicalize=canon, include_headers=[b"from", b"subject", b"to", b"date"]) + raw)
    return not_passed(record, folder, "dkimpy")


PERL_SIGN = r"""
use Mail::DKIM::Signer; my ($key, $folder, $n) = @ARGV;
for my $i (0 .. $n - 1) { my $s = Mail::DKIM::Signer->new(Algorithm => 'rsa-sha256', Method => ($i % 2 ? 'relaxed/relaxed' : 'simple/relaxed'), Domain => 'sender.example',
  Selector => 'mr1', KeyFile => $key); open my $in, '<:raw', "$folder/$i.eml" or die; local $/; my $raw = <$in>; $s->PRINT($raw); $s->CLOSE;
  open my $out, '>:raw', "$folder/$i.perl" or die; print $out $s->signature->as_string, "\015\012", $raw; close $out }
"""


def mail_dkim_signs(folder):
    key, record = rsa_key(folder)
    subprocess.run(["perl", "-e", PERL_SIGN, key, folder, str(N)], check=True)
    return not_passed(record, folder, "perl")


def has_single_fields(raw):
    """Whether no field is there twice that may stand only once (RFC 5322 3.6): OpenDKIM signs no other message."""
    names = [line.split(b":")[0].lower() for line in re.split(rb"\r\n(?![ \t])", raw.split(b"\r\n\r\n", 1)[0])]
    return all(names.count(name) < 2 for name in (b"to", b"subject", b"references"))


def opendkim_signs(folder):
    key, record = rsa_key(folder)
    taken = 0
    for n in range(N):
        raw = (folder / f"{n}.eml").read_bytes()
        if has_single_fields(raw):
            out = subprocess.run(["opendkim-testmsg", "-C", "-d", "sender.example", "-k", key, "-s", "mr1"], input=raw, stdout=subprocess.PIPE, check=True).stdout
            (folder / f"{taken}.opendkim").write_bytes(out)
            taken += 1
    assert taken > N / 2, f"only {taken} messages"
    return not_passed(record, folder, "opendkim", taken)


def has_perl():
    return shutil.which("perl") and subprocess.run(["perl", "-MMail::DKIM", "-e1"], capture_output=True, check=False).returncode == 0


cases = []
if dkim is not None and shutil.which("openssl"):
    cases += [(f"dkimpy judges ours, {kind} {canon}", "judge", by_dkimpy, kind, canon) for kind, canon in (("rsa", "relaxed"), ("rsa", "simple"), ("ed25519", "relaxed"))]
    cases.append(("we judge dkimpy's", "sign", dkimpy_signs, "", ""))
if has_perl():
    cases += [("Mail::DKIM judges ours, rsa relaxed", "judge", by_mail_dkim, "rsa", "relaxed"), ("we judge Mail::DKIM's", "sign", mail_dkim_signs, "", "")]
if shutil.which("opendkim-testmsg"):
    cases += [("OpenDKIM judges ours, rsa relaxed", "judge", by_opendkim, "rsa", "relaxed"), ("we judge OpenDKIM's", "sign", opendkim_signs, "", "")]
if not cases:
    print("1..0 # SKIP python3-dkim, libmail-dkim-perl and opendkim-tools are not installed")
    sys.exit(0)



def run(top, number, what, function, kind, canon):
    """What is wrong, in a folder of the case's own, so that several run at once."""
    folder = top / str(number)
    folder.mkdir()
    for n in range(N):
        os.link(top / f"{n}.eml", folder / f"{n}.eml")
    try:
        return function(Signed(folder, kind, canon)) if what == "judge" else function(folder)
    except (subprocess.CalledProcessError, AssertionError, OSError) as error:
        return [error]


print(f"1..{len(cases)}")
failed = 0
with tempfile.TemporaryDirectory() as name, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    top = pathlib.Path(name)
    for n in range(N):
        (top / f"{n}.eml").write_bytes(message())
    results = [pool.submit(run, top, number, *case[1:]) for number, case in enumerate(cases)]
    for number, (case, result) in enumerate(zip(cases, results), 1):
        bad = result.result()
        print(f"{'not ok' if bad else 'ok'} {number} {case[0]}, {N} messages")
        for entry in bad[:3]:
            print("#", entry)
        failed += bool(bad)
sys.exit(1 if failed else 0)

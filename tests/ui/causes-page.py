#!/usr/bin/python3
"""causes-page.py BUILD FOLDER: a page with the ten commonest causes as a person meets them, for somebody who reads it: the card of "Explain Returned Mail",
the recipient's card, and what mail-relayctl explain says. The pictures are those of the test "cards"; LANGUAGE and MR_TEST_LOCALE choose the language."""
import html
import os
import subprocess
import sys

# The same replies as in test-cards.c; the stage as mail-relayctl names it.
ROWS = [
    ("An address that does not exist", "rcpt", "550 5.1.1 The email account that you tried to reach does not exist."),
    ("A full mailbox", "rcpt", "452 4.2.2 The recipient's inbox is full"),
    ("A domain that does not exist", "rcpt", "Host or domain name not found. Name service error for name=exmaple.org type=AAAA: Host not found"),
    ("Taken for spam", "dot", "550 5.7.1 Our system has detected that this message is likely unsolicited mail."),
    ("A block list", "rcpt", "554 5.7.1 Service unavailable; Client host [198.51.100.42] blocked using zen.spamhaus.org"),
    ("A refused password", "auth", "535 5.7.8 Username and Password not accepted"),
    ("Asked to wait", "rcpt", "450 4.2.0 Greylisted for 300 seconds"),
    ("A domain that is not set up", "dot", "550 5.7.26 This mail is unauthenticated: SPF and DKIM checks did not pass"),
    ("Too big", "mail", "552 5.3.4 Message size exceeds fixed maximum message size 10485760"),
    ("A server that does not answer", "rcpt", "connect to mx.example.org[192.0.2.1]:25: Connection timed out"),
]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build, folder = map(os.path.abspath, sys.argv[1:])
    os.makedirs(folder, exist_ok=True)
    here = os.path.dirname(os.path.abspath(__file__))
    env = {**os.environ, "MR_UI_SHOTS": folder, "GTK_A11Y": "test"}
    subprocess.run([os.path.join(here, "headless.sh"), os.path.join(build, "tests/ui/test-cards"), "-p", "/cards/explain", "-p", "/cards/recipient"],
                   env=env, check=True, stdout=subprocess.DEVNULL)
    parts = ["<!doctype html><meta charset='utf-8'><title>Returned mail in words</title>",
             "<style>body{font-family:sans-serif;max-width:72em;margin:auto}img{vertical-align:top;max-width:34em}pre{white-space:pre-wrap}</style>",
             "<h1>Returned mail in words</h1>"]
    for i, (name, stage, reply) in enumerate(ROWS, 1):
        direct = [] if stage == "auth" else ["--direct"]
        words = subprocess.run([os.path.join(build, "app/ctl/mail-relayctl"), "explain", "--stage", stage, *direct, reply], env=env, check=True,
                               capture_output=True, text=True).stdout
        parts.append(f"<h2>{i}. {html.escape(name)}</h2><p><code>{html.escape(reply)}</code></p>"
                     f"<img src='cause-{i:02}-explained.png' alt='the card'> <img src='cause-{i:02}-recipient.png' alt='the recipient'>"
                     f"<pre>{html.escape(words)}</pre>")
    with open(os.path.join(folder, "returned-mail.html"), "w", encoding="utf-8") as page:
        page.write("\n".join(parts))
    print(os.path.join(folder, "returned-mail.html"))


main()

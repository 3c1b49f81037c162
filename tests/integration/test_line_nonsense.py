#!/usr/bin/python3
"""Nonsense on the command lines, in files and in the configuration: each is taken or refused with words and the exit code that is documented."""
import json
import os
import random
import re
import subprocess
import unicodedata

from harness import Failed, Profile, check, equal, program, run_cases

SEEDS = range(int(os.environ.get("MR_SEEDS_FROM", "0")), int(os.environ.get("MR_SEEDS_FROM", "0")) + int(os.environ.get("MR_SEEDS", "1")))
REPORT = re.compile(rb".*(ERROR: \w+Sanitizer|runtime error: |-CRITICAL \*\*|-WARNING \*\*|SUMMARY: \w+Sanitizer).*")
TEXTS = [b"", b" ", b"x", b"x" * 3000, b"\x01\x1b[31mred\x07", b"\xff\xfe\x80", "\u202e".encode(), "\u009b31m\x7f".encode(), b"%s%n%s%n", b"-", b"--", b"-1", b"-x", b"--x", b"0", b"65536", b"99999999999999999999",
         b"1e9", b"\n", b"a\nb", b"=", b"[x]", b";;", b"a..b", b"example.invalid", b"nobody@example.invalid", b"*", b"@", b"<>", b"::1", b"127.0.0.1:9", b"06GC8M3C00DHYSNC",
         "ä".encode() * 300, b"missing/file", b".", b"folder", b"empty", b"noise", b"big", b"null", b"own", b"own.invalid", b"nobody@own.invalid", b"2099-13-45", b"+1d", b"999999999999d"]
# Ask the system, or go on until they are stopped.
LEFT_OUT = {("autostart", "linger"), ("autostart", "on"), ("autostart", "off"), ("domain", "watch")}
ENDLESS = {"--follow", "-f", "--create"}
# Answers of a check, beside those that all verbs have: see mail-relayctl(1).
CODES = {0, 1, 2, 3, 4, 5}


def lines_of(help):
    return [line.split()[0] for line in help.splitlines() if re.match(r"  \S", line)]


def verbs(profile, *before):
    """(words of a verb, its options with or without a value), as the program's own help lists them."""
    for word in lines_of(profile.ctl(*before, "--help").stdout):
        if before + (word,) in LEFT_OUT:
            continue
        help = profile.ctl(*before, word, "--help").stdout
        if " VERB [OPTIONS]" in help:
            yield from verbs(profile, *before, word)
        else:
            options = re.findall(r"^  (?:-\w, )?(--[a-z0-9-]+)(=?)", help, re.M)
            yield before + (word,), [o for o in options if o[0] not in ENDLESS | {"--help"}]


def odd_files(folder):
    os.makedirs(folder + "/folder", exist_ok=True)
    for name, content in (("empty", b""), ("noise", random.Random(1).randbytes(5000)), ("big", b"x" * 3000000)):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(content)
    if not os.path.lexists(folder + "/null"):
        os.symlink("/dev/null", folder + "/null")


def is_clean(text):
    """Shown lines (CSV's end with CR and LF) have no controls but the line's end, no bidirectional override, no broken UTF-8."""
    return all(c == "\n" or c == "\t" or (unicodedata.category(c) != "Cc" and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") for c in text.decode("utf-8").replace("\r\n", "\n"))


def judge(done, command, codes=CODES):
    """What every end of a program has to be like."""
    said = done.stdout + done.stderr
    wrong = None
    if done.returncode not in codes:
        wrong = f"ended with {done.returncode}"
    elif REPORT.search(done.stderr):
        wrong = "has a report"
    elif done.returncode != 0 and not done.stderr.strip() and not done.stdout.strip():
        wrong = f"ended with {done.returncode} and no word"
    else:
        try:
            if not is_clean(done.stderr) or not is_clean(done.stdout):
                wrong = "sent controls to the terminal"
        except UnicodeDecodeError:
            wrong = "sent broken UTF-8 to the terminal"
    if wrong:
        raise Failed(f"{[c[:200] for c in command]} {wrong}: {said[-3000:]!r}")


def a_line(draw, words, options):
    line = list(words)
    for option, value in draw.sample(options, min(len(options), draw.choice([0, 1, 1, 2, 4]))):
        line.append(option.encode() + b"=" + draw.choice(TEXTS) if value else option)
    line += draw.choices(TEXTS, k=draw.choice([0, 0, 1, 1, 2, 2, 3, 30]))
    if draw.random() < 0.4:
        line.insert(len(words), "--json")
    return line


def ask(profile, line, input=b"x"):
    command = [program("mail-relayctl").encode()] + [a.encode() if isinstance(a, str) else a for a in line]
    try:
        done = subprocess.run(command, env=profile.env, input=input, capture_output=True, timeout=20, cwd=profile.root + "/cwd")
    except subprocess.TimeoutExpired as e:
        raise Failed(f"{[c[:200] for c in command]} goes on: {e.stdout} {e.stderr}") from e
    judge(done, command[1:])
    if "--json" in line and "--csv" not in line and done.stdout.strip() and done.returncode != 2 and b"--" not in line:
        try:
            for value in ([done.stdout] if b"\n  " in done.stdout else done.stdout.splitlines()):
                json.loads(value)
        except ValueError as e:
            raise Failed(f"{[c[:200] for c in command]} --json: {done.stdout[-500:]!r}") from e


def sweep(profile, table, seeds):
    failures = 0
    for seed in seeds:
        for words, options in table:
            try:
                ask(profile, a_line(random.Random(f"{words}{seed}"), words, options))
            except Failed as e:
                if not os.environ.get("MR_GO_ON"):
                    raise
                failures += 1
                print("FAIL", seed, e, flush=True)
    check(not failures, f"{failures} failures")


def prepared(profile):
    os.makedirs(profile.root + "/cwd", exist_ok=True)
    odd_files(profile.root + "/cwd")
    profile.env["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nonexistent"
    profile.configure({"dns": {"timeout-ms": "10", "tries": "1"}})


def every_verb():
    with Profile() as profile:
        prepared(profile)
        table = list(verbs(profile))
        check(len(table) > 60, f"{len(table)} verbs")
        service = profile.start_service()
        service.status()
        profile.ctl("account", "add", "--id", "own", "--direct", "--address", "*@own.invalid")
        sweep(profile, table, SEEDS)
        check("version" in service.status(), "it goes on")


def nobody_there():
    """No bus, and no service can be started: something that is no folder stands where its socket's folder belongs."""
    with Profile(bus=False) as profile:
        prepared(profile)
        table = list(verbs(profile))
        with open(profile.runtime_dir, "w", encoding="ascii"):
            pass
        sweep(profile, table, SEEDS)


HEAD = b"From: ann@own.invalid\nTo: bob@recipient.invalid\nSubject: x\n"
MESSAGES = [b"", b"\n", b"\n\n\n", HEAD, HEAD + b"\n", HEAD + b"\nHello\n", HEAD + b"\nno end", b"no header at all\n", b"\nonly a body\n", HEAD + b"\nNUL \0 here\n", HEAD + b"X: \0\n\nx\n", b"\0" * 100,
            HEAD + b"\n" + b"x" * 1000000 + b"\n", HEAD + b"X: " + b"y" * 300000 + b"\n\nx\n", HEAD + b"Bcc: \n\nx\n", HEAD + b"Bcc: <<>>,,;:@\n\nx\n", HEAD + b"Bcc: \xff\xfe\n\nx\n",
            HEAD + b"Bcc: x\n y\n\tz@recipient.invalid\n\nx\n", b"To: broken <\n\nx\n", b"To: undisclosed-recipients:;\n\nx\n", b"From: \x01\x1b[31m\nTo: b@recipient.invalid\n\nx\n", b"From: <<>>\nTo: b@recipient.invalid\n\nx\n",
            HEAD + b"\r\nCR LF\r\n", HEAD + b"\ra bare CR\r\n\nx\ry\n", HEAD + b"\n.\nafter\n", HEAD + b"\n..\n.\r\n", HEAD + b"Subject: again\nFrom: c@own.invalid\n\nx\n", b"From ann Thu Jan  1 00:00:00 1970\n" + HEAD + b"\nmbox\n",
            HEAD + b"Received: x\n" * 60 + b"\nloop\n", b" folded first\n" + HEAD + b"\nx\n", b": no name\n" + HEAD + b"\nx\n", HEAD + b"Resent-To: \nResent-From: ?\n\nx\n", HEAD + b"\n" + bytes(range(256)) + b"\n",
            HEAD + b"".join(b"To: r%d@recipient.invalid\n" % i for i in range(1500)) + b"\nmany\n", b"To: b@" + b"x" * 400 + b".invalid\n\nx\n", "To: jürg@exämple.invalid\nSubject: ü\n\nx\n".encode()]
OPTIONS = [b"-t", b"-i", b"-oi", b"-ti", b"-oem", b"-bm", b"-bs", b"-bd", b"-bp", b"-q", b"-q30m", b"-v", b"-U", b"-n", b"-F", b"-f", b"-r", b"-N", b"-R", b"-V", b"-B", b"-B8BITMIME", b"-h", b"-O", b"-om", b"-os", b"-C", b"-G", b"-z",
           b"-Nnever", b"-Nsuccess,failure", b"-Rhdrs", b"-f<>", b"-fann@own.invalid", b"-f ann", b"--", b"-X", b"-p", b"-L", b"-A", b"-m", b"-e", b"-d0.1"]


def hand_in(profile, service, arguments, message):
    """Exit code 0: there is one message more; else words, and there is none."""
    before = service.call("Outbox", "List", "(a{sv}su)", {}, "", 1)[1]
    done = subprocess.run([program("mail-relay-sendmail").encode(), *arguments], env=profile.env, input=message, capture_output=True, timeout=60, cwd=profile.root + "/cwd")
    command = [*arguments, message[:200]]
    judge(done, command, {0, 64, 65, 67, 69, 75, 77})
    more = service.call("Outbox", "List", "(a{sv}su)", {}, "", 1)[1] - before
    told = b"goes to the others" in done.stderr
    asked = arguments in ([b"--help"], [b"--version"])
    if more != (1 if (done.returncode == 0 or told) and not asked else 0) or (done.returncode != 0 and not done.stderr.strip()):
        raise Failed(f"sendmail {command}: {done.returncode} and {more} more: {done.stderr}")
    return done


def mail_of_every_shape():
    with Profile() as profile:
        prepared(profile)
        service = profile.start_service()
        service.status()
        profile.ctl("pause")
        lost = hand_in(profile, service, [b"-t"], HEAD + b"Bcc: broken <\n\nx\n")
        check(lost.returncode == 69 and b"no address" in lost.stderr, f"a recipient that cannot be read is told: {lost.returncode} {lost.stderr}")
        tries = [([b"-t"], m) for m in MESSAGES] + [([b"-i", b"bob@recipient.invalid"], m) for m in MESSAGES]
        for seed in SEEDS:
            draw = random.Random(seed)
            for _ in range(60):
                arguments = draw.choices(OPTIONS, k=draw.choice([0, 1, 2, 3])) + draw.choices([x for x in TEXTS + OPTIONS], k=draw.choice([0, 1, 1, 2]))
                tries.append((arguments, draw.choice(MESSAGES)))
        failures = 0
        for arguments, message in tries:
            try:
                done = hand_in(profile, service, arguments, message)
                if os.environ.get("MR_SHOW"):
                    print(done.returncode, [a[:60] for a in arguments], message[:80], done.stderr[:300], flush=True)
            except Failed as e:
                if not os.environ.get("MR_GO_ON"):
                    raise
                failures += 1
                print("FAIL", str(e)[:1500], flush=True)
        check(not failures, f"{failures} failures")


def what_the_maildrop_keeps():
    """What the service refuses when it empties the folder stays there, and the log says so."""
    with Profile(bus=False) as profile:
        prepared(profile)
        with open(profile.runtime_dir, "w", encoding="ascii"):
            pass
        codes = [subprocess.run([program("mail-relay-sendmail"), "-i", "bob@recipient.invalid"], env=profile.env, input=m, capture_output=True).returncode
                 for m in (HEAD + b"\nNUL \0\n", HEAD + b"Received: x\n" * 60 + b"\nloop\n", HEAD + b"\nfine\n")]
        equal(codes, [65, 0, 0], "exit codes")
        os.unlink(profile.runtime_dir)
        service = profile.start_service()
        service.wait(lambda: service.call("Outbox", "List", "(a{sv}su)", {}, "", 1)[1] == 1, "the one that is fine")
        service.wait(lambda: re.search(r"maildrop file \S+ is kept: 554 5.4.6 ", service.log()), "words for the other")
        equal(len(os.listdir(profile.state_dir + "/maildrop")), 1, "files that are kept")


GOOD = b"[submission]\nlisten=127.0.0.1:%d\n[secrets]\nbackend=file\n[dns]\nservers=127.0.0.1:9\ntimeout-ms=10\ntries=1\n"
# What makes a file bad as a whole, after lines that are good: (bytes, what is said of it).
BAD_FILES = [(b"[retry]\nfirst=\xff\xfe\n", "UTF-8"), (b"[retry]\nfirst=6\0000\n[account lost]\nhost=x\n", "NUL"), (b"[retry\nfirst=60\n", ":9:"), (b"first\n", ":9:"), (b"[retry]\nfirst=-1\n", ":10:"),
             (b"[retry]\nfirst=99999999999999999999\n", ":10:"), (b"[retry]\nfirst=\n", ":10:"), (b"[retry]\nfirst=%s%n\n", ":10:"), (b"[log]\nlevel=\x1b[31m\n", ":10:"), (b"[account \x01]\nhost=x\n", ":9:"),
             (b"[account A B]\nhost=x\n", ":9:"), (b"[audit]\nenabled=maybe\n", ":10:"), (b"# " + b"x" * 5000000 + b"\n", "bytes"), (b"[tls]\nca-file=\\q\n", ":10:")]


def write(profile, content):
    with open(profile.config_file, "wb") as f:
        f.write(content)


def the_file_while_it_runs():
    with Profile() as profile:
        prepared(profile)
        good = GOOD % profile.port
        write(profile, good + b"[account work]\nhost=127.0.0.1\nport=9\naddresses=*\n")
        service = profile.start_service()
        service.status()
        for content, words in BAD_FILES:
            write(profile, good + content)
            said = service.wait(lambda: words in service.status().get("config-error", "") and service.status()["config-error"], f"{words} for {content[:60]}")
            check(is_clean(said.encode()), said)
            check("configuration not taken: " + said in service.log(), f"the log has {said}")
            refused = profile.ctl("config", "set", "retry.max", "100", check=False)
            check(refused.returncode == 1 and refused.stderr, f"{refused.returncode} {refused.stderr} for {content[:60]}")
            with open(profile.config_file, "rb") as f:
                check(f.read() == good + content, f"{content[:60]}: the file is as the person wrote it")
            equal([a["id"] for a in profile.ctl_json("account", "list")["accounts"]], ["work"], "the last good one is in force")
        os.unlink(profile.config_file)
        os.mkdir(profile.config_file)
        service.wait(lambda: "directory" in service.status().get("config-error", "").lower(), "words for a directory")
        os.rmdir(profile.config_file)
        write(profile, good + b"[retry]\nfirst=7\n[retry]\nfirst=8\n[nonsense]\nx=y\n")
        service.wait(lambda: not service.status().get("config-error"), "a good file again")


def wrong_name_servers():
    """It starts all the same, and tells what to mend; what is set by a person is refused at once."""
    with Profile(bus=False) as profile:
        prepared(profile)
        profile.configure({"dns": {"servers": "not an address"}})
        service = profile.start_service()
        check("version" in service.status(), "it is there")
        check("[dns] servers is not taken" in service.log(), "and says what is wrong")
        check("not the address of a DNS server" in profile.ctl("status").stdout, "in the status too")
        refused = profile.ctl("config", "set", "dns", "servers", "127.0.0.1:99999", check=False)
        check(refused.returncode == 1 and "127.0.0.1:99999" in refused.stderr, refused.stderr)
        profile.ctl("config", "set", "dns", "servers", "127.0.0.1:5353")
        check("DNS server" not in profile.ctl("status").stdout, "mended")


if __name__ == "__main__":
    run_cases(every_verb, nobody_there, mail_of_every_shape, what_the_maildrop_keeps, the_file_while_it_runs, wrong_name_servers)

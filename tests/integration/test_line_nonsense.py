#!/usr/bin/python3
"""Nonsense on the command lines, in files and in the configuration: each is taken or refused with words and the exit code that is documented."""
import json
import os
import random
import re
import sys
import unicodedata

from harness import Failed, Profile, check, program, run_cases

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
    import subprocess
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


if __name__ == "__main__":
    run_cases(every_verb, nobody_there)

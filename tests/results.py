#!/usr/bin/env python3
"""Which tests of a build folder a run takes, and what came of them; used by tests/run.

results.py select BUILD PLAN [WORD...]   names of the tests of a plan ("asan", "plain", "clang"), of which a suite or a
                                         name (with * and ?) is one of the words; one a line
results.py count SKIPS NAME=LOG...       reads meson's JSON logs; writes one line a skip to the file SKIPS, prints
                                         "skipped: N" with reasons, then "N passed, N failed"
"""

import fnmatch
import json
import re
import subprocess
import sys

# TAP: "not ok 3 /room/test # SKIP why" (Test Anything Protocol, version 12)
TAP = re.compile(r"^(not )?ok\b *(\d+)?[ -]*([^#\n]*?) *(?:# *(SKIP)\S* *(.*))?$", re.M)
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


def plan_takes(plan, name, suites):
    """gcc with sanitizers runs nearly all; the plain build what they hide or slow down; clang the fuzz corpus."""
    # The walk through all windows at 360 px is the one at full width again: one of the two with sanitizers is enough.
    if name == "accessibility-phone":
        return plan == "plain"
    if plan == "asan":
        return True
    if plan == "plain":
        # "service" holds the test of the sandbox in force, which sanitizer builds skip. Of the window the main journeys: all of it
        # runs with sanitizers, and once more would be a third of the whole run.
        return "crash" in suites or "sandbox" in name or name in ("service", "windows", "journeys", "troubles")
    return "fuzz-replay" in suites


def select(build, plan, words):
    run = subprocess.run(["meson", "introspect", "--tests", build], check=True, capture_output=True, text=True)
    names = []
    for test in json.loads(run.stdout):
        name, suites = test["name"], {s.split(":")[-1] for s in test["suite"]}
        wanted = not words or any(w in suites or fnmatch.fnmatch(name, w) for w in words)
        if wanted and plan_takes(plan, name, suites) and name not in names:
            names.append(name)
    return names


def subtests(entry):
    """(outcome, name, reason) for each line of a TAP test; empty where it spoke no TAP."""
    for match in TAP.finditer(entry.get("stdout") or ""):
        bad, _, name, directive, reason = match.groups()
        if directive and directive.upper() == "SKIP":
            yield SKIPPED, name, reason or "no reason given"
        else:
            yield FAILED if bad else PASSED, name, ""


def whole_test(entry):
    if entry["result"] == "SKIP":
        lines = ((entry.get("stdout") or "") + (entry.get("stderr") or "")).strip().splitlines()
        return SKIPPED, "", lines[-1] if lines else "no reason given"
    return (PASSED if entry["result"] in ("OK", "EXPECTEDFAIL") else FAILED), "", ""


def outcomes(entry):
    found = list(subtests(entry))
    whole = whole_test(entry)
    if not found:
        return [whole]
    # A test that broke off, leaked or ran out of time failed, whatever its finished parts say.
    if whole[0] == FAILED and not any(outcome == FAILED for outcome, _, _ in found):
        found.append((FAILED, "(ended with " + entry["result"] + ")", ""))
    return found


def read_log(path):
    """A log that is missing is a build that was to be tested and could not be."""
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return [json.loads(line) for line in f if line.strip()]
    except FileNotFoundError:
        return [{"name": "(build)", "result": "FAIL"}]


def count(skips_path, logs):
    tally = {PASSED: 0, FAILED: 0}
    skips, failures = [], []
    for log in logs:
        build, _, path = log.partition("=")
        for entry in read_log(path):
            test = entry["name"].split(" / ")[-1]
            for outcome, name, reason in outcomes(entry):
                title = f"{test} {name}".strip()
                if outcome == SKIPPED:
                    skips.append(f"{build} {title}: {reason}")
                    continue
                tally[outcome] += 1
                if outcome == FAILED:
                    failures.append(f"{build} {title}")
    with open(skips_path, "w", encoding="utf-8") as f:
        f.writelines(skip + "\n" for skip in skips)
    for failure in failures:
        print("failed:", failure)
    print(f"skipped: {len(skips)}")
    for skip in skips:
        print("  " + skip)
    print(f"{tally[PASSED]} passed, {tally[FAILED]} failed")
    return 1 if tally[FAILED] or not tally[PASSED] else 0


def main(arguments):
    if len(arguments) >= 3 and arguments[0] == "select":
        print("\n".join(select(arguments[1], arguments[2], arguments[3:])))
        return 0
    if len(arguments) >= 2 and arguments[0] == "count":
        return count(arguments[1], arguments[2:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

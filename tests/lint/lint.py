#!/usr/bin/env python3
"""lint.py CONCERN ROOT: one line for each problem below ROOT; 0 none, 1 some, 77 where the tool for it is missing.
lint.py update-potfiles ROOT: writes po/POTFILES anew.
lint.py self-test: shows for every concern that it passes a clean tree and fails each tree that breaks one rule."""

import importlib
import os
import sys
import tempfile

CONCERNS = ["arrows", "sizes", "texts", "marks", "motion", "layout", "desktop", "rules"]
SKIPPED = 77


def plant(root, tree):
    for path, text in tree.items():
        whole = os.path.join(root, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as f:
            f.write(text)


def problems_of(concern, tree):
    with tempfile.TemporaryDirectory(prefix="mr-lint-") as root:
        plant(root, tree)
        return concern.check(root)


def test_concern(name):
    concern = importlib.import_module(name)
    reason = getattr(concern, "missing", lambda: None)()
    if reason:
        return [f"{name}: cannot be tested: {reason}"]
    found = problems_of(concern, concern.CLEAN)
    failures = [f"{name}: a clean tree gives {found}"] if found else []
    for tree, expected in concern.VIOLATIONS:
        found = problems_of(concern, tree)
        if len(found) != 1 or expected not in found[0]:
            failures.append(f"{name}: {tree} should give “{expected}”, gives {found}")
    return failures


def self_test():
    failures = [failure for name in CONCERNS for failure in test_concern(name)]
    for failure in failures:
        print(failure)
    return 1 if failures else 0


def main(arguments):
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.dont_write_bytecode = True
    if arguments == ["self-test"]:
        return self_test()
    if len(arguments) == 2 and arguments[0] == "update-potfiles":
        importlib.import_module("texts").update_potfiles(arguments[1])
        return 0
    if len(arguments) != 2 or arguments[0] not in CONCERNS:
        print(__doc__, file=sys.stderr)
        return 2
    concern = importlib.import_module(arguments[0])
    reason = getattr(concern, "missing", lambda: None)()
    if reason:
        print(reason)
        return SKIPPED
    problems = concern.check(arguments[1])
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

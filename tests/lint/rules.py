"""Rule files of the diagnosis: known keys, causes that exist, names used once, and no condition that undoes itself. (The program loads them in its own tests.)"""

import os
import re

FOLDER = "data/diagnosis"
KEYS = {
    "rule": {"says", "and", "all", "without", "code", "enhanced", "stage", "speaker", "error", "provider", "direct", "no-route", "retry", "may-retry", "weight", "confidence"},
    "cause": {"actor", "actor-account", "retry", "person-remedy", "action", "title", "sentence", "explanation", "step1", "step2", "step3", "letter-to", "letter"},
    "provider": {"host", "says"},
    "list": {"says"},
}
CONDITIONS = {"says", "and", "all", "code", "enhanced", "stage", "error", "provider", "no-route", "direct"}


def groups(root):
    """(file, line, kind, name, keys) for each group; keys: name → (line, value)."""
    whole = os.path.join(root, FOLDER)
    for name in sorted(os.listdir(whole)) if os.path.isdir(whole) else []:
        if not name.endswith(".conf"):
            continue
        current = None
        with open(os.path.join(whole, name), encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                header = re.fullmatch(r"\[(\w[\w-]*)(?: (.+))?\]", line.strip())
                if header:
                    if current:
                        yield current
                    current = (f"{FOLDER}/{name}", number, header.group(1), header.group(2), [])
                elif current and "=" in line and not line.startswith("#"):
                    key, _, value = line.rstrip("\n").partition("=")
                    current[4].append((number, key.strip(), value))
        if current:
            yield current


def phrases(keys, name):
    return [p for _, key, value in keys if key == name for p in re.split(r"(?<!\\);", value) if p]


def check_rule(where, name, keys, causes):
    if name.split(".")[0] not in causes:
        yield f"{where}: “{name}” leads to no cause"
    if not CONDITIONS & {key for _, key, _ in keys}:
        yield f"{where}: “{name}” asks for nothing"
    for key in ("says", "and", "all", "without"):
        listed = phrases(keys, key)
        for phrase in sorted({p for p in listed if listed.count(p) > 1}):
            yield f"{where}: “{phrase}” stands twice in {key}"
    # A phrase that always brings an exception with it can never count.
    for phrase in phrases(keys, "says"):
        for exception in phrases(keys, "without"):
            if any(exception in piece for piece in phrase.split("*")):
                yield f"{where}: “{phrase}” is undone by its exception"


def check(root):
    found = list(groups(root))
    causes = {name for _, _, kind, name, _ in found if kind == "cause"}
    seen, problems = set(), []
    for path, number, kind, name, keys in found:
        where = f"{path}:{number}"
        if (kind, name) in seen and name:
            problems.append(f"{where}: [{kind} {name}] stands twice")
        seen.add((kind, name))
        if kind in KEYS:
            problems += [f"{path}:{line}: {key} is no key of a {kind}" for line, key, _ in keys if key not in KEYS[kind]]
        names = [key for _, key, _ in keys]
        problems += [f"{where}: {key} is given twice" for key in sorted({k for k in names if names.count(k) > 1})]
        if kind == "rule":
            problems += check_rule(where, name, keys, causes)
        elif kind in ("enhanced", "enhanced-weak", "basic"):
            problems += [f"{path}:{line}: there is no cause {value}" for line, _, value in keys if value not in causes]
    return problems


CAUSE = "[cause virus]\nactor=you\n"
CLEAN = {"data/diagnosis/a.conf": CAUSE + "[rule virus.words]\nsays=a virus;worm*found\nwithout=no virus here\n[enhanced]\n5.7.1=virus\n[actions]\nwait=Wait\n"}
VIOLATIONS = [
    ({"data/diagnosis/a.conf": "[rule virus.words]\nsays=ab\n"}, "leads to no cause"),
    ({"data/diagnosis/a.conf": CAUSE + "[rule virus.words]\nconfidence=1\n"}, "asks for nothing"),
    ({"data/diagnosis/a.conf": CAUSE + "[rule virus.words]\nsays=ab;cd;ab\n"}, "stands twice in says"),
    ({"data/diagnosis/a.conf": CAUSE + "[rule virus.words]\nsays=ab\nwithout=ab\n"}, "is undone"),
    ({"data/diagnosis/a.conf": CAUSE + "[rule virus.words]\nsay=ab\ncode=550\n"}, "is no key"),
    ({"data/diagnosis/a.conf": CAUSE + "[rule virus.a]\nsays=ab\n[rule virus.a]\nsays=cd\n"}, "stands twice"),
    ({"data/diagnosis/a.conf": CAUSE + "[rule virus.a]\nsays=ab\nsays=cd\n"}, "given twice"),
    ({"data/diagnosis/a.conf": CAUSE + "[basic]\n550=worm\n"}, "there is no cause"),
]

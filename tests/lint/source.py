"""What the lints share: finding files, and C text without what is not code."""

import os
import re

SKIPPED_FOLDERS = {".cache", "artefacts", "__pycache__", "node_modules", "subprojects"}

# A comment, a string or a character constant, whichever starts first.
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(root, folders, suffixes=None):
    """Paths relative to root, sorted; suffixes: a tuple of endings or None for all."""
    found = []
    for folder in folders:
        for where, names, leaves in os.walk(os.path.join(root, folder)):
            names[:] = sorted(n for n in names if n not in SKIPPED_FOLDERS)
            for leaf in leaves:
                if suffixes is None or leaf.endswith(suffixes):
                    found.append(os.path.relpath(os.path.join(where, leaf), root))
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as f:
        return f.read()


def blank(match):
    """Keeps line numbers, and the quotes of a string so that it still reads as one."""
    text = match.group(0)
    inner = re.sub(r"[^\n]", " ", text)
    return '"' + inner[2:] + '"' if text[0] == '"' else inner


def without_comments(text):
    return NOT_CODE.sub(lambda m: blank(m) if m.group(0)[0] == "/" else m.group(0), text)


def code_only(text):
    return NOT_CODE.sub(blank, text)


def room_of(path):
    """The room of app/<room>/..., None elsewhere."""
    parts = path.split(os.sep)
    return parts[1] if len(parts) > 2 and parts[0] == "app" else None


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1

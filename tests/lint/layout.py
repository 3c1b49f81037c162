"""clang-format has nothing to change in any C file."""

import os
import shutil
import subprocess

import source

TOOLS = ["clang-format-14", "clang-format"]
CONFIG = os.path.join(os.path.dirname(__file__), "..", "..", ".clang-format")


def tool():
    return next((t for t in TOOLS if shutil.which(t)), None)


def missing():
    return None if tool() else "clang-format is not installed"


def check(root):
    paths = source.files(root, ["app", "include", "tests"], (".c", ".h"))
    if not paths:
        return []
    run = subprocess.run([tool(), "--style=file:" + os.path.abspath(CONFIG), "--dry-run", "--Werror", *paths],
                         cwd=root, capture_output=True, text=True)
    if run.returncode == 0:
        return []
    wrong = sorted({line.split(":")[0] for line in run.stderr.splitlines() if ": error: " in line})
    return [f"{path}: run clang-format -i on it" for path in wrong] or [run.stderr.strip()]


CLEAN = {"app/base/a.c": "int\nf (void)\n{\n  return 1;\n}\n"}

VIOLATIONS = [
    ({"app/base/a.c": "int f(void) { return 1; }\n"}, "app/base/a.c: run clang-format"),
]

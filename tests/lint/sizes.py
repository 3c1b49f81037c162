"""Lengths of files and functions. A function body is what stands between braces in column 0, as the layout has it."""

import re

import source

MAX_C = 800
MAX_H = 200
MAX_FUNCTION = 100
BODY = re.compile(r"^\{\n(.*?)^\}", re.M | re.S)
NAME = re.compile(r"^(\w+) ?\(", re.M)


def function_name(text, start):
    names = NAME.findall(text[:start])
    return names[-1] if names else "?"


def check(root):
    problems = []
    for path in source.files(root, ["app", "include", "tests"], (".c", ".h")):
        text = source.read(root, path)
        lines = text.count("\n")
        limit = MAX_H if path.endswith(".h") else MAX_C
        if lines > limit:
            problems.append(f"{path}: {lines} lines, at most {limit}")
        for match in BODY.finditer(text):
            length = match.group(1).count("\n")
            if length > MAX_FUNCTION:
                line = source.line_of(text, match.start())
                problems.append(f"{path}:{line}: {function_name(text, match.start())}() has {length} lines, "
                                f"at most {MAX_FUNCTION}")
    return problems


def function(lines):
    return "static int\nf (void)\n{\n" + "  x ();\n" * lines + "}\n"


CLEAN = {
    "app/base/a.c": function(MAX_FUNCTION) + function(MAX_FUNCTION),
    "app/base/b.c": "\n" * MAX_C,
    "include/mailrelay/a.h": "\n" * MAX_H,
}

VIOLATIONS = [
    ({"app/base/a.c": "\n" * (MAX_C + 1)}, "801 lines, at most 800"),
    ({"include/mailrelay/a.h": "\n" * (MAX_H + 1)}, "201 lines, at most 200"),
    ({"tests/unit/a.c": function(3) + function(MAX_FUNCTION + 1)}, "tests/unit/a.c:10: f() has 101 lines"),
]

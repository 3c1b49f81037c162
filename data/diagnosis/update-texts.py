#!/usr/bin/python3
"""Writes app/ndr/texts.h, where xgettext finds the words of causes.conf. Run after a change of words; --check compares."""

import configparser
import io
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
target = here.parent.parent / "app/ndr/texts.h"

conf = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
conf.optionxform = str
conf.read(here / "causes.conf", encoding="utf-8")

texts = []
for group in conf.sections():
    for key, value in conf[group].items():
        if key in ("title", "sentence", "explanation") or group in ("actions", "fallbacks"):
            if value and value not in texts:
                texts.append(value)

with io.StringIO() as out:
    out.write("/* The words of data/diagnosis/causes.conf for translators; update-texts.py there writes it. {name} stands for a value. */\n")
    out.write("#pragma once\n\n#include <glib/gi18n-lib.h>\n\n")
    out.write("/* clang-format off */\nstatic const char *const mr_diagnosis_texts[] = {\n")
    for text in texts:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        out.write(f'  N_ ("{escaped}"),\n')
    out.write("};\n/* clang-format on */\n")
    content = out.getvalue()

if "--check" in sys.argv[1:]:
    if target.read_text(encoding="utf-8") != content:
        sys.exit(f"{target.name} is older than the words: run data/diagnosis/update-texts.py")
else:
    target.write_text(content, encoding="utf-8")

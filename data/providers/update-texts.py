#!/usr/bin/python3
"""Writes app/policy/preset-texts.h, where xgettext finds the words of the presets. Run after a change of words; --check compares."""

import configparser
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
target = here.parent.parent / "app/policy/preset-texts.h"
KEYS = ("user-label", "secret-label", "help", "notice", "admin-text")

texts = []
for path in sorted(here.glob("*.conf")):
    conf = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    conf.optionxform = str
    conf.read(path, encoding="utf-8")
    for group in conf.sections():
        for key in KEYS:
            text = conf[group].get(key, "")
            if text and text not in texts:
                texts.append(text)

lines = ["/* The words of data/providers for translators; update-texts.py there writes it. */",
         "#pragma once", "", "#include <glib/gi18n-lib.h>", "",
         "/* clang-format off */", "static const char *const mr_preset_texts[] = {"]
for text in texts:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    lines.append(f'  N_ ("{escaped}"),')
lines += ["};", "/* clang-format on */"]
content = "\n".join(lines) + "\n"

if "--check" in sys.argv[1:]:
    if not target.exists() or target.read_text(encoding="utf-8") != content:
        sys.exit(f"{target.name} is older than the words: run data/providers/update-texts.py")
else:
    target.write_text(content, encoding="utf-8")

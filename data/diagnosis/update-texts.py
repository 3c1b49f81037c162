#!/usr/bin/python3
"""Writes app/ndr/texts.h and texts-help.h, where xgettext finds the words of causes.conf. Run after a change of words; --check compares."""

import configparser
import io
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
folder = here.parent.parent / "app/ndr"

conf = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
conf.optionxform = str
conf.read(here / "causes.conf", encoding="utf-8")


def is_help(key):
    return key == "letter" or (key.startswith("step") and key[4:].isdigit())


def is_words(group, key):
    return key in ("title", "sentence", "explanation") or group in ("actions", "fallbacks")


def listing(name, texts):
    with io.StringIO() as out:
        out.write("/* Words of data/diagnosis/causes.conf for translators; update-texts.py there writes this. {name} stands for a value. */\n")
        out.write("#pragma once\n\n#include <glib/gi18n-lib.h>\n\n")
        out.write(f"/* clang-format off */\nstatic const char *const {name}[] = {{\n")
        for text in texts:
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            out.write(f'  N_ ("{escaped}"),\n')
        out.write("};\n/* clang-format on */\n")
        return out.getvalue()


entries = [(group, key, value) for group in conf.sections() for key, value in conf[group].items() if value]
words = dict.fromkeys(value for group, key, value in entries if is_words(group, key) and not is_help(key))
helps = dict.fromkeys(value for group, key, value in entries if is_help(key) and value not in words)
files = {folder / "texts.h": listing("mr_diagnosis_texts", words),
         folder / "texts-help.h": listing("mr_diagnosis_help_texts", helps)}

for target, content in files.items():
    if "--check" not in sys.argv[1:]:
        target.write_text(content, encoding="utf-8")
    elif not target.exists() or target.read_text(encoding="utf-8") != content:
        sys.exit(f"{target.name} is older than the words: run data/diagnosis/update-texts.py")

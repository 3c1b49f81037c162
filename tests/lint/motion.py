"""Nothing moves by itself where a person wants less motion: GTK's own transitions obey gtk-enable-animations, so there are no others."""

import re

import source

OTHERS = [
    (re.compile(r"\b(?:Adw|adw_)(?:Timed|Spring|timed_|spring_)?[Aa]nimation"), "an animation of its own"),
    (re.compile(r"@keyframes|(?<![\w-])(?:animation|transition)(?:-[a-z]+)?\s*:"), "motion in a style sheet"),
]


def check(root):
    problems = []
    for path in source.files(root, ["app/ui"]):
        text = source.read(root, path)
        for pattern, what in OTHERS:
            if pattern is OTHERS[1][0] and not path.endswith(".css"):
                continue
            problems += [f"{path}:{source.line_of(text, m.start())}: {what}; GtkRevealer and GtkStack obey gtk-enable-animations" for m in pattern.finditer(text)]
    return problems


CLEAN = {"app/ui/a.css": ".card { padding: 3px; }\n", "app/ui/a.ui": '<property name="transition-type">crossfade</property>\n'}

VIOLATIONS = [
    ({"app/ui/a.c": "x = adw_timed_animation_new (w, 0, 1, 2, t);\n"}, "app/ui/a.c:1: "),
    ({"app/ui/a.css": "\n.card { transition: opacity 1s; }\n"}, "app/ui/a.css:2: "),
    ({"app/ui/a.css": "@keyframes turn { }\n"}, "app/ui/a.css:1: "),
]

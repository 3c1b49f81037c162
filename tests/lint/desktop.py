"""Desktop file and metainfo are valid by the desktop's own tools."""

import glob
import os
import shutil
import subprocess
import tempfile

TOOLS = {
    ".desktop": ["desktop-file-validate"],
    ".metainfo.xml": ["appstreamcli", "validate", "--no-net", "--no-color"],
}


def missing():
    absent = [command[0] for command in TOOLS.values() if not shutil.which(command[0])]
    return f"{', '.join(absent)} not installed" if absent else None


def validate(command, path):
    """A template is checked under the name that it is installed with, which the tools look at."""
    with tempfile.TemporaryDirectory(prefix="mr-lint-") as folder:
        copy = shutil.copy(path, os.path.join(folder, os.path.basename(path).removesuffix(".in")))
        return subprocess.run([*command, copy], capture_output=True, text=True)


def check(root):
    problems = []
    for suffix, command in TOOLS.items():
        for pattern in (suffix, suffix + ".in"):
            for folder in ("", "data"):
                for path in sorted(glob.glob(os.path.join(root, folder, "*" + pattern))):
                    run = validate(command, path)
                    if run.returncode != 0:
                        problems.append(f"{os.path.relpath(path, root)}: {(run.stdout + run.stderr).strip()}")
    return problems


CLEAN = {
    "com.example.X.desktop": "[Desktop Entry]\nType=Application\nName=X\nExec=x\nIcon=com.example.X\n"
                             "Categories=Network;Email;\n",
}

VIOLATIONS = [
    ({"com.example.X.desktop": "[Desktop Entry]\nType=Application\nExec=x\n"}, "com.example.X.desktop: "),
    ({"data/com.example.X.metainfo.xml.in": "<component><id>x</id></component>\n"}, "com.example.X.metainfo.xml.in: "),
    ({"data/com.example.X.metainfo.xml": "<component><id>x</id></component>\n"}, "data/com.example.X.metainfo.xml: "),
]

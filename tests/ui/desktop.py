"""Driving the window through AT-SPI, as a screen reader would: by role and name, never by coordinates.

GTK 4.8 has its ways (see also CONTRIBUTING.md): get_text() needs the character count as its end; hidden pages stay in the tree; events are unreliable, so
that every wait looks again until its end. A click lands a moment later: wait for its effect.
"""
import os
import re
import shutil
import subprocess
import time
import warnings

import gi

warnings.simplefilter("ignore")
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

import harness  # noqa: E402

Atspi.set_timeout(10000, 10000)  # milliseconds; the usual 800 are too few for a busy computer

# Roles that a person acts on; each must have a name.
CONTROLS = {"push button", "toggle button", "check box", "radio button", "text", "password text", "entry", "combo box", "spin button", "page tab",
            "menu item", "link", "slider", "switch"}


# An action may open a whole window before it answers; the library's own 800 ms are short for a busy machine.
Atspi.set_timeout(20_000, 60_000)


class Window:
    """A running mail-relay."""

    def __init__(self, env, *arguments):
        self.process = subprocess.Popen([harness.program("mail-relay"), *arguments], env=env)
        self.app = self.wait(self._find, "the application on the accessibility bus")
        self.wait(lambda: self.app.get_child_count() > 0, "a window")

    def _find(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app and app.get_process_id() == self.process.pid:
                return app
        return None

    def wait(self, predicate, what, patience=None):
        deadline = time.monotonic() + (patience or harness.PATIENCE)
        context = GLib.MainContext.default()
        while True:
            while context.iteration(False):
                pass
            if self.process.poll() is not None:
                raise harness.Failed(f"the window ended with {self.process.returncode} while waiting for {what}")
            try:
                value = predicate()
                if value:
                    return value
            except GLib.Error:
                pass  # a node went away while the tree was walked
            if time.monotonic() > deadline:
                if os.environ.get("MR_UI_WORDS"):
                    print("\n".join("# " + line for line in self.words()), flush=True)
                raise harness.Failed(f"waited in vain for {what} (MR_UI_WORDS=1 shows what there is)")
            time.sleep(0.02)

    def walk(self, node=None):
        node = node or self.app
        yield node
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child:
                yield from self.walk(child)

    def words(self):
        try:
            return [f"{n.get_role_name()}: {n.get_name()}" for n in self.walk() if n.get_name() and not is_type_name(n.get_name())]
        except GLib.Error:
            return ["(the tree changes)"]

    def find(self, role, name, root=None, actionable=False):
        """name: the whole name, or a function of it. actionable: only what can be acted on (a menu button is two nodes, of which one acts)."""
        # GTK 4.8 says the name of some of its own buttons twice.
        matches = name if callable(name) else lambda n: n in (name, f"{name} {name}")
        for node in self.walk(root):
            if node.get_role_name() == role and matches(node.get_name() or ""):
                if not actionable or (node.get_action_iface() and node.get_action_iface().get_n_actions() > 0):
                    return node
        return None

    def get(self, role, name, root=None, patience=None, actionable=False):
        return self.wait(lambda: self.find(role, name, root, actionable), f"{role} {name!r}", patience)

    def label(self, part, patience=None):
        """A label that contains the words."""
        return self.get("label", lambda n: part in n, patience=patience)

    def gone(self, role, name):
        self.wait(lambda: self.find(role, name) is None, f"{role} {name!r} to go")

    def dialog(self, title):
        """One of our further windows."""
        return self.get("dialog", title)

    def click(self, role, name, root=None):
        node = self.get(role, name, root, actionable=True)
        self.wait(lambda: has(node, "sensitive"), f"{name} to be usable")
        self.act(node)
        return node

    def click_shown(self, role, name, root=None):
        """A button of a page that has to come first: the tree has the pages of a stack that were never shown, too, but without a size."""
        node = self.get(role, name, root, actionable=True)
        self.wait(lambda: has(node, "sensitive") and node.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width > 0, f"{name} to be shown")
        self.act(node)
        return node

    @staticmethod
    def act(node, name=None):
        actions = node.get_action_iface()
        index = 0 if name is None else [actions.get_action_name(i) for i in range(actions.get_n_actions())].index(name)
        if not actions.do_action(index):
            raise harness.Failed(f"{node.get_name()} refuses {name or 'its action'}")

    def window_action(self, name):
        """An action of the main window, such as "win.senders"."""
        self.act(self.get("frame", "Mail Relay"), name)

    def type(self, role, name, text, root=None):
        node = self.get(role, name, root)
        if not Atspi.EditableText.set_text_contents(node, text):
            raise harness.Failed(f"{name} takes no text")
        self.wait(lambda: self.text(node) == text, f"{name} to say {text!r}")

    @staticmethod
    def text(node):
        return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))

    def page(self, name):
        self.click("page tab", name)
        self.wait(lambda: has(self.get("page tab", name), "selected"), f"the page {name}")

    def rows(self):
        """Names of the rows of the message lists: subject, people, state."""
        return [n.get_name() for n in self.walk() if n.get_role_name() == "list item" and " → " in (n.get_name() or "")]

    def row(self, part, patience=None):
        return self.get("list item", lambda n: part in n and " → " in n, patience=patience)

    def select(self, part):
        row = self.row(part)
        parent = row.get_parent()
        parent.get_selection_iface().select_child(row.get_index_in_parent())
        self.wait(lambda: has(self.row(part), "selected"), f"{part} to be selected")

    def unnamed(self):
        """Controls without a name, as "role in parent's name"."""
        found = []
        for node in self.walk():
            if node.get_role_name() in CONTROLS and (not node.get_name() or is_type_name(node.get_name())):
                chain, up = [], node.get_parent()
                while up and len(chain) < 4:
                    chain.append(f"{up.get_role_name()}:{up.get_name()}")
                    up = up.get_parent()
                # The platform's own buttons inside an entry row (revealing a password), inside a drop-down that has a name and in a toast carry none.
                if not any(c.startswith("text:") or c == "filler:AdwToastWidget" for c in chain) and not re.match(r"combo box:(?!Gtk|Adw|Mr).", chain[0] if chain else ""):
                    found.append(f"{node.get_role_name()} in {' < '.join(chain)}")
        return found

    def focused(self):
        for node in self.walk():
            if has(node, "focused") and node.get_role_name() not in ("frame", "window"):
                return node
        return None

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(harness.PATIENCE)


def is_type_name(name):
    """What GTK says for a widget that has no name."""
    return re.fullmatch(r"(Gtk|Adw|Mr)[A-Z]\w+", name) is not None


def has(node, state):
    return node.get_state_set().contains(getattr(Atspi.StateType, state.upper()))


def picture(name, title=None):
    """The whole display, or the one window of that title, as NAME.png in the folder for pictures: for the eye."""
    folder = os.environ.get("MR_UI_SHOTS")
    if not folder or not shutil.which("import"):
        return
    window = "root"
    if title:
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"], capture_output=True, text=True).stdout.split()
        window = found[-1] if found else "root"
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["import", "-window", window, os.path.join(folder, name + ".png")], check=False, stderr=subprocess.DEVNULL)


def keys(*names):
    """Real key presses; needs a window manager for the focus."""
    subprocess.run(["xdotool", "key", "--clearmodifiers", *names], check=True)

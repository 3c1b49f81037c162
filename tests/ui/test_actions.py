#!/usr/bin/python3
"""Every action on messages is in the context menu, in the detail (a button or the menu behind "More"), on a key, and in the window of shortcuts with that key. Reads the
sources of the window. TAP."""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

UI = pathlib.Path(sys.argv[1])
# What the person does -> action; Delete decides between two of them, and undo is a toast's button.
ACTIONS = {
    "try now": "messages.try-now", "keep back": "messages.keep-back", "send what was kept back": "messages.send", "stop": "messages.stop",
    "remove from the history": "messages.remove", "recipients": "messages.recipients", "another account": "messages.change-account",
    "later": "messages.schedule", "to others": "messages.redirect", "again": "messages.send-again", "back to the sender": "messages.return",
    "save as .eml": "messages.save", "copy details": "messages.copy-details", "print": "messages.print"}
MODIFIERS = {"GDK_CONTROL_MASK": "<Control>", "GDK_SHIFT_MASK": "<Shift>"}


def named(file):
    """Actions that a .ui file starts."""
    tree = ET.parse(UI / file)
    return {(node.text or "").strip() for node in tree.iter() if node.tag == "attribute" and node.get("name") == "action"
            or node.tag == "property" and node.get("name") == "action-name"}


def keys():
    """action -> accelerator, as the sources bind them."""
    found = {}
    for file in UI.glob("messages-*.c"):
        text = file.read_text(encoding="utf-8")
        for key, modifiers, action in re.findall(r'add_binding_action \(widget_class, GDK_KEY_(\w+), ([\w |]+),\s*"([\w.-]+)"', text):
            found.setdefault(action, []).append("".join(MODIFIERS.get(m.strip(), "") for m in modifiers.split("|")) + key)
    found["messages.stop"] = found["messages.remove"] = ["Delete"]  # delete_key_cb
    return found


context, detail, bound = named("messages-page.ui"), named("message-detail.ui"), keys()
shortcuts = {(n.text or "").strip() for n in ET.parse(UI / "shortcuts.ui").iter("property") if n.get("name") == "accelerator"}
print(f"1..{len(ACTIONS) + 1}")
failed = 0
for number, (what, action) in enumerate([*ACTIONS.items(), ("undo", "messages.undo")], 1):
    missing = []
    if what != "undo":
        missing += [] if action in context else ["context menu"]
        missing += [] if action in detail else ["detail"]
    missing += [] if bound.get(action) else ["key"]
    missing += [] if set(bound.get(action, [])) & shortcuts else ["window of shortcuts"]
    failed += bool(missing)
    print(f"{'not ok' if missing else 'ok'} {number} {what}" + (f": not in {', '.join(missing)}" if missing else ""))
sys.exit(failed > 0)

"""Arrows between rooms: includes, library headers, calls and the dependency lists of meson."""

import re

import rooms
import source

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
CALL = re.compile(r"(?<![\w.>])(" + "|".join(rooms.CALLS) + r")\s*\(")
DEPENDENCY = re.compile(r"\b([a-z0-9]+)_dep\b")


def check_include(path, room, quote, header):
    first, _, rest = header.partition("/")
    if first in rooms.LEVELS and quote == '"':
        if not rooms.may_use(room, first):
            return f"app/{room} may not use app/{first}"
        return None
    if first == "mailrelay":
        if rest.startswith("engine") and room not in rooms.ENGINE_HEADER_ROOMS:
            return "engine.h is for engine, service and tests"
        if rooms.LEVELS[room] < rooms.LEVELS["engine"] and rest not in rooms.PUBLIC_HEADERS_BELOW_ENGINE:
            return f"below the engine only types.h and records.h are open, not {rest}"
        return None
    for pattern, allowed in rooms.HEADERS.items():
        if re.fullmatch(pattern, header) and room not in allowed:
            return f"<{header}> is only for {', '.join(sorted(allowed))}"
    return None


def check_call(path, room, name):
    for pattern, allowed in rooms.CALLS.items():
        if re.fullmatch(pattern, name):
            fits = room in allowed or path in allowed
            return None if fits else f"{name}() is only for {', '.join(sorted(allowed))}"
    return None


def check_source(root, path, room):
    text = source.read(root, path)
    for match in INCLUDE.finditer(source.without_comments(text)):
        problem = check_include(path, room, match.group(1), match.group(2))
        if problem:
            yield f"{path}:{source.line_of(text, match.start())}: {problem}"
    code = source.code_only(text)
    for match in CALL.finditer(code):
        problem = check_call(path, room, match.group(1))
        if problem:
            yield f"{path}:{source.line_of(code, match.start())}: {problem}"


def check_meson(root, path, room):
    text = re.sub(r"#[^\n]*", "", source.read(root, path))
    for match in DEPENDENCY.finditer(text):
        name, where = match.group(1), f"{path}:{source.line_of(text, match.start())}"
        if name in rooms.LEVELS and not rooms.may_use(room, name):
            yield f"{where}: app/{room} may not depend on app/{name}"
        allowed = rooms.LIBRARIES.get(name + "_dep")
        if allowed is not None and room not in allowed:
            yield f"{where}: {name}_dep is only for {', '.join(sorted(allowed))}"


def check_public(root):
    """The public headers name no room and no library of one; the engine's face may use base."""
    for path in source.files(root, ["include"], (".h",)):
        text = source.without_comments(source.read(root, path))
        for match in INCLUDE.finditer(text):
            first = match.group(2).partition("/")[0]
            room = first in rooms.LEVELS and not (first == "base" and path.endswith("/engine.h"))
            library = any(re.fullmatch(p, match.group(2)) for p in rooms.HEADERS)
            if room or library:
                yield f"{path}:{source.line_of(text, match.start())}: a public header may not include {match.group(2)}"


def check(root):
    problems = list(check_public(root))
    for path in source.files(root, ["app"], (".c", ".h")):
        room = source.room_of(path)
        if room not in rooms.LEVELS:
            problems.append(f"{path}: not in a room of the plan")
            continue
        problems += check_source(root, path, room)
    for path in source.files(root, ["app"], ("meson.build",)):
        room = source.room_of(path)
        if room in rooms.LEVELS:
            problems += check_meson(root, path, room)
    return problems


CLEAN = {
    "app/base/clock.c": "gint64 x (void) { return g_get_real_time (); }\n",
    "app/store/queue.c": '#include <sqlite3.h>\n#include "base/clock.h"\n#include <mailrelay/records.h>\n'
                         "/* sqlite3.h and time (now) in words */ int f (void) { return sqlite3_step (0); }\n",
    "app/engine/engine.c": '#include <mailrelay/engine.h>\n#include "store/store.h"\n'
                           'const char *s = "time (2)"; int g (void) { return record->time; }\n',
    "app/secrets/watch.c": "guint f (void) { return g_bus_watch_name (0); }\n",
    "app/store/meson.build": "lib = static_library('x', dependencies: [base_dep, sqlite_dep]) # gtk_dep\n",
    "app/ui/window.c": '#include <adwaita.h>\n#include "client/client.h"\nvoid f (void) { gtk_window_present (0); }\n',
    "include/mailrelay/engine.h": '#include <mailrelay/records.h>\n#include <gio/gio.h>\n#include "base/clock.h"\n',
}

VIOLATIONS = [
    ({"app/base/x.c": '#include "mail/address.h"\n'}, "app/base may not use app/mail"),
    ({"app/net/x.h": '#include "store/store.h"\n'}, "app/net may not use app/store"),
    ({"app/smtp/x.c": '#include "mailauth/dkim.h"\n'}, "app/smtp may not use app/mailauth"),
    ({"app/client/x.c": '#include "engine/x.h"\n'}, "app/client may not use app/engine"),
    ({"app/ui/x.c": '#include "store/store.h"\n'}, "app/ui may not use app/store"),
    ({"app/store/x.c": "#include <mailrelay/engine.h>\n"}, "engine.h is for engine"),
    ({"app/client/x.c": "#include <mailrelay/engine.h>\n"}, "engine.h is for engine"),
    ({"app/client/x.c": "#include <mailrelay/engine-accounts.h>\n"}, "engine.h is for engine"),
    ({"app/net/x.c": "#include <mailrelay/other.h>\n"}, "only types.h and records.h"),
    ({"app/client/x.c": "#include <gtk/gtk.h>\n"}, "<gtk/gtk.h> is only for ui"),
    ({"app/engine/x.c": "#include <sqlite3.h>\n"}, "is only for store"),
    ({"app/engine/x.c": "#  include  <openssl/evp.h>\n"}, "is only for base, mailauth, net"),
    ({"app/engine/x.c": "#include <ares.h>\n"}, "is only for net"),
    ({"app/engine/x.c": "#include <libsecret/secret.h>\n"}, "is only for secrets"),
    ({"app/engine/x.c": "int f (void) { return g_dbus_connection_send (0); }\n"}, "is only for client, service"),
    ({"app/secrets/x.c": "int f (void) { return g_bus_get (0); }\n"}, "is only for client, service"),
    ({"app/engine/x.c": "int f (void) {\n  return time (NULL);\n}\n"}, "app/engine/x.c:2: time() is only for"),
    ({"app/base/log.c": "long f (void) { return g_get_monotonic_time(); }\n"}, "is only for app/base/clock.c"),
    ({"app/ui/x.c": "void f (void) { g_date_time_new_now_local (); }\n"}, "is only for app/base/clock.c"),
    ({"app/net/meson.build": "d = [base_dep,\n  store_dep]\n"}, "app/net/meson.build:2: app/net may not depend on app/store"),
    ({"app/engine/meson.build": "d = [sqlite_dep]\n"}, "sqlite_dep is only for store"),
    ({"app/attic/x.c": "int x;\n"}, "not in a room"),
    ({"include/mailrelay/types.h": '#include "base/log.h"\n'}, "a public header may not include base/log.h"),
    ({"include/mailrelay/engine.h": '#include "store/store.h"\n'}, "a public header may not include store/store.h"),
    ({"include/mailrelay/types.h": "#include <sqlite3.h>\n"}, "a public header may not include sqlite3.h"),
]

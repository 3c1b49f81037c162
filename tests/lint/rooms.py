"""The house plan: which room may use which, and which library is reached from where."""

LEVELS = {
    "base": 0,
    "mail": 1,
    "smtp": 2, "mailauth": 2,
    "net": 3, "store": 3, "secrets": 3, "policy": 3, "ndr": 3,
    "engine": 4,
    "service": 5, "client": 5,
    "ui": 6, "ctl": 6, "sendmail": 6,
}

# What the programs and the client link is named one by one: lower rooms are not theirs just for being lower.
NAMED = {
    "client": {"base", "mail", "ndr"},
    "ui": {"base", "mail", "ndr", "client"},
    "ctl": {"base", "mail", "mailauth", "net", "ndr", "client"},
    "sendmail": {"base", "mail", "smtp", "net", "client"},
}

PUBLIC_HEADERS_BELOW_ENGINE = {"types.h", "records.h"}
ENGINE_HEADER_ROOMS = {"engine", "service"}

# pattern of the header → rooms that may include it
HEADERS = {
    r"gtk/.*|gdk/.*|gsk/.*|adwaita\.h|adw-.*": {"ui"},
    r"sqlite3\.h": {"store"},
    r"ares\.h|ares_.*\.h": {"net"},
    r"openssl/.*": {"base", "mailauth", "net"},
    r"libsecret/.*": {"secrets"},
    r"goa/.*": {"secrets"},
    r"seccomp\.h|linux/landlock\.h": {"base"},
    r"gmime/.*": {"mail"},
    r"libsoup/.*": {"net"},
    r"gsasl\.h": {"smtp"},
}

# pattern of the call → rooms, or one file, that may make it; the first pattern that fits decides
CALLS = {
    # No calls to anybody: secrets waits for a keyring that comes later, and looks at what libsecret's objects know.
    r"g_bus_(?:un)?watch_name|g_dbus_proxy_get_(?:object_path|cached_property)": {"service", "client", "secrets"},
    r"g_dbus_\w+|g_bus_\w+": {"service", "client"},
    r"gtk_\w+|adw_\w+": {"ui"},
    r"sqlite3_\w+": {"store"},
    r"(?:secret_(?:password|service|item|collection)|goa)_\w+": {"secrets"},
    r"time|clock_gettime|gettimeofday|g_get_real_time|g_get_monotonic_time|g_date_time_new_now\w*|g_timer_new":
        {"app/base/clock.c"},
}

# meson variable → rooms that may name it
LIBRARIES = {
    "gtk_dep": {"ui"}, "adw_dep": {"ui"},
    "sqlite_dep": {"store"},
    "cares_dep": {"net"},
    "openssl_dep": {"base", "mailauth", "net"},
    "secret_dep": {"secrets"},
    "goa_dep": {"secrets"},
    "seccomp_dep": {"base"},
    "gmime_dep": {"mail"},
}


def may_use(room, other):
    if room == other:
        return True
    if room in NAMED:
        return other in NAMED[room]
    return LEVELS[other] < LEVELS[room]

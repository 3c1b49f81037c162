/* The table below names settings as a person would; everything else about them comes from the table of keys in base. What is
 * new there and has no name here yet shows up by itself among the further settings. */
#include "config.h"

#include "ui/preference-keys.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  const char *group, *key;
  MrPreferencePage page;
  const char *heading, *title;
  MrPreferenceUnit unit;
  const char *about; /* NULL: for an amount nothing, else the help of the key */
} Named;

#define DESKTOP   N_ ("Desktop")
#define SENDERS   N_ ("Sender Addresses")
#define PASSWORDS N_ ("Passwords")
#define DOORS     N_ ("How Programs Reach Mail Relay")
#define LIMITS    N_ ("Limits for Programs")
#define AGAIN     N_ ("Trying Again")
#define SPEED     N_ ("Connections")
#define REPORTS   N_ ("Reports by Mail")
#define TEXTS     N_ ("What Is Kept")
#define NAMES     N_ ("Names and Trust")
#define WAITS     N_ ("Waiting for Servers")
#define AUDIT     N_ ("Audit Log")
#define DOMAINS   N_ ("Domain Checks")
#define PROTOCOL  N_ ("Limits of What Programs Say")
#define FURTHER   N_ ("Further Settings")

/* clang-format off */
static const Named named[] = {
  { "general", "notifications", MR_PREFERENCE_GENERAL, DESKTOP, N_ ("Notifications"), MR_UNIT_NONE, NULL },
  { "general", "default-account", MR_PREFERENCE_GENERAL, SENDERS, N_ ("Account for local senders"), MR_UNIT_NONE, N_ ("Stands in for senders with an address that is not public") },
  { "secrets", "backend", MR_PREFERENCE_GENERAL, PASSWORDS, N_ ("Where passwords are kept"), MR_UNIT_NONE, NULL },
  { "secrets", "keep", MR_PREFERENCE_GENERAL, PASSWORDS, N_ ("Passwords in memory"), MR_UNIT_NONE, N_ ("For how long a password that was read stays in protected memory, so that mail goes on while your saved passwords are locked") },
  { "secrets", "keep-seconds", MR_PREFERENCE_GENERAL, PASSWORDS, N_ ("Time in memory"), MR_UNIT_SECONDS, N_ ("Where passwords stay in memory for some time") },

  { "submission", "listen", MR_PREFERENCE_PROGRAMS, DOORS, N_ ("Addresses and ports"), MR_UNIT_NONE, NULL },
  { "submission", "require-auth", MR_PREFERENCE_PROGRAMS, DOORS, N_ ("Ask your own programs for a password"), MR_UNIT_NONE, NULL },
  { "submission", "refuse-never-write", MR_PREFERENCE_PROGRAMS, DOORS, N_ ("Refuse mail to addresses never to write to"), MR_UNIT_NONE, NULL },
  { "submission", "max-message-size", MR_PREFERENCE_PROGRAMS, LIMITS, N_ ("Biggest message"), MR_UNIT_BYTES, N_ ("Bigger ones are refused at once") },
  { "submission", "max-recipients", MR_PREFERENCE_PROGRAMS, LIMITS, N_ ("Recipients of a message"), MR_UNIT_NONE, NULL },
  { "submission", "max-sessions", MR_PREFERENCE_PROGRAMS, LIMITS, N_ ("Connections of programs"), MR_UNIT_NONE, NULL },
  { "submission", "max-sessions-per-peer", MR_PREFERENCE_PROGRAMS, LIMITS, N_ ("Connections from one address"), MR_UNIT_NONE, NULL },

  { "retry", "first", MR_PREFERENCE_SENDING, AGAIN, N_ ("First wait"), MR_UNIT_SECONDS, N_ ("Until the second attempt") },
  { "retry", "max", MR_PREFERENCE_SENDING, AGAIN, N_ ("Longest wait"), MR_UNIT_SECONDS, N_ ("Between two attempts") },
  { "retry", "factor-percent", MR_PREFERENCE_SENDING, AGAIN, N_ ("Growth of the waits"), MR_UNIT_PERCENT, N_ ("How long each wait is, compared with the one before") },
  { "retry", "jitter-percent", MR_PREFERENCE_SENDING, AGAIN, N_ ("Chance in the waits"), MR_UNIT_PERCENT, N_ ("How far a wait may differ, so that not all messages come at once") },
  { "retry", "life", MR_PREFERENCE_SENDING, AGAIN, N_ ("Give up after"), MR_UNIT_SECONDS, N_ ("What cannot be delivered by then has failed") },
  { "retry", "person-life", MR_PREFERENCE_SENDING, AGAIN, N_ ("Give up what needs you after"), MR_UNIT_SECONDS, N_ ("What waits for you by then has failed") },
  { "delivery", "resend-uncertain", MR_PREFERENCE_SENDING, AGAIN, N_ ("Send again what was possibly delivered"), MR_UNIT_NONE, NULL },
  { "delivery", "old-after", MR_PREFERENCE_SENDING, AGAIN, N_ ("Keep old mail back after"), MR_UNIT_SECONDS, N_ ("Where sending was not possible for a long time, you are asked first; 0: never") },
  { "delivery", "metered-max-size", MR_PREFERENCE_SENDING, AGAIN, N_ ("Large mail waits on metered networks"), MR_UNIT_BYTES, N_ ("Bigger messages wait while the network counts what is sent, as mobile ones do; 0: none waits") },
  { "delivery", "concurrency", MR_PREFERENCE_SENDING, SPEED, N_ ("Connections at one time"), MR_UNIT_NONE, NULL },
  { "delivery", "concurrency-per-destination", MR_PREFERENCE_SENDING, SPEED, N_ ("Connections to one server"), MR_UNIT_NONE, NULL },
  { "delivery", "recipients-per-transaction", MR_PREFERENCE_SENDING, SPEED, N_ ("Recipients at one time"), MR_UNIT_NONE, NULL },
  { "delivery", "max-messages-per-connection", MR_PREFERENCE_SENDING, SPEED, N_ ("Messages over one connection"), MR_UNIT_NONE, NULL },
  { "reports", "mail", MR_PREFERENCE_SENDING, REPORTS, N_ ("Mail reports"), MR_UNIT_NONE, NULL },
  { "reports", "delay-after", MR_PREFERENCE_SENDING, REPORTS, N_ ("Report delays after"), MR_UNIT_SECONDS, N_ ("The sender is told by mail that a message is late; 0: never") },
  { "reports", "per-hour", MR_PREFERENCE_SENDING, REPORTS, N_ ("Most reports in an hour"), MR_UNIT_NONE, NULL },
  { "reports", "language", MR_PREFERENCE_SENDING, REPORTS, N_ ("Language of reports"), MR_UNIT_NONE, NULL },

  { "store", "keep-bodies-days", MR_PREFERENCE_KEEPING, TEXTS, N_ ("Text of delivered messages"), MR_UNIT_DAYS, N_ ("After they were sent; 0: not at all") },
  { "store", "keep-failed-days", MR_PREFERENCE_KEEPING, TEXTS, N_ ("Text of messages that failed"), MR_UNIT_DAYS, N_ ("Until then they can be sent again") },
  { "store", "keep-history-days", MR_PREFERENCE_KEEPING, TEXTS, N_ ("History"), MR_UNIT_DAYS, N_ ("What was sent to whom, and what became of it") },
  { "delivery", "keep-transcripts", MR_PREFERENCE_KEEPING, TEXTS, N_ ("Conversations with servers"), MR_UNIT_NONE, NULL },
  { "store", "min-free-mib", MR_PREFERENCE_KEEPING, TEXTS, N_ ("Free disk space to leave"), MR_UNIT_MIB, N_ ("When less is free, no message is taken") },

  { "audit", "enabled", MR_PREFERENCE_KEEPING, AUDIT, N_ ("Write an audit log"), MR_UNIT_NONE, NULL },
  { "audit", "keep-days", MR_PREFERENCE_KEEPING, AUDIT, N_ ("Keep its lines for"), MR_UNIT_DAYS, NULL },
  { "audit", "subjects", MR_PREFERENCE_KEEPING, AUDIT, N_ ("Subjects in it"), MR_UNIT_NONE, NULL },

  { "delivery", "ehlo-name", MR_PREFERENCE_ADVANCED, NAMES, N_ ("Name of this computer"), MR_UNIT_NONE, NULL },
  { "tls", "ca-file", MR_PREFERENCE_ADVANCED, NAMES, N_ ("Certificate authorities"), MR_UNIT_NONE, NULL },
  { "dns", "servers", MR_PREFERENCE_ADVANCED, NAMES, N_ ("Name servers"), MR_UNIT_NONE, NULL },
  { "discovery", "ispdb", MR_PREFERENCE_ADVANCED, NAMES, N_ ("List of providers"), MR_UNIT_NONE, NULL },
  { "log", "level", MR_PREFERENCE_ADVANCED, NAMES, N_ ("Detail of the log"), MR_UNIT_NONE, NULL },
  { "delivery", "connect-timeout", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Wait for a connection"), MR_UNIT_SECONDS, NULL },
  { "delivery", "command-timeout", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Wait for an answer"), MR_UNIT_SECONDS, NULL },
  { "delivery", "idle-keep", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Keep a connection open"), MR_UNIT_SECONDS, N_ ("For the next message to the same server") },
  { "delivery", "data-timeout", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Wait while a message is sent"), MR_UNIT_SECONDS, NULL },
  { "delivery", "dot-timeout", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Wait for the receipt of a message"), MR_UNIT_SECONDS, NULL },
  { "dns", "timeout-ms", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Wait for a name server"), MR_UNIT_MILLISECONDS, NULL },
  { "dns", "tries", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Questions to each name server"), MR_UNIT_NONE, NULL },
  { "submission", "command-timeout", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Wait for a program's next command"), MR_UNIT_SECONDS, NULL },
  { "submission", "session-timeout", MR_PREFERENCE_ADVANCED, WAITS, N_ ("Longest connection of a program"), MR_UNIT_SECONDS, NULL },

  { "submission", "max-header-size", MR_PREFERENCE_ADVANCED, PROTOCOL, N_ ("Biggest header of a message"), MR_UNIT_BYTES, NULL },
  { "submission", "max-line-length", MR_PREFERENCE_ADVANCED, PROTOCOL, N_ ("Longest line of a message"), MR_UNIT_BYTES, NULL },
  { "submission", "max-command-length", MR_PREFERENCE_ADVANCED, PROTOCOL, N_ ("Longest command"), MR_UNIT_BYTES, NULL },
  { "submission", "max-errors", MR_PREFERENCE_ADVANCED, PROTOCOL, N_ ("Errors of a program"), MR_UNIT_NONE, NULL },
  { "submission", "max-received", MR_PREFERENCE_ADVANCED, PROTOCOL, N_ ("Most stations of a message"), MR_UNIT_NONE, NULL },

  { "domains", "check-every", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Check domains every"), MR_UNIT_SECONDS, N_ ("0: only when you ask") },
  { "domains", "watch-every", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Look for new entries every"), MR_UNIT_SECONDS, N_ ("While you wait for what you published") },
  { "domains", "names", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Further domains"), MR_UNIT_NONE, NULL },
  { "domains", "addresses", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Public addresses"), MR_UNIT_NONE, NULL },
  { "domains", "ask-relay", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Ask the sending account's server"), MR_UNIT_NONE, NULL },
  { "domains", "ask-service", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Ask the address service"), MR_UNIT_NONE, NULL },
  { "domains", "address-service", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Address service"), MR_UNIT_NONE, NULL },
  { "domains", "ask-blocklists", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Ask block lists"), MR_UNIT_NONE, NULL },
  { "domains", "blocklists", MR_PREFERENCE_ADVANCED, DOMAINS, N_ ("Block lists"), MR_UNIT_NONE, NULL },
};

/* Not for this window: they have a place of their own, are for tests, or would open a door with one click. */
static const struct {
  const char *group, *key;
} elsewhere[] = {
  { "general", "paused-until" },    { "dns", "authoritative-port" },
  { "general", "paused" },          { "submission", "allow-uids" },
  { "delivery", "allow-private-mx" }, { "delivery", "mx-port" },
};
/* clang-format on */

static gboolean
is_elsewhere (const MrConfigKey *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    if (g_str_equal (elsewhere[i].group, key->group) && g_str_equal (elsewhere[i].key, key->key))
      return TRUE;
  return mr_config_group_has_ids (key->group);
}

static gboolean
is_named (const MrConfigKey *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (named); i++)
    if (g_str_equal (named[i].group, key->group) && g_str_equal (named[i].key, key->key))
      return TRUE;
  return FALSE;
}

static void
add (GPtrArray *list, MrPreference preference)
{
  g_ptr_array_add (list, g_memdup2 (&preference, sizeof preference));
}

/* The help of a key speaks of the file's units. */
static const char *
about_of (const Named *row, const MrConfigKey *key)
{
  if (row->about != NULL)
    return row->about;
  return row->unit == MR_UNIT_NONE ? key->help : NULL;
}

GPtrArray *
mr_preferences_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (named); i++) {
    const MrConfigKey *key = mr_config_find_key (named[i].group, named[i].key);

    if (key != NULL)
      add (list, (MrPreference){ named[i].page, named[i].heading, named[i].title, about_of (&named[i], key),
                                 named[i].unit, key });
  }
  for (const MrConfigKey *key = mr_config_keys (); key->group != NULL; key++)
    if (!is_named (key) && !is_elsewhere (key))
      add (list, (MrPreference){ MR_PREFERENCE_ADVANCED, FURTHER, key->help, NULL, MR_UNIT_NONE, key });
  return list;
}

const char *
mr_preference_page_title (MrPreferencePage page)
{
  static const char *const titles[MR_PREFERENCE_N_PAGES] = { N_ ("General"), N_ ("Programs"), N_ ("Sending"),
                                                             N_ ("Keeping"), N_ ("Advanced") };

  return _ (titles[page]);
}

const char *
mr_preference_page_icon (MrPreferencePage page)
{
  static const char *const icons[MR_PREFERENCE_N_PAGES] = { "preferences-system-symbolic",
                                                            "application-x-executable-symbolic", "mail-send-symbolic",
                                                            "document-open-recent-symbolic",
                                                            "applications-engineering-symbolic" };

  return icons[page];
}

/* ---- values in words ---- */

static const struct {
  const char *group, *key, *choice, *title;
} choices[] = {
  { "secrets", "backend", "secret-service", N_ ("Keyring of the desktop") },
  { "secrets", "backend", "file", N_ ("File only you can read") },
  { "secrets", "backend", "memory", N_ ("Nowhere: ask again") },
  { "secrets", "keep", "until-logout", N_ ("Until you log out") },
  { "secrets", "keep", "for-a-time", N_ ("For some time") },
  { "secrets", "keep", "never", N_ ("Not at all") },
  { "reports", "mail", "never", N_ ("Never") },
  { "reports", "mail", "requested", N_ ("Where the program asks") },
  { "reports", "mail", "always", N_ ("Always") },
  { "log", "level", "debug", N_ ("Everything") },
  { "log", "level", "info", N_ ("What is done") },
  { "log", "level", "warning", N_ ("Warnings") },
  { "log", "level", "error", N_ ("Errors only") },
};

char *
mr_preference_dup_choice (const MrPreference *preference, const char *choice)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (choices[i].group, preference->key->group) && g_str_equal (choices[i].key, preference->key->key)
        && g_str_equal (choices[i].choice, choice))
      return g_strdup (_ (choices[i].title));
  return g_strdup (*choice != '\0' ? choice : _ ("None"));
}

typedef struct {
  const char *name;
  gint64 factor;
} Scale;

/* Biggest first. */
static const Scale seconds[]
    = { { N_ ("days"), 86400 }, { N_ ("hours"), 3600 }, { N_ ("minutes"), 60 }, { N_ ("seconds"), 1 } };
static const Scale bytes[] = { { N_ ("MiB"), 1048576 }, { N_ ("KiB"), 1024 }, { N_ ("bytes"), 1 } };
static const Scale others[] = { { "", 1 },  { "", 1 }, { N_ ("ms"), 1 }, { N_ ("days"), 1 },
                                { "%", 1 }, { "", 1 }, { N_ ("MiB"), 1 } };

const char *
mr_preference_get_scale (const MrPreference *preference, gint64 value, gint64 *ret_factor)
{
  const Scale *scale = &others[preference->unit], *end = scale;
  gint64 def = g_ascii_strtoll (preference->key->def, NULL, 10);

  if (preference->unit == MR_UNIT_SECONDS) {
    scale = seconds;
    end = seconds + G_N_ELEMENTS (seconds) - 1;
  } else if (preference->unit == MR_UNIT_BYTES) {
    scale = bytes;
    end = bytes + G_N_ELEMENTS (bytes) - 1;
  }
  while (scale < end
         && (value % scale->factor != 0 || def % scale->factor != 0 || (value == 0 && def == 0)
             || preference->key->max < scale->factor))
    scale++;
  *ret_factor = scale->factor;
  return *scale->name != '\0' ? _ (scale->name) : "";
}

static char *
dup_amount (const MrPreference *preference, gint64 value)
{
  gint64 factor;
  const char *unit = mr_preference_get_scale (preference, value, &factor);
  int n = (int)(value / factor);

  if (preference->unit == MR_UNIT_SECONDS && factor == 86400)
    return g_strdup_printf (ngettext ("%d day", "%d days", (gulong)n), n);
  if (preference->unit == MR_UNIT_SECONDS && factor == 3600)
    return g_strdup_printf (ngettext ("%d hour", "%d hours", (gulong)n), n);
  if (preference->unit == MR_UNIT_SECONDS && factor == 60)
    return g_strdup_printf (ngettext ("%d minute", "%d minutes", (gulong)n), n);
  if (preference->unit == MR_UNIT_SECONDS)
    return g_strdup_printf (ngettext ("%d second", "%d seconds", (gulong)n), n);
  if (preference->unit == MR_UNIT_DAYS)
    return g_strdup_printf (ngettext ("%d day", "%d days", (gulong)n), n);
  return *unit == '\0' ? g_strdup_printf ("%d", n) : g_strdup_printf ("%d %s", n, unit);
}

char *
mr_preference_dup_words (const MrPreference *preference, const char *value)
{
  switch (preference->key->type) {
  case MR_CONFIG_BOOLEAN:
    return g_strdup (g_str_equal (value, "true") ? _ ("On") : _ ("Off"));
  case MR_CONFIG_ENUM:
    return mr_preference_dup_choice (preference, value);
  case MR_CONFIG_INTEGER:
    return dup_amount (preference, g_ascii_strtoll (value, NULL, 10));
  case MR_CONFIG_STRING:
  case MR_CONFIG_STRING_LIST:
  default:
    if (g_str_equal (preference->key->key, "default-account") && *value == '\0')
      return g_strdup (_ ("The first one"));
    return g_strdup (*value != '\0' ? value : _ ("Empty"));
  }
}

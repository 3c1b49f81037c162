/* A plan's part for people: the name of the internet address with a text to send, the policy file of MTA-STS, the step of DMARC and its evidence. */
#include <config.h>

#include "ctl/domain-plan.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "ctl/output.h"

/* Borrowed; "" where absent. */
static const char *
text_of (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return text;
}

static gint64
time_of (GVariant *dict, const char *key)
{
  gint64 time = 0;

  g_variant_lookup (dict, key, "x", &time);
  return time;
}

static char *
dup_number (GVariant *dict, const char *key)
{
  guint64 number = 0;

  g_variant_lookup (dict, key, "t", &number);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

const char *
mr_ctl_policy_words (const char *nick)
{
  return strcmp (nick, "none") == 0         ? _ ("observe (none)")
         : strcmp (nick, "quarantine") == 0 ? _ ("into the junk folder (quarantine)")
         : strcmp (nick, "reject") == 0     ? _ ("refuse (reject)")
                                            : _ ("nothing is published");
}

/* ---- the name of the address ---- */

static void
print_text (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL && (lines[i + 1] != NULL || *lines[i] != '\0'); i++)
    mr_say (*lines[i] != '\0' ? "    | %s\n" : "    |\n", lines[i]);
}

static const char *
state_words (const char *state)
{
  if (strcmp (state, "done") == 0)
    return _ ("stands there as it has to");
  if (strcmp (state, "add") == 0)
    return _ ("to be added");
  return strcmp (state, "replace") == 0 ? _ ("to be put in place of what is there:")
                                        : _ ("could not be looked up; if there is none yet:");
}

static void
print_reverse (GVariant *reverse)
{
  const char *state = text_of (reverse, "state");
  g_autofree const char **existing = NULL;

  mr_say ("%s, %s: %s\n", _ ("Name of your internet address (reverse DNS)"), text_of (reverse, "address"),
          state_words (state));
  if (strcmp (state, "done") == 0) {
    putchar ('\n');
    return;
  }
  g_variant_lookup (reverse, "existing", "^a&s", &existing);
  for (guint i = 0; existing != NULL && existing[i] != NULL; i++)
    mr_say ("  - %s\n", existing[i]);
  mr_say ("  %s: %s\n  %s: PTR\n  %s: %s\n", _ ("Name"), text_of (reverse, "name"), _ ("Type"), _ ("Value"),
          text_of (reverse, "wanted"));
  if (strcmp (text_of (reverse, "forward"), "add") == 0)
    mr_say (_ ("  First the name itself needs an entry: %s %s %s\n"), text_of (reverse, "wanted"),
            text_of (reverse, "forward-type"), text_of (reverse, "address"));
  mr_print_paragraph (text_of (reverse, "whom"), 2);
  mr_say ("  %s: %s\n", _ ("Subject"), text_of (reverse, "subject"));
  print_text (text_of (reverse, "text"));
  putchar ('\n');
}

/* ---- MTA-STS ---- */

static void
print_policy_file (GVariant *file)
{
  if (*text_of (file, "url") == '\0')
    return;
  mr_say ("%s: %s\n", _ ("Policy file (MTA-STS)"), text_of (file, "url"));
  if (*text_of (file, "problem") != '\0') {
    mr_print_paragraph (text_of (file, "problem"), 2);
    return;
  }
  mr_print_paragraph (text_of (file, "words"), 2);
  g_auto (GStrv) lines = g_strsplit (text_of (file, "text"), "\r\n", -1);
  g_autofree char *text = g_strjoinv ("\n", lines);
  print_text (text);
  putchar ('\n');
}

/* ---- DMARC ---- */

static void
print_sources (GVariant *evidence)
{
  const char *const titles[] = { _ ("Sent from"), _ ("Messages"), _ ("Failed"), _ ("As"), _ ("Yours"), NULL };
  g_autoptr (GVariant) sources = g_variant_lookup_value (evidence, "sources", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (MrTable) table = mr_table_new (titles);

  for (gsize i = 0; sources != NULL && i < g_variant_n_children (sources); i++) {
    g_autoptr (GVariant) source = g_variant_get_child_value (sources, i);
    guint64 messages = 0, passed = 0;
    gboolean foreign = FALSE;
    g_autofree char *all = dup_number (source, "messages"), *failed = NULL;
    const char *address = text_of (source, "source");

    g_variant_lookup (source, "messages", "t", &messages);
    g_variant_lookup (source, "passed", "t", &passed);
    g_variant_lookup (source, "foreign", "b", &foreign);
    failed = g_strdup_printf ("%" G_GUINT64_FORMAT, messages - MIN (passed, messages));
    const char *cells[] = { *address != '\0' ? address : _ ("all others"),
                            all,
                            failed,
                            text_of (source, "domains"),
                            foreign ? _ ("no") : "",
                            NULL };
    mr_table_add (table, cells, 2, passed >= messages || foreign ? NULL : MR_COLOUR_BAD);
  }
  mr_table_print (table);
}

void
mr_ctl_print_evidence (GVariant *evidence)
{
  g_autofree char *messages = dup_number (evidence, "messages"), *passed = dup_number (evidence, "passed");
  g_autofree char *failing = dup_number (evidence, "failing");
  g_autofree char *begin = mr_format_time (time_of (evidence, "begin"));
  g_autofree char *end = mr_format_time (time_of (evidence, "end"));
  guint reports = 0;

  g_variant_lookup (evidence, "reports", "u", &reports);
  if (reports == 0) {
    puts (_ ("No reports of this time are kept: mail-relayctl domain reports --keep FILE"));
    return;
  }
  mr_say (_ ("Reports: %u, from %s to %s; messages: %s; of these good: %s; failed: %s\n"), reports, begin, end,
          messages, passed, failing);
  print_sources (evidence);
}

static void
print_dmarc (GVariant *dmarc)
{
  g_autoptr (GVariant) evidence = g_variant_lookup_value (dmarc, "evidence", G_VARIANT_TYPE_VARDICT);
  g_autofree char *since = mr_format_time (time_of (dmarc, "since"));

  if (evidence == NULL)
    return;
  mr_say ("%s\n", _ ("The step with forgeries (DMARC)"));
  mr_say ("  %s: %s", _ ("Now"), mr_ctl_policy_words (text_of (dmarc, "current")));
  if (time_of (dmarc, "since") > 0)
    mr_say (_ (", since %s"), since);
  putchar ('\n');
  if (strcmp (text_of (dmarc, "step"), "go") == 0)
    mr_say ("  %s: %s (--dmarc %s)\n", _ ("Next"), mr_ctl_policy_words (text_of (dmarc, "next")),
            text_of (dmarc, "next"));
  mr_print_paragraph (text_of (dmarc, "words"), 2);
  if (*text_of (dmarc, "address") == '\0') {
    mr_print_paragraph (text_of (dmarc, "address-words"), 2);
    mr_say ("  --reports %s\n", text_of (dmarc, "proposed"));
  }
  mr_ctl_print_evidence (evidence);
  putchar ('\n');
}

void
mr_ctl_print_plan_rest (GVariant *plan)
{
  g_autoptr (GVariant) reverse = g_variant_lookup_value (plan, "reverse", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) file = g_variant_lookup_value (plan, "policy-file", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) dmarc = g_variant_lookup_value (plan, "dmarc", G_VARIANT_TYPE_VARDICT);

  for (gsize i = 0; reverse != NULL && i < g_variant_n_children (reverse); i++) {
    g_autoptr (GVariant) one = g_variant_get_child_value (reverse, i);
    print_reverse (one);
  }
  if (file != NULL)
    print_policy_file (file);
  if (dmarc != NULL)
    print_dmarc (dmarc);
}

/* mail-relayctl never: addresses that are never written to. Entered here or in the window, never by the program itself. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/records-variant.h"
#include "client/never-text.h"
#include "client/returned-calls.h"
#include "ctl/output.h"

static GPtrArray *
fetch (MrCtl *ctl, GError **error)
{
  mr_client_list_never_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);

  return mr_client_list_never_finish (ctl->client, result, error);
}

static void
print_table (GPtrArray *records)
{
  const char *const titles[] = { _ ("Address"), _ ("Since"), _ ("Reason"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (records->len == 0) {
    puts (_ ("No address is on the list."));
    return;
  }
  for (guint i = 0; i < records->len; i++) {
    const MrNeverRecord *record = records->pdata[i];
    g_autofree char *since = mr_format_time (record->added);
    const char *cells[] = { record->address, since, record->reason != NULL ? record->reason : "", NULL };

    mr_table_add (table, cells, G_MAXUINT, NULL);
  }
  mr_table_print (table);
}

static int
list (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "never list", NULL, N_ ("Addresses that are never written to."), NULL, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  g_autoptr (GPtrArray) records = fetch (ctl, &error);
  if (records == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    mr_print_json_list ("addresses", records, (MrRecordToVariant)mr_never_record_to_variant);
  else
    print_table (records);
  return MR_EXIT_DONE;
}

/* One address a line and nothing else, or a table: for other programs. */
static int
export_list (MrCtl *ctl, int argc, char **argv)
{
  gboolean csv = FALSE;
  const GOptionEntry entries[]
      = { { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, N_ ("As a table (CSV) with the dates and reasons"), NULL }, { 0 } };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "never export", NULL, N_ ("The addresses alone, one in a line."), entries, 0, 0, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  g_autoptr (GPtrArray) records = fetch (ctl, &error);
  if (records == NULL)
    return mr_ctl_fail (ctl, error);
  g_autofree char *text = mr_never_dup_text (records, csv ? MR_NEVER_CSV : MR_NEVER_PLAIN);
  fputs (text, stdout);
  return MR_EXIT_DONE;
}

static int
answer (MrCtl *ctl, gboolean ok, const GError *error, const char *words)
{
  return ok ? mr_ctl_done (ctl, words) : mr_ctl_fail (ctl, error);
}

static int
add (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[]
      = { { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_ ("Why, in your own words"), N_ ("TEXT") }, { 0 } };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "never add", N_ ("ADDRESS"), N_ ("New mail to this address is kept back from now on."),
                     entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_add_never_async (ctl->client, argv[1], reason, NULL, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_add_never_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, _ ("New mail to this address is kept back from now on."));
}

static int
remove_address (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "never remove", N_ ("ADDRESS"), N_ ("Mail to this address is sent again."), NULL, 1, 1, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  mr_client_remove_never_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_remove_never_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, _ ("Mail to this address is sent again."));
}

int
mr_verb_never (MrCtl *ctl, int argc, char **argv)
{
  static const MrVerb verbs[] = {
    { "list", N_ ("The addresses, since when and why"), list },
    { "add", N_ ("Never write to an address"), add },
    { "remove", N_ ("Write to an address again"), remove_address },
    { "export", N_ ("The addresses alone, for other programs"), export_list },
    { NULL, NULL, NULL },
  };

  return mr_verb_dispatch (ctl, "mail-relayctl never", verbs, argc - 1, argv + 1);
}

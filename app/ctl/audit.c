/* mail-relayctl audit: the audit log of an office, for other programs. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

#include "base/statistics-records.h"
#include "client/statistics-calls.h"
#include "ctl/output.h"

/* One object in a line, so that a million of them need no memory. */
static void
print_lines (GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++) {
    g_autoptr (GVariant) dict = g_variant_ref_sink (mr_audit_record_to_variant (g_ptr_array_index (records, i)));
    g_autoptr (JsonNode) node = json_gvariant_serialize (dict);
    g_autofree char *text = json_to_string (node, FALSE);

    mr_print_json_text (text);
  }
}

static int
export_log (MrCtl *ctl, int argc, char **argv)
{
  int days = 0;
  gboolean csv = FALSE;
  const GOptionEntry entries[] = {
    { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, N_ ("Lines for a spreadsheet; else one JSON object in a line"), NULL },
    { "days", 0, 0, G_OPTION_ARG_INT, &days, N_ ("Only the last so many days"), "N" },
    { 0 },
  };
  guint64 after = 0;
  gboolean first = TRUE, more = TRUE;

  if (!mr_ctl_parse (ctl, "audit export", NULL,
                     N_ ("Who handed in which message, and what became of it; never its text. Switch it on with:"
                         " mail-relayctl config set audit enabled true"),
                     entries, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  if (days < 0 || (csv && ctl->json))
    return mr_ctl_usage (_ ("--days takes a positive number, and --csv does not go with --json"));
  gint64 since = days > 0 ? ctl->now - days * G_TIME_SPAN_DAY : 0;
  while (more) {
    g_autoptr (GError) error = NULL;

    mr_client_list_audit_async (ctl->client, after, since, NULL, mr_ctl_ready_cb, ctl);
    g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
    g_autoptr (GPtrArray) records = mr_client_list_audit_finish (ctl->client, result, &error);
    if (records == NULL)
      return mr_ctl_fail (ctl, error);
    if (csv) {
      g_autofree char *text = mr_audit_dup_csv (records, first);
      fputs (text, stdout);
    } else
      print_lines (records);
    first = FALSE;
    more = records->len == MR_CLIENT_AUDIT_PAGE;
    if (more)
      after = ((MrAuditRecord *)records->pdata[records->len - 1])->serial;
  }
  return MR_EXIT_DONE;
}

int
mr_verb_audit (MrCtl *ctl, int argc, char **argv)
{
  static const MrVerb verbs[] = {
    { "export", N_ ("The lines, as JSON or for a spreadsheet"), export_log },
    { NULL, NULL, NULL },
  };

  return mr_verb_dispatch (ctl, "mail-relayctl audit", verbs, argc - 1, argv + 1);
}

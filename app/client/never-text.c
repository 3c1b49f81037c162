/* A field that a spreadsheet would take for a formula gets an apostrophe before it: the reason is a person's text, the address may be a stranger's. */
#include <config.h>

#include "client/never-text.h"

#include <string.h>

#include "base/clock.h"

MrNeverFormat
mr_never_format_of_name (const char *name)
{
  gsize len = strlen (name);

  return len >= 4 && g_ascii_strcasecmp (name + len - 4, ".csv") == 0 ? MR_NEVER_CSV : MR_NEVER_PLAIN;
}

static void
append_field (GString *line, const char *value, gboolean last)
{
  g_string_append_c (line, '"');
  if (value != NULL && *value != '\0' && strchr ("=+-@\t", *value) != NULL)
    g_string_append_c (line, '\'');
  for (const char *p = value; p != NULL && *p != '\0'; p++) {
    if (*p == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *p);
  }
  g_string_append (line, last ? "\"\r\n" : "\",");
}

char *
mr_never_dup_text (GPtrArray *records, MrNeverFormat format)
{
  g_autoptr (GString) text = g_string_new (format == MR_NEVER_CSV ? "address,since,reason,message\r\n" : NULL);

  for (guint i = 0; i < records->len; i++) {
    const MrNeverRecord *record = records->pdata[i];
    g_autofree char *since = record->added > 0 ? mr_clock_format_iso8601 (record->added) : NULL;

    if (format == MR_NEVER_PLAIN) {
      g_string_append_printf (text, "%s\n", record->address);
      continue;
    }
    append_field (text, record->address, FALSE);
    append_field (text, since, FALSE);
    append_field (text, record->reason, FALSE);
    append_field (text, record->message_id, TRUE);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

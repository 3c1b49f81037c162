/* message/delivery-status (RFC 3464 2): fields of the message, then a group for each recipient. */
#include <config.h>

#include "ndr/write-report-private.h"

#include <string.h>

#include "base/clock.h"
#include "smtp/dsn.h"

#define FIELD_MAX 900
#define FOLD_AT   72

char *
mr_report_dup_ascii (const char *text, gsize max)
{
  char *line;

  if (text == NULL)
    return NULL;
  line = g_strndup (text, strnlen (text, max));
  for (char *p = line; *p != '\0'; p++)
    if ((guchar)*p < 0x20 || *p == 0x7f)
      *p = ' ';
    else if ((guchar)*p >= 0x80)
      *p = '?';
  return line;
}

/* Folded at spaces (RFC 5322 2.2.3). Nothing for a NULL or empty value. */
static void
append_field (GString *out, const char *name, const char *type, const char *value)
{
  g_autofree char *clean = mr_report_dup_ascii (value, FIELD_MAX);
  gsize column;

  if (clean == NULL || *g_strstrip (clean) == '\0')
    return;
  g_string_append_printf (out, "%s:", name);
  column = strlen (name) + 1;
  if (type != NULL) {
    g_string_append_printf (out, " %s;", type);
    column += strlen (type) + 2;
  }
  g_auto (GStrv) words = g_strsplit (clean, " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    gsize len = strlen (words[i]);

    if (len == 0)
      continue;
    if (column + 1 + len > FOLD_AT && i > 0) {
      g_string_append (out, "\r\n");
      column = 0;
    }
    g_string_append_printf (out, " %s", words[i]);
    column += len + 1;
  }
  g_string_append (out, "\r\n");
}

static void
append_time (GString *out, const char *name, gint64 time)
{
  g_autofree char *date = time > 0 ? mr_clock_format_rfc5322 (time, FALSE) : NULL;

  append_field (out, name, NULL, date);
}

char *
mr_report_dup_status (MrReport kind, const MrRecipientRecord *r)
{
  gboolean good = kind == MR_REPORT_RELAYED || kind == MR_REPORT_DELIVERED;
  char class = good ? '2' : kind == MR_REPORT_DELAYED || r->state == MR_RECIPIENT_EXPIRED ? '4' : '5';

  /* The server's own code where it says what the report says; a deferral that failed in the end keeps its 4 (RFC 3464 2.3.4). */
  if (r->reply.enhanced != NULL && (r->reply.enhanced[0] == class || (class == '5' && r->reply.code / 100 == 4)))
    return g_strdup (r->reply.enhanced);
  if (good)
    return g_strdup ("2.0.0");
  if (r->reply.code == 0 && r->stage == MR_STAGE_RESOLVE)
    return g_strdup_printf ("%c.4.4", class);
  if (r->reply.code == 0 && r->stage == MR_STAGE_STARTTLS)
    return g_strdup_printf ("%c.7.5", class);
  if (r->reply.code == 0 && r->stage >= MR_STAGE_CONNECT)
    return g_strdup_printf ("%c.4.%c", class, r->stage == MR_STAGE_CONNECT ? '1' : '2');
  if (r->state == MR_RECIPIENT_EXPIRED)
    return g_strdup ("4.4.7");
  return g_strdup_printf ("%c.0.0", class);
}

static const char *
action_word (MrReport kind)
{
  return kind == MR_REPORT_FAILED    ? "failed"
         : kind == MR_REPORT_DELAYED ? "delayed"
         : kind == MR_REPORT_RELAYED ? "relayed"
                                     : "delivered";
}

/* "rfc822;lou+2Bx@example.net" was given in xtext and is told decoded. */
static void
append_original_recipient (GString *out, const MrRecipientRecord *r)
{
  const char *semicolon = r->orcpt != NULL ? strchr (r->orcpt, ';') : NULL;
  g_autofree char *type = NULL, *address = NULL;

  if (semicolon == NULL || !mr_dsn_orcpt_is_valid (r->orcpt))
    return;
  type = g_strndup (r->orcpt, (gsize)(semicolon - r->orcpt));
  address = mr_xtext_decode (semicolon + 1);
  append_field (out, "Original-Recipient", type, address);
}

static void
append_recipient (GString *out, const MrReportText *report, const MrRecipientRecord *r)
{
  g_autofree char *status = mr_report_dup_status (report->kind, r);

  g_string_append (out, "\r\n");
  append_original_recipient (out, r);
  append_field (out, "Final-Recipient", "rfc822", r->address);
  append_field (out, "Action", NULL, action_word (report->kind));
  append_field (out, "Status", NULL, status);
  append_field (out, "Remote-MTA", "dns", r->host);
  if (r->reply.code != 0) {
    gboolean repeated = r->reply.enhanced != NULL && r->reply.text != NULL
                        && g_str_has_prefix (r->reply.text, r->reply.enhanced);
    g_autofree char *code = g_strdup_printf (
        "%u %s%s%s", r->reply.code, r->reply.enhanced != NULL && !repeated ? r->reply.enhanced : "",
        r->reply.enhanced != NULL && !repeated ? " " : "", r->reply.text != NULL ? r->reply.text : "");
    append_field (out, "Diagnostic-Code", "smtp", code);
  }
  append_time (out, "Last-Attempt-Date", r->changed);
  if (report->kind == MR_REPORT_DELAYED)
    append_time (out, "Will-Retry-Until", report->retry_until);
}

void
mr_report_append_fields (GString *out, const MrReportText *report)
{
  g_autofree char *envid = report->message->envid != NULL ? mr_xtext_decode (report->message->envid) : NULL;

  append_field (out, "Original-Envelope-Id", NULL, envid);
  append_field (out, "Reporting-MTA", "dns", report->reporting_mta);
  append_field (out, "X-Mail-Relay-Queue-Id", NULL, report->message->id);
  append_time (out, "Arrival-Date", report->message->created);
  for (guint i = 0; i < report->recipients->len; i++)
    append_recipient (out, report, g_ptr_array_index (report->recipients, i));
}

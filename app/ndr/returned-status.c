/* The machine-readable parts: message/delivery-status (RFC 3464, RFC 6533), message/feedback-report (RFC 5965) and the
 * JSON of Amazon SES. Tolerant: blank lines between recipients may be missing, fields may lack their type, lines may be
 * folded without a blank. */
#include "ndr/returned-private.h"

#include <stdio.h>
#include <string.h>

#include "ndr/diagnosis-private.h"

#define TEXT_MAX 4096

char *
mr_returned_dup_xtext (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_strncasecmp (p, "+2B", 3) == 0 || g_ascii_strncasecmp (p, "+3D", 3) == 0) {
      g_string_append_c (out, p[1] == '2' ? '+' : '=');
      p += 2;
    } else
      g_string_append_c (out, *p);
  char *valid = g_utf8_make_valid (out->str, (gssize)out->len);

  g_string_free (out, TRUE);
  return valid;
}

static MrReturnedOutcome
outcome_of (const char *action, const char *status)
{
  static const struct {
    const char *action;
    MrReturnedOutcome outcome;
  } table[] = { { "failed", MR_RETURNED_FAILED },         { "failure", MR_RETURNED_FAILED },
                { "delayed", MR_RETURNED_DELAYED },       { "delivered", MR_RETURNED_DELIVERED },
                { "deliverable", MR_RETURNED_DELIVERED }, { "relayed", MR_RETURNED_RELAYED },
                { "expanded", MR_RETURNED_EXPANDED },     { "expired", MR_RETURNED_FAILED } };

  for (guint i = 0; action != NULL && i < G_N_ELEMENTS (table); i++)
    if (g_ascii_strncasecmp (action, table[i].action, strlen (table[i].action)) == 0)
      return table[i].outcome;
  if (status != NULL && *status == '2')
    return MR_RETURNED_DELIVERED;
  return MR_RETURNED_FAILED;
}

/* "dns; mx.example.com" → "mx.example.com". (transfer full) NULL: empty */
static char *
dup_host (const char *value)
{
  const char *semicolon = value != NULL ? strchr (value, ';') : NULL;
  g_autofree char *host = NULL;

  if (value == NULL)
    return NULL;
  host = g_strstrip (g_strdup (semicolon != NULL && semicolon - value < 12 ? semicolon + 1 : value));
  g_strdelimit (host, "<>", ' ');
  g_strstrip (host);
  host[strcspn (host, " \t(")] = '\0';
  if (g_str_has_suffix (host, "."))
    host[strlen (host) - 1] = '\0';
  return *host != '\0' && strlen (host) < 256 ? g_steal_pointer (&host) : NULL;
}

/* ---- delivery-status ---- */

typedef struct {
  MrReturned *report;
  char *original, *final, *actual, *action, *status, *diagnostic, *remote;
  char *reporting; /* of the message */
  char **last;     /* field that an unfolded line belongs to */
} Status;

static void
clear_recipient (Status *s)
{
  char **fields[] = { &s->original, &s->final, &s->actual, &s->action, &s->status, &s->diagnostic, &s->remote };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_clear_pointer (fields[i], g_free);
  s->last = NULL;
}

static char *
dup_status (const char *value)
{
  guint code[3];
  const char *p = value != NULL ? value + strspn (value, " \t") : NULL;

  if (p == NULL || (*p != '2' && *p != '4' && *p != '5') || p[1] != '.')
    return NULL;
  if (sscanf (p, "%1u.%3u.%3u", &code[0], &code[1], &code[2]) != 3)
    return NULL;
  return g_strdup_printf ("%u.%u.%u", code[0], code[1], code[2]);
}

static void
finish_recipient (Status *s)
{
  MrReturnedRecipient *r;
  const char *diagnostic = s->diagnostic;

  if (s->original == NULL && s->final == NULL && s->actual == NULL)
    return clear_recipient (s);
  r = mr_returned_add_recipient (s->report);
  if (r == NULL)
    return clear_recipient (s);
  g_autofree char *original = s->original != NULL ? mr_returned_dup_xtext (s->original) : NULL;
  g_autofree char *first = original != NULL ? mr_notice_dup_address (original) : NULL;
  g_autofree char *last = s->final != NULL ? mr_notice_dup_address (s->final) : NULL;

  if (last == NULL && s->actual != NULL)
    last = mr_notice_dup_address (s->actual);
  if (first != NULL && strchr (first, '@') == NULL && last != NULL)
    g_clear_pointer (&first, g_free);
  r->recipient = g_strdup (first != NULL ? first : last != NULL ? last : "");
  if (first != NULL && last != NULL && g_ascii_strcasecmp (first, last) != 0)
    r->final_recipient = g_steal_pointer (&last);
  r->status = dup_status (s->status);
  r->outcome = outcome_of (s->action, r->status);
  r->remote_host = dup_host (s->remote);
  r->reporting_host = g_strdup (s->reporting);
  if (diagnostic != NULL) {
    const char *semicolon = strchr (diagnostic, ';');

    /* "smtp; 550 ..." and "X-Postfix; ..." */
    if (semicolon != NULL && semicolon - diagnostic < 20
        && memchr (diagnostic, ' ', (gsize)(semicolon - diagnostic)) == NULL)
      diagnostic = semicolon + 1;
    r->text = g_strstrip (g_strndup (diagnostic, TEXT_MAX));
  }
  clear_recipient (s);
}

static char **
slot_of (Status *s, const char *name, gsize len)
{
  const struct {
    const char *name;
    char **slot;
  } fields[] = { { "Original-Recipient", &s->original },
                 { "Final-Recipient", &s->final },
                 { "X-Actual-Recipient", &s->actual },
                 { "Action", &s->action },
                 { "Status", &s->status },
                 { "Diagnostic-Code", &s->diagnostic },
                 { "Remote-MTA", &s->remote },
                 { "Reporting-MTA", &s->reporting },
                 { "Original-Envelope-Id", &s->report->envelope_id },
                 { "X-Mail-Relay-Queue-Id", &s->report->queue_id },
                 { "Arrival-Date", &s->report->arrived } };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strlen (fields[i].name) == len && g_ascii_strncasecmp (name, fields[i].name, len) == 0)
      return fields[i].slot;
  return NULL;
}

static void
append_value (char **slot, const char *text)
{
  g_autofree char *old = *slot;

  if (old == NULL)
    *slot = g_strndup (text, TEXT_MAX);
  else if (strlen (old) < TEXT_MAX)
    *slot = g_strconcat (old, " ", text, NULL);
  else
    *slot = g_steal_pointer (&old);
}

static void
take_status_line (Status *s, char *line)
{
  gsize name_len = strcspn (line, ": \t");
  char **slot = line[name_len] == ':' ? slot_of (s, line, name_len) : NULL;
  char *value = g_strstrip (slot != NULL ? line + name_len + 1 : line);
  gboolean field = slot != NULL || (line[name_len] == ':' && name_len > 2 && strchr (line, '-') != NULL);

  if (slot == NULL) {
    if (!field && s->last != NULL)
      append_value (s->last, value);
    else
      s->last = NULL;
    return;
  }
  /* A blank line between two recipients may be missing. */
  if ((slot == &s->final && s->final != NULL) || (slot == &s->original && s->original != NULL)
      || (slot == &s->original && s->final != NULL && s->status != NULL)
      || (slot == &s->action && s->action != NULL && s->final != NULL))
    finish_recipient (s);
  if (*slot == NULL)
    append_value (slot, value);
  s->last = slot;
}

void
mr_returned_take_status (MrReturned *report, const char *text)
{
  Status s = { .report = report };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (lines[i][strspn (lines[i], " \t\r")] == '\0') {
      finish_recipient (&s);
      continue;
    }
    if (g_ascii_isspace (lines[i][0]) && s.last != NULL)
      append_value (s.last, g_strstrip (lines[i]));
    else
      take_status_line (&s, lines[i]);
  }
  finish_recipient (&s);
  clear_recipient (&s);
  if (s.reporting != NULL)
    for (guint i = 0; i < report->recipients->len; i++) {
      MrReturnedRecipient *r = report->recipients->pdata[i];
      g_autofree char *raw = r->reporting_host;

      r->reporting_host = dup_host (raw != NULL ? raw : s.reporting);
    }
  g_free (s.reporting);
  if (report->envelope_id != NULL) {
    g_autofree char *raw = report->envelope_id;

    report->envelope_id = mr_returned_dup_xtext (raw);
  }
}

/* ---- feedback ---- */

void
mr_returned_take_feedback (MrReturned *report, const char *text, const GPtrArray *original)
{
  static const char *const in_report[] = { "Original-Rcpt-To", "Removal-Recipient" };
  static const char *const in_original[] = { "X-HmXmrOriginalRecipient", "X-Original-To", "Delivered-To", "To" };
  g_autoptr (GPtrArray) fields = mr_mail_fields_read (text, strlen (text), NULL);
  MrReturnedRecipient *r = mr_returned_add_recipient (report);
  const char *value = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (in_report) && value == NULL; i++)
    value = mr_mail_fields_get (fields, in_report[i]);
  for (guint i = 0; i < G_N_ELEMENTS (in_original) && value == NULL; i++)
    value = mr_mail_fields_get (original, in_original[i]);
  if (r == NULL)
    return;
  r->recipient = value != NULL ? mr_notice_dup_address (value) : NULL;
  if (r->recipient == NULL || strchr (r->recipient, '@') == NULL) {
    g_free (r->recipient);
    r->recipient = g_strdup ("");
  }
  r->outcome = MR_RETURNED_COMPLAINT;
  value = mr_mail_fields_get (fields, "Source-IP");
  r->remote_host = g_strdup (value);
}

/* ---- Amazon SES ---- */

/* The string behind "name": from *pos on; the reports are flat enough for that. (transfer full) NULL: none */
static char *
dup_json (const char *text, const char *name, gsize *pos)
{
  g_autofree char *key = g_strdup_printf ("\"%s\"", name);
  const char *p = strstr (text + *pos, key);
  GString *out;

  if (p == NULL)
    return NULL;
  p += strlen (key);
  p += strspn (p, " \t\n:[");
  if (*p != '"')
    return NULL;
  out = g_string_new (NULL);
  for (p++; *p != '\0' && *p != '"' && out->len < TEXT_MAX; p++) {
    if (*p == '\\' && p[1] != '\0')
      p++;
    g_string_append_c (out, *p);
  }
  *pos = (gsize)(p - text);
  return g_string_free (out, FALSE);
}

static void
add_ses (MrReturned *report, const char *text, MrReturnedOutcome outcome, char *address, gsize from)
{
  MrReturnedRecipient *r = mr_returned_add_recipient (report);
  gsize pos = from;
  g_autofree char *owned = address;

  if (r == NULL)
    return;
  r->recipient = g_steal_pointer (&owned);
  r->outcome = outcome;
  if (outcome == MR_RETURNED_DELIVERED) {
    r->text = dup_json (text, "smtpResponse", &pos);
  } else {
    g_autofree char *status = dup_json (text, "status", &pos);

    r->status = dup_status (status);
    pos = from;
    r->text = dup_json (text, "diagnosticCode", &pos);
    if (r->text != NULL && g_str_has_prefix (r->text, "smtp;")) {
      g_autofree char *raw = r->text;

      r->text = g_strstrip (g_strdup (raw + 5));
    }
  }
  pos = 0;
  r->reporting_host = dup_json (text, "reportingMTA", &pos);
}

gboolean
mr_returned_take_ses (MrReturned *report, const char *text)
{
  gsize pos = 0, from;
  g_autofree char *kind = NULL;
  char *address;

  if (text[strspn (text, " \t\n")] != '{')
    return FALSE;
  kind = dup_json (text, "notificationType", &pos);
  if (kind == NULL) {
    pos = 0;
    kind = dup_json (text, "eventType", &pos);
  }
  if (kind == NULL)
    return FALSE;
  if (g_str_equal (kind, "Delivery")) {
    const char *delivery = strstr (text, "\"delivery\"");

    pos = delivery != NULL ? (gsize)(delivery - text) : 0;
    address = dup_json (text, "recipients", &pos);
    if (address != NULL)
      add_ses (report, text, MR_RETURNED_DELIVERED, address, pos);
  } else {
    MrReturnedOutcome outcome = g_str_equal (kind, "Complaint") ? MR_RETURNED_COMPLAINT : MR_RETURNED_FAILED;

    for (pos = 0; report->recipients->len < MR_RETURNED_RECIPIENTS_MAX
                  && (address = dup_json (text, "emailAddress", &pos)) != NULL;) {
      from = pos;
      add_ses (report, text, outcome, address, from);
    }
  }
  return report->recipients->len > 0;
}

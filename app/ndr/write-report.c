/* A report as a mail: header, words, and what of the message goes back. The machine's part is in write-report-fields.c. */
#include <config.h>

#include "ndr/write-report-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"

#define WIDTH       72
#define SUBJECT_MAX 200
#define WORD_BYTES  42 /* of text in one encoded word */

/* ---- text ---- */

/* Appends words with lines of at most WIDTH characters where they can be broken; continued lines begin with indent. */
static void
append_wrapped (GString *out, const char *text, const char *first, const char *indent)
{
  g_autofree char *clean = g_utf8_make_valid (text, -1);
  g_auto (GStrv) words = g_strsplit_set (clean, " \t\r\n", -1);
  glong column = g_utf8_strlen (first, -1);
  gboolean fresh = TRUE;

  g_string_append (out, first);
  for (guint i = 0; words[i] != NULL; i++) {
    glong len = g_utf8_strlen (words[i], -1);

    if (len == 0)
      continue;
    if (!fresh && column + 1 + len > WIDTH) {
      g_string_append_printf (out, "\r\n%s", indent);
      column = g_utf8_strlen (indent, -1);
      fresh = TRUE;
    }
    g_string_append_printf (out, "%s%.900s", fresh ? "" : " ", words[i]);
    column += len + (fresh ? 0 : 1);
    fresh = FALSE;
  }
  g_string_append (out, "\r\n");
}

static const char *
opening (MrReport kind, gboolean several)
{
  static const struct {
    MrReport kind;
    const char *one, *several;
  } texts[] = {
    { MR_REPORT_FAILED, N_ ("Your message could not be delivered to this recipient:"),
      N_ ("Your message could not be delivered to these recipients:") },
    { MR_REPORT_DELAYED,
      N_ ("Your message has not reached this recipient yet. You need not send it again: it is tried further."),
      N_ ("Your message has not reached these recipients yet. You need not send it again: it is tried further.") },
    { MR_REPORT_RELAYED,
      N_ ("Your message was passed on for this recipient. The next server does not tell whether it arrives."),
      N_ ("Your message was passed on for these recipients. The next server does not tell whether it arrives.") },
    { MR_REPORT_DELIVERED, N_ ("Your message was delivered to this recipient:"),
      N_ ("Your message was delivered to these recipients:") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].kind == kind)
      return mr_text (several ? texts[i].several : texts[i].one);
  return "";
}

static void
append_recipient (GString *out, const MrReportText *report, const MrRecipientRecord *r)
{
  g_autofree char *title = mr_cause_dup_title (report->diagnosis, r->cause, r->cause_params);
  g_autofree char *sentence = mr_cause_dup_sentence (report->diagnosis, r->cause, r->cause_params);
  g_autofree char *explanation = mr_cause_dup_explanation (report->diagnosis, r->cause, r->cause_params);
  gboolean trouble = report->kind == MR_REPORT_FAILED || report->kind == MR_REPORT_DELAYED;

  g_string_append (out, "\r\n");
  append_wrapped (out, r->address, "  ", "  ");
  if (trouble && *title != '\0')
    append_wrapped (out, title, "    ", "    ");
  if (trouble && *sentence != '\0')
    append_wrapped (out, sentence, "    ", "    ");
  if (trouble && *explanation != '\0')
    append_wrapped (out, explanation, "    ", "    ");
  if (r->state == MR_RECIPIENT_RETURNED)
    append_wrapped (out, mr_text (N_ ("It was returned to you by hand and is not tried any more.")), "    ", "    ");
  if (r->reply.text != NULL && r->reply.code != 0) {
    g_autofree char *answer = g_strdup_printf (mr_text (N_ ("Answer of the server %s: %u %s")),
                                               r->host != NULL ? r->host : "?", r->reply.code, r->reply.text);

    append_wrapped (out, answer, "    ", "    ");
  }
}

static void
append_words (GString *out, const MrReportText *report)
{
  g_autofree char *sent = mr_clock_format_rfc5322 (report->message->created, FALSE);
  const char *subject = report->message->subject;

  append_wrapped (out, opening (report->kind, report->recipients->len > 1), "", "");
  for (guint i = 0; i < report->recipients->len; i++)
    append_recipient (out, report, g_ptr_array_index (report->recipients, i));
  g_string_append (out, "\r\n");
  append_wrapped (out, mr_text (N_ ("The message that this is about:")), "", "");
  if (subject != NULL && *subject != '\0') {
    g_autofree char *line = g_strdup_printf (mr_text (N_ ("Subject: %s")), subject);

    append_wrapped (out, line, "  ", "    ");
  }
  g_autofree char *line = g_strdup_printf (mr_text (N_ ("Handed in: %s")), sent);
  append_wrapped (out, line, "  ", "    ");
  g_string_append (out, "\r\n");
  append_wrapped (out, mr_text (N_ ("Mail Relay wrote this mail by itself. Mail programs read the rest of it.")), "",
                  "");
}

/* ---- header ---- */

char *
mr_report_dup_subject (const MrReportText *report)
{
  const char *subject = report->message->subject != NULL && *report->message->subject != '\0'
                            ? report->message->subject
                            : mr_text (N_ ("(no subject)"));
  g_autofree char *valid = g_utf8_make_valid (subject, -1);
  const char *end = g_utf8_offset_to_pointer (valid, MIN (g_utf8_strlen (valid, -1), SUBJECT_MAX));
  g_autofree char *cut = g_strndup (valid, (gsize)(end - valid));

  for (char *p = cut; *p != '\0'; p++)
    if ((guchar)*p < 0x20 || *p == 0x7f)
      *p = ' ';
  switch (report->kind) {
  case MR_REPORT_FAILED:
    return g_strdup_printf (mr_text (N_ ("Not delivered: %s")), cut);
  case MR_REPORT_DELAYED:
    return g_strdup_printf (mr_text (N_ ("Delayed: %s")), cut);
  case MR_REPORT_RELAYED:
    return g_strdup_printf (mr_text (N_ ("Passed on: %s")), cut);
  case MR_REPORT_DELIVERED:
  case MR_REPORT_ALL:
    break;
  }
  return g_strdup_printf (mr_text (N_ ("Delivered: %s")), cut);
}

static gboolean
is_plain (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isprint (*p))
      return FALSE;
  return strstr (text, "=?") == NULL && strlen (text) <= WIDTH - 10;
}

/* RFC 2047 encoded words, cut between characters. */
static void
append_unstructured (GString *out, const char *text)
{
  const char *p = text;

  if (is_plain (text)) {
    g_string_append (out, text);
    return;
  }
  while (*p != '\0') {
    gsize len = 0;

    while (p[len] != '\0' && len + (gsize)(g_utf8_next_char (p + len) - (p + len)) <= WORD_BYTES)
      len += (gsize)(g_utf8_next_char (p + len) - (p + len));
    g_autofree char *base64 = g_base64_encode ((const guchar *)p, len);
    g_string_append_printf (out, "%s=?UTF-8?B?%s?=", p == text ? "" : "\r\n ", base64);
    p += len;
  }
}

static void
append_header (GString *out, const MrReportText *report)
{
  g_autofree char *date = mr_clock_format_rfc5322 (report->now, FALSE);
  g_autofree char *subject = mr_report_dup_subject (report);
  g_autofree char *about = mr_report_dup_ascii (report->message->message_id, 250);
  const char *language = report->catalogue != NULL ? mr_catalogue_get_language (report->catalogue) : NULL;

  g_string_append_printf (out, "From: Mail Relay <%s>\r\nTo: <%s>\r\nSubject: ", report->from,
                          report->message->reverse_path);
  append_unstructured (out, subject);
  g_string_append_printf (out, "\r\nDate: %s\r\nMessage-ID: <%s>\r\n", date, report->message_id);
  if (about != NULL && strpbrk (about, " <>") == NULL)
    g_string_append_printf (out, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", about, about);
  g_string_append_printf (out,
                          "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
                          "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"%s\"\r\n",
                          report->boundary);
  if (language != NULL)
    g_string_append_printf (out, "Content-Language: %s\r\n", language);
  g_string_append (out, "\r\n");
}

/* ---- parts ---- */

static gboolean
has_8bit (const char *data, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if ((guchar)data[i] >= 0x80)
      return TRUE;
  return FALSE;
}

static void
append_original (GString *out, const MrReportText *report)
{
  gsize len = 0;
  const char *data = report->original != NULL ? g_bytes_get_data (report->original, &len) : NULL;

  if (len == 0)
    return;
  g_string_append_printf (out, "--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n", report->boundary,
                          report->whole ? "message/rfc822" : "text/rfc822-headers",
                          has_8bit (data, len) ? "8bit" : "7bit");
  g_string_append_len (out, data, (gssize)len);
  if (len < 2 || data[len - 1] != '\n')
    g_string_append (out, "\r\n");
}

GBytes *
mr_report_write (const MrReportText *report)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GString) words = g_string_new (NULL);

  mr_catalogue_begin (report->catalogue);
  append_header (out, report);
  append_words (words, report);
  mr_catalogue_end ();
  g_string_append_printf (out,
                          "--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n",
                          report->boundary, has_8bit (words->str, words->len) ? "8bit" : "7bit");
  g_string_append_len (out, words->str, (gssize)words->len);
  g_string_append_printf (out, "\r\n--%s\r\nContent-Type: message/delivery-status\r\n\r\n", report->boundary);
  mr_report_append_fields (out, report);
  g_string_append (out, "\r\n");
  append_original (out, report);
  g_string_append_printf (out, "--%s--\r\n", report->boundary);
  return g_string_free_to_bytes (out);
}

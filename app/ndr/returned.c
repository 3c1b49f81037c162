/* Reading of returned mail; see returned.h. The machine-readable part names the recipients where there is one; what was
 * said comes from it or from the text for people, whichever tells more. */
#include "ndr/returned.h"

#include <string.h>

#include "ndr/diagnosis-private.h"
#include "ndr/returned-private.h"

#define MAILBOX_MAX  (4 * 1024 * 1024)
#define MESSAGES_MAX 20 /* of a mailbox file */
#define FORWARD_MAX  2  /* a report that somebody passed on as an attachment */

const char *
mr_returned_outcome_nick (MrReturnedOutcome outcome)
{
  static const char *const nicks[MR_RETURNED_N_OUTCOMES] = { "failed",   "delayed",   "delivered", "relayed",
                                                             "expanded", "autoreply", "complaint", "not-a-bounce" };

  return (guint)outcome < MR_RETURNED_N_OUTCOMES ? nicks[outcome] : "not-a-bounce";
}

static void
recipient_free (gpointer data)
{
  MrReturnedRecipient *r = data;

  g_free (r->recipient);
  g_free (r->final_recipient);
  g_free (r->status);
  g_free (r->enhanced);
  g_free (r->text);
  g_free (r->remote_host);
  g_free (r->reporting_host);
  mr_diagnosis_result_clear (&r->diagnosis);
  g_free (r);
}

void
mr_returned_free (MrReturned *self)
{
  if (self == NULL)
    return;
  g_free (self->message_id);
  g_free (self->envelope_id);
  g_free (self->queue_id);
  g_free (self->subject);
  g_free (self->sender);
  g_free (self->arrived);
  g_ptr_array_unref (self->recipients);
  g_free (self);
}

MrReturnedRecipient *
mr_returned_add_recipient (MrReturned *self)
{
  MrReturnedRecipient *r;

  if (self->recipients->len >= MR_RETURNED_RECIPIENTS_MAX)
    return NULL;
  r = g_new0 (MrReturnedRecipient, 1);
  r->speaker = MR_SPEAKER_RECIPIENT_SERVER;
  g_ptr_array_add (self->recipients, r);
  return r;
}

/* ---- all together ---- */

static gboolean
is_complaint (const MrReturnedReader *reader)
{
  const char *subject = mr_mail_fields_get (reader->mail->fields, "Subject");

  if (g_strcmp0 (reader->mail->report_type, "feedback-report") == 0)
    return TRUE;
  for (guint i = 0; i < reader->mail->parts->len; i++)
    if (g_str_equal (((MrMailPart *)reader->mail->parts->pdata[i])->type, "message/feedback-report"))
      return TRUE;
  /* The reports of Outlook.com have no machine-readable part. */
  return subject != NULL && g_str_has_prefix (subject, "complaint about message from")
         && mr_mail_fields_get (reader->original, "X-HmXmrOriginalRecipient") != NULL;
}

static void
take_complaint (MrReturnedReader *reader)
{
  const char *text = "";

  for (guint i = 0; i < reader->mail->parts->len; i++) {
    const MrMailPart *part = reader->mail->parts->pdata[i];

    if (g_str_equal (part->type, "message/feedback-report"))
      text = part->text;
  }
  mr_returned_take_feedback (reader->report, text, reader->original);
}

static MrReturnedOutcome
worst_outcome (const MrReturned *report)
{
  MrReturnedOutcome worst = MR_RETURNED_NOT_A_BOUNCE;

  for (guint i = 0; i < report->recipients->len; i++)
    worst = MIN (worst, ((MrReturnedRecipient *)report->recipients->pdata[i])->outcome);
  return worst;
}

static gboolean
notice_gave_up (const MrReturnedReader *reader)
{
  const char *subject = mr_mail_fields_get (reader->mail->fields, "Subject");
  g_autofree char *folded = mr_extract_fold (subject != NULL ? subject : "");

  return mr_notice_gave_up (folded) || mr_notice_gave_up (reader->folded);
}

/* That somebody has read or deleted a message (RFC 8098): it did arrive. */
static gboolean
is_receipt (const MrReturnedReader *reader)
{
  if (g_strcmp0 (reader->mail->report_type, "disposition-notification") == 0)
    return TRUE;
  for (guint i = 0; i < reader->mail->parts->len; i++)
    if (g_str_equal (((MrMailPart *)reader->mail->parts->pdata[i])->type, "message/disposition-notification"))
      return TRUE;
  return FALSE;
}

/* FALSE: nothing that is read here. */
static gboolean
read_message (MrReturnedReader *reader)
{
  MrReturned *report = reader->report;
  gboolean machine;

  mr_returned_find_notice (reader);
  mr_returned_find_original (reader);
  reader->kind = mr_notice_kind (reader->mail->fields, reader->folded);
  reader->gave_up = notice_gave_up (reader);
  reader->qmail = strstr (reader->folded, "qmail-send") != NULL;
  if (is_complaint (reader)) {
    take_complaint (reader);
  } else if (is_receipt (reader)) {
    return FALSE;
  } else if (!mr_returned_take_ses (report, reader->notice)) {
    mr_returned_take_machine_parts (reader);
    if (report->recipients->len == 0 && reader->kind == MR_NOTICE_AUTOREPLY)
      report->outcome = MR_RETURNED_AUTOREPLY;
    if (report->recipients->len == 0 && reader->kind != MR_NOTICE_BOUNCE && reader->kind != MR_NOTICE_DELAY)
      return report->outcome == MR_RETURNED_AUTOREPLY;
  }
  machine = report->recipients->len > 0;
  mr_returned_take_original (reader);
  if (!is_complaint (reader))
    mr_returned_find_recipients (reader);
  for (guint i = 0; i < report->recipients->len; i++)
    mr_returned_explain (reader, report->recipients->pdata[i], machine);
  report->outcome = worst_outcome (report);
  return report->recipients->len > 0;
}

static MrReturned *
report_new (void)
{
  MrReturned *self = g_new0 (MrReturned, 1);

  self->outcome = MR_RETURNED_NOT_A_BOUNCE;
  self->recipients = g_ptr_array_new_with_free_func (recipient_free);
  return self;
}

static MrReturned *
read_at_depth (MrDiagnosis *diagnosis, const void *data, gsize len, guint depth)
{
  g_autoptr (MrReturned) report = report_new ();
  g_autoptr (MrMailParts) mail = mr_mail_parts_read (data, len);
  MrReturnedReader reader = { .report = report, .diagnosis = diagnosis, .mail = mail };
  gboolean found = read_message (&reader);

  g_free (reader.notice);
  g_free (reader.folded);
  g_clear_pointer (&reader.own_original, g_ptr_array_unref);
  for (guint i = 0; !found && depth < FORWARD_MAX && i < mail->parts->len; i++) {
    const MrMailPart *part = mail->parts->pdata[i];

    if (part->fields != NULL) {
      g_autoptr (MrReturned) inner = read_at_depth (diagnosis, part->text, strlen (part->text), depth + 1);

      if (inner->recipients->len > 0)
        return g_steal_pointer (&inner);
    }
  }
  return g_steal_pointer (&report);
}

/* A mailbox file: "From address date" begins a message. Returns where the next one begins. */
static gsize
next_message (const char *data, gsize len)
{
  for (const char *p = data; (p = memchr (p, '\n', len - (gsize)(p - data))) != NULL; p++) {
    gsize left = len - (gsize)(p - data);
    const char *line_end;

    if (left < 12 || memcmp (p + 1, "From ", 5) != 0)
      continue;
    line_end = memchr (p + 1, '\n', left - 1);
    if (line_end != NULL && g_ascii_isalpha (line_end[1])
        && memchr (line_end + 1, ':', MIN (40, len - (gsize)(line_end + 1 - data))) != NULL && line_end - p < 200)
      return (gsize)(p + 1 - data);
  }
  return len;
}

static void
merge (MrReturned *into, MrReturned *from)
{
  while (from->recipients->len > 0 && into->recipients->len < MR_RETURNED_RECIPIENTS_MAX)
    g_ptr_array_add (into->recipients, g_ptr_array_steal_index (from->recipients, 0));
  into->outcome = MIN (into->outcome, from->outcome);
}

/* A mailbox file with LF line ends. */
static GString *
with_lf (const char *data, gsize len)
{
  GString *out = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++)
    if (data[i] != '\r')
      g_string_append_c (out, data[i]);
    else if (i + 1 == len || data[i + 1] != '\n')
      g_string_append_c (out, '\n');
  return out;
}

static void
make_valid (char **text)
{
  char *valid = *text != NULL && !g_utf8_validate (*text, -1, NULL) ? g_utf8_make_valid (*text, -1) : NULL;

  if (valid == NULL)
    return;
  g_free (*text);
  *text = valid;
}

/* Whatever bytes were sent, and wherever a long text was cut. */
static void
make_texts_valid (MrReturned *report)
{
  make_valid (&report->message_id);
  make_valid (&report->envelope_id);
  make_valid (&report->subject);
  make_valid (&report->sender);
  for (guint i = 0; i < report->recipients->len; i++) {
    MrReturnedRecipient *r = report->recipients->pdata[i];

    make_valid (&r->recipient);
    make_valid (&r->final_recipient);
    make_valid (&r->text);
    make_valid (&r->remote_host);
    make_valid (&r->reporting_host);
  }
}

static MrReturned *
read_all (MrDiagnosis *diagnosis, const char *data, gsize len)
{
  g_autoptr (GString) mailbox = NULL;
  MrReturned *report;
  gsize end;

  if (len <= 5 || memcmp (data, "From ", 5) != 0)
    return read_at_depth (diagnosis, data, len, 0);
  mailbox = with_lf (data, MIN (len, MAILBOX_MAX));
  end = next_message (mailbox->str, mailbox->len);
  report = read_at_depth (diagnosis, mailbox->str, end, 0);
  for (guint i = 1; i < MESSAGES_MAX && end < mailbox->len; i++) {
    gsize next = end + next_message (mailbox->str + end, mailbox->len - end);
    g_autoptr (MrReturned) more = read_at_depth (diagnosis, mailbox->str + end, next - end, 0);

    merge (report, more);
    end = next;
  }
  return report;
}

MrReturned *
mr_returned_read (MrDiagnosis *diagnosis, const void *bytes, gsize len)
{
  MrReturned *report = read_all (diagnosis, bytes, len);

  make_texts_valid (report);
  return report;
}

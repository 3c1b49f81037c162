/* Reading of returned mail; see returned.h. The machine-readable part names the recipients where there is one; what was
 * said comes from it or from the text for people, whichever tells more. */
#include "ndr/returned-private.h"

#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "ndr/diagnosis-private.h"

#define TEXT_MAX          4096
#define NOTICE_MAX        (64 * 1024)
#define SURE              0.75 /* confidence from which on the rest of the text is not asked */
#define WEAK              0.55 /* the same where a reply code came with the words */
#define PARAGRAPHS_MAX    30
#define NOTICE_RECIPIENTS 10 /* with more of them the common text is not asked for each */
#define MAILBOX_MAX       (4 * 1024 * 1024)
#define MESSAGES_MAX      20 /* of a mailbox file */
#define FORWARD_MAX       2  /* a report that somebody passed on as an attachment */

typedef struct {
  MrReturned *report;
  MrDiagnosis *diagnosis;
  MrMailParts *mail;
  char *notice, *folded;     /* the text for people, up to the copy of the original */
  const GPtrArray *original; /* header of the original, NULL: not there */
  GPtrArray *own_original;   /* where it was found in the text */
  MrNoticeKind kind;
  gboolean gave_up, qmail;
} Reader;

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

/* ---- the text for people ---- */

static void
find_notice (Reader *reader)
{
  GString *text = g_string_new (NULL);
  const MrMailPart *html = NULL;

  for (guint i = 0; i < reader->mail->parts->len && text->len < NOTICE_MAX; i++) {
    const MrMailPart *part = reader->mail->parts->pdata[i];

    /* What comes behind the original belongs to it. */
    if (g_str_equal (part->type, "message/rfc822") || g_str_has_prefix (part->type, "text/rfc822-header"))
      break;
    if (g_str_equal (part->type, "text/html") && html == NULL)
      html = part;
    if (!g_str_equal (part->type, "text/plain") && !g_str_equal (part->type, "text/markdown"))
      continue;
    g_string_append (text, part->text);
    g_string_append_c (text, '\n');
  }
  if (text->len < 2 && html != NULL) {
    g_autofree char *plain = mr_notice_from_html (html->text);

    g_string_assign (text, plain);
  }
  g_string_truncate (text, MIN (text->len, NOTICE_MAX));
  reader->notice = g_utf8_make_valid (text->str, -1);
  g_string_free (text, TRUE);
}

/* Header of the original: an enclosed message, a part of header lines, or behind the mark in the text. */
static void
find_original (Reader *reader)
{
  gsize start = 0, len = mr_notice_length (reader->notice, &start);

  for (guint i = 0; i < reader->mail->parts->len && reader->original == NULL; i++) {
    const MrMailPart *part = reader->mail->parts->pdata[i];

    if (part->fields != NULL)
      reader->original = part->fields;
    else if (g_str_has_prefix (part->type, "text/rfc822-header") || g_str_equal (part->type, "message/global-headers"))
      reader->original = reader->own_original = mr_mail_fields_read (
          part->text + strspn (part->text, " \t\n"), strlen (part->text) - strspn (part->text, " \t\n"), NULL);
  }
  if (reader->original == NULL && start < strlen (reader->notice)) {
    const char *from = reader->notice + start;

    from += strspn (from, " \t\n-=_#*");
    reader->original = reader->own_original = mr_mail_fields_read (from, strlen (from), NULL);
  }
  reader->notice[len] = '\0';
  reader->folded = mr_extract_fold (reader->notice);
}

/* ---- recipients ---- */

static const char *
find_line (const char *text, const char *start)
{
  for (const char *p = text; (p = strstr (p, start)) != NULL; p++)
    if (p == text || p[-1] == '\n')
      return p;
  return NULL;
}

/* What is for machines is none of the words for people. */
static void
cut_notice (Reader *reader, const char *status)
{
  const char *header = find_line (reader->notice, "Content-Type: message/delivery-status");
  gsize len = (gsize)((header != NULL && header < status ? header : status) - reader->notice);

  reader->notice[len] = '\0';
  g_free (reader->folded);
  reader->folded = mr_extract_fold (reader->notice);
}

static void
take_machine_parts (Reader *reader)
{
  for (guint i = 0; i < reader->mail->parts->len; i++) {
    const MrMailPart *part = reader->mail->parts->pdata[i];

    if (g_str_equal (part->type, "message/delivery-status")
        || g_str_equal (part->type, "message/global-delivery-status"))
      mr_returned_take_status (reader->report, part->text);
  }
  /* The header that told the parts apart may be lost. */
  if (reader->report->recipients->len == 0) {
    const char *status = find_line (reader->notice, "Reporting-MTA:");

    if (status == NULL)
      status = find_line (reader->notice, "Final-Recipient:");
    if (status != NULL)
      mr_returned_take_status (reader->report, status);
    if (reader->report->recipients->len > 0)
      cut_notice (reader, status);
  }
}

/* Addresses that got this message: they sent the original and could not fail. */
static char **
dup_own (const Reader *reader)
{
  static const char *const names[] = { "To", "Delivered-To", "X-Original-To" };
  g_autoptr (GPtrArray) own = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value = mr_mail_fields_get (reader->mail->fields, names[i]);
    char *address = value != NULL ? mr_notice_dup_address (value) : NULL;

    if (address != NULL)
      g_ptr_array_add (own, address);
  }
  g_ptr_array_add (own, NULL);
  return (char **)g_ptr_array_steal (own, NULL);
}

static MrReturnedRecipient *
add_address (MrReturned *report, const char *address)
{
  MrReturnedRecipient *r;

  for (guint i = 0; i < report->recipients->len; i++) {
    r = report->recipients->pdata[i];
    if (g_ascii_strcasecmp (r->recipient, address) == 0)
      return r;
  }
  r = mr_returned_add_recipient (report);
  if (r != NULL)
    r->recipient = g_strdup (address);
  return r;
}

static void
take_failed_recipients (Reader *reader)
{
  const char *value = mr_mail_fields_get (reader->mail->fields, "X-Failed-Recipients");
  gsize pos = 0, start;
  char *address;

  while (value != NULL && (address = mr_notice_next_address (value, strlen (value), &pos, &start)) != NULL) {
    add_address (reader->report, address);
    g_free (address);
  }
}

static void
take_original_to (Reader *reader)
{
  const char *to = mr_mail_fields_get (reader->original, "To");
  g_autofree char *address = to != NULL ? mr_notice_dup_address (to) : NULL;

  if (address != NULL && strchr (address, '@') != NULL)
    add_address (reader->report, address);
}

static void
find_recipients (Reader *reader)
{
  MrReturned *report = reader->report;
  gboolean machine = report->recipients->len > 0;
  g_auto (GStrv) own = dup_own (reader);
  g_autoptr (GPtrArray) noticed = mr_notice_recipients (reader->notice, (const char *const *)own);

  if (!machine)
    take_failed_recipients (reader);
  if (report->recipients->len == 0)
    for (guint i = 0; i < noticed->len; i++)
      add_address (report, ((MrNoticeRecipient *)noticed->pdata[i])->address);
  if (report->recipients->len == 0)
    take_original_to (reader);
  /* What the text says of each. */
  for (guint i = 0; i < report->recipients->len; i++) {
    MrReturnedRecipient *r = report->recipients->pdata[i];

    if (!machine)
      r->outcome = reader->kind == MR_NOTICE_DELAY ? MR_RETURNED_DELAYED : MR_RETURNED_FAILED;
    for (guint k = 0; k < noticed->len && r->text == NULL; k++) {
      const MrNoticeRecipient *n = noticed->pdata[k];

      if (n->text->len > 0
          && (g_ascii_strcasecmp (n->address, r->recipient) == 0
              || (r->final_recipient != NULL && g_ascii_strcasecmp (n->address, r->final_recipient) == 0)))
        r->text = g_strstrip (g_strndup (n->text->str + strspn (n->text->str, " <>:,;)]"), TEXT_MAX));
    }
  }
}

/* ---- what it means ---- */

/* The words that a server wrote around a reply name the host that said it. */
static void
find_host (MrReturnedRecipient *r)
{
  static const char *const marks[] = { "host ", "server ", "connect to ", "while talking to ", "connected to " };
  g_autofree char *folded = r->text != NULL ? mr_extract_fold (r->text) : g_strdup ("");

  for (guint i = 0; r->remote_host == NULL && i < G_N_ELEMENTS (marks); i++) {
    const char *p = strstr (folded, marks[i]);
    gsize n;

    if (p == NULL)
      continue;
    p += strlen (marks[i]);
    p += strspn (p, " <\n");
    n = strcspn (p, " [<>()\n:,");
    while (n > 0 && p[n - 1] == '.')
      n--;
    if (n > 3 && n < 256 && memchr (p, '.', n) != NULL)
      r->remote_host = g_strndup (p, n);
  }
}

static MrDiagnosisInput
input_of (const Reader *reader, const MrReturnedRecipient *r, const char *text)
{
  const char *at = strrchr (r->final_recipient != NULL ? r->final_recipient : r->recipient, '@');

  return (MrDiagnosisInput){ .stage = r->stage,
                             .speaker = r->speaker,
                             .code = text != NULL && text == r->text ? r->code : 0,
                             .enhanced = text != NULL && text == r->text ? r->enhanced : r->status,
                             .text = text,
                             .host = r->remote_host,
                             .recipient = *r->recipient != '\0' ? r->recipient : NULL,
                             .domain = at != NULL ? at + 1 : NULL,
                             .sender = reader->report->sender,
                             .error = -1 };
}

static void
take_reply (MrReturnedRecipient *r)
{
  char normalized[MR_NDR_TEXT_MAX + 12];
  guint enhanced[3];

  mr_extract_normalize (r->text != NULL ? r->text : "", normalized);
  r->code = mr_extract_code (r->text != NULL ? r->text : "");
  r->stage = mr_extract_stage (normalized);
  if (r->text != NULL && mr_extract_enhanced (r->text, enhanced))
    r->enhanced = g_strdup_printf ("%u.%u.%u", enhanced[0], enhanced[1], enhanced[2]);
  if (r->enhanced == NULL)
    r->enhanced = g_strdup (r->status);
  /* "Status: 5.0.0", and the true code in the text */
  if (r->enhanced != NULL && (r->status == NULL || g_str_has_suffix (r->status, ".0.0"))) {
    g_free (r->status);
    r->status = g_strdup (r->enhanced);
  }
}

/* Takes over other where it is surer. */
static void
take_surer (MrReturnedRecipient *r, MrDiagnosisResult *other, const char *text)
{
  MrDiagnosisResult swap = r->diagnosis;

  if (other->confidence <= r->diagnosis.confidence || g_str_has_prefix (other->cause, "notice-"))
    return;
  r->diagnosis = *other; /* owns its parameters; the caller clears what is swapped out */
  *other = swap;
  if (r->text == NULL)
    r->text = g_strstrip (g_strndup (text, TEXT_MAX));
}

/* Each paragraph on its own, so that what a server adds for politeness does not get into the way; then all. */
static void
diagnose_notice (const Reader *reader, MrReturnedRecipient *r)
{
  g_auto (GStrv) paragraphs = g_strsplit (reader->notice, "\n\n", PARAGRAPHS_MAX);

  for (guint i = 0; paragraphs[i] != NULL; i++) {
    MrDiagnosisInput input = input_of (reader, r, paragraphs[i]);
    g_auto (MrDiagnosisResult) other = { 0 };

    if (strlen (paragraphs[i]) < 8)
      continue;
    mr_diagnosis_run (reader->diagnosis, &input, &other);
    take_surer (r, &other, paragraphs[i]);
  }
  if (r->diagnosis.confidence < SURE) {
    MrDiagnosisInput input = input_of (reader, r, reader->notice);
    g_auto (MrDiagnosisResult) other = { 0 };

    mr_diagnosis_run (reader->diagnosis, &input, &other);
    take_surer (r, &other, reader->notice);
  }
}

/* Behind words that lead to what the other server said; NULL: there are none. */
static const char *
quoted_reply (const char *text)
{
  static const char *const marks[] = { "other server returned was:",
                                       "following error message:",
                                       "response from the remote server was:",
                                       "remote host said:",
                                       "the response was:",
                                       "failed with:",
                                       "server responded with:",
                                       "server returned:",
                                       "remote server returned",
                                       "said:",
                                       "with error:",
                                       "reason:" };

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (marks); i++) {
    const char *p = text;

    for (; *p != '\0'; p++)
      if (g_ascii_strncasecmp (p, marks[i], strlen (marks[i])) == 0)
        break;
    if (*p != '\0' && strlen (p) > strlen (marks[i]) + 6)
      return p + strlen (marks[i]);
  }
  return NULL;
}

/* Words that are sure win over the machine-readable part where that says little. */
static void
diagnose (const Reader *reader, MrReturnedRecipient *r)
{
  MrDiagnosisInput input = input_of (reader, r, r->text);
  gboolean alone = reader->report->recipients->len == 1;
  const char *reply = quoted_reply (r->text != NULL ? r->text : alone ? reader->notice : NULL);

  mr_diagnosis_run (reader->diagnosis, &input, &r->diagnosis);
  if (reply != NULL) {
    MrDiagnosisInput quoted = input_of (reader, r, reply);
    g_auto (MrDiagnosisResult) other = { 0 };

    mr_diagnosis_run (reader->diagnosis, &quoted, &other);
    if (other.confidence >= SURE && !g_str_has_prefix (other.cause, "notice-")) {
      mr_diagnosis_result_clear (&r->diagnosis);
      take_surer (r, &other, reply);
    }
  }
  if (r->diagnosis.confidence < (r->code > 0 ? WEAK : SURE) && (alone || r->status == NULL)
      && reader->report->recipients->len <= NOTICE_RECIPIENTS)
    diagnose_notice (reader, r);
}

static void
set_notice_cause (const Reader *reader, MrReturnedRecipient *r)
{
  MrDiagnosisInput input = input_of (reader, r, r->text);
  const char *cause = r->outcome == MR_RETURNED_COMPLAINT ? "notice-complaint" : "notice-delivered";

  mr_diagnosis_run (reader->diagnosis, &input, &r->diagnosis);
  mr_diagnosis_set_cause (reader->diagnosis, &r->diagnosis, cause, r->speaker);
}

static char *
dup_paragraph (const char *text)
{
  const char *end = strstr (text, "\n\n");

  return g_strstrip (g_strndup (text, MIN (end != NULL ? (gsize)(end - text) : strlen (text), TEXT_MAX)));
}

static void
explain (const Reader *reader, MrReturnedRecipient *r, gboolean machine)
{
  /* With several recipients it would be anybody's. */
  if (r->text == NULL && reader->report->recipients->len == 1 && quoted_reply (reader->notice) != NULL)
    r->text = dup_paragraph (quoted_reply (reader->notice));
  take_reply (r);
  find_host (r);
  if (r->outcome != MR_RETURNED_FAILED && r->outcome != MR_RETURNED_DELAYED)
    return set_notice_cause (reader, r);
  diagnose (reader, r);
  if (r->outcome == MR_RETURNED_FAILED && !machine && r->code < 500
      && (reader->gave_up || (r->code >= 400 && !reader->qmail)) && (r->status == NULL || *r->status != '5')) {
    r->outcome = MR_RETURNED_DELAYED;
    r->gave_up = TRUE;
  }
}

/* ---- the original ---- */

static char *
dup_bare_id (const char *value)
{
  const char *from = value + strspn (value, " <");

  return g_strndup (from, strcspn (from, " >"));
}

/* Our own id, in a Received field of ours or as the envelope id. */
static char *
find_queue_id (const Reader *reader)
{
  const char *envelope = reader->report->envelope_id;

  if (envelope != NULL && mr_id_is_valid (envelope))
    return g_strdup (envelope);
  for (guint i = 0; reader->original != NULL && i < reader->original->len; i++) {
    const MrMailField *field = reader->original->pdata[i];
    const char *p = g_ascii_strcasecmp (field->name, "Received") == 0 ? field->value : NULL;

    while (p != NULL && (p = strstr (p, " id ")) != NULL) {
      g_autofree char *id = g_strndup (p + 4, strcspn (p + 4, " ;("));

      if (mr_id_is_valid (id))
        return g_steal_pointer (&id);
      p += 4;
    }
  }
  return NULL;
}

static void
take_original (Reader *reader)
{
  MrReturned *report = reader->report;
  const char *id = mr_mail_fields_get (reader->original, "Message-ID");
  const char *from = mr_mail_fields_get (reader->original, "From");

  report->message_id = id != NULL ? dup_bare_id (id) : NULL;
  report->subject = g_strdup (mr_mail_fields_get (reader->original, "Subject"));
  report->sender = from != NULL ? mr_notice_dup_address (from) : NULL;
  if (report->queue_id == NULL || !mr_id_is_valid (report->queue_id)) {
    g_free (report->queue_id);
    report->queue_id = find_queue_id (reader);
  }
}

/* ---- all together ---- */

static gboolean
is_complaint (const Reader *reader)
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
take_complaint (Reader *reader)
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
notice_gave_up (const Reader *reader)
{
  const char *subject = mr_mail_fields_get (reader->mail->fields, "Subject");
  g_autofree char *folded = mr_extract_fold (subject != NULL ? subject : "");

  return mr_notice_gave_up (folded) || mr_notice_gave_up (reader->folded);
}

/* FALSE: nothing that is read here. */
static gboolean
read_message (Reader *reader)
{
  MrReturned *report = reader->report;
  gboolean machine;

  find_notice (reader);
  find_original (reader);
  reader->kind = mr_notice_kind (reader->mail->fields, reader->folded);
  reader->gave_up = notice_gave_up (reader);
  reader->qmail = strstr (reader->folded, "qmail-send") != NULL;
  if (is_complaint (reader)) {
    take_complaint (reader);
  } else if (g_strcmp0 (reader->mail->report_type, "disposition-notification") != 0
             && !mr_returned_take_ses (report, reader->notice)) {
    take_machine_parts (reader);
    if (report->recipients->len == 0 && reader->kind == MR_NOTICE_AUTOREPLY)
      report->outcome = MR_RETURNED_AUTOREPLY;
    if (report->recipients->len == 0 && reader->kind != MR_NOTICE_BOUNCE && reader->kind != MR_NOTICE_DELAY)
      return report->outcome == MR_RETURNED_AUTOREPLY;
  }
  machine = report->recipients->len > 0;
  take_original (reader);
  if (!is_complaint (reader))
    find_recipients (reader);
  for (guint i = 0; i < report->recipients->len; i++)
    explain (reader, report->recipients->pdata[i], machine);
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
  Reader reader = { .report = report, .diagnosis = diagnosis, .mail = mail };
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

MrReturned *
mr_returned_read (MrDiagnosis *diagnosis, const void *bytes, gsize len)
{
  const char *data = bytes;
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

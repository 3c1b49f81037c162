/* Whom returned mail is about: the text for people, the header of the original, and the recipients that either of them or
 * the machine-readable part names. */
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "ndr/diagnosis-private.h"
#include "ndr/returned-private.h"

#define TEXT_MAX   4096
#define NOTICE_MAX (64 * 1024)

/* ---- the text for people ---- */

void
mr_returned_find_notice (MrReturnedReader *reader)
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
void
mr_returned_find_original (MrReturnedReader *reader)
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
cut_notice (MrReturnedReader *reader, const char *status)
{
  const char *header = find_line (reader->notice, "Content-Type: message/delivery-status");
  gsize len = (gsize)((header != NULL && header < status ? header : status) - reader->notice);

  reader->notice[len] = '\0';
  g_free (reader->folded);
  reader->folded = mr_extract_fold (reader->notice);
}

void
mr_returned_take_machine_parts (MrReturnedReader *reader)
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
dup_own (const MrReturnedReader *reader)
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
take_failed_recipients (MrReturnedReader *reader)
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
take_original_to (MrReturnedReader *reader)
{
  const char *to = mr_mail_fields_get (reader->original, "To");
  g_autofree char *address = to != NULL ? mr_notice_dup_address (to) : NULL;

  if (address != NULL && strchr (address, '@') != NULL)
    add_address (reader->report, address);
}

void
mr_returned_find_recipients (MrReturnedReader *reader)
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

/* ---- the original ---- */

static char *
dup_bare_id (const char *value)
{
  const char *from = value + strspn (value, " <");

  return g_strndup (from, strcspn (from, " >"));
}

/* Our own id, in a Received field of ours or as the envelope id. */
static char *
find_queue_id (const MrReturnedReader *reader)
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

void
mr_returned_take_original (MrReturnedReader *reader)
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

/* Construction, copies and release of the records in <mailrelay/records.h>. */
#include <mailrelay/records.h>

#include <string.h>

#include "base/text.h"

#define REPLY_TEXT_MAX 2048

/* RFC 3463 section 2: class "." subject "." detail, of which only 2, 4 and 5 are classes. */
static gboolean
is_enhanced_code (const char *code)
{
  if (code == NULL || strchr ("245", code[0]) == NULL || code[0] == '\0')
    return FALSE;

  const char *p = code + 1;
  for (int part = 0; part < 2; part++) {
    if (*p++ != '.')
      return FALSE;
    gsize digits = strspn (p, "0123456789");
    if (digits < 1 || digits > 3)
      return FALSE;
    p += digits;
  }
  return *p == '\0';
}

void
mr_reply_record_set (MrReplyRecord *reply, guint code, const char *enhanced, const char *text)
{
  /* The new strings first: callers may hand in those of the record itself. */
  char *new_enhanced = is_enhanced_code (enhanced) ? g_strdup (enhanced) : NULL;
  char *new_text = text != NULL ? mr_text_sanitize (text, REPLY_TEXT_MAX) : NULL;

  mr_reply_record_clear (reply);
  reply->code = code;
  reply->enhanced = new_enhanced;
  reply->text = new_text;
}

void
mr_reply_record_clear (MrReplyRecord *reply)
{
  reply->code = 0;
  g_clear_pointer (&reply->enhanced, g_free);
  g_clear_pointer (&reply->text, g_free);
}

void
mr_reply_record_copy_into (const MrReplyRecord *from, MrReplyRecord *to)
{
  if (from == to)
    return;
  mr_reply_record_clear (to);
  to->code = from->code;
  to->enhanced = g_strdup (from->enhanced);
  to->text = g_strdup (from->text);
}

MrRecipientRecord *
mr_recipient_record_new (guint n, const char *address)
{
  MrRecipientRecord *record = g_new0 (MrRecipientRecord, 1);

  record->n = n;
  record->address = g_strdup (address);
  record->state = MR_RECIPIENT_WAITING;
  return record;
}

MrRecipientRecord *
mr_recipient_record_copy (const MrRecipientRecord *record)
{
  MrRecipientRecord *copy = g_new (MrRecipientRecord, 1);

  *copy = *record;
  copy->address = g_strdup (record->address);
  memset (&copy->reply, 0, sizeof copy->reply);
  mr_reply_record_copy_into (&record->reply, &copy->reply);
  copy->host = g_strdup (record->host);
  copy->account = g_strdup (record->account);
  copy->cause = g_strdup (record->cause);
  copy->orcpt = g_strdup (record->orcpt);
  copy->bounced_cause = g_strdup (record->bounced_cause);
  copy->corrected_from = g_strdup (record->corrected_from);
  if (record->cause_params != NULL) {
    /* A floating reference is the record's own; the copy takes one beside it. */
    if (g_variant_is_floating (record->cause_params))
      g_variant_ref_sink (record->cause_params);
    copy->cause_params = g_variant_ref (record->cause_params);
  }
  return copy;
}

void
mr_recipient_record_free (MrRecipientRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->address);
  mr_reply_record_clear (&record->reply);
  g_free (record->host);
  g_free (record->account);
  g_free (record->cause);
  g_free (record->orcpt);
  g_free (record->bounced_cause);
  g_free (record->corrected_from);
  g_clear_pointer (&record->cause_params, g_variant_unref);
  g_free (record);
}

static GPtrArray *
new_recipients (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
}

MrMessageRecord *
mr_message_record_new (void)
{
  MrMessageRecord *record = g_new0 (MrMessageRecord, 1);

  record->uid = -1;
  record->recipients = new_recipients ();
  return record;
}

MrMessageRecord *
mr_message_record_copy (const MrMessageRecord *record)
{
  MrMessageRecord *copy = g_new (MrMessageRecord, 1);

  *copy = *record;
  copy->id = g_strdup (record->id);
  copy->reverse_path = g_strdup (record->reverse_path);
  copy->from = g_strdup (record->from);
  copy->subject = g_strdup (record->subject);
  copy->message_id = g_strdup (record->message_id);
  copy->program = g_strdup (record->program);
  copy->socket = g_strdup (record->socket);
  copy->helo = g_strdup (record->helo);
  copy->auth_identity = g_strdup (record->auth_identity);
  copy->peer = g_strdup (record->peer);
  copy->account_override = g_strdup (record->account_override);
  copy->envid = g_strdup (record->envid);
  copy->report_for = g_strdup (record->report_for);
  copy->again_of = g_strdup (record->again_of);
  copy->copies = g_strdupv (record->copies);
  copy->hold_rule = g_strdup (record->hold_rule);
  copy->recipients = new_recipients ();
  for (guint i = 0; record->recipients != NULL && i < record->recipients->len; i++)
    g_ptr_array_add (copy->recipients, mr_recipient_record_copy (g_ptr_array_index (record->recipients, i)));
  return copy;
}

void
mr_message_record_free (MrMessageRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->id);
  g_free (record->reverse_path);
  g_free (record->from);
  g_free (record->subject);
  g_free (record->message_id);
  g_free (record->program);
  g_free (record->socket);
  g_free (record->helo);
  g_free (record->auth_identity);
  g_free (record->peer);
  g_free (record->account_override);
  g_free (record->envid);
  g_free (record->report_for);
  g_free (record->again_of);
  g_strfreev (record->copies);
  g_free (record->hold_rule);
  g_clear_pointer (&record->recipients, g_ptr_array_unref);
  g_free (record);
}

MrAttemptRecord *
mr_attempt_record_new (void)
{
  return g_new0 (MrAttemptRecord, 1);
}

void
mr_attempt_record_free (MrAttemptRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->message_id);
  g_free (record->account);
  g_free (record->host);
  g_free (record->address);
  g_free (record->tls);
  mr_reply_record_clear (&record->reply);
  g_free (record->error);
  g_free (record->cause);
  g_free (record->transcript);
  g_free (record->signatures);
  g_free (record);
}

MrProgramRecord *
mr_program_record_new (void)
{
  return g_new0 (MrProgramRecord, 1);
}

void
mr_program_record_free (MrProgramRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->id);
  g_free (record->name);
  g_free (record);
}

MrRefusalRecord *
mr_refusal_record_new (void)
{
  MrRefusalRecord *record = g_new0 (MrRefusalRecord, 1);

  record->uid = -1;
  return record;
}

void
mr_refusal_record_free (MrRefusalRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->program);
  g_free (record->peer);
  g_free (record->reverse_path);
  g_free (record->reason);
  g_free (record);
}

MrHoldRuleRecord *
mr_hold_rule_record_new (const char *id)
{
  MrHoldRuleRecord *record = g_new0 (MrHoldRuleRecord, 1);

  record->id = g_strdup (id);
  record->match = g_new0 (char *, 1);
  return record;
}

MrHoldRuleRecord *
mr_hold_rule_record_copy (const MrHoldRuleRecord *record)
{
  MrHoldRuleRecord *copy = g_new (MrHoldRuleRecord, 1);

  *copy = *record;
  copy->id = g_strdup (record->id);
  copy->match = g_strdupv (record->match);
  return copy;
}

void
mr_hold_rule_record_free (MrHoldRuleRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->id);
  g_strfreev (record->match);
  g_free (record);
}

MrNeverRecord *
mr_never_record_new (const char *address)
{
  MrNeverRecord *record = g_new0 (MrNeverRecord, 1);

  record->address = g_strdup (address);
  return record;
}

void
mr_never_record_free (MrNeverRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->address);
  g_free (record->reason);
  g_free (record->message_id);
  g_free (record);
}

void
mr_account_use_free (MrAccountUse *use)
{
  if (use == NULL)
    return;
  g_free (use->account);
  g_free (use);
}

void
mr_group_record_free (MrGroupRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->cause);
  g_free (record->account);
  g_free (record);
}

MrRecipientState
mr_message_record_summary_state (const MrMessageRecord *record)
{
  /* What waits for a person comes first, then what went wrong, then what still moves, then what is done. */
  static const MrRecipientState order[] = {
    MR_RECIPIENT_NEEDS_PERSON, MR_RECIPIENT_UNCERTAIN, MR_RECIPIENT_FAILED,   MR_RECIPIENT_EXPIRED,
    MR_RECIPIENT_SENDING,      MR_RECIPIENT_WAITING,   MR_RECIPIENT_RETURNED, MR_RECIPIENT_CANCELLED,
    MR_RECIPIENT_RELAYED,      MR_RECIPIENT_DELIVERED,
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (order) == MR_RECIPIENT_N_STATES);

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (guint j = 0; record->recipients != NULL && j < record->recipients->len; j++)
      if (((const MrRecipientRecord *)g_ptr_array_index (record->recipients, j))->state == order[i])
        return order[i];
  return MR_RECIPIENT_WAITING;
}

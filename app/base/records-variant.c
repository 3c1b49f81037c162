/* Records of the queue as GVariant dictionaries and back, by tables (record-fields.h). */
#include <config.h>

#include "base/records-variant.h"

#include "base/record-fields.h"

#define SUBJECT_TEXT   998
#define MAX_RECIPIENTS 100000

ENUM_ADAPTERS (MrRecipientState, recipient_state)
ENUM_ADAPTERS (MrWaitReason, wait_reason)
ENUM_ADAPTERS (MrHoldReason, hold_reason)
ENUM_ADAPTERS (MrHoldRuleKind, hold_rule_kind)
ENUM_ADAPTERS (MrStage, stage)
ENUM_ADAPTERS (MrVerdictKind, verdict_kind)

static const MrField message_fields[] = {
  ROW (MR_FIELD_STRING, MrMessageRecord, "id", id),
  ROW (MR_FIELD_INT64, MrMessageRecord, "created", created),
  ROW (MR_FIELD_INT64, MrMessageRecord, "finished", finished),
  ROW (MR_FIELD_INT64, MrMessageRecord, "online-at", online_at),
  ROW (MR_FIELD_INT64, MrMessageRecord, "not-before", not_before),
  ROW (MR_FIELD_INT64, MrMessageRecord, "next-attempt", next_attempt),
  ENUM_ROW (MrMessageRecord, "hold", hold, hold_reason),
  ROW (MR_FIELD_STRING, MrMessageRecord, "hold-rule", hold_rule),
  ROW (MR_FIELD_INT64, MrMessageRecord, "hold-until", hold_until),
  ROW (MR_FIELD_STRING, MrMessageRecord, "reverse-path", reverse_path),
  ROW (MR_FIELD_STRING, MrMessageRecord, "from", from),
  TEXT_ROW (MrMessageRecord, "subject", subject, SUBJECT_TEXT),
  ROW (MR_FIELD_STRING, MrMessageRecord, "message-id", message_id),
  ROW (MR_FIELD_UINT64, MrMessageRecord, "size", size),
  ROW (MR_FIELD_BOOLEAN, MrMessageRecord, "has-8bit", has_8bit),
  ROW (MR_FIELD_BOOLEAN, MrMessageRecord, "has-body", has_body),
  ROW (MR_FIELD_UINT, MrMessageRecord, "n-chunks", n_chunks),
  ROW (MR_FIELD_STRING, MrMessageRecord, "program", program),
  ROW (MR_FIELD_UID, MrMessageRecord, "uid", uid),
  ROW (MR_FIELD_INT64, MrMessageRecord, "pid", pid),
  ROW (MR_FIELD_STRING, MrMessageRecord, "socket", socket),
  ROW (MR_FIELD_STRING, MrMessageRecord, "helo", helo),
  ROW (MR_FIELD_STRING, MrMessageRecord, "auth-identity", auth_identity),
  ROW (MR_FIELD_STRING, MrMessageRecord, "account-override", account_override),
  ROW (MR_FIELD_STRING, MrMessageRecord, "envid", envid),
  ROW (MR_FIELD_STRING, MrMessageRecord, "report-for", report_for),
  ROW (MR_FIELD_STRING, MrMessageRecord, "again-of", again_of),
  ROW (MR_FIELD_LIST, MrMessageRecord, "copies", copies),
  ROW (MR_FIELD_UINT, MrMessageRecord, "n-recipients", n_recipients),
  END_ROW,
};

/* What the row of a list shows of the recipient that stands for all. */
static const MrField summary_fields[] = {
  ROW (MR_FIELD_STRING, MrRecipientRecord, "recipient", address),
  ENUM_ROW (MrRecipientRecord, "state", state, recipient_state),
  ENUM_ROW (MrRecipientRecord, "wait-reason", wait_reason, wait_reason),
  REPLY_ROWS (MrRecipientRecord),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "host", host),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "account", account),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "cause", cause),
  ROW (MR_FIELD_PARAMS, MrRecipientRecord, "cause-params", cause_params),
  ROW (MR_FIELD_BOOLEAN, MrRecipientRecord, "direct", direct),
  ROW (MR_FIELD_INT64, MrRecipientRecord, "bounced", bounced),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "bounced-cause", bounced_cause),
  END_ROW,
};

static const MrField recipient_fields[] = {
  ROW (MR_FIELD_UINT, MrRecipientRecord, "n", n),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "address", address),
  ENUM_ROW (MrRecipientRecord, "state", state, recipient_state),
  ENUM_ROW (MrRecipientRecord, "wait-reason", wait_reason, wait_reason),
  ROW (MR_FIELD_UINT, MrRecipientRecord, "attempts", attempts),
  ROW (MR_FIELD_UINT, MrRecipientRecord, "uncertain", uncertain),
  ROW (MR_FIELD_UINT, MrRecipientRecord, "policy-retries", policy_retries),
  ROW (MR_FIELD_INT64, MrRecipientRecord, "next-attempt", next_attempt),
  ROW (MR_FIELD_INT64, MrRecipientRecord, "changed", changed),
  ENUM_ROW (MrRecipientRecord, "stage", stage, stage),
  REPLY_ROWS (MrRecipientRecord),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "host", host),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "account", account),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "cause", cause),
  ROW (MR_FIELD_PARAMS, MrRecipientRecord, "cause-params", cause_params),
  ROW (MR_FIELD_BOOLEAN, MrRecipientRecord, "direct", direct),
  ROW (MR_FIELD_UINT, MrRecipientRecord, "notify", notify),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "orcpt", orcpt),
  ROW (MR_FIELD_UINT, MrRecipientRecord, "reported", reported),
  ROW (MR_FIELD_INT64, MrRecipientRecord, "bounced", bounced),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "bounced-cause", bounced_cause),
  ROW (MR_FIELD_STRING, MrRecipientRecord, "corrected-from", corrected_from),
  END_ROW,
};

static const MrField attempt_fields[] = {
  ROW (MR_FIELD_STRING, MrAttemptRecord, "message-id", message_id),
  ROW (MR_FIELD_UINT, MrAttemptRecord, "recipient", recipient),
  ROW (MR_FIELD_UINT, MrAttemptRecord, "number", number),
  ROW (MR_FIELD_INT64, MrAttemptRecord, "started", started),
  ROW (MR_FIELD_INT64, MrAttemptRecord, "finished", finished),
  ENUM_ROW (MrAttemptRecord, "stage", stage, stage),
  ROW (MR_FIELD_STRING, MrAttemptRecord, "account", account),
  ROW (MR_FIELD_STRING, MrAttemptRecord, "host", host),
  ROW (MR_FIELD_STRING, MrAttemptRecord, "address", address),
  ROW (MR_FIELD_STRING, MrAttemptRecord, "tls", tls),
  REPLY_ROWS (MrAttemptRecord),
  ROW (MR_FIELD_STRING, MrAttemptRecord, "error", error),
  ROW (MR_FIELD_STRING, MrAttemptRecord, "cause", cause),
  ENUM_ROW (MrAttemptRecord, "verdict", verdict, verdict_kind),
  TEXT_ROW (MrAttemptRecord, "transcript", transcript, MR_LONG_TEXT),
  TEXT_ROW (MrAttemptRecord, "signatures", signatures, MR_LONG_TEXT),
  END_ROW,
};

static const MrField program_fields[] = {
  ROW (MR_FIELD_STRING, MrProgramRecord, "id", id),
  ROW (MR_FIELD_STRING, MrProgramRecord, "name", name),
  ROW (MR_FIELD_INT64, MrProgramRecord, "created", created),
  ROW (MR_FIELD_BOOLEAN, MrProgramRecord, "revoked", revoked),
  END_ROW,
};

static const MrField refusal_fields[] = {
  ROW (MR_FIELD_INT64, MrRefusalRecord, "time", time),
  ROW (MR_FIELD_UID, MrRefusalRecord, "uid", uid),
  ROW (MR_FIELD_INT64, MrRefusalRecord, "pid", pid),
  ROW (MR_FIELD_STRING, MrRefusalRecord, "program", program),
  ROW (MR_FIELD_STRING, MrRefusalRecord, "peer", peer),
  ROW (MR_FIELD_STRING, MrRefusalRecord, "reverse-path", reverse_path),
  ROW (MR_FIELD_STRING, MrRefusalRecord, "reason", reason),
  END_ROW,
};

static const MrField group_fields[] = {
  ROW (MR_FIELD_STRING, MrGroupRecord, "cause", cause),
  ENUM_ROW (MrGroupRecord, "wait-reason", wait_reason, wait_reason),
  ROW (MR_FIELD_STRING, MrGroupRecord, "account", account),
  ROW (MR_FIELD_UINT, MrGroupRecord, "messages", messages),
  ROW (MR_FIELD_UINT, MrGroupRecord, "recipients", recipients),
  ROW (MR_FIELD_INT64, MrGroupRecord, "oldest", oldest),
  END_ROW,
};

static const MrField hold_rule_fields[] = {
  ROW (MR_FIELD_STRING, MrHoldRuleRecord, "id", id),
  ENUM_ROW (MrHoldRuleRecord, "kind", kind, hold_rule_kind),
  ROW (MR_FIELD_LIST, MrHoldRuleRecord, "match", match),
  ROW (MR_FIELD_BOOLEAN, MrHoldRuleRecord, "send", send),
  ROW (MR_FIELD_BOOLEAN, MrHoldRuleRecord, "disabled", disabled),
  ROW (MR_FIELD_INT64, MrHoldRuleRecord, "release-after", release_after),
  END_ROW,
};

static const MrField never_fields[] = {
  ROW (MR_FIELD_STRING, MrNeverRecord, "address", address),
  ROW (MR_FIELD_INT64, MrNeverRecord, "added", added),
  ROW (MR_FIELD_STRING, MrNeverRecord, "reason", reason),
  ROW (MR_FIELD_STRING, MrNeverRecord, "message-id", message_id),
  END_ROW,
};

static const MrRecipientRecord *
summary_recipient (const MrMessageRecord *record)
{
  MrRecipientState state = mr_message_record_summary_state (record);

  for (guint i = 0; record->recipients != NULL && i < record->recipients->len; i++) {
    const MrRecipientRecord *recipient = g_ptr_array_index (record->recipients, i);
    if (recipient->state == state)
      return recipient;
  }
  return NULL;
}

GVariant *
mr_message_record_to_variant (const MrMessageRecord *record, gboolean detail)
{
  const MrRecipientRecord *summary = summary_recipient (record);
  GVariantBuilder builder, recipients;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  mr_fields_write (&builder, message_fields, record);
  if (summary != NULL)
    mr_fields_write (&builder, summary_fields, summary);
  if (detail) {
    g_variant_builder_init (&recipients, G_VARIANT_TYPE ("aa{sv}"));
    for (guint i = 0; record->recipients != NULL && i < record->recipients->len; i++)
      g_variant_builder_add_value (&recipients, mr_recipient_record_to_variant (record->recipients->pdata[i]));
    g_variant_builder_add (&builder, "{sv}", "recipients", g_variant_builder_end (&recipients));
  }
  return g_variant_builder_end (&builder);
}

GVariant *
mr_recipient_record_to_variant (const MrRecipientRecord *record)
{
  return mr_fields_to_variant (recipient_fields, record);
}

GVariant *
mr_attempt_record_to_variant (const MrAttemptRecord *record)
{
  return mr_fields_to_variant (attempt_fields, record);
}

GVariant *
mr_program_record_to_variant (const MrProgramRecord *record)
{
  return mr_fields_to_variant (program_fields, record);
}

GVariant *
mr_refusal_record_to_variant (const MrRefusalRecord *record)
{
  return mr_fields_to_variant (refusal_fields, record);
}

GVariant *
mr_never_record_to_variant (const MrNeverRecord *record)
{
  return mr_fields_to_variant (never_fields, record);
}

/* All recipients where the dictionary has them, else the one that stands for them. */
static void
read_recipients (MrMessageRecord *record, GVariant *variant)
{
  g_autoptr (GVariant) all = g_variant_lookup_value (variant, "recipients", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = all != NULL ? MIN (g_variant_n_children (all), MAX_RECIPIENTS) : 0;

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (all, i);
    MrRecipientRecord *recipient = mr_recipient_record_from_variant (child);
    if (recipient != NULL)
      g_ptr_array_add (record->recipients, recipient);
  }
  if (all != NULL)
    return;

  MrRecipientRecord *summary = mr_recipient_record_new (0, NULL);
  mr_fields_read (summary_fields, summary, variant);
  summary->next_attempt = record->next_attempt;
  if (summary->address != NULL)
    g_ptr_array_add (record->recipients, summary);
  else
    mr_recipient_record_free (summary);
}

MrMessageRecord *
mr_message_record_from_variant (GVariant *variant)
{
  g_autoptr (MrMessageRecord) record = mr_message_record_new ();

  mr_fields_read (message_fields, record, variant);
  if (record->id == NULL)
    return NULL;
  /* The null reverse-path is left out as every empty string is, and is not NULL. */
  if (record->reverse_path == NULL)
    record->reverse_path = g_strdup ("");
  read_recipients (record, variant);
  if (record->n_recipients < record->recipients->len)
    record->n_recipients = record->recipients->len;
  return g_steal_pointer (&record);
}

MrRecipientRecord *
mr_recipient_record_from_variant (GVariant *variant)
{
  g_autoptr (MrRecipientRecord) record = mr_recipient_record_new (0, NULL);

  mr_fields_read (recipient_fields, record, variant);
  return record->address != NULL ? g_steal_pointer (&record) : NULL;
}

MrAttemptRecord *
mr_attempt_record_from_variant (GVariant *variant)
{
  g_autoptr (MrAttemptRecord) record = mr_attempt_record_new ();

  mr_fields_read (attempt_fields, record, variant);
  return record->message_id != NULL ? g_steal_pointer (&record) : NULL;
}

MrProgramRecord *
mr_program_record_from_variant (GVariant *variant)
{
  g_autoptr (MrProgramRecord) record = mr_program_record_new ();

  mr_fields_read (program_fields, record, variant);
  return record->id != NULL ? g_steal_pointer (&record) : NULL;
}

MrRefusalRecord *
mr_refusal_record_from_variant (GVariant *variant)
{
  g_autoptr (MrRefusalRecord) record = mr_refusal_record_new ();

  mr_fields_read (refusal_fields, record, variant);
  return record->reason != NULL ? g_steal_pointer (&record) : NULL;
}

MrNeverRecord *
mr_never_record_from_variant (GVariant *variant)
{
  g_autoptr (MrNeverRecord) record = mr_never_record_new (NULL);

  mr_fields_read (never_fields, record, variant);
  return record->address != NULL ? g_steal_pointer (&record) : NULL;
}

GVariant *
mr_group_record_to_variant (const MrGroupRecord *record)
{
  return mr_fields_to_variant (group_fields, record);
}

MrGroupRecord *
mr_group_record_from_variant (GVariant *variant)
{
  g_autoptr (MrGroupRecord) record = g_new0 (MrGroupRecord, 1);

  mr_fields_read (group_fields, record, variant);
  return record->messages > 0 ? g_steal_pointer (&record) : NULL;
}

GVariant *
mr_hold_rule_record_to_variant (const MrHoldRuleRecord *record)
{
  return mr_fields_to_variant (hold_rule_fields, record);
}

MrHoldRuleRecord *
mr_hold_rule_record_from_variant (GVariant *variant)
{
  MrHoldRuleRecord *record = mr_hold_rule_record_new (NULL);

  mr_fields_read (hold_rule_fields, record, variant);
  return record;
}

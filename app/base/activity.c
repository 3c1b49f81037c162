/* What is being sent: record and dictionary; see include/mailrelay/activity.h. */
#include <config.h>

#include <mailrelay/records.h>

#include "base/record-fields.h"

ENUM_ADAPTERS (MrStage, stage)

static const MrField fields[] = {
  ROW (MR_FIELD_STRING, MrActivityRecord, "session", session),
  ROW (MR_FIELD_STRING, MrActivityRecord, "message-id", message_id),
  ROW (MR_FIELD_STRING, MrActivityRecord, "subject", subject),
  ROW (MR_FIELD_STRING, MrActivityRecord, "from", from),
  ROW (MR_FIELD_STRING, MrActivityRecord, "recipient", recipient),
  ROW (MR_FIELD_UINT, MrActivityRecord, "n-recipients", n_recipients),
  ROW (MR_FIELD_STRING, MrActivityRecord, "account", account),
  ROW (MR_FIELD_STRING, MrActivityRecord, "destination", destination),
  ROW (MR_FIELD_STRING, MrActivityRecord, "address", address),
  ROW (MR_FIELD_STRING, MrActivityRecord, "tls", tls),
  ENUM_ROW (MrActivityRecord, "stage", stage, stage),
  ROW (MR_FIELD_UINT64, MrActivityRecord, "done", done),
  ROW (MR_FIELD_UINT64, MrActivityRecord, "total", total),
  ROW (MR_FIELD_INT64, MrActivityRecord, "started", started),
  ROW (MR_FIELD_INT64, MrActivityRecord, "sending", sending),
  ROW (MR_FIELD_BOOLEAN, MrActivityRecord, "may-stop", may_stop),
  END_ROW,
};

void
mr_activity_record_free (MrActivityRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->session);
  g_free (record->message_id);
  g_free (record->subject);
  g_free (record->from);
  g_free (record->recipient);
  g_free (record->account);
  g_free (record->destination);
  g_free (record->address);
  g_free (record->tls);
  g_free (record);
}

GVariant *
mr_activity_record_to_variant (const MrActivityRecord *record)
{
  return mr_fields_to_variant (fields, record);
}

MrActivityRecord *
mr_activity_record_from_variant (GVariant *variant)
{
  g_autoptr (MrActivityRecord) record = g_new0 (MrActivityRecord, 1);

  mr_fields_read (fields, record, variant);
  return record->message_id != NULL ? g_steal_pointer (&record) : NULL;
}

guint64
mr_activity_record_get_rate (const MrActivityRecord *record)
{
  if (record->sending < G_USEC_PER_SEC / 10 || record->done == 0)
    return 0;
  return (guint64)((double)record->done * G_USEC_PER_SEC / (double)record->sending);
}

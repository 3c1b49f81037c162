/* Keys that sign mail, as records and dictionaries: see dkim-records.h of the public face. */
#include <config.h>

#include <mailrelay/records.h>

#include <string.h>

#include "base/record-fields.h"

static const char *const states[] = { "new", "published", "active", "old" };
G_STATIC_ASSERT (G_N_ELEMENTS (states) == MR_DKIM_KEY_N_STATES);

const char *
mr_dkim_key_state_nick (MrDkimKeyState state)
{
  return (guint)state < G_N_ELEMENTS (states) ? states[state] : "unknown";
}

gboolean
mr_dkim_key_state_from_nick (const char *nick, MrDkimKeyState *ret)
{
  for (guint i = 0; nick != NULL && i < G_N_ELEMENTS (states); i++)
    if (strcmp (states[i], nick) == 0) {
      *ret = (MrDkimKeyState)i;
      return TRUE;
    }
  return FALSE;
}

ENUM_ADAPTERS (MrDkimKeyState, dkim_key_state)

static const MrField fields[] = {
  ROW (MR_FIELD_STRING, MrDkimKeyRecord, "id", id),
  ROW (MR_FIELD_STRING, MrDkimKeyRecord, "domain", domain),
  ROW (MR_FIELD_STRING, MrDkimKeyRecord, "selector", selector),
  ROW (MR_FIELD_STRING, MrDkimKeyRecord, "algorithm", algorithm),
  ROW (MR_FIELD_STRING, MrDkimKeyRecord, "name", name),
  TEXT_ROW (MrDkimKeyRecord, "record", record, MR_REPLY_TEXT),
  ENUM_ROW (MrDkimKeyRecord, "state", state, dkim_key_state),
  ROW (MR_FIELD_STRING, MrDkimKeyRecord, "replaces", replaces),
  ROW (MR_FIELD_BOOLEAN, MrDkimKeyRecord, "behind-provider", behind_provider),
  ROW (MR_FIELD_UINT, MrDkimKeyRecord, "lifetime", lifetime),
  ROW (MR_FIELD_INT64, MrDkimKeyRecord, "created", created),
  ROW (MR_FIELD_INT64, MrDkimKeyRecord, "retired", retired),
  ROW (MR_FIELD_INT64, MrDkimKeyRecord, "removable", removable),
  END_ROW,
};

MrDkimKeyRecord *
mr_dkim_key_record_new (void)
{
  return g_new0 (MrDkimKeyRecord, 1);
}

void
mr_dkim_key_record_free (MrDkimKeyRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->id);
  g_free (record->domain);
  g_free (record->selector);
  g_free (record->algorithm);
  g_free (record->name);
  g_free (record->record);
  g_free (record->replaces);
  g_free (record);
}

GVariant *
mr_dkim_key_record_to_variant (const MrDkimKeyRecord *record)
{
  return mr_fields_to_variant (fields, record);
}

MrDkimKeyRecord *
mr_dkim_key_record_from_variant (GVariant *variant)
{
  MrDkimKeyRecord *record = mr_dkim_key_record_new ();

  mr_fields_read (fields, record, variant);
  for (const MrField *f = fields; f->key != NULL; f++) {
    char **member = (char **)G_STRUCT_MEMBER_P (record, f->offset);
    if (f->kind == MR_FIELD_STRING && *member == NULL)
      *member = g_strdup ("");
  }
  return record;
}

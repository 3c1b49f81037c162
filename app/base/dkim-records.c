/* Keys that sign mail, and signatures, as records and dictionaries: see dkim-records.h and signature-records.h of the public face. */
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
  ROW (MR_FIELD_INT64, MrDkimKeyRecord, "used", used),
  ROW (MR_FIELD_STRING, MrDkimKeyRecord, "reason", reason),
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
  g_free (record->reason);
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

/* ---- signatures ---- */

static const char *const signature_kinds[] = { "planned", "sent", "program" };
G_STATIC_ASSERT (G_N_ELEMENTS (signature_kinds) == MR_SIGNATURE_N_KINDS);

const char *
mr_signature_kind_nick (MrSignatureKind kind)
{
  return (guint)kind < G_N_ELEMENTS (signature_kinds) ? signature_kinds[kind] : "unknown";
}

gboolean
mr_signature_kind_from_nick (const char *nick, MrSignatureKind *ret)
{
  for (guint i = 0; nick != NULL && i < G_N_ELEMENTS (signature_kinds); i++)
    if (strcmp (signature_kinds[i], nick) == 0) {
      *ret = (MrSignatureKind)i;
      return TRUE;
    }
  return FALSE;
}

ENUM_ADAPTERS (MrSignatureKind, signature_kind)

static const MrField signature_fields[] = {
  ENUM_ROW (MrSignatureRecord, "kind", kind, signature_kind),
  ROW (MR_FIELD_STRING, MrSignatureRecord, "domain", domain),
  ROW (MR_FIELD_STRING, MrSignatureRecord, "selector", selector),
  ROW (MR_FIELD_STRING, MrSignatureRecord, "algorithm", algorithm),
  ROW (MR_FIELD_INT64, MrSignatureRecord, "time", time),
  ROW (MR_FIELD_INT64, MrSignatureRecord, "expires", expires),
  ROW (MR_FIELD_STRING, MrSignatureRecord, "result", result),
  ROW (MR_FIELD_STRING, MrSignatureRecord, "problem", problem),
  ROW (MR_FIELD_UINT, MrSignatureRecord, "bits", bits),
  END_ROW,
};

MrSignatureRecord *
mr_signature_record_new (MrSignatureKind kind, const char *domain, const char *selector, const char *algorithm)
{
  MrSignatureRecord *record = g_new0 (MrSignatureRecord, 1);

  record->kind = kind;
  record->domain = g_strdup (domain);
  record->selector = g_strdup (selector);
  record->algorithm = g_strdup (algorithm);
  return record;
}

void
mr_signature_record_free (MrSignatureRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->domain);
  g_free (record->selector);
  g_free (record->algorithm);
  g_free (record->result);
  g_free (record->problem);
  g_free (record);
}

GVariant *
mr_signature_record_to_variant (const MrSignatureRecord *record)
{
  return mr_fields_to_variant (signature_fields, record);
}

MrSignatureRecord *
mr_signature_record_from_variant (GVariant *variant)
{
  MrSignatureRecord *record = g_new0 (MrSignatureRecord, 1);
  char **const texts[] = { &record->domain, &record->selector, &record->algorithm };

  mr_fields_read (signature_fields, record, variant);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*texts[i] == NULL)
      *texts[i] = g_strdup ("");
  return record;
}

/* Records as GVariant dictionaries and back.
 *
 * Each record has a table of its fields: key, kind, place in the struct. One writer and one reader serve them all, so a
 * field cannot be written and forgotten in reading. A dictionary comes from another process: what does not fit a row
 * counts as absent, strings are cut to the row's bound.
 */
#include <config.h>

#include "base/records-variant.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SHORT_TEXT     1024
#define SUBJECT_TEXT   998
#define REPLY_TEXT     2048
#define LONG_TEXT      (256 * 1024)
#define MAX_LIST       1000
#define MAX_RECIPIENTS 100000

typedef enum {
  FIELD_STRING,
  FIELD_UINT,
  FIELD_INT,
  FIELD_INT64,
  FIELD_UID, /* gint64 whose absence is -1: 0 is a user */
  FIELD_UINT64,
  FIELD_BOOLEAN,
  FIELD_ENUM,
  FIELD_LIST,
  FIELD_PARAMS,
} FieldKind;

typedef struct {
  const char *key;
  FieldKind kind;
  gsize offset;
  gsize max; /* bytes of a string */
  const char *(*nick) (int value);
  gboolean (*from_nick) (const char *nick, int *ret);
} Field;

/* The enums have the size of an int; the nick functions are typed, hence one pair of adapters for each. */
#define ENUM_ADAPTERS(Type, prefix)                                                                                    \
  static const char *prefix##_write (int value)                                                                        \
  {                                                                                                                    \
    return mr_##prefix##_nick ((Type)value);                                                                           \
  }                                                                                                                    \
  static gboolean prefix##_read (const char *nick, int *ret)                                                           \
  {                                                                                                                    \
    Type value;                                                                                                        \
    gboolean known = mr_##prefix##_from_nick (nick, &value);                                                           \
    if (known)                                                                                                         \
      *ret = (int)value;                                                                                               \
    return known;                                                                                                      \
  }                                                                                                                    \
  G_STATIC_ASSERT (sizeof (Type) == sizeof (int));

ENUM_ADAPTERS (MrRecipientState, recipient_state)
ENUM_ADAPTERS (MrWaitReason, wait_reason)
ENUM_ADAPTERS (MrHoldReason, hold_reason)
ENUM_ADAPTERS (MrStage, stage)
ENUM_ADAPTERS (MrTlsMode, tls_mode)
ENUM_ADAPTERS (MrAccountKind, account_kind)
ENUM_ADAPTERS (MrAccountState, account_state)
ENUM_ADAPTERS (MrVerdictKind, verdict_kind)

#define ROW(kind, Type, key, member)                                                                                   \
  {                                                                                                                    \
    key, kind, G_STRUCT_OFFSET (Type, member), SHORT_TEXT, NULL, NULL                                                  \
  }
#define TEXT_ROW(Type, key, member, max)                                                                               \
  {                                                                                                                    \
    key, FIELD_STRING, G_STRUCT_OFFSET (Type, member), max, NULL, NULL                                                 \
  }
#define ENUM_ROW(Type, key, member, prefix)                                                                            \
  {                                                                                                                    \
    key, FIELD_ENUM, G_STRUCT_OFFSET (Type, member), 0, prefix##_write, prefix##_read                                  \
  }
#define REPLY_ROWS(Type)                                                                                               \
  ROW (FIELD_UINT, Type, "reply-code", reply.code), ROW (FIELD_STRING, Type, "reply-enhanced", reply.enhanced),        \
      TEXT_ROW (Type, "reply-text", reply.text, REPLY_TEXT)
#define END_ROW                                                                                                        \
  {                                                                                                                    \
    NULL, FIELD_STRING, 0, 0, NULL, NULL                                                                               \
  }

static const Field message_fields[] = {
  ROW (FIELD_STRING, MrMessageRecord, "id", id),
  ROW (FIELD_INT64, MrMessageRecord, "created", created),
  ROW (FIELD_INT64, MrMessageRecord, "finished", finished),
  ROW (FIELD_INT64, MrMessageRecord, "online-at", online_at),
  ROW (FIELD_INT64, MrMessageRecord, "not-before", not_before),
  ROW (FIELD_INT64, MrMessageRecord, "next-attempt", next_attempt),
  ENUM_ROW (MrMessageRecord, "hold", hold, hold_reason),
  ROW (FIELD_STRING, MrMessageRecord, "reverse-path", reverse_path),
  ROW (FIELD_STRING, MrMessageRecord, "from", from),
  TEXT_ROW (MrMessageRecord, "subject", subject, SUBJECT_TEXT),
  ROW (FIELD_STRING, MrMessageRecord, "message-id", message_id),
  ROW (FIELD_UINT64, MrMessageRecord, "size", size),
  ROW (FIELD_BOOLEAN, MrMessageRecord, "has-8bit", has_8bit),
  ROW (FIELD_BOOLEAN, MrMessageRecord, "has-body", has_body),
  ROW (FIELD_UINT, MrMessageRecord, "n-chunks", n_chunks),
  ROW (FIELD_STRING, MrMessageRecord, "program", program),
  ROW (FIELD_UID, MrMessageRecord, "uid", uid),
  ROW (FIELD_INT64, MrMessageRecord, "pid", pid),
  ROW (FIELD_STRING, MrMessageRecord, "socket", socket),
  ROW (FIELD_STRING, MrMessageRecord, "helo", helo),
  ROW (FIELD_STRING, MrMessageRecord, "auth-identity", auth_identity),
  ROW (FIELD_STRING, MrMessageRecord, "account-override", account_override),
  ROW (FIELD_UINT, MrMessageRecord, "n-recipients", n_recipients),
  END_ROW,
};

/* What the row of a list shows of the recipient that stands for all. */
static const Field summary_fields[] = {
  ROW (FIELD_STRING, MrRecipientRecord, "recipient", address),
  ENUM_ROW (MrRecipientRecord, "state", state, recipient_state),
  ENUM_ROW (MrRecipientRecord, "wait-reason", wait_reason, wait_reason),
  REPLY_ROWS (MrRecipientRecord),
  ROW (FIELD_STRING, MrRecipientRecord, "host", host),
  ROW (FIELD_STRING, MrRecipientRecord, "account", account),
  ROW (FIELD_STRING, MrRecipientRecord, "cause", cause),
  ROW (FIELD_PARAMS, MrRecipientRecord, "cause-params", cause_params),
  END_ROW,
};

static const Field recipient_fields[] = {
  ROW (FIELD_UINT, MrRecipientRecord, "n", n),
  ROW (FIELD_STRING, MrRecipientRecord, "address", address),
  ENUM_ROW (MrRecipientRecord, "state", state, recipient_state),
  ENUM_ROW (MrRecipientRecord, "wait-reason", wait_reason, wait_reason),
  ROW (FIELD_UINT, MrRecipientRecord, "attempts", attempts),
  ROW (FIELD_UINT, MrRecipientRecord, "uncertain", uncertain),
  ROW (FIELD_UINT, MrRecipientRecord, "policy-retries", policy_retries),
  ROW (FIELD_INT64, MrRecipientRecord, "next-attempt", next_attempt),
  ROW (FIELD_INT64, MrRecipientRecord, "changed", changed),
  ENUM_ROW (MrRecipientRecord, "stage", stage, stage),
  REPLY_ROWS (MrRecipientRecord),
  ROW (FIELD_STRING, MrRecipientRecord, "host", host),
  ROW (FIELD_STRING, MrRecipientRecord, "account", account),
  ROW (FIELD_STRING, MrRecipientRecord, "cause", cause),
  ROW (FIELD_PARAMS, MrRecipientRecord, "cause-params", cause_params),
  END_ROW,
};

static const Field attempt_fields[] = {
  ROW (FIELD_STRING, MrAttemptRecord, "message-id", message_id),
  ROW (FIELD_UINT, MrAttemptRecord, "recipient", recipient),
  ROW (FIELD_UINT, MrAttemptRecord, "number", number),
  ROW (FIELD_INT64, MrAttemptRecord, "started", started),
  ROW (FIELD_INT64, MrAttemptRecord, "finished", finished),
  ENUM_ROW (MrAttemptRecord, "stage", stage, stage),
  ROW (FIELD_STRING, MrAttemptRecord, "account", account),
  ROW (FIELD_STRING, MrAttemptRecord, "host", host),
  ROW (FIELD_STRING, MrAttemptRecord, "address", address),
  ROW (FIELD_STRING, MrAttemptRecord, "tls", tls),
  REPLY_ROWS (MrAttemptRecord),
  ROW (FIELD_STRING, MrAttemptRecord, "error", error),
  ROW (FIELD_STRING, MrAttemptRecord, "cause", cause),
  ENUM_ROW (MrAttemptRecord, "verdict", verdict, verdict_kind),
  TEXT_ROW (MrAttemptRecord, "transcript", transcript, LONG_TEXT),
  END_ROW,
};

static const Field account_fields[] = {
  ROW (FIELD_STRING, MrAccountRecord, "id", id),
  ROW (FIELD_STRING, MrAccountRecord, "name", name),
  ENUM_ROW (MrAccountRecord, "kind", kind, account_kind),
  ROW (FIELD_LIST, MrAccountRecord, "addresses", addresses),
  ROW (FIELD_STRING, MrAccountRecord, "host", host),
  ROW (FIELD_UINT, MrAccountRecord, "port", port),
  ENUM_ROW (MrAccountRecord, "tls", tls, tls_mode),
  ROW (FIELD_STRING, MrAccountRecord, "user", user),
  ROW (FIELD_STRING, MrAccountRecord, "fingerprint", fingerprint),
  ROW (FIELD_STRING, MrAccountRecord, "ca-file", ca_file),
  ROW (FIELD_BOOLEAN, MrAccountRecord, "paused", paused),
  ROW (FIELD_BOOLEAN, MrAccountRecord, "is-default", is_default),
  ROW (FIELD_INT, MrAccountRecord, "order", order),
  ENUM_ROW (MrAccountRecord, "state", state, account_state),
  ROW (FIELD_INT64, MrAccountRecord, "state-since", state_since),
  ROW (FIELD_INT64, MrAccountRecord, "next-login", next_login),
  REPLY_ROWS (MrAccountRecord),
  ROW (FIELD_STRING, MrAccountRecord, "offered-fingerprint", offered_fingerprint),
  ROW (FIELD_UINT, MrAccountRecord, "waiting", waiting),
  END_ROW,
};

static const Field program_fields[] = {
  ROW (FIELD_STRING, MrProgramRecord, "id", id),
  ROW (FIELD_STRING, MrProgramRecord, "name", name),
  ROW (FIELD_INT64, MrProgramRecord, "created", created),
  ROW (FIELD_BOOLEAN, MrProgramRecord, "revoked", revoked),
  END_ROW,
};

static const Field refusal_fields[] = {
  ROW (FIELD_INT64, MrRefusalRecord, "time", time),
  ROW (FIELD_UID, MrRefusalRecord, "uid", uid),
  ROW (FIELD_INT64, MrRefusalRecord, "pid", pid),
  ROW (FIELD_STRING, MrRefusalRecord, "program", program),
  ROW (FIELD_STRING, MrRefusalRecord, "peer", peer),
  ROW (FIELD_STRING, MrRefusalRecord, "reverse-path", reverse_path),
  ROW (FIELD_STRING, MrRefusalRecord, "reason", reason),
  END_ROW,
};

#define MEMBER(Type, record, field) (*(Type *)G_STRUCT_MEMBER_P (record, (field)->offset))

/* D-Bus carries UTF-8 only; a NULL or empty string is left out. */
static GVariant *
string_value (const char *text)
{
  if (text == NULL || *text == '\0')
    return NULL;
  return g_variant_new_take_string (g_utf8_make_valid (text, -1));
}

static GVariant *
list_value (const char *const *list)
{
  GVariantBuilder builder;

  if (list == NULL || *list == NULL)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (; *list != NULL; list++)
    g_variant_builder_add_value (&builder, g_variant_new_take_string (g_utf8_make_valid (*list, -1)));
  return g_variant_builder_end (&builder);
}

/* A floating reference in a record is the record's: the builder must not take it. */
static GVariant *
params_value (GVariant *params)
{
  if (params != NULL && g_variant_is_floating (params))
    g_variant_ref_sink (params);
  return params;
}

/* NULL where the field is left out. */
static GVariant *
field_value (const Field *field, gconstpointer record)
{
  switch (field->kind) {
  case FIELD_STRING:
    return string_value (MEMBER (const char *, record, field));
  case FIELD_UINT:
    return MEMBER (guint, record, field) != 0 ? g_variant_new_uint32 (MEMBER (guint, record, field)) : NULL;
  case FIELD_INT:
    return MEMBER (gint, record, field) != 0 ? g_variant_new_int32 (MEMBER (gint, record, field)) : NULL;
  case FIELD_INT64:
    return MEMBER (gint64, record, field) != 0 ? g_variant_new_int64 (MEMBER (gint64, record, field)) : NULL;
  case FIELD_UID:
    return MEMBER (gint64, record, field) >= 0 ? g_variant_new_int64 (MEMBER (gint64, record, field)) : NULL;
  case FIELD_UINT64:
    return MEMBER (guint64, record, field) != 0 ? g_variant_new_uint64 (MEMBER (guint64, record, field)) : NULL;
  case FIELD_BOOLEAN:
    return MEMBER (gboolean, record, field) ? g_variant_new_boolean (TRUE) : NULL;
  case FIELD_ENUM:
    return g_variant_new_string (field->nick (MEMBER (int, record, field)));
  case FIELD_LIST:
    return list_value (MEMBER (const char *const *, record, field));
  case FIELD_PARAMS:
    return params_value (MEMBER (GVariant *, record, field));
  default:
    g_assert_not_reached ();
  }
}

static void
write_fields (GVariantBuilder *builder, const Field *fields, gconstpointer record)
{
  for (const Field *field = fields; field->key != NULL; field++) {
    GVariant *value = field_value (field, record);
    if (value != NULL)
      g_variant_builder_add (builder, "{sv}", field->key, value);
  }
}

static GVariant *
to_variant (const Field *fields, gconstpointer record)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  write_fields (&builder, fields, record);
  return g_variant_builder_end (&builder);
}

static char *
dup_bounded (const char *text, gsize max)
{
  gsize len = strnlen (text, max + 1);

  if (len <= max)
    return g_strdup (text);
  /* No character is cut in two. */
  const char *end = g_utf8_find_prev_char (text, text + max + 1);
  return g_strndup (text, end != NULL ? (gsize)(end - text) : 0);
}

static void
read_string (const Field *field, gpointer record, GVariant *value)
{
  char **member = &MEMBER (char *, record, field);

  g_free (*member);
  *member = dup_bounded (g_variant_get_string (value, NULL), field->max);
}

static void
read_list (const Field *field, gpointer record, GVariant *value)
{
  char ***member = &MEMBER (char **, record, field);
  gsize n = MIN (g_variant_n_children (value), MAX_LIST);

  g_strfreev (*member);
  *member = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
    (*member)[i] = dup_bounded (g_variant_get_string (child, NULL), field->max);
  }
}

static void
read_field (const Field *field, gpointer record, GVariant *value)
{
  static const char *const types[] = {
    [FIELD_STRING] = "s", [FIELD_UINT] = "u",    [FIELD_INT] = "i",  [FIELD_INT64] = "x", [FIELD_UID] = "x",
    [FIELD_UINT64] = "t", [FIELD_BOOLEAN] = "b", [FIELD_ENUM] = "s", [FIELD_LIST] = "as", [FIELD_PARAMS] = "a{ss}",
  };

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (types[field->kind])))
    return;
  switch (field->kind) {
  case FIELD_STRING:
    read_string (field, record, value);
    break;
  case FIELD_UINT:
    MEMBER (guint, record, field) = g_variant_get_uint32 (value);
    break;
  case FIELD_INT:
    MEMBER (gint, record, field) = g_variant_get_int32 (value);
    break;
  case FIELD_INT64:
  case FIELD_UID:
    MEMBER (gint64, record, field) = g_variant_get_int64 (value);
    break;
  case FIELD_UINT64:
    MEMBER (guint64, record, field) = g_variant_get_uint64 (value);
    break;
  case FIELD_BOOLEAN:
    MEMBER (gboolean, record, field) = g_variant_get_boolean (value);
    break;
  case FIELD_ENUM:
    field->from_nick (g_variant_get_string (value, NULL), &MEMBER (int, record, field));
    break;
  case FIELD_LIST:
    read_list (field, record, value);
    break;
  case FIELD_PARAMS:
    g_clear_pointer (&MEMBER (GVariant *, record, field), g_variant_unref);
    MEMBER (GVariant *, record, field) = g_variant_ref (value);
    break;
  default:
    g_assert_not_reached ();
  }
}

static const Field *
find_field (const Field *fields, const char *key)
{
  for (; fields->key != NULL; fields++)
    if (g_str_equal (fields->key, key))
      return fields;
  return NULL;
}

/* One pass over the dictionary, not one look-up per field: it may be large, and each look-up walks all of it. */
static void
read_fields (const Field *fields, gpointer record, GVariant *variant)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    return;
  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    const Field *field = find_field (fields, key);
    if (field != NULL)
      read_field (field, record, value);
    g_variant_unref (value);
  }
}

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
  write_fields (&builder, message_fields, record);
  if (summary != NULL)
    write_fields (&builder, summary_fields, summary);
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
  return to_variant (recipient_fields, record);
}

GVariant *
mr_attempt_record_to_variant (const MrAttemptRecord *record)
{
  return to_variant (attempt_fields, record);
}

GVariant *
mr_account_record_to_variant (const MrAccountRecord *record)
{
  return to_variant (account_fields, record);
}

GVariant *
mr_program_record_to_variant (const MrProgramRecord *record)
{
  return to_variant (program_fields, record);
}

GVariant *
mr_refusal_record_to_variant (const MrRefusalRecord *record)
{
  return to_variant (refusal_fields, record);
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
  read_fields (summary_fields, summary, variant);
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

  read_fields (message_fields, record, variant);
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

  read_fields (recipient_fields, record, variant);
  return record->address != NULL ? g_steal_pointer (&record) : NULL;
}

MrAttemptRecord *
mr_attempt_record_from_variant (GVariant *variant)
{
  g_autoptr (MrAttemptRecord) record = mr_attempt_record_new ();

  read_fields (attempt_fields, record, variant);
  return record->message_id != NULL ? g_steal_pointer (&record) : NULL;
}

MrAccountRecord *
mr_account_record_from_variant (GVariant *variant)
{
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();
  char **const strings[] = { &record->name,        &record->host,    &record->user,
                             &record->fingerprint, &record->ca_file, &record->offered_fingerprint };

  read_fields (account_fields, record, variant);
  if (record->id == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    if (*strings[i] == NULL)
      *strings[i] = g_strdup ("");
  if (record->addresses == NULL)
    record->addresses = g_new0 (char *, 1);
  return g_steal_pointer (&record);
}

MrProgramRecord *
mr_program_record_from_variant (GVariant *variant)
{
  g_autoptr (MrProgramRecord) record = mr_program_record_new ();

  read_fields (program_fields, record, variant);
  return record->id != NULL ? g_steal_pointer (&record) : NULL;
}

MrRefusalRecord *
mr_refusal_record_from_variant (GVariant *variant)
{
  g_autoptr (MrRefusalRecord) record = mr_refusal_record_new ();

  read_fields (refusal_fields, record, variant);
  return record->reason != NULL ? g_steal_pointer (&record) : NULL;
}

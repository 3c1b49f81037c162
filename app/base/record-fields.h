/* Tables of record fields: key, kind, place in the struct. Private to the variant files of this folder.
 *
 * One writer and one reader serve every record, so a field cannot be written and forgotten in reading. A dictionary comes from another process: what
 * does not fit a row counts as absent, strings are cut to the row's bound.
 */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_SHORT_TEXT 1024
#define MR_REPLY_TEXT 2048
#define MR_LONG_TEXT  (256 * 1024)

typedef enum {
  MR_FIELD_STRING,
  MR_FIELD_UINT,
  MR_FIELD_INT,
  MR_FIELD_INT64,
  MR_FIELD_UID, /* gint64 whose absence is -1: 0 is a user */
  MR_FIELD_UINT64,
  MR_FIELD_BOOLEAN,
  MR_FIELD_ENUM,
  MR_FIELD_LIST,
  MR_FIELD_PARAMS,
} MrFieldKind;

typedef struct {
  const char *key;
  MrFieldKind kind;
  gsize offset;
  gsize max; /* bytes of a string */
  const char *(*nick) (int value);
  gboolean (*from_nick) (const char *nick, int *ret);
} MrField;

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

#define ROW(kind, Type, key, member)                                                                                   \
  {                                                                                                                    \
    key, kind, G_STRUCT_OFFSET (Type, member), MR_SHORT_TEXT, NULL, NULL                                               \
  }
#define TEXT_ROW(Type, key, member, max)                                                                               \
  {                                                                                                                    \
    key, MR_FIELD_STRING, G_STRUCT_OFFSET (Type, member), max, NULL, NULL                                              \
  }
#define ENUM_ROW(Type, key, member, prefix)                                                                            \
  {                                                                                                                    \
    key, MR_FIELD_ENUM, G_STRUCT_OFFSET (Type, member), 0, prefix##_write, prefix##_read                               \
  }
#define REPLY_ROWS(Type)                                                                                               \
  ROW (MR_FIELD_UINT, Type, "reply-code", reply.code), ROW (MR_FIELD_STRING, Type, "reply-enhanced", reply.enhanced),  \
      TEXT_ROW (Type, "reply-text", reply.text, MR_REPLY_TEXT)
#define END_ROW                                                                                                        \
  {                                                                                                                    \
    NULL, MR_FIELD_STRING, 0, 0, NULL, NULL                                                                            \
  }

/* Floating dictionary of the fields that are neither NULL, 0 nor "". */
GVariant *mr_fields_to_variant (const MrField *fields, gconstpointer record);
void mr_fields_write (GVariantBuilder *builder, const MrField *fields, gconstpointer record);
/* Replaces what the dictionary holds; the rest of the record stays. Another type than a{sv}: nothing happens. */
void mr_fields_read (const MrField *fields, gpointer record, GVariant *variant);

G_END_DECLS

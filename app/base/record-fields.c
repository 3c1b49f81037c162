/* The one writer and the one reader of record tables: see record-fields.h. */
#include <config.h>

#include "base/record-fields.h"

#include <string.h>

#define MAX_LIST 1000

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
field_value (const MrField *field, gconstpointer record)
{
  switch (field->kind) {
  case MR_FIELD_STRING:
    return string_value (MEMBER (const char *, record, field));
  case MR_FIELD_UINT:
    return MEMBER (guint, record, field) != 0 ? g_variant_new_uint32 (MEMBER (guint, record, field)) : NULL;
  case MR_FIELD_INT:
    return MEMBER (gint, record, field) != 0 ? g_variant_new_int32 (MEMBER (gint, record, field)) : NULL;
  case MR_FIELD_INT64:
    return MEMBER (gint64, record, field) != 0 ? g_variant_new_int64 (MEMBER (gint64, record, field)) : NULL;
  case MR_FIELD_UID:
    return MEMBER (gint64, record, field) >= 0 ? g_variant_new_int64 (MEMBER (gint64, record, field)) : NULL;
  case MR_FIELD_UINT64:
    return MEMBER (guint64, record, field) != 0 ? g_variant_new_uint64 (MEMBER (guint64, record, field)) : NULL;
  case MR_FIELD_BOOLEAN:
    return MEMBER (gboolean, record, field) ? g_variant_new_boolean (TRUE) : NULL;
  case MR_FIELD_ENUM:
    return g_variant_new_string (field->nick (MEMBER (int, record, field)));
  case MR_FIELD_LIST:
    return list_value (MEMBER (const char *const *, record, field));
  case MR_FIELD_PARAMS:
    return params_value (MEMBER (GVariant *, record, field));
  default:
    g_assert_not_reached ();
  }
}

void
mr_fields_write (GVariantBuilder *builder, const MrField *fields, gconstpointer record)
{
  for (const MrField *field = fields; field->key != NULL; field++) {
    GVariant *value = field_value (field, record);
    if (value != NULL)
      g_variant_builder_add (builder, "{sv}", field->key, value);
  }
}

GVariant *
mr_fields_to_variant (const MrField *fields, gconstpointer record)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  mr_fields_write (&builder, fields, record);
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
read_string (const MrField *field, gpointer record, GVariant *value)
{
  char **member = &MEMBER (char *, record, field);

  g_free (*member);
  *member = dup_bounded (g_variant_get_string (value, NULL), field->max);
}

static void
read_list (const MrField *field, gpointer record, GVariant *value)
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
read_field (const MrField *field, gpointer record, GVariant *value)
{
  static const char *const types[] = {
    [MR_FIELD_STRING] = "s", [MR_FIELD_UINT] = "u",       [MR_FIELD_INT] = "i",     [MR_FIELD_INT64] = "x",
    [MR_FIELD_UID] = "x",    [MR_FIELD_UINT64] = "t",     [MR_FIELD_BOOLEAN] = "b", [MR_FIELD_ENUM] = "s",
    [MR_FIELD_LIST] = "as",  [MR_FIELD_PARAMS] = "a{ss}",
  };

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (types[field->kind])))
    return;
  switch (field->kind) {
  case MR_FIELD_STRING:
    read_string (field, record, value);
    break;
  case MR_FIELD_UINT:
    MEMBER (guint, record, field) = g_variant_get_uint32 (value);
    break;
  case MR_FIELD_INT:
    MEMBER (gint, record, field) = g_variant_get_int32 (value);
    break;
  case MR_FIELD_INT64:
  case MR_FIELD_UID:
    MEMBER (gint64, record, field) = g_variant_get_int64 (value);
    break;
  case MR_FIELD_UINT64:
    MEMBER (guint64, record, field) = g_variant_get_uint64 (value);
    break;
  case MR_FIELD_BOOLEAN:
    MEMBER (gboolean, record, field) = g_variant_get_boolean (value);
    break;
  case MR_FIELD_ENUM:
    field->from_nick (g_variant_get_string (value, NULL), &MEMBER (int, record, field));
    break;
  case MR_FIELD_LIST:
    read_list (field, record, value);
    break;
  case MR_FIELD_PARAMS:
    g_clear_pointer (&MEMBER (GVariant *, record, field), g_variant_unref);
    MEMBER (GVariant *, record, field) = g_variant_ref (value);
    break;
  default:
    g_assert_not_reached ();
  }
}

static const MrField *
find_field (const MrField *fields, const char *key)
{
  for (; fields->key != NULL; fields++)
    if (g_str_equal (fields->key, key))
      return fields;
  return NULL;
}

/* One pass over the dictionary, not one look-up per field: it may be large, and each look-up walks all of it. */
void
mr_fields_read (const MrField *fields, gpointer record, GVariant *variant)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    return;
  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    const MrField *field = find_field (fields, key);
    if (field != NULL)
      read_field (field, record, value);
    g_variant_unref (value);
  }
}

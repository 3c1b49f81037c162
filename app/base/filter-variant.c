/* What a list is to show, as a GVariant dictionary and back. Unlike a record it is a question: a key that cannot be read
 * is answered with an error, not with a list that shows something else. */
#include <config.h>

#include "base/records-variant.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_WORD 256

static const char *const kinds[] = { "outbox", "history" };

static void
add_string (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

static void
add_true (GVariantBuilder *builder, const char *key, gboolean value)
{
  if (value)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_boolean (TRUE));
}

GVariant *
mr_list_filter_to_variant (const MrListFilter *filter)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_string (&builder, "kind", kinds[filter->kind == MR_LIST_HISTORY]);
  if (filter->state >= 0)
    add_string (&builder, "state", mr_recipient_state_nick ((MrRecipientState)filter->state));
  add_true (&builder, "held-only", filter->held_only);
  add_string (&builder, "search", filter->search);
  add_string (&builder, "account", filter->account);
  add_string (&builder, "program", filter->program);
  add_true (&builder, "ascending", filter->ascending);
  return g_variant_builder_end (&builder);
}

static gboolean
read_kind (const char *word, MrListFilter *filter)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i], word)) {
      filter->kind = (MrListKind)i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_state (const char *word, MrListFilter *filter)
{
  MrRecipientState state;

  if (!mr_recipient_state_from_nick (word, &state))
    return FALSE;
  filter->state = (int)state;
  return TRUE;
}

/* TRUE for a key that this version does not know. */
static gboolean
read_key (const char *key, GVariant *value, MrListFilter *filter)
{
  const struct {
    const char *key;
    gboolean *member;
  } flags[] = { { "held-only", &filter->held_only }, { "ascending", &filter->ascending } };
  const struct {
    const char *key;
    const char **member;
  } words[] = { { "search", &filter->search }, { "account", &filter->account }, { "program", &filter->program } };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_str_equal (flags[i].key, key)) {
      gboolean fits = g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN);
      if (fits)
        *flags[i].member = g_variant_get_boolean (value);
      return fits;
    }

  gsize len = 0;
  const char *word = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, &len) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].key, key)) {
      if (word == NULL || len > MAX_WORD)
        return FALSE;
      *words[i].member = len > 0 ? word : NULL;
      return TRUE;
    }
  if (g_str_equal (key, "kind"))
    return word != NULL && read_kind (word, filter);
  if (g_str_equal (key, "state"))
    return word != NULL && read_state (word, filter);
  return TRUE;
}

gboolean
mr_list_filter_from_variant (GVariant *variant, MrListFilter *ret, GError **error)
{
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1 };
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The list filter is not a dictionary"));
    return FALSE;
  }

  /* In serialised form the strings lie in the variant's own block, so that they live as long as it does. */
  (void)g_variant_get_data (variant);
  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    gboolean ok = read_key (key, value, &filter);
    g_variant_unref (value);
    if (!ok) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The list filter's “%s” cannot be understood"), key);
      return FALSE;
    }
  }
  *ret = filter;
  return TRUE;
}

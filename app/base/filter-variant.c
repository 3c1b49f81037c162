/* What a list is to show, as a GVariant dictionary and back. Unlike a record it is a question: a key that cannot be read
 * is answered with an error, not with a list that shows something else. */
#include <config.h>

#include "base/records-variant.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_WORD 256

static const char *const kinds[] = { "outbox", "history" };
static const char *const sorts[] = { "time", "next-attempt", "age",   "size",    "subject",
                                     "from", "to",           "state", "account", "program" };
G_STATIC_ASSERT (G_N_ELEMENTS (sorts) == MR_LIST_N_SORTS);

/* The members of one kind, by their keys: one place for everything that walks over them. */
typedef struct {
  const char *key;
  gsize offset;
} Member;
#define MEMBER(key, name)                                                                                              \
  {                                                                                                                    \
    key, G_STRUCT_OFFSET (MrListFilter, name)                                                                          \
  }
static const Member flags[] = {
  MEMBER ("held-only", held_only),
  MEMBER ("needs-person", needs_person),
  MEMBER ("ascending", ascending),
};
static const Member words[] = {
  MEMBER ("search", search), MEMBER ("account", account), MEMBER ("program", program),
  MEMBER ("domain", domain), MEMBER ("cause", cause),
};
#define FLAG(filter, i) G_STRUCT_MEMBER (gboolean, filter, flags[i].offset)
#define WORD(filter, i) G_STRUCT_MEMBER (const char *, filter, words[i].offset)

/* ---- filters ---- */

static const char *const facets[] = { "program", "account", "domain", "cause" };
G_STATIC_ASSERT (G_N_ELEMENTS (facets) == MR_N_FACETS);

void
mr_facet_record_free (MrFacetRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->value);
  g_free (record);
}

const char *
mr_facet_nick (MrFacet facet)
{
  return (guint)facet < MR_N_FACETS ? facets[facet] : "unknown";
}

gboolean
mr_facet_from_nick (const char *nick, MrFacet *ret)
{
  for (guint i = 0; i < MR_N_FACETS; i++)
    if (g_str_equal (facets[i], nick)) {
      *ret = (MrFacet)i;
      return TRUE;
    }
  return FALSE;
}

const char *
mr_list_sort_nick (MrListSort sort)
{
  return (guint)sort < MR_LIST_N_SORTS ? sorts[sort] : "unknown";
}

gboolean
mr_list_sort_from_nick (const char *nick, MrListSort *ret)
{
  for (guint i = 0; i < MR_LIST_N_SORTS; i++)
    if (g_str_equal (sorts[i], nick)) {
      *ret = (MrListSort)i;
      return TRUE;
    }
  return FALSE;
}

gboolean
mr_list_sort_is_ascending (MrListSort sort)
{
  return sort != MR_LIST_SORT_TIME && sort != MR_LIST_SORT_AGE && sort != MR_LIST_SORT_SIZE;
}

void
mr_list_filter_copy (const MrListFilter *filter, MrListFilter *ret)
{
  *ret = *filter;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    const char *word = WORD (filter, i);

    WORD (ret, i) = word != NULL && *word != '\0' ? g_strdup (word) : NULL;
  }
}

void
mr_list_filter_clear (MrListFilter *filter)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_free ((char *)WORD (filter, i));
    WORD (filter, i) = NULL;
  }
}

static gboolean
is_set (const char *word)
{
  return word != NULL && *word != '\0';
}

gboolean
mr_list_filter_is_narrow (const MrListFilter *filter)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (is_set (WORD (filter, i)))
      return TRUE;
  return filter->state >= 0 || filter->held_only || filter->needs_person || filter->hold_reason != MR_HOLD_NONE
         || filter->wait_reason != MR_WAIT_NONE;
}

gboolean
mr_list_filter_equal (const MrListFilter *a, const MrListFilter *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (is_set (WORD (a, i)) ? WORD (a, i) : NULL, is_set (WORD (b, i)) ? WORD (b, i) : NULL) != 0)
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (!FLAG (a, i) != !FLAG (b, i))
      return FALSE;
  return a->kind == b->kind && a->state == b->state && a->hold_reason == b->hold_reason
         && a->wait_reason == b->wait_reason && a->sort == b->sort;
}

/* ---- to a dictionary ---- */

static void
add_string (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

GVariant *
mr_list_filter_to_variant (const MrListFilter *filter)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_string (&builder, "kind", kinds[filter->kind == MR_LIST_HISTORY]);
  if (filter->state >= 0)
    add_string (&builder, "state", mr_recipient_state_nick ((MrRecipientState)filter->state));
  if (filter->hold_reason != MR_HOLD_NONE)
    add_string (&builder, "hold-reason", mr_hold_reason_nick (filter->hold_reason));
  if (filter->wait_reason != MR_WAIT_NONE)
    add_string (&builder, "wait-reason", mr_wait_reason_nick (filter->wait_reason));
  if (filter->sort != MR_LIST_SORT_TIME)
    add_string (&builder, "sort", mr_list_sort_nick (filter->sort));
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    add_string (&builder, words[i].key, WORD (filter, i));
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (FLAG (filter, i))
      g_variant_builder_add (&builder, "{sv}", flags[i].key, g_variant_new_boolean (TRUE));
  return g_variant_builder_end (&builder);
}

/* ---- from a dictionary ---- */

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

static gboolean
read_hold (const char *word, MrListFilter *filter)
{
  return mr_hold_reason_from_nick (word, &filter->hold_reason);
}

static gboolean
read_wait (const char *word, MrListFilter *filter)
{
  return mr_wait_reason_from_nick (word, &filter->wait_reason);
}

static gboolean
read_sort (const char *word, MrListFilter *filter)
{
  return mr_list_sort_from_nick (word, &filter->sort);
}

static const struct {
  const char *key;
  gboolean (*read) (const char *word, MrListFilter *filter);
} choices[] = {
  { "kind", read_kind },        { "state", read_state }, { "hold-reason", read_hold },
  { "wait-reason", read_wait }, { "sort", read_sort },
};

/* FALSE: the value does not fit. A key that this version does not know is no harm. */
static gboolean
read_key (const char *key, GVariant *value, MrListFilter *filter)
{
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_str_equal (flags[i].key, key)) {
      gboolean fits = g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN);
      if (fits)
        FLAG (filter, i) = g_variant_get_boolean (value);
      return fits;
    }

  gsize len = 0;
  const char *word = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, &len) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].key, key)) {
      if (word == NULL || len > MAX_WORD)
        return FALSE;
      WORD (filter, i) = len > 0 ? word : NULL;
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (choices[i].key, key))
      return word != NULL && choices[i].read (word, filter);
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

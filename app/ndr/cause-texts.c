/* The words for a cause: looked up in the reader's language, then filled in.
 *
 * {name} becomes the value of that parameter, or a word that fits where it is not known; what stands in [brackets] is
 * left out where one of its values is not known. A value is never looked at again: braces within it stay text.
 */
#include "config.h"

#include "ndr/diagnosis-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/catalogue.h"

#define VALUE_MAX 320

static const char *
fallback_word (MrDiagnosis *self, const char *name)
{
  const char *words = g_hash_table_lookup (self->fallbacks, name);

  return words != NULL && *words != '\0' ? mr_text (words) : "";
}

static char *
dup_wait (guint64 seconds)
{
  if (seconds < 120)
    return g_strdup_printf (mr_text_plural ("%u second", "%u seconds", (gulong)seconds), (guint)seconds);
  if (seconds < 2 * 3600)
    return g_strdup_printf (mr_text_plural ("%u minute", "%u minutes", (gulong)(seconds / 60)), (guint)(seconds / 60));
  return g_strdup_printf (mr_text_plural ("%u hour", "%u hours", (gulong)(seconds / 3600)),
                          (guint)MIN (seconds / 3600, 10000));
}

/* (transfer full) The value as it is shown, NULL: not known. */
static char *
dup_value (GVariant *params, const char *name)
{
  const char *text = NULL;
  guint64 number;

  if (params == NULL || !g_variant_is_of_type (params, G_VARIANT_TYPE ("a{ss}"))
      || !g_variant_lookup (params, name, "&s", &text) || *text == '\0')
    return NULL;
  if (g_str_equal (name, "limit") || g_str_equal (name, "size")) {
    number = g_ascii_strtoull (text, NULL, 10);
    return number > 0 ? g_format_size (number) : NULL;
  }
  if (g_str_equal (name, "wait")) {
    number = g_ascii_strtoull (text, NULL, 10);
    return number > 0 ? dup_wait (number) : NULL;
  }
  /* The store is read back here, so it may be older or damaged. */
  return g_strndup (text, strnlen (text, VALUE_MAX));
}

/* Appends up to end; FALSE where a value was missing. */
static gboolean
append_filled (MrDiagnosis *self, GString *out, const char *from, const char *end, GVariant *params)
{
  gboolean complete = TRUE;

  while (from < end) {
    const char *close = *from == '{' ? memchr (from, '}', (gsize)(end - from)) : NULL;

    if (close == NULL) {
      g_string_append_c (out, *from++);
      continue;
    }
    g_autofree char *name = g_strndup (from + 1, (gsize)(close - from - 1));
    g_autofree char *value = dup_value (params, name);

    complete = complete && value != NULL;
    g_string_append (out, value != NULL ? value : fallback_word (self, name));
    from = close + 1;
  }
  return complete;
}

/* A sentence that begins with a word that was put in still begins with a capital; an address stays as it is. */
static void
capitalize (GString *text, const char *template)
{
  g_autofree char *rest = NULL;

  if (*template != '{' || strchr (text->str, '@') != NULL || text->len == 0 || strchr (text->str, ' ') == NULL
      || memchr (text->str, '.', (gsize)(strchr (text->str, ' ') - text->str)) != NULL)
    return;
  gunichar first = g_unichar_toupper (g_utf8_get_char (text->str));
  char upper[8];
  gint n = g_unichar_to_utf8 (first, upper);

  rest = g_strdup (g_utf8_next_char (text->str));
  g_string_truncate (text, 0);
  g_string_append_len (text, upper, n);
  g_string_append (text, rest);
}

static char *
fill (MrDiagnosis *self, const char *template, GVariant *params)
{
  GString *out = g_string_new (NULL);
  const char *end = template + strlen (template);

  for (const char *p = template; p < end;) {
    const char *open = memchr (p, '[', (gsize)(end - p));
    const char *close = open != NULL ? memchr (open, ']', (gsize)(end - open)) : NULL;
    gsize before;

    append_filled (self, out, p, close != NULL ? open : end, params);
    if (close == NULL)
      break;
    before = out->len;
    if (!append_filled (self, out, open + 1, close, params))
      g_string_truncate (out, before);
    p = close + 1;
  }
  capitalize (out, template);
  return g_string_free (out, FALSE);
}

const MrCause *
mr_cause_find (MrDiagnosis *self, const char *cause)
{
  const MrCause *found = g_hash_table_lookup (self->causes, cause);

  /* An id that a newer program wrote. */
  return found != NULL ? found : self->unknown;
}

char *
mr_cause_fill (MrDiagnosis *self, const char *text, GVariant *params)
{
  return fill (self, *text != '\0' ? mr_text (text) : "", params);
}

char *
mr_cause_dup_title (MrDiagnosis *self, const char *cause, GVariant *params)
{
  return cause == NULL ? g_strdup ("") : mr_cause_fill (self, mr_cause_find (self, cause)->title, params);
}

char *
mr_cause_dup_sentence (MrDiagnosis *self, const char *cause, GVariant *params)
{
  return cause == NULL ? g_strdup ("") : mr_cause_fill (self, mr_cause_find (self, cause)->sentence, params);
}

char *
mr_cause_dup_explanation (MrDiagnosis *self, const char *cause, GVariant *params)
{
  return cause == NULL ? g_strdup ("") : mr_cause_fill (self, mr_cause_find (self, cause)->explanation, params);
}

char *
mr_cause_dup_action_label (MrDiagnosis *self, const char *action)
{
  const char *label = action != NULL ? g_hash_table_lookup (self->actions, action) : NULL;

  return g_strdup (label != NULL && *label != '\0' ? mr_text (label) : "");
}

gboolean
mr_cause_is_known (MrDiagnosis *self, const char *cause)
{
  return cause != NULL && g_hash_table_contains (self->causes, cause);
}

MrActor
mr_cause_get_actor (MrDiagnosis *self, const char *cause, MrSpeaker speaker)
{
  const MrCause *found;

  if (cause == NULL)
    return MR_ACTOR_UNKNOWN;
  found = mr_cause_find (self, cause);
  return speaker == MR_SPEAKER_ACCOUNT || speaker == MR_SPEAKER_LOCAL ? found->actor_account : found->actor;
}

const char *
mr_cause_get_action (MrDiagnosis *self, const char *cause)
{
  return cause == NULL ? g_intern_static_string ("none") : mr_cause_find (self, cause)->action;
}

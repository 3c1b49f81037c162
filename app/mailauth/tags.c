/* Tag lists: see tags.h. */
#include <config.h>

#include "mailauth/tags.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_TEXT (64 * 1024)
#define MAX_TAGS 100
#define SPACE    " \t\r\n"

struct _MrTags {
  GPtrArray *names;
  GPtrArray *values;
};

void
mr_tags_free (MrTags *tags)
{
  if (tags == NULL)
    return;
  g_ptr_array_unref (tags->names);
  g_ptr_array_unref (tags->values);
  g_free (tags);
}

/* A copy without white space at both ends. */
static char *
dup_trimmed (const char *start, const char *end)
{
  while (start < end && strchr (SPACE, *start) != NULL)
    start++;
  while (end > start && strchr (SPACE, end[-1]) != NULL)
    end--;
  return g_strndup (start, (gsize)(end - start));
}

static gboolean
is_name (const char *name)
{
  if (!g_ascii_isalpha (*name))
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum (*name) && *name != '_')
      return FALSE;
  return TRUE;
}

static gboolean
add (MrTags *tags, const char *start, const char *end, GError **error)
{
  const char *equals = memchr (start, '=', (gsize)(end - start));
  g_autofree char *name = dup_trimmed (start, equals != NULL ? equals : end);

  if (equals == NULL || !is_name (name)) {
    g_autofree char *shown = g_str_to_ascii (name, "C");
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.100s” is not of the form name=value"), shown);
    return FALSE;
  }
  if (mr_tags_get (tags, name) != NULL || tags->names->len >= MAX_TAGS) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.100s=” stands there twice, or there are too many parts"),
                 name);
    return FALSE;
  }
  g_ptr_array_add (tags->names, g_steal_pointer (&name));
  g_ptr_array_add (tags->values, dup_trimmed (equals + 1, end));
  return TRUE;
}

static MrTags *
parse (const char *text, gboolean tolerant, GError **error)
{
  g_autoptr (MrTags) tags = g_new0 (MrTags, 1);

  tags->names = g_ptr_array_new_with_free_func (g_free);
  tags->values = g_ptr_array_new_with_free_func (g_free);
  if (strlen (text) > MAX_TEXT) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("The record is too long"));
    return NULL;
  }
  for (const char *p = text;;) {
    const char *end = strchr (p, ';');
    gboolean last = end == NULL;
    if (last)
      end = p + strlen (p);
    gboolean empty = strspn (p, SPACE) >= (gsize)(end - p);
    if (!empty || !last) {
      g_autoptr (GError) wrong = NULL;
      if (!add (tags, p, end, &wrong) && !tolerant) {
        g_propagate_error (error, g_steal_pointer (&wrong));
        return NULL;
      }
    }
    if (last)
      return g_steal_pointer (&tags);
    p = end + 1;
  }
}

MrTags *
mr_tags_parse (const char *text, GError **error)
{
  return parse (text, FALSE, error);
}

MrTags *
mr_tags_parse_tolerant (const char *text)
{
  return parse (text, TRUE, NULL);
}

const char *
mr_tags_get (const MrTags *tags, const char *name)
{
  for (guint i = 0; i < tags->names->len; i++)
    if (g_str_equal (tags->names->pdata[i], name))
      return tags->values->pdata[i];
  return NULL;
}

const char *
mr_tags_get_name (const MrTags *tags, guint n)
{
  return n < tags->names->len ? tags->names->pdata[n] : NULL;
}

char *
mr_tags_dup_compact (const MrTags *tags, const char *name)
{
  const char *value = mr_tags_get (tags, name);
  char *copy = g_strdup (value), *out = copy;

  for (; value != NULL && *value != '\0'; value++)
    if (strchr (SPACE, *value) == NULL)
      *out++ = *value;
  if (out != NULL)
    *out = '\0';
  return copy;
}

gboolean
mr_tags_has_word (const MrTags *tags, const char *name, const char *word, gboolean absent_is)
{
  g_autofree char *list = mr_tags_dup_compact (tags, name);

  if (list == NULL)
    return absent_is;
  g_auto (GStrv) words = g_strsplit (list, ":", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], word) == 0)
      return TRUE;
  return FALSE;
}

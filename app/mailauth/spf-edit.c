/* Merging SPF records: see spf-edit.h. */
#include <config.h>

#include "mailauth/spf-edit.h"

#include <string.h>

#define TXT_STRING 255

/* The mechanism without its qualifier. */
static const char *
bare (const char *text)
{
  return text + (*text != '\0' && strchr ("+-~?", *text) != NULL ? 1 : 0);
}

/* A term of the record that is this mechanism, NULL. */
static const MrSpfTerm *
find (const MrSpfRecord *record, const char *mechanism)
{
  for (guint i = 0; i < record->terms->len; i++) {
    const MrSpfTerm *term = g_ptr_array_index (record->terms, i);
    if (g_ascii_strcasecmp (bare (term->text), mechanism) == 0)
      return term;
  }
  return NULL;
}

static gboolean
has_all (const MrSpfRecord *record)
{
  for (guint i = 0; i < record->terms->len; i++)
    if (((const MrSpfTerm *)record->terms->pdata[i])->kind == MR_SPF_ALL)
      return TRUE;
  return FALSE;
}

/* Every wanted mechanism has to be one by itself. */
static gboolean
check_wanted (const char *const *wanted, GError **error)
{
  for (; *wanted != NULL; wanted++) {
    g_autofree char *text = g_strconcat ("v=spf1 ", *wanted, NULL);
    g_autoptr (MrSpfRecord) record = mr_spf_record_parse (text, error);
    if (record == NULL)
      return FALSE;
  }
  return TRUE;
}

static void
append_missing (GString *out, const MrSpfRecord *record, const char *const *wanted)
{
  for (; *wanted != NULL; wanted++)
    if (find (record, bare (*wanted)) == NULL)
      g_string_append_printf (out, " %s", bare (*wanted));
}

static gboolean
is_wanted (const MrSpfTerm *term, const char *const *wanted)
{
  for (; *wanted != NULL; wanted++)
    if (g_ascii_strcasecmp (bare (term->text), bare (*wanted)) == 0)
      return TRUE;
  return FALSE;
}

char *
mr_spf_merge (const char *text, const char *const *wanted, GError **error)
{
  gboolean is_new = text == NULL || *text == '\0';
  g_autoptr (MrSpfRecord) record = mr_spf_record_parse (is_new ? "v=spf1" : text, error);
  g_autoptr (GString) out = g_string_new ("v=spf1");
  gboolean added = FALSE;

  if (record == NULL || !check_wanted (wanted, error))
    return NULL;
  for (guint i = 0; i < record->terms->len; i++) {
    const MrSpfTerm *term = g_ptr_array_index (record->terms, i);
    if (term->kind == MR_SPF_ALL && !added) {
      append_missing (out, record, wanted);
      added = TRUE;
    }
    g_string_append_printf (out, " %s", is_wanted (term, wanted) ? bare (term->text) : term->text);
  }
  if (!added)
    append_missing (out, record, wanted);
  if (record->redirect != NULL)
    g_string_append_printf (out, " %s", record->redirect->text);
  else if (!has_all (record))
    g_string_append (out, " ~all");
  if (record->exp != NULL)
    g_string_append_printf (out, " %s", record->exp->text);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char **
mr_txt_split (const char *text)
{
  GPtrArray *strings = g_ptr_array_new ();

  for (gsize len = strlen (text); len > 0 || strings->len == 0;) {
    gsize piece = MIN (len, TXT_STRING);
    g_ptr_array_add (strings, g_strndup (text, piece));
    text += piece;
    len -= piece;
  }
  g_ptr_array_add (strings, NULL);
  return (char **)g_ptr_array_free (strings, FALSE);
}

char *
mr_txt_quote (const char *text)
{
  g_auto (GStrv) strings = mr_txt_split (text);
  GString *out = g_string_new (NULL);

  for (guint i = 0; strings[i] != NULL; i++) {
    g_string_append (out, i > 0 ? " \"" : "\"");
    for (const char *p = strings[i]; *p != '\0'; p++) {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
    g_string_append_c (out, '"');
  }
  return g_string_free (out, FALSE);
}

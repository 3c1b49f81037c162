/* Remedy steps and the text that is ready to be sent to the recipient, the provider or another server's administrator. */
#include "config.h"

#include "ndr/diagnosis-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/text.h"

#define FACT_MAX 1200

char **
mr_cause_dup_steps (MrDiagnosis *self, const char *id, GVariant *params)
{
  const MrCause *cause = id != NULL ? mr_cause_find (self, id) : NULL;
  GPtrArray *steps = g_ptr_array_new ();

  for (guint i = 0; cause != NULL && i < MR_NDR_STEPS_MAX && cause->steps[i] != NULL; i++)
    g_ptr_array_add (steps, mr_cause_fill (self, cause->steps[i], params));
  g_ptr_array_add (steps, NULL);
  return (char **)g_ptr_array_free (steps, FALSE);
}

/* One line of the facts; what comes from strangers is made fit to be shown. */
static void
add_fact (GString *out, const char *format, const char *value)
{
  g_autofree char *clean = value != NULL ? mr_text_sanitize (value, FACT_MAX) : NULL;
  const char *mark = strstr (format, "%s");

  if (clean == NULL || *clean == '\0' || mark == NULL)
    return;
  g_strstrip (g_strdelimit (clean, "\n", ' '));
  g_string_append_len (out, format, mark - format);
  g_string_append (out, clean);
  g_string_append (out, mark + 2);
  g_string_append_c (out, '\n');
}

static void
add_facts (GString *out, const MrLetterFacts *facts)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("Time: %s")), facts->time);
  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("Sending server: %s")), facts->client);
  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("Name in its greeting: %s")), facts->helo);
  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("Receiving server: %s")), facts->server);
  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("From: %s")), facts->sender);
  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("To: %s")), facts->recipient);
  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("Message-ID: %s")), facts->message_id);
  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("Answer of the server: %s")), facts->reply);
  add_fact (lines, g_dgettext (GETTEXT_PACKAGE, N_ ("What was checked: %s")), facts->checks);
  if (lines->len > 0)
    g_string_append_printf (out, "%s\n%s\n", g_dgettext (GETTEXT_PACKAGE, N_ ("Details:")), lines->str);
}

char *
mr_cause_dup_letter (MrDiagnosis *self, const char *id, GVariant *params, const MrLetterFacts *facts, MrActor *ret_to)
{
  const MrCause *cause = id != NULL ? mr_cause_find (self, id) : NULL;
  g_autofree char *request = NULL;
  GString *out;

  if (cause == NULL || cause->letter == NULL || cause->letter_to == MR_ACTOR_UNKNOWN)
    return NULL;
  request = mr_cause_fill (self, cause->letter, params);
  out = g_string_new (NULL);
  g_string_append_printf (out, "%s\n\n%s\n\n", g_dgettext (GETTEXT_PACKAGE, N_ ("Hello,")), request);
  if (facts != NULL && cause->letter_to != MR_ACTOR_RECIPIENT)
    add_facts (out, facts);
  g_string_append_printf (out, "%s\n", g_dgettext (GETTEXT_PACKAGE, N_ ("Kind regards")));
  *ret_to = cause->letter_to;
  return g_string_free (out, FALSE);
}

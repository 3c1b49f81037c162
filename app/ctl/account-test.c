/* mail-relayctl account test */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/records-variant.h"
#include "ctl/output.h"
#include "ctl/password.h"
#include "ndr/trace.h"

typedef struct {
  MrCtl *ctl;
  GVariantBuilder steps;
} Run;

static void
print_lines (const char *lines, const char *colour)
{
  g_auto (GStrv) list = g_strsplit (lines, "\n", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0') {
      printf ("    %s", colour);
      mr_say ("%s", list[i]);
      puts (*colour != '\0' ? "\033[0m" : "");
    }
}

static void
print_step (MrCtl *ctl, const MrClientTestStep *step)
{
  gboolean colour = mr_output_has_colour ();
  MrDiagnosis *diagnosis = mr_ctl_get_diagnosis (ctl);
  g_autofree char *facts = mr_trace_dup_facts (step);
  g_autofree char *meaning = mr_trace_dup_meaning (diagnosis, step);
  g_autofree char *warning = mr_trace_dup_warning (step);
  g_autofree char *took = mr_trace_dup_took (step);

  printf ("%s%s%s %s (%s)\n", colour ? (step->ok ? MR_COLOUR_GOOD : MR_COLOUR_BAD) : "", step->ok ? "✓" : "✗",
          colour ? "\033[0m" : "", mr_trace_part_title (step->part), took);
  print_lines (facts, "");
  if (*meaning != '\0')
    mr_print_paragraph (meaning, 4);
  if (*warning != '\0')
    print_lines (warning, colour ? MR_COLOUR_BAD : "");
  if (!step->ok && *step->fingerprint != '\0')
    mr_print_field (_ ("    Certificate"), step->fingerprint);
}

static void
step_cb (const MrClientTestStep *step, gpointer data)
{
  Run *run = data;

  if (!run->ctl->json)
    print_step (run->ctl, step);
  else
    g_variant_builder_add_value (&run->steps, mr_trace_step_to_variant (step));
}

static void
print_json (Run *run, gboolean ok, const char *words, const char *conversation)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "ok", "b", ok);
  g_variant_dict_insert (&dict, "error", "s", words);
  g_variant_dict_insert_value (&dict, "steps", g_variant_builder_end (&run->steps));
  g_variant_dict_insert (&dict, "transcript", "s", conversation);
  mr_print_json (g_variant_dict_end (&dict));
}

static int
run_test (MrCtl *ctl, const char *id, MrSecret *secret)
{
  Run run = { .ctl = ctl };
  g_autoptr (GError) error = NULL;
  g_autofree char *transcript = NULL;
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();

  record->id = g_strdup (id);
  g_variant_builder_init (&run.steps, G_VARIANT_TYPE ("aa{sv}"));
  mr_client_test_account_async (ctl->client, record, secret, step_cb, &run, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_test_account_finish (ctl->client, result, &transcript, &error);
  if (ctl->json && transcript != NULL)
    print_json (&run, ok, ok ? "" : error->message, transcript);
  g_variant_builder_clear (&run.steps);
  if (!ok)
    return mr_ctl_fail (ctl, error);
  if (!ctl->json)
    puts (_ ("The account works."));
  return MR_EXIT_DONE;
}

int
mr_verb_account_test (MrCtl *ctl, int argc, char **argv)
{
  gboolean password_stdin = FALSE;
  const GOptionEntry entries[] = { { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &password_stdin,
                                     N_ ("Test with a password from standard input, not the stored one"), NULL },
                                   { 0 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (MrSecret) secret = NULL;

  if (!mr_ctl_parse (
          ctl, "account test", "ID",
          N_ ("Connects and logs in, and tells each part with its time and what it means. No message is sent."),
          entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (password_stdin && (secret = mr_password_read (&error)) == NULL)
    return mr_ctl_usage ("%s", error->message);
  return run_test (ctl, argv[1], secret);
}

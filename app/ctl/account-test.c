/* mail-relayctl account test */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "ctl/output.h"
#include "ctl/password.h"

typedef struct {
  MrCtl *ctl;
  GVariantBuilder steps;
} Run;

static const char *
stage_word (MrStage stage)
{
  switch (stage) {
  case MR_STAGE_RESOLVE:
    return _ ("Find the server");
  case MR_STAGE_CONNECT:
    return _ ("Connect");
  case MR_STAGE_EHLO:
    return _ ("Greeting");
  case MR_STAGE_STARTTLS:
    return _ ("Encryption");
  case MR_STAGE_AUTH:
    return _ ("Log in");
  case MR_STAGE_MAIL:
    return _ ("Sender");
  case MR_STAGE_NONE:
  case MR_STAGE_RCPT:
  case MR_STAGE_DATA:
  case MR_STAGE_DOT:
  case MR_STAGE_QUIT:
  case MR_STAGE_N_STAGES:
    break;
  }
  return mr_stage_nick (stage);
}

static void
print_step (MrCtl *ctl, const MrClientTestStep *step)
{
  gboolean colour = mr_output_has_colour ();
  g_autofree char *sentence = *step->cause != '\0'
                                  ? mr_cause_dup_sentence (mr_ctl_get_diagnosis (ctl), step->cause, step->cause_params)
                                  : NULL;
  g_autofree char *text = g_strdup (step->text);

  g_strdelimit (text, "\n", ' ');
  printf ("%s%s%s %s: ", colour ? (step->ok ? MR_COLOUR_GOOD : MR_COLOUR_BAD) : "", step->ok ? "✓" : "✗",
          colour ? "\033[0m" : "", stage_word (step->stage));
  if (step->code != 0)
    printf ("%u %s%s", step->code, step->enhanced, *step->enhanced != '\0' ? " " : "");
  printf ("%s\n", text);
  if (sentence != NULL && *sentence != '\0')
    mr_print_paragraph (sentence, 2);
  if (!step->ok && *step->fingerprint != '\0')
    mr_print_field (_ ("  Certificate"), step->fingerprint);
}

static void
step_cb (const MrClientTestStep *step, gpointer data)
{
  Run *run = data;
  GVariantDict dict;

  if (!run->ctl->json) {
    print_step (run->ctl, step);
    return;
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "stage", "s", mr_stage_nick (step->stage));
  g_variant_dict_insert (&dict, "ok", "b", step->ok);
  g_variant_dict_insert (&dict, "code", "u", step->code);
  g_variant_dict_insert (&dict, "enhanced", "s", step->enhanced);
  g_variant_dict_insert (&dict, "text", "s", step->text);
  g_variant_dict_insert (&dict, "cause", "s", step->cause);
  g_variant_dict_insert (&dict, "fingerprint", "s", step->fingerprint);
  g_variant_dict_insert (&dict, "elapsed", "x", step->elapsed);
  g_variant_builder_add_value (&run->steps, g_variant_dict_end (&dict));
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

  if (!mr_ctl_parse (ctl, "account test", "ID", N_ ("Connects and logs in, and tells each step. No message is sent."),
                     entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (password_stdin && (secret = mr_password_read (&error)) == NULL)
    return mr_ctl_usage ("%s", error->message);
  return run_test (ctl, argv[1], secret);
}

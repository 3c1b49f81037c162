/* What the verbs of mail-relayctl share. */
#include <config.h>

#include "ctl/ctl.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/os.h"
#include "base/paths.h"
#include "ctl/output.h"

MrCtl *
mr_ctl_new (void)
{
  MrCtl *ctl = g_new0 (MrCtl, 1);
  g_autoptr (MrClock) clock = mr_clock_new_real ();

  ctl->client = mr_client_new (TRUE);
  ctl->loop = g_main_loop_new (NULL, FALSE);
  ctl->now = mr_clock_wall (clock);
  return ctl;
}

void
mr_ctl_free (MrCtl *ctl)
{
  g_clear_object (&ctl->result);
  g_object_unref (ctl->client);
  g_main_loop_unref (ctl->loop);
  g_clear_pointer (&ctl->diagnosis, mr_diagnosis_free);
  g_free (ctl);
}

const MrVerb *
mr_verb_find (const MrVerb *verbs, const char *name)
{
  for (; verbs->name != NULL; verbs++)
    if (g_str_equal (verbs->name, name))
      return verbs;
  return NULL;
}

static void
print_verbs (FILE *out, const char *title, const MrVerb *verbs)
{
  fprintf (out, _ ("Usage: %s VERB [OPTIONS] [ARGUMENTS]\n\n"), title);
  for (; verbs->name != NULL; verbs++)
    fprintf (out, "  %-14s %s\n", verbs->name, _ (verbs->summary));
  fprintf (out, _ ("\n“%s VERB --help” tells more. Every verb takes --json.\n"), title);
}

int
mr_verb_dispatch (MrCtl *ctl, const char *title, const MrVerb *verbs, int argc, char **argv)
{
  const char *name = argc > 0 ? argv[0] : NULL;

  if (name != NULL && (g_str_equal (name, "--help") || g_str_equal (name, "-h") || g_str_equal (name, "help"))) {
    print_verbs (stdout, title, verbs);
    return MR_EXIT_DONE;
  }
  const MrVerb *verb = name != NULL ? mr_verb_find (verbs, name) : NULL;
  if (verb != NULL)
    return verb->run (ctl, argc, argv);
  if (name != NULL)
    mr_tell (_ ("%s: there is no verb “%s”\n\n"), title, name);
  print_verbs (stderr, title, verbs);
  return MR_EXIT_USAGE;
}

/* They go over D-Bus, into files and onto the screen. (The values of options are converted and refused by GOption.) */
static gboolean
arguments_are_text (const char *name, int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    if (!g_utf8_validate (argv[i], -1, NULL)) {
      mr_tell (_ ("%s: “%s” is not UTF-8 text\n"), name, argv[i]);
      return FALSE;
    }
  return TRUE;
}

gboolean
mr_ctl_parse (MrCtl *ctl, const char *title, const char *usage, const char *summary, const GOptionEntry *entries,
              int min, int max, int *argc, char ***argv)
{
  const GOptionEntry common[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &ctl->json, N_ ("Print one JSON object"), NULL },
                                  { 0 } };
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat ("mail-relayctl ", title, NULL);

  g_option_context_set_summary (context, _ (summary));
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  g_set_prgname (name);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    mr_tell ("%s: %s\n", name, error->message);
    return FALSE;
  }
  /* "--" ends the options and is no argument. */
  if (*argc > 1 && g_str_equal ((*argv)[1], "--")) {
    (*argv)[1] = (*argv)[0];
    (*argv)++;
    (*argc)--;
  }
  if (!arguments_are_text (name, *argc, *argv))
    return FALSE;
  if (*argc - 1 >= min && (max < 0 || *argc - 1 <= max))
    return TRUE;
  mr_tell (_ ("Usage: %s %s\n“%s --help” tells more.\n"), name, usage != NULL ? usage : "", name);
  return FALSE;
}

void
mr_ctl_ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MrCtl *ctl = data;

  g_set_object (&ctl->result, result);
  g_main_loop_quit (ctl->loop);
}

GAsyncResult *
mr_ctl_wait (MrCtl *ctl)
{
  while (ctl->result == NULL)
    g_main_loop_run (ctl->loop);
  return g_steal_pointer (&ctl->result);
}

int
mr_ctl_fail (MrCtl *ctl, const GError *error)
{
  mr_tell ("mail-relayctl: %s\n", error->message);
  if (g_error_matches (error, MR_ERROR, MR_ERROR_NO_KEYRING))
    fputs (_ ("Passwords can be kept in a file that only you can read (it is not encrypted): mail-relayctl config set "
              "secrets.backend file\n"),
           stderr);
  else if (g_error_matches (error, MR_ERROR, MR_ERROR_KEYRING_LOCKED))
    fputs (_ ("Unlock them: mail-relayctl account unlock\n"), stderr);
  return mr_client_is_unreachable (error) ? MR_EXIT_UNREACHABLE : MR_EXIT_REFUSED;
}

int
mr_ctl_done (MrCtl *ctl, const char *words)
{
  GVariantDict dict;

  if (ctl->json) {
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "ok", "b", TRUE);
    mr_print_json (g_variant_dict_end (&dict));
  } else
    mr_say ("%s\n", words);
  return MR_EXIT_DONE;
}

int
mr_ctl_usage (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  mr_tell ("%s: %s\n", g_get_prgname (), text);
  return MR_EXIT_USAGE;
}

/* A person's own files change words; one with an error is told and left out. */
static void
own_words_cb (const char *path, GBytes *bytes, const GError *error, gpointer user_data)
{
  MrCtl *ctl = user_data;
  g_autoptr (GError) local = NULL;

  if (bytes != NULL)
    mr_diagnosis_add_rules (ctl->diagnosis, path, bytes, FALSE, &local);
  if (error != NULL || local != NULL)
    mr_tell ("mail-relayctl: %s\n", (error != NULL ? error : local)->message);
}

MrDiagnosis *
mr_ctl_get_diagnosis (MrCtl *ctl)
{
  if (ctl->diagnosis == NULL) {
    g_autoptr (MrPaths) paths = mr_paths_new ();
    g_autofree char *folder = g_build_filename (paths->config_dir, MR_DIAGNOSIS_FOLDER, NULL);

    ctl->diagnosis = mr_diagnosis_new_builtin ();
    mr_os_read_folder (folder, MR_DIAGNOSIS_SUFFIX, MR_DIAGNOSIS_FILE_MAX, own_words_cb, ctl);
  }
  return ctl->diagnosis;
}

int
mr_ctl_answer_count (MrCtl *ctl, gboolean none_is_fine, MrCtlCountFunc finish, char *(*dup_words) (guint count))
{
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GError) error = NULL;
  guint count = 0;

  if (!finish (ctl->client, result, &count, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "count", "u", count);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    g_autofree char *words = dup_words (count);
    mr_say ("%s\n", words);
  }
  return count > 0 || none_is_fine ? MR_EXIT_DONE : MR_EXIT_REFUSED;
}

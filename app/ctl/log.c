/* mail-relayctl log */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "ctl/output.h"

#define MAX_LINES 2000
#define FOLLOW_MS 500

static void
print_lines (MrCtl *ctl, char **lines, guint64 last, gboolean follow)
{
  if (!ctl->json) {
    for (guint i = 0; lines[i] != NULL; i++)
      mr_say ("%s\n", lines[i]);
  } else if (!follow || lines[0] != NULL) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "lines", "^as", lines);
    g_variant_dict_insert (&dict, "last", "t", last);
    mr_print_json (g_variant_dict_end (&dict));
  }
  fflush (stdout);
}

static gboolean
wait_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
pause_between (MrCtl *ctl)
{
  g_timeout_add (FOLLOW_MS, wait_cb, ctl->loop);
  g_main_loop_run (ctl->loop);
}

int
mr_verb_log (MrCtl *ctl, int argc, char **argv)
{
  gboolean follow = FALSE;
  int wanted = MAX_LINES;
  const GOptionEntry entries[] = {
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &follow, N_ ("Go on with what comes; with --json one object each time"),
      NULL },
    { "lines", 'n', 0, G_OPTION_ARG_INT, &wanted, N_ ("The last so many lines"), "N" },
    { 0 },
  };
  guint64 last = 0;
  gboolean first = TRUE;

  if (!mr_ctl_parse (ctl, "log", NULL, N_ ("What the service did, oldest first."), entries, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  do {
    g_autoptr (GError) error = NULL;
    if (!first)
      pause_between (ctl);
    mr_client_get_log_async (ctl->client, last, MAX_LINES, NULL, mr_ctl_ready_cb, ctl);
    g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
    g_auto (GStrv) lines = mr_client_get_log_finish (ctl->client, result, &last, &error);
    if (lines == NULL)
      return mr_ctl_fail (ctl, error);
    guint n = g_strv_length (lines);
    guint skip = first && wanted >= 0 && n > (guint)wanted ? n - (guint)wanted : 0;
    print_lines (ctl, lines + skip, last, follow);
    first = FALSE;
  } while (follow);
  return MR_EXIT_DONE;
}

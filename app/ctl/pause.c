/* mail-relayctl pause, resume */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "ctl/output.h"

static int
set_paused (MrCtl *ctl, const char *name, const char *summary, gboolean paused, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, name, NULL, summary, NULL, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_set_paused_async (ctl->client, paused, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_set_paused_finish (ctl->client, result, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "paused", "b", paused);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    puts (paused ? _ ("Nothing is sent until you resume.") : _ ("Sending goes on."));
  }
  return MR_EXIT_DONE;
}

int
mr_verb_pause (MrCtl *ctl, int argc, char **argv)
{
  return set_paused (ctl, "pause", N_ ("Mail is taken and waits; nothing is sent until resumed."), TRUE, argc, argv);
}

int
mr_verb_resume (MrCtl *ctl, int argc, char **argv)
{
  return set_paused (ctl, "resume", N_ ("Go on with sending."), FALSE, argc, argv);
}

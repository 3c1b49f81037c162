/* mail-relayctl pause, resume */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "client/hold-calls.h"
#include "client/times.h"
#include "ctl/output.h"

static int
answer (MrCtl *ctl, gboolean paused, const char *account, gint64 until)
{
  GVariantDict dict;

  if (ctl->json) {
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "paused", "b", paused);
    if (account != NULL)
      g_variant_dict_insert (&dict, "account", "s", account);
    if (until > 0)
      g_variant_dict_insert (&dict, "paused-until", "x", until);
    mr_print_json (g_variant_dict_end (&dict));
  } else if (!paused)
    puts (_ ("Sending goes on."));
  else if (until > 0) {
    g_autofree char *when = mr_format_time (until);

    mr_say (_ ("Nothing is sent until %s.\n"), when);
  } else
    puts (_ ("Nothing is sent until you resume."));
  return MR_EXIT_DONE;
}

int
mr_verb_pause (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *span = NULL, *time = NULL, *account = NULL;
  const GOptionEntry entries[] = {
    { "for", 0, 0, G_OPTION_ARG_STRING, &span, N_ ("For so long: 90m, 1h, 2d"), N_ ("TIME") },
    { "until", 0, 0, G_OPTION_ARG_STRING, &time, N_ ("Until “tomorrow 8:00”, “18:00”, “2026-12-24 08:00”"),
      N_ ("TIME") },
    { "account", 0, 0, G_OPTION_ARG_STRING, &account, N_ ("Only mail of this account"), "ID" },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  gint64 until = 0, usec = 0;

  if (!mr_ctl_parse (ctl, "pause", NULL, N_ ("Mail is taken and waits; nothing is sent until resumed."), entries, 0, 0,
                     &argc, &argv))
    return MR_EXIT_USAGE;
  if (span != NULL && time != NULL)
    return mr_ctl_usage (_ ("give --for or --until, not both"));
  if ((span != NULL && !mr_duration_parse (span, &usec, &error))
      || (time != NULL && !mr_time_parse (time, ctl->now, &until, &error)))
    return mr_ctl_usage ("%s", error->message);
  if (span != NULL)
    until = ctl->now + usec;
  mr_client_pause_async (ctl->client, account, until, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_pause_finish (ctl->client, result, &error))
    return mr_ctl_fail (ctl, error);
  return answer (ctl, TRUE, account, until);
}

int
mr_verb_resume (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *account = NULL;
  const GOptionEntry entries[]
      = { { "account", 0, 0, G_OPTION_ARG_STRING, &account, N_ ("Only mail of this account"), "ID" }, { 0 } };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "resume", NULL, N_ ("Go on with sending."), entries, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_resume_async (ctl->client, account, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_resume_finish (ctl->client, result, &error))
    return mr_ctl_fail (ctl, error);
  return answer (ctl, FALSE, account, 0);
}

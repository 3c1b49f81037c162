/* mail-relayctl retry, hold, release, cancel: one shape, four calls. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "ctl/output.h"

typedef struct {
  const char *name, *summary;
  gboolean may_be_all;
  void (*start) (MrClient *client, const char *const *ids, GCancellable *cancellable, GAsyncReadyCallback callback,
                 gpointer data);
  gboolean (*finish) (MrClient *client, GAsyncResult *result, guint *ret_count, GError **error);
  char *(*dup_words) (guint count);
} Action;

static char *
retry_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message is tried now", "%u messages are tried now", count), count);
}

static char *
hold_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message is kept back", "%u messages are kept back", count), count);
}

static char *
release_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message goes out", "%u messages go out", count), count);
}

static char *
cancel_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message was stopped", "%u messages were stopped", count), count);
}

static int
act (MrCtl *ctl, const Action *action, int argc, char **argv)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = { { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("All messages of the outbox"), NULL },
                                   { 0 } };
  const char *const everything[] = { NULL };

  if (!mr_ctl_parse (ctl, action->name, "ID…", action->summary, action->may_be_all ? entries : NULL, 0, -1, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  if (all == (argc > 1))
    return mr_ctl_usage ("%s", action->may_be_all ? _ ("name the messages by their ids, or give --all")
                                                  : _ ("name the messages by their ids"));
  action->start (ctl->client, all ? everything : (const char *const *)argv + 1, NULL, mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, all, action->finish, action->dup_words);
}

int
mr_verb_retry (MrCtl *ctl, int argc, char **argv)
{
  static const Action action
      = { "retry", N_ ("Try messages now."), TRUE, mr_client_retry_async, mr_client_retry_finish, retry_words };
  return act (ctl, &action, argc, argv);
}

int
mr_verb_hold (MrCtl *ctl, int argc, char **argv)
{
  static const Action action = {
    "hold",    N_ ("Keep messages back until they are released."), TRUE, mr_client_hold_async, mr_client_hold_finish,
    hold_words
  };
  return act (ctl, &action, argc, argv);
}

int
mr_verb_release (MrCtl *ctl, int argc, char **argv)
{
  static const Action action = {
    "release",    N_ ("Send messages that were kept back."), TRUE, mr_client_release_async, mr_client_release_finish,
    release_words
  };
  return act (ctl, &action, argc, argv);
}

int
mr_verb_cancel (MrCtl *ctl, int argc, char **argv)
{
  static const Action action = {
    "cancel",    N_ ("Stop messages that have not been sent."), FALSE, mr_client_cancel_async, mr_client_cancel_finish,
    cancel_words
  };
  return act (ctl, &action, argc, argv);
}

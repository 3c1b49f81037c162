/* mail-relayctl autostart: whether the ports listen after log-in. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "client/autostart.h"
#include "client/linger.h"
#include "ctl/output.h"

static const char *const words[] = {
  [MR_AUTOSTART_OFF] = N_ ("Nothing starts after log-in."),
  [MR_AUTOSTART_SYSTEMD] = N_ ("After log-in the ports listen (systemd)."),
  [MR_AUTOSTART_ENTRY] = N_ ("After log-in the service starts (desktop entry)."),
  [MR_AUTOSTART_PORTAL] = N_ ("After log-in the service starts (by the desktop’s portal)."),
};
static const char *const nicks[] = { [MR_AUTOSTART_OFF] = "off",
                                     [MR_AUTOSTART_SYSTEMD] = "systemd",
                                     [MR_AUTOSTART_ENTRY] = "entry",
                                     [MR_AUTOSTART_PORTAL] = "portal" };

static gboolean
set (MrCtl *ctl, gboolean enabled, GError **error)
{
  mr_autostart_set_async (enabled, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  return mr_autostart_set_finish (result, error);
}

static int
tell (MrCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  MrAutostart now = MR_AUTOSTART_OFF;

  mr_autostart_query_async (NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_autostart_query_finish (result, &now, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "autostart", "s", nicks[now]);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    puts (_ (words[now]));
  }
  return MR_EXIT_DONE;
}

/* ---- with nobody logged in ---- */

static int
tell_linger (MrCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  gboolean on = FALSE;

  mr_linger_query_async (NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_linger_query_finish (result, &on, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "linger", "b", on);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    puts (on ? _ ("The service goes on when nobody is logged in, and starts with the computer.")
             : _ ("The service ends when you log out."));
  }
  return MR_EXIT_DONE;
}

static int
linger (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "autostart linger", "[on|off]",
                     N_ ("Whether mail is sent when nobody is logged in (systemd alone); the keyring is locked then, "
                         "so that passwords must be"
                         " kept in a file: mail-relayctl config set secrets backend file"),
                     NULL, 0, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (argc > 1 && !g_str_equal (argv[1], "on") && !g_str_equal (argv[1], "off"))
    return mr_ctl_usage (_ ("“%s” is neither on nor off"), argv[1]);
  if (argc > 1) {
    mr_linger_set_async (g_str_equal (argv[1], "on"), NULL, mr_ctl_ready_cb, ctl);
    g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
    if (!mr_linger_set_finish (result, &error))
      return mr_ctl_fail (ctl, error);
  }
  return tell_linger (ctl);
}

int
mr_verb_autostart (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc > 1 && g_str_equal (argv[1], "linger"))
    return linger (ctl, argc - 1, argv + 1);
  if (!mr_ctl_parse (ctl, "autostart", "[on|off]",
                     N_ ("Whether mail is taken after log-in; without a word, how it is now."), NULL, 0, 1, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  if (argc > 1 && !g_str_equal (argv[1], "on") && !g_str_equal (argv[1], "off"))
    return mr_ctl_usage (_ ("“%s” is neither on nor off"), argv[1]);
  if (argc > 1 && !set (ctl, g_str_equal (argv[1], "on"), &error))
    return mr_ctl_fail (ctl, error);
  return tell (ctl);
}

/* mail-relayctl account unlock: the keyring shows its own question; no password passes here. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "client/keyring-unlock.h"
#include "ctl/output.h"

#define PATIENCE_SECONDS 2

static gboolean
has_display (void)
{
  static const char *const names[] = { "WAYLAND_DISPLAY", "DISPLAY" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_getenv (names[i]) != NULL && *g_getenv (names[i]) != '\0')
      return TRUE;
  return FALSE;
}

static void
print_headless_hint (void)
{
  fputs (
      _ ("The keyring asks in a window, and there is no display here. Unlock it at the desktop or with its own tool "
         "(gnome-keyring: gnome-keyring-daemon --replace --unlock, which reads the password from standard input), or "
         "keep passwords in a file that only you can read: mail-relayctl config set secrets.backend file\n"),
      stderr);
}

static gboolean
waiting_cb (gpointer data)
{
  fputs (_ ("The keyring asks something in a window of its own. If you do not see it, look behind other windows; "
            "another program's question may be in front.\n"),
         stderr);
  if (!has_display ())
    print_headless_hint ();
  *(guint *)data = 0;
  return G_SOURCE_REMOVE;
}

typedef void (*Ask) (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
typedef gboolean (*AskFinish) (GAsyncResult *result, GError **error);

static gboolean
ask (MrCtl *ctl, Ask func, AskFinish finish, GError **error)
{
  guint timer = g_timeout_add_seconds (PATIENCE_SECONDS, waiting_cb, &timer);

  func (NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_clear_handle_id (&timer, g_source_remove);
  return finish (result, error);
}

static int
fail (MrCtl *ctl, const GError *error)
{
  mr_tell ("mail-relayctl: %s\n", error->message);
  if (g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND))
    fputs (_ ("Make one: mail-relayctl account unlock --create\n"), stderr);
  else if (!g_error_matches (error, MR_ERROR, MR_ERROR_BUSY) && !has_display ())
    print_headless_hint ();
  return MR_EXIT_REFUSED;
}

int
mr_verb_account_unlock (MrCtl *ctl, int argc, char **argv)
{
  gboolean create = FALSE;
  const GOptionEntry entries[] = { { "create", 0, 0, G_OPTION_ARG_NONE, &create,
                                     N_ ("Make a place for passwords where the keyring has none"), NULL },
                                   { 0 } };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "account unlock", NULL,
                     N_ ("Unlocks the desktop's keyring; it asks for its password itself."), entries, 0, 0, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  gboolean ok = ask (ctl, mr_keyring_unlock_async, mr_keyring_unlock_finish, &error);
  if (create && g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND)) {
    g_clear_error (&error);
    ok = ask (ctl, mr_keyring_create_async, mr_keyring_create_finish, &error);
  }
  if (!ok)
    return fail (ctl, error);
  mr_client_keyring_changed_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) told = mr_ctl_wait (ctl);
  if (!mr_client_keyring_changed_finish (ctl->client, told, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "id", "s", "");
    mr_print_json (g_variant_dict_end (&dict));
  } else
    puts (_ ("Your saved passwords are unlocked."));
  return MR_EXIT_DONE;
}

/* What a person who started the service in a terminal reads: facts of this run, and commands that can be pasted. */
#include <config.h>

#include "service/foreground.h"

#include <glib/gi18n-lib.h>

/* Beside the service in an installation, in the folder next door in a build folder. (transfer full) */
static char *
dup_command (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *installed = g_build_filename (MR_BINDIR, "mail-relayctl", NULL);
  g_autofree char *found = g_find_program_in_path ("mail-relayctl");
  g_autofree char *built = g_build_filename (MR_BUILD_DIR, "app", "ctl", "mail-relayctl", NULL);

  if (exe != NULL && g_str_has_prefix (exe, MR_BUILD_DIR "/"))
    return g_steal_pointer (&built);
  return found != NULL ? g_strdup ("mail-relayctl") : g_steal_pointer (&installed);
}

static void
add_listeners (GString *text, GPtrArray *listeners)
{
  for (guint i = 0; i < listeners->len; i++) {
    const MrListenerStatus *listener = g_ptr_array_index (listeners, i);

    if (listener->error == NULL)
      g_string_append_printf (text, _ ("Programs hand in mail at %s\n"), listener->address);
    else
      g_string_append_printf (text, _ ("Not at %s: %s\n"), listener->address, listener->error);
  }
}

static const char *
first_address (GPtrArray *listeners)
{
  for (guint i = 0; i < listeners->len; i++) {
    const MrListenerStatus *listener = g_ptr_array_index (listeners, i);
    if (listener->error == NULL)
      return listener->address;
  }
  return "127.0.0.1:2525";
}

char *
mr_foreground_dup_text (const MrStatus *status)
{
  GString *text = g_string_new (NULL);
  g_autofree char *command = dup_command ();

  add_listeners (text, status->listeners);
  g_string_append_printf (text, _ ("\nSend a first message:\n"));
  g_string_append_printf (
      text,
      "  printf 'From: you@example.com\\nTo: friend@example.org\\nSubject: First\\n\\nHello\\n' | \\\n"
      "    curl --crlf smtp://%s --mail-from you@example.com --mail-rcpt friend@example.org -T -\n",
      first_address (status->listeners));
  if (status->n_accounts == 0)
    g_string_append (text, _ ("\nMessages wait until there is a sending account. Add one:\n"));
  else
    g_string_append_printf (text,
                            g_dngettext (GETTEXT_PACKAGE, "\n%u sending account is set up. Add another:\n",
                                         "\n%u sending accounts are set up. Add another:\n", status->n_accounts),
                            status->n_accounts);
  g_string_append_printf (
      text,
      "  %s account add --id work --address you@example.com \\\n"
      "    --host smtp.example.com --port 465 --tls implicit --user you@example.com --password-stdin\n",
      command);
  g_string_append_printf (text, _ ("\nLook at the outbox:\n  %s list\n"), command);
  if (status->config_error != NULL)
    g_string_append_printf (text, _ ("\nThe configuration cannot be read: %s\n"), status->config_error);
  return g_string_free (text, FALSE);
}

/* mail-relayctl save: a message as an .eml file. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "client/save-message.h"
#include "ctl/output.h"

/* A name that says what it is, beside which others of the same subject find room. */
static char *
dup_default_file (MrCtl *ctl, const char *id, GError **error)
{
  g_autoptr (MrMessageRecord) message = NULL;
  g_autoptr (GPtrArray) attempts = NULL;

  mr_client_get_message_async (ctl->client, id, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_get_message_finish (ctl->client, result, &message, &attempts, error))
    return NULL;
  return mr_save_dup_file_name (message->id, message->subject);
}

static int
answer (MrCtl *ctl, const char *file, gsize size)
{
  if (ctl->json) {
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "file", "s", file);
    g_variant_dict_insert (&dict, "size", "t", (guint64)size);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    g_autofree char *shown = g_filename_display_name (file);

    mr_say (_ ("Saved as %s\n"), shown);
  }
  return MR_EXIT_DONE;
}

int
mr_verb_save (MrCtl *ctl, int argc, char **argv)
{
  gboolean force = FALSE;
  const GOptionEntry entries[] = {
    { "force", 'f', 0, G_OPTION_ARG_NONE, &force, N_ ("Replace the file where there is one"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *file = NULL;

  if (!mr_ctl_parse (ctl, "save", N_ ("ID [FILE]"),
                     N_ ("A message as it is sent, as an .eml file; FILE - is standard output."), entries, 1, 2, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  file = argc > 2 ? g_strdup (argv[2]) : dup_default_file (ctl, argv[1], &error);
  if (file == NULL)
    return mr_ctl_fail (ctl, error);
  mr_client_get_body_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GBytes) bytes = mr_client_get_body_finish (ctl->client, result, &error);
  if (bytes == NULL)
    return mr_ctl_fail (ctl, error);
  if (g_str_equal (file, "-")) {
    fwrite (g_bytes_get_data (bytes, NULL), 1, g_bytes_get_size (bytes), stdout);
    return MR_EXIT_DONE;
  }
  if (!mr_save_write_file (file, bytes, force, &error))
    return mr_ctl_fail (ctl, error);
  return answer (ctl, file, g_bytes_get_size (bytes));
}

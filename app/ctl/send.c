/* mail-relayctl send: a message from standard input, through the service's own door for the command line. */
#include <config.h>

#include "ctl/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/os.h"
#include "client/message-input.h"
#include "ctl/output.h"

/* A descriptor from which the service can read the message. */
static int
make_file (GBytes *message, GError **error)
{
  gsize len, done = 0;
  const char *data = g_bytes_get_data (message, &len);
  int fd = memfd_create ("mail-relay message", MFD_CLOEXEC);
  gssize n = 0;

  while (fd >= 0 && done < len && (n = write (fd, data + done, len - done)) > 0)
    done += (gsize)n;
  if (fd >= 0 && done == len && lseek (fd, 0, SEEK_SET) == 0)
    return fd;
  mr_set_errno_error (error, errno, _ ("The message could not be handed over"));
  if (fd >= 0)
    close (fd);
  return -1;
}

static char **
collect_recipients (GBytes *message, gboolean from_header, char **arguments, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) found = NULL;
  gboolean bad = FALSE;

  if (from_header) {
    found = mr_message_input_dup_recipients (message, mr_message_input_get_host (), &bad, error);
    if (found == NULL)
      return NULL;
    if (bad) {
      g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                           _ ("Something in To, Cc or Bcc is no address: correct it, nothing was sent"));
      return NULL;
    }
  }
  for (guint i = 0; found != NULL && found[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (found[i]));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (all, mr_message_input_qualify (arguments[i]));
  g_ptr_array_add (all, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&all), FALSE);
}

static char *
choose_sender (GBytes *message, const char *given)
{
  if (given != NULL)
    return *given == '\0' || g_str_equal (given, "<>") ? g_strdup ("") : mr_message_input_qualify (given);
  char *sender = mr_message_input_dup_sender (message);
  return sender != NULL ? sender : mr_message_input_dup_own_address ();
}

static int
submit (MrCtl *ctl, GBytes *message, const char *sender, char **recipients)
{
  g_autoptr (GError) error = NULL;
  int fd = make_file (message, &error);

  if (fd < 0)
    return mr_ctl_fail (ctl, error);
  mr_client_submit_async (ctl->client, fd, sender, (const char *const *)recipients, "mail-relayctl", NULL,
                          mr_ctl_ready_cb, ctl);
  close (fd);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autofree char *id = mr_client_submit_finish (ctl->client, result, &error);
  if (id == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "id", "s", id);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    mr_say ("%s\n", id);
  }
  return MR_EXIT_DONE;
}

int
mr_verb_send (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *from = NULL;
  gboolean from_header = FALSE;
  const GOptionEntry entries[] = {
    { "from", 'f', 0, G_OPTION_ARG_STRING, &from, N_ ("Return address (the message's From)"), N_ ("ADDRESS") },
    { "header", 't', 0, G_OPTION_ARG_NONE, &from_header, N_ ("Send to the addresses in To, Cc and Bcc"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "send", N_ ("RECIPIENT…"), N_ ("Hands in the message on standard input and prints its id."),
                     entries, 0, -1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (argc < 2 && !from_header)
    return mr_ctl_usage (_ ("name the recipients, or give -t"));
  g_autoptr (GBytes) message = mr_message_input_read (STDIN_FILENO, FALSE, &error);
  if (message == NULL)
    return mr_ctl_fail (ctl, error);
  g_auto (GStrv) recipients = collect_recipients (message, from_header, argv + 1, &error);
  if (recipients == NULL)
    return mr_ctl_fail (ctl, error);
  g_autofree char *sender = choose_sender (message, from);
  return submit (ctl, message, sender, recipients);
}

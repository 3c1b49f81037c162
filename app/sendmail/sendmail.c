/* mail-relay-sendmail.
 *
 * Order: SMTP to the configured port; where nobody takes the message, the service is started and asked where it listens; where that fails, the message is
 * left in the maildrop folder. Exit code 0 means in each case that the message is on the disk. An outcome that is not known is EX_TEMPFAIL: the caller may
 * try again and the person sees both in the history.
 */
#include <config.h>

#include "sendmail/sendmail.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/config.h"
#include "base/paths.h"
#include "base/text.h"
#include "client/calls.h"
#include "client/maildrop.h"
#include "client/message-input.h"
#include "sendmail/arguments.h"
#include "sendmail/local-send.h"
#include "smtp/dsn.h"

static int
complain (int code, const char *text)
{
  /* An argument or a server's words may be in it. */
  g_autofree char *clean = mr_text_sanitize (text, 2000);

  fprintf (stderr, "mail-relay-sendmail: %s\n", clean);
  return code;
}

static int
code_of (const MrSentResult *result)
{
  switch (result->sent) {
  case MR_SENT_TAKEN:
    if (result->refused == 0)
      return EX_OK;
    return complain (EX_UNAVAILABLE, _ ("some of the recipients were refused; the message goes to the others"));
  case MR_SENT_REFUSED:
    /* At the return address it is about who may send, unless it is about the size (552). */
    return complain (result->at_sender && result->code != 552 ? EX_NOPERM : EX_UNAVAILABLE, result->text);
  case MR_SENT_LATER:
    return complain (EX_TEMPFAIL, result->text);
  case MR_SENT_UNKNOWN:
    return complain (EX_TEMPFAIL, _ ("the connection broke at the end of the message: it may have been taken"));
  case MR_SENT_NOT_THERE:
  default:
    return complain (EX_TEMPFAIL, result->text);
  }
}

/* ---- by SMTP ---- */

/* TRUE: it is decided, *ret_code. */
static gboolean
send_to (const char *address, const MrSendJob *job, int *ret_code)
{
  g_auto (MrSentResult) result = { 0 };

  mr_local_send (address, job, &result);
  if (result.sent == MR_SENT_NOT_THERE)
    return FALSE;
  *ret_code = code_of (&result);
  return TRUE;
}

static gboolean
send_to_configured (const MrPaths *paths, const MrSendJob *job, int *ret_code)
{
  g_autoptr (MrConfig) config = mr_config_load (paths->config_file, NULL);
  g_auto (GStrv) addresses = NULL;

  if (config == NULL)
    config = mr_config_new_default ();
  addresses = mr_config_dup_list (config, "submission", "listen");
  for (guint i = 0; addresses[i] != NULL; i++)
    if (send_to (addresses[i], job, ret_code))
      return TRUE;
  return FALSE;
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **ret = data;

  *ret = g_object_ref (result);
}

/* Starts the service where it does not run and asks it where it listens. */
static gboolean
send_to_started (const MrSendJob *job, int *ret_code)
{
  g_autoptr (MrClient) client = mr_client_new (TRUE);
  g_autoptr (GAsyncResult) result = NULL;

  mr_client_get_status_async (client, NULL, status_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (MrServiceStatus) status = mr_client_get_status_finish (client, result, NULL);
  for (guint i = 0; status != NULL && i < status->listeners->len; i++) {
    const MrServiceListener *listener = g_ptr_array_index (status->listeners, i);
    if (listener->error == NULL && send_to (listener->address, job, ret_code))
      return TRUE;
  }
  return FALSE;
}

static int
leave_in_maildrop (const MrPaths *paths, const MrSendJob *job)
{
  g_autoptr (MrClock) clock = mr_clock_new_real ();
  g_autoptr (GError) error = NULL;
  g_autofree char *notify = mr_dsn_dup_notify (job->notify);
  g_autofree char *envid = job->envid != NULL ? mr_xtext_encode (job->envid) : NULL;
  gsize len = 0;
  const char *data = g_bytes_get_data (job->message, &len);
  const MrMaildropWishes wishes = { .notify = notify, .ret = mr_dsn_return_word (job->ret), .envid = envid };

  /* Never taken by the service: better refused now, while somebody hears it. */
  if (len > 0 && memchr (data, '\0', len) != NULL)
    return complain (EX_DATAERR, _ ("there is a NUL character in the message"));
  if (mr_maildrop_write (paths->maildrop_dir, clock, job->reverse_path, job->recipients, &wishes, job->message, &error))
    return EX_OK;
  return complain (g_error_matches (error, MR_ERROR, MR_ERROR_INVALID) ? EX_DATAERR : EX_TEMPFAIL, error->message);
}

/* ---- envelope ---- */

static char *
choose_sender (GBytes *message, const char *given)
{
  if (given != NULL)
    return *given == '\0' || g_str_equal (given, "<>") ? g_strdup ("") : mr_message_input_qualify (given);
  char *sender = mr_message_input_dup_sender (message);
  return sender != NULL ? sender : mr_message_input_dup_own_address ();
}

/* NULL: there is none. *ret_bad: there are others in the header that cannot be read. */
static char **
collect_recipients (GBytes *message, const MrSendmailArguments *arguments, gboolean *ret_bad)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) found = NULL;

  if (arguments->recipients_from_header)
    found = mr_message_input_dup_recipients (message, mr_message_input_get_host (), ret_bad, NULL);
  for (guint i = 0; found != NULL && found[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (found[i]));
  for (guint i = 0; i < arguments->recipients->len; i++)
    g_ptr_array_add (all, mr_message_input_qualify (arguments->recipients->pdata[i]));
  if (all->len == 0)
    return NULL;
  g_ptr_array_add (all, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&all), FALSE);
}

static int
deliver (const MrSendmailArguments *arguments, GBytes *message)
{
  g_autoptr (MrPaths) paths = mr_paths_new ();
  gboolean bad = FALSE;
  g_auto (GStrv) recipients = collect_recipients (message, arguments, &bad);
  g_autofree char *sender = choose_sender (message, arguments->from);
  const MrSendJob job = { .reverse_path = sender,
                          .recipients = (const char *const *)recipients,
                          .message = message,
                          .notify = arguments->notify,
                          .ret = arguments->ret,
                          .envid = arguments->envid };
  int code = EX_OK;

  if (recipients == NULL)
    return complain (EX_NOUSER,
                     bad ? _ ("what stands in To, Cc and Bcc is no address") : _ ("the message has no recipient"));
  if (!send_to_configured (paths, &job, &code) && !send_to_started (&job, &code))
    code = leave_in_maildrop (paths, &job);
  /* Not silently: whoever was meant gets nothing. */
  return code == EX_OK && bad
             ? complain (EX_UNAVAILABLE, _ ("something in To, Cc or Bcc is no address; the message goes to the others"))
             : code;
}

int
mr_sendmail_main (int argc, char **argv)
{
  g_auto (MrSendmailArguments) arguments = { 0 };
  g_autoptr (GError) error = NULL;

  if (!mr_sendmail_arguments_parse (argc, argv, &arguments, &error))
    return complain (EX_USAGE, error->message);
  if (arguments.version) {
    puts ("mail-relay-sendmail " MR_VERSION);
    return EX_OK;
  }
  if (arguments.help) {
    puts (
        _ ("Usage: mail-relay-sendmail [-t] [-i] [-f ADDRESS] [RECIPIENT…]\nHands in the message on standard input."));
    return EX_OK;
  }
  if (!arguments.recipients_from_header && arguments.recipients->len == 0)
    return complain (EX_USAGE, _ ("name the recipients, or give -t"));
  g_autoptr (GBytes) message = mr_message_input_read (STDIN_FILENO, !arguments.dot_is_text, &error);
  if (message == NULL)
    return complain (g_error_matches (error, MR_ERROR, MR_ERROR_TOO_BIG) ? EX_DATAERR : EX_IOERR, error->message);
  return deliver (&arguments, message);
}

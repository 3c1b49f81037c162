/* Dialogs with the client machine. Options: ehlo=, tls=none|starttls|implicit|opportunistic, auth, auth-in-clear,
 * token, host=, port=. */
#include "dialog.h"

#include <stdlib.h>
#include <string.h>

#include "smtp/client.h"
#include "smtp/dsn.h"

typedef struct {
  MrSmtpClient *client;
} Machine;

static void *
make (const Dialog *dialog)
{
  const char *tls = dialog_option (dialog, "tls");
  MrSmtpClientOptions options = {
    .ehlo_name = dialog_option (dialog, "ehlo") != NULL ? dialog_option (dialog, "ehlo") : "[127.0.0.1]",
    .want_auth = dialog_option (dialog, "auth") != NULL || dialog_option (dialog, "auth-in-clear") != NULL
                 || dialog_option (dialog, "token") != NULL,
    .auth_in_clear_allowed = dialog_option (dialog, "auth-in-clear") != NULL,
    .with_token = dialog_option (dialog, "token") != NULL,
    .host = dialog_option (dialog, "host"),
    .port = dialog_option (dialog, "port") != NULL ? (guint)atoi (dialog_option (dialog, "port")) : 0,
  };
  Machine *machine = g_new0 (Machine, 1);

  if (tls != NULL && !mr_tls_mode_from_nick (tls, &options.tls))
    g_error ("%s: there is no TLS mode %s", dialog->name, tls);
  options.tls_active = options.tls == MR_TLS_IMPLICIT;
  machine->client = mr_smtp_client_new (&options);
  return machine;
}

static void
machine_free (void *data)
{
  Machine *machine = data;

  mr_smtp_client_free (machine->client);
  g_free (machine);
}

static gboolean
machine_feed (void *data, const void *bytes, gsize len)
{
  Machine *machine = data;

  return mr_smtp_client_feed (machine->client, bytes, len);
}

static char *
with_reply (const char *name, const MrReplyRecord *reply)
{
  g_autofree char *text = reply->text != NULL ? dialog_escape (reply->text, strlen (reply->text)) : g_strdup ("");

  if (reply->code == 0)
    return g_strdup_printf ("%s 0", name);
  return g_strdup_printf ("%s %u %s %s", name, reply->code, reply->enhanced != NULL ? reply->enhanced : "-", text);
}

static char *
next (void *data)
{
  static const char *const names[] = {
    [MR_CLIENT_STARTTLS] = "STARTTLS", [MR_CLIENT_CREDENTIALS] = "CREDENTIALS",
    [MR_CLIENT_READY] = "READY",       [MR_CLIENT_MAIL_REFUSED] = "MAIL_REFUSED",
    [MR_CLIENT_BODY] = "BODY",         [MR_CLIENT_DATA_REFUSED] = "DATA_REFUSED",
    [MR_CLIENT_DONE] = "DONE",         [MR_CLIENT_VERIFIED] = "VERIFIED",
    [MR_CLIENT_CLOSED] = "CLOSED",
  };
  Machine *machine = data;
  MrSmtpClientEvent event;
  g_autofree char *name = NULL;

  switch (mr_smtp_client_next (machine->client, &event)) {
  case MR_CLIENT_NONE:
    return NULL;
  case MR_CLIENT_STARTTLS:
  case MR_CLIENT_CREDENTIALS:
  case MR_CLIENT_READY:
  case MR_CLIENT_BODY:
  case MR_CLIENT_CLOSED:
    return g_strdup (names[event.kind]);
  case MR_CLIENT_MAIL_REFUSED:
  case MR_CLIENT_DATA_REFUSED:
  case MR_CLIENT_DONE:
  case MR_CLIENT_VERIFIED:
    return with_reply (names[event.kind], event.reply);
  case MR_CLIENT_RCPT:
    name = g_strdup_printf ("RCPT %u", event.index);
    return with_reply (name, event.reply);
  case MR_CLIENT_FAILED:
    g_assert_nonnull (event.what);
    name = g_strdup_printf ("FAILED %s", mr_stage_nick (event.stage));
    return with_reply (name, event.reply);
  default:
    g_assert_not_reached ();
  }
}

/* "begin <from> <to> <to> size=N 8bit ret=hdrs envid=X notify=success,delay orcpt=rfc822;y": the last two belong to the recipient before. */
static gboolean
begin (Machine *machine, char **words)
{
  MrSmtpTransaction transaction = { 0 };
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  guint notify[8] = { 0 };
  const char *orcpt[8] = { NULL };

  transaction.notify = notify;
  transaction.orcpt = orcpt;
  for (guint i = 1; words[i] != NULL; i++) {
    gsize len = strlen (words[i]);

    if (words[i][0] == '<')
      g_ptr_array_add (paths, g_strndup (words[i] + 1, len - 2));
    else if (g_str_has_prefix (words[i], "size="))
      transaction.size = g_ascii_strtoull (words[i] + 5, NULL, 10);
    else if (strcmp (words[i], "8bit") == 0)
      transaction.body_8bit = TRUE;
    else if (g_str_has_prefix (words[i], "envid="))
      transaction.envid = words[i] + 6;
    else if (g_str_has_prefix (words[i], "orcpt="))
      orcpt[paths->len - 2] = words[i] + 6;
    else if (g_str_has_prefix (words[i], "notify=")) {
      if (!mr_dsn_read_notify (words[i] + 7, &notify[paths->len - 2]))
        return FALSE;
    } else if (!g_str_has_prefix (words[i], "ret=") || !mr_dsn_read_return (words[i] + 4, &transaction.ret))
      return FALSE;
  }
  if (paths->len < 2)
    return FALSE;
  g_ptr_array_add (paths, NULL);
  transaction.reverse_path = g_ptr_array_index (paths, 0);
  transaction.recipients = (const char *const *)paths->pdata + 1;
  return mr_smtp_client_begin (machine->client, &transaction, NULL);
}

static gboolean
act (void *data, const char *action)
{
  Machine *machine = data;
  g_auto (GStrv) words = g_strsplit (action, " ", -1);
  guint n = g_strv_length (words);
  g_autofree char *bytes = NULL;
  gsize len;

  if (strcmp (words[0], "begin") == 0)
    return begin (machine, words);
  if (strcmp (words[0], "body") == 0) {
    bytes = dialog_unescape (action + strlen ("body "), &len);
    return mr_smtp_client_body (machine->client, bytes, len);
  }
  if (strcmp (words[0], "verify") == 0 && n == 2) {
    bytes = g_strndup (words[1] + 1, strlen (words[1]) - 2);
    return mr_smtp_client_verify_sender (machine->client, bytes, NULL);
  }
  if (strcmp (words[0], "credentials") == 0 && n == 3) {
    g_autoptr (MrSecret) password = mr_secret_new_long (words[2], strlen (words[2]));

    mr_smtp_client_credentials (machine->client, words[1], password);
  } else if (strcmp (action, "credentials none") == 0)
    mr_smtp_client_credentials (machine->client, NULL, NULL);
  else if (strcmp (action, "end") == 0)
    mr_smtp_client_body_end (machine->client);
  else if (strcmp (action, "quit") == 0)
    mr_smtp_client_quit (machine->client);
  else if (strcmp (action, "eof") == 0)
    mr_smtp_client_eof (machine->client);
  else if (strcmp (action, "tls") == 0)
    mr_smtp_client_tls_started (machine->client);
  else
    return FALSE;
  return TRUE;
}

static void
act_default (void *data)
{
}

static GString *
take_output (void *data)
{
  Machine *machine = data;
  MrBuffer *out = mr_smtp_client_output (machine->client);
  gsize len;
  const guint8 *bytes = mr_buffer_peek (out, &len);
  GString *text = g_string_new_len ((const char *)bytes, (gssize)len);

  mr_buffer_consume (out, len);
  return text;
}

const DialogMachine dialog_client = { make, machine_free, machine_feed, next, act, act_default, take_output };

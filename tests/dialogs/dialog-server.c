/* Dialogs with the server machine. Options: bare=refuse, max-size=, max-command=, max-line=, max-recipients=,
 * max-errors=, starttls, auth (needs TLS), auth-in-clear, tls (already encrypted). Without a '=' line everything is
 * accepted. */
#include "dialog.h"

#include <stdlib.h>
#include <string.h>

#include "smtp/server.h"
#include "smtp/dsn.h"

/* Pieces of a body are cut as the input was: a dialog sees them as one event, when another one follows. */
typedef struct {
  MrSmtpServer *server;
  MrSmtpServerEvent event;
  GString *body; /* pieces of the message that is being read */
  gboolean held; /* event followed a body and is still to be told */
} Machine;

static guint64
number_option (const Dialog *dialog, const char *key, guint64 otherwise)
{
  const char *value = dialog_option (dialog, key);

  return value != NULL ? g_ascii_strtoull (value, NULL, 10) : otherwise;
}

static void *
make (const Dialog *dialog)
{
  MrSmtpServerOptions options = {
    .greeting_name = "localhost",
    .max_size = number_option (dialog, "max-size", 100000),
    .max_command = number_option (dialog, "max-command", 1024),
    .max_line = number_option (dialog, "max-line", 998),
    .max_recipients = (guint)number_option (dialog, "max-recipients", 100),
    .max_errors = (guint)number_option (dialog, "max-errors", 20),
    .offer_starttls = dialog_option (dialog, "starttls") != NULL,
    .offer_auth = dialog_option (dialog, "auth") != NULL || dialog_option (dialog, "auth-in-clear") != NULL,
    .auth_without_tls = dialog_option (dialog, "auth-in-clear") != NULL,
    .tls_active = dialog_option (dialog, "tls") != NULL,
    .offer_dsn = dialog_option (dialog, "dsn") != NULL,
    .bare = g_strcmp0 (dialog_option (dialog, "bare"), "refuse") == 0 ? MR_BARE_REFUSE : MR_BARE_LF_IS_EOL,
  };
  Machine *machine = g_new0 (Machine, 1);

  machine->server = mr_smtp_server_new (&options);
  machine->body = g_string_new (NULL);
  return machine;
}

static void
machine_free (void *data)
{
  Machine *machine = data;

  mr_smtp_server_free (machine->server);
  g_string_free (machine->body, TRUE);
  g_free (machine);
}

static gboolean
machine_feed (void *data, const void *bytes, gsize len)
{
  Machine *machine = data;

  return mr_smtp_server_feed (machine->server, bytes, len);
}

static char *
describe_rcpt (const MrSmtpServerEvent *event)
{
  g_autofree char *notify = mr_dsn_dup_notify (event->notify);

  return g_strdup_printf ("RCPT <%s>%s%s%s%s", event->path, notify != NULL ? " notify=" : "",
                          notify != NULL ? notify : "", event->orcpt != NULL ? " orcpt=" : "",
                          event->orcpt != NULL ? event->orcpt : "");
}

static char *
describe (const MrSmtpServerEvent *event)
{
  static const char *const reasons[] = { "quit",         "errors",   "http",   "tls-on-plain",
                                         "tls-leftover", "overflow", "answer", "eof" };
  static const char *const errors[] = { "", " too-big", " bare-lf", " bare-cr", " long-line", " nul" };

  switch (event->kind) {
  case MR_SERVER_HELO:
    return g_strdup_printf ("HELO %s %s", event->helo, event->esmtp ? "esmtp" : "smtp");
  case MR_SERVER_STARTTLS:
    return g_strdup ("STARTTLS");
  case MR_SERVER_AUTH:
    return g_strdup_printf ("AUTH %s as=%s with=%s", event->authcid, event->authzid, mr_secret_get (event->password));
  case MR_SERVER_MAIL:
    return g_strdup_printf ("MAIL <%s>%s%s%s%s%s", event->path, event->body_8bit ? " 8bit" : "",
                            event->ret != MR_RETURN_DEFAULT ? " ret=" : "",
                            event->ret != MR_RETURN_DEFAULT ? mr_dsn_return_word (event->ret) : "",
                            event->envid != NULL ? " envid=" : "", event->envid != NULL ? event->envid : "");
  case MR_SERVER_RCPT:
    return describe_rcpt (event);
  case MR_SERVER_DATA:
    return g_strdup ("DATA");
  case MR_SERVER_END:
    return g_strdup_printf ("END size=%" G_GUINT64_FORMAT "%s", event->size, errors[event->data_error]);
  case MR_SERVER_RESET:
    return g_strdup ("RESET");
  case MR_SERVER_CLOSE:
    return g_strdup_printf ("CLOSE %s", reasons[event->reason]);
  case MR_SERVER_BODY:
  case MR_SERVER_NONE:
  default:
    g_assert_not_reached ();
  }
}

static char *
next (void *data)
{
  Machine *machine = data;

  if (!machine->held) {
    while (mr_smtp_server_next (machine->server, &machine->event) == MR_SERVER_BODY)
      g_string_append_len (machine->body, (const char *)machine->event.bytes, (gssize)machine->event.len);
    if (machine->event.kind == MR_SERVER_NONE)
      return NULL;
  }
  machine->held = machine->body->len > 0;
  if (machine->held) {
    g_autofree char *text = dialog_escape (machine->body->str, machine->body->len);

    g_string_truncate (machine->body, 0);
    return g_strdup_printf ("BODY %s", text);
  }
  return describe (&machine->event);
}

static gboolean
act (void *data, const char *action)
{
  Machine *machine = data;
  g_auto (GStrv) words = g_strsplit (action, " ", 4);
  guint n = g_strv_length (words);

  if (strcmp (action, "tls") == 0)
    mr_smtp_server_tls_started (machine->server);
  else if (strcmp (action, "eof") == 0)
    mr_smtp_server_eof (machine->server);
  else if (strcmp (action, "auth ok") == 0)
    mr_smtp_server_auth_result (machine->server, TRUE, FALSE);
  else if (strcmp (action, "auth no") == 0)
    mr_smtp_server_auth_result (machine->server, FALSE, FALSE);
  else if (strcmp (action, "auth later") == 0)
    mr_smtp_server_auth_result (machine->server, FALSE, TRUE);
  else if (n == 4 && strcmp (words[0], "answer") == 0)
    mr_smtp_server_answer (machine->server, (guint)atoi (words[1]), strcmp (words[2], "-") == 0 ? NULL : words[2],
                           words[3]);
  else if (n == 4 && strcmp (words[0], "abort") == 0)
    mr_smtp_server_abort (machine->server, (guint)atoi (words[1]), words[2], words[3]);
  else
    return FALSE;
  return TRUE;
}

static void
act_default (void *data)
{
  Machine *machine = data;

  if (machine->held || !mr_smtp_server_wants_answer (machine->server))
    return;
  switch (machine->event.kind) {
  case MR_SERVER_MAIL:
    mr_smtp_server_answer (machine->server, 250, "2.1.0", "Sender OK");
    break;
  case MR_SERVER_RCPT:
    mr_smtp_server_answer (machine->server, 250, "2.1.5", "Recipient OK");
    break;
  case MR_SERVER_DATA:
    mr_smtp_server_answer (machine->server, 354, NULL, "Go on");
    break;
  case MR_SERVER_END:
    mr_smtp_server_answer (machine->server, 250, "2.0.0", "Queued");
    break;
  case MR_SERVER_AUTH:
    mr_smtp_server_auth_result (machine->server, TRUE, FALSE);
    break;
  case MR_SERVER_NONE:
  case MR_SERVER_HELO:
  case MR_SERVER_STARTTLS:
  case MR_SERVER_BODY:
  case MR_SERVER_RESET:
  case MR_SERVER_CLOSE:
  default:
    break;
  }
}

static GString *
take_output (void *data)
{
  Machine *machine = data;
  MrBuffer *out = mr_smtp_server_output (machine->server);
  gsize len;
  const guint8 *bytes = mr_buffer_peek (out, &len);
  GString *text = g_string_new_len ((const char *)bytes, (gssize)len);

  mr_buffer_consume (out, len);
  return text;
}

const DialogMachine dialog_server = { make, machine_free, machine_feed, next, act, act_default, take_output };

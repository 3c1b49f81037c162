/* Commands of the server machine (RFC 5321 4.1.1, 4.1.4; RFC 1870, 2034, 3207, 3461, 4954, 6152).
 *
 * A row says what a command is called, in which states it is allowed, whether it takes an argument, how the argument is
 * checked (which answers when it is wrong) and what it does. Checks change nothing but server->path and server->word.
 */
#include "base/log.h"
#include "smtp/server-private.h"

#include "smtp/dsn.h"

#include <string.h>

#define HELO_MAX 255

#define AT(name) (1u << MR_SERVER_STATE_##name)
#define ALWAYS   (AT (START) | AT (READY) | AT (ENVELOPE))

typedef enum { ARGUMENT_NONE, ARGUMENT_NEEDED, ARGUMENT_OPTIONAL } Argument;

typedef struct {
  const char *arg;       /* what follows the verb, "" where nothing does */
  guint64 declared_size; /* SIZE= */
  gboolean body_8bit;    /* BODY=8BITMIME */
  MrReturn ret;          /* RET= */
  guint notify;          /* NOTIFY= */
} Command;

typedef struct {
  const char *name;
  guint allowed;
  Argument argument;
  gboolean (*check) (MrSmtpServer *server, Command *command); /* NULL: nothing more to check */
  void (*proceed) (MrSmtpServer *server, const Command *command);
} Row;

static void
refuse_syntax (MrSmtpServer *server, const char *text)
{
  mr_server_error (server, 501, "5.5.4", text);
}

/* A name of another machine, to be shown and put into a Received field: nothing depends on it, so that a strange one is
 * made harmless and not refused. */
static char *
dup_helo (const char *arg)
{
  char *helo = g_strndup (arg, HELO_MAX);

  for (char *p = helo; *p != '\0'; p++) {
    if (!g_ascii_isgraph (*p) || strchr ("<>()\"\\;", *p) != NULL)
      *p = '?';
  }
  return helo;
}

static void
greet (MrSmtpServer *server, const Command *command, gboolean esmtp)
{
  MrServerSession *session = &server->session;

  mr_server_reset_transaction (server, TRUE);
  g_free (session->helo);
  session->helo = dup_helo (command->arg);
  session->esmtp = esmtp;
  mr_server_set_state (server, MR_SERVER_STATE_READY);
  mr_server_emit (server, &(MrSmtpServerEvent){ .kind = MR_SERVER_HELO, .helo = session->helo, .esmtp = esmtp });
}

static void
do_helo (MrSmtpServer *server, const Command *command)
{
  greet (server, command, FALSE);
  mr_server_reply (server, 250, NULL, server->greeting_name);
}

static void
do_ehlo (MrSmtpServer *server, const Command *command)
{
  const MrSmtpServerOptions *options = &server->options;
  g_autoptr (GString) text = g_string_new (server->greeting_name);

  greet (server, command, TRUE);
  g_string_append (text, "\nPIPELINING\nSIZE");
  if (options->max_size > 0)
    g_string_append_printf (text, " %" G_GUINT64_FORMAT, options->max_size);
  g_string_append (text, "\n8BITMIME\nENHANCEDSTATUSCODES");
  if (options->offer_dsn)
    g_string_append (text, "\nDSN");
  if (options->offer_starttls && !server->session.tls)
    g_string_append (text, "\nSTARTTLS");
  if (mr_server_offers_auth (server))
    g_string_append (text, "\nAUTH PLAIN LOGIN");
  g_string_append (text, "\nHELP");
  mr_server_reply (server, 250, NULL, text->str);
}

/* "FROM:" or "TO:", then a path that is left in server->path. Returns what follows the path, NULL when it was
 * refused. */
static const char *
check_path (MrSmtpServer *server, const char *arg, const char *keyword, gboolean sender)
{
  static const struct {
    guint code;
    const char *enhanced[2]; /* recipient, sender */
    const char *text;
  } refusals[] = {
    [MR_PATH_BAD] = { 501, { "5.1.3", "5.1.7" }, "The address is malformed" },
    [MR_PATH_SOURCE_ROUTE] = { 553, { "5.1.3", "5.1.7" }, "Source routes are not accepted" },
    [MR_PATH_NON_ASCII] = { 553, { "5.6.7", "5.6.7" }, "Addresses with non-ASCII characters are not accepted" },
    [MR_PATH_NO_DOMAIN] = { 553, { "5.1.3", "5.1.7" }, "The address needs a domain" },
  };
  const char *cursor = arg + strlen (keyword);
  MrPathResult result;

  if (g_ascii_strncasecmp (arg, keyword, strlen (keyword)) != 0) {
    refuse_syntax (server, sender ? "Syntax: MAIL FROM:<address>" : "Syntax: RCPT TO:<address>");
    return NULL;
  }
  cursor += strspn (cursor, " ");
  g_clear_pointer (&server->path, g_free);
  result = mr_command_read_path (&cursor, &server->path);
  if (result == MR_PATH_READ && server->path[0] == '\0' && !sender)
    result = MR_PATH_BAD;
  if (result == MR_PATH_READ)
    return cursor;
  mr_server_error (server, refusals[result].code, refusals[result].enhanced[sender ? 1 : 0], refusals[result].text);
  return NULL;
}

/* What parameters a command has: the rows of MAIL and RCPT. set() keeps a value; FALSE: it is malformed. */
typedef struct {
  const char *key;
  gboolean dsn; /* known only where DSN is offered */
  gboolean (*set) (MrSmtpServer *server, Command *command, const char *value);
} Parameter;

static gboolean
set_size (MrSmtpServer *server, Command *command, const char *value)
{
  return mr_command_read_number (value, &command->declared_size);
}

static gboolean
set_body (MrSmtpServer *server, Command *command, const char *value)
{
  command->body_8bit = g_ascii_strcasecmp (value, "8BITMIME") == 0;
  return command->body_8bit || g_ascii_strcasecmp (value, "7BIT") == 0;
}

/* Whom the client says it speaks for: trusted from nobody, so that it is checked and not kept (RFC 4954 5). */
static gboolean
set_auth (MrSmtpServer *server, Command *command, const char *value)
{
  return value[0] != '\0' && mr_command_xtext_is_valid (value);
}

static gboolean
set_ret (MrSmtpServer *server, Command *command, const char *value)
{
  return mr_dsn_read_return (value, &command->ret);
}

static gboolean
set_envid (MrSmtpServer *server, Command *command, const char *value)
{
  g_free (server->word);
  server->word = g_strdup (value);
  return mr_dsn_envid_is_valid (value);
}

static gboolean
set_notify (MrSmtpServer *server, Command *command, const char *value)
{
  return mr_dsn_read_notify (value, &command->notify);
}

static gboolean
set_orcpt (MrSmtpServer *server, Command *command, const char *value)
{
  g_free (server->word);
  server->word = g_strdup (value);
  return mr_dsn_orcpt_is_valid (value);
}

static const Parameter mail_parameters[] = {
  { "SIZE", FALSE, set_size }, { "BODY", FALSE, set_body },  { "AUTH", FALSE, set_auth },
  { "RET", TRUE, set_ret },    { "ENVID", TRUE, set_envid },
};
static const Parameter rcpt_parameters[] = { { "NOTIFY", TRUE, set_notify }, { "ORCPT", TRUE, set_orcpt } };

/* cursor: behind the path. Answers what is wrong. */
static gboolean
check_parameters (MrSmtpServer *server, Command *command, const char *cursor, const Parameter *known, guint n)
{
  guint seen = 0;

  g_clear_pointer (&server->word, g_free);
  for (;;) {
    g_autofree char *key = NULL;
    g_autofree char *value = NULL;
    guint which = 0;

    if (!mr_command_next_parameter (&cursor, &key, &value))
      return TRUE;
    while (which < n
           && (g_ascii_strcasecmp (key, known[which].key) != 0 || (known[which].dsn && !server->options.offer_dsn)))
      which++;
    if (which == n) {
      mr_server_error (server, 555, "5.5.4", "The parameter is not known here");
      return FALSE;
    }
    if (!known[which].set (server, command, value != NULL ? value : "") || (seen & (1u << which)) != 0) {
      refuse_syntax (server, "A parameter is malformed or given twice");
      return FALSE;
    }
    seen |= 1u << which;
  }
}

static gboolean
check_mail (MrSmtpServer *server, Command *command)
{
  const char *cursor = check_path (server, command->arg, "FROM:", TRUE);

  if (cursor == NULL || !check_parameters (server, command, cursor, mail_parameters, G_N_ELEMENTS (mail_parameters)))
    return FALSE;
  if (server->options.max_size > 0 && command->declared_size > server->options.max_size) {
    mr_server_error (server, 552, "5.3.4", "The message is too big");
    return FALSE;
  }
  return TRUE;
}

static void
do_mail (MrSmtpServer *server, const Command *command)
{
  mr_server_set_state (server, MR_SERVER_STATE_MAIL_ANSWER);
  mr_server_emit (server, &(MrSmtpServerEvent){ .kind = MR_SERVER_MAIL,
                                                .path = server->path,
                                                .declared_size = command->declared_size,
                                                .body_8bit = command->body_8bit,
                                                .ret = command->ret,
                                                .envid = server->word });
}

static gboolean
check_rcpt (MrSmtpServer *server, Command *command)
{
  const char *cursor = check_path (server, command->arg, "TO:", FALSE);

  if (cursor == NULL || !check_parameters (server, command, cursor, rcpt_parameters, G_N_ELEMENTS (rcpt_parameters)))
    return FALSE;
  if (server->options.max_recipients > 0 && server->transaction.recipients >= server->options.max_recipients) {
    mr_server_reply (server, 452, "4.5.3", "Too many recipients, send the message again for the others");
    return FALSE;
  }
  return TRUE;
}

static void
do_rcpt (MrSmtpServer *server, const Command *command)
{
  mr_server_set_state (server, MR_SERVER_STATE_RCPT_ANSWER);
  mr_server_emit (server,
                  &(MrSmtpServerEvent){
                      .kind = MR_SERVER_RCPT, .path = server->path, .notify = command->notify, .orcpt = server->word });
}

static gboolean
check_data (MrSmtpServer *server, Command *command)
{
  if (server->transaction.recipients > 0)
    return TRUE;
  mr_server_error (server, 554, "5.5.1", "No recipient was accepted");
  return FALSE;
}

static void
do_data (MrSmtpServer *server, const Command *command)
{
  server->session.mail_tried = FALSE;
  mr_server_set_state (server, MR_SERVER_STATE_DATA_ANSWER);
  mr_server_emit (server, &(MrSmtpServerEvent){ .kind = MR_SERVER_DATA });
}

static void
do_rset (MrSmtpServer *server, const Command *command)
{
  mr_server_reset_transaction (server, TRUE);
  if (server->state == MR_SERVER_STATE_ENVELOPE)
    mr_server_set_state (server, MR_SERVER_STATE_READY);
  mr_server_reply (server, 250, "2.0.0", "OK");
}

static void
do_noop (MrSmtpServer *server, const Command *command)
{
  mr_server_reply (server, 250, "2.0.0", "OK");
}

static void
do_vrfy (MrSmtpServer *server, const Command *command)
{
  mr_server_reply (server, 252, "2.5.2", "Nobody is looked up here, send the message and see");
}

static void
do_expn (MrSmtpServer *server, const Command *command)
{
  mr_server_error (server, 502, "5.5.1", "EXPN is not done here");
}

static void
do_help (MrSmtpServer *server, const Command *command)
{
  mr_server_reply (server, 214, "2.0.0",
                   "Commands: HELO EHLO MAIL RCPT DATA RSET NOOP VRFY HELP AUTH STARTTLS QUIT\n"
                   "This server takes mail from programs for sending, see RFC 6409");
}

static void
do_quit (MrSmtpServer *server, const Command *command)
{
  mr_server_reply (server, 221, "2.0.0", "Goodbye");
  mr_server_close (server, MR_CLOSE_QUIT);
}

static gboolean
check_starttls (MrSmtpServer *server, Command *command)
{
  if (server->session.tls)
    mr_server_error (server, 503, "5.5.1", "The connection is encrypted already");
  else if (!server->options.offer_starttls)
    mr_server_error (server, 502, "5.5.1", "STARTTLS is not offered here");
  else
    return TRUE;
  return FALSE;
}

static void
do_starttls (MrSmtpServer *server, const Command *command)
{
  /* Whatever stands behind the command came in clear text and would be taken for encrypted (CVE-2011-0411). */
  if (mr_buffer_length (server->in) > 0) {
    mr_server_reply (server, 503, "5.5.1", "Nothing may follow STARTTLS before its reply");
    mr_server_close (server, MR_CLOSE_TLS_LEFTOVER);
    return;
  }
  mr_server_reset_transaction (server, TRUE);
  mr_server_reply (server, 220, "2.0.0", "Ready to start TLS");
  mr_server_set_state (server, MR_SERVER_STATE_TLS);
  mr_server_emit (server, &(MrSmtpServerEvent){ .kind = MR_SERVER_STARTTLS });
}

static gboolean
check_auth (MrSmtpServer *server, Command *command)
{
  if (server->session.identity != NULL)
    mr_server_error (server, 503, "5.5.1", "You are authenticated already");
  else if (!server->options.offer_auth)
    mr_server_error (server, 502, "5.5.1", "AUTH is not offered here");
  else if (!mr_server_offers_auth (server))
    mr_server_error (server, 538, "5.7.11",
                     "Passwords are only taken over an encrypted connection, send STARTTLS first");
  else
    return TRUE;
  return FALSE;
}

static void
do_auth (MrSmtpServer *server, const Command *command)
{
  mr_server_auth_start (server, command->arg);
}

static const Row rows[] = {
  { "EHLO", ALWAYS, ARGUMENT_NEEDED, NULL, do_ehlo },
  { "HELO", ALWAYS, ARGUMENT_NEEDED, NULL, do_helo },
  { "MAIL", AT (READY), ARGUMENT_NEEDED, check_mail, do_mail },
  { "RCPT", AT (ENVELOPE), ARGUMENT_NEEDED, check_rcpt, do_rcpt },
  { "DATA", AT (ENVELOPE), ARGUMENT_NONE, check_data, do_data },
  { "RSET", ALWAYS, ARGUMENT_NONE, NULL, do_rset },
  { "NOOP", ALWAYS, ARGUMENT_OPTIONAL, NULL, do_noop },
  { "VRFY", ALWAYS, ARGUMENT_NEEDED, NULL, do_vrfy },
  { "EXPN", ALWAYS, ARGUMENT_OPTIONAL, NULL, do_expn },
  { "HELP", ALWAYS, ARGUMENT_OPTIONAL, NULL, do_help },
  { "QUIT", ALWAYS, ARGUMENT_NONE, NULL, do_quit },
  { "STARTTLS", ALWAYS, ARGUMENT_NONE, check_starttls, do_starttls },
  { "AUTH", AT (READY), ARGUMENT_NEEDED, check_auth, do_auth },
};

static void
refuse_sequence (MrSmtpServer *server)
{
  if (server->state == MR_SERVER_STATE_START)
    mr_server_error (server, 503, "5.5.1", "Send EHLO first");
  else if (server->state == MR_SERVER_STATE_READY && server->session.mail_tried)
    mr_server_reply (server, 503, "5.5.1", "MAIL was not accepted");
  else if (server->state == MR_SERVER_STATE_READY)
    mr_server_error (server, 503, "5.5.1", "Send MAIL first");
  else
    mr_server_error (server, 503, "5.5.1", "A message is being sent, end it or send RSET first");
}

void
mr_server_command (MrSmtpServer *server)
{
  GString *line = server->line;
  const Row *row = NULL;
  gsize verb_len;
  Command command = { 0 };

  while (line->len > 0 && strchr (" \t", line->str[line->len - 1]) != NULL)
    g_string_truncate (line, line->len - 1);
  verb_len = strcspn (line->str, " \t");
  for (gsize i = 0; i < G_N_ELEMENTS (rows) && row == NULL; i++) {
    if (strlen (rows[i].name) == verb_len && g_ascii_strncasecmp (line->str, rows[i].name, verb_len) == 0)
      row = &rows[i];
  }
  command.arg = line->str + verb_len;
  command.arg += strspn (command.arg, " \t");
  /* What is no command may be a piece of a message, or of a secret. */
  if (row == NULL)
    mr_debug ("smtp", "< (%" G_GSIZE_FORMAT " bytes that are no command)", line->len);
  else
    mr_debug ("smtp", "< %s", row->proceed == do_auth ? "AUTH (masked)" : line->str);
  if (row == NULL || (row->proceed != do_rcpt && row->proceed != do_data))
    server->session.mail_tried = row != NULL && row->proceed == do_mail;

  if (row == NULL)
    mr_server_error (server, 500, "5.5.2", line->len > 0 ? "The command is not known" : "The line is empty");
  else if ((row->allowed & (1u << server->state)) == 0)
    refuse_sequence (server);
  else if (row->argument == ARGUMENT_NONE && command.arg[0] != '\0')
    refuse_syntax (server, "The command takes no argument");
  else if (row->argument == ARGUMENT_NEEDED && command.arg[0] == '\0')
    refuse_syntax (server, "The command needs an argument");
  else if (row->check == NULL || row->check (server, &command))
    row->proceed (server, &command);
}

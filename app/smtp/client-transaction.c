/* Transactions of the client machine: MAIL to the reply to the final dot (RFC 5321 3.3, RFC 2920 3.1).
 *
 * Commands go out as far as the other side allows: one at a time, or all together with PIPELINING as long as the
 * output has room. Replies come in the order of the commands. DATA goes out with the others, so a server may say 354
 * although it refused everybody: then a lone dot ends the empty message. No RSET is sent while the reply to DATA is
 * due, a server that says 354 would take it for text.
 */
#include <config.h>

#include "smtp/client-private.h"

#include <glib/gi18n-lib.h>

#include "smtp/command-line.h"
#include "smtp/dsn.h"

void
mr_client_transaction_clear (MrClientTransaction *transaction)
{
  g_free (transaction->mail);
  g_strfreev (transaction->recipients);
  mr_reply_record_clear (&transaction->refusal);
  *transaction = (MrClientTransaction){ 0 };
}

static gboolean
check_path (const char *path, gboolean null_allowed, GError **error)
{
  if ((path[0] != '\0' || null_allowed) && mr_command_path_is_safe (path))
    return TRUE;
  g_set_error_literal (
      error, MR_ERROR, MR_ERROR_INVALID,
      path[0] == '\0' ? _ ("An empty address cannot get mail")
                      : _ ("The address contains a character that this version cannot send to a server; correct it"));
  return FALSE;
}

/* What the sender asked for is for hosts that keep to it (RFC 3461 5.1); it comes from the store, so it is checked once more. */
static void
append_mail_wishes (MrSmtpClient *client, const MrSmtpTransaction *transaction, GString *mail)
{
  const char *ret = mr_dsn_return_word (transaction->ret);

  if (!client->caps.dsn)
    return;
  if (ret != NULL)
    g_string_append_printf (mail, " RET=%s", ret);
  if (transaction->envid != NULL && mr_dsn_envid_is_valid (transaction->envid))
    g_string_append_printf (mail, " ENVID=%s", transaction->envid);
}

static char *
dup_recipient (MrSmtpClient *client, const MrSmtpTransaction *transaction, guint i)
{
  GString *rcpt = g_string_new (NULL);
  const char *orcpt = transaction->orcpt != NULL ? transaction->orcpt[i] : NULL;
  g_autofree char *notify = mr_dsn_dup_notify (transaction->notify != NULL ? transaction->notify[i] : 0);

  g_string_append_printf (rcpt, "<%s>", transaction->recipients[i]);
  if (client->caps.dsn && notify != NULL)
    g_string_append_printf (rcpt, " NOTIFY=%s", notify);
  if (client->caps.dsn && orcpt != NULL && mr_dsn_orcpt_is_valid (orcpt))
    g_string_append_printf (rcpt, " ORCPT=%s", orcpt);
  return g_string_free (rcpt, FALSE);
}

gboolean
mr_smtp_client_begin (MrSmtpClient *client, const MrSmtpTransaction *transaction, GError **error)
{
  MrClientTransaction *own = &client->transaction;
  g_autoptr (GString) mail = NULL;

  g_return_val_if_fail (client->state == MR_CLIENT_STATE_READY, FALSE);
  g_return_val_if_fail (transaction->recipients != NULL && transaction->recipients[0] != NULL, FALSE);

  if (!check_path (transaction->reverse_path, TRUE, error))
    return FALSE;
  for (guint i = 0; transaction->recipients[i] != NULL; i++) {
    if (!check_path (transaction->recipients[i], FALSE, error))
      return FALSE;
  }
  mail = g_string_new (NULL);
  g_string_append_printf (mail, "MAIL FROM:<%s>", transaction->reverse_path);
  if (client->caps.size && transaction->size > 0)
    g_string_append_printf (mail, " SIZE=%" G_GUINT64_FORMAT, transaction->size);
  if (client->caps.eightbitmime && transaction->body_8bit)
    g_string_append (mail, " BODY=8BITMIME");
  append_mail_wishes (client, transaction, mail);

  mr_client_transaction_clear (own);
  own->mail = g_string_free (g_steal_pointer (&mail), FALSE);
  own->n_recipients = g_strv_length ((char **)transaction->recipients);
  own->recipients = g_new0 (char *, own->n_recipients + 1);
  for (guint i = 0; i < own->n_recipients; i++)
    own->recipients[i] = dup_recipient (client, transaction, i);
  mr_data_writer_init (&own->writer);
  client->stage = MR_STAGE_MAIL;
  mr_client_set_state (client, MR_CLIENT_STATE_ENVELOPE);
  mr_client_transaction_pump (client);
  return TRUE;
}

gboolean
mr_smtp_client_verify_sender (MrSmtpClient *client, const char *reverse_path, GError **error)
{
  MrClientTransaction *own = &client->transaction;

  g_return_val_if_fail (client->state == MR_CLIENT_STATE_READY, FALSE);

  if (!check_path (reverse_path, TRUE, error))
    return FALSE;
  mr_client_transaction_clear (own);
  own->mail = g_strdup_printf ("MAIL FROM:<%s>", reverse_path);
  client->stage = MR_STAGE_MAIL;
  mr_client_set_state (client, MR_CLIENT_STATE_VERIFY);
  mr_client_transaction_pump (client);
  return TRUE;
}

/* The next command of the envelope. FALSE: there is none, or the output has no room. */
static gboolean
send_next (MrSmtpClient *client)
{
  MrClientTransaction *own = &client->transaction;
  g_autofree char *line = NULL;
  gboolean verify = client->state == MR_CLIENT_STATE_VERIFY;

  if (!own->mail_sent) {
    own->mail_sent = mr_client_send (client, verify ? MR_EXPECT_VERIFY : MR_EXPECT_MAIL, own->mail, NULL);
    return own->mail_sent;
  }
  if (verify) {
    client->rset_wanted = !own->rset_sent;
    own->rset_sent = TRUE;
    return FALSE;
  }
  if (own->mail_refused || own->data_sent)
    return FALSE;
  if (own->sent < own->n_recipients) {
    line = g_strdup_printf ("RCPT TO:%s", own->recipients[own->sent]);
    if (!mr_client_send (client, MR_EXPECT_RCPT, line, NULL))
      return FALSE;
    own->sent++;
    return TRUE;
  }
  own->data_sent = mr_client_send (client, MR_EXPECT_DATA, "DATA", NULL);
  return own->data_sent;
}

void
mr_client_transaction_pump (MrSmtpClient *client)
{
  gboolean more = TRUE;

  while (more && (client->state == MR_CLIENT_STATE_ENVELOPE || client->state == MR_CLIENT_STATE_VERIFY)) {
    if (!client->caps.pipelining && !g_queue_is_empty (&client->expected))
      break;
    more = send_next (client);
  }
}

/* The transaction came to nothing and all its replies have been read. */
static void
end_refused (MrSmtpClient *client, MrSmtpClientEventKind kind, const MrReplyRecord *reply)
{
  client->rset_wanted = TRUE;
  mr_client_emit (client, kind, 0, reply);
  mr_client_set_state (client, MR_CLIENT_STATE_READY);
}

static void
end_without_data (MrSmtpClient *client)
{
  static const MrReplyRecord none;
  MrClientTransaction *own = &client->transaction;

  /* Not client->reply: the RCPT event that waits before this one points there. */
  if (own->mail_refused)
    end_refused (client, MR_CLIENT_MAIL_REFUSED, &own->refusal);
  else
    end_refused (client, MR_CLIENT_DATA_REFUSED, &none);
}

static gboolean
is_refusal (const MrReplyRecord *reply)
{
  return reply->code / 100 == 4 || reply->code / 100 == 5;
}

static void
on_mail (MrSmtpClient *client)
{
  MrClientTransaction *own = &client->transaction;

  if (is_refusal (&client->reply)) {
    own->mail_refused = TRUE;
    mr_reply_record_copy_into (&client->reply, &own->refusal);
    if (g_queue_is_empty (&client->expected))
      end_without_data (client);
  } else if (client->reply.code / 100 != 2)
    mr_client_fail_unexpected (client);
}

static void
on_rcpt (MrSmtpClient *client)
{
  MrClientTransaction *own = &client->transaction;
  guint index = own->replied++;
  gboolean last;

  if (client->reply.code / 100 == 2)
    own->accepted++;
  else if (!is_refusal (&client->reply)) {
    mr_client_fail_unexpected (client);
    return;
  }
  last = own->mail_refused ? g_queue_is_empty (&client->expected) : own->replied == own->n_recipients;
  if (!own->mail_refused)
    mr_client_emit (client, MR_CLIENT_RCPT, index, &client->reply);
  if (last && !own->data_sent && (own->mail_refused || own->accepted == 0))
    end_without_data (client);
}

static void
on_data (MrSmtpClient *client)
{
  MrClientTransaction *own = &client->transaction;
  gboolean nobody = own->mail_refused || own->accepted == 0;

  if (client->reply.code / 100 == 3 && !nobody) {
    mr_client_set_state (client, MR_CLIENT_STATE_BODY);
    mr_client_emit (client, MR_CLIENT_BODY, 0, &client->reply);
  } else if (client->reply.code / 100 == 3) {
    mr_client_set_state (client, MR_CLIENT_STATE_LONE_DOT);
    if (!mr_client_send (client, MR_EXPECT_LONE_DOT, ".", NULL))
      mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
  } else if (!is_refusal (&client->reply))
    mr_client_fail_unexpected (client);
  else if (nobody)
    end_without_data (client);
  else
    end_refused (client, MR_CLIENT_DATA_REFUSED, &client->reply);
}

static void
on_dot (MrSmtpClient *client)
{
  if (client->reply.code / 100 == 2) {
    mr_client_emit (client, MR_CLIENT_DONE, 0, &client->reply);
    mr_client_set_state (client, MR_CLIENT_STATE_READY);
  } else if (is_refusal (&client->reply))
    end_refused (client, MR_CLIENT_DONE, &client->reply);
  else
    mr_client_fail_unexpected (client);
}

static void
on_verify (MrSmtpClient *client)
{
  if (client->reply.code / 100 != 2 && !is_refusal (&client->reply)) {
    mr_client_fail_unexpected (client);
    return;
  }
  if (!client->transaction.rset_sent)
    client->rset_wanted = TRUE;
  mr_client_emit (client, MR_CLIENT_VERIFIED, 0, &client->reply);
  mr_client_set_state (client, MR_CLIENT_STATE_READY);
}

void
mr_client_transaction_reply (MrSmtpClient *client, MrExpect expect)
{
  switch (expect) {
  case MR_EXPECT_MAIL:
    on_mail (client);
    break;
  case MR_EXPECT_RCPT:
    on_rcpt (client);
    break;
  case MR_EXPECT_DATA:
    on_data (client);
    break;
  case MR_EXPECT_DOT:
    on_dot (client);
    break;
  case MR_EXPECT_LONE_DOT:
    end_without_data (client);
    break;
  case MR_EXPECT_VERIFY:
    on_verify (client);
    break;
  case MR_EXPECT_RSET:
    if (client->reply.code / 100 != 2)
      mr_client_fail (client, TRUE, _ ("The server does not go on to the next message"));
    break;
  case MR_EXPECT_GREETING:
  case MR_EXPECT_EHLO:
  case MR_EXPECT_HELO:
  case MR_EXPECT_STARTTLS:
  case MR_EXPECT_AUTH:
  case MR_EXPECT_QUIT:
    g_assert_not_reached ();
  }
}

void
mr_client_transaction_tell (MrSmtpClient *client)
{
  MrClientTransaction *own = &client->transaction;

  if ((client->state == MR_CLIENT_STATE_ENVELOPE || client->state == MR_CLIENT_STATE_LONE_DOT) && own->mail_refused)
    mr_client_emit (client, MR_CLIENT_MAIL_REFUSED, 0, &own->refusal);
}

gboolean
mr_smtp_client_body (MrSmtpClient *client, const void *data, gsize len)
{
  /* A server that hung up or refused early is told of by next(). */
  if (client->state == MR_CLIENT_STATE_FAILED)
    return TRUE;
  g_return_val_if_fail (client->state == MR_CLIENT_STATE_BODY, TRUE);

  return mr_data_writer_add (&client->transaction.writer, client->out, data, len);
}

gsize
mr_smtp_client_body_room (MrSmtpClient *client)
{
  gsize room = mr_buffer_room (client->out);

  return room > MR_CLIENT_RESERVE ? mr_data_writer_room (room - MR_CLIENT_RESERVE) : 0;
}

void
mr_smtp_client_body_end (MrSmtpClient *client)
{
  MrDataWriter *writer = &client->transaction.writer;
  g_autofree char *note = NULL;

  if (client->state == MR_CLIENT_STATE_FAILED)
    return;
  g_return_if_fail (client->state == MR_CLIENT_STATE_BODY);

  if (!mr_data_writer_end (writer, client->out)) {
    mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
    return;
  }
  note = g_strdup_printf ("(%" G_GUINT64_FORMAT " bytes)", writer->bytes);
  mr_transcript_add (client->transcript, '>', note);
  mr_transcript_add (client->transcript, '>', ".");
  g_queue_push_tail (&client->expected, GUINT_TO_POINTER (MR_EXPECT_DOT));
  client->stage = MR_STAGE_DOT;
  mr_client_set_state (client, MR_CLIENT_STATE_DOT);
}

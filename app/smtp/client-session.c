/* Greeting, EHLO and STARTTLS of the client machine (RFC 5321 3.1, 3.2, 4.1.1.1; RFC 3207). */
#include <config.h>

#include "smtp/client-private.h"

#include <glib/gi18n-lib.h>

void
mr_client_send_ehlo (MrSmtpClient *client)
{
  g_autofree char *line = g_strdup_printf ("EHLO %s", client->ehlo_name);

  client->stage = MR_STAGE_EHLO;
  mr_client_set_state (client, MR_CLIENT_STATE_HELLO);
  if (!mr_client_send (client, MR_EXPECT_EHLO, line, NULL))
    mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
}

void
mr_client_greeting_reply (MrSmtpClient *client)
{
  mr_reply_record_copy_into (&client->reply, &client->greeting);
  if (client->reply.code / 100 == 2)
    mr_client_send_ehlo (client);
  else
    mr_client_fail (client, TRUE, _ ("The server does not want to take mail now"));
}

static void
settle_tls (MrSmtpClient *client)
{
  gboolean wanted = client->options.tls == MR_TLS_STARTTLS || client->options.tls == MR_TLS_OPPORTUNISTIC;

  if (client->tls || !wanted) {
    mr_client_auth_begin (client);
    return;
  }
  if (client->caps.starttls) {
    client->stage = MR_STAGE_STARTTLS;
    mr_client_set_state (client, MR_CLIENT_STATE_STARTTLS);
    if (!mr_client_send (client, MR_EXPECT_STARTTLS, "STARTTLS", NULL))
      mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
    return;
  }
  if (client->options.tls == MR_TLS_STARTTLS) {
    client->stage = MR_STAGE_STARTTLS;
    mr_client_fail (client, FALSE,
                    _ ("The server offers no encryption here; check the port and the kind of encryption"));
    return;
  }
  mr_client_auth_begin (client);
}

void
mr_client_hello_reply (MrSmtpClient *client, gboolean esmtp)
{
  guint code = client->reply.code;
  gboolean need_esmtp = client->options.tls == MR_TLS_STARTTLS || client->options.want_auth;
  g_autofree char *line = NULL;

  if (code / 100 == 2) {
    mr_capabilities_set (&client->caps, esmtp ? mr_reply_reader_get_lines (client->reader) : NULL);
    settle_tls (client);
  } else if (esmtp && code / 100 == 5 && !need_esmtp) {
    line = g_strdup_printf ("HELO %s", client->ehlo_name);
    if (!mr_client_send (client, MR_EXPECT_HELO, line, NULL))
      mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
  } else
    mr_client_fail (client, TRUE, _ ("The server refused the greeting"));
}

void
mr_client_starttls_reply (MrSmtpClient *client)
{
  if (client->reply.code == 220) {
    if (mr_buffer_length (client->in) > 0)
      mr_client_fail (client, FALSE, _ ("The server sent data before the encryption it had agreed to"));
    else {
      mr_client_set_state (client, MR_CLIENT_STATE_HANDSHAKE);
      mr_client_emit (client, MR_CLIENT_STARTTLS, 0, &client->reply);
    }
  } else if (client->options.tls == MR_TLS_OPPORTUNISTIC)
    mr_client_auth_begin (client);
  else
    mr_client_fail (client, TRUE, _ ("The server refused to encrypt the connection"));
}

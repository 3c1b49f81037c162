/* AUTH of the client machine (RFC 4954; PLAIN RFC 4616, LOGIN).
 *
 * Secrets stand encoded in MrSecrets until the last reply, because servers repeat in their complaints what they were
 * sent: every reply of the exchange has them taken out before it is kept. The output that held one is wiped once it
 * was consumed (client.c).
 */
#include <config.h>

#include "smtp/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "smtp/sasl.h"

/* RFC 5321 4.5.3.1.4 and RFC 4954 4: a longer initial response is sent as a line of its own. */
#define COMMAND_MAX 510

void
mr_client_auth_clear (MrSmtpClient *client)
{
  MrClientAuth *auth = &client->auth;

  mr_secret_unref (auth->user);
  mr_secret_unref (auth->password);
  mr_secret_unref (auth->clear);
  *auth = (MrClientAuth){ 0 };
}

static void
become_ready (MrSmtpClient *client)
{
  mr_client_set_state (client, MR_CLIENT_STATE_READY);
  mr_client_emit (client, MR_CLIENT_READY, 0, &client->reply);
}

void
mr_client_auth_begin (MrSmtpClient *client)
{
  if (!client->options.want_auth) {
    become_ready (client);
    return;
  }
  client->stage = MR_STAGE_AUTH;
  if (!client->tls && !client->options.auth_in_clear_allowed)
    mr_client_fail (client, FALSE, _ ("The connection is not encrypted, so the password was not sent"));
  else if (!mr_capabilities_has_mechanism (&client->caps, "PLAIN")
           && !mr_capabilities_has_mechanism (&client->caps, "LOGIN"))
    mr_client_fail (client, FALSE,
                    client->caps.auth_mechanisms[0] != NULL
                        ? _ ("The server offers no way to log in with a password")
                        : _ ("The server takes no user name and password here; check the port and the encryption"));
  else {
    mr_client_set_state (client, MR_CLIENT_STATE_CREDENTIALS);
    mr_client_emit (client, MR_CLIENT_CREDENTIALS, 0, &client->reply);
  }
}

static void
send_secret (MrSmtpClient *client, const char *before, MrSecret *secret, const char *shown)
{
  gsize before_len = strlen (before);
  gsize len = before_len + mr_secret_length (secret);
  char *line = g_malloc (len + 1);
  gboolean sent;

  memcpy (line, before, before_len);
  memcpy (line + before_len, mr_secret_get (secret), mr_secret_length (secret) + 1);
  sent = mr_client_send (client, MR_EXPECT_AUTH, line, shown);
  client->out_secret = TRUE;
  mr_wipe (line, len);
  g_free (line);
  if (!sent)
    mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
}

void
mr_smtp_client_credentials (MrSmtpClient *client, const char *user, MrSecret *password)
{
  MrClientAuth *auth = &client->auth;

  g_return_if_fail (client->state == MR_CLIENT_STATE_CREDENTIALS || client->state == MR_CLIENT_STATE_FAILED);

  if (client->state == MR_CLIENT_STATE_FAILED)
    return;
  if (user == NULL || password == NULL) {
    mr_client_fail (client, FALSE, _ ("There is no password for this account"));
    return;
  }
  auth->plain = mr_capabilities_has_mechanism (&client->caps, "PLAIN");
  auth->clear = mr_secret_ref (password);
  if (auth->plain)
    auth->password = mr_sasl_plain_response (user, password);
  else {
    auth->user = mr_sasl_encode (user, strlen (user));
    auth->password = mr_sasl_encode (mr_secret_get (password), mr_secret_length (password));
  }
  if (auth->password == NULL || (!auth->plain && auth->user == NULL)) {
    mr_client_fail (client, FALSE, _ ("The user name or password is too long"));
    return;
  }
  mr_client_set_state (client, MR_CLIENT_STATE_AUTH);
  if (auth->plain && strlen ("AUTH PLAIN ") + mr_secret_length (auth->password) <= COMMAND_MAX) {
    auth->step = 1;
    send_secret (client, "AUTH PLAIN ", auth->password, "AUTH PLAIN ****");
  } else if (!mr_client_send (client, MR_EXPECT_AUTH, auth->plain ? "AUTH PLAIN" : "AUTH LOGIN", NULL))
    mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
}

void
mr_client_auth_reply (MrSmtpClient *client)
{
  MrClientAuth *auth = &client->auth;
  guint steps = auth->plain ? 1 : 2;
  guint code = client->reply.code;

  if (code == 334 && auth->step < steps) {
    auth->step++;
    send_secret (client, "", auth->step == steps ? auth->password : auth->user, "****");
  } else if (code / 100 == 2 && auth->step == steps) {
    mr_client_auth_clear (client);
    become_ready (client);
  } else if (code / 100 == 4 || code / 100 == 5)
    mr_client_fail (client, TRUE, _ ("The server refused the user name or password"));
  else
    mr_client_fail_unexpected (client);
}

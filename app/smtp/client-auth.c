/* AUTH of the client machine (RFC 4954; PLAIN RFC 4616, LOGIN; XOAUTH2 and OAUTHBEARER RFC 7628).
 *
 * Of the two mechanisms for tokens XOAUTH2 goes first where both are offered: it is the one that Google and Microsoft
 * document and that every server with tokens has been tried with; OAUTHBEARER serves those that offer nothing else.
 * A server that refuses a token says why in a challenge (334) and 535 only once that has been acknowledged.
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

static const struct {
  const char *name, *command, *shown;
  guint steps; /* responses */
} mechanisms[] = {
  [MR_CLIENT_PLAIN] = { "PLAIN", "AUTH PLAIN ", "AUTH PLAIN ****", 1 },
  [MR_CLIENT_LOGIN] = { "LOGIN", "AUTH LOGIN ", "AUTH LOGIN ****", 2 },
  [MR_CLIENT_XOAUTH2] = { "XOAUTH2", "AUTH XOAUTH2 ", "AUTH XOAUTH2 ****", 1 },
  [MR_CLIENT_OAUTHBEARER] = { "OAUTHBEARER", "AUTH OAUTHBEARER ", "AUTH OAUTHBEARER ****", 1 },
};

/* FALSE: the server offers none that fits the credentials. */
static gboolean
choose_mechanism (MrSmtpClient *client)
{
  MrClientMechanism first = client->options.with_token ? MR_CLIENT_XOAUTH2 : MR_CLIENT_PLAIN;

  for (guint i = first; i < first + 2; i++)
    if (mr_capabilities_has_mechanism (&client->caps, mechanisms[i].name)) {
      client->auth.mechanism = i;
      client->mechanism = mechanisms[i].name;
      return TRUE;
    }
  return FALSE;
}

static const char *
words_without_mechanism (MrSmtpClient *client)
{
  if (client->options.with_token)
    return _ ("The server does not offer to sign in with the provider here; check the server's name and the port");
  return client->caps.auth_mechanisms[0] != NULL
             ? _ ("The server offers no way to log in with a password")
             : _ ("The server takes no user name and password here; check the port and the encryption");
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
  else if (!choose_mechanism (client))
    mr_client_fail (client, FALSE, words_without_mechanism (client));
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

/* FALSE: they are too long. */
static gboolean
encode (MrSmtpClient *client, const char *user, MrSecret *password)
{
  MrClientAuth *auth = &client->auth;

  auth->clear = mr_secret_ref (password);
  switch (auth->mechanism) {
  case MR_CLIENT_PLAIN:
    auth->password = mr_sasl_plain_response (user, password);
    break;
  case MR_CLIENT_LOGIN:
    auth->user = mr_sasl_encode (user, strlen (user));
    auth->password = mr_sasl_encode (mr_secret_get (password), mr_secret_length (password));
    return auth->user != NULL && auth->password != NULL;
  case MR_CLIENT_XOAUTH2:
    auth->password = mr_sasl_xoauth2_response (user, password);
    break;
  case MR_CLIENT_OAUTHBEARER:
    auth->password = mr_sasl_oauthbearer_response (user, client->options.host, client->options.port, password);
    break;
  }
  return auth->password != NULL;
}

void
mr_smtp_client_credentials (MrSmtpClient *client, const char *user, MrSecret *password)
{
  MrClientAuth *auth = &client->auth;
  const char *command = mechanisms[auth->mechanism].command;

  g_return_if_fail (client->state == MR_CLIENT_STATE_CREDENTIALS || client->state == MR_CLIENT_STATE_FAILED);

  if (client->state == MR_CLIENT_STATE_FAILED)
    return;
  if (user == NULL || password == NULL) {
    mr_client_fail (client, FALSE, _ ("There is no password for this account"));
    return;
  }
  if (!encode (client, user, password)) {
    mr_client_fail (client, FALSE, _ ("The user name or password is too long"));
    return;
  }
  mr_client_set_state (client, MR_CLIENT_STATE_AUTH);
  if (mechanisms[auth->mechanism].steps == 1 && strlen (command) + mr_secret_length (auth->password) <= COMMAND_MAX) {
    auth->step = 1;
    send_secret (client, command, auth->password, mechanisms[auth->mechanism].shown);
  } else {
    g_autofree char *line = g_strndup (command, strlen (command) - 1);

    if (!mr_client_send (client, MR_EXPECT_AUTH, line, NULL))
      mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
  }
}

/* Why a token is refused (RFC 7628 3.2.2: JSON) belongs into the conversation in a form that can be read. */
static void
note_refusal (MrSmtpClient *client)
{
  const char *text = client->reply.text != NULL ? client->reply.text : "";
  gsize len = 0;
  guint8 *bytes;

  if (strlen (text) > MR_TRANSCRIPT_LINE_MAX)
    return;
  bytes = g_malloc0 (strlen (text) / 4 * 3 + 1);
  if (mr_sasl_decode (text, bytes, &len) && len > 0
      && strstr ((const char *)bytes, mr_secret_get (client->auth.clear)) == NULL)
    mr_transcript_add (client->transcript, '*', (const char *)bytes);
  g_free (bytes);
}

static void
acknowledge_refusal (MrSmtpClient *client)
{
  note_refusal (client);
  client->auth.error_sent = TRUE;
  /* XOAUTH2: an empty response; OAUTHBEARER: one ^A (RFC 7628 3.2.3). */
  if (!mr_client_send (client, MR_EXPECT_AUTH, client->auth.mechanism == MR_CLIENT_XOAUTH2 ? "" : "AQ==", NULL))
    mr_client_fail (client, FALSE, _ ("The connection takes no more data"));
}

void
mr_client_auth_reply (MrSmtpClient *client)
{
  MrClientAuth *auth = &client->auth;
  guint steps = mechanisms[auth->mechanism].steps;
  guint code = client->reply.code;

  if (code == 334 && auth->step < steps) {
    auth->step++;
    send_secret (client, "", auth->step == steps ? auth->password : auth->user, "****");
  } else if (code == 334 && client->options.with_token && !auth->error_sent)
    acknowledge_refusal (client);
  else if (code / 100 == 2 && auth->step == steps && !auth->error_sent) {
    mr_client_auth_clear (client);
    become_ready (client);
  } else if (code / 100 == 4 || code / 100 == 5)
    mr_client_fail (client, TRUE,
                    client->options.with_token ? _ ("The server refused the sign-in")
                                               : _ ("The server refused the user name or password"));
  else
    mr_client_fail_unexpected (client);
}

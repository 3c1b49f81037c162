/* AUTH of the server machine (RFC 4954): the exchange of lines up to MR_SERVER_AUTH. Who checks the password is
 * above. */
#include "smtp/server-private.h"

#include <string.h>

gboolean
mr_server_offers_auth (MrSmtpServer *server)
{
  return server->options.offer_auth && (server->session.tls || server->options.auth_without_tls);
}

/* The exchange is over without MR_SERVER_AUTH. */
static void
give_up (MrSmtpServer *server, guint code, const char *enhanced, const char *text)
{
  mr_sasl_server_clear (&server->session.sasl);
  mr_server_set_state (server, MR_SERVER_STATE_READY);
  mr_server_error (server, code, enhanced, text);
}

static void
go_on (MrSmtpServer *server, const char *response)
{
  MrSaslServer *sasl = &server->session.sasl;
  const char *challenge = NULL;

  switch (mr_sasl_server_step (sasl, response, &challenge)) {
  case MR_SASL_CHALLENGE:
    mr_server_reply (server, 334, NULL, challenge);
    if (server->state == MR_SERVER_STATE_READY)
      mr_server_set_state (server, MR_SERVER_STATE_AUTH);
    break;
  case MR_SASL_COMPLETE:
    mr_server_set_state (server, MR_SERVER_STATE_AUTH_ANSWER);
    mr_server_emit (server, &(MrSmtpServerEvent){ .kind = MR_SERVER_AUTH,
                                                  .authcid = sasl->authcid,
                                                  .authzid = sasl->authzid,
                                                  .password = sasl->password });
    break;
  case MR_SASL_CANCELLED:
    give_up (server, 501, "5.7.0", "Authentication was cancelled");
    break;
  case MR_SASL_BAD_ENCODING:
    give_up (server, 501, "5.5.2", "The response cannot be decoded");
    break;
  case MR_SASL_REFUSED:
    give_up (server, 535, "5.7.8", "User name or password is wrong");
    break;
  }
}

void
mr_server_auth_start (MrSmtpServer *server, const char *args)
{
  gsize len = strcspn (args, " ");
  g_autofree char *name = g_strndup (args, len);
  const char *response = args + len + strspn (args + len, " ");
  MrSaslMechanism mechanism = mr_sasl_mechanism (name);

  if (mechanism == MR_SASL_NONE) {
    mr_server_error (server, 504, "5.5.4", "The mechanism is not known here, use PLAIN or LOGIN");
    return;
  }
  mr_sasl_server_start (&server->session.sasl, mechanism);
  if (response[0] == '\0')
    go_on (server, NULL);
  else
    go_on (server, strcmp (response, "=") == 0 ? "" : response);
}

void
mr_server_auth_line (MrSmtpServer *server, const char *line)
{
  go_on (server, line);
}

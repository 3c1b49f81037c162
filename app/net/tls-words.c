/* Each failure of TLS that a person can do something about has a sentence that says what. */
#include "config.h"

#include "net/tls-words.h"

#include <glib/gi18n-lib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

static void
set_certificate_error (GError **error, const char *name, const char *description, long verify_result)
{
  switch (verify_result) {
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    g_set_error (error, MR_ERROR, MR_ERROR_TLS,
                 _ ("The certificate of %s is for another name (%s). Check the name of the server in the account."),
                 name, description);
    break;
  case X509_V_ERR_CERT_HAS_EXPIRED:
    g_set_error (
        error, MR_ERROR, MR_ERROR_TLS,
        _ ("The certificate of %s has expired (%s). Its operator must renew it; check this computer's date too."), name,
        description);
    break;
  case X509_V_ERR_CERT_NOT_YET_VALID:
    g_set_error (error, MR_ERROR, MR_ERROR_TLS,
                 _ ("The certificate of %s is not valid yet (%s). Check this computer's date."), name, description);
    break;
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    g_set_error (
        error, MR_ERROR, MR_ERROR_TLS,
        _ ("The certificate of %s is not signed by an authority that this computer trusts (%s). Compare it with "
           "what its operator says before you accept it."),
        name, description);
    break;
  default:
    g_set_error (error, MR_ERROR, MR_ERROR_TLS, _ ("The certificate of %s was refused: %s (%s)."), name,
                 X509_verify_cert_error_string (verify_result), description);
    break;
  }
}

static void
set_pin_error (GError **error, const char *name, const char *description)
{
  g_set_error (error, MR_ERROR, MR_ERROR_TLS,
               _ ("The certificate of %s has changed since it was accepted (now: %s). Accept the new one only if its "
                  "operator confirms it."),
               name, description);
}

static void
set_client_error (GError **error, const MrTlsFailure *failure, const char *reason)
{
  switch (ERR_GET_REASON (failure->code)) {
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_HTTP_REQUEST:
  case SSL_R_RECORD_LENGTH_MISMATCH:
    g_set_error (
        error, MR_ERROR, MR_ERROR_TLS,
        _ ("%s does not answer with encryption on this port. Try the other kind of encryption in the account, or "
           "another port."),
        failure->name);
    break;
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    g_set_error (
        error, MR_ERROR, MR_ERROR_TLS,
        _ ("%s offers only old kinds of encryption that are no longer safe. Ask its operator for TLS 1.2 or later."),
        failure->name);
    break;
  default:
    g_set_error (error, MR_ERROR, MR_ERROR_TLS, _ ("No encrypted connection to %s could be made: %s."), failure->name,
                 reason);
    break;
  }
}

void
mr_tls_set_error (GError **error, const MrTlsFailure *failure)
{
  const char *reason = failure->code != 0 ? ERR_reason_error_string (failure->code) : NULL;

  const char *description = failure->description != NULL ? failure->description : "?";

  if (failure->verify_result != X509_V_OK && failure->handshake && failure->pinned)
    set_pin_error (error, failure->name, description);
  else if (failure->verify_result != X509_V_OK && failure->handshake)
    set_certificate_error (error, failure->name, description, failure->verify_result);
  else if (failure->code == 0 && failure->err != 0)
    g_set_error (error, MR_ERROR, MR_ERROR_NETWORK, _ ("The connection was lost: %s."), g_strerror (failure->err));
  else if (failure->code == 0 || (failure->eof && failure->handshake))
    g_set_error (error, MR_ERROR, MR_ERROR_TLS, "%s",
                 failure->handshake ? _ ("The other side closed the connection while encryption was being set up.")
                                    : _ ("The encrypted connection was closed by the other side."));
  else if (failure->handshake && failure->client)
    set_client_error (error, failure, reason != NULL ? reason : "?");
  else
    g_set_error (error, MR_ERROR, MR_ERROR_TLS, _ ("The encrypted connection failed: %s."),
                 reason != NULL ? reason : "?");
}

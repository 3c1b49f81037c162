/* Errors of GIO, glib-networking and libsoup as ours: one code that says who can act, one sentence that says how. */
#include "config.h"

#include "net/http-words.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <mailrelay/types.h>

static GError *
certificate_error (const char *host, GTlsCertificateFlags flags)
{
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return g_error_new (MR_ERROR, MR_ERROR_TLS,
                        _ ("The certificate that %s shows is for another name: nothing is taken from there."), host);
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    return g_error_new (MR_ERROR, MR_ERROR_TLS,
                        _ ("The certificate of %s has expired. Its operator must renew it; check this computer's date "
                           "too."),
                        host);
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return g_error_new (MR_ERROR, MR_ERROR_TLS,
                        _ ("The certificate of %s is not valid yet. Check this computer's date."), host);
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return g_error_new (MR_ERROR, MR_ERROR_TLS,
                        _ ("The certificate of %s is not signed by an authority that this computer trusts: nothing is "
                           "taken from there."),
                        host);
  return g_error_new (MR_ERROR, MR_ERROR_TLS, _ ("The certificate of %s was refused: nothing is taken from there."),
                      host);
}

static GError *
io_error (const GError *error, const char *host)
{
  switch (error->code) {
  case G_IO_ERROR_TIMED_OUT:
    return g_error_new (MR_ERROR, MR_ERROR_TIMED_OUT, _ ("%s does not answer."), host);
  case G_IO_ERROR_CONNECTION_REFUSED:
    return g_error_new (MR_ERROR, MR_ERROR_NETWORK, _ ("There is no web server at %s."), host);
  case G_IO_ERROR_NETWORK_UNREACHABLE:
  case G_IO_ERROR_HOST_UNREACHABLE:
    return g_error_new (MR_ERROR, MR_ERROR_NETWORK, _ ("There is no way to %s from this network."), host);
  case G_IO_ERROR_PARTIAL_INPUT:
  case G_IO_ERROR_CONNECTION_CLOSED:
    return g_error_new (MR_ERROR, MR_ERROR_PROTOCOL, _ ("The answer of %s broke off. Try again."), host);
  default:
    return g_error_new (MR_ERROR, MR_ERROR_NETWORK, _ ("No connection to %s: %s."), host, error->message);
  }
}

GError *
mr_http_error_new (const GError *error, const char *host, GTlsCertificateFlags certificate_errors)
{
  if (error->domain == G_TLS_ERROR && error->code == G_TLS_ERROR_BAD_CERTIFICATE)
    return certificate_error (host, certificate_errors);
  if (error->domain == G_TLS_ERROR && error->code == G_TLS_ERROR_EOF)
    return g_error_new (MR_ERROR, MR_ERROR_PROTOCOL, _ ("The answer of %s broke off. Try again."), host);
  if (error->domain == G_TLS_ERROR)
    return g_error_new (MR_ERROR, MR_ERROR_TLS, _ ("No encrypted connection to %s: %s."), host, error->message);
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return g_error_new (MR_ERROR, MR_ERROR_DNS_NOT_FOUND, _ ("There is no host %s."), host);
  if (error->domain == G_RESOLVER_ERROR)
    return g_error_new (MR_ERROR, MR_ERROR_DNS_TEMPORARY, _ ("The look-up of %s failed: %s"), host, error->message);
  if (error->domain == G_IO_ERROR)
    return io_error (error, host);
  return g_error_new (MR_ERROR, MR_ERROR_PROTOCOL, _ ("%s does not answer as a web server does: %s."), host,
                      error->message);
}

/* TLS contexts: TLS 1.2 and later, no renegotiation, no compression, small buffers.
 *
 * The server keeps no sessions and gives out no tickets: its clients are on this machine, where a full handshake costs
 * a millisecond and a resumed session would have to be bound to the listener that made it.
 */
#include "config.h"

#include "net/tls.h"

#include <glib/gi18n-lib.h>
#include <openssl/err.h>
#include <string.h>

#include "base/log.h"
#include "base/os.h"
#include "base/secret.h"
#include "net/tls-private.h"

#define PEM_MAX (256 * 1024)

struct _MrTlsServer {
  gatomicrefcount refs;
  SSL_CTX *context;
  char *fingerprint;
};

struct _MrTlsTrust {
  gatomicrefcount refs;
  SSL_CTX *context;
};

static SSL_CTX *
context_new (const SSL_METHOD *method, GError **error)
{
  g_autoptr (SSL_CTX) context = SSL_CTX_new (method);

  if (context == NULL || SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION) != 1) {
    ERR_clear_error ();
    g_set_error (error, MR_ERROR, MR_ERROR_TLS, _ ("Encryption cannot be set up: check the installation of OpenSSL."));
    return NULL;
  }
  SSL_CTX_set_mode (context,
                    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  /* An end without close_notify is an end: SMTP's own dot and QUIT say what is complete. */
  SSL_CTX_set_options (context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF
                                    | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead (context, 1); /* head and body of a record in one system call */
  return g_steal_pointer (&context);
}

static gboolean
make_file (const char *path, gint64 now_usec, GError **error)
{
  char *pem = mr_tls_certificate_make_pem (now_usec, error);
  gboolean ok;

  if (pem == NULL)
    return FALSE;
  ok = mr_os_write_file (path, pem, strlen (pem), 0600, error);
  mr_wipe (pem, strlen (pem));
  g_free (pem);
  if (ok)
    mr_info ("net", "made a certificate for encrypted submission: %s", path);
  return ok;
}

static gboolean
load_file (SSL_CTX *context, const char *path, GError **error)
{
  char *pem = NULL;
  gsize len = 0;
  gboolean ok;

  if (!mr_os_read_file (path, PEM_MAX, &pem, &len, error))
    return FALSE;
  ok = mr_tls_certificate_use_pem (context, pem, len, path, error);
  mr_wipe (pem, len);
  g_free (pem);
  return ok;
}

static gboolean
load_or_make (SSL_CTX *context, const char *path, gint64 now_usec, GError **error)
{
  g_autoptr (GError) missing = NULL;

  if (load_file (context, path, &missing))
    return TRUE;
  if (!g_error_matches (missing, MR_ERROR, MR_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&missing));
    return FALSE;
  }
  return make_file (path, now_usec, error) && load_file (context, path, error);
}

static void
warn_when_expired (X509 *certificate, gint64 now_usec, const char *path)
{
  time_t now = (time_t)(now_usec / G_USEC_PER_SEC);

  if (X509_cmp_time (X509_get0_notAfter (certificate), &now) < 0)
    mr_warning ("net", "the certificate in %s has expired: remove the file to have a new one made", path);
}

MrTlsServer *
mr_tls_server_new (const char *dir, gint64 now_usec, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "server.pem", NULL);
  g_autoptr (SSL_CTX) context = context_new (TLS_server_method (), error);
  MrTlsServer *server;
  X509 *certificate;

  if (context == NULL || !mr_os_make_dir (dir, 0700, error) || !load_or_make (context, path, now_usec, error))
    return NULL;
  SSL_CTX_set_options (context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets (context, 0);
  certificate = SSL_CTX_get0_certificate (context);
  warn_when_expired (certificate, now_usec, path);
  server = g_new0 (MrTlsServer, 1);
  g_atomic_ref_count_init (&server->refs);
  server->context = g_steal_pointer (&context);
  server->fingerprint = mr_tls_certificate_dup_fingerprint (certificate);
  return server;
}

MrTlsServer *
mr_tls_server_ref (MrTlsServer *server)
{
  g_atomic_ref_count_inc (&server->refs);
  return server;
}

void
mr_tls_server_unref (MrTlsServer *server)
{
  if (server == NULL || !g_atomic_ref_count_dec (&server->refs))
    return;
  SSL_CTX_free (server->context);
  g_free (server->fingerprint);
  g_free (server);
}

const char *
mr_tls_server_get_fingerprint (MrTlsServer *server)
{
  return server->fingerprint;
}

SSL_CTX *
mr_tls_server_get_context (MrTlsServer *server)
{
  return server->context;
}

MrTlsTrust *
mr_tls_trust_new (const char *ca_file, GError **error)
{
  g_autoptr (SSL_CTX) context = context_new (TLS_client_method (), error);
  MrTlsTrust *trust;

  if (context == NULL)
    return NULL;
  if (SSL_CTX_set_default_verify_paths (context) != 1)
    mr_warning ("net", "the system's list of certificate authorities cannot be read");
  if (ca_file != NULL && *ca_file != '\0' && SSL_CTX_load_verify_file (context, ca_file) != 1) {
    ERR_clear_error ();
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("%s cannot be read as a file of certificates (PEM). Check the name of the file and its rights."),
                 ca_file);
    return NULL;
  }
  ERR_clear_error ();
  /* What a person names as trusted is trusted, also where it is not the root of its chain. */
  X509_STORE_set_flags (SSL_CTX_get_cert_store (context), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
  trust = g_new0 (MrTlsTrust, 1);
  g_atomic_ref_count_init (&trust->refs);
  trust->context = g_steal_pointer (&context);
  return trust;
}

MrTlsTrust *
mr_tls_trust_ref (MrTlsTrust *trust)
{
  g_atomic_ref_count_inc (&trust->refs);
  return trust;
}

void
mr_tls_trust_unref (MrTlsTrust *trust)
{
  if (trust == NULL || !g_atomic_ref_count_dec (&trust->refs))
    return;
  SSL_CTX_free (trust->context);
  g_free (trust);
}

SSL_CTX *
mr_tls_trust_get_context (MrTlsTrust *trust)
{
  return trust->context;
}

gboolean
mr_tls_fingerprint_equal (const char *a, const char *b)
{
  for (;;) {
    while (*a == ':')
      a++;
    while (*b == ':')
      b++;
    if (g_ascii_tolower (*a) != g_ascii_tolower (*b))
      return FALSE;
    if (*a == '\0')
      return TRUE;
    a++;
    b++;
  }
}

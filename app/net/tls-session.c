/* One TLS connection: a non-blocking SSL object over a BIO of our own.
 *
 * OpenSSL's socket BIO writes with write(2), which raises SIGPIPE; this one uses MSG_NOSIGNAL. The certificate is looked
 * at in the verify callback: on TLS 1.3 a refused one cannot be asked for after the handshake has failed, and a person
 * who shall decide about it must see it. A client's verification has three forms: by name, by the fingerprint of the one
 * certificate accepted, or none.
 */
#include "config.h"

#include "net/transport.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>

#include "net/resolver.h"
#include "net/tls-private.h"
#include "net/tls-words.h"

#define CHAIN_SHOWN 10

struct _MrTlsSession {
  SSL *ssl;
  int fd;
  gboolean eof;
  gboolean client;
  gboolean verify;
  char *name;
  char *pin;
  char *fingerprint;
  char *description;
  STACK_OF (X509) * chain; /* as the server sent it, its own first */
  long verify_result;
  int saved_errno;
};

/* ---- the BIO ---- */

static int
bio_write (BIO *bio, const char *data, int len)
{
  MrTlsSession *self = BIO_get_data (bio);
  gssize n = send (self->fd, data, (gsize)MAX (len, 0), MSG_NOSIGNAL | MSG_DONTWAIT);

  BIO_clear_retry_flags (bio);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    BIO_set_retry_write (bio);
  else if (n < 0)
    self->saved_errno = errno;
  return (int)n;
}

static int
bio_read (BIO *bio, char *data, int size)
{
  MrTlsSession *self = BIO_get_data (bio);
  gssize n = recv (self->fd, data, (gsize)MAX (size, 0), MSG_DONTWAIT);

  BIO_clear_retry_flags (bio);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    BIO_set_retry_read (bio);
  else if (n < 0)
    self->saved_errno = errno;
  else if (n == 0 && size > 0)
    self->eof = TRUE;
  return (int)n;
}

static long
bio_ctrl (BIO *bio, int command, long number, void *pointer)
{
  MrTlsSession *self = BIO_get_data (bio);

  switch (command) {
  case BIO_CTRL_EOF:
    return self->eof;
  case BIO_CTRL_FLUSH:
    return 1;
  default:
    return 0;
  }
}

static BIO_METHOD *
bio_method (void)
{
  static gsize once;
  static BIO_METHOD *method;

  if (g_once_init_enter (&once)) {
    method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
    BIO_meth_set_write (method, bio_write);
    BIO_meth_set_read (method, bio_read);
    BIO_meth_set_ctrl (method, bio_ctrl);
    g_once_init_leave (&once, 1);
  }
  return method;
}

static int
session_index (void)
{
  static gsize index_plus_one;

  if (g_once_init_enter (&index_plus_one))
    g_once_init_leave (&index_plus_one, (gsize)SSL_get_ex_new_index (0, NULL, NULL, NULL, NULL) + 1);
  return (int)(index_plus_one - 1);
}

/* ---- making one ---- */

static MrTlsSession *
session_new (SSL_CTX *context, int fd, GError **error)
{
  g_autoptr (SSL) ssl = SSL_new (context);
  BIO *bio = BIO_new (bio_method ());
  MrTlsSession *self;

  if (ssl == NULL || bio == NULL) {
    BIO_free (bio);
    ERR_clear_error ();
    g_set_error (error, MR_ERROR, MR_ERROR_TLS, _ ("Encryption cannot be set up: check the installation of OpenSSL."));
    return NULL;
  }
  self = g_new0 (MrTlsSession, 1);
  self->fd = fd;
  self->verify_result = X509_V_OK;
  BIO_set_data (bio, self);
  BIO_set_init (bio, 1);
  SSL_set_bio (ssl, bio, bio);
  SSL_set_ex_data (ssl, session_index (), self);
  self->ssl = g_steal_pointer (&ssl);
  return self;
}

MrTlsSession *
mr_tls_session_new_server (MrTlsServer *server, int fd, GError **error)
{
  MrTlsSession *self = session_new (mr_tls_server_get_context (server), fd, error);

  if (self != NULL)
    SSL_set_accept_state (self->ssl);
  return self;
}

static int
verify_cb (int ok, X509_STORE_CTX *store)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  MrTlsSession *self = SSL_get_ex_data (ssl, session_index ());
  X509 *leaf = X509_STORE_CTX_get0_cert (store);

  if (self->fingerprint == NULL && leaf != NULL) {
    self->fingerprint = mr_tls_certificate_dup_fingerprint (leaf);
    self->description = mr_tls_certificate_dup_description (leaf);
    if (X509_STORE_CTX_get0_untrusted (store) != NULL)
      self->chain = X509_chain_up_ref (X509_STORE_CTX_get0_untrusted (store));
  }
  if (!self->verify)
    return 1;
  if (self->pin != NULL) {
    ok = self->fingerprint != NULL && mr_tls_fingerprint_equal (self->pin, self->fingerprint);
    X509_STORE_CTX_set_error (store, ok ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
  }
  if (!ok && self->verify_result == X509_V_OK)
    self->verify_result = X509_STORE_CTX_get_error (store);
  return ok;
}

static gboolean
set_name (MrTlsSession *self, GError **error)
{
  X509_VERIFY_PARAM *param = SSL_get0_param (self->ssl);
  gboolean ok;

  if (mr_address_is_numeric (self->name)) {
    ok = X509_VERIFY_PARAM_set1_ip_asc (param, self->name) == 1;
  } else {
    X509_VERIFY_PARAM_set_hostflags (param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    ok = X509_VERIFY_PARAM_set1_host (param, self->name, 0) == 1
         && SSL_set_tlsext_host_name (self->ssl, self->name) == 1;
  }
  if (!ok) {
    ERR_clear_error ();
    g_set_error (error, MR_ERROR, MR_ERROR_TLS, _ ("“%s” is not a name that a certificate can be checked for."),
                 self->name);
  }
  return ok;
}

MrTlsSession *
mr_tls_session_new_client (const MrTlsClientOptions *options, int fd, GError **error)
{
  MrTlsSession *self = session_new (mr_tls_trust_get_context (options->trust), fd, error);

  if (self == NULL)
    return NULL;
  self->client = TRUE;
  self->pin = options->fingerprint != NULL && *options->fingerprint != '\0' ? g_strdup (options->fingerprint) : NULL;
  self->verify = options->verify || self->pin != NULL;
  self->name = g_strdup (options->name != NULL ? options->name : "");
  if (g_str_has_suffix (self->name, "."))
    self->name[strlen (self->name) - 1] = '\0';
  /* Without a name nothing could be verified by name: refused rather than accepted. */
  if ((*self->name != '\0' || (self->verify && self->pin == NULL)) && !set_name (self, error)) {
    mr_tls_session_free (self);
    return NULL;
  }
  if (!self->verify)
    SSL_set_security_level (self->ssl, 1); /* the alternative is clear text: RFC 7435 */
  SSL_set_verify (self->ssl, self->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, verify_cb);
  SSL_set_connect_state (self->ssl);
  return self;
}

void
mr_tls_session_free (MrTlsSession *session)
{
  if (session == NULL)
    return;
  SSL_free (session->ssl);
  g_free (session->name);
  g_free (session->pin);
  g_free (session->fingerprint);
  sk_X509_pop_free (session->chain, X509_free);
  g_free (session->description);
  g_free (session);
}

/* ---- input and output ---- */

/* To be called before each call of OpenSSL: its error queue belongs to the thread. */
static void
begin (MrTlsSession *self)
{
  ERR_clear_error ();
  self->saved_errno = 0;
}

static MrIo
outcome (MrTlsSession *self, int rc, gboolean handshake, GError **error)
{
  unsigned long code;

  switch (SSL_get_error (self->ssl, rc)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    return MR_IO_AGAIN;
  case SSL_ERROR_ZERO_RETURN:
    if (!handshake)
      return MR_IO_EOF;
    break;
  default:
    break;
  }
  code = ERR_peek_error ();
  ERR_clear_error ();
  mr_tls_set_error (error, &(MrTlsFailure){ .handshake = handshake,
                                            .client = self->client,
                                            .eof = self->eof,
                                            .name = self->name,
                                            .code = code,
                                            .err = self->saved_errno,
                                            .verify_result = self->verify_result,
                                            .pinned = self->pin != NULL,
                                            .description = self->description });
  return MR_IO_ERROR;
}

/* The callback has refused already what is refused here: this is the second lock on the same door. */
static gboolean
is_verified (MrTlsSession *self)
{
  if (!self->verify)
    return TRUE;
  if (SSL_get0_peer_certificate (self->ssl) == NULL || self->fingerprint == NULL)
    return FALSE;
  if (self->pin != NULL)
    return mr_tls_fingerprint_equal (self->pin, self->fingerprint);
  return SSL_get_verify_result (self->ssl) == X509_V_OK;
}

MrIo
mr_tls_session_handshake (MrTlsSession *session, GError **error)
{
  int rc;

  begin (session);
  rc = SSL_do_handshake (session->ssl);
  if (rc != 1)
    return outcome (session, rc, TRUE, error);
  if (!is_verified (session)) {
    g_set_error (error, MR_ERROR, MR_ERROR_TLS, _ ("The certificate of %s could not be verified."), session->name);
    return MR_IO_ERROR;
  }
  return MR_IO_OK;
}

MrIo
mr_tls_session_read (MrTlsSession *session, void *data, gsize size, gsize *ret_len, GError **error)
{
  gsize n = 0;
  int rc;

  begin (session);
  rc = SSL_read_ex (session->ssl, data, size, &n);
  *ret_len = n;
  return rc == 1 ? MR_IO_OK : outcome (session, rc, FALSE, error);
}

MrIo
mr_tls_session_write (MrTlsSession *session, const void *data, gsize len, gsize *ret_len, GError **error)
{
  gsize n = 0;
  int rc;

  begin (session);
  rc = SSL_write_ex (session->ssl, data, len, &n);
  *ret_len = n;
  return rc == 1 ? MR_IO_OK : outcome (session, rc, FALSE, error);
}

void
mr_tls_session_shutdown (MrTlsSession *session)
{
  begin (session);
  if (SSL_is_init_finished (session->ssl))
    SSL_shutdown (session->ssl);
  ERR_clear_error ();
}

char *
mr_tls_session_dup_info (MrTlsSession *session)
{
  if (!SSL_is_init_finished (session->ssl))
    return NULL;
  return g_strdup_printf ("%s %s", SSL_get_version (session->ssl), SSL_get_cipher_name (session->ssl));
}

const char *
mr_tls_session_get_fingerprint (MrTlsSession *session)
{
  return session->fingerprint;
}

GPtrArray *
mr_tls_session_dup_chain (MrTlsSession *session)
{
  GPtrArray *chain = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_tls_certificate_free);

  for (int i = 0; session->chain != NULL && i < sk_X509_num (session->chain) && i < CHAIN_SHOWN; i++)
    g_ptr_array_add (chain, mr_tls_certificate_read (sk_X509_value (session->chain, i)));
  return chain;
}

const char *
mr_tls_session_get_description (MrTlsSession *session)
{
  return session->description;
}

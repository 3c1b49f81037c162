/* The listener's certificate, its file, and trust anchors. */
#include <glib/gstdio.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "net-test.h"
#include "net/tls-private.h"

#define NOW (G_GINT64_CONSTANT (1795543877) * G_USEC_PER_SEC) /* 2026-11-24 */

static char *
file_in (const char *folder)
{
  return g_build_filename (folder, "server.pem", NULL);
}

static void
test_made_once (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mail-relay-net-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "tls", NULL);
  g_autofree char *file = file_in (inner);
  g_autoptr (GError) error = NULL;
  g_autoptr (MrTlsServer) first = mr_tls_server_new (inner, NOW, &error);
  g_autoptr (MrTlsServer) second = NULL;
  GStatBuf st;

  g_assert_no_error (error);
  g_assert_cmpint (g_stat (file, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
  second = mr_tls_server_new (inner, NOW, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (mr_tls_server_get_fingerprint (first)), ==, 64);
  g_assert_cmpstr (mr_tls_server_get_fingerprint (first), ==, mr_tls_server_get_fingerprint (second));
  g_unlink (file);
  g_rmdir (inner);
  g_rmdir (folder);
}

/* What a client that trusts the file sees: the names, today and in years. */
static void
test_made_for_this_machine (void)
{
  static const char *const names[] = { "localhost", "127.0.0.1", "::1" };
  char *folder = make_folder (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MrTlsServer) server = mr_tls_server_new (folder, NOW, &error);
  X509 *certificate;
  g_autofree char *description = NULL;
  time_t now = NOW / G_USEC_PER_SEC, then = now + 9 * 365 * 86400;

  g_assert_no_error (error);
  certificate = SSL_CTX_get0_certificate (mr_tls_server_get_context (server));
  g_assert_cmpint (X509_check_host (certificate, names[0], 0, 0, NULL), ==, 1);
  g_assert_cmpint (X509_check_ip_asc (certificate, names[1], 0), ==, 1);
  g_assert_cmpint (X509_check_ip_asc (certificate, names[2], 0), ==, 1);
  g_assert_cmpint (X509_check_host (certificate, "example.com", 0, 0, NULL), ==, 0);
  g_assert_cmpint (X509_cmp_time (X509_get0_notBefore (certificate), &now), <, 0);
  g_assert_cmpint (X509_cmp_time (X509_get0_notAfter (certificate), &then), >, 0);
  g_assert_cmpint (EVP_PKEY_get_id (X509_get0_pubkey (certificate)), ==, EVP_PKEY_EC);
  description = mr_tls_certificate_dup_description (certificate);
  g_assert_true (g_str_has_prefix (description, "localhost, issued by "));
  g_assert_nonnull (strstr (description, "valid until 2036-11-"));
  remove_folder (folder);
}

static void
test_context (void)
{
  char *folder = make_folder (NULL);
  g_autoptr (MrTlsServer) server = mr_tls_server_new (folder, NOW, NULL);
  g_autoptr (MrTlsTrust) trust = mr_tls_trust_new ("", NULL);
  SSL_CTX *contexts[2] = { mr_tls_server_get_context (server), mr_tls_trust_get_context (trust) };

  for (guint i = 0; i < 2; i++) {
    g_assert_cmpint (SSL_CTX_get_min_proto_version (contexts[i]), ==, TLS1_2_VERSION);
    g_assert_cmpuint (SSL_CTX_get_options (contexts[i]) & SSL_OP_NO_RENEGOTIATION, !=, 0);
    g_assert_cmpint (SSL_CTX_get_mode (contexts[i]) & SSL_MODE_RELEASE_BUFFERS, !=, 0);
  }
  g_assert_cmpuint (SSL_CTX_get_num_tickets (contexts[0]), ==, 0);
  g_assert_cmpuint (SSL_CTX_get_options (contexts[0]) & SSL_OP_NO_TICKET, !=, 0);
  remove_folder (folder);
}

static void
expect_corrupt (const char *pem)
{
  char *folder = make_folder (pem);
  g_autofree char *file = file_in (folder), *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_tls_server_new (folder, NOW, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, file));
  /* Never overwritten: it may be the operator's own. */
  g_assert_true (g_file_get_contents (file, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, pem);
  remove_folder (folder);
}

static void
test_corrupt (void)
{
  g_autofree char *one = make_certificate ("DNS:a.example", 10), *other = make_certificate ("DNS:b.example", 10);
  g_autofree char *key = g_strndup (one, (gsize)(strstr (one, "-----BEGIN CERT") - one));
  g_autofree char *mixed = g_strconcat (key, strstr (other, "-----BEGIN CERT"), NULL);

  expect_corrupt ("");
  expect_corrupt ("not a certificate\n");
  expect_corrupt (key);
  expect_corrupt (strstr (one, "-----BEGIN CERT"));
  expect_corrupt (mixed);
}

static void
test_ca_file (void)
{
  g_autofree char *pem = make_certificate ("DNS:a.example", 10);
  char *folder = make_folder (pem);
  g_autofree char *file = file_in (folder), *missing = g_build_filename (folder, "missing", NULL);
  g_autoptr (MrTlsTrust) trust = NULL;
  g_autoptr (GError) error = NULL;

  trust = mr_tls_trust_new (file, &error);
  g_assert_no_error (error);
  g_assert_null (mr_tls_trust_new (missing, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  remove_folder (folder);
}

static void
test_fingerprints (void)
{
  g_assert_true (mr_tls_fingerprint_equal ("ab01", "AB:01"));
  g_assert_true (mr_tls_fingerprint_equal ("AB:01:", "ab01"));
  g_assert_false (mr_tls_fingerprint_equal ("ab01", "ab0"));
  g_assert_false (mr_tls_fingerprint_equal ("ab0", "ab01"));
  g_assert_false (mr_tls_fingerprint_equal ("", "ab01"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls/made-once", test_made_once);
  g_test_add_func ("/tls/made-for-this-machine", test_made_for_this_machine);
  g_test_add_func ("/tls/context", test_context);
  g_test_add_func ("/tls/corrupt", test_corrupt);
  g_test_add_func ("/tls/ca-file", test_ca_file);
  g_test_add_func ("/tls/fingerprints", test_fingerprints);
  return g_test_run ();
}

/* What the tests of the room share. */
#include "net-test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/tls-certificate.h"

void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static socklen_t
loopback (int family, struct sockaddr_storage *ret)
{
  struct sockaddr_in *v4 = (gpointer)ret;
  struct sockaddr_in6 *v6 = (gpointer)ret;

  *ret = (struct sockaddr_storage){ .ss_family = (sa_family_t)family };
  if (family == AF_INET) {
    v4->sin_addr.s_addr = g_htonl (INADDR_LOOPBACK);
    return sizeof *v4;
  }
  v6->sin6_addr = in6addr_loopback;
  return sizeof *v6;
}

int
listen_on (int family, guint16 *ret_port)
{
  struct sockaddr_storage address;
  socklen_t len = loopback (family, &address);
  int fd = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, len), ==, 0);
  g_assert_cmpint (listen (fd, 16), ==, 0);
  len = sizeof address;
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&address, &len), ==, 0);
  *ret_port = g_ntohs (((struct sockaddr_in *)&address)->sin_port); /* the same place in both families */
  return fd;
}

void
tcp_pair (int family, int ret[2])
{
  struct sockaddr_storage address;
  socklen_t len;
  guint16 port;
  int listener = listen_on (family, &port), size = 65536;

  len = sizeof address;
  g_assert_cmpint (getsockname (listener, (struct sockaddr *)&address, &len), ==, 0);
  ret[1] = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (ret[1], (struct sockaddr *)&address, len), ==, 0);
  ret[0] = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (ret[0], >=, 0);
  /* Small, so that what the tests call big does not fit. */
  for (guint i = 0; i < 2; i++) {
    setsockopt (ret[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt (ret[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }
  close (listener);
}

void
write_all (int fd, const char *text)
{
  gsize len = strlen (text);

  g_assert_cmpint (send (fd, text, len, MSG_NOSIGNAL), ==, (gssize)len);
}

char *
read_some (int fd, gsize n)
{
  GString *got = g_string_new (NULL);

  while (got->len < n) {
    char data[4096];
    gssize len = recv (fd, data, MIN (sizeof data, n - got->len), MSG_DONTWAIT);

    if (len > 0)
      g_string_append_len (got, data, len);
    else if (len == 0 || errno != EAGAIN)
      break;
    else
      g_main_context_iteration (NULL, FALSE);
  }
  return g_string_free (got, FALSE);
}

gboolean
peer_sees_end (int fd)
{
  char data[4096];
  gssize len;

  while ((len = recv (fd, data, sizeof data, MSG_DONTWAIT)) > 0)
    ;
  return len == 0 || errno != EAGAIN;
}

char *
make_certificate (const char *names, int days)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (X509) certificate = X509_new ();
  g_autoptr (BIO) out = BIO_new (BIO_s_mem ());
  X509_NAME *subject = X509_get_subject_name (certificate);
  X509V3_CTX context;
  X509_EXTENSION *extension;
  char *data;
  long len;

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_gmtime_adj (X509_getm_notBefore (certificate), -400L * 86400);
  X509_gmtime_adj (X509_getm_notAfter (certificate), days * 86400L);
  X509_set_pubkey (certificate, key);
  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guchar *)"test", -1, -1, 0);
  X509_set_issuer_name (certificate, subject);
  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, certificate, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, NID_subject_alt_name, names);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
  g_assert_cmpint (X509_sign (certificate, key, EVP_sha256 ()), >, 0);
  PEM_write_bio_PrivateKey (out, key, NULL, NULL, 0, NULL, NULL);
  PEM_write_bio_X509 (out, certificate);
  len = BIO_get_mem_data (out, &data);
  return g_strndup (data, (gsize)len);
}

char *
make_folder (const char *pem)
{
  char *folder = g_dir_make_tmp ("mail-relay-net-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "server.pem", NULL);

  g_assert_nonnull (folder);
  if (pem != NULL)
    g_assert_true (g_file_set_contents_full (path, pem, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  return folder;
}

void
remove_folder (char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

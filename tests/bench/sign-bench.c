/* What signing costs: processor time for each message, over its size and the kind of key. One line for each; "header only" is what remains where nobody signs:
 * the body is not looked at then. The way is that of delivery-sign.c: header, then the body in pieces, hashed as they come.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "mail/header.h"
#include "mailauth/dkim-sign.h"

#define HEADER                                                                                                         \
  "From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject: a message of a usual kind\r\n"                       \
  "Date: Fri, 27 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"                      \
  "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
#define LINE  "a line of text as people write it, with  two spaces and a tail \r\n"
#define PIECE 65536

static gint64
cpu_usec (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return ((gint64)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec
         + usage.ru_stime.tv_usec;
}

/* key NULL: the header is read, and the body is not looked at. */
static void
one_message (const char *body, gsize len, MrDkimKey *key)
{
  const MrDkimSignOptions options = { .domain = "example.com", .selector = "s1", .now = 1790000000 };
  MrHeaderReader *header = mr_header_reader_new (65536);
  gsize used = 0;
  g_autoptr (GError) error = NULL;
  MrDkimSigner *signer = NULL;
  g_autofree char *field = NULL;

  mr_header_reader_feed (header, (const guint8 *)HEADER, strlen (HEADER), &used);
  if (key != NULL)
    signer = mr_dkim_signer_new (&options, key, header, &error);
  for (gsize at = 0; signer != NULL && at < len; at += PIECE)
    mr_dkim_signer_feed (signer, (const guint8 *)body + at, MIN (PIECE, len - at));
  if (signer != NULL)
    field = mr_dkim_signer_end (signer, &error);
  if (error != NULL)
    g_error ("%s", error->message);
  g_clear_pointer (&signer, mr_dkim_signer_free);
  mr_header_reader_free (header);
}

static void
measure (const char *name, const char *body, gsize len, MrDkimKey *key)
{
  guint n = len > 100000 ? 300 : 3000;
  gint64 begin;

  for (guint i = 0; i < n / 10; i++)
    one_message (body, len, key);
  begin = cpu_usec ();
  for (guint i = 0; i < n; i++)
    one_message (body, len, key);
  printf ("%-12s %8" G_GSIZE_FORMAT " bytes %10.1f us of processor a message\n", name, len,
          (double)(cpu_usec () - begin) / n);
}

int
main (void)
{
  static const gsize sizes[] = { 10000, 1000000 };
  g_autoptr (GError) error = NULL;
  MrDkimKey *rsa = mr_dkim_key_generate (MR_DKIM_RSA, 2048, &error);
  MrDkimKey *ed25519 = rsa != NULL ? mr_dkim_key_generate (MR_DKIM_ED25519, 0, &error) : NULL;

  if (ed25519 == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GString) body = g_string_new (NULL);

    while (body->len + strlen (LINE) <= sizes[i])
      g_string_append (body, LINE);
    measure ("header only", body->str, body->len, NULL);
    measure ("rsa-2048", body->str, body->len, rsa);
    measure ("ed25519", body->str, body->len, ed25519);
  }
  mr_dkim_key_free (rsa);
  mr_dkim_key_free (ed25519);
  return 0;
}

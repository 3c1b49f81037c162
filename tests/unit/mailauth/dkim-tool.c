/* For the judges of the integration tests: signs the message of standard input with a new key.
 *
 * dkim-tool rsa|ed25519 relaxed|simple NOW: the TXT record on the first line, then the signed message. dkim-tool verify RECORD NOW: the result.
 */
#include "mailauth/dkim-sign.h"
#include "mailauth/dkim-verify.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static GByteArray *
read_all (void)
{
  GByteArray *all = g_byte_array_new ();
  guint8 piece[4096];
  ssize_t n;

  while ((n = read (STDIN_FILENO, piece, sizeof piece)) > 0)
    g_byte_array_append (all, piece, (guint)n);
  return all;
}

static int
verify (const char *record, gint64 now)
{
  const MrDkimVerifyOptions options = { .now = now };
  g_autoptr (MrDkimVerifier) verifier = mr_dkim_verifier_new (&options);
  g_autoptr (MrLookupTable) lookups = mr_lookup_table_new ();
  g_autoptr (GByteArray) message = read_all ();
  char *name;
  MrLookupType type;

  mr_dkim_verifier_feed (verifier, message->data, message->len);
  mr_dkim_verifier_end (verifier);
  g_ptr_array_unref (mr_dkim_verifier_results (verifier, lookups));
  while (mr_lookup_table_take_wanted (lookups, &name, &type)) {
    mr_lookup_table_answer (lookups, name, type, MR_LOOKUP_FOUND, (const char *const[]){ record, NULL });
    g_free (name);
  }
  g_autoptr (GPtrArray) results = mr_dkim_verifier_results (verifier, lookups);
  for (guint i = 0; i < results->len; i++) {
    const MrDkimResult *result = g_ptr_array_index (results, i);
    printf ("%s %s\n", mr_dkim_state_nick (result->state), result->problem != NULL ? result->problem : "");
  }
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (1024 * 1024);
  gsize used = 0;

  if (argc == 4 && g_str_equal (argv[1], "verify"))
    return verify (argv[2], g_ascii_strtoll (argv[3], NULL, 10));
  if (argc != 4)
    return 2;
  g_autoptr (GByteArray) message = read_all ();
  g_autoptr (MrDkimKey) key = mr_dkim_key_generate (g_str_equal (argv[1], "rsa") ? MR_DKIM_RSA : MR_DKIM_ED25519, 2048,
                                                    &error);
  g_assert_no_error (error);
  g_assert_cmpint (mr_header_reader_feed (header, message->data, message->len, &used), ==, MR_HEADER_DONE);
  const MrDkimSignOptions options = { .domain = "sender.example",
                                      .selector = "mr1",
                                      .now = g_ascii_strtoll (argv[3], NULL, 10),
                                      .simple = g_str_equal (argv[2], "simple") };
  g_autoptr (MrDkimSigner) signer = mr_dkim_signer_new (&options, key, header, &error);
  g_assert_no_error (error);
  mr_dkim_signer_feed (signer, message->data + used, message->len - used);
  g_autofree char *field = mr_dkim_signer_end (signer, &error);
  g_assert_no_error (error);
  g_autofree char *record = mr_dkim_key_dup_record (key);
  printf ("%s\n%s", record, field);
  fwrite (message->data, 1, message->len, stdout);
  return 0;
}

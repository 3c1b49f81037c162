/* For the judges of the integration tests: signs the message of standard input with a new key.
 *
 * dkim-tool rsa|ed25519 relaxed|simple NOW: the TXT record on the first line, then the signed message. dkim-tool verify RECORD NOW: the result.
 * dkim-tool sign-all KIND CANON NOW FOLDER: every FOLDER/N.eml, from 0 on, with one key into FOLDER/N.signed; prints the record.
 * dkim-tool verify-all RECORD NOW FOLDER SUFFIX: a line for every FOLDER/N.SUFFIX.
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

static void
verify (const char *record, gint64 now, const guint8 *data, gsize len)
{
  const MrDkimVerifyOptions options = { .now = now, .allow_sha1 = TRUE }; /* opendkim-testmsg has no other */
  g_autoptr (MrDkimVerifier) verifier = mr_dkim_verifier_new (&options);
  g_autoptr (MrLookupTable) lookups = mr_lookup_table_new ();
  char *name;
  MrLookupType type;

  mr_dkim_verifier_feed (verifier, data, len);
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
  if (results->len == 0)
    puts ("none");
}

/* The signature's field. (transfer full) */
static char *
sign (MrDkimKey *key, const char *canon, const char *now, const guint8 *data, gsize len)
{
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (1024 * 1024);
  g_autoptr (GError) error = NULL;
  const MrDkimSignOptions options = { .domain = "sender.example",
                                      .selector = "mr1",
                                      .now = g_ascii_strtoll (now, NULL, 10),
                                      .simple = g_str_equal (canon, "simple") };
  gsize used = 0;

  if (mr_header_reader_feed (header, data, len, &used) == MR_HEADER_MORE)
    mr_header_reader_end (header);
  g_autoptr (MrDkimSigner) signer = mr_dkim_signer_new (&options, key, header, &error);
  g_assert_no_error (error);
  mr_dkim_signer_feed (signer, data + used, len - used);
  char *field = mr_dkim_signer_end (signer, &error);
  g_assert_no_error (error);
  return field;
}

static MrDkimKey *
new_key (const char *kind)
{
  g_autoptr (GError) error = NULL;
  MrDkimKey *key = mr_dkim_key_generate (g_str_equal (kind, "rsa") ? MR_DKIM_RSA : MR_DKIM_ED25519, 2048, &error);

  g_assert_no_error (error);
  return key;
}

static char *
load (const char *folder, guint n, const char *suffix, gsize *ret_len)
{
  g_autofree char *path = g_strdup_printf ("%s/%u.%s", folder, n, suffix);
  char *data = NULL;

  return g_file_get_contents (path, &data, ret_len, NULL) ? data : NULL;
}

static int
sign_all (const char *kind, const char *canon, const char *now, const char *folder)
{
  g_autoptr (MrDkimKey) key = new_key (kind);
  g_autofree char *record = mr_dkim_key_dup_record (key);

  puts (record);
  for (guint n = 0;; n++) {
    gsize len = 0;
    g_autofree char *data = load (folder, n, "eml", &len);
    g_autofree char *path = g_strdup_printf ("%s/%u.signed", folder, n);
    if (data == NULL)
      return 0;
    g_autofree char *field = sign (key, canon, now, (const guint8 *)data, len);
    g_autoptr (GString) out = g_string_new (field);
    g_string_append_len (out, data, (gssize)len);
    /* Nothing that has to be on disk. */
    g_assert_true (g_file_set_contents_full (path, out->str, (gssize)out->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  }
}

static int
verify_all (const char *record, const char *now, const char *folder, const char *suffix)
{
  for (guint n = 0;; n++) {
    gsize len = 0;
    g_autofree char *data = load (folder, n, suffix, &len);
    if (data == NULL)
      return 0;
    verify (record, g_ascii_strtoll (now, NULL, 10), (const guint8 *)data, len);
  }
}

int
main (int argc, char **argv)
{
  if (argc == 6 && g_str_equal (argv[1], "sign-all"))
    return sign_all (argv[2], argv[3], argv[4], argv[5]);
  if (argc == 6 && g_str_equal (argv[1], "verify-all"))
    return verify_all (argv[2], argv[3], argv[4], argv[5]);
  if (argc != 4)
    return 2;
  g_autoptr (GByteArray) message = read_all ();
  if (g_str_equal (argv[1], "verify")) {
    verify (argv[2], g_ascii_strtoll (argv[3], NULL, 10), message->data, message->len);
    return 0;
  }
  g_autoptr (MrDkimKey) key = new_key (argv[1]);
  g_autofree char *record = mr_dkim_key_dup_record (key);
  g_autofree char *field = sign (key, argv[2], argv[3], message->data, message->len);
  printf ("%s\n%s", record, field);
  fwrite (message->data, 1, message->len, stdout);
  return 0;
}

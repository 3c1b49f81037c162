/* DKIM: real signatures of others (dkim/, licences beside them), our own, and what must not pass. */
#include "mailauth/dkim-sign.h"
#include "mailauth/dkim-verify.h"

#include <string.h>

#define MESSAGE                                                                                                        \
  "From: Ann <ann@sender.example>\r\nTo: bob@recipient.example\r\nSubject: Minutes\r\nDate: Fri, 27 Nov 2026 "         \
  "14:00:00 +0000\r\n"                                                                                                 \
  "Message-ID: <1@sender.example>\r\n\r\n"
#define BODY "Hello  Bob \r\n\r\n-- \r\nAnn\r\n\r\n"
#define NOW  1795000000

/* ---- the messages of others ---- */

typedef struct {
  MrLookupTable *lookups;
  GString *message;
} Vector;

/* Lines "NAME TXT", an empty line, the message; line ends of either kind. */
static void
read_vector (const char *file, Vector *ret)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "dkim", file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  ret->message = g_string_new (text);
  g_string_replace (ret->message, "\r\n", "\n", 0);
  ret->lookups = mr_lookup_table_new ();
  while (ret->message->str[0] != '\n') {
    char *end = strchr (ret->message->str, '\n');
    char *space = strchr (ret->message->str, ' ');
    g_autofree char *name = g_strndup (ret->message->str, (gsize)(space - ret->message->str));
    g_autofree char *record = g_strndup (space + 1, (gsize)(end - space - 1));
    mr_lookup_table_answer (ret->lookups, name, MR_LOOKUP_TXT, MR_LOOKUP_FOUND, (const char *const[]){ record, NULL });
    g_string_erase (ret->message, 0, end + 1 - ret->message->str);
  }
  g_string_erase (ret->message, 0, 1);
  g_string_replace (ret->message, "\n", "\r\n", 0);
}

static GPtrArray *
verify (const char *message, gsize len, gsize piece, gint64 now, MrLookupTable *lookups)
{
  const MrDkimVerifyOptions options = { .now = now };
  g_autoptr (MrDkimVerifier) verifier = mr_dkim_verifier_new (&options);

  for (gsize i = 0; i < len; i += piece)
    mr_dkim_verifier_feed (verifier, message + i, MIN (piece, len - i));
  mr_dkim_verifier_end (verifier);
  return mr_dkim_verifier_results (verifier, lookups);
}

static void
check_vector (const char *file, gint64 now, guint n, MrDkimState expected)
{
  Vector vector;

  read_vector (file, &vector);
  for (gsize piece = 1; piece < 100000; piece *= 7) {
    g_autoptr (GPtrArray) results = verify (vector.message->str, vector.message->len, piece, now, vector.lookups);
    g_assert_cmpuint (results->len, ==, n);
    for (guint i = 0; i < n; i++) {
      const MrDkimResult *result = results->pdata[i];
      if (result->state != expected)
        g_test_message ("%s, signature %u: %s", file, i, result->problem);
      g_assert_cmpstr (mr_dkim_state_nick (result->state), ==, mr_dkim_state_nick (expected));
    }
  }
  mr_lookup_table_free (vector.lookups);
  g_string_free (vector.message, TRUE);
}

static void
test_vectors (void)
{
  static const struct {
    const char *file;
    guint n;
  } files[] = { { "001.txt", 2 }, { "002.txt", 1 }, { "003.txt", 2 },
                { "004.txt", 1 }, { "005.txt", 1 }, { "006.txt", 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    check_vector (files[i].file, 1667843700, files[i].n, MR_DKIM_PASS);
  /* It names a time until which it counts. */
  check_vector ("005.txt", NOW, 1, MR_DKIM_FAIL);
}

/* Any byte of the text that is changed is found. */
static void
test_changed (void)
{
  Vector vector;

  read_vector ("002.txt", &vector);
  char *body = strstr (vector.message->str, "\r\n\r\n");
  for (char *p = body + 4; p < vector.message->str + vector.message->len; p += 17) {
    char old = *p;
    if (g_ascii_isspace (old))
      continue;
    *p = '#';
    g_autoptr (GPtrArray) results = verify (vector.message->str, vector.message->len, 4096, 1667843700, vector.lookups);
    g_assert_cmpint (((MrDkimResult *)results->pdata[0])->state, ==, MR_DKIM_FAIL);
    *p = old;
  }
  mr_lookup_table_free (vector.lookups);
  g_string_free (vector.message, TRUE);
}

/* ---- ours ---- */

static char *
sign (MrDkimKey *key, const char *head, const char *body, gboolean simple, GError **error)
{
  const MrDkimSignOptions options
      = { .domain = "sender.example", .selector = "mr1", .now = NOW, .lifetime = 3600, .simple = simple };
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (65536);
  gsize used = 0;

  g_assert_cmpint (mr_header_reader_feed (header, head, strlen (head), &used), ==, MR_HEADER_DONE);
  g_autoptr (MrDkimSigner) signer = mr_dkim_signer_new (&options, key, header, error);
  if (signer == NULL)
    return NULL;
  mr_dkim_signer_feed (signer, body, strlen (body));
  g_autofree char *field = mr_dkim_signer_end (signer, error);
  return field != NULL ? g_strconcat (field, head, body, NULL) : NULL;
}

static MrLookupTable *
publish (const char *record)
{
  MrLookupTable *lookups = mr_lookup_table_new ();

  mr_lookup_table_answer (lookups, "mr1._domainkey.sender.example", MR_LOOKUP_TXT, MR_LOOKUP_FOUND,
                          (const char *const[]){ record, NULL });
  return lookups;
}

static MrDkimState
state_of (const char *message, MrLookupTable *lookups, gint64 now)
{
  g_autoptr (GPtrArray) results = verify (message, strlen (message), 100, now, lookups);

  g_assert_cmpuint (results->len, ==, 1);
  if (((MrDkimResult *)results->pdata[0])->problem != NULL)
    g_test_message ("%s", ((MrDkimResult *)results->pdata[0])->problem);
  return ((MrDkimResult *)results->pdata[0])->state;
}

static void
check_own (MrDkimKey *key, gboolean simple)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *signed_message = sign (key, MESSAGE, BODY, simple, &error);
  g_autofree char *record = mr_dkim_key_dup_record (key);
  g_autoptr (MrLookupTable) lookups = publish (record);
  g_autofree char *forged = NULL, *moved = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (state_of (signed_message, lookups, NOW), ==, MR_DKIM_PASS);
  g_assert_cmpint (state_of (signed_message, lookups, NOW + 4000), ==, MR_DKIM_FAIL);
  for (char *line = signed_message; line != NULL && *line != '\0';
       line = strchr (line, '\n') != NULL ? strchr (line, '\n') + 1 : NULL)
    g_assert_cmpuint (strcspn (line, "\r"), <=, 78);
  /* Over-signing: a field that is added breaks it, be it the first or a second one of its kind. */
  forged = g_strconcat ("Subject: Another\r\n", signed_message, NULL);
  g_assert_cmpint (state_of (forged, lookups, NOW), ==, MR_DKIM_FAIL);
  moved = g_strconcat ("Content-Type: text/html\r\n", signed_message, NULL);
  g_assert_cmpint (state_of (moved, lookups, NOW), ==, MR_DKIM_FAIL);
  g_autofree char *traced = g_strconcat ("Received: from x by y\r\n", signed_message, NULL);
  g_assert_cmpint (state_of (traced, lookups, NOW), ==, MR_DKIM_PASS);
}

static void
test_own (void)
{
  g_autoptr (MrDkimKey) rsa = mr_dkim_key_generate (MR_DKIM_RSA, 2048, NULL);
  g_autoptr (MrDkimKey) ed25519 = mr_dkim_key_generate (MR_DKIM_ED25519, 0, NULL);

  g_assert_cmpuint (mr_dkim_key_get_bits (rsa), ==, 2048);
  check_own (rsa, FALSE);
  check_own (rsa, TRUE);
  check_own (ed25519, FALSE);
  check_own (ed25519, TRUE);
}

/* What is kept of a signature is enough to tell whether the key in the DNS verifies it. */
static void
check_kept (MrDkimKey *key, MrDkimKey *other)
{
  const MrDkimSignOptions options = { .domain = "sender.example", .selector = "mr1", .now = NOW, .lifetime = 3600 };
  MrDkimVerifyOptions now = { .now = NOW };
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (65536);
  g_autofree char *record = mr_dkim_key_dup_record (key), *wrong = mr_dkim_key_dup_record (other);
  g_autoptr (MrLookupTable) right = publish (record), another = publish (wrong), nothing = mr_lookup_table_new ();
  gsize used = 0;

  mr_header_reader_feed (header, MESSAGE, strlen (MESSAGE), &used);
  g_autoptr (MrDkimSigner) signer = mr_dkim_signer_new (&options, key, header, NULL);
  mr_dkim_signer_feed (signer, BODY, strlen (BODY));
  g_autofree char *field = mr_dkim_signer_end (signer, NULL);
  g_autofree char *kept = mr_dkim_signer_dup_kept (signer);
  g_assert_nonnull (field);
  g_assert_null (strpbrk (kept, "\r\n\t"));
  g_assert_null (strstr (kept, "Minutes"));
  g_autoptr (MrDkimResult) good = mr_dkim_check_kept (kept, &now, right);
  g_assert_cmpint (good->state, ==, MR_DKIM_PASS);
  g_assert_cmpstr (good->selector, ==, "mr1");
  g_assert_cmpuint (good->bits, ==, mr_dkim_key_get_bits (key));
  g_autoptr (MrDkimResult) bad = mr_dkim_check_kept (kept, &now, another);
  g_assert_cmpint (bad->state, ==, MR_DKIM_FAIL);
  g_autoptr (MrDkimResult) unknown = mr_dkim_check_kept (kept, &now, NULL);
  g_assert_cmpint (unknown->state, ==, MR_DKIM_PENDING);
  g_assert_cmpstr (unknown->domain, ==, "sender.example");
  mr_lookup_table_answer (nothing, "mr1._domainkey.sender.example", MR_LOOKUP_TXT, MR_LOOKUP_NOTHING, NULL);
  g_autoptr (MrDkimResult) none = mr_dkim_check_kept (kept, &now, nothing);
  g_assert_cmpint (none->state, ==, MR_DKIM_PERMERROR);
  now.now = NOW + 4000;
  g_autoptr (MrDkimResult) late = mr_dkim_check_kept (kept, &now, right);
  g_assert_cmpint (late->state, ==, MR_DKIM_FAIL);
  /* Cut anywhere it is refused, or does not verify. */
  for (gsize len = 0; len < strlen (kept); len++) {
    g_autofree char *cut = g_strndup (kept, len);
    g_autoptr (MrDkimResult) result = mr_dkim_check_kept (cut, &now, right);
    g_assert_true (result == NULL || result->state != MR_DKIM_PASS);
  }
  kept[0] = kept[0] == '0' ? '1' : '0';
  now.now = NOW;
  g_autoptr (MrDkimResult) forged = mr_dkim_check_kept (kept, &now, right);
  g_assert_cmpint (forged->state, ==, MR_DKIM_FAIL);
  /* Before there is one: whether the DNS has the key. */
  g_autoptr (MrDkimResult) ready = mr_dkim_check_published ("sender.example", "mr1", record, &now, right);
  g_assert_cmpint (ready->state, ==, MR_DKIM_PASS);
  g_autoptr (MrDkimResult) old = mr_dkim_check_published ("sender.example", "mr1", record, &now, another);
  g_assert_cmpint (old->state, ==, MR_DKIM_FAIL);
  g_autoptr (MrDkimResult) missing = mr_dkim_check_published ("sender.example", "mr1", record, &now, nothing);
  g_assert_cmpint (missing->state, ==, MR_DKIM_PERMERROR);
  g_assert_null (mr_dkim_check_published ("sender.example", "mr1", "v=DKIM1; p=x", &now, right));
}

static void
test_kept (void)
{
  g_autoptr (MrDkimKey) rsa = mr_dkim_key_generate (MR_DKIM_RSA, 2048, NULL);
  g_autoptr (MrDkimKey) rsa2 = mr_dkim_key_generate (MR_DKIM_RSA, 2048, NULL);
  g_autoptr (MrDkimKey) ed = mr_dkim_key_generate (MR_DKIM_ED25519, 0, NULL);
  g_autoptr (MrDkimKey) ed2 = mr_dkim_key_generate (MR_DKIM_ED25519, 0, NULL);

  check_kept (rsa, rsa2);
  check_kept (ed, ed2);
}

static void
test_refused (void)
{
  g_autoptr (MrDkimKey) key = mr_dkim_key_generate (MR_DKIM_ED25519, 0, NULL);
  static const char *const heads[] = { "Subject: x\r\n\r\n", "From: a@x.example\r\nFrom: b@x.example\r\n\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (sign (key, heads[i], BODY, FALSE, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  }
}

static void
test_keys (void)
{
  g_autoptr (MrDkimKey) key = mr_dkim_key_generate (MR_DKIM_RSA, 2048, NULL);
  g_autoptr (MrDkimKey) other = mr_dkim_key_generate (MR_DKIM_ED25519, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MrSecret) pem = mr_dkim_key_to_secret (key, &error);
  g_assert_no_error (error);
  g_autoptr (MrDkimKey) back = mr_dkim_key_from_secret (pem, &error);
  g_assert_no_error (error);
  g_autofree char *record = mr_dkim_key_dup_record (key), *again = mr_dkim_key_dup_record (back);
  g_autoptr (MrDkimRecord) published = mr_dkim_record_parse (record, &error);
  g_autoptr (MrSecret) nonsense = mr_secret_new ("no key", 6);

  g_assert_cmpstr (record, ==, again);
  g_assert_true (mr_dkim_record_is_of (published, back));
  g_assert_false (mr_dkim_record_is_of (published, other));
  g_assert_null (mr_dkim_key_from_secret (nonsense, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_assert_null (mr_dkim_key_generate (MR_DKIM_RSA, 512, NULL));
}

/* What a record forbids. KEY is replaced. */
static void
test_records (void)
{
  static const struct {
    const char *record;
    MrDkimState state;
  } cases[] = {
    { "KEY", MR_DKIM_PASS },
    { "k=rsa; p=P", MR_DKIM_PASS },
    { "v=DKIM1; t=s:y; n=a note; s=email; h=sha1:sha256; k=rsa; p=P", MR_DKIM_PASS },
    { "p=P; v=DKIM1", MR_DKIM_PERMERROR },
    { "v=DKIM2; p=P", MR_DKIM_PERMERROR },
    { "v=DKIM1; p=", MR_DKIM_PERMERROR },
    { "v=DKIM1; k=rsa", MR_DKIM_PERMERROR },
    { "v=DKIM1; k=ed25519; p=P", MR_DKIM_PERMERROR },
    { "v=DKIM1; k=dsa; p=P", MR_DKIM_PERMERROR },
    { "v=DKIM1; h=sha1; p=P", MR_DKIM_PERMERROR },
    { "v=DKIM1; s=tlsrpt; p=P", MR_DKIM_PERMERROR },
    { "v=DKIM1; p=P; p=P", MR_DKIM_PERMERROR },
    { "v=DKIM1; p=AAAA", MR_DKIM_PERMERROR },
    { "v=spf1 -all", MR_DKIM_PERMERROR },
  };
  g_autoptr (MrDkimKey) key = mr_dkim_key_generate (MR_DKIM_RSA, 2048, NULL);
  g_autofree char *own = mr_dkim_key_dup_record (key);
  g_autofree char *message = sign (key, MESSAGE, BODY, FALSE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) record = g_string_new (cases[i].record);
    g_string_replace (record, "KEY", own, 0);
    g_string_replace (record, "=P", strstr (own, "p=") + 1, 0);
    g_autoptr (MrLookupTable) lookups = publish (record->str);
    g_test_message ("%s", cases[i].record);
    g_assert_cmpint (state_of (message, lookups, NOW), ==, cases[i].state);
  }
}

static void
test_lookups (void)
{
  g_autoptr (MrDkimKey) key = mr_dkim_key_generate (MR_DKIM_ED25519, 0, NULL);
  g_autofree char *message = sign (key, MESSAGE, BODY, FALSE, NULL);
  g_autoptr (MrLookupTable) lookups = mr_lookup_table_new ();
  g_autofree char *name = NULL;
  MrLookupType type = MR_LOOKUP_A;

  g_assert_cmpint (state_of (message, lookups, NOW), ==, MR_DKIM_PENDING);
  g_assert_true (mr_lookup_table_take_wanted (lookups, &name, &type));
  g_assert_cmpstr (name, ==, "mr1._domainkey.sender.example");
  mr_lookup_table_answer (lookups, name, type, MR_LOOKUP_TEMPORARY, NULL);
  g_assert_cmpint (state_of (message, lookups, NOW), ==, MR_DKIM_TEMPERROR);
  mr_lookup_table_answer (lookups, name, type, MR_LOOKUP_NOTHING, NULL);
  g_assert_cmpint (state_of (message, lookups, NOW), ==, MR_DKIM_PERMERROR);
}

/* A signature that is not one is told as such, and many are cut off. */
static void
test_bad_signatures (void)
{
  static const char *const fields[] = { "v=2; a=rsa-sha256; b=x; bh=x; d=a.example; h=from; s=s",
                                        "nonsense",
                                        "v=1; a=rsa-sha1; b=x; bh=x; d=a.example; h=from; s=s",
                                        "v=1; a=rsa-sha256; b=x; bh=x; d=a.example; h=subject; s=s",
                                        "v=1; a=rsa-sha256; b=x; bh=x; d=a.example; h=from; s=s; i=@b.example",
                                        "v=1; a=rsa-sha256; b=x; bh=x; d=a.example; h=from; s=s; c=loose",
                                        "v=1; a=rsa-sha256; b=x; bh=x; d=a.example; h=from; s=s; l=-1",
                                        "v=1; a=rsa-sha256; b=x; bh=x; d=a.example; h=from; s=s; t=20; x=10",
                                        "v=1; v=1",
                                        "" };
  g_autoptr (MrLookupTable) lookups = mr_lookup_table_new ();
  g_autoptr (GString) many = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *message = g_strconcat ("DKIM-Signature: ", fields[i], "\r\n", MESSAGE, BODY, NULL);
    g_assert_cmpint (state_of (message, lookups, NOW), ==, MR_DKIM_PERMERROR);
  }
  for (guint i = 0; i < 50; i++)
    g_string_append (many, "DKIM-Signature: v=1\r\n");
  g_string_append (many, MESSAGE BODY);
  g_autoptr (GPtrArray) results = verify (many->str, many->len, 1000, NOW, lookups);
  g_assert_cmpuint (results->len, ==, MR_DKIM_MAX_SIGNATURES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dkim/vectors", test_vectors);
  g_test_add_func ("/dkim/changed", test_changed);
  g_test_add_func ("/dkim/own", test_own);
  g_test_add_func ("/dkim/kept", test_kept);
  g_test_add_func ("/dkim/refused", test_refused);
  g_test_add_func ("/dkim/keys", test_keys);
  g_test_add_func ("/dkim/records", test_records);
  g_test_add_func ("/dkim/lookups", test_lookups);
  g_test_add_func ("/dkim/bad-signatures", test_bad_signatures);
  return g_test_run ();
}

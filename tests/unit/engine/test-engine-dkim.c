/* Keys that sign: made, kept, rotated, exported; signing on the way out, and mail that waits rather than go unsigned. */
#include "engine-fixture.h"

#include <mailrelay/engine-dkim.h>
#include <mailrelay/engine-signatures.h>

#include <string.h>

#include "mailauth/dkim-verify.h"

#define DIRECT                                                                                                         \
  "[account main]\naddresses=*\nkind=direct\n"                                                                         \
  "[delivery]\nidle-keep=0\nmx-port=%u\nallow-private-mx=true\n"
#define TO "lou@[127.0.0.1]"

typedef struct {
  gboolean done;
  MrDkimKeyRecord *record;
  GError *error;
} Made;

static void
made_cb (const MrDkimKeyRecord *record, const GError *error, gpointer data)
{
  Made *made = data;

  if (record != NULL)
    made->record = mr_dkim_key_record_from_variant (mr_dkim_key_record_to_variant (record));
  made->error = error != NULL ? g_error_copy (error) : NULL;
  made->done = TRUE;
}

static MrDkimKeyRecord *
make_key (EngineFixture *f, const char *domain, const char *selector, const char *algorithm, const char *replaces)
{
  Made made = { 0 };

  mr_engine_new_dkim_key (f->engine, domain, selector, algorithm, replaces, made_cb, &made);
  g_assert_false (made.done);
  wait_for (made.done);
  g_assert_no_error (made.error);
  return made.record;
}

static gint
make_error (EngineFixture *f, const char *domain, const char *selector, const char *algorithm, const char *replaces)
{
  Made made = { 0 };
  gint code;

  mr_engine_new_dkim_key (f->engine, domain, selector, algorithm, replaces, made_cb, &made);
  wait_for (made.done);
  g_assert_null (made.record);
  code = made.error->code;
  g_error_free (made.error);
  return code;
}

static gint
set_state (EngineFixture *f, const char *id, MrDkimKeyState state)
{
  EngineAnswer answer = { 0 };

  mr_engine_set_dkim_key_state (f->engine, id, state, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static gint
remove_key (EngineFixture *f, const char *id, gboolean force)
{
  EngineAnswer answer = { 0 };

  mr_engine_remove_dkim_key (f->engine, id, force, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static MrDkimKeyRecord *
active_key (EngineFixture *f, const char *domain, const char *algorithm)
{
  MrDkimKeyRecord *record = make_key (f, domain, NULL, algorithm, NULL);

  g_assert_cmpint (record->state, ==, MR_DKIM_KEY_NEW);
  g_assert_cmpint (set_state (f, record->id, MR_DKIM_KEY_ACTIVE), ==, -1);
  return record;
}

typedef struct {
  gboolean done;
  MrDkimKeyRecord *found;
  const char *id;
} Listed;

static void
listed_cb (GPtrArray *records, const GError *error, gpointer data)
{
  Listed *listed = data;

  listed->done = TRUE;
  for (guint i = 0; i < records->len; i++)
    if (g_strcmp0 (((MrDkimKeyRecord *)records->pdata[i])->id, listed->id) == 0)
      listed->found = mr_dkim_key_record_from_variant (mr_dkim_key_record_to_variant (records->pdata[i]));
}

static MrDkimKeyRecord *
get_key (EngineFixture *f, const char *id)
{
  Listed listed = { .id = id };

  mr_engine_list_dkim_keys (f->engine, listed_cb, &listed);
  wait_for (listed.done);
  return listed.found;
}

/* How many signatures the message has; where keys are given, every one must be good. */
static guint
verify (const PeerMessage *message, MrDkimKeyRecord *const *keys)
{
  const MrDkimVerifyOptions options = { .now = START / G_USEC_PER_SEC };
  g_autoptr (MrDkimVerifier) verifier = mr_dkim_verifier_new (&options);
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_autoptr (GPtrArray) results = NULL;
  gboolean judged = *keys != NULL;

  for (; *keys != NULL; keys++)
    mr_lookup_table_answer (table, (*keys)->name, MR_LOOKUP_TXT, MR_LOOKUP_FOUND,
                            (const char *const[]){ (*keys)->record, NULL });
  mr_dkim_verifier_feed (verifier, message->body->str, message->body->len);
  mr_dkim_verifier_end (verifier);
  results = mr_dkim_verifier_results (verifier, table);
  for (guint i = 0; i < results->len; i++) {
    const MrDkimResult *result = results->pdata[i];

    if (judged && result->state != MR_DKIM_PENDING)
      g_assert_cmpstr (result->problem, ==, NULL);
  }
  return results->len;
}

static const PeerMessage *
send_text (EngineFixture *f, const char *text)
{
  guint n = f->peer->messages->len;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = engine_submit_text (f, "me@example.com", TO, text, &error);

  g_assert_no_error (error);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  return smtp_peer_message (f->peer, n);
}

#define PLAIN "From: me@example.com\nTo: lou@example.net\nSubject: x\n\nbody  \n\n"

/* ---- */

static void
test_make (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start (f, DIRECT);
  g_autoptr (MrDkimKeyRecord) rsa = make_key (f, "Example.COM", NULL, "", NULL);
  g_autoptr (MrDkimKeyRecord) other = make_key (f, "example.com", NULL, "ed25519", NULL);
  g_autoptr (MrDkimKeyRecord) third = make_key (f,
                                                "b\xc3\xbc"
                                                "cher.example",
                                                "s1", "rsa-3072", NULL);

  g_assert_cmpstr (rsa->domain, ==, "example.com");
  g_assert_cmpstr (rsa->algorithm, ==, "rsa-2048");
  g_assert_true (g_str_has_prefix (rsa->record, "v=DKIM1; k=rsa; "));
  g_assert_cmpstr (rsa->name, ==, "mr20260921._domainkey.example.com");
  g_assert_cmpstr (other->selector, ==, "mr20260921b");
  g_assert_true (g_str_has_prefix (other->record, "v=DKIM1; k=ed25519; "));
  g_assert_cmpstr (third->domain, ==, "xn--bcher-kva.example");
  g_assert_cmpint (make_error (f, "example.com", "mr20260921", "", NULL), ==, MR_ERROR_EXISTS);
  g_assert_cmpint (make_error (f, "example.com", "a b", "", NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpint (make_error (f, "example.com", "", "rsa-1024", NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpint (make_error (f, "localhost", "", "", NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpint (make_error (f, "example.com", "", "", third->id), ==, MR_ERROR_NOT_FOUND);
  /* The private part is not in the file. */
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (f->paths->config_file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, rsa->record));
  g_assert_null (strstr (text, "PRIVATE"));
}

static void
test_direct (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start (f, DIRECT);
  g_autoptr (MrDkimKeyRecord) new = make_key (f, "example.com", "unseen", "ed25519", NULL);
  MrDkimKeyRecord *keys[3] = { new };

  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 0); /* its record was not seen: it does not sign */
  g_autoptr (MrDkimKeyRecord) rsa = active_key (f, "example.com", "rsa-2048");
  g_autoptr (MrDkimKeyRecord) ed = active_key (f, "example.com", "ed25519");
  mr_dkim_key_record_free (active_key (f, "example.net", "ed25519")); /* of another domain */
  keys[0] = rsa;
  keys[1] = ed;
  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 2);
  g_assert_true (g_str_has_prefix (smtp_peer_message (f->peer, 1)->body->str, "DKIM-Signature: v=1; a="));
  /* A name below the domain has the domain's signature; without a body, too. */
  g_assert_cmpuint (verify (send_text (f, "From: me@mail.example.com\nTo: x@example.net\n\n"), keys), ==, 2);
  g_assert_cmpuint (verify (send_text (f, "From: me@other-example.com\nTo: x@example.net\n\nx\n"), keys), ==, 0);
}

static void
test_relay (EngineFixture *f, gconstpointer data)
{
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  g_autoptr (MrDkimKeyRecord) key = active_key (f, "example.com", "ed25519");
  MrDkimKeyRecord *keys[] = { key, NULL };
  g_autofree char *group = g_strconcat ("dkim ", key->id, NULL);

  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 0); /* the provider signs */
  mr_engine_set_config (f->engine, "account main", "dkim", "always", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 1);
  mr_engine_set_config (f->engine, "account main", "dkim", "auto", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_engine_set_config (f->engine, group, "behind-provider", "true", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 1);
  mr_engine_set_config (f->engine, "account main", "dkim", "never", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 0);
}

/* 7 bit comes first; a big message is hashed chunk by chunk and its SIZE counts the signature. */
static void
test_forms (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GString) big = g_string_new (PLAIN);

  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("SIZE 50000000");
  engine_fixture_start (f, DIRECT);
  g_autoptr (MrDkimKeyRecord) key = active_key (f, "example.com", "rsa-2048");
  MrDkimKeyRecord *keys[] = { key, NULL };
  const PeerMessage *message = send_text (f, "From: me@example.com\nMIME-Version: 1.0\nContent-Type: text/plain; "
                                             "charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGr\xc3\xbc\xc3\x9f"
                                             "e\n.\n..\n");

  g_assert_true (g_str_is_ascii (message->body->str));
  g_assert_cmpuint (verify (message, keys), ==, 1);
  for (guint i = 0; i < 40000; i++)
    g_string_append_printf (big, "%u lines of a long message, some with a trailing space \n.\n", i);
  message = send_text (f, big->str);
  g_assert_cmpuint (verify (message, keys), ==, 1);
  g_assert_cmpuint (message->body->len, >, 2 * 1024 * 1024);
  g_autofree char *size = g_strdup_printf (" SIZE=%" G_GSIZE_FORMAT, message->body->len);
  g_assert_nonnull (strstr (message->reverse_path, size));
}

static void
test_signed_already (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start (f, DIRECT);
  g_autoptr (MrDkimKeyRecord) key = active_key (f, "example.com", "ed25519");
  MrDkimKeyRecord *keys[] = { key, NULL };
  g_autofree char *one = g_strdup (send_text (f, PLAIN)->body->str);
  g_autofree char *again = NULL;
  g_auto (GStrv) lines = g_strsplit (one, "\r", -1);

  again = g_strjoinv ("", lines);
  g_assert_cmpuint (verify (send_text (f, again), keys), ==, 1);
  g_assert_cmpuint (
      verify (send_text (f, "DKIM-Signature: v=1; d=example.com; x=1\n" PLAIN), (MrDkimKeyRecord *[]){ NULL }), ==, 2);
  g_assert_cmpuint (
      verify (send_text (f, "DKIM-Signature: v=1; d=example.net; s=x\n" PLAIN), (MrDkimKeyRecord *[]){ NULL }), ==, 2);
}

static void
test_two_from (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  engine_fixture_start (f, DIRECT);
  mr_dkim_key_record_free (active_key (f, "example.com", "ed25519"));
  id = engine_submit_text (f, "me@example.com", TO, "From: me@example.com\n" PLAIN, &error);
  g_assert_no_error (error);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_NEEDS_PERSON);
  g_assert_cmpstr (engine_recipient (message, 0)->cause, ==, "unsigned-two-from");
  g_assert_cmpuint (f->peer->messages->len, ==, 0);
  g_assert_cmpuint (smtp_peer_count (f->peer, "MAIL"), ==, 0);
}

static void
test_key_is_gone (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start (f, DIRECT);
  g_autoptr (MrDkimKeyRecord) key = active_key (f, "example.com", "ed25519");
  engine_fixture_restart (f); /* what was in memory is gone */
  id = engine_submit (f, "me@example.com", TO);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_NEEDS_PERSON);
  g_assert_cmpstr (engine_recipient (message, 0)->cause, ==, "unsigned-no-key");
  g_assert_cmpuint (f->peer->messages->len, ==, 0);
  /* A person decides that the domain has no signature: the mail goes. */
  g_assert_cmpint (remove_key (f, key->id, FALSE), ==, MR_ERROR_REFUSED);
  g_assert_cmpint (remove_key (f, key->id, TRUE), ==, -1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

/* Without a keyring the mail waits, and one connection at most was made for it. */
static void
test_no_keyring (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *second = NULL, *unsigned_one = NULL;
  EngineAnswer answer = { 0 };
  guint connections;

  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  engine_fixture_start (f, DIRECT "[secrets]\nbackend=secret-service\n"
                                  "[dkim k]\ndomain=example.com\nselector=s\nstate=active\nrecord=v=DKIM1; p=x\n");
  id = engine_submit (f, "me@example.com", TO);
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_NO_KEYRING));
  connections = f->peer->connections;
  second = engine_submit (f, "me@example.com", TO);
  mr_message_record_free (engine_wait_reason (f, second, 0, MR_WAIT_NO_KEYRING));
  g_assert_cmpuint (f->peer->connections, ==, connections);
  g_assert_cmpuint (f->peer->messages->len, ==, 0);
  /* Mail of other domains is not held up. */
  unsigned_one = engine_submit (f, "me@example.net", TO);
  mr_message_record_free (engine_wait_state (f, unsigned_one, 0, MR_RECIPIENT_DELIVERED));
  /* Nothing is given up while it waits. */
  engine_fixture_advance (f, 3600);
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_NO_KEYRING));
  mr_engine_remove_dkim_key (f->engine, "k", TRUE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
exported_cb (MrSecret *secret, const GError *error, gpointer data)
{
  *(char **)data = g_strdup (secret != NULL ? mr_secret_get (secret) : error->message);
}

static void
test_rotate (EngineFixture *f, gconstpointer data)
{
  char *pem = NULL;

  engine_fixture_start (f, DIRECT);
  g_autoptr (MrDkimKeyRecord) first = active_key (f, "example.com", "ed25519");
  g_autoptr (MrDkimKeyRecord) next = make_key (f, "example.com", NULL, NULL, first->id);
  MrDkimKeyRecord *keys[] = { first, NULL };

  g_assert_cmpstr (next->algorithm, ==, "ed25519");
  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 1);
  g_assert_cmpint (set_state (f, next->id, MR_DKIM_KEY_PUBLISHED), ==, -1);
  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 1);
  g_assert_cmpint (set_state (f, next->id, MR_DKIM_KEY_ACTIVE), ==, -1);
  keys[0] = next;
  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 1);
  g_autoptr (MrDkimKeyRecord) old = get_key (f, first->id);
  g_assert_cmpint (old->state, ==, MR_DKIM_KEY_OLD);
  g_assert_cmpint (old->retired, ==, START);
  g_assert_cmpint (old->used, ==, START);
  g_assert_cmpstr (old->reason, ==, "delivered");
  g_assert_cmpint (old->removable, ==, START + 3 * G_TIME_SPAN_DAY);
  mr_engine_export_dkim_key (f->engine, old->id, exported_cb, &pem);
  wait_for (pem != NULL);
  g_assert_true (g_str_has_prefix (pem, "-----BEGIN PRIVATE KEY-----"));
  g_free (pem);
  g_assert_cmpint (remove_key (f, old->id, FALSE), ==, MR_ERROR_REFUSED);
  engine_fixture_advance (f, 3 * 24 * 3600 - 1);
  g_assert_cmpint (remove_key (f, old->id, FALSE), ==, MR_ERROR_REFUSED);
  engine_fixture_advance (f, 1);
  g_assert_cmpint (remove_key (f, old->id, FALSE), ==, -1);
  g_assert_null (get_key (f, old->id));
  pem = NULL;
  mr_engine_export_dkim_key (f->engine, old->id, exported_cb, &pem);
  wait_for (pem != NULL);
  g_assert_false (g_str_has_prefix (pem, "-----BEGIN"));
  g_free (pem);
  g_assert_cmpint (set_state (f, "nothing", MR_DKIM_KEY_ACTIVE), ==, MR_ERROR_NOT_FOUND);
}

static MrDkimKeyRecord *
retire (EngineFixture *f, const char *id)
{
  g_assert_cmpint (set_state (f, id, MR_DKIM_KEY_OLD), ==, -1);
  return get_key (f, id);
}

/* How long the record of an old key stays, and why, also after a restart. */
static void
test_old_keys (EngineFixture *f, gconstpointer data)
{
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  g_autoptr (MrDkimKeyRecord) idle = active_key (f, "example.org", "ed25519");
  g_autoptr (MrDkimKeyRecord) key = active_key (f, "example.com", "ed25519");
  MrDkimKeyRecord *keys[] = { key, NULL };
  mr_engine_set_config (f->engine, "account main", "dkim", "always", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_assert_cmpuint (verify (send_text (f, PLAIN), keys), ==, 1);
  engine_fixture_advance (f, 3600);

  g_autoptr (MrDkimKeyRecord) never = retire (f, idle->id);
  g_assert_cmpstr (never->reason, ==, "never-used");
  g_assert_cmpint (never->used, ==, 0);
  g_assert_cmpint (remove_key (f, never->id, FALSE), ==, -1);

  g_autoptr (MrDkimKeyRecord) old = retire (f, key->id), again = NULL;
  g_assert_cmpstr (old->reason, ==, "handed-on"); /* a provider may try for days */
  g_assert_cmpint (old->used, ==, START);
  g_assert_cmpint (old->removable, ==, START + 7 * G_TIME_SPAN_DAY);
  engine_fixture_restart (f);
  again = get_key (f, key->id);
  g_assert_cmpstr (again->reason, ==, "handed-on");
  g_assert_cmpint (again->removable, ==, old->removable);
}

/* The connection is lost, and the engine ends, while a signature is made. */
static void
test_lost_while_signing (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GString) big = g_string_new (PLAIN);
  g_autofree char *id = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (big, "a line of text that takes a moment to be hashed, and one more\n");
  engine_fixture_start (f, DIRECT);
  mr_dkim_key_record_free (active_key (f, "example.com", "rsa-4096"));
  id = engine_submit_text (f, "me@example.com", TO, big->str, NULL);
  wait_for (smtp_peer_count (f->peer, "EHLO") > 0);
  smtp_peer_say (f->peer, "421 4.3.0 going down\r\n");
  engine_fixture_stop (f, 0);
}

typedef struct {
  gboolean done;
  GPtrArray *records;
  gint code;
} Signatures;

static void
signatures_cb (GPtrArray *records, const GError *error, gpointer data)
{
  Signatures *answer = data;

  answer->done = TRUE;
  answer->code = error != NULL ? error->code : -1;
  answer->records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_signature_record_free);
  for (guint i = 0; records != NULL && i < records->len; i++)
    g_ptr_array_add (answer->records, mr_signature_record_from_variant (
                                          mr_signature_record_to_variant (g_ptr_array_index (records, i))));
}

static GPtrArray *
signatures (EngineFixture *f, const char *id, gboolean check)
{
  Signatures answer = { 0 };

  mr_engine_list_signatures (f->engine, id, check, signatures_cb, &answer);
  g_assert_false (answer.done);
  wait_for (answer.done);
  return answer.records;
}

static const MrSignatureRecord *
signature (GPtrArray *records, guint i, MrSignatureKind kind, const char *domain)
{
  const MrSignatureRecord *record;

  g_assert_cmpuint (records->len, >, i);
  record = g_ptr_array_index (records, i);
  g_assert_cmpint (record->kind, ==, kind);
  g_assert_cmpstr (record->domain, ==, domain);
  return record;
}

/* What will sign, what signed, and what the program signed. Nobody answers for the DNS here: that is said, not taken for a failure. */
static void
test_told (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start (f, DIRECT "[dns]\nservers=127.0.0.1:1\n");
  g_autoptr (MrDkimKeyRecord) rsa = active_key (f, "example.com", "rsa-2048");
  g_autoptr (MrDkimKeyRecord) ed = active_key (f, "example.com", "ed25519");
  g_autofree char *id = NULL, *own = NULL, *unsigned_one = NULL;

  smtp_peer_reply (f->peer, "MAIL", "451 4.3.0 later", 1);
  id = engine_submit_text (f, "me@example.com", TO, PLAIN, NULL);
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_autoptr (GPtrArray) before = signatures (f, id, FALSE);
  g_assert_cmpuint (before->len, ==, 2);
  g_assert_cmpstr (signature (before, 0, MR_SIGNATURE_PLANNED, "example.com")->selector, ==, rsa->selector);
  g_assert_cmpstr (signature (before, 0, MR_SIGNATURE_PLANNED, "example.com")->algorithm, ==, "rsa-sha256");
  g_assert_cmpstr (signature (before, 1, MR_SIGNATURE_PLANNED, "example.com")->algorithm, ==, "ed25519-sha256");
  g_assert_null (signature (before, 1, MR_SIGNATURE_PLANNED, "example.com")->result);
  engine_fixture_advance (f, 120);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  g_autoptr (GPtrArray) after = signatures (f, id, TRUE); /* its text is not kept any more */
  g_assert_cmpuint (after->len, ==, 2);
  g_assert_cmpint (signature (after, 0, MR_SIGNATURE_SENT, "example.com")->time, >, START);
  g_assert_cmpstr (signature (after, 0, MR_SIGNATURE_SENT, "example.com")->result, ==, "temperror");
  g_assert_nonnull (signature (after, 1, MR_SIGNATURE_SENT, "example.com")->problem);

  smtp_peer_reply (f->peer, "MAIL", "451 4.3.0 later", 1);
  own = engine_submit_text (f, "me@example.com", TO,
                            "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=own; h=from; bh=eA==; b=eA==\n" PLAIN,
                            NULL);
  mr_message_record_free (engine_wait_attempts (f, own, 0, 1));
  g_autoptr (GPtrArray) theirs = signatures (f, own, TRUE);
  g_assert_cmpuint (theirs->len, ==, 1);
  g_assert_cmpstr (signature (theirs, 0, MR_SIGNATURE_PROGRAM, "example.com")->selector, ==, "own");
  g_assert_cmpstr (signature (theirs, 0, MR_SIGNATURE_PROGRAM, "example.com")->result, ==, "temperror");
  unsigned_one = engine_submit_text (f, "me@example.net", TO, "From: me@example.net\n\nx\n", NULL);
  mr_message_record_free (engine_wait_state (f, unsigned_one, 0, MR_RECIPIENT_DELIVERED));
  g_autoptr (GPtrArray) none = signatures (f, unsigned_one, TRUE);
  g_assert_cmpuint (none->len, ==, 0);
  Signatures answer = { 0 };
  mr_engine_list_signatures (f->engine, "0000000000000000", FALSE, signatures_cb, &answer);
  wait_for (answer.done);
  g_assert_cmpint (answer.code, ==, MR_ERROR_NOT_FOUND);
  g_ptr_array_unref (answer.records);
  /* The service ends while the DNS is asked: the answer comes all the same. */
  answer = (Signatures){ 0 };
  mr_engine_list_signatures (f->engine, id, TRUE, signatures_cb, &answer);
  engine_fixture_stop (f, 0);
  g_assert_true (answer.done);
  g_ptr_array_unref (answer.records);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/dkim/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("make", test_make);
  ADD ("direct", test_direct);
  ADD ("relay", test_relay);
  ADD ("forms", test_forms);
  ADD ("signed-already", test_signed_already);
  ADD ("two-from", test_two_from);
  ADD ("key-is-gone", test_key_is_gone);
  ADD ("no-keyring", test_no_keyring);
  ADD ("rotate", test_rotate);
  ADD ("old-keys", test_old_keys);
  ADD ("told", test_told);
  ADD ("lost-while-signing", test_lost_while_signing);
  return g_test_run ();
}

/* The trace of an account's test: each part once, in order, with what it told; a failure with its cause where it happened. */
#include "engine-fixture.h"

#include <string.h>

#include "base/records-variant.h"
#include "engine/account-trace.h"

typedef struct {
  GString *parts;   /* "look-up connect greeting! ": "!" failed, "~" goes on elsewhere */
  GPtrArray *dicts; /* of each */
  gint64 elapsed;
  gboolean done, ok;
} Trace;

static void
step_cb (const MrTestStep *step, gpointer data)
{
  Trace *t = data;

  g_string_append_printf (t->parts, "%s%s ", mr_trace_part_nick (step->part),
                          step->ok        ? ""
                          : step->goes_on ? "~"
                                          : "!");
  g_assert_cmpint (step->elapsed, >=, t->elapsed);
  g_assert_cmpint (step->took, <=, step->elapsed);
  t->elapsed = step->elapsed;
  g_ptr_array_add (t->dicts, g_variant_ref_sink (mr_trace_step_to_variant (step)));
}

static void
done_cb (gboolean ok, const char *transcript, const GError *error, gpointer data)
{
  Trace *t = data;

  t->done = TRUE;
  t->ok = ok;
}

static void
trace_clear (Trace *t)
{
  g_string_free (t->parts, TRUE);
  g_ptr_array_unref (t->dicts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trace, trace_clear)

static MrAccountRecord *
account (EngineFixture *f, const char *host, const char *user)
{
  MrAccountRecord *record = mr_account_record_new ();

  record->id = g_strdup ("new");
  record->addresses = g_strsplit ("* me@example.com", " ", -1);
  record->host = g_strdup (host);
  record->port = f->peer->port;
  record->user = g_strdup (user);
  return record;
}

static void
run (EngineFixture *f, const MrAccountRecord *record, Trace *t)
{
  g_autoptr (MrSecret) secret = mr_secret_new ("secret", 6);

  t->parts = g_string_new (NULL);
  t->dicts = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  mr_engine_test_account (f->engine, record, secret, step_cb, done_cb, t);
  wait_for (t->done);
}

/* "details" of the n-th part as text. (transfer full) */
static char *
details (const Trace *t, guint n)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (g_ptr_array_index (t->dicts, n), "details",
                                                       G_VARIANT_TYPE_VARDICT);

  return value != NULL ? g_variant_print (value, FALSE) : g_strdup ("");
}

static const char *
text (const Trace *t, guint n, const char *key)
{
  const char *value = "";

  g_variant_lookup (g_ptr_array_index (t->dicts, n), key, "&s", &value);
  return value;
}

/* The same keys and values, in whatever order. */
static void
expect_details (const Trace *t, guint n, const char *expected)
{
  g_autoptr (GVariant) found = g_variant_lookup_value (g_ptr_array_index (t->dicts, n), "details",
                                                       G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) wanted = g_variant_ref_sink (g_variant_new_parsed (expected));
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_nonnull (found);
  g_assert_cmpuint (g_variant_n_children (found), ==, g_variant_n_children (wanted));
  g_variant_iter_init (&iter, wanted);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) other = g_variant_lookup_value (found, key, NULL);
    g_assert_cmpvariant (other, value);
  }
}

static void
test_good (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) record = account (f, "127.0.0.1", "me");
  g_autofree char *connected = g_strdup_printf ("{'address': <'127.0.0.1'>, 'port': <uint32 %u>}", f->peer->port);
  g_auto (Trace) t = { 0 };

  engine_fixture_start (f, NULL);
  run (f, record, &t);
  g_assert_true (t.ok);
  g_assert_cmpstr (t.parts->str, ==, "look-up connect greeting capabilities log-in sender size ");
  expect_details (&t, 0, "{'host': <'127.0.0.1'>, 'addresses': <['127.0.0.1']>}");
  expect_details (&t, 1, connected);
  g_assert_cmpstr (text (&t, 2, "text"), !=, "");
  expect_details (&t, 3,
                  "{'offers': <['PIPELINING', '8BITMIME', 'SIZE 10000000', 'AUTH PLAIN', 'ENHANCEDSTATUSCODES']>}");
  g_assert_cmpstr (text (&t, 3, "warning"), ==, ""); /* on this computer */
  g_autofree char *log_in = details (&t, 4);
  g_assert_nonnull (strstr (log_in, "'mechanism': <'PLAIN'>"));
  g_assert_null (strstr (log_in, "secret"));
  expect_details (&t, 5, "{'address': <'me@example.com'>}");
  expect_details (&t, 6, "{'limit': <uint64 10000000>}");
}

/* No log-in, no address to ask for, no size. */
static void
test_bare (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) record = account (f, "127.0.0.1", "");
  g_auto (Trace) t = { 0 };

  g_clear_pointer (&record->addresses, g_strfreev);
  record->addresses = g_strsplit ("*", " ", -1);
  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("PIPELINING");
  engine_fixture_start (f, NULL);
  run (f, record, &t);
  g_assert_true (t.ok);
  g_assert_cmpstr (t.parts->str, ==, "look-up connect greeting capabilities size ");
  expect_details (&t, 4, "{'limit': <uint64 0>}");
}

typedef struct {
  const char *name, *command, *reply, *parts, *code, *cause;
} Failure;

static const Failure failures[] = {
  { "greeting", "CONNECT", "554 5.3.2 go away", "look-up connect greeting! ", "554", NULL },
  { "closed", "CONNECT", PEER_CLOSE, "look-up connect greeting! ", NULL, NULL },
  { "ehlo", "EHLO", PEER_CLOSE, "look-up connect greeting capabilities! ", NULL, NULL },
  { "log-in", "AUTH", "535 5.7.8 no", "look-up connect greeting capabilities log-in! ", "535", "login-failed" },
  { "sender", "MAIL", "553 5.7.1 <me@example.com>: Sender address rejected: not owned by user me",
    "look-up connect greeting capabilities log-in sender! ", "553", "sender-not-allowed" },
};

static void
test_failure (EngineFixture *f, gconstpointer data)
{
  const Failure *row = data;
  g_autoptr (MrAccountRecord) record = account (f, "127.0.0.1", "me");
  g_auto (Trace) t = { 0 };
  guint code = 0;

  engine_fixture_start (f, NULL);
  smtp_peer_reply (f->peer, row->command, row->reply, 0);
  run (f, record, &t);
  g_assert_false (t.ok);
  g_assert_cmpstr (t.parts->str, ==, row->parts);
  g_variant_lookup (g_ptr_array_index (t.dicts, t.dicts->len - 1), "code", "u", &code);
  g_assert_cmpuint (code, ==, row->code != NULL ? (guint)atoi (row->code) : 0);
  g_assert_cmpstr (text (&t, t.dicts->len - 1, "cause"), !=, "");
  if (row->cause != NULL)
    g_assert_cmpstr (text (&t, t.dicts->len - 1, "cause"), ==, row->cause);
}

/* Encryption that is not offered fails at the encryption, not at what was offered before. */
static void
test_no_starttls (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) record = account (f, "127.0.0.1", "me");
  g_auto (Trace) t = { 0 };

  record->tls = MR_TLS_STARTTLS;
  engine_fixture_start (f, NULL);
  run (f, record, &t);
  g_assert_false (t.ok);
  g_assert_cmpstr (t.parts->str, ==, "look-up connect greeting encryption! ");
}

/* The server listens at one of the two addresses of this computer: the other one failed, and the test says that it goes on. */
static void
test_next_address (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) record = account (f, "localhost", "");
  g_auto (Trace) t = { 0 };

  engine_fixture_start (f, NULL);
  run (f, record, &t);
  g_assert_true (t.ok);
  g_autofree char *addresses = details (&t, 0);
  if (strstr (addresses, "::1") != NULL && strstr (addresses, "::1") < strstr (addresses, "127.0.0.1")) {
    g_assert_cmpstr (t.parts->str, ==, "look-up connect~ connect greeting capabilities sender size ");
    g_assert_cmpstr (text (&t, 1, "cause"), !=, "");
  } else
    g_assert_cmpstr (t.parts->str, ==, "look-up connect greeting capabilities sender size ");
}

static void
test_failed_part (void)
{
  const struct {
    MrStage stage;
    MrTracePart begun, expected;
  } table[] = {
    { MR_STAGE_RESOLVE, MR_TRACE_LOOK_UP, MR_TRACE_LOOK_UP },
    { MR_STAGE_EHLO, MR_TRACE_GREETING, MR_TRACE_GREETING },
    { MR_STAGE_EHLO, MR_TRACE_CAPABILITIES, MR_TRACE_CAPABILITIES },
    { MR_STAGE_STARTTLS, MR_TRACE_CAPABILITIES, MR_TRACE_ENCRYPTION },
    { MR_STAGE_AUTH, MR_TRACE_CAPABILITIES, MR_TRACE_LOG_IN },
    { MR_STAGE_QUIT, MR_TRACE_SENDER, MR_TRACE_SENDER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (mr_account_trace_failed_part (table[i].stage, table[i].begun), ==, table[i].expected);
}

static void
test_variant (void)
{
  g_autoptr (GVariant) params = g_variant_ref_sink (g_variant_new_parsed ("{'host': 'h'}"));
  g_autoptr (GVariant) more = g_variant_ref_sink (g_variant_new_parsed ("{'limit': <uint64 7>}"));
  MrTraceStep step = { .part = MR_TRACE_SIZE,
                       .stage = MR_STAGE_EHLO,
                       .ok = TRUE,
                       .goes_on = TRUE,
                       .code = 250,
                       .enhanced = "2.0.0",
                       .text = "a\xff",
                       .cause = "c",
                       .cause_params = params,
                       .fingerprint = "f",
                       .warning = "w",
                       .details = more,
                       .took = 5,
                       .elapsed = 9 };
  g_autoptr (GVariant) dict = g_variant_ref_sink (mr_trace_step_to_variant (&step));
  g_auto (MrTraceStep) read = { 0 };

  mr_trace_step_read (dict, &read);
  g_assert_cmpint (read.part, ==, MR_TRACE_SIZE);
  g_assert_true (read.ok && read.goes_on && read.code == 250 && read.took == 5 && read.elapsed == 9);
  g_assert_cmpstr (read.text, ==, "a\357\277\275");
  g_assert_cmpstr (read.warning, ==, "w");
  g_assert_true (g_variant_equal (read.cause_params, params) && g_variant_equal (read.details, more));
  g_autoptr (GVariant) odd = g_variant_ref_sink (
      g_variant_new_parsed ("{'part': <5>, 'text': <uint32 3>, 'details': <'no'>}"));
  g_auto (MrTraceStep) empty = { 0 };
  mr_trace_step_read (odd, &empty);
  g_assert_cmpstr (empty.text, ==, "");
  g_assert_null (empty.details);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/trace/good", test_good);
  ADD ("/trace/bare", test_bare);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autofree char *path = g_strconcat ("/trace/failure/", failures[i].name, NULL);
    g_test_add (path, EngineFixture, &failures[i], engine_fixture_set_up, test_failure, engine_fixture_tear_down);
  }
  ADD ("/trace/no-starttls", test_no_starttls);
  ADD ("/trace/next-address", test_next_address);
  g_test_add_func ("/trace/failed-part", test_failed_part);
  g_test_add_func ("/trace/variant", test_variant);
  return g_test_run ();
}

/* Who may hand in mail and what is refused: passwords of programs, other users, limits, the maildrop folder. */
#include "engine-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/maildrop.h"

typedef struct {
  gboolean done;
  char *id;
  char *password;
  gint code;
} Password;

static void
password_cb (const char *id, MrSecret *password, const GError *error, gpointer data)
{
  Password *p = data;

  p->done = TRUE;
  p->id = g_strdup (id);
  p->password = password != NULL ? g_strdup (mr_secret_get (password)) : NULL;
  p->code = error != NULL ? error->code : -1;
}

static void
add_program (EngineFixture *f, const char *name, Password *p)
{
  *p = (Password){ 0 };
  mr_engine_add_program (f->engine, name, password_cb, p);
  wait_for (p->done);
}

static char *
auth_line (const char *id, const char *password)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *base64 = NULL;

  g_byte_array_append (bytes, (const guint8 *)"", 1);
  g_byte_array_append (bytes, (const guint8 *)id, (guint)strlen (id) + 1);
  g_byte_array_append (bytes, (const guint8 *)password, (guint)strlen (password));
  base64 = g_base64_encode (bytes->data, bytes->len);
  return g_strconcat ("AUTH PLAIN ", base64, NULL);
}

static void
submitted_cb (const char *id, const GError *error, gpointer data)
{
  engine_done_cb (error, data);
}

static void
try_auth (EngineFixture *f, const char *id, const char *password, const char *reply)
{
  EngineClient *client = engine_client_new (f);
  g_autofree char *line = auth_line (id, password);

  engine_client_expect (client, "EHLO scanner", "250");
  engine_client_expect (client, line, reply);
  engine_client_expect (client, "MAIL FROM:<me@example.com>", reply[0] == '2' ? "250" : "550 5.7.1");
  engine_client_free (client);
}

static gint
remove_program (EngineFixture *f, const char *id)
{
  EngineAnswer answer = { 0 };

  mr_engine_remove_program (f->engine, id, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

typedef struct {
  gboolean done;
  guint n;
  char *first;
} Records;

static void
programs_cb (GPtrArray *records, const GError *error, gpointer data)
{
  Records *r = data;

  r->done = TRUE;
  r->n = records->len;
  r->first = records->len > 0 ? g_strdup (((MrProgramRecord *)g_ptr_array_index (records, 0))->name) : NULL;
}

static void
refusals_cb (GPtrArray *records, const GError *error, gpointer data)
{
  Records *r = data;

  r->done = TRUE;
  r->n = records->len;
  r->first = records->len > 0 ? g_strdup (((MrRefusalRecord *)g_ptr_array_index (records, 0))->reason) : NULL;
}

static Records
list (EngineFixture *f, void (*func) (MrEngine *engine, MrRecordsFunc func, gpointer data), MrRecordsFunc callback)
{
  Records r = { 0 };

  func (f->engine, callback, &r);
  wait_for (r.done);
  return r;
}

/* A refusal rides in the next commit: the list is asked until it is there. */
static void
expect_refusal (EngineFixture *f, const char *reason)
{
  Records r;

  while ((r = list (f, mr_engine_list_refusals, refusals_cb)).n == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (r.n, ==, 1);
  g_assert_cmpstr (r.first, ==, reason);
  g_free (r.first);
}

static void
test_programs (EngineFixture *f, gconstpointer data)
{
  Password first, second, bad;

  engine_fixture_start (f, "[submission]\nrequire-auth=true\n");
  add_program (f, "Scan to mail!", &first);
  g_assert_cmpstr (first.id, ==, "scan-to-mail");
  add_program (f, "Scan to mail!", &second);
  g_assert_cmpstr (second.id, ==, "scan-to-mail-2");
  g_assert_cmpstr (first.password, !=, second.password);
  add_program (f, "  ", &bad);
  g_assert_cmpint (bad.code, ==, MR_ERROR_INVALID);
  add_program (f, "a\nb", &bad);
  g_assert_cmpint (bad.code, ==, MR_ERROR_INVALID);
  Records programs = list (f, mr_engine_list_programs, programs_cb);
  g_assert_cmpuint (programs.n, ==, 2);
  g_assert_cmpstr (programs.first, ==, "Scan to mail!");
  /* The password is nowhere in the file. */
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (f->paths->config_file, &text, NULL, NULL));
  g_assert_null (strstr (text, first.password));
  try_auth (f, first.id, first.password, "235");
  try_auth (f, first.id, first.password, "235"); /* remembered */
  try_auth (f, first.id, second.password, "535");
  try_auth (f, "nobody", first.password, "535");
  try_auth (f, "", first.password, "535");
  try_auth (f, "scan-to-mail]\n[general", first.password, "535");
  g_assert_cmpint (remove_program (f, "nobody"), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (remove_program (f, first.id), ==, -1);
  try_auth (f, first.id, first.password, "535");
  try_auth (f, second.id, second.password, "235");
  EngineAnswer answer = { 0 };
  mr_engine_set_config (f->engine, "program scan-to-mail-2", "revoked", "true", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  try_auth (f, second.id, second.password, "535");
  g_free (first.id);
  g_free (first.password);
  g_free (second.id);
  g_free (second.password);
  g_free (programs.first);
}

static void
test_auth_needed (EngineFixture *f, gconstpointer data)
{
  EngineClient *client;
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, "[submission]\nrequire-auth=true\n");
  client = engine_client_new (f);
  engine_client_expect (client, "EHLO here", "250");
  engine_client_expect (client, "MAIL FROM:<me@example.com>", "550 5.7.1");
  engine_client_free (client);
  expect_refusal (f, "auth-required");
  mr_engine_clear_refusals (f->engine, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  Records refusals = list (f, mr_engine_list_refusals, refusals_cb);
  g_assert_cmpuint (refusals.n, ==, 0);
}

static void
test_allow_uid (EngineFixture *f, gconstpointer data)
{
  EngineAnswer answer = { 0 };
  g_autofree char *one = NULL, *two = NULL, *none = NULL;

  engine_fixture_start (f, NULL);
  mr_engine_allow_uid (f->engine, 0, TRUE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_engine_allow_uid (f->engine, 65534, TRUE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_engine_allow_uid (f->engine, 65534, TRUE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  two = mr_engine_dup_config (f->engine, "submission", "allow-uids", NULL);
  g_assert_cmpstr (two, ==, "0;65534");
  mr_engine_allow_uid (f->engine, 0, FALSE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  one = mr_engine_dup_config (f->engine, "submission", "allow-uids", NULL);
  g_assert_cmpstr (one, ==, "65534");
  mr_engine_allow_uid (f->engine, -1, TRUE, engine_done_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_INVALID);
}

static void
test_bare_cr_is_told (EngineFixture *f, gconstpointer data)
{
  EngineClient *client;

  engine_fixture_start (f, NULL);
  client = engine_client_new (f);
  engine_client_expect (client, "EHLO here", "250");
  engine_client_expect (client, "MAIL FROM:<me@example.com>", "250");
  engine_client_expect (client, "RCPT TO:<you@example.net>", "250");
  engine_client_expect (client, "DATA", "354");
  engine_client_expect (client, "Subject: x\r\n\r\na\rb\r\n.", "5");
  engine_client_free (client);
  expect_refusal (f, "bare-cr");
  g_assert_cmpuint (engine_outbox_size (f), ==, 0);
}

static void
test_loop (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  engine_fixture_start (f, "[submission]\nmax-received=5\nmax-message-size=2000\n");
  for (guint i = 0; i < 6; i++)
    g_string_append (text, "Received: from a by b; Tue, 24 Nov 2026 18:11:17 +0000\n");
  g_string_append (text, "From: me@example.com\n\nx\n");
  g_assert_null (engine_submit_text (f, "me@example.com", "you@example.net", text->str, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "5.4.6"));
  g_clear_error (&error);
  for (guint i = 0; i < 2000; i++)
    g_string_append_c (text, 'x');
  g_assert_null (engine_submit_text (f, "me@example.com", "you@example.net", text->str, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "5.3.4"));
  g_clear_error (&error);
  g_assert_null (engine_submit_text (f, "not an address", "you@example.net", "x", &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_assert_cmpuint (engine_outbox_size (f), ==, 0);
}

static void
test_maildrop (EngineFixture *f, gconstpointer data)
{
  g_autofree char *good = g_build_filename (f->paths->maildrop_dir, "1.msg", NULL);
  g_autofree char *bad = g_build_filename (f->paths->maildrop_dir, "2.msg", NULL);
  g_autofree char *unfinished = g_build_filename (f->paths->maildrop_dir, "3.tmp", NULL);

  g_mkdir_with_parents (f->paths->maildrop_dir, 0700);
  g_chmod (f->paths->state_dir, 0700);
  g_assert_true (g_file_set_contents (
      good, "F me@example.com\nR you@example.net\nR two@example.net\n\nSubject: dropped\n\nx\n", -1, NULL));
  for (guint i = 0; i < 20; i++) {
    g_autofree char *name = g_strdup_printf ("%s/more%u.msg", f->paths->maildrop_dir, i);
    g_assert_true (g_file_set_contents (name, "F me@example.com\nR a@example.net\n\nSubject: more\n\nx", -1, NULL));
  }
  g_assert_true (g_file_set_contents (bad, "what is this\n", -1, NULL));
  g_assert_true (g_file_set_contents (unfinished, "F me@example.com\n", -1, NULL));
  engine_fixture_start_simple (f);
  wait_for (f->peer->messages->len == 21);
  guint n = 0;
  for (guint i = 0; i < 21; i++) {
    const PeerMessage *m = smtp_peer_message (f->peer, i);
    gboolean first = strstr (m->body->str, "Subject: dropped\r\n") != NULL;
    n += first;
    g_assert_cmpuint (m->recipients->len, ==, first ? 2 : 1);
  }
  g_assert_cmpuint (n, ==, 1);
  g_assert_false (g_file_test (good, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (bad, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (unfinished, G_FILE_TEST_EXISTS));
}

/* A file that is damaged is kept, whatever it says; one that is whole keeps what its sender wished (RFC 3461). */
static void
test_maildrop_file (void)
{
  static const char *const damaged[] = { "",
                                         "F a@x.example\n",
                                         "R b@y.example\n\nx\n",
                                         "F a@x.example\nQ b\n\nx\n",
                                         "F a@x.example\nN SOMETIMES\n\nx\n",
                                         "F a@x.example\nT ALL\n\nx\n",
                                         "F a@x.example\nV +\n\nx\n",
                                         "F a@x.example\nF\n\nx\n" };
  static const char whole[] = "F a@x.example\nR b@y.example\nN SUCCESS,DELAY\nT HDRS\nV a+2Bb\n\nSubject: x\n\nbody\n";
  g_auto (MrMaildropFile) file = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++) {
    g_assert_false (mr_maildrop_file_read (damaged[i], strlen (damaged[i]), &file, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_CORRUPT);
    g_clear_error (&error);
    g_assert_null (file.recipients);
  }
  g_assert_true (mr_maildrop_file_read (whole, strlen (whole), &file, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (file.reverse_path, ==, "a@x.example");
  g_assert_cmpuint (file.recipients->len, ==, 2);
  g_assert_cmpuint (file.notify, ==, MR_NOTIFY_SUCCESS | MR_NOTIFY_DELAY);
  g_assert_cmpint (file.ret, ==, MR_RETURN_HEADERS);
  g_assert_cmpstr (file.envid, ==, "a+2Bb");
  g_assert_cmpmem (file.body, file.body_len, "Subject: x\n\nbody\n", 17);
}

/* No way that lets a NUL in: over a connection, where the person sees who tried, and from the command line. */
static void
test_nul (EngineFixture *f, gconstpointer data)
{
  static const char text[] = "From: <me@example.com>\n\none\0two\n";
  const char *recipients[] = { "you@example.net", NULL };
  EngineClient *client;
  EngineAnswer answer = { 0 };
  int ends[2];

  engine_fixture_start (f, NULL);
  client = engine_client_new (f);
  engine_client_expect (client, "EHLO me", "250");
  engine_client_expect (client, "MAIL FROM:<me@example.com>", "250");
  engine_client_expect (client, "RCPT TO:<you@example.net>", "250");
  engine_client_expect (client, "DATA", "354");
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (client->connection)), "one\0two\r\n", 9, NULL,
                             NULL, NULL);
  engine_client_expect (client, ".", "554 5.6.0");
  engine_client_free (client);
  expect_refusal (f, "nul");
  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (write (ends[1], text, sizeof text - 1), ==, sizeof text - 1);
  close (ends[1]);
  mr_engine_submit (f->engine, ends[0], "me@example.com", recipients, "test", submitted_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_REFUSED);
  g_assert_cmpuint (engine_outbox_size (f), ==, 0);
}

static void
test_sessions_are_bounded (EngineFixture *f, gconstpointer data)
{
  EngineClient *clients[2];
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autofree char *host = NULL;

  engine_fixture_start (f, "[submission]\nmax-sessions-per-peer=2\n");
  for (guint i = 0; i < 2; i++)
    clients[i] = engine_client_new (f);
  host = g_strdup_printf ("127.0.0.1:%u", engine_listen_port (f));
  g_autoptr (GSocketConnection) third = g_socket_client_connect_to_host (connector, host, 25, NULL, NULL);
  EngineClient turned_away = { third, g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (third))) };
  engine_client_expect (&turned_away, NULL, "421");
  g_object_unref (turned_away.input);
  engine_client_expect (clients[0], "QUIT", "221");
  g_assert_null (engine_client_say (clients[0], NULL));
  clients[0] = (engine_client_free (clients[0]), engine_client_new (f));
  for (guint i = 0; i < 2; i++)
    engine_client_free (clients[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/submission/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("programs", test_programs);
  ADD ("auth-needed", test_auth_needed);
  ADD ("allow-uid", test_allow_uid);
  ADD ("bare-cr-is-told", test_bare_cr_is_told);
  ADD ("nul", test_nul);
  ADD ("loop", test_loop);
  ADD ("maildrop", test_maildrop);
  g_test_add_func ("/engine/submission/maildrop-file", test_maildrop_file);
  ADD ("sessions-are-bounded", test_sessions_are_bounded);
  return g_test_run ();
}

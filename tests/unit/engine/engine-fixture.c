/* Waiting calls over the asynchronous engine. */
#include "engine-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fake-network.h"

static const char usual[] = "[submission]\nlisten=127.0.0.1:0\n"
                            "[secrets]\nbackend=memory\n"
                            "[retry]\njitter-percent=0\n"
                            "[log]\nlevel=error\n"
                            "[store]\nmin-free-mib=1\n";

static char *
below (EngineFixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

void
engine_fixture_set_up (EngineFixture *fixture, gconstpointer data)
{
  MrPaths *paths = g_new0 (MrPaths, 1);

  static gboolean installed;

  if (!installed)
    fake_network_install ();
  installed = TRUE;
  fake_network_set (TRUE);
  fixture->folder = g_dir_make_tmp ("engine-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  paths->state_dir = below (fixture, "state");
  paths->config_dir = below (fixture, "config");
  paths->config_file = below (fixture, "config/mail-relay.conf");
  paths->runtime_dir = below (fixture, "run");
  paths->bus_socket = below (fixture, "run/bus");
  paths->store_file = below (fixture, "state/queue.sqlite");
  paths->lock_file = below (fixture, "state/lock");
  paths->tls_dir = below (fixture, "state/tls");
  paths->secrets_file = below (fixture, "state/secrets");
  paths->maildrop_dir = below (fixture, "state/maildrop");
  fixture->paths = paths;
  fixture->clock = mr_clock_new_fake (START);
  fixture->peer = smtp_peer_new ();
  mr_log_set_level (MR_LOG_ERROR);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_tree (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
engine_fixture_tear_down (EngineFixture *fixture, gconstpointer data)
{
  if (fixture->engine != NULL)
    engine_fixture_stop (fixture, 0);
  smtp_peer_free (fixture->peer);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  mr_paths_free (fixture->paths);
  mr_clock_unref (fixture->clock);
}

void
engine_fixture_write_config (EngineFixture *fixture, const char *extra)
{
  g_autofree char *port = g_strdup_printf ("%u", fixture->peer->port);
  g_auto (GStrv) parts = g_strsplit (extra != NULL ? extra : "", "%u", -1);
  g_autofree char *filled = g_strjoinv (port, parts);
  g_autofree char *text = g_strconcat (usual, filled, NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (fixture->paths->config_dir, 0700);
  g_file_set_contents (fixture->paths->config_file, text, -1, &error);
  g_assert_no_error (error);
}

static void
changed_cb (MrEngine *engine, MrChanged what, guint64 revision, gpointer data)
{
  EngineFixture *fixture = data;

  fixture->changed |= what;
  fixture->revision++;
}

static void
start (EngineFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->engine = mr_engine_new (fixture->paths, fixture->clock);
  mr_engine_set_changed_func (fixture->engine, changed_cb, fixture);
  mr_engine_start (fixture->engine, &error);
  g_assert_no_error (error);
}

void
engine_fixture_start (EngineFixture *fixture, const char *extra)
{
  engine_fixture_write_config (fixture, extra);
  start (fixture);
}

void
engine_fixture_start_simple (EngineFixture *fixture)
{
  engine_fixture_start (fixture, ACCOUNT_MAIN "[delivery]\nidle-keep=0\n");
}

void
engine_fixture_stop (EngineFixture *fixture, guint grace_ms)
{
  EngineAnswer answer = { 0 };

  mr_engine_stop (fixture->engine, grace_ms, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_clear_pointer (&fixture->engine, mr_engine_free);
}

void
engine_fixture_restart (EngineFixture *fixture)
{
  engine_fixture_stop (fixture, 0);
  start (fixture);
}

void
engine_fixture_advance (EngineFixture *fixture, gint64 seconds)
{
  const char *none[] = { NULL };
  EngineAnswer answer = { 0 };

  mr_clock_advance (fixture->clock, seconds * G_USEC_PER_SEC);
  /* An action on nothing makes the scheduler look what is due. */
  mr_engine_retry (fixture->engine, none, engine_count_cb, &answer);
  engine_answer_ok (&answer);
}

/* ---- answers ---- */

void
engine_done_cb (const GError *error, gpointer data)
{
  EngineAnswer *answer = data;

  g_assert_false (answer->done);
  answer->done = TRUE;
  answer->error = error != NULL ? g_error_copy (error) : NULL;
}

void
engine_count_cb (guint count, const GError *error, gpointer data)
{
  ((EngineAnswer *)data)->count = count;
  engine_done_cb (error, data);
}

gint
engine_answer_code (EngineAnswer *answer)
{
  gint code;

  wait_for (answer->done);
  code = answer->error != NULL ? answer->error->code : -1;
  g_clear_error (&answer->error);
  *answer = (EngineAnswer){ 0 };
  return code;
}

guint
engine_answer_count (EngineAnswer *answer)
{
  guint count;

  wait_for (answer->done);
  g_assert_no_error (answer->error);
  count = answer->count;
  *answer = (EngineAnswer){ 0 };
  return count;
}

void
engine_answer_ok (EngineAnswer *answer)
{
  engine_answer_count (answer);
}

guint
engine_act (EngineFixture *fixture, EngineAction action, const char *id)
{
  const char *ids[] = { id, NULL };
  EngineAnswer answer = { 0 };

  action (fixture->engine, ids, engine_count_cb, &answer);
  return engine_answer_count (&answer);
}

/* ---- messages ---- */

typedef struct {
  gboolean done;
  char *id;
  GError *error;
} Submitted;

static void
submitted_cb (const char *id, const GError *error, gpointer data)
{
  Submitted *s = data;

  s->done = TRUE;
  s->id = g_strdup (id);
  s->error = error != NULL ? g_error_copy (error) : NULL;
}

char *
engine_submit_text (EngineFixture *fixture, const char *from, const char *recipients, const char *text, GError **error)
{
  g_auto (GStrv) list = g_strsplit (recipients, ",", -1);
  g_autofree char *path = below (fixture, "message");
  g_autoptr (GError) local = NULL;
  Submitted s = { 0 };
  int fd;

  g_file_set_contents (path, text, -1, &local);
  g_assert_no_error (local);
  fd = g_open (path, 0, 0);
  g_assert_cmpint (fd, >=, 0);
  mr_engine_submit (fixture->engine, fd, from, (const char *const *)list, "test", submitted_cb, &s);
  wait_for (s.done);
  if (s.error != NULL)
    g_propagate_error (error, s.error);
  return s.id;
}

char *
engine_submit (EngineFixture *fixture, const char *from, const char *recipients)
{
  g_autofree char *text = g_strdup_printf ("From: <%s>\nTo: you@example.net\nSubject: a test\n\nHello.\n", from);
  g_autoptr (GError) error = NULL;
  char *id = engine_submit_text (fixture, from, recipients, text, &error);

  g_assert_no_error (error);
  return id;
}

typedef struct {
  gboolean done;
  MrMessageRecord *message;
  guint n_attempts;
  char *transcript;
} Got;

static void
got_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  Got *got = data;

  g_assert_no_error (error);
  got->done = TRUE;
  got->message = mr_message_record_copy (message);
  got->n_attempts = attempts->len;
  if (attempts->len > 0)
    got->transcript = g_strdup (((MrAttemptRecord *)g_ptr_array_index (attempts, attempts->len - 1))->transcript);
}

MrMessageRecord *
engine_get_full (EngineFixture *fixture, const char *id, guint *ret_attempts, char **ret_transcript)
{
  Got got = { 0 };

  mr_engine_get_message (fixture->engine, id, got_cb, &got);
  wait_for (got.done);
  if (ret_attempts != NULL)
    *ret_attempts = got.n_attempts;
  if (ret_transcript != NULL)
    *ret_transcript = got.transcript;
  else
    g_free (got.transcript);
  return got.message;
}

MrMessageRecord *
engine_get (EngineFixture *fixture, const char *id)
{
  return engine_get_full (fixture, id, NULL, NULL);
}

const MrRecipientRecord *
engine_recipient (const MrMessageRecord *message, guint n)
{
  g_assert_cmpuint (n, <, message->recipients->len);
  return g_ptr_array_index (message->recipients, n);
}

MrRecipientState
engine_state (EngineFixture *fixture, const char *id, guint n)
{
  g_autoptr (MrMessageRecord) message = engine_get (fixture, id);

  return engine_recipient (message, n)->state;
}

void
engine_wait_revision (EngineFixture *fixture, guint64 revision)
{
  wait_for (fixture->revision > revision);
}

typedef gboolean (*Condition) (const MrMessageRecord *message, guint n, guint value);

static MrMessageRecord *
wait_message (EngineFixture *fixture, const char *id, Condition condition, guint n, guint value)
{
  for (;;) {
    guint64 revision = fixture->revision;
    g_autoptr (MrMessageRecord) message = engine_get (fixture, id);

    if (condition (message, n, value))
      return g_steal_pointer (&message);
    engine_wait_revision (fixture, revision);
  }
}

static gboolean
has_state (const MrMessageRecord *message, guint n, guint value)
{
  return engine_recipient (message, n)->state == value;
}

static gboolean
has_attempts (const MrMessageRecord *message, guint n, guint value)
{
  return engine_recipient (message, n)->attempts >= value;
}

static gboolean
has_reason (const MrMessageRecord *message, guint n, guint value)
{
  return engine_recipient (message, n)->wait_reason == value;
}

static gboolean
has_hold (const MrMessageRecord *message, guint n, guint value)
{
  return message->hold == value;
}

MrMessageRecord *
engine_wait_state (EngineFixture *fixture, const char *id, guint n, MrRecipientState state)
{
  return wait_message (fixture, id, has_state, n, state);
}

MrMessageRecord *
engine_wait_attempts (EngineFixture *fixture, const char *id, guint n, guint attempts)
{
  return wait_message (fixture, id, has_attempts, n, attempts);
}

MrMessageRecord *
engine_wait_reason (EngineFixture *fixture, const char *id, guint n, MrWaitReason reason)
{
  return wait_message (fixture, id, has_reason, n, reason);
}

MrMessageRecord *
engine_wait_hold (EngineFixture *fixture, const char *id, MrHoldReason hold)
{
  return wait_message (fixture, id, has_hold, 0, hold);
}

typedef struct {
  gboolean done;
  guint64 total;
} Listed;

static void
listed_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  Listed *listed = data;

  g_assert_no_error (error);
  listed->done = TRUE;
  listed->total = total;
}

guint
engine_outbox_size (EngineFixture *fixture)
{
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1 };

  return engine_count_list (fixture, &filter);
}

guint
engine_count_list (EngineFixture *fixture, const MrListFilter *filter)
{
  Listed listed = { 0 };

  mr_engine_list (fixture->engine, filter, NULL, 10, listed_cb, &listed);
  wait_for (listed.done);
  return (guint)listed.total;
}

/* ---- accounts ---- */

typedef struct {
  gboolean done;
  const char *id;
  MrAccountRecord *record;
} FoundAccount;

static void
accounts_cb (GPtrArray *records, const GError *error, gpointer data)
{
  FoundAccount *found = data;

  g_assert_no_error (error);
  found->done = TRUE;
  for (guint i = 0; i < records->len; i++) {
    const MrAccountRecord *record = g_ptr_array_index (records, i);

    if (strcmp (record->id, found->id) == 0)
      found->record = mr_account_record_copy (record);
  }
}

MrAccountRecord *
engine_account (EngineFixture *fixture, const char *id)
{
  FoundAccount found = { .id = id };

  mr_engine_list_accounts (fixture->engine, accounts_cb, &found);
  wait_for (found.done);
  return found.record;
}

void
engine_wait_account (EngineFixture *fixture, const char *id, MrAccountState state)
{
  for (;;) {
    guint64 revision = fixture->revision;
    g_autoptr (MrAccountRecord) record = engine_account (fixture, id);

    if (record != NULL && record->state == state)
      return;
    engine_wait_revision (fixture, revision);
  }
}

/* ---- a client ---- */

typedef struct {
  gboolean done;
  guint16 port;
} Port;

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  Port *port = data;
  const MrListenerStatus *listener;

  g_assert_no_error (error);
  g_assert_cmpuint (status->listeners->len, >=, 1);
  listener = g_ptr_array_index (status->listeners, 0);
  g_assert_null (listener->error);
  port->port = (guint16)atoi (strrchr (listener->address, ':') + 1);
  port->done = TRUE;
}

guint16
engine_listen_port (EngineFixture *fixture)
{
  Port port = { 0 };

  mr_engine_get_status (fixture->engine, status_cb, &port);
  wait_for (port.done);
  return port.port;
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

EngineClient *
engine_client_new (EngineFixture *fixture)
{
  EngineClient *client = g_new0 (EngineClient, 1);
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = g_strdup_printf ("127.0.0.1:%u", engine_listen_port (fixture));

  g_socket_client_connect_to_host_async (connector, host, 25, NULL, result_cb, &result);
  wait_for (result != NULL);
  client->connection = g_socket_client_connect_to_host_finish (connector, result, &error);
  g_assert_no_error (error);
  client->input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (client->connection)));
  g_data_input_stream_set_newline_type (client->input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  engine_client_expect (client, NULL, "220");
  return client;
}

void
engine_client_free (EngineClient *client)
{
  g_object_unref (client->input);
  g_io_stream_close (G_IO_STREAM (client->connection), NULL, NULL);
  g_object_unref (client->connection);
  g_free (client);
}

char *
engine_client_say (EngineClient *client, const char *text)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (client->connection));

  if (text != NULL) {
    g_output_stream_write_all (output, text, strlen (text), NULL, NULL, NULL);
    g_output_stream_write_all (output, "\r\n", 2, NULL, NULL, NULL);
  }
  for (;;) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *line = NULL;

    g_data_input_stream_read_line_async (client->input, G_PRIORITY_DEFAULT, NULL, result_cb, &result);
    wait_for (result != NULL);
    line = g_data_input_stream_read_line_finish (client->input, result, NULL, NULL);
    if (line == NULL || strlen (line) < 4 || line[3] != '-')
      return g_steal_pointer (&line);
  }
}

void
engine_client_expect (EngineClient *client, const char *text, const char *reply_begins_with)
{
  g_autofree char *reply = engine_client_say (client, text);

  g_assert_nonnull (reply);
  if (!g_str_has_prefix (reply, reply_begins_with))
    g_error ("“%s” was answered “%s”, not “%s”", text, reply, reply_begins_with);
}

/* The configuration: set and get, a broken file, a taken port, where passwords are kept. */
#include "engine-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/configuration.h"

typedef struct {
  gboolean done, paused;
  char *error, *listener_error, *backend;
  guint n_accounts;
} Status;

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  Status *s = data;
  const MrListenerStatus *listener = g_ptr_array_index (status->listeners, 0);

  s->done = TRUE;
  s->paused = status->paused;
  s->error = g_strdup (status->config_error);
  s->listener_error = g_strdup (listener->error);
  s->backend = g_strdup (status->secrets_backend);
  s->n_accounts = status->n_accounts;
}

static void
status_get (EngineFixture *f, Status *s)
{
  mr_engine_get_status (f->engine, status_cb, s);
  wait_for (s->done);
}

static void
status_clear (Status *s)
{
  g_free (s->error);
  g_free (s->listener_error);
  g_free (s->backend);
  *s = (Status){ 0 };
}

static gint
set (EngineFixture *f, const char *group, const char *key, const char *value)
{
  EngineAnswer answer = { 0 };

  mr_engine_set_config (f->engine, group, key, value, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static gint
reset (EngineFixture *f, const char *group, const char *key)
{
  EngineAnswer answer = { 0 };

  mr_engine_reset_config (f->engine, group, key, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

/* The key goes from the file, and with it the value. */
static void
test_reset (EngineFixture *f, gconstpointer data)
{
  g_autofree char *value = NULL, *text = NULL;

  engine_fixture_start (f, "# a comment that stays\n");
  g_assert_cmpint (set (f, "retry", "first", "90"), ==, -1);
  g_assert_cmpint (reset (f, "retry", "first"), ==, -1);
  g_assert_cmpint (reset (f, "retry", "factor-percent"), ==, -1); /* stands nowhere */
  g_assert_cmpint (reset (f, "retry", "second"), ==, MR_ERROR_INVALID);
  value = mr_engine_dup_config (f->engine, "retry", "first", NULL);
  g_assert_cmpstr (value, ==, mr_config_find_key ("retry", "first")->def);
  g_assert_true (g_file_get_contents (f->paths->config_file, &text, NULL, NULL));
  g_assert_null (strstr (text, "first="));
  g_assert_nonnull (strstr (text, "# a comment that stays\n"));
}

static void
test_set_and_get (EngineFixture *f, gconstpointer data)
{
  g_autofree char *value = NULL, *text = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_start (f, "# a comment that stays\n");
  g_assert_cmpint (set (f, "retry", "first", "90"), ==, -1);
  value = mr_engine_dup_config (f->engine, "retry", "first", NULL);
  g_assert_cmpstr (value, ==, "90");
  g_assert_cmpint (set (f, "retry", "first", "soon"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (set (f, "retry", "first", "-1"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (set (f, "retry", "second", "1"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (set (f, "nothing", "first", "1"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (set (f, "account a", "name", "two\nlines"), ==, MR_ERROR_INVALID);
  g_assert_null (mr_engine_dup_config (f->engine, "retry", "second", &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_assert_true (g_file_get_contents (f->paths->config_file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "# a comment that stays\n"));
  g_assert_nonnull (strstr (text, "first=90\n"));
  g_assert_true (f->changed & MR_CHANGED_CONFIG || f->revision == 0);
}

static void
wait_error (EngineFixture *f, gboolean wanted)
{
  for (;;) {
    guint64 revision = f->revision;
    Status s = { 0 };
    gboolean is;

    status_get (f, &s);
    is = s.error != NULL;
    status_clear (&s);
    if (is == wanted)
      return;
    engine_wait_revision (f, revision);
  }
}

static void
test_broken_file (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *text = NULL;
  Status s = { 0 };

  engine_fixture_start_simple (f);
  engine_fixture_write_config (f, "[retry]\nfirst=soon\n");
  wait_error (f, TRUE);
  status_get (f, &s);
  g_assert_nonnull (strstr (s.error, "mail-relay.conf:"));
  g_assert_cmpuint (s.n_accounts, ==, 1); /* the last good one is in force */
  status_clear (&s);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  /* Nothing of a person's work is overwritten. */
  g_assert_cmpint (set (f, "general", "paused", "true"), ==, MR_ERROR_INVALID);
  g_assert_true (g_file_get_contents (f->paths->config_file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "first=soon"));
  engine_fixture_write_config (f, ACCOUNT_MAIN);
  wait_error (f, FALSE);
  g_assert_cmpint (set (f, "general", "paused", "true"), ==, -1);
}

/* A file that cannot be read for a while is no reason to refuse changes for ever. */
static void
test_unreadable_file (EngineFixture *f, gconstpointer data)
{
  g_autofree char *kept = g_strconcat (f->paths->config_file, ".kept", NULL);

  engine_fixture_start_simple (f);
  g_assert_cmpint (g_rename (f->paths->config_file, kept), ==, 0);
  g_assert_cmpint (g_mkdir (f->paths->config_file, 0700), ==, 0);
  g_assert_cmpint (set (f, "general", "paused", "true"), !=, -1);
  wait_error (f, TRUE);
  g_assert_cmpint (g_rmdir (f->paths->config_file), ==, 0);
  g_assert_cmpint (g_rename (kept, f->paths->config_file), ==, 0);
  wait_error (f, FALSE);
  g_assert_cmpint (set (f, "general", "paused", "true"), ==, -1);
}

/* Without an engine, because the defaults would listen at a fixed port. */
static void
test_broken_at_start (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrConfiguration) configuration = NULL;

  engine_fixture_write_config (f, "[nonsense\n");
  configuration = mr_configuration_new (f->paths->config_file, NULL, NULL);
  g_assert_nonnull (mr_configuration_get_error (configuration));
  g_assert_cmpint (mr_config_get_integer (mr_configuration_get (configuration), "retry", "first"), ==, 60);
}

static void
test_taken_port (EngineFixture *f, gconstpointer data)
{
  Status s = { 0 };
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", f->peer->port);

  engine_fixture_start (f, NULL);
  g_assert_cmpint (set (f, "submission", "listen", listen), ==, -1);
  status_get (f, &s);
  g_assert_nonnull (s.listener_error);
  status_clear (&s);
  g_assert_cmpint (set (f, "submission", "listen", "127.0.0.1:0"), ==, -1);
  status_get (f, &s);
  g_assert_null (s.listener_error);
  status_clear (&s);
  engine_client_free (engine_client_new (f));
}

/* A log-in waits for its password while the place of passwords changes: it asks the new one. */
static void
test_secrets_backend (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrSecret) secret = mr_secret_new ("secret", 6);
  g_autofree char *id = NULL;
  EngineAnswer answer = { 0 };
  Status s = { 0 };

  engine_fixture_start (f, ACCOUNT_LOGIN);
  id = engine_submit (f, "me@example.com", "you@example.net");
  wait_for (smtp_peer_count (f->peer, "EHLO") == 1);
  mr_engine_set_secrets_backend (f->engine, "nowhere", engine_done_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_INVALID);
  mr_engine_set_secrets_backend (f->engine, "file", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  status_get (f, &s);
  g_assert_cmpstr (s.backend, ==, "file");
  status_clear (&s);
  mr_engine_set_password (f->engine, "main", secret, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  engine_fixture_restart (f);
  g_autofree char *second = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/config/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("set-and-get", test_set_and_get);
  ADD ("reset", test_reset);
  ADD ("broken-file", test_broken_file);
  ADD ("unreadable-file", test_unreadable_file);
  ADD ("broken-at-start", test_broken_at_start);
  ADD ("taken-port", test_taken_port);
  ADD ("secrets-backend", test_secrets_backend);
  return g_test_run ();
}

/* No public call of the engine calls back inside itself, and each calls back once: with what is right and with what is wrong. */
#include "engine-fixture.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char unknown[] = "0123456789ABCDEF";
static const char *const unknown_ids[] = { unknown, NULL };
static const char *const bad_ids[] = { "no id", NULL };
static const char *const no_ids[] = { NULL };

typedef struct {
  gboolean inside;
  guint answers;
} Watch;

static void
answered (gpointer data)
{
  Watch *watch = data;

  g_assert_false (watch->inside);
  watch->answers++;
}

static void
done_cb (const GError *error, gpointer data)
{
  answered (data);
}

static void
count_cb (guint count, const GError *error, gpointer data)
{
  answered (data);
}

static void
records_cb (GPtrArray *records, const GError *error, gpointer data)
{
  answered (data);
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  answered (data);
}

static void
ids_cb (const char *const *ids, const GError *error, gpointer data)
{
  answered (data);
}

static void
message_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  answered (data);
}

static void
bytes_cb (GBytes *bytes, const GError *error, gpointer data)
{
  answered (data);
}

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  answered (data);
}

static void
submit_cb (const char *id, const GError *error, gpointer data)
{
  answered (data);
}

static void
password_cb (const char *id, MrSecret *password, const GError *error, gpointer data)
{
  answered (data);
}

static void
test_cb (gboolean ok, const char *transcript, const GError *error, gpointer data)
{
  answered (data);
}

static void
step_cb (const MrTestStep *step, gpointer data)
{
}

/* Calls, and waits for the one answer; a second one would come while the loop turns on. */
#define ASK(call)                                                                                                      \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    Watch watch = { .inside = TRUE };                                                                                  \
    Watch *w = &watch;                                                                                                 \
    call;                                                                                                              \
    watch.inside = FALSE;                                                                                              \
    wait_for (watch.answers > 0);                                                                                      \
    while (g_main_context_iteration (NULL, FALSE))                                                                     \
      ;                                                                                                                \
    g_assert_cmpuint (watch.answers, ==, 1);                                                                           \
  }                                                                                                                    \
  G_STMT_END

static void
test_views (EngineFixture *f, gconstpointer data)
{
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1 };

  engine_fixture_start_simple (f);
  ASK (mr_engine_get_status (f->engine, status_cb, w));
  ASK (mr_engine_list (f->engine, &filter, NULL, 10, list_cb, w));
  ASK (mr_engine_list_ids (f->engine, &filter, ids_cb, w));
  ASK (mr_engine_get_message (f->engine, unknown, message_cb, w));
  ASK (mr_engine_get_body (f->engine, unknown, bytes_cb, w));
  ASK (mr_engine_list_accounts (f->engine, records_cb, w));
  ASK (mr_engine_list_programs (f->engine, records_cb, w));
  ASK (mr_engine_list_refusals (f->engine, records_cb, w));
}

static void
test_messages (EngineFixture *f, gconstpointer data)
{
  static const EngineAction actions[] = { mr_engine_retry, mr_engine_hold, mr_engine_release, mr_engine_cancel,
                                          mr_engine_delete };
  static const char *const *const ids[] = { NULL, no_ids, bad_ids, unknown_ids };
  const char *good[] = { "you@example.net", NULL };

  engine_fixture_start_simple (f);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    for (guint k = 0; k < G_N_ELEMENTS (ids); k++)
      ASK (actions[i](f->engine, ids[k], count_cb, w));
  ASK (mr_engine_mark_delivered (f->engine, "no id", 0, count_cb, w));
  ASK (mr_engine_mark_delivered (f->engine, unknown, 0, count_cb, w));
  ASK (mr_engine_send_through (f->engine, unknown, "nobody", FALSE, count_cb, w));
  ASK (mr_engine_send_through (f->engine, "no id", "main", FALSE, count_cb, w));
  ASK (mr_engine_send_through (f->engine, unknown, "main", TRUE, count_cb, w));
  ASK (mr_engine_submit (f->engine, open ("/dev/null", O_RDONLY), "me@example.com", no_ids, "test", submit_cb, w));
  ASK (mr_engine_submit (f->engine, open ("/dev/null", O_RDONLY), "me@example.com", good, "test", submit_cb, w));
}

static void
test_accounts (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) record = NULL;
  g_autoptr (MrAccountRecord) bad = NULL;
  g_autoptr (MrSecret) secret = mr_secret_new ("x", 1);

  engine_fixture_start (f, ACCOUNT_LOGIN);
  record = engine_account (f, "main");
  bad = mr_account_record_copy (record);
  g_free (bad->host);
  bad->host = g_strdup ("");
  ASK (mr_engine_add_account (f->engine, bad, NULL, done_cb, w));
  ASK (mr_engine_add_account (f->engine, record, NULL, done_cb, w));
  ASK (mr_engine_update_account (f->engine, bad, done_cb, w));
  ASK (mr_engine_update_account (f->engine, record, done_cb, w));
  g_free (record->id);
  record->id = g_strdup ("second");
  ASK (mr_engine_update_account (f->engine, record, done_cb, w));
  ASK (mr_engine_add_account (f->engine, record, NULL, done_cb, w));
  ASK (mr_engine_set_default_account (f->engine, "nobody", done_cb, w));
  ASK (mr_engine_set_default_account (f->engine, "second", done_cb, w));
  ASK (mr_engine_set_password (f->engine, "nobody", secret, done_cb, w));
  ASK (mr_engine_set_password (f->engine, "second", secret, done_cb, w));
  ASK (mr_engine_test_account (f->engine, bad, NULL, step_cb, test_cb, w));
  ASK (mr_engine_test_account (f->engine, record, secret, step_cb, test_cb, w));
  ASK (mr_engine_remove_account (f->engine, "nobody", NULL, done_cb, w));
  ASK (mr_engine_remove_account (f->engine, "second", "second", done_cb, w));
  ASK (mr_engine_remove_account (f->engine, "second", "main", done_cb, w));
  ASK (mr_engine_remove_account (f->engine, "main", NULL, done_cb, w));
}

static void
test_settings (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start_simple (f);
  ASK (mr_engine_add_program (f->engine, "", password_cb, w));
  ASK (mr_engine_add_program (f->engine, "Scanner", password_cb, w));
  ASK (mr_engine_remove_program (f->engine, "nobody", done_cb, w));
  ASK (mr_engine_remove_program (f->engine, "scanner", done_cb, w));
  ASK (mr_engine_allow_uid (f->engine, -1, TRUE, done_cb, w));
  ASK (mr_engine_allow_uid (f->engine, 1234, TRUE, done_cb, w));
  ASK (mr_engine_clear_refusals (f->engine, done_cb, w));
  ASK (mr_engine_set_config (f->engine, "retry", "nothing", "1", done_cb, w));
  ASK (mr_engine_set_config (f->engine, "retry", "first", "later", done_cb, w));
  ASK (mr_engine_set_config (f->engine, "retry", "first", "90", done_cb, w));
  ASK (mr_engine_set_secrets_backend (f->engine, "paper", done_cb, w));
  ASK (mr_engine_set_paused (f->engine, TRUE, done_cb, w));
  ASK (mr_engine_stop (f->engine, 0, done_cb, w));
  g_clear_pointer (&f->engine, mr_engine_free);
}

#define ADD(path, function)                                                                                            \
  g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/answers/views", test_views);
  ADD ("/engine/answers/messages", test_messages);
  ADD ("/engine/answers/accounts", test_accounts);
  ADD ("/engine/answers/settings", test_settings);
  return g_test_run ();
}

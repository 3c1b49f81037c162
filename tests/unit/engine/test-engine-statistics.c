/* Statistics of the running engine: slots of the time zone, providers, who takes less than before, complaints, the audit log. */
#include "engine-fixture.h"

#include <mailrelay/engine-reports.h>
#include <mailrelay/engine-statistics.h>
#include <string.h>

typedef struct {
  gboolean done;
  guint n_times;
  MrStatisticRecord last; /* of the slots */
  guint64 delivered;      /* of all slots */
  guint n_rows;
  char *first;
  MrStatisticRecord row; /* the first */
} Answer;

static void
statistics_cb (GPtrArray *times, GPtrArray *rows, const GError *error, gpointer data)
{
  Answer *answer = data;

  g_assert_no_error (error);
  for (guint i = 0; i < times->len; i++) {
    const MrStatisticRecord *slot = times->pdata[i];
    g_assert_true (i == 0 || slot->time > answer->last.time);
    answer->last = *slot;
    answer->delivered += slot->counts[MR_COUNT_DELIVERED];
  }
  answer->n_times = times->len;
  answer->n_rows = rows->len;
  if (rows->len > 0) {
    answer->row = *(MrStatisticRecord *)rows->pdata[0];
    answer->first = g_strdup (answer->row.name);
  }
  answer->done = TRUE;
}

static Answer
ask (EngineFixture *f, MrSpan span, MrStatisticKind kind, const char *name)
{
  Answer answer = { 0 };

  mr_engine_get_statistics (f->engine, span, kind, name, statistics_cb, &answer);
  wait_for (answer.done);
  return answer;
}

static char *
deliver (EngineFixture *f, const char *recipients, MrRecipientState state)
{
  char *id = engine_submit (f, "me@example.com", recipients);

  mr_message_record_free (engine_wait_state (f, id, 0, state));
  return id;
}

static void
test_spans (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start_simple (f);
  g_free (deliver (f, "lou@example.net", MR_RECIPIENT_DELIVERED));
  engine_fixture_advance (f, 3 * 3600);
  g_free (deliver (f, "kim@example.org", MR_RECIPIENT_DELIVERED));
  Answer day = ask (f, MR_SPAN_DAY, MR_STATISTIC_ALL, NULL);
  Answer month = ask (f, MR_SPAN_MONTH, MR_STATISTIC_ALL, NULL);
  Answer year = ask (f, MR_SPAN_YEAR, MR_STATISTIC_ALL, NULL);
  g_assert_cmpuint (day.n_times, ==, 24);
  g_assert_cmpuint (month.n_times, ==, 30);
  g_assert_cmpuint (year.n_times, ==, 12);
  g_assert_cmpuint (day.n_rows, ==, 0);
  g_assert_cmpuint (day.delivered, ==, 2);
  g_assert_cmpuint (day.last.counts[MR_COUNT_DELIVERED], ==, 1);
  g_assert_cmpuint (month.delivered, ==, 2);
  g_assert_cmpuint (year.last.counts[MR_COUNT_DELIVERED], ==, 2);
  Answer domain = ask (f, MR_SPAN_DAY, MR_STATISTIC_DOMAIN, "example.org");
  g_assert_cmpuint (domain.n_rows, ==, 2);
  g_assert_cmpuint (domain.delivered, ==, 1);
  g_free (domain.first);
}

/* Two domains of one provider are one row, under its name. */
static void
test_providers (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start_simple (f);
  g_free (deliver (f, "lou@gmail.com", MR_RECIPIENT_DELIVERED));
  g_free (deliver (f, "kim@googlemail.com", MR_RECIPIENT_DELIVERED));
  Answer answer = ask (f, MR_SPAN_DAY, MR_STATISTIC_PROVIDER, NULL);

  g_assert_cmpuint (answer.n_rows, ==, 1);
  g_assert_cmpstr (answer.first, ==, "Gmail");
  g_assert_cmpuint (answer.row.counts[MR_COUNT_DELIVERED], ==, 2);
  g_free (answer.first);
}

typedef struct {
  gboolean done;
  guint n;
  char *name;
} Listed;

static void
falling_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  Listed *listed = data;

  g_assert_no_error (error);
  listed->n = rows->len;
  if (rows->len > 0)
    listed->name = g_strdup (((MrStatisticRecord *)rows->pdata[0])->name);
  listed->done = TRUE;
}

static void
test_falling (EngineFixture *f, gconstpointer data)
{
  Listed before = { 0 }, after = { 0 };

  engine_fixture_start_simple (f);
  for (guint i = 0; i < 25; i++)
    g_free (deliver (f, "lou@gmail.com", MR_RECIPIENT_DELIVERED));
  mr_engine_list_falling (f->engine, falling_cb, &before);
  wait_for (before.done);
  g_assert_cmpuint (before.n, ==, 0);
  engine_fixture_advance (f, 2 * 86400);
  smtp_peer_reply (f->peer, "RCPT", "550 5.1.1 no such user", 25);
  for (guint i = 0; i < 25; i++)
    g_free (deliver (f, "lou@gmail.com", MR_RECIPIENT_FAILED));
  mr_engine_list_falling (f->engine, falling_cb, &after);
  wait_for (after.done);
  g_assert_cmpuint (after.n, ==, 1);
  g_assert_cmpstr (after.name, ==, "Gmail");
  Answer rows = ask (f, MR_SPAN_DAY, MR_STATISTIC_PROVIDER, NULL);
  g_assert_true (rows.row.falling);
  g_free (after.name);
  g_free (rows.first);
}

static void
linked_cb (const char *id, guint recipient, const GError *error, gpointer data)
{
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static void
test_complaint (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start_simple (f);
  g_autofree char *id = deliver (f, "lou@example.net", MR_RECIPIENT_DELIVERED);
  for (guint i = 0; i < 2; i++) {
    MrReportLink report = { .queue_id = id, .complaint = TRUE };
    gboolean done = FALSE;

    mr_engine_link_report (f->engine, &report, linked_cb, &done);
    wait_for (done);
  }
  Answer answer = ask (f, MR_SPAN_DAY, MR_STATISTIC_ACCOUNT, NULL);
  g_assert_cmpstr (answer.first, ==, "main");
  g_assert_cmpuint (answer.row.counts[MR_COUNT_COMPLAINTS], ==, 1);
  g_assert_cmpuint (answer.row.counts[MR_COUNT_RETURNED], ==, 0);
  g_free (answer.first);
}

typedef struct {
  gboolean done;
  guint n;
  MrAuditRecord *first, *last;
} Lines;

static void
audit_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  Lines *lines = data;

  g_assert_no_error (error);
  lines->n = rows->len;
  if (rows->len > 0)
    lines->first = g_steal_pointer (&rows->pdata[0]);
  if (rows->len > 1)
    lines->last = g_steal_pointer (&rows->pdata[rows->len - 1]);
  lines->done = TRUE;
}

/* Switched on while it runs; who it was comes with it. */
static void
test_audit (EngineFixture *f, gconstpointer data)
{
  EngineAnswer answer = { 0 };
  Lines lines = { 0 };

  engine_fixture_start_simple (f);
  g_free (deliver (f, "lou@example.net", MR_RECIPIENT_DELIVERED));
  mr_engine_set_config (f->engine, "audit", "enabled", "true", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_autofree char *id = deliver (f, "kim@example.net", MR_RECIPIENT_DELIVERED);
  mr_engine_list_audit (f->engine, 0, 0, 100, audit_cb, &lines);
  wait_for (lines.done);
  g_assert_cmpuint (lines.n, ==, 2);
  g_assert_cmpstr (lines.first->message, ==, id);
  g_assert_cmpstr (lines.first->recipients, ==, "kim@example.net");
  g_assert_cmpstr (lines.first->reverse_path, ==, "me@example.com");
  g_assert_null (lines.first->subject);
  g_assert_false (lines.last->submitted);
  g_assert_cmpint (lines.last->state, ==, MR_RECIPIENT_DELIVERED);
  g_assert_cmpstr (lines.last->account, ==, "main");
  mr_audit_record_free (lines.first);
  mr_audit_record_free (lines.last);
}

#define ADD(path, function)                                                                                            \
  g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/statistics/spans", test_spans);
  ADD ("/engine/statistics/providers", test_providers);
  ADD ("/engine/statistics/falling", test_falling);
  ADD ("/engine/statistics/complaint", test_complaint);
  ADD ("/engine/statistics/audit", test_audit);
  return g_test_run ();
}

/* What comes back: reports that a person opened, and addresses that are never written to. */
#include "engine-fixture.h"

#include <mailrelay/engine-reports.h>
#include <string.h>

typedef struct {
  gboolean done;
  char *id;
  guint recipient;
} Linked;

static void
linked_cb (const char *id, guint recipient, const GError *error, gpointer data)
{
  Linked *linked = data;

  g_assert_no_error (error);
  linked->done = TRUE;
  linked->id = g_strdup (id);
  linked->recipient = recipient;
}

/* id NULL: "you did not send this". */
static void
check_link (EngineFixture *f, MrReportLink report, const char *id, guint recipient)
{
  Linked linked = { 0 };

  mr_engine_link_report (f->engine, &report, linked_cb, &linked);
  wait_for (linked.done);
  g_assert_cmpstr (linked.id, ==, id);
  if (id != NULL)
    g_assert_cmpuint (linked.recipient, ==, recipient);
  g_free (linked.id);
}

static char *
deliver (EngineFixture *f, const char *recipients, const char *message_id)
{
  g_autofree char *text = g_strdup_printf ("From: <me@example.com>\nMessage-ID: <%s>\n\nHello.\n", message_id);
  char *id = engine_submit_text (f, "me@example.com", recipients, text, NULL);

  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  return id;
}

static void
test_link (EngineFixture *f, gconstpointer data)
{
  g_autofree char *one = NULL, *two = NULL;

  engine_fixture_start_simple (f);
  one = deliver (f, "lou@example.net", "one@example.com");
  two = deliver (f, "lou@example.net,kim@example.net", "two@example.com");
  check_link (f, (MrReportLink){ .message_id = "three@example.com", .failed = TRUE }, NULL, 0);
  check_link (f, (MrReportLink){ .failed = TRUE }, NULL, 0);
  check_link (f, (MrReportLink){ .message_id = "two@example.com", .recipient = "eve@example.net", .failed = TRUE }, two,
              G_MAXUINT);
  g_autoptr (MrMessageRecord) untouched = engine_get (f, two);
  g_assert_cmpint (engine_recipient (untouched, 0)->bounced, ==, 0);
  check_link (f,
              (MrReportLink){ .message_id = "two@example.com",
                              .recipient = "kim@EXAMPLE.net",
                              .cause = "mailbox-full",
                              .when = START + G_TIME_SPAN_HOUR,
                              .failed = TRUE },
              two, 1);
  g_autoptr (MrMessageRecord) marked = engine_get (f, two);
  g_assert_cmpint (engine_recipient (marked, 1)->state, ==, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (engine_recipient (marked, 1)->bounced, ==, START + G_TIME_SPAN_HOUR);
  g_assert_cmpstr (engine_recipient (marked, 1)->bounced_cause, ==, "mailbox-full");
  g_assert_cmpint (engine_recipient (marked, 0)->bounced, ==, 0);
  /* Forwarded, and failed there: the only recipient there is. Only a failure is marked. */
  check_link (f, (MrReportLink){ .queue_id = one, .recipient = "lou@elsewhere.example" }, one, 0);
  g_autoptr (MrMessageRecord) good = engine_get (f, one);
  g_assert_cmpint (engine_recipient (good, 0)->bounced, ==, 0);
  check_link (f, (MrReportLink){ .queue_id = one, .recipient = "lou@elsewhere.example", .failed = TRUE }, one, 0);
  g_autoptr (MrMessageRecord) bad = engine_get (f, one);
  g_assert_cmpint (engine_recipient (bad, 0)->bounced, >, 0);
}

static gint
change_never (EngineFixture *f, const char *address, gboolean add)
{
  EngineAnswer answer = { 0 };

  if (add)
    mr_engine_add_never (f->engine, address, "asked for it", NULL, engine_done_cb, &answer);
  else
    mr_engine_remove_never (f->engine, address, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

typedef struct {
  gboolean done;
  guint n;
  char *address;
} Listed;

static void
listed_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  Listed *listed = data;

  g_assert_no_error (error);
  listed->n = rows->len;
  if (rows->len > 0)
    listed->address = g_strdup (((MrNeverRecord *)g_ptr_array_index (rows, 0))->address);
  listed->done = TRUE;
}

static void
test_never (EngineFixture *f, gconstpointer data)
{
  g_autofree char *held = NULL, *sent = NULL;
  Listed listed = { 0 };

  engine_fixture_start_simple (f);
  g_assert_cmpint (change_never (f, "not an address", TRUE), ==, MR_ERROR_INVALID);
  g_assert_cmpint (change_never (f, "Lou@example.net", TRUE), ==, -1);
  g_assert_cmpint (change_never (f, "lou@EXAMPLE.net", TRUE), ==, -1);
  mr_engine_list_never (f->engine, listed_cb, &listed);
  wait_for (listed.done);
  g_assert_cmpuint (listed.n, ==, 1);
  g_assert_cmpstr (listed.address, ==, "lou@EXAMPLE.net");
  g_free (listed.address);
  /* The list is known from the first moment of the next start. */
  engine_fixture_restart (f);
  held = engine_submit (f, "me@example.com", "lou@example.net");
  g_autoptr (MrMessageRecord) message = engine_get (f, held);
  g_assert_cmpint (message->hold, ==, MR_HOLD_NEVER_WRITE);
  sent = engine_submit (f, "me@example.com", "kim@example.net");
  mr_message_record_free (engine_wait_state (f, sent, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->dots, ==, 1);
  /* A person may send it all the same. */
  g_assert_cmpuint (engine_act (f, mr_engine_release, held), ==, 1);
  mr_message_record_free (engine_wait_state (f, held, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpint (change_never (f, "lou@example.net", FALSE), ==, -1);
  g_assert_cmpint (change_never (f, "lou@example.net", FALSE), ==, MR_ERROR_NOT_FOUND);
  g_free (engine_submit (f, "me@example.com", "lou@example.net"));
  wait_for (f->peer->dots == 3);
}

static void
test_never_refused (EngineFixture *f, gconstpointer data)
{
  EngineClient *client;

  engine_fixture_start (f, ACCOUNT_MAIN "[submission]\nrefuse-never-write=true\n");
  g_assert_cmpint (change_never (f, "lou@example.net", TRUE), ==, -1);
  client = engine_client_new (f);
  engine_client_expect (client, "EHLO me", "250");
  engine_client_expect (client, "MAIL FROM:<me@example.com>", "250");
  engine_client_expect (client, "RCPT TO:<lou@example.net>", "550 5.7.1");
  engine_client_expect (client, "RCPT TO:<kim@example.net>", "250");
  engine_client_free (client);
}

#define ADD(path, function)                                                                                            \
  g_test_add ("/engine/returned/" path, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("link", test_link);
  ADD ("never", test_never);
  ADD ("never-refused", test_never_refused);
  return g_test_run ();
}

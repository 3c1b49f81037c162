/* Delivery status notifications: what a sender asks for is kept, passed on to hosts that offer DSN, and acted on where they do not. */
#include "engine-fixture.h"

#include <string.h>

#define NO_KEEPING "[delivery]\nidle-keep=0\n"

static void
offer_dsn (EngineFixture *f)
{
  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("PIPELINING;8BITMIME;DSN");
}

/* One message over a connection; the id. mail and rcpt: parameters. */
static char *
submit (EngineFixture *f, const char *mail, const char *rcpt)
{
  EngineClient *client = engine_client_new (f);
  g_autofree char *from = g_strdup_printf ("MAIL FROM:<me@example.com> %s", mail);
  g_autofree char *to = g_strdup_printf ("RCPT TO:<lou@example.net> %s", rcpt);
  g_autofree char *reply = NULL;

  engine_client_expect (client, "EHLO me", "250");
  engine_client_expect (client, from, "250");
  engine_client_expect (client, to, "250");
  engine_client_expect (client, "DATA", "354");
  reply = engine_client_say (client, "From: Me <me@example.com>\r\nTo: lou@example.net\r\nSubject: Tea\r\n"
                                     "Message-ID: <tea@example.com>\r\n\r\nAt five.\r\n.");
  engine_client_free (client);
  g_assert_true (g_str_has_prefix (reply, "250 2.0.0 queued as "));
  return g_strdup (reply + strlen ("250 2.0.0 queued as "));
}

static void
test_passed_on (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  offer_dsn (f);
  engine_fixture_start (f, ACCOUNT_MAIN NO_KEEPING);
  id = submit (f, "RET=HDRS ENVID=QQ314", "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Lou+2Bx@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  const MrRecipientRecord *r = engine_recipient (message, 0);
  g_assert_cmpuint (r->report_due, ==, 0);
  g_assert_cmpuint (r->notify, ==, MR_NOTIFY_SUCCESS | MR_NOTIFY_FAILURE);
  g_assert_cmpstr (r->orcpt, ==, "rfc822;Lou+2Bx@example.net");
  g_assert_cmpint (message->ret, ==, MR_RETURN_HEADERS);
  g_assert_cmpstr (message->envid, ==, "QQ314");
  const PeerMessage *sent = smtp_peer_message (f->peer, 0);
  g_assert_nonnull (strstr (sent->reverse_path, " RET=HDRS ENVID=QQ314"));
  g_assert_cmpstr (sent->recipients->pdata[0], ==,
                   "<lou@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Lou+2Bx@example.net");
}

/* A setting that forbids reports does not announce what it would have to do. */
static void
test_not_offered (EngineFixture *f, gconstpointer data)
{
  EngineClient *client;

  engine_fixture_start (f, "[reports]\nmail=never\n");
  client = engine_client_new (f);
  engine_client_expect (client, "EHLO me", "250");
  engine_client_expect (client, "MAIL FROM:<me@example.com> RET=FULL", "555");
  engine_client_free (client);
}

/* The mail that reached the peer as its n-th. */
static const char *
mail (EngineFixture *f, guint n)
{
  wait_for (f->peer->messages->len > n);
  return smtp_peer_message (f->peer, n)->body->str;
}

static void
has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in: %s", part, text);
}

/* A mail with the null reverse-path to the sender, once. */
static void
test_failed (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  const char *report;

  engine_fixture_start (f, ACCOUNT_MAIN NO_KEEPING);
  smtp_peer_reply (f->peer, "RCPT", "550 5.1.1 no such user", 1);
  id = submit (f, "ENVID=QQ314", "NOTIFY=FAILURE ORCPT=rfc822;Lou@example.net");
  report = mail (f, 0);
  g_assert_true (g_str_has_prefix (smtp_peer_message (f->peer, 0)->reverse_path, "<>"));
  g_assert_cmpstr (smtp_peer_message (f->peer, 0)->recipients->pdata[0], ==, "<me@example.com>");
  has (report, "From: Mail Relay <me@example.com>\r\n");
  has (report, "Auto-Submitted: auto-replied\r\n");
  has (report, "Original-Envelope-Id: QQ314\r\n");
  has (report, "Original-Recipient: rfc822; Lou@example.net\r\n");
  has (report, "Action: failed\r\nStatus: 5.1.1\r\n");
  has (report, "Subject: Tea\r\n");
  g_assert_null (strstr (report, "At five."));
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_FAILED);
  g_assert_cmpuint (engine_recipient (message, 0)->reported, ==, MR_REPORT_FAILED);
  g_assert_cmpuint (engine_recipient (message, 0)->report_due, ==, 0);
  engine_fixture_restart (f);
  engine_fixture_advance (f, 3600);
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
}

static void
test_whole_message (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start (f, ACCOUNT_MAIN NO_KEEPING);
  smtp_peer_reply (f->peer, ".", "554 5.7.1 no", 1);
  g_free (submit (f, "RET=FULL", "NOTIFY=FAILURE"));
  has (mail (f, 0), "Content-Type: message/rfc822\r\n");
  has (mail (f, 0), "At five.\r\n");
}

/* No text is kept once it was delivered, and still its header goes back. */
static void
test_relayed (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN NO_KEEPING);
  id = submit (f, "RET=FULL", "NOTIFY=SUCCESS");
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_RELAYED);
  has (mail (f, 1), "Action: relayed\r\nStatus: 2.0.0\r\n");
  has (mail (f, 1), "Message-ID: <tea@example.com>\r\n");
  g_assert_null (strstr (mail (f, 1), "At five."));
  do
    message = (mr_message_record_free (message), engine_get (f, id));
  while (message->has_body);
}

static void
test_delayed_once (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN NO_KEEPING "[reports]\ndelay-after=3600\n");
  smtp_peer_reply (f->peer, "RCPT TO:<lou", "452 4.2.2 full", 4);
  id = submit (f, "", "NOTIFY=DELAY");
  for (guint attempts = 1; attempts <= 4; attempts++) {
    mr_message_record_free (engine_wait_attempts (f, id, 0, attempts));
    engine_fixture_advance (f, 3000);
  }
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  has (mail (f, 0), "Action: delayed\r\nStatus: 4.2.2\r\n");
  has (mail (f, 0), "Will-Retry-Until: ");
  wait_for (f->peer->messages->len == 2);
  g_assert_null (strstr (mail (f, 1), "Action: "));
}

/* What nobody asked for, and to whom nothing goes. */
static void
test_none (EngineFixture *f, gconstpointer data)
{
  g_autofree char *silent = NULL, *never = NULL, *strange = NULL, *null = NULL;

  engine_fixture_start (f,
                        "[account main]\naddresses=me@example.com;*\nhost=127.0.0.1\nport=%u\ntls=none\n" NO_KEEPING);
  smtp_peer_reply (f->peer, "RCPT", "550 5.1.1 no such user", 0);
  silent = submit (f, "", "");
  never = submit (f, "", "NOTIFY=NEVER");
  mr_message_record_free (engine_wait_state (f, silent, 0, MR_RECIPIENT_FAILED));
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, never, 0, MR_RECIPIENT_FAILED);
  g_assert_cmpuint (engine_recipient (message, 0)->report_due, ==, 0);
  EngineAnswer answer = { 0 };
  mr_engine_set_config (f->engine, "reports", "mail", "always", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  strange = engine_submit (f, "visitor@elsewhere.example", "lou@example.net");
  null = engine_submit (f, "", "lou@example.net");
  mr_message_record_free (engine_wait_state (f, strange, 0, MR_RECIPIENT_FAILED));
  mr_message_record_free (engine_wait_state (f, null, 0, MR_RECIPIENT_FAILED));
  g_assert_cmpuint (engine_outbox_size (f), ==, 0);
  g_assert_cmpuint (f->peer->messages->len, ==, 0);
}

/* The relay takes no mail without a return address: the report is shown as failed, and nothing is written about that. */
static void
test_refused (EngineFixture *f, gconstpointer data)
{
  MrListFilter filter = { .kind = MR_LIST_HISTORY, .state = MR_RECIPIENT_FAILED, .program = "Mail Relay" };

  engine_fixture_start (f, ACCOUNT_MAIN NO_KEEPING "[reports]\nmail=always\n");
  smtp_peer_reply (f->peer, "MAIL FROM:<>", "550 5.5.4 no null sender here", 0);
  smtp_peer_reply (f->peer, "RCPT", "550 5.1.1 no such user", 0);
  g_free (engine_submit (f, "me@example.com", "lou@example.net"));
  while (engine_count_list (f, &filter) == 0)
    engine_wait_revision (f, f->revision);
  g_assert_cmpuint (engine_outbox_size (f), ==, 0);
  g_assert_cmpuint (smtp_peer_count (f->peer, "MAIL FROM:<>"), ==, 1);
}

static void
test_so_many_an_hour (EngineFixture *f, gconstpointer data)
{
  g_autofree char *last = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN NO_KEEPING "[reports]\nmail=always\nper-hour=2\n");
  smtp_peer_reply (f->peer, "RCPT TO:<lou", "550 5.1.1 no such user", 0);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *id = engine_submit (f, "me@example.com", "lou@example.net");
    mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_FAILED));
  }
  wait_for (f->peer->messages->len == 2);
  engine_fixture_restart (f);
  engine_fixture_advance (f, 3601);
  last = engine_submit (f, "me@example.com", "lou@example.net");
  wait_for (f->peer->messages->len == 4);
}

#define ADD(path, function)                                                                                            \
  g_test_add ("/engine/reports/" path, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("passed-on", test_passed_on);
  ADD ("not-offered", test_not_offered);
  ADD ("failed", test_failed);
  ADD ("whole-message", test_whole_message);
  ADD ("relayed", test_relayed);
  ADD ("delayed-once", test_delayed_once);
  ADD ("none", test_none);
  ADD ("refused", test_refused);
  ADD ("so-many-an-hour", test_so_many_an_hour);
  return g_test_run ();
}

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

#define ADD(path, function)                                                                                            \
  g_test_add ("/engine/reports/" path, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("passed-on", test_passed_on);
  ADD ("not-offered", test_not_offered);
  return g_test_run ();
}

/* The main job: from a program's hand to a server's, and what servers may answer. */
#include "engine-fixture.h"

#include <string.h>
#include <unistd.h>

static void
hand_in (EngineFixture *f, const char *rcpt, char **ret_id)
{
  EngineClient *client = engine_client_new (f);
  g_autofree char *line = g_strdup_printf ("RCPT TO:<%s>", rcpt);
  g_autofree char *reply = NULL;

  engine_client_expect (client, "EHLO here", "250");
  engine_client_expect (client, "MAIL FROM:<me@example.com>", "250");
  engine_client_expect (client, line, "250");
  engine_client_expect (client, "DATA", "354");
  reply = engine_client_say (client, "From: me@example.com\r\nSubject: over SMTP\r\n\r\n..dot\r\n.");
  g_assert_true (g_str_has_prefix (reply, "250 2.0.0 queued as "));
  *ret_id = g_strdup (strrchr (reply, ' ') + 1);
  engine_client_expect (client, "QUIT", "221");
  engine_client_free (client);
}

static void
test_end_to_end (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *transcript = NULL;
  const PeerMessage *m;
  guint n = 0;

  engine_fixture_start_simple (f);
  hand_in (f, "you@example.net", &id);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (message->finished, !=, 0);
  g_assert_cmpstr (message->subject, ==, "over SMTP");
  g_assert_cmpint (message->uid, ==, (gint64)getuid ());
  g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 1);
  g_assert_cmpuint (engine_recipient (message, 0)->reply.code, ==, 250);
  g_assert_cmpstr (engine_recipient (message, 0)->account, ==, "main");
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
  m = smtp_peer_message (f->peer, 0);
  g_assert_true (g_str_has_prefix (m->reverse_path, "<me@example.com>"));
  g_assert_cmpstr (g_ptr_array_index (m->recipients, 0), ==, "<you@example.net>");
  g_assert_true (g_str_has_prefix (m->body->str, "Received: "));
  g_assert_nonnull (strstr (m->body->str, "\r\n\r\n.dot\r\n"));
  mr_message_record_free (engine_get_full (f, id, &n, &transcript));
  g_assert_cmpuint (n, ==, 1);
  g_assert_nonnull (strstr (transcript, "MAIL FROM:<me@example.com>"));
  g_assert_true (f->changed & MR_CHANGED_QUEUE);
}

static void
test_one_recipient_later (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<slow@", "451 4.3.0 later", 1);
  smtp_peer_reply (f->peer, "RCPT TO:<gone@", "550 5.1.1 no such user", 1);
  id = engine_submit (f, "me@example.com", "you@example.net,slow@example.net,gone@example.net");
  g_autoptr (MrMessageRecord) first = engine_wait_attempts (f, id, 2, 1);
  g_assert_cmpint (engine_recipient (first, 0)->state, ==, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (engine_recipient (first, 1)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpint (engine_recipient (first, 1)->wait_reason, ==, MR_WAIT_RETRY_TIME);
  g_assert_cmpint (engine_recipient (first, 1)->next_attempt, ==, START + 60 * G_USEC_PER_SEC);
  g_assert_cmpint (engine_recipient (first, 2)->state, ==, MR_RECIPIENT_FAILED);
  g_assert_nonnull (engine_recipient (first, 2)->cause);
  engine_fixture_advance (f, 59);
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
  engine_fixture_advance (f, 1);
  g_autoptr (MrMessageRecord) second = engine_wait_state (f, id, 1, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (second->finished, !=, 0);
  g_assert_cmpuint (smtp_peer_message (f->peer, 1)->recipients->len, ==, 1);
  g_assert_cmpuint (engine_recipient (second, 1)->attempts, ==, 2);
}

static void
test_too_many_recipients (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<c@", "452 4.5.3 too many", 1);
  smtp_peer_reply (f->peer, "RCPT TO:<d@", "452 4.5.3 too many", 1);
  id = engine_submit (f, "me@example.com", "a@example.net,b@example.net,c@example.net,d@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 3, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (engine_recipient (message, 2)->state, ==, MR_RECIPIENT_DELIVERED);
  g_assert_cmpuint (f->peer->messages->len, ==, 2);
  g_assert_cmpuint (smtp_peer_message (f->peer, 1)->recipients->len, ==, 2);
  /* What there was no room for is no attempt of its own. */
  g_assert_cmpuint (engine_recipient (message, 3)->attempts, ==, 1);
}

static void
test_to_7bit (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_start_simple (f);
  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("PIPELINING");
  id = engine_submit_text (f, "me@example.com", "you@example.net",
                           "From: me@example.com\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
                           "Content-Transfer-Encoding: 8bit\n\nGr\303\274\303\237e\n",
                           &error);
  g_assert_no_error (error);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  const char *body = smtp_peer_message (f->peer, 0)->body->str;
  for (const char *p = body; *p != '\0'; p++)
    g_assert_cmpuint ((guchar)*p, <, 0x80);
  g_assert_true (strstr (body, "quoted-printable") != NULL || strstr (body, "base64") != NULL);
}

static void
test_bigger_than_size (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("SIZE 100");
  id = engine_submit (f, "me@example.com", "you@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, id, 0, 1);
  g_assert_cmpstr (engine_recipient (message, 0)->cause, ==, "too-big");
  g_assert_true (engine_recipient (message, 0)->state == MR_RECIPIENT_NEEDS_PERSON
                 || engine_recipient (message, 0)->state == MR_RECIPIENT_FAILED);
  g_assert_cmpuint (smtp_peer_count (f->peer, "MAIL"), ==, 0);
}

static void
test_lost_dot (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", PEER_CLOSE, 0);
  id = engine_submit (f, "me@example.com", "you@example.net");
  for (guint i = 1; i <= 3; i++) {
    g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, id, 0, i);
    const MrRecipientRecord *r = engine_recipient (message, 0);

    g_assert_cmpint (r->state, ==, MR_RECIPIENT_UNCERTAIN);
    g_assert_cmpint (r->stage, ==, MR_STAGE_DOT);
    g_assert_cmpuint (r->uncertain, ==, i);
    if (i < 3) {
      g_assert_cmpint (r->next_attempt, >, mr_clock_wall (f->clock));
      engine_fixture_advance (f, 3600);
    } else
      g_assert_cmpint (r->next_attempt, ==, 0);
  }
  engine_fixture_advance (f, 6 * 24 * 3600);
  g_assert_cmpuint (f->peer->dots, ==, 3);
  g_assert_cmpint (engine_state (f, id, 0), ==, MR_RECIPIENT_UNCERTAIN);
  EngineAnswer answer = { 0 };
  mr_engine_mark_delivered (f->engine, id, G_MAXUINT, engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 1);
  g_assert_cmpint (engine_state (f, id, 0), ==, MR_RECIPIENT_DELIVERED);
}

static void
test_same_bytes_again (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", "451 4.3.0 later", 1);
  id = engine_submit (f, "me@example.com", "you@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, id, 0, 1);
  engine_fixture_restart (f);
  engine_fixture_advance (f, 60);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  g_autofree char *field = g_strdup_printf ("Message-ID: <%s>", message->message_id);
  g_assert_nonnull (strstr (smtp_peer_message (f->peer, 0)->body->str, field));
}

/* Many chunks go out one after the other, and nothing of them is changed. */
static void
test_big (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("From: me@example.com\nSubject: big\n\n");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "%s%u the quick brown fox jumps over the lazy dog\n", i % 7 == 0 ? "." : "", i);
  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "CONNECT", "421 4.3.2 later", 1); /* so that it is read back from the store */
  id = engine_submit_text (f, "me@example.com", "you@example.net", text->str, &error);
  g_assert_no_error (error);
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  engine_fixture_advance (f, 60);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  const char *body = smtp_peer_message (f->peer, 0)->body->str;
  g_assert_cmpuint (message->size, ==, strlen (body));
  g_assert_cmpuint (message->n_chunks, >, 2);
  g_auto (GStrv) lines = g_strsplit (strstr (text->str, "\n\n") + 2, "\n", -1);
  g_autofree char *joined = g_strjoinv ("\r\n", lines);
  g_assert_cmpstr (strstr (body, "\r\n\r\n") + 4, ==, joined);
}

/* One connection serves several messages, and not more than it may. */
static void
test_connection_again (EngineFixture *f, gconstpointer data)
{
  char *ids[6];
  EngineAnswer answer = { 0 };

  engine_fixture_start (
      f,
      ACCOUNT_MAIN "[general]\npaused=true\n[delivery]\nidle-keep=300\nconcurrency=1\nmax-messages-per-connection=4\n");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = engine_submit (f, "me@example.com", "you@example.net");
  mr_engine_set_paused (f->engine, FALSE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    mr_message_record_free (engine_wait_state (f, ids[i], 0, MR_RECIPIENT_DELIVERED));
    g_free (ids[i]);
  }
  g_assert_cmpuint (f->peer->connections, ==, 2);
  g_assert_cmpuint (f->peer->now, ==, 1);
  /* It idles: the next message takes it at once. */
  g_autofree char *next = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, next, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->connections, ==, 2);
}

/* The server closes a connection that idles: nothing is lost, the next message gets a new one. */
static void
test_idle_connection_closed (EngineFixture *f, gconstpointer data)
{
  g_autofree char *a = NULL, *b = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN "[delivery]\nidle-keep=300\n");
  smtp_peer_reply (f->peer, "RSET", PEER_CLOSE, 0);
  a = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, a, 0, MR_RECIPIENT_DELIVERED));
  smtp_peer_say (f->peer, "421 4.4.2 idle for too long");
  for (guint i = 0; i < 5; i++)
    g_main_context_iteration (NULL, FALSE);
  b = engine_submit (f, "me@example.com", "you@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, b, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 1);
}

/* It closes in the moment the next message is begun: that one goes at once over a new connection. */
static void
test_closed_at_mail (EngineFixture *f, gconstpointer data)
{
  g_autofree char *a = NULL, *b = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN "[delivery]\nidle-keep=300\n");
  a = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, a, 0, MR_RECIPIENT_DELIVERED));
  smtp_peer_reply (f->peer, "MAIL", PEER_CLOSE, 1);
  b = engine_submit (f, "me@example.com", "you@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, b, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 1);
  g_assert_cmpuint (f->peer->connections, ==, 2);
  /* On a fresh connection the same is the host's trouble. */
  smtp_peer_reply (f->peer, "MAIL", PEER_CLOSE, 2);
  g_autofree char *c = engine_submit (f, "me@example.com", "you@example.net");
  g_autoptr (MrMessageRecord) waits = engine_wait_attempts (f, c, 0, 1);
  g_assert_cmpint (engine_recipient (waits, 0)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpuint (f->peer->connections, ==, 3);
}

static void
test_signed_is_not_converted (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("PIPELINING");
  id = engine_submit_text (f, "me@example.com", "you@example.net",
                           "From: me@example.com\nMIME-Version: 1.0\n"
                           "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\n\n"
                           "--b\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n"
                           "Gr\303\274\303\237e\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n",
                           &error);
  g_assert_no_error (error);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_FAILED);
  g_assert_cmpstr (engine_recipient (message, 0)->reply.enhanced, ==, "5.6.3");
  g_assert_nonnull (engine_recipient (message, 0)->cause);
  g_assert_cmpuint (f->peer->messages->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/delivery/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("end-to-end", test_end_to_end);
  ADD ("one-recipient-later", test_one_recipient_later);
  ADD ("too-many-recipients", test_too_many_recipients);
  ADD ("to-7bit", test_to_7bit);
  ADD ("bigger-than-size", test_bigger_than_size);
  ADD ("lost-dot", test_lost_dot);
  ADD ("same-bytes-again", test_same_bytes_again);
  ADD ("big", test_big);
  ADD ("connection-again", test_connection_again);
  ADD ("idle-connection-closed", test_idle_connection_closed);
  ADD ("closed-at-mail", test_closed_at_mail);
  ADD ("signed-is-not-converted", test_signed_is_not_converted);
  return g_test_run ();
}

/* Tests of the submission fix-ups, with the whole header they make. */
#include <string.h>

#include "mail/fixup.h"
#include "messages.h"

/* Tue, 24 Nov 2026 18:11:17 UTC */
#define NOW  (G_GINT64_CONSTANT (1795543877) * G_USEC_PER_SEC)
#define DATE "Tue, 24 Nov 2026 18:11:17 +0000"
#define RECEIVED                                                                                                       \
  "Received: from localhost (loopback)\r\n\tby mail-relay with ESMTP id 0123456789ABCDEF;\r\n\t" DATE "\r\n"

static MrFixupContext
loopback_context (void)
{
  return (MrFixupContext){ .id = "0123456789ABCDEF",
                           .helo = "secret-host.corp.example",
                           .esmtp = TRUE,
                           .loopback = TRUE,
                           .peer_address = "127.0.0.1",
                           .reverse_path = "ada@example.org",
                           .now = NOW,
                           .random = G_GUINT64_CONSTANT (0x0123456789abcdef) };
}

static MrFixupResult *
fix (const char *header, const MrFixupContext *context)
{
  g_autoptr (MrHeaderReader) reader = read_header (header);
  g_autoptr (GError) error = NULL;
  MrFixupResult *result = mr_fixup_header (reader, context, &error);

  g_assert_no_error (error);
  return result;
}

static void
assert_header (MrFixupResult *result, const char *expected)
{
  gsize len;
  const char *data = g_bytes_get_data (result->header, &len);
  g_autofree char *header = g_strndup (data, len);

  g_assert_cmpstr (header, ==, expected);
}

static void
test_complete (void)
{
  MrFixupContext context = loopback_context ();
  g_autoptr (MrFixupResult) result = fix (
      "Received: x\r\nFROM:\tAda <ada@example.org>\r\nTo: b@example.net\r\nX-Odd :   a\r\n\r\n \r\nDate: whenever\r\n"
      "Message-Id:   <id@example.org> (c)\r\nSubject: hello\r\n\r\nbody",
      &context);

  /* The header ends at the first empty line: what looks like more of it is body. */
  assert_header (result, RECEIVED "Received: x\r\nFROM:\tAda <ada@example.org>\r\nTo: b@example.net\r\nX-Odd :   a\r\n"
                                  "Date: " DATE "\r\nMessage-ID: <0123456789abcdef@example.org>\r\n\r\n");
  g_assert_cmpuint (result->n_received, ==, 1);
  g_assert_cmpstr (result->from, ==, "ada@example.org");
}

static void
test_nothing_missing (void)
{
  static const char header[]
      = "Received: x\r\nreceived: y\r\nFrom:\tAda <ada@example.org>\r\nX-Odd :   a\r\n \t\r\n  b\r\n"
        "Date:\r\nMessage-Id:   <id@example.org> (c)\r\nSubject: =?utf-8?q?J=C3=B6rg?=\r\n"
        "From: second@example.org\r\n\r\n";
  MrFixupContext context = loopback_context ();
  g_autoptr (MrFixupResult) result = fix (header, &context);
  g_autofree char *expected = g_strconcat (RECEIVED, header, NULL);

  assert_header (result, expected);
  g_assert_cmpuint (result->n_received, ==, 2);
  g_assert_cmpstr (result->from, ==, "ada@example.org");
  g_assert_cmpstr (result->subject, ==, "Jörg");
  g_assert_cmpstr (result->message_id, ==, "id@example.org");
  g_assert_false (result->has_8bit);
}

static void
test_all_missing (void)
{
  MrFixupContext context = loopback_context ();
  g_autoptr (MrFixupResult) result = fix ("To: b@example.net\r\n\r\n", &context);

  assert_header (result, RECEIVED "To: b@example.net\r\nFrom: <ada@example.org>\r\nDate: " DATE
                                  "\r\nMessage-ID: <0123456789abcdef@example.org>\r\n\r\n");
  g_assert_cmpstr (result->from, ==, "ada@example.org");
  g_assert_cmpstr (result->message_id, ==, "0123456789abcdef@example.org");
  g_assert_null (result->subject);
}

static void
test_no_header (void)
{
  MrFixupContext context = loopback_context ();
  g_autoptr (MrFixupResult) result = fix ("Just text\r\n", &context);

  assert_header (result, RECEIVED "From: <ada@example.org>\r\nDate: " DATE
                                  "\r\nMessage-ID: <0123456789abcdef@example.org>\r\n\r\n");
}

static void
test_null_sender (void)
{
  MrFixupContext context = loopback_context ();
  g_autoptr (MrFixupResult) result = NULL;

  context.reverse_path = "";
  result = fix ("To: b@example.net\r\n\r\n", &context);
  assert_header (result, RECEIVED "To: b@example.net\r\nDate: " DATE
                                  "\r\nMessage-ID: <0123456789abcdef@mail-relay.invalid>\r\n\r\n");
  g_assert_null (result->from);
}

static void
test_removed (void)
{
  MrFixupContext context = loopback_context ();
  g_autoptr (MrFixupResult) result = fix (
      "Return-Path: <x@y.example>\r\nBcc: secret@example.net,\r\n other@example.net\r\nbCC : x@y.example\r\n"
      "From: a@x.example\r\nResent-Bcc: z@y.example\r\nDate: d\r\nMessage-ID: <i@x>\r\nX-Bcc: kept\r\n\r\n",
      &context);

  assert_header (result, RECEIVED "From: a@x.example\r\nDate: d\r\nMessage-ID: <i@x>\r\nX-Bcc: kept\r\n\r\n");
}

static void
test_received (void)
{
  static const struct {
    gboolean esmtp, tls, authenticated, loopback;
    const char *helo, *peer, *recipient, *expected;
  } cases[] = {
    { FALSE, TRUE, TRUE, TRUE, "h", NULL, NULL, "from localhost (loopback)\r\n\tby mail-relay with SMTP id ID;" },
    { TRUE, TRUE, FALSE, TRUE, "h", NULL, NULL, "from localhost (loopback)\r\n\tby mail-relay with ESMTPS id ID;" },
    { TRUE, FALSE, TRUE, TRUE, "h", NULL, NULL, "from localhost (loopback)\r\n\tby mail-relay with ESMTPA id ID;" },
    { TRUE, TRUE, TRUE, FALSE, "mx.example.com", "192.0.2.7", "b@example.net",
      "from mx.example.com ([192.0.2.7])\r\n\tby mail-relay with ESMTPSA id ID\r\n\tfor <b@example.net>;" },
    { TRUE, FALSE, FALSE, FALSE, "[192.0.2.7]", "2001:db8::7", NULL,
      "from [192.0.2.7] ([IPv6:2001:db8::7])\r\n\tby mail-relay with ESMTP id ID;" },
    /* A private address or a local name stays here. */
    { TRUE, FALSE, FALSE, FALSE, "[192.168.1.4]", "192.0.2.7", NULL,
      "from unknown ([192.0.2.7])\r\n\tby mail-relay with ESMTP id ID;" },
    { TRUE, FALSE, FALSE, FALSE, "printer.lan", "192.168.1.4", NULL,
      "from localnet (private network)\r\n\tby mail-relay with ESMTP id ID;" },
    { TRUE, FALSE, FALSE, FALSE, "x", "fd00::1", NULL,
      "from localnet (private network)\r\n\tby mail-relay with ESMTP id ID;" },
    /* What a client calls itself cannot write into the header. */
    { TRUE, FALSE, FALSE, FALSE, "a.example\r\nBcc: x", "192.0.2.7", NULL,
      "from unknown ([192.0.2.7])\r\n\tby mail-relay with ESMTP id ID;" },
    { TRUE, FALSE, FALSE, FALSE, "a.example (x", "192.0.2.7", NULL,
      "from unknown ([192.0.2.7])\r\n\tby mail-relay with ESMTP id ID;" },
    { TRUE, FALSE, FALSE, FALSE, NULL, NULL, NULL,
      "from localnet (private network)\r\n\tby mail-relay with ESMTP id ID;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MrFixupContext context = loopback_context ();
    g_autoptr (MrFixupResult) result = NULL;
    g_autofree char *expected = g_strdup_printf (
        "Received: %s\r\n\t" DATE "\r\nFrom: a@x.example\r\nDate: d\r\nMessage-ID: <i@x>\r\n\r\n", cases[i].expected);

    context.id = "ID";
    context.esmtp = cases[i].esmtp;
    context.tls = cases[i].tls;
    context.authenticated = cases[i].authenticated;
    context.loopback = cases[i].loopback;
    context.helo = cases[i].helo;
    context.peer_address = cases[i].peer;
    context.single_recipient = cases[i].recipient;
    result = fix ("From: a@x.example\r\nDate: d\r\nMessage-ID: <i@x>\r\n\r\n", &context);
    assert_header (result, expected);
  }
}

static void
test_message_id_domain (void)
{
  static const struct {
    const char *from, *reverse_path, *domain;
  } cases[] = {
    { "From: Ada <ada@Example.ORG>\r\n", "bounce@example.net", "example.org" },
    { "From: nobody can read this\r\n", "bounce@example.net", "example.net" },
    { "From: a@bücher.example\r\n", "", "xn--bcher-kva.example" },
    { "From: root@desk\r\n", "root@desk", "mail-relay.invalid" },
    { "From: root@desk.local\r\n", "", "mail-relay.invalid" },
    { "From: root@[192.0.2.1]\r\n", "", "mail-relay.invalid" },
    { "", "", "mail-relay.invalid" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MrFixupContext context = loopback_context ();
    g_autofree char *header = g_strconcat (cases[i].from, "\r\n", NULL);
    g_autofree char *expected = g_strconcat ("0123456789abcdef@", cases[i].domain, NULL);
    g_autoptr (MrFixupResult) result = NULL;

    context.reverse_path = cases[i].reverse_path;
    result = fix (header, &context);
    g_assert_cmpstr (result->message_id, ==, expected);
  }
}

static void
test_bare_from (void)
{
  MrFixupContext context = loopback_context ();
  g_autoptr (MrFixupResult) result = NULL;

  context.reverse_path = "root@desk";
  result = fix ("From: root (Cron Daemon)\r\nDate: d\r\nMessage-ID: <i@x>\r\n\r\n", &context);
  g_assert_cmpstr (result->from, ==, "root@desk");
  assert_header (result, RECEIVED "From: root (Cron Daemon)\r\nDate: d\r\nMessage-ID: <i@x>\r\n\r\n");
}

static void
test_8bit_and_subject (void)
{
  MrFixupContext context = loopback_context ();
  g_autofree char *longest = g_strnfill (3000, 'x');
  g_autofree char *header = g_strdup_printf ("Subject: é%s\r\n\r\n", longest);
  g_autoptr (MrFixupResult) result = fix (header, &context);
  g_autoptr (MrFixupResult) bcc = fix ("Bcc: é <a@x.example>\r\nSubject: a\xff\r\n b\r\n\r\n", &context);

  g_assert_true (result->has_8bit);
  g_assert_cmpuint (strlen (result->subject), ==, 998);
  g_assert_true (g_utf8_validate (result->subject, -1, NULL));
  g_assert_true (bcc->has_8bit);
  g_assert_cmpstr (bcc->subject, ==, "a\357\277\275 b");
  g_clear_pointer (&bcc, mr_fixup_result_free);
  bcc = fix ("Bcc: é <a@x.example>\r\nSubject: =?utf-8?q?a=0Ab?=\r\n\r\n", &context);
  g_assert_false (bcc->has_8bit);
  g_assert_cmpstr (bcc->subject, ==, "a b");
}

static void
test_bad_context (void)
{
  g_autoptr (MrHeaderReader) reader = read_header ("To: x@y.example\r\n\r\n");

  for (guint i = 0; i < 4; i++) {
    MrFixupContext context = loopback_context ();
    g_autoptr (GError) error = NULL;

    if (i == 0)
      context.reverse_path = "a@b.example>\r\nBcc: x";
    else if (i == 1)
      context.id = "a\r\nb";
    else if (i == 2)
      context.single_recipient = "b@c.example\r\nX: y";
    else
      context.id = NULL;
    g_assert_null (mr_fixup_header (reader, &context, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/fixup/complete", test_complete);
  g_test_add_func ("/mail/fixup/nothing-missing", test_nothing_missing);
  g_test_add_func ("/mail/fixup/all-missing", test_all_missing);
  g_test_add_func ("/mail/fixup/no-header", test_no_header);
  g_test_add_func ("/mail/fixup/null-sender", test_null_sender);
  g_test_add_func ("/mail/fixup/removed", test_removed);
  g_test_add_func ("/mail/fixup/received", test_received);
  g_test_add_func ("/mail/fixup/message-id-domain", test_message_id_domain);
  g_test_add_func ("/mail/fixup/bare-from", test_bare_from);
  g_test_add_func ("/mail/fixup/8bit-and-subject", test_8bit_and_subject);
  g_test_add_func ("/mail/fixup/bad-context", test_bad_context);
  return g_test_run ();
}

/* Replies: reading at every cut, what is refused, enhanced codes, formatting. */
#include <string.h>

#include "smtp/reply-private.h"
#include "smtp/reply.h"

typedef struct {
  const char *bytes;
  guint code; /* 0: BAD */
  const char *enhanced;
  const char *text;
} Case;

static const Case cases[] = {
  { "250 ok\r\n", 250, NULL, "ok" },
  { "250 ok\n", 250, NULL, "ok" },
  { "250\r\n", 250, NULL, "" },
  { "250 \r\n", 250, NULL, "" },
  { "250-\r\n250 end\r\n", 250, NULL, "\nend" },
  { "550 5.1.1 no such user\r\n", 550, "5.1.1", "no such user" },
  { "550-5.1.1 no such\r\n550 5.1.1 user\r\n", 550, "5.1.1", "no such\nuser" },
  { "550-5.1.1 no such\r\n550-\r\n550 user 5.1.1\r\n", 550, "5.1.1", "no such\n\nuser 5.1.1" },
  { "550-5.1.1\r\n550 5.1.10 user\r\n", 550, "5.1.1", "\n5.1.10 user" },
  { "550-first\r\n550 5.1.1 second\r\n", 550, NULL, "first\n5.1.1 second" },
  /* Of another class, or no enhanced code. */
  { "550 4.1.1 what\r\n", 550, NULL, "4.1.1 what" },
  { "550 5.1.1234 what\r\n", 550, NULL, "5.1.1234 what" },
  { "550 5.1 what\r\n", 550, NULL, "5.1 what" },
  { "550 5.1.1: what\r\n", 550, NULL, "5.1.1: what" },
  { "550 5.7.509 what\r\n", 550, "5.7.509", "what" },
  { "354 3.1.1 go\r\n", 354, NULL, "3.1.1 go" },
  { "250 tab\there\r\n", 250, NULL, "tab here" },
  { "250 one\rtwo\r\n", 250, NULL, "one two" },
  { "\r\n", 0, NULL, NULL },
  { "25\r\n", 0, NULL, NULL },
  { "25x ok\r\n", 0, NULL, NULL },
  { "250:ok\r\n", 0, NULL, NULL },
  { "2500 ok\r\n", 0, NULL, NULL },
  { "150 ok\r\n", 0, NULL, NULL },
  { "650 ok\r\n", 0, NULL, NULL },
  { " 250 ok\r\n", 0, NULL, NULL },
  { "HTTP/1.1 400 Bad Request\r\n", 0, NULL, NULL },
  { "* OK IMAP ready\r\n", 0, NULL, NULL },
  { "250-one\r\n251 two\r\n", 0, NULL, NULL },
  { "250-one\r\nEHLO me\r\n", 0, NULL, NULL },
};

/* Feeds bytes cut at cut; what follows the first reply stays unused. */
static MrReplyStatus
feed_cut (MrReplyReader *reader, const char *bytes, gsize len, gsize cut, gsize *ret_used)
{
  gsize used = 0;
  MrReplyStatus status = mr_reply_reader_feed (reader, bytes, cut, &used);

  *ret_used = used;
  if (status == MR_REPLY_MORE) {
    g_assert_cmpuint (used, ==, cut);
    status = mr_reply_reader_feed (reader, bytes + cut, len - cut, &used);
    *ret_used += used;
  }
  return status;
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autofree char *more = g_strconcat (c->bytes, "221 x\r\n", NULL);

    for (gsize cut = 0; cut <= strlen (more); cut++) {
      g_autoptr (MrReplyReader) reader = mr_reply_reader_new ();
      MrReplyRecord reply = { 0 };
      gsize used;
      MrReplyStatus status = feed_cut (reader, more, strlen (more), cut, &used);

      if (c->code == 0) {
        g_assert_cmpint (status, ==, MR_REPLY_BAD);
        continue;
      }
      g_assert_cmpint (status, ==, MR_REPLY_COMPLETE);
      g_assert_cmpuint (used, ==, strlen (c->bytes));
      mr_reply_reader_take (reader, &reply);
      g_assert_cmpuint (reply.code, ==, c->code);
      g_assert_cmpstr (reply.enhanced, ==, c->enhanced);
      g_assert_cmpstr (reply.text, ==, c->text);
      mr_reply_record_clear (&reply);
    }
  }
}

static void
test_nul (void)
{
  g_autoptr (MrReplyReader) reader = mr_reply_reader_new ();
  gsize used;

  g_assert_cmpint (mr_reply_reader_feed (reader, "250 a\0b\r\n", 9, &used), ==, MR_REPLY_BAD);
  /* Once bad, always bad. */
  g_assert_cmpint (mr_reply_reader_feed (reader, "250 ok\r\n", 8, &used), ==, MR_REPLY_BAD);
}

static void
test_first_byte (void)
{
  g_autoptr (MrReplyReader) reader = mr_reply_reader_new ();
  gsize used;

  /* A TLS record has no line end to wait for. */
  g_assert_cmpint (mr_reply_reader_feed (reader, "\x15", 1, &used), ==, MR_REPLY_BAD);
}

static void
test_bounds (void)
{
  g_autoptr (GString) line = g_string_new ("250 ");
  g_autoptr (MrReplyReader) reader = NULL;
  gsize used;

  while (line->len < MR_REPLY_LINE_MAX)
    g_string_append_c (line, 'x');
  g_string_append (line, "\r\n");
  reader = mr_reply_reader_new ();
  g_assert_cmpint (mr_reply_reader_feed (reader, line->str, line->len, &used), ==, MR_REPLY_COMPLETE);

  /* Too long, and no line end will come. */
  g_string_truncate (line, MR_REPLY_LINE_MAX);
  g_string_append (line, "xxx");
  g_assert_cmpint (mr_reply_reader_feed (reader, line->str, line->len, &used), ==, MR_REPLY_BAD);

  g_clear_pointer (&reader, mr_reply_reader_free);
  reader = mr_reply_reader_new ();
  for (int i = 0; i < MR_REPLY_LINES_MAX; i++)
    g_assert_cmpint (mr_reply_reader_feed (reader, "250-x\r\n", 7, &used), ==, MR_REPLY_MORE);
  g_assert_cmpint (mr_reply_reader_feed (reader, "250-x\r\n", 7, &used), ==, MR_REPLY_BAD);
}

static void
test_lines (void)
{
  g_autoptr (MrReplyReader) reader = mr_reply_reader_new ();
  const char *bytes = "250-mx.example\r\n250-SIZE 5\r\n250 5.0.0 x\r\n";
  MrReplyRecord reply = { 0 };
  gsize used;

  g_assert_cmpint (mr_reply_reader_feed (reader, bytes, strlen (bytes), &used), ==, MR_REPLY_COMPLETE);
  g_assert_cmpuint (mr_reply_reader_get_code (reader), ==, 250);
  mr_reply_reader_take (reader, &reply);
  g_assert_cmpstr (mr_reply_reader_get_lines (reader)[0], ==, "mx.example");
  g_assert_cmpstr (mr_reply_reader_get_lines (reader)[1], ==, "SIZE 5");
  g_assert_cmpstr (mr_reply_reader_get_lines (reader)[2], ==, "5.0.0 x");
  g_assert_null (mr_reply_reader_get_lines (reader)[3]);
  /* The next reply begins anew. */
  g_assert_cmpint (mr_reply_reader_feed (reader, "221 bye\r\n", 9, &used), ==, MR_REPLY_COMPLETE);
  mr_reply_reader_take (reader, &reply);
  g_assert_cmpuint (reply.code, ==, 221);
  g_assert_cmpstr (reply.text, ==, "bye");
  mr_reply_record_clear (&reply);
}

static void
test_hide (void)
{
  g_autoptr (MrReplyReader) reader = mr_reply_reader_new ();
  const char *bytes = "500-hunter2 hunter2\r\n500 not abc, hunter2\r\n";
  MrReplyRecord reply = { 0 };
  gsize used;

  g_assert_cmpint (mr_reply_reader_feed (reader, bytes, strlen (bytes), &used), ==, MR_REPLY_COMPLETE);
  mr_reply_reader_hide (reader, "hunter2");
  mr_reply_reader_hide (reader, "abc");
  mr_reply_reader_take (reader, &reply);
  g_assert_cmpstr (reply.text, ==, "**** ****\nnot abc, ****");
  mr_reply_record_clear (&reply);
}

static void
test_format (void)
{
  static const struct {
    guint code;
    const char *enhanced, *text, *expected;
  } formats[] = {
    { 250, "2.0.0", "OK", "250 2.0.0 OK\r\n" },
    { 550, "5.1.1", "first\nsecond", "550-5.1.1 first\r\n550 5.1.1 second\r\n" },
    { 250, NULL, "a\n\nb", "250-a\r\n250-\r\n250 b\r\n" },
    { 334, NULL, "", "334 \r\n" },
    { 250, "2.0.0", NULL, "250 2.0.0\r\n" },
    { 550, NULL, "a\r\x01\x7f\xc3\xa4 b\tc", "550 a????? b c\r\n" },
  };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *reply = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *got = mr_reply_format (formats[i].code, formats[i].enhanced, formats[i].text);

    g_assert_cmpstr (got, ==, formats[i].expected);
  }
  /* However long: at most so many lines, none longer than 512 bytes, and the last one ends the reply. */
  for (int i = 0; i < 3 * MR_REPLY_LINES_MAX; i++)
    g_string_append_printf (text, "%0600d\n", i);
  reply = mr_reply_format (250, "2.0.0", text->str);
  {
    g_auto (GStrv) lines = g_strsplit (reply, "\r\n", -1);
    guint n = g_strv_length (lines) - 1;

    g_assert_cmpuint (n, ==, MR_REPLY_LINES_MAX);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpuint (strlen (lines[i]), <=, 510);
      g_assert_cmpint (lines[i][3], ==, i + 1 < n ? '-' : ' ');
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/reply/cases", test_cases);
  g_test_add_func ("/smtp/reply/nul", test_nul);
  g_test_add_func ("/smtp/reply/first-byte", test_first_byte);
  g_test_add_func ("/smtp/reply/bounds", test_bounds);
  g_test_add_func ("/smtp/reply/lines", test_lines);
  g_test_add_func ("/smtp/reply/hide", test_hide);
  g_test_add_func ("/smtp/reply/format", test_format);
  return g_test_run ();
}

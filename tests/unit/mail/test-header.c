/* Tests of the streaming header reader: the same bytes cut at any place give the same header. */
#include <string.h>

#include "messages.h"

static const char sample[] = "Received: from a\r\n\tby b;\r\n date\r\n"
                             "Subject: =?utf-8?q?J=C3=B6rg?=\r\n =?utf-8?q?_M?= (x)\r\n"
                             "X-Empty:\r\n"
                             "subject : second\r\n"
                             "To:a@x.example\r\n"
                             "X-Blank: a\r\n   \r\n b\r\n"
                             "\r\n"
                             "body\r\n\r\nmore\r\n";

static void
check_sample (MrHeaderReader *reader)
{
  const MrHeaderField *field;
  g_autofree char *subject = mr_header_reader_dup_value (reader, "SUBJECT");
  g_autofree char *decoded = mr_header_reader_dup_decoded (reader, "Subject");
  g_autofree char *received = mr_header_reader_dup_value (reader, "Received");
  g_autofree char *empty = mr_header_reader_dup_value (reader, "x-empty");
  g_autofree char *none = mr_header_reader_dup_value (reader, "Cc");
  const guint8 *rest;
  gsize len = 1;

  g_assert_cmpuint (mr_header_reader_n_fields (reader), ==, 6);
  field = mr_header_reader_get_field (reader, 0);
  g_assert_cmpstr (field->name, ==, "Received");
  g_assert_cmpstr (field->raw, ==, "Received: from a\r\n\tby b;\r\n date\r\n");
  g_assert_cmpuint (field->raw_len, ==, strlen (field->raw));
  field = mr_header_reader_get_field (reader, 3);
  g_assert_cmpstr (field->name, ==, "subject");
  g_assert_cmpstr (field->raw, ==, "subject : second\r\n");
  g_assert_cmpstr (mr_header_reader_get_field (reader, 5)->raw, ==, "X-Blank: a\r\n   \r\n b\r\n");
  g_assert_cmpuint (mr_header_reader_count (reader, "Subject"), ==, 2);
  g_assert_cmpuint (mr_header_reader_count (reader, "Bcc"), ==, 0);
  g_assert_cmpstr (subject, ==, "=?utf-8?q?J=C3=B6rg?= =?utf-8?q?_M?= (x)");
  g_assert_cmpstr (decoded, ==, "Jörg M (x)");
  g_assert_cmpstr (received, ==, "from a\tby b; date");
  g_assert_cmpstr (empty, ==, "");
  g_assert_null (none);
  g_assert_false (mr_header_reader_missing_blank (reader, &rest, &len));
  g_assert_cmpuint (len, ==, 0);
  g_assert_false (mr_header_reader_has_8bit (reader));
}

static void
test_cuts (void)
{
  gsize len = strlen (sample), header = (gsize)(strstr (sample, "body") - sample);

  for (gsize a = 0; a <= len; a++) {
    g_autoptr (MrHeaderReader) reader = mr_header_reader_new (4096);
    gsize used, second = 0;
    MrHeaderStatus status = mr_header_reader_feed (reader, sample, a, &used);

    if (status == MR_HEADER_MORE) {
      g_assert_cmpuint (used, ==, a);
      g_assert_cmpuint (mr_header_reader_n_fields (reader), ==, 0);
      status = mr_header_reader_feed (reader, sample + a, len - a, &second);
    }
    g_assert_cmpint (status, ==, MR_HEADER_DONE);
    g_assert_cmpuint (used + second, ==, header);
    check_sample (reader);
  }
}

static void
test_single_bytes (void)
{
  g_autoptr (MrHeaderReader) reader = mr_header_reader_new (4096);
  gsize pos = 0, used;

  while (mr_header_reader_feed (reader, sample + pos, 1, &used) == MR_HEADER_MORE) {
    g_assert_cmpuint (used, ==, 1);
    pos++;
  }
  pos += used;
  g_assert_cmpuint (pos, ==, strstr (sample, "body") - sample);
  check_sample (reader);
  /* Fed again, it takes nothing more. */
  g_assert_cmpint (mr_header_reader_feed (reader, "x", 1, &used), ==, MR_HEADER_DONE);
  g_assert_cmpuint (used, ==, 0);
}

/* What comes out, put together again, is what went in, with the empty line where it was missing. */
static void
check_rest (const char *text, guint n_fields, const char *expected_rest, gboolean missing)
{
  gsize len = strlen (text);

  for (gsize cut = 0; cut <= len; cut++) {
    g_autoptr (MrHeaderReader) reader = mr_header_reader_new (4096);
    g_autoptr (GString) all = g_string_new (NULL);
    const guint8 *rest;
    gsize used, second = 0, rest_len;

    if (mr_header_reader_feed (reader, text, cut, &used) == MR_HEADER_MORE
        && mr_header_reader_feed (reader, text + cut, len - cut, &second) == MR_HEADER_MORE)
      g_assert_cmpint (mr_header_reader_end (reader), ==, MR_HEADER_DONE);
    used += second;
    g_assert_cmpint (mr_header_reader_missing_blank (reader, &rest, &rest_len), ==, missing);
    g_assert_cmpuint (mr_header_reader_n_fields (reader), ==, n_fields);
    g_string_append_len (all, (const char *)rest, (gssize)rest_len);
    g_string_append_len (all, text + used, (gssize)(len - used));
    g_assert_cmpstr (all->str, ==, expected_rest);
  }
}

static void
test_endings (void)
{
  check_rest ("A: b\r\n\r\nbody", 1, "body", FALSE);
  check_rest ("\r\nbody\r\n", 0, "body\r\n", FALSE);
  check_rest ("A: b\r\nHello you,\r\nB: c\r\n", 1, "Hello you,\r\nB: c\r\n", TRUE);
  check_rest ("A: b\r\nHello: you\r\nno colon here\r\n", 2, "no colon here\r\n", TRUE);
  check_rest (" leading blank\r\nA: b\r\n\r\n", 0, " leading blank\r\nA: b\r\n\r\n", TRUE);
  check_rest ("From user Tue Nov 24 18:11:17 2026\r\nA: b\r\n\r\n", 0,
              "From user Tue Nov 24 18:11:17 2026\r\nA: b\r\n\r\n", TRUE);
  check_rest (": no name\r\n", 0, ": no name\r\n", TRUE);
  check_rest ("Gr\xc3\xbc\xc3\x9f"
              "e: x\r\n",
              0,
              "Gr\xc3\xbc\xc3\x9f"
              "e: x\r\n",
              TRUE);
  check_rest ("A: b\r\n", 1, "", TRUE);
  check_rest ("", 0, "", TRUE);
  check_rest ("A: b", 1, "", TRUE);
  check_rest ("A: b\r", 1, "", TRUE);
  check_rest ("A: b\r\n c", 1, "", TRUE);
  check_rest ("A: b\r\nunfinished", 1, "unfinished", TRUE);
  check_rest ("A: b\r\n\r", 1, "\r", TRUE);
  check_rest ("A: b\nBcc: c\r\r\n\r\nbody", 1, "body", FALSE);
}

static void
test_unfinished_field (void)
{
  g_autoptr (MrHeaderReader) reader = read_header ("A: b\r\nSubject: cut");

  g_assert_cmpstr (mr_header_reader_get_field (reader, 1)->raw, ==, "Subject: cut\r\n");
}

static void
test_limit (void)
{
  static const char text[] = "A: 0123456789\r\n\r\nbody";
  gsize used;

  for (gsize max = 0; max < 20; max++) {
    g_autoptr (MrHeaderReader) reader = mr_header_reader_new (max);
    MrHeaderStatus status = mr_header_reader_feed (reader, text, strlen (text), &used);

    g_assert_cmpint (status, ==, max >= 17 ? MR_HEADER_DONE : MR_HEADER_TOO_BIG);
    g_assert_cmpuint (used, <=, max);
    g_assert_cmpint (mr_header_reader_end (reader), ==, status);
  }
  {
    /* A line that never ends is cut off at the limit too. */
    g_autoptr (MrHeaderReader) reader = mr_header_reader_new (1000);
    guint fed = 0;
    while (mr_header_reader_feed (reader, "AAAAAAAAAA", 10, &used) == MR_HEADER_MORE)
      g_assert_cmpuint (++fed, <=, 100);
    g_assert_cmpuint (fed, ==, 100);
  }
}

static void
test_values (void)
{
  static const struct {
    const char *raw, *value, *decoded;
  } cases[] = {
    { "Subject: plain\r\n\r\n", "plain", "plain" },
    { "Subject:   \t padded \t\r\n\r\n", "padded", "padded" },
    { "Subject: a\r\n\r\n", "a", "a" },
    { "Subject: raw Jörg\r\n\r\n", "raw Jörg", "raw Jörg" },
    { "Subject: J\xf6rg\r\n\r\n", "J\357\277\275rg", "J\357\277\275rg" },
    { "Subject: =?iso-8859-1?Q?J=F6rg?=\r\n\r\n", "=?iso-8859-1?Q?J=F6rg?=", "Jörg" },
    { "Subject: =?utf-8?B?0JA=?=\r\n =?utf-8?B?0JE=?=\r\n\r\n", "=?utf-8?B?0JA=?= =?utf-8?B?0JE=?=", "АБ" },
    { "Subject: =?utf-8?Q?a=0D=0ABcc:_x?=\r\n\r\n", "=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x" },
    { "Subject: =?x?=\r\n\r\n", "=?x?=", "=?x?=" },
    { "Subject: =?nonsense?Q?abc?=\r\n\r\n", "=?nonsense?Q?abc?=", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MrHeaderReader) reader = read_header (cases[i].raw);
    g_autofree char *value = mr_header_reader_dup_value (reader, "subject");
    g_autofree char *decoded = mr_header_reader_dup_decoded (reader, "subject");

    g_assert_cmpstr (value, ==, cases[i].value);
    g_assert_true (g_utf8_validate (decoded, -1, NULL));
    if (cases[i].decoded != NULL)
      g_assert_cmpstr (decoded, ==, cases[i].decoded);
  }
}

static void
test_8bit (void)
{
  g_autoptr (MrHeaderReader) raw = read_header ("Subject: J\xc3\xb6rg\r\n\r\n");
  g_autoptr (MrHeaderReader) body = read_header ("Subject: x\r\n\r\n\xc3\xb6");
  g_autoptr (MrHeaderReader) line = read_header ("Subject: x\r\n\xc3\xb6\r\n");

  g_assert_true (mr_header_reader_has_8bit (raw));
  g_assert_false (mr_header_reader_has_8bit (body));
  g_assert_false (mr_header_reader_has_8bit (line));
}

static void
test_nul (void)
{
  static const char text[] = "Subject: a\0b\r\n\r\n";
  g_autoptr (MrHeaderReader) reader = mr_header_reader_new (100);
  g_autofree char *value = NULL;
  gsize used;

  g_assert_cmpint (mr_header_reader_feed (reader, text, sizeof text - 1, &used), ==, MR_HEADER_DONE);
  g_assert_cmpuint (mr_header_reader_get_field (reader, 0)->raw_len, ==, 14);
  value = mr_header_reader_dup_value (reader, "Subject");
  g_assert_cmpstr (value, ==, "a\357\277\275b");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/header/cuts", test_cuts);
  g_test_add_func ("/mail/header/single-bytes", test_single_bytes);
  g_test_add_func ("/mail/header/endings", test_endings);
  g_test_add_func ("/mail/header/unfinished-field", test_unfinished_field);
  g_test_add_func ("/mail/header/limit", test_limit);
  g_test_add_func ("/mail/header/values", test_values);
  g_test_add_func ("/mail/header/8bit", test_8bit);
  g_test_add_func ("/mail/header/nul", test_nul);
  return g_test_run ();
}

/* Words for what receivers write: real shapes of fields, ARC, and what is no field of ours. */
#include "ndr/header-lines.h"

#include <string.h>

static GPtrArray *
lines_of (const char *text)
{
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (100000);
  gsize used;

  if (mr_header_reader_feed (header, text, strlen (text), &used) == MR_HEADER_MORE)
    mr_header_reader_end (header);
  return mr_header_lines (header);
}

static const MrHeaderLine *
find (GPtrArray *lines, const char *method)
{
  for (guint i = 0; i < lines->len; i++)
    if (strcmp (((MrHeaderLine *)lines->pdata[i])->method, method) == 0)
      return lines->pdata[i];
  g_assert_not_reached ();
}

static void
test_all (void)
{
  g_autoptr (GPtrArray) lines = lines_of (
      "Delivered-To: lou@example.net\r\n"
      "ARC-Authentication-Results: i=1; first.example; dmarc=fail header.from=example.com\r\n"
      "Authentication-Results: mx.google.com;\r\n"
      "       dkim=pass header.i=@example.com header.s=mr1 header.b=AbC;\r\n"
      "       spf=softfail (google.com: domain of transitioning me@example.com does not designate 192.0.2.1 as\r\n"
      " permitted sender) smtp.mailfrom=me@example.com;\r\n"
      "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.com;\r\n"
      "       iprev=fail policy.iprev=192.0.2.1; x-odd=weird\r\n"
      "Subject: x\r\n\r\n");
  const MrHeaderLine *dkim = find (lines, "dkim"), *spf = find (lines, "spf"), *arc = lines->pdata[0];

  g_assert_cmpuint (lines->len, ==, 6);
  g_assert_true (arc->arc);
  g_assert_cmpstr (arc->server, ==, "first.example");
  g_assert_cmpint (arc->state, ==, MR_HEADER_LINE_BAD);
  g_assert_cmpstr (dkim->server, ==, "mx.google.com");
  g_assert_cmpint (dkim->state, ==, MR_HEADER_LINE_GOOD);
  g_assert_nonnull (strstr (dkim->words, " of example.com is good"));
  g_assert_nonnull (strstr (dkim->quoted, "header.s=mr1"));
  g_assert_cmpint (spf->state, ==, MR_HEADER_LINE_BAD);
  g_assert_nonnull (strstr (spf->words, "of example.com."));
  g_assert_cmpint (find (lines, "dmarc")->state, ==, MR_HEADER_LINE_BAD);
  g_assert_nonnull (strstr (find (lines, "iprev")->words, "192.0.2.1"));
  g_assert_cmpint (find (lines, "x-odd")->state, ==, MR_HEADER_LINE_NEUTRAL);
}

static void
test_nothing (void)
{
  g_autoptr (GPtrArray) none = lines_of ("Subject: x\r\n\r\n"), empty = lines_of (""),
                        bad = lines_of ("Authentication-Results: ;;;\r\n\r\n");

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (empty->len, ==, 0);
  g_assert_cmpuint (bad->len, ==, 0);
}

/* Every result of the table has words in which at most one thing is filled in. */
static void
test_table (void)
{
  static const char *const fields[] = { "spf=permerror smtp.mailfrom=x@a.example",
                                        "dkim=permerror header.d=a.example",
                                        "dkim=none",
                                        "dmarc=fail header.from=a.example",
                                        "arc=none",
                                        "auth=pass",
                                        "spf=hardfail smtp.mailfrom=%s%n@a.example",
                                        "spf=pass" };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *text = g_strconcat ("Authentication-Results: h.example; ", fields[i], "\r\n\r\n", NULL);
    g_autoptr (GPtrArray) lines = lines_of (text);
    const MrHeaderLine *line = lines->pdata[0];

    g_assert_cmpuint (lines->len, ==, 1);
    g_assert_cmpuint (strlen (line->words), >, 20);
    g_assert_null (strstr (line->words, "%"));
  }
}

/* Pasted: empty lines before it, LF; whole or only its header. */
static void
test_text (void)
{
  static const char header[]
      = "\n\r\nAuthentication-Results: mx.example; spf=pass smtp.mailfrom=a@example.com\nSubject: x\n";
  g_autoptr (GString) only = mr_header_text_normalise (header, strlen (header));
  g_autofree char *with_body = g_strconcat (header, "\nbody\n", NULL);
  g_autoptr (GString) whole = mr_header_text_normalise (with_body, strlen (with_body));
  gboolean has_body = TRUE;

  g_assert_true (g_str_has_prefix (only->str, "Authentication-Results: mx"));
  g_assert_true (g_str_has_suffix (whole->str, "x\r\n\r\nbody\r\n"));
  g_autoptr (GPtrArray) lines = mr_header_text_lines (only, &has_body);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_false (has_body);
  g_autoptr (GPtrArray) again = mr_header_text_lines (whole, &has_body);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_true (has_body);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/header-lines/all", test_all);
  g_test_add_func ("/header-lines/text", test_text);
  g_test_add_func ("/header-lines/nothing", test_nothing);
  g_test_add_func ("/header-lines/table", test_table);
  return g_test_run ();
}

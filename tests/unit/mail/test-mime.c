/* Tests of the structure reader: where parts begin and end. */
#include <string.h>

#include "mail/mime.h"
#include "messages.h"

/* "mixed[text/plain=hello;text/html=..]": kind, type and body of each part. */
static void
describe (GString *out, const char *data, const MrMimePart *part)
{
  g_string_append (out, part->type != NULL ? part->type : "-");
  if (part->is_protected)
    g_string_append_c (out, '!');
  if (part->kind == MR_MIME_LEAF) {
    g_string_append_c (out, '=');
    g_string_append_len (out, data + part->body, (gssize)(part->end - part->body));
    return;
  }
  g_string_append_c (out, part->kind == MR_MIME_MESSAGE ? '{' : '[');
  for (guint i = 0; i < part->children->len; i++) {
    if (i > 0)
      g_string_append_c (out, '|');
    describe (out, data, g_ptr_array_index (part->children, i));
  }
  g_string_append_c (out, part->kind == MR_MIME_MESSAGE ? '}' : ']');
}

static char *
structure (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMimePart) part = mr_mime_parse (text, strlen (text), &error);
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_no_error (error);
  describe (out, text, part);
  return g_strdup (out->str);
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

static void
test_structures (void)
{
  static const struct {
    const char *text, *expected;
  } cases[] = {
    { "Subject: x\r\n\r\nbody\r\n", "-=body\r\n" },
    { "", "-=" },
    { "\r\n", "-=" },
    { "Subject: x\r\nno header\r\n", "-=no header\r\n" },
    { "Content-Type: TEXT/Plain; charset=x\r\n\r\n", "text/plain=" },
    { MIXED "--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n\r\n--b--\r\n",
      "multipart/mixed[-=one|text/html=two\r\n]" },
    { MIXED "pre\r\n--b\r\n\r\none\r\n--b--\r\nepilogue\r\n--b\r\n\r\nno part\r\n", "multipart/mixed[-=one]" },
    { MIXED "--b \t\r\n\r\none\r\n--bx\r\n--b--x\r\n--b-- \r\n", "multipart/mixed[-=one\r\n--bx\r\n--b--x]" },
    { MIXED "--b\r\n\r\none", "multipart/mixed[-=one]" },
    { MIXED "--b\r\n--b\r\n\r\n--b--", "multipart/mixed[-=|-=]" },
    { MIXED "--b\r\nX: y\r\n--b\r\nX: y\r\n\r\n\r\n--b--\r\n", "multipart/mixed[-=|-=]" },
    { MIXED "--b\r\nno header here\r\n--b--\r\n", "multipart/mixed[-=no header here]" },
    { MIXED "nothing at all\r\n", "multipart/mixed[]" },
    { "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
      "multipart/mixed=--b\r\n\r\none\r\n--b--\r\n" },
    { MIXED "--b\r\nContent-Type: multipart/alternative; "
            "boundary=c\r\n\r\n--c\r\n\r\n1\r\n--c\r\n\r\n2\r\n--c--\r\nepi\r\n--b\r\n\r\n3\r\n--b--\r\n",
      "multipart/mixed[multipart/alternative[-=1|-=2]|-=3]" },
    /* The inner closing boundary is missing: the outer one ends both. */
    { MIXED "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\n1\r\n--b\r\n\r\n3\r\n--b--\r\n",
      "multipart/mixed[multipart/alternative[-=1]|-=3]" },
    /* One boundary is the beginning of the other. */
    { MIXED "--b\r\nContent-Type: multipart/alternative; "
            "boundary=b-1\r\n\r\n--b-1\r\n\r\n1\r\n--b-1--\r\n--b\r\n\r\n3\r\n--b--\r\n",
      "multipart/mixed[multipart/alternative[-=1]|-=3]" },
    { MIXED
      "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: i\r\nContent-Type: text/html\r\n\r\ninner\r\n--b--\r\n",
      "multipart/mixed[message/rfc822{text/html=inner}]" },
    { "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ==\r\n", "message/rfc822=QQ==\r\n" },
    { "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: i\r\n\r\nx\r\n--b--\r\n",
      "multipart/digest[-{-=x}]" },
    { "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n", "multipart/signed![-=x]" },
    { "Content-Type: multipart/mixed;\r\n boundary=\"a:b\"\r\n\r\n--a:b\r\n\r\nx\r\n--a:b--\r\n",
      "multipart/mixed[-=x]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *found = structure (cases[i].text);
    g_assert_cmpstr (found, ==, cases[i].expected);
  }
}

static void
test_encodings (void)
{
  static const struct {
    const char *value;
    MrMimeEncoding encoding;
  } cases[] = { { "7bit", MR_MIME_IDENTITY },
                { "8BIT", MR_MIME_IDENTITY },
                { "binary", MR_MIME_IDENTITY },
                { "Base64", MR_MIME_BASE64 },
                { "quoted-printable (c)", MR_MIME_QUOTED_PRINTABLE },
                { "BASE64;", MR_MIME_BASE64 },
                { "x-uuencode", MR_MIME_FOREIGN },
                { "uuencode", MR_MIME_FOREIGN },
                { "", MR_MIME_IDENTITY },
                { "nonsense", MR_MIME_IDENTITY } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf ("Content-Transfer-Encoding: %s\r\n\r\nx", cases[i].value);
    g_autoptr (MrMimePart) part = mr_mime_parse (text, strlen (text), NULL);
    g_assert_cmpint (part->encoding, ==, cases[i].encoding);
  }
}

static void
test_bounds (void)
{
  g_autoptr (GString) deep = g_string_new (NULL), wide = g_string_new (MIXED), nested = g_string_new (NULL);
  g_autoptr (GError) error = NULL, wide_error = NULL, nested_error = NULL;

  for (guint i = 0; i < MR_MIME_DEPTH_MAX; i++)
    g_string_append_printf (deep, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", i, i);
  g_assert_null (mr_mime_parse (deep->str, deep->len, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_TOO_BIG);

  for (guint i = 0; i < MR_MIME_PARTS_MAX - 1; i++)
    g_string_append (wide, "--b\r\n\r\nx\r\n");
  {
    g_autoptr (MrMimePart) part = mr_mime_parse (wide->str, wide->len, &wide_error);
    g_assert_no_error (wide_error);
    g_assert_cmpuint (part->children->len, ==, MR_MIME_PARTS_MAX - 1);
  }
  g_string_append (wide, "--b\r\n\r\nx\r\n");
  g_assert_null (mr_mime_parse (wide->str, wide->len, &wide_error));
  g_assert_error (wide_error, MR_ERROR, MR_ERROR_TOO_BIG);

  for (guint i = 0; i < 100; i++)
    g_string_append (nested, "Content-Type: message/rfc822\r\n\r\n");
  g_assert_null (mr_mime_parse (nested->str, nested->len, &nested_error));
  g_assert_error (nested_error, MR_ERROR, MR_ERROR_TOO_BIG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/mime/structures", test_structures);
  g_test_add_func ("/mail/mime/encodings", test_encodings);
  g_test_add_func ("/mail/mime/bounds", test_bounds);
  return g_test_run ();
}

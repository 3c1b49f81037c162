/* Tests of the MIME writers: GMime's decoders must give back what went in. */
#include <string.h>

#include <gmime/gmime.h>

#include "mail/encode.h"
#include "mail/field.h"

static GString *
decode (GMimeContentEncoding encoding, const GString *coded)
{
  GMimeEncoding state;
  GString *out = g_string_new (NULL);
  gsize n;

  g_mime_encoding_init_decode (&state, encoding);
  g_string_set_size (out, g_mime_encoding_outlen (&state, coded->len) + 1);
  n = g_mime_encoding_flush (&state, coded->str, coded->len, out->str);
  g_string_set_size (out, n);
  return out;
}

static void
assert_lines (const GString *coded, gsize max)
{
  gsize column = 0;

  g_assert_false (mr_bytes_have_8bit (coded->str, coded->len));
  for (gsize i = 0; i < coded->len; i++) {
    if (coded->str[i] == '\n') {
      g_assert_true (i > 0 && coded->str[i - 1] == '\r');
      column = 0;
    } else if (coded->str[i] != '\r') {
      g_assert_cmpuint (++column, <=, max);
    }
  }
}

static void
round_trip (const char *data, gsize len)
{
  g_autoptr (GString) qp = g_string_new (NULL), base64 = g_string_new (NULL);
  g_autoptr (GString) from_qp = NULL, from_base64 = NULL;

  mr_encode_quoted_printable (qp, data, len, FALSE);
  assert_lines (qp, 76);
  from_qp = decode (GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, qp);
  g_assert_cmpmem (from_qp->str, from_qp->len, data, len);
  mr_encode_base64 (base64, data, len);
  assert_lines (base64, 76);
  g_assert_false (g_str_has_suffix (base64->str, "\n"));
  from_base64 = decode (GMIME_CONTENT_ENCODING_BASE64, base64);
  g_assert_cmpmem (from_base64->str, from_base64->len, data, len);
}

static void
test_bodies (void)
{
  static const char *const cases[] = {
    "",
    "x",
    "\r\n",
    "é",
    "trailing blank \r\nand tab\t\r\n",
    "trailing at the end ",
    "=3D =\r\n",
    "lone \n and \r and \r\r\n\n",
    "--dashes\r\n-- \r\n",
    ".dot\r\n..\r\n.\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    round_trip (cases[i], strlen (cases[i]));
}

static void
test_all_lengths (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GRand *rand = g_rand_new_with_seed (7);

  for (guint len = 0; len < 400; len++) {
    static const char chars[] = "aaaaaa  \t=-.\xc3\xa9\r\n";
    round_trip (text->str, text->len);
    g_string_append_c (text, chars[g_rand_int_range (rand, 0, sizeof chars)]);
  }
  g_rand_free (rand);
}

static void
test_no_boundary_by_soft_break (void)
{
  g_autoptr (GString) text = g_string_new (NULL), out = g_string_new (NULL);

  for (guint pad = 60; pad < 90; pad++) {
    g_string_printf (text, "é%*s--boundary", (int)pad, "x");
    g_string_truncate (out, 0);
    mr_encode_quoted_printable (out, text->str, text->len, FALSE);
    g_assert_null (strstr (out->str, "\n--"));
  }
  g_string_truncate (out, 0);
  mr_encode_quoted_printable (out, "-- \r\nsig", 8, FALSE);
  g_assert_cmpstr (out->str, ==, "=2D-=20\r\nsig");
}

static void
test_mended (void)
{
  g_autoptr (GString) out = g_string_new (NULL), long_line = g_string_new (NULL);
  static const char text[] = "d=C3=A9j\xc3\xa0 =\r\nvu =zz =\r\n";

  mr_encode_quoted_printable (out, text, strlen (text), TRUE);
  g_assert_cmpstr (out->str, ==, "d=C3=A9j=C3=A0 =\r\nvu =3Dzz =\r\n");
  g_string_truncate (out, 0);
  for (guint i = 0; i < 100; i++)
    g_string_append (long_line, "=C3\xa9");
  mr_encode_quoted_printable (out, long_line->str, long_line->len, TRUE);
  assert_lines (out, 76);
  {
    g_autoptr (GString) back = decode (GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, out);
    g_assert_cmpuint (back->len, ==, 200);
    g_assert_true (g_utf8_validate_len (back->str, back->len, NULL));
  }
}

static void
test_choice (void)
{
  g_assert_false (mr_encode_prefers_base64 ("mostly ascii with one \xc3\xa9", 24));
  g_assert_true (mr_encode_prefers_base64 ("\xd0\xb0\xd0\xb1\xd0\xb2", 6));
}

static void
test_words (void)
{
  static const char *const cases[] = {
    "é",
    "Jörg Müller",
    "a=b?c_d e é",
    "кириллица без всякого перерыва и довольно длинная строка для одного слова",
    "日本語の件名がここに入りますので長くなりますがどこかで折り返さなければなりません",
    "long ascii part first and then much later something ünusual and again a long ascii part that goes on",
    "\"quotes\" (parens) <angles> ö",
    "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
    " leading and trailing é ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint column = 1; column < 90; column++) {
      g_autoptr (GString) out = g_string_new (NULL);
      g_autofree char *value = NULL, *decoded = NULL;

      for (guint c = 0; c + 1 < column; c++)
        g_string_append_c (out, 'x');
      g_string_append_c (out, ' ');
      mr_encode_words (out, cases[i], strlen (cases[i]));
      assert_lines (out, column > 76 ? column : 78);
      value = mr_field_unfold (out->str + column, out->len - column, NULL);
      decoded = mr_field_decode (value);
      g_assert_cmpstr (decoded, ==, cases[i]);
    }
  }
}

static void
test_words_unknown_charset (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  mr_encode_words (out, "J\xf6rg", 4);
  g_assert_cmpstr (out->str, ==, "=?unknown-8bit?Q?J=F6rg?=");
}

static void
test_parameter (void)
{
  static const char *const cases[]
      = { "é", "Übersicht (1) 'x' 100%.pdf",
          "eine sehr lange Bezeichnung für eine Datei, die über viele Zeilen gehen würde, wäre sie nicht geteilt.pdf" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) out = g_string_new ("attachment;\r\n\t");
    g_autofree char *value = NULL;
    GMimeContentDisposition *disposition;

    mr_encode_parameter (out, "filename", 8, cases[i], strlen (cases[i]));
    assert_lines (out, 78);
    value = mr_field_unfold (out->str, out->len, NULL);
    disposition = g_mime_content_disposition_parse (NULL, value);
    g_assert_cmpstr (g_mime_content_disposition_get_parameter (disposition, "filename"), ==, cases[i]);
    g_object_unref (disposition);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_mime_init ();
  g_test_add_func ("/mail/encode/bodies", test_bodies);
  g_test_add_func ("/mail/encode/all-lengths", test_all_lengths);
  g_test_add_func ("/mail/encode/no-boundary-by-soft-break", test_no_boundary_by_soft_break);
  g_test_add_func ("/mail/encode/mended", test_mended);
  g_test_add_func ("/mail/encode/choice", test_choice);
  g_test_add_func ("/mail/encode/words", test_words);
  g_test_add_func ("/mail/encode/words-unknown-charset", test_words_unknown_charset);
  g_test_add_func ("/mail/encode/parameter", test_parameter);
  return g_test_run ();
}

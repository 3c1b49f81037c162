/* Tests of the conversion of single header fields, with the text they become and what a reader makes of it. */
#include <string.h>

#include <gmime/gmime.h>

#include "mail/convert-field.h"
#include "mail/field.h"

static void
test_exact (void)
{
  static const struct {
    const char *raw, *expected;
  } cases[] = {
    { "Subject: ü\r\n", "Subject: =?utf-8?Q?=C3=BC?=\r\n" },
    { "Subject: plain words then ünusual ones, then plain\r\n",
      "Subject: plain words then =?utf-8?Q?=C3=BCnusual?= ones, then plain\r\n" },
    { "Subject: é à\r\n", "Subject: =?utf-8?B?w6kgw6A=?=\r\n" },
    { "Subject: J\xf6rg\r\n", "Subject: =?unknown-8bit?Q?J=F6rg?=\r\n" },
    { "Subject: =?utf-8?q?=C3=A9?= \xc3\xa9\r\n", "Subject: =?utf-8?B?w6kgw6k=?=\r\n" },
    { "From: Jörg Müller <j@x.example>\r\n", "From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <j@x.example>\r\n" },
    { "From: \"Müller, Jörg\" <j@x.example>\r\n", "From: =?utf-8?Q?M=C3=BCller=2C_J=C3=B6rg?= <j@x.example>\r\n" },
    { "From: j@x.example (Jörg)\r\n", "From: j@x.example (=?utf-8?Q?J=C3=B6rg?=)\r\n" },
    { "To: a@x.example, \"B, c\" <b@x.example>,\r\n Zoë <z@x.example>\r\n",
      "To: a@x.example, \"B, c\" <b@x.example>, =?utf-8?Q?Zo=C3=AB?= <z@x.example>\r\n" },
    { "To: Grüppe: a@x.example, b@x.example;\r\n", "To: =?utf-8?Q?Gr=C3=BCppe?=: a@x.example, b@x.example;\r\n" },
    { "Cc: <i@bücher.example>, j@Bücher.example\r\n", "Cc: <i@xn--bcher-kva.example>, j@xn--bcher-kva.example\r\n" },
    { "To: <kein Ärger>\r\n", "To: <kein ?"
                              "?rger>\r\n" },
    { "Content-Disposition: attachment; filename=\"é.pdf\"; size=3\r\n",
      "Content-Disposition: attachment;\r\n\tfilename*=utf-8''%C3%A9.pdf; size=3\r\n" },
    { "Content-Type: text/plain; name=é.txt; charset=\"a;b\"\r\n",
      "Content-Type: text/plain;\r\n\tname*=utf-8''%C3%A9.txt; charset=\"a;b\"\r\n" },
    { "Content-Disposition: attachment; filename*=utf-8''%C3%A9é\r\n",
      "Content-Disposition: attachment;\r\n\tfilename*=utf-8''%C3%A9%C3%A9\r\n" },
    { "Message-ID: <é@x.example>\r\n", "Message-ID: <?"
                                       "?@x.example>\r\n" },
    { "X-Thing : é\r\n", "X-Thing : =?utf-8?Q?=C3=A9?=\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = mr_convert_field (cases[i].raw, strlen (cases[i].raw), &error);

    g_assert_no_error (error);
    g_assert_cmpstr (text, ==, cases[i].expected);
  }
}

static void
test_refused (void)
{
  static const char *const cases[] = { "From: jörg@x.example\r\n", "To: A <a@x.example>, J <jörg@x.example>\r\n",
                                       "To: a@x\xe2\x80\xae.example\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (mr_convert_field (cases[i], strlen (cases[i]), &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  }
}

/* Whatever comes in, the field stays one field and 7 bit. */
static void
test_any (void)
{
  static const char *const names[] = { "Subject", "From", "Content-Type", "References" };
  static const char pieces[] = "a \"<>(),;:=?*\\@.[]\t\xc3\xa9\xff";
  GRand *rand = g_rand_new_with_seed (11);

  for (guint round = 0; round < 20000; round++) {
    g_autoptr (GString) raw = g_string_new (names[round % G_N_ELEMENTS (names)]);
    g_autofree char *text = NULL;
    gsize pos = 0;
    MrFieldSpan field;

    g_string_append (raw, ": ");
    for (guint i = 0; i < 40; i++)
      g_string_append_c (raw, pieces[g_rand_int_range (rand, 0, sizeof pieces)]);
    g_string_append (raw, "\r\n");
    text = mr_convert_field (raw->str, raw->len, NULL);
    if (text == NULL)
      continue;
    g_assert_true (g_str_is_ascii (text));
    g_assert_true (mr_field_next (text, strlen (text), &pos, &field));
    g_assert_cmpuint (pos, ==, strlen (text));
  }
  g_rand_free (rand);
}

static void
test_long_lists (void)
{
  g_autoptr (GString) raw = g_string_new ("To: ");
  g_autofree char *text = NULL, *value = NULL;
  InternetAddressList *list;

  for (guint i = 0; i < 500; i++)
    g_string_append_printf (raw, "Zoë %u <zoe%u@x.example>%s", i, i, i < 499 ? ", " : "\r\n");
  text = mr_convert_field (raw->str, raw->len, NULL);
  for (const char *line = text; line != NULL; line = strchr (line, '\n')) {
    line += *line == '\n' ? 1 : 0;
    g_assert_cmpuint (strcspn (line, "\r"), <=, 100);
  }
  mr_mime_init ();
  value = mr_field_unfold (text + 4, strlen (text) - 4, NULL);
  list = internet_address_list_parse (NULL, value);
  g_assert_cmpint (internet_address_list_length (list), ==, 500);
  g_assert_cmpstr (internet_address_get_name (internet_address_list_get_address (list, 499)), ==, "Zoë 499");
  g_object_unref (list);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/convert-field/exact", test_exact);
  g_test_add_func ("/mail/convert-field/refused", test_refused);
  g_test_add_func ("/mail/convert-field/any", test_any);
  g_test_add_func ("/mail/convert-field/long-lists", test_long_lists);
  return g_test_run ();
}

/* A message taken apart for reading: any line end, lost pieces, hostile nesting. */
#include "mail/parts.h"

#include <string.h>

static MrMailParts *
take (const char *text)
{
  return mr_mail_parts_read (text, strlen (text));
}

static const MrMailPart *
part (const MrMailParts *mail, guint i)
{
  g_assert_cmpuint (i, <, mail->parts->len);
  return mail->parts->pdata[i];
}

static void
test_report (void)
{
  static const char *const ends[] = { "\n", "\r\n", "\r" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_auto (GStrv) lines = g_strsplit (
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n an alle\nContent-Type: multipart/report;\n"
        " report-type=Delivery-Status; boundary=b\n\npreamble\n--b\nContent-Type: "
        "text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
        "quoted-printable\n\nf=FCr=\n alle\n--b\nContent-Type: "
        "message/delivery-status\n\nStatus: 5.1.1\n\n--b\nContent-Type: "
        "message/rfc822\n\nTo: lou@example.net\n\ntext\n--b--\n",
        "\n", -1);
    g_autofree char *text = g_strjoinv (ends[i], lines);
    g_autoptr (MrMailParts) mail = take (text);

    g_assert_cmpstr (mr_mail_fields_get (mail->fields, "subject"), ==, "Grüße an alle");
    g_assert_cmpstr (mail->report_type, ==, "delivery-status");
    g_assert_cmpuint (mail->parts->len, ==, 3);
    g_assert_cmpstr (part (mail, 0)->text, ==, "für alle");
    g_assert_cmpstr (part (mail, 1)->type, ==, "message/delivery-status");
    g_assert_cmpstr (part (mail, 1)->text, ==, "Status: 5.1.1\n");
    g_assert_cmpstr (mr_mail_fields_get (part (mail, 2)->fields, "To"), ==, "lou@example.net");
  }
}

static void
test_plain (void)
{
  g_autoptr (MrMailParts) empty = take ("");
  g_autoptr (MrMailParts) mailbox = take ("From a@b Thu Jan  1 00:00:00 2026\nSubject: x\n\nbody\n");
  g_autoptr (MrMailParts) base64 = take ("Content-Transfer-Encoding: base64\nContent-Type: text/plain; "
                                         "charset=utf-8\n\nw7xiZXI=\n");
  g_autoptr (MrMailParts) unsaid = take ("Subject: x\n\none =\ntwo=20three\n");

  g_assert_cmpuint (empty->parts->len, ==, 1);
  g_assert_cmpstr (mr_mail_fields_get (mailbox->fields, "Subject"), ==, "x");
  g_assert_cmpstr (part (mailbox, 0)->text, ==, "body\n");
  g_assert_cmpstr (part (base64, 0)->text, ==, "über");
  g_assert_cmpstr (part (unsaid, 0)->text, ==, "one two three\n");
}

/* A boundary that does not occur leaves the text. */
static void
test_wrong_boundary (void)
{
  g_autoptr (MrMailParts) mail = take ("Content-Type: multipart/report; boundary=a\n\n--b\n\nwords\n");

  g_assert_cmpuint (mail->parts->len, ==, 1);
  g_assert_nonnull (strstr (part (mail, 0)->text, "words"));
}

static void
test_bounds (void)
{
  GString *deep = g_string_new ("Content-Type: multipart/mixed; boundary=b0\n\n");
  GString *many = g_string_new ("Content-Type: multipart/mixed; boundary=b\n\n");
  g_autofree char *big = g_strnfill (4 * 1024 * 1024, 'a');

  for (guint i = 0; i < 200; i++) {
    g_string_append_printf (deep, "--b%u\nContent-Type: multipart/mixed; boundary=b%u\n\n", i, i + 1);
    g_string_append (many, "--b\n\nx\n");
  }
  g_autoptr (MrMailParts) a = mr_mail_parts_read (deep->str, deep->len);
  g_autoptr (MrMailParts) b = mr_mail_parts_read (many->str, many->len);
  g_autoptr (MrMailParts) c = take (big);

  g_assert_cmpuint (a->parts->len, ==, 1);
  g_assert_cmpuint (b->parts->len, ==, MR_PARTS_MAX);
  g_assert_cmpuint (strlen (part (c, 0)->text), <=, MR_PARTS_TEXT_MAX);
  g_string_free (deep, TRUE);
  g_string_free (many, TRUE);
}

static void
test_fields (void)
{
  static const char text[] = "A: 1\nB: 2\n 3\n\nrest";
  gsize used = 0;
  g_autoptr (GPtrArray) fields = mr_mail_fields_read (text, strlen (text), &used);

  g_assert_cmpuint (fields->len, ==, 2);
  g_assert_cmpstr (mr_mail_fields_get (fields, "b"), ==, "2 3");
  g_assert_null (mr_mail_fields_get (fields, "c"));
  g_assert_cmpstr (text + used, ==, "\nrest");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/parts/report", test_report);
  g_test_add_func ("/mail/parts/plain", test_plain);
  g_test_add_func ("/mail/parts/wrong-boundary", test_wrong_boundary);
  g_test_add_func ("/mail/parts/bounds", test_bounds);
  g_test_add_func ("/mail/parts/fields", test_fields);
  return g_test_run ();
}

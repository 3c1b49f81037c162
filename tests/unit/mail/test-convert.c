/* Tests of the conversion to 7 bit. GMime is the judge: it must find the same parts with the same content and the same
 * decoded header before and after; and parts that were 7 bit must be there byte by byte. */
#include <string.h>

#include <gmime/gmime.h>

#include "mail/convert.h"
#include "mail/field.h"
#include "mail/mime.h"
#include "messages.h"

static GMimeMessage *
parse (GBytes *bytes)
{
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (data, len);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

  g_object_unref (stream);
  g_object_unref (parser);
  g_assert_nonnull (message);
  return message;
}

/* What a reader sees of a part and of all below it. */
static void
append_content (GString *out, GMimeObject *object)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  g_autofree char *name = g_mime_content_type_get_mime_type (type);
  const char *filename = g_mime_object_get_content_disposition_parameter (object, "filename");
  const char *format = g_mime_content_type_get_parameter (type, "format");

  g_string_append_printf (out, "<%s %s %s>", name, filename != NULL ? filename : "", format != NULL ? format : "");
  if (GMIME_IS_MULTIPART (object)) {
    for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (object)); i++)
      append_content (out, g_mime_multipart_get_part (GMIME_MULTIPART (object), i));
  } else if (GMIME_IS_MESSAGE_PART (object)) {
    GMimeMessage *message = g_mime_message_part_get_message (GMIME_MESSAGE_PART (object));
    if (message == NULL)
      return;
    g_string_append_printf (out, "(%s)", g_mime_message_get_subject (message));
    append_content (out, g_mime_message_get_mime_part (message));
  } else if (g_mime_part_get_content (GMIME_PART (object)) != NULL) {
    GMimeStream *stream = g_mime_stream_mem_new ();
    GByteArray *bytes = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
    g_mime_data_wrapper_write_to_stream (g_mime_part_get_content (GMIME_PART (object)), stream);
    g_string_append_len (out, (const char *)bytes->data, (gssize)bytes->len);
    g_object_unref (stream);
  }
  g_string_append (out, "</>\n");
}

static GString *
content_of (GBytes *bytes)
{
  GString *out = g_string_new (NULL);
  GMimeMessage *message = parse (bytes);
  static const GMimeAddressType types[] = { GMIME_ADDRESS_TYPE_FROM, GMIME_ADDRESS_TYPE_TO, GMIME_ADDRESS_TYPE_CC,
                                            GMIME_ADDRESS_TYPE_REPLY_TO };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *list = internet_address_list_to_string (g_mime_message_get_addresses (message, types[i]), NULL,
                                                             FALSE);
    g_string_append_printf (out, "%s\n", list);
  }
  g_string_append_printf (out, "%s\n", g_mime_message_get_subject (message));
  append_content (out, g_mime_message_get_mime_part (message));
  g_object_unref (message);
  return out;
}

/* Every leaf and every header without 8-bit bytes stands in the result as it was. */
static void
assert_kept (const char *data, const MrMimePart *part, GBytes *result)
{
  gsize len;
  const char *found = g_bytes_get_data (result, &len);
  gsize start = mr_bytes_have_8bit (data + part->header, part->body - part->header) ? part->body : part->header;

  if (part->kind == MR_MIME_LEAF && part->end > start && !mr_bytes_have_8bit (data + start, part->end - start))
    g_assert_nonnull (memmem (found, len, data + start, part->end - start));
  for (guint i = 0; i < part->children->len; i++)
    assert_kept (data, g_ptr_array_index (part->children, i), result);
}

static void
assert_crlf (GBytes *bytes)
{
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);

  for (gsize i = 0; i < len; i++) {
    if (data[i] == '\n')
      g_assert_true (i > 0 && data[i - 1] == '\r');
  }
  g_assert_cmpmem (data + len - 2, 2, "\r\n", 2);
}

static char *
to_string (GBytes *bytes)
{
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static GBytes *
convert (GBytes *message)
{
  g_autoptr (GError) error = NULL;
  GBytes *result = mr_convert_to_7bit (message, &error);

  g_assert_no_error (error);
  g_assert_false (mr_convert_needs (g_bytes_get_data (result, NULL), g_bytes_get_size (result)));
  assert_crlf (result);
  return result;
}

/* The message with its last line end: the only thing that conversion may add. */
static GBytes *
complete (GBytes *message)
{
  GString *text = g_string_new_len (g_bytes_get_data (message, NULL), (gssize)g_bytes_get_size (message));

  if (!g_str_has_suffix (text->str, "\r\n"))
    g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

static void
test_message (gconstpointer name)
{
  g_autoptr (GBytes) message = load_message (name);
  g_autoptr (GBytes) result = convert (message), again = convert (result), whole = complete (message);
  g_autoptr (GString) before = content_of (whole), after = content_of (result);
  g_autoptr (MrMimePart) part = NULL;
  gsize len;
  const char *data = g_bytes_get_data (message, &len);

  g_assert_cmpstr (before->str, ==, after->str);
  g_assert_cmpuint (before->len, ==, after->len);
  g_assert_true (again == result);
  part = mr_mime_parse (data, len, NULL);
  assert_kept (data, part, result);
}

/* The text that must be there after conversion. */
static void
assert_has (const char *name, const char *const *expected)
{
  g_autoptr (GBytes) message = load_message (name), result = convert (message);
  g_autofree char *text = to_string (result);

  for (; *expected != NULL; expected++) {
    if (strstr (text, *expected) == NULL)
      g_test_message ("not in the result of %s: %s\n%s", name, *expected, text);
    g_assert_nonnull (strstr (text, *expected));
  }
}

static void
test_labels (void)
{
  assert_has (
      "plain-no-mime.eml",
      (const char *const[]){ "Message-ID: <n1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
                             "charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe",
                             "\r\n.ein Punkt", "Ende  =20\r\n=2D-=20\r\n", NULL });
  assert_has ("latin1-no-mime.eml",
              (const char *const[]){ "Content-Type: text/plain; charset=unknown-8bit\r\n", "Gr=FC=DFe", NULL });
  assert_has ("header-latin1.eml",
              (const char *const[]){ "From: =?unknown-8bit?Q?J=F6rg?= <joerg@example.org>\r\n",
                                     "Date: Tue, 24 Nov 2026 18:11:17 +0100\r\n\r\nonly the header has 8 bit\r\n",
                                     NULL });
  assert_has ("only-8bit.eml",
              (const char *const[]){ "Content-Transfer-Encoding: base64\r\n\r\n", "Subject: =?utf-8?B?", NULL });
  assert_has ("mixed.eml",
              (const char *const[]){ " boundary=\"----=_Part_0001\"\r\nContent-Transfer-Encoding: 7bit\r\n",
                                     "X-Odd:    spacing   kept\there \r\n", "The end.\r\n", NULL });
  assert_has ("inner-no-mime.eml",
              (const char *const[]){ "Subject: raw\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                     "Content-Transfer-Encoding: quoted-printable\r\n\r\nna=C3=AFve body\r\n",
                                     NULL });
  assert_has ("forwarded.eml",
              (const char *const[]){ "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n",
                                     "From: Carlos =?utf-8?Q?N=C3=BA=C3=B1ez?= <carlos@example.com>\r\n",
                                     "\r\ntomorrow\r\n", NULL });
  assert_has ("part-without-header.eml",
              (const char *const[]){ "--bare\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
                                     "base64\r\n\r\nZMOpYnV0\r\n--bare\r\n",
                                     "quoted-printable\r\n\r\nno header and no empty line: =C3=A9t=C3=A9\r\n--bare\r\n",
                                     NULL });
  assert_has ("wrong-encodings.eml",
              (const char *const[]){ "pr??ambule\r\n--w\r\n", "\r\nQUJ**DRA==\r\n--w\r\n", "aussi d=C3=A9j=C3=A0 vu",
                                     "--w--\r\n??pilogue\r\n", NULL });
  assert_has ("boundary-spaces.eml", (const char *const[]){ "--with space  \t\r\n", "\r\n--with space--  \r\n", NULL });
  assert_has ("header-8bit.eml", (const char *const[]){ "Cc: info@xn--bcher-kva.example\r\n", "X-Mailer: tool\r\n",
                                                        "filename*=utf-8''%C3%9Cbersicht.pdf; size=3\r\n", NULL });
}

static void
test_refused (void)
{
  static const char *const names[] = { "refused-signed.eml", "refused-encrypted.eml",     "refused-smime.eml",
                                       "refused-dkim.eml",   "refused-nested-signed.eml", "refused-uuencode.eml",
                                       "refused-partial.eml" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GBytes) message = load_message (names[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (mr_convert_to_7bit (message, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  }
}

static void
test_untouched (void)
{
  static const char text[] = "DKIM-Signature: x\r\nContent-Type: multipart/signed; boundary=s\r\n\r\n--s\r\nwhatever";
  g_autoptr (GBytes) message = g_bytes_new_static (text, strlen (text));
  g_autoptr (GBytes) result = mr_convert_to_7bit (message, NULL);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0), still_empty = mr_convert_to_7bit (empty, NULL);

  g_assert_true (result == message);
  g_assert_true (still_empty == empty);
}

static void
test_line_ends (void)
{
  static const char text[] = "Subject: x\n\nd\xc3\xa9j\xc3\xa0\r\nvu, in plain words\nend";
  g_autoptr (GBytes) message = g_bytes_new_static (text, strlen (text)), result = convert (message);
  g_autofree char *found = to_string (result);

  g_assert_cmpstr (
      found, ==,
      "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\nd=C3=A9j=C3=A0\r\nvu, in plain words\r\nend\r\n");
}

/* Inside base64, between the parts and in text: taking bytes out or escaping them must not make a boundary. */
static void
test_no_new_boundary (void)
{
  static const char text[]
      = "Content-Type: multipart/mixed; boundary=\"=A0w\"\r\n\r\n--\xa0\r\n--=A0w\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n-\xa0-=A0w\r\n--\xa0=A0w\r\n--=A0w\r\n"
        "Content-Type: text/plain; charset=x\r\n\r\nsome more words of text\r\n--\xa0w\r\n--=A0w--\r\n";
  g_autoptr (GBytes) message = g_bytes_new_static (text, sizeof text - 1), result = convert (message);
  g_autofree char *found = to_string (result);

  g_assert_cmpstr (found, ==,
                   "Content-Type: multipart/mixed; boundary=\"=A0w\"\r\n\r\n?-?\r\n--=A0w\r\n"
                   "Content-Transfer-Encoding: base64\r\n\r\n**-=A0w\r\n*-*=A0w\r\n--=A0w\r\n"
                   "Content-Type: text/plain; charset=x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                   "some more words of text\r\n=2D-=A0w\r\n--=A0w--\r\n");
}

/* Neither the part nor the message in it has an empty line: both get one, in that order. */
static void
test_missing_empty_lines (void)
{
  static const char text[] = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n"
                             "a body, and here 8 bit: \xc3\xa9\r\n";
  g_autoptr (GBytes) message = g_bytes_new_static (text, sizeof text - 1), result = convert (message);
  g_autofree char *found = to_string (result);

  g_assert_cmpstr (found, ==,
                   "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\nMIME-Version: 1.0\r\n\r\n"
                   "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n\r\na body, and here 8 bit: =C3=A9\r\n");
}

static void
test_nul (void)
{
  static const char text[] = "Subject: a\0b \xc3\xa9\r\nTo: x@y.example\r\n\r\nc\0d\r\n";
  g_autoptr (GBytes) message = g_bytes_new_static (text, sizeof text - 1), result = convert (message);
  static const char expected[] = "Subject: a?b =?utf-8?Q?=C3=A9?=\r\nTo: x@y.example\r\n\r\nc\0d\r\n";

  g_assert_cmpmem (g_bytes_get_data (result, NULL), g_bytes_get_size (result), expected, sizeof expected - 1);
}

static void
test_needs (void)
{
  guint8 bytes[200] = { 0 };

  g_assert_false (mr_convert_needs (bytes, sizeof bytes));
  g_assert_false (mr_convert_needs (NULL, 0));
  for (guint i = 0; i < sizeof bytes; i++) {
    bytes[i] = 0x80;
    g_assert_true (mr_convert_needs (bytes, sizeof bytes));
    g_assert_false (mr_convert_needs (bytes, i));
    bytes[i] = 0x7f;
  }
}

static void
test_too_deep (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append (text, "Content-Type: message/rfc822\r\n\r\n");
  g_string_append (text, "\xc3\xa9\r\n");
  message = g_bytes_new (text->str, text->len);
  g_assert_null (mr_convert_to_7bit (message, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_TOO_BIG);
}

static gpointer
convert_many_cb (gpointer data)
{
  GBytes *message = data;
  GBytes *first = convert (message);

  for (guint i = 0; i < 50; i++) {
    g_autoptr (GBytes) result = convert (message);
    g_assert_true (g_bytes_equal (first, result));
  }
  return first;
}

static void
test_threads (void)
{
  g_autoptr (GBytes) message = load_message ("header-8bit.eml");
  GThread *threads[4];
  GBytes *results[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("convert", convert_many_cb, message);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    results[i] = g_thread_join (threads[i]);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_assert_true (g_bytes_equal (results[0], results[i]));
    if (i > 0)
      g_bytes_unref (results[i]);
  }
  g_bytes_unref (results[0]);
}

int
main (int argc, char **argv)
{
  /* part-without-header: GMime drops the wrong part, which conversion mends. */
  static const char *const names[] = { "plain-no-mime",   "latin1-no-mime",  "only-8bit",     "mixed",
                                       "alternative",     "forwarded",       "inner-no-mime", "digest",
                                       "header-8bit",     "boundary-spaces", "unterminated",  "no-final-newline",
                                       "wrong-encodings", "raw-binary",      "long-line",     "delivery-status" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/convert/threads", test_threads);
  mr_mime_init ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strconcat ("/mail/convert/message/", names[i], NULL);
    g_test_add_data_func_full (path, g_strconcat (names[i], ".eml", NULL), test_message, g_free);
  }
  g_test_add_func ("/mail/convert/labels", test_labels);
  g_test_add_func ("/mail/convert/refused", test_refused);
  g_test_add_func ("/mail/convert/untouched", test_untouched);
  g_test_add_func ("/mail/convert/line-ends", test_line_ends);
  g_test_add_func ("/mail/convert/missing-empty-lines", test_missing_empty_lines);
  g_test_add_func ("/mail/convert/no-new-boundary", test_no_new_boundary);
  g_test_add_func ("/mail/convert/nul", test_nul);
  g_test_add_func ("/mail/convert/needs", test_needs);
  g_test_add_func ("/mail/convert/too-deep", test_too_deep);
  return g_test_run ();
}

/* Fuzz target: reply reader, capabilities and formatter. The first byte says where the rest is cut. */
#include <string.h>

#include "fuzz.h"
#include "smtp/capabilities.h"
#include "smtp/reply-private.h"
#include "smtp/reply.h"

/* Reads replies until the bytes end or are bad. */
static char *
read_all (const guint8 *data, gsize size, gsize cut)
{
  g_autoptr (MrReplyReader) reader = mr_reply_reader_new ();
  GString *log = g_string_new (NULL);
  MrReplyRecord reply = { 0 };
  MrSmtpCapabilities caps = { 0 };
  MrReplyStatus status = MR_REPLY_MORE;
  gsize at = 0;

  while (at < size && status != MR_REPLY_BAD) {
    gsize end = at < cut ? cut : size;
    gsize used = 0;

    status = mr_reply_reader_feed (reader, data + at, end - at, &used);
    g_assert_true (used <= end - at);
    g_assert_true (used > 0 || status == MR_REPLY_BAD);
    at += used;
    if (status == MR_REPLY_COMPLETE) {
      mr_capabilities_set (&caps, mr_reply_reader_get_lines (reader));
      mr_reply_reader_hide (reader, "secret");
      mr_reply_reader_take (reader, &reply);
      g_assert_true (reply.code >= 200 && reply.code <= 599);
      g_assert_true (g_utf8_validate (reply.text, -1, NULL));
      g_assert_cmpuint (strlen (reply.text), <=, 2048);
      g_assert_null (strstr (reply.text, "secret"));
      g_string_append_printf (log, "%u|%s|%s\n", reply.code, reply.enhanced, reply.text);
    }
  }
  g_string_append_printf (log, "%d", status == MR_REPLY_BAD);
  mr_reply_record_clear (&reply);
  mr_capabilities_clear (&caps);
  return g_string_free (log, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *whole = NULL, *part = NULL, *text = NULL, *formatted = NULL;
  g_autoptr (MrReplyReader) reader = mr_reply_reader_new ();
  gsize used;

  if (size == 0)
    return 0;
  whole = read_all (data + 1, size - 1, 0);
  part = read_all (data + 1, size - 1, MIN (data[0], size - 1));
  g_assert_cmpstr (whole, ==, part);

  /* What is formatted can be read. */
  text = g_strndup ((const char *)data, size);
  formatted = mr_reply_format (200 + data[0], "5.1.1", text);
  g_assert_cmpint (mr_reply_reader_feed (reader, formatted, strlen (formatted), &used), ==, MR_REPLY_COMPLETE);
  g_assert_cmpuint (used, ==, strlen (formatted));
  return 0;
}

/* Fuzz target: the streaming header reader, the decoding of values and the fix-ups of submission. The first byte says in
 * pieces of which length the rest is fed. */
#include <string.h>

#include "fuzz.h"
#include "mail/fixup.h"

#define HEADER_MAX 8192

static MrHeaderStatus
read_all (MrHeaderReader *reader, const char *data, gsize size, gsize step, gsize *ret_used)
{
  MrHeaderStatus status = MR_HEADER_MORE;

  *ret_used = 0;
  while (status == MR_HEADER_MORE && *ret_used < size) {
    gsize used, n = MIN (step, size - *ret_used);
    status = mr_header_reader_feed (reader, data + *ret_used, n, &used);
    g_assert_cmpuint (used, <=, n);
    g_assert_true (status != MR_HEADER_MORE || used == n);
    *ret_used += used;
  }
  return status == MR_HEADER_MORE ? mr_header_reader_end (reader) : status;
}

/* What was read and what is left over are the bytes that came, but for the line end that the last field may get. */
static void
check_bytes (MrHeaderReader *reader, const char *data, gsize size, gsize used)
{
  g_autoptr (GString) all = g_string_new (NULL);
  const guint8 *rest;
  gsize rest_len;

  for (guint i = 0; i < mr_header_reader_n_fields (reader); i++) {
    const MrHeaderField *field = mr_header_reader_get_field (reader, i);
    g_assert_cmpuint (field->raw_len, >=, 3);
    g_assert_cmpmem (field->raw + field->raw_len - 2, 2, "\r\n", 2);
    g_string_append_len (all, field->raw, (gssize)field->raw_len);
  }
  if (!mr_header_reader_missing_blank (reader, &rest, &rest_len))
    g_string_append (all, "\r\n");
  g_string_append_len (all, (const char *)rest, (gssize)rest_len);
  g_assert_cmpuint (all->len, >=, used);
  g_assert_cmpuint (all->len, <=, used + 2);
  g_assert_true (all->len == used || used == size);
  g_assert_cmpint (used > 0 ? memcmp (all->str, data, used) : 0, ==, 0);
}

static void
check_values (MrHeaderReader *reader)
{
  for (guint i = 0; i < mr_header_reader_n_fields (reader); i++) {
    const char *name = mr_header_reader_get_field (reader, i)->name;
    g_autofree char *value = mr_header_reader_dup_value (reader, name);
    g_autofree char *decoded = mr_header_reader_dup_decoded (reader, name);

    g_assert_true (g_utf8_validate (value, -1, NULL));
    g_assert_true (g_utf8_validate (decoded, -1, NULL));
    g_assert_null (strpbrk (decoded, "\r\n"));
    g_assert_cmpuint (mr_header_reader_count (reader, name), >=, 1);
  }
}

/* The header that comes out is read as one again, and has what it must have. */
static void
check_fixup (MrHeaderReader *reader)
{
  MrFixupContext context = { .id = "0123456789ABCDEF",
                             .helo = "client.example",
                             .esmtp = TRUE,
                             .peer_address = "192.0.2.1",
                             .reverse_path = "ada@example.org",
                             .single_recipient = "bob@example.net" };
  g_autoptr (GError) error = NULL;
  g_autoptr (MrFixupResult) result = mr_fixup_header (reader, &context, &error);
  g_autoptr (MrHeaderReader) again = mr_header_reader_new (HEADER_MAX * 2);
  gsize size, used;
  const char *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (result->header, &size);
  g_assert_cmpint (read_all (again, data, size, size, &used), ==, MR_HEADER_DONE);
  g_assert_cmpuint (used, ==, size);
  g_assert_cmpuint (mr_header_reader_count (again, "Received"), ==, result->n_received + 1);
  g_assert_cmpuint (mr_header_reader_count (again, "Bcc"), ==, 0);
  g_assert_cmpuint (mr_header_reader_count (again, "Return-Path"), ==, 0);
  g_assert_cmpuint (mr_header_reader_count (again, "Date"), >=, 1);
  g_assert_cmpuint (mr_header_reader_count (again, "From"), >=, 1);
  g_assert_cmpuint (mr_header_reader_count (again, "Message-ID"), >=, 1);
  g_assert_true (mr_header_reader_has_8bit (again) == result->has_8bit);
  if (result->subject != NULL) {
    g_assert_cmpuint (strlen (result->subject), <=, 998);
    g_assert_true (g_utf8_validate (result->subject, -1, NULL));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MrHeaderReader) whole = mr_header_reader_new (HEADER_MAX), pieces = mr_header_reader_new (HEADER_MAX);
  const char *text = (const char *)data + 1;
  gsize used, used_in_pieces;
  MrHeaderStatus status;

  if (size == 0)
    return 0;
  status = read_all (whole, text, size - 1, size, &used);
  g_assert_cmpint (read_all (pieces, text, size - 1, (gsize)data[0] % 67 + 1, &used_in_pieces), ==, status);
  if (status != MR_HEADER_DONE)
    return 0;
  g_assert_cmpuint (used, ==, used_in_pieces);
  g_assert_cmpuint (mr_header_reader_n_fields (whole), ==, mr_header_reader_n_fields (pieces));
  check_bytes (whole, text, size - 1, used);
  check_bytes (pieces, text, size - 1, used);
  check_values (whole);
  check_fixup (whole);
  return 0;
}

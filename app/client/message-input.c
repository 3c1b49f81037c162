/* A message from standard input. Line ends may be LF or CRLF; the header reader wants CRLF, so the header, and only that, is copied. */
#include <config.h>

#include "client/message-input.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "mail/address.h"
#include "mail/header.h"

#define MAX_HEADER     (1024 * 1024)
#define MAX_RECIPIENTS 10000

GBytes *
mr_message_input_read (int fd, gboolean dot_ends, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 buffer[65536];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      mr_set_errno_error (error, errno, _ ("The message could not be read"));
      return NULL;
    }
    if (bytes->len + (gsize)n > MR_MESSAGE_INPUT_MAX) {
      g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("The message has more than 64 MiB"));
      return NULL;
    }
    g_byte_array_append (bytes, buffer, (guint)n);
  }
  if (dot_ends) {
    /* What stands after the line with the dot is not part of the message. */
    const char *text = (const char *)bytes->data;
    for (guint start = 0; start < bytes->len;) {
      const char *eol = memchr (text + start, '\n', bytes->len - start);
      guint end = eol != NULL ? (guint)(eol - text) : bytes->len;
      guint len = end > start && text[end - 1] == '\r' ? end - start - 1 : end - start;
      if (len == 1 && text[start] == '.') {
        g_byte_array_set_size (bytes, start);
        break;
      }
      start = end + 1;
    }
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static MrHeaderReader *
read_header (GBytes *message)
{
  MrHeaderReader *reader = mr_header_reader_new (MAX_HEADER);
  gsize len, used;
  const char *text = g_bytes_get_data (message, &len);

  for (gsize start = 0; start < len;) {
    const char *eol = memchr (text + start, '\n', len - start);
    gsize end = eol != NULL ? (gsize)(eol - text) : len;
    gsize line = end > start && text[end - 1] == '\r' ? end - start - 1 : end - start;
    g_autofree char *copy = g_malloc (line + 2);

    memcpy (copy, text + start, line);
    memcpy (copy + line, "\r\n", 2);
    if (mr_header_reader_feed (reader, copy, line + 2, &used) != MR_HEADER_MORE)
      return reader;
    start = end + 1;
  }
  mr_header_reader_end (reader);
  return reader;
}

/* All fields of that name, not only the first. */
/* TRUE where all of it could be read. */
static gboolean
add_addresses (GPtrArray *addresses, MrHeaderReader *reader, const char *name, const char *default_domain)
{
  gboolean good = TRUE;

  for (guint i = 0; i < mr_header_reader_n_fields (reader); i++) {
    const MrHeaderField *field = mr_header_reader_get_field (reader, i);
    const char *colon = memchr (field->raw, ':', field->raw_len);
    gboolean bad = FALSE;

    if (g_ascii_strcasecmp (field->name, name) != 0 || colon == NULL)
      continue;
    g_autofree char *value = g_strndup (colon + 1, field->raw_len - (gsize)(colon + 1 - field->raw));
    g_auto (GStrv) found = mr_address_list_parse_qualified (value, MAX_RECIPIENTS, default_domain, &bad);
    good = good && !bad;
    for (guint j = 0; found != NULL && found[j] != NULL; j++)
      if (!g_ptr_array_find_with_equal_func (addresses, found[j], g_str_equal, NULL))
        g_ptr_array_add (addresses, g_strdup (found[j]));
  }
  return good;
}

char **
mr_message_input_dup_recipients (GBytes *message, const char *default_domain, gboolean *ret_bad, GError **error)
{
  static const char *const fields[2][3] = { { "To", "Cc", "Bcc" }, { "Resent-To", "Resent-Cc", "Resent-Bcc" } };
  g_autoptr (MrHeaderReader) reader = read_header (message);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  gboolean resent = FALSE, bad = FALSE;

  for (guint i = 0; i < 3; i++)
    resent = resent || mr_header_reader_count (reader, fields[1][i]) > 0;
  for (guint i = 0; i < 3; i++)
    bad = !add_addresses (addresses, reader, fields[resent][i], default_domain) || bad;
  if (ret_bad != NULL)
    *ret_bad = bad;
  if (addresses->len == 0) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The message names no recipient in To, Cc or Bcc"));
    return NULL;
  }
  g_ptr_array_add (addresses, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
}

char *
mr_message_input_dup_sender (GBytes *message)
{
  static const char *const fields[] = { "Resent-From", "From" };
  g_autoptr (MrHeaderReader) reader = read_header (message);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *value = mr_header_reader_dup_value (reader, fields[i]);
    g_auto (GStrv) found = value != NULL ? mr_address_list_parse (value, 1, NULL) : NULL;
    if (found != NULL && found[0] != NULL)
      return g_strdup (found[0]);
  }
  return NULL;
}

const char *
mr_message_input_get_host (void)
{
  const char *name = g_get_host_name ();

  return *name != '\0' ? name : "localhost";
}

char *
mr_message_input_qualify (const char *address)
{
  return strchr (address, '@') != NULL ? g_strdup (address)
                                       : g_strconcat (address, "@", mr_message_input_get_host (), NULL);
}

char *
mr_message_input_dup_own_address (void)
{
  return mr_message_input_qualify (g_get_user_name ());
}

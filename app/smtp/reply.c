/* Replies: reader and formatter (RFC 5321 4.2, 4.2.1; RFC 2034, RFC 3463 2).
 *
 * The reader takes bytes cut anywhere and holds at most one line and the lines of one reply; both are bounded, so
 * that a server that never ends its reply is an error and no memory is lost to it. It judges a line's first four
 * bytes as they come: what does not speak SMTP (a TLS record, HTTP) is known at its first byte.
 */
#include "smtp/reply.h"

#include <string.h>

#include "smtp/reply-private.h"

#define HIDDEN   "****"
#define HIDE_MIN 4
/* RFC 5321 4.5.3.1.5: 512 with code and CRLF. */
#define TEXT_MAX 500

struct _MrReplyReader {
  GString *line;    /* what has come of the line */
  GPtrArray *lines; /* text of each line; NULL at the end once complete */
  guint code;
  gboolean complete;
  gboolean bad;
};

MrReplyReader *
mr_reply_reader_new (void)
{
  MrReplyReader *reader = g_new0 (MrReplyReader, 1);

  reader->line = g_string_new (NULL);
  reader->lines = g_ptr_array_new_with_free_func (g_free);
  return reader;
}

void
mr_reply_reader_free (MrReplyReader *reader)
{
  if (reader == NULL)
    return;
  g_string_free (reader->line, TRUE);
  g_ptr_array_unref (reader->lines);
  g_free (reader);
}

static gboolean
start_is_possible (const GString *line)
{
  for (gsize i = 0; i < MIN (line->len, 3); i++) {
    if (!g_ascii_isdigit (line->str[i]))
      return FALSE;
  }
  if (line->len > 0 && (line->str[0] < '2' || line->str[0] > '5'))
    return FALSE;
  return line->len < 4 || (line->str[3] != '\0' && strchr (" -\r\n", line->str[3]) != NULL);
}

/* The line is complete with its LF. */
static MrReplyStatus
end_line (MrReplyReader *reader)
{
  GString *line = reader->line;
  guint code;
  gboolean last;

  g_string_truncate (line, line->len - 1);
  if (line->len > 0 && line->str[line->len - 1] == '\r')
    g_string_truncate (line, line->len - 1);
  if (line->len < 3 || memchr (line->str, '\0', line->len) != NULL)
    return MR_REPLY_BAD;
  code = (guint)(line->str[0] - '0') * 100 + (guint)(line->str[1] - '0') * 10 + (guint)(line->str[2] - '0');
  if ((reader->lines->len > 0 && code != reader->code) || reader->lines->len == MR_REPLY_LINES_MAX)
    return MR_REPLY_BAD;
  reader->code = code;
  last = line->str[3] != '-';
  g_ptr_array_add (reader->lines, g_strdup (line->len > 3 ? line->str + 4 : ""));
  g_string_truncate (line, 0);
  if (!last)
    return MR_REPLY_MORE;
  g_ptr_array_add (reader->lines, NULL);
  reader->complete = TRUE;
  return MR_REPLY_COMPLETE;
}

MrReplyStatus
mr_reply_reader_feed (MrReplyReader *reader, const void *data, gsize len, gsize *ret_used)
{
  const char *bytes = data;
  gsize used = 0;
  MrReplyStatus status = reader->bad ? MR_REPLY_BAD : MR_REPLY_MORE;

  if (reader->complete) {
    g_ptr_array_set_size (reader->lines, 0);
    reader->complete = FALSE;
  }
  while (status == MR_REPLY_MORE && used < len) {
    const char *lf = memchr (bytes + used, '\n', len - used);
    gsize take = lf != NULL ? (gsize)(lf - bytes) + 1 - used : len - used;

    if (reader->line->len + take > MR_REPLY_LINE_MAX + 2) {
      status = MR_REPLY_BAD;
      break;
    }
    g_string_append_len (reader->line, bytes + used, (gssize)take);
    used += take;
    if (!start_is_possible (reader->line))
      status = MR_REPLY_BAD;
    else if (lf != NULL)
      status = end_line (reader);
  }
  reader->bad = status == MR_REPLY_BAD;
  *ret_used = used;
  return status;
}

gsize
mr_reply_enhanced_length (const char *text, guint code)
{
  gsize at = 1;

  if (code / 100 == 3 || (guint)(text[0] - '0') != code / 100)
    return 0;
  for (int part = 0; part < 2; part++) {
    gsize digits = 0;

    if (text[at++] != '.')
      return 0;
    while (g_ascii_isdigit (text[at]) && digits < 4) {
      at++;
      digits++;
    }
    if (digits < 1 || digits > 3)
      return 0;
  }
  return text[at] == '\0' || text[at] == ' ' ? at : 0;
}

void
mr_reply_reader_take (MrReplyReader *reader, MrReplyRecord *ret)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *enhanced = NULL;
  gsize enhanced_len;

  g_return_if_fail (reader->complete);

  enhanced_len = mr_reply_enhanced_length (g_ptr_array_index (reader->lines, 0), reader->code);
  if (enhanced_len > 0)
    enhanced = g_strndup (g_ptr_array_index (reader->lines, 0), enhanced_len);
  for (guint i = 0; i + 1 < reader->lines->len; i++) {
    const char *line = g_ptr_array_index (reader->lines, i);

    if (enhanced != NULL && strncmp (line, enhanced, enhanced_len) == 0
        && (line[enhanced_len] == ' ' || line[enhanced_len] == '\0')) {
      line += enhanced_len;
      line += strspn (line, " ");
    }
    if (i > 0)
      g_string_append_c (text, '\n');
    g_string_append (text, line);
  }
  mr_reply_record_set (ret, reader->code, enhanced, text->str);
}

const char *const *
mr_reply_reader_get_lines (MrReplyReader *reader)
{
  static const char *const none[] = { NULL };

  return reader->complete ? (const char *const *)reader->lines->pdata : none;
}

guint
mr_reply_reader_get_code (MrReplyReader *reader)
{
  return reader->complete ? reader->code : 0;
}

void
mr_reply_reader_hide (MrReplyReader *reader, const char *word)
{
  g_return_if_fail (reader->complete);

  if (strlen (word) < HIDE_MIN)
    return;
  for (guint i = 0; i + 1 < reader->lines->len; i++) {
    char *line = g_ptr_array_index (reader->lines, i);

    if (strstr (line, word) != NULL) {
      g_autoptr (GString) hidden = g_string_new (line);

      g_string_replace (hidden, word, HIDDEN, 0);
      memset (line, 0, strlen (line));
      g_free (line);
      reader->lines->pdata[i] = g_strdup (hidden->str);
    }
  }
}

static void
append_clean (GString *out, const char *text, gsize len)
{
  for (gsize i = 0; i < MIN (len, TEXT_MAX); i++)
    g_string_append_c (out, g_ascii_isprint (text[i]) ? text[i] : (text[i] == '\t' ? ' ' : '?'));
}

char *
mr_reply_format (guint code, const char *enhanced, const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *line = text != NULL ? text : "";

  for (guint n = 1;; n++) {
    gsize len = strcspn (line, "\n");
    gboolean last = line[len] == '\0' || n == MR_REPLY_LINES_MAX;

    g_string_append_printf (out, "%03u%c", code, last ? ' ' : '-');
    if (enhanced != NULL)
      g_string_append_printf (out, "%s%s", enhanced, len > 0 ? " " : "");
    append_clean (out, line, len);
    g_string_append (out, "\r\n");
    if (last)
      break;
    line += len + 1;
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

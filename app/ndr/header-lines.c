/* Words for Authentication-Results: see header-lines.h. */
#include <config.h>

#include "ndr/header-lines.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mailauth/results.h"

#define MAX_HEADER (1024 * 1024)
#define MAX_LINES  100

/* %s: the domain or address that it is about. */
typedef struct {
  const char *method, *result;
  MrHeaderLineState state;
  const char *words;
} Row;

#define GOOD    MR_HEADER_LINE_GOOD
#define BAD     MR_HEADER_LINE_BAD
#define NEUTRAL MR_HEADER_LINE_NEUTRAL

/* clang-format off */
static const Row rows[] = {
  { "spf", "pass", GOOD, N_("The server that handed it in is among the allowed senders (SPF) of %s.") },
  { "spf", "fail", BAD, N_("The server that handed it in is not among the allowed senders (SPF) of %s. Add it to that entry.") },
  { "spf", "softfail", BAD, N_("The server that handed it in is probably not among the allowed senders (SPF) of %s. Add it to that entry.") },
  { "spf", "neutral", NEUTRAL, N_("The entry of allowed senders (SPF) of %s says nothing about this server.") },
  { "spf", "none", NEUTRAL, N_("%s has no entry of allowed senders (SPF).") },
  { "spf", "temperror", NEUTRAL, N_("The allowed senders (SPF) of %s could not be looked up at that moment.") },
  { "spf", "permerror", BAD, N_("The entry of allowed senders (SPF) of %s has a mistake and counts as none.") },
  { "dkim", "pass", GOOD, N_("The signature (DKIM) of %s is good: the message arrived as it was sent.") },
  { "dkim", "fail", BAD, N_("The signature (DKIM) of %s does not fit: the message was changed on its way, or another key is published.") },
  { "dkim", "neutral", NEUTRAL, N_("The signature (DKIM) of %s could not be judged.") },
  { "dkim", "policy", NEUTRAL, N_("The signature (DKIM) of %s is not taken by this receiver, for instance because its key is short.") },
  { "dkim", "none", NEUTRAL, N_("The message has no signature (DKIM).") },
  { "dkim", "temperror", NEUTRAL, N_("The key for the signature (DKIM) of %s could not be looked up at that moment.") },
  { "dkim", "permerror", BAD, N_("The signature (DKIM) of %s cannot be used: its key is not published, or the entry has a mistake.") },
  { "dmarc", "pass", GOOD, N_("The message counts as really from %s (DMARC): a good signature or an allowed sender belongs to that domain.") },
  { "dmarc", "fail", BAD, N_("The message does not count as from %s (DMARC): neither a good signature nor an allowed sender belongs to that domain.") },
  { "dmarc", "none", NEUTRAL, N_("%s does not say what to do with forgeries (DMARC).") },
  { "dmarc", "bestguesspass", NEUTRAL, N_("%s does not say what to do with forgeries (DMARC); it would have been taken for genuine.") },
  { "dmarc", "temperror", NEUTRAL, N_("What %s says about forgeries (DMARC) could not be looked up at that moment.") },
  { "dmarc", "permerror", BAD, N_("What %s says about forgeries (DMARC) has a mistake.") },
  { "arc", "pass", NEUTRAL, N_("A server on the way vouches for what it saw (ARC), and its seal is good.") },
  { "arc", "fail", NEUTRAL, N_("A server on the way vouches for what it saw (ARC), but its seal does not fit.") },
  { "arc", "none", NEUTRAL, N_("No server on the way vouches for the message (ARC). None has to.") },
  { "iprev", "pass", GOOD, N_("The internet address %s has a name, and the name leads back to it (reverse DNS).") },
  { "iprev", "fail", BAD, N_("The internet address %s has no name that leads back to it (reverse DNS). Whoever provides the address can set it.") },
  { "auth", "pass", NEUTRAL, N_("Whoever handed in the message had logged in.") },
};
/* clang-format on */

const char *
mr_header_line_state_nick (MrHeaderLineState state)
{
  return state == GOOD ? "good" : state == BAD ? "bad" : "neutral";
}

static void
line_free (gpointer data)
{
  MrHeaderLine *line = data;

  g_free (line->server);
  g_free (line->method);
  g_free (line->result);
  g_free (line->quoted);
  g_free (line->words);
  g_free (line);
}

/* The domain or address that a result is about; "?" where the field does not tell. */
static char *
dup_subject (const MrAuthResult *result)
{
  static const char *const properties[] = { "header.d",      "header.i",       "header.from",
                                            "smtp.mailfrom", "smtp.mail",      "smtp.helo",
                                            "policy.iprev",  "smtp.remote-ip", NULL };
  const char *value = NULL;

  for (guint i = 0; properties[i] != NULL && value == NULL; i++)
    value = mr_auth_result_get (result, properties[i]);
  if (value == NULL || *value == '\0')
    return g_strdup ("?");
  /* Of an address the domain: the left side of a return path is long and says nothing here. */
  const char *at = strrchr (value, '@');
  return g_strdup (at != NULL && at[1] != '\0' ? at + 1 : value);
}

static char *
dup_quoted (const MrAuthResult *result)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s=%s", result->method, result->result);
  if (result->comment != NULL)
    g_string_append_printf (text, " (%s)", result->comment);
  if (result->reason != NULL)
    g_string_append_printf (text, " reason=%s", result->reason);
  for (guint i = 0; result->properties != NULL && result->properties[i] != NULL; i++)
    g_string_append_printf (text, " %s", result->properties[i]);
  return g_string_free (text, FALSE);
}

static const Row *
find_row (const MrAuthResult *result)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].method, result->method) == 0
        && (strcmp (rows[i].result, result->result) == 0
            || (strcmp (result->result, "hardfail") == 0 && strcmp (rows[i].result, "fail") == 0)))
      return &rows[i];
  return NULL;
}

/* Puts the subject in place of the one %s that the words may have. */
static char *
fill (const char *words, const char *subject)
{
  const char *mark = strstr (words, "%s");

  if (mark == NULL)
    return g_strdup (words);
  return g_strdup_printf ("%.*s%s%s", (int)(mark - words), words, subject, mark + 2);
}

static MrHeaderLine *
line_new (const char *server, const MrAuthResult *result, gboolean arc)
{
  MrHeaderLine *line = g_new0 (MrHeaderLine, 1);
  const Row *row = find_row (result);
  g_autofree char *subject = dup_subject (result);

  line->server = g_strdup (server);
  line->method = g_strdup (result->method);
  line->result = g_strdup (result->result);
  line->quoted = dup_quoted (result);
  line->state = row != NULL ? row->state : NEUTRAL;
  line->words = row != NULL ? fill (_ (row->words), subject)
                            : g_strdup_printf (_ ("A further check of this receiver, %s, says: %s."), result->method,
                                               result->result);
  line->arc = arc;
  return line;
}

/* "i=2; server; ..." without its first part. */
static const char *
skip_instance (const char *value)
{
  const char *semicolon = strchr (value, ';');

  return g_ascii_strncasecmp (value, "i=", 2) == 0 && semicolon != NULL ? semicolon + 1 : value;
}

/* The value of this very field: unfolded, white space made single. */
static char *
dup_value (const MrHeaderField *field)
{
  const char *colon = memchr (field->raw, ':', field->raw_len);
  gsize skip = colon != NULL ? (gsize)(colon - field->raw) + 1 : 0;
  g_autofree char *raw = g_strndup (field->raw + skip, field->raw_len - skip);
  char *value = g_utf8_make_valid (raw, -1);

  for (char *p = value; *p != '\0'; p++)
    if ((guchar)*p < 0x20 || *p == 0x7f)
      *p = ' ';
  return g_strstrip (value);
}

GPtrArray *
mr_header_lines (MrHeaderReader *header)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (line_free);

  for (guint i = 0; i < mr_header_reader_n_fields (header); i++) {
    const MrHeaderField *field = mr_header_reader_get_field (header, i);
    gboolean arc = g_ascii_strcasecmp (field->name, "ARC-Authentication-Results") == 0;
    g_autofree char *value = NULL, *server = NULL;

    if (!arc && g_ascii_strcasecmp (field->name, "Authentication-Results") != 0)
      continue;
    value = dup_value (field);
    g_autoptr (GPtrArray) results = mr_auth_results_parse (arc ? skip_instance (value) : value, &server);
    for (guint k = 0; results != NULL && k < results->len && lines->len < MAX_LINES; k++)
      g_ptr_array_add (lines, line_new (server != NULL ? server : "?", results->pdata[k], arc));
  }
  return lines;
}

GString *
mr_header_text_normalise (const char *text, gsize len)
{
  GString *out = g_string_sized_new (len + len / 32);
  char last = 0;

  for (gsize i = 0; i < len; i++) {
    if (out->len == 0 && (text[i] == '\r' || text[i] == '\n'))
      continue;
    if (text[i] == '\n' && last != '\r')
      g_string_append_c (out, '\r');
    g_string_append_c (out, text[i]);
    last = text[i];
  }
  return out;
}

GPtrArray *
mr_header_text_lines (const GString *text, gboolean *ret_has_body)
{
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (MAX_HEADER);
  gsize used = 0;

  if (mr_header_reader_feed (header, text->str, text->len, &used) == MR_HEADER_MORE)
    mr_header_reader_end (header);
  *ret_has_body = used < text->len;
  return mr_header_lines (header);
}

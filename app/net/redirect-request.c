/* RFC 9112: request line, then header lines, of which only Host is looked at.
 *
 * The Host must be a loopback name: a page in the browser that lets its own name point here (DNS rebinding) is not
 * answered.
 */
#include "net/redirect-request.h"

#include <string.h>

typedef struct {
  const char *text;
  gsize len;
} Span;

/* The next line without its CRLF; FALSE: none is complete, or it does not end so. */
static gboolean
take_line (Span *rest, Span *ret)
{
  const char *end = memchr (rest->text, '\n', rest->len);

  if (end == NULL || end == rest->text || end[-1] != '\r')
    return FALSE;
  *ret = (Span){ rest->text, (gsize)(end - rest->text) - 1 };
  rest->len -= ret->len + 2;
  rest->text = end + 1;
  return TRUE;
}

static gboolean
starts_with (Span span, const char *text)
{
  return span.len >= strlen (text) && g_ascii_strncasecmp (span.text, text, strlen (text)) == 0;
}

static gboolean
is_visible (Span span)
{
  for (gsize i = 0; i < span.len; i++)
    if (!g_ascii_isgraph (span.text[i]))
      return FALSE;
  return TRUE;
}

static Span
skip (Span span, gsize n)
{
  return (Span){ span.text + n, span.len - n };
}

static Span
trim (Span span)
{
  while (span.len > 0 && (span.text[0] == ' ' || span.text[0] == '\t'))
    span = skip (span, 1);
  while (span.len > 0 && (span.text[span.len - 1] == ' ' || span.text[span.len - 1] == '\t'))
    span.len--;
  return span;
}

/* "127.0.0.1:PORT" and the like. */
static gboolean
is_loopback_host (Span host)
{
  static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    Span rest;

    if (!starts_with (host, names[i]))
      continue;
    rest = skip (host, strlen (names[i]));
    if (rest.len == 0)
      return TRUE;
    if (rest.text[0] != ':')
      return FALSE;
    for (gsize n = 1; n < rest.len; n++)
      if (!g_ascii_isdigit (rest.text[n]))
        return FALSE;
    return TRUE;
  }
  return FALSE;
}

/* Exactly one Host, and a good one. */
static gboolean
headers_are_good (Span rest)
{
  guint hosts = 0;
  Span line;

  while (take_line (&rest, &line)) {
    if (!starts_with (line, "Host:"))
      continue;
    if (++hosts > 1 || !is_loopback_host (trim (skip (line, strlen ("Host:")))))
      return FALSE;
  }
  return hosts == 1 && rest.len == 0;
}

/* The target between "GET " and " HTTP/1.x". */
static gboolean
take_target (Span line, Span *ret)
{
  const gsize version = strlen (" HTTP/1.1");

  if (line.len < version || !starts_with (skip (line, line.len - version), " HTTP/1."))
    return FALSE;
  line.len -= version;
  *ret = skip (line, strlen ("GET "));
  return ret->len > 0 && ret->text[0] == '/' && is_visible (*ret);
}

static gboolean
is_method (Span line)
{
  gsize n = 0;

  while (n < line.len && g_ascii_isupper (line.text[n]))
    n++;
  return n > 0 && n < line.len && line.text[n] == ' ';
}

MrRedirectVerdict
mr_redirect_request_parse (const guint8 *data, gsize len, const char *path, char **ret_query)
{
  Span rest = { (const char *)data, len }, line, target;
  const char *end = len > 0 ? memmem (data, MIN (len, MR_REDIRECT_REQUEST_MAX), "\r\n\r\n", 4) : NULL;
  gsize path_len = strlen (path);

  if (end == NULL)
    return len < MR_REDIRECT_REQUEST_MAX ? MR_REDIRECT_MORE : MR_REDIRECT_BAD;
  rest.len = (gsize)(end - rest.text) + 2;
  if (!take_line (&rest, &line) || !is_method (line) || !headers_are_good (rest))
    return MR_REDIRECT_BAD;
  if (line.len < 4 || memcmp (line.text, "GET ", 4) != 0)
    return MR_REDIRECT_METHOD;
  if (!take_target (line, &target))
    return MR_REDIRECT_BAD;
  if (target.len < path_len || memcmp (target.text, path, path_len) != 0
      || (target.len > path_len && target.text[path_len] != '?'))
    return MR_REDIRECT_ELSEWHERE;
  target = skip (target, MIN (target.len, path_len + 1));
  *ret_query = g_strndup (target.text, target.len);
  return MR_REDIRECT_ANSWER;
}

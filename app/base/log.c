/* Log with masking.
 *
 * One lock covers level, ring and standard error, so that lines of several threads never mix. What the mask knows is
 * the second line of defence; the first is that no caller hands in a secret.
 */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define LINE_MAX_BYTES 1024
#define RING_LINES     2000
#define MASK           "****"
#define WATCH_USEC     (15 * G_USEC_PER_SEC)

static GMutex lock;
static MrLogLevel min_level = MR_LOG_INFO;
static gboolean to_stderr = TRUE;
static gint64 watched_until; /* monotonic microseconds, 0: nobody watches */
static _Thread_local char session[16];
static char *ring[RING_LINES];
static guint64 last_serial; /* of the newest line, which stands at ring[last_serial % RING_LINES]; 0: none yet */

static const char *const level_names[] = { "debug", "info", "warning", "error" };

void
mr_log_set_level (MrLogLevel min)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  min_level = min;
}

void
mr_log_set_stderr (gboolean enabled)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  to_stderr = enabled;
}

/* One line of valid UTF-8 without controls, at most LINE_MAX_BYTES, cut at a character boundary. */
static char *
escape_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    char escaped[16];
    const char *piece = p;
    gsize len = (gsize)(g_utf8_next_char (p) - p);

    if (g_unichar_iscntrl (c)) {
      g_snprintf (escaped, sizeof escaped, "\\x%02x", c);
      piece = escaped;
      len = strlen (escaped);
    }
    if (line->len + len > LINE_MAX_BYTES)
      break;
    g_string_append_len (line, piece, (gssize)len);
  }
  return g_string_free (line, FALSE);
}

/* Not the caller's clock: a log says when something really happened, in tests too. */
static char *
time_stamp (void)
{
  g_autoptr (MrClock) clock = mr_clock_new_real ();
  return mr_clock_format_iso8601 (mr_clock_wall (clock));
}

static gint64
now (void)
{
  g_autoptr (MrClock) clock = mr_clock_new_real ();
  return mr_clock_monotonic (clock);
}

/* *ret_print: for standard error as well, not only for those who watch. */
static gboolean
is_wanted (MrLogLevel level, gboolean *ret_print)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  *ret_print = level >= min_level;
  if (*ret_print || watched_until == 0)
    return *ret_print;
  if (now () < watched_until)
    return TRUE;
  watched_until = 0;
  return FALSE;
}

void
mr_log_watch (void)
{
  gint64 until = now () + WATCH_USEC;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  watched_until = until;
}

gboolean
mr_log_wants_debug (void)
{
  gboolean print;

  return is_wanted (MR_LOG_DEBUG, &print);
}

MrLogScope
mr_log_enter (const char *label)
{
  MrLogScope scope;

  memcpy (scope.before, session, sizeof scope.before);
  g_strlcpy (session, label, sizeof session);
  return scope;
}

void
mr_log_leave (MrLogScope *scope)
{
  memcpy (session, scope->before, sizeof session);
}

void
mr_log (MrLogLevel level, const char *room, const char *format, ...)
{
  va_list args;
  gboolean print;

  if (!is_wanted (level, &print))
    return;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *masked = mr_log_mask (text);
  g_autofree char *stamp = time_stamp ();
  g_autofree char *whole = g_strdup_printf ("%s %s %s: %s%s%s", stamp, level_names[level], room, session,
                                            *session != '\0' ? ": " : "", masked);
  char *line = escape_line (whole);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  last_serial++;
  g_free (ring[last_serial % RING_LINES]);
  ring[last_serial % RING_LINES] = line;
  /* A standard error that is gone must not stop the mail: the result is not looked at. */
  if (to_stderr && print)
    fprintf (stderr, "%s\n", line);
}

char **
mr_log_dup_lines (guint64 after, guint limit, guint64 *ret_last)
{
  GPtrArray *lines = g_ptr_array_new ();
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  guint64 oldest = last_serial > RING_LINES ? last_serial - RING_LINES + 1 : 1;
  /* A serial from before a restart of the service starts from the beginning. */
  guint64 next = after > last_serial ? oldest : MAX (after + 1, oldest);

  for (; next <= last_serial && lines->len < limit; next++)
    g_ptr_array_add (lines, g_strdup (ring[next % RING_LINES]));
  if (ret_last != NULL)
    *ret_last = next - 1;
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_free (lines, FALSE);
}

static gboolean
is_word_char (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* Length of word where it stands at p as a word of its own, else 0. */
static gsize
word_at (const char *text, const char *p, const char *word)
{
  gsize len = strlen (word);

  if (g_ascii_strncasecmp (p, word, len) != 0 || is_word_char (p[len]) || (p > text && is_word_char (p[-1])))
    return 0;
  return len;
}

/* "AUTH PLAIN AGpvZQBzZWNyZXQ=": bytes up to the initial response. A list of mechanisms in an EHLO reply ("250-AUTH
 * PLAIN LOGIN") and a change of state ("auth -> mail") are no secrets and what a person needs to read. */
static gsize
auth_prefix (const char *text, const char *p)
{
  gsize len = word_at (text, p, "AUTH");

  if (len == 0 || p[len] != ' ')
    return 0;
  if (p - text >= 4 && (strncmp (p - 4, "250-", 4) == 0 || strncmp (p - 4, "250 ", 4) == 0))
    return 0;
  len += strspn (p + len, " ");
  if (strncmp (p + len, "-> ", 3) == 0)
    return 0;
  gsize mechanism = strcspn (p + len, " \r\n");
  gsize gap = strspn (p + len + mechanism, " ");
  return mechanism > 0 && gap > 0 ? len + mechanism + gap : 0;
}

/* "PASS secret" as a command in capitals, "password: secret", "token=secret": bytes up to the secret. A sentence such
 * as "Username and Password not accepted" stays readable. */
static gsize
password_prefix (const char *text, const char *p)
{
  static const char *const words[] = { "pass",   "passwd", "password",     "passphrase",   "pwd",
                                       "secret", "token",  "access_token", "refresh_token" };

  if (strncmp (p, "PASS ", 5) == 0 && word_at (text, p, "PASS") != 0)
    return 5;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize len = word_at (text, p, words[i]);
    if (len == 0)
      continue;
    len += strspn (p + len, " \"'");
    if (p[len] != '=' && p[len] != ':')
      return 0;
    len++;
    return len + strspn (p + len, " \"'");
  }
  return 0;
}

static gsize
bearer_prefix (const char *text, const char *p)
{
  gsize len = word_at (text, p, "Bearer");

  return len > 0 && p[len] == ' ' ? len + strspn (p + len, " ") : 0;
}

char *
mr_log_mask (const char *text)
{
  GString *masked = g_string_sized_new (strlen (text));
  const char *p = text;

  while (*p != '\0') {
    gsize prefix = auth_prefix (text, p);
    if (prefix == 0)
      prefix = password_prefix (text, p);
    if (prefix == 0)
      prefix = bearer_prefix (text, p);

    gsize hidden = prefix > 0 ? strcspn (p + prefix, " \t\r\n\"'\001") : 0;
    if (hidden == 0) {
      g_string_append_c (masked, *p++);
      continue;
    }
    g_string_append_len (masked, p, (gssize)prefix);
    g_string_append (masked, MASK);
    p += prefix + hidden;
  }
  return g_string_free (masked, FALSE);
}

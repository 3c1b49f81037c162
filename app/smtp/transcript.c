/* The bounded conversation of an attempt.
 *
 * Greeting and capabilities stand at the beginning and what went wrong at the end, so that a long conversation loses
 * whole lines from its middle: the head stays, then a mark, then the newest lines.
 */
#include "smtp/transcript.h"

#include <string.h>

#include "base/log.h"

#define HEAD_MAX 2048
/* Dropped at once, so that a long conversation does not move its tail for each line. */
#define DROP_MIN 2048

static const char mark[] = "* ...\n";

struct _MrTranscript {
  GString *text;
  gsize head; /* length of the head with its mark; 0: nothing was dropped yet */
};

MrTranscript *
mr_transcript_new (void)
{
  MrTranscript *transcript = g_new0 (MrTranscript, 1);

  transcript->text = g_string_new (NULL);
  return transcript;
}

void
mr_transcript_free (MrTranscript *transcript)
{
  if (transcript == NULL)
    return;
  g_string_free (transcript->text, TRUE);
  g_free (transcript);
}

void
mr_transcript_clear (MrTranscript *transcript)
{
  g_string_truncate (transcript->text, 0);
  transcript->head = 0;
}

static void
drop_middle (MrTranscript *transcript)
{
  GString *text = transcript->text;
  const char *lf;

  if (transcript->head == 0) {
    lf = memchr (text->str + HEAD_MAX, '\n', text->len - HEAD_MAX);
    transcript->head = (gsize)(lf + 1 - text->str);
    g_string_insert (text, (gssize)transcript->head, mark);
    transcript->head += strlen (mark);
  }
  lf = memchr (text->str + transcript->head + DROP_MIN, '\n', text->len - transcript->head - DROP_MIN);
  g_string_erase (text, (gssize)transcript->head, (lf + 1) - (text->str + transcript->head));
}

void
mr_transcript_add (MrTranscript *transcript, char side, const char *line)
{
  g_autofree char *clean = g_utf8_make_valid (line, (gssize)strnlen (line, MR_TRANSCRIPT_LINE_MAX));
  const char *end = clean + strlen (clean);

  /* A replaced byte takes three. */
  if (end - clean > MR_TRANSCRIPT_LINE_MAX)
    end = g_utf8_find_prev_char (clean, clean + MR_TRANSCRIPT_LINE_MAX + 1);
  for (char *p = clean; p < end; p = g_utf8_next_char (p)) {
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      memset (p, '?', (gsize)(g_utf8_next_char (p) - p));
  }
  mr_debug ("smtp", "%c %.*s", side, (int)(end - clean), clean);
  g_string_append_printf (transcript->text, "%c %.*s\n", side, (int)(end - clean), clean);
  if (transcript->text->len > MR_TRANSCRIPT_MAX)
    drop_middle (transcript);
}

char *
mr_transcript_dup (MrTranscript *transcript)
{
  return g_strndup (transcript->text->str, transcript->text->len);
}

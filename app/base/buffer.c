/* Bounded byte buffer.
 *
 * The live bytes are data[start .. start+len). Consuming only moves start; appending moves the live bytes to the front
 * when at least as many have been consumed as are moved, so each byte is moved once for each byte that was fed. The
 * allocation therefore never passes twice the maximum. Growing copies and wipes the old block (no realloc), so that
 * mr_buffer_wipe() leaves no secret behind in a block that was given back.
 */
#include "base/buffer.h"

#include <string.h>

#include "base/secret.h"

#define FIRST_ALLOC 256
/* A larger block is given back when the buffer is cleared, so that an idle session stays small. */
#define KEEP_ALLOC 65536

struct _MrBuffer {
  guint8 *data;
  gsize alloc;
  gsize start;
  gsize len;
  gsize max;
};

MrBuffer *
mr_buffer_new (gsize max)
{
  g_return_val_if_fail (max > 0 && max <= G_MAXSIZE / 4, NULL);

  MrBuffer *buffer = g_new0 (MrBuffer, 1);
  buffer->max = max;
  return buffer;
}

void
mr_buffer_free (MrBuffer *buffer)
{
  if (buffer == NULL)
    return;
  g_free (buffer->data);
  g_free (buffer);
}

static void
grow (MrBuffer *buffer, gsize needed)
{
  gsize alloc = MAX (buffer->alloc, FIRST_ALLOC);

  while (alloc < needed)
    alloc *= 2;
  alloc = MAX (MIN (alloc, 2 * buffer->max), needed);

  guint8 *data = g_malloc (alloc);
  if (buffer->len > 0)
    memcpy (data, buffer->data + buffer->start, buffer->len);
  if (buffer->data != NULL)
    mr_wipe (buffer->data, buffer->alloc);
  g_free (buffer->data);
  buffer->data = data;
  buffer->alloc = alloc;
  buffer->start = 0;
}

gboolean
mr_buffer_append (MrBuffer *buffer, const void *data, gsize len)
{
  if (len > buffer->max - buffer->len)
    return FALSE;
  if (len == 0)
    return TRUE;

  if (buffer->start + buffer->len + len > buffer->alloc) {
    if (buffer->start >= buffer->len && buffer->len + len <= buffer->alloc) {
      if (buffer->len > 0)
        memcpy (buffer->data, buffer->data + buffer->start, buffer->len);
      buffer->start = 0;
    } else
      grow (buffer, buffer->len + len);
  }
  memcpy (buffer->data + buffer->start + buffer->len, data, len);
  buffer->len += len;
  return TRUE;
}

gboolean
mr_buffer_append_str (MrBuffer *buffer, const char *str)
{
  return mr_buffer_append (buffer, str, strlen (str));
}

gboolean
mr_buffer_printf (MrBuffer *buffer, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  return mr_buffer_append_str (buffer, text);
}

const guint8 *
mr_buffer_peek (MrBuffer *buffer, gsize *ret_len)
{
  static const guint8 nothing[1];

  *ret_len = buffer->len;
  return buffer->len > 0 ? buffer->data + buffer->start : nothing;
}

gsize
mr_buffer_length (MrBuffer *buffer)
{
  return buffer->len;
}

gsize
mr_buffer_room (MrBuffer *buffer)
{
  return buffer->max - buffer->len;
}

void
mr_buffer_consume (MrBuffer *buffer, gsize len)
{
  g_return_if_fail (len <= buffer->len);

  buffer->start += len;
  buffer->len -= len;
  if (buffer->len == 0)
    buffer->start = 0;
}

void
mr_buffer_clear (MrBuffer *buffer)
{
  buffer->start = 0;
  buffer->len = 0;
  if (buffer->alloc > KEEP_ALLOC) {
    g_clear_pointer (&buffer->data, g_free);
    buffer->alloc = 0;
  }
}

void
mr_buffer_wipe (MrBuffer *buffer)
{
  /* The whole block: consumed and moved bytes are still in it. */
  if (buffer->data != NULL)
    mr_wipe (buffer->data, buffer->alloc);
  mr_buffer_clear (buffer);
}

gssize
mr_buffer_find_lf (MrBuffer *buffer, gsize from)
{
  if (from >= buffer->len)
    return -1;

  const guint8 *live = buffer->data + buffer->start;
  const guint8 *lf = memchr (live + from, '\n', buffer->len - from);
  return lf != NULL ? lf - live : -1;
}

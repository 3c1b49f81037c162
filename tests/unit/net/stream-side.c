/* One end of a connection that writes down what it is told. */
#include "stream-side.h"

static gboolean
ends (Side *side, SideMoment moment)
{
  MrStream *stream = side->stream;

  if (side->end_at != moment || stream == NULL)
    return FALSE;
  side->stream = NULL;
  if (side->end == DO_CLOSE)
    mr_stream_close_after_flush (stream);
  else
    mr_stream_free (stream);
  /* The owner's buffer may go with the stream. */
  g_clear_pointer (&side->output, mr_buffer_free);
  return TRUE;
}

static gsize
input_cb (MrStream *stream, const guint8 *data, gsize len, gpointer owner)
{
  Side *side = owner;
  gsize n = side->take > 0 ? MIN (side->take, len) : len;

  g_assert_true (stream == side->stream);
  g_assert_cmpuint (len, >, 0);
  side->inputs++;
  g_string_append_len (side->input, (const char *)data, (gssize)n);
  if (side->echo)
    g_assert_true (mr_buffer_append (side->output, data, n));
  if (side->on_input != NULL)
    side->on_input (side);
  if (side->resume_inside && side->stream != NULL)
    mr_stream_resume_input (stream);
  ends (side, ON_INPUT);
  return n;
}

static void
eof_cb (MrStream *stream, gpointer owner)
{
  Side *side = owner;

  g_assert_true (stream == side->stream);
  side->eofs++;
  ends (side, ON_EOF);
}

static void
drained_cb (MrStream *stream, gpointer owner)
{
  Side *side = owner;

  g_assert_true (stream == side->stream);
  side->drains++;
  if (ends (side, ON_DRAINED))
    return;
  if (side->to_send > 0)
    side_fill (side);
}

static void
tls_cb (MrStream *stream, gpointer owner)
{
  Side *side = owner;

  g_assert_true (stream == side->stream);
  side->tls_ups++;
  g_assert_true (mr_stream_is_tls (stream));
  ends (side, ON_TLS);
}

static void
error_cb (MrStream *stream, const GError *error, gpointer owner)
{
  Side *side = owner;

  g_assert_true (stream == side->stream);
  g_assert_null (side->error);
  g_assert_cmpuint (strlen (error->message), >, 0);
  side->error = g_error_copy (error);
  ends (side, ON_ERROR);
}

static const MrStreamFuncs funcs
    = { .on_input = input_cb, .on_eof = eof_cb, .on_drained = drained_cb, .on_tls = tls_cb, .on_error = error_cb };

Side *
side_new (int fd, gsize output_max)
{
  Side *side = g_new0 (Side, 1);

  side->output = mr_buffer_new (output_max);
  side->input = g_string_new (NULL);
  side->stream = mr_stream_new (fd, side->output, &funcs, side);
  return side;
}

void
side_free (Side *side)
{
  mr_stream_free (side->stream);
  mr_buffer_free (side->output);
  g_string_free (side->input, TRUE);
  g_clear_error (&side->error);
  g_free (side);
}

void
side_send (Side *side, const char *text)
{
  g_assert_true (mr_buffer_append_str (side->output, text));
  mr_stream_flush (side->stream);
}

void
side_fill (Side *side)
{
  gsize *sent = side->data;

  while (side->to_send > 0 && mr_buffer_room (side->output) > 0) {
    guint8 byte = (guint8)(*sent % 251);

    g_assert_true (mr_buffer_append (side->output, &byte, 1));
    (*sent)++;
    side->to_send--;
  }
  mr_stream_flush (side->stream);
}

gboolean
is_flow (const GString *got, gsize len)
{
  if (got->len != len)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if ((guint8)got->str[i] != i % 251)
      return FALSE;
  return TRUE;
}

/* One end of a connection that writes down what it is told, for the tests of streams. */
#pragma once

#include "net-test.h"
#include "net/stream.h"

G_BEGIN_DECLS

/* What is done to the stream inside the callback that was chosen. */
typedef enum { DO_NOTHING, DO_FREE, DO_CLOSE } SideEnd;
typedef enum { ON_NONE, ON_INPUT, ON_EOF, ON_DRAINED, ON_TLS, ON_ERROR } SideMoment;

typedef struct _Side Side;
struct _Side {
  MrStream *stream; /* NULL once it is gone */
  MrBuffer *output;
  GString *input;
  GError *error;
  guint eofs, drains, tls_ups, inputs;
  gsize take;    /* at most so many bytes of each input; 0: all */
  gboolean echo; /* what comes goes back */
  gboolean resume_inside;
  SideMoment end_at;
  SideEnd end;
  gsize to_send; /* further bytes that on_drained puts into the output */
  void (*on_input) (Side *side);
  gpointer data;
};

Side *side_new (int fd, gsize output_max);
/* Also ends the stream. */
void side_free (Side *side);
void side_send (Side *side, const char *text);
/* Puts as much of to_send as there is room for into the output; byte n of the flow has the value n % 251. */
void side_fill (Side *side);
/* The first len bytes of that flow. */
gboolean is_flow (const GString *got, gsize len);

G_END_DECLS

/* The bytes of a message between DATA and the final dot (RFC 5321 4.1.1.4, 4.5.2, 2.3.8): reader of the server
 * machine and writer of the client machine. Both take bytes cut anywhere. */
#pragma once

#include "base/buffer.h"
#include "smtp/server.h"

G_BEGIN_DECLS

typedef struct {
  MrBareMode bare;
  guint64 max_size; /* 0: no limit */
  gsize max_line;   /* content of a line, without stuffed dot and line end; 0: no limit */
  guint state;
  gsize line;            /* content bytes of the line so far */
  guint64 size;          /* bytes given out */
  MrSmtpDataError error; /* the first one; nothing is given out after it */
} MrDataReader;

void mr_data_reader_init (MrDataReader *reader, MrBareMode bare, guint64 max_size, gsize max_line);
/* Reads on, giving out at most one piece: *ret_used bytes of data are done with, *ret_out and *ret_len are what they
 * mean (possibly nothing), inside data or static. Call again with the rest. TRUE: these bytes ended the message. */
gboolean mr_data_reader_feed (MrDataReader *reader, const guint8 *data, gsize len, gsize *ret_used,
                              const guint8 **ret_out, gsize *ret_len);

typedef struct {
  gboolean line_start; /* the last bytes written were CRLF, or nothing was written */
  gboolean cr;         /* a CR came whose LF may follow */
  guint64 bytes;       /* taken */
} MrDataWriter;

void mr_data_writer_init (MrDataWriter *writer);
/* Bytes that may be given to mr_data_writer_add() and mr_data_writer_end() with room bytes in the output, whatever they
 * are. */
gsize mr_data_writer_room (gsize room);
/* FALSE, with nothing written or taken, where the output has too little room for the worst case. What leaves is CRLF
 * lines with dots stuffed: a lone CR or LF becomes CRLF. */
gboolean mr_data_writer_add (MrDataWriter *writer, MrBuffer *out, const void *data, gsize len);
/* A missing last CRLF and the final dot. */
gboolean mr_data_writer_end (MrDataWriter *writer, MrBuffer *out);

G_END_DECLS

/* Bounded byte buffer: every buffer that the network can grow has its maximum given where it is made.
 *
 * Consumed bytes are dropped lazily, so that feeding and draining a stream costs amortised O(1) a byte. Not thread-safe.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrBuffer MrBuffer;

/* max: bytes it may hold at one time. */
MrBuffer *mr_buffer_new (gsize max);
void mr_buffer_free (MrBuffer *buffer);
/* FALSE, with nothing appended, where len bytes would pass the maximum. */
gboolean mr_buffer_append (MrBuffer *buffer, const void *data, gsize len) G_GNUC_WARN_UNUSED_RESULT;
gboolean mr_buffer_append_str (MrBuffer *buffer, const char *str) G_GNUC_WARN_UNUSED_RESULT;
gboolean mr_buffer_printf (MrBuffer *buffer, const char *format, ...) G_GNUC_PRINTF (2, 3) G_GNUC_WARN_UNUSED_RESULT;
/* Valid until the next call that changes the buffer. */
const guint8 *mr_buffer_peek (MrBuffer *buffer, gsize *ret_len);
gsize mr_buffer_length (MrBuffer *buffer);
gsize mr_buffer_room (MrBuffer *buffer);
void mr_buffer_consume (MrBuffer *buffer, gsize len);
void mr_buffer_clear (MrBuffer *buffer);
/* Overwrites what it held; for buffers that secrets passed through. */
void mr_buffer_wipe (MrBuffer *buffer);
/* Offset of the first LF at or after from; -1 where there is none. */
gssize mr_buffer_find_lf (MrBuffer *buffer, gsize from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrBuffer, mr_buffer_free)

G_END_DECLS

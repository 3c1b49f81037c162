/* A file that a person named, read off the main loop to its end or to a bound, whichever comes first. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

/* max: bytes that are accepted; hardly more than that is ever in memory. */
void
mr_read_file_async (GFile *file, gsize max, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* NUL-terminated. Error: MR_ERROR_TOO_BIG: it has more than max bytes; G_IO_ERROR as GIO told it. (transfer full) */
char *mr_read_file_finish (GFile *file, GAsyncResult *result, gsize *ret_len, GError **error);

G_END_DECLS

/* CRC-32C (Castagnoli) of body chunks. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint32 mr_crc32c (const void *data, gsize len);
/* Without the processor's instruction, for tests. */
guint32 mr_crc32c_portable (const void *data, gsize len);

G_END_DECLS

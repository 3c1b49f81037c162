/* Files out of what reports come in: zip, gzip, or as they are. The bytes are hostile: everything is bounded, nothing is written anywhere. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_UNPACK_MAX_IN    (16 * 1024 * 1024)
#define MR_UNPACK_MAX_OUT   (64 * 1024 * 1024) /* of all files of one archive */
#define MR_UNPACK_MAX_FILES 20

/* GBytes of each file, folders left out. Errors: MR_ERROR_TOO_BIG (a bound was reached; such a bomb is not unpacked further), MR_ERROR_CORRUPT. (transfer
 * full) */
GPtrArray *mr_unpack (GBytes *bytes, GError **error);

G_END_DECLS

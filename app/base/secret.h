/* Bytes that are wiped when the last reference goes: passwords from the bus, the keyring or an AUTH command.
 *
 * Kept in locked memory where the limit allows it. Never printed, never copied into ordinary strings by other rooms
 * except into output buffers that are wiped after use.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrSecret MrSecret;

#define MR_SECRET_MAX 4096
/* Tokens, and keys with their certificates. */
#define MR_SECRET_LONG_MAX 24576

/* NULL where len is above MR_SECRET_MAX or there is a NUL byte in data. */
MrSecret *mr_secret_new (const void *data, gsize len);
/* The same up to MR_SECRET_LONG_MAX. */
MrSecret *mr_secret_new_long (const void *data, gsize len);
MrSecret *mr_secret_ref (MrSecret *secret);
void mr_secret_unref (MrSecret *secret);
const char *mr_secret_get (MrSecret *secret); /* NUL-terminated */
gsize mr_secret_length (MrSecret *secret);
/* Not optimised away. */
void mr_wipe (void *data, gsize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrSecret, mr_secret_unref)

G_END_DECLS

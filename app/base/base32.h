/* Crockford's base32: digits and capitals without I, L, O and U, so that an id can be read aloud. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* Writes the n_chars characters that stand for the first 5 * n_chars bits of data, and a NUL. */
void mr_base32_encode (const guint8 *data, gsize n_chars, char *ret);
gboolean mr_base32_is_char (char c);
/* -1: no character of it. */
int mr_base32_value (char c);

G_END_DECLS

/* Writing of DNS messages for tests: names are never compressed except where a test asks for it. */
#pragma once

#include "net/dns-message.h"

G_BEGIN_DECLS

/* Header with the given flags ("\x81\x80" is an ordinary answer) and a question. */
GByteArray *wire_new (guint16 flags, const char *name, guint type);
void wire_u8 (GByteArray *wire, guint value);
void wire_u16 (GByteArray *wire, guint value);
void wire_u32 (GByteArray *wire, guint32 value);
void wire_name (GByteArray *wire, const char *name);
/* Counts it in the header: section 0 question, 1 answer, 2 authority. */
void wire_count (GByteArray *wire, guint section);
void wire_record (GByteArray *wire, guint section, const char *owner, guint type, const void *data, gsize len);
void wire_address (GByteArray *wire, const char *owner, const char *address);
void wire_alias (GByteArray *wire, const char *owner, const char *target);
void wire_mx (GByteArray *wire, const char *owner, guint preference, const char *host);
void wire_srv (GByteArray *wire, const char *owner, guint priority, guint weight, guint port, const char *target);
void wire_soa (GByteArray *wire, const char *owner);

G_END_DECLS

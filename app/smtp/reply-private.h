/* What the machines need of the reply reader beyond reply.h. */
#pragma once

#include "smtp/reply.h"

G_BEGIN_DECLS

/* Puts "****" in place of each occurrence of word in the lines of the complete reply, before it is taken: servers
 * repeat in their complaints what they were sent. Words of less than four bytes are left, they would hide ordinary
 * text. */
void mr_reply_reader_hide (MrReplyReader *reader, const char *word);
/* Code of the complete reply, and whether line number n is followed by another one ("250-" or "250 "). */
guint mr_reply_reader_get_code (MrReplyReader *reader);
/* Length of the enhanced code (RFC 3463 2) that text starts with, of the class of code; 0 where there is none. */
gsize mr_reply_enhanced_length (const char *text, guint code);

G_END_DECLS

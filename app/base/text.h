/* Text from strangers made fit to be kept and shown: bounded, valid UTF-8, no controls. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* A control other than '\n' (C0, DEL, C1) or a bidirectional override: what a terminal acts on or what makes a line read as something that it does not
 * say. */
gboolean mr_text_is_harmful (gunichar c);

/* (transfer full) text with invalid UTF-8 replaced by U+FFFD and controls (C0, DEL, C1, bidirectional overrides) other
 * than '\n' replaced by spaces, cut to at most max bytes at a character boundary. */
char *mr_text_sanitize (const char *text, gsize max);

/* text as it is compared and searched: without case, accents and compatibility forms ("Ärger" and "ärger" are "arger"). Invalid UTF-8 is replaced.
 * (transfer full) */
char *mr_text_fold (const char *text);

G_END_DECLS

/* Shared by rich-text.c and html-text.c. */
#pragma once

#include "mail/rich-text.h"

G_BEGIN_DECLS

/* Without a text yet. */
MrRichText *mr_rich_text_new (void);
void mr_text_span_free (gpointer span);
/* NULL: empty, or there are too many. Borrowed. */
MrTextSpan *mr_rich_text_add_span (MrRichText *self, gsize start, gsize end, guint style);
/* A kind of link that may be offered, and not too long. */
gboolean mr_link_is_allowed (const char *target);
gboolean mr_link_deceives (const char *text, gsize len, const char *target);

G_END_DECLS

/* Shared by html.c (what stands in the bytes), html-text.c (what it means: open elements and text) and html-characters.c (characters by name). */
#pragma once

#include "mail/rich-text.h"

G_BEGIN_DECLS

/* ---- html-characters.c ---- */

/* The character at p, which is valid UTF-8, not empty and ends with NUL: itself, or what stands there by name or number. *ret_len: bytes. */
gunichar mr_html_character_at (const char *p, gsize *ret_len);
/* The value of an attribute with its characters, cut where nothing uses more; control characters are spaces. (transfer full) */
char *mr_html_dup_value (const char *value, gsize len);

/* ---- html-text.c ---- */

/* Of the start tag that is being read. Strings owned; NULL where it has none. */
typedef struct {
  char *href, *alt, *css;
  gboolean hidden;
} MrHtmlAttributes;

typedef struct _MrHtmlText MrHtmlText;

MrHtmlText *mr_html_text_new (void);
/* Closes what is open and frees self. (transfer full) */
MrRichText *mr_html_text_end (MrHtmlText *self);
/* No more fits: the rest need not be read. */
gboolean mr_html_text_is_full (const MrHtmlText *self);

/* Names of elements are in lower case and cut to MR_HTML_NAME_MAX - 1 bytes; longer than that none is known. */
#define MR_HTML_NAME_MAX 16
/* What stands in the element is no HTML, and no text. */
gboolean mr_html_element_is_raw (const char *name);
/* attributes: the target is taken where a link begins. self_closed: "<b/>". */
void mr_html_text_start (MrHtmlText *self, const char *name, MrHtmlAttributes *attributes, gboolean self_closed);
void mr_html_text_close (MrHtmlText *self, const char *name);
void mr_html_text_put_character (MrHtmlText *self, gunichar c);

G_END_DECLS

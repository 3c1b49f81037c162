/* Text with emphasis and links: what a person reads of a message, without an engine for web pages.
 *
 * Nothing is fetched and nothing of a page is run: HTML becomes text, links keep their real target, pictures their description. For text that
 * comes from anywhere: hostile nesting, endless tags and huge pages are bounded, time is linear.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_RICH_TEXT_MAX  (256 * 1024) /* bytes of text that come out */
#define MR_RICH_SPANS_MAX 20000
#define MR_RICH_LINK_MAX  2048 /* a longer target is no link */

typedef enum {
  MR_STYLE_BOLD = 1 << 0,
  MR_STYLE_ITALIC = 1 << 1,
  MR_STYLE_UNDERLINE = 1 << 2,
  MR_STYLE_STRIKE = 1 << 3,
  MR_STYLE_FIXED = 1 << 4,
  MR_STYLE_HEADING = 1 << 5,
  MR_STYLE_QUOTE = 1 << 6
} MrTextStyle;

/* Spans may overlap. A link has a target and no style of its own. */
typedef struct {
  gsize start, end;  /* bytes of the text, at character boundaries */
  guint style;       /* MrTextStyle bits */
  char *target;      /* "https://…", "http://…", "mailto:…", "tel:…"; NULL: no link */
  gboolean deceives; /* the text of the link names another host than its target */
} MrTextSpan;

typedef struct {
  char *text;         /* valid UTF-8, LF line ends, no controls but LF and TAB */
  GPtrArray *spans;   /* of MrTextSpan, in the order of their ends */
  gboolean truncated; /* a bound was reached */
} MrRichText;

/* html: valid UTF-8. */
MrRichText *mr_rich_text_from_html (const char *html, gsize len);
/* Plain text, valid UTF-8 with LF line ends; its links are found. flowed, delsp: RFC 3676. */
MrRichText *mr_rich_text_from_plain (const char *text, gsize len, gboolean flowed, gboolean delsp);
void mr_rich_text_free (MrRichText *self);
/* As plain text, with the targets of links numbered at its end where the text does not show them. (transfer full) */
char *mr_rich_text_dup_plain (const MrRichText *self);
/* Host of a link's target in lower case; NULL: it has none. (transfer full) */
char *mr_link_dup_host (const char *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrRichText, mr_rich_text_free)

G_END_DECLS

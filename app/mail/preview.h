/* A message as a person looks at it before or after it was sent: header, text, attachments, structure, source.
 *
 * Pure and bounded; never fails: what cannot be taken apart is plain text. Nothing is fetched, nothing of a page is run (rich-text.h). Structure by
 * mime.h (RFC 2045, RFC 2046), names of files by RFC 2183 and RFC 2231, character sets by GMime. May take some time for a large message: any
 * thread.
 */
#pragma once

#include "mail/mime.h"
#include "mail/parts.h"
#include "mail/rich-text.h"

G_BEGIN_DECLS

#define MR_PREVIEW_PARTS_MAX 200

typedef struct {
  char *path;             /* "1.2": the second part of the first; "" for the message itself */
  guint depth;            /* 0: the message itself */
  char *type;             /* "text/plain" in lower case */
  char *charset;          /* as written; NULL */
  char *name;             /* of the file, safe to save under; NULL: none given */
  const char *encoding;   /* "base64", "quoted-printable" or "" */
  gboolean is_container;  /* has parts instead of content */
  gboolean is_attachment; /* neither text that is shown nor a container */
  guint64 size;           /* of the content, decoded */
  gsize start, end;       /* of the content in the message */
  MrMimeEncoding code;
} MrPreviewPart;

typedef struct {
  GBytes *message;                  /* with CRLF line ends */
  GPtrArray *fields;                /* of MrMailField */
  GPtrArray *parts;                 /* of MrPreviewPart, in their order, those of enclosed messages too */
  MrRichText *text;                 /* its plain text, else its HTML as text; never NULL */
  MrRichText *html;                 /* the HTML as text where both were sent; NULL */
  gboolean is_html;                 /* text is made from HTML */
  gboolean is_encrypted, is_signed; /* S/MIME or OpenPGP */
  gboolean truncated;               /* more parts, or more text, than is shown */
} MrPreview;

MrPreview *mr_preview_read (GBytes *message);
void mr_preview_free (MrPreview *self);
/* Content without its transfer encoding. (transfer full) */
GBytes *mr_preview_dup_content (const MrPreview *self, const MrPreviewPart *part);
/* "invoice.pdf", or a name after its place and type. (transfer full) */
char *mr_preview_part_dup_name (const MrPreviewPart *part);
/* The source from offset on, about max bytes up to a line end, as valid UTF-8 with LF line ends. *ret_next: where the next page begins, 0: this
 * was the last. (transfer full) */
char *mr_preview_dup_source (const MrPreview *self, gsize offset, gsize max, gsize *ret_next);
/* The header as it came, likewise. (transfer full) */
char *mr_preview_dup_header (const MrPreview *self);
/* A name that a file may have: one path element, no controls, nothing that turns the direction of writing, at most 120 characters. NULL: nothing
 * is left. (transfer full) */
char *mr_preview_dup_file_name (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrPreview, mr_preview_free)

G_END_DECLS

/* What receivers wrote into the header of a message that came back to its sender, line by line in plain words: Authentication-Results (RFC 8601) and its
 * copies under ARC (RFC 8617). A stranger's field is only a claim; the topmost one is the receiver's own.
 */
#pragma once

#include "mail/header.h"

G_BEGIN_DECLS

typedef enum { MR_HEADER_LINE_GOOD, MR_HEADER_LINE_BAD, MR_HEADER_LINE_NEUTRAL } MrHeaderLineState;

typedef struct {
  char *server; /* who says so */
  char *method; /* "spf" "dkim" "dmarc" "arc" ... */
  char *result; /* "pass" ... */
  char *quoted; /* as it stands in the field: method, result, properties */
  char *words;  /* translated */
  MrHeaderLineState state;
  gboolean arc; /* from ARC-Authentication-Results: what a server before the last one saw */
} MrHeaderLine;

const char *mr_header_line_state_nick (MrHeaderLineState state); /* "good" "bad" "neutral" */
/* MrHeaderLine, at most 100, from the top. (transfer full) */
GPtrArray *mr_header_lines (MrHeaderReader *header);

/* A message or its header as it was pasted or saved: empty lines before it go, line ends become CRLF. (transfer full) */
GString *mr_header_text_normalise (const char *text, gsize len);
/* The lines of such a text; *ret_has_body: it is a whole message, not only its header. (transfer full) */
GPtrArray *mr_header_text_lines (const GString *text, gboolean *ret_has_body);

G_END_DECLS

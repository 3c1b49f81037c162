/* Tag lists: "v=1; a=rsa-sha256; ..." of DKIM (RFC 6376 3.2), and in the same shape those of DMARC, MTA-STS, TLSRPT and BIMI records. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrTags MrTags;

/* text: at most 64 KiB, unfolded or not. An empty part at the end is allowed. Errors (MR_ERROR_INVALID): a part without "=", a name that is none, a name
 * twice, more than 100 tags. (transfer full) */
MrTags *mr_tags_parse (const char *text, GError **error);
/* The same, but what is wrong is left out and the first of two counts: records whose standard says that syntax errors are ignored. NULL: too long.
 * (transfer full) */
MrTags *mr_tags_parse_tolerant (const char *text);
void mr_tags_free (MrTags *tags);
/* Borrowed; without white space around it; NULL: absent. Names are compared with case. */
const char *mr_tags_get (const MrTags *tags, const char *name);
/* Without any white space inside, as base64 may be folded. (transfer full) NULL: absent. */
char *mr_tags_dup_compact (const MrTags *tags, const char *name);
/* TRUE where the list "a:b:c" of the tag has the word, without case; also where the tag is absent and absent_is is TRUE. */
gboolean mr_tags_has_word (const MrTags *tags, const char *name, const char *word, gboolean absent_is);
/* Name of the n-th tag as written, NULL behind the last: for "v must be first" and for telling unknown ones. */
const char *mr_tags_get_name (const MrTags *tags, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrTags, mr_tags_free)

G_END_DECLS

/* What receivers that still go by RFC 7489 make of a domain's DMARC records: the organisational domain comes from the list of public suffixes, there is
 * no walk up the tree, pct counts, and np, psd and t mean nothing. For telling people where that differs from RFC 9989 (dmarc.h).
 */
#pragma once

#include "mailauth/dmarc.h"

G_BEGIN_DECLS

typedef struct {
  MrDmarcStatus status;
  char *record_domain;  /* where the record in force stands; NULL: none */
  char *organisation;   /* of the author domain, never NULL but for PENDING and TEMPORARY */
  MrDmarcPolicy policy; /* effective; UNSET where there is no record */
  guint percent;        /* of the failing mail that the policy is applied to (6.6.4) */
  gboolean late;        /* p is not the second tag, where the grammar of 6.4 wants it: some ignore the record then */
} MrDmarcOlder;

/* 6.6.3. Fills *ret, which the caller clears. */
void mr_dmarc_discover_older (MrLookupTable *lookups, const char *author_domain, MrDmarcOlder *ret);
void mr_dmarc_older_clear (MrDmarcOlder *older);

/* How the two differ for mail of the author domain, the weightiest first. */
typedef enum {
  MR_DMARC_OLDER_SAME,
  MR_DMARC_OLDER_NO_RECORD,    /* older ones find none, or one that does not count */
  MR_DMARC_OLDER_STRICTER,     /* they act, or act more sternly */
  MR_DMARC_OLDER_MILDER,       /* they act less sternly */
  MR_DMARC_OLDER_PART,         /* they act on a part of the mail only */
  MR_DMARC_OLDER_ORDER,        /* some of them ignore the record, because p is not the second tag */
  MR_DMARC_OLDER_ORGANISATION, /* another organisational domain: what aligns differs */
  MR_DMARC_OLDER_NAMES         /* names that do not exist are treated by sp or p, not by np */
} MrDmarcDifference;
MrDmarcDifference mr_dmarc_compare_older (const MrDmarcDiscovery *found, const MrDmarcOlder *older);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrDmarcOlder, mr_dmarc_older_clear)

G_END_DECLS

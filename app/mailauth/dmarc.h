/* DMARC, RFC 9989: records, the walk up the DNS tree, which policy is in force, and what aligns.
 *
 * What is wrong in a record counts as its default where the standard says so; problems are told, for people who publish one. Tags that RFC 7489 had
 * and RFC 9989 has not (pct, rf, ri) are ignored and told.
 */
#pragma once

#include "mailauth/lookup.h"

G_BEGIN_DECLS

typedef enum { MR_DMARC_NONE, MR_DMARC_QUARANTINE, MR_DMARC_REJECT, MR_DMARC_UNSET } MrDmarcPolicy;

const char *mr_dmarc_policy_nick (MrDmarcPolicy policy); /* "none" "quarantine" "reject" "" */
/* Without case. FALSE: none of the three; *ret is untouched. */
gboolean mr_dmarc_policy_from_nick (const char *nick, MrDmarcPolicy *ret);

typedef struct {
  MrDmarcPolicy p, sp, np; /* UNSET: not given; p is never UNSET after parsing */
  gboolean has_p;          /* FALSE: p was missing or wrong, and rua made it none */
  char psd;                /* 'y', 'n' or 'u' */
  gboolean testing;        /* t=y: one level milder */
  gboolean strict_dkim, strict_spf;
  char **rua, **ruf;   /* addresses of mailto: URIs, without "mailto:" and size */
  GPtrArray *problems; /* char *, translated */
} MrDmarcRecord;

/* TRUE for text that begins as a DMARC record; the value is case sensitive (4.8). */
gboolean mr_dmarc_is_record (const char *text);
/* NULL: not a record that counts (4.10.1): error MR_ERROR_INVALID. (transfer full) */
MrDmarcRecord *mr_dmarc_record_parse (const char *text, GError **error);
void mr_dmarc_record_free (MrDmarcRecord *record);

typedef enum { MR_DMARC_FOUND, MR_DMARC_ABSENT, MR_DMARC_TEMPORARY, MR_DMARC_PENDING } MrDmarcStatus;

typedef struct {
  MrDmarcStatus status;
  MrDmarcRecord *record; /* in force, NULL */
  char *record_domain;   /* where it stands */
  char *organisation;    /* organisational domain of the author domain */
  MrDmarcPolicy policy;  /* effective: p, sp or np, t applied; UNSET where there is no record */
} MrDmarcDiscovery;

/* nonexistent: the author domain has no A, AAAA and MX, so np counts. Fills *ret, which the caller clears. */
void mr_dmarc_discover (MrLookupTable *lookups, const char *author_domain, gboolean nonexistent, MrDmarcDiscovery *ret);
void mr_dmarc_discovery_clear (MrDmarcDiscovery *discovery);

/* Organisational domain by the tree walk (4.10.2). (transfer full) NULL: *ret_status is TEMPORARY or PENDING. */
char *mr_dmarc_dup_organisation (MrLookupTable *lookups, const char *domain, MrDmarcStatus *ret_status);
/* FOUND: they align; ABSENT: they do not (4.4). Without case. */
MrDmarcStatus mr_dmarc_aligns (MrLookupTable *lookups, const char *author_domain, const char *domain, gboolean strict);

/* May domain's reports go to addresses at destination? FOUND: yes; ABSENT: destination has not agreed (RFC 9990 4). */
MrDmarcStatus mr_dmarc_may_report (MrLookupTable *lookups, const char *domain, const char *destination);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDmarcRecord, mr_dmarc_record_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrDmarcDiscovery, mr_dmarc_discovery_clear)

G_END_DECLS

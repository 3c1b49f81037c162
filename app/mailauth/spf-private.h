/* Shared by spf.c (records and results), spf-match.c (what a client matches), spf-steps.c (what a person is shown of it) and spf-tree.c, which shows the
 * same without a client. */
#pragma once

#include <arpa/inet.h>

#include "mailauth/spf-macro.h"
#include "mailauth/spf.h"

G_BEGIN_DECLS

typedef enum {
  MR_SPF_MATCH_NO,
  MR_SPF_MATCH_YES,
  MR_SPF_MATCH_TEMPORARY,
  MR_SPF_MATCH_PERMANENT,
  MR_SPF_MATCH_PENDING
} MrSpfMatch;

/* One check_host() with everything below it: lives on the stack of mr_spf_check(). */
typedef struct {
  MrLookupTable *lookups;
  MrSpfReport *report;
  guint8 address[16]; /* IPv4 mapped */
  gboolean is_ip4;
  char client[INET6_ADDRSTRLEN];
  char *sender;
  const char *helo;
  const char *receiver;
  gint64 now;
  char *exp; /* domain-spec of the record that said fail */
  char *exp_domain;
} MrSpfCheck;

/* ---- spf-match.c ---- */

/* Fills address, is_ip4 and client. FALSE: text is no address. */
gboolean mr_spf_check_set_client (MrSpfCheck *check, const char *text);
/* domain: whose record it is about. The first problem is the one that is told. */
void mr_spf_check_tell (MrSpfCheck *check, const char *domain, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* NULL: *ret_match tells why. (transfer full) */
char *mr_spf_check_expand (MrSpfCheck *check, const char *text, MrSpfMacroKind kind, const char *domain,
                           MrSpfMatch *ret_match);

/* The mechanisms of 5.3 to 5.7; target: name with its macros expanded. None starts another record. */
MrSpfMatch mr_spf_match_network (const MrSpfCheck *check, const MrSpfTerm *term);
MrSpfMatch mr_spf_match_host (MrSpfCheck *check, const char *target, const MrSpfTerm *term);
MrSpfMatch mr_spf_match_mx (MrSpfCheck *check, const char *target, const MrSpfTerm *term);
MrSpfMatch mr_spf_match_ptr (MrSpfCheck *check, const char *target);
MrSpfMatch mr_spf_match_exists (MrSpfCheck *check, const char *target);

/* ---- spf-steps.c ---- */

/* Of MrSpfStep. (transfer full) */
GPtrArray *mr_spf_steps_new (void);
/* Borrowed; NULL: there are max already. */
MrSpfStep *mr_spf_steps_add (GPtrArray *steps, guint max, guint depth, const char *domain, const MrSpfTerm *term);
/* TRUE: such a term is one of the ten (4.6.4). */
gboolean mr_spf_kind_looks_up (MrSpfKind kind);

G_END_DECLS

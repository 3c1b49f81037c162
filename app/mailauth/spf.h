/* Sender Policy Framework, RFC 7208: may this address send for this domain?
 *
 * Pure: records come from a look-up table (lookup.h), the time is handed in. Syntax errors anywhere in a record are a permerror before anything
 * is evaluated (4.6). Limits of 4.6.4: ten terms that look up, ten names of an mx or ptr, two void look-ups.
 */
#pragma once

#include "mailauth/lookup.h"

G_BEGIN_DECLS

typedef enum {
  MR_SPF_NONE,
  MR_SPF_NEUTRAL,
  MR_SPF_PASS,
  MR_SPF_FAIL,
  MR_SPF_SOFTFAIL,
  MR_SPF_TEMPERROR,
  MR_SPF_PERMERROR,
  MR_SPF_PENDING, /* look-ups are wanted: answer them and check again */
  MR_SPF_N_RESULTS
} MrSpfResult;

const char *mr_spf_result_nick (MrSpfResult result); /* RFC 7208 2.6 */

typedef struct {
  const char *address;  /* of the client, numeric */
  const char *mailfrom; /* reverse-path without angle brackets; "": postmaster@HELO (2.4) */
  const char *helo;     /* name or address literal */
  const char *receiver; /* name of the host that checks, for %{r}; NULL: "unknown" */
  gint64 now;           /* seconds since 1970, for %{t} */
} MrSpfQuery;

/* One term that was looked at, in order: what a person is shown as a tree. */
typedef struct {
  guint depth;       /* of include and redirect, 0: the domain's own record */
  char *domain;      /* whose record */
  char *term;        /* as written */
  gboolean looks_up; /* it counts among the ten */
  gboolean matched;
} MrSpfStep;

typedef struct {
  MrSpfResult result;
  char *explanation; /* for fail: the domain's words or NULL; hostile input, printable ASCII */
  char *problem;     /* what is wrong with a record, untranslated and technical, for permerror and temperror; NULL */
  char *problem_domain;
  guint look_ups;
  guint void_look_ups;
  GPtrArray *steps; /* MrSpfStep */
} MrSpfReport;

/* Fills *ret, which the caller clears. */
MrSpfResult mr_spf_check (MrLookupTable *lookups, const MrSpfQuery *query, MrSpfReport *ret);
void mr_spf_report_clear (MrSpfReport *report);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrSpfReport, mr_spf_report_clear)

/* ---- records ---- */

typedef enum {
  MR_SPF_ALL,
  MR_SPF_INCLUDE,
  MR_SPF_A,
  MR_SPF_MX,
  MR_SPF_PTR,
  MR_SPF_IP4,
  MR_SPF_IP6,
  MR_SPF_EXISTS,
  MR_SPF_REDIRECT,
  MR_SPF_EXP,
  MR_SPF_OTHER /* an unknown modifier */
} MrSpfKind;

typedef struct {
  MrSpfKind kind;
  MrSpfResult qualifier; /* PASS, FAIL, SOFTFAIL, NEUTRAL */
  char *text;            /* as written */
  char *domain;          /* domain-spec, NULL: none */
  guint8 network[16];    /* ip4, ip6 */
  guint prefix4, prefix6;
} MrSpfTerm;

typedef struct {
  GPtrArray *terms;    /* mechanisms in order, MrSpfTerm */
  MrSpfTerm *redirect; /* NULL */
  MrSpfTerm *exp;      /* NULL */
} MrSpfRecord;

/* TRUE for text that is an SPF record at all (4.5): "v=spf1" and then a space or nothing. */
gboolean mr_spf_is_record (const char *text);
/* Error: MR_ERROR_INVALID names the term. (transfer full) */
MrSpfRecord *mr_spf_record_parse (const char *text, GError **error);
void mr_spf_record_free (MrSpfRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrSpfRecord, mr_spf_record_free)

G_END_DECLS

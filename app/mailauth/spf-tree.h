/* An SPF record with all that it includes, looked at as a whole: what every receiver would have to look up at worst, without any message.
 *
 * Evaluation (spf.h) ends at the first match; a person who keeps a record wants to know the whole of it. Names with macros depend on the message: they
 * count, and are not followed.
 */
#pragma once

#include "mailauth/spf.h"

G_BEGIN_DECLS

typedef enum {
  MR_SPF_TREE_NONE = 0,
  MR_SPF_TREE_INCLUDE_NONE = 1 << 0,   /* an include or redirect leads to no record: permerror (RFC 7208 5.2, 6.1) */
  MR_SPF_TREE_INCLUDE_BROKEN = 1 << 1, /* ... to one that cannot be read, or to several */
  MR_SPF_TREE_LOOP = 1 << 2,
  MR_SPF_TREE_PTR = 1 << 3,       /* ptr is used, which RFC 7208 5.5 advises against */
  MR_SPF_TREE_TEMPORARY = 1 << 4, /* something could not be looked up: the numbers are a lower bound */
  MR_SPF_TREE_MANY_MX = 1 << 5    /* an mx with more than ten names: permerror */
} MrSpfTreeFlags;

typedef struct {
  gboolean pending;
  MrSpfTreeFlags flags;
  char *culprit;        /* the name that the first of the flags (not PTR) is about; NULL */
  guint look_ups;       /* of at most ten (4.6.4) */
  guint voids4, voids6; /* look-ups that find nothing for a client with IPv4, IPv6; of at most two */
  GPtrArray *steps;     /* MrSpfStep; matched is FALSE in all */
} MrSpfTree;

/* record: the domain's own text. Fills *ret, which the caller clears. FALSE with error MR_ERROR_INVALID: the record itself cannot be read. */
gboolean
mr_spf_tree_walk (MrLookupTable *lookups, const char *domain, const char *record, MrSpfTree *ret, GError **error);
void mr_spf_tree_clear (MrSpfTree *tree);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrSpfTree, mr_spf_tree_clear)

G_END_DECLS

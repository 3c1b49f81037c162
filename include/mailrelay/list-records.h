/* What a list of messages is to show and in which order. Functions live in app/base/filter-variant.c. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum { MR_LIST_OUTBOX, MR_LIST_HISTORY } MrListKind;

/* Rows that are equal in it follow each other by their time. */
typedef enum {
  MR_LIST_SORT_TIME, /* when it was handed in */
  MR_LIST_SORT_NEXT, /* next attempt; what has none comes after all others */
  MR_LIST_SORT_AGE,  /* since it was handed in; in the history: since it was finished */
  MR_LIST_SORT_SIZE,
  MR_LIST_SORT_SUBJECT, /* texts in the order of the service's language */
  MR_LIST_SORT_FROM,
  MR_LIST_SORT_TO,    /* the recipient that stands for the message */
  MR_LIST_SORT_STATE, /* what needs a person most comes first */
  MR_LIST_SORT_ACCOUNT,
  MR_LIST_SORT_PROGRAM,
  MR_LIST_N_SORTS
} MrListSort;

/* In the place of a cause id: a recipient that has none. */
#define MR_LIST_NO_CAUSE "-"

/* All conditions that are set must hold. A condition on recipients holds where one of them fits. Strings NULL: any. */
typedef struct {
  MrListKind kind;
  int state; /* MrRecipientState, -1: any */
  gboolean held_only;
  MrHoldReason hold_reason; /* MR_HOLD_NONE: any */
  MrWaitReason wait_reason; /* MR_WAIT_NONE: any */
  gboolean
      needs_person; /* nothing more happens to it until a person decides: kept back, in need of a person, or resting as
                               possibly delivered */
  const char *search; /* part of address, subject, id or Message-ID without case */
  const char *account, *program;
  const char *domain; /* of a recipient */
  const char *cause;  /* cause id of app/ndr, of the last attempt or of a report that came later; or MR_LIST_NO_CAUSE */
  MrListSort sort;
  gboolean ascending; /* FALSE: newest, largest, last of the alphabet first */
} MrListFilter;

/* What a list may be told apart by. */
typedef enum {
  MR_FACET_PROGRAM,
  MR_FACET_ACCOUNT,
  MR_FACET_DOMAIN, /* of recipients: a message counts in each of its domains */
  MR_FACET_CAUSE,  /* of recipients; MR_LIST_NO_CAUSE where one has none */
  MR_N_FACETS
} MrFacet;

/* Messages of a list that have one value. */
typedef struct {
  char *value; /* program, account id, domain, cause id */
  guint messages;
} MrFacetRecord;
void mr_facet_record_free (MrFacetRecord *record);

/* Where a message is after a change. */
typedef enum {
  MR_LIST_PLACE_SAME, /* as before */
  MR_LIST_PLACE_OUTBOX,
  MR_LIST_PLACE_HISTORY,
  MR_LIST_PLACE_GONE,
  MR_LIST_N_PLACES
} MrListPlace;

/* A change, packed: the id's characters and a byte with the place. */
#define MR_LIST_CHANGE_LENGTH (MR_ID_LENGTH + 1)

/* Nicks: as in types.h. */
const char *mr_facet_nick (MrFacet facet);
gboolean mr_facet_from_nick (const char *nick, MrFacet *ret);
const char *mr_list_sort_nick (MrListSort sort);
gboolean mr_list_sort_from_nick (const char *nick, MrListSort *ret);
/* How a person expects the order: texts from A on, the next attempt first; sizes and times the other way round. */
gboolean mr_list_sort_is_ascending (MrListSort sort);
/* A copy that owns its strings, and its end. The struct itself belongs to the caller. */
void mr_list_filter_copy (const MrListFilter *filter, MrListFilter *ret);
void mr_list_filter_clear (MrListFilter *filter);
/* TRUE where something narrows the list (kind and order do not). */
gboolean mr_list_filter_is_narrow (const MrListFilter *filter);
gboolean mr_list_filter_equal (const MrListFilter *a, const MrListFilter *b);

G_END_DECLS

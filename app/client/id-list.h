/* The ids of a list, packed, and the difference between two lists as the rows that went and came. Pure. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct {
  char text[MR_ID_LENGTH + 1];
} MrIdEntry;

/* A list of MrIdEntry from ids without anything in between; what is none is left out. (transfer full) */
GArray *mr_id_list_from_bytes (GBytes *ids);

/* At position, removed rows went and added came; rows before it are as they are now in the new list. */
typedef struct {
  guint position, removed, added;
} MrIdSplice;

/* The splices that, applied in order, turn from into to. Both sorted the same way, as the service gives them: exactly the rows that differ. Lists in
 * another order, or with more than max differences: one splice between what they have in common at both ends. (transfer full) of MrIdSplice. */
GArray *mr_id_list_diff (const GArray *from, const GArray *to, guint max);
/* Binary search in a list that is sorted by ids, either way. */
gboolean mr_id_list_find (const GArray *list, const char *id, guint *ret_position);
/* In any list. */
gboolean mr_id_list_search (const GArray *list, const char *id, guint *ret_position);
/* What becomes of a sorted list of all messages that are in this place. changes: MR_LIST_CHANGE_LENGTH bytes each. NULL: it stays as it is. (transfer
 * full) */
GArray *mr_id_list_apply (const GArray *list, GBytes *changes, MrListPlace place, gboolean descending);

G_END_DECLS

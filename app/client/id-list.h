/* The ids of a list, packed, and the difference between two lists as the rows that went and came. Pure. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct {
  char text[MR_ID_LENGTH + 1];
} MrIdEntry;

/* A list of MrIdEntry from an "as"; ids that are none are left out. (transfer full) */
GArray *mr_id_list_from_variant (GVariant *ids);

/* At position, removed rows went and added came; rows before it are as they are now in the new list. */
typedef struct {
  guint position, removed, added;
} MrIdSplice;

/* The splices that, applied in order, turn from into to. Both sorted the same way, as the service gives them: exactly the rows that differ. Lists in
 * another order, or with more than max differences: one splice between what they have in common at both ends. (transfer full) of MrIdSplice. */
GArray *mr_id_list_diff (const GArray *from, const GArray *to, guint max);
/* Binary search in a sorted list. */
gboolean mr_id_list_find (const GArray *list, const char *id, guint *ret_position);

G_END_DECLS

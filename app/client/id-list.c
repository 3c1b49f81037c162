/* Lists of ids. Ids sort by age and lists are sorted by id, so two of them are compared as in a merge. */
#include "client/id-list.h"

#include <string.h>

#define ID(list, i) (g_array_index (list, MrIdEntry, i).text)

static gboolean
is_id (const char *bytes)
{
  for (guint i = 0; i < MR_ID_LENGTH; i++)
    if (!g_ascii_isalnum (bytes[i]))
      return FALSE;
  return TRUE;
}

GArray *
mr_id_list_from_bytes (GBytes *ids)
{
  gsize size;
  const char *id = g_bytes_get_data (ids, &size);
  GArray *list = g_array_sized_new (FALSE, TRUE, sizeof (MrIdEntry), (guint)(size / MR_ID_LENGTH));

  for (; size >= MR_ID_LENGTH; size -= MR_ID_LENGTH, id += MR_ID_LENGTH) {
    MrIdEntry entry = { { 0 } };
    if (!is_id (id))
      continue;
    memcpy (entry.text, id, MR_ID_LENGTH);
    g_array_append_val (list, entry);
  }
  return list;
}

/* 1: ascending, -1: descending, 0: neither; 2: too short to tell. */
static int
get_order (const GArray *list)
{
  if (list->len < 2)
    return 2;
  int order = strcmp (ID (list, 0), ID (list, 1)) < 0 ? 1 : -1;
  for (guint i = 1; i < list->len; i++)
    if (strcmp (ID (list, i - 1), ID (list, i)) * order >= 0)
      return 0;
  return order;
}

/* The order that both have; 0 where there is none. Two lists of at most one row: any order is theirs. */
static int
get_common_order (const GArray *from, const GArray *to)
{
  int a = get_order (from), b = get_order (to);

  if (a == 2)
    return b == 2 ? -1 : b;
  return b == 2 || a == b ? a : 0;
}

static void
add_ends (GArray *splices, const GArray *from, const GArray *to)
{
  guint head = 0, tail = 0, shorter = MIN (from->len, to->len);

  while (head < shorter && strcmp (ID (from, head), ID (to, head)) == 0)
    head++;
  while (tail < shorter - head && strcmp (ID (from, from->len - tail - 1), ID (to, to->len - tail - 1)) == 0)
    tail++;
  MrIdSplice splice = { head, from->len - head - tail, to->len - head - tail };
  if (splice.removed > 0 || splice.added > 0)
    g_array_append_val (splices, splice);
}

/* FALSE: more than max. */
static gboolean
add_exact (GArray *splices, const GArray *from, const GArray *to, int order, guint max)
{
  guint i = 0, j = 0;

  while (i < from->len || j < to->len) {
    MrIdSplice splice = { j, 0, 0 };
    while (i < from->len || j < to->len) {
      int side = i >= from->len ? 1 : j >= to->len ? -1 : strcmp (ID (from, i), ID (to, j)) * order;
      if (side == 0)
        break;
      if (side < 0) {
        splice.removed++;
        i++;
      } else {
        splice.added++;
        j++;
      }
    }
    if (splice.removed > 0 || splice.added > 0) {
      if (splices->len >= max)
        return FALSE;
      g_array_append_val (splices, splice);
    }
    for (; i < from->len && j < to->len && strcmp (ID (from, i), ID (to, j)) == 0; i++)
      j++;
  }
  return TRUE;
}

GArray *
mr_id_list_diff (const GArray *from, const GArray *to, guint max)
{
  GArray *splices = g_array_new (FALSE, FALSE, sizeof (MrIdSplice));
  int order = get_common_order (from, to);

  if (order == 0 || !add_exact (splices, from, to, order, max)) {
    g_array_set_size (splices, 0);
    add_ends (splices, from, to);
  }
  return splices;
}

/* The first position whose id does not stand before this one. */
static guint
lower_bound (const GArray *list, const char *id, gboolean descending)
{
  guint low = 0, high = list->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    int side = strcmp (ID (list, middle), id);
    if (descending ? side > 0 : side < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

gboolean
mr_id_list_find (const GArray *list, const char *id, guint *ret_position)
{
  gboolean descending = list->len > 1 && strcmp (ID (list, 0), ID (list, list->len - 1)) > 0;
  guint position = lower_bound (list, id, descending);

  if (position >= list->len || strcmp (ID (list, position), id) != 0)
    return FALSE;
  *ret_position = position;
  return TRUE;
}

gboolean
mr_id_list_search (const GArray *list, const char *id, guint *ret_position)
{
  for (guint i = 0; i < list->len; i++)
    if (strcmp (ID (list, i), id) == 0) {
      *ret_position = i;
      return TRUE;
    }
  return FALSE;
}

/* ---- changes ---- */

typedef struct {
  MrIdEntry id;
  guint position;
  gboolean added; /* else it goes */
} Edit;

static int
compare_edits (gconstpointer a, gconstpointer b, gpointer descending)
{
  int side = strcmp (((const Edit *)a)->id.text, ((const Edit *)b)->id.text);

  return descending != NULL ? -side : side;
}

/* Those changes that make a difference, in the order of the list. */
static GArray *
find_edits (const GArray *list, GBytes *changes, MrListPlace place, gboolean descending)
{
  GArray *edits = g_array_new (FALSE, TRUE, sizeof (Edit));
  gsize size;
  const char *change = g_bytes_get_data (changes, &size);

  for (; size >= MR_LIST_CHANGE_LENGTH; size -= MR_LIST_CHANGE_LENGTH, change += MR_LIST_CHANGE_LENGTH) {
    Edit edit = { .added = (MrListPlace)change[MR_ID_LENGTH] == place };

    if (change[MR_ID_LENGTH] == MR_LIST_PLACE_SAME || !is_id (change))
      continue;
    memcpy (edit.id.text, change, MR_ID_LENGTH);
    edit.position = lower_bound (list, edit.id.text, descending);
    gboolean there = edit.position < list->len && strcmp (ID (list, edit.position), edit.id.text) == 0;
    if (there != edit.added)
      g_array_append_val (edits, edit);
  }
  g_array_sort_with_data (edits, compare_edits, GINT_TO_POINTER (descending));
  return edits;
}

GArray *
mr_id_list_apply (const GArray *list, GBytes *changes, MrListPlace place, gboolean descending)
{
  g_autoptr (GArray) edits = find_edits (list, changes, place, descending);
  guint from = 0;

  if (edits->len == 0)
    return NULL;
  GArray *result = g_array_sized_new (FALSE, TRUE, sizeof (MrIdEntry), list->len + edits->len);
  for (guint i = 0; i < edits->len; i++) {
    const Edit *edit = &g_array_index (edits, Edit, i);

    if (i > 0 && strcmp (edit->id.text, (edit - 1)->id.text) == 0)
      continue;
    if (edit->position > from)
      g_array_append_vals (result, &g_array_index (list, MrIdEntry, from), edit->position - from);
    if (edit->added)
      g_array_append_val (result, edit->id);
    from = edit->position + !edit->added;
  }
  if (from < list->len)
    g_array_append_vals (result, &g_array_index (list, MrIdEntry, from), list->len - from);
  return result;
}

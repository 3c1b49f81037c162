/* Lists of ids. Ids sort by age and lists are sorted by id, so two of them are compared as in a merge. */
#include "client/id-list.h"

#include <string.h>

#define ID(list, i) (g_array_index (list, MrIdEntry, i).text)

GArray *
mr_id_list_from_variant (GVariant *ids)
{
  GArray *list = g_array_sized_new (FALSE, TRUE, sizeof (MrIdEntry), (guint)g_variant_n_children (ids));
  GVariantIter iter;
  const char *id;

  g_variant_iter_init (&iter, ids);
  while (g_variant_iter_next (&iter, "&s", &id)) {
    MrIdEntry entry = { { 0 } };
    if (strlen (id) != MR_ID_LENGTH)
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

gboolean
mr_id_list_find (const GArray *list, const char *id, guint *ret_position)
{
  guint low = 0, high = list->len;
  gboolean descending = list->len > 1 && strcmp (ID (list, 0), ID (list, list->len - 1)) > 0;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    int side = strcmp (id, ID (list, middle));
    if (side == 0) {
      *ret_position = middle;
      return TRUE;
    }
    if ((side < 0) != descending)
      high = middle;
    else
      low = middle + 1;
  }
  return FALSE;
}

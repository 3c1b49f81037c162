/* A ring of the last changes, each with a serial number. A message that changed twice is told once: where it is now, as far as one of its changes
 * said so. Serials begin at 1 and count changes, so that 0 is older than all of them. */
#include "store/changes.h"

#include <string.h>

#define KEPT 4096

typedef struct {
  char id[MR_ID_LENGTH];
  char place; /* MrListPlace */
} Change;

G_STATIC_ASSERT (sizeof (Change) == MR_LIST_CHANGE_LENGTH);

struct _MrChanges {
  Change ring[KEPT];
  guint64 last; /* serial of the newest, 0: none */
};

void
mr_changes_add (MrChanges *changes, const char *id, MrListPlace place)
{
  Change *change = &changes->ring[++changes->last % KEPT];

  g_return_if_fail (strlen (id) == MR_ID_LENGTH);
  memcpy (change->id, id, MR_ID_LENGTH);
  change->place = (char)place;
}

static guint
change_hash (gconstpointer data)
{
  const Change *change = data;
  guint hash = 5381;

  for (guint i = 0; i < MR_ID_LENGTH; i++)
    hash = hash * 33 + (guchar)change->id[i];
  return hash;
}

static gboolean
change_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Change *)a)->id, ((const Change *)b)->id, MR_ID_LENGTH) == 0;
}

GBytes *
mr_changes_get (const MrChanges *changes, guint64 since, guint64 *ret_serial)
{
  g_autoptr (GHashTable) told = g_hash_table_new (change_hash, change_equal); /* newest of an id */
  GByteArray *bytes;
  GHashTableIter iter;
  gpointer key;

  *ret_serial = changes->last;
  if (since > changes->last || changes->last - since > KEPT)
    return NULL;
  bytes = g_byte_array_new ();
  for (guint64 serial = since + 1; serial <= changes->last; serial++) {
    const Change *change = &changes->ring[serial % KEPT];

    /* A later one that says nothing of the place leaves what an earlier one said. */
    if (change->place != MR_LIST_PLACE_SAME || !g_hash_table_contains (told, change))
      g_hash_table_replace (told, (gpointer)change, (gpointer)change);
  }
  g_hash_table_iter_init (&iter, told);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_byte_array_append (bytes, key, sizeof (Change));
  return g_byte_array_free_to_bytes (bytes);
}

MrChanges *
mr_changes_new (void)
{
  return g_new0 (MrChanges, 1);
}

void
mr_changes_free (MrChanges *changes)
{
  g_free (changes);
}

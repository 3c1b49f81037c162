/* Notes: small texts that the engine keeps by kind and key (what a report said, a watch that goes on, how a domain stood). The store knows nothing of their
 * meaning. The rules of store.h hold.
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

#define MR_NOTE_MAX_TEXT (60 * 1024)
#define MR_NOTE_MAX_ROWS 10000 /* of a kind: the oldest go */

typedef struct {
  char *key;
  gint64 changed; /* wall time */
  char *text;
} MrStoreNote;

void mr_store_note_free (MrStoreNote *note);
/* text NULL: the note goes, where there is one. MR_ERROR_TOO_BIG. func may be NULL. */
void mr_store_put_note (MrStore *store, const char *kind, const char *key, const char *text, MrStoreFunc func,
                        gpointer data);
/* MrStoreNote with keys that begin with prefix, newest first; borrowed. */
typedef void (*MrStoreNotesFunc) (GPtrArray *notes, const GError *error, gpointer data);
void mr_store_list_notes (MrStore *store, const char *kind, const char *prefix, MrStoreNotesFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrStoreNote, mr_store_note_free)

G_END_DECLS

/* The part of the store's face about what a person changes of messages. The same rules as in store.h. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* What a person changes, in one transaction; nothing of it where one edit cannot be made. MR_ERROR_BUSY: it has been leased meanwhile.
 * MR_ERROR_NOT_FOUND: no such message or recipient, or its body is gone and somebody would wait again. MR_ERROR_EXISTS: the new address is a
 * recipient already. MR_ERROR_INVALID: no recipient is in a state for it. */
typedef struct {
  const MrRecipientEdit *edits; /* copied */
  guint n_edits;
  gboolean let_go;   /* it is no longer held, for whatever reason it was */
  gint64 not_before; /* -1: as it is; 0: at once */
  gint64 online_at;  /* the give-up time counts from here where somebody waits anew, or not_before is set */
  gboolean set_account;
  const char *account; /* NULL: as the sender's address says */
  gboolean report;     /* a failure report is due about those that are returned */
} MrStoreEdit;
void mr_store_edit_message (MrStore *store, const char *id, const MrStoreEdit *edit, MrStoreFunc func, gpointer data);
/* record (transfer full) becomes a message with a copy of the body of `id`. MR_ERROR_NOT_FOUND: that is gone. */
void mr_store_copy_message (MrStore *store, const char *id, MrMessageRecord *record, MrStoreFunc func, gpointer data);
/* Held messages whose hold_until has come are released. next: when the next one goes by itself, 0: none. */
typedef void (*MrStoreNextFunc) (gint64 next, const GError *error, gpointer data);
void mr_store_release_due (MrStore *store, gint64 now, MrStoreNextFunc func, gpointer data);

/* Takes a finished message out of the history; until `until` it can be put back, then mr_store_purge_removed() deletes it. */
void mr_store_remove_message (MrStore *store, const char *id, gint64 until, MrStoreFunc func, gpointer data);
/* MR_ERROR_NOT_FOUND: it was not removed, or is gone for good. */
void mr_store_restore_message (MrStore *store, const char *id, MrStoreFunc func, gpointer data);
void mr_store_purge_removed (MrStore *store, gint64 now, MrStoreFunc func, gpointer data);

G_END_DECLS

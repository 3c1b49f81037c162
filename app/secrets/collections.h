/* The collections of a Secret Service: the one that our passwords go to, whether it is locked, what changes in them. */
#pragma once

#include <libsecret/secret.h>

#include "secrets/secrets.h"

G_BEGIN_DECLS

typedef struct _MrCollections MrCollections;

typedef enum {
  MR_COLLECTIONS_LOCKED, /* one was locked or unlocked */
  MR_COLLECTIONS_LIST,   /* one was made or deleted: which is the default one has to be asked anew */
  MR_COLLECTIONS_ITEM    /* an item was made, changed or deleted; perhaps one of another program */
} MrCollectionsEvent;

typedef void (*MrCollectionsFunc) (MrCollectionsEvent event, gpointer data);

MrCollections *mr_collections_new (MrCollectionsFunc func, gpointer data);
void mr_collections_free (MrCollections *collections);
/* NULL: there is none any more. */
void mr_collections_set_service (MrCollections *collections, SecretService *service);
SecretService *mr_collections_get_service (MrCollections *collections); /* borrowed */
/* What the alias "default" led to, NULL: nowhere. */
void mr_collections_set_default (MrCollections *collections, SecretCollection *collection);
/* The default collection; where there is none (KeePassXC may have no alias) the first unlocked one that lasts, else the
 * first that lasts. NULL: there is no place for passwords. Borrowed. */
SecretCollection *mr_collections_get_place (MrCollections *collections);
/* MR_SECRETS_OK, MR_SECRETS_LOCKED or MR_SECRETS_NO_PLACE. */
MrSecretsState mr_collections_get_state (MrCollections *collections);
/* TRUE where the collection around this item is known and not locked. */
gboolean mr_collections_is_open_around (MrCollections *collections, const char *item_path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrCollections, mr_collections_free)

G_END_DECLS

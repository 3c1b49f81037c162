/* Secrets that stay in locked memory, and what each was when it was last seen. */
#pragma once

#include "secrets/secrets.h"

G_BEGIN_DECLS

typedef struct _MrSecretCache MrSecretCache;

typedef enum { MR_SEEN_FIRST, MR_SEEN_SAME, MR_SEEN_CHANGED } MrSeen;

MrSecretCache *mr_secret_cache_new (void);
void mr_secret_cache_free (MrSecretCache *cache); /* wipes */
/* As mr_secrets_set_keep(). A shorter time takes effect at once. */
void mr_secret_cache_set_keep (MrSecretCache *cache, int seconds);
/* NULL: not kept, or not any longer. Borrowed. */
MrSecret *mr_secret_cache_get (MrSecretCache *cache, const char *id, const char *kind);
/* The place says that this is the secret now (NULL: there is none): kept, and compared with what was seen before. */
MrSeen mr_secret_cache_see (MrSecretCache *cache, const char *id, const char *kind, MrSecret *secret);
/* kind NULL: every kind. What was seen is forgotten, too. */
void mr_secret_cache_forget (MrSecretCache *cache, const char *id, const char *kind);
/* The secrets that were ever seen. */
typedef void (*MrSecretCacheFunc) (const char *id, const char *kind, gpointer data);
void mr_secret_cache_foreach (MrSecretCache *cache, MrSecretCacheFunc func, gpointer data);

/* Every kind of this id is to be cleared when the place is open again. */
void mr_secret_cache_clear_later (MrSecretCache *cache, const char *id);
/* Something was stored under it. */
void mr_secret_cache_clear_not (MrSecretCache *cache, const char *id);
/* Calls func for each, kind NULL, and forgets them. */
void mr_secret_cache_clear_now (MrSecretCache *cache, MrSecretCacheFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrSecretCache, mr_secret_cache_free)

G_END_DECLS

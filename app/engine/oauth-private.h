/* Shared by oauth.c (keeping, waiting), oauth-refresh.c (renewal) and oauth-store.c (keyring, giving back). */
#pragma once

#include "engine/oauth-metadata.h"
#include "engine/oauth-post.h"
#include "engine/oauth.h"
#include "secrets/desktop-accounts.h"

G_BEGIN_DECLS

typedef struct {
  MrSecret *refused;
  MrOauthTokenFunc func; /* NULL: cancelled */
  gpointer data;
} MrOauthWaiter;

/* What is known of one account. */
typedef struct {
  MrOauth *oauth;
  char *id;
  char *mark;       /* what access was had with */
  MrSecret *access; /* NULL */
  gint64 good_until;
  MrSecret *refresh; /* newer than the keyring's; NULL: the keyring has the newest */
  GQueue waiters;    /* MrOauthWaiter */
  guint answer;      /* idle */
  /* a renewal under way */
  MrOauthProvider *provider;
  MrSecret *used; /* lasting token that it was begun with */
  MrOauthPost *post;
  MrOauthCompletion *completion;
  gboolean renewing;
  /* what the waiters are told */
  MrAccountState trouble;
  GError *error;
  /* storing */
  gboolean storing;
  guint store_timer, store_tries, stored_idle;
  MrEngineDoneFunc stored_func;
  gpointer stored_data;
} MrOauthKeep;

struct _MrOauth {
  MrEngine *engine;
  GHashTable *keeps; /* id → MrOauthKeep */
  GPtrArray *outs;   /* sign-outs under way, of oauth-store.c */
  MrDesktopAccounts *desktop;
  void (*settled) (gpointer data);
  gpointer settled_data;
  GHashTable *metadata; /* issuer → MrOauthMetadata */
};

MrOauthKeep *mr_oauth_keep_get (MrOauth *oauth, const char *id);
/* Begins, where none is under way; ends with mr_oauth_keep_answer(). */
void mr_oauth_renew (MrOauthKeep *keep, const MrAccountRecord *record);
void mr_oauth_renew_stop (MrOauthKeep *keep);
/* Takes the tokens' contents. */
void mr_oauth_keep_take (MrOauthKeep *keep, const MrOauthProvider *provider, MrOauthTokens *tokens);
/* error (transfer full) NULL: everybody gets keep->access. */
void mr_oauth_keep_answer (MrOauthKeep *keep, MrAccountState trouble, GError *error);
/* keep->refresh into the keyring, again and again until it is there. */
void mr_oauth_store_begin (MrOauthKeep *keep);
void mr_oauth_store_stop (MrOauthKeep *keep);
/* Something ended: tells who waits for it, where nothing else goes on. */
void mr_oauth_check_settled (MrOauth *oauth);
void mr_oauth_outs_free (MrOauth *oauth);

G_END_DECLS

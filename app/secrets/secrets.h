/* Where passwords are kept: Secret Service (libsecret), a file only the user can read, or memory until the service
 * ends.
 *
 * The service never prompts: it searches without unlocking, tells *locked* and watches for the unlock. Each call
 * ends within 5 s. Attributes in the keyring hold the account id and the kind, never a secret. Schema
 * com.example.MailRelay.Account.
 *
 * What came out of a keyring stays in locked memory for as long as mr_secrets_set_keep() says: a keyring that is
 * asked and says locked, or does not answer, is stood in for by that.
 */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

typedef struct _MrSecrets MrSecrets;

typedef enum {
  MR_SECRETS_OK,
  MR_SECRETS_LOCKED,
  MR_SECRETS_NO_SERVICE,
  MR_SECRETS_TIMED_OUT,
  MR_SECRETS_REFUSED,   /* the file can be read by others */
  MR_SECRETS_NO_PLACE,  /* the keyring has no collection to keep anything in */
  MR_SECRETS_ASKS_EACH, /* unlocked, but it wants a person's word for each use (KeePassXC's setting) */
  MR_SECRETS_N_STATES
} MrSecretsState;
/* "ok" "locked" "no-service" "timed-out" "refused" "no-place" "asks-each-time" */
const char *mr_secrets_state_nick (MrSecretsState state);

/* backend: "secret-service", "file" (file_path; MR_ERROR_REFUSED when group or others have any right), "memory". */
/* What a secret is. An account has at most one of each kind. */
#define MR_SECRET_KIND_PASSWORD     "password" /* items of older versions have another name for it and are read, too */
#define MR_SECRET_KIND_OAUTH_TOKEN  "oauth-token"  /* refresh token */
#define MR_SECRET_KIND_OAUTH_CLIENT "oauth-client" /* client secret, or a certificate's key */
#define MR_SECRET_KIND_DKIM_KEY     "dkim-key"     /* under "dkim:" and the key's id, which no account has */

MrSecrets *mr_secrets_new (const char *backend, const char *file_path, GError **error);
void mr_secrets_free (MrSecrets *secrets); /* pending callbacks get MR_ERROR_CANCELLED */

/* secret NULL and error NULL: absent. Errors: MR_ERROR_KEYRING_LOCKED, MR_ERROR_NO_KEYRING, MR_ERROR_TIMED_OUT,
 * MR_ERROR_REFUSED. secret borrowed. */
typedef void (*MrSecretsLookupFunc) (MrSecret *secret, const GError *error, gpointer data);
void mr_secrets_lookup (MrSecrets *secrets, const char *id, const char *kind, MrSecretsLookupFunc func, gpointer data);
typedef void (*MrSecretsDoneFunc) (const GError *error, gpointer data);
/* Reads back after it stored. label: what a keyring manager shows. */
void mr_secrets_store (MrSecrets *secrets, const char *id, const char *kind, const char *label, MrSecret *secret,
                       MrSecretsDoneFunc func, gpointer data);
/* kind NULL: every kind, because the id is gone: then what could not be removed now (locked, no answer) is removed later by
 * itself, while this object lives and unless something is stored under that id first. */
void mr_secrets_clear (MrSecrets *secrets, const char *id, const char *kind, MrSecretsDoneFunc func, gpointer data);
/* Could something be stored now, without a prompt? No error: yes (a place is there, unlocked and answers). Asked before
 * a refresh that may replace a token, since the old one is void afterwards. */
void mr_secrets_check_writable (MrSecrets *secrets, MrSecretsDoneFunc func, gpointer data);
/* TRUE where storing the same once more may succeed later (locked, no service, no answer). */
gboolean mr_secrets_error_is_passing (const GError *error);

/* How long secrets of the keyring stay in memory: seconds, or one of these. Those that are kept and may not be any longer
 * are wiped at once. Without a call: until the end. */
#define MR_SECRETS_KEEP_NEVER     0
#define MR_SECRETS_KEEP_UNTIL_END (-1)
void mr_secrets_set_keep (MrSecrets *secrets, int seconds);
/* Wipes what is kept of this id; the keyring is not touched. */
void mr_secrets_forget (MrSecrets *secrets, const char *id);
/* TRUE where a secret of this id is in memory: its mail goes on without the keyring. Always TRUE where secrets are not
 * in a keyring. */
gboolean mr_secrets_has_kept (MrSecrets *secrets, const char *id);

/* Look-ups, stores and clears of this data: their callbacks are not called. */
void mr_secrets_cancel (MrSecrets *secrets, gpointer data);

/* State as last seen; func is called in the main context when it changes (unlock, lock, service came or went). */
MrSecretsState mr_secrets_get_state (MrSecrets *secrets);
const char *mr_secrets_get_backend (MrSecrets *secrets);
typedef void (*MrSecretsChangedFunc) (MrSecrets *secrets, gpointer data);
void mr_secrets_watch (MrSecrets *secrets, MrSecretsChangedFunc func, gpointer data);
/* A secret that was seen before is another one now, or gone (present FALSE): changed elsewhere, while we run. Not called
 * for what this process stores or clears. */
typedef void (*MrSecretsItemFunc) (const char *id, const char *kind, gboolean present, gpointer data);
void mr_secrets_watch_items (MrSecrets *secrets, MrSecretsItemFunc func, gpointer data);
/* Looks now whether that is so: gnome-keyring tells nobody when the secret of an item is replaced in place. */
void mr_secrets_look_again (MrSecrets *secrets);
/* Asks the back end for its state now (no prompt). */
void mr_secrets_probe (MrSecrets *secrets, MrSecretsDoneFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrSecrets, mr_secrets_free)

G_END_DECLS

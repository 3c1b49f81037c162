/* What a back end of the secrets room is: a small table. */
#pragma once

#include "secrets/secrets.h"

G_BEGIN_DECLS

typedef struct _MrSecretsBackend MrSecretsBackend;

/* One call under way. The front answers it once, whatever the back end does or never does. */
typedef struct _MrSecretsCall MrSecretsCall;

typedef enum {
  MR_SECRETS_LOOKUP,
  MR_SECRETS_STORE,
  MR_SECRETS_CLEAR,
  MR_SECRETS_PROBE,
  MR_SECRETS_WRITABLE
} MrSecretsOp;

struct _MrSecretsBackend {
  const char *name;
  gboolean is_kept; /* what it gives is kept in memory */
  gboolean (*open) (MrSecrets *secrets, const char *file_path, GError **error);
  void (*close) (MrSecrets *secrets);
  /* Ends with mr_secrets_call_done(), later or at once. */
  void (*run) (MrSecrets *secrets, MrSecretsCall *call);
};

struct _MrSecretsCall {
  MrSecrets *secrets; /* NULL: answered already; the back end only lets go of it */
  MrSecretsOp op;
  char *id, *kind, *label; /* kind NULL: every kind (clear) */
  MrSecret *secret;        /* store */
  MrSecret *found;         /* lookup */
  GError *error;
  MrSecretsState state; /* of the front after this error; MR_SECRETS_N_STATES: as the error's code says */
  gboolean from_memory; /* the back end was not asked */
  gboolean overtaken;   /* the secret was changed meanwhile */
  gboolean silent;      /* a look whether anything changed */
  /* of the keyring's back end */
  gboolean connected_anew;
  gboolean old_kind; /* items of older versions are looked for */
  gboolean verified; /* what was stored is there */
  gboolean deleted;  /* at least one item */
  guint n_items;     /* back end: items seen by the last search of a clear */
  guint timer;
  guint answer_source;
  MrSecretsLookupFunc lookup_func;
  MrSecretsDoneFunc done_func;
  gpointer data;
  gatomicrefcount refs;
};

extern const MrSecretsBackend mr_secrets_backend_service;
extern const MrSecretsBackend mr_secrets_backend_file;
extern const MrSecretsBackend mr_secrets_backend_memory;

MrSecretsCall *mr_secrets_call_ref (MrSecretsCall *call);
void mr_secrets_call_unref (MrSecretsCall *call);
/* error (transfer full) or NULL. found (transfer full) or NULL. The state of the front follows from the error. */
void mr_secrets_call_done (MrSecretsCall *call, MrSecret *found, GError *error);
/* The back end heard that some secret may have changed: all that were seen are looked at again. */
void mr_secrets_may_have_changed (MrSecrets *secrets);
/* For tests: how long a call may take, in milliseconds; 5000 otherwise. */
void mr_secrets_set_limit (MrSecrets *secrets, guint milliseconds);
gpointer mr_secrets_get_backend_data (MrSecrets *secrets);
void mr_secrets_set_backend_data (MrSecrets *secrets, gpointer data);
/* The back end saw its state change by itself. */
void mr_secrets_set_state (MrSecrets *secrets, MrSecretsState state);

G_END_DECLS

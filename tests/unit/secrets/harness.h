/* Calls of the secrets room as a test wants them: made, awaited, answered. */
#pragma once

#include "secrets/secrets.h"

G_BEGIN_DECLS

#define HARNESS_OK -1

typedef struct {
  guint answers; /* how often the callback came */
  int code;      /* MrError, HARNESS_OK */
  char *secret;  /* NULL: absent */
} Answer;

/* name: an id for its password, "id/kind" for another secret; to clear also "id/" and a star for every kind. */
void harness_look_up (MrSecrets *secrets, const char *name, Answer *answer); /* does not wait */
void harness_await (Answer *answer);
/* Wait, and check that it was answered once. HARNESS_OK or the MrError. */
int harness_store (MrSecrets *secrets, const char *name, const char *password);
int harness_clear (MrSecrets *secrets, const char *name);
int harness_probe (MrSecrets *secrets);
int harness_check_writable (MrSecrets *secrets);
/* "!NICK" of the error, "-" for absent, else the secret. (transfer full) */
char *harness_dup_lookup (MrSecrets *secrets, const char *name);
#define harness_assert_lookup(secrets, id, expected)                                                                   \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *got = harness_dup_lookup (secrets, id);                                                           \
    g_assert_cmpstr (got, ==, expected);                                                                               \
  }                                                                                                                    \
  G_STMT_END
/* Several secrets of one account beside each other. */
void harness_check_kinds (MrSecrets *secrets);
/* Runs the main context until the state is this one. */
void harness_await_state (MrSecrets *secrets, MrSecretsState state);

G_END_DECLS

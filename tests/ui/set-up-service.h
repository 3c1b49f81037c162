/* A service that plays what a person meets while an account is set up: it finds what it was told to find, signs in, tests, keeps, delivers. */
#pragma once

#include "tests/unit/client/fake-service.h"

G_BEGIN_DECLS

typedef struct {
  FakeService *fake;
  GPtrArray *results; /* MrDiscoveryRecord that the next search finds */
  GPtrArray *providers, *desktop;
  gboolean hang;         /* a search goes on until it is stopped */
  gboolean ready_client; /* results are ready for signing in */
  const char *good_password;
  char *options; /* of the last search */
  char *account; /* the last that was added, tested or signed in, as text */
  char *added_id, *client_owner, *client_id;
  char *message; /* what was submitted */
  guint n_searches, n_cancelled, n_sign_ins, n_signed_out, n_tests;
  guint number;
} SetUp;

SetUp *set_up_new (void);
void set_up_free (SetUp *self);
/* A preset's record with the usual fields. (transfer full) */
MrDiscoveryRecord *set_up_record (const char *provider, const char *name, const char *host, const char *log_ins);
/* Tells a step of the sign-in that runs, then its end. */
void set_up_sign_in_step (SetUp *self, const char *state, const char *url, const char *code);
void set_up_sign_in_done (SetUp *self, const char *error);

G_END_DECLS

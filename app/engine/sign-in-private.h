/* Shared by sign-in.c (life, browser, tokens) and sign-in-device.c (RFC 8628). */
#pragma once

#include <mailrelay/engine-accounts.h>

#include "engine/oauth-metadata.h"
#include "engine/oauth-post.h"
#include "engine/oauth-request.h"
#include "engine/oauth.h"
#include "net/local-redirect.h"

G_BEGIN_DECLS

typedef struct {
  MrEngine *engine;
  GPtrArray *all; /* that it is in */
  guint number;
  MrAccountRecord *record;
  MrOauthProvider *provider;
  MrOauthCompletion *completion;
  MrOauthPost *post;
  MrOauthAttempt *attempt;
  MrLocalRedirect *redirect;
  gboolean waiting; /* for the browser: an answer may be pasted */
  MrOauthDevice device;
  guint interval; /* seconds between two questions for the device */
  guint second_ms;
  guint poll; /* timer */
  guint idle;
  guint timer;
  gint64 expires; /* wall time */
  GError *error;  /* what the idle ends it with */
  MrSignInStepFunc step;
  MrEngineDoneFunc done;
  gpointer data;
} MrSignIn;

void mr_sign_in_tell (MrSignIn *self, const char *state, const char *url, const char *user_code);
/* Ends it; self is gone. */
void mr_sign_in_end (MrSignIn *self, const GError *error);
/* An answer with tokens, or a refusal that ends it. */
void mr_sign_in_take_answer (MrSignIn *self, guint status, GBytes *body);

void mr_sign_in_device_begin (MrSignIn *self);

G_END_DECLS

/* How an application is registered with a provider: what to do there, what to paste. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *text;  /* msgid: what to do */
  const char *value; /* to be pasted as it is, NULL */
  const char *what;  /* msgid: names the value for its copy button, NULL */
  const char *link;  /* https, NULL */
} MrOauthClientStep;

typedef struct {
  const char *const *providers; /* preset ids, NULL-terminated; NULL: all others */
  const char *intro;            /* msgid */
  const MrOauthClientStep *steps;
  guint n_steps;
  gboolean wants_secret;
  const char *client_hint; /* msgid: what a client id looks like there */
} MrOauthClientGuide;

/* Never NULL. provider: preset id. */
const MrOauthClientGuide *mr_oauth_client_guide (const char *provider);

G_END_DECLS

/* The engine's face for accounts that set themselves up: finding settings, signing in, the desktop's accounts.
 *
 * The rules of engine.h hold: one thread, callbacks after the call returned and the done one exactly once, records borrowed for the callback.
 */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* ---- finding the settings for an address ---- */

typedef enum {
  MR_DISCOVER_DEFAULT = 0,
  MR_DISCOVER_THIRD_PARTY = 1 << 0,  /* the person agreed that the ISPDB is asked about the domain */
  MR_DISCOVER_AUTODISCOVER = 1 << 1, /* the person clicked: ask whether the domain is a Microsoft 365 tenant */
  MR_DISCOVER_PROBE = 1 << 2,        /* try submission ports where nothing else was found */
  MR_DISCOVER_KNOWN = 1 << 3         /* where the program knows the domain's provider, nobody else is asked */
} MrDiscoverFlags;

typedef struct {
  MrSource source;
  const char *state; /* "trying" "found" "nothing" "failed" "skipped" */
  const char *host;  /* who is asked, "" for presets */
  const char *text;  /* why it failed or was skipped, translated, "" */
  gint64 elapsed;    /* microseconds since the start */
} MrDiscoverStep;

typedef void (*MrDiscoverStepFunc) (const MrDiscoverStep *step, gpointer data);
/* results: MrDiscoveryRecord, best first; may be empty. No local part leaves the machine. */
typedef void (*MrDiscoverDoneFunc) (GPtrArray *results, const GError *error, gpointer data);
/* address: "x@example.com" or a bare domain. Returns a number for mr_engine_cancel_discover(); 0 never. */
guint mr_engine_discover (MrEngine *engine, const char *address, MrDiscoverFlags flags, MrDiscoverStepFunc step,
                          MrDiscoverDoneFunc done, gpointer data);
void mr_engine_cancel_discover (MrEngine *engine, guint number); /* done gets MR_ERROR_CANCELLED */
/* All presets, the person's own too, as MrDiscoveryRecord with source preset, by name. */
void mr_engine_list_providers (MrEngine *engine, MrRecordsFunc func, gpointer data);

/* ---- signing in (OAuth 2.0) ---- */

typedef struct {
  const char *
      state; /* "open" (url, in the browser), "paste" (url; the redirect's address is to be pasted), "device" (url, user_code),
                            "waiting", "exchanging", "storing" */
  const char *url;       /* https, NULL */
  const char *user_code; /* NULL */
  gint64 expires;        /* wall time, 0 */
} MrSignInStep;

typedef void (*MrSignInStepFunc) (const MrSignInStep *step, gpointer data);
/* record: an account, which need not exist yet: the token is kept under its id. Done without error: the token is stored and the account (where it
 * exists) goes on. Returns a number for the next two. */
guint mr_engine_sign_in (MrEngine *engine, const MrAccountRecord *record, MrSignInStepFunc step, MrEngineDoneFunc done,
                         gpointer data);
/* The address of the redirect that a person pasted. Error: MR_ERROR_INVALID; the sign-in goes on waiting. */
gboolean mr_engine_answer_sign_in (MrEngine *engine, guint number, const char *pasted, GError **error);
void mr_engine_cancel_sign_in (MrEngine *engine, guint number);
/* Gives the token back to the provider where it offers that, and forgets it. */
void mr_engine_sign_out (MrEngine *engine, const char *id, MrEngineDoneFunc func, gpointer data);
/* The registered application of a provider (preset id) or of one account ("account ID"): client id into the configuration, secret (NULL: none) into the
 * keyring. client "" removes both. */
void mr_engine_set_oauth_client (MrEngine *engine, const char *owner, const char *client, MrSecret *secret,
                                 MrEngineDoneFunc func, gpointer data);
/* Can a sign-in work with settings that were found: a client id is there, or the provider is known to give one by itself. */
gboolean mr_engine_oauth_ready (MrEngine *engine, const MrDiscoveryRecord *record);
/* MrDesktopAccountRecord; empty where the desktop has none or no such service. */
void mr_engine_list_desktop_accounts (MrEngine *engine, MrRecordsFunc func, gpointer data);

/* ---- order ---- */

/* ids in their new order; accounts that are not named keep their places behind. */
void mr_engine_order_accounts (MrEngine *engine, const char *const *ids, MrEngineDoneFunc func, gpointer data);

G_END_DECLS

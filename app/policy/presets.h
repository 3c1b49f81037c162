/* What is known of providers beforehand: servers, how to log in, what goes into which field, limits, endpoints of
 * OAuth 2.0, each with where the fact is known from.
 *
 * The files of data/providers are part of the program and trusted; a person's own (handed in as bytes) are checked the
 * same way and may add providers and replace those of the same id. Pure: nothing is looked up. A preset never holds a
 * client id. Texts for people are msgids: they are translated where they are shown.
 */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef enum {
  MR_PRESET_MAILBOX, /* addresses at the provider's own domains */
  MR_PRESET_HOSTING, /* mostly domains of its customers */
  MR_PRESET_SERVICE, /* sends for applications, holds no mailboxes */
  MR_PRESET_N_KINDS
} MrPresetKind;

typedef struct {
  char *host;
  guint port;
  MrTlsMode tls;
} MrPresetServer;

/* A choice of where a provider does its work; its host takes the place of the servers' host. */
typedef struct {
  char *id;
  char *name; /* not translated: "EU", "Frankfurt" */
  char *host;
  char **domains; /* mail domains that belong to it; may be empty */
  char **mx;      /* endings of MX hosts that belong to it; may be empty */
} MrPresetRegion;

typedef struct {
  char *id;
  char *name;
  MrPresetKind kind;
  gboolean own;       /* from a person's file */
  char **domains;     /* "gmail.com", "*.onmicrosoft.com" */
  char **mx;          /* endings of MX hosts of domains that it hosts */
  GPtrArray *servers; /* MrPresetServer, best first; empty: no other program may send through it */
  GPtrArray *regions; /* MrPresetRegion, may be empty */
  char *user;         /* with %EMAILADDRESS%, %EMAILLOCALPART%, %EMAILDOMAIN%; "": only the person knows */
  char *mx_user;      /* the same for a hosted domain */
  char *user_label, *secret_label, *help, *help_url, *notice, *admin_text; /* "" where there is none */
  char **log_ins;                                                          /* as in MrDiscoveryRecord */
  guint limit_day, limit_minute;                                           /* recipients, 0: not known */
  char *oauth_issuer, *oauth_authorize, *oauth_token, *oauth_device, *oauth_revoke, *oauth_scope;
  gboolean oauth_pkce;
  char *return_path; /* "sender": bounces go to the author, "provider": to the provider first, "": not known */
  char *dkim;        /* "provider": signs as itself, "domain": as the author's domain once that is set up, "" */
  char *facts;       /* "servers:ispdb;limits:provider" */
} MrPreset;

typedef struct _MrPresets MrPresets;

MrPresets *mr_presets_new_empty (void);
/* Those of the program: never fails, the tests load them. */
MrPresets *mr_presets_new_builtin (void);
/* own: a person's file, all of it or nothing. name stands in messages. Error: MR_ERROR_INVALID
 * "NAME: [provider ID] KEY: ...". */
gboolean mr_presets_add (MrPresets *presets, const char *name, GBytes *bytes, gboolean own, GError **error);
/* What was found stays valid as long as a reference. */
MrPresets *mr_presets_ref (MrPresets *presets);
void mr_presets_unref (MrPresets *presets);

guint mr_presets_get_count (MrPresets *presets);
const MrPreset *mr_presets_get_nth (MrPresets *presets, guint n); /* in the order of the files */
const MrPreset *mr_presets_find (MrPresets *presets, const char *id);
/* By the domain of an address, or a domain. *ret_region (may be NULL) is set to the region that the domain belongs to,
 * NULL where that is not known. NULL: no preset serves that domain. */
const MrPreset *mr_presets_find_domain (MrPresets *presets, const char *domain, const MrPresetRegion **ret_region);
/* By the name of an MX host; the longest ending wins. */
const MrPreset *mr_presets_find_mx (MrPresets *presets, const char *mx_host, const MrPresetRegion **ret_region);
/* NULL where the preset has no such region. */
const MrPresetRegion *mr_preset_get_region (const MrPreset *preset, const char *id);

/* One record for each server, best first; a single one without a host where nobody may send through the provider.
 * address NULL: the user field keeps its placeholders. hosted: the domain was recognised by its MX. (transfer full) array
 * of MrDiscoveryRecord that frees its records */
GPtrArray *
mr_preset_dup_records (const MrPreset *preset, const MrPresetRegion *region, const char *address, gboolean hosted);
/* template with its placeholders filled from address. NULL where address is none, or where what comes out holds
 * controls. (transfer full) */
char *mr_preset_fill (const char *template, const char *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrPresets, mr_presets_unref)

G_END_DECLS

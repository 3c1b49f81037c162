/* What the assistant makes of settings that were found: which of them are choices, how one can log in, what the account will be. Pure. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* How a person gets a new account to log in. */
typedef enum {
  MR_WAY_SIGN_IN, /* in the browser */
  MR_WAY_DESKTOP, /* through an account that the desktop has */
  MR_WAY_APP_PASSWORD,
  MR_WAY_PASSWORD,
  MR_WAY_API_KEY, /* what a sending service gives */
  MR_WAY_NONE,    /* no log-in */
  MR_WAY_N_WAYS
} MrWay;

/* One row of the choice: records of one server name, best first, borrowed. */
typedef struct {
  GPtrArray *records; /* MrDiscoveryRecord */
} MrChoice;

/* (transfer full) of MrChoice, in the order of results. An unencrypted record is left out where its server also speaks TLS. */
GPtrArray *mr_assistant_make_choices (GPtrArray *results);
/* Borrowed. */
const char *mr_assistant_choice_get_host (const MrChoice *choice);
/* The first that may be taken without asking, else 0. */
guint mr_assistant_pick_choice (GPtrArray *choices);
/* Two sources name different servers: a person has to see both. */
gboolean mr_assistant_has_conflict (GPtrArray *choices);

/* Ways that can work, best first, into ret; how many. desktop: MrDesktopAccountRecord, may be NULL. No way to sign in without a registered application,
 * none without a server. */
guint mr_assistant_list_ways (const MrDiscoveryRecord *record, GPtrArray *desktop, MrWay ret[MR_WAY_N_WAYS]);
/* Signing in would be possible if an application were registered. */
gboolean mr_assistant_wants_client (const MrDiscoveryRecord *record);
/* The desktop's accounts that fit: of this provider, those of the address first. (transfer container) */
GPtrArray *mr_assistant_fitting_accounts (const MrDiscoveryRecord *record, GPtrArray *desktop, const char *address);

/* "x@example.com" with no space or bracket in it. */
gboolean mr_assistant_address_is_plausible (const char *address);
/* text with the placeholders of ISPDB filled from address. (transfer full) */
char *mr_assistant_fill (const char *text, const char *address);

/* "abcd efgh ijkl mnop": how providers show an app password, whose gaps do not belong to it. */
gboolean mr_assistant_is_in_groups (const char *password);

/* Plain words, translated. (transfer full) */
char *mr_assistant_dup_source (const MrDiscoveryRecord *record);
/* "smtp.example.com · port 465 · Encrypted (recommended)" */
char *mr_assistant_dup_server (const MrDiscoveryRecord *record);
/* Translated, borrowed. */
const char *mr_assistant_source_title (MrSource source);
const char *mr_assistant_way_title (MrWay way);

typedef struct {
  const MrDiscoveryRecord *record;
  const char *host; /* of the chosen region, NULL: the record's */
  const char *address, *name;
  const char *user; /* as typed */
  MrWay way;
  const char *desktop_account; /* id */
  const char *const *taken;    /* ids */
} MrAssistantPlan;

/* (transfer full) with an id that is free. */
MrAccountRecord *mr_assistant_make_account (const MrAssistantPlan *plan);

G_END_DECLS

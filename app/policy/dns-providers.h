/* Who keeps a domain's DNS and how their page wants a record; services that send in a domain's name and what allows them. From data/dns-providers. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum { MR_APEX_AT, MR_APEX_EMPTY, MR_APEX_WHOLE } MrApexForm;

typedef struct {
  char *id, *name, *url, *menu;
  char **servers;   /* patterns of name servers */
  gboolean whole;   /* the field for the name takes whole names; else the page adds the zone */
  gboolean dot;     /* whole names end in a dot */
  MrApexForm apex;  /* what it takes for the zone itself */
  gboolean quotes;  /* the text must be in quotes */
  gboolean strings; /* a text above 255 bytes must be cut into quoted pieces */
} MrDnsProvider;

typedef struct {
  char *id, *name, *term;   /* "include:_spf.example.com" */
  gboolean own_return_path; /* the term is of no use: it sends with a return address of its own */
  char **accounts;          /* ids of presets whose accounts send so */
} MrSendingService;

/* Of the program; borrowed, all of them. (element-type MrDnsProvider / MrSendingService) */
GPtrArray *mr_dns_providers_get (void);
GPtrArray *mr_sending_services_get (void);
/* names: of the zone's name servers. NULL: unknown, or they are of several providers. Borrowed. */
const MrDnsProvider *mr_dns_provider_match (const char *const *names);
/* id of a preset. NULL: unknown. Borrowed. */
const MrSendingService *mr_sending_service_of_account (const char *preset);

/* What goes into the field for the name. provider NULL: the usual form. "" where the field stays empty. (transfer full) */
char *mr_dns_provider_dup_name (const MrDnsProvider *provider, const char *name, const char *zone);
/* What goes into the field for the text. (transfer full) */
char *mr_dns_provider_dup_value (const MrDnsProvider *provider, const char *value);
/* Sentences for people: what to mind in the field for this name. Translated. (transfer full) */
char *mr_dns_provider_dup_hint (const MrDnsProvider *provider, const char *name, const char *zone);

G_END_DECLS

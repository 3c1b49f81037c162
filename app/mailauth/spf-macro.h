/* Macros of SPF records (RFC 7208 7). Private to the room. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum {
  MR_SPF_MACRO_DOMAIN, /* domain-spec: the letters c, r and t are not allowed, and no spaces */
  MR_SPF_MACRO_VALUE,  /* value of an unknown modifier: a macro-string */
  MR_SPF_MACRO_EXPLAIN /* explain-string: all letters, and spaces */
} MrSpfMacroKind;

typedef struct {
  const char *sender;    /* s: with "postmaster" filled in */
  const char *domain;    /* d: the one being evaluated */
  const char *helo;      /* h */
  const char *receiver;  /* r */
  const char *client;    /* c: readable address */
  const guint8 *address; /* 16 bytes; IPv4 mapped */
  gboolean is_ip4;
  gint64 now;
  const char *validated; /* p: name, NULL: "unknown" */
} MrSpfMacroValues;

/* TRUE where text follows the grammar of 7.1, a domain-spec with its domain-end. */
gboolean mr_spf_macro_is_valid (const char *text, MrSpfMacroKind kind);
/* TRUE where the letter p occurs: the validated name has to be found first. */
gboolean mr_spf_macro_needs_validated (const char *text);
/* text is valid. A domain longer than 253 bytes loses labels on the left (7.3). Bounded. (transfer full) */
char *mr_spf_macro_expand (const char *text, MrSpfMacroKind kind, const MrSpfMacroValues *values);

G_END_DECLS

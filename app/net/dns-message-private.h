/* Shared by dns-message.c (an answer), dns-reader.c (its bytes) and dns-record.c (what a record holds). Nothing else reads what the network sends. */
#pragma once

#include "net/dns-message.h"

G_BEGIN_DECLS

/* ---- dns-reader.c ---- */

#define MR_DNS_NAME_MAX 254 /* text with NUL: a wire name has at most 255 octets */

/* pos never passes len. What fails leaves it anywhere before that. */
typedef struct {
  const guint8 *data;
  gsize len;
  gsize pos;
  gboolean any_names; /* targets need not be names of hosts */
} MrDnsReader;

typedef struct {
  char text[MR_DNS_NAME_MAX];
  gboolean odd;      /* holds what cannot be written as text: matches nothing */
  gboolean not_host; /* cannot be the name of a host */
} MrDnsName;

/* A record as it stands in the message. */
typedef struct {
  MrDnsName owner;
  guint type, class;
  guint32 ttl;
  gsize start, end; /* of the data */
} MrDnsRawRecord;

/* Each moves the reader behind what it read. FALSE: the message is broken. */
gboolean mr_dns_reader_u16 (MrDnsReader *self, guint *ret);
gboolean mr_dns_reader_name (MrDnsReader *self, MrDnsName *ret);
gboolean mr_dns_reader_record (MrDnsReader *self, MrDnsRawRecord *ret);

/* ---- dns-record.c ---- */

/* The name that fills the record's data to the end. skip: octets before it. FALSE: broken, or no name that a target may have. */
gboolean mr_dns_record_target (const MrDnsReader *reader, const MrDnsRawRecord *record, gsize skip, MrDnsName *ret);
/* The text of the record, its numbers in ret: see MrDnsRecord. (transfer full) NULL: it is broken. */
char *mr_dns_record_dup_text (const MrDnsReader *reader, const MrDnsRawRecord *record, MrDnsRecord *ret);

G_END_DECLS

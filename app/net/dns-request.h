/* One look-up of the resolver: up to two questions, their answers, and the result that its owner is told. */
#pragma once

#include "net/dns-message.h"
#include "net/resolver.h"

G_BEGIN_DECLS

#define MR_ADDRESSES_MAX 16

typedef struct _MrDnsRequest MrDnsRequest;

typedef struct {
  MrDnsRequest *request;
  MrDnsType type;
  char *name;   /* what is asked now: the host, then the targets of its aliases */
  guint server; /* asked first, counted from the first of the list */
  guint hops;
  gboolean edns;
  gboolean done;
  gboolean temporary;  /* no answer that settles it; why */
  const char *trouble; /* untranslated */
  MrDnsAnswer *answer; /* NULL where temporary */
} MrDnsQuestion;

struct _MrDnsRequest {
  MrMxFunc mx_func; /* one of the five; all NULL: cancelled */
  MrAddressFunc address_func;
  MrSrvFunc srv_func;
  MrTextsFunc records_func;
  MrAnswerFunc answer_func;
  gpointer data;
  char *name;
  MrDnsQuestion questions[2];
  guint n_questions;
  guint left;           /* questions that are not done */
  GPtrArray *addresses; /* known without asking; NULL-terminated */
  gboolean bad_name;
  gboolean unchecked; /* signatures that do not fit do not matter */
  GList link;         /* in the list of all */
};

MrDnsRequest *mr_dns_request_new (const char *name, gpointer data);
void mr_dns_request_add_question (MrDnsRequest *request, MrDnsType type);
void mr_dns_request_free (MrDnsRequest *request);
gboolean mr_dns_request_is_cancelled (const MrDnsRequest *request);
/* Calls the owner's function, where it was not cancelled. cancelled: with that error instead of a result. */
void mr_dns_request_tell (MrDnsRequest *request, gboolean cancelled);

G_END_DECLS

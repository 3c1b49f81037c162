/* Shared by delivery.c (connection and transactions), delivery-body.c (bytes of the message) and outcome.c (what became of it). */
#pragma once

#include "engine/connection.h"
#include "engine/delivery.h"
#include "policy/policy.h"

G_BEGIN_DECLS

/* What one recipient met. */
typedef struct {
  gboolean accepted; /* 2xx at RCPT */
  gboolean decided;
  MrStage stage;
  MrScope scope;
  MrReplyRecord reply;
} Outcome;

/* What the whole transaction met where no reply decided. All borrowed. */
typedef struct {
  MrStage stage;
  MrScope scope;
  gint error; /* MrError, -1: none */
  const char *what;
  const MrReplyRecord *reply; /* NULL */
  gboolean dot_sent, no_route, permanent, local_permanent;
  gboolean stopped; /* a person ended it */
  MrAccountState account_state;
  const char *fingerprint;
  guint64 max_size;  /* of the server, for "too big" */
  MrWaitReason wait; /* something here is to come first; NONE: no */
} Trouble;

typedef struct {
  MrDelivery *delivery; /* NULL: given up meanwhile */
  GBytes *in, *out;
  char *from, *rewrite_to;
  gboolean to_7bit;
  GError *error;
} Conversion;

typedef struct _MrSigning MrSigning; /* of delivery-sign.c */

struct _MrDelivery {
  MrEngine *engine;
  MrLane *lane;
  MrConnection *connection;
  MrTask *task;
  Outcome *outcomes; /* one for each recipient of the task */
  guint n_outcomes, n_accepted;
  gint64 started;
  guint n_messages;
  gboolean ready, dot_sent, in_body, wants_ready;
  guint idle_source;
  /* body */
  GBytes *body;        /* whole: small, converted or rewritten */
  GBytes *chunk;       /* being sent */
  gsize offset;        /* in body or chunk */
  guint64 given;       /* bytes of this message to the machine so far */
  gint64 body_started; /* monotonic; 0: not yet */
  guint next_chunk;
  gboolean loading;
  GByteArray *assembly; /* whole body being read for a conversion */
  Conversion *conversion;
  guint64 size;
  /* signature */
  MrSigning *signing;    /* while it is made */
  gboolean signing_busy; /* its work is in the pool */
  GBytes *front;         /* fields that go before the message */
  char *kept;            /* of the signatures, for the attempt's record; NULL */
};

/* delivery-body.c */
/* Gets the body into the form that this hop needs, then calls mr_delivery_begin_transaction() or mr_delivery_trouble(). */
void mr_delivery_prepare_body (MrDelivery *self);
/* 354 came, or the output has room again. */
void mr_delivery_send_body (MrDelivery *self);
void mr_delivery_clear_body (MrDelivery *self);
/* The store cannot give the bytes. */
void mr_delivery_damaged (MrDelivery *self, const GError *error);
/* delivery-sign.c */
/* Signs where this message must be signed, then calls mr_delivery_begin_transaction() or mr_delivery_trouble(). */
void mr_delivery_sign (MrDelivery *self);
void mr_delivery_stop_signing (MrDelivery *self);
/* delivery.c */
void mr_delivery_begin_transaction (MrDelivery *self);
/* The transaction ends for every recipient that is not decided yet; the connection stays where it is still ready. */
void mr_delivery_trouble (MrDelivery *self, const Trouble *trouble);
/* The connection is of no use any more. */
void mr_delivery_end (MrDelivery *self);

/* outcome.c: new record of the recipient and its attempt. trouble may be NULL (then the outcome's reply decides). host_failed: set where the
 * host is to blame, with the time of the next try. */
MrRecipientRecord *mr_outcome_apply (MrDelivery *self, guint i, const Trouble *trouble, MrAttemptRecord **ret_attempt,
                                     gboolean *ret_host_failed);

G_END_DECLS

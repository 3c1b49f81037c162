/* Delivery status notifications: what a sender may ask for (RFC 3461) and what is mailed about a recipient (RFC 3464). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of which events the sender wants to be told (RFC 3461 4.1). No bit: the sender did not say. */
typedef enum {
  MR_NOTIFY_NEVER = 1 << 0,
  MR_NOTIFY_SUCCESS = 1 << 1,
  MR_NOTIFY_FAILURE = 1 << 2,
  MR_NOTIFY_DELAY = 1 << 3,
  MR_NOTIFY_ALL = (1 << 4) - 1
} MrNotify;

/* What a report that is mailed returns of the message (RFC 3461 4.3). */
typedef enum { MR_RETURN_DEFAULT, MR_RETURN_FULL, MR_RETURN_HEADERS, MR_RETURN_N_KINDS } MrReturn;

/* Reports by mail about one recipient, as bits: each is made once at most. */
typedef enum {
  MR_REPORT_FAILED = 1 << 0,
  MR_REPORT_DELAYED = 1 << 1,
  MR_REPORT_RELAYED = 1 << 2,
  MR_REPORT_DELIVERED = 1 << 3,
  MR_REPORT_ALL = (1 << 4) - 1
} MrReport;

G_END_DECLS

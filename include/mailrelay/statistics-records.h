/* Plain records of what became of the mail: counted by hour, by destination that waits, and event by event for offices. See records.h for what
 * holds for all of them. Functions live in app/base/statistics-records.c. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* By what is counted. The store keeps the integers. */
typedef enum {
  MR_STATISTIC_ALL,
  MR_STATISTIC_ACCOUNT,
  MR_STATISTIC_PROGRAM,
  MR_STATISTIC_DOMAIN, /* of the recipient */
  MR_STATISTIC_CAUSE,
  MR_STATISTIC_PROVIDER, /* of the recipient: where its server stands, else its domain */
  MR_STATISTIC_N_KINDS
} MrStatisticKind;
const char *mr_statistic_kind_nick (MrStatisticKind kind);
gboolean mr_statistic_kind_from_nick (const char *nick, MrStatisticKind *ret);

/* How far back: 24 hours hour by hour, 30 days day by day, 12 months month by month (of the local time zone). */
typedef enum { MR_SPAN_DAY, MR_SPAN_MONTH, MR_SPAN_YEAR, MR_SPAN_N_SPANS } MrSpan;
const char *mr_span_nick (MrSpan span);
gboolean mr_span_from_nick (const char *nick, MrSpan *ret);

/* What is counted, in recipients (bytes: of what was handed over, for each recipient). */
typedef enum {
  MR_COUNT_SUBMITTED,
  MR_COUNT_DELIVERED,
  MR_COUNT_DEFERRED, /* attempts after which it had to wait */
  MR_COUNT_FAILED,   /* gave up too */
  MR_COUNT_RETURNED, /* came back after it had been delivered */
  MR_COUNT_COMPLAINTS,
  MR_COUNT_BYTES,
  MR_COUNT_N_COUNTS
} MrCountKind;

/* The name under which all that is more than the bounds of the store is counted. */
#define MR_STATISTIC_REST "*"

typedef struct {
  gint64 time; /* begin of the slot; 0: all of the span */
  char *name;  /* account id, program, domain ...; NULL: all, or what has none */
  guint64 counts[MR_COUNT_N_COUNTS];
  gboolean falling; /* of a provider: it accepts clearly less than it did */
} MrStatisticRecord;
void mr_statistic_record_free (MrStatisticRecord *record);
/* Recipients accepted for good, in tenths of a percent of those that a server decided about; -1: too few to tell. */
int mr_statistic_record_acceptance (const MrStatisticRecord *record);

/* What waits for a destination, by age. The steps double from five minutes, as qshape's do. */
#define MR_QUEUE_AGES 10
/* Minutes at which a step ends; G_MAXUINT for the last. */
guint mr_queue_age_limit (guint step);
typedef struct {
  char *domain; /* "*": the rest */
  guint total;
  guint ages[MR_QUEUE_AGES];
} MrQueueAgeRecord;
void mr_queue_age_record_free (MrQueueAgeRecord *record);

/* One line of the audit log: who handed in what, or what became of it for one recipient. Never a body. */
typedef struct {
  guint64 serial;
  gint64 time;
  gboolean submitted; /* FALSE: state tells what became of it */
  char *message;      /* our id */
  /* of what was submitted */
  gint64 uid; /* -1: unknown */
  char *program, *peer, *reverse_path, *from, *subject, *message_id;
  guint64 size;
  /* both: all recipients with ", " between them, or the one that state is about */
  char *recipients;
  /* of what became of it */
  MrRecipientState state;
  char *account, *host, *reply_enhanced, *reply_text, *cause;
  guint reply_code;
} MrAuditRecord;
void mr_audit_record_free (MrAuditRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrStatisticRecord, mr_statistic_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrQueueAgeRecord, mr_queue_age_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrAuditRecord, mr_audit_record_free)

G_END_DECLS

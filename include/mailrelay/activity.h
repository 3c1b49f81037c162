/* What is being sent right now: one record for each connection that has work. The rules of records.h hold. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  char *session;    /* name of the connection in the log, "c12" */
  char *message_id; /* our queue id */
  char *subject;    /* NULL */
  char *from;       /* return address; "" for the null one */
  char *recipient;  /* the first of this transaction */
  guint n_recipients;
  char *account;       /* id */
  char *destination;   /* host that is asked, else the account's host or the domain */
  char *address;       /* "192.0.2.1:25", NULL before it is connected */
  char *tls;           /* NULL: clear text so far */
  MrStage stage;       /* DOT: all bytes are out, the answer is awaited */
  guint64 done, total; /* bytes of the message */
  gint64 started;      /* wall time, microseconds: of this transaction */
  gint64 sending;      /* microseconds since the first byte of the message went out; 0: none has */
  gboolean may_stop;   /* the final dot has not been sent */
} MrActivityRecord;

void mr_activity_record_free (MrActivityRecord *record);
/* Floating a{sv}; keys as those of records-variant.h. */
GVariant *mr_activity_record_to_variant (const MrActivityRecord *record);
/* NULL where it names no message. (transfer full) */
MrActivityRecord *mr_activity_record_from_variant (GVariant *variant);
/* Bytes a second on average, 0: not known yet. */
guint64 mr_activity_record_get_rate (const MrActivityRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrActivityRecord, mr_activity_record_free)

G_END_DECLS

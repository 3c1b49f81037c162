/* The engine's public face for what comes back: reports that a person opens, and addresses that are never written to. The same rules as in
 * engine.h. */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* What a report that came by mail says about one recipient. All may be NULL. */
typedef struct {
  const char *message_id; /* of the returned message, without angle brackets */
  const char *envid;      /* Original-Envelope-Id, decoded */
  const char *queue_id;   /* our number of the message */
  const char *recipient;  /* original recipient, else final recipient */
  const char *cause;      /* cause id */
  gint64 when;            /* wall time of the report; 0: now */
  gboolean failed;        /* it says that the mail was not delivered: the recipient is marked as returned later */
  gboolean complaint;     /* the recipient marked the message as unwanted: it is counted */
} MrReportLink;
/* id NULL without error: this message was not sent from here (backscatter, or a history that is older than what is kept). recipient: its number;
 * G_MAXUINT where the report names none of the message's recipients. */
typedef void (*MrLinkFunc) (const char *id, guint recipient, const GError *error, gpointer data);
void mr_engine_link_report (MrEngine *engine, const MrReportLink *report, MrLinkFunc func, gpointer data);

/* What waits, by its cause (MrGroupRecord), the largest group first: "17 messages wait for one reason". */
void mr_engine_list_groups (MrEngine *engine, MrRecordsFunc func, gpointer data);

/* Addresses that are never written to: a person's entries only. New mail to them is taken and kept back (MR_HOLD_NEVER_WRITE), or refused where
 * [submission] refuse-never-write says so. */
void mr_engine_list_never (MrEngine *engine, MrRecordsFunc func, gpointer data); /* MrNeverRecord, newest first */
/* reason, message_id: may be NULL. An address that is there already gets the new reason. */
void mr_engine_add_never (MrEngine *engine, const char *address, const char *reason, const char *message_id,
                          MrEngineDoneFunc func, gpointer data);
void mr_engine_remove_never (MrEngine *engine, const char *address, MrEngineDoneFunc func, gpointer data);

G_END_DECLS

/* Plain records that stand beside the queue: see records.h for what holds for all of them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An address that is never written to. Entered by a person. */
typedef struct {
  char *address;
  gint64 added;
  char *reason;     /* the person's words, NULL */
  char *message_id; /* our queue id of the message that led to it, NULL */
} MrNeverRecord;

/* What an account took within one minute. */
typedef struct {
  char *account;  /* id */
  gint64 time;    /* begin of the minute */
  guint messages; /* transactions that it accepted */
  guint recipients;
} MrAccountUse;

MrNeverRecord *mr_never_record_new (const char *address);
void mr_never_record_free (MrNeverRecord *record);
void mr_account_use_free (MrAccountUse *use);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrNeverRecord, mr_never_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrAccountUse, mr_account_use_free)

G_END_DECLS

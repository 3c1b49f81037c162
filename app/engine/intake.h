/* A message on its way in: header fix-ups, chunks to the store, the commit that the 250 waits for. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

typedef struct _MrIntake MrIntake;

/* Who submits: copied. */
typedef struct {
  const char *reverse_path;
  const char *const *recipients;
  const char *helo, *identity, *program, *socket, *peer_address;
  gint64 uid, pid;
  gboolean loopback, esmtp, tls, declared_8bit;
  /* RFC 3461; notify and orcpt for each recipient, or NULL */
  MrReturn ret;
  const char *envid;
  const guint *notify;
  const char *const *orcpt;
} MrIntakeSource;

/* code 250, or the refusal: RFC 5321 code, enhanced code and text of the reply to the final dot. id NULL unless 250. */
typedef void (*MrIntakeFunc) (guint code, const char *enhanced, const char *text, const char *id, gpointer data);

MrIntake *mr_intake_new (MrEngine *engine, const MrIntakeSource *source);
/* Bytes of the message, CRLF line ends, unstuffed. */
void mr_intake_write (MrIntake *intake, const void *data, gsize len);
/* TRUE: so much waits for the disk that the sender should be slowed down; func of mr_intake_set_drained() tells when to go on. */
gboolean mr_intake_is_full (MrIntake *intake);
void mr_intake_set_drained (MrIntake *intake, void (*func) (gpointer data), gpointer data);
/* The message is complete. func is called once, after the commit was synced (or, for a refusal, possibly inside this call); the intake frees itself. */
void mr_intake_finish (MrIntake *intake, MrIntakeFunc func, gpointer data);
/* After finish: the session is gone, do not call. Before: the upload was given up, its chunks are dropped. */
void mr_intake_forget (MrIntake *intake);

G_END_DECLS

/* Shared by submission.c (listeners, limits) and session.c (one connection). */
#pragma once

#include "engine/submission.h"
#include "net/listener.h"

G_BEGIN_DECLS

typedef struct _Session Session;

struct _MrSubmission {
  MrEngine *engine;
  GPtrArray *listeners; /* Door */
  GHashTable *sessions; /* Session set */
  GHashTable *per_peer; /* address → guint */
  guint retry_source, sweep_source;
  gboolean stopped;
  void (*empty) (gpointer data);
  gpointer empty_data;
  gint64 look_up_second; /* and how many look-ups it has seen */
  guint look_ups;
};

typedef struct {
  char *address; /* as configured */
  MrListener *listener;
  char *error;
} Door;

Session *mr_session_new (MrSubmission *submission, int fd, const MrPeer *peer);
void mr_session_free (Session *session);
/* 421 and close, with this text. */
void mr_session_shut (Session *session, const char *enhanced, const char *text);
/* Older than the whole-session limit. */
gboolean mr_session_is_over (Session *session, gint64 now);
const char *mr_session_get_peer (Session *session);
/* Walking /proc for a program's name costs milliseconds: a few times a second at most. */
gboolean mr_submission_may_look_up (MrSubmission *submission);
/* The session has closed: forget and free it. */
void mr_submission_session_ended (MrSubmission *submission, Session *session);

G_END_DECLS

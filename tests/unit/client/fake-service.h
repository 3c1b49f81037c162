/* A service for tests of the client: the five interfaces on a peer-to-peer socket in a runtime folder of the test's own, in the same main loop. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/records.h>

#include "data/dbus/mailrelay-dbus.h"

G_BEGIN_DECLS

typedef struct {
  char *folder; /* temporary, holds everything */
  char *version;
  GDBusServer *server;
  GPtrArray *peers;
  MrDBusService *service;
  MrDBusOutbox *outbox;
  MrDBusAccounts *accounts;
  MrDBusPrograms *programs;
  MrDBusDomains *domains;
  GPtrArray *ids; /* char *, newest first: the outbox */
  guint n_list_ids, n_list, n_rows, n_list_changes;
  guint64 serial;
  GString *changes;     /* what ListChanges tells next, once; NULL: nobody knows */
  GVariant *filter;     /* what PackIds was last asked for, NULL: nothing yet */
  char *last;           /* what the last call of interest was given */
  gboolean silent_test; /* a test is started and never ends by itself */
  guint n_cancelled_tests;
} FakeService;

/* Points HOME and the XDG variables at a folder of its own and takes the session bus away; the service does not listen yet. */
FakeService *fake_service_new (void);
void fake_service_free (FakeService *fake);
void fake_service_start (FakeService *fake);
void fake_service_stop (FakeService *fake);
/* n messages, ids 000...1 upwards. */
void fake_service_fill (FakeService *fake, guint n);
/* One more change for ListChanges. */
void fake_service_change (FakeService *fake, const char *id, MrListPlace place);
void fake_service_emit (FakeService *fake, const char *what);
void fake_service_set_last (FakeService *fake, const char *text);

/* ---- waiting ---- */

typedef struct {
  GAsyncResult *result;
} Answer;
void answer_cb (GObject *source, GAsyncResult *result, gpointer answer);
/* Runs the loop until the callback came. Borrowed until answer_clear(). */
GAsyncResult *answer_wait (Answer *answer);
void answer_clear (Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* Runs the loop until the condition holds. */
#define wait_until(condition)                                                                                          \
  while (!(condition))                                                                                                 \
  g_main_context_iteration (NULL, TRUE)

G_END_DECLS

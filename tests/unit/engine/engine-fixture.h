/* An engine in a folder of its own with a clock that stands still, a scripted server, and calls that wait for their answer. */
#pragma once

#include <mailrelay/engine.h>

#include "smtp-peer.h"

G_BEGIN_DECLS

#define START (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC)

/* Turns the loop until the condition holds. A hang is ended by the runner's time-out. */
#define wait_for(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    while (!(condition))                                                                                               \
      g_main_context_iteration (NULL, TRUE);                                                                           \
  }                                                                                                                    \
  G_STMT_END

typedef struct {
  char *folder;
  MrPaths *paths;
  MrClock *clock;
  MrEngine *engine;
  SmtpPeer *peer;
  MrChanged changed; /* all that was told */
  guint64 revision;
} EngineFixture;

void engine_fixture_set_up (EngineFixture *fixture, gconstpointer data);
void engine_fixture_tear_down (EngineFixture *fixture, gconstpointer data);

/* extra: more text of the configuration, "%u" in it is the server's port; NULL: none. The usual one has no account. */
void engine_fixture_write_config (EngineFixture *fixture, const char *extra);
void engine_fixture_start (EngineFixture *fixture, const char *extra);
/* The same with one account "main" for *@example.com at the server, without log-in. */
void engine_fixture_start_simple (EngineFixture *fixture);
void engine_fixture_stop (EngineFixture *fixture, guint grace_ms);
/* Stop and start with the same files. */
void engine_fixture_restart (EngineFixture *fixture);
void engine_fixture_advance (EngineFixture *fixture, gint64 seconds);

#define ACCOUNT_MAIN  "[account main]\naddresses=me@example.com;*@example.com\nhost=127.0.0.1\nport=%u\ntls=none\n"
#define ACCOUNT_LOGIN ACCOUNT_MAIN "user=me\n"

/* A message from the command line; recipients with ',' between them. Its id (transfer full). */
char *engine_submit (EngineFixture *fixture, const char *from, const char *recipients);
char *
engine_submit_text (EngineFixture *fixture, const char *from, const char *recipients, const char *text, GError **error);
MrMessageRecord *engine_get (EngineFixture *fixture, const char *id);
MrMessageRecord *engine_get_full (EngineFixture *fixture, const char *id, guint *ret_attempts, char **ret_transcript);
MrRecipientState engine_state (EngineFixture *fixture, const char *id, guint n);
/* Waits until recipient n is in this state; returns its message. */
MrMessageRecord *engine_wait_state (EngineFixture *fixture, const char *id, guint n, MrRecipientState state);
MrMessageRecord *engine_wait_attempts (EngineFixture *fixture, const char *id, guint n, guint attempts);
MrMessageRecord *engine_wait_reason (EngineFixture *fixture, const char *id, guint n, MrWaitReason reason);
MrMessageRecord *engine_wait_hold (EngineFixture *fixture, const char *id, MrHoldReason hold);
const MrRecipientRecord *engine_recipient (const MrMessageRecord *message, guint n);
/* A copy. */
MrAccountRecord *engine_account (EngineFixture *fixture, const char *id);
void engine_wait_account (EngineFixture *fixture, const char *id, MrAccountState state);
guint engine_outbox_size (EngineFixture *fixture);
guint engine_count_list (EngineFixture *fixture, const MrListFilter *filter);
/* Something more was told since the fixture's revision was this. */
void engine_wait_revision (EngineFixture *fixture, guint64 revision);

/* Answers. */
typedef struct {
  gboolean done;
  guint count;
  GError *error;
} EngineAnswer;
void engine_done_cb (const GError *error, gpointer data);
void engine_count_cb (guint count, const GError *error, gpointer data);
/* Waits; the code of the error (-1: none). Clears the answer. */
gint engine_answer_code (EngineAnswer *answer);
void engine_answer_ok (EngineAnswer *answer);
guint engine_answer_count (EngineAnswer *answer);

/* Actions on one message that wait; how many it touched. */
typedef void (*EngineAction) (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data);
guint engine_act (EngineFixture *fixture, EngineAction action, const char *id);

/* A client of the submission server. */
typedef struct {
  GSocketConnection *connection;
  GDataInputStream *input;
} EngineClient;
EngineClient *engine_client_new (EngineFixture *fixture); /* the greeting was read */
void engine_client_free (EngineClient *client);
/* Says it (NULL: nothing) and returns the last line of the reply; NULL: the connection ended. (transfer full) */
char *engine_client_say (EngineClient *client, const char *text);
void engine_client_expect (EngineClient *client, const char *text, const char *reply_begins_with);
guint16 engine_listen_port (EngineFixture *fixture);

G_END_DECLS

/* Which one thing the status bar says: the most important of all that is wrong or unusual. Pure. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* What a person and the keyring have with each other, as this window knows. */
typedef enum {
  MR_TALK_NONE,
  MR_TALK_ASKING, /* the keyring's question is open, or waits behind another program's */
  MR_TALK_CLOSED, /* it was closed without an answer */
  MR_TALK_BUSY    /* the keyring asks for another program and takes no second question */
} MrKeyringTalk;

typedef enum { MR_NOTICE_NONE, MR_NOTICE_INFO, MR_NOTICE_WARNING, MR_NOTICE_ERROR } MrNoticeLevel;

/* What is known of the service; strings are borrowed and may be NULL. */
typedef struct {
  gboolean connected;
  gboolean connecting;
  const char *connect_error;
  const char *own_version, *service_version;
  const char *config_error;
  const char *config_warning;            /* first one */
  const char *port_address, *port_error; /* of the first listener that does not listen */
  gboolean listens;                      /* at least one other does */
  const char *secrets_state;             /* as in the status */
  gboolean secrets_needed;               /* mail depends on that state */
  MrKeyringTalk keyring_talk;
  const char *store_notice;
  guint n_accounts;
  guint n_accounts_in_trouble;
  const char *account_in_trouble; /* name of the first */
  guint64 n_waiting;              /* messages in the outbox */
  const char *refused_program;    /* newest refused attempt, NULL: none */
  const char *refused_user;
  gboolean paused;
  gint64 paused_until;       /* wall time, 0: until a person goes on */
  gboolean keeps_everything; /* a rule keeps all new mail back */
  guint64 n_held;            /* messages that are kept back */
  gint64 now;
  gboolean online;
  gboolean captive; /* the network wants a person to sign in first */
} MrNoticeFacts;

typedef struct {
  MrNoticeLevel level;
  char *text;         /* translated */
  const char *button; /* translated, NULL: none */
  const char *action; /* detailed action name, NULL: none */
  const char *icon;
} MrNotice;

/* Fills ret; free with mr_notice_clear(). */
void mr_notice_choose (const MrNoticeFacts *facts, MrNotice *ret);
void mr_notice_clear (MrNotice *notice);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrNotice, mr_notice_clear)

G_END_DECLS

/* Shared by actions.c (what a person does with messages, one after the other), edits.c (what changes recipients, account and time) and edit-calls.c
 * (the calls that ask for such changes).
 */
#pragma once

#include <mailrelay/engine-actions.h>

#include "engine/engine-private.h"
#include "store/store-edits.h"

G_BEGIN_DECLS

typedef enum {
  ACTION_RETRY,
  ACTION_HOLD,
  ACTION_RELEASE,
  ACTION_CANCEL,
  ACTION_DELETE,
  ACTION_DELIVERED,
  ACTION_ACCOUNT,
  ACTION_EDIT,
  ACTION_RETURN,
  ACTION_REDIRECT,
  ACTION_SCHEDULE,
  ACTION_CHANGE_ACCOUNT,
  ACTION_AGAIN,
  ACTION_RESTORE
} ActionKind;

typedef struct {
  MrEngine *engine;
  ActionKind kind;
  char **ids;
  guint next; /* id to begin with next */
  guint open; /* begun and not done */
  guint count;
  guint recipient; /* ACTION_DELIVERED */
  char *account;   /* ACTION_ACCOUNT, ACTION_CHANGE_ACCOUNT */
  /* edits.c */
  GArray *edits;      /* MrRecipientEdit with addresses of their own */
  char **recipients;  /* ACTION_REDIRECT, ACTION_AGAIN; NULL: those of the message */
  gboolean flag;      /* ACTION_RETURN: with a report; ACTION_REDIRECT: the message stays as it is */
  gint64 not_before;  /* ACTION_SCHEDULE */
  GPtrArray *made;    /* ACTION_AGAIN: new ids */
  MrIdsFunc ids_func; /* ACTION_AGAIN */
  GError *error;
  MrCountFunc func;
  gpointer data;
} Action;

typedef struct {
  Action *action;
  char *id;
  char *made; /* id of a copy that is being stored; NULL */
  guint tries;
} Step;

/* actions.c */
gboolean mr_action_ids_are_valid (const char *const *ids, GError **error);
Action *mr_action_alloc (MrEngine *engine, ActionKind kind, MrCountFunc func, gpointer data);
void mr_action_start (Action *action, const char *const *ids);
/* Frees the step. An error NOT_FOUND is none of the action's. */
void mr_step_done (Step *step, gboolean touched, const GError *error);
/* MrStoreFunc for the last word on a step. */
void mr_step_stored_cb (const GError *error, gpointer step);
/* Reads the message; then mr_edits_apply() or what else the action does with it. */
void mr_step_read (Step *step);

/* edits.c */
gboolean mr_edits_need_store (ActionKind kind); /* the message has to be out of the scheduler */
/* What cannot be done is told, also where it is only that there is nothing to do. */
gboolean mr_edits_tell (ActionKind kind);
void mr_edits_apply (Step *step, MrMessageRecord *message);
void mr_edits_restore (Step *step);
void mr_edits_send_now (Step *step);
void mr_edits_answer (Action *action);
void mr_edits_clear (Action *action);
/* What was removed goes for good once this time has passed. */
void mr_edits_purge_later (MrEngine *engine, gint64 usec);

G_END_DECLS

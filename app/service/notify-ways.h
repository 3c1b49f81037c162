/* The two services that show a note: the desktop's own (Desktop Notifications Specification 1.2) and the portal's (org.freedesktop.portal.Notification),
 * which is all that a sandbox lets through. As tables, so that notifier.c knows no difference. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MR_NOTE_BUTTON "act"

typedef enum { MR_NOTE_WAY_DESKTOP, MR_NOTE_WAY_PORTAL, MR_NOTE_N_WAYS } MrNoteWay;

typedef struct {
  char *key;
  char *title, *body, *message, *domain, *button;
  MrNoteWay way;    /* by which it is shown */
  guint32 id;       /* 0: not on the screen */
  gboolean wanted;  /* FALSE: to be closed when the answer is there */
  gboolean pending; /* a call is in flight */
  gboolean changed; /* since that call */
} MrNote;

/* What a signal says; borrowed but for the token. */
typedef struct {
  guint32 id;         /* of the note, 0: */
  const char *key;    /* its key */
  const char *action; /* what was pressed, NULL: nothing */
  char *token;        /* owned; lets the window come to the front (xdg-activation), NULL: none */
  gboolean gone;      /* a person put it away, or it faded */
} MrNoteEvent;

typedef struct {
  const char *name, *path, *interface;
  const char *show, *close; /* methods */
  GVariant *(*make_show) (const MrNote *note);
  GVariant *(*make_close) (const MrNote *note);
  /* Its number on the screen. */
  guint32 (*read_shown) (GVariant *reply);
  /* FALSE: nothing that concerns us. */
  gboolean (*read_signal) (const char *name, GVariant *parameters, MrNoteEvent *ret);
} MrNoteService;

const MrNoteService *mr_note_service_get (MrNoteWay way);

G_END_DECLS

/* What a source of the desktop's accounts is: libgoa's, or none. */
#pragma once

#include "secrets/desktop-accounts.h"

G_BEGIN_DECLS

/* One call under way. The front answers it once, whatever the source does or never does. */
typedef struct {
  MrDesktopAccounts *desktop; /* NULL: answered already; the source only lets go of it */
  char *id;                   /* NULL: list */
  GPtrArray *accounts;
  MrSecret *token;
  guint seconds;
  GError *error;
  guint timer, answer_source;
  MrDesktopListFunc list_func;
  MrDesktopTokenFunc token_func;
  gpointer data;
  gatomicrefcount refs;
} MrDesktopCall;

MrDesktopCall *mr_desktop_call_ref (MrDesktopCall *call);
void mr_desktop_call_unref (MrDesktopCall *call);
/* error (transfer full) or NULL: then the call's accounts or token and seconds are set. */
void mr_desktop_call_done (MrDesktopCall *call, GError *error);
void mr_desktop_accounts_changed (MrDesktopAccounts *desktop);

/* The source. close: calls that are still under way come back later and find their desktop NULL. */
typedef struct _MrDesktopSource MrDesktopSource;
MrDesktopSource *mr_desktop_source_open (MrDesktopAccounts *desktop);
void mr_desktop_source_close (MrDesktopSource *source);
void mr_desktop_source_run (MrDesktopSource *source, MrDesktopCall *call);

G_END_DECLS

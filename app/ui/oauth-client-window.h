/* Walks a person through registering an application, and takes what comes of it. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_OAUTH_CLIENT_WINDOW (mr_oauth_client_window_get_type ())
G_DECLARE_FINAL_TYPE (MrOauthClientWindow, mr_oauth_client_window, MR, OAUTH_CLIENT_WINDOW, AdwWindow)

/* provider: preset id. Signal: "saved". */
GtkWidget *mr_oauth_client_window_new (MrDesk *desk, GtkWindow *parent, const char *provider);

G_END_DECLS

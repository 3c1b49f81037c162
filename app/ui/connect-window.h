/* How programs are connected: the values, ready texts to paste, and the first message as it arrives. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_CONNECT_WINDOW (mr_connect_window_get_type ())
G_DECLARE_FINAL_TYPE (MrConnectWindow, mr_connect_window, MR, CONNECT_WINDOW, AdwWindow)

/* first_run: after the first account was added; "Start when I log in" is switched on and there is a Done button. */
GtkWidget *mr_connect_window_new (MrDesk *desk, GtkWindow *parent, gboolean first_run);

G_END_DECLS

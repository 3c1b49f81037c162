/* Who may send: passwords for programs, refused attempts with Allow. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_SENDERS_WINDOW (mr_senders_window_get_type ())
G_DECLARE_FINAL_TYPE (MrSendersWindow, mr_senders_window, MR, SENDERS_WINDOW, AdwWindow)

GtkWidget *mr_senders_window_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS

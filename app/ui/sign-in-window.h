/* Signing in with the browser, with a code on another device, or by pasting an address back. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_SIGN_IN_WINDOW (mr_sign_in_window_get_type ())
G_DECLARE_FINAL_TYPE (MrSignInWindow, mr_sign_in_window, MR, SIGN_IN_WINDOW, AdwWindow)

/* record: an account, which need not exist yet. Starts at once; closing the window stops it. Signal: "signed-in". */
GtkWidget *mr_sign_in_window_new (MrDesk *desk, GtkWindow *parent, const MrAccountRecord *record);

G_END_DECLS

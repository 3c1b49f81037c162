/* Preferences: everything in mail-relay.conf that a person would change, by page and heading, searchable. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_PREFERENCES_WINDOW (mr_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (MrPreferencesWindow, mr_preferences_window, MR, PREFERENCES_WINDOW, AdwPreferencesWindow)

GtkWidget *mr_preferences_window_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS

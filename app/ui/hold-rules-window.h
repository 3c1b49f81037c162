/* Rules that keep mail back for review: seen as sentences, switched, added, changed and removed. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_HOLD_RULES_WINDOW (mr_hold_rules_window_get_type ())
G_DECLARE_FINAL_TYPE (MrHoldRulesWindow, mr_hold_rules_window, MR, HOLD_RULES_WINDOW, AdwWindow)

GtkWidget *mr_hold_rules_window_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS

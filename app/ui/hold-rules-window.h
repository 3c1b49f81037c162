/* Rules that keep mail back for review: seen as sentences, switched, added, changed and removed. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_HOLD_RULES_WINDOW (mr_hold_rules_window_get_type ())
G_DECLARE_FINAL_TYPE (MrHoldRulesWindow, mr_hold_rules_window, MR, HOLD_RULES_WINDOW, AdwWindow)

GtkWidget *mr_hold_rules_window_new (MrDesk *desk, GtkWindow *parent);
/* Before it is presented: the focus goes to this rule once the rules are known. */
void mr_hold_rules_window_point_at (MrHoldRulesWindow *self, const char *id);

G_END_DECLS

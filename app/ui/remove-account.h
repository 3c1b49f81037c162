/* Removing an account, with the question where its waiting mail goes. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

void mr_remove_account_ask (MrDesk *desk, GtkWindow *parent, const char *id);

G_END_DECLS

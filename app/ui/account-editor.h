/* The page on which a sending account is added or changed. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ACCOUNT_EDITOR (mr_account_editor_get_type ())
G_DECLARE_FINAL_TYPE (MrAccountEditor, mr_account_editor, MR, ACCOUNT_EDITOR, AdwWindow)

/* account NULL: a new one. Signals: "saved" (id, is new), "remove-requested" (id). The stored password is never loaded. */
GtkWidget *mr_account_editor_new (MrDesk *desk, const MrAccountRecord *account);
/* A new account of which something is known already; the draft's id does not count. */
GtkWidget *mr_account_editor_new_draft (MrDesk *desk, const MrAccountRecord *draft);

G_END_DECLS

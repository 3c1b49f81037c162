/* Where passwords shall be kept: the keyring, only until log-out, or a file; each with its risk. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_SECRETS_DIALOG (mr_secrets_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MrSecretsDialog, mr_secrets_dialog, MR, SECRETS_DIALOG, AdwWindow)

/* Signal "chosen": the service has taken the choice; the window closes itself. */
GtkWidget *mr_secrets_dialog_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS

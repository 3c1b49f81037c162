/* A program's new password, shown this once. */
#pragma once

#include <adwaita.h>

#include "base/secret.h"

G_BEGIN_DECLS

#define MR_TYPE_PASSWORD_DIALOG (mr_password_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MrPasswordDialog, mr_password_dialog, MR, PASSWORD_DIALOG, AdwWindow)

GtkWidget *mr_password_dialog_new (GtkWindow *parent, const char *user, MrSecret *password);

G_END_DECLS

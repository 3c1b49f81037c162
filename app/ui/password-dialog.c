/* Shows a program's user name and password. The password is on the screen anyway, so a label may hold it; it goes when the window does. */
#include "config.h"

#include "ui/password-dialog.h"

#include "ui/copy-button.h"

struct _MrPasswordDialog {
  AdwWindow parent_instance;
  AdwActionRow *user_row;
  GtkLabel *password;
  MrCopyButton *copy_user, *copy_password;
};

G_DEFINE_FINAL_TYPE (MrPasswordDialog, mr_password_dialog, ADW_TYPE_WINDOW)

static void
mr_password_dialog_init (MrPasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_password_dialog_class_init (MrPasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MrPasswordDialog, user_row);
  gtk_widget_class_bind_template_child (widget_class, MrPasswordDialog, password);
  gtk_widget_class_bind_template_child (widget_class, MrPasswordDialog, copy_user);
  gtk_widget_class_bind_template_child (widget_class, MrPasswordDialog, copy_password);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_password_dialog_new (GtkWindow *parent, const char *user, MrSecret *password)
{
  MrPasswordDialog *self = g_object_new (MR_TYPE_PASSWORD_DIALOG, "transient-for", parent, NULL);
  g_autofree char *markup = g_markup_escape_text (user, -1);

  adw_action_row_set_subtitle (self->user_row, markup);
  gtk_label_set_text (self->password, mr_secret_get (password));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->password), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  mr_secret_get (password), -1);
  mr_copy_button_set_text (self->copy_user, user);
  mr_copy_button_set_text (self->copy_password, mr_secret_get (password));
  return GTK_WIDGET (self);
}

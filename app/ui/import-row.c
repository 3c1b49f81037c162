/* What stands in another program's file is shown as text, never as markup. */
#include "config.h"

#include "ui/import-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/format.h"

struct _MrImportRow {
  GtkListBoxRow parent_instance;
  GtkCheckButton *take, *take_secret;
  GtkLabel *title, *server, *origin, *warnings, *result;
  GtkImage *icon;
  GtkWidget *complete_button;

  const MrImportFound *found;
  gboolean stored;
};

enum { CHANGED, COMPLETE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrImportRow, mr_import_row, GTK_TYPE_LIST_BOX_ROW)

static void
take_toggled_cb (MrImportRow *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->take_secret), gtk_check_button_get_active (self->take));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
complete_clicked_cb (MrImportRow *self)
{
  g_signal_emit (self, signals[COMPLETE], 0);
}

/* The person's home is not spelled out. */
static char *
dup_short_path (const char *path)
{
  const char *home = g_get_home_dir ();

  if (home != NULL && *home != '\0' && g_str_has_prefix (path, home) && path[strlen (home)] == '/')
    return g_strconcat ("~", path + strlen (home), NULL);
  return g_strdup (path);
}

static void
set_texts (MrImportRow *self, const MrImportFound *found)
{
  const MrAccountRecord *account = found->account;
  g_autofree char *addresses = account->addresses != NULL ? g_strjoinv (", ", account->addresses) : g_strdup ("");
  g_autofree char *server = g_strdup_printf (_ ("%s · port %u · %s"),
                                             account->host != NULL && *account->host != '\0' ? account->host : "?",
                                             account->port, mr_format_tls_mode (account->tls));
  g_autofree char *path = dup_short_path (found->file);
  g_autofree char *origin = found->kind < MR_IMPORT_N_KINDS
                                ? g_strdup_printf ("%s, %s", mr_import_kind_name (found->kind), path)
                                : g_strdup (path);
  g_autofree char *warnings = g_strjoinv ("\n", found->warnings);
  const char *title = *addresses != '\0' ? addresses : mr_format_account_name (account);
  g_autofree char *take = g_strdup_printf (_ ("Import %s"), title);

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->server, server);
  gtk_label_set_text (self->origin, origin);
  gtk_label_set_text (self->warnings, warnings);
  gtk_widget_set_visible (GTK_WIDGET (self->warnings), *warnings != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->take), GTK_ACCESSIBLE_PROPERTY_LABEL, take, -1);
}

GtkWidget *
mr_import_row_new (const MrImportFound *found)
{
  MrImportRow *self = g_object_new (MR_TYPE_IMPORT_ROW, NULL);
  gboolean complete = found->complete;

  self->found = found;
  set_texts (self, found);
  gtk_check_button_set_active (self->take, complete);
  gtk_widget_set_sensitive (GTK_WIDGET (self->take), complete);
  gtk_widget_set_visible (self->complete_button, !complete);
  gtk_widget_set_visible (GTK_WIDGET (self->take_secret), complete && found->secret != NULL);
  gtk_check_button_set_active (self->take_secret, complete && found->secret != NULL);
  return GTK_WIDGET (self);
}

const MrImportFound *
mr_import_row_get_found (MrImportRow *self)
{
  g_return_val_if_fail (MR_IS_IMPORT_ROW (self), NULL);
  return self->found;
}

gboolean
mr_import_row_is_chosen (MrImportRow *self)
{
  g_return_val_if_fail (MR_IS_IMPORT_ROW (self), FALSE);
  return gtk_check_button_get_active (self->take);
}

gboolean
mr_import_row_takes_secret (MrImportRow *self)
{
  g_return_val_if_fail (MR_IS_IMPORT_ROW (self), FALSE);
  return self->found->secret != NULL && gtk_check_button_get_active (self->take_secret);
}

void
mr_import_row_freeze (MrImportRow *self)
{
  g_return_if_fail (MR_IS_IMPORT_ROW (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->take), FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->take_secret), FALSE);
  gtk_widget_set_sensitive (self->complete_button, FALSE);
}

void
mr_import_row_thaw (MrImportRow *self)
{
  g_return_if_fail (MR_IS_IMPORT_ROW (self));
  gtk_widget_set_sensitive (self->complete_button, TRUE);
}

void
mr_import_row_set_secret_stored (MrImportRow *self)
{
  g_return_if_fail (MR_IS_IMPORT_ROW (self));
  self->stored = TRUE;
}

gboolean
mr_import_row_secret_was_stored (MrImportRow *self)
{
  g_return_val_if_fail (MR_IS_IMPORT_ROW (self), FALSE);
  return self->stored;
}

static void
show_result (MrImportRow *self, const char *text, const char *icon, const char *style)
{
  gtk_label_set_text (self->result, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), TRUE);
  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), (const char *[]){ style, NULL });
}

void
mr_import_row_set_result (MrImportRow *self, gboolean added, const char *trouble)
{
  g_return_if_fail (MR_IS_IMPORT_ROW (self));

  g_autofree char *text = NULL;
  const MrAccountRecord *account = self->found->account;
  if (trouble != NULL)
    text = g_strdup_printf (added ? _ ("Added, but its password is not stored: %s") : _ ("Not added: %s"), trouble);
  else if (self->stored)
    text = g_strdup (_ ("Added, with its password"));
  else if (account->auth == MR_AUTH_OAUTH2)
    text = g_strdup (_ ("Added. Sign in under Accounts before it can send."));
  else if (account->user != NULL && *account->user != '\0')
    text = g_strdup (_ ("Added. Enter its password under Accounts before it can send."));
  else
    text = g_strdup (_ ("Added"));
  show_result (self, text, trouble == NULL ? "emblem-ok-symbolic" : "dialog-warning-symbolic",
               trouble == NULL ? "success" : "warning");
}

void
mr_import_row_set_forgotten (MrImportRow *self, const char *trouble)
{
  g_return_if_fail (MR_IS_IMPORT_ROW (self));

  g_autofree char *text = trouble != NULL
                              ? g_strdup_printf (_ ("Added, with its password. The old file still has it: %s"), trouble)
                              : g_strdup (_ ("Added, with its password, which no longer stands in the old file"));
  show_result (self, text, trouble == NULL ? "emblem-ok-symbolic" : "dialog-warning-symbolic",
               trouble == NULL ? "success" : "warning");
}

static void
mr_import_row_init (MrImportRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_import_row_class_init (MrImportRowClass *klass)
{
  static const char *const names[N_SIGNALS] = { "changed", "complete" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               0);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/import-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, take);
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, take_secret);
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, title);
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, server);
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, origin);
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, warnings);
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, result);
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MrImportRow, complete_button);
  gtk_widget_class_bind_template_callback (widget_class, take_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, complete_clicked_cb);
}

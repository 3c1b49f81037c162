/* A list of account rows, or what to do where there is none. The window's actions do the work. */
#include "config.h"

#include "ui/accounts-page.h"

#include <adwaita.h>

#include "ui/account-row.h"
#include "ui/record-item.h"

struct _MrAccountsPage {
  GtkWidget parent_instance;
  GtkStack *stack;
  GtkListBox *list;
  MrDesk *desk;
};

G_DEFINE_FINAL_TYPE (MrAccountsPage, mr_accounts_page, GTK_TYPE_WIDGET)

static GtkWidget *
create_row_cb (gpointer item, gpointer data)
{
  MrAccountsPage *self = data;

  return mr_account_row_new (mr_record_item_get (item), mr_desk_now (self->desk));
}

static void
row_activated_cb (MrAccountsPage *self, GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.edit-account", "s", mr_account_row_get_id (MR_ACCOUNT_ROW (row)));
}

static void
accounts_changed_cb (MrAccountsPage *self)
{
  gboolean empty = g_list_model_get_n_items (mr_desk_get_accounts (self->desk)) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

void
mr_accounts_page_set_desk (MrAccountsPage *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_ACCOUNTS_PAGE (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
  gtk_list_box_bind_model (self->list, mr_desk_get_accounts (desk), create_row_cb, self, NULL);
  g_signal_connect_object (desk, "accounts-changed", G_CALLBACK (accounts_changed_cb), self, G_CONNECT_SWAPPED);
  accounts_changed_cb (self);
}

static void
mr_accounts_page_dispose (GObject *object)
{
  MrAccountsPage *self = MR_ACCOUNTS_PAGE (object);

  if (self->stack != NULL) {
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->stack)));
  }
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_accounts_page_parent_class)->dispose (object);
}

static void
mr_accounts_page_init (MrAccountsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_accounts_page_class_init (MrAccountsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_accounts_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/accounts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MrAccountsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MrAccountsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

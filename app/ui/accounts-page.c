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

static void
row_activated_cb (MrAccountsPage *self, GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.edit-account", "s", mr_account_row_get_id (MR_ACCOUNT_ROW (row)));
}

/* Rows of the same accounts in the same order are kept: what a delivery counts must take neither the focus nor an open menu away. */
static gboolean
update_rows (MrAccountsPage *self, GListModel *accounts)
{
  guint n = g_list_model_get_n_items (accounts);

  if (gtk_list_box_get_row_at_index (self->list, (int)n) != NULL)
    return FALSE;
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < n; i++) {
      g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
      const MrAccountRecord *account = mr_record_item_get (item);
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int)i);

      if (pass == 0 && (row == NULL || !g_str_equal (mr_account_row_get_id (MR_ACCOUNT_ROW (row)), account->id)))
        return FALSE;
      if (pass == 1)
        mr_account_row_update (MR_ACCOUNT_ROW (row), account, mr_desk_now (self->desk));
    }
  return TRUE;
}

static void
fill_rows (MrAccountsPage *self, GListModel *accounts)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);

    gtk_list_box_append (self->list, mr_account_row_new (mr_record_item_get (item), mr_desk_now (self->desk)));
  }
}

static void
accounts_changed_cb (MrAccountsPage *self)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  gboolean empty = g_list_model_get_n_items (accounts) == 0;

  if (!update_rows (self, accounts))
    fill_rows (self, accounts);
  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

void
mr_accounts_page_set_desk (MrAccountsPage *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_ACCOUNTS_PAGE (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
  g_signal_connect_object (desk, "accounts-changed", G_CALLBACK (accounts_changed_cb), self, G_CONNECT_SWAPPED);
  accounts_changed_cb (self);
}

static void
mr_accounts_page_dispose (GObject *object)
{
  MrAccountsPage *self = MR_ACCOUNTS_PAGE (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->stack)));
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

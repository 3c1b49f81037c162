/* How a domain stands comes from the service's list, after each change again. A domain that an account sends for is checked without being asked for. */
#include "config.h"

#include "ui/domain-regular.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/domain-calls.h"
#include "ui/toast.h"

struct _MrDomainRegular {
  AdwPreferencesGroup parent_instance;
  GtkSwitch *regular;
  AdwActionRow *row;

  MrDesk *desk;
  char *domain;
  gboolean filling; /* the switch is set, not pressed */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MrDomainRegular, mr_domain_regular, ADW_TYPE_PREFERENCES_GROUP)

static void
show_record (MrDomainRegular *self, const MrDomainRecord *record)
{
  gboolean of_account = record != NULL && record->accounts != NULL && record->accounts[0] != NULL;

  self->filling = TRUE;
  gtk_switch_set_active (self->regular, record != NULL);
  self->filling = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->regular), !of_account);
  adw_action_row_set_subtitle (self->row, of_account
                                              ? _ ("It is, because an account sends for it. How often is in the "
                                                   "preferences, under “Domain Checks”.")
                                              : _ ("What becomes worse is told by a notification. How often it is "
                                                   "checked is in the preferences, under “Domain Checks”."));
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) domains = mr_client_list_domains_finish (MR_CLIENT (source), result, &error);
  const MrDomainRecord *found = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrDomainRegular *self = data;
  if (domains == NULL) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not list the domains"), error);
    return;
  }
  if (self->domain == NULL) /* another check has begun */
    return;
  for (guint i = 0; i < domains->len && found == NULL; i++) {
    const MrDomainRecord *record = domains->pdata[i];

    if (strcmp (record->domain, self->domain) == 0)
      found = record;
  }
  show_record (self, found);
}

static void
look (MrDomainRegular *self)
{
  mr_client_list_domains_async (mr_desk_get_client (self->desk), self->cancellable, listed_cb, self);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean done = mr_client_change_domain_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!done)
    mr_toast_show_error (GTK_WIDGET (data), _ ("The list of domains was not changed"), error);
  look (data);
}

static void
switched_cb (MrDomainRegular *self)
{
  MrClient *client;

  if (self->filling || self->domain == NULL)
    return;
  client = mr_desk_get_client (self->desk);
  if (gtk_switch_get_active (self->regular))
    mr_client_add_domain_async (client, self->domain, self->cancellable, changed_cb, self);
  else
    mr_client_remove_domain_async (client, self->domain, self->cancellable, changed_cb, self);
}

void
mr_domain_regular_show (MrDomainRegular *self, MrDesk *desk, const char *domain)
{
  g_set_object (&self->desk, desk);
  g_free (self->domain);
  self->domain = g_strdup (domain);
  if (domain != NULL)
    look (self);
  else
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
mr_domain_regular_dispose (GObject *object)
{
  MrDomainRegular *self = MR_DOMAIN_REGULAR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_domain_regular_parent_class)->dispose (object);
}

static void
mr_domain_regular_finalize (GObject *object)
{
  MrDomainRegular *self = MR_DOMAIN_REGULAR (object);

  g_clear_object (&self->cancellable);
  g_free (self->domain);
  G_OBJECT_CLASS (mr_domain_regular_parent_class)->finalize (object);
}

static void
mr_domain_regular_init (MrDomainRegular *self)
{
  const char *title = _ ("Check This Domain Regularly");

  self->cancellable = g_cancellable_new ();
  self->row = ADW_ACTION_ROW (adw_action_row_new ());
  self->regular = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->regular), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->regular), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_swapped (self->regular, "notify::active", G_CALLBACK (switched_cb), self);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), title);
  adw_action_row_set_subtitle_lines (self->row, 0);
  adw_action_row_add_suffix (self->row, GTK_WIDGET (self->regular));
  adw_action_row_set_activatable_widget (self->row, GTK_WIDGET (self->regular));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->row));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
mr_domain_regular_class_init (MrDomainRegularClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mr_domain_regular_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_domain_regular_finalize;
}

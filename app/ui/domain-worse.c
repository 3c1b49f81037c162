/* The findings are the report's drifts; accepting them is the service's work, which then compares later checks with how the domain is now. */
#include "config.h"

#include "ui/domain-worse.h"

#include <glib/gi18n-lib.h>

#include "client/domain-calls.h"
#include "ui/domain-finding-row.h"
#include "ui/toast.h"

struct _MrDomainWorse {
  AdwPreferencesGroup parent_instance;
  GtkListBox *drifts;
  GtkWidget *accept;

  MrDesk *desk;
  char *domain;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MrDomainWorse, mr_domain_worse, ADW_TYPE_PREFERENCES_GROUP)

void
mr_domain_worse_show (MrDomainWorse *self, MrDesk *desk, const MrDomainReport *report)
{
  g_set_object (&self->desk, desk);
  g_free (self->domain);
  self->domain = g_strdup (report != NULL ? report->domain : NULL);
  mr_domain_clear_list (self->drifts);
  for (guint i = 0; report != NULL && i < report->drifts->len; i++)
    gtk_list_box_append (self->drifts, mr_domain_finding_row_new (report->drifts->pdata[i]));
  gtk_widget_set_sensitive (self->accept, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self), report != NULL && report->drifts->len > 0);
}

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean done = mr_client_change_domain_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrDomainWorse *self = data;
  gtk_widget_set_sensitive (self->accept, TRUE);
  if (!done) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("This could not be noted"), error);
    return;
  }
  mr_toast_show (GTK_WIDGET (self), _ ("Later checks are compared with how the domain is now."));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
accept_clicked_cb (MrDomainWorse *self)
{
  if (self->domain == NULL)
    return;
  gtk_widget_set_sensitive (self->accept, FALSE);
  mr_client_accept_drifts_async (mr_desk_get_client (self->desk), self->domain, self->cancellable, accepted_cb, self);
}

static void
mr_domain_worse_dispose (GObject *object)
{
  MrDomainWorse *self = MR_DOMAIN_WORSE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_domain_worse_parent_class)->dispose (object);
}

static void
mr_domain_worse_finalize (GObject *object)
{
  MrDomainWorse *self = MR_DOMAIN_WORSE (object);

  g_clear_object (&self->cancellable);
  g_free (self->domain);
  G_OBJECT_CLASS (mr_domain_worse_parent_class)->finalize (object);
}

static void
mr_domain_worse_init (MrDomainWorse *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  self->cancellable = g_cancellable_new ();
  adw_preferences_group_set_title (group, _ ("Worse Than Before"));
  adw_preferences_group_set_description (
      group, _ ("It was in order once and is no longer. Where you changed it yourself, say so: later checks are then "
                "compared with how the domain is now, and the notification goes. This cannot be undone."));
  self->drifts = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->drifts, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->drifts), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drifts), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("What became worse"),
                                  -1);
  adw_preferences_group_add (group, GTK_WIDGET (self->drifts));
  self->accept = gtk_button_new_with_label (_ ("That Is as It Should Be"));
  gtk_widget_set_halign (self->accept, GTK_ALIGN_START);
  gtk_widget_set_margin_top (self->accept, 12);
  g_signal_connect_swapped (self->accept, "clicked", G_CALLBACK (accept_clicked_cb), self);
  adw_preferences_group_add (group, self->accept);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
mr_domain_worse_class_init (MrDomainWorseClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mr_domain_worse_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_domain_worse_finalize;
}

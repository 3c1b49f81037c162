/* A row for each provider; its records stay together. Sending services come first: their customers have no address that would tell. */
#include "config.h"

#include "ui/account-assistant-providers.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/set-up-calls.h"
#include "ui/toast.h"

struct _MrAssistantProviders {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListBox *list;

  MrDesk *desk;
  GCancellable *cancellable;
  GPtrArray *providers; /* MrDiscoveryRecord, NULL: not asked yet */
  char *chosen;         /* preset id */
};

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAssistantProviders, mr_assistant_providers, GTK_TYPE_WIDGET)

static gboolean
is_service (const MrDiscoveryRecord *record)
{
  return record->log_ins != NULL && g_strv_contains ((const char *const *)record->log_ins, "api-key");
}

static gboolean
filter_cb (GtkListBoxRow *row, gpointer data)
{
  MrAssistantProviders *self = data;
  const MrDiscoveryRecord *record = g_object_get_data (G_OBJECT (row), "record");
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_autofree char *name = g_utf8_casefold (record->provider_name, -1);

  return strstr (name, wanted) != NULL || strstr (record->host, wanted) != NULL;
}

static int
sort_cb (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  const MrDiscoveryRecord *one = g_object_get_data (G_OBJECT (a), "record");
  const MrDiscoveryRecord *two = g_object_get_data (G_OBJECT (b), "record");

  if (is_service (one) != is_service (two))
    return is_service (one) ? -1 : 1;
  return g_utf8_collate (one->provider_name, two->provider_name);
}

static void
header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  gboolean service = is_service (g_object_get_data (G_OBJECT (row), "record"));
  GtkWidget *label;

  if (before != NULL && is_service (g_object_get_data (G_OBJECT (before), "record")) == service) {
    gtk_list_box_row_set_header (row, NULL);
    return;
  }
  label = gtk_label_new (service ? _ ("Sending services") : _ ("Providers"));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "list-heading");
  gtk_list_box_row_set_header (row, label);
}

static GtkWidget *
make_row (MrDiscoveryRecord *record)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (record->provider_name, -1);
  g_autofree char *host = g_markup_escape_text (record->host, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), host);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data (G_OBJECT (row), "record", record);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, record->provider_name, -1);
  return row;
}

static void
fill (MrAssistantProviders *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->providers->len; i++) {
    MrDiscoveryRecord *record = g_ptr_array_index (self->providers, i);
    if (*record->provider_name != '\0' && *record->host != '\0' && g_hash_table_add (seen, record->provider))
      gtk_list_box_append (self->list, make_row (record));
  }
  gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) providers = mr_client_list_providers_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAssistantProviders *self = data;
  if (providers == NULL) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("The list could not be read"), error);
    return;
  }
  self->providers = g_steal_pointer (&providers);
  fill (self);
}

void
mr_assistant_providers_show (MrAssistantProviders *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_PROVIDERS (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  if (self->providers == NULL)
    mr_client_list_providers_async (mr_desk_get_client (self->desk), self->cancellable, listed_cb, self);
}

GPtrArray *
mr_assistant_providers_dup_results (MrAssistantProviders *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_PROVIDERS (self), NULL);

  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  for (guint i = 0; self->providers != NULL && i < self->providers->len; i++) {
    const MrDiscoveryRecord *record = g_ptr_array_index (self->providers, i);
    if (g_strcmp0 (record->provider, self->chosen) == 0)
      g_ptr_array_add (results, mr_discovery_record_copy (record));
  }
  return results;
}

static void
row_activated_cb (MrAssistantProviders *self, GtkListBoxRow *row)
{
  const MrDiscoveryRecord *record = g_object_get_data (G_OBJECT (row), "record");

  g_free (self->chosen);
  self->chosen = g_strdup (record->provider);
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
search_changed_cb (MrAssistantProviders *self)
{
  gtk_list_box_invalidate_filter (self->list);
  gtk_list_box_invalidate_headers (self->list);
}

/* Enter in the search takes the first row that is left. */
static void
search_activated_cb (MrAssistantProviders *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row))) {
      row_activated_cb (self, row);
      return;
    }
}

void
mr_assistant_providers_set_desk (MrAssistantProviders *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_ASSISTANT_PROVIDERS (self));
  g_set_object (&self->desk, desk);
}

static void
mr_assistant_providers_dispose (GObject *object)
{
  MrAssistantProviders *self = MR_ASSISTANT_PROVIDERS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_assistant_providers_parent_class)->dispose (object);
}

static void
mr_assistant_providers_finalize (GObject *object)
{
  MrAssistantProviders *self = MR_ASSISTANT_PROVIDERS (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->providers, g_ptr_array_unref);
  g_free (self->chosen);
  G_OBJECT_CLASS (mr_assistant_providers_parent_class)->finalize (object);
}

static void
mr_assistant_providers_init (MrAssistantProviders *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_filter_func (self->list, filter_cb, self, NULL);
  gtk_list_box_set_sort_func (self->list, sort_cb, NULL, NULL);
  gtk_list_box_set_header_func (self->list, header_cb, NULL, NULL);
}

static void
mr_assistant_providers_class_init (MrAssistantProvidersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mr_assistant_providers_dispose;
  object_class->finalize = mr_assistant_providers_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/example/MailRelay/ui/account-assistant-providers.ui");
  gtk_widget_class_bind_template_child (widget_class, MrAssistantProviders, box);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantProviders, search);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantProviders, stack);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantProviders, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
}

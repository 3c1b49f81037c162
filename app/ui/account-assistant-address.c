/* A provider that Mail Relay knows is taken at its word at once; only then is the domain asked whether it says something else, which is told and never
 * taken silently.
 *
 * Nothing is asked before Find is pressed, and who may be asked outside this program and the domain itself is named above the button, with a switch.
 *
 * A search ends in one of three ways: settings that can work (the assistant goes on), settings that cannot yet (what has to be done first), nothing
 * (what else can be tried). What the page tells of it is account-assistant-outcome.c.
 */
#include "config.h"

#include "ui/account-assistant-address-private.h"

#include <glib/gi18n-lib.h>

#include "ui/account-assistant-rules.h"
#include "ui/open-link.h"
#include "ui/settings.h"

enum { FOUND, BUSY_CHANGED, BY_HAND, CHOOSE_PROVIDER, IMPORT, DISAGREES, REGISTER, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAssistantAddress, mr_assistant_address, GTK_TYPE_WIDGET)

/* ---- the address ---- */

char *
mr_assistant_address_dup_address (MrAssistantAddress *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_ADDRESS (self), NULL);
  return g_strstrip (g_strdup (gtk_editable_get_text (self->address)));
}

char *
mr_assistant_address_dup_name (MrAssistantAddress *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_ADDRESS (self), NULL);
  return g_strstrip (g_strdup (gtk_editable_get_text (self->name)));
}

void
mr_assistant_address_focus (MrAssistantAddress *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_ADDRESS (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->address));
}

static void
show_mistake (MrAssistantAddress *self, const char *sentence)
{
  GtkWidget *row = GTK_WIDGET (self->address);

  gtk_widget_set_visible (GTK_WIDGET (self->mistake), sentence != NULL);
  gtk_label_set_text (self->mistake, sentence != NULL ? sentence : "");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                               sentence != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (sentence != NULL)
    gtk_widget_add_css_class (row, "error");
  else
    gtk_widget_remove_css_class (row, "error");
}

gboolean
mr_assistant_address_check (MrAssistantAddress *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_ADDRESS (self), FALSE);

  g_autofree char *address = mr_assistant_address_dup_address (self);
  gboolean good = mr_assistant_address_is_plausible (address);
  g_autofree char *sentence = NULL;
  if (*address == '\0')
    sentence = g_strdup (_ ("Enter the address that you send from, for example anna@example.com."));
  else if (!good)
    sentence = g_strdup_printf (_ ("“%s” is not a whole address. Write it like anna@example.com."), address);
  show_mistake (self, sentence);
  if (!good)
    gtk_widget_grab_focus (GTK_WIDGET (self->address));
  return good;
}

/* ---- the search ---- */

static void
set_busy (MrAssistantAddress *self, gboolean busy)
{
  gtk_widget_set_visible (self->find_button, !busy);
  gtk_widget_set_visible (self->stop_button, busy);
  gtk_widget_set_visible (self->spinner, busy);
  /* Not insensitive: the focus would be lost. */
  gtk_editable_set_editable (self->address, !busy);
  g_signal_emit (self, signals[BUSY_CHANGED], 0);
}

static gboolean
can_work (MrAssistantAddress *self, const MrDiscoveryRecord *record)
{
  MrWay ways[MR_WAY_N_WAYS];

  return mr_assistant_list_ways (record, self->desktop, ways) > 0;
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = mr_client_discover_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAssistantAddress *self = data;
  g_clear_object (&self->search);
  self->comparing = FALSE;
  /* Nobody else has to say anything for what is known to be good. */
  for (guint i = 0; results != NULL && i < results->len; i++)
    if (((MrDiscoveryRecord *)g_ptr_array_index (results, i))->conflicts) {
      g_ptr_array_unref (self->results);
      self->results = g_steal_pointer (&results);
      g_signal_emit (self, signals[DISAGREES], 0);
      return;
    }
}

/* What was found is the program's own word. */
static void
compare (MrAssistantAddress *self)
{
  g_autofree char *address = mr_assistant_address_dup_address (self);

  if (((MrDiscoveryRecord *)g_ptr_array_index (self->results, 0))->source != MR_SOURCE_PRESET)
    return;
  self->comparing = TRUE;
  self->search = g_cancellable_new ();
  mr_client_discover_async (mr_desk_get_client (self->desk), address, MR_CLIENT_DISCOVER_DEFAULT, NULL, NULL,
                            self->search, compared_cb, self);
}

static void
judge (MrAssistantAddress *self)
{
  g_autoptr (GPtrArray) choices = NULL;

  if (self->results == NULL || !self->desktop_known) {
    self->waits_for_desktop = self->results != NULL;
    return;
  }
  self->waits_for_desktop = FALSE;
  set_busy (self, FALSE);
  for (guint i = 0; i < self->results->len; i++)
    if (can_work (self, g_ptr_array_index (self->results, i))) {
      g_signal_emit (self, signals[FOUND], 0);
      if (self->search == NULL)
        compare (self);
      return;
    }
  if (self->results->len > 0)
    mr_address_page_show_blocked (self, g_ptr_array_index (self->results, 0));
  else
    mr_address_page_show_nothing (self);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = mr_client_discover_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAssistantAddress *self = data;
  g_clear_object (&self->search);
  if (results == NULL) {
    set_busy (self, FALSE);
    mr_address_page_show_nothing (self);
    mr_address_page_show_outcome (self, _ ("The Search Failed"), error->message);
    return;
  }
  g_clear_pointer (&self->results, g_ptr_array_unref);
  self->results = g_steal_pointer (&results);
  judge (self);
}

static void
start (MrAssistantAddress *self, MrClientDiscoverFlags flags)
{
  g_autofree char *address = mr_assistant_address_dup_address (self);

  if (!mr_assistant_address_check (self))
    return;
  mr_assistant_address_stop (self);
  if (gtk_switch_get_active (self->third_party))
    flags |= MR_CLIENT_DISCOVER_THIRD_PARTY;
  if ((flags & MR_CLIENT_DISCOVER_AUTODISCOVER) == 0)
    flags |= MR_CLIENT_DISCOVER_KNOWN;
  gtk_widget_set_visible (self->outcome_group, FALSE);
  mr_address_page_clear_steps (self);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  self->search = g_cancellable_new ();
  set_busy (self, TRUE);
  mr_client_discover_async (mr_desk_get_client (self->desk), address, flags, mr_address_page_step_cb, self,
                            self->search, found_cb, self);
}

void
mr_assistant_address_search (MrAssistantAddress *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_ADDRESS (self));
  start (self, MR_CLIENT_DISCOVER_DEFAULT);
}

void
mr_assistant_address_resume (MrAssistantAddress *self, const char *address, const char *name)
{
  g_return_if_fail (MR_IS_ASSISTANT_ADDRESS (self));
  gtk_editable_set_text (self->address, address);
  gtk_editable_set_text (self->name, name != NULL ? name : "");
}

void
mr_assistant_address_check_microsoft (MrAssistantAddress *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_ADDRESS (self));
  start (self, MR_CLIENT_DISCOVER_AUTODISCOVER);
}

static void
probe_clicked_cb (MrAssistantAddress *self)
{
  start (self, MR_CLIENT_DISCOVER_PROBE);
}

void
mr_assistant_address_stop (MrAssistantAddress *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_ADDRESS (self));

  if (self->search == NULL && !self->waits_for_desktop)
    return;
  if (self->search != NULL)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  if (self->comparing) {
    /* What was found stays. */
    self->comparing = FALSE;
    return;
  }
  self->waits_for_desktop = FALSE;
  g_clear_pointer (&self->results, g_ptr_array_unref);
  set_busy (self, FALSE);
}

gboolean
mr_assistant_address_is_busy (MrAssistantAddress *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_ADDRESS (self), FALSE);
  return (self->search != NULL && !self->comparing) || self->waits_for_desktop;
}

/* ---- other ways ---- */

static void
address_changed_cb (MrAssistantAddress *self)
{
  show_mistake (self, NULL);
  gtk_widget_set_visible (self->outcome_group, FALSE);
  mr_address_page_clear_steps (self);
}

static void
register_clicked_cb (MrAssistantAddress *self)
{
  g_signal_emit (self, signals[REGISTER], 0, self->provider);
}

static void
help_clicked_cb (MrAssistantAddress *self)
{
  mr_open_link (GTK_WIDGET (self), self->help_url);
}

static void
by_hand_cb (MrAssistantAddress *self)
{
  g_signal_emit (self, signals[BY_HAND], 0);
}

static void
choose_provider_cb (MrAssistantAddress *self)
{
  if (mr_assistant_address_check (self))
    g_signal_emit (self, signals[CHOOSE_PROVIDER], 0);
}

static void
import_cb (MrAssistantAddress *self)
{
  g_signal_emit (self, signals[IMPORT], 0);
}

/* ---- set-up ---- */

GPtrArray *
mr_assistant_address_get_results (MrAssistantAddress *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_ADDRESS (self), NULL);
  return self->results;
}

GPtrArray *
mr_assistant_address_get_desktop_accounts (MrAssistantAddress *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_ADDRESS (self), NULL);
  return self->desktop;
}

static void
desktop_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = mr_client_list_desktop_accounts_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAssistantAddress *self = data;
  self->desktop = g_steal_pointer (&list);
  self->desktop_known = TRUE;
  if (self->waits_for_desktop)
    judge (self);
}

void
mr_assistant_address_set_desk (MrAssistantAddress *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_ASSISTANT_ADDRESS (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
  mr_client_list_desktop_accounts_async (mr_desk_get_client (desk), self->life, desktop_cb, self);
}

static void
mr_assistant_address_dispose (GObject *object)
{
  MrAssistantAddress *self = MR_ASSISTANT_ADDRESS (object);

  g_cancellable_cancel (self->life);
  if (self->search != NULL)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  g_clear_pointer (&self->page, gtk_widget_unparent);
  g_clear_object (&self->settings);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_assistant_address_parent_class)->dispose (object);
}

static void
mr_assistant_address_finalize (GObject *object)
{
  MrAssistantAddress *self = MR_ASSISTANT_ADDRESS (object);

  g_clear_object (&self->life);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->desktop, g_ptr_array_unref);
  g_free (self->provider);
  g_free (self->help_url);
  G_OBJECT_CLASS (mr_assistant_address_parent_class)->finalize (object);
}

static void
mr_assistant_address_init (MrAssistantAddress *self)
{
  self->life = g_cancellable_new ();
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = mr_settings_new ();
  if (self->settings != NULL)
    g_settings_bind (self->settings, "ask-third-parties", self->third_party, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, page);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, address);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, name);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, mistake);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, third_party);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, find_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, stop_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, spinner);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, steps_group);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, steps);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, outcome_group);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, outcome_title);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, outcome_text);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, register_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, help_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, microsoft_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, probe_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, admin_box);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, admin_text);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantAddress, admin_copy);
}

static void
mr_assistant_address_class_init (MrAssistantAddressClass *klass)
{
  static const char *const names[N_SIGNALS] = { "found",  "busy-changed", "by-hand", "choose-provider",
                                                "import", "disagrees",    NULL };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  object_class->dispose = mr_assistant_address_dispose;
  object_class->finalize = mr_assistant_address_finalize;
  for (guint i = 0; i < REGISTER; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               0);
  signals[REGISTER] = g_signal_new ("register", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/account-assistant-address.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, mr_assistant_address_search);
  gtk_widget_class_bind_template_callback (widget_class, mr_assistant_address_check_microsoft);
  gtk_widget_class_bind_template_callback (widget_class, mr_assistant_address_stop);
  gtk_widget_class_bind_template_callback (widget_class, probe_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, register_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, help_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, by_hand_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_provider_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_cb);
}

/* A provider that Mail Relay knows is taken at its word at once; only then is the domain asked whether it says something else, which is told and never
 * taken silently.
 *
 * Nothing is asked before Find is pressed, and who may be asked outside this program and the domain itself is named above the button, with a switch.
 *
 * A search ends in one of three ways: settings that can work (the assistant goes on), settings that cannot yet (what has to be done first), nothing
 * (what else can be tried). Steps are shown once somebody outside this program is asked; what it knows by itself takes no time.
 */
#include "config.h"

#include "ui/account-assistant-address.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "client/set-up-calls.h"
#include "ui/account-assistant-rules.h"
#include "ui/copy-button.h"
#include "ui/open-link.h"
#include "ui/settings.h"

struct _MrAssistantAddress {
  GtkWidget parent_instance;
  GtkWidget *page;
  GtkEditable *address, *name;
  GtkLabel *mistake;
  GtkSwitch *third_party;
  GtkWidget *find_button, *stop_button, *spinner;
  GtkWidget *steps_group;
  GtkListBox *steps;
  GtkWidget *outcome_group, *register_button, *help_button, *microsoft_button, *probe_button, *admin_box;
  GtkLabel *outcome_title, *outcome_text, *admin_text;
  MrCopyButton *admin_copy;

  MrDesk *desk;
  GSettings *settings; /* NULL: nothing is remembered */
  GCancellable *life;
  GCancellable *search; /* of the running one, NULL: none runs */
  GHashTable *rows;     /* "source host" → AdwActionRow, borrowed */
  GPtrArray *results, *desktop;
  gboolean desktop_known, waits_for_desktop;
  gboolean comparing; /* the running search only looks for another opinion */
  char *provider;     /* whose application has to be registered */
  char *help_url;
};

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

/* ---- steps ---- */

static void
clear_steps (MrAssistantAddress *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->steps, 0)) != NULL)
    gtk_list_box_remove (self->steps, GTK_WIDGET (row));
  g_hash_table_remove_all (self->rows);
  gtk_widget_set_visible (self->steps_group, FALSE);
}

typedef struct {
  const char *state, *icon, *style;
  const char *word; /* msgid */
} StepLook;

static const StepLook *
look_of (const char *state)
{
  static const StepLook looks[] = {
    { "trying", NULL, NULL, N_ ("Asking…") },
    { "found", "emblem-ok-symbolic", "success", N_ ("Found") },
    { "nothing", "list-remove-symbolic", "dim-label", N_ ("Nothing there") },
    { "failed", "dialog-warning-symbolic", "warning", N_ ("No answer") },
    { "skipped", "media-skip-forward-symbolic", "dim-label", N_ ("Not asked") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (g_str_equal (state, looks[i].state))
      return &looks[i];
  return &looks[2];
}

static GtkWidget *
make_step_row (MrAssistantAddress *self, const char *key, const char *title)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *stack = gtk_stack_new ();

  gtk_stack_add_named (GTK_STACK (stack), gtk_spinner_new (), "trying");
  gtk_stack_add_named (GTK_STACK (stack), gtk_image_new (), "done");
  gtk_widget_set_valign (stack, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), stack);
  g_object_set_data (G_OBJECT (row), "stack", stack);
  gtk_list_box_append (self->steps, row);
  g_hash_table_insert (self->rows, g_strdup (key), row);
  return row;
}

static void
set_step_look (GtkWidget *row, const StepLook *look)
{
  GtkStack *stack = g_object_get_data (G_OBJECT (row), "stack");
  GtkSpinner *spinner = GTK_SPINNER (gtk_stack_get_child_by_name (stack, "trying"));
  GtkWidget *image = gtk_stack_get_child_by_name (stack, "done");

  gtk_spinner_set_spinning (spinner, look->icon == NULL);
  gtk_stack_set_visible_child_name (stack, look->icon == NULL ? "trying" : "done");
  if (look->icon == NULL)
    return;
  gtk_image_set_from_icon_name (GTK_IMAGE (image), look->icon);
  gtk_widget_set_css_classes (image, (const char *[]){ look->style, NULL });
}

static void
step_cb (const MrClientDiscoverStep *step, gpointer data)
{
  MrAssistantAddress *self = data;
  const StepLook *look = look_of (step->state);
  const char *title = mr_assistant_source_title (step->source);
  g_autofree char *key = g_strdup_printf ("%s %s", mr_source_nick (step->source), step->host);
  g_autofree char *words = g_strdup_printf ("%s%s%s%s%s", _ (look->word), *step->host != '\0' ? " · " : "", step->host,
                                            *step->text != '\0' ? " · " : "", step->text);
  g_autofree char *markup = g_markup_escape_text (words, -1);
  g_autofree char *name = g_strdup_printf ("%s: %s", title, words);
  GtkWidget *row = g_hash_table_lookup (self->rows, key);

  if (row == NULL)
    row = make_step_row (self, key, title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  set_step_look (row, look);
  if (step->source != MR_SOURCE_PRESET)
    gtk_widget_set_visible (self->steps_group, TRUE);
}

/* ---- what came of it ---- */

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

static void
show_outcome (MrAssistantAddress *self, const char *title, const char *text)
{
  gtk_label_set_text (self->outcome_title, title);
  gtk_label_set_text (self->outcome_text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->outcome_text), *text != '\0');
  gtk_widget_set_visible (self->outcome_group, TRUE);
}

static void
show_help (MrAssistantAddress *self, const char *url)
{
  gboolean has = url != NULL && *url != '\0';

  g_free (self->help_url);
  self->help_url = g_strdup (url);
  gtk_widget_set_visible (self->help_button, has);
  if (has)
    gtk_widget_set_tooltip_text (self->help_button, url);
}

/* Settings that cannot work yet: what has to be done first is said here and not after a password was typed in vain. */
static void
show_blocked (MrAssistantAddress *self, const MrDiscoveryRecord *record)
{
  gboolean wants_client = mr_assistant_wants_client (record);
  const char *notice = record->notice != NULL && *record->notice != '\0' ? _ (record->notice) : NULL;
  const char *admin = record->admin_text != NULL && *record->admin_text != '\0' ? _ (record->admin_text) : NULL;
  const char *provider = record->provider_name != NULL ? record->provider_name : "";
  g_autofree char *title = wants_client ? g_strdup_printf (_ ("%s Needs a Registered Application"), provider)
                                        : g_strdup_printf (_ ("%s Lets No Other Program Send"), provider);

  if (notice == NULL)
    notice = wants_client ? _ ("This provider takes no password from programs: you have to sign in with the browser, "
                               "and for that an application must be registered once.")
                          : _ ("Use its own program, or send through another account.");
  g_free (self->provider);
  self->provider = g_strdup (record->provider);
  gtk_widget_set_visible (self->register_button, wants_client);
  gtk_widget_set_visible (self->admin_box, admin != NULL);
  gtk_label_set_text (self->admin_text, admin != NULL ? admin : "");
  mr_copy_button_set_text (self->admin_copy, admin);
  gtk_widget_set_visible (self->microsoft_button, FALSE);
  gtk_widget_set_visible (self->probe_button, FALSE);
  show_help (self, record->help_url);
  show_outcome (self, title, notice);
}

static void
show_nothing (MrAssistantAddress *self)
{
  gtk_widget_set_visible (self->register_button, FALSE);
  gtk_widget_set_visible (self->admin_box, FALSE);
  gtk_widget_set_visible (self->microsoft_button, TRUE);
  gtk_widget_set_visible (self->probe_button, TRUE);
  show_help (self, NULL);
  show_outcome (self, _ ("No Settings Found"),
                _ ("Neither Mail Relay nor the domain says which server takes its outgoing mail. Your provider's help "
                   "pages do: look for “SMTP”. Usual server names can be tried out, and Microsoft can be asked whether "
                   "the domain is one of its organisations; it then learns the domain."));
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
    show_blocked (self, g_ptr_array_index (self->results, 0));
  else
    show_nothing (self);
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
    show_nothing (self);
    show_outcome (self, _ ("The Search Failed"), error->message);
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
  clear_steps (self);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  self->search = g_cancellable_new ();
  set_busy (self, TRUE);
  mr_client_discover_async (mr_desk_get_client (self->desk), address, flags, step_cb, self, self->search, found_cb,
                            self);
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
  clear_steps (self);
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

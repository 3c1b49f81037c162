/* The rules are few: the list is made anew whenever they change. What is removed comes back with "Undo". */
#include "config.h"

#include "ui/hold-rules-window.h"

#include <glib/gi18n-lib.h>

#include "client/hold-calls.h"
#include "ui/toast.h"

#define MINUTE 60
#define HOUR   3600
#define DAY    86400

enum { VERB_KEEP, VERB_HOUR, VERB_DAY, VERB_OTHER, VERB_SEND };

struct _MrHoldRulesWindow {
  AdwWindow parent_instance;
  GtkListBox *list;
  GtkWidget *none_label, *cancel;
  AdwPreferencesGroup *form;
  AdwComboRow *kind, *verb;
  GtkWidget *minutes_row;
  GtkSpinButton *minutes; /* of VERB_OTHER */
  AdwEntryRow *match;
  GtkButton *save;
  MrDesk *desk;
  GCancellable *cancellable;
  MrHoldRuleRecord *edited;  /* NULL: the form makes a new one */
  MrHoldRuleRecord *removed; /* what "Undo" brings back */
  char *wanted;              /* id of the rule that the focus goes to; NULL */
  gboolean saving;           /* the form's rule is with the service */
};

G_DEFINE_FINAL_TYPE (MrHoldRulesWindow, mr_hold_rules_window, ADW_TYPE_WINDOW)

static void fetch (MrHoldRulesWindow *self);
static void show_form (MrHoldRulesWindow *self, const MrHoldRuleRecord *rule);
static void kind_changed_cb (MrHoldRulesWindow *self);

static MrClient *
client_of (MrHoldRulesWindow *self)
{
  return mr_desk_get_client (self->desk);
}

/* ---- writing ---- */

static void
set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = mr_client_set_hold_rule_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (id == NULL)
    mr_toast_show_error (data, _ ("Could not save the rule"), error);
  fetch (data);
}

/* What was typed stays in the form until the service has taken it: a refused rule is there to be mended. */
static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = mr_client_set_hold_rule_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrHoldRulesWindow *self = data;
  self->saving = FALSE;
  kind_changed_cb (self);
  if (id == NULL) {
    mr_toast_show_error (data, _ ("Could not save the rule"), error);
    gtk_widget_grab_focus (GTK_WIDGET (self->match));
    return;
  }
  show_form (self, NULL);
  fetch (self);
}

static void
set_rule (MrHoldRulesWindow *self, const MrHoldRuleRecord *rule)
{
  mr_client_set_hold_rule_async (client_of (self), rule, self->cancellable, set_cb, self);
}

static void
undo_clicked_cb (MrHoldRulesWindow *self)
{
  g_autoptr (MrHoldRuleRecord) rule = g_steal_pointer (&self->removed);

  if (rule != NULL)
    set_rule (self, rule);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_remove_hold_rule_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (ok)
    mr_toast_show_button (data, _ ("Rule removed; what it kept back stays kept back"), _ ("Undo"),
                          G_CALLBACK (undo_clicked_cb), data);
  else
    mr_toast_show_error (data, _ ("Could not remove the rule"), error);
  fetch (data);
}

/* ---- the form ---- */

static void
verb_changed_cb (MrHoldRulesWindow *self)
{
  gtk_widget_set_visible (self->minutes_row, adw_combo_row_get_selected (self->verb) == VERB_OTHER);
}

/* Seconds; 0: until a person lets it go. */
static gint64
chosen_time (MrHoldRulesWindow *self)
{
  switch (adw_combo_row_get_selected (self->verb)) {
  case VERB_HOUR:
    return HOUR;
  case VERB_DAY:
    return DAY;
  case VERB_OTHER:
    return (gint64)gtk_spin_button_get_value_as_int (self->minutes) * MINUTE;
  default:
    return 0;
  }
}

static void
show_form (MrHoldRulesWindow *self, const MrHoldRuleRecord *rule)
{
  g_autofree char *match = rule != NULL ? g_strjoinv (", ", rule->match) : g_strdup ("");
  guint verb = rule == NULL                  ? VERB_KEEP
               : rule->send                  ? VERB_SEND
               : rule->release_after == 0    ? VERB_KEEP
               : rule->release_after == HOUR ? VERB_HOUR
               : rule->release_after == DAY  ? VERB_DAY
                                             : VERB_OTHER;

  g_clear_pointer (&self->edited, mr_hold_rule_record_free);
  self->edited = rule != NULL ? mr_hold_rule_record_copy (rule) : NULL;
  adw_combo_row_set_selected (self->kind, rule != NULL ? (guint)rule->kind : MR_HOLD_RULE_RECIPIENT);
  gtk_editable_set_text (GTK_EDITABLE (self->match), match);
  if (verb == VERB_OTHER)
    gtk_spin_button_set_value (self->minutes, (double)((rule->release_after + MINUTE - 1) / MINUTE));
  adw_combo_row_set_selected (self->verb, verb);
  verb_changed_cb (self);
  adw_preferences_group_set_title (self->form, rule != NULL ? _ ("Change Rule") : _ ("New Rule"));
  gtk_button_set_label (self->save, rule != NULL ? _ ("Save Rule") : _ ("Add Rule"));
  gtk_widget_set_visible (self->cancel, rule != NULL);
}

static char **
split_match (MrHoldRulesWindow *self)
{
  g_auto (GStrv) words = g_strsplit_set (gtk_editable_get_text (GTK_EDITABLE (self->match)), ",;", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; words[i] != NULL; i++)
    if (*g_strstrip (words[i]) != '\0')
      g_strv_builder_add (builder, words[i]);
  return g_strv_builder_end (builder);
}

static void
kind_changed_cb (MrHoldRulesWindow *self)
{
  guint kind = adw_combo_row_get_selected (self->kind);
  g_auto (GStrv) match = split_match (self);

  gtk_widget_set_visible (GTK_WIDGET (self->match), kind != MR_HOLD_RULE_EVERYTHING);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->match), kind == MR_HOLD_RULE_PROGRAM
                                                                        ? _ ("Names of programs, with commas")
                                                                        : _ ("Addresses or domains, with commas"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->save),
                            !self->saving && (kind == MR_HOLD_RULE_EVERYTHING || match[0] != NULL));
}

static void
save_clicked_cb (MrHoldRulesWindow *self)
{
  g_autoptr (MrHoldRuleRecord) rule = self->edited != NULL ? mr_hold_rule_record_copy (self->edited)
                                                           : mr_hold_rule_record_new (NULL);

  rule->kind = (MrHoldRuleKind)adw_combo_row_get_selected (self->kind);
  g_strfreev (rule->match);
  rule->match = rule->kind == MR_HOLD_RULE_EVERYTHING ? g_new0 (char *, 1) : split_match (self);
  rule->send = adw_combo_row_get_selected (self->verb) == VERB_SEND;
  rule->release_after = chosen_time (self);
  self->saving = TRUE;
  kind_changed_cb (self);
  mr_client_set_hold_rule_async (client_of (self), rule, self->cancellable, saved_cb, self);
}

static void
cancel_clicked_cb (MrHoldRulesWindow *self)
{
  show_form (self, NULL);
}

/* ---- the list ---- */

static MrHoldRuleRecord *
rule_of (gpointer widget)
{
  return g_object_get_data (G_OBJECT (widget), "rule");
}

static void
switched_cb (GtkSwitch *sw, GParamSpec *pspec, MrHoldRulesWindow *self)
{
  MrHoldRuleRecord *rule = rule_of (sw);

  rule->disabled = !gtk_switch_get_active (sw);
  set_rule (self, rule);
}

static void
edit_clicked_cb (MrHoldRulesWindow *self, GtkWidget *button)
{
  show_form (self, rule_of (button));
  gtk_widget_grab_focus (GTK_WIDGET (self->kind));
}

static void
remove_clicked_cb (MrHoldRulesWindow *self, GtkWidget *button)
{
  const MrHoldRuleRecord *rule = rule_of (button);

  g_clear_pointer (&self->removed, mr_hold_rule_record_free);
  self->removed = mr_hold_rule_record_copy (rule);
  mr_client_remove_hold_rule_async (client_of (self), rule->id, self->cancellable, removed_cb, self);
}

static void
keep_rule (gpointer widget, const MrHoldRuleRecord *rule)
{
  g_object_set_data_full (G_OBJECT (widget), "rule", mr_hold_rule_record_copy (rule),
                          (GDestroyNotify)mr_hold_rule_record_free);
}

static void
add_button (MrHoldRulesWindow *self, GtkWidget *row, const MrHoldRuleRecord *rule, const char *icon, const char *name,
            GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  keep_rule (button, rule);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

/* In the largest unit that says it exactly. */
static char *
dup_after (gint64 seconds)
{
  gint64 minutes = (seconds + MINUTE - 1) / MINUTE;

  if (seconds % DAY == 0)
    return g_strdup_printf (
        ngettext ("Goes by itself after %u day", "Goes by itself after %u days", (gulong)(seconds / DAY)),
        (guint)(seconds / DAY));
  if (seconds % HOUR == 0)
    return g_strdup_printf (
        ngettext ("Goes by itself after %u hour", "Goes by itself after %u hours", (gulong)(seconds / HOUR)),
        (guint)(seconds / HOUR));
  return g_strdup_printf (
      ngettext ("Goes by itself after %u minute", "Goes by itself after %u minutes", (gulong)minutes), (guint)minutes);
}

static GtkWidget *
new_row (MrHoldRulesWindow *self, const MrHoldRuleRecord *rule)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *sw = gtk_switch_new ();
  g_autofree char *sentence = mr_hold_rule_dup_sentence (rule);
  g_autofree char *markup = g_markup_escape_text (sentence, -1);
  g_autofree char *edit = g_strdup_printf (_ ("Change the rule: %s"), sentence);
  g_autofree char *remove = g_strdup_printf (_ ("Remove the rule: %s"), sentence);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 4);
  if (rule->release_after > 0 && !rule->send) {
    g_autofree char *after = dup_after (rule->release_after);
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), after);
  }
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  add_button (self, row, rule, "document-edit-symbolic", edit, G_CALLBACK (edit_clicked_cb));
  add_button (self, row, rule, "user-trash-symbolic", remove, G_CALLBACK (remove_clicked_cb));
  gtk_switch_set_active (GTK_SWITCH (sw), !rule->disabled);
  gtk_widget_set_valign (sw, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (sw), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
  keep_rule (sw, rule);
  keep_rule (row, rule);
  g_signal_connect_object (sw, "notify::active", G_CALLBACK (switched_cb), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), sw);
  return row;
}

/* The row is its rule's; the first thing in it that takes the focus gets it, which scrolls there. */
static void
point_at_wanted (MrHoldRulesWindow *self)
{
  g_autofree char *wanted = g_steal_pointer (&self->wanted);
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  for (; wanted != NULL && row != NULL; row = gtk_widget_get_next_sibling (row))
    if (g_strcmp0 (rule_of (row)->id, wanted) == 0)
      gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = mr_client_list_hold_rules_finish (MR_CLIENT (source), result, &error);
  GtkWidget *child;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrHoldRulesWindow *self = data;
  if (rules == NULL) {
    mr_toast_show_error (data, _ ("Could not read the rules"), error);
    return;
  }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  for (guint i = 0; i < rules->len; i++)
    gtk_list_box_append (self->list, new_row (self, g_ptr_array_index (rules, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->list), rules->len > 0);
  gtk_widget_set_visible (self->none_label, rules->len == 0);
  point_at_wanted (self);
}

static void
fetch (MrHoldRulesWindow *self)
{
  mr_client_list_hold_rules_async (client_of (self), self->cancellable, listed_cb, self);
}

/* ---- class ---- */

static void
mr_hold_rules_window_dispose (GObject *object)
{
  MrHoldRulesWindow *self = MR_HOLD_RULES_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_hold_rules_window_parent_class)->dispose (object);
}

static void
mr_hold_rules_window_finalize (GObject *object)
{
  MrHoldRulesWindow *self = MR_HOLD_RULES_WINDOW (object);

  g_clear_object (&self->cancellable);
  mr_hold_rule_record_free (self->edited);
  mr_hold_rule_record_free (self->removed);
  g_free (self->wanted);
  G_OBJECT_CLASS (mr_hold_rules_window_parent_class)->finalize (object);
}

static void
mr_hold_rules_window_init (MrHoldRulesWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  show_form (self, NULL);
  kind_changed_cb (self);
}

static void
mr_hold_rules_window_class_init (MrHoldRulesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_hold_rules_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_hold_rules_window_finalize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/hold-rules-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, list);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, none_label);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, cancel);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, form);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, kind);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, verb);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, minutes_row);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, minutes);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, match);
  gtk_widget_class_bind_template_child (widget_class, MrHoldRulesWindow, save);
  gtk_widget_class_bind_template_callback (widget_class, kind_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, verb_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_hold_rules_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrHoldRulesWindow *self = g_object_new (MR_TYPE_HOLD_RULES_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  fetch (self);
  return GTK_WIDGET (self);
}

void
mr_hold_rules_window_point_at (MrHoldRulesWindow *self, const char *id)
{
  g_return_if_fail (MR_IS_HOLD_RULES_WINDOW (self));
  g_free (self->wanted);
  self->wanted = g_strdup (id);
}

/* The bar owns the filter of its list. What was chosen for the order is kept in the settings of the window; conditions are not: a list that hides
 * mail after a start would be worse than one that has to be narrowed again. Nor is the grouping: a group that is open is such a condition. */
#include "config.h"

#include "ui/list-bar.h"

#include <glib/gi18n-lib.h>

#include "ndr/states.h"
#include "ui/filter-popover.h"
#include "ui/format.h"
#include "ui/settings.h"

struct _MrListBar {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkSearchEntry *search;
  GtkMenuButton *filter_button, *sort_button;
  MrFilterPopover *popover;
  GtkFlowBox *chips;
  MrDesk *desk;
  GSettings *settings; /* NULL: no schema is installed */
  GSimpleActionGroup *actions;
  MrListFilter filter; /* strings owned */
};

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrListBar, mr_list_bar, GTK_TYPE_WIDGET)

/* ---- chips ---- */

/* What a chip takes away. */
typedef enum {
  CHIP_STATE,
  CHIP_NEEDS_PERSON,
  CHIP_WAIT,
  CHIP_ACCOUNT,
  CHIP_PROGRAM,
  CHIP_DOMAIN,
  CHIP_CAUSE,
  N_CHIPS
} Chip;

static void
drop (const char **word)
{
  g_free ((char *)*word);
  *word = NULL;
}

static void
clear_chip (MrListFilter *filter, Chip chip)
{
  switch (chip) {
  case CHIP_STATE:
    filter->state = -1;
    filter->held_only = FALSE;
    filter->hold_reason = MR_HOLD_NONE;
    break;
  case CHIP_NEEDS_PERSON:
    filter->needs_person = FALSE;
    break;
  case CHIP_WAIT:
    filter->wait_reason = MR_WAIT_NONE;
    break;
  case CHIP_ACCOUNT:
    drop (&filter->account);
    break;
  case CHIP_PROGRAM:
    drop (&filter->program);
    break;
  case CHIP_DOMAIN:
    drop (&filter->domain);
    break;
  case CHIP_CAUSE:
    drop (&filter->cause);
    break;
  case N_CHIPS:
  default:
    break;
  }
}

/* NULL: this filter is not in force. */
static char *
dup_chip_text (MrListBar *self, Chip chip)
{
  const MrListFilter *filter = &self->filter;
  const MrAccountRecord *account;

  switch (chip) {
  case CHIP_STATE:
    return filter->held_only || filter->hold_reason != MR_HOLD_NONE ? g_strdup (_ ("Kept back"))
           : filter->state >= 0 ? g_strdup (mr_state_word ((MrRecipientState)filter->state))
                                : NULL;
  case CHIP_NEEDS_PERSON:
    return filter->needs_person ? g_strdup (_ ("Needs a decision")) : NULL;
  case CHIP_WAIT:
    return filter->wait_reason != MR_WAIT_NONE ? g_strdup (mr_wait_reason_sentence (filter->wait_reason)) : NULL;
  case CHIP_ACCOUNT:
    account = filter->account != NULL ? mr_desk_find_account (self->desk, filter->account) : NULL;
    return account != NULL ? g_strdup (mr_format_account_name (account)) : g_strdup (filter->account);
  case CHIP_PROGRAM:
    return g_strdup (filter->program);
  case CHIP_DOMAIN:
    return g_strdup (filter->domain);
  case CHIP_CAUSE:
    if (g_strcmp0 (filter->cause, MR_LIST_NO_CAUSE) == 0)
      return g_strdup (_ ("Without a cause"));
    return filter->cause != NULL ? mr_cause_dup_title (mr_desk_get_diagnosis (self->desk), filter->cause, NULL) : NULL;
  case N_CHIPS:
  default:
    return NULL;
  }
}

static void apply (MrListBar *self);

static void
chip_clicked_cb (GtkButton *button, MrListBar *self)
{
  clear_chip (&self->filter, (Chip)GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "chip")));
  gtk_widget_grab_focus (GTK_WIDGET (self->search)); /* the chip is about to go */
  apply (self);
}

static GtkWidget *
chip_new (MrListBar *self, Chip chip, const char *text)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *label = gtk_label_new (text);
  g_autofree char *name = g_strdup_printf (_ ("Remove the filter “%s”"), text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("window-close-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "chip");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "chip", GUINT_TO_POINTER (chip));
  g_signal_connect (button, "clicked", G_CALLBACK (chip_clicked_cb), self);
  return button;
}

static void
fill_chips (MrListBar *self)
{
  GtkWidget *child;
  gboolean any = FALSE;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    gtk_flow_box_remove (self->chips, child);
  for (guint i = 0; i < N_CHIPS; i++) {
    g_autofree char *text = dup_chip_text (self, (Chip)i);

    if (text == NULL)
      continue;
    GtkWidget *cell = gtk_flow_box_child_new ();
    gtk_widget_set_focusable (cell, FALSE); /* the button takes the focus */
    gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (cell), chip_new (self, (Chip)i, text));
    gtk_flow_box_append (self->chips, cell);
    any = TRUE;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->chips), any);
  if (any)
    gtk_widget_add_css_class (GTK_WIDGET (self->filter_button), "accent");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->filter_button), "accent");
}

static void
apply (MrListBar *self)
{
  fill_chips (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* ---- search and filter ---- */

static void
search_changed_cb (MrListBar *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  if (g_strcmp0 (self->filter.search != NULL ? self->filter.search : "", text) == 0)
    return;
  drop (&self->filter.search);
  self->filter.search = *text != '\0' ? g_strdup (text) : NULL;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
search_stopped_cb (MrListBar *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_child_focus (gtk_widget_get_parent (GTK_WIDGET (self)), GTK_DIR_TAB_FORWARD);
}

static void
popover_changed_cb (MrListBar *self)
{
  mr_filter_popover_apply (self->popover, &self->filter);
  apply (self);
}

static void
popover_shown_cb (MrListBar *self)
{
  if (self->desk != NULL)
    mr_filter_popover_show_filter (self->popover, &self->filter);
}

void
mr_list_bar_clear (MrListBar *self)
{
  g_return_if_fail (MR_IS_LIST_BAR (self));

  for (guint i = 0; i < N_CHIPS; i++)
    clear_chip (&self->filter, (Chip)i);
  drop (&self->filter.search);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  apply (self);
}

const MrListFilter *
mr_list_bar_get_filter (MrListBar *self)
{
  g_return_val_if_fail (MR_IS_LIST_BAR (self), NULL);
  return &self->filter;
}

void
mr_list_bar_focus_search (MrListBar *self)
{
  g_return_if_fail (MR_IS_LIST_BAR (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

void
mr_list_bar_capture_keys (MrListBar *self, GtkWidget *list)
{
  g_return_if_fail (MR_IS_LIST_BAR (self));
  gtk_search_entry_set_key_capture_widget (self->search, list);
}

/* ---- order ---- */

static void
set_order (MrListBar *self, MrListSort sort, gboolean reverse)
{
  self->filter.sort = sort;
  self->filter.ascending = mr_list_sort_is_ascending (sort) != reverse;
  gtk_menu_button_set_icon_name (self->sort_button, self->filter.ascending ? "view-sort-ascending-symbolic"
                                                                           : "view-sort-descending-symbolic");
}

static const char *
order_key (MrListBar *self)
{
  return self->filter.kind == MR_LIST_HISTORY ? "history-order" : "outbox-order";
}

static void
order_changed_cb (MrListBar *self)
{
  g_autoptr (GVariant) sort = g_action_group_get_action_state (G_ACTION_GROUP (self->actions), "sort");
  g_autoptr (GVariant) reverse = g_action_group_get_action_state (G_ACTION_GROUP (self->actions), "reverse");
  MrListSort wanted = MR_LIST_SORT_TIME;

  (void)mr_list_sort_from_nick (g_variant_get_string (sort, NULL), &wanted);
  set_order (self, wanted, g_variant_get_boolean (reverse));
  if (self->settings != NULL)
    g_settings_set (self->settings, order_key (self), "(sb)", mr_list_sort_nick (wanted),
                    g_variant_get_boolean (reverse));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
group_changed_cb (MrListBar *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

gboolean
mr_list_bar_get_group (MrListBar *self, MrFacet *ret_facet, const char **ret_value)
{
  g_return_val_if_fail (MR_IS_LIST_BAR (self), FALSE);

  if (self->desk == NULL)
    return FALSE;
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (self->actions), "group");
  if (!mr_facet_from_nick (g_variant_get_string (state, NULL), ret_facet))
    return FALSE;
  *ret_value = *ret_facet == MR_FACET_CAUSE ? self->filter.cause : self->filter.domain;
  return TRUE;
}

void
mr_list_bar_open_group (MrListBar *self, const char *value)
{
  MrFacet facet;
  const char *old;

  g_return_if_fail (MR_IS_LIST_BAR (self));
  if (!mr_list_bar_get_group (self, &facet, &old))
    return;
  const char **word = facet == MR_FACET_CAUSE ? &self->filter.cause : &self->filter.domain;
  drop (word);
  *word = g_strdup (value);
  apply (self);
}

static void
load_order (MrListBar *self)
{
  MrListSort sort = MR_LIST_SORT_TIME;
  gboolean reverse = FALSE;

  if (self->settings != NULL) {
    g_autofree char *nick = NULL;

    g_settings_get (self->settings, order_key (self), "(sb)", &nick, &reverse);
    (void)mr_list_sort_from_nick (nick, &sort);
  }
  set_order (self, sort, reverse);
  g_autoptr (GSimpleAction) by = g_simple_action_new_stateful ("sort", G_VARIANT_TYPE_STRING,
                                                               g_variant_new_string (mr_list_sort_nick (sort)));
  g_autoptr (GSimpleAction) other = g_simple_action_new_stateful ("reverse", NULL, g_variant_new_boolean (reverse));
  g_autoptr (GSimpleAction) group = g_simple_action_new_stateful ("group", G_VARIANT_TYPE_STRING,
                                                                  g_variant_new_string ("none"));
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (group));
  g_signal_connect_object (group, "notify::state", G_CALLBACK (group_changed_cb), self, G_CONNECT_SWAPPED);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (by));
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (other));
  g_signal_connect_object (by, "notify::state", G_CALLBACK (order_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (other, "notify::state", G_CALLBACK (order_changed_cb), self, G_CONNECT_SWAPPED);
}

void
mr_list_bar_set_desk (MrListBar *self, MrDesk *desk, MrListKind kind)
{
  g_return_if_fail (MR_IS_LIST_BAR (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
  self->filter.kind = kind;
  mr_filter_popover_set_desk (self->popover, desk, kind);
  load_order (self);
}

/* ---- class ---- */

static void
mr_list_bar_dispose (GObject *object)
{
  MrListBar *self = MR_LIST_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->desk);
  g_clear_object (&self->settings);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (mr_list_bar_parent_class)->dispose (object);
}

static void
mr_list_bar_finalize (GObject *object)
{
  mr_list_filter_clear (&MR_LIST_BAR (object)->filter);
  G_OBJECT_CLASS (mr_list_bar_parent_class)->finalize (object);
}

static void
mr_list_bar_init (MrListBar *self)
{
  self->filter.state = -1;
  self->settings = mr_settings_new ();
  self->actions = g_simple_action_group_new ();
  gtk_widget_insert_action_group (GTK_WIDGET (self), "list", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_list_bar_class_init (MrListBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_list_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_list_bar_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  g_type_ensure (MR_TYPE_FILTER_POPOVER);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/list-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MrListBar, box);
  gtk_widget_class_bind_template_child (widget_class, MrListBar, search);
  gtk_widget_class_bind_template_child (widget_class, MrListBar, filter_button);
  gtk_widget_class_bind_template_child (widget_class, MrListBar, sort_button);
  gtk_widget_class_bind_template_child (widget_class, MrListBar, popover);
  gtk_widget_class_bind_template_child (widget_class, MrListBar, chips);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, popover_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, popover_shown_cb);
}

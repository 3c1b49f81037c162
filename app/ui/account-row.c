/* A row of the accounts page. Immutable: a changed account is a new row. */
#include "config.h"

#include "ui/account-row.h"

#include <glib/gi18n-lib.h>

#include "ndr/states.h"
#include "ui/account-form.h"
#include "ui/format.h"

struct _MrAccountRow {
  GtkListBoxRow parent_instance;
  GtkImage *icon;
  GtkLabel *badge, *name, *default_tag, *addresses, *state, *used, *sentence, *reply;
  GtkButton *remedy;
  GtkMenuButton *menu_button;
  GtkSwitch *sending;

  char *id;
  char *badge_style, *menu_about;
  const char *state_style, *remedy_action; /* static */
};

G_DEFINE_FINAL_TYPE (MrAccountRow, mr_account_row, GTK_TYPE_LIST_BOX_ROW)

static void
remedy_clicked_cb (MrAccountRow *self)
{
  if (g_str_equal (self->remedy_action, "win.edit-account") || g_str_equal (self->remedy_action, "win.sign-in-account"))
    gtk_widget_activate_action (GTK_WIDGET (self), self->remedy_action, "s", self->id);
  else if (g_str_equal (self->remedy_action, "win.pause-account"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.pause-account", "(sb)", self->id, FALSE);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), self->remedy_action, NULL);
}

static void
set_remedy (MrAccountRow *self, MrAccountState state)
{
  const char *label = NULL;

  switch (state) {
  case MR_ACCOUNT_READY:
    break;
  case MR_ACCOUNT_PASSWORD_REFUSED:
  case MR_ACCOUNT_NO_PASSWORD:
    label = _ ("Enter the Password…");
    self->remedy_action = "win.edit-account";
    break;
  case MR_ACCOUNT_NEEDS_SIGN_IN:
    label = _ ("Sign In…");
    self->remedy_action = "win.sign-in-account";
    break;
  case MR_ACCOUNT_KEYRING_LOCKED:
    label = _ ("Unlock…");
    self->remedy_action = "win.unlock-keyring";
    break;
  case MR_ACCOUNT_KEYRING_SLOW:
    label = _ ("Try Again");
    self->remedy_action = "win.check-keyring";
    break;
  case MR_ACCOUNT_NO_KEYRING:
    label = _ ("Where Passwords Are Kept…");
    self->remedy_action = "win.choose-secrets";
    break;
  case MR_ACCOUNT_PAUSED:
    label = _ ("Go On");
    self->remedy_action = "win.pause-account";
    break;
  case MR_ACCOUNT_HOST_UNKNOWN:
  case MR_ACCOUNT_TLS_TROUBLE:
  case MR_ACCOUNT_SENDER_REFUSED:
  case MR_ACCOUNT_N_STATES:
  default:
    label = _ ("Open the Account…");
    self->remedy_action = "win.edit-account";
    break;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->remedy), label != NULL);
  if (label != NULL)
    gtk_button_set_label (self->remedy, label);
}

static void
append_action (GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

/* Going on, or the times that one may pause for: as in the menu of all sending. */
static GMenuModel *
new_pause_section (const MrAccountRecord *account)
{
  GMenu *menu = g_menu_new ();

  if (account->paused) {
    append_action (menu, _ ("_Go On"), "win.pause-account", g_variant_new ("(sb)", account->id, FALSE));
    return G_MENU_MODEL (menu);
  }
  append_action (menu, _ ("Pause for an _Hour"), "win.pause-account-for", g_variant_new ("(ss)", account->id, "hour"));
  append_action (menu, _ ("Pause Until _Tomorrow Morning"), "win.pause-account-for",
                 g_variant_new ("(ss)", account->id, "tomorrow"));
  append_action (menu, _ ("Pause Until I _Go On"), "win.pause-account-for", g_variant_new ("(ss)", account->id, ""));
  return G_MENU_MODEL (menu);
}

/* A new menu closes the one that is open under a person's hand: only where it differs. */
static void
set_menu (MrAccountRow *self, const MrAccountRecord *account)
{
  g_autofree char *about = g_strdup_printf ("%d%d %s", account->paused, account->is_default,
                                            mr_format_account_name (account));

  if (g_strcmp0 (about, self->menu_about) == 0)
    return;
  g_free (self->menu_about);
  self->menu_about = g_steal_pointer (&about);

  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();
  g_autoptr (GMenuModel) pause = new_pause_section (account);
  g_autofree char *title = g_strdup_printf (_ ("Actions for %s"), mr_format_account_name (account));

  append_action (menu, _ ("_Edit…"), "win.edit-account", g_variant_new_string (account->id));
  append_action (menu, _ ("Send a _Test Message to Myself"), "win.test-message", g_variant_new_string (account->id));
  if (!account->is_default)
    append_action (menu, _ ("Make _Default"), "win.set-default-account", g_variant_new_string (account->id));
  g_menu_append_section (menu, NULL, pause);
  append_action (more, _ ("Move _Up"), "win.move-account", g_variant_new ("(si)", account->id, -1));
  append_action (more, _ ("Move Do_wn"), "win.move-account", g_variant_new ("(si)", account->id, 1));
  append_action (more, _ ("_Remove…"), "win.remove-account", g_variant_new_string (account->id));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  gtk_menu_button_set_menu_model (self->menu_button, G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu_button), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/* ---- order ---- */

static GdkContentProvider *
drag_prepare_cb (GtkDragSource *source, double x, double y, MrAccountRow *self)
{
  return gdk_content_provider_new_typed (MR_TYPE_ACCOUNT_ROW, self);
}

static void
drag_begin_cb (GtkDragSource *source, GdkDrag *drag, MrAccountRow *self)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (self));

  gtk_drag_source_set_icon (source, picture, 12, 12);
}

/* The account takes the place of the one that it is dropped on. */
static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, MrAccountRow *self)
{
  MrAccountRow *dragged = g_value_get_object (value);

  if (dragged == NULL || dragged == self)
    return FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.place-account", "(si)", dragged->id,
                              gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (self)));
  return TRUE;
}

static gboolean
move_cb (GtkWidget *widget, GVariant *delta, gpointer data)
{
  return gtk_widget_activate_action (widget, "win.move-account", "(si)", MR_ACCOUNT_ROW (widget)->id,
                                     g_variant_get_int32 (delta));
}

static void
add_drag_and_drop (MrAccountRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (MR_TYPE_ACCOUNT_ROW, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (drag_prepare_cb), self, 0);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (drag_begin_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* ---- what it shows ---- */

static gboolean
sending_set_cb (MrAccountRow *self, gboolean sending)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.pause-account", "(sb)", self->id, !sending);
  return FALSE;
}

static void
set_badge (MrAccountRow *self, const MrAccountRecord *account)
{
  g_autofree char *letter = mr_account_form_letter (mr_format_account_name (account));
  const char *colour = mr_account_form_colour (mr_account_form_colour_index (account->colour));
  g_autofree char *style = *colour != '\0' ? g_strconcat ("badge-", colour, NULL) : NULL;

  gtk_label_set_text (self->badge, letter);
  if (self->badge_style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->badge), self->badge_style);
  g_free (self->badge_style);
  self->badge_style = g_steal_pointer (&style);
  if (self->badge_style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->badge), self->badge_style);
}

static void
set_used (MrAccountRow *self, const MrAccountRecord *account)
{
  g_autofree char *used = mr_format_account_use (account);

  gtk_label_set_text (self->used, used);
  gtk_widget_set_visible (GTK_WIDGET (self->used),
                          account->used_day > 0 || account->limit_day > 0 || account->limit_minute > 0);
}

static void
set_sending (MrAccountRow *self, const MrAccountRecord *account)
{
  g_autofree char *name = g_strdup_printf (_ ("Send through %s"), mr_format_account_name (account));

  g_signal_handlers_block_by_func (self->sending, sending_set_cb, self);
  gtk_switch_set_active (self->sending, !account->paused);
  g_signal_handlers_unblock_by_func (self->sending, sending_set_cb, self);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sending),
                               account->paused ? _ ("Paused: mail waits") : _ ("Mail is sent"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sending), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static const char *
sentence_of (const MrAccountRecord *account, gint64 now)
{
  if (account->state == MR_ACCOUNT_PAUSED && account->paused_until > now)
    return _ ("Mail for this account waits until then, or until you go on.");
  return account->state != MR_ACCOUNT_READY ? mr_account_state_sentence (account->state) : "";
}

static void
set_style (MrAccountRow *self, const char *style)
{
  GtkWidget *widgets[] = { GTK_WIDGET (self->icon), GTK_WIDGET (self->state) };

  for (guint i = 0; i < G_N_ELEMENTS (widgets); i++) {
    if (self->state_style != NULL)
      gtk_widget_remove_css_class (widgets[i], self->state_style);
    gtk_widget_add_css_class (widgets[i], style);
  }
  self->state_style = style;
}

void
mr_account_row_update (MrAccountRow *self, const MrAccountRecord *account, gint64 now)
{
  g_return_if_fail (MR_IS_ACCOUNT_ROW (self));
  g_return_if_fail (g_str_equal (account->id, self->id));

  const char *name = mr_format_account_name (account);
  g_autofree char *addresses = account->addresses != NULL ? g_strjoinv (", ", account->addresses) : g_strdup ("");
  const char *through = account->kind == MR_ACCOUNT_DIRECT ? _ ("without a provider") : account->host;
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", addresses, through != NULL ? through : "");
  g_autofree char *word = mr_account_dup_signature (account, now);
  const char *sentence = sentence_of (account, now);
  g_autofree char *state = account->waiting > 0 ? g_strdup_printf (
                               ngettext ("%s · %u recipient waits", "%s · %u recipients wait", account->waiting), word,
                               account->waiting)
                                                : g_strdup (word);
  gboolean has_reply = account->reply.code > 0
                       && (account->state == MR_ACCOUNT_PASSWORD_REFUSED || account->state == MR_ACCOUNT_SENDER_REFUSED
                           || account->state == MR_ACCOUNT_TLS_TROUBLE);
  g_autofree char *row_name = g_strdup_printf ("%s, %s", name, state);

  set_badge (self, account);
  set_used (self, account);
  set_sending (self, account);
  gtk_image_set_from_icon_name (self->icon, mr_format_account_icon (account->state));
  set_style (self, mr_format_account_style (account->state));
  gtk_label_set_text (self->name, name);
  gtk_widget_set_visible (GTK_WIDGET (self->default_tag), account->is_default);
  gtk_label_set_text (self->addresses, subtitle);
  gtk_label_set_text (self->state, state);
  gtk_label_set_text (self->sentence, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), *sentence != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->reply), has_reply);
  if (has_reply) {
    g_autofree char *reply = g_strdup_printf (
        "%u %s%s%s", account->reply.code, account->reply.enhanced != NULL ? account->reply.enhanced : "",
        account->reply.enhanced != NULL ? " " : "", account->reply.text != NULL ? account->reply.text : "");
    gtk_label_set_text (self->reply, reply);
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, row_name, -1);
  set_remedy (self, account->state);
  set_menu (self, account);
}

static void
mr_account_row_finalize (GObject *object)
{
  MrAccountRow *self = MR_ACCOUNT_ROW (object);

  g_free (self->id);
  g_free (self->badge_style);
  g_free (self->menu_about);
  G_OBJECT_CLASS (mr_account_row_parent_class)->finalize (object);
}

static void
mr_account_row_init (MrAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_drag_and_drop (self);
  g_signal_connect_object (self->sending, "state-set", G_CALLBACK (sending_set_cb), self, G_CONNECT_SWAPPED);
}

static void
mr_account_row_class_init (MrAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mr_account_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, badge);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, used);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, sending);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, name);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, default_tag);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, addresses);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, state);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, reply);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, remedy);
  gtk_widget_class_bind_template_child (widget_class, MrAccountRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, remedy_clicked_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, GDK_ALT_MASK, move_cb, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, GDK_ALT_MASK, move_cb, "i", 1);
}

GtkWidget *
mr_account_row_new (const MrAccountRecord *account, gint64 now)
{
  MrAccountRow *self = g_object_new (MR_TYPE_ACCOUNT_ROW, NULL);

  self->id = g_strdup (account->id);
  mr_account_row_update (self, account, now);
  return GTK_WIDGET (self);
}

const char *
mr_account_row_get_id (MrAccountRow *self)
{
  g_return_val_if_fail (MR_IS_ACCOUNT_ROW (self), NULL);
  return self->id;
}

/* Pausing for a while, and keeping all new mail back: the window's actions. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/hold-calls.h"
#include "client/times.h"
#include "ui/hold-rules-window.h"
#include "ui/toast.h"
#include "ui/window-private.h"

#define EVERYTHING "everything" /* id of the rule that the one click makes */

static MrClient *
client_of (MrWindow *self)
{
  return mr_desk_get_client (self->desk);
}

/* ---- pausing ---- */

static void
paused_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!mr_client_pause_finish (MR_CLIENT (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mr_toast_show_error (data, _ ("Could not change that"), error);
}

/* account NULL: all sending. how: "hour", "tomorrow", "" */
static void
pause_for (MrWindow *self, const char *account, const char *how)
{
  gint64 now = mr_desk_now (self->desk);
  gint64 until = g_str_equal (how, "hour")       ? now + G_TIME_SPAN_HOUR
                 : g_str_equal (how, "tomorrow") ? mr_time_morning (now, 1)
                                                 : 0;

  mr_client_pause_async (client_of (self), account, until, self->cancellable, paused_cb, self);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pause_for (MR_WINDOW (widget), NULL, g_variant_get_string (parameter, NULL));
}

static void
pause_account_for_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *account, *how;

  g_variant_get (parameter, "(&s&s)", &account, &how);
  pause_for (MR_WINDOW (widget), account, how);
}

static GtkWidget *
new_pause_popover (MrWindow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *popover;

  g_menu_append (menu, _ ("Pause for an _Hour"), "win.pause::hour");
  g_menu_append (menu, _ ("Pause Until _Tomorrow Morning"), "win.pause::tomorrow");
  g_menu_append (menu, _ ("Pause Until I _Go On"), "win.pause::");
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (popover, GTK_WIDGET (self->pause_button));
  return popover;
}

/* The button of the header: goes on where sending is paused, else asks for how long. */
static void
pause_menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  const MrServiceStatus *status = mr_desk_get_status (self->desk);

  if (status == NULL)
    return;
  if (status->paused) {
    gtk_widget_activate_action (widget, "win.toggle-paused", NULL);
    return;
  }
  if (self->pause_popover == NULL)
    self->pause_popover = new_pause_popover (self);
  gtk_popover_popup (GTK_POPOVER (self->pause_popover));
}

/* ---- keeping back ---- */

static void
rule_set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = mr_client_set_hold_rule_finish (MR_CLIENT (source), result, &error);

  if (id == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mr_toast_show_error (data, _ ("Could not change that"), error);
}

static void
keep_everything_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  g_autoptr (MrHoldRuleRecord) rule = mr_hold_rule_record_new (EVERYTHING);

  mr_client_set_hold_rule_async (client_of (self), rule, self->cancellable, rule_set_cb, self);
}

/* Every rule that keeps everything is switched off, whoever made it. */
static void
rules_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = mr_client_list_hold_rules_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrWindow *self = data;
  if (rules == NULL) {
    mr_toast_show_error (data, _ ("Could not change that"), error);
    return;
  }
  for (guint i = 0; i < rules->len; i++) {
    MrHoldRuleRecord *rule = g_ptr_array_index (rules, i);

    if (rule->kind != MR_HOLD_RULE_EVERYTHING || rule->send || rule->disabled)
      continue;
    rule->disabled = TRUE;
    mr_client_set_hold_rule_async (client_of (self), rule, self->cancellable, rule_set_cb, self);
  }
}

static void
send_everything_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  mr_client_list_hold_rules_async (client_of (self), self->cancellable, rules_cb, self);
}

static void
hold_rules_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (mr_hold_rules_window_new (self->desk, GTK_WINDOW (self))));
}

static void
hold_rule_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *window = mr_hold_rules_window_new (MR_WINDOW (widget)->desk, GTK_WINDOW (widget));

  mr_hold_rules_window_point_at (MR_HOLD_RULES_WINDOW (window), g_variant_get_string (parameter, NULL));
  gtk_window_present (GTK_WINDOW (window));
}

void
mr_window_update_hold_actions (MrWindow *self)
{
  const MrServiceStatus *status = mr_desk_get_status (self->desk);
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "win.pause", status != NULL && !status->paused);
  gtk_widget_action_set_enabled (widget, "win.pause-menu", status != NULL);
  gtk_widget_action_set_enabled (widget, "win.keep-everything", status != NULL && !status->keeps_everything);
  gtk_widget_action_set_enabled (widget, "win.send-everything", status != NULL && status->keeps_everything);
}

void
mr_window_install_hold_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.pause", "s", pause_action);
  gtk_widget_class_install_action (widget_class, "win.pause-account-for", "(ss)", pause_account_for_action);
  gtk_widget_class_install_action (widget_class, "win.pause-menu", NULL, pause_menu_action);
  gtk_widget_class_install_action (widget_class, "win.keep-everything", NULL, keep_everything_action);
  gtk_widget_class_install_action (widget_class, "win.send-everything", NULL, send_everything_action);
  gtk_widget_class_install_action (widget_class, "win.hold-rules", NULL, hold_rules_action);
  gtk_widget_class_install_action (widget_class, "win.hold-rule", "s", hold_rule_action);
}

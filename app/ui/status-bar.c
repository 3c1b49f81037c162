/* Shows a notice and starts its action by name. */
#include "config.h"

#include "ui/status-bar.h"

struct _MrStatusBar {
  GtkWidget parent_instance;
  GtkRevealer *revealer;
  GtkWidget *bar;
  GtkImage *icon;
  GtkLabel *text;
  GtkButton *button;
  const char *style;
  char *action;
};

G_DEFINE_FINAL_TYPE (MrStatusBar, mr_status_bar, GTK_TYPE_WIDGET)

static void
button_clicked_cb (MrStatusBar *self)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (self->action != NULL && g_action_parse_detailed_name (self->action, &name, &target, NULL))
    gtk_widget_activate_action_variant (GTK_WIDGET (self), name, target);
}

void
mr_status_bar_set_notice (MrStatusBar *self, const MrNotice *notice)
{
  static const char *const styles[] = { NULL, "info", "warning", "error" };

  g_return_if_fail (MR_IS_STATUS_BAR (self));
  gtk_revealer_set_reveal_child (self->revealer, notice->level != MR_NOTICE_NONE);
  if (notice->level == MR_NOTICE_NONE) {
    /* The button must not be reached by the keyboard while the bar is closed. */
    gtk_widget_set_visible (GTK_WIDGET (self->button), FALSE);
    return;
  }
  if (self->style != NULL)
    gtk_widget_remove_css_class (self->bar, self->style);
  self->style = styles[notice->level];
  gtk_widget_add_css_class (self->bar, self->style);
  gtk_image_set_from_icon_name (self->icon, notice->icon);
  gtk_label_set_text (self->text, notice->text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, notice->text, -1);
  g_free (self->action);
  self->action = g_strdup (notice->action);
  gtk_widget_set_visible (GTK_WIDGET (self->button), notice->button != NULL);
  if (notice->button != NULL)
    gtk_button_set_label (self->button, notice->button);
}

static void
mr_status_bar_dispose (GObject *object)
{
  MrStatusBar *self = MR_STATUS_BAR (object);

  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->revealer)));
  g_clear_pointer (&self->action, g_free);
  G_OBJECT_CLASS (mr_status_bar_parent_class)->dispose (object);
}

static void
mr_status_bar_init (MrStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_status_bar_class_init (MrStatusBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_status_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MrStatusBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, MrStatusBar, bar);
  gtk_widget_class_bind_template_child (widget_class, MrStatusBar, icon);
  gtk_widget_class_bind_template_child (widget_class, MrStatusBar, text);
  gtk_widget_class_bind_template_child (widget_class, MrStatusBar, button);
  gtk_widget_class_bind_template_callback (widget_class, button_clicked_cb);
}

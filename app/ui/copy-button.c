/* A copy button. The text is not a secret's place: what is shown once (a program's password) is set and cleared by its owner. */
#include "config.h"

#include "ui/copy-button.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/secret.h"
#include "ui/toast.h"

struct _MrCopyButton {
  GtkButton parent_instance;
  char *text;
  char *what;
};

G_DEFINE_FINAL_TYPE (MrCopyButton, mr_copy_button, GTK_TYPE_BUTTON)

enum { PROP_0, PROP_TEXT, PROP_WHAT, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
copy_clicked_cb (MrCopyButton *self)
{
  if (self->text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->text);
  mr_toast_show (GTK_WIDGET (self), _ ("Copied"));
}

static void
set_what (MrCopyButton *self, const char *what)
{
  g_free (self->what);
  self->what = g_strdup (what != NULL ? what : _ ("Copy"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->what);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->what, -1);
}

static void
mr_copy_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MrCopyButton *self = MR_COPY_BUTTON (object);

  switch (id) {
  case PROP_TEXT:
    g_value_set_string (value, self->text);
    break;
  case PROP_WHAT:
    g_value_set_string (value, self->what);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mr_copy_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MrCopyButton *self = MR_COPY_BUTTON (object);

  switch (id) {
  case PROP_TEXT:
    mr_copy_button_set_text (self, g_value_get_string (value));
    break;
  case PROP_WHAT:
    set_what (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mr_copy_button_finalize (GObject *object)
{
  MrCopyButton *self = MR_COPY_BUTTON (object);

  g_free (self->text);
  g_free (self->what);
  G_OBJECT_CLASS (mr_copy_button_parent_class)->finalize (object);
}

static void
mr_copy_button_init (MrCopyButton *self)
{
  gtk_button_set_icon_name (GTK_BUTTON (self), "edit-copy-symbolic");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self), "flat");
  set_what (self, NULL);
  g_signal_connect (self, "clicked", G_CALLBACK (copy_clicked_cb), NULL);
}

static void
mr_copy_button_class_init (MrCopyButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mr_copy_button_get_property;
  object_class->set_property = mr_copy_button_set_property;
  object_class->finalize = mr_copy_button_finalize;
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_WHAT] = g_param_spec_string ("what", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

GtkWidget *
mr_copy_button_new (const char *text, const char *what)
{
  return g_object_new (MR_TYPE_COPY_BUTTON, "text", text, "what", what, NULL);
}

void
mr_copy_button_set_text (MrCopyButton *self, const char *text)
{
  g_return_if_fail (MR_IS_COPY_BUTTON (self));
  if (self->text != NULL)
    mr_wipe (self->text, strlen (self->text));
  g_free (self->text);
  self->text = g_strdup (text);
  gtk_widget_set_sensitive (GTK_WIDGET (self), text != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

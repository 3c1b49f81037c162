/* Finding the overlay is the only thing here: widgets deep in a page do not know their window. */
#include "config.h"

#include "ui/toast.h"

#include <mailrelay/types.h>

#include <gio/gio.h>

#define ERROR_SECONDS  8
#define BUTTON_SECONDS 14

static AdwToastOverlay *
find_overlay (GtkWidget *from)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (from, ADW_TYPE_TOAST_OVERLAY);

  if (overlay != NULL)
    return ADW_TOAST_OVERLAY (overlay);
  GtkRoot *root = gtk_widget_get_root (from);
  GtkWidget *content = NULL;
  if (ADW_IS_APPLICATION_WINDOW (root))
    content = adw_application_window_get_content (ADW_APPLICATION_WINDOW (root));
  else if (ADW_IS_WINDOW (root))
    content = adw_window_get_content (ADW_WINDOW (root));
  return ADW_IS_TOAST_OVERLAY (content) ? ADW_TOAST_OVERLAY (content) : NULL;
}

/* GTK 4.8 has no way to have something read out, and a toast is none that a screen reader is told of. So the words stand in a status label as well,
 * which is there for nobody's eyes: one point high, below everything. */
static void
say (AdwToastOverlay *overlay, const char *text)
{
  GtkWidget *box = adw_toast_overlay_get_child (overlay);
  GtkWidget *label = g_object_get_data (G_OBJECT (overlay), "status-label");

  if (label == NULL && GTK_IS_BOX (box)) {
    label = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS, "ellipsize",
                          PANGO_ELLIPSIZE_END, "single-line-mode", TRUE, NULL);
    gtk_widget_add_css_class (label, "only-spoken");
    gtk_widget_set_can_target (label, FALSE);
    gtk_box_append (GTK_BOX (box), label);
    g_object_set_data (G_OBJECT (overlay), "status-label", label);
  }
  if (label == NULL)
    return;
  /* The same words once more are news, too. */
  gtk_label_set_text (GTK_LABEL (label), "");
  gtk_label_set_text (GTK_LABEL (label), text);
}

/* A toast's title is markup, and what it shows may be a server's words. */
static AdwToast *
make_toast (AdwToastOverlay *overlay, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  say (overlay, text);
  return adw_toast_new (markup);
}

void
mr_toast_show (GtkWidget *from, const char *text)
{
  AdwToastOverlay *overlay = find_overlay (from);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (overlay, make_toast (overlay, text));
}

void
mr_toast_show_button (GtkWidget *from, const char *text, const char *button, GCallback callback, GObject *object)
{
  AdwToastOverlay *overlay = find_overlay (from);

  if (overlay == NULL)
    return;
  AdwToast *toast = make_toast (overlay, text);
  adw_toast_set_button_label (toast, button);
  adw_toast_set_timeout (toast, BUTTON_SECONDS); /* to be read, thought about and reached by keyboard */
  /* It belongs to what was done just now: it does not wait behind others. */
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect_object (toast, "button-clicked", callback, object, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (overlay, toast);
}

void
mr_toast_show_error (GtkWidget *from, const char *what, const GError *error)
{
  AdwToastOverlay *overlay = find_overlay (from);

  if (overlay == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, MR_ERROR, MR_ERROR_CANCELLED))
    return;
  g_autofree char *text = g_strdup_printf ("%s: %s", what, error != NULL ? error->message : "?");
  AdwToast *toast = make_toast (overlay, text);
  adw_toast_set_timeout (toast, ERROR_SECONDS);
  adw_toast_overlay_add_toast (overlay, toast);
}

/* A link may come from a provider's answer: only web pages are opened. */
#include "config.h"

#include "ui/open-link.h"

#include <glib/gi18n-lib.h>

#include "ui/toast.h"

gboolean
mr_link_may_be_opened (const char *url)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return FALSE;
  if (g_str_equal (g_uri_get_scheme (uri), "https"))
    return TRUE;
  const char *host = g_uri_get_host (uri);
  return g_str_equal (g_uri_get_scheme (uri), "http")
         && (g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1") || g_str_equal (host, "localhost"));
}

typedef struct {
  GtkWidget *from;
  char *url;
} Opening;

static void
copy_cb (GtkWidget *from)
{
  const char *url = g_object_get_data (G_OBJECT (from), "mr-link");

  if (url != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (from), url);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Opening *opening = data;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_object_set_data_full (G_OBJECT (opening->from), "mr-link", g_strdup (opening->url), g_free);
    mr_toast_show_button (opening->from, _ ("No browser could be opened"), _ ("Copy the Address"), G_CALLBACK (copy_cb),
                          G_OBJECT (opening->from));
  }
  g_object_unref (opening->from);
  g_free (opening->url);
  g_free (opening);
}

static void
open_page (GtkWidget *from, const char *url)
{
  GtkRoot *root = gtk_widget_get_root (from);

  if (!GTK_IS_WINDOW (root))
    return;
  Opening *opening = g_new0 (Opening, 1);
  opening->from = g_object_ref (from);
  opening->url = g_strdup (url);
  gtk_show_uri_full (GTK_WINDOW (root), url, GDK_CURRENT_TIME, NULL, opened_cb, opening);
}

void
mr_open_link (GtkWidget *from, const char *url)
{
  if (mr_link_may_be_opened (url))
    open_page (from, url);
}

void
mr_open_plain_page (GtkWidget *from, const char *url)
{
  if (g_str_has_prefix (url, "http://") || g_str_has_prefix (url, "https://"))
    open_page (from, url);
}

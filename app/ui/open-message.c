/* A further window knows only whom it stands before. */
#include "config.h"

#include "ui/open-message.h"

#include "ui/window.h"

static MrWindow *
find_main (GtkWidget *from)
{
  GtkRoot *root = gtk_widget_get_root (from);
  GtkWindow *window = GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;

  while (window != NULL && !MR_IS_WINDOW (window))
    window = gtk_window_get_transient_for (window);
  return (MrWindow *)window;
}

gboolean
mr_open_message (GtkWidget *from, const char *id)
{
  MrWindow *window = find_main (from);

  if (window == NULL)
    return FALSE;
  gtk_window_present (GTK_WINDOW (window));
  mr_window_follow_message (window, id);
  return TRUE;
}

gboolean
mr_open_message_can (GtkWidget *from)
{
  return find_main (from) != NULL;
}

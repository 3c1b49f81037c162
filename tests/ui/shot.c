/* A window's picture is rendered in process, so it needs no tool of the display server. */
#include "shot.h"

void
shot_settle (GtkWidget *widget)
{
  /* Layout may take a second pass: a leaflet folds after it was given its size. */
  for (guint frames = 0; frames < 3; frames++) {
    gtk_widget_queue_draw (widget);
    gtk_test_widget_wait_for_draw (widget);
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
}

void
shot_save (GtkWidget *widget, const char *name)
{
  const char *folder = g_getenv ("MR_UI_SHOTS");

  shot_settle (widget);
  if (folder == NULL)
    return;
  g_mkdir_with_parents (folder, 0755);
  g_autofree char *file = g_strdup_printf ("%s.png", name);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), width, height);
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (
      renderer, node, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  gsk_render_node_unref (node);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

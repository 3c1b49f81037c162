/* Bars over time: see chart.h. Rectangles and text through GtkSnapshot; nothing is animated. */
#include "config.h"

#include "ui/chart.h"

#include <glib/gi18n-lib.h>

#include "ui/statistics-words.h"

#define HEIGHT     180
#define MIN_WIDTH  240
#define GAP        2.0f /* at least so much between bars */
#define AXIS       22.0f
#define LABEL_STEP 64.0f /* pixels from one label to the next */
#define N_SERIES   3

static const MrCountKind series[N_SERIES] = { MR_COUNT_DELIVERED, MR_COUNT_DEFERRED, MR_COUNT_FAILED };
/* By name and by place: nothing is told by colour alone, the words below say the same. */
static const char *const colours[N_SERIES] = { "success_color", "warning_color", "error_color" };

struct _MrChart {
  GtkWidget parent_instance;
  GPtrArray *slots;
  MrSpan span;
};

G_DEFINE_FINAL_TYPE (MrChart, mr_chart, GTK_TYPE_WIDGET)

static guint64
total_of (const MrStatisticRecord *slot)
{
  guint64 total = 0;

  for (guint i = 0; i < N_SERIES; i++)
    total += slot->counts[series[i]];
  return total;
}

static guint64
largest (GPtrArray *slots)
{
  guint64 max = 1;

  for (guint i = 0; i < slots->len; i++)
    max = MAX (max, total_of (g_ptr_array_index (slots, i)));
  return max;
}

static void
get_colour (GtkWidget *widget, const char *name, GdkRGBA *ret)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);

  if (!gtk_style_context_lookup_color (context, name, ret))
    gtk_style_context_get_color (context, ret);
}

static void
draw_bar (MrChart *self, GtkSnapshot *snapshot, const MrStatisticRecord *slot, float x, float width, float height,
          guint64 max)
{
  float y = height;

  for (guint i = 0; i < N_SERIES; i++) {
    guint64 count = slot->counts[series[i]];
    float part = (float)((double)count / (double)max) * height;
    GdkRGBA colour;

    if (count == 0)
      continue;
    /* One of ten thousand is seen too. */
    part = MAX (part, 2.0f);
    y -= part;
    get_colour (GTK_WIDGET (self), colours[i], &colour);
    gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (x, y, width, part));
  }
}

static void
draw_text (MrChart *self, GtkSnapshot *snapshot, const char *text, float x, float y, gboolean at_end)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width;
  GdkRGBA colour;

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, NULL);
  if (at_end)
    x -= (float)width;
  x = CLAMP (x, 0.0f, MAX (0.0f, (float)(gtk_widget_get_width (GTK_WIDGET (self)) - width)));
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

static void
draw_axis (MrChart *self, GtkSnapshot *snapshot, float y, float width, guint64 max)
{
  g_autofree char *top = g_strdup_printf ("%" G_GUINT64_FORMAT, max);
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  GdkRGBA line;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &line);
  line.alpha *= 0.3f;
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (0, y, width, 1));
  line.alpha *= 0.5f;
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (0, 0, width, 1));
  draw_text (self, snapshot, top, rtl ? width : 0, 2, rtl);
}

static void
mr_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MrChart *self = MR_CHART (widget);
  float width = (float)gtk_widget_get_width (widget), height = (float)gtk_widget_get_height (widget) - AXIS;
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  if (self->slots == NULL || self->slots->len == 0 || height <= 0)
    return;
  guint n = self->slots->len, each = MAX (1, (guint)(LABEL_STEP * (float)n / MAX (width, 1.0f)) + 1);
  guint64 max = largest (self->slots);
  float step = width / (float)n, bar = MAX (1.0f, step - MAX (GAP, step * 0.2f));

  draw_axis (self, snapshot, height, width, max);
  for (guint i = 0; i < n; i++) {
    const MrStatisticRecord *slot = g_ptr_array_index (self->slots, i);
    float x = step * (float)(rtl ? n - 1 - i : i) + (step - bar) / 2;

    draw_bar (self, snapshot, slot, x, bar, height, max);
    if ((n - 1 - i) % each == 0) {
      g_autofree char *text = mr_statistics_dup_slot_label (self->span, slot->time);
      draw_text (self, snapshot, text, rtl ? x : x + bar, height + 4, !rtl);
    }
  }
}

static void
mr_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                  int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : MIN_WIDTH;
}

void
mr_chart_set_slots (MrChart *self, GPtrArray *slots, MrSpan span, const char *label)
{
  g_return_if_fail (MR_IS_CHART (self));
  g_ptr_array_ref (slots);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  self->slots = slots;
  self->span = span;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
mr_chart_dispose (GObject *object)
{
  g_clear_pointer (&MR_CHART (object)->slots, g_ptr_array_unref);
  G_OBJECT_CLASS (mr_chart_parent_class)->dispose (object);
}

static void
mr_chart_init (MrChart *self)
{
}

static void
mr_chart_class_init (MrChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_chart_dispose;
  widget_class->snapshot = mr_chart_snapshot;
  widget_class->measure = mr_chart_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

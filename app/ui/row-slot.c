/* An empty slot is as high as the rows that were measured last, so that the list knows how long it is. */
#include "ui/row-slot.h"

#define FIRST_GUESS 70

struct _MrRowSlot {
  GtkWidget parent_instance;
  GtkWidget *row;
  gboolean filled;
};

G_DEFINE_FINAL_TYPE (MrRowSlot, mr_row_slot, GTK_TYPE_WIDGET)

static int row_height = FIRST_GUESS;

static void
mr_row_slot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  MrRowSlot *self = MR_ROW_SLOT (widget);

  if (self->row != NULL) {
    gtk_widget_measure (self->row, orientation, for_size, minimum, natural, NULL, NULL);
    if (orientation == GTK_ORIENTATION_VERTICAL)
      row_height = *natural;
    return;
  }
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? row_height : 0;
}

static void
mr_row_slot_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MrRowSlot *self = MR_ROW_SLOT (widget);

  if (self->row != NULL)
    gtk_widget_allocate (self->row, width, height, baseline, NULL);
}

static GtkSizeRequestMode
mr_row_slot_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
mr_row_slot_dispose (GObject *object)
{
  g_clear_pointer (&MR_ROW_SLOT (object)->row, gtk_widget_unparent);
  G_OBJECT_CLASS (mr_row_slot_parent_class)->dispose (object);
}

static void
mr_row_slot_init (MrRowSlot *self)
{
}

static void
mr_row_slot_class_init (MrRowSlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_row_slot_dispose;
  widget_class->measure = mr_row_slot_measure;
  widget_class->size_allocate = mr_row_slot_size_allocate;
  widget_class->get_request_mode = mr_row_slot_get_request_mode;
}

GtkWidget *
mr_row_slot_new (void)
{
  return g_object_new (MR_TYPE_ROW_SLOT, NULL);
}

GtkWidget *
mr_row_slot_get_row (MrRowSlot *self)
{
  g_return_val_if_fail (MR_IS_ROW_SLOT (self), NULL);
  return self->row;
}

void
mr_row_slot_set_row (MrRowSlot *self, GtkWidget *row)
{
  g_return_if_fail (MR_IS_ROW_SLOT (self));
  g_return_if_fail (self->row == NULL);
  self->row = row;
  gtk_widget_set_parent (row, GTK_WIDGET (self));
}

gboolean
mr_row_slot_is_filled (MrRowSlot *self)
{
  g_return_val_if_fail (MR_IS_ROW_SLOT (self), FALSE);
  return self->filled;
}

void
mr_row_slot_set_filled (MrRowSlot *self, gboolean filled)
{
  g_return_if_fail (MR_IS_ROW_SLOT (self));
  self->filled = filled;
}

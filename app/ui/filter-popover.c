/* Each row is a drop-down of texts with a list of values beside it; the first text is "Any". While the rows are filled nothing is told. */
#include "config.h"

#include "ui/filter-popover.h"

#include <glib/gi18n-lib.h>

#include "client/list-calls.h"
#include "ndr/states.h"
#include "ui/format.h"

typedef struct {
  MrFilterPopover *popover;
  GtkDropDown *row;
  MrFacet facet;
  GPtrArray *values; /* char *; the first is NULL */
  char *wanted;      /* to be selected once the values are there; NULL: any */
} Choice;

struct _MrFilterPopover {
  GtkPopover parent_instance;
  GtkDropDown *state;
  Choice choices[MR_N_FACETS];
  GtkCheckButton *needs_person;
  MrDesk *desk;
  MrListKind kind;
  GCancellable *cancellable;
  gboolean filling;
};

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrFilterPopover, mr_filter_popover, GTK_TYPE_POPOVER)

/* -1: kept back, which is no state of a recipient. */
static const int outbox_states[] = { MR_RECIPIENT_WAITING, MR_RECIPIENT_NEEDS_PERSON, MR_RECIPIENT_UNCERTAIN, -1 };
static const int history_states[] = { MR_RECIPIENT_DELIVERED, MR_RECIPIENT_RELAYED,   MR_RECIPIENT_FAILED,
                                      MR_RECIPIENT_EXPIRED,   MR_RECIPIENT_CANCELLED, MR_RECIPIENT_RETURNED };

static const int *
get_states (MrFilterPopover *self, guint *ret_n)
{
  *ret_n = self->kind == MR_LIST_HISTORY ? G_N_ELEMENTS (history_states) : G_N_ELEMENTS (outbox_states);
  return self->kind == MR_LIST_HISTORY ? history_states : outbox_states;
}

static void
tell_cb (MrFilterPopover *self)
{
  if (!self->filling)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* ---- values ---- */

static char *
dup_text (Choice *choice, const char *value)
{
  MrDesk *desk = choice->popover->desk;
  const MrAccountRecord *account = choice->facet == MR_FACET_ACCOUNT ? mr_desk_find_account (desk, value) : NULL;

  if (account != NULL)
    return g_strdup (mr_format_account_name (account));
  if (choice->facet == MR_FACET_CAUSE && g_str_equal (value, MR_LIST_NO_CAUSE))
    return g_strdup (_ ("Without a cause"));
  if (choice->facet == MR_FACET_CAUSE)
    return mr_cause_dup_title (mr_desk_get_diagnosis (desk), value, NULL);
  return g_strdup (value);
}

static void
add_value (Choice *choice, GtkStringList *texts, const char *value, guint messages)
{
  g_autofree char *text = dup_text (choice, value);
  /* Translators: a value to filter by, and how many messages have it */
  g_autofree char *line = messages > 0 ? g_strdup_printf (_ ("%s (%u)"), text, messages) : g_strdup (text);

  gtk_string_list_append (texts, line);
  g_ptr_array_add (choice->values, g_strdup (value));
}

static void
fill (Choice *choice, GPtrArray *facets)
{
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);
  guint selected = 0;

  g_ptr_array_set_size (choice->values, 0);
  g_ptr_array_add (choice->values, NULL);
  gtk_string_list_append (texts, _ ("Any"));
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const MrFacetRecord *facet = g_ptr_array_index (facets, i);

    if (g_strcmp0 (facet->value, choice->wanted) == 0)
      selected = choice->values->len;
    add_value (choice, texts, facet->value, facet->messages);
  }
  if (choice->wanted != NULL && selected == 0) {
    selected = choice->values->len;
    add_value (choice, texts, choice->wanted, 0);
  }
  choice->popover->filling = TRUE;
  gtk_drop_down_set_model (choice->row, G_LIST_MODEL (texts));
  gtk_drop_down_set_selected (choice->row, selected);
  choice->popover->filling = FALSE;
}

static void
facets_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) facets = mr_client_list_facets_finish (MR_CLIENT (source), result, &error);
  Choice *choice = data;

  /* Without an answer the row keeps what it has. */
  if (facets != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fill (choice, facets);
}

static void
fill_states (MrFilterPopover *self, const MrListFilter *filter)
{
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);
  guint n, selected = 0;
  const int *states = get_states (self, &n);

  gtk_string_list_append (texts, _ ("Any"));
  for (guint i = 0; i < n; i++) {
    gboolean held = states[i] < 0;

    gtk_string_list_append (texts, held ? _ ("Kept back") : mr_state_word ((MrRecipientState)states[i]));
    if (held ? filter->held_only : filter->state == states[i])
      selected = i + 1;
  }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->state, G_LIST_MODEL (texts));
  gtk_drop_down_set_selected (self->state, selected);
  gtk_check_button_set_active (self->needs_person, filter->needs_person);
  self->filling = FALSE;
}

void
mr_filter_popover_show_filter (MrFilterPopover *self, const MrListFilter *filter)
{
  const char *words[] = { filter->program, filter->account, filter->domain, filter->cause };
  const MrListFilter everything = { .kind = self->kind, .state = -1 };

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  fill_states (self, filter);
  for (guint i = 0; i < MR_N_FACETS; i++) {
    g_free (self->choices[i].wanted);
    self->choices[i].wanted = g_strdup (words[i]);
    fill (&self->choices[i], NULL);
    mr_client_list_facets_async (mr_desk_get_client (self->desk), &everything, (MrFacet)i, self->cancellable, facets_cb,
                                 &self->choices[i]);
  }
}

static void
take (Choice *choice, const char **place)
{
  guint selected = gtk_drop_down_get_selected (choice->row);
  const char *value = selected < choice->values->len ? g_ptr_array_index (choice->values, selected) : NULL;

  g_free ((char *)*place);
  *place = g_strdup (value);
}

void
mr_filter_popover_apply (MrFilterPopover *self, MrListFilter *filter)
{
  guint n, selected = gtk_drop_down_get_selected (self->state);
  const int *states = get_states (self, &n);
  int state = selected >= 1 && selected <= n ? states[selected - 1] : -2;

  filter->state = state >= 0 ? state : -1;
  filter->held_only = state == -1;
  filter->needs_person = gtk_check_button_get_active (self->needs_person);
  take (&self->choices[MR_FACET_PROGRAM], &filter->program);
  take (&self->choices[MR_FACET_ACCOUNT], &filter->account);
  take (&self->choices[MR_FACET_DOMAIN], &filter->domain);
  take (&self->choices[MR_FACET_CAUSE], &filter->cause);
}

/* ---- class ---- */

static void
choice_selected_cb (GtkDropDown *row, GParamSpec *pspec, Choice *choice)
{
  if (choice->popover->filling)
    return;
  guint selected = gtk_drop_down_get_selected (row);
  const char *value = selected < choice->values->len ? g_ptr_array_index (choice->values, selected) : NULL;

  /* Values that arrive later must not take it back. */
  g_free (choice->wanted);
  choice->wanted = g_strdup (value);
  tell_cb (choice->popover);
}

void
mr_filter_popover_set_desk (MrFilterPopover *self, MrDesk *desk, MrListKind kind)
{
  g_return_if_fail (MR_IS_FILTER_POPOVER (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
  self->kind = kind;
  gtk_widget_set_visible (GTK_WIDGET (self->needs_person), kind == MR_LIST_OUTBOX);
}

static void
mr_filter_popover_dispose (GObject *object)
{
  MrFilterPopover *self = MR_FILTER_POPOVER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_filter_popover_parent_class)->dispose (object);
}

static void
mr_filter_popover_finalize (GObject *object)
{
  MrFilterPopover *self = MR_FILTER_POPOVER (object);

  for (guint i = 0; i < MR_N_FACETS; i++) {
    g_ptr_array_unref (self->choices[i].values);
    g_free (self->choices[i].wanted);
  }
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (mr_filter_popover_parent_class)->finalize (object);
}

static void
mr_filter_popover_init (MrFilterPopover *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < MR_N_FACETS; i++) {
    Choice *choice = &self->choices[i];

    choice->popover = self;
    choice->facet = (MrFacet)i;
    choice->row = GTK_DROP_DOWN (
        gtk_widget_get_template_child (GTK_WIDGET (self), MR_TYPE_FILTER_POPOVER, mr_facet_nick ((MrFacet)i)));
    choice->values = g_ptr_array_new_with_free_func (g_free);
    gtk_drop_down_set_expression (choice->row, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
    g_signal_connect (choice->row, "notify::selected", G_CALLBACK (choice_selected_cb), choice);
  }
  g_signal_connect_swapped (self->state, "notify::selected", G_CALLBACK (tell_cb), self);
  g_signal_connect_swapped (self->needs_person, "toggled", G_CALLBACK (tell_cb), self);
}

static void
mr_filter_popover_class_init (MrFilterPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_filter_popover_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_filter_popover_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/filter-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, MrFilterPopover, state);
  gtk_widget_class_bind_template_child (widget_class, MrFilterPopover, needs_person);
  for (guint i = 0; i < MR_N_FACETS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, mr_facet_nick ((MrFacet)i), FALSE, 0);
}

/* A row of the outbox or the history. It keeps no record: what it shows is set again whenever the model or the minute changes. */
#include "config.h"

#include "ui/message-row.h"

#include <glib/gi18n-lib.h>

#include "ndr/states.h"
#include "ui/account-form.h"
#include "ui/format.h"

#define STATE_CHARS 32 /* "Waiting, next try in 60 minutes"; more would not fit at 360 px with large letters */

struct _MrMessageRow {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkImage *icon;
  GtkLabel *subject, *age, *people, *state, *account, *origin;
  const char *style; /* the state's, static */
  char *account_style;
};

G_DEFINE_FINAL_TYPE (MrMessageRow, mr_message_row, GTK_TYPE_WIDGET)

static void
set_style (MrMessageRow *self, const char *style)
{
  GtkWidget *widgets[] = { GTK_WIDGET (self->icon), GTK_WIDGET (self->state) };

  for (guint i = 0; i < G_N_ELEMENTS (widgets); i++) {
    if (self->style != NULL)
      gtk_widget_remove_css_class (widgets[i], self->style);
    if (style != NULL)
      gtk_widget_add_css_class (widgets[i], style);
  }
  self->style = style;
}

/* What only waits for its time says how long that is. */
static char *
dup_line (const MrMessageRecord *message, const MrRecipientRecord *first, gint64 now)
{
  gboolean by_time = first->wait_reason == MR_WAIT_NONE || first->wait_reason == MR_WAIT_RETRY_TIME;
  gint64 next = MAX (first->next_attempt, message->not_before);

  if (first->state != MR_RECIPIENT_WAITING || !by_time || first->next_attempt == 0 || next <= now)
    return mr_state_dup_line (first, now);
  g_autofree char *countdown = mr_format_countdown (next, now);
  return g_strdup_printf (_ ("Waiting, next try %s"), countdown);
}

/* "Waiting, next try in 4 min · The mailbox is full" */
static char *
dup_state_text (const MrMessageRecord *message, MrDiagnosis *diagnosis, gint64 now)
{
  if (message->hold != MR_HOLD_NONE && message->finished == 0)
    return g_strdup (mr_hold_reason_sentence (message->hold));
  if (message->recipients->len == 0)
    return g_strdup ("");

  const MrRecipientRecord *first = g_ptr_array_index (message->recipients, 0);
  g_autofree char *line = dup_line (message, first, now);
  const char *cause = mr_state_get_cause (first);
  if (cause == NULL)
    return g_steal_pointer (&line);
  g_autoptr (GVariant) params = mr_state_dup_params (first);
  g_autofree char *title = mr_cause_dup_title (diagnosis, cause, params);
  return *title != '\0' ? g_strdup_printf ("%s · %s", line, title) : g_steal_pointer (&line);
}

static void
set_account (MrMessageRow *self, const MrAccountRecord *account)
{
  const char *colour = account != NULL ? mr_account_form_colour (mr_account_form_colour_index (account->colour)) : "";
  g_autofree char *style = *colour != '\0' ? g_strconcat ("badge-", colour, NULL) : NULL;

  gtk_label_set_text (self->account, account != NULL ? mr_format_account_name (account) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->account), account != NULL);
  if (g_strcmp0 (style, self->account_style) == 0)
    return;
  if (self->account_style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->account), self->account_style);
  if (style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->account), style);
  g_free (self->account_style);
  self->account_style = g_steal_pointer (&style);
}

static void
show_placeholder (MrMessageRow *self)
{
  set_account (self, NULL);
  gtk_image_set_from_icon_name (self->icon, "content-loading-symbolic");
  gtk_label_set_text (self->subject, "…");
  gtk_label_set_text (self->age, "");
  gtk_label_set_text (self->people, "");
  gtk_label_set_text (self->state, "");
  gtk_label_set_text (self->origin, "");
  set_style (self, NULL);
}

void
mr_message_row_set_message (MrMessageRow *self, const MrMessageRecord *message, const MrAccountRecord *account,
                            MrDiagnosis *diagnosis, gint64 now)
{
  g_return_if_fail (MR_IS_MESSAGE_ROW (self));

  if (message == NULL) {
    show_placeholder (self);
    return;
  }

  const MrRecipientRecord *first = message->recipients->len > 0 ? message->recipients->pdata[0] : NULL;
  MrRecipientState summary = first != NULL && first->bounced > 0 ? MR_RECIPIENT_FAILED
                                                                 : mr_message_record_summary_state (message);
  gboolean held = message->hold != MR_HOLD_NONE && message->finished == 0;
  g_autofree char *age = mr_format_age (message->finished > 0 ? message->finished : message->created, now);
  g_autofree char *people = mr_format_people (message);
  g_autofree char *state = dup_state_text (message, diagnosis, now);
  g_autofree char *size = g_format_size (message->size);
  gboolean has_program = message->program != NULL && *message->program != '\0';
  g_autofree char *origin = has_program ? g_strdup_printf ("%s · %s", message->program, size) : g_strdup (size);

  gtk_image_set_from_icon_name (self->icon, mr_format_state_icon (summary, held));
  gtk_label_set_text (self->subject, mr_format_subject (message));
  gtk_label_set_text (self->age, age);
  gtk_label_set_text (self->people, people);
  gtk_label_set_text (self->state, state);
  /* What is to become of it comes before the program where the row is narrow. */
  gtk_label_set_width_chars (self->state, MIN ((int)g_utf8_strlen (state, -1), STATE_CHARS));
  gtk_label_set_text (self->origin, origin);
  set_account (self, account);
  set_style (self, mr_format_state_style (summary, held));
}

const char *
mr_message_row_get_state_text (MrMessageRow *self)
{
  return gtk_label_get_text (self->state);
}

char *
mr_message_row_describe (const MrMessageRecord *message, const MrAccountRecord *account, MrDiagnosis *diagnosis,
                         gint64 now)
{
  g_autoptr (GString) text = g_string_new (mr_format_subject (message));
  g_autofree char *people = mr_format_people (message);
  g_autofree char *state = dup_state_text (message, diagnosis, now);
  g_autofree char *age = mr_format_age (message->finished > 0 ? message->finished : message->created, now);
  g_autofree char *size = g_format_size (message->size);
  const char *const parts[] = { people,           state, age, account != NULL ? mr_format_account_name (account) : NULL,
                                message->program, size };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (text, ", %s", parts[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
mr_message_row_dispose (GObject *object)
{
  MrMessageRow *self = MR_MESSAGE_ROW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (mr_message_row_parent_class)->dispose (object);
}

static void
mr_message_row_finalize (GObject *object)
{
  g_free (MR_MESSAGE_ROW (object)->account_style);
  G_OBJECT_CLASS (mr_message_row_parent_class)->finalize (object);
}

static void
mr_message_row_init (MrMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_message_row_class_init (MrMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_message_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_message_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MrMessageRow, box);
  gtk_widget_class_bind_template_child (widget_class, MrMessageRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MrMessageRow, subject);
  gtk_widget_class_bind_template_child (widget_class, MrMessageRow, age);
  gtk_widget_class_bind_template_child (widget_class, MrMessageRow, people);
  gtk_widget_class_bind_template_child (widget_class, MrMessageRow, state);
  gtk_widget_class_bind_template_child (widget_class, MrMessageRow, account);
  gtk_widget_class_bind_template_child (widget_class, MrMessageRow, origin);
}

GtkWidget *
mr_message_row_new (void)
{
  return g_object_new (MR_TYPE_MESSAGE_ROW, NULL);
}

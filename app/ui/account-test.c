/* The test of an account. It shows each step when it is done and, where one failed, why and what helps. */
#include "config.h"

#include "ui/account-test.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ndr/trace.h"
#include "ui/copy-button.h"
#include "ui/toast.h"
#include "ui/trace-row.h"

struct _MrAccountTest {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkButton *test_button, *cancel_button, *accept_button;
  GtkListBox *steps;
  GtkWidget *result_box, *certificate_box, *conversation_expander;
  GtkLabel *result, *explanation, *fingerprint, *conversation;
  MrCopyButton *copy, *copy_trace;

  MrDesk *desk;
  GCancellable *cancellable; /* of the running test, NULL: none runs */
  guint reveal, reveal_frames;
  char *failed_cause;
  GVariant *failed_params;
  GString *trace; /* as it is copied */
};

enum { REQUESTED, ACCEPT_CERTIFICATE, FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAccountTest, mr_account_test, GTK_TYPE_WIDGET)

static void
clear_steps (MrAccountTest *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->steps, 0)) != NULL)
    gtk_list_box_remove (self->steps, GTK_WIDGET (row));
  gtk_widget_set_visible (GTK_WIDGET (self->steps), FALSE);
}

static void
step_cb (const MrClientTestStep *step, gpointer data)
{
  MrAccountTest *self = data;
  MrDiagnosis *diagnosis = mr_desk_get_diagnosis (self->desk);

  gtk_list_box_append (self->steps, mr_trace_row_new (diagnosis, step));
  gtk_widget_set_visible (GTK_WIDGET (self->steps), TRUE);
  mr_trace_append_text (self->trace, diagnosis, step);
  if (step->ok || step->goes_on)
    return;
  g_free (self->failed_cause);
  self->failed_cause = g_strdup (step->cause);
  g_clear_pointer (&self->failed_params, g_variant_unref);
  self->failed_params = step->cause_params != NULL ? g_variant_ref (step->cause_params) : NULL;
  if (step->fingerprint != NULL && *step->fingerprint != '\0') {
    gtk_label_set_text (self->fingerprint, step->fingerprint);
    gtk_widget_set_visible (self->certificate_box, TRUE);
  }
}

static void
set_running (MrAccountTest *self, gboolean running)
{
  gtk_widget_set_visible (GTK_WIDGET (self->cancel_button), running);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test_button), !running);
  gtk_button_set_label (self->test_button, running ? _ ("Testing…") : _ ("Test This Account"));
}

static void
show_result (MrAccountTest *self, gboolean ok, const char *transcript, const GError *error)
{
  MrDiagnosis *diagnosis = mr_desk_get_diagnosis (self->desk);
  gboolean has_conversation = transcript != NULL && *transcript != '\0';
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (ok) {
    title = g_strdup (_ ("The account works"));
    text = g_strdup (_ ("The server took the log-in. Nothing was sent."));
  } else if (self->failed_cause != NULL && mr_cause_is_known (diagnosis, self->failed_cause)) {
    g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, self->failed_cause, self->failed_params);
    g_autofree char *more = mr_cause_dup_explanation (diagnosis, self->failed_cause, self->failed_params);
    title = mr_cause_dup_title (diagnosis, self->failed_cause, self->failed_params);
    text = g_strdup_printf ("%s %s", sentence, more);
  } else {
    title = g_strdup (_ ("The test failed"));
    text = g_strdup (error != NULL ? error->message : _ ("The server broke off. Try again in a while."));
  }
  gtk_label_set_text (self->result, title);
  gtk_label_set_text (self->explanation, text);
  g_string_append_printf (self->trace, "%s\n%s\n", title, text);
  mr_copy_button_set_text (self->copy_trace, self->trace->str);
  gtk_widget_remove_css_class (GTK_WIDGET (self->result), ok ? "error" : "success");
  gtk_widget_add_css_class (GTK_WIDGET (self->result), ok ? "success" : "error");
  gtk_widget_set_visible (self->conversation_expander, has_conversation);
  gtk_label_set_text (self->conversation, has_conversation ? transcript : "");
  mr_copy_button_set_text (self->copy, transcript);
  gtk_widget_set_visible (self->result_box, TRUE);
}

/* What came of the test stands below what was typed: the page is moved so far that all of it can be seen. */
static gboolean
reveal_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  MrAccountTest *self = MR_ACCOUNT_TEST (widget);
  GtkWidget *scroller = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;

  /* The first frame gives the new parts their size. */
  if (++self->reveal_frames < 2)
    return G_SOURCE_CONTINUE;
  self->reveal = 0;
  if (scroller == NULL || !gtk_widget_compute_bounds (self->result_box, scroller, &bounds))
    return G_SOURCE_REMOVE;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  double hidden = bounds.origin.y + bounds.size.height + 12 - gtk_adjustment_get_page_size (adjustment);
  if (hidden > 0)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + hidden);
  return G_SOURCE_REMOVE;
}

static void
reveal_result (MrAccountTest *self)
{
  self->reveal_frames = 0;
  if (self->reveal == 0)
    self->reveal = gtk_widget_add_tick_callback (GTK_WIDGET (self), reveal_cb, NULL, NULL);
}

static void
test_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *transcript = NULL;
  gboolean ok = mr_client_test_account_finish (MR_CLIENT (source), result, &transcript, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAccountTest *self = data;
  g_clear_object (&self->cancellable);
  set_running (self, FALSE);
  show_result (self, ok, transcript, error);
  reveal_result (self);
  g_signal_emit (self, signals[FINISHED], 0, ok);
}

void
mr_account_test_start (MrAccountTest *self, const MrAccountRecord *record, MrSecret *secret)
{
  g_return_if_fail (MR_IS_ACCOUNT_TEST (self));

  mr_account_test_reset (self);
  if (record->host != NULL)
    g_string_append_printf (self->trace, "%s:%u\n", record->host, record->port);
  self->cancellable = g_cancellable_new ();
  set_running (self, TRUE);
  mr_client_test_account_async (mr_desk_get_client (self->desk), record, secret, step_cb, self, self->cancellable,
                                test_done_cb, self);
}

void
mr_account_test_reset (MrAccountTest *self)
{
  g_return_if_fail (MR_IS_ACCOUNT_TEST (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->failed_cause, g_free);
  g_clear_pointer (&self->failed_params, g_variant_unref);
  clear_steps (self);
  g_string_truncate (self->trace, 0);
  gtk_widget_set_visible (self->result_box, FALSE);
  gtk_widget_set_visible (self->certificate_box, FALSE);
  set_running (self, FALSE);
}

static void
test_clicked_cb (MrAccountTest *self)
{
  g_signal_emit (self, signals[REQUESTED], 0);
}

static void
cancel_clicked_cb (MrAccountTest *self)
{
  mr_account_test_reset (self);
  mr_toast_show (GTK_WIDGET (self), _ ("Test stopped"));
}

static void
accept_clicked_cb (MrAccountTest *self)
{
  g_autofree char *fingerprint = g_strdup (gtk_label_get_text (self->fingerprint));

  g_signal_emit (self, signals[ACCEPT_CERTIFICATE], 0, fingerprint);
}

void
mr_account_test_set_desk (MrAccountTest *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_ACCOUNT_TEST (self));
  g_set_object (&self->desk, desk);
}

static void
mr_account_test_dispose (GObject *object)
{
  MrAccountTest *self = MR_ACCOUNT_TEST (object);

  if (self->reveal != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->reveal);
  self->reveal = 0;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->failed_cause, g_free);
  g_clear_pointer (&self->failed_params, g_variant_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_account_test_parent_class)->dispose (object);
}

static void
mr_account_test_finalize (GObject *object)
{
  g_string_free (MR_ACCOUNT_TEST (object)->trace, TRUE);
  G_OBJECT_CLASS (mr_account_test_parent_class)->finalize (object);
}

static void
mr_account_test_init (MrAccountTest *self)
{
  self->trace = g_string_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_account_test_class_init (MrAccountTestClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  G_OBJECT_CLASS (klass)->dispose = mr_account_test_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_account_test_finalize;
  signals[REQUESTED] = g_signal_new ("requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[ACCEPT_CERTIFICATE] = g_signal_new ("accept-certificate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                              NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/account-test.ui");
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, box);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, test_button);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, accept_button);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, steps);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, result_box);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, certificate_box);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, conversation_expander);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, result);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, explanation);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, conversation);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, copy);
  gtk_widget_class_bind_template_child (widget_class, MrAccountTest, copy_trace);
  gtk_widget_class_bind_template_callback (widget_class, test_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_clicked_cb);
}

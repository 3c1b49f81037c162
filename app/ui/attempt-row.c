/* A delivery attempt in the timeline. */
#include "config.h"

#include "ui/attempt-row.h"

#include <glib/gi18n-lib.h>

#include "ndr/states.h"
#include "ui/copy-button.h"
#include "ui/format.h"

struct _MrAttemptRow {
  AdwExpanderRow parent_instance;
  GtkImage *icon;
  GtkLabel *facts, *conversation;
  GtkWidget *conversation_box;
  MrCopyButton *copy;
};

G_DEFINE_FINAL_TYPE (MrAttemptRow, mr_attempt_row, ADW_TYPE_EXPANDER_ROW)

static void
set_look (MrAttemptRow *self, MrVerdictKind verdict)
{
  static const struct {
    const char *icon, *style;
  } looks[MR_VERDICT_N_VERDICTS] = {
    [MR_VERDICT_DELIVERED] = { "emblem-ok-symbolic", "success" },
    [MR_VERDICT_RETRY] = { "alarm-symbolic", "dim-label" },
    [MR_VERDICT_NEEDS_PERSON] = { "dialog-warning-symbolic", "warning" },
    [MR_VERDICT_FAILED] = { "dialog-error-symbolic", "error" },
  };
  guint i = (guint)verdict < MR_VERDICT_N_VERDICTS ? (guint)verdict : MR_VERDICT_RETRY;

  gtk_image_set_from_icon_name (self->icon, looks[i].icon);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), looks[i].style);
}

/* The reply as the server gave it, else what went wrong here. */
static char *
dup_outcome (const MrAttemptRecord *attempt, MrDiagnosis *diagnosis)
{
  const char *text = attempt->reply.text != NULL ? attempt->reply.text : "";

  if (attempt->reply.code > 0 && attempt->reply.enhanced != NULL)
    return g_strdup_printf ("%u %s %s", attempt->reply.code, attempt->reply.enhanced, text);
  if (attempt->reply.code > 0)
    return g_strdup_printf ("%u %s", attempt->reply.code, text);
  if (attempt->error != NULL)
    return g_strdup (attempt->error);
  if (attempt->cause != NULL)
    return mr_cause_dup_title (diagnosis, attempt->cause, NULL);
  return g_strdup (mr_stage_sentence (attempt->stage));
}

/* The icon says it as well, and not to everybody. */
static const char *
verdict_word (MrVerdictKind verdict)
{
  switch (verdict) {
  case MR_VERDICT_DELIVERED:
    return _ ("It was taken");
  case MR_VERDICT_NEEDS_PERSON:
    return _ ("It waits for a person");
  case MR_VERDICT_FAILED:
    return _ ("It failed for good");
  case MR_VERDICT_RETRY:
  case MR_VERDICT_N_VERDICTS:
  default:
    return _ ("It is tried again");
  }
}

static char *
dup_facts (const MrAttemptRecord *attempt)
{
  g_autoptr (GString) facts = g_string_new (NULL);

  if (attempt->account != NULL && *attempt->account != '\0')
    g_string_append_printf (facts, _ ("Account: %s"), attempt->account);
  if (attempt->address != NULL && *attempt->address != '\0') {
    g_string_append (facts, facts->len > 0 ? "\n" : "");
    g_string_append_printf (facts, _ ("Address: %s"), attempt->address);
  }
  g_string_append (facts, facts->len > 0 ? "\n" : "");
  if (attempt->tls != NULL && *attempt->tls != '\0')
    g_string_append_printf (facts, _ ("Encryption: %s"), attempt->tls);
  else
    g_string_append (facts, _ ("Not encrypted"));
  if (attempt->finished > attempt->started && attempt->started > 0) {
    g_string_append_c (facts, '\n');
    g_string_append_printf (facts, _ ("Took %.1f s"), (double)(attempt->finished - attempt->started) / G_USEC_PER_SEC);
  }
  g_string_append_c (facts, '\n');
  g_string_append_printf (facts, _ ("Got as far as: %s"), mr_stage_activity (attempt->stage));
  g_string_append_printf (facts, "\n%s", verdict_word (attempt->verdict));
  return g_string_free (g_steal_pointer (&facts), FALSE);
}

static void
set_attempt (MrAttemptRow *self, const MrAttemptRecord *attempt, const char *recipient, MrDiagnosis *diagnosis)
{
  g_autofree char *when = mr_format_clock_time (attempt->started);
  const char *host = attempt->host != NULL && *attempt->host != '\0' ? attempt->host : _ ("no server reached");
  g_autofree char *title = g_strdup_printf ("%s · %s", when, host);
  g_autofree char *outcome = dup_outcome (attempt, diagnosis);
  g_autofree char *subtitle = recipient != NULL ? g_strdup_printf ("%s: %s", recipient, outcome) : NULL;
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *subtitle_markup = g_markup_escape_text (subtitle != NULL ? subtitle : outcome, -1);
  g_autofree char *facts = dup_facts (attempt);
  gboolean has_conversation = attempt->transcript != NULL && *attempt->transcript != '\0';

  set_look (self, attempt->verdict);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title_markup);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle_markup);
  gtk_label_set_text (self->facts, facts);
  gtk_widget_set_visible (self->conversation_box, has_conversation);
  if (has_conversation) {
    gtk_label_set_text (self->conversation, attempt->transcript);
    mr_copy_button_set_text (self->copy, attempt->transcript);
  }
}

static void
mr_attempt_row_init (MrAttemptRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_attempt_row_class_init (MrAttemptRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/attempt-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MrAttemptRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MrAttemptRow, facts);
  gtk_widget_class_bind_template_child (widget_class, MrAttemptRow, conversation);
  gtk_widget_class_bind_template_child (widget_class, MrAttemptRow, conversation_box);
  gtk_widget_class_bind_template_child (widget_class, MrAttemptRow, copy);
}

GtkWidget *
mr_attempt_row_new (const MrAttemptRecord *attempt, const char *recipient, MrDiagnosis *diagnosis)
{
  MrAttemptRow *self = g_object_new (MR_TYPE_ATTEMPT_ROW, NULL);

  set_attempt (self, attempt, recipient, diagnosis);
  return GTK_WIDGET (self);
}

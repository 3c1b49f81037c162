/* What a server wrote is shown as text, never as markup, without controls and cut. */
#include "config.h"

#include "ui/explain-card.h"

#include <glib/gi18n-lib.h>

#include "base/text.h"
#include "ui/copy-button.h"
#include "ui/format.h"

#define ADDRESS_MAX 320
#define REPLY_MAX   4000

struct _MrExplainCard {
  GtkListBoxRow parent_instance;
  GtkLabel *address, *title, *sentence, *explanation, *steps, *move, *facts, *letter;
  GtkWidget *sides, *you, *provider, *server, *said, *writing;
  MrCopyButton *copy, *letter_copy;
};

G_DEFINE_FINAL_TYPE (MrExplainCard, mr_explain_card, GTK_TYPE_LIST_BOX_ROW)

static void
set_label (GtkLabel *label, const char *text)
{
  gboolean empty = text == NULL || *text == '\0';

  gtk_label_set_text (label, empty ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (label), !empty);
  if (!empty && gtk_label_get_selectable (label))
    gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* One line of what came from outside. */
static char *
dup_line (const char *text, gsize max)
{
  char *line = mr_text_sanitize (text != NULL ? text : "", max);

  return g_strstrip (g_strdelimit (line, "\n", ' '));
}

static void
set_words (MrExplainCard *self, const MrReturnedRecipient *recipient, MrDiagnosis *diagnosis)
{
  const MrDiagnosisResult *result = &recipient->diagnosis;
  g_autofree char *address = dup_line (recipient->recipient, ADDRESS_MAX);
  g_autofree char *title = mr_cause_dup_title (diagnosis, result->cause, result->params);
  g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, result->cause, result->params);
  g_autofree char *explanation = mr_cause_dup_explanation (diagnosis, result->cause, result->params);
  g_auto (GStrv) steps = mr_cause_dup_steps (diagnosis, result->cause, result->params);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; steps != NULL && steps[i] != NULL; i++)
    g_string_append_printf (list, "%s%u. %s", i > 0 ? "\n" : "", i + 1, steps[i]);
  set_label (self->address, address);
  set_label (self->title, title);
  set_label (self->sentence, sentence);
  set_label (self->explanation, explanation);
  set_label (self->steps, list->str);
}

/* ---- whose move it is ---- */

static GtkWidget *
side_of (MrExplainCard *self, MrActor actor)
{
  switch (actor) {
  case MR_ACTOR_YOU:
    return self->you;
  case MR_ACTOR_PROVIDER:
    return self->provider;
  case MR_ACTOR_RECIPIENT:
  case MR_ACTOR_RECIPIENT_ADMIN:
    return self->server;
  case MR_ACTOR_NOBODY:
  case MR_ACTOR_UNKNOWN:
  case MR_ACTOR_N_ACTORS:
  default:
    return NULL;
  }
}

/* A side is an icon and a word; the icon is there only for the one whose move it is. */
static void
mark_side (GtkWidget *side, gboolean marked)
{
  gtk_widget_set_visible (gtk_widget_get_first_child (side), marked);
  gtk_widget_add_css_class (side, marked ? "tag" : "dim-label");
}

static void
set_move (MrExplainCard *self, MrActor actor)
{
  GtkWidget *sides[] = { self->you, self->provider, self->server };
  GtkWidget *marked = side_of (self, actor);

  set_label (self->move, mr_format_actor (actor));
  gtk_widget_set_visible (self->sides, marked != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    mark_side (sides[i], sides[i] == marked);
}

/* ---- what the server said ---- */

static const char *
speaker_words (MrSpeaker speaker)
{
  switch (speaker) {
  case MR_SPEAKER_ACCOUNT:
    return _ ("your provider's server");
  case MR_SPEAKER_RECIPIENT_SERVER:
    return _ ("the recipient's server");
  case MR_SPEAKER_INTERMEDIATE:
    return _ ("a server on the way");
  case MR_SPEAKER_LOCAL:
    return _ ("this computer");
  case MR_SPEAKER_N_SPEAKERS:
  default:
    return _ ("the server");
  }
}

static void
add_fact (GString *facts, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    g_string_append_printf (facts, "%s%s: %s", facts->len > 0 ? "\n" : "", name, value);
}

static void
set_facts (MrExplainCard *self, const MrReturnedRecipient *recipient)
{
  g_autoptr (GString) facts = g_string_new (NULL);
  g_autofree char *code = recipient->code > 0 ? g_strdup_printf ("%u", recipient->code) : NULL;
  g_autofree char *enhanced = dup_line (recipient->enhanced != NULL ? recipient->enhanced : recipient->status,
                                        ADDRESS_MAX);
  g_autofree char *host = dup_line (recipient->remote_host != NULL ? recipient->remote_host : recipient->reporting_host,
                                    ADDRESS_MAX);
  g_autofree char *who = *host != '\0' ? g_strdup_printf ("%s (%s)", host, speaker_words (recipient->speaker))
                                       : g_strdup (speaker_words (recipient->speaker));
  g_autofree char *forwarded = dup_line (recipient->final_recipient, ADDRESS_MAX);
  g_autofree char *said = mr_text_sanitize (recipient->text != NULL ? recipient->text : "", REPLY_MAX);

  add_fact (facts, _ ("Forwarded to"), forwarded);
  add_fact (facts, _ ("Reply code"), code);
  add_fact (facts, _ ("Detailed code"), enhanced);
  add_fact (facts, _ ("Words"), g_strstrip (said));
  gtk_widget_set_visible (self->said, facts->len > 0);
  add_fact (facts, _ ("Said by"), who);
  set_label (self->facts, facts->str);
  mr_copy_button_set_text (self->copy, facts->str);
}

/* ---- a text to send ---- */

static void
set_letter (MrExplainCard *self, const MrReturnedRecipient *recipient, MrDiagnosis *diagnosis, const char *message_id)
{
  g_autofree char *address = dup_line (recipient->recipient, ADDRESS_MAX);
  g_autofree char *server = dup_line (recipient->remote_host, ADDRESS_MAX);
  g_autofree char *id = dup_line (message_id, ADDRESS_MAX);
  g_autofree char *reply = mr_text_sanitize (recipient->text != NULL ? recipient->text : "", REPLY_MAX);
  const MrLetterFacts facts = { .server = *server != '\0' ? server : NULL,
                                .recipient = *address != '\0' ? address : NULL,
                                .message_id = *id != '\0' ? id : NULL,
                                .reply = *reply != '\0' ? reply : NULL };
  MrActor to = MR_ACTOR_UNKNOWN;
  g_autofree char *letter = mr_cause_dup_letter (diagnosis, recipient->diagnosis.cause, recipient->diagnosis.params,
                                                 &facts, &to);

  gtk_widget_set_visible (self->writing, letter != NULL);
  set_label (self->letter, letter);
  mr_copy_button_set_text (self->letter_copy, letter != NULL ? letter : "");
}

static void
mr_explain_card_init (MrExplainCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_explain_card_class_init (MrExplainCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/explain-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, address);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, title);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, sentence);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, explanation);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, steps);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, move);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, facts);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, sides);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, you);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, provider);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, server);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, said);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, copy);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, writing);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, letter);
  gtk_widget_class_bind_template_child (widget_class, MrExplainCard, letter_copy);
}

GtkWidget *
mr_explain_card_new (const MrReturnedRecipient *recipient, MrDiagnosis *diagnosis, const char *message_id)
{
  MrExplainCard *self = g_object_new (MR_TYPE_EXPLAIN_CARD, NULL);

  set_words (self, recipient, diagnosis);
  set_move (self, recipient->diagnosis.actor);
  set_facts (self, recipient);
  set_letter (self, recipient, diagnosis, message_id);
  return GTK_WIDGET (self);
}

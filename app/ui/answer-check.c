/* The sentence comes after a rest: a half-typed address is no mistake, and a screen reader shall not speak at every key. It goes at once. */
#include "config.h"

#include "ui/answer-check.h"

#include <glib/gi18n-lib.h>

#include "mail/address.h"

#define REST_MS     600
#define WORD_CHARS  60 /* of what was typed, in a sentence about it */
#define WIDTH_CHARS 36
#define DATA        "answer-check"

typedef struct {
  GtkLabel *mistake; /* borrowed: a child of the dialog's */
  char *response;
  MrAnswerCheck check;
  gpointer data;
  guint rest; /* source, 0: none */
} Check;

static void
check_free (gpointer data)
{
  Check *self = data;

  g_clear_handle_id (&self->rest, g_source_remove);
  g_clear_object (&self->mistake);
  g_free (self->response);
  g_free (self);
}

static void
show_mistake (Check *self, const char *sentence)
{
  gtk_label_set_text (self->mistake, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), *sentence != '\0');
}

static gboolean
rested_cb (gpointer data)
{
  Check *self = data;
  g_autofree char *mistake = NULL;

  self->rest = 0;
  if (!self->check (self->data, &mistake) && mistake != NULL)
    show_mistake (self, mistake);
  return G_SOURCE_REMOVE;
}

void
mr_answer_check_look (AdwMessageDialog *dialog)
{
  Check *self = g_object_get_data (G_OBJECT (dialog), DATA);
  g_autofree char *mistake = NULL;

  g_return_if_fail (self != NULL);
  g_clear_handle_id (&self->rest, g_source_remove);
  adw_message_dialog_set_response_enabled (dialog, self->response, self->check (self->data, &mistake));
  if (mistake != NULL)
    self->rest = g_timeout_add (REST_MS, rested_cb, self);
  if (g_strcmp0 (mistake, gtk_label_get_text (self->mistake)) != 0)
    show_mistake (self, "");
}

/* Closed: what is looked at goes with the window, the dialog perhaps later. */
static void
closed_cb (Check *self)
{
  g_clear_handle_id (&self->rest, g_source_remove);
}

void
mr_answer_check_follow (AdwMessageDialog *dialog, GtkEditable *editable)
{
  g_signal_connect_object (editable, "changed", G_CALLBACK (mr_answer_check_look), dialog, G_CONNECT_SWAPPED);
  mr_answer_check_look (dialog);
}

void
mr_answer_check_add (AdwMessageDialog *dialog, GtkBox *box, const char *response, MrAnswerCheck check, gpointer data)
{
  Check *self = g_new0 (Check, 1);

  self->mistake = g_object_ref_sink (g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS,
                                                   "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "max-width-chars",
                                                   WIDTH_CHARS, "xalign", 0.0, "visible", FALSE, NULL));
  self->response = g_strdup (response);
  self->check = check;
  self->data = data;
  gtk_widget_add_css_class (GTK_WIDGET (self->mistake), "error");
  gtk_box_append (box, GTK_WIDGET (self->mistake));
  g_object_set_data_full (G_OBJECT (dialog), DATA, self, check_free);
  g_signal_connect_swapped (dialog, "unmap", G_CALLBACK (closed_cb), self);
}

char *
mr_answer_dup_short (const char *text)
{
  g_autofree char *line = g_strstrip (g_strdelimit (g_strdup (text), "\r\n\t", ' '));
  g_autofree char *start = NULL;

  if (g_utf8_strlen (line, -1) <= WORD_CHARS)
    return g_steal_pointer (&line);
  start = g_utf8_substring (line, 0, WORD_CHARS);
  return g_strconcat (start, "…", NULL);
}

char *
mr_answer_dup_wrong_address (char **words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (!mr_address_is_valid (words[i])) {
      g_autofree char *word = mr_answer_dup_short (words[i]);

      return g_strdup_printf (_ ("“%s” is not a whole address. Write it like anna@example.com."), word);
    }
  return NULL;
}

/* mail-relayctl explain: a message of the queue by its id, or the text of a reply; the latter needs no service. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "client/message-input.h"
#include "ctl/explain.h"
#include "ctl/output.h"
#include "ctl/words.h"
#include "ndr/states.h"

#define MAX_TEXT 4096

/* ---- a message ---- */

static void
print_recipients (MrCtl *ctl, const MrMessageRecord *message)
{
  g_autofree char *held = message->hold != MR_HOLD_NONE ? mr_words_dup_message_state (ctl, message) : NULL;

  if (held != NULL)
    mr_print_paragraph (held, 0);
  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *recipient = message->recipients->pdata[i];
    g_autofree char *line = mr_state_dup_line (recipient, ctl->now);
    g_autofree char *explanation = mr_words_dup_explanation (ctl, recipient);

    mr_say ("%s\n", recipient->address);
    mr_print_paragraph (line, 2);
    if (explanation != NULL)
      mr_print_paragraph (explanation, 2);
  }
}

static int
explain_message (MrCtl *ctl, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) message = NULL;

  mr_client_get_message_async (ctl->client, id, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_get_message_finish (ctl->client, result, &message, NULL, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    mr_print_json (mr_words_message_to_variant (ctl, message, TRUE));
  else
    print_recipients (ctl, message);
  return MR_EXIT_DONE;
}

/* ---- a reply ---- */

typedef struct {
  int code;
  char *enhanced, *stage, *text;
  gboolean direct;
} Question;

static void
question_clear (Question *question)
{
  g_free (question->enhanced);
  g_free (question->stage);
  g_free (question->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

/* Takes "550 5.1.1 " (or "550-5.1.1 ") off the text where the options did not say it. */
static void
split_text (Question *question)
{
  char *text = question->text;
  guint class, subject, detail;
  int used = 0;

  if (question->code == 0 && g_ascii_isdigit (text[0]) && g_ascii_isdigit (text[1]) && g_ascii_isdigit (text[2])
      && (text[3] == ' ' || text[3] == '-')) {
    question->code = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    text += 4;
  }
  if (question->enhanced == NULL && sscanf (text, "%1u.%3u.%3u%n", &class, &subject, &detail, &used) == 3 && used > 0
      && (text[used] == ' ' || text[used] == '\0')) {
    question->enhanced = g_strndup (text, (gsize)used);
    text += used;
  }
  char *rest = g_strstrip (g_strdup (text));
  g_free (question->text);
  question->text = rest;
}

static GVariant *
result_to_variant (MrDiagnosis *diagnosis, const Question *question, const MrDiagnosisResult *result)
{
  GVariantDict dict;
  g_autofree char *title = mr_cause_dup_title (diagnosis, result->cause, result->params);
  g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, result->cause, result->params);
  g_autofree char *explanation = mr_cause_dup_explanation (diagnosis, result->cause, result->params);
  g_autofree char *action = mr_cause_dup_action_label (diagnosis, result->action);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "code", "u", (guint)question->code);
  g_variant_dict_insert (&dict, "enhanced", "s", question->enhanced != NULL ? question->enhanced : "");
  g_variant_dict_insert (&dict, "text", "s", question->text);
  g_variant_dict_insert (&dict, "cause", "s", result->cause != NULL ? result->cause : "");
  g_variant_dict_insert (&dict, "actor", "s", mr_actor_nick (result->actor));
  g_variant_dict_insert (&dict, "retry", "s", mr_retry_hint_nick (result->retry));
  g_variant_dict_insert (&dict, "confidence", "d", result->confidence);
  g_variant_dict_insert (&dict, "action", "s", result->action != NULL ? result->action : "");
  g_variant_dict_insert (&dict, "action-text", "s", action != NULL ? action : "");
  g_variant_dict_insert (&dict, "title", "s", title);
  g_variant_dict_insert (&dict, "sentence", "s", sentence);
  g_variant_dict_insert (&dict, "explanation", "s", explanation);
  if (result->params != NULL)
    g_variant_dict_insert_value (&dict, "params", result->params);
  return g_variant_dict_end (&dict);
}

static void
print_result (MrDiagnosis *diagnosis, const MrDiagnosisResult *result)
{
  g_autofree char *title = mr_cause_dup_title (diagnosis, result->cause, result->params);
  g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, result->cause, result->params);
  g_autofree char *explanation = mr_cause_dup_explanation (diagnosis, result->cause, result->params);

  mr_say ("%s\n", title);
  mr_print_paragraph (sentence, 2);
  if (*explanation != '\0')
    mr_print_paragraph (explanation, 2);
}

static int
explain_reply (MrCtl *ctl, Question *question)
{
  MrDiagnosis *diagnosis = mr_ctl_get_diagnosis (ctl);
  MrDiagnosisInput input = { .stage = MR_STAGE_RCPT, .error = -1 };
  g_auto (MrDiagnosisResult) result = { 0 };

  if (question->stage != NULL && !mr_stage_from_nick (question->stage, &input.stage))
    return mr_ctl_usage (_ ("“%s” is not a stage: use connect, ehlo, starttls, auth, mail, rcpt, data or dot"),
                         question->stage);
  split_text (question);
  input.speaker = question->direct ? MR_SPEAKER_RECIPIENT_SERVER : MR_SPEAKER_ACCOUNT;
  input.direct = question->direct;
  input.code = (guint)CLAMP (question->code, 0, 599);
  input.enhanced = question->enhanced;
  input.text = question->text;
  mr_diagnosis_run (diagnosis, &input, &result);
  if (ctl->json)
    mr_print_json (result_to_variant (diagnosis, question, &result));
  else
    print_result (diagnosis, &result);
  return MR_EXIT_DONE;
}

static char *
read_stdin (GError **error)
{
  g_autoptr (GBytes) bytes = mr_message_input_read (STDIN_FILENO, FALSE, error);

  if (bytes == NULL)
    return NULL;
  if (g_bytes_get_size (bytes) == 0) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("There is no text to explain"));
    return NULL;
  }
  return g_strndup (g_bytes_get_data (bytes, NULL), MIN (g_bytes_get_size (bytes), MAX_TEXT));
}

int
mr_verb_explain (MrCtl *ctl, int argc, char **argv)
{
  g_auto (Question) question = { 0 };
  gboolean batch = FALSE, messages = FALSE, link = FALSE;
  const GOptionEntry entries[] = {
    { "code", 0, 0, G_OPTION_ARG_INT, &question.code, N_ ("Reply code, for example 550"), "CODE" },
    { "enhanced", 0, 0, G_OPTION_ARG_STRING, &question.enhanced, N_ ("Enhanced status code, for example 5.1.1"),
      "X.Y.Z" },
    { "stage", 0, 0, G_OPTION_ARG_STRING, &question.stage, N_ ("What it answered: mail, rcpt, data, dot …"),
      N_ ("STAGE") },
    { "batch", 0, 0, G_OPTION_ARG_NONE, &batch,
      N_ ("Read replies as JSON lines from standard input and write one JSON line each"), NULL },
    { "eml", 0, 0, G_OPTION_ARG_NONE, &messages,
      N_ ("Explain returned mail: the arguments are files of messages (standard input without any)"), NULL },
    { "link", 0, 0, G_OPTION_ARG_NONE, &link,
      N_ ("With --eml: find the message that it is about in the history, and mark there what came back"), NULL },
    { "direct", 0, 0, G_OPTION_ARG_NONE, &question.direct, N_ ("The recipient's own server said it, not a provider"),
      NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "explain", N_ ("ID | TEXT | --batch | --eml [--link] [FILE…]"),
                     N_ ("What became of a message, or what a reply means (from standard input without TEXT)."),
                     entries, 0, -1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (batch && argc > 1)
    return mr_ctl_usage (_ ("--batch reads standard input and takes no arguments"));
  if (link && (batch || !messages))
    return mr_ctl_usage (_ ("--link goes with --eml"));
  if (batch)
    return mr_explain_batch (ctl);
  if (messages)
    return mr_explain_messages (ctl, argv + 1, link);
  if (argc == 2 && mr_id_is_valid (argv[1]))
    return explain_message (ctl, argv[1]);
  if (argc > 1)
    question.text = g_strjoinv (" ", argv + 1);
  else if (question.code == 0 && question.enhanced == NULL)
    question.text = read_stdin (&error);
  else
    question.text = g_strdup ("");
  if (question.text == NULL)
    return mr_ctl_fail (ctl, error);
  return explain_reply (ctl, &question);
}

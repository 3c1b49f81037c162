/* mail-relayctl explain --batch and --eml: many replies or messages in one run, one JSON object on a line each. Works
 * without the service (but for --link). What cannot be read gives {"error": ...} and the run goes on. */
#include <config.h>

#include "ctl/explain.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "base/text.h"
#include "client/message-input.h"
#include "client/returned-calls.h"
#include "ctl/output.h"
#include "ndr/returned.h"

#define BATCH_LINE_MAX (256 * 1024)
#define MESSAGE_MAX    (64 * 1024 * 1024)

static void
print_object (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  mr_print_json_text (text);
  fflush (stdout);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value == NULL)
    json_builder_add_null_value (builder);
  else
    json_builder_add_string_value (builder, value);
}

/* Owns text. */
static void
add_text (JsonBuilder *builder, const char *name, char *text)
{
  g_autofree char *own = text;

  add_string (builder, name, own);
}

static void
print_error (const char *message, const char *file)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (file != NULL)
    add_string (builder, "file", file);
  add_string (builder, "error", message);
  print_object (builder);
}

/* What both share. */
static void
add_result (JsonBuilder *builder, MrDiagnosis *diagnosis, const MrDiagnosisResult *result)
{
  GVariantIter iter;
  const char *name, *value;

  add_string (builder, "cause", result->cause);
  add_string (builder, "actor", mr_actor_nick (result->actor));
  add_string (builder, "retry", mr_retry_hint_nick (result->retry));
  json_builder_set_member_name (builder, "confidence");
  json_builder_add_double_value (builder, result->confidence);
  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_object (builder);
  if (result->params != NULL) {
    g_variant_iter_init (&iter, result->params);
    while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
      add_string (builder, name, value);
  }
  json_builder_end_object (builder);
  add_text (builder, "title", mr_cause_dup_title (diagnosis, result->cause, result->params));
  add_text (builder, "sentence", mr_cause_dup_sentence (diagnosis, result->cause, result->params));
  add_string (builder, "action", result->action);
  add_string (builder, "rule", result->rule);
}

/* ---- --batch ---- */

/* A member that is a string that says something; NULL: none. */
static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *value = node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                          ? json_node_get_string (node)
                          : NULL;

  return value != NULL && *value != '\0' ? value : NULL;
}

static guint64
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return 0;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_ascii_strtoull (json_node_get_string (node), NULL, 10);
  return (guint64)MAX (json_node_get_int (node), 0);
}

static void
read_input (JsonObject *object, MrDiagnosisInput *input)
{
  const char *stage = get_string (object, "stage"), *speaker = get_string (object, "speaker");
  g_autofree char *stage_nick = g_ascii_strdown (stage != NULL ? stage : "", -1);
  g_autofree char *speaker_nick = g_ascii_strdown (speaker != NULL ? speaker : "", -1);

  input->error = -1;
  input->text = get_string (object, "text");
  input->code = (guint)MIN (get_number (object, "code"), 999);
  input->enhanced = get_string (object, "enhanced");
  input->host = get_string (object, "host");
  input->recipient = get_string (object, "recipient");
  input->sender = get_string (object, "sender");
  input->size = get_number (object, "size");
  input->stage = MR_STAGE_NONE;
  mr_stage_from_nick (g_str_equal (stage_nick, "helo") ? "ehlo" : stage_nick, &input->stage);
  input->speaker = mr_speaker_guess (input->stage, input->text);
  mr_speaker_from_nick (speaker_nick, &input->speaker);
  input->direct = input->speaker == MR_SPEAKER_RECIPIENT_SERVER;
}

static void
explain_line (MrDiagnosis *diagnosis, const char *line, gsize len)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  MrDiagnosisInput input = { 0 };
  g_auto (MrDiagnosisResult) result = { 0 };
  JsonNode *root;

  if (len > BATCH_LINE_MAX)
    return print_error (_ ("The line is too long"), NULL);
  if (!json_parser_load_from_data (parser, line, (gssize)len, &error))
    return print_error (error->message, NULL);
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return print_error (_ ("A line must hold one JSON object, for example {\"text\": \"550 User unknown\"}"), NULL);
  read_input (json_node_get_object (root), &input);
  if (input.text == NULL && input.code == 0 && input.enhanced == NULL)
    return print_error (_ ("“text” is missing"), NULL);
  mr_diagnosis_run (diagnosis, &input, &result);
  json_builder_begin_object (builder);
  if (json_object_has_member (json_node_get_object (root), "id")) {
    json_builder_set_member_name (builder, "id");
    json_builder_add_value (builder, json_node_copy (json_object_get_member (json_node_get_object (root), "id")));
  }
  add_result (builder, diagnosis, &result);
  print_object (builder);
}

/* One line without its end; what is beyond BATCH_LINE_MAX is counted and not kept. FALSE: the end. */
static gboolean
read_line (GString *line, gsize *ret_len)
{
  int c = EOF;

  g_string_truncate (line, 0);
  *ret_len = 0;
  while ((c = getc_unlocked (stdin)) != EOF && c != '\n') {
    if (line->len <= BATCH_LINE_MAX)
      g_string_append_c (line, (char)c);
    ++*ret_len;
  }
  return c != EOF || *ret_len > 0;
}

int
mr_explain_batch (MrCtl *ctl)
{
  MrDiagnosis *diagnosis = mr_ctl_get_diagnosis (ctl);
  g_autoptr (GString) line = g_string_new (NULL);
  gsize len;

  while (read_line (line, &len))
    explain_line (diagnosis, line->str, len);
  return MR_EXIT_DONE;
}

/* ---- --eml --link ---- */

/* Only what came back is looked for: a delay or a confirmation changes nothing in the history. */
static gboolean
is_returned (const MrReturnedRecipient *r)
{
  return r->outcome == MR_RETURNED_FAILED || r->gave_up;
}

/* ... and a complaint is counted. */
static gboolean
is_linked (const MrReturnedRecipient *r)
{
  return is_returned (r) || r->outcome == MR_RETURNED_COMPLAINT;
}

/* Message ids, one for each recipient of the report; NULL where the person did not send it or nothing came back. NULL with error: the service
 * could not be asked. (transfer full) */
static GPtrArray *
link_recipients (MrCtl *ctl, const MrReturned *report, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < report->recipients->len; i++) {
    const MrReturnedRecipient *r = report->recipients->pdata[i];
    const MrClientReport facts = { .message_id = report->message_id,
                                   .envid = report->envelope_id,
                                   .queue_id = report->queue_id,
                                   .recipient = r->recipient,
                                   .cause = r->diagnosis.cause,
                                   .when = ctl->now,
                                   .failed = is_returned (r),
                                   .complaint = r->outcome == MR_RETURNED_COMPLAINT };
    char *id = NULL;
    guint recipient;

    if (is_linked (r)) {
      mr_client_link_report_async (ctl->client, &facts, NULL, mr_ctl_ready_cb, ctl);
      g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
      if (!mr_client_link_report_finish (ctl->client, result, &id, &recipient, error))
        return NULL;
    }
    g_ptr_array_add (ids, id);
  }
  return g_steal_pointer (&ids);
}

static void
print_linked (const MrReturnedRecipient *r, const char *id)
{
  g_autofree char *line = id != NULL ? g_strdup_printf (_ ("It is about your message %s."), id) : NULL;

  if (is_linked (r))
    mr_print_paragraph (line != NULL ? line : _ ("You did not send this, or it is no longer in the history."), 2);
}

/* ---- --eml ---- */

/* linked: message ids as of link_recipients(), NULL: not asked for. */
static void
add_recipient (JsonBuilder *builder, MrDiagnosis *diagnosis, const MrReturned *report, guint i, GPtrArray *linked)
{
  const MrReturnedRecipient *r = report->recipients->pdata[i];

  json_builder_begin_object (builder);
  add_string (builder, "recipient", r->recipient);
  if (r->final_recipient != NULL)
    add_string (builder, "final-recipient", r->final_recipient);
  add_string (builder, "outcome", mr_returned_outcome_nick (r->outcome));
  json_builder_set_member_name (builder, "gave-up");
  json_builder_add_boolean_value (builder, r->gave_up);
  add_string (builder, "status", r->status);
  json_builder_set_member_name (builder, "reply");
  if (r->code > 0)
    json_builder_add_int_value (builder, r->code);
  else
    json_builder_add_null_value (builder);
  add_string (builder, "enhanced", r->enhanced);
  add_string (builder, "text", r->text);
  add_string (builder, "remote-host", r->remote_host);
  add_string (builder, "reporting-host", r->reporting_host);
  add_result (builder, diagnosis, &r->diagnosis);
  if (linked != NULL)
    add_string (builder, "linked", linked->pdata[i]);
  json_builder_end_object (builder);
}

static void
print_report_json (MrDiagnosis *diagnosis, const MrReturned *report, const char *file, GPtrArray *linked)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "file", file);
  add_string (builder, "outcome", mr_returned_outcome_nick (report->outcome));
  add_string (builder, "message-id", report->message_id);
  add_string (builder, "envelope-id", report->envelope_id);
  add_string (builder, "id", report->queue_id);
  add_string (builder, "subject", report->subject);
  json_builder_set_member_name (builder, "recipients");
  json_builder_begin_array (builder);
  for (guint i = 0; i < report->recipients->len; i++)
    add_recipient (builder, diagnosis, report, i, linked);
  json_builder_end_array (builder);
  print_object (builder);
}

static void
print_report_text (MrDiagnosis *diagnosis, const MrReturned *report, GPtrArray *linked)
{
  mr_print_paragraph (mr_returned_outcome_sentence (report->outcome), 0);
  for (guint i = 0; i < report->recipients->len; i++) {
    const MrReturnedRecipient *r = report->recipients->pdata[i];
    g_autofree char *title = mr_cause_dup_title (diagnosis, r->diagnosis.cause, r->diagnosis.params);
    g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, r->diagnosis.cause, r->diagnosis.params);
    g_autofree char *explanation = mr_cause_dup_explanation (diagnosis, r->diagnosis.cause, r->diagnosis.params);
    g_autofree char *address = mr_text_sanitize (r->recipient, 320);

    g_strdelimit (address, "\n", ' ');
    mr_say ("\n%s\n", *address != '\0' ? address : "-");
    mr_print_paragraph (title, 2);
    mr_print_paragraph (sentence, 2);
    mr_print_paragraph (explanation, 2);
    if (r->text != NULL) {
      g_autofree char *said = mr_text_sanitize (r->text, 1000);
      g_autofree char *line = g_strdup_printf (_ ("The server said: %s"), g_strdelimit (said, "\n", ' '));

      mr_print_paragraph (line, 2);
    }
    if (linked != NULL)
      print_linked (r, linked->pdata[i]);
  }
}

static GBytes *
read_message (const char *file, GError **error)
{
  char *data;
  gsize len;

  if (file == NULL || g_str_equal (file, "-"))
    return mr_message_input_read (STDIN_FILENO, FALSE, error);
  if (!mr_os_read_file (file, MESSAGE_MAX, &data, &len, error))
    return NULL;
  return g_bytes_new_take (data, len);
}

static void
tell_error (MrCtl *ctl, const GError *error, const char *file)
{
  if (ctl->json)
    print_error (error->message, file);
  else
    mr_tell ("mail-relayctl: %s\n", error->message);
}

/* file: NULL: standard input. Gives the exit code. */
static int
explain_file (MrCtl *ctl, const char *file, gboolean link)
{
  MrDiagnosis *diagnosis = mr_ctl_get_diagnosis (ctl);
  const char *name = file != NULL ? file : "-";
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_message (file, &error);
  g_autoptr (GPtrArray) linked = NULL;
  gsize len = 0;
  const void *data;

  if (bytes == NULL) {
    tell_error (ctl, error, name);
    return MR_EXIT_REFUSED;
  }
  data = g_bytes_get_data (bytes, &len);
  if (len == 0 && !ctl->json) {
    mr_tell ("mail-relayctl: %s: %s\n", name, _ ("there is nothing in it"));
    return MR_EXIT_REFUSED;
  }
  g_autoptr (MrReturned) report = mr_returned_read (diagnosis, len > 0 ? data : "", len);

  if (link && (linked = link_recipients (ctl, report, &error)) == NULL) {
    tell_error (ctl, error, name);
    return mr_client_is_unreachable (error) ? MR_EXIT_UNREACHABLE : MR_EXIT_REFUSED;
  }
  if (ctl->json)
    print_report_json (diagnosis, report, name, linked);
  else
    print_report_text (diagnosis, report, linked);
  return MR_EXIT_DONE;
}

int
mr_explain_messages (MrCtl *ctl, char **files, gboolean link)
{
  int worst = MR_EXIT_DONE;

  if (files[0] == NULL)
    return explain_file (ctl, NULL, link);
  for (guint i = 0; files[i] != NULL; i++) {
    if (i > 0 && !ctl->json)
      puts ("");
    if (files[1] != NULL && !ctl->json)
      mr_say ("%s:\n", files[i]);
    int code = explain_file (ctl, files[i], link);

    worst = MAX (worst, code);
  }
  return worst;
}

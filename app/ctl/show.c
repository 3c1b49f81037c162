/* mail-relayctl show */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/records-variant.h"
#include "client/hold-calls.h"
#include "ctl/output.h"
#include "ctl/show-message.h"
#include "ctl/show-signatures.h"
#include "ctl/words.h"
#include "ndr/details.h"
#include "ndr/states.h"

static void
print_recipient (MrCtl *ctl, const MrRecipientRecord *recipient)
{
  g_autofree char *line = mr_state_dup_line (recipient, ctl->now);
  g_autofree char *reply = mr_words_dup_reply (&recipient->reply);
  g_autofree char *explanation = mr_words_dup_explanation (ctl, recipient);

  mr_say ("\n%s\n", recipient->address);
  if (recipient->corrected_from != NULL)
    mr_say (_ ("  Handed in for %s\n"), recipient->corrected_from);
  mr_print_paragraph (line, 2);
  if (explanation != NULL && *explanation != '\0')
    mr_print_paragraph (explanation, 2);
  if (reply != NULL) {
    g_autofree char *said = recipient->host != NULL && *recipient->host != '\0'
                                ? g_strdup_printf (_ ("%s said: %s"), recipient->host, reply)
                                : g_strdup_printf (_ ("The server said: %s"), reply);
    mr_print_paragraph (said, 2);
  }
}

static void
print_attempts (GPtrArray *attempts)
{
  const char *const titles[] = { _ ("Attempt"), _ ("Time"), _ ("Server"), _ ("Encryption"), _ ("Result"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (attempts->len == 0)
    return;
  putchar ('\n');
  for (guint i = 0; i < attempts->len; i++) {
    const MrAttemptRecord *attempt = attempts->pdata[i];
    g_autofree char *number = g_strdup_printf ("%u.%u", attempt->recipient, attempt->number);
    g_autofree char *time = mr_format_time (attempt->started);
    g_autofree char *reply = mr_words_dup_reply (&attempt->reply);
    const char *cells[] = { number,
                            time,
                            attempt->address != NULL ? attempt->address : attempt->host,
                            attempt->tls != NULL ? attempt->tls : "-",
                            reply != NULL ? reply : attempt->error,
                            NULL };
    mr_table_add (table, cells, G_MAXUINT, NULL);
  }
  mr_table_print (table);
}

static void
print_conversations (GPtrArray *attempts)
{
  for (guint i = 0; i < attempts->len; i++) {
    const MrAttemptRecord *attempt = attempts->pdata[i];
    if (attempt->transcript == NULL || *attempt->transcript == '\0')
      continue;
    g_auto (GStrv) lines = g_strsplit (attempt->transcript, "\n", -1);
    mr_say (_ ("\nConversation of attempt %u.%u:\n"), attempt->recipient, attempt->number);
    for (guint j = 0; lines[j] != NULL; j++)
      if (*lines[j] != '\0')
        mr_say ("  %s\n", lines[j]);
  }
}

/* The rule that keeps it back, in its own words; one that is gone has none. (transfer full) */
static char *
dup_rule (MrCtl *ctl, const char *id)
{
  mr_client_list_hold_rules_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) rules = mr_client_list_hold_rules_finish (ctl->client, result, NULL);

  for (guint i = 0; rules != NULL && i < rules->len; i++) {
    const MrHoldRuleRecord *rule = rules->pdata[i];

    if (g_strcmp0 (rule->id, id) == 0) {
      g_autofree char *sentence = mr_hold_rule_dup_sentence (rule);
      return g_strdup_printf ("%s (%s)", sentence, id);
    }
  }
  return g_strdup (id);
}

static void
print_hold (MrCtl *ctl, const MrMessageRecord *message)
{
  g_autofree char *until = mr_format_time (message->hold_until);

  if (message->finished != 0 || message->hold == MR_HOLD_NONE)
    return;
  if (message->hold_rule != NULL) {
    g_autofree char *rule = dup_rule (ctl, message->hold_rule);
    mr_print_field (_ ("Rule"), rule);
  }
  if (message->hold_until > 0)
    mr_print_field (_ ("Goes by itself"), until);
}

static void
print_message (MrCtl *ctl, const MrMessageRecord *message, GPtrArray *attempts, GPtrArray *signatures,
               gboolean conversation)
{
  g_autofree char *copies = message->copies != NULL ? g_strjoinv (", ", message->copies) : NULL;
  g_autofree char *created = mr_format_time (message->created);
  g_autofree char *finished = mr_format_time (message->finished);
  g_autofree char *size = g_format_size (message->size);
  g_autofree char *state = mr_words_dup_message_state (ctl, message);

  mr_print_field (_ ("Id"), message->id);
  mr_print_field (_ ("Subject"), message->subject);
  mr_print_field (_ ("From"), message->from);
  mr_print_field (_ ("Return address"), *message->reverse_path != '\0' ? message->reverse_path : _ ("(none)"));
  mr_print_field (_ ("Handed in"), created);
  if (message->finished > 0)
    mr_print_field (_ ("Finished"), finished);
  if (message->finished == 0 && message->not_before > ctl->now) {
    g_autofree char *when = mr_format_time (message->not_before);
    mr_print_field (_ ("Not before"), when);
  }
  mr_print_field (_ ("Copy of"), message->again_of);
  mr_print_field (_ ("Copies"), copies);
  mr_print_field (_ ("By"), message->program);
  mr_print_field (_ ("Size"), size);
  mr_print_field (_ ("State"), state);
  print_hold (ctl, message);
  mr_ctl_print_signatures (signatures);
  for (guint i = 0; i < message->recipients->len; i++)
    print_recipient (ctl, message->recipients->pdata[i]);
  print_attempts (attempts);
  if (conversation)
    print_conversations (attempts);
}

static void
print_json (MrCtl *ctl, const MrMessageRecord *message, GPtrArray *attempts, GPtrArray *signatures)
{
  GVariantDict dict;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < attempts->len; i++)
    g_variant_builder_add_value (&builder, mr_attempt_record_to_variant (attempts->pdata[i]));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "message", mr_words_message_to_variant (ctl, message, TRUE));
  g_variant_dict_insert_value (&dict, "attempts", g_variant_builder_end (&builder));
  g_variant_dict_insert_value (&dict, "signatures", mr_ctl_signatures_to_variant (signatures));
  mr_print_json (g_variant_dict_end (&dict));
}

int
mr_verb_show (MrCtl *ctl, int argc, char **argv)
{
  gboolean conversation = FALSE, details = FALSE, body = FALSE, headers = FALSE, text = FALSE, source = FALSE,
           parts = FALSE, check = FALSE;
  const GOptionEntry entries[] = {
    { "conversation", 0, 0, G_OPTION_ARG_NONE, &conversation, N_ ("Show the conversations with servers too"), NULL },
    { "body", 0, 0, G_OPTION_ARG_NONE, &body, N_ ("Print the message itself, as it is sent"), NULL },
    { "signatures", 0, 0, G_OPTION_ARG_NONE, &check, N_ ("Check the signatures (DKIM) with the keys in the DNS"),
      NULL },
    { "details", 0, 0, G_OPTION_ARG_NONE, &details, N_ ("All facts as plain text, for an administrator"), NULL },
    { "headers", 0, 0, G_OPTION_ARG_NONE, &headers, N_ ("Print the header, decoded"), NULL },
    { "text", 0, 0, G_OPTION_ARG_NONE, &text, N_ ("Print what there is to read; HTML becomes text"), NULL },
    { "source", 0, 0, G_OPTION_ARG_NONE, &source, N_ ("Print the source, safe for a terminal"), NULL },
    { "parts", 0, 0, G_OPTION_ARG_NONE, &parts, N_ ("List the parts and attachments"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) message = NULL;
  g_autoptr (GPtrArray) attempts = NULL;

  if (!mr_ctl_parse (ctl, "show", "ID", N_ ("One message with its recipients, attempts and explanations."), entries, 1,
                     1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (body || headers || text || source || parts)
    return mr_ctl_show_message (ctl, argv[1],
                                body      ? MR_SHOW_BODY
                                : headers ? MR_SHOW_HEADERS
                                : text    ? MR_SHOW_TEXT
                                : source  ? MR_SHOW_SOURCE
                                          : MR_SHOW_PARTS);
  mr_client_get_message_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_get_message_finish (ctl->client, result, &message, &attempts, &error))
    return mr_ctl_fail (ctl, error);
  g_autoptr (GPtrArray) signatures = mr_ctl_fetch_signatures (ctl, argv[1], check, &error);
  if (signatures == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    print_json (ctl, message, attempts, signatures);
  else if (details) {
    g_autofree char *all = mr_details_dup_text (message, attempts, mr_ctl_get_diagnosis (ctl), ctl->now);

    mr_say ("%s", all);
  } else
    print_message (ctl, message, attempts, signatures, conversation);
  return MR_EXIT_DONE;
}

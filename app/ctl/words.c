/* What is said about messages: the words themselves are ndr's. */
#include <config.h>

#include "ctl/words.h"

#include "base/records-variant.h"
#include "ctl/output.h"
#include "ndr/states.h"

char *
mr_words_dup_message_state (MrCtl *ctl, const MrMessageRecord *message)
{
  if (message->hold != MR_HOLD_NONE && message->finished == 0)
    return g_strdup (mr_hold_reason_sentence (message->hold));
  if (message->recipients->len == 0)
    return g_strdup ("");

  const MrRecipientRecord *first = message->recipients->pdata[0];
  char *line = mr_state_dup_line (first, ctl->now);
  const char *cause = mr_state_get_cause (first);
  if (cause == NULL)
    return line;
  g_autofree char *own = line;
  g_autoptr (GVariant) params = mr_state_dup_params (first);
  g_autofree char *title = mr_cause_dup_title (mr_ctl_get_diagnosis (ctl), cause, params);
  return *title != '\0' ? g_strconcat (own, " · ", title, NULL) : g_steal_pointer (&own);
}

const char *
mr_words_get_colour (const MrMessageRecord *message)
{
  if (message->hold != MR_HOLD_NONE)
    return MR_COLOUR_WAITING;
  if (message->recipients->len > 0 && ((const MrRecipientRecord *)message->recipients->pdata[0])->bounced > 0)
    return MR_COLOUR_BAD;
  switch (mr_message_record_summary_state (message)) {
  case MR_RECIPIENT_DELIVERED:
  case MR_RECIPIENT_RELAYED:
    return MR_COLOUR_GOOD;
  case MR_RECIPIENT_WAITING:
  case MR_RECIPIENT_UNCERTAIN:
    return MR_COLOUR_WAITING;
  case MR_RECIPIENT_NEEDS_PERSON:
  case MR_RECIPIENT_FAILED:
  case MR_RECIPIENT_EXPIRED:
  case MR_RECIPIENT_RETURNED:
    return MR_COLOUR_BAD;
  case MR_RECIPIENT_CANCELLED:
    return MR_COLOUR_DIM;
  case MR_RECIPIENT_SENDING:
  case MR_RECIPIENT_N_STATES:
    break;
  }
  return NULL;
}

char *
mr_words_dup_explanation (MrCtl *ctl, const MrRecipientRecord *recipient)
{
  MrDiagnosis *diagnosis = mr_ctl_get_diagnosis (ctl);

  const char *cause = mr_state_get_cause (recipient);
  g_autoptr (GVariant) params = mr_state_dup_params (recipient);

  if (cause == NULL)
    return recipient->wait_reason != MR_WAIT_NONE && recipient->wait_reason != MR_WAIT_RETRY_TIME
               ? g_strdup (mr_wait_reason_sentence (recipient->wait_reason))
               : NULL;
  g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, cause, params);
  g_autofree char *more = mr_cause_dup_explanation (diagnosis, cause, params);
  if (more == NULL || *more == '\0')
    return g_steal_pointer (&sentence);
  return g_strconcat (sentence, " ", more, NULL);
}

char *
mr_words_dup_reply (const MrReplyRecord *reply)
{
  const char *enhanced = reply->enhanced != NULL ? reply->enhanced : "";

  if (reply->code == 0)
    return NULL;
  return g_strdup_printf ("%u%s%s %s", reply->code, *enhanced != '\0' ? " " : "", enhanced,
                          reply->text != NULL ? reply->text : "");
}

static GVariant *
recipient_to_variant (MrCtl *ctl, const MrRecipientRecord *recipient)
{
  GVariantDict dict;
  g_autoptr (GVariant) base = g_variant_ref_sink (mr_recipient_record_to_variant (recipient));
  g_autofree char *line = mr_state_dup_line (recipient, ctl->now);
  g_autofree char *explanation = mr_words_dup_explanation (ctl, recipient);

  g_variant_dict_init (&dict, base);
  g_variant_dict_insert (&dict, "state-text", "s", line);
  if (explanation != NULL)
    g_variant_dict_insert (&dict, "explanation", "s", explanation);
  return g_variant_dict_end (&dict);
}

GVariant *
mr_words_message_to_variant (MrCtl *ctl, const MrMessageRecord *message, gboolean detail)
{
  GVariantDict dict;
  GVariantBuilder recipients;
  g_autoptr (GVariant) base = g_variant_ref_sink (mr_message_record_to_variant (message, FALSE));
  g_autofree char *line = mr_words_dup_message_state (ctl, message);

  g_variant_dict_init (&dict, base);
  g_variant_dict_insert (&dict, "state-text", "s", line);
  if (detail) {
    g_variant_builder_init (&recipients, G_VARIANT_TYPE ("aa{sv}"));
    for (guint i = 0; i < message->recipients->len; i++)
      g_variant_builder_add_value (&recipients, recipient_to_variant (ctl, message->recipients->pdata[i]));
    g_variant_dict_insert_value (&dict, "recipients", g_variant_builder_end (&recipients));
  }
  return g_variant_dict_end (&dict);
}

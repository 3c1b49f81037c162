/* Only what works is offered: a message whose content is gone is not sent again, a damaged one never, and the list of accounts leaves out the one that
 * has just failed. */
#include "config.h"

#include "ui/recipient-actions.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "ndr/states.h"
#include "ui/format.h"
#include "ui/record-item.h"

static char *
dup_reply (const MrRecipientRecord *recipient)
{
  const MrReplyRecord *reply = &recipient->reply;

  if (reply->code == 0)
    return NULL;
  return g_strdup_printf ("%u %s%s%s", reply->code, reply->enhanced != NULL ? reply->enhanced : "",
                          reply->enhanced != NULL ? " " : "", reply->text != NULL ? reply->text : "");
}

char *
mr_recipient_dup_letter (const MrMessageRecord *message, const MrRecipientRecord *recipient, MrDiagnosis *diagnosis,
                         MrActor *ret_to)
{
  const char *cause = mr_state_get_cause (recipient);
  g_autoptr (GVariant) params = mr_state_dup_params (recipient);
  g_autofree char *time = mr_clock_format_iso8601 (recipient->bounced > 0 ? recipient->bounced : recipient->changed);
  g_autofree char *reply = recipient->bounced > 0 ? NULL : dup_reply (recipient);
  const MrLetterFacts facts = { .time = time,
                                .server = recipient->host,
                                .sender = message->reverse_path,
                                .recipient = recipient->address,
                                .message_id = message->message_id,
                                .reply = reply };

  return cause != NULL ? mr_cause_dup_letter (diagnosis, cause, params, &facts, ret_to) : NULL;
}

/* ---- what can be done ---- */

static gboolean
is_waiting (const MrRecipientRecord *recipient)
{
  return recipient->state == MR_RECIPIENT_WAITING || recipient->state == MR_RECIPIENT_NEEDS_PERSON;
}

static gboolean
has_ended (const MrRecipientRecord *recipient)
{
  return recipient->state == MR_RECIPIENT_FAILED || recipient->state == MR_RECIPIENT_EXPIRED
         || recipient->state == MR_RECIPIENT_CANCELLED;
}

static gboolean
can_be_sent (const MrMessageRecord *message)
{
  return message->has_body && message->hold != MR_HOLD_DAMAGED;
}

MrSuggestion
mr_recipient_suggest (const MrMessageRecord *message, const MrRecipientRecord *recipient, MrDiagnosis *diagnosis)
{
  const char *cause = mr_state_get_cause (recipient);
  const char *action = cause != NULL ? mr_cause_get_action (diagnosis, cause) : "none";
  gboolean has_account = recipient->account != NULL && *recipient->account != '\0';
  gboolean is_free = message->hold == MR_HOLD_NONE && recipient->state != MR_RECIPIENT_SENDING;

  if (recipient->state == MR_RECIPIENT_UNCERTAIN)
    return MR_SUGGEST_SEND_AGAIN;
  if (g_str_equal (action, "copy-for-admin") || g_str_equal (action, "tell-recipient")
      || g_str_equal (action, "shrink"))
    return MR_SUGGEST_COPY;
  if (g_str_equal (action, "fix-address") && can_be_sent (message) && (is_waiting (recipient) || has_ended (recipient)))
    return MR_SUGGEST_CORRECT;
  if ((g_str_equal (action, "enter-password") || g_str_equal (action, "open-account")) && has_account && is_free)
    return MR_SUGGEST_ACCOUNT;
  if (g_str_equal (action, "check-network") && is_free && is_waiting (recipient))
    return MR_SUGGEST_TRY;
  return MR_SUGGEST_NOTHING;
}

char *
mr_recipient_dup_size_hint (const MrMessageRecord *message, const MrRecipientRecord *recipient, MrDiagnosis *diagnosis)
{
  const char *cause = mr_state_get_cause (recipient);
  g_autoptr (GVariant) params = mr_state_dup_params (recipient);
  g_autofree char *size = g_format_size (message->size);
  const char *limit = NULL;

  if (cause == NULL || !g_str_equal (mr_cause_get_action (diagnosis, cause), "shrink"))
    return NULL;
  if (params != NULL && g_variant_lookup (params, "limit", "&s", &limit) && *limit != '\0')
    return g_strdup_printf (_ ("The whole message has %s, attached files included. The server takes at most %s."), size,
                            limit);
  return g_strdup_printf (_ ("The whole message has %s, attached files included."), size);
}

const char *
mr_recipient_get_domain_check (const MrRecipientRecord *recipient)
{
  static const struct {
    const char *cause, *check;
  } rows[] = {
    { "sender-invalid", "" },
    { "server-identity", "ptr" },
    { "domain-blocklisted", "blocklists" },
  };
  static const char *const words[] = { "SPF", "DKIM", "DMARC" };
  static const char *const checks[] = { "spf", "dkim", "dmarc" };
  const char *cause = mr_state_get_cause (recipient);
  const char *text = recipient->reply.text != NULL ? recipient->reply.text : "";

  for (guint i = 0; cause != NULL && i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].cause, cause))
      return rows[i].check;
  if (cause == NULL || !g_str_equal (cause, "auth-dns"))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (text, words[i]) != NULL)
      return checks[i];
  return "";
}

/* ---- menu ---- */

static void
append (GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

static GMenu *
new_accounts (const MrMessageRecord *message, const MrRecipientRecord *recipient, GListModel *accounts)
{
  GMenu *menu = g_menu_new ();

  for (guint i = 0; accounts != NULL && i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);
    if (g_strcmp0 (account->id, recipient->account) != 0)
      append (menu, mr_format_account_name (account), "messages.recipient-account",
              g_variant_new ("(ss)", message->id, account->id));
  }
  return menu;
}

static void
append_sending (GMenu *menu, const MrMessageRecord *message, const MrRecipientRecord *recipient, GListModel *accounts)
{
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenu) through = new_accounts (message, recipient, accounts);
  gboolean waits = is_waiting (recipient) && message->hold == MR_HOLD_NONE;

  append (section, _ ("Correct the Address…"), "messages.recipient-correct",
          g_variant_new ("(sus)", message->id, recipient->n, recipient->address));
  if (has_ended (recipient))
    append (section, _ ("Send Again"), "messages.recipient-again", g_variant_new ("(su)", message->id, recipient->n));
  /* A message that is partly on its way goes through one account as a whole. */
  if (g_menu_model_get_n_items (G_MENU_MODEL (through)) > 0
      && (waits || (message->finished > 0 && has_ended (recipient))))
    g_menu_append_submenu (section, _ ("Send Through Another Account"), G_MENU_MODEL (through));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

GMenuModel *
mr_recipient_new_menu (const MrMessageRecord *message, const MrRecipientRecord *recipient, MrDiagnosis *diagnosis,
                       GListModel *accounts, gboolean has_domains)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  const char *cause = mr_state_get_cause (recipient);
  const char *check = mr_recipient_get_domain_check (recipient);
  const char *domain = message->reverse_path != NULL ? strrchr (message->reverse_path, '@') : NULL;
  g_autoptr (GVariant) params = mr_state_dup_params (recipient);
  g_autofree char *title = cause != NULL ? mr_cause_dup_title (diagnosis, cause, params) : g_strdup ("");

  if (can_be_sent (message) && (is_waiting (recipient) || has_ended (recipient)))
    append_sending (menu, message, recipient, accounts);
  if (has_domains && check != NULL && domain != NULL)
    append (section, _ ("Check the Sender’s Domain…"), "app.open-domain", g_variant_new ("(ss)", domain + 1, check));
  append (section, _ ("Never Write to This Address"), "messages.recipient-never",
          g_variant_new ("(sss)", recipient->address, title, message->id));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

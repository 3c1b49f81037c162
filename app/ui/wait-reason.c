/* What a group waits for is its account's state where the account is blocked, else the cause that its last attempts met. */
#include "config.h"

#include "ui/wait-reason.h"

#include <glib/gi18n-lib.h>

#include "ui/format.h"
#include "ui/record-item.h"

typedef struct {
  const char *reason; /* how the sentence ends */
  const char *button, *action, *icon;
} StateRow;

/* Ready has no row: what waits for such an account goes out by itself. */
static const StateRow state_rows[MR_ACCOUNT_N_STATES] = {
  [MR_ACCOUNT_PASSWORD_REFUSED] = { N_ ("your password was refused"), N_ ("Enter the Password…"), "win.edit-account",
                                    "dialog-password-symbolic" },
  [MR_ACCOUNT_NO_PASSWORD] = { N_ ("no password is saved"), N_ ("Enter the Password…"), "win.edit-account",
                               "dialog-password-symbolic" },
  [MR_ACCOUNT_KEYRING_LOCKED] = { N_ ("your saved passwords are locked"), N_ ("Unlock…"), "win.unlock-keyring",
                                  "changes-prevent-symbolic" },
  [MR_ACCOUNT_NO_KEYRING] = { N_ ("there is no place for passwords"), N_ ("Where Passwords Are Kept…"),
                              "win.choose-secrets", "dialog-password-symbolic" },
  [MR_ACCOUNT_KEYRING_SLOW] = { N_ ("your saved passwords do not answer"), N_ ("Try Again"), "win.check-keyring",
                                "dialog-password-symbolic" },
  [MR_ACCOUNT_HOST_UNKNOWN] = { N_ ("the account’s server does not exist"), N_ ("Open the Account…"),
                                "win.edit-account", "dialog-warning-symbolic" },
  [MR_ACCOUNT_TLS_TROUBLE] = { N_ ("the connection to the server is not secure"), N_ ("Open the Account…"),
                               "win.edit-account", "dialog-warning-symbolic" },
  [MR_ACCOUNT_SENDER_REFUSED] = { N_ ("the server refuses what the account sends"), N_ ("Open the Account…"),
                                  "win.edit-account", "dialog-warning-symbolic" },
  [MR_ACCOUNT_PAUSED] = { N_ ("you paused the account"), N_ ("Go On"), "win.pause-account",
                          "media-playback-pause-symbolic" },
  [MR_ACCOUNT_NEEDS_SIGN_IN] = { N_ ("you need to sign in again"), N_ ("Sign In…"), "win.sign-in-account",
                                 "dialog-password-symbolic" },
};

static const MrAccountRecord *
find_account (GListModel *accounts, const char *id)
{
  for (guint i = 0; id != NULL && i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);
    if (g_str_equal (account->id, id))
      return account;
  }
  return NULL;
}

/* NULL: the action means all accounts, as those of the keyring do. */
static GVariant *
new_target (const char *action, const MrAccountRecord *account)
{
  if (g_str_equal (action, "win.pause-account"))
    return g_variant_ref_sink (g_variant_new ("(sb)", account->id, FALSE));
  if (g_str_equal (action, "win.edit-account") || g_str_equal (action, "win.sign-in-account"))
    return g_variant_ref_sink (g_variant_new_string (account->id));
  return NULL;
}

static void
fill (MrWaitReasonNotice *ret, const MrGroupRecord *group, const char *reason, MrAccountState state,
      const MrAccountRecord *account)
{
  const StateRow *row = &state_rows[state];
  g_autoptr (GVariant) target = new_target (row->action, account);

  ret->text = g_strdup_printf (
      ngettext ("%u message waits for one reason: %s", "%u messages wait for one reason: %s", group->messages),
      group->messages, reason);
  ret->action = g_action_print_detailed_name (row->action, target);
  ret->button = _ (row->button);
  ret->icon = row->icon;
  ret->wait_reason = group->wait_reason > MR_WAIT_RETRY_TIME ? group->wait_reason : MR_WAIT_NONE;
  ret->cause = ret->wait_reason == MR_WAIT_NONE ? g_strdup (group->cause) : NULL;
  ret->account_id = g_strdup (group->account);
  if (target != NULL)
    ret->account = g_strdup (mr_format_account_name (account));
}

/* The account's state whose remedy is also the cause's; ready: a person cannot end it with the account. */
static MrAccountState
state_of_cause (MrDiagnosis *diagnosis, const char *cause, const MrAccountRecord *account)
{
  MrSpeaker speaker = *account->host == '\0' ? MR_SPEAKER_RECIPIENT_SERVER : MR_SPEAKER_ACCOUNT;
  const char *action = mr_cause_get_action (diagnosis, cause);

  if (mr_cause_get_actor (diagnosis, cause, speaker) != MR_ACTOR_YOU || action == NULL)
    return MR_ACCOUNT_READY;
  if (g_str_equal (cause, "needs-sign-in"))
    return MR_ACCOUNT_NEEDS_SIGN_IN;
  if (g_str_equal (cause, "keyring-locked"))
    return MR_ACCOUNT_KEYRING_LOCKED;
  if (g_str_equal (cause, "no-keyring"))
    return MR_ACCOUNT_NO_KEYRING;
  if (g_str_equal (action, "enter-password"))
    return MR_ACCOUNT_PASSWORD_REFUSED;
  return g_str_equal (action, "open-account") ? MR_ACCOUNT_SENDER_REFUSED : MR_ACCOUNT_READY;
}

static gboolean
try_group (const MrGroupRecord *group, MrDiagnosis *diagnosis, GListModel *accounts, MrWaitReasonNotice *ret)
{
  const MrAccountRecord *account = find_account (accounts, group->account);

  if (group->messages < MR_WAIT_REASON_LEAST || account == NULL)
    return FALSE;
  switch (group->wait_reason) {
  case MR_WAIT_ACCOUNT_PAUSED:
  case MR_WAIT_KEYRING_LOCKED:
  case MR_WAIT_NO_KEYRING:
    if ((guint)account->state >= MR_ACCOUNT_N_STATES || state_rows[account->state].reason == NULL)
      return FALSE;
    fill (ret, group, _ (state_rows[account->state].reason), account->state, account);
    return TRUE;
  case MR_WAIT_NONE:
  case MR_WAIT_RETRY_TIME: {
    MrAccountState state = group->cause != NULL ? state_of_cause (diagnosis, group->cause, account) : MR_ACCOUNT_READY;
    if (state == MR_ACCOUNT_READY)
      return FALSE;
    g_autofree char *title = mr_cause_dup_title (diagnosis, group->cause, NULL);
    fill (ret, group, title, state, account);
    return TRUE;
  }
  case MR_WAIT_OFFLINE:
  case MR_WAIT_PAUSED:
  case MR_WAIT_CAPACITY:
  case MR_WAIT_NO_ACCOUNT:
  case MR_WAIT_ACCOUNT_LIMIT:
  case MR_WAIT_METERED:
  case MR_WAIT_N_REASONS:
  default:
    return FALSE;
  }
}

void
mr_wait_reason_choose (GPtrArray *groups, MrDiagnosis *diagnosis, GListModel *accounts, MrWaitReasonNotice *ret)
{
  *ret = (MrWaitReasonNotice){ 0 };
  for (guint i = 0; i < groups->len; i++)
    if (try_group (groups->pdata[i], diagnosis, accounts, ret))
      return;
}

void
mr_wait_reason_clear (MrWaitReasonNotice *notice)
{
  g_free (notice->text);
  g_free (notice->account);
  g_free (notice->action);
  g_free (notice->cause);
  g_free (notice->account_id);
  *notice = (MrWaitReasonNotice){ 0 };
}

/* Above the outbox stands the reason that a person can end, with the action that ends it, and nothing where there is none. */
#include "ui/wait-reason.h"

#include <string.h>

#include "ui/record-item.h"

static const struct {
  const char *name;
  MrAccountState state;
  const char *host;
  MrWaitReason wait;
  guint messages;
  const char *cause;
  const char *action; /* NULL: nothing is said */
  const char *text;
} rows[] = {
  { "password", MR_ACCOUNT_PASSWORD_REFUSED, "h", MR_WAIT_ACCOUNT_PAUSED, 17, "login-failed", "win.edit-account::work",
    "17 messages wait for one reason: your password was refused" },
  { "one", MR_ACCOUNT_PASSWORD_REFUSED, "h", MR_WAIT_ACCOUNT_PAUSED, 1, "login-failed", NULL, NULL },
  { "sign-in", MR_ACCOUNT_NEEDS_SIGN_IN, "h", MR_WAIT_ACCOUNT_PAUSED, 2, NULL, "win.sign-in-account::work",
    "2 messages wait for one reason: you need to sign in again" },
  { "paused", MR_ACCOUNT_PAUSED, "h", MR_WAIT_ACCOUNT_PAUSED, 2, NULL, "win.pause-account(('work', false))",
    "2 messages wait for one reason: you paused the account" },
  { "keyring", MR_ACCOUNT_KEYRING_LOCKED, "h", MR_WAIT_KEYRING_LOCKED, 3, NULL, "win.unlock-keyring",
    "3 messages wait for one reason: your saved passwords are locked" },
  { "keyring-slow", MR_ACCOUNT_KEYRING_SLOW, "h", MR_WAIT_KEYRING_LOCKED, 3, NULL, "win.check-keyring",
    "3 messages wait for one reason: your saved passwords do not answer" },
  { "no-keyring", MR_ACCOUNT_NO_KEYRING, "h", MR_WAIT_NO_KEYRING, 3, NULL, "win.choose-secrets",
    "3 messages wait for one reason: there is no place for passwords" },
  /* The account works again, and the list of groups is a moment old. */
  { "ready-again", MR_ACCOUNT_READY, "h", MR_WAIT_ACCOUNT_PAUSED, 17, "login-failed", NULL, NULL },
  { "cause", MR_ACCOUNT_READY, "h", MR_WAIT_RETRY_TIME, 5, "account-blocked", "win.edit-account::work",
    "5 messages wait for one reason: The account has been blocked" },
  { "account-tls", MR_ACCOUNT_READY, "h", MR_WAIT_RETRY_TIME, 5, "tls", "win.edit-account::work",
    "5 messages wait for one reason: No safe connection" },
  /* Without a provider it is the recipient's server that has to be set right. */
  { "recipient-tls", MR_ACCOUNT_READY, "", MR_WAIT_RETRY_TIME, 5, "tls", NULL, NULL },
  { "nobody", MR_ACCOUNT_READY, "h", MR_WAIT_RETRY_TIME, 90, "greylisted", NULL, NULL },
  { "no-action", MR_ACCOUNT_READY, "h", MR_WAIT_NONE, 4, "outcome-unknown", NULL, NULL },
  { "offline", MR_ACCOUNT_PASSWORD_REFUSED, "h", MR_WAIT_OFFLINE, 90, NULL, NULL, NULL },
  { "limit", MR_ACCOUNT_READY, "h", MR_WAIT_ACCOUNT_LIMIT, 90, NULL, NULL, NULL },
};

static void
add_group (GPtrArray *groups, MrWaitReason wait, guint messages, const char *cause, const char *account)
{
  MrGroupRecord *group = g_new0 (MrGroupRecord, 1);

  group->wait_reason = wait;
  group->messages = messages;
  group->cause = g_strdup (cause);
  group->account = g_strdup (account);
  g_ptr_array_add (groups, group);
}

static GListStore *
make_accounts (MrAccountState state, const char *host)
{
  GListStore *accounts = g_list_store_new (MR_TYPE_RECORD_ITEM);
  MrAccountRecord *account = mr_account_record_new ();

  account->id = g_strdup ("work");
  account->name = g_strdup ("Work");
  account->host = g_strdup (host);
  account->state = state;
  g_autoptr (MrRecordItem) item = mr_record_item_new (account, (GDestroyNotify)mr_account_record_free);
  g_list_store_append (accounts, item);
  return accounts;
}

static void
test_rows (void)
{
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_group_record_free);
    g_autoptr (GListStore) accounts = make_accounts (rows[i].state, rows[i].host);
    g_auto (MrWaitReasonNotice) notice = { 0 };

    g_test_message ("%s", rows[i].name);
    add_group (groups, rows[i].wait, rows[i].messages, rows[i].cause, "work");
    mr_wait_reason_choose (groups, diagnosis, G_LIST_MODEL (accounts), &notice);
    g_assert_cmpstr (notice.text, ==, rows[i].text);
    g_assert_cmpstr (notice.action, ==, rows[i].action);
    g_assert_true ((notice.button != NULL) == (notice.action != NULL));
    /* The account is named exactly where the action is about it. */
    g_assert_cmpstr (notice.account, ==, notice.action != NULL && strstr (notice.action, "work") ? "Work" : NULL);
  }
}

/* What nobody can end does not hide what a person can; an account that is not known is left out. */
static void
test_order (void)
{
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_group_record_free);
  g_autoptr (GListStore) accounts = make_accounts (MR_ACCOUNT_PASSWORD_REFUSED, "h");
  g_auto (MrWaitReasonNotice) notice = { 0 };

  add_group (groups, MR_WAIT_RETRY_TIME, 90, "greylisted", "work");
  add_group (groups, MR_WAIT_ACCOUNT_PAUSED, 80, NULL, "gone");
  add_group (groups, MR_WAIT_NO_ACCOUNT, 70, NULL, NULL);
  add_group (groups, MR_WAIT_ACCOUNT_PAUSED, 3, NULL, "work");
  add_group (groups, MR_WAIT_RETRY_TIME, 2, "account-blocked", "work");
  mr_wait_reason_choose (groups, diagnosis, G_LIST_MODEL (accounts), &notice);
  g_assert_cmpstr (notice.text, ==, "3 messages wait for one reason: your password was refused");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wait-reason/rows", test_rows);
  g_test_add_func ("/wait-reason/order", test_order);
  return g_test_run ();
}

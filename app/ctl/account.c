/* mail-relayctl account: a verb with verbs of its own. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/records-variant.h"
#include "ctl/output.h"
#include "ctl/password.h"
#include "ndr/states.h"

/* ---- list ---- */

static char *
dup_server (const MrAccountRecord *account)
{
  if (account->kind == MR_ACCOUNT_DIRECT)
    return g_strdup (_ ("without a provider"));
  return g_strdup_printf ("%s:%u", account->host, account->port);
}

static void
print_accounts (MrCtl *ctl, GPtrArray *accounts)
{
  const char *const titles[] = { _ ("Id"), _ ("Name"), _ ("Addresses"), _ ("Server"), _ ("Today"), _ ("State"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (accounts->len == 0) {
    puts (_ ("There is no sending account yet: see mail-relayctl account add --help."));
    return;
  }
  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *account = accounts->pdata[i];
    g_autofree char *id = g_strconcat (account->id, account->is_default ? " *" : "", NULL);
    g_autofree char *addresses = g_strjoinv (", ", account->addresses);
    g_autofree char *server = dup_server (account);
    g_autofree char *state = mr_account_dup_signature (account, ctl->now);
    g_autofree char *today = account->limit_day > 0 ? g_strdup_printf ("%u/%u", account->used_day, account->limit_day)
                                                    : g_strdup_printf ("%u", account->used_day);
    const char *cells[] = { id, account->name, addresses, server, today, state, NULL };
    mr_table_add (table, cells, 5,
                  account->state != MR_ACCOUNT_READY ? MR_COLOUR_BAD
                  : account->limit_until > ctl->now  ? MR_COLOUR_WAITING
                                                     : MR_COLOUR_GOOD);
  }
  mr_table_print (table);
}

static int
list (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "account list", NULL,
                     N_ ("Sending accounts in their order; * marks the default. Today: recipients in the last 24 "
                         "hours, and the limit."),
                     NULL, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_list_accounts_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) accounts = mr_client_list_accounts_finish (ctl->client, result, &error);
  if (accounts == NULL)
    return mr_ctl_fail (ctl, error);
  if (!ctl->json) {
    print_accounts (ctl, accounts);
    return MR_EXIT_DONE;
  }
  mr_print_json_list ("accounts", accounts, (MrRecordToVariant)mr_account_record_to_variant);
  return MR_EXIT_DONE;
}

/* ---- remove, set-password, set-default, unlock ---- */

static int
answer (MrCtl *ctl, gboolean ok, const GError *error, const char *id, const char *words)
{
  if (!ok)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "id", "s", id);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    mr_say ("%s\n", words);
  }
  return MR_EXIT_DONE;
}

static int
remove_account (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *move_to = NULL;
  const GOptionEntry entries[] = {
    { "move-to", 0, 0, G_OPTION_ARG_STRING, &move_to, N_ ("Account that its waiting mail goes through"), "ID" }, { 0 }
  };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (
          ctl, "account remove", "ID",
          N_ ("Removes an account and its password. Its waiting mail is kept back, or moved with --move-to."), entries,
          1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_remove_account_async (ctl->client, argv[1], move_to, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_remove_account_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, argv[1], _ ("The account was removed."));
}

static int
set_password (MrCtl *ctl, int argc, char **argv)
{
  gboolean from_stdin = FALSE;
  const GOptionEntry entries[] = { { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin,
                                     N_ ("Read it from standard input (as it does anyway)"), NULL },
                                   { 0 } };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "account set-password", "ID", N_ ("Stores the password of an account."), entries, 1, 1, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  g_autoptr (MrSecret) secret = mr_password_read (&error);
  if (secret == NULL)
    return mr_ctl_usage ("%s", error->message);
  mr_client_set_password_async (ctl->client, argv[1], secret, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_set_password_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, argv[1], _ ("The password is stored."));
}

static int
set_default (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "account set-default", "ID", N_ ("Its address stands in for senders that are not public."),
                     NULL, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_set_default_account_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_set_default_account_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, argv[1], _ ("This is the default account now."));
}

int
mr_verb_account (MrCtl *ctl, int argc, char **argv)
{
  static const MrVerb verbs[] = {
    { "list", N_ ("Sending accounts"), list },
    { "add", N_ ("Add one"), mr_verb_account_add },
    { "discover", N_ ("Find the settings for an address"), mr_verb_account_discover },
    { "remove", N_ ("Remove one"), remove_account },
    { "set", N_ ("Change one"), mr_verb_account_set },
    { "order", N_ ("Put them into an order"), mr_verb_account_order },
    { "pause", N_ ("Let its mail wait"), mr_verb_account_pause },
    { "resume", N_ ("Send its mail again"), mr_verb_account_resume },
    { "test", N_ ("Connect and log in, step by step"), mr_verb_account_test },
    { "set-password", N_ ("Store its password"), set_password },
    { "sign-in", N_ ("Sign in with its provider"), mr_verb_account_sign_in },
    { "sign-out", N_ ("Give the provider's permission back"), mr_verb_account_sign_out },
    { "oauth-client", N_ ("Name the application that is registered with a provider"), mr_verb_account_oauth_client },
    { "set-default", N_ ("Make it the default"), set_default },
    { "providers", N_ ("Providers whose settings are known"), mr_verb_account_providers },
    { "import", N_ ("Take over the settings of other programs"), mr_verb_account_import },
    { "export", N_ ("Write all of them to a file, without passwords"), mr_verb_account_export },
    { "restore", N_ ("Add those of such a file"), mr_verb_account_restore },
    { "unlock", N_ ("Unlock the desktop's keyring"), mr_verb_account_unlock },
    { NULL, NULL, NULL },
  };

  return mr_verb_dispatch (ctl, "mail-relayctl account", verbs, argc - 1, argv + 1);
}

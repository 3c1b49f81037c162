/* mail-relayctl account set, order, pause, resume: changes of accounts that are there. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "client/set-up-calls.h"
#include "ctl/output.h"

static int
answer (MrCtl *ctl, gboolean ok, const GError *error, const char *key, const char *value, const char *words)
{
  if (!ok)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, key, "s", value);
    mr_print_json (g_variant_dict_end (&dict));
  } else
    mr_say ("%s\n", words);
  return MR_EXIT_DONE;
}

/* The account as it is; NULL: the exit code is set. (transfer full) */
static MrAccountRecord *
find (MrCtl *ctl, const char *id, int *ret_code)
{
  g_autoptr (GError) error = NULL;

  mr_client_list_accounts_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) accounts = mr_client_list_accounts_finish (ctl->client, result, &error);
  for (guint i = 0; accounts != NULL && i < accounts->len; i++) {
    const MrAccountRecord *account = g_ptr_array_index (accounts, i);
    if (g_str_equal (account->id, id))
      return mr_account_record_copy (account);
  }
  if (accounts != NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), id);
  *ret_code = mr_ctl_fail (ctl, error);
  return NULL;
}

static int
update (MrCtl *ctl, const MrAccountRecord *record, const char *words)
{
  g_autoptr (GError) error = NULL;

  mr_client_update_account_async (ctl->client, record, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_update_account_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, "id", record->id, words);
}

/* ---- set ---- */

typedef struct {
  char *name, *host, *tls, *user, *ca_file, *colour, *provider;
  char **addresses;
  int port, limit_minute, limit_day; /* -1: not given */
} Options;

static void
options_clear (Options *options)
{
  char *texts[] = { options->name,    options->host,   options->tls,     options->user,
                    options->ca_file, options->colour, options->provider };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (options->addresses);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
take_text (char **field, const char *given)
{
  if (given == NULL)
    return FALSE;
  g_free (*field);
  *field = g_strdup (given);
  return TRUE;
}

static gboolean
take_number (guint *field, int given)
{
  if (given < 0)
    return FALSE;
  *field = (guint)given;
  return TRUE;
}

/* FALSE: nothing was given. */
static gboolean
apply (const Options *options, MrAccountRecord *record)
{
  gboolean any = options->addresses != NULL || options->tls != NULL;

  any |= take_text (&record->name, options->name);
  any |= take_text (&record->host, options->host);
  any |= take_text (&record->user, options->user);
  any |= take_text (&record->ca_file, options->ca_file);
  any |= take_text (&record->colour, options->colour);
  any |= take_text (&record->provider, options->provider);
  any |= take_number (&record->port, options->port);
  any |= take_number (&record->limit_minute, options->limit_minute);
  any |= take_number (&record->limit_day, options->limit_day);
  if (options->addresses != NULL) {
    g_strfreev (record->addresses);
    record->addresses = g_strdupv (options->addresses);
  }
  if (options->tls != NULL)
    mr_tls_mode_from_nick (options->tls, &record->tls);
  return any;
}

static gboolean
is_colour (const char *colour)
{
  const char *const colours[] = { "", "blue", "green", "yellow", "orange", "red", "purple", "brown", "gray", NULL };

  return g_strv_contains (colours, colour);
}

/* 0, or the exit code after it was said. */
static int
check (const Options *options)
{
  MrTlsMode mode;

  if (options->tls != NULL && (!mr_tls_mode_from_nick (options->tls, &mode) || mode == MR_TLS_OPPORTUNISTIC))
    return mr_ctl_usage (_ ("--tls is implicit, starttls or none"));
  if (options->colour != NULL && !is_colour (options->colour))
    return mr_ctl_usage (_ ("--colour is blue, green, yellow, orange, red, purple, brown, gray or empty"));
  if (options->port == 0 || options->port > 65535)
    return mr_ctl_usage (_ ("%d is not a port"), options->port);
  return 0;
}

int
mr_verb_account_set (MrCtl *ctl, int argc, char **argv)
{
  g_auto (Options) options = { .port = -1, .limit_minute = -1, .limit_day = -1 };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, N_ ("Name that is shown"), N_ ("NAME") },
    { "address", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.addresses, N_ ("Sender address; may be repeated"),
      N_ ("ADDRESS") },
    { "host", 0, 0, G_OPTION_ARG_STRING, &options.host, N_ ("The provider's server"), N_ ("HOST") },
    { "port", 0, 0, G_OPTION_ARG_INT, &options.port, N_ ("Its port (465, 587 or 25)"), N_ ("PORT") },
    { "tls", 0, 0, G_OPTION_ARG_STRING, &options.tls,
      N_ ("implicit: encrypted (recommended); starttls: encrypted, older way; none: not encrypted"),
      "implicit|starttls|none" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &options.user, N_ ("User name"), N_ ("USER") },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options.ca_file, N_ ("Certificate authorities to trust for it"),
      N_ ("FILE") },
    { "limit-minute", 0, 0, G_OPTION_ARG_INT, &options.limit_minute,
      N_ ("Most recipients in a minute; the rest waits; 0: no limit"), N_ ("NUMBER") },
    { "limit-day", 0, 0, G_OPTION_ARG_INT, &options.limit_day,
      N_ ("Most recipients in 24 hours; the rest waits; 0: no limit"), N_ ("NUMBER") },
    { "colour", 0, 0, G_OPTION_ARG_STRING, &options.colour, N_ ("Colour that marks the account in lists"),
      N_ ("COLOUR") },
    { "provider", 0, 0, G_OPTION_ARG_STRING, &options.provider,
      N_ ("Provider whose known settings fill in what is left empty"), "ID" },
    { 0 },
  };
  int code = 0;

  if (!mr_ctl_parse (ctl, "account set", "ID",
                     N_ ("Changes what is given and keeps the rest. With --address all addresses are given anew."),
                     entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if ((code = check (&options)) != 0)
    return code;
  g_autoptr (MrAccountRecord) record = find (ctl, argv[1], &code);
  if (record == NULL)
    return code;
  if (!apply (&options, record))
    return mr_ctl_usage (_ ("nothing to change was given: see mail-relayctl account set --help"));
  return update (ctl, record, _ ("The account is changed."));
}

/* ---- order, pause, resume ---- */

int
mr_verb_account_order (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "account order", "ID…",
                     N_ ("Puts these accounts first, in this order; the others stay behind them in theirs."), NULL, 1,
                     1000, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_order_accounts_async (ctl->client, (const char *const *)argv + 1, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_order_accounts_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, "first", argv[1], _ ("The accounts are in this order now."));
}

static int
set_paused (MrCtl *ctl, int argc, char **argv, gboolean paused)
{
  int code = 0;

  if (!mr_ctl_parse (ctl, paused ? "account pause" : "account resume", "ID",
                     paused ? N_ ("Mail of this account waits until it is resumed.")
                            : N_ ("Mail of this account is sent again."),
                     NULL, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  g_autoptr (MrAccountRecord) record = find (ctl, argv[1], &code);
  if (record == NULL)
    return code;
  record->paused = paused;
  return update (ctl, record, paused ? _ ("The account is paused; its mail waits.") : _ ("The account sends again."));
}

int
mr_verb_account_pause (MrCtl *ctl, int argc, char **argv)
{
  return set_paused (ctl, argc, argv, TRUE);
}

int
mr_verb_account_resume (MrCtl *ctl, int argc, char **argv)
{
  return set_paused (ctl, argc, argv, FALSE);
}

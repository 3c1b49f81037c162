/* mail-relayctl account add */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "ctl/output.h"
#include "ctl/password.h"

typedef struct {
  char *id, *name, *host, *tls, *user, *ca_file, *provider, *flow;
  char **addresses;
  int port;
  gboolean direct, find, password_stdin, oauth;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->id);
  g_free (options->name);
  g_free (options->host);
  g_free (options->tls);
  g_free (options->user);
  g_free (options->ca_file);
  g_free (options->provider);
  g_free (options->flow);
  g_strfreev (options->addresses);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static guint
usual_port (MrTlsMode tls)
{
  return tls == MR_TLS_IMPLICIT ? 465 : tls == MR_TLS_STARTTLS ? 587 : 25;
}

/* What stands in the first address that is a real one, else the id. */
static const char *
choose_name (const Options *options)
{
  const char *first = options->addresses != NULL ? options->addresses[0] : NULL;

  if (options->name != NULL)
    return options->name;
  return first != NULL && *first != '*' ? first : options->id;
}

/* 0, or the exit code. */
static int
fill_record (const Options *options, MrAccountRecord *record)
{
  record->kind = options->direct ? MR_ACCOUNT_DIRECT : MR_ACCOUNT_RELAY;
  record->tls = options->direct ? MR_TLS_OPPORTUNISTIC : MR_TLS_IMPLICIT;
  if (options->tls != NULL && !mr_tls_mode_from_nick (options->tls, &record->tls))
    return mr_ctl_usage (_ ("“%s” is not a way to encrypt: use implicit, starttls or none"), options->tls);
  if (options->id == NULL || options->addresses == NULL)
    return mr_ctl_usage (_ ("--id and at least one --address are necessary"));
  if (!options->direct && !options->find && options->host == NULL)
    return mr_ctl_usage (_ ("--host (the provider's server), --find or --direct is necessary"));
  if (options->find && (options->direct || options->host != NULL))
    return mr_ctl_usage (_ ("--find goes without --host and --direct"));
  if (options->direct && (options->host != NULL || options->user != NULL))
    return mr_ctl_usage (_ ("--direct goes without --host and --user"));
  if (options->port < 0 || options->port > 65535)
    return mr_ctl_usage (_ ("%d is not a port"), options->port);
  if (options->password_stdin && options->user == NULL && !options->find)
    return mr_ctl_usage (_ ("a password needs --user"));
  if ((options->oauth || options->flow != NULL)
      && ((options->user == NULL && !options->find) || options->password_stdin))
    return mr_ctl_usage (_ ("--oauth2 needs --user and goes without a password"));
  record->auth = options->oauth || options->flow != NULL ? MR_AUTH_OAUTH2 : MR_AUTH_PASSWORD;
  if (options->flow != NULL && !mr_oauth_flow_from_nick (options->flow, &record->oauth_flow))
    return mr_ctl_usage (_ ("“%s” is not a way to sign in"), options->flow);

  record->provider = g_strdup (options->provider);
  record->id = g_strdup (options->id);
  record->name = g_strdup (choose_name (options));
  record->addresses = g_strdupv (options->addresses);
  record->host = g_strdup (options->host != NULL ? options->host : "");
  record->port = options->port > 0 ? (guint)options->port : options->direct ? 25 : usual_port (record->tls);
  record->user = g_strdup (options->user != NULL ? options->user : "");
  record->ca_file = g_strdup (options->ca_file != NULL ? options->ca_file : "");
  return 0;
}

/* What was given stays; the rest comes from what is found for the first address. */
static int
find_settings (MrCtl *ctl, const Options *options, MrAccountRecord *record)
{
  int code = mr_ctl_find_settings (ctl, options->addresses[0], record);

  if (code == MR_EXIT_DONE && options->user != NULL) {
    g_free (record->user);
    record->user = g_strdup (options->user);
  }
  if (code == MR_EXIT_DONE && options->provider != NULL) {
    g_free (record->provider);
    record->provider = g_strdup (options->provider);
  }
  return code;
}

static int
store (MrCtl *ctl, const MrAccountRecord *record, MrSecret *secret)
{
  g_autoptr (GError) error = NULL;

  mr_client_add_account_async (ctl->client, record, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) added = mr_ctl_wait (ctl);
  if (!mr_client_add_account_finish (ctl->client, added, &error))
    return mr_ctl_fail (ctl, error);
  if (secret == NULL)
    return MR_EXIT_DONE;
  mr_client_set_password_async (ctl->client, record->id, secret, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) stored = mr_ctl_wait (ctl);
  if (mr_client_set_password_finish (ctl->client, stored, &error))
    return MR_EXIT_DONE;
  mr_tell (_ ("The account was added, its password was not stored. Try: mail-relayctl account set-password %s\n"),
           record->id);
  return mr_ctl_fail (ctl, error);
}

static const char summary[] = N_ (
    "Adds an account through which mail is sent. An address may be “*” or “*@example.com”. With --direct mail goes "
    "straight to the recipients' servers; that needs a computer with a public address and name.");

int
mr_verb_account_add (MrCtl *ctl, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "id", 0, 0, G_OPTION_ARG_STRING, &options.id, N_ ("Short name for commands: small letters, digits, - and _"),
      "ID" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, N_ ("Name that is shown"), N_ ("NAME") },
    { "address", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.addresses, N_ ("Sender address; may be repeated"),
      N_ ("ADDRESS") },
    { "host", 0, 0, G_OPTION_ARG_STRING, &options.host, N_ ("The provider's server"), N_ ("HOST") },
    { "find", 0, 0, G_OPTION_ARG_NONE, &options.find, N_ ("Find server and user for the first address"), NULL },
    { "port", 0, 0, G_OPTION_ARG_INT, &options.port, N_ ("Its port (465, 587 or 25)"), N_ ("PORT") },
    { "tls", 0, 0, G_OPTION_ARG_STRING, &options.tls,
      N_ ("implicit: encrypted (recommended); starttls: encrypted, older way; none: not encrypted"),
      "implicit|starttls|none" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &options.user, N_ ("User name"), N_ ("USER") },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.password_stdin, N_ ("Read the password from standard input"),
      NULL },
    { "oauth2", 0, 0, G_OPTION_ARG_NONE, &options.oauth,
      N_ ("Sign in with the provider (see account sign-in) instead of a password"), NULL },
    { "flow", 0, 0, G_OPTION_ARG_STRING, &options.flow, N_ ("How to sign in"),
      "browser|paste|device|client-credentials" },
    { "provider", 0, 0, G_OPTION_ARG_STRING, &options.provider, N_ ("Provider as account providers names it"), "ID" },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options.ca_file, N_ ("Certificate authorities to trust for it"),
      N_ ("FILE") },
    { "direct", 0, 0, G_OPTION_ARG_NONE, &options.direct, N_ ("Deliver without a provider"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();
  g_autoptr (MrSecret) secret = NULL;

  if (!mr_ctl_parse (ctl, "account add", NULL, summary, entries, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  int wrong = fill_record (&options, record);
  if (wrong != 0)
    return wrong;
  if (options.password_stdin && (secret = mr_password_read (&error)) == NULL)
    return mr_ctl_usage ("%s", error->message);
  int code = options.find ? find_settings (ctl, &options, record) : MR_EXIT_DONE;
  if (code == MR_EXIT_DONE)
    code = store (ctl, record, secret);
  if (code == MR_EXIT_DONE && ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "id", "s", record->id);
    mr_print_json (g_variant_dict_end (&dict));
  } else if (code == MR_EXIT_DONE) {
    mr_say (_ ("Added. Try it: mail-relayctl account test %s\n"), record->id);
  }
  return code;
}

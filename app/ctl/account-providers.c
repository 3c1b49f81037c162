/* mail-relayctl account providers: what is known of providers beforehand, and where each fact is known from. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/records-variant.h"
#include "client/set-up-calls.h"
#include "ctl/output.h"

/* The texts of presets are msgids; "" would be the head of the catalogue. */
static const char *
translate (const char *text)
{
  return *text != '\0' ? g_dgettext (GETTEXT_PACKAGE, text) : text;
}

static const char *
encryption (const MrDiscoveryRecord *record)
{
  if (*record->host == '\0')
    return "";
  switch (record->tls) {
  case MR_TLS_IMPLICIT:
    return _ ("encrypted");
  case MR_TLS_STARTTLS:
    return _ ("encrypted, older way");
  case MR_TLS_NONE:
  case MR_TLS_OPPORTUNISTIC:
  case MR_TLS_N_MODES:
    break;
  }
  return _ ("not encrypted");
}

static char *
dup_server (const MrDiscoveryRecord *record)
{
  return *record->host != '\0' ? g_strdup_printf ("%s:%u", record->host, record->port) : g_strdup ("-");
}

static char *
dup_limit (const MrDiscoveryRecord *record)
{
  if (record->limit_minute > 0)
    return g_strdup_printf ("%u, %u/min", record->limit_day, record->limit_minute);
  return record->limit_day > 0 ? g_strdup_printf ("%u", record->limit_day) : g_strdup ("");
}

static void
print_table (GPtrArray *providers)
{
  const char *const titles[] = { _ ("Id"),     _ ("Provider"), _ ("Server"),     _ ("Encryption"),
                                 _ ("Log-in"), _ ("Per day"),  _ ("Known from"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  for (guint i = 0; i < providers->len; i++) {
    const MrDiscoveryRecord *record = providers->pdata[i];
    g_autofree char *server = dup_server (record);
    g_autofree char *log_ins = g_strjoinv (", ", record->log_ins);
    g_autofree char *limit = dup_limit (record);
    const char *cells[]
        = { record->provider, record->provider_name, server, encryption (record), log_ins, limit, record->fact, NULL };

    mr_table_add (table, cells, 0, NULL);
  }
  mr_table_print (table);
}

static void
print_one (const MrDiscoveryRecord *record)
{
  g_autofree char *server = dup_server (record);
  g_autofree char *log_ins = g_strjoinv (", ", record->log_ins);
  g_autofree char *limit = dup_limit (record);

  mr_print_field (_ ("Provider"), record->provider_name);
  mr_print_field (_ ("Server"), server);
  mr_print_field (_ ("Encryption"), encryption (record));
  mr_print_field (_ ("Log-in"), log_ins);
  mr_print_field (_ ("User name"), *record->user_label != '\0' ? translate (record->user_label) : record->user);
  mr_print_field (_ ("Password"), translate (record->secret_label));
  mr_print_field (_ ("Per day"), limit);
  mr_print_field (_ ("Known from"), record->fact);
  mr_print_field (_ ("Page"), record->help_url);
  for (guint i = 0; record->regions[i] != NULL; i++)
    mr_print_field (_ ("Region"), record->regions[i]);
  if (*record->notice != '\0')
    mr_print_paragraph (translate (record->notice), 0);
  if (*record->help != '\0')
    mr_print_paragraph (translate (record->help), 0);
  if (*record->admin_text != '\0') {
    puts (_ ("For the administrator:"));
    mr_print_paragraph (translate (record->admin_text), 2);
  }
}

static void
print_json (GPtrArray *providers)
{
  GVariantBuilder builder;
  GVariantDict dict;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < providers->len; i++) {
    MrDiscoveryRecord *record = providers->pdata[i];
    char **texts[] = { &record->user_label, &record->secret_label, &record->help, &record->notice,
                       &record->admin_text };

    for (guint k = 0; k < G_N_ELEMENTS (texts); k++) {
      char *translated = g_strdup (translate (*texts[k]));
      g_free (*texts[k]);
      *texts[k] = translated;
    }
    g_variant_builder_add_value (&builder, mr_discovery_record_to_variant (record));
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "providers", g_variant_builder_end (&builder));
  mr_print_json (g_variant_dict_end (&dict));
}

/* Leaves only the one of that id; FALSE where there is none. */
static gboolean
pick (GPtrArray *providers, const char *id)
{
  for (guint i = providers->len; i-- > 0;)
    if (!g_str_equal (((MrDiscoveryRecord *)providers->pdata[i])->provider, id))
      g_ptr_array_remove_index (providers, i);
  return providers->len > 0;
}

int
mr_verb_account_providers (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "account providers", _ ("[ID]"),
                     N_ ("Providers whose settings are known, and where each fact is known from. With ID: all that is "
                         "known of one."),
                     NULL, 0, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_list_providers_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) providers = mr_client_list_providers_finish (ctl->client, result, &error);
  if (providers == NULL)
    return mr_ctl_fail (ctl, error);
  if (argc > 1 && !pick (providers, argv[1])) {
    mr_tell (_ ("There is no provider “%s”: mail-relayctl account providers lists them\n"), argv[1]);
    return MR_EXIT_REFUSED;
  }
  if (ctl->json)
    print_json (providers);
  else if (argc > 1)
    print_one (providers->pdata[0]);
  else
    print_table (providers);
  return MR_EXIT_DONE;
}

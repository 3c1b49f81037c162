/* mail-relayctl domain records and watch: what a domain has to publish, beside what is there, in the form its DNS provider's page wants; and waiting until
 * it is there.
 */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "client/publish-calls.h"
#include "base/os.h"
#include "ctl/domain-plan.h"
#include "ctl/output.h"
#include "net/dns-update.h"
#include "ndr/domain-texts.h"

typedef struct {
  char *dns, *provider, *step, *reports, *tls_reports, *update, *key, *sts_mode, *addresses, *helo;
  char **senders, **services;
  gboolean zone, now, mta_sts, lists, direct;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->dns);
  g_free (options->provider);
  g_free (options->step);
  g_free (options->reports);
  g_free (options->tls_reports);
  g_free (options->update);
  g_free (options->key);
  g_free (options->sts_mode);
  g_free (options->addresses);
  g_free (options->helo);
  g_strfreev (options->senders);
  g_strfreev (options->services);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

static GVariant *
options_to_variant (const Options *o)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "dns", o->dns);
  add_text (&builder, "provider", o->provider);
  add_text (&builder, "dmarc", o->step);
  add_text (&builder, "reports", o->reports);
  add_text (&builder, "tls-reports", o->tls_reports);
  add_text (&builder, "sts-mode", o->sts_mode);
  add_text (&builder, "addresses", o->addresses);
  add_text (&builder, "helo", o->helo);
  g_variant_builder_add (&builder, "{sv}", "mta-sts", g_variant_new_boolean (o->mta_sts || o->sts_mode != NULL));
  g_variant_builder_add (&builder, "{sv}", "mailing-lists", g_variant_new_boolean (o->lists));
  g_variant_builder_add (&builder, "{sv}", "direct", g_variant_new_boolean (o->direct));
  if (o->senders != NULL)
    g_variant_builder_add (&builder, "{sv}", "senders", g_variant_new_strv ((const char *const *)o->senders, -1));
  if (o->services != NULL)
    g_variant_builder_add (&builder, "{sv}", "services", g_variant_new_strv ((const char *const *)o->services, -1));
  return g_variant_builder_end (&builder);
}

/* Borrowed; "" where absent. */
static const char *
text_of (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return text;
}

/* ---- records ---- */

static void
print_existing (GVariant *record)
{
  g_autofree const char **existing = NULL;

  g_variant_lookup (record, "existing", "^a&s", &existing);
  for (guint i = 0; existing != NULL && existing[i] != NULL; i++)
    mr_say ("  - %s\n", existing[i]);
}

static void
print_record (GVariant *record)
{
  const char *state = text_of (record, "state"), *field = text_of (record, "field-name");
  const char *value = text_of (record, "field-value"), *problem = text_of (record, "problem");
  gboolean replace = strcmp (state, "replace") == 0;

  mr_say ("%s: %s\n", mr_domain_entry_name (text_of (record, "kind")),
          strcmp (state, "done") == 0  ? _ ("stands there as it has to")
          : strcmp (state, "add") == 0 ? _ ("to be added")
          : replace                    ? _ ("to be put in place of what is there:")
                                       : _ ("could not be looked up; if there is none yet:"));
  if (replace)
    print_existing (record);
  if (*problem != '\0')
    mr_print_paragraph (problem, 2);
  if (strcmp (state, "done") != 0 && *value != '\0') {
    mr_say ("  %s: %s\n", _ ("Name"), *field != '\0' ? field : _ ("(empty)"));
    mr_say ("  %s: TXT\n", _ ("Type"));
    mr_say ("  %s: %s\n", _ ("Value"), value);
    mr_print_paragraph (text_of (record, "hint"), 2);
  }
  putchar ('\n');
}

static gboolean
print_records (GVariant *plan, gboolean zone)
{
  g_autoptr (GVariant) records = g_variant_lookup_value (plan, "records", G_VARIANT_TYPE ("aa{sv}"));
  gboolean done = TRUE;

  for (gsize i = 0; records != NULL && i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
    gboolean stands = strcmp (text_of (record, "state"), "done") == 0;

    if (zone && !stands && *text_of (record, "value") != '\0')
      mr_say ("%s\n", text_of (record, "zone-line"));
    else if (!zone)
      print_record (record);
    done = done && stands;
  }
  return done;
}

/* Too many look-ups make receivers take the whole entry for broken (RFC 7208 4.6.4). */
static void
print_look_ups (GVariant *plan)
{
  guint look_ups = 0;
  g_autoptr (GVariant) costs = g_variant_lookup_value (plan, "costs", G_VARIANT_TYPE ("a(su)"));

  g_variant_lookup (plan, "look-ups", "u", &look_ups);
  if (look_ups <= 10)
    return;
  mr_say (_ ("The allowed senders cost %u look-ups; receivers stop at 10. Leave out a service that no longer sends, "
             "or let "
             "one send from a name below the domain, with an entry of its own.\n"),
          look_ups);
  for (gsize i = 0; costs != NULL && i < g_variant_n_children (costs); i++) {
    const char *term;
    guint n;

    g_variant_get_child (costs, i, "(&su)", &term, &n);
    mr_say ("  %s: %u\n", term, n);
  }
}

static int
show_plan (MrCtl *ctl, GVariant *plan, gboolean zone)
{
  gboolean has_keys = FALSE, done;

  if (ctl->json) {
    g_autoptr (GVariant) records = g_variant_lookup_value (plan, "records", G_VARIANT_TYPE ("aa{sv}"));

    mr_print_json (plan);
    for (gsize i = 0; i < g_variant_n_children (records); i++) {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
      if (strcmp (text_of (record, "state"), "done") != 0)
        return MR_EXIT_REFUSED;
    }
    return MR_EXIT_DONE;
  }
  if (!zone && *text_of (plan, "provider-name") != '\0')
    mr_say (_ ("The entries of %s are kept by %s: %s\nThe way there: %s\n\n"), text_of (plan, "zone"),
            text_of (plan, "provider-name"), text_of (plan, "provider-url"), text_of (plan, "provider-menu"));
  done = print_records (plan, zone);
  g_variant_lookup (plan, "has-keys", "b", &has_keys);
  if (!zone) {
    print_look_ups (plan);
    mr_ctl_print_plan_rest (plan);
  }
  if (!zone && !has_keys)
    mr_print_paragraph (
        _ ("This program has no key for the domain. Mail that goes out through a provider has the provider's "
           "signature: the provider's page tells its entry. For mail without a provider make a key: "
           "mail-relayctl domain dkim-new"),
        0);
  return done ? MR_EXIT_DONE : MR_EXIT_REFUSED;
}

static int
list_services (MrCtl *ctl)
{
  const char *const titles[] = { _ ("Id"), _ ("Service"), _ ("Term"), NULL };
  g_autoptr (GError) error = NULL;

  mr_client_list_services_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GVariant) list = mr_client_records_finish (ctl->client, result, &error);
  if (list == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert_value (&dict, "services", list);
    mr_print_json (g_variant_dict_end (&dict));
    return MR_EXIT_DONE;
  }
  g_autoptr (MrTable) table = mr_table_new (titles);
  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) row = g_variant_get_child_value (list, i);
    const char *term = text_of (row, "term");
    const char *cells[] = { text_of (row, "id"), text_of (row, "name"),
                            *term != '\0' ? term : _ ("none: it has a return address of its own"), NULL };

    mr_table_add (table, cells, G_MAXUINT, NULL);
  }
  mr_table_print (table);
  return MR_EXIT_DONE;
}

/* ---- update: only with --update ---- */

#define KEY_FILE_MAX 16384
#define MAX_CHANGES  50

static gboolean
read_key (const char *path, MrDnsUpdateKey *ret, GError **error)
{
  gsize len = 0;
  char *text = NULL;
  gboolean ok;

  if (path == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("--update needs --key with the file that holds the key"));
    return FALSE;
  }
  if (!mr_os_read_file (path, KEY_FILE_MAX, &text, &len, error))
    return FALSE;
  ok = mr_dns_update_key_parse (text, ret, error);
  mr_wipe (text, len);
  g_free (text);
  return ok;
}

/* What the plan wants changed goes to the name server, all of it or nothing (RFC 2136 3.7). */
static int
update (MrCtl *ctl, GVariant *plan, const Options *o)
{
  g_autoptr (GVariant) records = g_variant_lookup_value (plan, "records", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) dicts = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  g_auto (MrDnsUpdateKey) key = { NULL };
  g_autoptr (GError) error = NULL;
  MrDnsChange changes[MAX_CHANGES];
  guint n = 0;

  if (!read_key (o->key, &key, &error))
    return mr_ctl_fail (ctl, error);
  for (gsize i = 0; i < g_variant_n_children (records) && n < MAX_CHANGES; i++) {
    GVariant *record = g_variant_get_child_value (records, i);
    const char *state = text_of (record, "state");
    const char **existing = NULL;

    g_ptr_array_add (dicts, record);
    if ((strcmp (state, "add") != 0 && strcmp (state, "replace") != 0) || *text_of (record, "value") == '\0')
      continue;
    g_variant_lookup (record, "existing", "^a&s", &existing);
    g_ptr_array_add (held, existing);
    changes[n++] = (MrDnsChange){ text_of (record, "name"), existing, text_of (record, "value") };
  }
  if (n > 0
      && !mr_dns_update_send (o->update, text_of (plan, "zone"), changes, n, ctl->now / G_USEC_PER_SEC, &key, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "changed", "u", n);
    mr_print_json (g_variant_dict_end (&dict));
  } else
    mr_say (_ ("Entries that were changed: %u\n"), n);
  return MR_EXIT_DONE;
}

/* ---- watch ---- */

typedef struct {
  MrCtl *ctl;
  char *domain; /* as the service spells it */
  GVariant *watch;
  GMainLoop *loop;
  gboolean once;
} Watching;

static gboolean
is_set (GVariant *dict, const char *key)
{
  gboolean set = FALSE;

  return g_variant_lookup (dict, key, "b", &set) && set;
}

static void
print_watch (GVariant *watch)
{
  g_autoptr (GVariant) records = g_variant_lookup_value (watch, "records", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; records != NULL && i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
    const char *state = text_of (record, "state");

    mr_say ("  %s %s: %s\n", strcmp (state, "live") == 0 ? "+" : "-", text_of (record, "name"),
            strcmp (state, "live") == 0          ? _ ("there")
            : strcmp (state, "other") == 0       ? _ ("something else is there")
            : strcmp (state, "unreachable") == 0 ? _ ("no name server answers")
                                                 : _ ("not there yet"));
  }
}

static void
changed_cb (const char *domain, GVariant *watch, gpointer data)
{
  Watching *w = data;

  if (w->domain == NULL || strcmp (w->domain, domain) != 0)
    return;
  g_variant_unref (w->watch);
  w->watch = g_variant_ref (watch);
  if (!w->ctl->json)
    print_watch (watch);
  if (is_set (watch, "done") || is_set (watch, "gave-up"))
    g_main_loop_quit (w->loop);
}

static int
watch (MrCtl *ctl, const char *domain, const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watching w = { .ctl = ctl, .loop = loop };
  guint follow;

  mr_client_watch_records_async (ctl->client, domain, options_to_variant (o), NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  w.watch = mr_client_records_finish (ctl->client, result, &error);
  if (w.watch == NULL)
    return mr_ctl_fail (ctl, error);
  w.domain = g_strdup (text_of (w.watch, "domain"));
  follow = mr_client_follow_watches (ctl->client, changed_cb, &w);
  if (!ctl->json)
    print_watch (w.watch);
  if (!o->now && !is_set (w.watch, "done"))
    g_main_loop_run (loop);
  mr_client_unfollow_watches (ctl->client, follow);
  gboolean done = is_set (w.watch, "done");
  if (ctl->json)
    mr_print_json (w.watch);
  else if (done)
    puts (_ ("Everything is published."));
  g_variant_unref (w.watch);
  g_free (w.domain);
  return done ? MR_EXIT_DONE : MR_EXIT_REFUSED;
}

/* ---- verbs ---- */

static int
run (MrCtl *ctl, int argc, char **argv, gboolean waits)
{
  g_auto (Options) o = { NULL };
  const GOptionEntry entries[] = {
    { "sender", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.senders,
      N_ ("Further allowed sender, such as ip4:192.0.2.1 or include:NAME"), N_ ("TERM") },
    { "service", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.services,
      N_ ("Service that sends for the domain; “list” shows all"), N_ ("ID") },
    { "dmarc", 0, 0, G_OPTION_ARG_STRING, &o.step, N_ ("What to do with forgeries: none, quarantine or reject"),
      N_ ("POLICY") },
    { "reports", 0, 0, G_OPTION_ARG_STRING, &o.reports,
      N_ ("Address for reports, best one of its own: zipped files come there every day"), N_ ("ADDRESS") },
    { "tls-reports", 0, 0, G_OPTION_ARG_STRING, &o.tls_reports, N_ ("Address for reports about encryption"),
      N_ ("ADDRESS") },
    { "mta-sts", 0, 0, G_OPTION_ARG_NONE, &o.mta_sts, N_ ("Also what asks senders to encrypt (MTA-STS)"), NULL },
    { "sts-mode", 0, 0, G_OPTION_ARG_STRING, &o.sts_mode, N_ ("The same, and how strictly: testing or enforce"),
      N_ ("MODE") },
    { "mailing-lists", 0, 0, G_OPTION_ARG_NONE, &o.lists,
      N_ ("People of the domain write to mailing lists: forgeries are never refused, only put into the junk folder"),
      NULL },
    { "direct", 0, 0, G_OPTION_ARG_NONE, &o.direct, N_ ("As if mail were delivered without a provider"), NULL },
    { "address", 0, 0, G_OPTION_ARG_STRING, &o.addresses, N_ ("Public internet addresses of this computer"),
      N_ ("ADDRESS,...") },
    { "helo", 0, 0, G_OPTION_ARG_STRING, &o.helo, N_ ("Name that this computer greets with"), N_ ("NAME") },
    { "provider", 0, 0, G_OPTION_ARG_STRING, &o.provider, N_ ("DNS provider, where it is not recognised"), N_ ("ID") },
    { "dns", 0, 0, G_OPTION_ARG_STRING, &o.dns, N_ ("DNS server to ask instead of the system's"), N_ ("SERVER:PORT") },
    { "update", 0, waits ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_STRING, &o.update,
      N_ ("Change the entries at this name server (dynamic update)"), N_ ("SERVER:PORT") },
    { "key", 0, waits ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_FILENAME, &o.key,
      N_ ("File with the key for that, as tsig-keygen writes it"), N_ ("FILE") },
    { waits ? "once" : "zone", 0, 0, G_OPTION_ARG_NONE, waits ? &o.now : &o.zone,
      waits ? N_ ("Look once, and go") : N_ ("Print lines for a zone file"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, waits ? "domain watch" : "domain records", N_ ("DOMAIN"),
                     waits ? N_ ("Waits until the domain's own name servers have what is to be published.")
                           : N_ ("What the domain has to publish so that its mail is believed."),
                     entries, 0, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (o.services != NULL && g_strv_contains ((const char *const *)o.services, "list"))
    return list_services (ctl);
  if (argc < 2)
    return mr_ctl_usage (_ ("name a domain"));
  if (waits)
    return watch (ctl, argv[1], &o);
  mr_client_plan_records_async (ctl->client, argv[1], options_to_variant (&o), NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GVariant) plan = mr_client_records_finish (ctl->client, result, &error);
  if (plan == NULL)
    return mr_ctl_fail (ctl, error);
  return o.update != NULL ? update (ctl, plan, &o) : show_plan (ctl, plan, o.zone);
}

int
mr_verb_domain_records (MrCtl *ctl, int argc, char **argv)
{
  return run (ctl, argc, argv, FALSE);
}

int
mr_verb_domain_watch (MrCtl *ctl, int argc, char **argv)
{
  return run (ctl, argc, argv, TRUE);
}

/* DNS providers: recognised by their name servers, and the form in which each wants a record; services that send. */
#include "policy/dns-providers.h"

#include <string.h>

#include "mailauth/spf-edit.h"
#include "policy/presets.h"

/* Every row is complete, ids and patterns are unique, and there are enough. */
static void
test_data (void)
{
  GPtrArray *all = mr_dns_providers_get ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (all->len, >=, 20);
  for (guint i = 0; i < all->len; i++) {
    const MrDnsProvider *p = all->pdata[i];

    g_test_message ("%s", p->id);
    g_assert_true (g_hash_table_add (seen, p->id));
    g_assert_true (*p->name != '\0' && *p->menu != '\0' && g_str_has_prefix (p->url, "https://"));
    g_assert_nonnull (p->servers[0]);
    for (guint k = 0; p->servers[k] != NULL; k++)
      g_assert_true (g_hash_table_add (seen, p->servers[k]));
    g_assert_true (!p->strings || p->quotes || strcmp (p->id, "konsoleh") == 0);
  }
}

static void
test_services (void)
{
  GPtrArray *all = mr_sending_services_get ();
  g_autoptr (MrPresets) presets = mr_presets_new_builtin ();

  g_assert_cmpuint (all->len, >=, 20);
  for (guint i = 0; i < all->len; i++) {
    const MrSendingService *s = all->pdata[i];
    const char *terms[] = { s->term, NULL };
    g_autoptr (GError) error = NULL;
    g_autofree char *record = mr_spf_merge (NULL, terms, &error);

    g_assert_no_error (error);
    g_assert_nonnull (strstr (record, s->term));
    for (guint k = 0; s->accounts[k] != NULL; k++) {
      g_test_message ("%s", s->accounts[k]);
      g_assert_nonnull (mr_presets_find (presets, s->accounts[k]));
      g_assert_true (mr_sending_service_of_account (s->accounts[k]) == s);
    }
  }
  g_assert_null (mr_sending_service_of_account (""));
  g_assert_null (mr_sending_service_of_account ("gmail"));
}

static const char *
match (const char *first, const char *second)
{
  const char *names[] = { first, second, NULL };
  const MrDnsProvider *p = mr_dns_provider_match (names);

  return p != NULL ? p->id : NULL;
}

static void
test_match (void)
{
  g_assert_cmpstr (match ("Ada.NS.cloudflare.com.", "bob.ns.cloudflare.com"), ==, "cloudflare");
  g_assert_cmpstr (match ("ns-2048.awsdns-64.com", "ns-1.awsdns-00.co.uk"), ==, "route53");
  g_assert_cmpstr (match ("ns1093.ui-dns.de", "ns1074.ui-dns.org"), ==, "ionos");
  g_assert_cmpstr (match ("ns1.digitalocean.com", NULL), ==, "digitalocean");
  g_assert_cmpstr (match ("ns1.digitalocean.com", "ada.ns.cloudflare.com"), ==, NULL);
  g_assert_cmpstr (match ("nsc1.squarespacedns.com", "nsc4.squarespacedns.com"), ==, "squarespace");
  g_assert_cmpstr (match ("ns1.your-server.de", "ns.second-ns.com"), ==, "konsoleh");
  g_assert_cmpstr (match ("ns.123-reg.co.uk", "ns2.123-reg.co.uk"), ==, "123-reg");
  g_assert_cmpstr (match ("dns1.easydns.com", "dns3.easydns.org"), ==, "easydns");
  g_assert_cmpstr (match ("ns.example.com", NULL), ==, NULL);
  g_assert_cmpstr (match (NULL, NULL), ==, NULL);
}

static const MrDnsProvider *
provider (const char *id)
{
  GPtrArray *all = mr_dns_providers_get ();

  for (guint i = 0; i < all->len; i++)
    if (strcmp (((MrDnsProvider *)all->pdata[i])->id, id) == 0)
      return all->pdata[i];
  g_assert_not_reached ();
}

static void
test_names (void)
{
  static const struct {
    const char *id, *name, *zone, *field;
  } rows[] = {
    { NULL, "example.com", "example.com", "@" },
    { NULL, "_dmarc.example.com", "example.com", "_dmarc" },
    { NULL, "s1._domainkey.mail.example.com", "example.com", "s1._domainkey.mail" },
    { "route53", "example.com", "example.com", "" },
    { "route53", "_dmarc.example.com", "example.com", "_dmarc" },
    { "hurricane", "_dmarc.example.com", "example.com", "_dmarc.example.com" },
    { "hurricane", "example.com", "example.com", "example.com" },
    { "hostgator", "_dmarc.example.com", "example.com", "_dmarc.example.com." },
    { "hostgator", "example.com", "example.com", "example.com." },
    { "linode", "example.com", "example.com", "" },
    { "hostinger", "example.com", "example.com", "@" },
    { "cloudflare", "_dmarc.Example.com", "example.com", "_dmarc" },
    { "cloudflare", "x.badexample.com", "example.com", "x.badexample.com" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const MrDnsProvider *p = rows[i].id != NULL ? provider (rows[i].id) : NULL;
    g_autofree char *field = mr_dns_provider_dup_name (p, rows[i].name, rows[i].zone);
    g_autofree char *hint = mr_dns_provider_dup_hint (p, rows[i].name, rows[i].zone);

    g_assert_cmpstr (field, ==, rows[i].field);
    g_assert_cmpuint (strlen (hint), >, 10);
  }
}

static void
test_values (void)
{
  g_autofree char *a300 = g_strnfill (300, 'a'), *a255 = g_strnfill (255, 'a'), *a45 = g_strnfill (45, 'a');
  g_autofree char *cut = g_strdup_printf ("\"%s\" \"%s\"", a255, a45);
  g_autofree char *long_plain = mr_dns_provider_dup_value (provider ("cloudflare"), a300);
  g_autofree char *long_cut = mr_dns_provider_dup_value (provider ("route53"), a300);
  g_autofree char *quoted = mr_dns_provider_dup_value (provider ("route53"), "v=spf1 -all");
  g_autofree char *unknown = mr_dns_provider_dup_value (NULL, a300);

  g_assert_cmpstr (long_plain, ==, a300);
  g_assert_cmpstr (long_cut, ==, cut);
  g_assert_cmpstr (quoted, ==, "\"v=spf1 -all\"");
  g_assert_cmpstr (unknown, ==, a300);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns-providers/data", test_data);
  g_test_add_func ("/dns-providers/services", test_services);
  g_test_add_func ("/dns-providers/match", test_match);
  g_test_add_func ("/dns-providers/names", test_names);
  g_test_add_func ("/dns-providers/values", test_values);
  return g_test_run ();
}

/* The name of the internet address (PTR): only who owns the address can set it, so a plan has whom to ask and a text that can be sent as it is.
 *
 * Whom to ask is what the DNS tells: the SOA of the reverse zone names the server and the mail address of who keeps it. Zones of a registry (a whole first
 * part of an address) name the registry, which is of no use to a person: then the provider of the connection is the one.
 */
#include <config.h>

#include "engine/publisher-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/host-name.h"
#include "mailauth/reverse-name.h"

#define MAX_ADDRESSES 8

typedef struct {
  MrPlan *plan;
  char *address, *name;  /* name: of the PTR record */
  const char *candidate; /* of the zone: a tail of name */
  char *zone, *operator, * contact;
  void (*done) (MrPlan *plan);
} Reverse;

static void
reverse_free (gpointer data)
{
  Reverse *r = data;

  g_free (r->address);
  g_free (r->name);
  g_free (r->zone);
  g_free (r->operator);
  g_free (r->contact);
  g_free (r);
}

static gboolean
is_ip6 (const Reverse *r)
{
  return strchr (r->address, ':') != NULL;
}

/* ---- which addresses, and which name ---- */

static void
add (MrPlan *plan, const char *address)
{
  Reverse *r;

  if (!mr_address_is_numeric (address) || plan->reverse->len >= MAX_ADDRESSES)
    return;
  for (guint i = 0; i < plan->reverse->len; i++)
    if (strcmp (((Reverse *)plan->reverse->pdata[i])->address, address) == 0)
      return;
  r = g_new0 (Reverse, 1);
  r->plan = plan;
  r->address = g_strdup (address);
  r->name = mr_reverse_name (address);
  r->zone = g_strdup ("");
  r->operator= g_strdup ("");
  r->contact = g_strdup ("");
  g_ptr_array_add (plan->reverse, r);
}

static void
find_addresses (MrPlan *plan)
{
  MrConfig *config = mr_engine_get_config (plan->publisher->engine);
  const char *typed = mr_plan_text (plan, "addresses");
  g_auto (GStrv) words = g_strsplit_set (typed != NULL ? typed : "", ",; ", -1);
  g_auto (GStrv) configured = mr_config_dup_list (config, "domains", "addresses");

  plan->reverse = g_ptr_array_new_with_free_func (reverse_free);
  if (!plan->direct)
    return;
  for (guint i = 0; words[i] != NULL; i++)
    add (plan, words[i]);
  for (guint i = 0; typed == NULL && configured[i] != NULL; i++)
    add (plan, configured[i]);
  for (guint i = 0; typed == NULL && configured[0] == NULL && i < 2; i++) {
    g_autofree char *own = mr_connect_dup_source_address (i == 1);

    if (own != NULL && !mr_address_is_private (own))
      add (plan, own);
  }
}

/* What direct delivery greets with, else the usual name. (transfer full) */
static char *
dup_wanted (MrPlan *plan)
{
  MrConfig *config = mr_engine_get_config (plan->publisher->engine);
  const char *typed = mr_plan_text (plan, "helo"), *greeting = mr_config_get_string (config, "delivery", "ehlo-name");
  const char *name = typed != NULL ? typed : greeting;

  if (mr_host_name_is_valid (name) && strchr (name, '.') != NULL)
    return g_ascii_strdown (name, -1);
  return g_strconcat ("mail.", plan->domain, NULL);
}

void
mr_plan_ask_reverse (MrPlan *plan)
{
  g_autofree char *wanted = dup_wanted (plan);

  if (plan->reverse == NULL)
    find_addresses (plan);
  for (guint i = 0; i < plan->reverse->len; i++) {
    const Reverse *r = plan->reverse->pdata[i];

    mr_lookup_table_ask (plan->table, r->name, MR_LOOKUP_PTR, NULL);
    mr_lookup_table_ask (plan->table, wanted, is_ip6 (r) ? MR_LOOKUP_AAAA : MR_LOOKUP_A, NULL);
  }
}

/* ---- who keeps the zone ---- */

static void find_next (MrPlan *plan, void (*done) (MrPlan *plan));

/* The first label is the local part (RFC 1035 8). "MNAME RNAME SERIAL MINIMUM" */
static void
take_soa (Reverse *r, const char *soa)
{
  g_auto (GStrv) words = g_strsplit (soa, " ", 4);
  const char *person = words[0] != NULL && words[1] != NULL ? words[1] : "", *dot = strchr (person, '.');

  g_free (r->zone);
  r->zone = g_strdup (r->candidate);
  if (dot == NULL || strchr (dot + 1, '.') == NULL || !mr_host_name_is_valid (dot + 1))
    return;
  g_free (r->contact);
  g_free (r->operator);
  r->contact = g_strdup_printf ("%.*s@%s", (int)(dot - person), person, dot + 1);
  r->operator= g_strdup (dot + 1);
}

/* What a registry keeps is not worth asking for. NULL: no further. */
static const char *
next_candidate (const Reverse *r)
{
  const char *tail = strchr (r->candidate, '.');
  guint labels = 0, least = is_ip6 (r) ? 4 + 2 : 2 + 2;

  if (tail == NULL)
    return NULL;
  for (const char *p = ++tail; p != NULL; p = strchr (p, '.') != NULL ? strchr (p, '.') + 1 : NULL)
    labels++;
  /* A line has a whole /64: what is finer is hardly ever a zone of its own. */
  while (is_ip6 (r) && labels > 16 + 2) {
    tail = strchr (tail, '.') + 1;
    labels--;
  }
  return labels >= least ? tail : NULL;
}

static void
soa_cb (const MrDnsAnswer *answer, const GError *error, gpointer data)
{
  Reverse *r = data;

  if (answer != NULL && answer->outcome == MR_DNS_FOUND && answer->records->len > 0) {
    take_soa (r, ((MrDnsRecord *)answer->records->pdata[0])->text);
    r->candidate = NULL;
  } else
    r->candidate = next_candidate (r);
  if (r->candidate != NULL) {
    mr_resolver_lookup_answer (mr_plan_get_resolver (r->plan), r->candidate, MR_DNS_SOA, soa_cb, r);
    return;
  }
  r->plan->reverse_at++;
  find_next (r->plan, r->done);
}

static void
find_next (MrPlan *plan, void (*done) (MrPlan *plan))
{
  Reverse *r = plan->reverse_at < plan->reverse->len ? plan->reverse->pdata[plan->reverse_at] : NULL;

  if (r == NULL) {
    done (plan);
    return;
  }
  r->done = done;
  r->candidate = r->name;
  mr_resolver_lookup_answer (mr_plan_get_resolver (plan), r->candidate, MR_DNS_SOA, soa_cb, r);
}

void
mr_plan_find_operators (MrPlan *plan, void (*done) (MrPlan *plan))
{
  plan->reverse_at = 0;
  find_next (plan, done);
}

/* ---- telling ---- */

static char *
dup_text (const Reverse *r, const char *wanted)
{
  return g_strdup_printf (
      is_ip6 (r)
          ? _ ("Hello,\n\nplease set the reverse DNS entry of the IPv6 address %s, from which my mail is sent, to "
               "this name:\n\n    %s\n\nAs an entry of the reverse zone:\n\n    %s. IN PTR %s.\n\nIf you hand "
               "the reverse zone of my network over to me instead, please tell me which name servers you need. "
               "Other mail servers refuse mail from addresses whose name does not lead back to them.\n\nThank "
               "you\n")
          : _ ("Hello,\n\nplease set the reverse DNS entry of the IPv4 address %s, from which my mail is sent, to "
               "this name:\n\n    %s\n\nAs an entry of the reverse zone:\n\n    %s. IN PTR %s.\n\nOther mail "
               "servers refuse mail from addresses whose name does not lead back to them.\n\nThank you\n"),
      r->address, wanted, r->name, wanted);
}

static char *
dup_whom (const Reverse *r)
{
  if (*r->operator== '\0')
    return g_strdup_printf (_ ("Only who gave you the address %s can set its name: the provider of your internet "
                               "connection or of your server. Many have a page for it (“reverse DNS”)."),
                            r->address);
  return g_strdup_printf (_ ("The name of %s is kept by %s. If that is the provider of your connection or server, look "
                             "for “reverse DNS” on its pages, or send it the text below (%s)."),
                          r->address, r->operator, r->contact);
}

static const char *
state_nick (MrLookupStatus status, const char *const *values, const char *wanted)
{
  if (status == MR_LOOKUP_TEMPORARY || status == MR_LOOKUP_PENDING)
    return mr_publish_state_nick (MR_PUBLISH_UNKNOWN);
  for (guint i = 0; values[i] != NULL; i++)
    if (g_ascii_strcasecmp (values[i], wanted) == 0)
      return mr_publish_state_nick (MR_PUBLISH_DONE);
  return mr_publish_state_nick (values[0] != NULL ? MR_PUBLISH_REPLACE : MR_PUBLISH_ADD);
}

static GVariant *
reverse_to_variant (MrPlan *plan, const Reverse *r, const char *wanted)
{
  const char *const *names, *const *addresses;
  MrLookupStatus name = mr_lookup_table_ask (plan->table, r->name, MR_LOOKUP_PTR, &names);
  MrLookupStatus forward = mr_lookup_table_ask (plan->table, wanted, is_ip6 (r) ? MR_LOOKUP_AAAA : MR_LOOKUP_A,
                                                &addresses);
  g_autofree char *text = dup_text (r, wanted), *whom = dup_whom (r);
  g_autofree char *subject = g_strdup_printf (_ ("Reverse DNS for %s"), r->address);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "address", "s", r->address);
  g_variant_dict_insert (&dict, "ip6", "b", is_ip6 (r));
  g_variant_dict_insert (&dict, "name", "s", r->name);
  g_variant_dict_insert (&dict, "wanted", "s", wanted);
  g_variant_dict_insert (&dict, "existing", "^as", names);
  g_variant_dict_insert (&dict, "state", "s", state_nick (name, names, wanted));
  g_variant_dict_insert (&dict, "forward", "s", state_nick (forward, addresses, r->address));
  g_variant_dict_insert (&dict, "forward-type", "s", is_ip6 (r) ? "AAAA" : "A");
  g_variant_dict_insert (&dict, "zone", "s", r->zone);
  g_variant_dict_insert (&dict, "operator", "s", r->operator);
  g_variant_dict_insert (&dict, "contact", "s", r->contact);
  g_variant_dict_insert (&dict, "whom", "s", whom);
  g_variant_dict_insert (&dict, "subject", "s", subject);
  g_variant_dict_insert (&dict, "text", "s", text);
  return g_variant_dict_end (&dict);
}

GVariant *
mr_plan_reverse_to_variant (MrPlan *plan)
{
  g_autofree char *wanted = dup_wanted (plan);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < plan->reverse->len; i++)
    g_variant_builder_add_value (&builder, reverse_to_variant (plan, plan->reverse->pdata[i], wanted));
  return g_variant_builder_end (&builder);
}

/* Texts of findings: see domain-texts.h. */
#include <config.h>

#include "ndr/domain-texts.h"

#include <string.h>

#include "ndr/domain-words.h"

typedef struct {
  const char *id, *text;
} Word;

static const Word checks[] = {
  { "route", N_ ("Way of sending") },
  { "name-servers", N_ ("Name servers") },
  { "mx", N_ ("Servers that take mail (MX)") },
  { "spf", N_ ("Allowed senders (SPF)") },
  { "spf-look-ups", N_ ("Look-ups of the allowed senders") },
  { "spf-end", N_ ("All other senders") },
  { "spf-route", N_ ("This program among the allowed senders") },
  { "spf-helo", N_ ("The greeting among the allowed senders") },
  { "dkim", N_ ("Signature (DKIM)") },
  { "dmarc", N_ ("What to do with forgeries (DMARC)") },
  { "dmarc-older", N_ ("What older receivers do with forgeries") },
  { "dmarc-reports", N_ ("Reports about forgeries") },
  { "dmarc-alignment", N_ ("Proof of the sender") },
  { "public-address", N_ ("Internet address") },
  { "ptr", N_ ("Name of your internet address (reverse DNS)") },
  { "fcrdns", N_ ("Name and address belong together") },
  { "generic-name", N_ ("Kind of name") },
  { "helo", N_ ("Name in the greeting") },
  { "port-25", N_ ("Way to other mail servers (port 25)") },
  { "blocklists", N_ ("Block lists") },
  { "choice", N_ ("With or without a provider") },
  { "dnssec", N_ ("Signed DNS (DNSSEC)") },
  { "mta-sts", N_ ("Encryption for mail to you (MTA-STS)") },
  { "tls-reports", N_ ("Reports about encryption (TLSRPT)") },
  { "dane", N_ ("Certificates in the DNS (DANE)") },
  { "bimi", N_ ("Picture of the sender (BIMI)") },
  { "caa", N_ ("Who may issue certificates (CAA)") },
};

static const Word labels[] = {
  { "name", N_ ("Name") },
  { "record", N_ ("Record") },
  { "server", N_ ("Server") },
  { "account", N_ ("Account") },
  { "address", N_ ("Address") },
  { "look-ups", N_ ("Look-ups") },
  { "void-look-ups", N_ ("Look-ups that find nothing") },
  { "policy-domain", N_ ("Record in force at") },
  { "organisation", N_ ("Organisation") },
  { "reason", N_ ("Reason") },
  { "serial", N_ ("Version") },
  { "alias", N_ ("Alias of") },
  { "wanted", N_ ("Expected") },
  { "source", N_ ("Known from") },
  { "answer", N_ ("Answer") },
  { "list", N_ ("Block list") },
  { "key", N_ ("Key") },
  { "policy", N_ ("Policy") },
  { "before", N_ ("Before") },
};

static const char *const states[] = { N_ ("good"), N_ ("attention"), N_ ("wrong"), N_ ("not applicable"),
                                      N_ ("could not tell") };
G_STATIC_ASSERT (G_N_ELEMENTS (states) == MR_FINDING_N_STATES);

static const char *
word_of (const Word *words, guint n, const char *id)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (words[i].id, id))
      return _ (words[i].text);
  return id;
}

const char *
mr_domain_check_name (const char *check)
{
  return word_of (checks, G_N_ELEMENTS (checks), check);
}

const char *
mr_domain_fact_label (const char *label)
{
  return word_of (labels, G_N_ELEMENTS (labels), label);
}

const char *
mr_domain_entry_name (const char *kind)
{
  static const struct {
    const char *kind, *name;
  } names[] = { { "spf", N_ ("Allowed senders (SPF)") },
                { "dkim", N_ ("Key of the signature (DKIM)") },
                { "dmarc", N_ ("What to do with forgeries (DMARC)") },
                { "mta-sts", N_ ("Encryption of incoming mail (MTA-STS)") },
                { "tlsrpt", N_ ("Reports about encryption (TLSRPT)") } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].kind, kind) == 0)
      return _ (names[i].name);
  return kind;
}

const char *
mr_finding_state_word (MrFindingState state)
{
  return _ (states[(guint)state < G_N_ELEMENTS (states) ? state : MR_FINDING_UNKNOWN]);
}

const char *const *
mr_domain_check_names (void)
{
  static const char *names[G_N_ELEMENTS (checks) + 1];
  static gsize once;

  if (g_once_init_enter (&once)) {
    for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
      names[i] = checks[i].id;
    g_once_init_leave (&once, 1);
  }
  return names;
}

gboolean
mr_domain_check_is_further (const char *check)
{
  static const char *const further[] = { "dnssec", "mta-sts", "tls-reports", "dane", "bimi", "caa", NULL };

  return g_strv_contains (further, check);
}

static const MrDomainWords *
find_words (const char *code)
{
  const MrDomainWords *const tables[] = { mr_domain_words_dns, mr_domain_words_policy, mr_domain_words_address };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const MrDomainWords *row = tables[i]; row->code != NULL; row++)
      if (g_str_equal (row->code, code))
        return row;
  return NULL;
}

gboolean
mr_domain_code_is_known (const char *code)
{
  return find_words (code) != NULL;
}

/* A value that is missing stays as it is written: it shows, and does not mislead. */
static char *
fill (const char *text, GVariant *params)
{
  g_autoptr (GString) out = g_string_new (NULL);

  while (*text != '\0') {
    const char *close = *text == '{' ? strchr (text, '}') : NULL;
    g_autofree char *name = close != NULL ? g_strndup (text + 1, (gsize)(close - text - 1)) : NULL;
    const char *value = NULL;

    if (name != NULL && params != NULL && g_variant_lookup (params, name, "&s", &value)) {
      g_string_append (out, value);
      text = close + 1;
    } else {
      g_string_append_c (out, *text++);
    }
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
dup_text (const MrDomainFinding *finding, gsize offset)
{
  const MrDomainWords *words = find_words (finding->code);
  const char *text = words != NULL ? G_STRUCT_MEMBER (const char *, words, offset) : NULL;

  return text != NULL && *text != '\0' ? fill (_ (text), finding->params) : g_strdup ("");
}

char *
mr_domain_dup_sentence (const MrDomainFinding *finding)
{
  if (find_words (finding->code) == NULL)
    return g_strdup (finding->code);
  return dup_text (finding, G_STRUCT_OFFSET (MrDomainWords, sentence));
}

char *
mr_domain_dup_meaning (const MrDomainFinding *finding)
{
  return dup_text (finding, G_STRUCT_OFFSET (MrDomainWords, meaning));
}

char *
mr_domain_dup_remedy (const MrDomainFinding *finding)
{
  return dup_text (finding, G_STRUCT_OFFSET (MrDomainWords, remedy));
}

void
mr_domain_report_count (const MrDomainReport *report, guint *ret_wrong, guint *ret_attention)
{
  *ret_wrong = *ret_attention = 0;
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *finding = g_ptr_array_index (report->findings, i);

    if (mr_domain_check_is_further (finding->check))
      continue;
    *ret_wrong += finding->state == MR_FINDING_WRONG;
    *ret_attention += finding->state == MR_FINDING_ATTENTION;
  }
}

/* Does another term of that depth follow below the same parent? */
static gboolean
goes_on (GPtrArray *terms, guint from, guint depth)
{
  for (guint i = from + 1; i < terms->len; i++) {
    const MrDomainTerm *term = g_ptr_array_index (terms, i);

    if (term->depth <= depth)
      return term->depth == depth;
  }
  return FALSE;
}

/* One line of the tree, look-ups numbered: what is above ten is what receivers do not reach. */
static void
append_term (GString *out, GPtrArray *terms, guint n, guint *look_ups)
{
  const MrDomainTerm *term = g_ptr_array_index (terms, n);

  for (guint depth = 0; depth < term->depth; depth++)
    g_string_append (out, goes_on (terms, n, depth) ? "│  " : "   ");
  g_string_append_printf (out, "%s %s", goes_on (terms, n, term->depth) ? "├─" : "└─", term->term);
  if (term->looks_up)
    g_string_append_printf (out, "  (%u)", ++*look_ups);
  g_string_append (out, term->matched ? "  ✓\n" : "\n");
}

char *
mr_domain_dup_facts (const MrDomainFinding *finding)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint look_ups = 0;

  for (guint i = 0; i < finding->facts->len; i++) {
    const MrDomainFact *fact = g_ptr_array_index (finding->facts, i);
    g_string_append_printf (out, "%s: %s\n", mr_domain_fact_label (fact->label), fact->value);
  }
  for (guint i = 0; i < finding->terms->len; i++)
    append_term (out, finding->terms, i, &look_ups);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

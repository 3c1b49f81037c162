/* Answers of the guide: see domain-guide-answers.h. */
#include "config.h"

#include "ui/domain-guide-answers.h"

#include <glib/gi18n-lib.h>
#include <string.h>

MrGuideAnswers *
mr_guide_answers_new (void)
{
  MrGuideAnswers *answers = g_new0 (MrGuideAnswers, 1);

  answers->services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  answers->account = g_strdup ("");
  answers->senders = g_strdup ("");
  answers->reports = g_strdup ("");
  answers->tls_reports = g_strdup ("");
  answers->provider = g_strdup ("");
  answers->step = g_strdup ("");
  answers->addresses = g_strdup ("");
  answers->sts_mode = g_strdup ("");
  return answers;
}

void
mr_guide_answers_free (MrGuideAnswers *answers)
{
  if (answers == NULL)
    return;
  g_hash_table_unref (answers->services);
  g_free (answers->account);
  g_free (answers->senders);
  g_free (answers->reports);
  g_free (answers->tls_reports);
  g_free (answers->provider);
  g_free (answers->step);
  g_free (answers->addresses);
  g_free (answers->sts_mode);
  g_free (answers);
}

void
mr_guide_answers_set (char **field, const char *text)
{
  char *copy = g_strdup (text != NULL ? text : "");

  g_free (*field);
  *field = g_strstrip (copy);
}

void
mr_guide_answers_set_service (MrGuideAnswers *answers, const char *id, gboolean sends)
{
  if (sends)
    g_hash_table_add (answers->services, g_strdup (id));
  else
    g_hash_table_remove (answers->services, id);
}

gboolean
mr_guide_answers_has_service (const MrGuideAnswers *answers, const char *id)
{
  return g_hash_table_contains (answers->services, id);
}

/* ---- options ---- */

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (*text != '\0')
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (text));
}

static void
add_true (GVariantBuilder *builder, const char *key, gboolean set)
{
  if (set)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_boolean (TRUE));
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

static void
add_services (GVariantBuilder *builder, const MrGuideAnswers *answers)
{
  g_autoptr (GList) ids = g_list_sort (g_hash_table_get_keys (answers->services), compare_ids);
  GVariantBuilder list;

  if (ids == NULL)
    return;
  g_variant_builder_init (&list, G_VARIANT_TYPE_STRING_ARRAY);
  for (GList *l = ids; l != NULL; l = l->next)
    g_variant_builder_add (&list, "s", l->data);
  g_variant_builder_add (builder, "{sv}", "services", g_variant_builder_end (&list));
}

static void
add_senders (GVariantBuilder *builder, const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, " ,;\t\n", -1);
  GVariantBuilder list;
  guint n = 0;

  g_variant_builder_init (&list, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0') {
      g_variant_builder_add (&list, "s", parts[i]);
      n++;
    }
  if (n > 0)
    g_variant_builder_add (builder, "{sv}", "senders", g_variant_builder_end (&list));
  else
    g_variant_builder_clear (&list);
}

GVariant *
mr_guide_answers_to_options (const MrGuideAnswers *answers)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_services (&builder, answers);
  add_senders (&builder, answers->senders);
  add_text (&builder, "reports", answers->reports);
  add_text (&builder, "tls-reports", answers->tls_reports);
  add_text (&builder, "provider", answers->provider);
  add_text (&builder, "dmarc", answers->step);
  add_text (&builder, "addresses", answers->addresses);
  add_true (&builder, "mailing-lists", answers->lists);
  add_true (&builder, "direct", answers->direct);
  add_true (&builder, "mta-sts", *answers->sts_mode != '\0');
  add_text (&builder, "sts-mode", answers->sts_mode);
  return g_variant_builder_end (&builder);
}

void
mr_guide_answers_take_options (MrGuideAnswers *answers, GVariant *options)
{
  g_autofree const char **services = NULL, **senders = NULL;

  g_variant_lookup (options, "services", "^a&s", &services);
  g_variant_lookup (options, "senders", "^a&s", &senders);
  g_hash_table_remove_all (answers->services);
  for (guint i = 0; services != NULL && services[i] != NULL; i++)
    mr_guide_answers_set_service (answers, services[i], TRUE);
  g_free (answers->senders);
  answers->senders = senders != NULL ? g_strjoinv (" ", (char **)senders) : g_strdup ("");
  mr_guide_answers_set (&answers->reports, mr_guide_text (options, "reports"));
  mr_guide_answers_set (&answers->tls_reports, mr_guide_text (options, "tls-reports"));
  mr_guide_answers_set (&answers->provider, mr_guide_text (options, "provider"));
  mr_guide_answers_set (&answers->step, mr_guide_text (options, "dmarc"));
  mr_guide_answers_set (&answers->addresses, mr_guide_text (options, "addresses"));
  answers->lists = mr_guide_is_set (options, "mailing-lists");
  answers->direct = mr_guide_is_set (options, "direct");
  mr_guide_answers_set (&answers->sts_mode, mr_guide_text (options, "sts-mode"));
  if (!mr_guide_is_set (options, "mta-sts"))
    mr_guide_answers_set (&answers->sts_mode, "");
  else if (*answers->sts_mode == '\0')
    mr_guide_answers_set (&answers->sts_mode, "testing");
}

/* ---- what is published ---- */

const char *
mr_guide_text (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return text;
}

gboolean
mr_guide_is_set (GVariant *dict, const char *key)
{
  gboolean set = FALSE;

  return g_variant_lookup (dict, key, "b", &set) && set;
}

GVariant *
mr_guide_plan_find (GVariant *plan, const char *kind)
{
  g_autoptr (GVariant) records = g_variant_lookup_value (plan, "records", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; records != NULL && i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

    if (strcmp (mr_guide_text (record, "kind"), kind) == 0)
      return g_steal_pointer (&record);
  }
  return NULL;
}

/* The term, with or without a qualifier, as a word of the record. */
static gboolean
record_has_term (const char *record, const char *term)
{
  g_auto (GStrv) words = g_strsplit (record, " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    const char *word = words[i] + strspn (words[i], "+?~-");

    if (*term != '\0' && g_ascii_strcasecmp (word, term) == 0)
      return TRUE;
  }
  return FALSE;
}

/* "rua=mailto:a@b" of a record: the first address; "" where there is none. (transfer full) */
static char *
dup_address (const char *record, const char *tag)
{
  g_auto (GStrv) tags = g_strsplit (record, ";", -1);

  for (guint i = 0; tags[i] != NULL; i++) {
    const char *text = g_strstrip (tags[i]);
    gsize len = strlen (tag);

    if (g_ascii_strncasecmp (text, tag, len) != 0 || strchr (text, '=') == NULL)
      continue;
    text = strchr (text, '=') + 1;
    text += strspn (text, " ");
    if (g_ascii_strncasecmp (text, "mailto:", 7) == 0)
      return g_strndup (text + 7, strcspn (text + 7, ",! "));
  }
  return g_strdup ("");
}

static char *
dup_first (GVariant *plan, const char *kind)
{
  g_autoptr (GVariant) record = mr_guide_plan_find (plan, kind);
  g_autofree const char **existing = NULL;

  if (record != NULL)
    g_variant_lookup (record, "existing", "^a&s", &existing);
  return g_strdup (existing != NULL && existing[0] != NULL ? existing[0] : "");
}

void
mr_guide_answers_take_published (MrGuideAnswers *answers, GVariant *plan, GVariant *services)
{
  g_autoptr (GVariant) spf = mr_guide_plan_find (plan, "spf");
  g_autofree const char **existing = NULL;
  g_autofree char *dmarc = dup_first (plan, "dmarc"), *tls = dup_first (plan, "tlsrpt");

  if (spf != NULL)
    g_variant_lookup (spf, "existing", "^a&s", &existing);
  for (gsize i = 0; i < g_variant_n_children (services); i++) {
    g_autoptr (GVariant) service = g_variant_get_child_value (services, i);

    for (guint k = 0; existing != NULL && existing[k] != NULL; k++)
      if (record_has_term (existing[k], mr_guide_text (service, "term")))
        mr_guide_answers_set_service (answers, mr_guide_text (service, "id"), TRUE);
  }
  g_free (answers->reports);
  answers->reports = dup_address (dmarc, "rua");
  g_free (answers->tls_reports);
  answers->tls_reports = dup_address (tls, "rua");
}

/* ---- accounts ---- */

/* pattern: address, "*@domain", "*". */
static gboolean
pattern_is_of (const char *pattern, const char *domain)
{
  const char *at = strrchr (pattern, '@');
  g_autofree char *ascii = at != NULL ? g_hostname_to_ascii (at + 1) : NULL;

  return ascii != NULL && g_ascii_strcasecmp (ascii, domain) == 0;
}

gboolean
mr_guide_account_fits (const MrAccountRecord *account, const char *domain)
{
  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    if (strcmp (account->addresses[i], "*") == 0 || pattern_is_of (account->addresses[i], domain))
      return TRUE;
  return FALSE;
}

const char *
mr_guide_account_address (const MrAccountRecord *account, const char *domain)
{
  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    if (strchr (account->addresses[i], '*') == NULL && pattern_is_of (account->addresses[i], domain))
      return account->addresses[i];
  return NULL;
}

typedef struct {
  const char *term;
  guint look_ups;
} Cost;

static int
compare_costs (gconstpointer a, gconstpointer b)
{
  return (int)((const Cost *)b)->look_ups - (int)((const Cost *)a)->look_ups;
}

char *
mr_guide_dup_costs (GVariant *plan)
{
  g_autoptr (GVariant) told = g_variant_lookup_value (plan, "costs", G_VARIANT_TYPE ("a(su)"));
  g_autoptr (GArray) costs = g_array_new (FALSE, FALSE, sizeof (Cost));
  GString *out = g_string_new (NULL);

  for (gsize i = 0; told != NULL && i < g_variant_n_children (told); i++) {
    Cost cost;

    g_variant_get_child (told, i, "(&su)", &cost.term, &cost.look_ups);
    g_array_append_val (costs, cost);
  }
  g_array_sort (costs, compare_costs);
  for (guint i = 0; i < costs->len; i++) {
    const Cost *cost = &g_array_index (costs, Cost, i);

    g_string_append_printf (out, "%s%s: %u", out->len > 0 ? "\n" : "", cost->term, cost->look_ups);
  }
  return g_string_free (out, FALSE);
}

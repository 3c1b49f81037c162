/* Evidence for the steps of DMARC: the reports of a domain that were kept, added up since its policy is in force.
 *
 * Since when that is tells a note that is written when the policy is first seen in the DNS; reports that saw the same policy before that move it back. A
 * source that a person called foreign does not count as a failure of theirs: a forgery that fails is what the policy is for.
 */
#include <config.h>

#include "engine/evidence.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "engine/domain-private.h"
#include "engine/publisher-private.h"
#include "store/notes.h"

#define MAX_SOURCES       200
#define MAX_ORGANISATIONS 20

struct _MrEvidenceLoad {
  MrEngine *engine;
  char *domain, *policy;
  MrEvidenceFunc func;
  gpointer data;
};

static void
load_free (MrEvidenceLoad *load)
{
  g_free (load->domain);
  g_free (load->policy);
  g_free (load);
}

static void
evidence_clear (MrEvidence *e)
{
  g_free (e->domain);
  g_free (e->policy);
  g_ptr_array_unref (e->organisations);
  g_ptr_array_unref (e->sources);
}

/* The rest of a key after "domain/KIND/"; NULL: another kind. */
static const char *
rest_of (const MrStoreNote *note, const char *domain, const char *kind)
{
  g_autofree char *prefix = g_strconcat (domain, "/", kind, NULL);

  return g_str_has_prefix (note->key, prefix) ? note->key + strlen (prefix) : NULL;
}

static gint
newest_first (gconstpointer a, gconstpointer b)
{
  const MrKeptReport *one = *(MrKeptReport *const *)a, *other = *(MrKeptReport *const *)b;

  return one->end < other->end ? 1 : one->end > other->end ? -1 : 0;
}

static GPtrArray *
take_reports (GPtrArray *notes, const char *domain)
{
  GPtrArray *reports = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_kept_report_free);

  for (guint i = 0; i < notes->len; i++) {
    const MrStoreNote *note = notes->pdata[i];
    MrKeptReport *report = rest_of (note, domain, "report/") != NULL ? mr_kept_report_from_text (note->text) : NULL;

    if (report != NULL)
      g_ptr_array_add (reports, report);
  }
  g_ptr_array_sort (reports, newest_first);
  return reports;
}

/* ---- since when ---- */

static void
noted_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    mr_warning ("domains", "since when a policy is in force was not kept: %s", error->message);
}

/* "POLICY SECONDS"; what is published now replaces it where it is another one. */
static void
find_since (MrEvidenceLoad *load, GPtrArray *notes, MrEvidence *e)
{
  g_autofree char *key = g_strconcat (load->domain, "/policy", NULL);
  gint64 now = mr_clock_wall (load->engine->clock) / G_USEC_PER_SEC;

  for (guint i = 0; i < notes->len; i++) {
    const MrStoreNote *note = notes->pdata[i];
    g_auto (GStrv) words = strcmp (note->key, key) == 0 ? g_strsplit (note->text, " ", 2) : NULL;

    if (words == NULL || words[0] == NULL || words[1] == NULL)
      continue;
    g_free (e->policy);
    e->policy = g_strdup (words[0]);
    e->since = g_ascii_strtoll (words[1], NULL, 10);
  }
  if (load->policy == NULL || strcmp (load->policy, e->policy) == 0)
    return;
  g_free (e->policy);
  e->policy = g_strdup (load->policy);
  e->since = *load->policy != '\0' ? now : 0;
  g_autofree char *text = g_strdup_printf ("%s %" G_GINT64_FORMAT, e->policy, e->since);
  mr_store_put_note (load->engine->store, MR_EVIDENCE_NOTES, key, *e->policy != '\0' ? text : NULL, noted_cb, NULL);
}

/* Receivers saw the same policy before we looked. */
static void
move_back (GPtrArray *reports, MrEvidence *e)
{
  for (guint i = 0; i < reports->len && *e->policy != '\0'; i++) {
    const MrKeptReport *report = reports->pdata[i];

    if (g_ascii_strcasecmp (report->policy, e->policy) != 0)
      break;
    e->since = MIN (e->since, report->begin);
  }
}

/* ---- adding up ---- */

static void
add_organisation (MrEvidence *e, const char *name)
{
  if (*name != '\0' && e->organisations->len < MAX_ORGANISATIONS
      && !g_ptr_array_find_with_equal_func (e->organisations, name, g_str_equal, NULL))
    g_ptr_array_add (e->organisations, g_strdup (name));
}

static void
add_report (MrEvidence *e, const MrKeptReport *report)
{
  e->reports++;
  add_organisation (e, report->organisation);
  e->begin = e->begin == 0 ? report->begin : MIN (e->begin, report->begin);
  e->end = MAX (e->end, report->end);
  for (guint i = 0; i < report->sources->len; i++) {
    MrEvidenceSource source = *(MrEvidenceSource *)report->sources->pdata[i];

    if (e->sources->len >= MAX_SOURCES)
      source.source = (char *)"";
    mr_evidence_add_source (e->sources, &source);
    e->messages += source.messages;
    e->passed += source.passed;
    e->by_signature += source.dkim;
  }
}

static gint
most_failures_first (gconstpointer a, gconstpointer b)
{
  const MrEvidenceSource *one = *(MrEvidenceSource *const *)a, *other = *(MrEvidenceSource *const *)b;
  guint64 failed_one = one->messages - one->passed, failed_other = other->messages - other->passed;

  if (failed_one != failed_other)
    return failed_one < failed_other ? 1 : -1;
  return one->messages < other->messages ? 1 : one->messages > other->messages ? -1 : 0;
}

static void
judge_sources (MrEvidence *e, GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++) {
    const char *address = rest_of (notes->pdata[i], e->domain, "foreign/");

    for (guint k = 0; address != NULL && k < e->sources->len; k++) {
      MrEvidenceSource *source = e->sources->pdata[k];
      source->foreign = source->foreign || strcmp (source->source, address) == 0;
    }
  }
  for (guint k = 0; k < e->sources->len; k++) {
    const MrEvidenceSource *source = e->sources->pdata[k];
    e->failing += source->foreign ? 0 : source->messages - MIN (source->passed, source->messages);
  }
  g_ptr_array_sort (e->sources, most_failures_first);
}

static void
listed_cb (GPtrArray *notes, const GError *error, gpointer data)
{
  MrEvidenceLoad *load = data;
  MrEvidence e = { .domain = g_strdup (load->domain), .policy = g_strdup ("") };
  g_autoptr (GPtrArray) reports = NULL;

  e.organisations = g_ptr_array_new_with_free_func (g_free);
  e.sources = g_ptr_array_new_with_free_func (mr_evidence_source_free);
  if (error == NULL) {
    reports = take_reports (notes, load->domain);
    find_since (load, notes, &e);
    move_back (reports, &e);
    for (guint i = 0; i < reports->len; i++) {
      const MrKeptReport *report = reports->pdata[i];

      /* One that ended when the policy began tells of the policy before it. */
      if (report->end > e.since || report->begin >= e.since)
        add_report (&e, report);
    }
    judge_sources (&e, notes);
  }
  load->func (error == NULL ? &e : NULL, error, load->data);
  evidence_clear (&e);
  load_free (load);
}

MrEvidenceLoad *
mr_evidence_load (MrEngine *engine, const char *domain, const char *policy, MrEvidenceFunc func, gpointer data)
{
  MrEvidenceLoad *load = g_new0 (MrEvidenceLoad, 1);
  g_autofree char *prefix = g_strconcat (domain, "/", NULL);

  load->engine = engine;
  load->domain = g_strdup (domain);
  load->policy = g_strdup (policy);
  load->func = func;
  load->data = data;
  mr_store_list_notes (engine->store, MR_EVIDENCE_NOTES, prefix, listed_cb, load);
  return load;
}

void
mr_evidence_load_cancel (MrEvidenceLoad *load)
{
  mr_store_cancel (load->engine->store, load);
  load_free (load);
}

/* ---- telling ---- */

static GVariant *
sources_to_variant (const MrEvidence *e)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < e->sources->len; i++) {
    const MrEvidenceSource *s = e->sources->pdata[i];
    GVariantDict row;

    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "source", "s", s->source);
    g_variant_dict_insert (&row, "messages", "t", s->messages);
    g_variant_dict_insert (&row, "passed", "t", s->passed);
    g_variant_dict_insert (&row, "dkim", "t", s->dkim);
    g_variant_dict_insert (&row, "spf", "t", s->spf);
    g_variant_dict_insert (&row, "domains", "s", s->domains);
    g_variant_dict_insert (&row, "dispositions", "s", s->dispositions);
    g_variant_dict_insert (&row, "foreign", "b", s->foreign);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
  }
  return g_variant_builder_end (&builder);
}

GVariant *
mr_evidence_to_variant (const MrEvidence *e)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "domain", "s", e->domain);
  g_variant_dict_insert (&dict, "policy", "s", e->policy);
  g_variant_dict_insert (&dict, "since", "x", e->since * G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "reports", "u", e->reports);
  g_variant_dict_insert_value (
      &dict, "organisations", g_variant_new_strv ((const char *const *)e->organisations->pdata, e->organisations->len));
  g_variant_dict_insert (&dict, "begin", "x", e->begin * G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "end", "x", e->end * G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "messages", "t", e->messages);
  g_variant_dict_insert (&dict, "passed", "t", e->passed);
  g_variant_dict_insert (&dict, "failing", "t", e->failing);
  g_variant_dict_insert (&dict, "by-signature", "t", e->by_signature);
  g_variant_dict_insert_value (&dict, "sources", sources_to_variant (e));
  return g_variant_dict_end (&dict);
}

typedef struct {
  MrPlanFunc func;
  gpointer data;
} Get;

static void
loaded_cb (const MrEvidence *evidence, const GError *error, gpointer data)
{
  Get *get = data;
  g_autoptr (GVariant) dict = evidence != NULL ? g_variant_ref_sink (mr_evidence_to_variant (evidence)) : NULL;

  get->func (dict, error, get->data);
  g_free (get);
}

void
mr_engine_get_evidence (MrEngine *engine, const char *domain, MrPlanFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *ascii = mr_domain_dup_ascii (domain, &error);
  Get *get;

  if (ascii == NULL) {
    mr_plan_answer (func, NULL, error, data);
    return;
  }
  get = g_new0 (Get, 1);
  get->func = func;
  get->data = data;
  mr_evidence_load (engine, ascii, NULL, loaded_cb, get);
}

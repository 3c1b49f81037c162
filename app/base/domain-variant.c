/* Records of domains as dictionaries and back: see records-variant.h. Facts are a(ss), terms a(ussbb), findings aa{sv}. */
#include <config.h>

#include "base/records-variant.h"

#include "base/record-fields.h"

#define MAX_FINDINGS 500

ENUM_ADAPTERS (MrFindingState, finding_state)
ENUM_ADAPTERS (MrDomainRoute, domain_route)

static const MrField finding_fields[] = {
  ROW (MR_FIELD_STRING, MrDomainFinding, "check", check),
  ROW (MR_FIELD_STRING, MrDomainFinding, "subject", subject),
  ENUM_ROW (MrDomainFinding, "state", state, finding_state),
  ROW (MR_FIELD_STRING, MrDomainFinding, "code", code),
  ROW (MR_FIELD_PARAMS, MrDomainFinding, "params", params),
  ROW (MR_FIELD_INT64, MrDomainFinding, "took", took),
  END_ROW,
};

static const MrField report_fields[] = {
  ROW (MR_FIELD_STRING, MrDomainReport, "domain", domain),
  ENUM_ROW (MrDomainReport, "route", route, domain_route),
  ROW (MR_FIELD_STRING, MrDomainReport, "account", account),
  ROW (MR_FIELD_STRING, MrDomainReport, "provider", provider),
  ROW (MR_FIELD_STRING, MrDomainReport, "helo", helo),
  ROW (MR_FIELD_LIST, MrDomainReport, "addresses", addresses),
  ROW (MR_FIELD_INT64, MrDomainReport, "started", started),
  ROW (MR_FIELD_INT64, MrDomainReport, "took", took),
  ENUM_ROW (MrDomainReport, "worst", worst, finding_state),
  ROW (MR_FIELD_BOOLEAN, MrDomainReport, "stopped", stopped),
  END_ROW,
};

static const MrField domain_fields[] = {
  ROW (MR_FIELD_STRING, MrDomainRecord, "domain", domain),
  ROW (MR_FIELD_LIST, MrDomainRecord, "accounts", accounts),
  ROW (MR_FIELD_BOOLEAN, MrDomainRecord, "added", added),
  ROW (MR_FIELD_INT64, MrDomainRecord, "checked", checked),
  ENUM_ROW (MrDomainRecord, "worst", worst, finding_state),
  ROW (MR_FIELD_UINT, MrDomainRecord, "wrong", wrong),
  ROW (MR_FIELD_UINT, MrDomainRecord, "attention", attention),
  ROW (MR_FIELD_UINT, MrDomainRecord, "drifts", drifts),
  END_ROW,
};

/* ---- writing ---- */

static void
write_facts (GVariantBuilder *builder, const GPtrArray *facts)
{
  GVariantBuilder list;

  if (facts->len == 0)
    return;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < facts->len; i++) {
    const MrDomainFact *fact = g_ptr_array_index (facts, i);
    g_variant_builder_add (&list, "(ss)", fact->label, fact->value);
  }
  g_variant_builder_add (builder, "{sv}", "facts", g_variant_builder_end (&list));
}

static void
write_terms (GVariantBuilder *builder, const GPtrArray *terms)
{
  GVariantBuilder list;

  if (terms->len == 0)
    return;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(ussbb)"));
  for (guint i = 0; i < terms->len; i++) {
    const MrDomainTerm *term = g_ptr_array_index (terms, i);
    g_variant_builder_add (&list, "(ussbb)", term->depth, term->domain, term->term, term->looks_up, term->matched);
  }
  g_variant_builder_add (builder, "{sv}", "terms", g_variant_builder_end (&list));
}

GVariant *
mr_domain_finding_to_variant (const MrDomainFinding *finding)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  mr_fields_write (&builder, finding_fields, finding);
  write_facts (&builder, finding->facts);
  write_terms (&builder, finding->terms);
  return g_variant_builder_end (&builder);
}

static void
write_findings (GVariantBuilder *builder, const char *key, const GPtrArray *findings)
{
  GVariantBuilder list;

  if (findings->len == 0)
    return;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < findings->len; i++)
    g_variant_builder_add_value (&list, mr_domain_finding_to_variant (g_ptr_array_index (findings, i)));
  g_variant_builder_add (builder, "{sv}", key, g_variant_builder_end (&list));
}

GVariant *
mr_domain_report_to_variant (const MrDomainReport *report)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  mr_fields_write (&builder, report_fields, report);
  write_findings (&builder, "findings", report->findings);
  write_findings (&builder, "drifts", report->drifts);
  return g_variant_builder_end (&builder);
}

GVariant *
mr_domain_record_to_variant (const MrDomainRecord *record)
{
  return mr_fields_to_variant (domain_fields, record);
}

/* ---- reading ---- */

static void
read_facts (MrDomainFinding *finding, GVariant *variant)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (variant, "facts", G_VARIANT_TYPE ("a(ss)"));
  const char *label, *value;
  GVariantIter iter;

  if (list == NULL)
    return;
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&s)", &label, &value))
    mr_domain_finding_add_fact (finding, label, value);
}

static void
read_terms (MrDomainFinding *finding, GVariant *variant)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (variant, "terms", G_VARIANT_TYPE ("a(ussbb)"));
  guint depth;
  const char *domain, *term;
  gboolean looks_up, matched;
  GVariantIter iter;

  if (list == NULL)
    return;
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(u&s&sbb)", &depth, &domain, &term, &looks_up, &matched))
    mr_domain_finding_add_term (finding, depth, domain, term, looks_up, matched);
}

MrDomainFinding *
mr_domain_finding_from_variant (GVariant *variant)
{
  g_autoptr (MrDomainFinding) finding = mr_domain_finding_new (NULL, MR_FINDING_UNKNOWN, NULL);

  mr_fields_read (finding_fields, finding, variant);
  if (finding->check == NULL || finding->code == NULL)
    return NULL;
  read_facts (finding, variant);
  read_terms (finding, variant);
  return g_steal_pointer (&finding);
}

static void
read_findings (GPtrArray *findings, const char *key, GVariant *variant)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (variant, key, G_VARIANT_TYPE ("aa{sv}"));
  gsize n = list != NULL ? MIN (g_variant_n_children (list), MAX_FINDINGS) : 0;

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
    MrDomainFinding *finding = mr_domain_finding_from_variant (child);

    if (finding != NULL)
      g_ptr_array_add (findings, finding);
  }
}

MrDomainReport *
mr_domain_report_from_variant (GVariant *variant)
{
  g_autoptr (MrDomainReport) report = mr_domain_report_new (NULL);

  mr_fields_read (report_fields, report, variant);
  if (report->domain == NULL)
    return NULL;
  read_findings (report->findings, "findings", variant);
  read_findings (report->drifts, "drifts", variant);
  return g_steal_pointer (&report);
}

MrDomainRecord *
mr_domain_record_from_variant (GVariant *variant)
{
  g_autoptr (MrDomainRecord) record = mr_domain_record_new (NULL);

  mr_fields_read (domain_fields, record, variant);
  return record->domain != NULL ? g_steal_pointer (&record) : NULL;
}

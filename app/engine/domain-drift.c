/* Drifts: see domain-drift.h. */
#include "config.h"

#include "engine/domain-drift.h"

#include <string.h>

#include "base/records-variant.h"
#include "ndr/domain-texts.h"

#define MAX_BASE   300
#define MAX_DRIFTS 50
#define FORMAT     "(sasaa{sv}a(a{sv}xu))"

static void
drift_free (gpointer data)
{
  MrDrift *drift = data;

  mr_domain_finding_free (drift->finding);
  g_free (drift);
}

MrDriftState *
mr_drift_state_new (void)
{
  MrDriftState *self = g_new0 (MrDriftState, 1);

  self->route = g_strdup ("");
  self->addresses = g_new0 (char *, 1);
  self->base = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_domain_finding_free);
  self->drifts = g_ptr_array_new_with_free_func (drift_free);
  return self;
}

void
mr_drift_state_free (MrDriftState *self)
{
  if (self == NULL)
    return;
  g_free (self->route);
  g_strfreev (self->addresses);
  g_ptr_array_unref (self->base);
  g_ptr_array_unref (self->drifts);
  g_free (self);
}

gboolean
mr_drift_is_confirmed (const MrDrift *drift)
{
  return drift->seen >= 2;
}

gboolean
mr_drift_wants_recheck (const MrDriftState *self)
{
  for (guint i = 0; i < self->drifts->len; i++)
    if (!mr_drift_is_confirmed (self->drifts->pdata[i]))
      return TRUE;
  return FALSE;
}

/* ---- findings ---- */

static gboolean
is_grade (const MrDomainFinding *finding)
{
  return finding->state <= MR_FINDING_WRONG;
}

static gboolean
is_same (const MrDomainFinding *one, const char *check, const char *subject)
{
  return strcmp (one->check, check) == 0 && strcmp (one->subject, subject) == 0;
}

static gboolean
is_key (const MrDomainFinding *finding)
{
  return strcmp (finding->check, "dkim") == 0;
}

/* NULL: none. */
static const char *
fact_of (const MrDomainFinding *finding, const char *label)
{
  for (guint i = 0; i < finding->facts->len; i++) {
    const MrDomainFact *fact = finding->facts->pdata[i];

    if (strcmp (fact->label, label) == 0)
      return fact->value;
  }
  return NULL;
}

static MrDomainFinding *
copy (const MrDomainFinding *finding)
{
  g_autoptr (GVariant) told = g_variant_ref_sink (mr_domain_finding_to_variant (finding));

  return mr_domain_finding_from_variant (told);
}

/* What is remembered of a finding. */
static MrDomainFinding *
abridge (const MrDomainFinding *finding)
{
  MrDomainFinding *kept = mr_domain_finding_new (finding->check, finding->state, finding->code);

  g_free (kept->subject);
  kept->subject = g_strdup (finding->subject);
  if (is_key (finding))
    mr_domain_finding_add_fact (kept, "record", fact_of (finding, "record"));
  return kept;
}

static MrDomainFinding *
find_base (const MrDriftState *self, const MrDomainFinding *finding)
{
  for (guint i = 0; i < self->base->len; i++)
    if (is_same (self->base->pdata[i], finding->check, finding->subject))
      return self->base->pdata[i];
  return NULL;
}

/* Where a check speaks of something else than before (an address that is listed now, in place of "on no list"): the best of what it said before, if all of
 * that is gone. */
static MrDomainFinding *
find_whole (const MrDriftState *self, const MrDomainReport *report, const MrDomainFinding *finding)
{
  MrDomainFinding *best = NULL;

  for (guint i = 0; i < self->base->len; i++) {
    MrDomainFinding *base = self->base->pdata[i];

    if (strcmp (base->check, finding->check) != 0)
      continue;
    if (mr_domain_report_find (report, base->check, base->subject) != NULL)
      return NULL;
    if (best == NULL || base->state < best->state)
      best = base;
  }
  return best;
}

static void
set_base (MrDriftState *self, const MrDomainFinding *finding)
{
  MrDomainFinding *base = find_base (self, finding);

  if (base != NULL)
    g_ptr_array_remove (self->base, base);
  if (self->base->len < MAX_BASE)
    g_ptr_array_add (self->base, abridge (finding));
}

/* ---- drifts ---- */

static MrDrift *
find_drift (const MrDriftState *self, const char *check, const char *subject)
{
  for (guint i = 0; i < self->drifts->len; i++) {
    MrDrift *drift = self->drifts->pdata[i];

    if (is_same (drift->finding, check, subject))
      return drift;
  }
  return NULL;
}

/* finding: transfer full. */
static void
note (MrDriftState *self, MrDomainFinding *finding, const char *before, gint64 now)
{
  MrDrift *drift = find_drift (self, finding->check, finding->subject);

  if (drift == NULL && self->drifts->len >= MAX_DRIFTS) {
    mr_domain_finding_free (finding);
    return;
  }
  if (drift == NULL) {
    drift = g_new0 (MrDrift, 1);
    drift->since = now;
    g_ptr_array_add (self->drifts, drift);
  }
  mr_domain_finding_free (drift->finding);
  mr_domain_finding_add_fact (finding, "before", before);
  drift->finding = finding;
  drift->seen++;
}

static void
resolve (MrDriftState *self, const char *check, const char *subject)
{
  MrDrift *drift = find_drift (self, check, subject);

  if (drift != NULL)
    g_ptr_array_remove (self->drifts, drift);
}

/* The same state, but another key than before, and not our own: that one is compared by the check itself. */
static gboolean
is_other_key (const MrDomainFinding *before, const MrDomainFinding *now)
{
  return is_key (now) && fact_of (now, "wanted") == NULL && fact_of (before, "record") != NULL
         && fact_of (now, "record") != NULL && g_strcmp0 (fact_of (before, "record"), fact_of (now, "record")) != 0;
}

/* No key of the check stands there any more, whatever state that is. */
static gboolean
is_key_gone (const MrDomainFinding *before, const MrDomainFinding *now)
{
  return is_key (now) && now->state != MR_FINDING_GOOD && fact_of (before, "record") != NULL
         && fact_of (now, "record") == NULL;
}

static MrDomainFinding *
new_key_finding (const MrDomainFinding *now)
{
  MrDomainFinding *finding = copy (now);

  g_free (finding->code);
  finding->code = g_strdup ("dkim-changed");
  finding->state = MR_FINDING_ATTENTION;
  return finding;
}

static void
compare_finding (MrDriftState *self, const MrDomainReport *report, const MrDomainFinding *now)
{
  MrDomainFinding *base = find_base (self, now);

  if (base == NULL)
    base = find_whole (self, report, now);
  if (base != NULL && (now->state > base->state || is_key_gone (base, now)))
    note (self, copy (now), is_key (now) ? fact_of (base, "record") : NULL, report->started);
  else if (base != NULL && is_other_key (base, now))
    note (self, new_key_finding (now), fact_of (base, "record"), report->started);
  else {
    resolve (self, now->check, now->subject);
    set_base (self, now);
  }
}

static gboolean
have_same (char **one, char **other)
{
  if (g_strv_length (one) != g_strv_length (other))
    return FALSE;
  for (guint i = 0; one[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)other, one[i]))
      return FALSE;
  return TRUE;
}

static void
compare_addresses (MrDriftState *self, const MrDomainReport *report, gboolean typed)
{
  g_autofree char *before = g_strjoinv (", ", self->addresses), *now = g_strjoinv (", ", report->addresses);
  GVariantBuilder params;
  MrDomainFinding *finding;

  if (*now == '\0')
    return;
  if (*before == '\0' || typed || have_same (self->addresses, report->addresses)) {
    resolve (self, "public-address", "");
    g_strfreev (self->addresses);
    self->addresses = g_strdupv (report->addresses);
    return;
  }
  finding = mr_domain_finding_new ("public-address", MR_FINDING_ATTENTION, "address-changed");
  g_variant_builder_init (&params, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&params, "{ss}", "before", before);
  g_variant_builder_add (&params, "{ss}", "address", now);
  finding->params = g_variant_ref_sink (g_variant_builder_end (&params));
  note (self, finding, before, report->started);
}

/* What no check speaks of any more is over: a key that was removed, a list that is no longer asked. */
static void
drop_gone (MrDriftState *self, const MrDomainReport *report)
{
  for (guint i = self->drifts->len; i > 0; i--) {
    const MrDomainFinding *finding = ((MrDrift *)self->drifts->pdata[i - 1])->finding;
    const MrDomainFinding *now = mr_domain_report_find (report, finding->check, finding->subject);

    if (strcmp (finding->code, "address-changed") == 0)
      continue;
    if (now == NULL || now->state == MR_FINDING_NOT_APPLICABLE)
      g_ptr_array_remove_index (self->drifts, i - 1);
  }
}

static void
fill_report (const MrDriftState *self, MrDomainReport *report)
{
  g_ptr_array_set_size (report->drifts, 0);
  for (guint i = 0; i < self->drifts->len; i++)
    g_ptr_array_add (report->drifts, copy (((MrDrift *)self->drifts->pdata[i])->finding));
}

static void
begin_anew (MrDriftState *self)
{
  g_ptr_array_set_size (self->base, 0);
  g_ptr_array_set_size (self->drifts, 0);
  g_strfreev (self->addresses);
  self->addresses = g_new0 (char *, 1);
}

void
mr_drift_compare (MrDriftState *self, MrDomainReport *report, gboolean typed)
{
  g_autofree char *route = g_strconcat (mr_domain_route_nick (report->route), "/", report->account, NULL);

  if (strcmp (self->route, route) != 0) {
    begin_anew (self);
    g_free (self->route);
    self->route = g_steal_pointer (&route);
  }
  drop_gone (self, report);
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *now = report->findings->pdata[i];

    if (is_grade (now) && !mr_domain_check_is_further (now->check))
      compare_finding (self, report, now);
  }
  compare_addresses (self, report, typed);
  fill_report (self, report);
}

void
mr_drift_accept (MrDriftState *self, MrDomainReport *report)
{
  begin_anew (self);
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *now = report->findings->pdata[i];

    if (is_grade (now) && !mr_domain_check_is_further (now->check))
      set_base (self, now);
  }
  g_strfreev (self->addresses);
  self->addresses = g_strdupv (report->addresses);
  fill_report (self, report);
}

/* ---- texts ---- */

char *
mr_drift_state_to_text (const MrDriftState *self)
{
  GVariantBuilder base, drifts;
  g_autoptr (GVariant) told = NULL;

  g_variant_builder_init (&base, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->base->len; i++)
    g_variant_builder_add_value (&base, mr_domain_finding_to_variant (self->base->pdata[i]));
  g_variant_builder_init (&drifts, G_VARIANT_TYPE ("a(a{sv}xu)"));
  for (guint i = 0; i < self->drifts->len; i++) {
    const MrDrift *drift = self->drifts->pdata[i];

    g_variant_builder_add (&drifts, "(@a{sv}xu)", mr_domain_finding_to_variant (drift->finding), drift->since,
                           drift->seen);
  }
  told = g_variant_ref_sink (g_variant_new ("(s^asaa{sv}a(a{sv}xu))", self->route, self->addresses, &base, &drifts));
  return g_variant_print (told, TRUE);
}

MrDriftState *
mr_drift_state_from_text (const char *text)
{
  g_autoptr (GVariant) told = g_variant_parse (G_VARIANT_TYPE (FORMAT), text, NULL, NULL, NULL);
  g_autoptr (GVariant) base = NULL, drifts = NULL;
  MrDriftState *self;

  if (told == NULL)
    return NULL;
  self = mr_drift_state_new ();
  g_free (self->route);
  g_strfreev (self->addresses);
  g_variant_get (told, "(s^as@aa{sv}@a(a{sv}xu))", &self->route, &self->addresses, &base, &drifts);
  for (gsize i = 0; i < g_variant_n_children (base) && i < MAX_BASE; i++) {
    g_autoptr (GVariant) row = g_variant_get_child_value (base, i);

    g_ptr_array_add (self->base, mr_domain_finding_from_variant (row));
  }
  for (gsize i = 0; i < g_variant_n_children (drifts) && i < MAX_DRIFTS; i++) {
    MrDrift *drift = g_new0 (MrDrift, 1);
    g_autoptr (GVariant) row = NULL;

    g_variant_get_child (drifts, i, "(@a{sv}xu)", &row, &drift->since, &drift->seen);
    drift->finding = mr_domain_finding_from_variant (row);
    g_ptr_array_add (self->drifts, drift);
  }
  return self;
}

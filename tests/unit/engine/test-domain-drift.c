/* Drifts: what counts as worse, what as gone, what as confirmed, and that all of it survives as a text. */
#include "engine/domain-drift.h"

#include <string.h>

#define NOW 1790000000000000

typedef struct {
  const char *check, *subject;
  MrFindingState state;
  const char *code, *record, *wanted;
} Row;

static void
add (MrDomainReport *report, const Row *row)
{
  MrDomainFinding *finding = mr_domain_finding_new (row->check, row->state, row->code);

  g_free (finding->subject);
  finding->subject = g_strdup (row->subject);
  mr_domain_finding_add_fact (finding, "record", row->record);
  mr_domain_finding_add_fact (finding, "wanted", row->wanted);
  g_ptr_array_add (report->findings, finding);
}

/* A check of these rows; a row without check ends them. What stands after it, as "check/subject code seen". */
static char *
look (MrDriftState *state, const Row *rows, const char *addresses, gboolean typed)
{
  g_autoptr (MrDomainReport) report = mr_domain_report_new ("example.com");
  g_autoptr (GString) told = g_string_new (NULL);

  report->route = MR_DOMAIN_ROUTE_DIRECT;
  report->started = NOW;
  g_strfreev (report->addresses);
  report->addresses = g_strsplit (addresses, " ", -1);
  for (; rows->check != NULL; rows++)
    add (report, rows);
  mr_drift_compare (state, report, typed);
  g_assert_cmpuint (report->drifts->len, ==, state->drifts->len);
  for (guint i = 0; i < state->drifts->len; i++) {
    const MrDrift *drift = state->drifts->pdata[i];

    g_string_append_printf (told, "%s%s/%s %s %u", i > 0 ? "; " : "", drift->finding->check, drift->finding->subject,
                            drift->finding->code, drift->seen);
  }
  return g_string_free (g_steal_pointer (&told), FALSE);
}

#define assert_look(state, rows, wanted)                                                                               \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *told_ = look (state, rows, "", FALSE);                                                            \
    g_assert_cmpstr (told_, ==, wanted);                                                                               \
  }                                                                                                                    \
  G_STMT_END

static const Row good[] = { { "spf", "", MR_FINDING_GOOD, "spf-good" },
                            { "dkim", "s1", MR_FINDING_GOOD, "dkim-good", "v=DKIM1; p=A", "v=DKIM1; p=A" },
                            { "blocklists", "", MR_FINDING_GOOD, "list-clean" },
                            { NULL } };

static void
test_worse_and_back (void)
{
  static const Row no_spf[] = { { "spf", "", MR_FINDING_WRONG, "spf-none" },
                                { "dkim", "s1", MR_FINDING_GOOD, "dkim-good", "v=DKIM1; p=A", "v=DKIM1; p=A" },
                                { "blocklists", "", MR_FINDING_GOOD, "list-clean" },
                                { NULL } };
  static const Row unknown[] = { { "spf", "", MR_FINDING_UNKNOWN, "not-looked-up" }, { NULL } };
  g_autoptr (MrDriftState) state = mr_drift_state_new ();

  assert_look (state, good, "");
  assert_look (state, unknown, "");
  assert_look (state, no_spf, "spf/ spf-none 1");
  g_assert_true (mr_drift_wants_recheck (state));
  assert_look (state, unknown, "spf/ spf-none 1"); /* neither confirmed nor gone */
  assert_look (state, no_spf, "spf/ spf-none 2");
  g_assert_false (mr_drift_wants_recheck (state));
  g_assert_true (mr_drift_is_confirmed (state->drifts->pdata[0]));
  assert_look (state, good, "");
  /* What was wrong when it was first looked at is no drift. */
  g_autoptr (MrDriftState) fresh = mr_drift_state_new ();
  assert_look (fresh, no_spf, "");
}

static void
test_keys (void)
{
  static const Row provider[] = { { "dkim", "google", MR_FINDING_GOOD, "dkim-provider-good", "v=DKIM1; p=A" },
                                  { NULL } };
  static const Row other[] = { { "dkim", "google", MR_FINDING_GOOD, "dkim-provider-good", "v=DKIM1; p=B" }, { NULL } };
  static const Row gone[] = { { "dkim", "", MR_FINDING_ATTENTION, "dkim-provider-none" }, { NULL } };
  static const Row own[] = { { "dkim", "s1", MR_FINDING_GOOD, "dkim-good", "v=DKIM1; p=B", "v=DKIM1; p=B" }, { NULL } };
  static const Row next[] = { { "dkim", "s1", MR_FINDING_GOOD, "dkim-good", "v=DKIM1; p=B", "v=DKIM1; p=B" },
                              { "dkim", "s2", MR_FINDING_WRONG, "dkim-none", NULL, "v=DKIM1; p=C" },
                              { NULL } };
  g_autoptr (MrDriftState) theirs = mr_drift_state_new (), ours = mr_drift_state_new ();

  assert_look (theirs, provider, "");
  assert_look (theirs, other, "dkim/google dkim-changed 1");
  const MrDomainFinding *finding = ((MrDrift *)theirs->drifts->pdata[0])->finding;
  const MrDomainFact *before = finding->facts->pdata[finding->facts->len - 1];
  g_assert_cmpstr (before->label, ==, "before");
  g_assert_cmpstr (before->value, ==, "v=DKIM1; p=A");
  assert_look (theirs, provider, "");
  assert_look (theirs, gone, "dkim/ dkim-provider-none 1");

  /* Our own key is compared by the check; a new one that is not published yet is no drift. */
  assert_look (ours, good, "");
  assert_look (ours, own, "");
  assert_look (ours, next, "");
  assert_look (ours, own, "");
}

static void
test_lists_and_others (void)
{
  static const Row listed[] = { { "spf", "", MR_FINDING_GOOD, "spf-good" },
                                { "blocklists", "192.0.2.1 a", MR_FINDING_WRONG, "list-listed" },
                                { "blocklists", "192.0.2.1 b", MR_FINDING_WRONG, "list-listed" },
                                { "dnssec", "", MR_FINDING_WRONG, "dnssec-bad" },
                                { NULL } };
  g_autoptr (MrDriftState) state = mr_drift_state_new ();

  assert_look (state, good, "");
  assert_look (state, listed, "blocklists/192.0.2.1 a list-listed 1; blocklists/192.0.2.1 b list-listed 1");
  assert_look (state, good, ""); /* the further checks are no fault, and so no drift */
}

static void
test_addresses (void)
{
  static const Row nothing[] = { { NULL } };
  static const struct {
    const char *addresses;
    gboolean typed;
    const char *told;
  } steps[] = {
    { "", FALSE, "" },
    { "192.0.2.1 2001:db8::1", FALSE, "" },
    { "2001:db8::1 192.0.2.1", FALSE, "" }, /* the order says nothing */
    { "", FALSE, "" },                      /* not known this time */
    { "192.0.2.9", FALSE, "public-address/ address-changed 1" },
    { "", FALSE, "public-address/ address-changed 1" },
    { "192.0.2.9", FALSE, "public-address/ address-changed 2" },
    { "192.0.2.1 2001:db8::1", FALSE, "" },
    { "192.0.2.5", TRUE, "" }, /* a person typed it */
    { "192.0.2.6", FALSE, "public-address/ address-changed 1" },
  };
  g_autoptr (MrDriftState) state = mr_drift_state_new ();

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *told = look (state, nothing, steps[i].addresses, steps[i].typed);

    g_assert_cmpstr (told, ==, steps[i].told);
  }
}

static void
test_route_and_acceptance (void)
{
  static const Row bad[] = { { "spf", "", MR_FINDING_WRONG, "spf-none" }, { NULL } };
  g_autoptr (MrDriftState) state = mr_drift_state_new ();
  g_autoptr (MrDomainReport) report = mr_domain_report_new ("example.com"),
                             other = mr_domain_report_new ("example.com");

  assert_look (state, good, "");
  assert_look (state, bad, "spf/ spf-none 1");
  report->route = MR_DOMAIN_ROUTE_DIRECT;
  add (report, &bad[0]);
  mr_drift_accept (state, report);
  g_assert_cmpuint (report->drifts->len, ==, 0);
  assert_look (state, bad, "");
  assert_look (state, good, "");
  assert_look (state, bad, "spf/ spf-none 1"); /* it was better in between */

  /* Mail that goes another way is another matter. */
  other->route = MR_DOMAIN_ROUTE_RELAY;
  add (other, &bad[0]);
  mr_drift_compare (state, other, FALSE);
  g_assert_cmpuint (state->drifts->len, ==, 0);
}

static void
test_text (void)
{
  static const Row bad[] = { { "spf", "", MR_FINDING_WRONG, "spf-none" },
                             { "dkim", "s1", MR_FINDING_WRONG, "dkim-none", NULL, "v=DKIM1; p=A" },
                             { NULL } };
  g_autoptr (MrDriftState) state = mr_drift_state_new (), read = NULL;
  g_autofree char *text = NULL, *again = NULL;

  assert_look (state, good, "");
  assert_look (state, bad, "spf/ spf-none 1; dkim/s1 dkim-none 1");
  text = mr_drift_state_to_text (state);
  read = mr_drift_state_from_text (text);
  again = mr_drift_state_to_text (read);
  g_assert_cmpstr (again, ==, text);
  assert_look (read, bad, "spf/ spf-none 2; dkim/s1 dkim-none 2");
  assert_look (read, good, "");
  g_assert_null (mr_drift_state_from_text ("('x',)"));
  g_assert_null (mr_drift_state_from_text (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain-drift/worse-and-back", test_worse_and_back);
  g_test_add_func ("/domain-drift/keys", test_keys);
  g_test_add_func ("/domain-drift/lists-and-others", test_lists_and_others);
  g_test_add_func ("/domain-drift/addresses", test_addresses);
  g_test_add_func ("/domain-drift/route-and-acceptance", test_route_and_acceptance);
  g_test_add_func ("/domain-drift/text", test_text);
  return g_test_run ();
}

/* Fuzz target: the TXT records and the policy file of a mail domain. */
#include <stdint.h>
#include <string.h>

#include "fuzz.h"
#include "mailauth/dmarc-older.h"
#include "mailauth/dmarc.h"
#include "mailauth/mta-sts.h"
#include "mailauth/publish.h"
#include "mailauth/results.h"
#include "mailauth/spf-edit.h"
#include "mailauth/tags.h"
#include "mailauth/tlsa.h"

static void
check_dmarc (const char *text)
{
  g_autoptr (MrDmarcRecord) record = mr_dmarc_record_parse (text, NULL);
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_auto (MrDmarcDiscovery) found = { 0 };

  g_assert_true (record == NULL || mr_dmarc_is_record (text));
  g_assert_true (record == NULL || record->p != MR_DMARC_UNSET);
  /* The text as a name too. */
  mr_dmarc_discover (table, text, FALSE, &found);
}

/* One record for both ways of reading it; the older one finds none that the newer one does not know at all. */
static void
check_older (const char *text)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_auto (MrDmarcOlder) older = { 0 };
  g_auto (MrDmarcDiscovery) found = { 0 };

  mr_lookup_table_answer (table, "_dmarc.a.example", MR_LOOKUP_TXT, MR_LOOKUP_FOUND,
                          (const char *const[]){ text, NULL });
  mr_lookup_table_answer (table, "_dmarc.example", MR_LOOKUP_TXT, MR_LOOKUP_NOTHING, NULL);
  mr_dmarc_discover (table, "a.example", FALSE, &found);
  mr_dmarc_discover_older (table, "a.example", &older);
  g_assert_true (older.status == MR_DMARC_ABSENT || mr_dmarc_is_record (text));
  g_assert_true ((older.policy == MR_DMARC_UNSET) == (older.record_domain == NULL));
  g_assert_cmpuint (older.percent, <=, 100);
  mr_dmarc_compare_older (&found, &older);
}

static void
check_policy (const char *text)
{
  g_autoptr (MrStsPolicy) policy = mr_sts_policy_parse (text, NULL);
  g_autofree char *again = policy != NULL ? mr_sts_policy_to_text (policy) : NULL;
  g_autoptr (MrStsPolicy) same = again != NULL ? mr_sts_policy_parse (again, NULL) : NULL;

  g_assert_true ((policy == NULL) == (same == NULL));
  if (policy != NULL)
    mr_sts_policy_covers (policy, text);
}

static void
check_edit (const char *text)
{
  g_autofree char *merged = mr_spf_merge (text, (const char *const[]){ "mx", NULL }, NULL);
  g_autofree char *again = merged != NULL ? mr_spf_merge (merged, (const char *const[]){ "mx", NULL }, NULL) : NULL;
  g_autofree char *quoted = mr_txt_quote (text), *server = NULL;
  g_autofree char *edited = mr_dmarc_edit (text, MR_DMARC_REJECT, "reports@example.com", NULL);
  g_autoptr (MrDmarcRecord) read = edited != NULL ? mr_dmarc_record_parse (edited, NULL) : NULL;
  g_autoptr (GPtrArray) results = mr_auth_results_parse (text, &server);

  g_assert_cmpstr (merged, ==, again);
  g_assert_true ((results == NULL) == (server == NULL));
  /* An edited record can be read, and says what was wanted. */
  g_assert_true (edited == NULL || (read != NULL && read->p == MR_DMARC_REJECT));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (MrTags) strict = mr_tags_parse (text, NULL);
  g_autoptr (MrTags) tolerant = mr_tags_parse_tolerant (text);
  g_autofree char *id = mr_sts_record_dup_id (text, NULL), *evidence = NULL;
  g_autofree char *picture = mr_bimi_dup_picture (text, &evidence, NULL);
  g_auto (GStrv) addresses = mr_tlsrpt_dup_addresses (text, NULL);

  g_assert_true (strict == NULL || tolerant != NULL);
  check_dmarc (text);
  check_older (text);
  mr_tlsa_is_usable (text);
  check_policy (text);
  check_edit (text);
  return 0;
}

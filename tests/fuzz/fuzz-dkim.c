/* Fuzz target: signatures and key records of DKIM. Input: the record of every key, a NUL, the message. */
#include <stdint.h>
#include <string.h>

#include "fuzz.h"
#include "mailauth/dkim-verify.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const MrDkimVerifyOptions options = { .now = 1795000000, .allow_sha1 = size % 2 != 0 };
  const uint8_t *nul = size > 0 ? memchr (data, 0, size) : NULL;
  gsize record_len = nul != NULL ? (gsize)(nul - data) : 0;
  g_autofree char *record = g_strndup ((const char *)data, record_len);
  g_autoptr (MrDkimVerifier) verifier = mr_dkim_verifier_new (&options);
  g_autoptr (MrLookupTable) lookups = mr_lookup_table_new ();
  char *name = NULL;
  MrLookupType type = MR_LOOKUP_TXT;

  if (nul != NULL) {
    data += record_len + 1;
    size -= record_len + 1;
  }
  mr_dkim_verifier_feed (verifier, data, size / 2);
  mr_dkim_verifier_feed (verifier, data + size / 2, size - size / 2);
  mr_dkim_verifier_end (verifier);
  for (guint round = 0; round < 2; round++) {
    g_autoptr (GPtrArray) results = mr_dkim_verifier_results (verifier, lookups);
    g_assert_cmpuint (results->len, <=, MR_DKIM_MAX_SIGNATURES);
    for (guint i = 0; i < results->len; i++) {
      const MrDkimResult *result = g_ptr_array_index (results, i);
      g_assert_true ((result->state == MR_DKIM_PASS || result->state == MR_DKIM_PENDING) == (result->problem == NULL));
    }
    while (mr_lookup_table_take_wanted (lookups, &name, &type)) {
      mr_lookup_table_answer (lookups, name, type, MR_LOOKUP_FOUND, (const char *const[]){ record, NULL });
      g_free (name);
    }
  }
  /* What is kept of a signature comes back from a file. */
  g_autofree char *kept = g_strndup ((const char *)data, size);
  g_autoptr (MrDkimResult) result = mr_dkim_check_kept (kept, &options, lookups);
  g_assert_true (result == NULL || result->state <= MR_DKIM_PENDING);
  return 0;
}

/* Checking the signatures of a message that came back: the file is read and hashed in the pool, the keys come from the DNS as it is now. Here too: the DNS
 * providers that are known.
 */
#include <config.h>

#include <mailrelay/engine-prove.h>

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "engine/publisher-private.h"
#include "mailauth/dkim-verify.h"
#include "net/auth-lookups.h"
#include "policy/dns-providers.h"

#define MESSAGE_MAX (64 * 1024 * 1024)
#define MAX_ROUNDS  3

struct _MrProof {
  MrPublisher *publisher; /* NULL: the service is ending */
  int fd;
  MrDkimVerifier *verifier;
  MrLookupTable *table;
  MrLookups *lookups;
  guint rounds;
  GError *error;
  MrSignaturesFunc func;
  gpointer data;
};

static void evaluate (MrProof *proof);

static void
end (MrProof *proof, GVariant *signatures)
{
  if (proof->publisher != NULL)
    g_ptr_array_remove_fast (proof->publisher->proofs, proof);
  g_clear_pointer (&proof->lookups, mr_lookups_cancel);
  proof->func (signatures, proof->error, proof->data);
  g_clear_error (&proof->error);
  mr_dkim_verifier_free (proof->verifier);
  mr_lookup_table_free (proof->table);
  g_free (proof);
}

void
mr_proof_stop (MrProof *proof)
{
  gboolean looking = proof->lookups != NULL;

  proof->publisher = NULL;
  if (!looking) /* in the pool: it ends when it comes back */
    return;
  g_set_error_literal (&proof->error, MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is ending"));
  end (proof, NULL);
}

/* ---- results ---- */

static GVariant *
result_to_variant (const MrDkimResult *result)
{
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert_value (&row, "domain", g_variant_new_take_string (g_utf8_make_valid (result->domain, -1)));
  g_variant_dict_insert_value (
      &row, "selector",
      g_variant_new_take_string (g_utf8_make_valid (result->selector != NULL ? result->selector : "", -1)));
  g_variant_dict_insert_value (
      &row, "algorithm",
      g_variant_new_take_string (g_utf8_make_valid (result->algorithm != NULL ? result->algorithm : "", -1)));
  g_variant_dict_insert (&row, "result", "s", mr_dkim_state_nick (result->state));
  g_variant_dict_insert_value (
      &row, "reason",
      g_variant_new_take_string (g_utf8_make_valid (result->problem != NULL ? result->problem : "", -1)));
  return g_variant_dict_end (&row);
}

static void
fetched_cb (gpointer data)
{
  MrProof *proof = data;

  proof->lookups = NULL;
  evaluate (proof);
}

static void
evaluate (MrProof *proof)
{
  g_autoptr (GPtrArray) results = mr_dkim_verifier_results (proof->verifier, proof->table);
  g_autoptr (GVariant) signatures = NULL;
  GVariantBuilder builder;

  if (proof->rounds++ < MAX_ROUNDS) {
    proof->lookups = mr_lookups_fetch (proof->publisher->engine->resolver, proof->table, fetched_cb, proof);
    if (proof->lookups != NULL)
      return;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < results->len; i++)
    g_variant_builder_add_value (&builder, result_to_variant (results->pdata[i]));
  signatures = g_variant_ref_sink (g_variant_builder_end (&builder));
  end (proof, signatures);
}

/* ---- reading, in the pool ---- */

static void
feed (MrProof *proof, const char *piece, gssize n, char *last)
{
  gssize from = 0;

  for (gssize i = 0; i < n; i++) {
    if (piece[i] == '\n' && *last != '\r') {
      mr_dkim_verifier_feed (proof->verifier, piece + from, (gsize)(i - from));
      mr_dkim_verifier_feed (proof->verifier, "\r\n", 2);
      from = i + 1;
    }
    *last = piece[i];
  }
  mr_dkim_verifier_feed (proof->verifier, piece + from, (gsize)(n - from));
}

static void
read_work (gpointer data)
{
  MrProof *proof = data;
  struct stat stat;
  char piece[16384], last = 0;
  ssize_t n = 0;
  off_t at = 0;

  if (fstat (proof->fd, &stat) != 0 || !S_ISREG (stat.st_mode))
    g_set_error_literal (&proof->error, MR_ERROR, MR_ERROR_INVALID, _ ("The message is no file"));
  else if (stat.st_size > MESSAGE_MAX)
    g_set_error_literal (&proof->error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("The message is too big"));
  while (proof->error == NULL && at < MESSAGE_MAX
         && ((n = pread (proof->fd, piece, sizeof piece, at)) > 0 || (n < 0 && errno == EINTR)))
    if (n > 0) {
      feed (proof, piece, n, &last);
      at += n;
    }
  if (proof->error == NULL && n < 0)
    mr_set_errno_error (&proof->error, errno, _ ("The message cannot be read"));
  mr_dkim_verifier_end (proof->verifier);
  close (proof->fd);
}

static void
read_cb (gpointer data)
{
  MrProof *proof = data;

  if (proof->publisher == NULL)
    g_set_error_literal (&proof->error, MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is ending"));
  if (proof->error != NULL)
    end (proof, NULL);
  else
    evaluate (proof);
}

void
mr_engine_verify_message (MrEngine *engine, int fd, MrSignaturesFunc func, gpointer data)
{
  const MrDkimVerifyOptions options = { .now = mr_clock_wall (engine->clock) / G_USEC_PER_SEC };
  MrProof *proof = g_new0 (MrProof, 1);

  proof->publisher = engine->publisher; /* NULL: it has stopped */
  proof->fd = fd;
  proof->verifier = mr_dkim_verifier_new (&options);
  proof->table = mr_lookup_table_new ();
  proof->func = func;
  proof->data = data;
  if (engine->publisher != NULL)
    g_ptr_array_add (engine->publisher->proofs, proof);
  mr_engine_run_in_pool (read_work, read_cb, proof);
}

/* ---- providers ---- */

GVariant *
mr_engine_dup_dns_providers (void)
{
  GPtrArray *all = mr_dns_providers_get ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < all->len; i++) {
    const MrDnsProvider *p = all->pdata[i];
    GVariantDict row;

    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "id", "s", p->id);
    g_variant_dict_insert (&row, "name", "s", p->name);
    g_variant_dict_insert (&row, "url", "s", p->url);
    g_variant_dict_insert (&row, "menu", "s", p->menu);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

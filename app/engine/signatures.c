/* The signatures of one message, and whether the keys in the DNS verify them.
 *
 * What was sent is signed on its way out and not kept as it went; what is kept of a signature (mr_dkim_signer_dup_kept) is enough to verify it, also when
 * the text of the message is gone. A signature that the program brought along is part of the stored text, which is read only for it.
 */
#include <config.h>

#include <mailrelay/engine-signatures.h>

#include <string.h>

#include "engine/accounts.h"
#include "engine/dkim.h"
#include "engine/engine-private.h"
#include "mailauth/dkim-verify.h"
#include "net/auth-lookups.h"

#define ROUNDS_MAX 4 /* of look-ups: each asks for all that is wanted */

typedef struct {
  MrEngine *engine;
  char *id;
  gboolean check;
  MrRecordsFunc func;
  gpointer data;
  MrMessageRecord *message;
  GPtrArray *records; /* MrSignatureRecord */
  GPtrArray *
      kept; /* of each record what was kept of it, or of the planned ones the key's record; NULL: the verifier has it */
  MrDkimVerifier *verifier;
  guint next_chunk, n_chunks, rounds;
  MrLookupTable *table;
} Look;

static void
look_free (Look *look)
{
  g_free (look->id);
  g_clear_pointer (&look->message, mr_message_record_free);
  g_ptr_array_unref (look->records);
  g_ptr_array_unref (look->kept);
  g_clear_pointer (&look->verifier, mr_dkim_verifier_free);
  g_clear_pointer (&look->table, mr_lookup_table_free);
  g_free (look);
}

static void
finish (Look *look, const GError *error)
{
  look->func (error == NULL ? look->records : NULL, error, look->data);
  look_free (look);
}

static MrDkimVerifyOptions
options_now (Look *look)
{
  return (MrDkimVerifyOptions){ .now = mr_clock_wall (look->engine->clock) / G_USEC_PER_SEC };
}

/* ---- what there is ---- */

static MrSignatureRecord *
add (Look *look, MrSignatureKind kind, const char *domain, const char *selector, const char *algorithm,
     const char *kept)
{
  g_autofree char *d = g_utf8_make_valid (domain, -1), *s = g_utf8_make_valid (selector, -1),
                  *a = g_utf8_make_valid (algorithm, -1);
  MrSignatureRecord *record = mr_signature_record_new (kind, d, s, a);

  g_ptr_array_add (look->records, record);
  g_ptr_array_add (look->kept, g_strdup (kept));
  return record;
}

static gboolean
has (Look *look, const MrDkimResult *result)
{
  for (guint i = 0; i < look->records->len; i++) {
    const MrSignatureRecord *record = look->records->pdata[i];

    if (strcmp (record->domain, result->domain) == 0 && strcmp (record->selector, result->selector) == 0
        && strcmp (record->algorithm, result->algorithm) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
add_sent (Look *look, const MrAttemptRecord *attempt)
{
  const MrDkimVerifyOptions options = options_now (look);
  g_auto (GStrv) lines = g_strsplit (attempt->signatures, "\n", MR_DKIM_MAX_SIGNATURES + 1);

  for (guint i = 0; lines[i] != NULL && i < MR_DKIM_MAX_SIGNATURES; i++) {
    g_autoptr (MrDkimResult) result = mr_dkim_check_kept (lines[i], &options, NULL);

    if (result == NULL || has (look, result))
      continue;
    MrSignatureRecord *record = add (look, MR_SIGNATURE_SENT, result->domain, result->selector, result->algorithm,
                                     lines[i]);
    record->time = attempt->finished;
    record->expires = result->expires * G_USEC_PER_SEC;
  }
}

/* The program's own, in the text as it is stored. */
static void
add_of_program (Look *look)
{
  g_autoptr (MrLookupTable) nobody = mr_lookup_table_new ();
  g_autoptr (GPtrArray) results = NULL;

  if (look->verifier == NULL)
    return;
  mr_dkim_verifier_end (look->verifier);
  results = mr_dkim_verifier_results (look->verifier, nobody);
  for (guint i = 0; i < results->len; i++) {
    const MrDkimResult *result = results->pdata[i];
    MrSignatureRecord *record = add (look, MR_SIGNATURE_PROGRAM, result->domain, result->selector, result->algorithm,
                                     NULL);

    record->expires = result->expires * G_USEC_PER_SEC;
  }
}

/* What signs for itself is not signed again, unless its sender has to be rewritten (delivery-sign.c). */
static gboolean
is_signed_by_program (Look *look, const char *domain)
{
  gint64 now = mr_clock_wall (look->engine->clock);

  for (guint i = 0; i < look->records->len; i++) {
    const MrSignatureRecord *record = look->records->pdata[i];

    if (record->kind == MR_SIGNATURE_PROGRAM && g_ascii_strcasecmp (record->domain, domain) == 0
        && (record->expires == 0 || record->expires > now))
      return TRUE;
  }
  return FALSE;
}

static void
add_planned (Look *look)
{
  MrEngine *engine = look->engine;
  MrRoute route = mr_accounts_route (engine->accounts, look->message);
  const MrAccountRecord *account = route.account != NULL ? mr_accounts_find (engine->accounts, route.account) : NULL;
  const char *from = route.rewrite_to != NULL ? route.rewrite_to : look->message->from;

  if (account == NULL)
    return;
  g_auto (GStrv) ids = mr_dkim_dup_signers (engine->dkim, account->id, account->kind == MR_ACCOUNT_DIRECT, from);
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
    const MrDkimKeyRecord *key = mr_dkim_find (engine->dkim, ids[i]);

    if (key != NULL && (route.rewrite_to != NULL || !is_signed_by_program (look, key->domain)))
      add (look, MR_SIGNATURE_PLANNED, key->domain, key->selector,
           g_str_has_prefix (key->algorithm, "rsa") ? "rsa-sha256" : "ed25519-sha256", key->record);
  }
}

/* ---- with the DNS ---- */

/* What can be told of a record; FALSE: a look-up is wanted first. */
static gboolean
judge (MrSignatureRecord *record, const MrDkimResult *result)
{
  if (result->state == MR_DKIM_PENDING)
    return FALSE;
  g_free (record->result);
  record->result = g_strdup (mr_dkim_state_nick (result->state));
  g_free (record->problem);
  record->problem = result->problem != NULL ? g_utf8_make_valid (result->problem, -1) : NULL;
  record->bits = result->bits;
  return TRUE;
}

static gboolean
judge_all (Look *look)
{
  const MrDkimVerifyOptions options = options_now (look);
  g_autoptr (GPtrArray) stored = look->verifier != NULL ? mr_dkim_verifier_results (look->verifier, look->table) : NULL;
  gboolean all = TRUE;
  guint n_stored = 0;

  for (guint i = 0; i < look->records->len; i++) {
    MrSignatureRecord *record = look->records->pdata[i];
    const char *kept = look->kept->pdata[i];
    g_autoptr (MrDkimResult) own = NULL;
    const MrDkimResult *result;

    if (record->kind == MR_SIGNATURE_PROGRAM)
      result = stored->pdata[n_stored++];
    else
      result = own = record->kind == MR_SIGNATURE_SENT
                         ? mr_dkim_check_kept (kept, &options, look->table)
                         : mr_dkim_check_published (record->domain, record->selector, kept, &options, look->table);
    if (result != NULL && !judge (record, result))
      all = FALSE;
  }
  return all;
}

static void
look_up (gpointer data)
{
  Look *look = data;

  /* The engine ends: what is asked for now never comes. */
  if (judge_all (look) || look->engine->scheduler == NULL || look->rounds++ >= ROUNDS_MAX
      || mr_lookups_fetch (look->engine->resolver, look->table, look_up, look) == NULL)
    finish (look, NULL);
}

static void
gathered (Look *look)
{
  gboolean sent = look->records->len > 0;

  add_of_program (look);
  if (!sent && look->message->finished == 0)
    add_planned (look);
  if (look->check && look->records->len > 0) {
    look->table = mr_lookup_table_new ();
    look_up (look);
  } else
    finish (look, NULL);
}

/* ---- reading ---- */

static void
chunk_cb (GBytes *chunk, const GError *error, gpointer data)
{
  Look *look = data;

  /* A damaged text tells nothing of its program's signature; ours is known all the same. */
  if (error != NULL)
    g_clear_pointer (&look->verifier, mr_dkim_verifier_free);
  else
    mr_dkim_verifier_feed (look->verifier, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  if (error == NULL && ++look->next_chunk < look->n_chunks)
    mr_store_load_chunk (look->engine->store, look->id, look->next_chunk, chunk_cb, look);
  else
    gathered (look);
}

static void
message_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  Look *look = data;
  const MrDkimVerifyOptions options = options_now (look);

  if (error != NULL || look->engine->scheduler == NULL) {
    finish (look, error);
    return;
  }
  look->message = mr_message_record_copy (message);
  for (guint i = attempts->len; i > 0; i--)
    if (((const MrAttemptRecord *)attempts->pdata[i - 1])->signatures != NULL)
      add_sent (look, attempts->pdata[i - 1]);
  if (!message->has_body || message->n_chunks == 0) {
    gathered (look);
    return;
  }
  /* The header stands in the first; whether the rest fits is asked for only with the keys. */
  look->n_chunks = look->check ? message->n_chunks : 1;
  look->verifier = mr_dkim_verifier_new (&options);
  mr_store_load_chunk (look->engine->store, look->id, 0, chunk_cb, look);
}

void
mr_engine_list_signatures (MrEngine *engine, const char *id, gboolean check, MrRecordsFunc func, gpointer data)
{
  Look *look = g_new0 (Look, 1);

  look->engine = engine;
  look->id = g_strdup (id);
  look->check = check;
  look->func = func;
  look->data = data;
  look->records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_signature_record_free);
  look->kept = g_ptr_array_new_with_free_func (g_free);
  mr_store_get_message (engine->store, id, message_cb, look);
}

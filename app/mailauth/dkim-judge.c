/* What becomes of a DKIM signature with the key that the DNS has for it (RFC 6376 6.1.2, 6.1.3): see dkim-verify-private.h and dkim-verify.h. Pure.
 *
 * The key is asked for also where the signature fails whatever it says, since a key that is withdrawn or missing is the better explanation. A signature that
 * is a permerror by itself asks for nothing. Asking again after answers came judges from the start.
 */
#include <config.h>

#include "mailauth/dkim-verify-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MIN_BITS 1024 /* RFC 8301 */

static const char *const nicks[] = { "pass", "fail", "permerror", "temperror", "pending" };
G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == MR_DKIM_N_STATES);

const char *
mr_dkim_state_nick (MrDkimState state)
{
  return (guint)state < G_N_ELEMENTS (nicks) ? nicks[state] : "unknown";
}

void
mr_dkim_result_free (MrDkimResult *result)
{
  if (result == NULL)
    return;
  g_free (result->domain);
  g_free (result->selector);
  g_free (result->identity);
  g_free (result->algorithm);
  g_free (result->problem);
  g_free (result);
}

static void
set_problem (MrDkimResult *result, MrDkimState state, const char *problem)
{
  result->state = state;
  g_free (result->problem);
  result->problem = g_strdup (problem);
}

/* What the key record itself forbids; NULL: nothing. */
static const char *
check_record (const MrDkimSignature *s, const MrDkimVerifyOptions *options, const MrDkimRecord *record)
{
  const char *identity = mr_tags_get (s->tags, "i");

  if (mr_dkim_record_is_revoked (record))
    return N_ ("The key was withdrawn (p= is empty)");
  if (mr_dkim_record_get_algorithm (record) != s->algorithm
      || !mr_dkim_record_allows_hash (record, s->sha1 ? "sha1" : "sha256"))
    return N_ ("The key is not for this method");
  if (!mr_dkim_record_is_for_mail (record))
    return N_ ("The key is not for mail (s=)");
  if (s->algorithm == MR_DKIM_RSA
      && mr_dkim_record_get_bits (record) < (options->min_bits > 0 ? options->min_bits : MIN_BITS))
    return N_ ("The key is too short to be safe");
  if (identity != NULL && mr_dkim_record_is_strict (record)
      && g_ascii_strcasecmp (strrchr (identity, '@') + 1, mr_tags_get (s->tags, "d")) != 0)
    return N_ ("The key is only for the domain itself (t=s)");
  return NULL;
}

static gboolean
fits_key (const MrDkimSignature *s, const MrDkimRecord *record)
{
  if (s->published != NULL)
    return mr_dkim_record_equals (record, s->published);
  if (s->signed_data == NULL)
    return mr_dkim_record_verify_digest (record, s->digest, s->signature, s->signature_len);
  return mr_dkim_record_verify (record, s->sha1, s->signed_data->data, s->signed_data->len, s->signature,
                                s->signature_len);
}

static void
judge_with (const MrDkimSignature *s, const MrDkimVerifyOptions *options, const char *text, MrDkimResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrDkimRecord) record = mr_dkim_record_parse (text, &error);
  const char *wrong;

  if (record == NULL) {
    set_problem (result, MR_DKIM_PERMERROR, error->message);
    return;
  }
  result->bits = mr_dkim_record_get_bits (record);
  result->testing = mr_dkim_record_is_testing (record);
  wrong = check_record (s, options, record);
  if (wrong != NULL)
    set_problem (result, MR_DKIM_PERMERROR, _ (wrong));
  else if (s->failure != NULL)
    set_problem (result, MR_DKIM_FAIL, s->failure);
  else if (s->expires > 0 && s->expires < options->now)
    set_problem (result, MR_DKIM_FAIL, _ ("The signature has expired (x=)"));
  else if (fits_key (s, record))
    set_problem (result, MR_DKIM_PASS, NULL);
  else
    set_problem (result, MR_DKIM_FAIL,
                 s->published != NULL     ? _ ("The DNS has another key than the one that will sign")
                 : s->signed_data == NULL ? _ ("Another key signed than the one in the DNS")
                                          : _ ("A signed header field was changed, or another key signed"));
}

static void
ask_and_judge (const MrDkimSignature *s, const MrDkimVerifyOptions *options, MrLookupTable *lookups,
               MrDkimResult *result)
{
  const char *const *texts;
  g_autofree char *name = g_strconcat (result->selector, "._domainkey.", result->domain, NULL);

  switch (mr_lookup_table_ask (lookups, name, MR_LOOKUP_TXT, &texts)) {
  case MR_LOOKUP_PENDING:
    result->state = MR_DKIM_PENDING;
    return;
  case MR_LOOKUP_TEMPORARY:
    set_problem (result, MR_DKIM_TEMPERROR, _ ("The key could not be looked up"));
    return;
  case MR_LOOKUP_NOTHING:
    set_problem (result, MR_DKIM_PERMERROR, _ ("There is no key of that name in the DNS"));
    return;
  case MR_LOOKUP_FOUND:
  default:
    break;
  }
  /* 3.6.2.2: of several records any may be tried; the first that passes counts. */
  for (; *texts != NULL; texts++) {
    judge_with (s, options, *texts, result);
    if (result->state == MR_DKIM_PASS)
      return;
  }
}

static MrDkimResult *
result_new (const MrDkimSignature *s)
{
  MrDkimResult *result = g_new0 (MrDkimResult, 1);
  const char *identity = s->tags != NULL ? mr_tags_get (s->tags, "i") : NULL;

  result->domain = g_strdup (s->tags != NULL && mr_tags_get (s->tags, "d") != NULL ? mr_tags_get (s->tags, "d") : "");
  result->selector = g_strdup (s->tags != NULL && mr_tags_get (s->tags, "s") != NULL ? mr_tags_get (s->tags, "s") : "");
  result->algorithm = g_strdup (s->tags != NULL && mr_tags_get (s->tags, "a") != NULL ? mr_tags_get (s->tags, "a")
                                                                                      : "");
  result->identity = identity != NULL ? g_strdup (identity) : g_strconcat ("@", result->domain, NULL);
  result->signed_at = s->signed_at;
  result->expires = s->expires;
  return result;
}

MrDkimResult *
mr_dkim_signature_judge (const MrDkimSignature *s, const MrDkimVerifyOptions *options, MrLookupTable *lookups)
{
  MrDkimResult *result = result_new (s);

  result->state = MR_DKIM_PENDING;
  if (s->problem != NULL)
    set_problem (result, MR_DKIM_PERMERROR, s->problem);
  else if (lookups != NULL)
    ask_and_judge (s, options, lookups, result);
  return result;
}

/* ---- without a message ---- */

static gboolean
read_digest (const char **text, guint8 *digest)
{
  for (guint i = 0; i < MR_DKIM_DIGEST_LEN; i++, *text += 2) {
    gint high = g_ascii_xdigit_value ((*text)[0]), low = high >= 0 ? g_ascii_xdigit_value ((*text)[1]) : -1;

    if (low < 0)
      return FALSE;
    digest[i] = (guint8)(high << 4 | low);
  }
  return *(*text)++ == ' ';
}

MrDkimResult *
mr_dkim_check_kept (const char *kept, const MrDkimVerifyOptions *options, MrLookupTable *lookups)
{
  guint8 digest[MR_DKIM_DIGEST_LEN];

  if (!read_digest (&kept, digest))
    return NULL;
  g_autoptr (MrDkimSignature) signature = mr_dkim_signature_parse (kept, options);
  if (signature->problem != NULL || signature->sha1)
    return NULL;
  memcpy (signature->digest, digest, sizeof digest);
  return mr_dkim_signature_judge (signature, options, lookups);
}

MrDkimResult *
mr_dkim_check_published (const char *domain, const char *selector, const char *record,
                         const MrDkimVerifyOptions *options, MrLookupTable *lookups)
{
  g_autoptr (MrDkimSignature) signature = g_new0 (MrDkimSignature, 1);
  g_autofree char *tags = NULL;

  signature->published = mr_dkim_record_parse (record, NULL);
  if (signature->published == NULL)
    return NULL;
  signature->algorithm = mr_dkim_record_get_algorithm (signature->published);
  tags = g_strdup_printf ("d=%s; s=%s; a=%s", domain, selector,
                          signature->algorithm == MR_DKIM_ED25519 ? "ed25519-sha256" : "rsa-sha256");
  signature->tags = mr_tags_parse (tags, NULL);
  return mr_dkim_signature_judge (signature, options, lookups);
}

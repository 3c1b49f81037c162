/* Verification of DKIM signatures: see dkim-verify.h.
 *
 * The header is kept until it is whole; then each signature is parsed and gets the digest of its canonical body, over which the rest of the message
 * runs. Only the keys are asked for at the end.
 */
#include <config.h>

#include "mailauth/dkim-verify.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/header.h"
#include "mail/host-name.h"
#include "mailauth/dkim-canon.h"

#define MAX_HEADER (1024 * 1024)
#define MIN_BITS   1024 /* RFC 8301 */

typedef struct {
  MrTags *tags;  /* NULL: not readable */
  char *problem; /* why it is a permerror, whatever the key */
  char *failure; /* why it fails, whatever the key */
  MrDkimCanon header_canon, body_canon;
  MrDkimAlgorithm algorithm;
  gboolean sha1;
  gint64 limit; /* l=, -1 */
  gint64 signed_at, expires;
  MrDkimBody *body;
  GByteArray *signed_data; /* NULL: only its digest was kept */
  MrDkimRecord *published; /* nothing is signed yet: the key that should be in the DNS; NULL */
  guint8 digest[MR_DKIM_DIGEST_LEN];
  guint8 *signature;
  gsize signature_len;
} Signature;

struct _MrDkimVerifier {
  MrDkimVerifyOptions options;
  MrHeaderReader *header;
  gboolean in_body;
  gboolean too_big;
  GPtrArray *signatures;
};

static const char *const nicks[] = { "pass", "fail", "permerror", "temperror", "pending" };
G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == MR_DKIM_N_STATES);

const char *
mr_dkim_state_nick (MrDkimState state)
{
  return (guint)state < G_N_ELEMENTS (nicks) ? nicks[state] : "unknown";
}

static void
signature_free (gpointer data)
{
  Signature *signature = data;

  mr_tags_free (signature->tags);
  mr_dkim_record_free (signature->published);
  mr_dkim_body_free (signature->body);
  g_clear_pointer (&signature->signed_data, g_byte_array_unref);
  g_free (signature->problem);
  g_free (signature->failure);
  g_free (signature->signature);
  g_free (signature);
}

MrDkimVerifier *
mr_dkim_verifier_new (const MrDkimVerifyOptions *options)
{
  MrDkimVerifier *self = g_new0 (MrDkimVerifier, 1);

  self->options = *options;
  if (self->options.min_bits == 0)
    self->options.min_bits = MIN_BITS;
  self->header = mr_header_reader_new (MAX_HEADER);
  self->signatures = g_ptr_array_new_with_free_func (signature_free);
  return self;
}

void
mr_dkim_verifier_free (MrDkimVerifier *self)
{
  if (self == NULL)
    return;
  mr_header_reader_free (self->header);
  g_ptr_array_unref (self->signatures);
  g_free (self);
}

/* ---- one signature ---- */

/* "relaxed/simple"; the second word is simple where it is left out (3.5). */
static gboolean
read_canon (const char *text, MrDkimCanon *ret_header, MrDkimCanon *ret_body)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "simple/simple", "/", 3);
  MrDkimCanon *const places[] = { ret_header, ret_body };

  *ret_body = MR_DKIM_SIMPLE;
  for (guint i = 0; words[i] != NULL; i++) {
    if (i >= 2 || (g_ascii_strcasecmp (words[i], "simple") != 0 && g_ascii_strcasecmp (words[i], "relaxed") != 0))
      return FALSE;
    *places[i] = g_ascii_strcasecmp (words[i], "relaxed") == 0 ? MR_DKIM_RELAXED : MR_DKIM_SIMPLE;
  }
  return words[0] != NULL;
}

/* Absent: *ret stays. FALSE: not a number. */
static gboolean
read_number (const MrTags *tags, const char *name, gint64 *ret)
{
  const char *text = mr_tags_get (tags, name);

  if (text == NULL)
    return TRUE;
  if (*text == '\0' || strlen (text) > 18 || strspn (text, "0123456789") != strlen (text))
    return FALSE;
  *ret = g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

static gboolean
read_algorithm (const MrDkimVerifier *self, Signature *s)
{
  const char *a = mr_tags_get (s->tags, "a");

  s->sha1 = g_strcmp0 (a, "rsa-sha1") == 0;
  s->algorithm = g_strcmp0 (a, "ed25519-sha256") == 0 ? MR_DKIM_ED25519 : MR_DKIM_RSA;
  return g_strcmp0 (a, "rsa-sha256") == 0 || s->algorithm == MR_DKIM_ED25519 || (s->sha1 && self->options.allow_sha1);
}

/* i= may be quoted-printable; its domain must be d= or below (3.5). */
static gboolean
identity_fits (const MrTags *tags, const char *domain)
{
  const char *identity = mr_tags_get (tags, "i");
  const char *at = identity != NULL ? strrchr (identity, '@') : NULL;

  return identity == NULL || (at != NULL && mr_host_name_is_below (at + 1, domain));
}

/* NULL where all is well, else what is wrong. */
static const char *
check_tags (const MrDkimVerifier *self, Signature *s)
{
  static const char *const needed[] = { "v", "a", "b", "bh", "d", "h", "s" };
  const char *version = mr_tags_get (s->tags, "v");

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (mr_tags_get (s->tags, needed[i]) == NULL || *mr_tags_get (s->tags, needed[i]) == '\0')
      return N_ ("A part that a signature must have is missing");
  if (!g_str_equal (version, "1"))
    return N_ ("The version of the signature (v=) is not 1");
  if (!read_algorithm (self, s))
    return N_ ("The method of the signature (a=) is not safe or not known");
  if (!read_canon (mr_tags_get (s->tags, "c"), &s->header_canon, &s->body_canon))
    return N_ ("The way in which white space counts (c=) is not known");
  if (!mr_tags_has_word (s->tags, "h", "from", FALSE))
    return N_ ("The sender (From) is not signed");
  if (!mr_tags_has_word (s->tags, "q", "dns/txt", TRUE))
    return N_ ("The key cannot be asked for in a known way (q=)");
  if (!identity_fits (s->tags, mr_tags_get (s->tags, "d")))
    return N_ ("The signer (i=) does not belong to the domain (d=)");
  if (!read_number (s->tags, "l", &s->limit) || !read_number (s->tags, "t", &s->signed_at)
      || !read_number (s->tags, "x", &s->expires) || (s->expires > 0 && s->expires < s->signed_at))
    return N_ ("A number in the signature is wrong");
  return NULL;
}

/* The n-th field from the bottom of that name. */
static const MrHeaderField *
pick (MrHeaderReader *header, const char *name, guint n)
{
  for (guint i = mr_header_reader_n_fields (header); i > 0; i--) {
    const MrHeaderField *field = mr_header_reader_get_field (header, i - 1);
    if (g_ascii_strcasecmp (field->name, name) == 0 && n-- == 0)
      return field;
  }
  return NULL;
}

static void
gather_signed_data (MrDkimVerifier *self, Signature *s, const MrHeaderField *own)
{
  g_autofree char *list = mr_tags_dup_compact (s->tags, "h");
  g_auto (GStrv) names = g_strsplit (list, ":", 1000);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize len = 0;

  s->signed_data = g_byte_array_new ();
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *name = g_ascii_strdown (names[i], -1);
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (taken, name));
    const MrHeaderField *field = pick (self->header, name, n);
    /* More often than it is there: that none may be added. */
    if (field != NULL && field != own)
      mr_dkim_append_field (s->signed_data, s->header_canon, field->raw, field->raw_len, TRUE);
    g_hash_table_insert (taken, g_steal_pointer (&name), GUINT_TO_POINTER (n + 1));
  }
  g_autofree char *bare = mr_dkim_without_signature (own->raw, own->raw_len, &len);
  mr_dkim_append_field (s->signed_data, s->header_canon, bare, len, FALSE);
}

static void
add_signature (MrDkimVerifier *self, const MrHeaderField *field)
{
  Signature *s = g_new0 (Signature, 1);
  g_autofree char *text = g_strndup (strchr (field->raw, ':') + 1,
                                     field->raw_len - (gsize)(strchr (field->raw, ':') + 1 - field->raw));
  g_autoptr (GError) error = NULL;
  const char *wrong;

  s->limit = -1;
  g_ptr_array_add (self->signatures, s);
  s->tags = mr_tags_parse (text, &error);
  if (s->tags == NULL) {
    s->problem = g_strdup (error->message);
    return;
  }
  wrong = check_tags (self, s);
  if (wrong != NULL) {
    s->problem = g_strdup (_ (wrong));
    return;
  }
  g_autofree char *base64 = mr_tags_dup_compact (s->tags, "b");
  s->signature = g_base64_decode (base64, &s->signature_len);
  s->body = mr_dkim_body_new (s->body_canon, s->sha1, s->limit);
  gather_signed_data (self, s, field);
}

/* ---- the message ---- */

static void
begin_body (MrDkimVerifier *self)
{
  self->in_body = TRUE;
  for (guint i = 0; i < mr_header_reader_n_fields (self->header) && self->signatures->len < MR_DKIM_MAX_SIGNATURES;
       i++) {
    const MrHeaderField *field = mr_header_reader_get_field (self->header, i);
    if (g_ascii_strcasecmp (field->name, "DKIM-Signature") == 0)
      add_signature (self, field);
  }
}

static void
feed_body (MrDkimVerifier *self, const void *data, gsize len)
{
  for (guint i = 0; i < self->signatures->len; i++) {
    Signature *s = g_ptr_array_index (self->signatures, i);
    if (s->body != NULL)
      mr_dkim_body_feed (s->body, data, len);
  }
}

/* The header ended in a line that belongs to the body. */
static void
feed_rest (MrDkimVerifier *self)
{
  const guint8 *rest = NULL;
  gsize len = 0;

  if (mr_header_reader_missing_blank (self->header, &rest, &len))
    feed_body (self, rest, len);
}

void
mr_dkim_verifier_feed (MrDkimVerifier *self, const void *data, gsize len)
{
  const guint8 *bytes = data;
  gsize used = 0;

  if (!self->in_body && !self->too_big) {
    MrHeaderStatus status = mr_header_reader_feed (self->header, data, len, &used);
    self->too_big = status == MR_HEADER_TOO_BIG;
    if (status != MR_HEADER_DONE)
      return;
    begin_body (self);
    feed_rest (self);
  }
  if (self->in_body)
    feed_body (self, bytes + used, len - used);
}

static void
end_body (Signature *s)
{
  guint64 total = 0;
  gsize len = 0;
  g_autofree char *base64 = NULL;

  if (s->body == NULL)
    return;
  g_autoptr (GBytes) digest = mr_dkim_body_end (s->body, &total);
  base64 = mr_tags_dup_compact (s->tags, "bh");
  g_autofree guint8 *wanted = g_base64_decode (base64, &len);
  if (s->limit >= 0 && (guint64)s->limit > total)
    s->problem = g_strdup (_ ("The signature covers more than there is (l=)"));
  else if (len != g_bytes_get_size (digest) || memcmp (wanted, g_bytes_get_data (digest, NULL), len) != 0)
    s->failure = g_strdup (_ ("The text of the message was changed after it was signed"));
}

void
mr_dkim_verifier_end (MrDkimVerifier *self)
{
  if (!self->in_body && !self->too_big && mr_header_reader_end (self->header) == MR_HEADER_DONE) {
    begin_body (self);
    feed_rest (self);
  }
  for (guint i = 0; i < self->signatures->len; i++)
    end_body (g_ptr_array_index (self->signatures, i));
}

/* ---- results ---- */

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
check_record (const MrDkimVerifier *self, Signature *s, const MrDkimRecord *record)
{
  const char *identity = mr_tags_get (s->tags, "i");

  if (mr_dkim_record_is_revoked (record))
    return N_ ("The key was withdrawn (p= is empty)");
  if (mr_dkim_record_get_algorithm (record) != s->algorithm
      || !mr_dkim_record_allows_hash (record, s->sha1 ? "sha1" : "sha256"))
    return N_ ("The key is not for this method");
  if (!mr_dkim_record_is_for_mail (record))
    return N_ ("The key is not for mail (s=)");
  if (s->algorithm == MR_DKIM_RSA && mr_dkim_record_get_bits (record) < self->options.min_bits)
    return N_ ("The key is too short to be safe");
  if (identity != NULL && mr_dkim_record_is_strict (record)
      && g_ascii_strcasecmp (strrchr (identity, '@') + 1, mr_tags_get (s->tags, "d")) != 0)
    return N_ ("The key is only for the domain itself (t=s)");
  return NULL;
}

static gboolean
fits_key (const Signature *s, const MrDkimRecord *record)
{
  if (s->published != NULL)
    return mr_dkim_record_equals (record, s->published);
  if (s->signed_data == NULL)
    return mr_dkim_record_verify_digest (record, s->digest, s->signature, s->signature_len);
  return mr_dkim_record_verify (record, s->sha1, s->signed_data->data, s->signed_data->len, s->signature,
                                s->signature_len);
}

static void
judge_with (const MrDkimVerifier *self, Signature *s, const char *text, MrDkimResult *result)
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
  wrong = check_record (self, s, record);
  if (wrong != NULL)
    set_problem (result, MR_DKIM_PERMERROR, _ (wrong));
  else if (s->failure != NULL)
    set_problem (result, MR_DKIM_FAIL, s->failure);
  else if (s->expires > 0 && s->expires < self->options.now)
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
judge (const MrDkimVerifier *self, Signature *s, MrLookupTable *lookups, MrDkimResult *result)
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
    judge_with (self, s, *texts, result);
    if (result->state == MR_DKIM_PASS)
      return;
  }
}

static MrDkimResult *
result_new (const Signature *s)
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

GPtrArray *
mr_dkim_verifier_results (MrDkimVerifier *self, MrLookupTable *lookups)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dkim_result_free);

  for (guint i = 0; i < self->signatures->len; i++) {
    Signature *s = g_ptr_array_index (self->signatures, i);
    MrDkimResult *result = result_new (s);
    g_ptr_array_add (results, result);
    if (s->problem != NULL)
      set_problem (result, MR_DKIM_PERMERROR, s->problem);
    else
      judge (self, s, lookups, result);
  }
  return results;
}

/* ---- what was kept of a signature ---- */

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
  MrDkimVerifier self = { .options = *options };
  Signature *s = g_new0 (Signature, 1);
  MrDkimResult *result = NULL;
  const char *wrong;

  self.options.min_bits = options->min_bits > 0 ? options->min_bits : MIN_BITS;
  s->limit = -1;
  if (read_digest (&kept, s->digest))
    s->tags = mr_tags_parse (kept, NULL);
  wrong = s->tags != NULL ? check_tags (&self, s) : NULL;
  if (s->tags != NULL && wrong == NULL && !s->sha1) {
    g_autofree char *base64 = mr_tags_dup_compact (s->tags, "b");

    s->signature = g_base64_decode (base64, &s->signature_len);
    result = result_new (s);
    result->state = MR_DKIM_PENDING;
    if (lookups != NULL)
      judge (&self, s, lookups, result);
  }
  signature_free (s);
  return result;
}

MrDkimResult *
mr_dkim_check_published (const char *domain, const char *selector, const char *record,
                         const MrDkimVerifyOptions *options, MrLookupTable *lookups)
{
  MrDkimVerifier self = { .options = *options };
  Signature *s = g_new0 (Signature, 1);
  MrDkimResult *result;
  g_autofree char *tags = NULL;

  self.options.min_bits = options->min_bits > 0 ? options->min_bits : MIN_BITS;
  s->published = mr_dkim_record_parse (record, NULL);
  if (s->published == NULL) {
    signature_free (s);
    return NULL;
  }
  s->algorithm = mr_dkim_record_get_algorithm (s->published);
  tags = g_strdup_printf ("d=%s; s=%s; a=%s", domain, selector,
                          s->algorithm == MR_DKIM_ED25519 ? "ed25519-sha256" : "rsa-sha256");
  s->tags = mr_tags_parse (tags, NULL);
  result = result_new (s);
  result->state = MR_DKIM_PENDING;
  if (lookups != NULL)
    judge (&self, s, lookups, result);
  signature_free (s);
  return result;
}

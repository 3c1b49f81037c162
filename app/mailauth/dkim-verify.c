/* The message whose DKIM signatures are verified, as it streams by: see dkim-verify.h.
 *
 * The header is kept until it is whole; then each signature is parsed (dkim-signature.c) and gets the digest of its canonical body, over which the rest of
 * the message runs. Only the keys are asked for at the end (dkim-judge.c).
 */
#include <config.h>

#include "mailauth/dkim-verify-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/header.h"

#define MAX_HEADER (1024 * 1024)

struct _MrDkimVerifier {
  MrDkimVerifyOptions options;
  MrHeaderReader *header;
  gboolean in_body;
  gboolean too_big;
  GPtrArray *signatures;
};

MrDkimVerifier *
mr_dkim_verifier_new (const MrDkimVerifyOptions *options)
{
  MrDkimVerifier *self = g_new0 (MrDkimVerifier, 1);

  self->options = *options;
  self->header = mr_header_reader_new (MAX_HEADER);
  self->signatures = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dkim_signature_free);
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
gather_signed_data (MrDkimVerifier *self, MrDkimSignature *s, const MrHeaderField *own)
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
  const char *value = strchr (field->raw, ':') + 1;
  g_autofree char *text = g_strndup (value, field->raw_len - (gsize)(value - field->raw));
  MrDkimSignature *s = mr_dkim_signature_parse (text, &self->options);

  g_ptr_array_add (self->signatures, s);
  if (s->problem != NULL)
    return;
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
    MrDkimSignature *s = g_ptr_array_index (self->signatures, i);
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
end_body (MrDkimSignature *s)
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

GPtrArray *
mr_dkim_verifier_results (MrDkimVerifier *self, MrLookupTable *lookups)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dkim_result_free);

  for (guint i = 0; i < self->signatures->len; i++)
    g_ptr_array_add (results, mr_dkim_signature_judge (self->signatures->pdata[i], &self->options, lookups));
  return results;
}

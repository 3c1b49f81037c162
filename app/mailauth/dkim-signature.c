/* What a DKIM-Signature says (RFC 6376 3.5, 6.1.1): see dkim-verify-private.h. Pure.
 *
 * Whatever in it forbids that it passes is found here, before anything is hashed or asked for; what depends on the key is not looked at.
 */
#include <config.h>

#include "mailauth/dkim-verify-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/host-name.h"

void
mr_dkim_signature_free (MrDkimSignature *self)
{
  mr_tags_free (self->tags);
  mr_dkim_record_free (self->published);
  mr_dkim_body_free (self->body);
  g_clear_pointer (&self->signed_data, g_byte_array_unref);
  g_free (self->problem);
  g_free (self->failure);
  g_free (self->signature);
  g_free (self);
}

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
read_algorithm (MrDkimSignature *self, gboolean allow_sha1)
{
  const char *a = mr_tags_get (self->tags, "a");

  self->sha1 = g_strcmp0 (a, "rsa-sha1") == 0;
  self->algorithm = g_strcmp0 (a, "ed25519-sha256") == 0 ? MR_DKIM_ED25519 : MR_DKIM_RSA;
  return g_strcmp0 (a, "rsa-sha256") == 0 || self->algorithm == MR_DKIM_ED25519 || (self->sha1 && allow_sha1);
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
check_tags (MrDkimSignature *self, const MrDkimVerifyOptions *options)
{
  static const char *const needed[] = { "v", "a", "b", "bh", "d", "h", "s" };
  const char *version = mr_tags_get (self->tags, "v");

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (mr_tags_get (self->tags, needed[i]) == NULL || *mr_tags_get (self->tags, needed[i]) == '\0')
      return N_ ("A part that a signature must have is missing");
  if (!g_str_equal (version, "1"))
    return N_ ("The version of the signature (v=) is not 1");
  if (!read_algorithm (self, options->allow_sha1))
    return N_ ("The method of the signature (a=) is not safe or not known");
  if (!read_canon (mr_tags_get (self->tags, "c"), &self->header_canon, &self->body_canon))
    return N_ ("The way in which white space counts (c=) is not known");
  if (!mr_tags_has_word (self->tags, "h", "from", FALSE))
    return N_ ("The sender (From) is not signed");
  if (!mr_tags_has_word (self->tags, "q", "dns/txt", TRUE))
    return N_ ("The key cannot be asked for in a known way (q=)");
  if (!identity_fits (self->tags, mr_tags_get (self->tags, "d")))
    return N_ ("The signer (i=) does not belong to the domain (d=)");
  if (!read_number (self->tags, "l", &self->limit) || !read_number (self->tags, "t", &self->signed_at)
      || !read_number (self->tags, "x", &self->expires) || (self->expires > 0 && self->expires < self->signed_at))
    return N_ ("A number in the signature is wrong");
  return NULL;
}

MrDkimSignature *
mr_dkim_signature_parse (const char *text, const MrDkimVerifyOptions *options)
{
  MrDkimSignature *self = g_new0 (MrDkimSignature, 1);
  g_autoptr (GError) error = NULL;
  const char *wrong;

  self->limit = -1;
  self->tags = mr_tags_parse (text, &error);
  if (self->tags == NULL) {
    self->problem = g_strdup (error->message);
    return self;
  }
  wrong = check_tags (self, options);
  if (wrong != NULL) {
    self->problem = g_strdup (_ (wrong));
    return self;
  }
  g_autofree char *base64 = mr_tags_dup_compact (self->tags, "b");
  self->signature = g_base64_decode (base64, &self->signature_len);
  return self;
}

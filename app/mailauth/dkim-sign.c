/* Signing with DKIM: see dkim-sign.h. */
#include <config.h>

#include "mailauth/dkim-sign.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>

#include "mailauth/dkim-canon.h"
#include "mailauth/lookup.h"

#define LINE 76

/* What a reader sees or what decides how it is shown: none of them may be added later. */
static const char *const over_signed[] = { "From",         "Subject",      "Date",
                                           "To",           "Cc",           "Message-ID",
                                           "MIME-Version", "Content-Type", "Content-Transfer-Encoding" };
/* Signed where they are; lists and gateways may add their own (RFC 6376 5.4.1). */
static const char *const also_signed[] = { "Reply-To", "In-Reply-To",      "References",
                                           "Sender",   "List-Unsubscribe", "List-Unsubscribe-Post" };

struct _MrDkimSigner {
  MrDkimKey *key; /* borrowed */
  MrDkimCanon canon;
  GByteArray *fields; /* canonical, in the order of h= */
  GString *names;     /* h= */
  MrDkimBody *body;
  char *domain, *selector;
  gint64 now, expires; /* expires 0: never */
  char *value;         /* of the field, unfolded, once it is made */
  guint8 digest[MR_DKIM_DIGEST_LEN];
};

void
mr_dkim_signer_free (MrDkimSigner *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->fields);
  g_string_free (self->names, TRUE);
  mr_dkim_body_free (self->body);
  g_free (self->domain);
  g_free (self->selector);
  g_free (self->value);
  g_free (self);
}

static void
add_name (MrDkimSigner *self, const char *name)
{
  if (self->names->len > 0)
    g_string_append_c (self->names, ':');
  g_string_append (self->names, name);
}

/* All occurrences, the last one first (5.4.2), and once more where none may be added. */
static void
add_fields (MrDkimSigner *self, MrHeaderReader *header, const char *name, gboolean over)
{
  for (guint i = mr_header_reader_n_fields (header); i > 0; i--) {
    const MrHeaderField *field = mr_header_reader_get_field (header, i - 1);
    if (g_ascii_strcasecmp (field->name, name) != 0)
      continue;
    mr_dkim_append_field (self->fields, self->canon, field->raw, field->raw_len, TRUE);
    add_name (self, name);
  }
  if (over)
    add_name (self, name);
}

static gboolean
check (const MrDkimSignOptions *options, MrHeaderReader *header, GError **error)
{
  if (mr_header_reader_count (header, "From") != 1) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_REFUSED, _ ("A message without exactly one From cannot be signed"));
    return FALSE;
  }
  g_autofree char *name = g_strconcat (options->selector, "._domainkey.", options->domain, NULL);
  if (*options->selector != '\0' && *options->domain != '\0' && mr_dns_name_fits (name)
      && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen (name))
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.300s” cannot be a name in the DNS"), name);
  return FALSE;
}

MrDkimSigner *
mr_dkim_signer_new (const MrDkimSignOptions *options, MrDkimKey *key, MrHeaderReader *header, GError **error)
{
  MrDkimSigner *self;

  if (!check (options, header, error))
    return NULL;
  self = g_new0 (MrDkimSigner, 1);
  self->key = key;
  self->canon = options->simple ? MR_DKIM_SIMPLE : MR_DKIM_RELAXED;
  self->fields = g_byte_array_new ();
  self->names = g_string_new (NULL);
  self->body = mr_dkim_body_new (self->canon, FALSE, -1);
  self->domain = g_strdup (options->domain);
  self->selector = g_strdup (options->selector);
  self->now = options->now;
  self->expires = options->lifetime > 0 ? options->now + options->lifetime : 0;
  for (guint i = 0; i < G_N_ELEMENTS (over_signed); i++)
    add_fields (self, header, over_signed[i], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (also_signed); i++)
    add_fields (self, header, also_signed[i], FALSE);
  return self;
}

void
mr_dkim_signer_feed (MrDkimSigner *self, const void *data, gsize len)
{
  mr_dkim_body_feed (self->body, data, len);
}

/* Appends "; name=value", on a new line where it would become too long; a value longer than a line is cut after cuts, or anywhere. */
static void
append_tag (GString *out, gsize *column, const char *name, const char *value, char cut)
{
  gsize len = strlen (name) + 1 + MIN (strlen (value), LINE / 2);

  if (*column + len + 2 > LINE) {
    g_string_append (out, "\r\n\t");
    *column = 1;
  } else if (*column > 1) {
    g_string_append_c (out, ' ');
    (*column)++;
  }
  g_string_append_printf (out, "%s=", name);
  *column += strlen (name) + 1;
  for (; *value != '\0'; value++) {
    const char *stop = cut != '\0' ? strchr (value, cut) : NULL;
    gsize word = cut == '\0' ? 1 : stop != NULL ? (gsize)(stop - value) + 1 : strlen (value);
    if (*column + word > LINE && (cut == '\0' || value[-1] == cut)) {
      g_string_append (out, "\r\n\t");
      *column = 1;
    }
    g_string_append_c (out, *value);
    (*column)++;
  }
}

static void
append_number (GString *out, gsize *column, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  append_tag (out, column, name, text, '\0');
  g_string_append_c (out, ';');
  (*column)++;
}

static void
append_text (GString *out, gsize *column, const char *name, const char *value, char cut)
{
  append_tag (out, column, name, value, cut);
  g_string_append_c (out, ';');
  (*column)++;
}

/* field: up to its empty b=. */
static void
keep (MrDkimSigner *self, const char *field, const char *signature)
{
  GString *value = g_string_new (NULL);

  for (const char *p = strchr (field, ':') + 1; *p != '\0'; p++)
    if (*p != '\r' && *p != '\n')
      g_string_append_c (value, *p == '\t' ? ' ' : *p);
  g_string_append (value, signature);
  g_free (self->value);
  self->value = g_strstrip (g_string_free (value, FALSE));
  mr_dkim_digest (self->fields->data, self->fields->len, self->digest);
}

char *
mr_dkim_signer_end (MrDkimSigner *self, GError **error)
{
  g_autoptr (GString) field = g_string_new ("DKIM-Signature:");
  gsize column = field->len;
  guint64 total = 0;
  g_autoptr (GBytes) digest = mr_dkim_body_end (self->body, &total);
  g_autofree char *hash = g_base64_encode (g_bytes_get_data (digest, NULL), g_bytes_get_size (digest));
  gboolean rsa = mr_dkim_key_get_algorithm (self->key) == MR_DKIM_RSA;

  append_text (field, &column, "v", "1", '\0');
  append_text (field, &column, "a", rsa ? "rsa-sha256" : "ed25519-sha256", '\0');
  append_text (field, &column, "c", self->canon == MR_DKIM_RELAXED ? "relaxed/relaxed" : "simple/simple", '\0');
  append_text (field, &column, "d", self->domain, '\0');
  append_text (field, &column, "s", self->selector, '\0');
  append_number (field, &column, "t", self->now);
  if (self->expires > 0)
    append_number (field, &column, "x", self->expires);
  append_text (field, &column, "h", self->names->str, ':');
  append_text (field, &column, "bh", hash, '\0');
  append_tag (field, &column, "b", "", '\0');
  /* The signature's own field comes last, with an empty b= and without its line end (3.7). */
  mr_dkim_append_field (self->fields, self->canon, field->str, field->len, FALSE);
  g_autofree char *signature = mr_dkim_key_sign (self->key, self->fields->data, self->fields->len, error);
  if (signature == NULL)
    return NULL;
  keep (self, field->str, signature);
  for (const char *p = signature; *p != '\0'; p++, column++) {
    if (column >= LINE) {
      g_string_append (field, "\r\n\t");
      column = 1;
    }
    g_string_append_c (field, *p);
  }
  g_string_append (field, "\r\n");
  return g_strdup (field->str);
}

char *
mr_dkim_signer_dup_kept (MrDkimSigner *self)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < sizeof self->digest; i++)
    g_string_append_printf (line, "%02x", self->digest[i]);
  g_string_append_c (line, ' ');
  g_string_append (line, self->value != NULL ? self->value : "");
  return g_string_free (g_steal_pointer (&line), FALSE);
}

void
mr_dkim_thread_done (void)
{
  OPENSSL_thread_stop ();
}

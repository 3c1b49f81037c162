/* Canonicalisation: see dkim-canon.h.
 *
 * The end of a line is held back until something follows it, so that empty lines at the end never reach the digest; so is white space in relaxed.
 */
#include <config.h>

#include "mailauth/dkim-canon.h"

#include <openssl/evp.h>
#include <string.h>

struct _MrDkimBody {
  EVP_MD_CTX *digest;
  MrDkimCanon canon;
  gint64 limit; /* what may still be hashed, -1: all */
  guint64 total;
  guint64 line_ends; /* held back */
  gboolean space;    /* held back, relaxed */
  gboolean cr;       /* held back */
  gboolean content;  /* anything but empty lines was there */
};

MrDkimBody *
mr_dkim_body_new (MrDkimCanon canon, gboolean sha1, gint64 limit)
{
  MrDkimBody *self = g_new0 (MrDkimBody, 1);

  self->digest = EVP_MD_CTX_new ();
  if (self->digest == NULL || EVP_DigestInit_ex (self->digest, sha1 ? EVP_sha1 () : EVP_sha256 (), NULL) != 1)
    g_error ("no digest");
  self->canon = canon;
  self->limit = limit;
  return self;
}

void
mr_dkim_body_free (MrDkimBody *self)
{
  if (self == NULL)
    return;
  EVP_MD_CTX_free (self->digest);
  g_free (self);
}

static void
hash (MrDkimBody *self, const char *data, gsize len)
{
  gsize counted = self->limit < 0 ? len : (gsize)MIN ((guint64)self->limit, len);

  self->total += len;
  EVP_DigestUpdate (self->digest, data, counted);
  if (self->limit >= 0)
    self->limit -= (gint64)counted;
}

static void
flush_held (MrDkimBody *self)
{
  for (; self->line_ends > 0; self->line_ends--)
    hash (self, "\r\n", 2);
  if (self->space)
    hash (self, " ", 1);
  self->space = FALSE;
  self->content = TRUE;
}

static void
end_line (MrDkimBody *self)
{
  self->line_ends++;
  self->space = FALSE;
}

/* One byte that needs a decision. */
static void
take (MrDkimBody *self, char c)
{
  if (self->cr) {
    self->cr = FALSE;
    if (c == '\n') {
      end_line (self);
      return;
    }
    flush_held (self);
    hash (self, "\r", 1);
  }
  if (c == '\r') {
    self->cr = TRUE;
  } else if (self->canon == MR_DKIM_RELAXED && (c == ' ' || c == '\t')) {
    self->space = TRUE;
  } else {
    flush_held (self);
    hash (self, &c, 1);
  }
}

void
mr_dkim_body_feed (MrDkimBody *self, const void *data, gsize len)
{
  const char *p = data, *end = p + len;
  const char *special = self->canon == MR_DKIM_RELAXED ? "\r \t" : "\r";

  while (p < end) {
    const char *run = p;
    while (run < end && strchr (special, *run) == NULL)
      run++;
    /* strchr() finds the NUL of its own string: a NUL goes the slow way and is an ordinary byte there. */
    if (run == p || self->cr) {
      take (self, *p++);
      continue;
    }
    flush_held (self);
    hash (self, p, (gsize)(run - p));
    p = run;
  }
}

GBytes *
mr_dkim_body_end (MrDkimBody *self, guint64 *ret_total)
{
  guint8 digest[EVP_MAX_MD_SIZE];
  guint len = 0;

  if (self->cr) {
    flush_held (self);
    hash (self, "\r", 1);
    self->cr = FALSE;
  }
  /* 3.4.3: an empty body is one line end; 3.4.4: it is nothing. */
  if (self->content || self->canon == MR_DKIM_SIMPLE)
    hash (self, "\r\n", 2);
  EVP_DigestFinal_ex (self->digest, digest, &len);
  *ret_total = self->total;
  return g_bytes_new (digest, len);
}

static void
append_relaxed (GByteArray *out, const char *raw, gsize len)
{
  const char *colon = memchr (raw, ':', len);
  const char *end = raw + len;
  gboolean space = FALSE, any = FALSE;

  for (const char *p = raw; colon != NULL && p < colon; p++) {
    guint8 c = (guint8)g_ascii_tolower (*p);
    if (strchr (" \t\r\n", *p) == NULL)
      g_byte_array_append (out, &c, 1);
  }
  g_byte_array_append (out, (const guint8 *)":", 1);
  for (const char *p = colon != NULL ? colon + 1 : end; p < end; p++) {
    /* Line ends go; what folds with them is white space of its own. */
    if ((*p == '\r' && p + 1 < end && p[1] == '\n') || (*p == '\n' && p > raw && p[-1] == '\r'))
      continue;
    if (*p == ' ' || *p == '\t') {
      space = TRUE;
      continue;
    }
    if (space && any)
      g_byte_array_append (out, (const guint8 *)" ", 1);
    g_byte_array_append (out, (const guint8 *)p, 1);
    space = FALSE;
    any = TRUE;
  }
}

void
mr_dkim_append_field (GByteArray *out, MrDkimCanon canon, const char *raw, gsize len, gboolean with_end)
{
  while (len > 0 && (raw[len - 1] == '\n' || raw[len - 1] == '\r'))
    len--;
  if (canon == MR_DKIM_RELAXED)
    append_relaxed (out, raw, len);
  else
    g_byte_array_append (out, (const guint8 *)raw, (guint)len);
  if (with_end)
    g_byte_array_append (out, (const guint8 *)"\r\n", 2);
}

char *
mr_dkim_without_signature (const char *raw, gsize len, gsize *ret_len)
{
  char *copy = g_malloc (len + 1);
  const char *end = raw + len;
  const char *colon = memchr (raw, ':', len);
  char *out = copy;

  for (const char *p = colon != NULL ? colon + 1 : end, *start = raw; start < end;) {
    const char *semicolon = p < end ? memchr (p, ';', (gsize)(end - p)) : NULL;
    const char *stop = semicolon != NULL ? semicolon : end;
    const char *equals = p < stop ? memchr (p, '=', (gsize)(stop - p)) : NULL;
    const char *name = p;
    while (equals != NULL && name < equals && strchr (" \t\r\n", *name) != NULL)
      name++;
    gboolean is_b = equals != NULL && name < equals && *name == 'b'
                    && strspn (name + 1, " \t\r\n") >= (gsize)(equals - name - 1);
    const char *keep = is_b ? equals + 1 : stop;
    memcpy (out, start, (gsize)(keep - start));
    out += keep - start;
    start = stop;
    p = stop < end ? stop + 1 : end;
  }
  *out = '\0';
  *ret_len = (gsize)(out - copy);
  return copy;
}

/* The bytes of a DNS message: numbers, names and records (RFC 1035 4.1), and which characters names have. See dns-message-private.h. Pure.
 *
 * Every read is checked against the end of the message first. A compressed name may only point backwards, before everything that it was read from, so that
 * reading it ends.
 */
#include "net/dns-message-private.h"

#include <string.h>

gboolean
mr_dns_reader_u16 (MrDnsReader *self, guint *ret)
{
  if (self->len - self->pos < 2)
    return FALSE;
  *ret = (guint)self->data[self->pos] << 8 | self->data[self->pos + 1];
  self->pos += 2;
  return TRUE;
}

static gboolean
is_host_character (guint8 c)
{
  return g_ascii_isalnum ((char)c) || c == '-' || c == '_';
}

/* Printable, and not of the syntax of names in text (RFC 1035 5.1): owners of TXT records may have more than hosts have. */
static gboolean
is_name_character (guint8 c)
{
  return c >= 0x20 && c <= 0x7e && c != '.' && c != '\\';
}

static gboolean
append_label (MrDnsName *name, gsize *used, const guint8 *label, gsize len)
{
  gsize needed = len + (*used > 0 ? 1 : 0);

  if (*used + needed >= MR_DNS_NAME_MAX)
    return FALSE;
  if (*used > 0)
    name->text[(*used)++] = '.';
  for (gsize i = 0; i < len; i++) {
    name->odd = name->odd || !is_name_character (label[i]);
    name->not_host = name->not_host || !is_host_character (label[i]);
    name->text[(*used)++] = is_name_character (label[i]) ? g_ascii_tolower ((char)label[i]) : '?';
  }
  return TRUE;
}

gboolean
mr_dns_reader_name (MrDnsReader *self, MrDnsName *ret)
{
  gsize pos = self->pos, used = 0, earliest = self->pos;
  gboolean jumped = FALSE;

  memset (ret, 0, sizeof *ret);
  for (;;) {
    guint8 len;

    if (pos >= self->len)
      return FALSE;
    len = self->data[pos++];
    if (len == 0)
      break;
    if ((len & 0xc0) == 0xc0) {
      gsize target;

      if (pos >= self->len)
        return FALSE;
      target = (gsize)(len & 0x3f) << 8 | self->data[pos++];
      if (!jumped)
        self->pos = pos;
      jumped = TRUE;
      /* Before everything that this name was read from: each jump makes the rest shorter. */
      if (target >= earliest)
        return FALSE;
      earliest = pos = target;
      continue;
    }
    if ((len & 0xc0) != 0 || self->len - pos < len || !append_label (ret, &used, self->data + pos, len))
      return FALSE;
    pos += len;
  }
  if (!jumped)
    self->pos = pos;
  return TRUE;
}

gboolean
mr_dns_reader_record (MrDnsReader *self, MrDnsRawRecord *ret)
{
  guint high, low, len;

  if (!mr_dns_reader_name (self, &ret->owner) || !mr_dns_reader_u16 (self, &ret->type)
      || !mr_dns_reader_u16 (self, &ret->class) || !mr_dns_reader_u16 (self, &high) || !mr_dns_reader_u16 (self, &low)
      || !mr_dns_reader_u16 (self, &len) || self->len - self->pos < len)
    return FALSE;
  /* A TTL with the highest bit set counts as zero: RFC 2181 8. */
  ret->ttl = high & 0x8000 ? 0 : (guint32)high << 16 | low;
  ret->start = self->pos;
  ret->end = self->pos = self->pos + len;
  return TRUE;
}

/* ---- names as text ---- */

static gboolean
labels_are_valid (const char *name, gboolean (*is_valid) (guint8 c))
{
  gsize label = 0, len = strlen (name);

  if (len > 0 && name[len - 1] == '.')
    len--;
  if (len == 0 || len > 253)
    return FALSE;
  for (gsize i = 0; i < len; i++) {
    if (name[i] != '.' && !is_valid ((guint8)name[i]))
      return FALSE;
    label = name[i] == '.' ? 0 : label + 1;
    if (label > 63 || (label == 0 && (i == 0 || name[i - 1] == '.')))
      return FALSE;
  }
  return label > 0;
}

gboolean
mr_dns_name_is_valid (const char *name)
{
  return labels_are_valid (name, is_host_character);
}

gboolean
mr_dns_owner_is_valid (const char *name)
{
  return labels_are_valid (name, is_name_character);
}

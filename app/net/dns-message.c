/* DNS answers: RFC 1035 section 4, negative answers after RFC 2308, aliases after RFC 1034 3.6.2.
 *
 * A compressed name may only point backwards, so that reading it ends. Records that are broken inside, or that name
 * something which cannot be a host, are left out; a message that is broken in its structure is malformed as a whole.
 */
#include "net/dns-message.h"

#include <arpa/inet.h>
#include <string.h>

#define HEADER_LEN     12
#define NAME_MAX_LEN   254 /* text with NUL: a wire name has at most 255 octets */
#define SCANNED_MAX    512 /* records that are looked at in one section */
#define CLASS_IN       1
#define RCODE_NXDOMAIN 3

typedef struct {
  const guint8 *data;
  gsize len;
  gsize pos;
  gboolean any_names; /* targets need not be names of hosts */
} Reader;

typedef struct {
  char text[NAME_MAX_LEN];
  gboolean odd;      /* holds what cannot be written as text: matches nothing */
  gboolean not_host; /* cannot be the name of a host */
} Name;

typedef struct {
  Name owner;
  guint type, class;
  guint32 ttl;
  gsize start, end; /* of the data */
} Record;

typedef struct {
  char *owner;
  char *target;
} Alias;

static gboolean
read_u16 (Reader *reader, guint *ret)
{
  if (reader->len - reader->pos < 2)
    return FALSE;
  *ret = (guint)reader->data[reader->pos] << 8 | reader->data[reader->pos + 1];
  reader->pos += 2;
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
append_label (Name *name, gsize *used, const guint8 *label, gsize len)
{
  gsize needed = len + (*used > 0 ? 1 : 0);

  if (*used + needed >= NAME_MAX_LEN)
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

/* Moves the reader behind the name. */
static gboolean
read_name (Reader *reader, Name *ret)
{
  gsize pos = reader->pos, used = 0, earliest = reader->pos;
  gboolean jumped = FALSE;

  memset (ret, 0, sizeof *ret);
  for (;;) {
    guint8 len;

    if (pos >= reader->len)
      return FALSE;
    len = reader->data[pos++];
    if (len == 0)
      break;
    if ((len & 0xc0) == 0xc0) {
      gsize target;

      if (pos >= reader->len)
        return FALSE;
      target = (gsize)(len & 0x3f) << 8 | reader->data[pos++];
      if (!jumped)
        reader->pos = pos;
      jumped = TRUE;
      /* Before everything that this name was read from: each jump makes the rest shorter. */
      if (target >= earliest)
        return FALSE;
      earliest = pos = target;
      continue;
    }
    if ((len & 0xc0) != 0 || reader->len - pos < len || !append_label (ret, &used, reader->data + pos, len))
      return FALSE;
    pos += len;
  }
  if (!jumped)
    reader->pos = pos;
  return TRUE;
}

static gboolean
read_record (Reader *reader, Record *ret)
{
  guint high, low, len;

  if (!read_name (reader, &ret->owner) || !read_u16 (reader, &ret->type) || !read_u16 (reader, &ret->class)
      || !read_u16 (reader, &high) || !read_u16 (reader, &low) || !read_u16 (reader, &len)
      || reader->len - reader->pos < len)
    return FALSE;
  /* A TTL with the highest bit set counts as zero: RFC 2181 8. */
  ret->ttl = high & 0x8000 ? 0 : (guint32)high << 16 | low;
  ret->start = reader->pos;
  ret->end = reader->pos = reader->pos + len;
  return TRUE;
}

/* ---- what the records hold ---- */

/* The name fills its data to the end. */
static gboolean
read_target (const Reader *reader, const Record *record, gsize skip, Name *ret)
{
  Reader inner = *reader;

  inner.pos = record->start + skip;
  return inner.pos < record->end && read_name (&inner, ret) && inner.pos == record->end
         && !(reader->any_names ? ret->odd : ret->not_host);
}

static guint
u16_at (const guint8 *data, gsize offset)
{
  return (guint)data[offset] << 8 | data[offset + 1];
}

/* The strings of a TXT, joined (RFC 1035 3.3.14); a NUL would end the text for whoever reads it. */
static char *
dup_strings (const guint8 *data, gsize len)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize pos = 0; pos < len;) {
    gsize piece = data[pos++];
    if (piece > len - pos)
      return NULL;
    for (; piece > 0; piece--, pos++)
      g_string_append_c (text, data[pos] != 0 ? (char)data[pos] : '\001');
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint32
u32_at (const guint8 *data, gsize offset)
{
  return (guint32)u16_at (data, offset) << 16 | (guint32)u16_at (data, offset + 2);
}

/* RFC 1035 3.3.13; NULL: broken. */
static char *
dup_soa (const Reader *reader, const Record *record)
{
  Reader inner = *reader;
  Name server, person;
  const guint8 *numbers;

  inner.pos = record->start;
  if (!read_name (&inner, &server) || !read_name (&inner, &person) || inner.pos > record->end
      || record->end - inner.pos != 20 || server.odd)
    return NULL;
  numbers = inner.data + inner.pos;
  return g_strdup_printf ("%s %s %" G_GUINT32_FORMAT " %" G_GUINT32_FORMAT, server.text, person.odd ? "?" : person.text,
                          u32_at (numbers, 0), u32_at (numbers, 16));
}

static char *
dup_tlsa (const guint8 *data, gsize len)
{
  g_autoptr (GString) text = NULL;

  if (len < 4)
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, "%u %u %u ", data[0], data[1], data[2]);
  for (gsize i = 3; i < len; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
dup_ds (const guint8 *data, gsize len)
{
  g_autoptr (GString) text = NULL;

  if (len < 5)
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, "%u %u %u ", u16_at (data, 0), data[2], data[3]);
  for (gsize i = 4; i < len; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* RFC 4034 2.1; the tag is a sum over all of it (appendix B). */
static char *
dup_dns_key (const guint8 *data, gsize len)
{
  guint32 sum = 0;

  if (len < 5)
    return NULL;
  for (gsize i = 0; i < len; i++)
    sum += (guint32)data[i] << (i % 2 == 0 ? 8 : 0);
  sum += sum >> 16;
  return g_strdup_printf ("%u %u %u", sum & 0xffff, data[3], u16_at (data, 0));
}

/* What cannot be printed becomes '?': it is only shown. */
static char *
dup_caa (const guint8 *data, gsize len)
{
  g_autoptr (GString) text = NULL;
  gsize tag = len >= 2 ? data[1] : 0;

  if (tag == 0 || tag > len - 2)
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, "%u ", data[0]);
  for (gsize i = 2; i < len; i++) {
    if (i == 2 + tag)
      g_string_append_c (text, ' ');
    g_string_append_c (text, g_ascii_isprint ((char)data[i]) ? (char)data[i] : '?');
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint
count_strings (const guint8 *data, gsize len)
{
  guint n = 0;

  for (gsize pos = 0; pos < len; pos += 1u + data[pos])
    n++;
  return n;
}

/* The text of the record, its numbers in ret; NULL: it is broken. */
static char *
dup_record_text (const Reader *reader, const Record *record, MrDnsRecord *ret)
{
  char address[INET6_ADDRSTRLEN];
  const guint8 *data = reader->data + record->start;
  gsize len = record->end - record->start;
  Name target;

  switch (record->type) {
  case MR_DNS_A:
    return len == 4 ? g_strdup (inet_ntop (AF_INET, data, address, sizeof address)) : NULL;
  case MR_DNS_AAAA:
    return len == 16 ? g_strdup (inet_ntop (AF_INET6, data, address, sizeof address)) : NULL;
  case MR_DNS_MX:
    if (len < 3 || !read_target (reader, record, 2, &target))
      return NULL;
    ret->preference = u16_at (data, 0);
    return g_strdup (target.text);
  case MR_DNS_PTR:
  case MR_DNS_NS:
  case MR_DNS_CNAME:
    return read_target (reader, record, 0, &target) ? g_strdup (target.text) : NULL;
  case MR_DNS_TXT:
    ret->strings = count_strings (data, len);
    return len > 0 ? dup_strings (data, len) : NULL;
  case MR_DNS_SOA:
    return dup_soa (reader, record);
  case MR_DNS_TLSA:
    return dup_tlsa (data, len);
  case MR_DNS_CAA:
    return dup_caa (data, len);
  case MR_DNS_DS:
    return dup_ds (data, len);
  case MR_DNS_DNSKEY:
    return dup_dns_key (data, len);
  case MR_DNS_SRV:
    if (len < 7 || !read_target (reader, record, 6, &target))
      return NULL;
    ret->preference = u16_at (data, 0);
    ret->weight = u16_at (data, 2);
    ret->port = u16_at (data, 4);
    return g_strdup (target.text);
  default:
    return NULL;
  }
}

static void
record_free (gpointer data)
{
  MrDnsRecord *record = data;

  g_free (record->text);
  g_free (record);
}

static void
alias_clear (gpointer data)
{
  Alias *alias = data;

  g_free (alias->owner);
  g_free (alias->target);
}

/* ---- one message ---- */

typedef struct {
  Reader reader;
  MrDnsAnswer *answer;
  MrDnsType type;
  GArray *aliases;
  GPtrArray *owners; /* of the records, in their order */
  gboolean left_out; /* a record of the type was broken */
  gboolean has_soa, has_ns;
} Parse;

static void
take_answer_record (Parse *parse, const Record *record)
{
  Name target;

  if (record->class != CLASS_IN || record->owner.odd)
    return;
  if (record->type == MR_DNS_CNAME && parse->type != MR_DNS_CNAME && parse->aliases->len < 2 * MR_DNS_ALIASES_MAX
      && read_target (&parse->reader, record, 0, &target)) {
    Alias alias = { g_strdup (record->owner.text), g_strdup (target.text) };
    g_array_append_val (parse->aliases, alias);
  } else if (record->type == parse->type && parse->owners->len < MR_DNS_RECORDS_MAX) {
    MrDnsRecord found = { .ttl = record->ttl };

    found.text = dup_record_text (&parse->reader, record, &found);
    if (found.text == NULL) {
      parse->left_out = TRUE;
      return;
    }
    g_ptr_array_add (parse->answer->records, g_memdup2 (&found, sizeof found));
    g_ptr_array_add (parse->owners, g_strdup (record->owner.text));
  }
}

static gboolean
read_section (Parse *parse, guint count, gboolean authority)
{
  for (guint i = 0; i < count; i++) {
    Record record;

    if (i == SCANNED_MAX || !read_record (&parse->reader, &record))
      return FALSE;
    if (!authority)
      take_answer_record (parse, &record);
    parse->has_soa = parse->has_soa || (authority && record.type == MR_DNS_SOA);
    parse->has_ns = parse->has_ns || (authority && record.type == MR_DNS_NS);
  }
  return TRUE;
}

static gboolean
read_question (Parse *parse)
{
  Name name;
  guint type, class;

  return read_name (&parse->reader, &name) && read_u16 (&parse->reader, &type) && read_u16 (&parse->reader, &class)
         && type == (guint)parse->type && class == CLASS_IN && strcmp (name.text, parse->answer->name) == 0;
}

/* FALSE for a chain that is a ring or too long. */
static gboolean
follow_aliases (Parse *parse, guint *ret_hops)
{
  MrDnsAnswer *answer = parse->answer;
  gboolean moved = TRUE;

  *ret_hops = 0;
  while (moved) {
    moved = FALSE;
    for (guint i = 0; i < parse->aliases->len && !moved; i++) {
      const Alias *alias = &g_array_index (parse->aliases, Alias, i);

      if (strcmp (alias->owner, answer->name) != 0)
        continue;
      if (++*ret_hops > MR_DNS_ALIASES_MAX)
        return FALSE;
      g_free (answer->name);
      answer->name = g_strdup (alias->target);
      moved = TRUE;
    }
  }
  return TRUE;
}

static void
keep_records_of (Parse *parse, const char *name)
{
  for (guint i = parse->owners->len; i-- > 0;)
    if (strcmp (g_ptr_array_index (parse->owners, i), name) != 0)
      g_ptr_array_remove_index (parse->answer->records, i);
}

static MrDnsOutcome
judge (Parse *parse, gboolean authoritative)
{
  MrDnsAnswer *answer = parse->answer;
  guint hops;

  if (!follow_aliases (parse, &hops))
    return MR_DNS_MALFORMED;
  keep_records_of (parse, answer->name);
  if (answer->rcode == RCODE_NXDOMAIN)
    return MR_DNS_NX_DOMAIN;
  if (answer->records->len > 0)
    return MR_DNS_FOUND;
  if (parse->left_out)
    return MR_DNS_MALFORMED;
  if (hops > 0 && !parse->has_soa)
    return MR_DNS_ALIAS;
  /* A referral to other servers: this one does not resolve (RFC 2308 2.2). */
  if (parse->has_ns && !parse->has_soa && !authoritative)
    return MR_DNS_FAILURE;
  return MR_DNS_NO_DATA;
}

static MrDnsOutcome
parse_message (Parse *parse)
{
  const guint8 *data = parse->reader.data;
  guint counts[4];

  if (parse->reader.len < HEADER_LEN || (data[2] & 0x80) == 0 || (data[2] & 0x78) != 0)
    return MR_DNS_MALFORMED;
  parse->answer->rcode = data[3] & 0x0f;
  parse->answer->authenticated = (data[3] & 0x20) != 0;
  parse->answer->authoritative = (data[2] & 0x04) != 0;
  if (parse->answer->rcode != 0 && parse->answer->rcode != RCODE_NXDOMAIN)
    return MR_DNS_FAILURE;
  parse->reader.pos = 4;
  for (guint i = 0; i < 4; i++)
    if (!read_u16 (&parse->reader, &counts[i]))
      return MR_DNS_MALFORMED;
  if (counts[0] != 1 || !read_question (parse) || !read_section (parse, counts[1], FALSE)
      || !read_section (parse, counts[2], TRUE))
    return MR_DNS_MALFORMED;
  return judge (parse, (data[2] & 0x04) != 0);
}

MrDnsAnswer *
mr_dns_answer_parse (const guint8 *data, gsize len, const char *name, MrDnsType type, gboolean any_names)
{
  MrDnsAnswer *answer = g_new0 (MrDnsAnswer, 1);
  Parse parse = { .reader = { data, len, 0, any_names }, .answer = answer, .type = type };

  answer->records = g_ptr_array_new_with_free_func (record_free);
  answer->name = g_ascii_strdown (name, -1);
  if (g_str_has_suffix (answer->name, "."))
    answer->name[strlen (answer->name) - 1] = '\0';
  parse.owners = g_ptr_array_new_with_free_func (g_free);
  parse.aliases = g_array_new (FALSE, FALSE, sizeof (Alias));
  g_array_set_clear_func (parse.aliases, alias_clear);
  answer->outcome = parse_message (&parse);
  if (answer->outcome != MR_DNS_FOUND)
    g_ptr_array_set_size (answer->records, 0);
  g_array_unref (parse.aliases);
  g_ptr_array_unref (parse.owners);
  return answer;
}

MrDnsAnswer *
mr_dns_answer_copy (const MrDnsAnswer *answer)
{
  MrDnsAnswer *copy = g_memdup2 (answer, sizeof *answer);

  copy->name = g_strdup (answer->name);
  copy->records = g_ptr_array_new_with_free_func (record_free);
  for (guint i = 0; i < answer->records->len; i++) {
    MrDnsRecord *record = g_memdup2 (g_ptr_array_index (answer->records, i), sizeof (MrDnsRecord));

    record->text = g_strdup (record->text);
    g_ptr_array_add (copy->records, record);
  }
  return copy;
}

void
mr_dns_answer_free (MrDnsAnswer *answer)
{
  if (answer == NULL)
    return;
  g_ptr_array_unref (answer->records);
  g_free (answer->name);
  g_free (answer);
}

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

/* DNS answers: RFC 1035 section 4, negative answers after RFC 2308, aliases after RFC 1034 3.6.2. The bytes are read in dns-reader.c, the data of records
 * in dns-record.c.
 *
 * Records that are broken inside, or that name something which cannot be a host, are left out; a message that is broken in its structure is malformed as
 * a whole. Of several aliases of one name the first counts, and only records at the end of the chain are an answer.
 */
#include "net/dns-message-private.h"

#include <string.h>

#define HEADER_LEN     12
#define SCANNED_MAX    512 /* records that are looked at in one section */
#define CLASS_IN       1
#define RCODE_NXDOMAIN 3

typedef struct {
  char *owner;
  char *target;
} Alias;

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
  MrDnsReader reader;
  MrDnsAnswer *answer;
  MrDnsType type;
  GArray *aliases;
  GPtrArray *owners; /* of the records, in their order */
  gboolean left_out; /* a record of the type was broken */
  gboolean has_soa, has_ns;
} Parse;

static void
take_answer_record (Parse *parse, const MrDnsRawRecord *record)
{
  MrDnsName target;

  if (record->class != CLASS_IN || record->owner.odd)
    return;
  if (record->type == MR_DNS_CNAME && parse->type != MR_DNS_CNAME && parse->aliases->len < 2 * MR_DNS_ALIASES_MAX
      && mr_dns_record_target (&parse->reader, record, 0, &target)) {
    Alias alias = { g_strdup (record->owner.text), g_strdup (target.text) };
    g_array_append_val (parse->aliases, alias);
  } else if (record->type == parse->type && parse->owners->len < MR_DNS_RECORDS_MAX) {
    MrDnsRecord found = { .ttl = record->ttl };

    found.text = mr_dns_record_dup_text (&parse->reader, record, &found);
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
    MrDnsRawRecord record;

    if (i == SCANNED_MAX || !mr_dns_reader_record (&parse->reader, &record))
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
  MrDnsName name;
  guint type, class;

  return mr_dns_reader_name (&parse->reader, &name) && mr_dns_reader_u16 (&parse->reader, &type)
         && mr_dns_reader_u16 (&parse->reader, &class) && type == (guint)parse->type && class == CLASS_IN
         && strcmp (name.text, parse->answer->name) == 0;
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
    if (!mr_dns_reader_u16 (&parse->reader, &counts[i]))
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

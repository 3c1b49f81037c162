/* mail-relayctl domain verify: the signatures of a message in a file, and what DMARC makes of them. Without the service. */
#include <config.h>

#include "ctl/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "ctl/domain-lookups.h"
#include "ctl/output.h"
#include "mail/address-list.h"
#include "mail/address.h"
#include "mail/header.h"
#include "mailauth/dkim-verify.h"
#include "mailauth/dmarc.h"

#define MAX_HEADER (1024 * 1024)
#define MAX_ROUNDS 100

typedef struct {
  MrDkimVerifier *verifier;
  MrHeaderReader *header;
  gboolean in_body;
  char last; /* byte before, for line ends that are LF alone */
} Reading;

typedef struct {
  const char *result; /* "pass" "fail" "none" "temperror" */
  char *author_domain;
  MrDmarcDiscovery found;
} Dmarc;

/* ---- the file ---- */

static void
feed (Reading *reading, const char *data, gsize len)
{
  gsize used;

  if (!reading->in_body)
    reading->in_body = mr_header_reader_feed (reading->header, data, len, &used) != MR_HEADER_MORE;
  mr_dkim_verifier_feed (reading->verifier, data, len);
}

/* A file on disk has LF where the wire has CRLF. */
static void
feed_lines (Reading *reading, const char *data, gsize len)
{
  g_autoptr (GString) out = g_string_sized_new (len + len / 16);

  for (gsize i = 0; i < len; i++) {
    if (data[i] == '\n' && reading->last != '\r')
      g_string_append_c (out, '\r');
    g_string_append_c (out, data[i]);
    reading->last = data[i];
  }
  feed (reading, out->str, out->len);
}

static gboolean
read_file (Reading *reading, const char *name, GError **error)
{
  gboolean is_input = g_str_equal (name, "-");
  int fd = is_input ? STDIN_FILENO : open (name, O_RDONLY | O_CLOEXEC);
  char piece[16384];
  ssize_t n = 0;

  while (fd >= 0 && ((n = read (fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR)))
    if (n > 0)
      feed_lines (reading, piece, (gsize)n);
  if (fd < 0 || n < 0)
    mr_set_errno_error (error, errno, _ ("%s cannot be read"), name);
  if (fd >= 0 && !is_input)
    close (fd);
  mr_dkim_verifier_end (reading->verifier);
  if (!reading->in_body)
    mr_header_reader_end (reading->header);
  return fd >= 0 && n >= 0;
}

/* ---- DMARC ---- */

/* NULL where there is not exactly one From with one domain. (transfer full) */
static char *
dup_author_domain (MrHeaderReader *header)
{
  g_autofree char *from = mr_header_reader_count (header, "From") == 1 ? mr_header_reader_dup_value (header, "From")
                                                                       : NULL;
  gboolean bad = FALSE;
  g_auto (GStrv) addresses = from != NULL ? mr_address_list_parse (from, 10, &bad) : NULL;

  return addresses != NULL && addresses[0] != NULL ? mr_address_dup_ascii_domain (addresses[0]) : NULL;
}

/* The best of the passing signatures. */
static MrDmarcStatus
signature_aligns (MrLookupTable *table, const Dmarc *dmarc, GPtrArray *results)
{
  MrDmarcStatus best = MR_DMARC_ABSENT;

  for (guint i = 0; i < results->len; i++) {
    const MrDkimResult *result = g_ptr_array_index (results, i);
    if (result->state != MR_DKIM_PASS)
      continue;
    MrDmarcStatus status = mr_dmarc_aligns (table, dmarc->author_domain, result->domain,
                                            dmarc->found.record->strict_dkim);
    if (status == MR_DMARC_FOUND)
      return status;
    best = status != MR_DMARC_ABSENT ? status : best;
  }
  return best;
}

static const char *
judge_once (MrLookupTable *table, GPtrArray *results, Dmarc *dmarc)
{
  mr_dmarc_discovery_clear (&dmarc->found);
  mr_dmarc_discover (table, dmarc->author_domain, FALSE, &dmarc->found);
  MrDmarcStatus status = dmarc->found.status == MR_DMARC_FOUND ? signature_aligns (table, dmarc, results)
                                                               : dmarc->found.status;
  switch (status) {
  case MR_DMARC_FOUND:
    return "pass";
  case MR_DMARC_ABSENT:
    return dmarc->found.status == MR_DMARC_FOUND ? "fail" : "none";
  case MR_DMARC_TEMPORARY:
    return "temperror";
  case MR_DMARC_PENDING:
  default:
    return NULL;
  }
}

static void
judge (MrResolver *resolver, MrLookupTable *table, GPtrArray *results, Dmarc *dmarc)
{
  if (dmarc->author_domain == NULL) {
    dmarc->result = "fail";
    return;
  }
  for (guint round = 0; round < MAX_ROUNDS && dmarc->result == NULL; round++) {
    dmarc->result = judge_once (table, results, dmarc);
    if (dmarc->result == NULL && !mr_domain_answer (resolver, table))
      break;
  }
  if (dmarc->result == NULL)
    dmarc->result = "temperror";
}

/* ---- telling ---- */

static GVariant *
signatures_to_variant (GPtrArray *results)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < results->len; i++) {
    const MrDkimResult *result = g_ptr_array_index (results, i);
    GVariantDict row;
    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "result", "s", mr_dkim_state_nick (result->state));
    g_variant_dict_insert (&row, "reason", "s", result->problem != NULL ? result->problem : "");
#define TEXT(key, member)                                                                                              \
  g_variant_dict_insert_value (&row, key, g_variant_new_take_string (g_utf8_make_valid (result->member, -1)))
    TEXT ("domain", domain);
    TEXT ("selector", selector);
    TEXT ("identity", identity);
    TEXT ("algorithm", algorithm);
#undef TEXT
    g_variant_dict_insert (&row, "bits", "u", result->bits);
    g_variant_dict_insert (&row, "testing", "b", result->testing);
    g_variant_dict_insert (&row, "signed-at", "x", result->signed_at);
    g_variant_dict_insert (&row, "expires", "x", result->expires);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
  }
  return g_variant_builder_end (&builder);
}

static void
print_json (GPtrArray *results, const Dmarc *dmarc)
{
  GVariantDict dict, found;

  g_variant_dict_init (&found, NULL);
  g_variant_dict_insert (&found, "result", "s", dmarc->result);
  g_variant_dict_insert (&found, "author-domain", "s", dmarc->author_domain != NULL ? dmarc->author_domain : "");
  g_variant_dict_insert (&found, "record-domain", "s",
                         dmarc->found.record_domain != NULL ? dmarc->found.record_domain : "");
  g_variant_dict_insert (&found, "policy", "s", mr_dmarc_policy_nick (dmarc->found.policy));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "signatures", signatures_to_variant (results));
  g_variant_dict_insert_value (&dict, "dmarc", g_variant_dict_end (&found));
  mr_print_json (g_variant_dict_end (&dict));
}

static void
print_text (GPtrArray *results, const Dmarc *dmarc)
{
  if (results->len == 0)
    puts (_ ("The message has no signature (DKIM)."));
  for (guint i = 0; i < results->len; i++) {
    const MrDkimResult *result = g_ptr_array_index (results, i);
    g_autofree char *domain = g_utf8_make_valid (result->domain, -1),
                    *selector = g_utf8_make_valid (result->selector, -1);
    mr_say (_ ("Signature of %s, key %s: %s\n"), domain, selector, mr_dkim_state_nick (result->state));
    if (result->problem != NULL)
      mr_say ("  %s\n", result->problem);
  }
  if (dmarc->author_domain == NULL) {
    puts (_ ("DMARC cannot be judged: the message does not name one sender (From)."));
    return;
  }
  mr_say (_ ("DMARC of %s: %s\n"), dmarc->author_domain, dmarc->result);
  if (g_str_equal (dmarc->result, "fail"))
    puts (_ ("  No good signature belongs to the sender's domain. Where the server that sends it is allowed (SPF), it "
             "may still pass."));
}

/* ---- the verb ---- */

/* The signatures with their keys. (transfer full) */
static GPtrArray *
verify (MrResolver *resolver, MrLookupTable *table, MrDkimVerifier *verifier)
{
  GPtrArray *results = mr_dkim_verifier_results (verifier, table);

  if (!mr_domain_answer (resolver, table))
    return results;
  g_ptr_array_unref (results);
  return mr_dkim_verifier_results (verifier, table);
}

static gboolean
all_pass (GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++)
    if (((const MrDkimResult *)results->pdata[i])->state != MR_DKIM_PASS)
      return FALSE;
  return results->len > 0;
}

static int
verify_file (MrCtl *ctl, const char *name, gint64 now, MrResolver *resolver)
{
  const MrDkimVerifyOptions options = { .now = now };
  g_autoptr (MrDkimVerifier) verifier = mr_dkim_verifier_new (&options);
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (MAX_HEADER);
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_autoptr (GError) error = NULL;
  Reading reading = { .verifier = verifier, .header = header };

  if (!read_file (&reading, name, &error))
    return mr_ctl_fail (ctl, error);
  g_autoptr (GPtrArray) results = verify (resolver, table, verifier);
  Dmarc dmarc = { .author_domain = dup_author_domain (header), .found = { .policy = MR_DMARC_UNSET } };
  judge (resolver, table, results, &dmarc);
  if (ctl->json)
    print_json (results, &dmarc);
  else
    print_text (results, &dmarc);
  int code = all_pass (results) && !g_str_equal (dmarc.result, "fail") ? MR_EXIT_DONE : MR_EXIT_REFUSED;
  g_free (dmarc.author_domain);
  mr_dmarc_discovery_clear (&dmarc.found);
  return code;
}

int
mr_verb_domain_verify (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *dns = NULL, *at = NULL;
  const GOptionEntry entries[] = {
    { "dns", 0, 0, G_OPTION_ARG_STRING, &dns, N_ ("DNS server to ask instead of the system's"), N_ ("SERVER:PORT") },
    { "at", 0, 0, G_OPTION_ARG_STRING, &at, N_ ("As if it were that time"), N_ ("TIME") },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  gint64 now = ctl->now / G_USEC_PER_SEC;

  if (!mr_ctl_parse (ctl, "domain verify", N_ ("FILE"),
                     N_ ("The signatures (DKIM) of a message; - reads standard input."), entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (at != NULL && !mr_domain_parse_time (at, &now, &error))
    return mr_ctl_usage ("%s", error->message);
  g_autoptr (MrResolver) resolver = mr_domain_resolver_new (dns, &error);
  if (resolver == NULL)
    return mr_ctl_usage ("%s", error->message);
  return verify_file (ctl, argv[1], now, resolver);
}

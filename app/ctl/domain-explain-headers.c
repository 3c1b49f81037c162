/* mail-relayctl domain explain-headers: what the receiver of a test message wrote into its header, and our own look at its signatures. */
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
#include "mailauth/dkim-verify.h"
#include "ndr/header-lines.h"

#define MAX_FILE (64 * 1024 * 1024)

/* With CRLF line ends and without empty lines at its beginning, as pasting leaves them. */
static GString *
read_text (const char *name, GError **error)
{
  gboolean is_input = g_str_equal (name, "-");
  int fd = is_input ? STDIN_FILENO : open (name, O_RDONLY | O_CLOEXEC);
  g_autoptr (GString) out = g_string_new (NULL);
  char piece[16384];
  ssize_t n = 0;

  while (fd >= 0 && out->len < MAX_FILE && ((n = read (fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR)))
    if (n > 0)
      g_string_append_len (out, piece, n);
  if (fd < 0 || n < 0)
    mr_set_errno_error (error, errno, _ ("%s cannot be read"), name);
  if (fd >= 0 && !is_input)
    close (fd);
  return fd >= 0 && n >= 0 ? mr_header_text_normalise (out->str, out->len) : NULL;
}

static GVariant *
lines_to_variant (GPtrArray *lines)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < lines->len; i++) {
    const MrHeaderLine *line = lines->pdata[i];
    GVariantDict row;

    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "server", "s", line->server);
    g_variant_dict_insert (&row, "method", "s", line->method);
    g_variant_dict_insert (&row, "result", "s", line->result);
    g_variant_dict_insert (&row, "quoted", "s", line->quoted);
    g_variant_dict_insert (&row, "text", "s", line->words);
    g_variant_dict_insert (&row, "state", "s", mr_header_line_state_nick (line->state));
    g_variant_dict_insert (&row, "arc", "b", line->arc);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
signatures_to_variant (GPtrArray *results)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; results != NULL && i < results->len; i++) {
    const MrDkimResult *result = results->pdata[i];
    g_autofree char *domain = g_utf8_make_valid (result->domain, -1);
    GVariantDict row;

    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "domain", "s", domain);
    g_variant_dict_insert (&row, "result", "s", mr_dkim_state_nick (result->state));
    g_variant_dict_insert (&row, "reason", "s", result->problem != NULL ? result->problem : "");
    g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
  }
  return g_variant_builder_end (&builder);
}

static void
print_text (GPtrArray *lines, GPtrArray *results)
{
  const char *server = "";

  if (lines->len == 0)
    puts (_ ("The receiver wrote nothing about it: the header has no Authentication-Results. Copy the whole header, "
             "from the first line on."));
  for (guint i = 0; i < lines->len; i++) {
    const MrHeaderLine *line = lines->pdata[i];

    if (strcmp (server, line->server) != 0)
      mr_say (line->arc ? _ ("%s, which passed it on, says:\n") : _ ("%s says:\n"), line->server);
    server = line->server;
    mr_say ("  %s %s\n",
            line->state == MR_HEADER_LINE_GOOD  ? "+"
            : line->state == MR_HEADER_LINE_BAD ? "!"
                                                : "-",
            line->words);
    mr_print_paragraph (line->quoted, 6);
  }
  if (results == NULL) {
    puts (_ ("To have the signatures checked here too, give the whole message, not only its header."));
    return;
  }
  puts (_ ("Checked here, with the keys that are published now:"));
  for (guint i = 0; i < results->len; i++) {
    const MrDkimResult *result = results->pdata[i];
    g_autofree char *domain = g_utf8_make_valid (result->domain, -1);

    mr_say ("  %s %s: %s%s%s\n", result->state == MR_DKIM_PASS ? "+" : "!", domain, mr_dkim_state_nick (result->state),
            result->problem != NULL ? ", " : "", result->problem != NULL ? result->problem : "");
  }
  if (results->len == 0)
    puts (_ ("The message has no signature (DKIM)."));
}

/* No receiver's own line is bad, and no signature fails here. */
static gboolean
is_good (GPtrArray *lines, GPtrArray *results)
{
  gboolean good = lines->len > 0 || (results != NULL && results->len > 0);

  for (guint i = 0; i < lines->len; i++) {
    const MrHeaderLine *line = lines->pdata[i];

    good = good && (line->arc || line->state != MR_HEADER_LINE_BAD);
  }
  for (guint i = 0; results != NULL && i < results->len; i++)
    good = good && ((MrDkimResult *)results->pdata[i])->state == MR_DKIM_PASS;
  return good;
}

static GPtrArray *
verify (MrResolver *resolver, MrDkimVerifier *verifier)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  GPtrArray *results = mr_dkim_verifier_results (verifier, table);

  if (!mr_domain_answer (resolver, table))
    return results;
  g_ptr_array_unref (results);
  return mr_dkim_verifier_results (verifier, table);
}

static int
explain (MrCtl *ctl, const char *name, MrResolver *resolver)
{
  const MrDkimVerifyOptions options = { .now = ctl->now / G_USEC_PER_SEC };
  g_autoptr (MrDkimVerifier) verifier = mr_dkim_verifier_new (&options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = read_text (name, &error);
  g_autoptr (GPtrArray) results = NULL;
  gboolean has_body = FALSE;

  if (text == NULL)
    return mr_ctl_fail (ctl, error);
  mr_dkim_verifier_feed (verifier, text->str, text->len);
  mr_dkim_verifier_end (verifier);
  g_autoptr (GPtrArray) lines = mr_header_text_lines (text, &has_body);
  if (has_body)
    results = verify (resolver, verifier);
  if (ctl->json) {
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert_value (&dict, "lines", lines_to_variant (lines));
    g_variant_dict_insert (&dict, "verified", "b", results != NULL);
    g_variant_dict_insert_value (&dict, "signatures", signatures_to_variant (results));
    mr_print_json (g_variant_dict_end (&dict));
  } else
    print_text (lines, results);
  return is_good (lines, results) ? MR_EXIT_DONE : MR_EXIT_REFUSED;
}

int
mr_verb_domain_explain_headers (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *dns = NULL;
  const GOptionEntry entries[] = {
    { "dns", 0, 0, G_OPTION_ARG_STRING, &dns, N_ ("DNS server to ask instead of the system's"), N_ ("SERVER:PORT") },
    { 0 },
  };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "domain explain-headers", N_ ("FILE"),
                     N_ ("What the receiver of a test message found, line by line; - reads standard input."), entries,
                     1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  g_autoptr (MrResolver) resolver = mr_domain_resolver_new (dns, &error);
  if (resolver == NULL)
    return mr_ctl_usage ("%s", error->message);
  return explain (ctl, argv[1], resolver);
}

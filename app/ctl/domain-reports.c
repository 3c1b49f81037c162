/* mail-relayctl domain reports: aggregate reports (DMARC) as a table of who sends in a domain's name. Without the service, unless they are to be kept. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "client/publish-calls.h"
#include "ctl/output.h"
#include "mail/unpack.h"
#include "mailauth/dmarc-report.h"

#define MAX_REPORTS 5000

static gboolean
read_reports (const char *path, GPtrArray *reports, GError **error)
{
  char *text = NULL;
  gsize len = 0;

  if (!mr_os_read_file (path, MR_UNPACK_MAX_IN, &text, &len, error))
    return FALSE;
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, len);
  g_autoptr (GPtrArray) files = mr_unpack (bytes, error);
  for (guint i = 0; files != NULL && i < files->len && reports->len < MAX_REPORTS; i++) {
    gsize size;
    const char *xml = g_bytes_get_data (files->pdata[i], &size);
    MrDmarcReport *report = mr_dmarc_report_parse (xml, size, error);

    if (report == NULL)
      return FALSE;
    g_ptr_array_add (reports, report);
  }
  return files != NULL;
}

static void
count (GPtrArray *sources, guint64 *ret_messages, guint64 *ret_passed)
{
  *ret_messages = *ret_passed = 0;
  for (guint i = 0; i < sources->len; i++) {
    const MrDmarcSource *s = sources->pdata[i];

    *ret_messages += s->messages;
    *ret_passed += s->passed;
  }
}

static GVariant *
reports_to_variant (GPtrArray *reports)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < reports->len; i++) {
    const MrDmarcReport *r = reports->pdata[i];
    GVariantDict row;

    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "organisation", "s", r->organisation);
    g_variant_dict_insert (&row, "id", "s", r->id);
    g_variant_dict_insert (&row, "domain", "s", r->domain);
    g_variant_dict_insert (&row, "policy", "s", r->policy);
    g_variant_dict_insert (&row, "begin", "x", r->begin);
    g_variant_dict_insert (&row, "end", "x", r->end);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
  }
  return g_variant_builder_end (&builder);
}

static void
print_json (GPtrArray *reports, GPtrArray *sources)
{
  GVariantDict dict;
  GVariantBuilder builder;
  guint64 messages, passed;

  count (sources, &messages, &passed);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < sources->len; i++) {
    const MrDmarcSource *s = sources->pdata[i];
    GVariantDict row;

    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "source", "s", s->source);
    g_variant_dict_insert (&row, "messages", "t", s->messages);
    g_variant_dict_insert (&row, "passed", "t", s->passed);
    g_variant_dict_insert (&row, "dkim", "t", s->dkim);
    g_variant_dict_insert (&row, "spf", "t", s->spf);
    g_variant_dict_insert (&row, "domains", "s", s->domains);
    g_variant_dict_insert (&row, "dispositions", "s", s->dispositions);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "reports", reports_to_variant (reports));
  g_variant_dict_insert_value (&dict, "sources", g_variant_builder_end (&builder));
  g_variant_dict_insert (&dict, "messages", "t", messages);
  g_variant_dict_insert (&dict, "passed", "t", passed);
  mr_print_json (g_variant_dict_end (&dict));
}

static void
print_text (GPtrArray *reports, GPtrArray *sources)
{
  const char *const titles[] = { _ ("Sent from"),      _ ("Messages"), _ ("Failed"), _ ("Signature"),
                                 _ ("Allowed sender"), _ ("As"),       _ ("Done"),   NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);
  guint64 messages, passed;

  count (sources, &messages, &passed);
  for (guint i = 0; i < sources->len; i++) {
    const MrDmarcSource *s = sources->pdata[i];
    g_autofree char *all = g_strdup_printf ("%" G_GUINT64_FORMAT, s->messages);
    g_autofree char *failed = g_strdup_printf ("%" G_GUINT64_FORMAT, s->messages - s->passed);
    g_autofree char *dkim = g_strdup_printf ("%" G_GUINT64_FORMAT, s->dkim);
    g_autofree char *spf = g_strdup_printf ("%" G_GUINT64_FORMAT, s->spf);
    const char *cells[] = { s->source, all, failed, dkim, spf, s->domains, s->dispositions, NULL };

    mr_table_add (table, cells, 2, s->passed == s->messages ? MR_COLOUR_GOOD : MR_COLOUR_BAD);
  }
  g_autofree char *total = g_strdup_printf ("%" G_GUINT64_FORMAT, messages);
  g_autofree char *good = g_strdup_printf ("%" G_GUINT64_FORMAT, passed);
  mr_say (_ ("Reports: %u; messages: %s; of these good: %s\n"), reports->len, total, good);
  mr_table_print (table);
  if (passed < messages)
    puts (_ ("Those that failed are forgeries, or services of yours that are missing in the domain's entries: compare "
             "the addresses."));
}

/* The service keeps what the file says. */
static gboolean
keep (MrCtl *ctl, const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0) {
    mr_set_errno_error (error, errno, _ ("It could not be opened"));
    return FALSE;
  }
  mr_client_import_reports_async (ctl->client, fd, NULL, mr_ctl_ready_cb, ctl);
  close (fd); /* the message holds a copy */
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GVariant) answer = mr_client_records_finish (ctl->client, result, error);
  return answer != NULL;
}

int
mr_verb_domain_reports (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dmarc_report_free);
  guint64 messages, passed;
  gboolean keeps = FALSE;
  const GOptionEntry entries[] = {
    { "keep", 0, 0, G_OPTION_ARG_NONE, &keeps, N_ ("Keep what they say as evidence for the domain's next step"), NULL },
    { 0 },
  };

  if (!mr_ctl_parse (ctl, "domain reports", N_ ("FILE …"),
                     N_ ("Who sends in a domain's name, by the reports (DMARC) of others: XML, gz or zip."), entries, 1,
                     -1, &argc, &argv))
    return MR_EXIT_USAGE;
  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) error = NULL;

    if (!read_reports (argv[i], reports, &error) || (keeps && !keep (ctl, argv[i], &error))) {
      g_prefix_error (&error, "%s: ", argv[i]);
      return mr_ctl_fail (ctl, error);
    }
  }
  g_autoptr (GPtrArray) sources = mr_dmarc_sources (reports);
  count (sources, &messages, &passed);
  if (ctl->json)
    print_json (reports, sources);
  else
    print_text (reports, sources);
  return passed == messages ? MR_EXIT_DONE : MR_EXIT_REFUSED;
}

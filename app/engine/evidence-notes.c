/* How reports are kept: a note for each, with the counts by source; what is more than a note holds is counted as "all others". Reading: files of strangers
 * are unpacked and parsed in the pool, bounded (mail/unpack.h, mailauth/dmarc-report.h).
 */
#include <config.h>

#include "engine/evidence.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/os.h"
#include "engine/answer.h"
#include "engine/domain-private.h"
#include "mail/unpack.h"
#include "mailauth/dmarc-report.h"
#include "store/notes.h"

#define MAX_SOURCES 120 /* of one note */
#define MAX_WORD    80
#define MAX_REPORTS 500 /* of one file */
#define FORMAT      "(ssxxa(sttttss))"

void
mr_evidence_source_free (gpointer data)
{
  MrEvidenceSource *source = data;

  g_free (source->source);
  g_free (source->domains);
  g_free (source->dispositions);
  g_free (source);
}

void
mr_kept_report_free (MrKeptReport *report)
{
  if (report == NULL)
    return;
  g_free (report->organisation);
  g_free (report->policy);
  g_ptr_array_unref (report->sources);
  g_free (report);
}

/* A word of a list that is not there yet. */
static void
add_word (char **list, const char *word)
{
  char *both;

  if (*word == '\0' || strstr (*list, word) != NULL)
    return;
  both = **list == '\0' ? g_strdup (word) : g_strconcat (*list, ", ", word, NULL);
  if (strlen (both) > 2 * MAX_WORD) {
    g_free (both);
    return;
  }
  g_free (*list);
  *list = both;
}

void
mr_evidence_add_source (GPtrArray *sources, const MrEvidenceSource *more)
{
  MrEvidenceSource *source = NULL;

  for (guint i = 0; i < sources->len && source == NULL; i++)
    if (strcmp (((MrEvidenceSource *)sources->pdata[i])->source, more->source) == 0)
      source = sources->pdata[i];
  if (source == NULL) {
    source = g_new0 (MrEvidenceSource, 1);
    source->source = g_strdup (more->source);
    source->domains = g_strdup ("");
    source->dispositions = g_strdup ("");
    g_ptr_array_add (sources, source);
  }
  source->messages += more->messages;
  source->passed += more->passed;
  source->dkim += more->dkim;
  source->spf += more->spf;
  add_word (&source->domains, more->domains);
  add_word (&source->dispositions, more->dispositions);
}

/* ---- texts ---- */

static char *
dup_cut (const char *text)
{
  g_autofree char *cut = g_strndup (text != NULL ? text : "", MAX_WORD);

  return g_utf8_make_valid (cut, -1);
}

static char *
report_to_text (MrDmarcReport *report)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (mr_evidence_source_free);
  g_autoptr (GPtrArray) sources = NULL;
  g_autofree char *organisation = dup_cut (report->organisation), *policy = dup_cut (report->policy);
  g_autoptr (GVariant) told = NULL;
  GVariantBuilder builder;

  g_ptr_array_add (one, report);
  sources = mr_dmarc_sources (one);
  for (guint i = 0; i < sources->len; i++) {
    const MrDmarcSource *s = sources->pdata[i];
    g_autofree char *domains = dup_cut (s->domains), *dispositions = dup_cut (s->dispositions);
    g_autofree char *address = i < MAX_SOURCES ? dup_cut (s->source) : g_strdup ("");
    const MrEvidenceSource source = {
      address, s->messages, s->passed, s->dkim, s->spf, domains, dispositions, FALSE,
    };

    mr_evidence_add_source (kept, &source);
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sttttss)"));
  for (guint i = 0; i < kept->len; i++) {
    const MrEvidenceSource *s = kept->pdata[i];

    g_variant_builder_add (&builder, "(sttttss)", s->source, s->messages, s->passed, s->dkim, s->spf, s->domains,
                           s->dispositions);
  }
  told = g_variant_ref_sink (g_variant_new (FORMAT, organisation, policy, report->begin, report->end, &builder));
  return g_variant_print (told, FALSE);
}

MrKeptReport *
mr_kept_report_from_text (const char *text)
{
  g_autoptr (GVariant) told = g_variant_parse (G_VARIANT_TYPE (FORMAT), text, NULL, NULL, NULL);
  MrKeptReport *report;
  g_autoptr (GVariantIter) iter = NULL;
  MrEvidenceSource row = { NULL };

  if (told == NULL)
    return NULL;
  report = g_new0 (MrKeptReport, 1);
  report->sources = g_ptr_array_new_with_free_func (mr_evidence_source_free);
  g_variant_get (told, FORMAT, &report->organisation, &report->policy, &report->begin, &report->end, &iter);
  while (g_variant_iter_next (iter, "(&stttt&s&s)", &row.source, &row.messages, &row.passed, &row.dkim, &row.spf,
                              &row.domains, &row.dispositions))
    mr_evidence_add_source (report->sources, &row);
  return report;
}

/* ---- import ---- */

typedef struct {
  MrEngine *engine; /* boxed */
  int fd;
  GPtrArray *reports; /* MrDmarcReport */
  guint open;         /* notes that are being written */
  GError *error;
  MrPlanFunc func;
  gpointer data;
} Import;

static GBytes *
read_all (int fd, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 piece[65536];

  for (;;) {
    gssize n = read (fd, piece, sizeof piece);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      mr_set_errno_error (error, errno, _ ("The file could not be read"));
      return NULL;
    }
    if (n == 0)
      return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
    g_byte_array_append (bytes, piece, (guint)n);
    if (bytes->len > MR_UNPACK_MAX_IN) {
      g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("The file is too big to be a report"));
      return NULL;
    }
  }
}

static void
parse (gpointer data)
{
  Import *import = data;
  g_autoptr (GBytes) bytes = read_all (import->fd, &import->error);
  g_autoptr (GPtrArray) files = bytes != NULL ? mr_unpack (bytes, &import->error) : NULL;

  for (guint i = 0; files != NULL && i < files->len && import->reports->len < MAX_REPORTS; i++) {
    gsize len;
    const char *xml = g_bytes_get_data (files->pdata[i], &len);
    MrDmarcReport *report = mr_dmarc_report_parse (xml, len, &import->error);

    if (report == NULL)
      return;
    g_ptr_array_add (import->reports, report);
  }
}

static void
import_end (Import *import)
{
  g_autoptr (GPtrArray) domains = g_ptr_array_new ();
  g_autoptr (GVariant) dict = NULL;
  GVariantDict builder;

  for (guint i = 0; i < import->reports->len; i++) {
    char *domain = ((MrDmarcReport *)import->reports->pdata[i])->domain;

    if (!g_ptr_array_find_with_equal_func (domains, domain, g_str_equal, NULL))
      g_ptr_array_add (domains, domain);
  }
  g_variant_dict_init (&builder, NULL);
  g_variant_dict_insert (&builder, "reports", "u", import->reports->len);
  g_variant_dict_insert_value (&builder, "domains",
                               g_variant_new_strv ((const char *const *)domains->pdata, domains->len));
  dict = g_variant_ref_sink (g_variant_dict_end (&builder));
  if (import->error == NULL && import->engine->running)
    mr_engine_notify (import->engine, MR_CHANGED_DOMAINS);
  import->func (import->error == NULL ? dict : NULL, import->error, import->data);
  g_ptr_array_unref (import->reports);
  g_clear_error (&import->error);
  g_rc_box_release (import->engine);
  g_free (import);
}

static void
kept_cb (const GError *error, gpointer data)
{
  Import *import = data;

  if (error != NULL && import->error == NULL)
    import->error = g_error_copy (error);
  if (--import->open == 0)
    import_end (import);
}

/* The same report, handed in again, is the same note. */
static void
keep (Import *import, MrDmarcReport *report)
{
  g_autofree char *name = g_strdup_printf ("%s\n%s\n%" G_GINT64_FORMAT, report->organisation, report->id,
                                           report->begin);
  g_autofree char *digest = mr_sha256_hex (name, strlen (name));
  g_autofree char *key = g_strdup_printf ("%s/report/%.32s", report->domain, digest);
  g_autofree char *text = report_to_text (report);

  import->open++;
  mr_store_put_note (import->engine->store, MR_EVIDENCE_NOTES, key, text, kept_cb, import);
}

/* The domain as it is asked for: what stands in the file is a stranger's. */
static gboolean
take_domain (MrDmarcReport *report, GError **error)
{
  char *ascii = mr_domain_dup_ascii (report->domain, error);

  if (ascii == NULL)
    return FALSE;
  g_free (report->domain);
  report->domain = ascii;
  return TRUE;
}

static void
parsed (gpointer data)
{
  Import *import = data;

  close (import->fd);
  if (import->error == NULL && (!import->engine->running || import->engine->store == NULL))
    import->error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is ending"));
  if (import->error == NULL && import->reports->len == 0)
    import->error = g_error_new_literal (MR_ERROR, MR_ERROR_INVALID, _ ("There is no report in the file"));
  for (guint i = 0; i < import->reports->len && import->error == NULL; i++)
    take_domain (import->reports->pdata[i], &import->error);
  if (import->error != NULL) {
    import_end (import);
    return;
  }
  import->open = 1; /* until all are handed on */
  for (guint i = 0; i < import->reports->len; i++)
    keep (import, import->reports->pdata[i]);
  if (--import->open == 0)
    import_end (import);
}

void
mr_engine_import_reports (MrEngine *engine, int fd, MrPlanFunc func, gpointer data)
{
  Import *import = g_new0 (Import, 1);

  import->engine = g_rc_box_acquire (engine);
  import->fd = fd;
  import->reports = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dmarc_report_free);
  import->func = func;
  import->data = data;
  mr_engine_run_in_pool (parse, parsed, import);
}

/* ---- what a person says of them ---- */

void
mr_engine_set_source_foreign (MrEngine *engine, const char *domain, const char *source, gboolean foreign,
                              MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *ascii = mr_domain_dup_ascii (domain, &error);

  if (ascii != NULL && !mr_address_is_numeric (source))
    g_set_error (&error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is not an internet address"), source);
  if (error != NULL) {
    mr_answer_done (func, error, data);
    return;
  }
  g_autofree char *key = g_strdup_printf ("%s/foreign/%s", ascii, source);
  mr_store_put_note (engine->store, MR_EVIDENCE_NOTES, key, foreign ? "" : NULL, func, data);
  mr_engine_notify (engine, MR_CHANGED_DOMAINS);
}

typedef struct {
  MrEngine *engine; /* boxed */
  guint open;
  GError *error;
  MrEngineDoneFunc func;
  gpointer data;
} Forget;

static void
forgotten_cb (const GError *error, gpointer data)
{
  Forget *forget = data;

  if (error != NULL && forget->error == NULL)
    forget->error = g_error_copy (error);
  if (--forget->open > 0)
    return;
  if (forget->engine->running)
    mr_engine_notify (forget->engine, MR_CHANGED_DOMAINS);
  forget->func (forget->error, forget->data);
  g_clear_error (&forget->error);
  g_rc_box_release (forget->engine);
  g_free (forget);
}

static void
to_forget_cb (GPtrArray *notes, const GError *error, gpointer data)
{
  Forget *forget = data;

  forget->open = 1;
  for (guint i = 0; error == NULL && forget->engine->running && i < notes->len; i++) {
    forget->open++;
    mr_store_put_note (forget->engine->store, MR_EVIDENCE_NOTES, ((MrStoreNote *)notes->pdata[i])->key, NULL,
                       forgotten_cb, forget);
  }
  forgotten_cb (error, forget);
}

void
mr_engine_forget_reports (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *ascii = mr_domain_dup_ascii (domain, &error);
  g_autofree char *prefix = g_strconcat (ascii != NULL ? ascii : "", "/report/", NULL);
  Forget *forget;

  if (ascii == NULL) {
    mr_answer_done (func, error, data);
    return;
  }
  forget = g_new0 (Forget, 1);
  forget->engine = g_rc_box_acquire (engine);
  forget->func = func;
  forget->data = data;
  mr_store_list_notes (engine->store, MR_EVIDENCE_NOTES, prefix, to_forget_cb, forget);
}

/* Reading aggregate reports: see dmarc-report.h. An element counts by its name and that of the one around it; what is not known is passed over. */
#include <config.h>

#include "mailauth/dmarc-report.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_DEPTH    16
#define MAX_TEXT     255
#define MAX_LIST     400        /* bytes of a list of domains */
#define MAX_MESSAGES G_MAXINT32 /* of one row: more is a mistake */

typedef struct {
  MrDmarcReport *report;
  MrDmarcRow *row; /* open <record> */
  GPtrArray *path; /* char *: open elements */
  GString *text;
  char *domain, *selector, *result; /* of the open <dkim> or <spf> of auth_results */
  gboolean is_feedback;
} Parse;

static void
row_free (gpointer data)
{
  MrDmarcRow *row = data;

  if (row == NULL)
    return;
  g_free (row->source);
  g_free (row->disposition);
  g_free (row->header_from);
  g_free (row->envelope_from);
  g_free (row->dkim_domains);
  g_free (row->spf_domain);
  g_free (row->spf_result);
  g_free (row);
}

void
mr_dmarc_report_free (MrDmarcReport *report)
{
  if (report == NULL)
    return;
  g_free (report->organisation);
  g_free (report->email);
  g_free (report->id);
  g_free (report->domain);
  g_free (report->policy);
  g_ptr_array_unref (report->rows);
  g_free (report);
}

/* The name of the n-th element around the open one, without its namespace prefix. */
static const char *
around (Parse *p, guint n)
{
  const char *name = p->path->len > n ? p->path->pdata[p->path->len - 1 - n] : "";
  const char *colon = strchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static void
start_cb (GMarkupParseContext *context, const char *name, const char **names, const char **values, gpointer data,
          GError **error)
{
  Parse *p = data;

  if (p->path->len >= MAX_DEPTH) {
    g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, _ ("it is nested too deeply"));
    return;
  }
  g_ptr_array_add (p->path, g_strdup (name));
  g_string_truncate (p->text, 0);
  if (p->path->len == 1)
    p->is_feedback = strcmp (around (p, 0), "feedback") == 0;
  if (strcmp (around (p, 0), "record") == 0 && p->path->len == 2) {
    if (p->report->rows->len >= MR_DMARC_REPORT_MAX_ROWS) {
      g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, _ ("it has too many lines"));
      return;
    }
    row_free (p->row);
    p->row = g_new0 (MrDmarcRow, 1);
  }
}

static void
text_cb (GMarkupParseContext *context, const char *text, gsize len, gpointer data, GError **error)
{
  Parse *p = data;

  if (p->text->len < MAX_TEXT)
    g_string_append_len (p->text, text, (gssize)MIN (len, MAX_TEXT - p->text->len));
}

/* Takes the text into an empty place, without controls. */
static void
take (Parse *p, char **place)
{
  g_autofree char *valid = g_utf8_make_valid (p->text->str, -1); /* it may have been cut inside a character */

  for (char *c = valid; *c != '\0'; c++)
    if ((guchar)*c < 0x20 || *c == 0x7f)
      *c = ' ';
  g_free (*place);
  *place = g_strdup (g_strstrip (valid));
}

static void
append_to_list (char **list, const char *text)
{
  char *next;

  if (*list != NULL && (strlen (*list) > MAX_LIST || strstr (*list, text) != NULL))
    return;
  next = *list != NULL && **list != '\0' ? g_strconcat (*list, ", ", text, NULL) : g_strdup (text);
  g_free (*list);
  *list = next;
}

static void
end_of_auth (Parse *p, gboolean dkim)
{
  if (dkim && p->domain != NULL) {
    g_autofree char *text = g_strdup_printf ("%s%s%s %s", p->domain, p->selector != NULL ? "/" : "",
                                             p->selector != NULL ? p->selector : "",
                                             p->result != NULL ? p->result : "?");
    append_to_list (&p->row->dkim_domains, text);
  } else if (!dkim && p->row->spf_domain == NULL) {
    p->row->spf_domain = g_strdup (p->domain);
    p->row->spf_result = g_strdup (p->result);
  }
  g_clear_pointer (&p->domain, g_free);
  g_clear_pointer (&p->selector, g_free);
  g_clear_pointer (&p->result, g_free);
}

static void
end_of_row_part (Parse *p, const char *name, const char *outer)
{
  g_autofree char *text = NULL;

  take (p, &text);
  if (strcmp (outer, "row") == 0 && strcmp (name, "source_ip") == 0)
    take (p, &p->row->source);
  else if (strcmp (outer, "row") == 0 && strcmp (name, "count") == 0)
    p->row->count = MIN (g_ascii_strtoull (text, NULL, 10), MAX_MESSAGES);
  else if (strcmp (outer, "policy_evaluated") == 0 && strcmp (name, "disposition") == 0)
    take (p, &p->row->disposition);
  else if (strcmp (outer, "policy_evaluated") == 0 && strcmp (name, "dkim") == 0)
    p->row->dkim = g_ascii_strcasecmp (text, "pass") == 0;
  else if (strcmp (outer, "policy_evaluated") == 0 && strcmp (name, "spf") == 0)
    p->row->spf = g_ascii_strcasecmp (text, "pass") == 0;
  else if (strcmp (outer, "identifiers") == 0 && strcmp (name, "header_from") == 0)
    take (p, &p->row->header_from);
  else if (strcmp (outer, "identifiers") == 0 && strcmp (name, "envelope_from") == 0)
    take (p, &p->row->envelope_from);
  else if (strcmp (outer, "auth_results") == 0)
    end_of_auth (p, strcmp (name, "dkim") == 0);
  else if (strcmp (name, "domain") == 0)
    take (p, &p->domain);
  else if (strcmp (name, "selector") == 0)
    take (p, &p->selector);
  else if (strcmp (name, "result") == 0)
    take (p, &p->result);
}

static void
end_of_frame_part (Parse *p, const char *name, const char *outer)
{
  g_autofree char *text = NULL;

  take (p, &text);
  if (strcmp (outer, "report_metadata") == 0 && strcmp (name, "org_name") == 0)
    take (p, &p->report->organisation);
  else if (strcmp (outer, "report_metadata") == 0 && strcmp (name, "email") == 0)
    take (p, &p->report->email);
  else if (strcmp (outer, "report_metadata") == 0 && strcmp (name, "report_id") == 0)
    take (p, &p->report->id);
  else if (strcmp (outer, "date_range") == 0 && strcmp (name, "begin") == 0)
    p->report->begin = g_ascii_strtoll (text, NULL, 10);
  else if (strcmp (outer, "date_range") == 0 && strcmp (name, "end") == 0)
    p->report->end = g_ascii_strtoll (text, NULL, 10);
  else if (strcmp (outer, "policy_published") == 0 && strcmp (name, "domain") == 0)
    take (p, &p->report->domain);
  else if (strcmp (outer, "policy_published") == 0 && strcmp (name, "p") == 0)
    take (p, &p->report->policy);
}

/* Nothing of a row is NULL. */
static void
end_of_row (Parse *p)
{
  char **places[] = { &p->row->source,       &p->row->disposition, &p->row->header_from, &p->row->envelope_from,
                      &p->row->dkim_domains, &p->row->spf_domain,  &p->row->spf_result };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (*places[i] == NULL)
      *places[i] = g_strdup ("");
  if (*p->row->source != '\0' && p->row->count > 0)
    g_ptr_array_add (p->report->rows, p->row);
  else
    row_free (p->row);
  p->row = NULL;
}

static void
end_cb (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Parse *p = data;
  const char *name = around (p, 0), *outer = around (p, 1);

  if (p->row == NULL)
    end_of_frame_part (p, name, outer);
  else if (strcmp (name, "record") == 0 && p->path->len == 2)
    end_of_row (p);
  else
    end_of_row_part (p, name, outer);
  g_ptr_array_remove_index (p->path, p->path->len - 1);
  g_string_truncate (p->text, 0);
}

static void
parse_clear (Parse *p)
{
  row_free (p->row);
  g_ptr_array_unref (p->path);
  g_string_free (p->text, TRUE);
  g_free (p->domain);
  g_free (p->selector);
  g_free (p->result);
}

MrDmarcReport *
mr_dmarc_report_parse (const char *xml, gsize len, GError **error)
{
  static const GMarkupParser parser = { start_cb, end_cb, text_cb, NULL, NULL };
  g_autoptr (MrDmarcReport) report = g_new0 (MrDmarcReport, 1);
  Parse p = { .report = report, .path = g_ptr_array_new_with_free_func (g_free), .text = g_string_new (NULL) };
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &p, NULL);
  g_autoptr (GError) local = NULL;
  gboolean ok;

  report->rows = g_ptr_array_new_with_free_func (row_free);
  if (len == 0)
    xml = "";                                             /* of an empty file there may be no bytes at all */
  if (len >= 3 && memcmp (xml, "\xef\xbb\xbf", 3) == 0) { /* byte order mark */
    xml += 3;
    len -= 3;
  }
  ok = g_markup_parse_context_parse (context, xml, (gssize)len, &local)
       && g_markup_parse_context_end_parse (context, &local) && p.is_feedback;
  g_markup_parse_context_free (context);
  parse_clear (&p);
  if (!ok) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("This is no report about a domain (DMARC aggregate report): %.300s"),
                 local != NULL ? local->message : _ ("its outermost element is another one"));
    return NULL;
  }
  char **places[] = { &report->organisation, &report->email, &report->id, &report->domain, &report->policy };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (*places[i] == NULL)
      *places[i] = g_strdup ("");
  return g_steal_pointer (&report);
}

/* ---- over all reports ---- */

static void
source_free (gpointer data)
{
  MrDmarcSource *source = data;

  g_free (source->source);
  g_free (source->domains);
  g_free (source->dispositions);
  g_free (source);
}

static gint
compare_sources (gconstpointer a, gconstpointer b)
{
  const MrDmarcSource *sa = *(MrDmarcSource *const *)a, *sb = *(MrDmarcSource *const *)b;
  guint64 fa = sa->messages - sa->passed, fb = sb->messages - sb->passed;

  if (fa != fb)
    return fa > fb ? -1 : 1;
  if (sa->messages != sb->messages)
    return sa->messages > sb->messages ? -1 : 1;
  return strcmp (sa->source, sb->source);
}

static void
add_row (MrDmarcSource *s, const MrDmarcRow *row)
{
  gboolean passed = row->dkim || row->spf;

  s->messages += row->count;
  s->passed += passed ? row->count : 0;
  s->dkim += row->dkim ? row->count : 0;
  s->spf += row->spf ? row->count : 0;
  if (*row->dkim_domains != '\0')
    append_to_list (&s->domains, row->dkim_domains);
  if (*row->spf_domain != '\0')
    append_to_list (&s->domains, row->spf_domain);
  if (!passed && *row->disposition != '\0')
    append_to_list (&s->dispositions, row->disposition);
}

GPtrArray *
mr_dmarc_sources (GPtrArray *reports)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func (source_free);
  g_autoptr (GHashTable) by_address = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < reports->len; i++) {
    const MrDmarcReport *report = reports->pdata[i];

    for (guint k = 0; k < report->rows->len; k++) {
      const MrDmarcRow *row = report->rows->pdata[k];
      MrDmarcSource *source = g_hash_table_lookup (by_address, row->source);

      if (source == NULL) {
        source = g_new0 (MrDmarcSource, 1);
        source->source = g_strdup (row->source);
        g_ptr_array_add (sources, source);
        g_hash_table_insert (by_address, source->source, source);
      }
      add_row (source, row);
    }
  }
  for (guint i = 0; i < sources->len; i++) {
    MrDmarcSource *source = sources->pdata[i];

    source->domains = source->domains != NULL ? source->domains : g_strdup ("");
    source->dispositions = source->dispositions != NULL ? source->dispositions : g_strdup ("");
  }
  g_ptr_array_sort (sources, compare_sources);
  return sources;
}

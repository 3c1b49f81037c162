/* Rows of the trace: see trace-row.h. */
#include "config.h"

#include "ui/trace-row.h"

#include <glib/gi18n-lib.h>

#include "ndr/trace.h"

static void
add_lines (GString *markup, const char *before, const char *lines, const char *after)
{
  g_autofree char *escaped = g_markup_escape_text (lines, -1);

  if (*lines != '\0')
    g_string_append_printf (markup, "%s%s%s%s", markup->len > 0 ? "\n" : "", before, escaped, after);
}

static GtkWidget *
icon_for (const MrTraceStep *step, gboolean warned)
{
  gboolean bad = !step->ok && !step->goes_on;
  GtkWidget *icon = gtk_image_new_from_icon_name (bad                       ? "dialog-error-symbolic"
                                                  : warned || step->goes_on ? "dialog-warning-symbolic"
                                                                            : "emblem-ok-symbolic");

  gtk_widget_add_css_class (icon, bad ? "error" : warned || step->goes_on ? "warning" : "success");
  return icon;
}

GtkWidget *
mr_trace_row_new (MrDiagnosis *diagnosis, const MrTraceStep *step)
{
  GtkWidget *row = adw_action_row_new ();
  const char *title = mr_trace_part_title (step->part);
  g_autofree char *meaning = mr_trace_dup_meaning (diagnosis, step);
  g_autofree char *facts = mr_trace_dup_facts (step);
  g_autofree char *warning = mr_trace_dup_warning (step);
  g_autofree char *took = mr_trace_dup_took (step);
  g_autofree char *name = g_strdup_printf ("%s: %s", title, step->ok ? _ ("worked") : _ ("failed"));
  g_autoptr (GString) markup = g_string_new (NULL);
  GtkWidget *time = gtk_label_new (took);

  add_lines (markup, "", meaning, "");
  add_lines (markup, "<b>", warning, "</b>");
  add_lines (markup, "<small>", facts, "</small>");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup->str);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon_for (step, *warning != '\0'));
  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_add_css_class (time, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), time);
  return row;
}

/* A row for each entry, in it a line for each name server; made anew after each round. */
#include "config.h"

#include "ui/domain-guide-wait.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/domain-finding-row.h"
#include "ui/format.h"
#include "ndr/domain-texts.h"

struct _MrGuideWait {
  AdwBin parent_instance;
  GtkSpinner *spinner;
  GtkLabel *summary;
  GtkListBox *records;
  GtkWidget *now, *stop;

  MrGuideSession *session;
};

G_DEFINE_FINAL_TYPE (MrGuideWait, mr_guide_wait, ADW_TYPE_BIN)

static const struct {
  const char *state, *words, *icon, *style;
} looks[] = {
  { "live", N_ ("there"), "emblem-ok-symbolic", "success" },
  { "other", N_ ("something else is there"), "dialog-warning-symbolic", "warning" },
  { "absent", N_ ("not there yet"), "content-loading-symbolic", "dim-label" },
  { "unreachable", N_ ("does not answer"), "dialog-question-symbolic", "dim-label" },
  { "asked", N_ ("being asked"), "content-loading-symbolic", "dim-label" },
};

static guint
look_of (const char *state)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (looks) && strcmp (looks[i].state, state) != 0)
    i++;
  return i;
}

static GtkWidget *
new_icon (guint look)
{
  GtkWidget *icon = gtk_image_new_from_icon_name (looks[look].icon);

  gtk_widget_add_css_class (icon, looks[look].style);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_accessible_update_state (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  return icon;
}

static GtkWidget *
new_label (const char *text, const char *style)
{
  GtkWidget *label = mr_domain_label_new (text, style);

  gtk_label_set_selectable (GTK_LABEL (label), FALSE); /* it is made anew each round */
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static GtkWidget *
new_line (guint look, const char *text, const char *style)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_append (GTK_BOX (line), new_icon (look));
  gtk_box_append (GTK_BOX (line), new_label (text, style));
  return line;
}

static GtkWidget *
new_row (GVariant *record)
{
  g_autoptr (GVariant) servers = g_variant_lookup_value (record, "servers", G_VARIANT_TYPE ("a(ss)"));
  guint look = look_of (mr_guide_text (record, "state"));
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *title = g_strdup_printf ("%s: %s", mr_domain_entry_name (mr_guide_text (record, "kind")),
                                            _ (looks[look].words));

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_box_append (GTK_BOX (box), new_line (look, title, "heading"));
  gtk_box_append (GTK_BOX (box), new_label (mr_guide_text (record, "name"), "monospace"));
  for (gsize i = 0; servers != NULL && i < g_variant_n_children (servers); i++) {
    const char *server, *state;

    g_variant_get_child (servers, i, "(&s&s)", &server, &state);
    g_autofree char *text = g_strdup_printf (_ ("Name server %s: %s"), server, _ (looks[look_of (state)].words));
    GtkWidget *line = new_line (look_of (state), text, NULL);
    gtk_widget_set_margin_start (line, 24);
    gtk_box_append (GTK_BOX (box), line);
  }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return row;
}

static char *
dup_summary (GVariant *watch, gsize live, gsize all)
{
  gint64 checked = 0;

  if (watch == NULL)
    return g_strdup (_ ("Nothing is waited for."));
  if (mr_guide_is_set (watch, "done"))
    return g_strdup (_ ("Everything is published."));
  if (mr_guide_is_set (watch, "gave-up"))
    return g_strdup (_ ("They did not come in all this time. Compare what is shown here with what you entered."));
  g_variant_lookup (watch, "checked", "x", &checked);
  if (checked == 0)
    return g_strdup (_ ("Looking for the first time…"));
  g_autofree char *when = mr_format_clock_time (checked);
  return g_strdup_printf (_ ("%u of %u are there; last looked at %s."), (guint)live, (guint)all, when);
}

static void
watch_changed_cb (MrGuideWait *self)
{
  GVariant *watch = mr_guide_session_get_watch (self->session);
  g_autoptr (GVariant) records = watch != NULL ? g_variant_lookup_value (watch, "records", G_VARIANT_TYPE ("aa{sv}"))
                                               : NULL;
  gsize n = records != NULL ? g_variant_n_children (records) : 0, live = 0;
  gboolean waits = watch != NULL && !mr_guide_is_set (watch, "done") && !mr_guide_is_set (watch, "gave-up");

  mr_domain_clear_list (self->records);
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

    live += strcmp (mr_guide_text (record, "state"), "live") == 0;
    gtk_list_box_append (self->records, new_row (record));
  }
  g_autofree char *summary = dup_summary (watch, live, n);
  if (strcmp (gtk_label_get_text (self->summary), summary) != 0)
    gtk_label_set_text (self->summary, summary);
  gtk_widget_set_visible (GTK_WIDGET (self->records), n > 0);
  gtk_spinner_set_spinning (self->spinner, waits);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), waits);
  gtk_widget_set_visible (self->stop, waits);
  gtk_button_set_label (GTK_BUTTON (self->now), watch != NULL ? _ ("Try Now") : _ ("Wait for Them"));
}

static void
now_clicked_cb (MrGuideWait *self)
{
  mr_guide_session_watch (self->session);
}

static void
stop_clicked_cb (MrGuideWait *self)
{
  mr_guide_session_stop_watch (self->session);
}

void
mr_guide_wait_set_session (MrGuideWait *self, MrGuideSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed::watch", G_CALLBACK (watch_changed_cb), self, G_CONNECT_SWAPPED);
  watch_changed_cb (self);
}

static void
mr_guide_wait_dispose (GObject *object)
{
  g_clear_object (&MR_GUIDE_WAIT (object)->session);
  G_OBJECT_CLASS (mr_guide_wait_parent_class)->dispose (object);
}

static void
mr_guide_wait_init (MrGuideWait *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_guide_wait_class_init (MrGuideWaitClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_guide_wait_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-guide-wait.ui");
  gtk_widget_class_bind_template_child (widget_class, MrGuideWait, spinner);
  gtk_widget_class_bind_template_child (widget_class, MrGuideWait, summary);
  gtk_widget_class_bind_template_child (widget_class, MrGuideWait, records);
  gtk_widget_class_bind_template_child (widget_class, MrGuideWait, now);
  gtk_widget_class_bind_template_child (widget_class, MrGuideWait, stop);
  gtk_widget_class_bind_template_callback (widget_class, now_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
}

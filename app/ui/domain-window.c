/* The check runs in the service; closing the window stops it. Findings are shown as they come and put into the order of the report at the end. */
#include "config.h"

#include "ui/domain-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/domain-calls.h"
#include "mail/address.h"
#include "mail/host-name.h"
#include "ndr/domain-texts.h"
#include "ui/answer-check.h"
#include "ui/domain-finding-row.h"
#include "ui/domain-guide.h"
#include "ui/domain-regular.h"
#include "ui/domain-worse.h"
#include "ui/toast.h"

struct _MrDomainWindow {
  AdwWindow parent_instance;
  AdwEntryRow *domain;
  GtkWidget *start, *stop, *guide, *known_group, *progress_group, *findings_group, *further_group;
  GtkListBox *known, *findings, *further;
  GtkProgressBar *progress;
  GtkLabel *summary;
  MrDomainRegular *regular;
  MrDomainWorse *worse;

  MrDesk *desk;
  GCancellable *cancellable; /* of the window: the list */
  GCancellable *check;       /* of the check that runs; NULL: none */
  char *wanted;              /* check to open when it is there */
  char *waiting;             /* domain that is checked once the service answers; NULL: none */
};

G_DEFINE_FINAL_TYPE (MrDomainWindow, mr_domain_window, ADW_TYPE_WINDOW)

static void
append_finding (MrDomainWindow *self, const MrDomainFinding *finding)
{
  GtkListBox *list = mr_domain_check_is_further (finding->check) ? self->further : self->findings;
  GtkWidget *row = mr_domain_finding_row_new (finding);

  gtk_list_box_append (list, row);
  gtk_widget_set_visible (list == self->further ? self->further_group : self->findings_group, TRUE);
  if (self->wanted != NULL && g_str_equal (self->wanted, finding->check) && finding->state != MR_FINDING_GOOD)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
}

static void
clear_findings (MrDomainWindow *self)
{
  mr_domain_clear_list (self->findings);
  mr_domain_clear_list (self->further);
  gtk_widget_set_visible (self->findings_group, FALSE);
  gtk_widget_set_visible (self->further_group, FALSE);
  mr_domain_worse_show (self->worse, self->desk, NULL);
}

/* ---- the check ---- */

static char *
dup_typed (MrDomainWindow *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->domain))));
}

static void
show_running (MrDomainWindow *self, gboolean running)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_widget_set_visible (self->stop, running);
  g_autofree char *domain = dup_typed (self);
  gboolean has_domain = *domain != '\0';

  gtk_widget_set_sensitive (self->start, !running && has_domain);
  gtk_widget_set_sensitive (self->guide, has_domain);
}

static void
finding_cb (const MrDomainFinding *finding, guint done, guint total, gpointer data)
{
  MrDomainWindow *self = data;

  if (self->desk == NULL) /* closed meanwhile */
    return;
  if (total > 0)
    gtk_progress_bar_set_fraction (self->progress, MIN (1.0, (double)done / total));
  if (finding != NULL)
    append_finding (self, finding);
}

static gboolean
has_unknown (const MrDomainReport *report)
{
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *finding = report->findings->pdata[i];
    if (finding->state == MR_FINDING_UNKNOWN && !mr_domain_check_is_further (finding->check))
      return TRUE;
  }
  return FALSE;
}

static char *
dup_summary (const MrDomainReport *report)
{
  guint wrong = 0, attention = 0;

  mr_domain_report_count (report, &wrong, &attention);
  if (report->stopped)
    return g_strdup_printf (_ ("The check of %s was stopped."), report->domain);
  if (wrong == 0 && attention == 0 && has_unknown (report))
    return g_strdup_printf (_ ("No mistake was found at %s, but not everything could be looked up."), report->domain);
  if (wrong == 0 && attention == 0)
    return g_strdup_printf (_ ("Nothing needs to be changed at %s."), report->domain);
  g_autofree char *mistakes = g_strdup_printf (ngettext ("%u is wrong", "%u are wrong", wrong), wrong);
  g_autofree char *looks_at = g_strdup_printf (ngettext ("%u deserves attention", "%u deserve attention", attention),
                                               attention);
  return g_strdup_printf (_ ("%s: %s, %s."), report->domain, mistakes, looks_at);
}

static void
show_failure (MrDomainWindow *self, const GError *error)
{
  if (mr_client_is_unreachable (error)) {
    g_free (self->waiting);
    self->waiting = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->domain)));
    gtk_label_set_text (self->summary, _ ("The service does not answer. The check begins when it does."));
    return;
  }
  gtk_label_set_text (self->summary, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                         ? _ ("The check was stopped.")
                                         : error->message);
}

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrDomainReport) report = mr_client_check_domain_finish (MR_CLIENT (object), result, &error);
  g_autoptr (MrDomainWindow) self = data;

  if (self->desk == NULL) /* closed meanwhile */
    return;
  g_clear_object (&self->check);
  show_running (self, FALSE);
  if (report == NULL) {
    show_failure (self, error);
    return;
  }
  clear_findings (self);
  mr_domain_worse_show (self->worse, self->desk, report);
  mr_domain_regular_show (self->regular, self->desk, report->domain);
  for (guint i = 0; i < report->findings->len; i++)
    append_finding (self, report->findings->pdata[i]);
  g_autofree char *summary = dup_summary (report);
  gtk_label_set_text (self->summary, summary);
  g_clear_pointer (&self->wanted, g_free);
}

void
mr_domain_window_check (MrDomainWindow *self, const char *domain, const char *check)
{
  const MrClientDomainCheck options = { .keep = TRUE };

  g_return_if_fail (MR_IS_DOMAIN_WINDOW (self) && domain != NULL);
  if (self->check != NULL || *domain == '\0')
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->domain), domain);
  g_free (self->wanted);
  self->wanted = g_strdup (check);
  g_clear_pointer (&self->waiting, g_free);
  clear_findings (self);
  mr_domain_regular_show (self->regular, self->desk, NULL);
  gtk_progress_bar_set_fraction (self->progress, 0);
  g_autofree char *summary = g_strdup_printf (_ ("Checking %s…"), domain);
  gtk_label_set_text (self->summary, summary);
  gtk_widget_set_visible (self->progress_group, TRUE);
  self->check = g_cancellable_new ();
  show_running (self, TRUE);
  mr_client_check_domain_async (mr_desk_get_client (self->desk), domain, &options, finding_cb, self, self->check,
                                checked_cb, g_object_ref (self));
}

/* As the service reads it; what stands before "@" does not count. Five pages about something that is no domain would help nobody. */
static gboolean
is_domain (const char *typed)
{
  const char *at = strrchr (typed, '@');
  g_autofree char *address = g_strconcat ("x@", at != NULL ? at + 1 : typed, NULL), *ascii = NULL;

  if (g_str_has_suffix (address, "."))
    address[strlen (address) - 1] = '\0';
  ascii = mr_address_is_valid (address) ? mr_address_dup_ascii_domain (address) : NULL;
  return ascii != NULL && mr_host_name_is_valid (ascii) && strchr (ascii, '.') != NULL;
}

static void
show_mistake (MrDomainWindow *self, const char *typed)
{
  g_autofree char *word = mr_answer_dup_short (typed);
  g_autofree char *text = g_strdup_printf (_ ("“%s” is not a domain: write it like example.com"), word);

  if (self->check == NULL) { /* what is shown is another domain's */
    clear_findings (self);
    mr_domain_regular_show (self->regular, self->desk, NULL);
  }
  gtk_label_set_text (self->summary, text);
  gtk_widget_set_visible (self->progress_group, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->domain));
}

static void
start_clicked_cb (MrDomainWindow *self)
{
  g_autofree char *domain = dup_typed (self);

  if (*domain != '\0' && !is_domain (domain))
    show_mistake (self, domain);
  else
    mr_domain_window_check (self, domain, NULL);
}

static void
guide_clicked_cb (MrDomainWindow *self)
{
  g_autofree char *domain = dup_typed (self);

  if (!is_domain (domain))
    show_mistake (self, domain);
  else
    gtk_window_present (GTK_WINDOW (mr_domain_guide_new (self->desk, GTK_WINDOW (self), domain)));
}

static void
stop_clicked_cb (MrDomainWindow *self)
{
  g_cancellable_cancel (self->check);
}

static void
domain_changed_cb (MrDomainWindow *self)
{
  show_running (self, self->check != NULL);
}

/* ---- domains of the accounts ---- */

static void
known_activated_cb (MrDomainWindow *self, GtkListBoxRow *row)
{
  mr_domain_window_check (self, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), NULL);
}

static void
listed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) domains = mr_client_list_domains_finish (MR_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrDomainWindow *self = data;
  if (domains == NULL) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not list the domains"), error);
    return;
  }
  mr_domain_clear_list (self->known);
  for (guint i = 0; i < domains->len; i++) {
    const MrDomainRecord *record = domains->pdata[i];
    GtkWidget *row = adw_action_row_new ();
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), record->domain);
    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
    gtk_list_box_append (self->known, row);
  }
  gtk_widget_set_visible (self->known_group, domains->len > 0);
}

/* A note on the desktop may open the window before the service is up, and the service may go while it looks. */
static void
connected_cb (MrDomainWindow *self)
{
  g_autofree char *domain = NULL, *wanted = NULL;

  if (!mr_client_is_connected (mr_desk_get_client (self->desk)))
    return;
  if (gtk_widget_get_first_child (GTK_WIDGET (self->known)) == NULL)
    mr_client_list_domains_async (mr_desk_get_client (self->desk), self->cancellable, listed_cb, self);
  domain = g_steal_pointer (&self->waiting);
  wanted = g_strdup (self->wanted);
  if (domain != NULL)
    mr_domain_window_check (self, domain, wanted);
}

/* ---- class ---- */

static void
mr_domain_window_dispose (GObject *object)
{
  MrDomainWindow *self = MR_DOMAIN_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->check != NULL)
    g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_domain_window_parent_class)->dispose (object);
}

static void
mr_domain_window_finalize (GObject *object)
{
  MrDomainWindow *self = MR_DOMAIN_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_free (self->wanted);
  g_free (self->waiting);
  G_OBJECT_CLASS (mr_domain_window_parent_class)->finalize (object);
}

static void
mr_domain_window_init (MrDomainWindow *self)
{
  self->cancellable = g_cancellable_new ();
  g_type_ensure (MR_TYPE_DOMAIN_REGULAR);
  g_type_ensure (MR_TYPE_DOMAIN_WORSE);
  gtk_widget_init_template (GTK_WIDGET (self));
  show_running (self, FALSE);
}

static void
mr_domain_window_class_init (MrDomainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_domain_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_domain_window_finalize;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, domain);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, start);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, stop);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, guide);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, known_group);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, progress_group);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, findings_group);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, further_group);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, known);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, findings);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, further);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, regular);
  gtk_widget_class_bind_template_child (widget_class, MrDomainWindow, worse);
  gtk_widget_class_bind_template_callback (widget_class, start_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, guide_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, domain_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, known_activated_cb);
}

GtkWidget *
mr_domain_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrDomainWindow *self = g_object_new (MR_TYPE_DOMAIN_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  g_signal_connect_object (mr_desk_get_client (desk), "notify::connected", G_CALLBACK (connected_cb), self,
                           G_CONNECT_SWAPPED);
  mr_client_list_domains_async (mr_desk_get_client (desk), self->cancellable, listed_cb, self);
  return GTK_WIDGET (self);
}

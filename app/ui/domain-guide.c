/* Five pages, back and forward. A page is left forward with a call to the service where it needs one: a plan, a watch. */
#include "config.h"

#include "ui/domain-guide.h"

#include <glib/gi18n-lib.h>

#include "ui/domain-guide-ask.h"
#include "ui/domain-guide-find.h"
#include "ui/domain-guide-prove.h"
#include "ui/domain-guide-records.h"
#include "ui/domain-guide-session.h"
#include "ui/domain-guide-wait.h"
#include "ui/toast.h"

typedef enum { PAGE_FIND, PAGE_ASK, PAGE_RECORDS, PAGE_WAIT, PAGE_PROVE, N_PAGES } Page;

static const struct {
  const char *name, *title, *next, *words;
} pages[N_PAGES] = {
  [PAGE_FIND] = { "find", N_ ("What is there"), N_ ("Next"), "" },
  [PAGE_ASK] = { "ask", N_ ("What only you know"), N_ ("Next"), "" },
  [PAGE_RECORDS] = { "records", N_ ("Entries to publish"), N_ ("I Have Entered Them"),
                     N_ ("Then the name servers are asked until they are there.") },
  [PAGE_WAIT] = { "wait", N_ ("Waiting"), N_ ("Next"), "" },
  [PAGE_PROVE] = { "prove", N_ ("Proof"), N_ ("Done"), "" },
};

struct _MrDomainGuide {
  AdwWindow parent_instance;
  AdwWindowTitle *heading;
  GtkStack *pages;
  GtkWidget *back;
  GtkButton *next;
  GtkLabel *next_words;
  MrGuideFind *find;
  MrGuideAsk *ask;
  MrGuideRecords *records;
  MrGuideWait *wait;
  MrGuideProve *prove;

  MrGuideSession *session;
  Page page;
  gboolean moved; /* the person has gone somewhere */
  gboolean asked; /* the answers are with the service, which may refuse them */
};

G_DEFINE_FINAL_TYPE (MrDomainGuide, mr_domain_guide, ADW_TYPE_WINDOW)

static void
go_to (MrDomainGuide *self, Page page)
{
  g_autofree char *title = g_strdup_printf (_ ("Set Up %s"), mr_guide_session_get_domain (self->session));
  g_autofree char *subtitle = g_strdup_printf (_ ("Step %u of %u: %s"), page + 1, N_PAGES, _ (pages[page].title));

  self->page = page;
  adw_window_title_set_title (self->heading, title);
  adw_window_title_set_subtitle (self->heading, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_widget_set_visible (self->back, page != PAGE_FIND);
  gtk_button_set_label (self->next, _ (pages[page].next));
  gtk_label_set_text (self->next_words, *pages[page].words != '\0' ? _ (pages[page].words) : "");
  /* Before the page changes: the focus of a page that goes would go to the first text that can be selected, and select it. Not before the window is there:
   * GTK 4.8 would then tell screen readers of no window, but of a filler. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self->next)))
    gtk_widget_grab_focus (GTK_WIDGET (self->next));
  gtk_stack_set_visible_child_name (self->pages, pages[page].name);
}

static void
next_clicked_cb (MrDomainGuide *self)
{
  self->moved = TRUE;
  if (self->page == PAGE_PROVE) {
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  if (self->page == PAGE_ASK) {
    mr_guide_ask_take (self->ask);
    self->asked = TRUE;
    mr_guide_session_plan (self->session);
  } else if (self->page == PAGE_RECORDS)
    mr_guide_session_watch (self->session);
  go_to (self, self->page + 1);
}

static void
back_clicked_cb (MrDomainGuide *self)
{
  self->moved = TRUE;
  if (self->page == PAGE_FIND)
    return;
  /* Opened again at the watch: what is to be published is not known yet. */
  if (self->page == PAGE_WAIT && mr_guide_session_get_plan (self->session) == NULL)
    mr_guide_session_plan (self->session);
  go_to (self, self->page - 1);
}

/* Opened again while the service waits: there, and not at the first question. */
static void
watch_changed_cb (MrDomainGuide *self)
{
  if (!self->moved && mr_guide_session_get_watch (self->session) != NULL && self->page == PAGE_FIND) {
    self->moved = TRUE;
    go_to (self, PAGE_WAIT);
  }
}

static void
plan_changed_cb (MrDomainGuide *self)
{
  if (!mr_guide_session_is_planning (self->session))
    self->asked = FALSE;
}

/* Answers that cannot be used: back to them. There is nothing to publish, and what an earlier plan showed is not what was asked for. */
static void
failed_cb (MrDomainGuide *self, const char *what, const GError *error)
{
  gboolean wrong = g_error_matches (error, MR_ERROR, MR_ERROR_INVALID)
                   || g_error_matches (error, MR_ERROR, MR_ERROR_TOO_BIG);

  if (self->asked && self->page == PAGE_RECORDS && wrong) {
    self->asked = FALSE;
    go_to (self, PAGE_ASK);
  }
  mr_toast_show_error (GTK_WIDGET (self->pages), what, error);
}

/* The main window has the action; it may be behind another of ours. */
static void
add_account_cb (MrDomainGuide *self)
{
  GtkWindow *window = GTK_WINDOW (self);

  while (gtk_window_get_transient_for (window) != NULL)
    window = gtk_window_get_transient_for (window);
  if (window != GTK_WINDOW (self))
    gtk_widget_activate_action (GTK_WIDGET (window), "win.add-account", NULL);
}

/* ---- class ---- */

static void
mr_domain_guide_dispose (GObject *object)
{
  MrDomainGuide *self = MR_DOMAIN_GUIDE (object);

  if (self->session != NULL)
    mr_guide_session_close (self->session);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (mr_domain_guide_parent_class)->dispose (object);
}

static void
mr_domain_guide_init (MrDomainGuide *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_domain_guide_class_init (MrDomainGuideClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_domain_guide_dispose;
  g_type_ensure (MR_TYPE_GUIDE_FIND);
  g_type_ensure (MR_TYPE_GUIDE_ASK);
  g_type_ensure (MR_TYPE_GUIDE_RECORDS);
  g_type_ensure (MR_TYPE_GUIDE_WAIT);
  g_type_ensure (MR_TYPE_GUIDE_PROVE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-guide.ui");
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, heading);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, pages);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, back);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, next);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, next_words);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, find);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, ask);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, records);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, wait);
  gtk_widget_class_bind_template_child (widget_class, MrDomainGuide, prove);
  gtk_widget_class_bind_template_callback (widget_class, next_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_account_cb);
}

GtkWidget *
mr_domain_guide_new (MrDesk *desk, GtkWindow *parent, const char *domain)
{
  MrDomainGuide *self = g_object_new (MR_TYPE_DOMAIN_GUIDE, "transient-for", parent, NULL);

  self->session = mr_guide_session_new (desk, domain);
  g_signal_connect_object (self->session, "changed::watch", G_CALLBACK (watch_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "changed::plan", G_CALLBACK (plan_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  mr_guide_ask_set_session (self->ask, self->session);
  mr_guide_records_set_session (self->records, self->session);
  mr_guide_wait_set_session (self->wait, self->session);
  mr_guide_prove_set_session (self->prove, self->session);
  mr_guide_find_set_session (self->find, self->session);
  mr_guide_session_load (self->session);
  go_to (self, PAGE_FIND);
  return GTK_WIDGET (self);
}

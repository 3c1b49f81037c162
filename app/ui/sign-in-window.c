/* What the service asks a person to do, one page each. No token and no password is seen here: the provider's page is in the browser.
 *
 * The browser is opened once for each address that the service names, because the person has just asked for it; every further time needs a click.
 */
#include "config.h"

#include "ui/sign-in-window.h"

#include <glib/gi18n-lib.h>

#include "client/set-up-calls.h"
#include "ui/copy-button.h"
#include "ui/format.h"
#include "ui/open-link.h"
#include "ui/toast.h"

struct _MrSignInWindow {
  AdwWindow parent_instance;
  GtkStack *stack;
  AdwStatusPage *working_page, *failed_page;
  GtkLabel *code, *expires, *paste_mistake;
  GtkLabel *browser_url, *paste_url, *device_url;
  MrCopyButton *browser_copy, *paste_copy, *device_copy, *code_copy;
  GtkEditable *pasted;
  GtkWidget *answer_button, *elsewhere_button;

  MrDesk *desk;
  MrAccountRecord *record;
  GCancellable *cancellable; /* of the running sign-in, NULL: none runs */
  char *url, *opened;
  guint number;
};

enum { SIGNED_IN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrSignInWindow, mr_sign_in_window, ADW_TYPE_WINDOW)

static void
show_working (MrSignInWindow *self, const char *title, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_status_page_set_title (self->working_page, title);
  adw_status_page_set_description (self->working_page, markup);
  gtk_stack_set_visible_child_name (self->stack, "working");
}

static void
take_url (MrSignInWindow *self, const char *url)
{
  GtkLabel *labels[] = { self->browser_url, self->paste_url, self->device_url };
  MrCopyButton *buttons[] = { self->browser_copy, self->paste_copy, self->device_copy };

  g_free (self->url);
  self->url = g_strdup (url);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++) {
    gtk_label_set_text (labels[i], url);
    gtk_widget_set_tooltip_text (GTK_WIDGET (labels[i]), url);
    mr_copy_button_set_text (buttons[i], url);
  }
}

static void
open_once (MrSignInWindow *self)
{
  if (g_strcmp0 (self->opened, self->url) == 0)
    return;
  g_free (self->opened);
  self->opened = g_strdup (self->url);
  mr_open_link (GTK_WIDGET (self), self->url);
}

static void
show_code (MrSignInWindow *self, const MrClientSignInStep *step)
{
  g_autofree char *until = step->expires > 0 ? mr_format_clock_time (step->expires) : NULL;
  g_autofree char *sentence = until != NULL ? g_strdup_printf (_ ("The code is good until %s."), until) : g_strdup ("");

  gtk_label_set_text (self->code, step->user_code);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->code), GTK_ACCESSIBLE_PROPERTY_LABEL, step->user_code, -1);
  mr_copy_button_set_text (self->code_copy, step->user_code);
  gtk_label_set_text (self->expires, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->expires), until != NULL);
  gtk_stack_set_visible_child_name (self->stack, "device");
}

static void
stop (MrSignInWindow *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->opened, g_free);
}

static void
show_failed (MrSignInWindow *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->failed_page, markup);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
step_cb (const MrClientSignInStep *step, gpointer data)
{
  MrSignInWindow *self = data;

  self->number = step->number;
  if (*step->url != '\0' && !mr_link_may_be_opened (step->url)) {
    stop (self);
    show_failed (self, _ ("The provider named an address that is not an encrypted web page. Check the addresses of the "
                          "sign-in in the account's settings."));
    return;
  }
  if (*step->url != '\0')
    take_url (self, step->url);
  if (g_str_equal (step->state, "open")) {
    gtk_stack_set_visible_child_name (self->stack, "browser");
    open_once (self);
  } else if (g_str_equal (step->state, "paste")) {
    gtk_stack_set_visible_child_name (self->stack, "paste");
    gtk_widget_grab_focus (GTK_WIDGET (self->pasted));
  } else if (g_str_equal (step->state, "device"))
    show_code (self, step);
  else if (g_str_equal (step->state, "exchanging"))
    show_working (self, _ ("Signing In"), _ ("The provider has said yes and is asked for access."));
  else if (g_str_equal (step->state, "storing"))
    show_working (self, _ ("Signing In"), _ ("The access is put into your saved passwords."));
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_sign_in_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSignInWindow *self = data;
  g_clear_object (&self->cancellable);
  if (!ok) {
    show_failed (self, error->message);
    return;
  }
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNED_IN], 0);
  gtk_window_close (GTK_WINDOW (self));
  g_object_unref (self);
}

static void
start (MrSignInWindow *self)
{
  stop (self);
  self->cancellable = g_cancellable_new ();
  gtk_editable_set_text (self->pasted, "");
  show_working (self, _ ("Asking the Provider"), _ ("Where you can sign in…"));
  mr_client_sign_in_async (mr_desk_get_client (self->desk), self->record, step_cb, self, self->cancellable, done_cb,
                           self);
}

/* ---- what a person does ---- */

static void
open_clicked_cb (MrSignInWindow *self)
{
  mr_open_link (GTK_WIDGET (self), self->url);
}

static void
elsewhere_clicked_cb (MrSignInWindow *self)
{
  self->record->oauth_flow = MR_OAUTH_PASTE;
  start (self);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_answer_sign_in_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSignInWindow *self = data;
  gtk_widget_set_sensitive (self->answer_button, TRUE);
  gtk_label_set_text (self->paste_mistake, ok ? "" : error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->paste_mistake), !ok);
}

static void
answer_clicked_cb (MrSignInWindow *self)
{
  g_autofree char *pasted = g_strstrip (g_strdup (gtk_editable_get_text (self->pasted)));

  if (*pasted == '\0' || self->cancellable == NULL) {
    gtk_widget_grab_focus (GTK_WIDGET (self->pasted));
    return;
  }
  gtk_widget_set_sensitive (self->answer_button, FALSE);
  mr_client_answer_sign_in_async (mr_desk_get_client (self->desk), self->number, pasted, self->cancellable, answered_cb,
                                  self);
}

static void
again_clicked_cb (MrSignInWindow *self)
{
  start (self);
}

/* ---- class ---- */

static void
mr_sign_in_window_dispose (GObject *object)
{
  MrSignInWindow *self = MR_SIGN_IN_WINDOW (object);

  stop (self);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_sign_in_window_parent_class)->dispose (object);
}

static void
mr_sign_in_window_finalize (GObject *object)
{
  MrSignInWindow *self = MR_SIGN_IN_WINDOW (object);

  g_clear_pointer (&self->record, mr_account_record_free);
  g_free (self->url);
  g_free (self->opened);
  G_OBJECT_CLASS (mr_sign_in_window_parent_class)->finalize (object);
}

static void
mr_sign_in_window_init (MrSignInWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, working_page);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, failed_page);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, code);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, expires);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, paste_mistake);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, browser_url);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, paste_url);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, device_url);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, browser_copy);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, paste_copy);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, device_copy);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, code_copy);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, pasted);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, answer_button);
  gtk_widget_class_bind_template_child (widget_class, MrSignInWindow, elsewhere_button);
}

static void
mr_sign_in_window_class_init (MrSignInWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  object_class->dispose = mr_sign_in_window_dispose;
  object_class->finalize = mr_sign_in_window_finalize;
  signals[SIGNED_IN] = g_signal_new ("signed-in", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/sign-in-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, open_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, elsewhere_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, answer_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_sign_in_window_new (MrDesk *desk, GtkWindow *parent, const MrAccountRecord *record)
{
  MrSignInWindow *self = g_object_new (MR_TYPE_SIGN_IN_WINDOW, "transient-for", parent, NULL);
  g_autofree char *title = g_strdup_printf (_ ("Sign In to %s"), mr_format_account_name (record));

  self->desk = g_object_ref (desk);
  self->record = mr_account_record_copy (record);
  gtk_window_set_title (GTK_WINDOW (self), title);
  start (self);
  return GTK_WIDGET (self);
}

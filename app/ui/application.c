/* Life of the window's process. Closing the last window ends it; the service goes on. */
#include "config.h"

#include "ui/application.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "ui/desk.h"
#include "ui/domain-window.h"
#include "ui/window.h"

/* More windows at once help nobody. */
#define OPEN_FILES_MAX 10

struct _MrApplication {
  AdwApplication parent_instance;
  MrDesk *desk;
};

G_DEFINE_FINAL_TYPE (MrApplication, mr_application, ADW_TYPE_APPLICATION)

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  adw_show_about_window (
      window, "application-name", _ ("Mail Relay"), "application-icon", MR_APP_ID, "version", MR_VERSION,
      "license-type", GTK_LICENSE_GPL_3_0, "comments",
      _ ("Takes mail from your programs, keeps it safely, sends it, and tells you what became of it."),
      "translator-credits", _ ("translator-credits"), NULL);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_quit (G_APPLICATION (data));
}

/* The active window may be one that stands before it. */
static GtkWindow *
find_main_window (GtkApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (application);

  while (window != NULL && !MR_IS_WINDOW (window))
    window = gtk_window_get_transient_for (window);
  return window;
}

/* A notification of the service names the message it is about. */
static void
show_message_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_activate (G_APPLICATION (data));
  GtkWindow *window = find_main_window (GTK_APPLICATION (data));
  if (window != NULL)
    mr_window_follow_message (MR_WINDOW (window), g_variant_get_string (parameter, NULL));
}

/* What a message's card says is wrong with the sender's domain is looked up. */
static void
open_domain_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MrApplication *self = MR_APPLICATION (data);
  const char *domain, *check;

  g_variant_get (parameter, "(&s&s)", &domain, &check);
  if (find_main_window (GTK_APPLICATION (self)) == NULL) /* a note on the desktop started us */
    g_application_activate (G_APPLICATION (self));
  GtkWidget *window = mr_domain_window_new (self->desk, find_main_window (GTK_APPLICATION (self)));
  gtk_window_present (GTK_WINDOW (window));
  mr_domain_window_check (MR_DOMAIN_WINDOW (window), domain, check);
}

static void
mr_application_activate (GApplication *application)
{
  MrApplication *self = MR_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (mr_window_new (GTK_APPLICATION (application), self->desk));
  gtk_window_present (window);
}

/* "Open with" of a mail program or of the file manager. */
static void
mr_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  g_application_activate (application);
  GtkWindow *window = find_main_window (GTK_APPLICATION (application));

  for (int i = 0; window != NULL && i < MIN (n_files, OPEN_FILES_MAX); i++)
    mr_window_explain_file (MR_WINDOW (window), files[i]);
}

static void
set_accels (GtkApplication *application)
{
  static const struct {
    const char *action;
    const char *accels[3];
  } accels[] = {
    { "app.quit", { "<Control>q", NULL } },
    { "window.close", { "<Control>w", NULL } },
    { "win.toggle-paused", { "<Control><Shift>p", NULL } },
    { "win.add-account", { "<Control>n", NULL } },
    { "win.search", { "<Control>f", NULL } },
    { "win.back", { "<Alt>Left", NULL } },
    { "win.shortcuts", { "<Control>question", NULL } },
    { "win.preferences", { "<Control>comma", NULL } },
    { "win.help::contents", { "F1", NULL } },
    { "win.show-page::outbox", { "<Alt>1", NULL } },
    { "win.show-page::history", { "<Alt>2", NULL } },
    { "win.show-page::accounts", { "<Alt>3", NULL } },
    { "win.show-page::held", { "<Alt>4", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (application, accels[i].action, accels[i].accels);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  /* What became of it is a property of the client, which the window shows. */
  mr_client_connect_finish (MR_CLIENT (source), result, NULL);
}

static void
mr_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "about", .activate = about_action },
    { .name = "quit", .activate = quit_action },
    { .name = "open-domain", .activate = open_domain_action, .parameter_type = "(ss)" },
    { .name = "show-message", .activate = show_message_action, .parameter_type = "s" },
  };
  MrApplication *self = MR_APPLICATION (application);

  G_APPLICATION_CLASS (mr_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), self);
  set_accels (GTK_APPLICATION (application));
  gtk_window_set_default_icon_name (MR_APP_ID);

  g_autoptr (MrClient) client = mr_client_new (TRUE);
  self->desk = mr_desk_new (client);
  mr_client_connect_async (client, NULL, connected_cb, NULL);
}

static void
mr_application_shutdown (GApplication *application)
{
  g_clear_object (&MR_APPLICATION (application)->desk);
  G_APPLICATION_CLASS (mr_application_parent_class)->shutdown (application);
}

static void
mr_application_init (MrApplication *self)
{
}

static void
mr_application_class_init (MrApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = mr_application_activate;
  application_class->open = mr_application_open;
  application_class->startup = mr_application_startup;
  application_class->shutdown = mr_application_shutdown;
}

void
mr_application_init_locale (void)
{
  g_autofree char *built = g_build_filename (MR_BUILD_DIR, "po", NULL);
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", NULL);
  /* A program that runs from its build folder speaks with the words of that folder. */
  gboolean from_build = self_path != NULL && g_str_has_prefix (self_path, MR_BUILD_DIR "/");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, from_build ? built : MR_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

MrApplication *
mr_application_new (void)
{
  return g_object_new (MR_TYPE_APPLICATION, "application-id", MR_APP_ID, "resource-base-path", "/com/example/MailRelay",
                       "flags", G_APPLICATION_HANDLES_OPEN, NULL);
}

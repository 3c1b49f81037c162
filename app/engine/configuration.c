/* The configuration file: one writer, atomic, comments kept. */
#include <config.h>

#include "engine/configuration.h"

#include <glib/gi18n-lib.h>
#include <gio/gio.h>
#include <string.h>

#include "base/log.h"
#include "base/os.h"
#include "base/text.h"

#define CONFIG_MAX (1024 * 1024)
#define RELOAD_MS  300
#define ERROR_MAX  2000 /* it may name what stands in the line */

struct _MrConfiguration {
  char *path;
  MrConfig *config;
  char *error;
  char *seen; /* the text that was read or written last */
  GFileMonitor *monitor;
  MrConfigurationFunc func;
  gpointer data;
  guint reload_source;
};

static guint
line_at (const char *text, gsize offset)
{
  guint line = 1;

  for (gsize i = 0; i < offset; i++)
    line += text[i] == '\n';
  return line;
}

static char *
read_text (MrConfiguration *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  char *text = NULL;
  gsize len = 0;

  if (mr_os_read_file (self->path, CONFIG_MAX, &text, &len, &local)) {
    /* What stands behind a NUL would be out of force unseen, and gone with the next setting that is written. */
    if (strlen (text) == len)
      return text;
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s:%u: there is a NUL character in the line: remove it"),
                 self->path, line_at (text, strlen (text)));
    g_free (text);
    return NULL;
  }
  if (g_error_matches (local, MR_ERROR, MR_ERROR_NOT_FOUND))
    return g_strdup ("");
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* Takes the text into force, or keeps the last good one and remembers what is wrong. TRUE where something changed. */
static gboolean
take_text (MrConfiguration *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  MrConfig *config;

  if (self->config != NULL && g_strcmp0 (text, self->seen) == 0)
    return FALSE;
  g_free (self->seen);
  self->seen = g_strdup (text);
  config = mr_config_parse (self->path, text, strlen (text), &error);
  g_clear_pointer (&self->error, g_free);
  if (config == NULL) {
    self->error = mr_text_sanitize (error->message, ERROR_MAX);
    mr_warning ("engine", "configuration not taken: %s", self->error);
    if (self->config == NULL)
      self->config = mr_config_new_default ();
    return TRUE;
  }
  for (const char *const *w = mr_config_get_warnings (config); *w != NULL; w++)
    mr_warning ("engine", "%s", *w);
  g_clear_pointer (&self->config, mr_config_unref);
  self->config = config;
  return TRUE;
}

static void
reload (MrConfiguration *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = read_text (self, &error);

  if (text == NULL) {
    char *words = mr_text_sanitize (error->message, ERROR_MAX);
    gboolean is_new = g_strcmp0 (self->error, words) != 0;

    g_free (self->error);
    self->error = words;
    g_clear_pointer (&self->seen, g_free); /* the same text is news again once it can be read */
    if (is_new)
      mr_warning ("engine", "configuration not taken: %s", self->error);
    if (self->config == NULL)
      self->config = mr_config_new_default ();
    if (is_new && self->func != NULL)
      self->func (self, self->data);
    return;
  }
  if (take_text (self, text) && self->func != NULL)
    self->func (self, self->data);
}

static gboolean
reload_cb (gpointer data)
{
  MrConfiguration *self = data;

  self->reload_source = 0;
  reload (self);
  return G_SOURCE_REMOVE;
}

static void
file_changed_cb (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer data)
{
  if (event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT || event == G_FILE_MONITOR_EVENT_DELETED
      || event == G_FILE_MONITOR_EVENT_CREATED || event == G_FILE_MONITOR_EVENT_RENAMED
      || event == G_FILE_MONITOR_EVENT_MOVED_IN) {
    /* An editor that writes in place empties the file first: what stands there a moment later is what was meant. */
    MrConfiguration *self = data;

    g_clear_handle_id (&self->reload_source, g_source_remove);
    self->reload_source = g_timeout_add (RELOAD_MS, reload_cb, self);
  }
}

MrConfiguration *
mr_configuration_new (const char *path, MrConfigurationFunc func, gpointer data)
{
  MrConfiguration *self = g_new0 (MrConfiguration, 1);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  self->path = g_strdup (path);
  reload (self); /* func is not set yet: the caller reads the state when it is ready */
  self->func = func;
  self->data = data;
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect (self->monitor, "changed", G_CALLBACK (file_changed_cb), self);
  return self;
}

void
mr_configuration_free (MrConfiguration *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->reload_source, g_source_remove);
  if (self->monitor != NULL) {
    g_signal_handlers_disconnect_by_data (self->monitor, self);
    g_object_unref (self->monitor);
  }
  mr_config_unref (self->config);
  g_free (self->path);
  g_free (self->error);
  g_free (self->seen);
  g_free (self);
}

MrConfig *
mr_configuration_get (MrConfiguration *self)
{
  return self->config;
}

const char *
mr_configuration_get_path (MrConfiguration *self)
{
  return self->path;
}

const char *
mr_configuration_get_error (MrConfiguration *self)
{
  return self->error;
}

gboolean
mr_configuration_apply (MrConfiguration *self, const MrConfigurationEdit *edits, guint n_edits,
                        const char *remove_group, GError **error)
{
  g_autofree char *text = read_text (self, error);

  if (text == NULL)
    return FALSE;
  /* Somebody may have written the file a moment ago: their text is what is edited. */
  if (take_text (self, text) && self->func != NULL)
    self->func (self, self->data);
  if (self->error != NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The configuration file has an error; mend it first: %s"),
                 self->error);
    return FALSE;
  }
  for (guint i = 0; i < n_edits; i++) {
    char *next = mr_config_edit_text (text, edits[i].group, edits[i].key, edits[i].value, error);

    if (next == NULL)
      return FALSE;
    g_free (text);
    text = next;
  }
  if (remove_group != NULL) {
    char *next = mr_config_remove_group_text (text, remove_group);

    g_free (text);
    text = next;
  }
  g_autoptr (MrConfig) check = mr_config_parse (self->path, text, strlen (text), error);
  if (check == NULL || !mr_os_write_file (self->path, text, strlen (text), 0600, error))
    return FALSE;
  if (take_text (self, text) && self->func != NULL)
    self->func (self, self->data);
  return TRUE;
}

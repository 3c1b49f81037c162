/* Preferences in process, with a service that plays a configuration: every key of the table has its row and name, each kind of control changes its
 * key, a refused value says why at its row, the default comes back, a broken file says so above. */
#include <adwaita.h>
#include <string.h>

#include "audit.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/application.h"
#include "ui/help-page.h"
#include "ui/help-window.h"
#include "ui/preference-row.h"
#include "ui/preferences-window.h"

#define NARROW 360

typedef struct {
  FakeService *fake;
  GHashTable *values; /* "group.key" → value; absent: the default */
  char *refuse;       /* what SetConfig answers, NULL: takes it */
  MrClient *client;
  Answer connected;
  MrDesk *desk;
  GtkWidget *window;
} Play;

static gboolean
get_cb (MrDBusService *service, GDBusMethodInvocation *invocation, const char *group, const char *key, Play *play)
{
  g_autofree char *name = g_strconcat (group, ".", key, NULL);
  const char *value = g_hash_table_lookup (play->values, name);

  mr_dbus_service_complete_get_config (service, invocation,
                                       value != NULL ? value : mr_config_find_key (group, key)->def);
  return TRUE;
}

static gboolean
set_cb (MrDBusService *service, GDBusMethodInvocation *invocation, const char *group, const char *key,
        const char *value, Play *play)
{
  if (play->refuse != NULL) {
    g_dbus_method_invocation_return_dbus_error (invocation, "com.example.MailRelay.Error.Invalid", play->refuse);
    return TRUE;
  }
  g_hash_table_replace (play->values, g_strconcat (group, ".", key, NULL), g_strdup (value));
  mr_dbus_service_complete_set_config (service, invocation);
  return TRUE;
}

static gboolean
reset_cb (MrDBusService *service, GDBusMethodInvocation *invocation, const char *group, const char *key, Play *play)
{
  g_autofree char *name = g_strconcat (group, ".", key, NULL);

  g_hash_table_remove (play->values, name);
  mr_dbus_service_complete_reset_config (service, invocation);
  return TRUE;
}

static MrPreferenceRow *
row_of (GtkWidget *root, const char *group, const char *key)
{
  MrPreferenceRow *found = NULL;

  if (MR_IS_PREFERENCE_ROW (root)) {
    const MrConfigKey *own = mr_preference_row_get_preference (MR_PREFERENCE_ROW (root))->key;

    return g_str_equal (own->group, group) && g_str_equal (own->key, key) ? MR_PREFERENCE_ROW (root) : NULL;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = row_of (child, group, key);
  return found;
}

static gboolean
is_filled (Play *play)
{
  MrPreferenceRow *last = row_of (play->window, "dns", "timeout-ms");

  return last != NULL && mr_preference_row_get_value (last) != NULL;
}

static void
set_up (Play *play, gconstpointer unused)
{
  play->fake = fake_service_new ();
  play->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (play->values, g_strdup ("retry.life"), g_strdup ("259200"));
  g_signal_connect (play->fake->service, "handle-get-config", G_CALLBACK (get_cb), play);
  g_signal_connect (play->fake->service, "handle-set-config", G_CALLBACK (set_cb), play);
  g_signal_connect (play->fake->service, "handle-reset-config", G_CALLBACK (reset_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  mr_client_connect_async (play->client, NULL, answer_cb, &play->connected);
  answer_wait (&play->connected);
  wait_until (mr_client_is_connected (play->client));
  play->window = mr_preferences_window_new (play->desk, NULL);
  gtk_window_present (GTK_WINDOW (play->window));
  wait_until (is_filled (play));
  shot_settle (play->window);
}

static void
tear_down (Play *play, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (play->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  answer_clear (&play->connected);
  g_object_unref (play->desk);
  g_object_unref (play->client);
  fake_service_free (play->fake);
  g_hash_table_unref (play->values);
  g_free (play->refuse);
}

static const char *
value_of (Play *play, const char *name)
{
  return g_hash_table_lookup (play->values, name);
}

static GtkWidget *
control_of (MrPreferenceRow *row, GType type)
{
  GtkWidget *control = audit_find (GTK_WIDGET (row), type, NULL);

  g_assert_nonnull (control);
  return control;
}

static GtkWidget *
reset_button (GtkWidget *root)
{
  GtkWidget *found = NULL;

  if (g_strcmp0 (gtk_widget_get_tooltip_text (root), "Back to the default") == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = reset_button (child);
  return found;
}

/* Each key that a person may change has a row with a name and words for its default. */
static void
test_all (Play *play, gconstpointer unused)
{
  g_autoptr (GPtrArray) list = mr_preferences_list ();
  guint n = 0;

  for (const MrConfigKey *key = mr_config_keys (); key->group != NULL; key++)
    n += row_of (play->window, key->group, key->key) != NULL;
  g_assert_cmpuint (n, ==, list->len);
  g_assert_cmpuint (n, >, 50);
  for (guint i = 0; i < list->len; i++) {
    const MrPreference *preference = list->pdata[i];
    g_autofree char *words = mr_preference_dup_words (preference, preference->key->def);

    g_test_message ("%s.%s: %s, default %s", preference->key->group, preference->key->key, preference->title, words);
    g_assert_cmpuint (strlen (words), >, 0);
    g_assert_cmpuint (strlen (preference->title), >, 3);
  }
  audit_names (play->window, "preferences");
  g_assert_true (adw_preferences_window_get_search_enabled (ADW_PREFERENCES_WINDOW (play->window)));
}

static void
test_words (void)
{
  static const struct {
    const char *group, *key, *value, *words;
  } rows[] = {
    { "retry", "life", "432000", "5 days" },        { "retry", "first", "60", "1 minute" },
    { "retry", "first", "90", "90 seconds" },       { "submission", "max-message-size", "36700160", "35 MiB" },
    { "general", "notifications", "false", "Off" }, { "reports", "mail", "requested", "Where the program asks" },
    { "submission", "listen", "", "Empty" },        { "store", "keep-history-days", "90", "90 days" },
    { "retry", "factor-percent", "200", "200 %" },  { "secrets", "backend", "file", "File only you can read" },
  };
  g_autoptr (GPtrArray) list = mr_preferences_list ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint k = 0; k < list->len; k++) {
      const MrPreference *preference = list->pdata[k];

      if (g_str_equal (preference->key->group, rows[i].group) && g_str_equal (preference->key->key, rows[i].key)) {
        g_autofree char *words = mr_preference_dup_words (preference, rows[i].value);
        g_assert_cmpstr (words, ==, rows[i].words);
      }
    }
}

static void
test_change (Play *play, gconstpointer unused)
{
  MrPreferenceRow *row = row_of (play->window, "general", "notifications");

  gtk_switch_set_active (GTK_SWITCH (control_of (row, GTK_TYPE_SWITCH)), FALSE);
  wait_until (g_strcmp0 (value_of (play, "general.notifications"), "false") == 0);

  row = row_of (play->window, "reports", "mail");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (control_of (row, GTK_TYPE_DROP_DOWN)), 2);
  wait_until (g_strcmp0 (value_of (play, "reports.mail"), "always") == 0);

  /* Three days were in force; an amount is in the unit that is shown. */
  row = row_of (play->window, "retry", "life");
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (control_of (row, GTK_TYPE_SPIN_BUTTON))), ==, 3);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (control_of (row, GTK_TYPE_SPIN_BUTTON)), 4);
  wait_until (g_strcmp0 (value_of (play, "retry.life"), "345600") == 0);

  row = row_of (play->window, "submission", "listen");
  gtk_editable_set_text (GTK_EDITABLE (control_of (row, GTK_TYPE_ENTRY)), "127.0.0.1:2600");
  g_signal_emit_by_name (control_of (row, GTK_TYPE_ENTRY), "activate");
  wait_until (g_strcmp0 (value_of (play, "submission.listen"), "127.0.0.1:2600") == 0);
}

static void
test_reset (Play *play, gconstpointer unused)
{
  MrPreferenceRow *row = row_of (play->window, "retry", "life");
  GtkWidget *button = reset_button (GTK_WIDGET (row));

  g_assert_true (gtk_widget_get_visible (button));
  g_assert_false (gtk_widget_get_visible (reset_button (GTK_WIDGET (row_of (play->window, "retry", "first")))));
  g_signal_emit_by_name (button, "clicked");
  wait_until (value_of (play, "retry.life") == NULL && g_strcmp0 (mr_preference_row_get_value (row), "432000") == 0);
  g_assert_false (gtk_widget_get_visible (button));
}

static void
test_refused (Play *play, gconstpointer unused)
{
  MrPreferenceRow *row = row_of (play->window, "submission", "listen");
  GtkWidget *entry = control_of (row, GTK_TYPE_ENTRY);

  play->refuse = g_strdup ("Port 80 is not for you");
  gtk_editable_set_text (GTK_EDITABLE (entry), "127.0.0.1:80");
  g_signal_emit_by_name (entry, "activate");
  wait_until (gtk_widget_has_css_class (GTK_WIDGET (row), "error"));
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "Port 80 is not for you"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "127.0.0.1:80");
  g_clear_pointer (&play->refuse, g_free);
  g_signal_emit_by_name (entry, "activate");
  wait_until (!gtk_widget_has_css_class (GTK_WIDGET (row), "error"));
}

/* Somebody wrote the file with an editor. */
static void
test_outside (Play *play, gconstpointer unused)
{
  MrPreferenceRow *row = row_of (play->window, "retry", "life");

  g_hash_table_replace (play->values, g_strdup ("retry.life"), g_strdup ("86400"));
  fake_service_emit (play->fake, "config");
  wait_until (g_strcmp0 (mr_preference_row_get_value (row), "86400") == 0);
}

static void
show (Play *play, int page, const char *name)
{
  static const char *const groups[] = { "general", "submission", "retry", "store", "dns" };
  static const char *const keys[] = { "notifications", "listen", "life", "min-free-mib", "servers" };
  MrPreferenceRow *row = row_of (play->window, groups[page], keys[page]);
  GtkWidget *on = gtk_widget_get_ancestor (GTK_WIDGET (row), ADW_TYPE_PREFERENCES_PAGE);

  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (play->window), ADW_PREFERENCES_PAGE (on));
  shot_settle (play->window);
  shot_save (play->window, name);
}

static void
test_looks (Play *play, gconstpointer unused)
{
  int minimum = 0;

  show (play, 0, "preferences-general");
  show (play, 2, "preferences-sending");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  show (play, 1, "preferences-programs-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_set_default_size (GTK_WINDOW (play->window), NARROW, 640);
  shot_settle (play->window);
  show (play, 1, "preferences-programs-narrow");
  show (play, 4, "preferences-advanced-narrow");
  gtk_widget_measure (adw_window_get_content (ADW_WINDOW (play->window)), GTK_ORIENTATION_HORIZONTAL, -1, &minimum,
                      NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW);
}

/* Nothing can be changed while nobody would write it down. */
static void
test_gone (Play *play, gconstpointer unused)
{
  MrPreferenceRow *row = row_of (play->window, "retry", "life");

  fake_service_stop (play->fake);
  wait_until (!gtk_widget_get_sensitive (GTK_WIDGET (row)));
  g_assert_nonnull (audit_find (play->window, ADW_TYPE_ACTION_ROW, "The settings cannot be changed"));
  shot_save (play->window, "preferences-gone");
}

/* ---- help ---- */

/* Every page in every language that has one: a title, some text, no mark left over. */
static void
test_help_pages (void)
{
  static const char *const languages[] = { "en", "de" };
  const char *const *pages = mr_help_list_pages ();

  for (guint i = 0; pages[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS (languages); k++) {
      g_autofree char *path = g_strdup_printf ("/com/example/MailRelay/help/%s.%s.md", pages[i], languages[k]);
      g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      guint stars = 0;

      g_assert_nonnull (bytes);
      for (gsize n = 0; n < g_bytes_get_size (bytes); n++)
        stars += ((const char *)g_bytes_get_data (bytes, NULL))[n] == '*';
      g_assert_cmpuint (stars % 2, ==, 0);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 400);
    }
  g_assert_null (mr_help_page_new ("nothing"));
}

static void
test_help (void)
{
  const char *const *pages = mr_help_list_pages ();
  GtkWidget *window = mr_help_window_new (NULL, "contents");
  int minimum = 0;

  gtk_window_present (GTK_WINDOW (window));
  shot_settle (window);
  shot_save (window, "help-list");
  audit_names (window, "help");
  g_assert_nonnull (audit_find (window, ADW_TYPE_ACTION_ROW, "When mail waits"));
  gtk_window_destroy (GTK_WINDOW (window));
  for (guint i = 0; pages[i] != NULL; i++) {
    g_autofree char *title = mr_help_dup_title (pages[i]), *name = g_strconcat ("help-", pages[i], NULL);

    window = mr_help_window_new (NULL, pages[i]);
    gtk_window_set_default_size (GTK_WINDOW (window), i % 2 == 0 ? NARROW : 520, 640);
    gtk_window_present (GTK_WINDOW (window));
    shot_settle (window);
    shot_save (window, name);
    audit_names (window, name);
    g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, title);
    g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, title));
    gtk_widget_measure (adw_window_get_content (ADW_WINDOW (window)), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL,
                        NULL, NULL);
    g_assert_cmpint (minimum, <=, NARROW);
    gtk_window_destroy (GTK_WINDOW (window));
  }
}

int
main (int argc, char **argv)
{
  mr_application_init_locale ();
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/help/pages", test_help_pages);
  g_test_add_func ("/help/window", test_help);
  g_test_add_func ("/preferences/words", test_words);
  g_test_add ("/preferences/all", Play, NULL, set_up, test_all, tear_down);
  g_test_add ("/preferences/change", Play, NULL, set_up, test_change, tear_down);
  g_test_add ("/preferences/reset", Play, NULL, set_up, test_reset, tear_down);
  g_test_add ("/preferences/refused", Play, NULL, set_up, test_refused, tear_down);
  g_test_add ("/preferences/outside", Play, NULL, set_up, test_outside, tear_down);
  g_test_add ("/preferences/looks", Play, NULL, set_up, test_looks, tear_down);
  g_test_add ("/preferences/gone", Play, NULL, set_up, test_gone, tear_down);
  return g_test_run ();
}

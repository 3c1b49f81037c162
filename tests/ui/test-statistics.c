/* The statistics window with a service that plays what happened: picture, tables, words, the empty state, narrow, dark, from right to left. */
#include <adwaita.h>
#include <string.h>

#include "audit.h"
#include "base/statistics-records.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/chart.h"
#include "ui/statistics-window.h"

#define HOUR G_TIME_SPAN_HOUR
#define NOW  (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC)

typedef struct {
  FakeService *fake;
  gboolean busy; /* something happened */
  char *asked;   /* span and kind */
  char *configured;
  MrClient *client;
  Answer connected;
  MrDesk *desk;
  GtkWidget *window;
} Play;

static GVariant *
make_times (Play *play)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < 24; i++) {
    MrStatisticRecord slot = { .time = NOW + i * HOUR };

    if (play->busy && i % 5 != 3) {
      slot.counts[MR_COUNT_DELIVERED] = 40 + i * 7 % 30;
      slot.counts[MR_COUNT_DEFERRED] = i % 4;
      slot.counts[MR_COUNT_FAILED] = i % 7 == 0 ? 6 : 0;
    }
    g_variant_builder_add_value (&builder, mr_statistic_record_to_variant (&slot));
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
make_rows (Play *play, const char *kind)
{
  MrStatisticRecord first = { .name = (char *)(g_str_equal (kind, "provider") ? "Gmail" : "work"), .falling = TRUE };
  MrStatisticRecord rest = { .name = (char *)"*" };
  GVariantBuilder builder;

  first.counts[MR_COUNT_DELIVERED] = 720;
  first.counts[MR_COUNT_FAILED] = 280;
  rest.counts[MR_COUNT_DELIVERED] = 12;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  if (play->busy) {
    g_variant_builder_add_value (&builder, mr_statistic_record_to_variant (&first));
    g_variant_builder_add_value (&builder, mr_statistic_record_to_variant (&rest));
  }
  return g_variant_builder_end (&builder);
}

static gboolean
get_statistics_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *span, const char *kind,
                   const char *name, Play *play)
{
  g_free (play->asked);
  play->asked = g_strdup_printf ("%s by %s", span, kind);
  mr_dbus_outbox_complete_get_statistics (outbox, invocation, make_times (play), make_rows (play, kind));
  return TRUE;
}

static gboolean
list_ages_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, Play *play)
{
  MrQueueAgeRecord record = { .domain = (char *)"example.com", .total = 3, .ages = { 2, [MR_QUEUE_AGES - 1] = 1 } };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  if (play->busy)
    g_variant_builder_add_value (&builder, mr_queue_age_record_to_variant (&record));
  mr_dbus_outbox_complete_list_queue_ages (outbox, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
set_config_cb (MrDBusService *service, GDBusMethodInvocation *invocation, const char *group, const char *key,
               const char *value, Play *play)
{
  g_free (play->configured);
  play->configured = g_strdup_printf ("%s %s %s", group, key, value);
  mr_dbus_service_complete_set_config (service, invocation);
  return TRUE;
}

static gboolean
get_status_cb (MrDBusService *service, GDBusMethodInvocation *invocation, Play *play)
{
  mr_dbus_service_complete_get_status (service, invocation, g_variant_new ("a{sv}", NULL));
  return TRUE;
}

static void
set_up (Play *play, gconstpointer busy)
{
  play->fake = fake_service_new ();
  play->busy = busy != NULL;
  g_signal_connect (play->fake->outbox, "handle-get-statistics", G_CALLBACK (get_statistics_cb), play);
  g_signal_connect (play->fake->outbox, "handle-list-queue-ages", G_CALLBACK (list_ages_cb), play);
  g_signal_connect (play->fake->service, "handle-set-config", G_CALLBACK (set_config_cb), play);
  g_signal_connect (play->fake->service, "handle-get-status", G_CALLBACK (get_status_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  mr_client_connect_async (play->client, NULL, answer_cb, &play->connected);
  answer_wait (&play->connected);
  wait_until (mr_client_is_connected (play->client) && mr_desk_get_status (play->desk) != NULL);
  play->window = mr_statistics_window_new (play->desk, NULL);
  gtk_window_present (GTK_WINDOW (play->window));
  wait_until (play->asked != NULL);
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
  g_free (play->asked);
  g_free (play->configured);
}

static gboolean
says (Play *play, const char *text)
{
  return audit_find (play->window, GTK_TYPE_LABEL, text) != NULL;
}

static void
test_tells (Play *play, gconstpointer unused)
{
  wait_until (says (play, "720 delivered, 280 failed"));
  g_assert_true (says (play, "72.0 % accepted, less than before"));
  g_assert_true (says (play, "All others"));
  wait_until (says (play, "2 for less than 5 minutes, 1 for more than 21 hours"));
  audit_names (play->window, "statistics");
  gtk_test_accessible_assert_role (audit_find (play->window, MR_TYPE_CHART, NULL), GTK_ACCESSIBLE_ROLE_IMG);
  shot_save (play->window, "statistics");

  GtkWidget *year = audit_find (play->window, GTK_TYPE_TOGGLE_BUTTON, "12 Months");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (year), TRUE);
  wait_until (g_strcmp0 (play->asked, "year by account") == 0);
  GtkWidget *kind = audit_find (play->window, ADW_TYPE_COMBO_ROW, NULL);
  adw_combo_row_set_selected (ADW_COMBO_ROW (kind), 4);
  wait_until (g_strcmp0 (play->asked, "year by provider") == 0);
  wait_until (says (play, "Gmail"));
}

static void
test_empty (Play *play, gconstpointer unused)
{
  wait_until (says (play, "Nothing Was Sent in This Time"));
  g_assert_false (says (play, "720 delivered, 280 failed"));
  audit_names (play->window, "statistics without any");
  shot_save (play->window, "statistics-empty");
}

static void
test_audit_switch (Play *play, gconstpointer unused)
{
  GtkWidget *row = audit_find (play->window, ADW_TYPE_ACTION_ROW, "Write Down Who Sends What");
  GtkWidget *audit = audit_find (row, GTK_TYPE_SWITCH, NULL);

  g_assert_nonnull (audit);
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (audit)));
  gtk_switch_set_active (GTK_SWITCH (audit), TRUE);
  wait_until (g_strcmp0 (play->configured, "audit enabled true") == 0);
}

static void
test_looks (Play *play, gconstpointer unused)
{
  int minimum = 0;

  wait_until (says (play, "720 delivered, 280 failed"));
  gtk_widget_measure (play->window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  gtk_window_set_default_size (GTK_WINDOW (play->window), 360, 640);
  shot_settle (play->window);
  shot_save (play->window, "statistics-narrow");
  gtk_window_set_default_size (GTK_WINDOW (play->window), 640, 720);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  shot_settle (play->window);
  shot_save (play->window, "statistics-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  gtk_widget_set_direction (audit_find (play->window, MR_TYPE_CHART, NULL), GTK_TEXT_DIR_RTL);
  shot_settle (play->window);
  shot_save (play->window, "statistics-rtl");
}

#define ADD(path, busy, function) g_test_add (path, Play, busy, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("/statistics/tells", "busy", test_tells);
  ADD ("/statistics/empty", NULL, test_empty);
  ADD ("/statistics/audit-switch", "busy", test_audit_switch);
  ADD ("/statistics/looks", "busy", test_looks);
  return g_test_run ();
}

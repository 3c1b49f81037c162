/* An outbox told apart by destination or cause: the groups, one of them opened, all of one selected, and back, by the service's answers and the keys. */
#include <adwaita.h>

#include "audit.h"
#include "base/records-variant.h"
#include "tests/unit/client/fake-service.h"
#include "shot.h"
#include "ui/group-list.h"
#include "ui/list-bar.h"
#include "ui/message-row.h"
#include "ui/messages-page.h"
#include "ui/selection.h"

#define NARROW 400

typedef struct {
  FakeService *fake;
  MrClient *client;
  MrDesk *desk;
  Answer connected;
  GtkWidget *window;
  MrMessagesPage *page;
  GtkWidget *groups, *bar;
  char *by; /* what was last asked for */
} Play;

static gboolean
list_facets_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GVariant *filter, const char *by, Play *play)
{
  GVariantBuilder builder;

  g_free (play->by);
  play->by = g_strdup (by);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(su)"));
  if (g_str_equal (by, "domain")) {
    g_variant_builder_add (&builder, "(su)", "example.com", 12);
    g_variant_builder_add (&builder, "(su)", "example.org", 5);
  } else {
    g_variant_builder_add (&builder, "(su)", MR_LIST_NO_CAUSE, 16);
    g_variant_builder_add (&builder, "(su)", "mailbox-full", 1);
  }
  mr_dbus_outbox_complete_list_facets (outbox, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static void
set_up (Play *play, gconstpointer unused)
{
  play->fake = fake_service_new ();
  fake_service_fill (play->fake, 17);
  g_signal_connect (play->fake->outbox, "handle-list-facets", G_CALLBACK (list_facets_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  play->page = g_object_new (MR_TYPE_MESSAGES_PAGE, "history", FALSE, NULL);
  mr_messages_page_set_desk (play->page, play->desk);
  play->groups = audit_find (GTK_WIDGET (play->page), MR_TYPE_GROUP_LIST, NULL);
  play->bar = audit_find (GTK_WIDGET (play->page), MR_TYPE_LIST_BAR, NULL);
  play->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (play->window), GTK_WIDGET (play->page));
  gtk_window_set_default_size (GTK_WINDOW (play->window), NARROW, 640);
  gtk_window_present (GTK_WINDOW (play->window));
  mr_client_connect_async (play->client, NULL, answer_cb, &play->connected);
  answer_wait (&play->connected);
  wait_until (audit_find (play->window, GTK_TYPE_LABEL, "Subject of 0000000000000017, 1") != NULL);
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
  g_free (play->by);
}

static gboolean
is_shown (GtkWidget *root, GType type, const char *text)
{
  GtkWidget *found = audit_find (root, type, text);

  return found != NULL && gtk_widget_get_mapped (found);
}

static const char *
asked_for (Play *play, const char *key)
{
  const char *value = NULL;

  g_variant_lookup (play->fake->filter, key, "&s", &value);
  return value;
}

static GtkWidget *
find_button (GtkWidget *widget, const char *tooltip)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_widget_get_tooltip_text (widget), tooltip) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_button (child, tooltip);
    if (found != NULL)
      return found;
  }
  return NULL;
}

/* The list inside the group list. */
static GtkWidget *
get_list (Play *play)
{
  return audit_find (play->groups, GTK_TYPE_LIST_VIEW, NULL);
}

static void
test_open (Play *play, gconstpointer unused)
{
  gtk_widget_activate_action (play->bar, "list.group", "s", "domain");
  wait_until (is_shown (play->groups, GTK_TYPE_LABEL, "example.com"));
  g_assert_cmpstr (play->by, ==, "domain");
  g_assert_true (is_shown (play->groups, GTK_TYPE_LABEL, "12 messages"));
  shot_settle (play->window);
  shot_save (play->window, "groups");

  /* Return opens the second. */
  gtk_widget_activate_action (get_list (play), "list.activate-item", "u", 1u);
  wait_until (g_strcmp0 (asked_for (play, "domain"), "example.org") == 0);
  wait_until (is_shown (play->window, GTK_TYPE_LABEL, "17 messages"));
  g_assert_false (gtk_widget_get_mapped (play->groups));
  shot_settle (play->window);
  shot_save (play->window, "group-open");

  /* And back, by the button of the head. */
  gtk_widget_activate_action (play->bar, "list.group", "s", "domain");
  GtkWidget *back = find_button (GTK_WIDGET (play->page), "All destinations");
  g_assert_nonnull (back);
  g_signal_emit_by_name (back, "clicked");
  wait_until (asked_for (play, "domain") == NULL && gtk_widget_get_mapped (play->groups));

  gtk_widget_activate_action (play->bar, "list.group", "s", "none");
  wait_until (!gtk_widget_get_mapped (play->groups));
}

static void
test_select (Play *play, gconstpointer unused)
{
  gtk_widget_activate_action (play->bar, "list.group", "s", "cause");
  wait_until (is_shown (play->groups, GTK_TYPE_LABEL, "Without a cause"));
  g_assert_true (is_shown (play->groups, GTK_TYPE_LABEL, "1 message"));
  GtkWidget *all = find_button (play->groups, "Select all messages of “Without a cause”");
  g_assert_nonnull (all);
  g_signal_emit_by_name (all, "clicked");
  wait_until (g_strcmp0 (asked_for (play, "cause"), MR_LIST_NO_CAUSE) == 0);
  wait_until (is_shown (play->window, GTK_TYPE_LABEL, "17 selected"));
  shot_settle (play->window);
  shot_save (play->window, "group-selected");
}

static gboolean
called_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *const *ids, Play *play)
{
  g_free (play->by);
  play->by = g_strdup_printf ("%s %s", g_dbus_method_invocation_get_method_name (invocation), ids[0]);
  return FALSE;
}

/* What the toolkit tells of a finger; the finger itself cannot be played here. */
static void
swipe (GtkWidget *row, double vx, double vy)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (row);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    if (GTK_IS_GESTURE_SWIPE (controller))
      g_signal_emit_by_name (controller, "swipe", vx, vy);
  }
}

static void
test_swipe (Play *play, gconstpointer unused)
{
  GtkWidget *row = audit_find (GTK_WIDGET (play->page), MR_TYPE_MESSAGE_ROW, NULL);

  g_assert_nonnull (row);
  g_signal_handlers_disconnect_by_data (play->fake->outbox, play->fake);
  g_signal_connect (play->fake->outbox, "handle-retry", G_CALLBACK (called_cb), play);
  g_signal_connect (play->fake->outbox, "handle-cancel", G_CALLBACK (called_cb), play);
  swipe (row, 100, 0);
  swipe (row, 900, 900);
  g_assert_null (play->by);
  swipe (row, 900, 10);
  wait_until (play->by != NULL && g_str_has_prefix (play->by, "Retry 00000000000000"));
  swipe (row, -900, 10);
  wait_until (g_str_has_prefix (play->by, "Cancel 00000000000000"));
}

/* What was not found is told once: the detail beside it says nothing, and speaks again when the list does. */
static void
test_one_placeholder (Play *play, gconstpointer unused)
{
  GtkWidget *search = audit_find (play->bar, GTK_TYPE_SEARCH_ENTRY, NULL);

  gtk_window_set_default_size (GTK_WINDOW (play->window), 1000, 640);
  wait_until (is_shown (play->window, GTK_TYPE_LABEL, "No Message Selected"));
  g_ptr_array_set_size (play->fake->ids, 0);
  gtk_editable_set_text (GTK_EDITABLE (search), "nothing like it");
  wait_until (is_shown (play->window, GTK_TYPE_LABEL, "No Message Found"));
  g_assert_false (is_shown (play->window, GTK_TYPE_LABEL, "No Message Selected"));
  g_assert_false (is_shown (play->window, GTK_TYPE_LABEL, "Recipients"));
  shot_settle (play->window);
  shot_save (play->window, "not-found");
  fake_service_fill (play->fake, 3);
  gtk_editable_set_text (GTK_EDITABLE (search), "");
  wait_until (is_shown (play->window, GTK_TYPE_LABEL, "No Message Selected"));
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) css = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (css, "/com/example/MailRelay/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  load_style ();
  g_test_add ("/groups/open", Play, NULL, set_up, test_open, tear_down);
  g_test_add ("/groups/select", Play, NULL, set_up, test_select, tear_down);
  g_test_add ("/groups/swipe", Play, NULL, set_up, test_swipe, tear_down);
  g_test_add ("/groups/one-placeholder", Play, NULL, set_up, test_one_placeholder, tear_down);
  return g_test_run ();
}

/* What the window does about returned mail with a service that answers: the message it belongs to, files that are dropped and chosen, and the list of
 * addresses that are never written to. */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "audit.h"
#include "base/records-variant.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/explain-card.h"
#include "ui/explain-window.h"
#include "ui/export-never.h"
#include "ui/message-detail.h"
#include "ui/messages-page.h"
#include "ui/never-window.h"
#include "ui/record-item.h"
#include "ui/sent-card.h"
#include "ui/window.h"

#define NARROW  360
#define SENT_ID "0000000000000002"
#define NOW     (G_GINT64_CONSTANT (1764000000) * G_USEC_PER_SEC)

typedef struct {
  FakeService *fake;
  GPtrArray *never; /* MrNeverRecord */
  gboolean knows;   /* the returned mail was sent from here */
  guint n_linked;
  GVariant *linked; /* the last facts */
  char *refuse;     /* value of the setting */
  MrClient *client;
  Answer connected;
  MrDesk *desk;
  GtkWidget *main_window, *window;
} Play;

/* ---- the service ---- */

static gboolean
link_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GVariant *facts, Play *play)
{
  play->n_linked++;
  g_clear_pointer (&play->linked, g_variant_unref);
  play->linked = g_variant_ref (facts);
  mr_dbus_outbox_complete_link_report (outbox, invocation, play->knows ? SENT_ID : "", play->knows ? 0 : G_MAXUINT32);
  return TRUE;
}

static gboolean
get_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *id, Play *play)
{
  g_autoptr (MrMessageRecord) message = mr_message_record_new ();
  MrRecipientRecord *recipient = mr_recipient_record_new (0, "kijitora@example.org");
  GVariantBuilder none;

  message->id = g_strdup (id);
  message->subject = g_strdup ("Nyaan");
  message->from = g_strdup ("anna@example.com");
  message->created = NOW;
  message->n_recipients = 1;
  recipient->state = MR_RECIPIENT_DELIVERED;
  recipient->bounced = play->n_linked > 0 ? NOW : 0;
  g_ptr_array_add (message->recipients, recipient);
  g_variant_builder_init (&none, G_VARIANT_TYPE ("aa{sv}"));
  mr_dbus_outbox_complete_get (outbox, invocation, mr_message_record_to_variant (message, TRUE),
                               g_variant_builder_end (&none));
  return TRUE;
}

static gboolean
list_never_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, Play *play)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < play->never->len; i++)
    g_variant_builder_add_value (&builder, mr_never_record_to_variant (play->never->pdata[i]));
  mr_dbus_outbox_complete_list_never (outbox, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static void
add_never (Play *play, const char *address, const char *reason, const char *message_id)
{
  MrNeverRecord *record = mr_never_record_new (address);

  record->added = NOW;
  record->reason = *reason != '\0' ? g_strdup (reason) : NULL;
  record->message_id = *message_id != '\0' ? g_strdup (message_id) : NULL;
  g_ptr_array_insert (play->never, 0, record);
}

static gboolean
add_never_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *address, const char *reason,
              const char *message_id, Play *play)
{
  if (strchr (address, '@') == NULL) {
    g_dbus_method_invocation_return_error (invocation, MR_ERROR, MR_ERROR_INVALID, "“%s” is no address", address);
    return TRUE;
  }
  add_never (play, address, reason, message_id);
  mr_dbus_outbox_complete_add_never (outbox, invocation);
  return TRUE;
}

static gboolean
remove_never_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *address, Play *play)
{
  for (guint i = 0; i < play->never->len; i++)
    if (g_str_equal (((MrNeverRecord *)play->never->pdata[i])->address, address))
      g_ptr_array_remove_index (play->never, i--);
  mr_dbus_outbox_complete_remove_never (outbox, invocation);
  return TRUE;
}

static gboolean
get_config_cb (MrDBusService *service, GDBusMethodInvocation *invocation, const char *group, const char *key,
               Play *play)
{
  g_assert_cmpstr (group, ==, "submission");
  g_assert_cmpstr (key, ==, "refuse-never-write");
  mr_dbus_service_complete_get_config (service, invocation, play->refuse);
  return TRUE;
}

static gboolean
set_config_cb (MrDBusService *service, GDBusMethodInvocation *invocation, const char *group, const char *key,
               const char *value, Play *play)
{
  g_free (play->refuse);
  play->refuse = g_strdup (value);
  mr_dbus_service_complete_set_config (service, invocation);
  return TRUE;
}

static void
play_start (Play *play)
{
  play->fake = fake_service_new ();
  play->never = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_never_record_free);
  play->refuse = g_strdup ("false");
  play->knows = TRUE;
  fake_service_fill (play->fake, 3);
  g_signal_connect (play->fake->outbox, "handle-link-report", G_CALLBACK (link_cb), play);
  g_signal_connect (play->fake->outbox, "handle-get", G_CALLBACK (get_cb), play);
  g_signal_connect (play->fake->outbox, "handle-list-never", G_CALLBACK (list_never_cb), play);
  g_signal_connect (play->fake->outbox, "handle-add-never", G_CALLBACK (add_never_cb), play);
  g_signal_connect (play->fake->outbox, "handle-remove-never", G_CALLBACK (remove_never_cb), play);
  g_signal_connect (play->fake->service, "handle-get-config", G_CALLBACK (get_config_cb), play);
  g_signal_connect (play->fake->service, "handle-set-config", G_CALLBACK (set_config_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  play->main_window = mr_window_new (NULL, play->desk);
  gtk_window_present (GTK_WINDOW (play->main_window));
  mr_client_connect_async (play->client, NULL, answer_cb, &play->connected);
  answer_wait (&play->connected);
}

/* All windows but the one that is kept (NULL: none). */
static void
close_windows (GtkWidget *kept)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows);) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (window == kept)
      i++;
    else
      gtk_window_destroy (GTK_WINDOW (window));
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Service, desk and main window are the same for all tests: reading the rules takes longer than all of them. */
static Play *
begin (gconstpointer data)
{
  Play *play = (Play *)data;

  close_windows (play->main_window);
  play->knows = TRUE;
  play->n_linked = 0;
  g_ptr_array_set_size (play->never, 0);
  return play;
}

static void
play_end (Play *play)
{
  close_windows (NULL);
  answer_clear (&play->connected);
  g_object_unref (play->desk);
  g_object_unref (play->client);
  fake_service_free (play->fake);
  g_ptr_array_unref (play->never);
  g_clear_pointer (&play->linked, g_variant_unref);
  g_free (play->refuse);
}

/* ---- looking ---- */

static GtkWidget *
child_of (GtkWidget *widget, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), name));
}

static const char *
text_of (GtkWidget *widget, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (child_of (widget, name)));
}

static GtkWidget *
find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (g_type_is_a (G_OBJECT_TYPE (window), type))
      return window;
  }
  return NULL;
}

static void
look (Play *play, const char *name)
{
  int minimum = 0;

  shot_save (play->window, name);
  audit_names (play->window, name);
  gtk_widget_measure (adw_window_get_content (ADW_WINDOW (play->window)), GTK_ORIENTATION_HORIZONTAL, -1, &minimum,
                      NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW);
}

static void
click (GtkWidget *window, const char *name)
{
  GtkWidget *button = child_of (window, name);

  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

/* ---- explaining ---- */

static GFile *
bounce (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);

  return g_file_new_for_path (path);
}

static GtkWidget *
open_explain (Play *play)
{
  g_assert_true (gtk_widget_activate_action (play->main_window, "win.explain-returned", NULL));
  play->window = find_window (MR_TYPE_EXPLAIN_WINDOW);
  g_assert_nonnull (play->window);
  shot_settle (play->window);
  return child_of (play->window, "sent");
}

static void
test_sent (gconstpointer data)
{
  Play *play = begin (data);
  GtkWidget *card = open_explain (play);
  g_autoptr (GFile) file = bounce ("lhost-barracuda-01.eml");
  const char *recipient = NULL;
  gboolean failed = FALSE;

  mr_explain_window_open (MR_EXPLAIN_WINDOW (play->window), file);
  wait_until (gtk_widget_get_visible (card));
  g_assert_cmpstr (text_of (card, "title"), ==, "You sent this message from here");
  g_assert_cmpstr (text_of (card, "subject"), ==, "Nyaan");
  g_assert_cmpstr (text_of (card, "people"), ==, "anna@example.com → kijitora@example.org");
  g_assert_cmpstr (text_of (card, "marked"), ==, "1 recipient is marked as returned in the history.");
  g_assert_cmpuint (play->n_linked, ==, 1);
  g_assert_true (g_variant_lookup (play->linked, "recipient", "&s", &recipient));
  g_assert_cmpstr (recipient, ==, "kijitora@example.org");
  g_assert_true (g_variant_lookup (play->linked, "failed", "b", &failed) && failed);
  g_assert_true (g_variant_lookup (play->linked, "message-id", "&s", &recipient));
  shot_settle (play->window);
  look (play, "explain-sent");

  GtkWidget *outbox = child_of (play->main_window, "outbox");
  click (card, "show");
  wait_until (mr_message_detail_get_id (MR_MESSAGE_DETAIL (child_of (outbox, "detail"))) != NULL);
  g_assert_cmpstr (mr_message_detail_get_id (MR_MESSAGE_DETAIL (child_of (outbox, "detail"))), ==, SENT_ID);
}

static void
test_not_sent (gconstpointer data)
{
  Play *play = begin (data);
  GtkWidget *card = open_explain (play);
  g_autoptr (GFile) file = bounce ("lhost-barracuda-01.eml");

  play->knows = FALSE;
  mr_explain_window_open (MR_EXPLAIN_WINDOW (play->window), file);
  wait_until (gtk_widget_get_visible (card));
  g_assert_cmpstr (text_of (card, "title"), ==, "This mail was not sent from here");
  g_assert_false (gtk_widget_get_visible (child_of (card, "show")));
  gtk_window_set_default_size (GTK_WINDOW (play->window), NARROW, 600);
  shot_settle (play->window);
  look (play, "explain-not-sent-narrow");

  /* Gone with the next text, and nobody asks about an ordinary message. */
  click (play->window, "another");
  g_assert_false (gtk_widget_get_visible (card));
  guint asked = play->n_linked;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (child_of (play->window, "text"))),
                            "From: a@example.org\nMessage-ID: <1@example.org>\nSubject: Lunch?\n\nAt one?\n", -1);
  click (play->window, "explain");
  g_assert_false (gtk_widget_get_visible (card));
  g_assert_cmpuint (play->n_linked, ==, asked);
}

static void
test_without_service (gconstpointer data)
{
  Play *play = begin (data);
  GtkWidget *card = open_explain (play);
  g_autoptr (GFile) file = bounce ("lhost-barracuda-01.eml");

  fake_service_stop (play->fake);
  wait_until (!mr_client_is_connected (play->client));
  mr_explain_window_open (MR_EXPLAIN_WINDOW (play->window), file);
  wait_until (audit_find (play->window, MR_TYPE_EXPLAIN_CARD, NULL) != NULL);
  wait_until (gtk_widget_get_visible (card));
  g_assert_cmpstr (text_of (card, "title"), ==, "Not compared with the history");
}

/* ---- dropping and choosing ---- */

static GtkDropTarget *
find_drop_target (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    if (GTK_IS_DROP_TARGET (controller))
      return GTK_DROP_TARGET (controller);
  }
  return NULL;
}

static gboolean
drop (Play *play, const GValue *value)
{
  gboolean taken = FALSE;

  g_signal_emit_by_name (find_drop_target (child_of (play->window, "area")), "drop", value, 10.0, 10.0, &taken);
  return taken;
}

static gboolean
shows (Play *play, const char *address)
{
  return audit_find (play->window, GTK_TYPE_LABEL, address) != NULL;
}

static void
test_drop (gconstpointer data)
{
  Play *play = begin (data);
  g_autoptr (GFile) file = bounce ("lhost-postfix-77.eml");
  g_autoptr (GFile) second = bounce ("lhost-gmail-05.eml");
  GFile *files[] = { file, second };
  GdkFileList *list = gdk_file_list_new_from_array (files, G_N_ELEMENTS (files));
  g_auto (GValue) value = G_VALUE_INIT;
  gsize n_types = 0;

  open_explain (play);
  const GType *types = gtk_drop_target_get_gtypes (find_drop_target (child_of (play->window, "area")), &n_types);
  g_assert_cmpuint (n_types, ==, 3);
  g_assert_true (types[0] == GDK_TYPE_FILE_LIST);

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, list);
  g_assert_true (drop (play, &value));
  wait_until (shows (play, "neko@example.co.jp"));

  g_value_unset (&value);
  g_value_init (&value, G_TYPE_FILE);
  g_value_set_object (&value, second);
  g_assert_true (drop (play, &value));
  wait_until (shows (play, "shironeko@example.jp"));

  g_value_unset (&value);
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "552 5.2.2 Mailbox full");
  g_assert_true (drop (play, &value));
  wait_until (shows (play, "The mailbox is full"));

  g_value_unset (&value);
  g_value_init (&value, G_TYPE_INT);
  g_assert_false (drop (play, &value));
}

static gboolean
has_file (GtkWidget *chooser, GFile *wanted)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

  return file != NULL && g_file_equal (file, wanted);
}

/* GTK's own chooser stands in where there is no portal; closing it without a file changes nothing. */
static void
answer_chooser (Play *play, GFile *file)
{
  GtkWidget *chooser;
  g_autoptr (GError) error = NULL;

  wait_until ((chooser = find_window (GTK_TYPE_FILE_CHOOSER_DIALOG)) != NULL && gtk_widget_get_mapped (chooser));
  if (file != NULL) {
    g_assert_true (gtk_file_chooser_set_file (GTK_FILE_CHOOSER (chooser), file, &error));
    wait_until (has_file (chooser, file));
  }
  gtk_dialog_response (GTK_DIALOG (chooser), file != NULL ? GTK_RESPONSE_ACCEPT : GTK_RESPONSE_CANCEL);
  wait_until (find_window (GTK_TYPE_FILE_CHOOSER_DIALOG) == NULL
              || !gtk_widget_get_mapped (find_window (GTK_TYPE_FILE_CHOOSER_DIALOG)));
}

static void
test_choose (gconstpointer data)
{
  Play *play = begin (data);
  g_autoptr (GFile) file = bounce ("lhost-gmail-05.eml");

  open_explain (play);
  click (play->window, "open");
  answer_chooser (play, NULL);
  g_assert_false (shows (play, "shironeko@example.jp"));
  click (play->window, "open");
  answer_chooser (play, file);
  wait_until (shows (play, "shironeko@example.jp"));
}

static void
test_empty_file (gconstpointer data)
{
  Play *play = begin (data);
  g_autofree char *path = g_build_filename (play->fake->folder, "empty.eml", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  open_explain (play);
  mr_explain_window_open (MR_EXPLAIN_WINDOW (play->window), file);
  wait_until (gtk_widget_get_mapped (child_of (play->window, "problem")));
  g_assert_cmpstr (text_of (play->window, "problem"), ==, "There is nothing in this file");
}

/* ---- never write to ---- */

static void
open_never (Play *play)
{
  g_assert_true (gtk_widget_activate_action (play->main_window, "win.never", NULL));
  play->window = find_window (MR_TYPE_NEVER_WINDOW);
  g_assert_nonnull (play->window);
  shot_settle (play->window);
}

static gboolean
is_face (Play *play, const char *name)
{
  return g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (child_of (play->window, "stack"))), name);
}

static GtkWidget *
row_of (Play *play, int i)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (child_of (play->window, "list")), i));
}

static gboolean
has_address (Play *play, int i, const char *address)
{
  return audit_find (row_of (play, i), GTK_TYPE_LABEL, address) != NULL;
}

static GtkWidget *
find_tooltip (GtkWidget *widget, const char *text)
{
  GtkWidget *found = g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0 ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_tooltip (child, text);
  return found;
}

static void
press (GtkWidget *root, const char *tooltip)
{
  GtkWidget *button = find_tooltip (root, tooltip);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_never (gconstpointer data)
{
  Play *play = begin (data);
  open_never (play);
  wait_until (is_face (play, "empty"));
  look (play, "never-empty");
  g_assert_false (gtk_widget_is_sensitive (child_of (play->window, "export")));
  g_assert_false (gtk_widget_is_sensitive (child_of (play->window, "add")));

  /* What is no address stays where it can be corrected. */
  gtk_editable_set_text (GTK_EDITABLE (child_of (play->window, "address")), "bob");
  click (play->window, "add");
  wait_until (audit_find (play->window, GTK_TYPE_LABEL, "Could not add the address: “bob” is no address") != NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child_of (play->window, "address"))), ==, "bob");

  gtk_editable_set_text (GTK_EDITABLE (child_of (play->window, "address")), " bob@example.org ");
  gtk_editable_set_text (GTK_EDITABLE (child_of (play->window, "reason")), "asked <to> be left alone");
  click (play->window, "add");
  wait_until (is_face (play, "list"));
  g_assert_true (has_address (play, 0, "bob@example.org"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child_of (play->window, "address"))), ==, "");
  shot_settle (play->window);
  look (play, "never-one");

  press (row_of (play, 0), "Write to bob@example.org again");
  wait_until (is_face (play, "empty"));
  g_assert_cmpuint (play->never->len, ==, 0);
  GtkWidget *undo = audit_find (play->window, GTK_TYPE_BUTTON, "Undo");
  g_assert_nonnull (undo);
  g_signal_emit_by_name (undo, "clicked");
  wait_until (is_face (play, "list"));
  g_assert_cmpuint (play->never->len, ==, 1);
  g_assert_cmpstr (((MrNeverRecord *)play->never->pdata[0])->reason, ==, "asked <to> be left alone");
}

static void
test_never_many (gconstpointer data)
{
  Play *play = begin (data);
  for (guint i = 0; i < 400; i++) {
    g_autofree char *address = g_strdup_printf ("person%u@example.org", i);
    add_never (play, address, i == 7 ? "Moved to the Moon" : "", i == 399 ? SENT_ID : "");
  }
  open_never (play);
  wait_until (is_face (play, "list"));
  g_assert_true (has_address (play, 0, "person399@example.org"));
  g_assert_null (row_of (play, 50));
  g_assert_true (gtk_widget_get_visible (child_of (play->window, "more")));
  look (play, "never-many");
  gtk_editable_set_text (GTK_EDITABLE (child_of (play->window, "search")), "moon");
  wait_until (row_of (play, 1) == NULL);
  g_assert_true (has_address (play, 0, "person7@example.org"));
  g_assert_false (gtk_widget_get_visible (child_of (play->window, "more")));
  gtk_editable_set_text (GTK_EDITABLE (child_of (play->window, "search")), "nobody");
  wait_until (gtk_widget_get_visible (child_of (play->window, "no_match")));
  gtk_editable_set_text (GTK_EDITABLE (child_of (play->window, "search")), "person399");
  wait_until (row_of (play, 0) != NULL);

  GtkWidget *outbox = child_of (play->main_window, "outbox");
  press (row_of (play, 0), "Show the message to person399@example.org that led to it");
  wait_until (g_strcmp0 (mr_message_detail_get_id (MR_MESSAGE_DETAIL (child_of (outbox, "detail"))), SENT_ID) == 0);
}

static void
test_never_export (gconstpointer data)
{
  Play *play = begin (data);
  g_autofree char *path = g_build_filename (play->fake->folder, "home", "list.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *text = NULL;

  add_never (play, "bob@example.org", "", "");
  add_never (play, "eve@example.org", "", "");
  open_never (play);
  wait_until (is_face (play, "list"));
  click (play->window, "export");
  answer_chooser (play, NULL);
  /* GTK's own chooser can be told to open a file, and not to save one. */
  g_autoptr (GListModel) rows = G_LIST_MODEL (g_list_store_new (MR_TYPE_RECORD_ITEM));
  for (guint i = 0; i < play->never->len; i++) {
    g_autoptr (MrRecordItem) item = mr_record_item_new (play->never->pdata[i], NULL);
    g_list_store_append (G_LIST_STORE (rows), item);
  }
  mr_export_never_to (rows, file, GTK_WINDOW (play->window));
  wait_until (audit_find (play->window, GTK_TYPE_LABEL, "List exported") != NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "eve@example.org\nbob@example.org\n");
  g_unlink (path);
}

static void
test_never_refuse (gconstpointer data)
{
  Play *play = begin (data);
  open_never (play);
  GtkSwitch *refuse = GTK_SWITCH (child_of (play->window, "refuse"));
  wait_until (gtk_widget_is_sensitive (GTK_WIDGET (refuse)));
  g_assert_false (gtk_switch_get_active (refuse));
  gtk_switch_set_active (refuse, TRUE);
  wait_until (g_str_equal (play->refuse, "true"));
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
  Play play = { 0 };
  play_start (&play);
#define ADD(name, func) g_test_add_data_func ("/returned/" name, &play, func)
  ADD ("sent", test_sent);
  ADD ("not-sent", test_not_sent);
  ADD ("drop", test_drop);
  ADD ("choose", test_choose);
  ADD ("empty-file", test_empty_file);
  ADD ("never", test_never);
  ADD ("never-many", test_never_many);
  ADD ("never-export", test_never_export);
  ADD ("never-refuse", test_never_refuse);
  /* Last: it stops the service. */
  ADD ("without-service", test_without_service);
  int result = g_test_run ();
  play_end (&play);
  return result;
}

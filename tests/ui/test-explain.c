/* "Explain Returned Mail" in process: files of the corpus, pasted texts, what is refused, names, 360 pixels. Needs no service. */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "audit.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/copy-button.h"
#include "ui/explain-card.h"
#include "ui/explain-window.h"
#include "ui/window.h"

#define NARROW 360

typedef struct {
  MrDesk *desk;
  GtkWidget *window;
} Stage;

static void
stage_open (Stage *stage)
{
  g_autoptr (MrClient) client = mr_client_new (FALSE);

  stage->desk = mr_desk_new (client);
  stage->window = mr_explain_window_new (stage->desk, NULL);
  gtk_window_present (GTK_WINDOW (stage->window));
  shot_settle (stage->window);
}

static void
stage_close (Stage *stage)
{
  GListModel *windows = gtk_window_get_toplevels ();

  while (g_list_model_get_n_items (windows) > 0) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, 0);
    gtk_window_destroy (window);
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (stage->desk);
}

static GtkWidget *
find_shown (GtkWidget *root, GType type, const char *text)
{
  GtkWidget *found = NULL;

  if (gtk_widget_get_mapped (root) && audit_find (root, type, text) == root)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_shown (child, type, text);
  return found;
}

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

static gboolean
has_answer (Stage *stage)
{
  return find_shown (stage->window, MR_TYPE_EXPLAIN_CARD, NULL) != NULL;
}

static gboolean
has_problem (Stage *stage)
{
  return gtk_widget_get_mapped (child_of (stage->window, "problem"));
}

static void
look (Stage *stage, const char *name)
{
  int minimum = 0;

  shot_save (stage->window, name);
  audit_names (stage->window, name);
  gtk_widget_measure (adw_window_get_content (ADW_WINDOW (stage->window)), GTK_ORIENTATION_HORIZONTAL, -1, &minimum,
                      NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW);
}

static void
open_file (Stage *stage, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  mr_explain_window_open (MR_EXPLAIN_WINDOW (stage->window), file);
  wait_until (has_answer (stage));
}

static void
paste (Stage *stage, const char *text)
{
  GtkWidget *view = child_of (stage->window, "text");

  if (has_answer (stage))
    g_signal_emit_by_name (child_of (stage->window, "another"), "clicked");
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  g_assert_true (gtk_widget_is_sensitive (child_of (stage->window, "explain")));
  g_signal_emit_by_name (child_of (stage->window, "explain"), "clicked");
}

/* The only one of the three that has its icon. */
static void
assert_marked (GtkWidget *card, const char *name)
{
  static const char *const sides[] = { "you", "provider", "server" };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    GtkWidget *icon = gtk_widget_get_first_child (child_of (card, sides[i]));
    g_assert_cmpint (gtk_widget_get_visible (icon), ==, g_strcmp0 (sides[i], name) == 0);
  }
  g_assert_cmpint (gtk_widget_get_visible (child_of (card, "sides")), ==, name != NULL);
}

/* The text that the steps speak of names who was written to; NULL: none is offered. */
static void
check_letter (GtkWidget *card, const char *part)
{
  g_autofree char *letter = NULL;

  g_object_get (child_of (card, "letter_copy"), "text", &letter, NULL);
  g_assert_true (gtk_widget_get_visible (child_of (card, "writing")) == (part != NULL));
  if (part != NULL) {
    gtk_expander_set_expanded (GTK_EXPANDER (child_of (card, "writing")), TRUE);
    g_assert_nonnull (strstr (letter, part));
    g_assert_cmpstr (text_of (card, "letter"), ==, letter);
  }
}

static void
test_files (void)
{
  static const struct {
    const char *file, *address, *title, *said, *marked, *letter;
  } rows[] = {
    { "lhost-postfix-77.eml", "neko@example.co.jp", "You may not send with this address",
      "Email address is not verified", "you", "I want to send with the address" },
    { "lhost-gmail-05.eml", "shironeko@example.jp", "Refused by the recipient’s rules", "Access denied (state 13)",
      "server", "Details:" },
    { "lhost-qmail-10.eml", "kijitora@neko2.example.co.jp", "The mailbox is switched off", "account is locked",
      "server", "this mailbox is switched off" },
  };
  Stage stage;

  stage_open (&stage);
  look (&stage, "explain-ask");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].file);
    open_file (&stage, rows[i].file);
    wait_until (find_shown (stage.window, GTK_TYPE_LABEL, rows[i].address) != NULL);
    GtkWidget *card = find_shown (stage.window, MR_TYPE_EXPLAIN_CARD, NULL);
    g_autofree char *copied = NULL;

    g_assert_cmpstr (text_of (stage.window, "headline"), ==,
                     "This is returned mail: a message could not be delivered.");
    g_assert_cmpstr (text_of (card, "title"), ==, rows[i].title);
    g_assert_cmpstr (text_of (card, "sentence"), !=, "");
    assert_marked (card, rows[i].marked);
    g_assert_false (gtk_expander_get_expanded (GTK_EXPANDER (child_of (card, "said"))));
    gtk_expander_set_expanded (GTK_EXPANDER (child_of (card, "said")), TRUE);
    g_object_get (child_of (card, "copy"), "text", &copied, NULL);
    g_assert_nonnull (strstr (copied, rows[i].said));
    g_assert_nonnull (strstr (copied, "Said by: "));
    check_letter (card, rows[i].letter);
    g_autofree char *name = g_strdup_printf ("explain-file-%u", i);
    look (&stage, name);
  }
  stage_close (&stage);
}

static void
test_paste (void)
{
  Stage stage;

  stage_open (&stage);
  paste (&stage, "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown\r\n");
  wait_until (has_answer (&stage));
  GtkWidget *card = find_shown (stage.window, MR_TYPE_EXPLAIN_CARD, NULL);
  g_assert_cmpstr (text_of (card, "title"), ==, "The address does not exist");
  gtk_window_set_default_size (GTK_WINDOW (stage.window), NARROW, 600);
  shot_settle (stage.window);
  g_assert_false (gtk_label_get_selection_bounds (GTK_LABEL (child_of (card, "address")), NULL, NULL));
  look (&stage, "explain-reply-narrow");

  /* Copied out of a mail program: the words without the header. */
  paste (&stage,
         "This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that your message "
         "could not\nbe delivered to one or more recipients.\n\n<eve@example.org>: host mx.example.org[192.0.2.1] "
         "said: 552 5.2.2\n    Mailbox full (in reply to RCPT TO command)\n");
  wait_until (find_shown (stage.window, GTK_TYPE_LABEL, "eve@example.org") != NULL);
  card = find_shown (stage.window, MR_TYPE_EXPLAIN_CARD, NULL);
  g_assert_cmpstr (text_of (card, "title"), ==, "The mailbox is full");

  paste (&stage, "552 5.2.2 Mailbox full");
  wait_until (has_answer (&stage));
  card = find_shown (stage.window, MR_TYPE_EXPLAIN_CARD, NULL);
  g_assert_cmpstr (text_of (stage.window, "headline"), ==, "This is what the server's answer means.");
  g_assert_cmpstr (text_of (card, "title"), ==, "The mailbox is full");

  paste (&stage, " \n\t");
  wait_until (has_problem (&stage));
  paste (&stage, "From: a@example.org\nSubject: Lunch?\n\nAt one?\n");
  wait_until (find_shown (stage.window, GTK_TYPE_LABEL, "This is an ordinary message, not returned mail.") != NULL);
  g_assert_false (has_answer (&stage));
  stage_close (&stage);
}

static void
test_refused (void)
{
  Stage stage;
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "mr-explain-XXXXXX", NULL);
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, MR_EXPLAIN_FILE_MAX + 1), ==, 0);
  close (fd);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  stage_open (&stage);
  mr_explain_window_open (MR_EXPLAIN_WINDOW (stage.window), file);
  wait_until (has_problem (&stage));
  g_assert_nonnull (strstr (text_of (stage.window, "problem"), "25 MiB"));
  g_assert_cmpint (g_unlink (path), ==, 0);
  mr_explain_window_open (MR_EXPLAIN_WINDOW (stage.window), file);
  wait_until (g_str_has_prefix (text_of (stage.window, "problem"), "Could not read the file"));
  look (&stage, "explain-refused");
  g_assert_false (has_answer (&stage));
  /* Closed while a file is read: its end finds nobody. */
  mr_explain_window_open (MR_EXPLAIN_WINDOW (stage.window), file);
  stage_close (&stage);
}

/* The menu's action, and "Open with". */
static void
test_from_main_window (void)
{
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  Stage stage = { .desk = mr_desk_new (client) };
  GtkWidget *main_window = mr_window_new (NULL, stage.desk);
  GListModel *windows = gtk_window_get_toplevels ();

  gtk_window_present (GTK_WINDOW (main_window));
  g_assert_true (gtk_widget_activate_action (main_window, "win.explain-returned", NULL));
  for (guint i = 0; i < g_list_model_get_n_items (windows) && stage.window == NULL; i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (MR_IS_EXPLAIN_WINDOW (window))
      stage.window = window;
  }
  g_assert_nonnull (stage.window);
  g_assert_true (gtk_window_get_transient_for (GTK_WINDOW (stage.window)) == GTK_WINDOW (main_window));
  shot_settle (stage.window);
  gtk_window_destroy (GTK_WINDOW (stage.window));

  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "lhost-gmail-05.eml", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  mr_window_explain_file (MR_WINDOW (main_window), file);
  stage.window = NULL;
  for (guint i = 0; i < g_list_model_get_n_items (windows) && stage.window == NULL; i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (MR_IS_EXPLAIN_WINDOW (window))
      stage.window = window;
  }
  g_assert_nonnull (stage.window);
  wait_until (has_answer (&stage));
  stage_close (&stage);
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
  g_test_add_func ("/explain/files", test_files);
  g_test_add_func ("/explain/paste", test_paste);
  g_test_add_func ("/explain/refused", test_refused);
  g_test_add_func ("/explain/from-main-window", test_from_main_window);
  return g_test_run ();
}

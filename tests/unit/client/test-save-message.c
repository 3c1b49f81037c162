/* Messages as files: names, what is there already, many at once. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/records-variant.h"
#include "client/save-message.h"
#include "fake-service.h"

typedef struct {
  FakeService *fake;
  MrClient *client;
  char *folder;
} Fixture;

/* Message 2 has no text any more; all have one subject. */
static gboolean
get_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *id, gpointer data)
{
  g_autoptr (MrMessageRecord) message = mr_message_record_new ();
  GVariantBuilder attempts;

  if (g_str_has_suffix (id, "9")) {
    g_dbus_method_invocation_return_dbus_error (invocation, "com.example.MailRelay.Error.not-found", "gone");
    return TRUE;
  }
  message->id = g_strdup (id);
  message->reverse_path = g_strdup ("");
  message->subject = g_strdup ("Re: a/b");
  message->has_body = !g_str_has_suffix (id, "2");
  g_variant_builder_init (&attempts, G_VARIANT_TYPE ("aa{sv}"));
  mr_dbus_outbox_complete_get (outbox, invocation, mr_message_record_to_variant (message, TRUE),
                               g_variant_builder_end (&attempts));
  return TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_auto (Answer) answer = { 0 };

  f->fake = fake_service_new ();
  g_signal_connect (f->fake->outbox, "handle-get", G_CALLBACK (get_cb), NULL);
  fake_service_start (f->fake);
  f->client = mr_client_new (FALSE);
  mr_client_connect_async (f->client, NULL, answer_cb, &answer);
  g_assert_true (mr_client_connect_finish (f->client, answer_wait (&answer), NULL));
  f->folder = g_build_filename (f->fake->folder, "saved", NULL);
  g_assert_cmpint (g_mkdir (f->folder, 0700), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->client);
  fake_service_free (f->fake);
  g_free (f->folder);
}

static void
count_cb (guint done, guint total, gpointer data)
{
  g_assert_cmpuint (done, <=, total);
  *(guint *)data += 1;
}

static char *
path (Fixture *f, const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

static void
test_many (Fixture *f, gconstpointer data)
{
  const char *const ids[] = { "0000000000000001", "0000000000000002", "0000000000000003", NULL };
  g_auto (Answer) answer = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *first = path (f, "b.eml"), *second = path (f, "b (2).eml"), *third = path (f, "b (3).eml");
  g_autofree char *content = NULL;
  guint saved = 0, told = 0;
  gsize len;
  struct stat facts;

  mr_save_messages_async (f->client, ids, f->folder, count_cb, &told, NULL, answer_cb, &answer);
  g_assert_true (mr_save_messages_finish (f->client, answer_wait (&answer), &saved, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (saved, ==, 2);
  g_assert_cmpuint (told, ==, 4);
  g_assert_true (g_file_get_contents (first, &content, &len, NULL));
  g_assert_cmpstr (content, ==, "Subject: x\r\n\r\nbody\r\n");
  g_assert_true (g_file_test (second, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (third, G_FILE_TEST_EXISTS));
  g_assert_cmpint (stat (first, &facts), ==, 0);
  g_assert_cmpuint (facts.st_mode & 0777, ==, 0600);
}

static void
test_nowhere (Fixture *f, gconstpointer data)
{
  const char *const ids[] = { "0000000000000001", NULL };
  g_auto (Answer) answer = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = path (f, "missing");
  guint saved = 7;

  mr_save_messages_async (f->client, ids, folder, NULL, NULL, NULL, answer_cb, &answer);
  g_assert_false (mr_save_messages_finish (f->client, answer_wait (&answer), &saved, &error));
  g_assert_nonnull (strstr (error->message, "missing"));
  g_assert_cmpuint (saved, ==, 0);
}

static void
test_file (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) one = g_bytes_new_static ("one", 3), two = g_bytes_new_static ("two", 3);
  g_autoptr (GError) error = NULL;
  g_autofree char *file = path (f, "x.eml"), *content = NULL;

  g_assert_true (mr_save_write_file (file, one, FALSE, NULL));
  g_assert_false (mr_save_write_file (file, two, FALSE, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_EXISTS);
  g_assert_true (g_file_get_contents (file, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "one");
  g_assert_true (mr_save_write_file (file, two, TRUE, NULL));
  g_free (content);
  g_assert_true (g_file_get_contents (file, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "two");
}

static void
test_names (void)
{
  static const struct {
    const char *subject, *name;
  } rows[] = {
    { "Invoice 12", "Invoice 12.eml" },
    { "../etc/passwd", "passwd.eml" },
    { "Done.", "Done.eml" },
    { NULL, "ID.eml" },
    { " . ", "ID.eml" },
    { "Grüße", "Grüße.eml" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *name = mr_save_dup_file_name ("ID", rows[i].subject);

    g_assert_cmpstr (name, ==, rows[i].name);
  }
}

#define ADD(name, func) g_test_add ("/save/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("many", test_many);
  ADD ("nowhere", test_nowhere);
  ADD ("file", test_file);
  g_test_add_func ("/save/names", test_names);
  return g_test_run ();
}

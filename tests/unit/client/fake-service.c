/* A service for tests of the client. What it answers depends on what it is asked, so that a mix-up shows. */
#include "fake-service.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/records-variant.h"
#include "data/dbus/names.h"

void
fake_service_set_last (FakeService *fake, const char *text)
{
  g_free (fake->last);
  fake->last = g_strdup (text);
}

/* ---- outbox ---- */

static gboolean
pack_ids_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GVariant *filter, FakeService *fake)
{
  g_autoptr (GByteArray) ids = g_byte_array_new ();
  const char *search = NULL;

  fake->n_list_ids++;
  g_clear_pointer (&fake->filter, g_variant_unref);
  fake->filter = g_variant_ref (filter);
  g_variant_lookup (filter, "search", "&s", &search);
  for (guint i = 0; i < fake->ids->len; i++)
    if (search == NULL || strstr (fake->ids->pdata[i], search) != NULL)
      g_byte_array_append (ids, fake->ids->pdata[i], MR_ID_LENGTH);
  g_autoptr (GBytes) packed = g_bytes_new (ids->data, ids->len);
  mr_dbus_outbox_complete_pack_ids (outbox, invocation, fake->serial,
                                    g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, packed, TRUE));
  return TRUE;
}

/* What the test put into it; else nobody knows what changed. */
static gboolean
list_changes_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, guint64 since, FakeService *fake)
{
  gboolean complete = fake->changes != NULL && since == fake->serial;
  g_autoptr (GBytes) changes = complete ? g_bytes_new (fake->changes->str, fake->changes->len) : g_bytes_new (NULL, 0);

  fake->n_list_changes++;
  if (complete)
    g_string_truncate (fake->changes, 0);
  mr_dbus_outbox_complete_list_changes (outbox, invocation, complete ? ++fake->serial : fake->serial, complete,
                                        g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, changes, TRUE));
  return TRUE;
}

void
fake_service_change (FakeService *fake, const char *id, MrListPlace place)
{
  if (fake->changes == NULL)
    fake->changes = g_string_new (NULL);
  g_string_append (fake->changes, id);
  g_string_append_c (fake->changes, (char)place);
}

static GVariant *
make_row (const char *id, guint revision)
{
  g_autoptr (MrMessageRecord) message = mr_message_record_new ();
  MrRecipientRecord *recipient = mr_recipient_record_new (0, "b@y.example");

  message->id = g_strdup (id);
  message->subject = g_strdup_printf ("Subject of %s, %u", id, revision);
  message->n_recipients = 1;
  g_ptr_array_add (message->recipients, recipient);
  return mr_message_record_to_variant (message, FALSE);
}

static gboolean
list_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GVariant *filter, const char *after, guint limit,
         FakeService *fake)
{
  GVariantBuilder builder;
  gboolean started = *after == '\0';
  guint n = 0;

  fake->n_list++;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < fake->ids->len && n < limit; i++) {
    if (started) {
      g_variant_builder_add_value (&builder, make_row (fake->ids->pdata[i], fake->n_list_ids));
      n++;
    }
    started = started || g_str_equal (fake->ids->pdata[i], after);
  }
  mr_dbus_outbox_complete_list (outbox, invocation, g_variant_builder_end (&builder), fake->ids->len);
  return TRUE;
}

static gboolean
list_rows_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *const *ids, FakeService *fake)
{
  GVariantBuilder builder;

  fake->n_list++;
  fake->n_rows += g_strv_length ((char **)ids);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; ids[i] != NULL; i++)
    if (g_ptr_array_find_with_equal_func (fake->ids, ids[i], g_str_equal, NULL))
      g_variant_builder_add_value (&builder, make_row (ids[i], fake->n_list_ids));
  mr_dbus_outbox_complete_list_rows (outbox, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
get_body_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *id,
             FakeService *fake)
{
  int fd = memfd_create ("body", MFD_CLOEXEC);
  g_autoptr (GUnixFDList) list = NULL;

  g_assert_cmpint (write (fd, "Subject: x\r\n\r\nbody\r\n", 20), ==, 20);
  list = g_unix_fd_list_new_from_array (&fd, 1);
  mr_dbus_outbox_complete_get_body (outbox, invocation, list, g_variant_new_handle (0));
  return TRUE;
}

static gboolean
submit_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle,
           const char *reverse_path, const char *const *recipients, const char *program, FakeService *fake)
{
  int fd = g_unix_fd_list_get (fds, g_variant_get_handle (handle), NULL);
  char bytes[100] = "";
  g_autofree char *all = g_strjoinv (",", (char **)recipients);

  g_assert_cmpint (read (fd, bytes, sizeof bytes - 1), >, 0);
  close (fd);
  g_free (fake->last);
  fake->last = g_strdup_printf ("%s>%s:%s:%s", reverse_path, all, program, bytes);
  mr_dbus_outbox_complete_submit (outbox, invocation, NULL, "0123456789ABCDEF");
  return TRUE;
}

static gboolean
retry_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *const *ids, FakeService *fake)
{
  mr_dbus_outbox_complete_retry (outbox, invocation, g_strv_length ((char **)ids));
  return TRUE;
}

static gboolean
cancel_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *const *ids, FakeService *fake)
{
  g_dbus_method_invocation_return_error_literal (invocation, MR_ERROR, MR_ERROR_NOT_FOUND, "No such message");
  return TRUE;
}

/* ---- accounts ---- */

static gboolean
update_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GVariant *account, FakeService *fake)
{
  g_autofree char *text = g_variant_print (account, FALSE);

  fake_service_set_last (fake, text);
  mr_dbus_accounts_complete_update (accounts, invocation);
  return TRUE;
}

static gboolean
set_password_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *id,
                 GVariant *handle, FakeService *fake)
{
  int fd = g_unix_fd_list_get (fds, g_variant_get_handle (handle), NULL);
  char bytes[100] = "";

  g_assert_cmpint (read (fd, bytes, sizeof bytes - 1), >=, 0);
  close (fd);
  fake_service_set_last (fake, bytes);
  mr_dbus_accounts_complete_set_password (accounts, invocation, NULL);
  return TRUE;
}

static GVariant *
make_step (const char *stage, const char *text)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "stage", "s", stage);
  g_variant_dict_insert (&dict, "ok", "b", TRUE);
  g_variant_dict_insert (&dict, "text", "s", text);
  return g_variant_dict_end (&dict);
}

static gboolean
test_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *account,
         gboolean has_secret, GVariant *handle, FakeService *fake)
{
  g_autofree char *text = g_variant_print (account, FALSE);
  const guint number = 7;

  fake_service_set_last (fake, text);
  if (fake->silent_test) {
    mr_dbus_accounts_complete_test (accounts, invocation, NULL, number);
    return TRUE;
  }
  /* A step before the number is known, one that is not ours, and one after. */
  mr_dbus_accounts_emit_test_step (accounts, number, make_step ("connect", "first"));
  mr_dbus_accounts_emit_test_step (accounts, number + 1, make_step ("connect", "somebody else's"));
  mr_dbus_accounts_complete_test (accounts, invocation, NULL, number);
  mr_dbus_accounts_emit_test_step (accounts, number, make_step ("auth", "second"));
  mr_dbus_accounts_emit_test_done (accounts, number, !has_secret, has_secret ? "wrong password" : "", "> EHLO");
  return TRUE;
}

static gboolean
cancel_test_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, guint number, FakeService *fake)
{
  fake->n_cancelled_tests++;
  mr_dbus_accounts_complete_cancel_test (accounts, invocation);
  return TRUE;
}

/* ---- programs ---- */

static gboolean
add_program_cb (MrDBusPrograms *programs, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *name,
                FakeService *fake)
{
  int pipe_fds[2];
  g_autoptr (GUnixFDList) list = NULL;

  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  g_assert_cmpint (write (pipe_fds[1], "ABCD-EFGH", 9), ==, 9);
  close (pipe_fds[1]);
  list = g_unix_fd_list_new_from_array (pipe_fds, 1);
  mr_dbus_programs_complete_add (programs, invocation, list, name, g_variant_new_handle (0));
  return TRUE;
}

/* ---- lifetime ---- */

static gboolean
new_connection_cb (GDBusServer *server, GDBusConnection *connection, FakeService *fake)
{
  gpointer skeletons[] = { fake->service, fake->outbox, fake->accounts, fake->programs, fake->domains };

  g_ptr_array_add (fake->peers, g_object_ref (connection));
  for (guint i = 0; i < G_N_ELEMENTS (skeletons); i++)
    g_assert_true (g_dbus_interface_skeleton_export (skeletons[i], connection, MR_BUS_PATH, NULL));
  return TRUE;
}

void
fake_service_start (FakeService *fake)
{
  g_autofree char *folder = g_build_filename (fake->folder, "run", "mail-relay", NULL);
  g_autofree char *address = g_strdup_printf ("unix:path=%s/bus", folder);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  fake->server = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (fake->server, "new-connection", G_CALLBACK (new_connection_cb), fake);
  g_dbus_server_start (fake->server);
}

void
fake_service_stop (FakeService *fake)
{
  g_autofree char *path = g_build_filename (fake->folder, "run", "mail-relay", "bus", NULL);
  gpointer skeletons[] = { fake->service, fake->outbox, fake->accounts, fake->programs, fake->domains };

  if (fake->server == NULL)
    return;
  g_dbus_server_stop (fake->server);
  for (guint i = 0; i < G_N_ELEMENTS (skeletons); i++)
    g_dbus_interface_skeleton_unexport (skeletons[i]);
  for (guint i = 0; i < fake->peers->len; i++)
    g_dbus_connection_close_sync (fake->peers->pdata[i], NULL, NULL);
  g_ptr_array_set_size (fake->peers, 0);
  g_clear_object (&fake->server);
  g_unlink (path);
}

FakeService *
fake_service_new (void)
{
  static const char *const variables[] = { "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR" };
  static const char *const names[] = { "home", "config", "state", "run" };
  FakeService *fake = g_new0 (FakeService, 1);

  mr_bus_register_errors ();
  fake->folder = g_dir_make_tmp ("mr-client-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fake->folder, names[i], NULL);
    g_mkdir (path, 0700);
    g_setenv (variables[i], path, TRUE);
  }
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  fake->peers = g_ptr_array_new_with_free_func (g_object_unref);
  fake->ids = g_ptr_array_new_with_free_func (g_free);
  fake->service = mr_dbus_service_skeleton_new ();
  fake->outbox = mr_dbus_outbox_skeleton_new ();
  fake->accounts = mr_dbus_accounts_skeleton_new ();
  fake->programs = mr_dbus_programs_skeleton_new ();
  fake->domains = mr_dbus_domains_skeleton_new ();
  mr_dbus_service_set_version (fake->service, "9.9");
  g_signal_connect (fake->outbox, "handle-pack-ids", G_CALLBACK (pack_ids_cb), fake);
  g_signal_connect (fake->outbox, "handle-list-changes", G_CALLBACK (list_changes_cb), fake);
  g_signal_connect (fake->outbox, "handle-list", G_CALLBACK (list_cb), fake);
  g_signal_connect (fake->outbox, "handle-list-rows", G_CALLBACK (list_rows_cb), fake);
  g_signal_connect (fake->outbox, "handle-get-body", G_CALLBACK (get_body_cb), fake);
  g_signal_connect (fake->outbox, "handle-submit", G_CALLBACK (submit_cb), fake);
  g_signal_connect (fake->outbox, "handle-retry", G_CALLBACK (retry_cb), fake);
  g_signal_connect (fake->outbox, "handle-cancel", G_CALLBACK (cancel_cb), fake);
  g_signal_connect (fake->accounts, "handle-update", G_CALLBACK (update_cb), fake);
  g_signal_connect (fake->accounts, "handle-set-password", G_CALLBACK (set_password_cb), fake);
  g_signal_connect (fake->accounts, "handle-test", G_CALLBACK (test_cb), fake);
  g_signal_connect (fake->accounts, "handle-cancel-test", G_CALLBACK (cancel_test_cb), fake);
  g_signal_connect (fake->programs, "handle-add", G_CALLBACK (add_program_cb), fake);
  return fake;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
fake_service_free (FakeService *fake)
{
  fake_service_stop (fake);
  g_object_unref (fake->service);
  g_object_unref (fake->outbox);
  g_object_unref (fake->accounts);
  g_object_unref (fake->programs);
  g_object_unref (fake->domains);
  g_ptr_array_unref (fake->peers);
  g_ptr_array_unref (fake->ids);
  /* What GDBus closes in its worker thread comes back through the loop. */
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  remove_folder (fake->folder);
  g_free (fake->folder);
  if (fake->changes != NULL)
    g_string_free (fake->changes, TRUE);
  g_free (fake->last);
  g_clear_pointer (&fake->filter, g_variant_unref);
  g_free (fake);
}

void
fake_service_fill (FakeService *fake, guint n)
{
  for (guint i = n; i > 0; i--)
    g_ptr_array_add (fake->ids, g_strdup_printf ("%016u", i));
}

void
fake_service_emit (FakeService *fake, const char *what)
{
  const char *const words[] = { what, NULL };

  mr_dbus_service_emit_changed (fake->service, words, 1);
}

void
answer_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  g_set_object (&answer->result, result);
}

GAsyncResult *
answer_wait (Answer *answer)
{
  wait_until (answer->result != NULL);
  return answer->result;
}

void
answer_clear (Answer *answer)
{
  g_clear_object (&answer->result);
}

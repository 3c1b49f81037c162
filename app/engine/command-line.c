/* Messages that do not come over SMTP: from this user's command line (a file descriptor over the bus) and from the maildrop folder that
 * mail-relay-sendmail fills when the service cannot be reached.
 *
 * A maildrop file is removed only after the commit that holds its message was synced; a file that cannot be read is kept and told in the log.
 */
#include <config.h>

#include "engine/command-line.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>

#include "base/log.h"
#include "base/os.h"
#include "engine/answer.h"
#include "engine/intake.h"
#include "engine/maildrop.h"
#include "mail/address.h"

#define READ_SIZE    (64 * 1024)
#define MAILDROP_MAX (64 * 1024 * 1024)
#define DROPS_OPEN   4 /* each is in memory as a whole */

typedef struct {
  MrEngine *engine; /* NULL: gone while it was being read */
  MrIntake *intake;
  GInputStream *stream;
  GCancellable *cancellable;
  gboolean in_read;
  gboolean last_was_cr, any, ends_with_newline, has_nul;
  char *path; /* maildrop file */
  MrSubmitFunc func;
  gpointer data;
} Reading;

static void drops_go_on (MrEngine *engine);

static void
reading_end (Reading *r, const char *id, const GError *error)
{
  if (r->func != NULL)
    r->func (id, error, r->data);
  g_clear_object (&r->stream);
  g_clear_object (&r->cancellable);
  g_free (r->path);
  g_free (r);
}

/* Line ends of the local system become CRLF; a lone CR becomes one too, since it must never leave (RFC 5321 2.3.8). */
static void
write_local (Reading *r, const char *data, gsize len)
{
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint)len + len / 16 + 2);

  for (gsize i = 0; i < len; i++) {
    const char c = data[i];

    r->has_nul |= c == '\0';
    if (c == '\n') {
      g_byte_array_append (out, (const guint8 *)"\r\n", 2);
      r->last_was_cr = FALSE;
      continue;
    }
    if (r->last_was_cr)
      g_byte_array_append (out, (const guint8 *)"\r\n", 2);
    r->last_was_cr = c == '\r';
    if (!r->last_was_cr)
      g_byte_array_append (out, (const guint8 *)&c, 1);
  }
  if (len > 0) {
    r->any = TRUE;
    r->ends_with_newline = data[len - 1] == '\n' || data[len - 1] == '\r';
  }
  mr_intake_write (r->intake, out->data, out->len);
}

static void
taken_cb (guint code, const char *enhanced, const char *text, const char *id, gpointer data)
{
  Reading *r = data;
  g_autoptr (GError) error = NULL;

  if (code != 250)
    g_set_error (&error, MR_ERROR,
                 code == 452   ? MR_ERROR_FULL
                 : code >= 500 ? MR_ERROR_REFUSED
                               : MR_ERROR_STORE,
                 "%u %s %s", code, enhanced, text);
  else if (r->path != NULL && unlink (r->path) != 0)
    mr_warning ("engine", "%s was taken and could not be removed: it will be sent again", r->path);
  /* Whoever handed it in was told that it is safe: it is, and somebody has to look at it. */
  if (r->path != NULL && error != NULL)
    mr_warning ("engine", "maildrop file %s is kept: %s", r->path, error->message);
  if (r->path != NULL) {
    r->engine->drops_open--;
    drops_go_on (r->engine);
  }
  reading_end (r, id, error);
}

static void
finish (Reading *r)
{
  if (r->stream != NULL)
    g_ptr_array_remove_fast (r->engine->readings, r);
  if (r->has_nul) {
    g_clear_pointer (&r->intake, mr_intake_forget);
    taken_cb (554, "5.6.0", "There is a NUL character in the message", NULL, r);
    return;
  }
  if (r->last_was_cr || !r->ends_with_newline)
    mr_intake_write (r->intake, "\r\n", 2);
  mr_intake_finish (g_steal_pointer (&r->intake), taken_cb, r);
}

static void read_more (Reading *r);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Reading *r = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) told = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize len;
  const char *text;

  r->in_read = FALSE;
  if (r->engine == NULL) {
    reading_end (r, NULL, NULL);
    return;
  }
  if (bytes == NULL) {
    g_ptr_array_remove_fast (r->engine->readings, r);
    told = g_error_new (MR_ERROR, MR_ERROR_FAILED, _ ("The message could not be read: %s"), error->message);
    mr_intake_forget (g_steal_pointer (&r->intake));
    reading_end (r, NULL, told);
    return;
  }
  text = g_bytes_get_data (bytes, &len);
  if (len == 0) {
    finish (r);
    return;
  }
  write_local (r, text, len);
  if (!mr_intake_is_full (r->intake))
    read_more (r);
}

static void
drained_cb (gpointer data)
{
  read_more (data);
}

static void
read_more (Reading *r)
{
  r->in_read = TRUE;
  g_input_stream_read_bytes_async (r->stream, READ_SIZE, G_PRIORITY_DEFAULT, r->cancellable, read_cb, r);
}

void
mr_engine_end_readings (MrEngine *engine)
{
  g_autoptr (GPtrArray) readings = g_steal_pointer (&engine->readings);
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED,
                                                  _ ("The service is being stopped; hand the message in again"));

  g_queue_clear_full (&engine->drops, g_free);
  for (guint i = 0; readings != NULL && i < readings->len; i++) {
    Reading *r = g_ptr_array_index (readings, i);

    g_clear_pointer (&r->intake, mr_intake_forget);
    r->func (NULL, error, r->data);
    r->func = NULL;
    r->engine = NULL;
    if (r->in_read)
      g_cancellable_cancel (r->cancellable); /* its callback frees it */
    else
      reading_end (r, NULL, NULL);
  }
}

static gboolean
check_envelope (const char *reverse_path, const char *const *recipients, gint64 most, GError **error)
{
  if (*reverse_path != '\0' && !mr_address_is_valid (reverse_path)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is not an e-mail address"), reverse_path);
    return FALSE;
  }
  if (recipients[0] == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The message has no recipient"));
    return FALSE;
  }
  for (guint i = 0; recipients[i] != NULL; i++)
    if (!mr_address_is_valid (recipients[i])) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is not an e-mail address"), recipients[i]);
      return FALSE;
    } else if (i >= most) {
      g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("More than %u recipients"), (guint)most);
      return FALSE;
    }
  return TRUE;
}

static MrIntakeSource
local_source (const char *reverse_path, const char *const *recipients, const char *program, gint64 uid)
{
  return (MrIntakeSource){ .reverse_path = reverse_path,
                           .recipients = recipients,
                           .helo = "localhost",
                           .program = program,
                           .socket = "command line",
                           .uid = uid,
                           .loopback = TRUE };
}

static Reading *
reading_new (MrEngine *engine, const MrIntakeSource *source)
{
  Reading *r = g_new0 (Reading, 1);

  r->engine = engine;
  r->intake = mr_intake_new (engine, source);
  return r;
}

void
mr_engine_submit (MrEngine *engine, int fd, const char *reverse_path, const char *const *recipients,
                  const char *program, MrSubmitFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Reading *r;

  if (!check_envelope (reverse_path, recipients,
                       mr_config_get_integer (mr_engine_get_config (engine), "submission", "max-recipients"), &error)) {
    close (fd);
    mr_answer_no_id (func, error, data);
    return;
  }
  const MrIntakeSource source = local_source (reverse_path, recipients, program, (gint64)getuid ());
  r = reading_new (engine, &source);
  r->stream = g_unix_input_stream_new (fd, TRUE);
  r->cancellable = g_cancellable_new ();
  r->func = func;
  r->data = data;
  if (engine->readings == NULL)
    engine->readings = g_ptr_array_new ();
  g_ptr_array_add (engine->readings, r);
  mr_intake_set_drained (r->intake, drained_cb, r);
  read_more (r);
}

/* ---- maildrop ---- */

static gboolean
take_file (MrEngine *engine, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (MrMaildropFile) file = { 0 };
  gsize len = 0;

  if (!mr_os_read_file (path, MAILDROP_MAX, &text, &len, error) || !mr_maildrop_file_read (text, len, &file, error))
    return FALSE;
  const char *const *recipients = (const char *const *)file.recipients->pdata;
  if (!check_envelope (file.reverse_path, recipients, G_MAXINT64, error))
    return FALSE;
  g_autofree guint *notify = g_new (guint, file.recipients->len);
  for (guint i = 0; i < file.recipients->len; i++)
    notify[i] = file.notify;
  MrIntakeSource source = local_source (file.reverse_path, recipients, "sendmail", (gint64)getuid ());
  source.notify = notify;
  source.ret = file.ret;
  source.envid = file.envid;
  Reading *r = reading_new (engine, &source);
  r->path = g_strdup (path);
  write_local (r, file.body, file.body_len);
  finish (r);
  return TRUE;
}

static void
drops_go_on (MrEngine *engine)
{
  if (engine->drops_begin)
    return;
  engine->drops_begin = TRUE;
  /* Without a scheduler the engine is being stopped: the next start takes the rest. */
  while (engine->scheduler != NULL && engine->drops_open < DROPS_OPEN && !g_queue_is_empty (&engine->drops)) {
    g_autofree char *path = g_queue_pop_head (&engine->drops);
    g_autoptr (GError) error = NULL;

    engine->drops_open++;
    if (take_file (engine, path, &error))
      continue;
    engine->drops_open--;
    mr_warning ("engine", "maildrop file %s is kept: %s", path, error->message);
  }
  engine->drops_begin = FALSE;
}

void
mr_engine_take_maildrop (MrEngine *engine)
{
  g_autoptr (GDir) dir = g_dir_open (engine->paths->maildrop_dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, ".msg"))
      g_queue_push_tail (&engine->drops, g_build_filename (engine->paths->maildrop_dir, name, NULL));
  }
  drops_go_on (engine);
}

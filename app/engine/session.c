/* One client of the submission server: stream and machine, policy's word at MAIL, intake for the bytes.
 *
 * Session (this connection) and transaction (reverse-path, recipients, intake) have two lifetimes; transaction_reset() is the one way out of a
 * transaction. Nothing is answered 250 before the store's commit is synced: the final answer comes from the intake's callback.
 */
#include "engine/submission-private.h"

#include "base/log.h"
#include "engine/accounts.h"
#include "engine/intake.h"
#include "engine/programs.h"
#include "net/stream.h"
#include "policy/policy.h"
#include "smtp/server.h"

struct _Session {
  MrSubmission *submission;
  MrEngine *engine;
  MrPeer *peer;
  char name[16]; /* in the log */
  MrSmtpServer *machine;
  MrStream *stream;
  gint64 started; /* monotonic */
  gboolean pumping, closing;
  guint end_source;
  /* the transaction */
  char *reverse_path;
  GPtrArray *recipients; /* char * */
  GPtrArray *orcpt;      /* char *, NULL where none was given */
  GArray *notify;        /* guint */
  gboolean body_8bit;
  MrReturn ret;
  char *envid;
  MrIntake *intake;
  gboolean finishing; /* the intake owns itself and answers later */
};

static void pump (Session *self);

static void
transaction_reset (Session *self)
{
  g_clear_pointer (&self->intake, mr_intake_forget);
  g_clear_pointer (&self->reverse_path, g_free);
  g_clear_pointer (&self->envid, g_free);
  g_ptr_array_set_size (self->recipients, 0);
  g_ptr_array_set_size (self->orcpt, 0);
  g_array_set_size (self->notify, 0);
  self->finishing = FALSE;
}

void
mr_session_free (Session *self)
{
  transaction_reset (self);
  mr_programs_cancel (self->engine->programs, self);
  g_clear_handle_id (&self->end_source, g_source_remove);
  g_clear_pointer (&self->stream, mr_stream_free);
  g_clear_pointer (&self->machine, mr_smtp_server_free);
  g_ptr_array_unref (self->recipients);
  g_ptr_array_unref (self->orcpt);
  g_array_unref (self->notify);
  mr_peer_free (self->peer);
  g_free (self);
}

const char *
mr_session_get_peer (Session *self)
{
  return self->peer->address;
}

gboolean
mr_session_is_over (Session *self, gint64 now)
{
  gint64 limit = mr_config_get_integer (mr_engine_get_config (self->engine), "submission", "session-timeout");

  return now - self->started > limit * G_USEC_PER_SEC;
}

static gboolean
end_cb (gpointer data)
{
  Session *self = data;

  self->end_source = 0;
  mr_submission_session_ended (self->submission, self);
  return G_SOURCE_REMOVE;
}

/* Ends the session from any depth: the stream says what is left, the session goes in the next turn of the loop. */
static void
end_session (Session *self)
{
  if (self->closing)
    return;
  self->closing = TRUE;
  mr_debug ("engine", "ends");
  transaction_reset (self);
  if (self->stream != NULL)
    mr_stream_close_after_flush (g_steal_pointer (&self->stream));
  self->end_source = g_idle_add_full (G_PRIORITY_DEFAULT, end_cb, self, NULL);
}

/* ---- who may submit ---- */

static MrSubmitDecision
decide (Session *self)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  g_auto (GStrv) uids = mr_config_dup_list (config, "submission", "allow-uids");
  guint n = g_strv_length (uids);
  g_autofree gint64 *allowed = g_new0 (gint64, n + 1);
  MrSubmitPeer peer = {
    .loopback = self->peer->loopback,
    .peer_uid = self->peer->uid,
    .own_uid = (gint64)getuid (),
    .allowed_uids = allowed,
    .authenticated = mr_smtp_server_get_identity (self->machine) != NULL,
    .require_auth = mr_config_get_boolean (config, "submission", "require-auth"),
  };

  for (guint i = 0; i < n; i++)
    if (g_ascii_string_to_signed (uids[i], 10, 0, G_MAXUINT32, &allowed[peer.n_allowed_uids], NULL))
      peer.n_allowed_uids++;
  return mr_policy_may_submit (&peer);
}

static void
note_refusal (Session *self, const char *reason)
{
  MrRefusalRecord *record = mr_refusal_record_new ();

  if (mr_submission_may_look_up (self->submission))
    mr_peer_find_program (self->peer);
  record->time = mr_clock_wall (self->engine->clock);
  record->uid = self->peer->uid;
  record->pid = self->peer->pid;
  record->program = g_strdup (self->peer->program);
  record->peer = g_strdup (self->peer->address);
  record->reverse_path = g_strdup (self->reverse_path);
  record->reason = g_strdup (reason);
  mr_warning ("engine", "submission refused: %s (uid %" G_GINT64_FORMAT ", %s)", reason, record->uid,
              record->program != NULL ? record->program : "unknown program");
  mr_store_add_refusal (self->engine->store, record);
  mr_engine_notify (self->engine, MR_CHANGED_PROGRAMS);
}

static void
at_mail (Session *self, const MrSmtpServerEvent *event)
{
  MrSubmitDecision decision = decide (self);

  if (decision == MR_SUBMIT_ALLOWED) {
    self->reverse_path = g_strdup (event->path);
    self->body_8bit = event->body_8bit;
    self->ret = event->ret;
    self->envid = g_strdup (event->envid);
    mr_smtp_server_answer (self->machine, 250, "2.1.0", "Sender ok");
    return;
  }
  self->reverse_path = g_strdup (event->path);
  note_refusal (self, mr_submit_decision_nick (decision));
  g_clear_pointer (&self->reverse_path, g_free);
  mr_smtp_server_answer (
      self->machine, 550, "5.7.1",
      "Not allowed to submit mail here; log in with a password made in Mail Relay, or allow this program there");
}

/* ---- the message ---- */

/* An answer that was waited for has been given. */
static void
go_on (Session *self)
{
  if (self->pumping)
    return;
  pump (self);
  if (self->stream != NULL)
    mr_stream_resume_input (self->stream);
}

static void
intake_drained_cb (gpointer data)
{
  Session *self = data;

  if (self->stream != NULL)
    mr_stream_resume_input (self->stream);
}

static void
at_data (Session *self)
{
  /* For display only: under load it is left out rather than slowing mail down. */
  if (mr_submission_may_look_up (self->submission))
    mr_peer_find_program (self->peer);
  g_ptr_array_add (self->recipients, NULL);
  MrIntakeSource source = {
    .reverse_path = self->reverse_path,
    .recipients = (const char *const *)self->recipients->pdata,
    .helo = mr_smtp_server_get_helo (self->machine),
    .identity = mr_smtp_server_get_identity (self->machine),
    .program = self->peer->program,
    .socket = self->peer->local,
    .peer_address = self->peer->address,
    .uid = self->peer->uid,
    .pid = self->peer->pid,
    .loopback = self->peer->loopback,
    .esmtp = mr_smtp_server_is_esmtp (self->machine),
    .tls = mr_smtp_server_is_tls (self->machine),
    .declared_8bit = self->body_8bit,
    .ret = self->ret,
    .envid = self->envid,
    .notify = (const guint *)(gpointer)self->notify->data,
    .orcpt = (const char *const *)self->orcpt->pdata,
  };
  self->intake = mr_intake_new (self->engine, &source);
  mr_intake_set_drained (self->intake, intake_drained_cb, self);
  mr_smtp_server_answer (self->machine, 354, NULL, "End data with <CR><LF>.<CR><LF>");
}

static void
intake_cb (guint code, const char *enhanced, const char *text, const char *id, gpointer data)
{
  Session *self = data;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  self->intake = NULL;
  self->finishing = FALSE;
  if (id != NULL)
    mr_debug ("engine", "queued as %s", id);
  transaction_reset (self);
  mr_smtp_server_answer (self->machine, code, enhanced, text);
  go_on (self);
  if (self->submission->stopped)
    mr_session_shut (self, "4.3.2", "The service is being stopped");
}

static void
at_end (Session *self, const MrSmtpServerEvent *event)
{
  MrIntake *intake;

  if (event->data_error != MR_DATA_OK) {
    if (event->data_error == MR_DATA_BARE_CR)
      note_refusal (self, "bare-cr");
    else if (event->data_error == MR_DATA_BARE_LF)
      note_refusal (self, "bare-lf");
    else if (event->data_error == MR_DATA_NUL)
      note_refusal (self, "nul");
    transaction_reset (self);
    return;
  }
  intake = self->intake;
  self->finishing = TRUE;
  mr_intake_finish (intake, intake_cb, self);
}

/* ---- other events ---- */

static void
auth_cb (gboolean ok, gboolean temporary, gpointer data)
{
  Session *self = data;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  mr_smtp_server_auth_result (self->machine, ok, temporary);
  go_on (self);
}

static void
at_starttls (Session *self)
{
  g_autoptr (GError) error = NULL;

  mr_stream_flush (self->stream);
  if (!mr_stream_start_tls_server (self->stream, self->engine->tls_server, &error)) {
    mr_info ("engine", "TLS refused: %s", error->message);
    end_session (self);
  }
}

static void
at_close (Session *self, MrSmtpCloseReason reason)
{
  if (reason == MR_CLOSE_HTTP)
    note_refusal (self, "http");
  else if (reason == MR_CLOSE_TLS_ON_PLAIN)
    note_refusal (self, "tls");
  end_session (self);
}

static void
handle (Session *self, const MrSmtpServerEvent *event)
{
  switch (event->kind) {
  case MR_SERVER_NONE:
  case MR_SERVER_HELO:
    break;
  case MR_SERVER_STARTTLS:
    at_starttls (self);
    break;
  case MR_SERVER_AUTH:
    mr_programs_check (self->engine->programs, event->authcid, event->password, auth_cb, self);
    break;
  case MR_SERVER_MAIL:
    at_mail (self, event);
    break;
  case MR_SERVER_RCPT:
    if (mr_config_get_boolean (mr_engine_get_config (self->engine), "submission", "refuse-never-write")
        && mr_store_is_never (self->engine->store, event->path)) {
      mr_smtp_server_answer (self->machine, 550, "5.7.1", "This address is on the list of those never written to");
      break;
    }
    g_ptr_array_add (self->recipients, g_strdup (event->path));
    g_ptr_array_add (self->orcpt, g_strdup (event->orcpt));
    g_array_append_val (self->notify, event->notify);
    mr_smtp_server_answer (self->machine, 250, "2.1.5", "Recipient ok");
    break;
  case MR_SERVER_DATA:
    at_data (self);
    break;
  case MR_SERVER_BODY:
    if (self->intake != NULL)
      mr_intake_write (self->intake, event->bytes, event->len);
    break;
  case MR_SERVER_END:
    at_end (self, event);
    break;
  case MR_SERVER_RESET:
    transaction_reset (self);
    break;
  case MR_SERVER_CLOSE:
    at_close (self, event->reason);
    break;
  }
}

static void
pump (Session *self)
{
  MrSmtpServerEvent event;

  self->pumping = TRUE;
  while (!self->closing && mr_smtp_server_next (self->machine, &event) != MR_SERVER_NONE)
    handle (self, &event);
  self->pumping = FALSE;
  if (self->stream != NULL)
    mr_stream_flush (self->stream);
}

/* ---- the stream ---- */

static gsize
input_cb (MrStream *stream, const guint8 *data, gsize len, gpointer owner)
{
  Session *self = owner;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);
  gsize taken = 0;

  while (taken < len && !self->closing) {
    gsize n = MIN (mr_smtp_server_room (self->machine), len - taken);

    if (n == 0 || (self->intake != NULL && !self->finishing && mr_intake_is_full (self->intake)))
      break;
    if (!mr_smtp_server_feed (self->machine, data + taken, n))
      break;
    taken += n;
    pump (self);
  }
  return self->closing ? len : taken;
}

static void
eof_cb (MrStream *stream, gpointer owner)
{
  Session *self = owner;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  /* A client that sent everything and closed its side still gets its message taken: the machine says when it is done. */
  mr_smtp_server_eof (self->machine);
  pump (self);
}

static void
tls_cb (MrStream *stream, gpointer owner)
{
  Session *self = owner;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  transaction_reset (self);
  mr_smtp_server_tls_started (self->machine);
  pump (self);
}

static void
error_cb (MrStream *stream, const GError *error, gpointer owner)
{
  Session *self = owner;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  mr_debug ("engine", "session from %s ended: %s", self->peer->address, error->message);
  g_clear_pointer (&self->stream, mr_stream_free);
  end_session (self);
}

static const MrStreamFuncs stream_funcs
    = { .on_input = input_cb, .on_eof = eof_cb, .on_tls = tls_cb, .on_error = error_cb };

void
mr_session_shut (Session *self, const char *enhanced, const char *text)
{
  if (self->closing || self->finishing)
    return;
  mr_smtp_server_abort (self->machine, 421, enhanced, text);
  pump (self);
}

Session *
mr_session_new (MrSubmission *submission, int fd, const MrPeer *peer)
{
  Session *self = g_new0 (Session, 1);
  MrEngine *engine = submission->engine;
  MrConfig *config = mr_engine_get_config (engine);
  gboolean own = peer->loopback && peer->uid == (gint64)getuid ();
  MrSmtpServerOptions options = {
    .greeting_name = "localhost",
    .max_size = mr_accounts_announced_size (engine->accounts),
    .max_command = (gsize)mr_config_get_integer (config, "submission", "max-command-length"),
    .max_line = (gsize)mr_config_get_integer (config, "submission", "max-line-length"),
    .max_recipients = (guint)mr_config_get_integer (config, "submission", "max-recipients"),
    .max_errors = (guint)mr_config_get_integer (config, "submission", "max-errors"),
    .offer_starttls = engine->tls_server != NULL,
    /* Who offers it has to send the reports that are asked for (RFC 3461 5.1). */
    .offer_dsn = strcmp (mr_config_get_string (config, "reports", "mail"), "never") != 0,
    .offer_auth = TRUE,
    .auth_without_tls = peer->loopback,
    .bare = own ? MR_BARE_LF_IS_EOL : MR_BARE_REFUSE,
  };

  self->submission = submission;
  self->engine = engine;
  self->peer = mr_peer_copy (peer);
  g_snprintf (self->name, sizeof self->name, "s%" G_GUINT64_FORMAT, ++engine->connections);
  self->started = mr_clock_monotonic (engine->clock);
  self->recipients = g_ptr_array_new_with_free_func (g_free);
  self->orcpt = g_ptr_array_new_with_free_func (g_free);
  self->notify = g_array_new (FALSE, FALSE, sizeof (guint));
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);
  mr_debug ("engine", "%s connects, user %" G_GINT64_FORMAT, peer->address, peer->uid);
  self->machine = mr_smtp_server_new (&options);
  self->stream = mr_stream_new (fd, mr_smtp_server_output (self->machine), &stream_funcs, self);
  mr_stream_set_timeout (self->stream, (guint)mr_config_get_integer (config, "submission", "command-timeout") * 1000);
  mr_stream_flush (self->stream);
  return self;
}

/* Outgoing connection: one candidate after the other until the machine is ready.
 *
 * A failure before READY goes to the next candidate, except where it is the account's (log-in refused, certificate): another address of the same
 * host would say the same and a second wrong log-in may lock the account. TLS that is only opportunistic is tried once, then the same
 * candidate again without (RFC 7435); an account never falls back to clear text.
 */
#include "engine/connection-private.h"

#include "base/log.h"
#include "engine/oauth.h"
#include "mail/address.h"

static void machine_pump (MrConnection *self);
static void connection_clear (gpointer data);

void
mr_connection_step (MrConnection *self, MrTracePart part)
{
  if (self->funcs.step != NULL && !self->dead)
    self->funcs.step (self, part, self->owner);
}

void
mr_connection_note_failure (MrConnection *self, MrStage stage, gint error, const char *what, const MrReplyRecord *reply)
{
  self->failure.stage = stage;
  self->failure.error = error;
  g_free (self->failure_what);
  self->failure_what = g_strdup (what);
  mr_reply_record_clear (&self->failure_reply);
  if (reply != NULL && reply->code != 0)
    mr_reply_record_copy_into (reply, &self->failure_reply);
}

static void
drop_stream (MrConnection *self)
{
  g_clear_pointer (&self->stream, mr_stream_free);
  g_clear_pointer (&self->client, mr_smtp_client_free);
  self->told_greeting = FALSE;
}

void
mr_connection_give_up (MrConnection *self)
{
  if (self->dead)
    return;
  self->dead = TRUE;
  mr_debug ("engine", "given up at %s: %s", mr_stage_nick (self->failure.stage),
            self->failure_what != NULL ? self->failure_what : "-");
  if (self->stream != NULL)
    g_clear_pointer (&self->stream, mr_stream_free);
  mr_connection_get_failure (self);
  self->funcs.failed (self, &self->failure, self->owner);
}

/* This candidate did not become ready. */
static void
candidate_failed (MrConnection *self)
{
  if (self->ready || self->failure.account_state != MR_ACCOUNT_READY) {
    mr_connection_give_up (self);
    return;
  }
  drop_stream (self);
  mr_connection_try_next (self);
}

static void
credentials_cb (MrSecret *secret, const GError *error, gpointer data)
{
  MrConnection *self = data;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  if (secret != NULL) {
    mr_smtp_client_credentials (self->client, self->user, secret);
    mr_connection_flush (self);
    return;
  }
  if (error == NULL)
    self->failure.account_state = MR_ACCOUNT_NO_PASSWORD;
  else if (error->code == MR_ERROR_KEYRING_LOCKED)
    self->failure.account_state = MR_ACCOUNT_KEYRING_LOCKED;
  else if (error->code == MR_ERROR_TIMED_OUT)
    self->failure.account_state = MR_ACCOUNT_KEYRING_SLOW;
  else
    self->failure.account_state = MR_ACCOUNT_NO_KEYRING;
  mr_connection_note_failure (self, MR_STAGE_AUTH, error != NULL ? error->code : MR_ERROR_NOT_FOUND,
                              error != NULL ? error->message : "no password is saved for this account", NULL);
  mr_connection_give_up (self);
}

static void
token_cb (MrSecret *token, MrAccountState trouble, const GError *error, gpointer data)
{
  MrConnection *self = data;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  if (token != NULL) {
    g_clear_pointer (&self->token, mr_secret_unref);
    self->token = mr_secret_ref (token);
    mr_smtp_client_credentials (self->client, self->user, token);
    mr_connection_flush (self);
    return;
  }
  self->failure.account_state = trouble;
  /* Whatever the error calls itself: diagnosis tells by these codes the person's turn from the provider's. */
  mr_connection_note_failure (self, MR_STAGE_AUTH,
                              trouble == MR_ACCOUNT_READY           ? MR_ERROR_BUSY
                              : trouble == MR_ACCOUNT_NEEDS_SIGN_IN ? MR_ERROR_FAILED
                                                                    : error->code,
                              error->message, NULL);
  mr_connection_give_up (self);
}

static gboolean start_tls (MrConnection *self);

/* A token may be void before its time (password changed, consent withdrawn): one more try with a new one. */
static gboolean
try_other_token (MrConnection *self)
{
  if (self->token == NULL || self->refused != NULL)
    return FALSE;
  mr_info ("engine", "account %s: the server refused the access token, another one is asked for", self->account);
  self->refused = g_steal_pointer (&self->token);
  drop_stream (self);
  self->next--;
  mr_connection_try_next (self);
  return TRUE;
}

static void
machine_failed (MrConnection *self, const MrSmtpClientEvent *event)
{
  gboolean refused = event->stage == MR_STAGE_AUTH && !self->lost && event->reply != NULL && event->reply->code >= 500;

  mr_connection_note_failure (self, event->stage,
                              event->reply != NULL && event->reply->code != 0 ? -1 : MR_ERROR_NETWORK, event->what,
                              event->reply);
  if (refused && try_other_token (self))
    return;
  /* Refused for good, or the server offers no log-in that we can use; a lost connection or a 4xx is the host's trouble. */
  if (!self->direct && event->stage == MR_STAGE_AUTH && !self->lost
      && (event->reply == NULL || event->reply->code == 0 || event->reply->code >= 500))
    self->failure.account_state = refused && self->token_of != NULL ? MR_ACCOUNT_NEEDS_SIGN_IN
                                                                    : MR_ACCOUNT_PASSWORD_REFUSED;
  else if (!self->direct && event->stage == MR_STAGE_STARTTLS)
    self->failure.account_state = MR_ACCOUNT_TLS_TROUBLE;
  candidate_failed (self);
}

static void
machine_ready (MrConnection *self)
{
  self->ready = TRUE;
  self->stage = MR_STAGE_MAIL;
  self->funcs.ready (self, self->owner);
}

static void
need_credentials (MrConnection *self)
{
  self->stage = MR_STAGE_AUTH;
  mr_connection_step (self, MR_TRACE_LOG_IN);
  if (self->token_of != NULL)
    mr_oauth_get_token (self->engine->oauth, self->token_of, self->refused, token_cb, self);
  else if (self->secret != NULL)
    mr_smtp_client_credentials (self->client, self->user, self->secret);
  else
    mr_secrets_lookup (self->engine->secrets, self->account, MR_SECRET_KIND_PASSWORD, credentials_cb, self);
}

/* FALSE: self may be gone or has changed its stream; stop. */
static gboolean
machine_event (MrConnection *self, const MrSmtpClientEvent *event)
{
  MrSmtpClient *client = self->client;

  switch (event->kind) {
  case MR_CLIENT_NONE:
    return FALSE;
  case MR_CLIENT_STARTTLS:
    return start_tls (self);
  case MR_CLIENT_CREDENTIALS:
    need_credentials (self);
    break;
  case MR_CLIENT_READY:
    if (self->ready)
      self->funcs.event (self, event, self->owner);
    else
      machine_ready (self);
    break;
  case MR_CLIENT_FAILED:
    machine_failed (self, event);
    return FALSE;
  case MR_CLIENT_CLOSED:
    mr_connection_note_failure (self, MR_STAGE_QUIT, MR_ERROR_NETWORK, "closed", NULL);
    mr_connection_give_up (self);
    return FALSE;
  case MR_CLIENT_MAIL_REFUSED:
  case MR_CLIENT_RCPT:
  case MR_CLIENT_BODY:
  case MR_CLIENT_DATA_REFUSED:
  case MR_CLIENT_DONE:
  case MR_CLIENT_VERIFIED:
    self->funcs.event (self, event, self->owner);
    break;
  }
  return !self->dead && self->client == client;
}

static void
machine_pump (MrConnection *self)
{
  MrSmtpClientEvent event;

  if (self->pumping || self->client == NULL)
    return;
  self->pumping = TRUE;
  g_rc_box_acquire (self);
  while (!self->dead && mr_smtp_client_next (self->client, &event) != MR_CLIENT_NONE)
    if (!machine_event (self, &event))
      break;
  self->pumping = FALSE;
  if (!self->dead && self->stream != NULL)
    mr_stream_flush (self->stream);
  g_rc_box_release_full (self, connection_clear);
}

static void
tell_greeting (MrConnection *self)
{
  if (self->dead || self->client == NULL || self->told_greeting || self->ready
      || mr_smtp_client_get_greeting (self->client)->code == 0)
    return;
  self->told_greeting = TRUE;
  mr_connection_step (self, MR_TRACE_CAPABILITIES);
}

static gsize
input_cb (MrStream *stream, const guint8 *data, gsize len, gpointer owner)
{
  MrConnection *self = owner;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  g_rc_box_acquire (self);
  if (!mr_smtp_client_feed (self->client, data, len)) {
    mr_connection_note_failure (self, mr_smtp_client_get_stage (self->client), MR_ERROR_PROTOCOL,
                                "too much was sent at once", NULL);
    candidate_failed (self);
  } else {
    /* A server waits for EHLO before it says more: the greeting is alone in what came. */
    machine_pump (self);
    tell_greeting (self);
  }
  g_rc_box_release_full (self, connection_clear);
  return len;
}

static void
eof_cb (MrStream *stream, gpointer owner)
{
  MrConnection *self = owner;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  g_rc_box_acquire (self);
  self->lost = TRUE;
  mr_smtp_client_eof (self->client);
  machine_pump (self);
  g_rc_box_release_full (self, connection_clear);
}

static void
drained_cb (MrStream *stream, gpointer owner)
{
  MrConnection *self = owner;

  if (self->ready && self->funcs.drained != NULL)
    self->funcs.drained (self, self->owner);
}

static void
take_chain (MrConnection *self, MrStream *stream)
{
  /* Only who shows it to a person asks for it. */
  if (self->funcs.step == NULL)
    return;
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  self->chain = mr_stream_dup_peer_chain (stream);
}

static void
tls_cb (MrStream *stream, gpointer owner)
{
  MrConnection *self = owner;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  g_rc_box_acquire (self);
  g_free (self->tls_info);
  self->tls_info = mr_stream_dup_tls_info (stream);
  mr_debug ("engine", "encrypted: %s", self->tls_info != NULL ? self->tls_info : "-");
  take_chain (self, stream);
  mr_connection_step (self, self->tls == MR_TLS_IMPLICIT ? MR_TRACE_GREETING : MR_TRACE_CAPABILITIES);
  /* A machine that was made for implicit TLS knows: it waits for the greeting. */
  if (self->tls != MR_TLS_IMPLICIT)
    mr_smtp_client_tls_started (self->client);
  self->stage = MR_STAGE_EHLO;
  machine_pump (self);
  g_rc_box_release_full (self, connection_clear);
}

static void
stream_error_cb (MrStream *stream, const GError *error, gpointer owner)
{
  MrConnection *self = owner;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);
  MrStage stage = error->code == MR_ERROR_TLS ? MR_STAGE_STARTTLS
                  : self->ready               ? mr_smtp_client_get_stage (self->client)
                                              : self->stage;

  g_rc_box_acquire (self);
  mr_connection_note_failure (self, stage, error->code, error->message, NULL);
  if (error->code == MR_ERROR_TLS && self->tls == MR_TLS_OPPORTUNISTIC && !self->clear_only) {
    self->clear_only = TRUE;
    self->next--;
  } else if (error->code == MR_ERROR_TLS && !self->direct) {
    self->failure.account_state = MR_ACCOUNT_TLS_TROUBLE;
    g_free (self->failure_fingerprint);
    self->failure_fingerprint = mr_stream_dup_peer_fingerprint (stream);
    take_chain (self, stream);
  }
  candidate_failed (self);
  g_rc_box_release_full (self, connection_clear);
}

static const MrStreamFuncs stream_funcs = {
  .on_input = input_cb, .on_eof = eof_cb, .on_drained = drained_cb, .on_tls = tls_cb, .on_error = stream_error_cb
};

static gboolean
start_tls (MrConnection *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrTlsTrust) trust = NULL;
  const Candidate *candidate = g_ptr_array_index (self->candidates, self->next - 1);
  MrTlsClientOptions options = { .name = self->direct ? candidate->host : self->host,
                                 .verify = !self->direct,
                                 .fingerprint = self->fingerprint };

  self->stage = MR_STAGE_STARTTLS;
  mr_connection_step (self, MR_TRACE_ENCRYPTION);
  trust = mr_engine_dup_trust (self->engine, self->ca_file, &error);
  options.trust = trust;
  if (trust != NULL && mr_stream_start_tls_client (self->stream, &options, &error))
    return TRUE;
  mr_connection_note_failure (self, MR_STAGE_STARTTLS, error->code, error->message, NULL);
  if (!self->direct)
    self->failure.account_state = MR_ACCOUNT_TLS_TROUBLE;
  candidate_failed (self);
  return FALSE;
}

static char *
dup_ehlo_name (MrConnection *self, int fd)
{
  const char *name = mr_config_get_string (mr_engine_get_config (self->engine), "delivery", "ehlo-name");
  g_autofree char *local = NULL;

  if (self->direct && name != NULL && *name != '\0')
    return g_strdup (name);
  local = mr_connect_dup_local_address (fd);
  if (local == NULL)
    return g_strdup ("[127.0.0.1]");
  return strchr (local, ':') != NULL ? g_strdup_printf ("[IPv6:%s]", local) : g_strdup_printf ("[%s]", local);
}

static void
connected_cb (int fd, gboolean no_route, const GError *error, gpointer data)
{
  MrConnection *self = data;
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);
  gboolean loopback;

  self->connect = NULL;
  if (error != NULL) {
    self->failure.no_route = no_route;
    mr_connection_note_failure (self, MR_STAGE_CONNECT, error->code, error->message, NULL);
    mr_connection_try_next (self);
    return;
  }
  self->failure.no_route = FALSE;
  self->stage = self->tls == MR_TLS_IMPLICIT ? MR_STAGE_STARTTLS : MR_STAGE_EHLO;
  g_free (self->peer);
  const Candidate *candidate = g_ptr_array_index (self->candidates, self->next - 1);
  loopback = mr_address_is_loopback (candidate->address);
  self->peer = g_strdup_printf (strchr (candidate->address, ':') != NULL ? "[%s]:%u" : "%s:%u", candidate->address,
                                self->port);
  MrSmtpClientOptions options = { .tls = self->clear_only ? MR_TLS_NONE : self->tls,
                                  .want_auth = self->user != NULL,
                                  .auth_in_clear_allowed = loopback,
                                  .with_token = self->token_of != NULL,
                                  .host = self->host,
                                  .port = self->port };
  g_autofree char *name = dup_ehlo_name (self, fd);
  options.ehlo_name = name;
  self->client = mr_smtp_client_new (&options);
  self->lost = FALSE;
  self->stream = mr_stream_new (fd, mr_smtp_client_output (self->client), &stream_funcs, self);
  mr_connection_set_timeout (
      self, (guint)mr_config_get_integer (mr_engine_get_config (self->engine), "delivery", "command-timeout") * 1000);
  if (self->tls == MR_TLS_IMPLICIT)
    start_tls (self);
  else
    mr_connection_step (self, MR_TRACE_GREETING);
}

void
mr_connection_try_next (MrConnection *self)
{
  const Candidate *candidate;
  guint timeout;

  if (self->next >= self->candidates->len) {
    mr_connection_give_up (self);
    return;
  }
  candidate = g_ptr_array_index (self->candidates, self->next++);
  if (self->next > 1
      && g_strcmp0 (((Candidate *)g_ptr_array_index (self->candidates, self->next - 2))->address, candidate->address)
             != 0)
    self->clear_only = FALSE;
  self->stage = MR_STAGE_CONNECT;
  mr_debug ("engine", "account %s: connecting to %s, port %u", self->account, candidate->address, self->port);
  g_clear_pointer (&self->tls_info, g_free);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  mr_connection_step (self, MR_TRACE_CONNECT);
  timeout = (guint)mr_config_get_integer (mr_engine_get_config (self->engine), "delivery", "connect-timeout") * 1000;
  self->connect = mr_connect_start (candidate->address, self->port, timeout, connected_cb, self);
}

static gboolean
start_cb (gpointer data)
{
  MrConnection *self = data;

  self->idle = 0;
  mr_connection_find_hosts (self);
  return G_SOURCE_REMOVE;
}

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->host);
  g_free (candidate->address);
  g_free (candidate);
}

MrConnection *
mr_connection_new (MrEngine *engine, const MrConnectionTarget *target, const MrConnectionFuncs *funcs, gpointer owner)
{
  MrConnection *self = g_rc_box_new0 (MrConnection);

  self->engine = engine;
  self->funcs = *funcs;
  self->owner = owner;
  self->account = g_strdup (target->account);
  self->host = g_strdup (target->host);
  self->port = target->port;
  self->direct = target->direct;
  self->tls = target->tls;
  self->user = target->user != NULL && *target->user != '\0' ? g_strdup (target->user) : NULL;
  self->secret = target->secret != NULL ? mr_secret_ref (target->secret) : NULL;
  self->token_of = target->token_of != NULL ? mr_account_record_copy (target->token_of) : NULL;
  self->fingerprint = g_strdup (target->fingerprint);
  self->ca_file = g_strdup (target->ca_file);
  self->mx = g_ptr_array_new_with_free_func (g_free);
  self->candidates = g_ptr_array_new_with_free_func (candidate_free);
  self->failure.error = -1;
  g_snprintf (self->name, sizeof self->name, "c%" G_GUINT64_FORMAT, ++engine->connections);
  self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, start_cb, self, NULL);
  return self;
}

static void
connection_clear (gpointer data)
{
  MrConnection *self = data;

  g_clear_pointer (&self->client, mr_smtp_client_free);
  g_free (self->account);
  g_free (self->host);
  g_free (self->user);
  g_free (self->fingerprint);
  g_free (self->ca_file);
  g_clear_pointer (&self->secret, mr_secret_unref);
  g_clear_pointer (&self->token_of, mr_account_record_free);
  g_clear_pointer (&self->token, mr_secret_unref);
  g_clear_pointer (&self->refused, mr_secret_unref);
  g_ptr_array_unref (self->mx);
  g_ptr_array_unref (self->candidates);
  g_free (self->peer);
  g_free (self->tls_info);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_free (self->failure_what);
  g_free (self->failure_fingerprint);
  mr_reply_record_clear (&self->failure_reply);
}

void
mr_connection_free (MrConnection *self)
{
  if (self == NULL)
    return;
  self->dead = TRUE;
  g_clear_handle_id (&self->idle, g_source_remove);
  mr_resolver_cancel (self->engine->resolver, self);
  mr_secrets_cancel (self->engine->secrets, self);
  mr_oauth_cancel (self->engine->oauth, self);
  g_clear_pointer (&self->connect, mr_connect_cancel);
  if (self->stream != NULL && self->ready && mr_smtp_client_is_ready (self->client)) {
    mr_smtp_client_quit (self->client);
    mr_stream_close_after_flush (g_steal_pointer (&self->stream));
  }
  g_clear_pointer (&self->stream, mr_stream_free);
  g_rc_box_release_full (self, connection_clear);
}

MrSmtpClient *
mr_connection_get_client (MrConnection *self)
{
  return self->client;
}

void
mr_connection_flush (MrConnection *self)
{
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (self->name);

  g_rc_box_acquire (self);
  if (!self->pumping)
    machine_pump (self);
  else if (self->stream != NULL)
    mr_stream_flush (self->stream);
  g_rc_box_release_full (self, connection_clear);
}

void
mr_connection_set_timeout (MrConnection *self, guint msec)
{
  if (self->stream != NULL)
    mr_stream_set_timeout (self->stream, msec);
}

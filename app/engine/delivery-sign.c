/* Signing a message on its way out (DKIM): the bytes are hashed before the first of them is sent, and the signature goes in front.
 *
 * The message has its last form by then (sender rewritten, 7 bit where the hop needs it). Memory does not grow with it: chunks come from the store one
 * after the other and are hashed in the pool. A message that carries a signature of the same domain that still holds is not signed again: the
 * program that handed it in signs for itself. What must be signed and cannot be waits, or needs a person; it is never sent unsigned.
 */
#include <config.h>

#include "engine/delivery-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "engine/dkim.h"
#include "mailauth/dkim-sign.h"

struct _MrSigning {
  MrDelivery *delivery; /* NULL: given up meanwhile */
  char **ids;           /* of the keys */
  GPtrArray *keys;
  GPtrArray *options; /* MrDkimSignOptions with strings of their own */
  gint64 now;         /* seconds */
  gboolean rewritten; /* signatures that the message has do not fit any more */
  /* the work, in the pool; never in two threads at a time */
  MrHeaderReader *header;
  gboolean in_body;
  GPtrArray *signers; /* MrDkimSigner */
  GBytes *piece;
  gboolean last;
  GString *fields, *kept;
  GError *error;
};

static void
options_free (gpointer data)
{
  MrDkimSignOptions *options = data;

  g_free ((char *)options->domain);
  g_free ((char *)options->selector);
  g_free (options);
}

static void
signing_free (MrSigning *s)
{
  g_strfreev (s->ids);
  g_clear_pointer (&s->signers, g_ptr_array_unref); /* they borrow the keys */
  g_clear_pointer (&s->keys, g_ptr_array_unref);
  g_ptr_array_unref (s->options);
  g_clear_pointer (&s->header, mr_header_reader_free);
  g_clear_pointer (&s->piece, g_bytes_unref);
  g_string_free (s->fields, TRUE);
  g_string_free (s->kept, TRUE);
  g_clear_error (&s->error);
  g_free (s);
}

void
mr_delivery_stop_signing (MrDelivery *self)
{
  MrSigning *s = g_steal_pointer (&self->signing);

  if (s == NULL)
    return;
  mr_dkim_cancel (self->engine->dkim, s);
  s->delivery = NULL;
  /* In the pool, or being read: the answer frees it. */
  if (!self->signing_busy)
    signing_free (s);
  self->signing_busy = FALSE;
}

/* ---- in the pool ---- */

/* TRUE where the message has a signature of this domain that has not expired. */
static gboolean
is_signed_by (MrHeaderReader *header, const char *domain, gint64 now)
{
  for (guint i = 0; i < mr_header_reader_n_fields (header); i++) {
    const MrHeaderField *field = mr_header_reader_get_field (header, i);
    const char *colon = strchr (field->raw, ':');

    if (g_ascii_strcasecmp (field->name, "DKIM-Signature") != 0 || colon == NULL)
      continue;
    g_autoptr (MrTags) tags = mr_tags_parse_tolerant (colon + 1);
    const char *d = tags != NULL ? mr_tags_get (tags, "d") : NULL, *x = tags != NULL ? mr_tags_get (tags, "x") : NULL;

    if (d != NULL && g_ascii_strcasecmp (d, domain) == 0 && (x == NULL || g_ascii_strtoll (x, NULL, 10) > now))
      return TRUE;
  }
  return FALSE;
}

static void
begin_body (MrSigning *s)
{
  s->in_body = TRUE;
  for (guint i = 0; i < s->keys->len && s->error == NULL; i++) {
    const MrDkimSignOptions *options = s->options->pdata[i];
    MrDkimSigner *signer;

    if (!s->rewritten && is_signed_by (s->header, options->domain, s->now))
      continue;
    signer = mr_dkim_signer_new (options, s->keys->pdata[i], s->header, &s->error);
    if (signer != NULL)
      g_ptr_array_add (s->signers, signer);
  }
}

static void
feed (MrSigning *s, const guint8 *data, gsize len)
{
  for (guint i = 0; i < s->signers->len; i++)
    mr_dkim_signer_feed (s->signers->pdata[i], data, len);
}

static void
read_header (MrSigning *s, const guint8 **data, gsize *len)
{
  gsize used = 0, rest_len = 0;
  const guint8 *rest = NULL;
  MrHeaderStatus status = mr_header_reader_feed (s->header, *data, *len, &used);

  *data += used;
  *len -= used;
  if (status == MR_HEADER_MORE && !s->last)
    return;
  if (status == MR_HEADER_MORE)
    status = mr_header_reader_end (s->header);
  if (status == MR_HEADER_TOO_BIG) {
    g_set_error_literal (&s->error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("The header of the message is too long to be signed"));
    return;
  }
  begin_body (s);
  if (mr_header_reader_missing_blank (s->header, &rest, &rest_len))
    feed (s, rest, rest_len);
}

static void
work (gpointer data)
{
  MrSigning *s = data;
  gsize len;
  const guint8 *bytes = g_bytes_get_data (s->piece, &len);

  if (!s->in_body && s->error == NULL)
    read_header (s, &bytes, &len);
  if (s->in_body && s->error == NULL)
    feed (s, bytes, len);
  for (guint i = 0; s->last && s->error == NULL && i < s->signers->len; i++) {
    g_autofree char *field = mr_dkim_signer_end (s->signers->pdata[i], &s->error);

    if (field != NULL) {
      g_autofree char *line = mr_dkim_signer_dup_kept (s->signers->pdata[i]);

      g_string_append (s->fields, field);
      g_string_append_printf (s->kept, "%s%s", s->kept->len > 0 ? "\n" : "", line);
    }
  }
  if (s->last)
    mr_dkim_thread_done ();
}

/* ---- in the loop ---- */

/* What stops the message here; reply codes tell the conversation what the words are about. */
static void
give_up (MrDelivery *self, gint error, const char *what, MrWaitReason wait)
{
  Trouble trouble = { .stage = MR_STAGE_MAIL,
                      .scope = MR_SCOPE_MESSAGE,
                      .error = error,
                      .what = what,
                      .local_permanent = wait == MR_WAIT_NONE,
                      .wait = wait,
                      .account_state = MR_ACCOUNT_READY };

  mr_delivery_stop_signing (self);
  mr_delivery_trouble (self, &trouble);
}

/* Codes by which the diagnosis tells what a person can do: local.conf. */
static void
cannot_sign (MrDelivery *self, const GError *error)
{
  MrSigning *s = self->signing;
  g_autofree char *what = g_strdup (error->message);
  gint code = error->code == MR_ERROR_REFUSED ? MR_ERROR_EXISTS : MR_ERROR_NOT_FOUND;

  mr_warning ("engine", "%s: not signed, and so not sent: %s", self->task->job->record->id, what);
  if (s->header != NULL && s->in_body && error->code == MR_ERROR_INVALID)
    code = MR_ERROR_INVALID;
  give_up (self, code, what, MR_WAIT_NONE);
}

static void next_piece (MrDelivery *self);

static void
piece_done (gpointer data)
{
  MrSigning *s = data;
  MrDelivery *self = s->delivery;

  if (self == NULL) {
    signing_free (s);
    return;
  }
  self->signing_busy = FALSE;
  g_clear_pointer (&s->piece, g_bytes_unref);
  if (s->error != NULL) {
    g_autoptr (GError) error = g_steal_pointer (&s->error);

    cannot_sign (self, error);
    return;
  }
  if (!s->last) {
    next_piece (self);
    return;
  }
  if (s->fields->len > 0) {
    mr_dkim_note_use (self->engine->dkim, (const char *const *)s->ids, self->lane->domain == NULL);
    self->front = g_bytes_new (s->fields->str, s->fields->len);
    self->size += s->fields->len;
    g_free (self->kept);
    self->kept = g_strdup (s->kept->str);
  }
  mr_delivery_stop_signing (self);
  self->next_chunk = 0;
  mr_delivery_begin_transaction (self);
}

static void
hash (MrDelivery *self, GBytes *piece, gboolean last)
{
  MrSigning *s = self->signing;

  s->piece = g_bytes_ref (piece);
  s->last = last;
  self->signing_busy = TRUE;
  mr_engine_run_in_pool (work, piece_done, s);
}

static void
chunk_cb (GBytes *chunk, const GError *error, gpointer data)
{
  MrDelivery *self = data;

  self->loading = FALSE;
  if (error != NULL) {
    mr_delivery_stop_signing (self);
    mr_delivery_damaged (self, error);
    return;
  }
  self->next_chunk++;
  hash (self, chunk, self->next_chunk >= self->task->job->record->n_chunks);
}

static void
next_piece (MrDelivery *self)
{
  if (self->body != NULL) {
    hash (self, self->body, TRUE);
    return;
  }
  self->loading = TRUE;
  mr_store_load_chunk (self->engine->store, self->task->job->record->id, self->next_chunk, chunk_cb, self);
}

/* FALSE: one of the keys was removed while the others were looked up. */
static gboolean
take_options (MrSigning *s, MrDkim *dkim, GError **error)
{
  for (guint i = 0; s->ids[i] != NULL; i++) {
    const MrDkimKeyRecord *record = mr_dkim_find (dkim, s->ids[i]);
    MrDkimSignOptions *options;

    if (record == NULL) {
      g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no key “%s”"), s->ids[i]);
      return FALSE;
    }
    options = g_new0 (MrDkimSignOptions, 1);
    options->domain = g_strdup (record->domain);
    options->selector = g_strdup (record->selector);
    options->now = s->now;
    options->lifetime = record->lifetime;
    g_ptr_array_add (s->options, options);
  }
  return TRUE;
}

static void
keys_cb (GPtrArray *keys, const GError *error, gpointer data)
{
  MrSigning *s = data;
  MrDelivery *self = s->delivery;
  MrWaitReason wait = MR_WAIT_NONE;
  g_autoptr (GError) gone = NULL;

  if (error == NULL) {
    s->keys = g_ptr_array_ref (keys);
    if (take_options (s, self->engine->dkim, &gone))
      next_piece (self);
    else
      cannot_sign (self, gone);
    return;
  }
  if (mr_dkim_error_waits (error, &wait)) {
    g_autofree char *what = g_strdup (error->message);

    give_up (self, MR_ERROR_KEYRING_LOCKED, what, wait);
  } else
    cannot_sign (self, error);
}

void
mr_delivery_sign (MrDelivery *self)
{
  const MrMessageRecord *record = self->task->job->record;
  const char *from = self->task->rewrite_to != NULL ? self->task->rewrite_to : record->from;
  g_auto (GStrv) ids = mr_dkim_dup_signers (self->engine->dkim, self->lane->account, self->lane->domain != NULL, from);
  gint64 most = mr_config_get_integer (mr_engine_get_config (self->engine), "submission", "max-header-size");
  MrSigning *s;

  if (ids == NULL) {
    mr_delivery_begin_transaction (self);
    return;
  }
  s = g_new0 (MrSigning, 1);
  s->delivery = self;
  s->ids = g_steal_pointer (&ids);
  s->options = g_ptr_array_new_with_free_func (options_free);
  s->signers = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dkim_signer_free);
  s->now = mr_clock_wall (self->engine->clock) / G_USEC_PER_SEC;
  s->rewritten = self->task->rewrite_to != NULL;
  /* Fields that were added or folded here need their room, too. */
  s->header = mr_header_reader_new ((gsize)most * 2 + 65536);
  s->fields = g_string_new (NULL);
  s->kept = g_string_new (NULL);
  self->signing = s;
  self->next_chunk = 0;
  mr_dkim_load (self->engine->dkim, (const char *const *)s->ids, keys_cb, s);
}

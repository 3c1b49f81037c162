/* The window's view of the service. A fetch that is asked for while one of its kind runs is made once more afterwards, so that the last word
 * is always the newest. While the service is away the last known state stays, with connected FALSE beside it.
 */
#include "config.h"

#include "ui/desk.h"

#include <pwd.h>

#include "base/clock.h"
#include "base/os.h"
#include "base/paths.h"
#include "ui/format.h"
#include "ui/record-item.h"

typedef enum { FETCH_STATUS, FETCH_ACCOUNTS, FETCH_PROGRAMS, FETCH_REFUSALS, N_FETCHES } Fetch;

struct _MrDesk {
  GObject parent_instance;
  MrClient *client;
  MrDiagnosis *diagnosis;
  MrClock *clock;
  GCancellable *cancellable;
  gboolean running[N_FETCHES], again[N_FETCHES];

  MrServiceStatus *status;
  GListStore *accounts, *programs, *refusals;
  gboolean knows_accounts;
  char *refused_user; /* of the newest refusal */
};

enum { STATUS_CHANGED, ACCOUNTS_CHANGED, QUEUE_CHANGED, PROGRAMS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrDesk, mr_desk, G_TYPE_OBJECT)

static void fetch (MrDesk *self, Fetch what);

/* TRUE where the result is to be used: not cancelled, and the desk is still there. */
static gboolean
fetched (MrDesk *self, Fetch what, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  self->running[what] = FALSE;
  if (self->again[what])
    fetch (self, what);
  return error == NULL;
}

static void
fill_store (GListStore *store, GPtrArray *records, GDestroyNotify free_func)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  while (records->len > 0)
    g_ptr_array_add (items, mr_record_item_new (g_ptr_array_steal_index (records, 0), free_func));
  g_list_store_splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), items->pdata, items->len);
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrServiceStatus) status = mr_client_get_status_finish (MR_CLIENT (source), result, &error);

  if (!fetched (data, FETCH_STATUS, error))
    return;
  MrDesk *self = data;
  g_clear_pointer (&self->status, mr_service_status_free);
  self->status = g_steal_pointer (&status);
  g_signal_emit (self, signals[STATUS_CHANGED], 0);
}

static void
accounts_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = mr_client_list_accounts_finish (MR_CLIENT (source), result, &error);

  if (!fetched (data, FETCH_ACCOUNTS, error))
    return;
  MrDesk *self = data;
  fill_store (self->accounts, records, (GDestroyNotify)mr_account_record_free);
  self->knows_accounts = TRUE;
  g_signal_emit (self, signals[ACCOUNTS_CHANGED], 0);
}

static void
programs_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = mr_client_list_programs_finish (MR_CLIENT (source), result, &error);

  if (!fetched (data, FETCH_PROGRAMS, error))
    return;
  MrDesk *self = data;
  fill_store (self->programs, records, (GDestroyNotify)mr_program_record_free);
  g_signal_emit (self, signals[PROGRAMS_CHANGED], 0);
}

static void
refusals_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = mr_client_list_refusals_finish (MR_CLIENT (source), result, &error);

  if (!fetched (data, FETCH_REFUSALS, error))
    return;
  MrDesk *self = data;
  fill_store (self->refusals, records, (GDestroyNotify)mr_refusal_record_free);
  g_signal_emit (self, signals[PROGRAMS_CHANGED], 0);
}

static void
fetch (MrDesk *self, Fetch what)
{
  self->again[what] = self->running[what];
  if (self->running[what])
    return;
  self->running[what] = TRUE;
  switch (what) {
  case FETCH_STATUS:
    mr_client_get_status_async (self->client, self->cancellable, status_cb, self);
    break;
  case FETCH_ACCOUNTS:
    mr_client_list_accounts_async (self->client, self->cancellable, accounts_cb, self);
    break;
  case FETCH_PROGRAMS:
    mr_client_list_programs_async (self->client, self->cancellable, programs_cb, self);
    break;
  case FETCH_REFUSALS:
    mr_client_list_refusals_async (self->client, self->cancellable, refusals_cb, self);
    break;
  case N_FETCHES:
  default:
    break;
  }
}

static void
changed_cb (MrDesk *self, guint what, guint64 revision)
{
  /* Counts, the number of accounts and who waits for which account are part of both. */
  if (what
      & (MR_CLIENT_CHANGED_STATUS | MR_CLIENT_CHANGED_QUEUE | MR_CLIENT_CHANGED_ACCOUNTS | MR_CLIENT_CHANGED_CONFIG))
    fetch (self, FETCH_STATUS);
  if (what & (MR_CLIENT_CHANGED_ACCOUNTS | MR_CLIENT_CHANGED_CONFIG))
    fetch (self, FETCH_ACCOUNTS);
  if (what & MR_CLIENT_CHANGED_PROGRAMS) {
    fetch (self, FETCH_PROGRAMS);
    fetch (self, FETCH_REFUSALS);
  }
  if (what & MR_CLIENT_CHANGED_QUEUE)
    g_signal_emit (self, signals[QUEUE_CHANGED], 0);
}

static void
connection_changed_cb (MrDesk *self)
{
  g_signal_emit (self, signals[STATUS_CHANGED], 0);
}

MrDesk *
mr_desk_new (MrClient *client)
{
  MrDesk *self = g_object_new (MR_TYPE_DESK, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::connected", G_CALLBACK (connection_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::connecting", G_CALLBACK (connection_changed_cb), self, G_CONNECT_SWAPPED);
  if (mr_client_is_connected (client))
    changed_cb (self, MR_CLIENT_CHANGED_ALL, 0);
  return self;
}

/* ---- what is known ---- */

MrClient *
mr_desk_get_client (MrDesk *self)
{
  g_return_val_if_fail (MR_IS_DESK (self), NULL);
  return self->client;
}

MrDiagnosis *
mr_desk_get_diagnosis (MrDesk *self)
{
  g_return_val_if_fail (MR_IS_DESK (self), NULL);
  return self->diagnosis;
}

gint64
mr_desk_now (MrDesk *self)
{
  g_return_val_if_fail (MR_IS_DESK (self), 0);
  return mr_clock_wall (self->clock);
}

GListModel *
mr_desk_get_accounts (MrDesk *self)
{
  g_return_val_if_fail (MR_IS_DESK (self), NULL);
  return G_LIST_MODEL (self->accounts);
}

GListModel *
mr_desk_get_programs (MrDesk *self)
{
  g_return_val_if_fail (MR_IS_DESK (self), NULL);
  return G_LIST_MODEL (self->programs);
}

GListModel *
mr_desk_get_refusals (MrDesk *self)
{
  g_return_val_if_fail (MR_IS_DESK (self), NULL);
  return G_LIST_MODEL (self->refusals);
}

gboolean
mr_desk_knows_accounts (MrDesk *self)
{
  g_return_val_if_fail (MR_IS_DESK (self), FALSE);
  return self->knows_accounts;
}

const MrServiceStatus *
mr_desk_get_status (MrDesk *self)
{
  g_return_val_if_fail (MR_IS_DESK (self), NULL);
  return self->status;
}

/* The store keeps a reference on its items, so a record outlives the item reference that is dropped here. */
static const MrAccountRecord *
nth_account (MrDesk *self, guint i)
{
  g_autoptr (MrRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

  return item != NULL ? mr_record_item_get (item) : NULL;
}

const MrAccountRecord *
mr_desk_find_account (MrDesk *self, const char *id)
{
  g_return_val_if_fail (MR_IS_DESK (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    const MrAccountRecord *account = nth_account (self, i);
    if (g_strcmp0 (account->id, id) == 0)
      return account;
  }
  return NULL;
}

char *
mr_desk_dup_user_name (gint64 uid)
{
  char buffer[4096];
  struct passwd entry, *found = NULL;

  if (uid < 0)
    return NULL;
  if (getpwuid_r ((uid_t)uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    return g_strdup (found->pw_name);
  return g_strdup_printf ("%" G_GINT64_FORMAT, uid);
}

static void
add_listener_facts (const MrServiceStatus *status, MrNoticeFacts *ret)
{
  for (guint i = 0; i < status->listeners->len; i++) {
    const MrServiceListener *listener = g_ptr_array_index (status->listeners, i);
    if (listener->error == NULL)
      ret->listens = TRUE;
    else if (ret->port_error == NULL) {
      ret->port_address = listener->address;
      ret->port_error = listener->error;
    }
  }
}

static void
add_account_facts (MrDesk *self, MrNoticeFacts *ret)
{
  ret->n_accounts = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
  for (guint i = 0; i < ret->n_accounts; i++) {
    const MrAccountRecord *account = nth_account (self, i);
    if (!mr_format_account_needs_person (account->state))
      continue;
    if (ret->n_accounts_in_trouble++ == 0)
      ret->account_in_trouble = mr_format_account_name (account);
  }
}

static void
add_refusal_facts (MrDesk *self, MrNoticeFacts *ret)
{
  g_autoptr (MrRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->refusals), 0);

  if (item == NULL)
    return;
  const MrRefusalRecord *refusal = mr_record_item_get (item);
  g_free (self->refused_user);
  self->refused_user = mr_desk_dup_user_name (refusal->uid);
  ret->refused_program = refusal->program != NULL && *refusal->program != '\0' ? refusal->program : refusal->peer;
  ret->refused_user = self->refused_user;
}

void
mr_desk_get_notice_facts (MrDesk *self, MrNoticeFacts *ret)
{
  g_return_if_fail (MR_IS_DESK (self));

  const MrServiceStatus *status = self->status;
  *ret = (MrNoticeFacts){ 0 };
  ret->connected = mr_client_is_connected (self->client);
  ret->connecting = mr_client_is_connecting (self->client);
  ret->connect_error = mr_client_get_connect_error (self->client);
  ret->own_version = MR_VERSION;
  ret->service_version = mr_client_get_service_version (self->client);
  ret->online = TRUE;
  add_account_facts (self, ret);
  add_refusal_facts (self, ret);
  if (status == NULL)
    return;
  ret->config_error = status->config_error;
  ret->config_warning = status->config_warnings != NULL ? status->config_warnings[0] : NULL;
  ret->secrets_state = status->secrets_state;
  ret->secrets_needed = status->secrets_needed;
  ret->store_notice = status->store_notice;
  ret->n_waiting = status->counts.messages_active;
  ret->paused = status->paused;
  ret->paused_until = status->paused_until;
  ret->keeps_everything = status->keeps_everything;
  ret->n_held = status->counts.messages_held;
  ret->now = mr_desk_now (self);
  ret->online = status->online;
  ret->captive = status->captive;
  add_listener_facts (status, ret);
}

/* ---- class ---- */

static void
mr_desk_dispose (GObject *object)
{
  MrDesk *self = MR_DESK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (mr_desk_parent_class)->dispose (object);
}

static void
mr_desk_finalize (GObject *object)
{
  MrDesk *self = MR_DESK (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->accounts);
  g_clear_object (&self->programs);
  g_clear_object (&self->refusals);
  g_clear_pointer (&self->status, mr_service_status_free);
  g_clear_pointer (&self->diagnosis, mr_diagnosis_free);
  g_clear_pointer (&self->clock, mr_clock_unref);
  g_free (self->refused_user);
  G_OBJECT_CLASS (mr_desk_parent_class)->finalize (object);
}

/* The service tells of files with errors; here their words are only left out. */
static void
own_words_cb (const char *path, GBytes *bytes, const GError *error, gpointer user_data)
{
  MrDesk *self = user_data;

  if (bytes != NULL)
    mr_diagnosis_add_rules (self->diagnosis, path, bytes, FALSE, NULL);
}

static void
mr_desk_init (MrDesk *self)
{
  g_autoptr (MrPaths) paths = mr_paths_new ();
  g_autofree char *folder = g_build_filename (paths->config_dir, MR_DIAGNOSIS_FOLDER, NULL);

  self->diagnosis = mr_diagnosis_new_builtin ();
  mr_os_read_folder (folder, MR_DIAGNOSIS_SUFFIX, MR_DIAGNOSIS_FILE_MAX, own_words_cb, self);
  self->clock = mr_clock_new_real ();
  self->cancellable = g_cancellable_new ();
  self->accounts = g_list_store_new (MR_TYPE_RECORD_ITEM);
  self->programs = g_list_store_new (MR_TYPE_RECORD_ITEM);
  self->refusals = g_list_store_new (MR_TYPE_RECORD_ITEM);
}

static void
mr_desk_class_init (MrDeskClass *klass)
{
  static const char *const names[N_SIGNALS] = { "status-changed", "accounts-changed", "queue-changed",
                                                "programs-changed" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mr_desk_dispose;
  object_class->finalize = mr_desk_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               0);
}

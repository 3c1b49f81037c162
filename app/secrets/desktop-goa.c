/* GNOME Online Accounts through libgoa.
 *
 * The client is made at the first call (which may start goa-daemon) and kept; calls that come meanwhile wait for it. An
 * account counts where its mail is switched on, it speaks OAuth 2.0, and its provider's SMTP servers take the token that
 * GOA asks for: that is so for Google and for Outlook.com ("windows_live"), not for Microsoft 365 ("ms_graph", whose token
 * is for another interface) nor for those with a password.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define GOA_API_IS_SUBJECT_TO_CHANGE
#include <goa/goa.h>

#include "base/log.h"
#include "secrets/desktop-accounts-private.h"

#define CHANGED_MS 100 /* the signals of one change come in bursts */

struct _MrDesktopSource {
  MrDesktopAccounts *desktop; /* NULL: closed */
  GoaClient *client;          /* NULL: not made yet */
  gboolean connecting;
  GPtrArray *waiting; /* MrDesktopCall, for the client */
  guint changed_source;
  gatomicrefcount refs;
};

static void
source_unref (MrDesktopSource *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_object (&self->client);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

MrDesktopSource *
mr_desktop_source_open (MrDesktopAccounts *desktop)
{
  MrDesktopSource *self = g_new0 (MrDesktopSource, 1);

  g_atomic_ref_count_init (&self->refs);
  self->desktop = desktop;
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_desktop_call_unref);
  return self;
}

void
mr_desktop_source_close (MrDesktopSource *self)
{
  self->desktop = NULL;
  g_clear_handle_id (&self->changed_source, g_source_remove);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  source_unref (self);
}

/* ---- which accounts ---- */

static const char *
preset_of (const char *type, const char *address)
{
  const char *at = strrchr (address, '@');

  if (g_strcmp0 (type, "windows_live") == 0)
    return "outlook";
  if (g_strcmp0 (type, "google") != 0 || at == NULL)
    return NULL;
  return g_ascii_strcasecmp (at, "@gmail.com") == 0 || g_ascii_strcasecmp (at, "@googlemail.com") == 0
             ? "gmail"
             : "google-workspace";
}

static char *
dup_text (const char *text)
{
  return g_utf8_make_valid (text != NULL ? text : "", -1);
}

/* (transfer full) NULL: not one that can send. */
static MrDesktopAccountRecord *
record_of (GoaObject *object)
{
  GoaAccount *account = goa_object_peek_account (object);
  GoaMail *mail = goa_object_peek_mail (object);
  const char *address = mail != NULL ? goa_mail_get_email_address (mail) : NULL;
  const char *preset;
  MrDesktopAccountRecord *record;

  if (account == NULL || address == NULL || goa_object_peek_oauth2_based (object) == NULL
      || goa_account_get_mail_disabled (account) || goa_account_get_id (account) == NULL)
    return NULL;
  preset = preset_of (goa_account_get_provider_type (account), address);
  if (preset == NULL)
    return NULL;
  record = mr_desktop_account_record_new ();
  record->id = g_strdup (goa_account_get_id (account));
  record->provider = g_strdup (preset);
  record->address = dup_text (address);
  record->name = dup_text (goa_account_get_provider_name (account));
  record->needs_attention = goa_account_get_attention_needed (account);
  return record;
}

static gint
compare_cb (gconstpointer a, gconstpointer b)
{
  const MrDesktopAccountRecord *ra = *(MrDesktopAccountRecord *const *)a, *rb = *(MrDesktopAccountRecord *const *)b;
  gint order = strcmp (ra->address, rb->address);

  return order != 0 ? order : strcmp (ra->id, rb->id);
}

static void
list (MrDesktopSource *self, MrDesktopCall *call)
{
  GList *objects = goa_client_get_accounts (self->client);

  call->accounts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_desktop_account_record_free);
  for (GList *l = objects; l != NULL; l = l->next) {
    MrDesktopAccountRecord *record = record_of (l->data);

    if (record != NULL)
      g_ptr_array_add (call->accounts, record);
  }
  g_list_free_full (objects, g_object_unref);
  g_ptr_array_sort (call->accounts, compare_cb);
  mr_desktop_call_done (call, NULL);
}

/* ---- a token ---- */

static GError *
explain (const GError *error)
{
  if (g_error_matches (error, GOA_ERROR, GOA_ERROR_NOT_AUTHORIZED))
    return g_error_new_literal (MR_ERROR, MR_ERROR_REFUSED,
                                _ ("The desktop has to sign in to this account again: open Settings, Online Accounts"));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    return g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT, _ ("The desktop's online accounts do not answer"));
  return g_error_new (MR_ERROR, MR_ERROR_NETWORK, _ ("The desktop's online accounts gave no sign-in: %s"),
                      error->message);
}

static void
token_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrDesktopCall *call = data;
  g_autoptr (GError) error = NULL;
  char *token = NULL;
  gint seconds = 0;

  if (!goa_oauth2_based_call_get_access_token_finish (GOA_OAUTH2_BASED (object), &token, &seconds, result, &error))
    mr_desktop_call_done (call, explain (error));
  else if (call->desktop != NULL) {
    call->token = mr_secret_new_long (token, strlen (token));
    call->seconds = (guint)MAX (seconds, 0);
    mr_desktop_call_done (call, call->token != NULL
                                    ? NULL
                                    : g_error_new_literal (MR_ERROR, MR_ERROR_NETWORK,
                                                           _ ("The desktop's online accounts gave too much at once")));
  }
  if (token != NULL)
    mr_wipe (token, strlen (token));
  g_free (token);
  mr_desktop_call_unref (call);
}

/* The daemon has ended or is being replaced: its accounts are not gone for that. */
static gboolean
is_there (MrDesktopSource *self)
{
  g_autofree char *owner = NULL;

  g_object_get (goa_client_get_object_manager (self->client), "name-owner", &owner, NULL);
  return owner != NULL;
}

static void run_without_client (MrDesktopCall *call);

static void
get_token (MrDesktopSource *self, MrDesktopCall *call)
{
  g_autoptr (GoaObject) object = goa_client_lookup_by_id (self->client, call->id);
  MrDesktopAccountRecord *record = object != NULL ? record_of (object) : NULL;

  if (record == NULL && !is_there (self)) {
    run_without_client (call);
    return;
  }
  if (record == NULL) {
    mr_desktop_call_done (call, g_error_new_literal (MR_ERROR, MR_ERROR_NOT_FOUND,
                                                     _ ("The desktop no longer has this account, or its mail is "
                                                        "switched off: see Settings, Online Accounts")));
    return;
  }
  mr_desktop_account_record_free (record);
  goa_oauth2_based_call_get_access_token (goa_object_peek_oauth2_based (object), NULL, token_cb,
                                          mr_desktop_call_ref (call));
}

/* ---- the client ---- */

static void
run_with_client (MrDesktopSource *self, MrDesktopCall *call)
{
  if (call->id == NULL)
    list (self, call);
  else
    get_token (self, call);
}

static gboolean
changed_source_cb (gpointer data)
{
  MrDesktopSource *self = data;

  self->changed_source = 0;
  mr_desktop_accounts_changed (self->desktop);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (GoaClient *client, GoaObject *object, gpointer data)
{
  MrDesktopSource *self = data;

  if (self->changed_source == 0)
    self->changed_source = g_timeout_add (CHANGED_MS, changed_source_cb, self);
}

/* No bus, no such service: not an error, the desktop simply has no accounts. */
static void
run_without_client (MrDesktopCall *call)
{
  if (call->id == NULL) {
    call->accounts = g_ptr_array_new ();
    mr_desktop_call_done (call, NULL);
  } else
    mr_desktop_call_done (
        call, g_error_new_literal (MR_ERROR, MR_ERROR_NETWORK, _ ("The desktop's online accounts are not there now")));
}

static void
client_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrDesktopSource *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) waiting = g_ptr_array_ref (self->waiting);
  GoaClient *client = goa_client_new_finish (result, &error);

  self->connecting = FALSE;
  self->client = client;
  g_ptr_array_unref (self->waiting);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_desktop_call_unref);
  if (client == NULL)
    mr_info ("secrets", "no online accounts of the desktop: %s", error->message);
  else if (self->desktop != NULL) {
    g_signal_connect (client, "account-added", G_CALLBACK (changed_cb), self);
    g_signal_connect (client, "account-removed", G_CALLBACK (changed_cb), self);
    g_signal_connect (client, "account-changed", G_CALLBACK (changed_cb), self);
  }
  for (guint i = 0; i < waiting->len; i++) {
    MrDesktopCall *call = g_ptr_array_index (waiting, i);

    if (call->desktop == NULL)
      continue;
    if (client != NULL)
      run_with_client (self, call);
    else
      run_without_client (call);
  }
  source_unref (self);
}

void
mr_desktop_source_run (MrDesktopSource *self, MrDesktopCall *call)
{
  if (self->client != NULL) {
    run_with_client (self, call);
    return;
  }
  g_ptr_array_add (self->waiting, mr_desktop_call_ref (call));
  if (self->connecting)
    return;
  self->connecting = TRUE;
  g_atomic_ref_count_inc (&self->refs);
  goa_client_new (NULL, client_cb, self);
}

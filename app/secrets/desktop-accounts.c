/* The front of the desktop's accounts: calls and their time limit. Each call is answered exactly once and never inside
 * the function that made it. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "secrets/desktop-accounts-private.h"

#define CALL_LIMIT_MS 30000

struct _MrDesktopAccounts {
  MrDesktopSource *source;
  GPtrArray *calls; /* not yet answered */
  guint limit_ms;
  MrDesktopChangedFunc changed;
  gpointer changed_data;
};

MrDesktopAccounts *
mr_desktop_accounts_new (void)
{
  MrDesktopAccounts *self = g_new0 (MrDesktopAccounts, 1);

  self->calls = g_ptr_array_new ();
  self->limit_ms = CALL_LIMIT_MS;
  self->source = mr_desktop_source_open (self);
  return self;
}

MrDesktopCall *
mr_desktop_call_ref (MrDesktopCall *call)
{
  g_atomic_ref_count_inc (&call->refs);
  return call;
}

void
mr_desktop_call_unref (MrDesktopCall *call)
{
  if (!g_atomic_ref_count_dec (&call->refs))
    return;
  g_free (call->id);
  g_clear_pointer (&call->accounts, g_ptr_array_unref);
  g_clear_pointer (&call->token, mr_secret_unref);
  g_clear_error (&call->error);
  g_free (call);
}

/* Answers and lets go: the one way out of a call. */
static void
finish_call (MrDesktopCall *call)
{
  MrDesktopAccounts *self = call->desktop;
  gboolean failed = call->error != NULL;

  call->desktop = NULL;
  g_clear_handle_id (&call->timer, g_source_remove);
  g_clear_handle_id (&call->answer_source, g_source_remove);
  g_ptr_array_remove_fast (self->calls, call);
  if (call->list_func != NULL)
    call->list_func (failed ? NULL : call->accounts, call->error, call->data);
  if (call->token_func != NULL)
    call->token_func (failed ? NULL : call->token, failed ? 0 : call->seconds, call->error, call->data);
  mr_desktop_call_unref (call);
}

static gboolean
answer_cb (gpointer data)
{
  MrDesktopCall *call = data;

  call->answer_source = 0;
  finish_call (call);
  return G_SOURCE_REMOVE;
}

void
mr_desktop_call_done (MrDesktopCall *call, GError *error)
{
  if (call->desktop == NULL || call->answer_source != 0) {
    g_clear_error (&error);
    return;
  }
  call->error = error;
  call->answer_source = g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, call, NULL);
}

static gboolean
limit_cb (gpointer data)
{
  MrDesktopCall *call = data;

  call->timer = 0;
  if (call->answer_source != 0)
    return G_SOURCE_REMOVE;
  call->error = g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT, _ ("The desktop's online accounts do not answer"));
  finish_call (call);
  return G_SOURCE_REMOVE;
}

static MrDesktopCall *
call_new (MrDesktopAccounts *self, const char *id, gpointer data)
{
  MrDesktopCall *call = g_new0 (MrDesktopCall, 1);

  g_atomic_ref_count_init (&call->refs);
  call->desktop = self;
  call->id = g_strdup (id);
  call->data = data;
  call->timer = g_timeout_add (self->limit_ms, limit_cb, call);
  g_ptr_array_add (self->calls, call);
  return call;
}

void
mr_desktop_accounts_list (MrDesktopAccounts *self, MrDesktopListFunc func, gpointer data)
{
  MrDesktopCall *call = call_new (self, NULL, data);

  call->list_func = func;
  mr_desktop_source_run (self->source, call);
}

void
mr_desktop_accounts_get_token (MrDesktopAccounts *self, const char *id, MrDesktopTokenFunc func, gpointer data)
{
  MrDesktopCall *call = call_new (self, id, data);

  call->token_func = func;
  mr_desktop_source_run (self->source, call);
}

void
mr_desktop_accounts_cancel (MrDesktopAccounts *self, gpointer data)
{
  for (guint i = 0; i < self->calls->len; i++) {
    MrDesktopCall *call = g_ptr_array_index (self->calls, i);

    if (call->data == data) {
      call->list_func = NULL;
      call->token_func = NULL;
    }
  }
}

void
mr_desktop_accounts_free (MrDesktopAccounts *self)
{
  if (self == NULL)
    return;
  self->changed = NULL;
  while (self->calls->len > 0) {
    MrDesktopCall *call = g_ptr_array_index (self->calls, 0);

    g_clear_handle_id (&call->answer_source, g_source_remove);
    g_clear_error (&call->error);
    call->error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is being stopped"));
    finish_call (call);
  }
  mr_desktop_source_close (self->source);
  g_ptr_array_unref (self->calls);
  g_free (self);
}

void
mr_desktop_accounts_watch (MrDesktopAccounts *self, MrDesktopChangedFunc func, gpointer data)
{
  self->changed = func;
  self->changed_data = data;
}

void
mr_desktop_accounts_changed (MrDesktopAccounts *self)
{
  if (self->changed != NULL)
    self->changed (self, self->changed_data);
}

void
mr_desktop_accounts_set_limit (MrDesktopAccounts *self, guint milliseconds)
{
  self->limit_ms = milliseconds;
}

/* What the guide knows: see domain-guide-session.h. Here are the object, its end, and the one way in which calls end; the calls themselves are
 * in domain-guide-session-check.c and domain-guide-session-records.c.
 *
 * Closing cancels every call and is final: nothing is told from then on, though the object may live on in whoever holds it.
 */
#include "config.h"

#include "ui/domain-guide-session-private.h"

#include <string.h>

#include "client/publish-calls.h"
#include "ui/record-item.h"

enum { CHANGED, FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrGuideSession, mr_guide_session, G_TYPE_OBJECT)

/* ---- what is shared ---- */

MrDesk *
mr_guide_session_get_desk (MrGuideSession *self)
{
  return self->desk;
}

const char *
mr_guide_session_get_domain (MrGuideSession *self)
{
  return self->domain;
}

MrGuideAnswers *
mr_guide_session_get_answers (MrGuideSession *self)
{
  return self->answers;
}

const MrDomainReport *
mr_guide_session_get_report (MrGuideSession *self)
{
  return self->report;
}

GPtrArray *
mr_guide_session_get_findings (MrGuideSession *self)
{
  return self->findings;
}

GVariant *
mr_guide_session_get_plan (MrGuideSession *self)
{
  return self->plan;
}

GVariant *
mr_guide_session_get_published (MrGuideSession *self)
{
  return self->published;
}

GVariant *
mr_guide_session_get_watch (MrGuideSession *self)
{
  return self->watch;
}

GVariant *
mr_guide_session_get_services (MrGuideSession *self)
{
  return self->services;
}

GVariant *
mr_guide_session_get_providers (MrGuideSession *self)
{
  return self->providers;
}

GPtrArray *
mr_guide_session_get_keys (MrGuideSession *self)
{
  return self->keys;
}

const MrAccountRecord *
mr_guide_session_get_account (MrGuideSession *self)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  const MrAccountRecord *chosen = mr_desk_find_account (self->desk, self->answers->account);

  if (chosen != NULL || self->answers->direct)
    return chosen;
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);

    if (mr_guide_account_fits (account, self->domain))
      return account;
  }
  return NULL;
}

gboolean
mr_guide_session_is_direct (MrGuideSession *self)
{
  const MrAccountRecord *account = mr_guide_session_get_account (self);

  return self->answers->direct || (account != NULL && account->kind == MR_ACCOUNT_DIRECT);
}

/* ---- for the calls ---- */

void
mr_guide_session_tell (MrGuideSession *self, const char *what)
{
  g_signal_emit (self, signals[CHANGED], g_quark_from_string (what));
}

void
mr_guide_session_take_domain (MrGuideSession *self, const char *domain)
{
  if (*domain != '\0' && strcmp (domain, self->domain) != 0) {
    g_free (self->domain);
    self->domain = g_strdup (domain);
  }
}

gboolean
mr_guide_session_has_failed (MrGuideSession *self, const char *what, const GError *error)
{
  if (error == NULL)
    return FALSE;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, what, error);
  return TRUE;
}

typedef struct {
  MrGuideSession *session; /* not looked at when cancelled */
  MrGuideTake take;
  const char *failed;
} Call;

gpointer
mr_guide_session_call (MrGuideSession *self, MrGuideTake take, const char *failed)
{
  const Call call = { self, take, failed };

  return g_memdup2 (&call, sizeof call);
}

void
mr_guide_session_answer_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autofree Call *call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = mr_client_records_finish (MR_CLIENT (client), result, &error);

  if (call->failed == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_error (&error);
  if (!mr_guide_session_has_failed (call->session, call->failed, error))
    call->take (call->session, answer);
}

/* ---- class ---- */

void
mr_guide_session_close (MrGuideSession *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->check != NULL)
    g_cancellable_cancel (self->check);
  if (self->client != NULL)
    mr_client_unfollow_watches (self->client, self->follow);
  self->follow = 0;
  g_clear_object (&self->client);
}

static void
mr_guide_session_dispose (GObject *object)
{
  mr_guide_session_close (MR_GUIDE_SESSION (object));
  G_OBJECT_CLASS (mr_guide_session_parent_class)->dispose (object);
}

static void
mr_guide_session_finalize (GObject *object)
{
  MrGuideSession *self = MR_GUIDE_SESSION (object);

  g_clear_object (&self->check);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->desk);
  g_clear_pointer (&self->report, mr_domain_report_free);
  g_ptr_array_unref (self->findings);
  g_clear_pointer (&self->services, g_variant_unref);
  g_clear_pointer (&self->providers, g_variant_unref);
  g_clear_pointer (&self->published, g_variant_unref);
  g_clear_pointer (&self->plan, g_variant_unref);
  g_clear_pointer (&self->watch, g_variant_unref);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_queue_clear (&self->wanted_keys);
  mr_guide_answers_free (self->answers);
  g_free (self->domain);
  G_OBJECT_CLASS (mr_guide_session_parent_class)->finalize (object);
}

static void
mr_guide_session_init (MrGuideSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->answers = mr_guide_answers_new ();
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_domain_finding_free);
  g_queue_init (&self->wanted_keys);
}

static void
mr_guide_session_class_init (MrGuideSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mr_guide_session_dispose;
  object_class->finalize = mr_guide_session_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

MrGuideSession *
mr_guide_session_new (MrDesk *desk, const char *domain)
{
  MrGuideSession *self = g_object_new (MR_TYPE_GUIDE_SESSION, NULL);
  g_autofree char *ascii = g_hostname_to_ascii (domain);

  self->desk = g_object_ref (desk);
  self->client = g_object_ref (mr_desk_get_client (desk));
  self->domain = ascii != NULL ? g_ascii_strdown (ascii, -1) : g_strdup (domain);
  return self;
}

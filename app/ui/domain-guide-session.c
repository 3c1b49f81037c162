/* The guide's dealings with the service: see domain-guide-session.h. */
#include "config.h"

#include "ui/domain-guide-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/records-variant.h"
#include "client/prove-calls.h"
#include "client/publish-calls.h"
#include "ui/record-item.h"

struct _MrGuideSession {
  GObject parent_instance;
  MrDesk *desk;
  MrClient *client;
  GCancellable *cancellable;
  GCancellable *check; /* of the check that runs; NULL: none */
  char *domain;
  MrGuideAnswers *answers;
  gboolean answered; /* the answers were restored, or are the person's */

  MrDomainReport *report;
  GPtrArray *findings; /* MrDomainFinding */
  double fraction;
  GVariant *services, *providers, *published, *plan, *watch;
  GPtrArray *keys;
  GQueue wanted_keys; /* static char *: algorithms that are still to be made */
  guint planning;     /* number of the last plan; 0: none is under way */
  guint plans;
  guint follow;
};

enum { CHANGED, FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrGuideSession, mr_guide_session, G_TYPE_OBJECT)

static void
tell (MrGuideSession *self, const char *what)
{
  g_signal_emit (self, signals[CHANGED], g_quark_from_string (what));
}

static void
fail (MrGuideSession *self, const char *what, const GError *error)
{
  g_signal_emit (self, signals[FAILED], 0, what, error);
}

/* FALSE: the guide was closed; self is not to be looked at. */
static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
take_dict (GVariant **field, GVariant *dict)
{
  g_clear_pointer (field, g_variant_unref);
  *field = dict;
}

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

/* ---- loading ---- */

/* The service spells the domain as it goes on the wire. */
static void
take_domain (MrGuideSession *self, const char *domain)
{
  if (*domain != '\0' && strcmp (domain, self->domain) != 0) {
    g_free (self->domain);
    self->domain = g_strdup (domain);
  }
}

static void
restore_answers (MrGuideSession *self)
{
  g_autoptr (GVariant) options = NULL;

  if (self->answered || self->services == NULL || self->published == NULL)
    return;
  self->answered = TRUE;
  mr_guide_answers_take_published (self->answers, self->published, self->services);
  if (self->watch != NULL)
    options = g_variant_lookup_value (self->watch, "options", G_VARIANT_TYPE_VARDICT);
  if (options != NULL)
    mr_guide_answers_take_options (self->answers, options);
  tell (self, "answers");
}

static void
services_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GVariant *list = mr_client_records_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = data;
  if (list == NULL) {
    fail (self, _ ("Could not list the sending services"), error);
    return;
  }
  take_dict (&self->services, list);
  tell (self, "lists");
  restore_answers (self);
}

static void
providers_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GVariant *list = mr_client_records_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = data;
  if (list == NULL) {
    fail (self, _ ("Could not list the DNS providers"), error);
    return;
  }
  take_dict (&self->providers, list);
  tell (self, "lists");
}

static void
keys_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = mr_client_list_keys_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = data;
  if (keys == NULL) {
    fail (self, _ ("Could not list the keys"), error);
    return;
  }
  for (guint i = keys->len; i > 0; i--) {
    const MrDkimKeyRecord *key = keys->pdata[i - 1];

    if (key->state == MR_DKIM_KEY_OLD || g_ascii_strcasecmp (key->domain, self->domain) != 0)
      g_ptr_array_remove_index (keys, i - 1);
  }
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  self->keys = g_steal_pointer (&keys);
  tell (self, "keys");
}

static void
list_keys (MrGuideSession *self)
{
  mr_client_list_keys_async (self->client, self->cancellable, keys_cb, self);
}

static void
published_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GVariant *plan = mr_client_records_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = data;
  if (plan == NULL) {
    fail (self, _ ("Could not look up what is published"), error);
    return;
  }
  take_domain (self, mr_guide_text (plan, "domain"));
  take_dict (&self->published, plan);
  list_keys (self); /* now that the name is known as it goes on the wire */
  restore_answers (self);
}

static void
changed_cb (const char *domain, GVariant *watch, gpointer data)
{
  MrGuideSession *self = data;

  if (g_ascii_strcasecmp (domain, self->domain) != 0)
    return;
  take_dict (&self->watch, g_variant_ref (watch));
  tell (self, "watch");
  list_keys (self); /* what is live signs */
}

static void
look_for_plan (MrGuideSession *self)
{
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  mr_client_plan_records_async (self->client, self->domain, nothing, self->cancellable, published_cb, self);
}

static void
watch_found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GVariant *watch = mr_client_records_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = data;
  if (self->follow == 0)
    self->follow = mr_client_follow_watches (self->client, changed_cb, self);
  if (watch != NULL) { /* none is no failure */
    take_domain (self, mr_guide_text (watch, "domain"));
    take_dict (&self->watch, watch);
    tell (self, "watch");
  }
  look_for_plan (self);
}

void
mr_guide_session_load (MrGuideSession *self)
{
  mr_client_list_services_async (self->client, self->cancellable, services_cb, self);
  mr_client_list_dns_providers_async (self->client, self->cancellable, providers_cb, self);
  mr_client_get_watch_async (self->client, self->domain, self->cancellable, watch_found_cb, self);
}

/* ---- the check ---- */

/* A check that is under way; one that another has taken the place of is not the session's any more. */
typedef struct {
  MrGuideSession *session; /* owned */
  GCancellable *cancellable;
} Check;

static gboolean
is_current (const Check *check)
{
  return check->session->client != NULL && check->session->check == check->cancellable;
}

static void
finding_cb (const MrDomainFinding *finding, guint done, guint total, gpointer data)
{
  MrGuideSession *self = ((Check *)data)->session;

  if (!is_current (data))
    return;
  if (total > 0)
    self->fraction = MIN (1.0, (double)done / total);
  if (finding != NULL) {
    g_autoptr (GVariant) dict = g_variant_ref_sink (mr_domain_finding_to_variant (finding));
    g_ptr_array_add (self->findings, mr_domain_finding_from_variant (dict));
  }
  tell (self, "report");
}

static void
check_ended (MrGuideSession *self, MrDomainReport *report, const GError *error)
{
  g_clear_object (&self->check);
  if (report != NULL) {
    take_domain (self, report->domain);
    g_clear_pointer (&self->report, mr_domain_report_free);
    self->report = report;
  } else if (!is_cancelled (error))
    fail (self, _ ("Could not check the domain"), error);
  tell (self, "report");
}

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Check *check = data;
  g_autoptr (GError) error = NULL;
  MrDomainReport *report = mr_client_check_domain_finish (MR_CLIENT (object), result, &error);

  if (is_current (check))
    check_ended (check->session, report, error);
  else
    g_clear_pointer (&report, mr_domain_report_free);
  g_object_unref (check->session);
  g_object_unref (check->cancellable);
  g_free (check);
}

void
mr_guide_session_check (MrGuideSession *self, const MrClientDomainCheck *options)
{
  MrClientDomainCheck wanted = options != NULL ? *options : (MrClientDomainCheck){ 0 };
  Check *check = g_new0 (Check, 1);

  if (self->check != NULL)
    g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  wanted.account = self->answers->account;
  wanted.direct = self->answers->direct;
  wanted.keep = TRUE;
  g_clear_pointer (&self->report, mr_domain_report_free);
  g_ptr_array_set_size (self->findings, 0);
  self->fraction = 0;
  self->check = g_cancellable_new ();
  check->session = g_object_ref (self);
  check->cancellable = g_object_ref (self->check);
  mr_client_check_domain_async (self->client, self->domain, &wanted, finding_cb, check, self->check, checked_cb, check);
  tell (self, "report");
}

void
mr_guide_session_stop_check (MrGuideSession *self)
{
  if (self->check != NULL)
    g_cancellable_cancel (self->check);
}

gboolean
mr_guide_session_is_checking (MrGuideSession *self, double *ret_fraction)
{
  *ret_fraction = self->fraction;
  return self->check != NULL;
}

/* ---- the plan ---- */

typedef struct {
  MrGuideSession *session; /* not looked at when cancelled */
  guint number;
} Planning;

static void
planned_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Planning *planning = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) plan = mr_client_records_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = planning->session;
  if (self->planning != planning->number) /* a newer one is under way */
    return;
  self->planning = 0;
  if (plan == NULL)
    fail (self, _ ("Could not find out what is to be published"), error);
  else
    take_dict (&self->plan, g_steal_pointer (&plan));
  tell (self, "plan");
}

static void
begin_plan (MrGuideSession *self)
{
  Planning *planning = g_new (Planning, 1);

  planning->session = self;
  planning->number = self->planning;
  mr_client_plan_records_async (self->client, self->domain, mr_guide_answers_to_options (self->answers),
                                self->cancellable, planned_cb, planning);
}

static void make_key (MrGuideSession *self);

static void
key_made_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrDkimKeyRecord) key = mr_client_new_key_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = data;
  if (key == NULL) {
    g_queue_clear (&self->wanted_keys);
    fail (self, _ ("Could not make the key"), error);
  }
  make_key (self);
}

static void
make_key (MrGuideSession *self)
{
  const char *algorithm = g_queue_pop_head (&self->wanted_keys);

  if (algorithm != NULL) {
    mr_client_new_key_async (self->client, self->domain, NULL, algorithm, NULL, self->cancellable, key_made_cb, self);
    return;
  }
  list_keys (self);
  begin_plan (self);
}

static gboolean
has_key (MrGuideSession *self, gboolean ed25519)
{
  for (guint i = 0; self->keys != NULL && i < self->keys->len; i++)
    if ((strcmp (((MrDkimKeyRecord *)self->keys->pdata[i])->algorithm, "ed25519") == 0) == ed25519)
      return TRUE;
  return FALSE;
}

void
mr_guide_session_plan (MrGuideSession *self)
{
  if (self->planning != 0 && !g_queue_is_empty (&self->wanted_keys)) /* keys are being made: it plans afterwards */
    return;
  self->planning = ++self->plans;
  self->answered = TRUE;
  if (self->answers->sign && !has_key (self, FALSE))
    g_queue_push_tail (&self->wanted_keys, (gpointer) "rsa-2048");
  if (self->answers->sign && self->answers->ed25519 && !has_key (self, TRUE))
    g_queue_push_tail (&self->wanted_keys, (gpointer) "ed25519");
  tell (self, "plan");
  make_key (self);
}

gboolean
mr_guide_session_is_planning (MrGuideSession *self)
{
  return self->planning != 0;
}

/* ---- the watch ---- */

static void
watched_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GVariant *watch = mr_client_records_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = data;
  if (watch == NULL) {
    fail (self, _ ("Could not wait for the entries"), error);
    return;
  }
  take_dict (&self->watch, watch);
  if (self->follow == 0)
    self->follow = mr_client_follow_watches (self->client, changed_cb, self);
  tell (self, "watch");
}

void
mr_guide_session_watch (MrGuideSession *self)
{
  mr_client_watch_records_async (self->client, self->domain, mr_guide_answers_to_options (self->answers),
                                 self->cancellable, watched_cb, self);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_stop_watch_finish (MR_CLIENT (object), result, &error);

  if (is_cancelled (error))
    return;
  MrGuideSession *self = data;
  if (!ok) {
    fail (self, _ ("Could not stop waiting"), error);
    return;
  }
  g_clear_pointer (&self->watch, g_variant_unref);
  tell (self, "watch");
}

void
mr_guide_session_stop_watch (MrGuideSession *self)
{
  mr_client_stop_watch_async (self->client, self->domain, self->cancellable, stopped_cb, self);
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

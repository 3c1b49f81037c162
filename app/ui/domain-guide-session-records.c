/* What the guide asks the service about the domain's entries: the lists, the keys, what is published, the plan and the watch.
 *
 * What is published is looked up after the watch was asked for, since a watch restores the answers better; the keys after both, when the domain's name is
 * known as it goes on the wire. A plan waits until the keys that it needs are made; the answer to one that has been asked anew is dropped.
 */
#include "config.h"

#include "ui/domain-guide-session-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/prove-calls.h"
#include "client/publish-calls.h"

static void
keep (GVariant **field, GVariant *answer)
{
  g_clear_pointer (field, g_variant_unref);
  *field = g_variant_ref (answer);
}

/* ---- the keys ---- */

static void
keys_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = mr_client_list_keys_finish (MR_CLIENT (object), result, &error);

  if (mr_guide_session_has_failed (data, _ ("Could not list the keys"), error))
    return;
  MrGuideSession *self = data;
  for (guint i = keys->len; i > 0; i--) {
    const MrDkimKeyRecord *key = keys->pdata[i - 1];

    if (key->state == MR_DKIM_KEY_OLD || g_ascii_strcasecmp (key->domain, self->domain) != 0)
      g_ptr_array_remove_index (keys, i - 1);
  }
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  self->keys = g_steal_pointer (&keys);
  mr_guide_session_tell (self, "keys");
}

static void
list_keys (MrGuideSession *self)
{
  mr_client_list_keys_async (self->client, self->cancellable, keys_cb, self);
}

static gboolean
has_key (MrGuideSession *self, gboolean ed25519)
{
  for (guint i = 0; self->keys != NULL && i < self->keys->len; i++)
    if ((strcmp (((MrDkimKeyRecord *)self->keys->pdata[i])->algorithm, "ed25519") == 0) == ed25519)
      return TRUE;
  return FALSE;
}

/* ---- loading ---- */

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
  mr_guide_session_tell (self, "answers");
}

static void
take_services (MrGuideSession *self, GVariant *list)
{
  keep (&self->services, list);
  mr_guide_session_tell (self, "lists");
  restore_answers (self);
}

static void
take_providers (MrGuideSession *self, GVariant *list)
{
  keep (&self->providers, list);
  mr_guide_session_tell (self, "lists");
}

static void
take_published (MrGuideSession *self, GVariant *plan)
{
  mr_guide_session_take_domain (self, mr_guide_text (plan, "domain"));
  keep (&self->published, plan);
  list_keys (self); /* now that the name is known as it goes on the wire */
  restore_answers (self);
}

static void
watch_changed_cb (const char *domain, GVariant *watch, gpointer data)
{
  MrGuideSession *self = data;

  if (g_ascii_strcasecmp (domain, self->domain) != 0)
    return;
  keep (&self->watch, watch);
  mr_guide_session_tell (self, "watch");
  list_keys (self); /* what is live signs */
}

static void
follow_watch (MrGuideSession *self)
{
  if (self->follow == 0)
    self->follow = mr_client_follow_watches (self->client, watch_changed_cb, self);
}

/* watch NULL: there is none, which is no failure. */
static void
take_found_watch (MrGuideSession *self, GVariant *watch)
{
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  follow_watch (self);
  if (watch != NULL) {
    mr_guide_session_take_domain (self, mr_guide_text (watch, "domain"));
    keep (&self->watch, watch);
    mr_guide_session_tell (self, "watch");
  }
  mr_client_plan_records_async (
      self->client, self->domain, nothing, self->cancellable, mr_guide_session_answer_cb,
      mr_guide_session_call (self, take_published, _ ("Could not look up what is published")));
}

void
mr_guide_session_load (MrGuideSession *self)
{
  mr_client_list_services_async (
      self->client, self->cancellable, mr_guide_session_answer_cb,
      mr_guide_session_call (self, take_services, _ ("Could not list the sending services")));
  mr_client_list_dns_providers_async (
      self->client, self->cancellable, mr_guide_session_answer_cb,
      mr_guide_session_call (self, take_providers, _ ("Could not list the DNS providers")));
  mr_client_get_watch_async (self->client, self->domain, self->cancellable, mr_guide_session_answer_cb,
                             mr_guide_session_call (self, take_found_watch, NULL));
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

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGuideSession *self = planning->session;
  if (self->planning != planning->number) /* a newer one is under way */
    return;
  self->planning = 0;
  if (!mr_guide_session_has_failed (self, _ ("Could not find out what is to be published"), error))
    keep (&self->plan, plan);
  mr_guide_session_tell (self, "plan");
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

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGuideSession *self = data;
  if (key == NULL) /* what can be planned without it is */
    g_queue_clear (&self->wanted_keys);
  mr_guide_session_has_failed (self, _ ("Could not make the key"), error);
  make_key (self);
}

/* The next one; behind the last the plan. */
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
  mr_guide_session_tell (self, "plan");
  make_key (self);
}

gboolean
mr_guide_session_is_planning (MrGuideSession *self)
{
  return self->planning != 0;
}

/* ---- the watch ---- */

static void
take_watch (MrGuideSession *self, GVariant *watch)
{
  keep (&self->watch, watch);
  follow_watch (self);
  mr_guide_session_tell (self, "watch");
}

void
mr_guide_session_watch (MrGuideSession *self)
{
  mr_client_watch_records_async (self->client, self->domain, mr_guide_answers_to_options (self->answers),
                                 self->cancellable, mr_guide_session_answer_cb,
                                 mr_guide_session_call (self, take_watch, _ ("Could not wait for the entries")));
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  mr_client_stop_watch_finish (MR_CLIENT (object), result, &error);
  if (mr_guide_session_has_failed (data, _ ("Could not stop waiting"), error))
    return;
  MrGuideSession *self = data;
  g_clear_pointer (&self->watch, g_variant_unref);
  mr_guide_session_tell (self, "watch");
}

void
mr_guide_session_stop_watch (MrGuideSession *self)
{
  mr_client_stop_watch_async (self->client, self->domain, self->cancellable, stopped_cb, self);
}

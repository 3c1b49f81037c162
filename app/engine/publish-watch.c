/* Waiting until what was published is there: the domain's own name servers are asked, each by itself, past all caches.
 *
 * An entry is live where every server that answers has it. Servers that cannot be reached are told, and do not hold the watch up as long as one answers.
 * Rounds come quickly while a person is likely to sit and wait, then more rarely; after a time (`[domains] watch-for`) it gives up. A key that is live begins to sign.
 */
#include <config.h>

#include "engine/publisher-private.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-dkim.h>
#include <string.h>

#include "base/log.h"
#include "engine/answer.h"
#include "engine/dkim.h"
#include "engine/domain-private.h"
#include "mailauth/dkim-key.h"
#include "mailauth/spf.h"

#define MAX_SERVERS  8
#define QUICK_ROUNDS 40 /* this many at the configured pause, then ten times as long */
#define TIMEOUT_MS   1500
#define TRIES        2

typedef enum { SEEN_NOT_YET, SEEN_LIVE, SEEN_OTHER, SEEN_ABSENT, SEEN_UNREACHABLE } Seen;
static const char *const seen_nicks[] = { "asked", "live", "other", "absent", "unreachable" };

typedef struct {
  MrPublishKind kind;
  char *name, *value;
  GArray *seen; /* Seen, one for each server */
} Entry;

typedef struct {
  MrWatch *watch;
  guint entry, server;
} Question;

struct _MrWatch {
  MrPublisher *publisher;
  char *domain, *zone;
  GVariant *options;
  GPtrArray *entries;   /* Entry */
  GPtrArray *names;     /* char *: name servers whose addresses are looked up */
  GPtrArray *servers;   /* MrDnsServer */
  GPtrArray *questions; /* Question of the round under way */
  guint open;           /* answers that are still to come */
  guint looking;        /* addresses that are still to come */
  guint rounds, timer;
  gint64 started, checked; /* wall */
  gboolean done, gave_up;
  MrPlanFunc func; /* who waits for the first answer; NULL */
  gpointer data;
};

static void begin_round (MrWatch *watch);
static void begin (MrWatch *watch);

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  g_free (entry->value);
  g_array_unref (entry->seen);
  g_free (entry);
}

/* Nothing of what was asked comes back. */
static void
stop_asking (MrWatch *watch)
{
  g_clear_handle_id (&watch->timer, g_source_remove);
  mr_plans_cancel (watch->publisher, watch);
  if (watch->publisher->engine->resolver != NULL)
    mr_resolver_cancel (watch->publisher->engine->resolver, watch);
  g_ptr_array_set_size (watch->servers, 0);
  g_ptr_array_set_size (watch->questions, 0);
  watch->open = watch->looking = 0;
}

static void
tell_first (MrWatch *watch, GVariant *dict, const GError *error)
{
  MrPlanFunc func = g_steal_pointer (&watch->func);

  if (func != NULL)
    func (dict, error, watch->data);
}

void
mr_watch_free (gpointer data)
{
  MrWatch *watch = data;
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The domain is no longer watched"));

  stop_asking (watch);
  tell_first (watch, NULL, error);
  g_ptr_array_unref (watch->entries);
  g_ptr_array_unref (watch->names);
  g_ptr_array_unref (watch->servers);
  g_ptr_array_unref (watch->questions);
  g_clear_pointer (&watch->options, g_variant_unref);
  g_free (watch->domain);
  g_free (watch->zone);
  g_free (watch);
}

/* ---- telling ---- */

/* LIVE where every server that answers has it. */
static Seen
entry_state (const Entry *entry)
{
  Seen all = SEEN_UNREACHABLE;

  for (guint i = 0; i < entry->seen->len; i++) {
    Seen seen = g_array_index (entry->seen, Seen, i);

    if (seen == SEEN_UNREACHABLE)
      continue;
    if (seen != SEEN_LIVE)
      return seen;
    all = SEEN_LIVE;
  }
  return entry->seen->len > 0 ? all : SEEN_NOT_YET;
}

static GVariant *
entry_to_variant (const MrWatch *watch, const Entry *entry)
{
  GVariantBuilder servers;
  GVariantDict dict;

  g_variant_builder_init (&servers, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < entry->seen->len; i++)
    g_variant_builder_add (&servers, "(ss)", mr_dns_server_get_address (watch->servers->pdata[i]),
                           seen_nicks[g_array_index (entry->seen, Seen, i)]);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", mr_publish_kind_nick (entry->kind));
  g_variant_dict_insert (&dict, "name", "s", entry->name);
  g_variant_dict_insert (&dict, "value", "s", entry->value);
  g_variant_dict_insert (&dict, "state", "s", seen_nicks[entry_state (entry)]);
  g_variant_dict_insert_value (&dict, "servers", g_variant_builder_end (&servers));
  return g_variant_dict_end (&dict);
}

static GVariant *
watch_to_variant (const MrWatch *watch)
{
  GVariantBuilder builder;
  GVariantDict dict;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < watch->entries->len; i++)
    g_variant_builder_add_value (&builder, entry_to_variant (watch, watch->entries->pdata[i]));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "domain", "s", watch->domain);
  g_variant_dict_insert (&dict, "zone", "s", watch->zone != NULL ? watch->zone : watch->domain);
  g_variant_dict_insert (&dict, "started", "x", watch->started);
  g_variant_dict_insert (&dict, "checked", "x", watch->checked);
  g_variant_dict_insert (&dict, "done", "b", watch->done);
  g_variant_dict_insert (&dict, "gave-up", "b", watch->gave_up);
  g_variant_dict_insert_value (&dict, "options", watch->options);
  g_variant_dict_insert_value (&dict, "records", g_variant_builder_end (&builder));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
tell (MrWatch *watch)
{
  g_autoptr (GVariant) dict = watch_to_variant (watch);
  MrPublisher *self = watch->publisher;

  tell_first (watch, dict, NULL);
  if (self->func != NULL)
    self->func (watch->domain, dict, self->data);
}

/* ---- a round ---- */

static void
switched_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    mr_warning ("dkim", "a key that is published does not sign yet: %s", error->message);
}

/* What was waited for is there: a new key begins to sign. */
static void
use_key (MrPublisher *self, const Entry *entry)
{
  GPtrArray *keys = mr_dkim_get_all (self->engine->dkim);

  for (guint i = 0; i < keys->len; i++) {
    const MrDkimKeyRecord *key = keys->pdata[i];

    if ((key->state == MR_DKIM_KEY_NEW || key->state == MR_DKIM_KEY_PUBLISHED)
        && g_ascii_strcasecmp (key->name, entry->name) == 0) {
      g_autofree char *id = g_strdup (key->id); /* the record goes when the configuration is read again */

      mr_engine_set_dkim_key_state (self->engine, id, MR_DKIM_KEY_ACTIVE, switched_cb, NULL);
      return;
    }
  }
}

static gboolean
round_cb (gpointer data)
{
  MrWatch *watch = data;

  watch->timer = 0;
  if (watch->servers->len == 0) /* none was found last time: there was no network, perhaps */
    begin (watch);
  else
    begin_round (watch);
  return G_SOURCE_REMOVE;
}

static void
end_round (MrWatch *watch)
{
  MrConfig *config = mr_engine_get_config (watch->publisher->engine);
  guint pause = (guint)mr_config_get_integer (config, "domains", "watch-every");
  gint64 life = mr_config_get_integer (config, "domains", "watch-for");

  g_ptr_array_set_size (watch->questions, 0);
  watch->rounds++;
  watch->checked = mr_clock_wall (watch->publisher->engine->clock);
  watch->done = watch->entries->len > 0;
  for (guint i = 0; i < watch->entries->len; i++) {
    const Entry *entry = watch->entries->pdata[i];

    if (entry_state (entry) != SEEN_LIVE)
      watch->done = FALSE;
    else if (entry->kind == MR_PUBLISH_DKIM)
      use_key (watch->publisher, entry);
  }
  watch->gave_up = !watch->done && watch->checked - watch->started > life * G_USEC_PER_SEC;
  if (watch->done)
    mr_info ("domains", "%s: all entries are published", watch->domain);
  if (watch->done || watch->gave_up)
    mr_watch_forget (watch->publisher, watch->domain);
  else
    watch->timer = g_timeout_add_seconds (watch->rounds < QUICK_ROUNDS ? pause : pause * 10, round_cb, watch);
  tell (watch);
}

/* A key is the same however its record is written. */
static gboolean
is_wanted (const Entry *entry, const char *text)
{
  if (strcmp (entry->value, text) == 0)
    return TRUE;
  if (entry->kind != MR_PUBLISH_DKIM)
    return FALSE;
  g_autoptr (MrTags) there = mr_tags_parse (text, NULL), ours = mr_tags_parse (entry->value, NULL);
  g_autofree char *a = there != NULL ? mr_tags_dup_compact (there, "p") : NULL;
  g_autofree char *b = ours != NULL ? mr_tags_dup_compact (ours, "p") : NULL;
  return a != NULL && b != NULL && strcmp (a, b) == 0;
}

static gboolean
is_of_kind (const Entry *entry, const char *text)
{
  switch (entry->kind) {
  case MR_PUBLISH_SPF:
    return mr_spf_is_record (text);
  case MR_PUBLISH_DMARC:
    return mr_dmarc_is_record (text);
  case MR_PUBLISH_DKIM:
  case MR_PUBLISH_MTA_STS:
  case MR_PUBLISH_TLSRPT:
  case MR_PUBLISH_N_KINDS:
  default:
    return TRUE;
  }
}

/* One of the kind, and that the right one: a second SPF or DMARC record makes both worthless. */
static Seen
judge (const Entry *entry, const MrDnsAnswer *answer)
{
  guint n = 0, wanted = 0;

  for (guint i = 0; answer->outcome == MR_DNS_FOUND && i < answer->records->len; i++) {
    const char *text = ((MrDnsRecord *)answer->records->pdata[i])->text;

    n += is_of_kind (entry, text);
    wanted += is_wanted (entry, text);
  }
  return n == 0 ? SEEN_ABSENT : n == 1 && wanted == 1 ? SEEN_LIVE : SEEN_OTHER;
}

static void
answered_cb (const MrDnsAnswer *answer, const GError *error, gpointer data)
{
  const Question *q = data;
  MrWatch *watch = q->watch;
  Entry *entry = watch->entries->pdata[q->entry];

  g_array_index (entry->seen, Seen, q->server) = answer != NULL ? judge (entry, answer) : SEEN_UNREACHABLE;
  if (--watch->open == 0)
    end_round (watch);
}

static void
begin_round (MrWatch *watch)
{
  for (guint s = 0; s < watch->servers->len; s++)
    for (guint e = 0; e < watch->entries->len; e++) {
      Question *q = g_new0 (Question, 1);

      q->watch = watch;
      q->entry = e;
      q->server = s;
      g_ptr_array_add (watch->questions, q);
      watch->open++;
    }
  if (watch->open == 0) {
    end_round (watch);
    return;
  }
  for (guint i = 0; i < watch->questions->len; i++) {
    Question *q = watch->questions->pdata[i];
    const Entry *entry = watch->entries->pdata[q->entry];

    mr_dns_server_ask (watch->servers->pdata[q->server], entry->name, MR_DNS_TXT, answered_cb, q);
  }
}

/* ---- the servers ---- */

static void
servers_known (MrWatch *watch)
{
  for (guint e = 0; e < watch->entries->len; e++) {
    Entry *entry = watch->entries->pdata[e];

    g_array_set_size (entry->seen, watch->servers->len); /* zeros: not yet */
  }
  begin_round (watch);
}

static void
addresses_cb (const char *const *addresses, const GError *error, gpointer data)
{
  MrWatch *watch = data;
  MrConfig *config = mr_engine_get_config (watch->publisher->engine);
  guint16 port = (guint16)mr_config_get_integer (config, "dns", "authoritative-port");

  /* One address of each server: its others are the same machine's. */
  if (error == NULL && addresses[0] != NULL && watch->servers->len < MAX_SERVERS) {
    const char *address = addresses[0];

    for (guint i = 0; addresses[i] != NULL; i++)
      if (strchr (addresses[i], ':') == NULL) {
        address = addresses[i];
        break;
      }
    MrDnsServer *server = mr_dns_server_new (address, port, TIMEOUT_MS, TRIES, NULL);
    if (server != NULL)
      g_ptr_array_add (watch->servers, server);
  }
  if (--watch->looking == 0)
    servers_known (watch);
}

static void
add_entry (MrWatch *watch, const MrPublishRecord *record)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->kind = record->kind;
  entry->name = g_strdup (record->name);
  entry->value = g_strdup (record->value);
  entry->seen = g_array_new (FALSE, TRUE, sizeof (Seen));
  g_ptr_array_add (watch->entries, entry);
}

static void
planned_cb (const MrPlanResult *result, const GError *error, gpointer data)
{
  MrWatch *watch = data;
  guint n = 0;

  if (error != NULL) {
    MrPublisher *self = watch->publisher;

    if (watch->func != NULL) /* maybe still inside its call */
      mr_plan_answer (g_steal_pointer (&watch->func), NULL, error, watch->data);
    mr_watch_forget (self, watch->domain);
    g_ptr_array_remove_fast (self->watches, watch);
    return;
  }
  g_free (watch->zone);
  watch->zone = g_strdup (result->zone);
  g_ptr_array_set_size (watch->entries, 0);
  for (guint i = 0; i < result->records->len; i++) {
    const MrPublishRecord *record = result->records->pdata[i];

    if (*record->value != '\0')
      add_entry (watch, record);
  }
  g_ptr_array_set_size (watch->names, 0);
  for (; result->servers[n] != NULL && n < MAX_SERVERS; n++)
    g_ptr_array_add (watch->names, g_strdup (result->servers[n]));
  watch->looking = n;
  if (n == 0)
    servers_known (watch);
  for (guint i = 0; i < n; i++)
    mr_resolver_lookup_addresses (watch->publisher->engine->resolver, watch->names->pdata[i], addresses_cb, watch);
}

static void
begin (MrWatch *watch)
{
  mr_plan_start (watch->publisher, watch->domain, watch->options, TRUE, planned_cb, watch);
}

static MrWatch *
watch_new (MrPublisher *self, const char *domain, gint64 started, GVariant *options)
{
  MrWatch *watch = g_new0 (MrWatch, 1);

  watch->publisher = self;
  watch->domain = g_strdup (domain);
  watch->options = g_variant_ref (options);
  watch->entries = g_ptr_array_new_with_free_func (entry_free);
  watch->names = g_ptr_array_new_with_free_func (g_free);
  watch->servers = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dns_server_free);
  watch->questions = g_ptr_array_new_with_free_func (g_free);
  watch->started = started;
  g_ptr_array_add (self->watches, watch);
  return watch;
}

/* ---- calls ---- */

static MrWatch *
find (MrPublisher *self, const char *domain)
{
  for (guint i = 0; i < self->watches->len; i++)
    if (strcmp (((MrWatch *)self->watches->pdata[i])->domain, domain) == 0)
      return self->watches->pdata[i];
  return NULL;
}

void
mr_engine_watch_records (MrEngine *engine, const char *domain, GVariant *options, MrPlanFunc func, gpointer data)
{
  MrPublisher *self = engine->publisher;
  g_autoptr (GVariant) wanted = g_variant_ref_sink (options);
  g_autoptr (GError) error = NULL;
  g_autofree char *ascii = mr_domain_dup_ascii (domain, &error);
  MrWatch *watch = ascii != NULL ? find (self, ascii) : NULL;

  if (ascii == NULL) {
    mr_plan_answer (func, NULL, error, data);
    return;
  }
  if (watch != NULL)
    g_ptr_array_remove_fast (self->watches, watch);
  watch = watch_new (self, ascii, mr_clock_wall (engine->clock), wanted);
  watch->func = func;
  watch->data = data;
  mr_watch_remember (self, watch->domain, watch->started, wanted);
  begin (watch);
}

void
mr_watch_restore (MrPublisher *self, const char *domain, gint64 started, GVariant *options)
{
  if (find (self, domain) == NULL)
    begin (watch_new (self, domain, started, options));
}

void
mr_engine_get_watch (MrEngine *engine, const char *domain, MrPlanFunc func, gpointer data)
{
  g_autofree char *ascii = mr_domain_dup_ascii (domain, NULL);
  MrWatch *watch = ascii != NULL ? find (engine->publisher, ascii) : NULL;

  g_autoptr (GVariant) dict = watch != NULL ? watch_to_variant (watch) : NULL;
  g_autoptr (GError) error = watch == NULL ? g_error_new (MR_ERROR, MR_ERROR_NOT_FOUND, _ ("%s is not watched"), domain)
                                           : NULL;

  mr_plan_answer (func, dict, error, data);
}

void
mr_engine_stop_watch (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data)
{
  g_autofree char *ascii = mr_domain_dup_ascii (domain, NULL);
  MrWatch *watch = ascii != NULL ? find (engine->publisher, ascii) : NULL;

  if (watch != NULL) {
    mr_watch_forget (engine->publisher, watch->domain);
    g_ptr_array_remove_fast (engine->publisher->watches, watch);
  }
  mr_answer_done (func, NULL, data);
}

void
mr_engine_set_watch_func (MrEngine *engine, MrWatchFunc func, gpointer data)
{
  if (engine->publisher == NULL) /* it has stopped */
    return;
  engine->publisher->func = func;
  engine->publisher->data = data;
}

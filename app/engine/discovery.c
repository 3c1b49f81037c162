/* The life of a search for settings: who is asked, in which order answers count, when it ends.
 *
 * What the program knows itself comes first and at once. Then all sources that need no agreement are asked side by side; the one of the lower
 * number wins: later ones are given up once it has answered, and have a few seconds once nothing better can come any more. Usual names of servers
 * are tried only where nothing was found and the person asked for it.
 */
#include "config.h"

#include "engine/discovery-private.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "mail/address.h"

#define PATIENCE_MS 20000 /* for all sources together */
#define HURRY_MS    3000  /* for the rest, once something was found */
#define RANKS       16    /* places of one source */
#define JOBS_MAX    16

static void schedule_end (MrDiscovery *job);

/* ---- telling ---- */

static void
tell (MrDiscovery *job, MrSource source, const char *state, const char *host, const char *text)
{
  MrDiscoverStep step = { .source = source,
                          .state = state,
                          .host = host,
                          .text = text != NULL ? text : "",
                          .elapsed = mr_clock_monotonic (job->all->engine->clock) - job->started };

  if (!job->over && job->step != NULL)
    job->step (&step, job->data);
}

void
mr_discovery_skip (MrDiscovery *job, MrSource source, const char *host, const char *text)
{
  tell (job, source, "skipped", host, text);
}

/* ---- inquiries ---- */

static void
close_inquiry (MrInquiry *inquiry)
{
  if (inquiry->request != NULL)
    mr_http_cancel (g_steal_pointer (&inquiry->request));
  if (inquiry->looking_up)
    mr_resolver_cancel (inquiry->job->all->engine->resolver, inquiry);
  inquiry->looking_up = FALSE;
  g_clear_pointer (&inquiry->connection, mr_connection_free);
}

static void
inquiry_free (gpointer data)
{
  MrInquiry *inquiry = data;

  close_inquiry (inquiry);
  g_free (inquiry->host);
  g_free (inquiry);
}

MrInquiry *
mr_discovery_ask (MrDiscovery *job, MrSource source, guint n, const char *host)
{
  MrInquiry *inquiry;

  if (job->over)
    return NULL;
  inquiry = g_new0 (MrInquiry, 1);
  inquiry->job = job;
  inquiry->source = source;
  inquiry->rank = source * RANKS + n;
  inquiry->host = g_strdup (host);
  g_ptr_array_add (job->inquiries, inquiry);
  job->open++;
  tell (job, source, "trying", host, NULL);
  return job->over ? NULL : inquiry;
}

static gboolean
time_over_cb (gpointer data)
{
  g_autoptr (MrDiscovery) job = mr_discovery_ref (data);

  job->timer = 0;
  for (guint i = 0; i < job->inquiries->len && !job->over; i++) {
    MrInquiry *inquiry = g_ptr_array_index (job->inquiries, i);

    if (!inquiry->ended)
      mr_inquiry_failed (inquiry, _ ("There was no answer in time."));
  }
  if (!job->over)
    schedule_end (job);
  return G_SOURCE_REMOVE;
}

static void
set_timer (MrDiscovery *job, guint ms)
{
  g_clear_handle_id (&job->timer, g_source_remove);
  job->timer = g_timeout_add (ms, time_over_cb, job);
}

/* Once nothing better can come any more, the rest has little time. */
static void
hurry (MrDiscovery *job)
{
  if (job->hurried || job->best == G_MAXUINT)
    return;
  for (guint i = 0; i < job->inquiries->len; i++) {
    const MrInquiry *inquiry = g_ptr_array_index (job->inquiries, i);

    if (!inquiry->ended && inquiry->rank < job->best)
      return;
  }
  job->hurried = TRUE;
  set_timer (job, job->all->hurry_ms);
}

static void
end_inquiry (MrInquiry *inquiry, const char *state, const char *text)
{
  MrDiscovery *job = inquiry->job;
  /* What is closed here may own the words. */
  g_autofree char *words = g_strdup (text);

  if (inquiry->ended || job->over)
    return;
  inquiry->ended = TRUE;
  close_inquiry (inquiry);
  job->open--;
  tell (job, inquiry->source, state, inquiry->host, words);
  if (job->over)
    return;
  hurry (job);
  schedule_end (job);
}

void
mr_inquiry_nothing (MrInquiry *inquiry)
{
  inquiry->job->answers++;
  end_inquiry (inquiry, "nothing", NULL);
}

void
mr_inquiry_failed (MrInquiry *inquiry, const char *text)
{
  inquiry->job->trouble++;
  end_inquiry (inquiry, "failed", text);
}

void
mr_inquiry_skip (MrInquiry *inquiry, const char *text)
{
  end_inquiry (inquiry, "skipped", text);
}

void
mr_inquiry_error (MrInquiry *inquiry, const GError *error)
{
  /* No such host, or no such server there, is how most domains say that they do not offer it. */
  if (error->code == MR_ERROR_DNS_NOT_FOUND || error->code == MR_ERROR_NETWORK)
    mr_inquiry_nothing (inquiry);
  else
    mr_inquiry_failed (inquiry, error->message);
}

/* Files of the sources behind this one would not be taken any more. */
static void
give_up_later_ones (MrDiscovery *job, const MrInquiry *winner)
{
  for (guint i = 0; i < job->inquiries->len && !job->over; i++) {
    MrInquiry *inquiry = g_ptr_array_index (job->inquiries, i);

    if (!inquiry->ended && inquiry->is_file && inquiry->rank > winner->rank)
      mr_inquiry_skip (inquiry, _ ("Not needed any more."));
  }
}

void
mr_inquiry_found (MrInquiry *inquiry, GPtrArray *records)
{
  MrDiscovery *job = inquiry->job;

  if (inquiry->ended || job->over)
    return;
  if (!mr_discovery_accept (inquiry, records)) {
    mr_inquiry_nothing (inquiry);
    return;
  }
  job->answers++;
  job->best = MIN (job->best, inquiry->rank);
  end_inquiry (inquiry, "found", NULL);
  if (!job->over && inquiry->is_file)
    give_up_later_ones (job, inquiry);
}

/* ---- the course ---- */

gboolean
mr_discovery_may_ask (MrDiscovery *job, MrDiscoverFlags flag, MrSource source, const char *host, const char *text)
{
  if (job->over || job->flags & flag)
    return !job->over;
  mr_discovery_skip (job, source, host, text);
  return FALSE;
}

/* What the program knows of the domain itself. */
static void
look_at_presets (MrDiscovery *job)
{
  const MrPresetRegion *region = NULL;
  MrInquiry *inquiry = mr_discovery_ask (job, MR_SOURCE_PRESET, 0, "");
  g_autoptr (GPtrArray) records = NULL;

  if (inquiry == NULL)
    return;
  job->known = mr_presets_find_domain (job->presets, job->domain, &region);
  records = job->known != NULL ? mr_preset_dup_records (job->known, region, job->address, FALSE)
                               : g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  mr_inquiry_found (inquiry, records);
}

/* A known provider is asked as well, unless only the program's own word is wanted: where it says something else than the program, the person is told. */
static gboolean
begin_cb (gpointer data)
{
  g_autoptr (MrDiscovery) job = mr_discovery_ref (data);

  job->idle = 0;
  set_timer (job, job->all->patience_ms);
  look_at_presets (job);
  if (job->known != NULL && (job->flags & MR_DISCOVER_KNOWN) != 0) {
    if (!job->over)
      schedule_end (job);
    return G_SOURCE_REMOVE;
  }
  mr_discovery_ask_autoconfig (job);
  if (job->known == NULL) {
    mr_discovery_ask_ispdb (job);
    mr_discovery_ask_autodiscover (job);
  }
  mr_discovery_ask_srv (job);
  if (job->known == NULL)
    mr_discovery_ask_mx (job);
  if (!job->over)
    schedule_end (job);
  return G_SOURCE_REMOVE;
}

static GError *
nothing_error (MrDiscovery *job)
{
  if (job->found->len > 0)
    return NULL;
  if (job->no_domain)
    return g_error_new (MR_ERROR, MR_ERROR_DNS_NOT_FOUND,
                        _ ("There is no domain %s: check how the address is written."), job->domain);
  /* The presets always answer. */
  if (job->trouble > 0 && job->answers <= 1)
    return g_error_new (MR_ERROR, MR_ERROR_NETWORK,
                        _ ("Nobody could be asked about %s. Check whether this computer is connected to the internet."),
                        job->domain);
  return NULL;
}

/* Takes the job out of the list and lets it go. */
static void
end_job (MrDiscovery *job, const GError *error)
{
  g_autoptr (GPtrArray) results = mr_discovery_dup_results (job);

  job->over = TRUE;
  g_clear_handle_id (&job->timer, g_source_remove);
  g_clear_handle_id (&job->idle, g_source_remove);
  g_ptr_array_set_size (job->inquiries, 0);
  if (error != NULL)
    g_ptr_array_set_size (results, 0);
  for (guint i = 0; i < results->len; i++) {
    MrDiscoveryRecord *record = g_ptr_array_index (results, i);

    record->oauth_ready = mr_engine_oauth_ready (job->all->engine, record);
  }
  job->done (results, error, job->data);
  g_ptr_array_remove_fast (job->all->jobs, job);
}

static gboolean
end_cb (gpointer data)
{
  g_autoptr (MrDiscovery) job = mr_discovery_ref (data);
  g_autoptr (GError) error = NULL;

  job->idle = 0;
  if (job->open > 0)
    return G_SOURCE_REMOVE;
  if (job->found->len == 0 && !job->probing && !job->no_domain) {
    job->probing = TRUE;
    if (mr_discovery_may_ask (job, MR_DISCOVER_PROBE, MR_SOURCE_PROBE, job->domain,
                              _ ("The usual names of servers are tried only when you ask for it."))) {
      set_timer (job, job->all->patience_ms);
      mr_discovery_probe (job);
    }
    if (job->over || job->open > 0)
      return G_SOURCE_REMOVE;
  }
  error = nothing_error (job);
  end_job (job, error);
  return G_SOURCE_REMOVE;
}

/* In a turn of its own: an answer may be told from inside of whatever gave it. */
static void
schedule_end (MrDiscovery *job)
{
  if (job->open == 0 && job->idle == 0)
    job->idle = g_idle_add (end_cb, job);
}

/* ---- life ---- */

static void
discovery_clear (gpointer data)
{
  MrDiscovery *job = data;

  g_clear_handle_id (&job->timer, g_source_remove);
  g_clear_handle_id (&job->idle, g_source_remove);
  g_ptr_array_unref (job->inquiries);
  g_ptr_array_unref (job->found);
  g_clear_pointer (&job->presets, mr_presets_unref);
  g_clear_pointer (&job->http, mr_http_unref);
  g_free (job->http_trouble);
  g_free (job->address);
  g_free (job->domain);
}

MrDiscovery *
mr_discovery_ref (MrDiscovery *job)
{
  return g_rc_box_acquire (job);
}

void
mr_discovery_unref (MrDiscovery *job)
{
  g_rc_box_release_full (job, discovery_clear);
}

MrDiscoveries *
mr_discoveries_new (MrEngine *engine)
{
  MrDiscoveries *self = g_new0 (MrDiscoveries, 1);

  self->engine = engine;
  self->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_unref);
  mr_discoveries_set_ports (self, 443, 465, 587);
  mr_discoveries_set_patience (self, PATIENCE_MS, HURRY_MS);
  return self;
}

void
mr_discoveries_set_ports (MrDiscoveries *self, guint16 https, guint16 submissions, guint16 submission)
{
  self->https_port = https;
  self->submissions_port = submissions;
  self->submission_port = submission;
}

void
mr_discoveries_set_patience (MrDiscoveries *self, guint patience_ms, guint hurry_ms)
{
  self->patience_ms = patience_ms;
  self->hurry_ms = hurry_ms;
}

void
mr_discoveries_free (MrDiscoveries *self)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service was stopped"));

  if (self == NULL)
    return;
  while (self->jobs->len > 0)
    end_job (g_ptr_array_index (self->jobs, 0), error);
  g_ptr_array_unref (self->jobs);
  g_free (self);
}

/* FALSE: neither an address nor a domain that can be asked about. */
static gboolean
take_address (MrDiscovery *job, const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  job->bare = strchr (stripped, '@') == NULL;
  job->address = job->bare ? g_strconcat ("user@", stripped, NULL) : g_steal_pointer (&stripped);
  if (!mr_address_is_valid (job->address) || mr_address_domain_is_local (job->address, NULL))
    return FALSE;
  job->domain = mr_address_dup_ascii_domain (job->address);
  return job->domain != NULL && *job->domain != '[';
}

static gboolean
refuse_cb (gpointer data)
{
  g_autoptr (MrDiscovery) job = mr_discovery_ref (data);
  g_autoptr (GError) error = NULL;

  job->idle = 0;
  if (job->domain == NULL)
    error = g_error_new_literal (MR_ERROR, MR_ERROR_INVALID,
                                 _ ("Settings are found for an address like name@example.com. For a server of your own "
                                    "network type them in."));
  else
    error = g_error_new_literal (MR_ERROR, MR_ERROR_BUSY, _ ("Too many searches run at once: wait for one to end."));
  end_job (job, error);
  return G_SOURCE_REMOVE;
}

/* The engine has stopped: nothing is kept but who asked. */
typedef struct {
  MrDiscoverDoneFunc done;
  gpointer data;
} Refused;

static gboolean
stopped_cb (gpointer data)
{
  Refused *refused = data;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service was stopped"));

  refused->done (none, error, refused->data);
  g_free (refused);
  return G_SOURCE_REMOVE;
}

static guint
refuse (MrDiscoverDoneFunc done, gpointer data)
{
  Refused *refused = g_new (Refused, 1);

  *refused = (Refused){ done, data };
  g_idle_add (stopped_cb, refused);
  return G_MAXUINT;
}

guint
mr_engine_discover (MrEngine *engine, const char *address, MrDiscoverFlags flags, MrDiscoverStepFunc step,
                    MrDiscoverDoneFunc done, gpointer data)
{
  MrDiscoveries *all = engine->discoveries;
  MrDiscovery *job;
  g_autoptr (GError) error = NULL;
  gboolean good;

  if (all == NULL)
    return refuse (done, data);
  job = g_rc_box_new0 (MrDiscovery);
  good = take_address (job, address);
  if (!good)
    g_clear_pointer (&job->domain, g_free);
  job->all = all;
  job->number = ++all->last;
  job->flags = flags;
  job->step = step;
  job->done = done;
  job->data = data;
  job->best = G_MAXUINT;
  job->started = mr_clock_monotonic (engine->clock);
  job->inquiries = g_ptr_array_new_with_free_func (inquiry_free);
  job->found = g_ptr_array_new_with_free_func (mr_discovery_found_free);
  job->presets = mr_engine_dup_presets (engine);
  job->http = mr_engine_dup_http (engine, &error);
  job->http_trouble = error != NULL ? g_strdup (error->message) : NULL;
  job->idle = g_idle_add (good && all->jobs->len < JOBS_MAX ? begin_cb : refuse_cb, job);
  g_ptr_array_add (all->jobs, job);
  return job->number;
}

void
mr_engine_cancel_discover (MrEngine *engine, guint number)
{
  GPtrArray *jobs = engine->discoveries != NULL ? engine->discoveries->jobs : NULL;

  for (guint i = 0; jobs != NULL && i < jobs->len; i++) {
    g_autoptr (MrDiscovery) job = mr_discovery_ref (g_ptr_array_index (jobs, i));
    g_autoptr (GError) error = NULL;

    if (job->number != number)
      continue;
    error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The search was stopped"));
    end_job (job, error);
    return;
  }
}

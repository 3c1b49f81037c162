/* mail-relayctl list */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "client/list-calls.h"
#include "ctl/groups.h"
#include "ctl/output.h"
#include "ctl/words.h"

#define PAGE          500
#define DEFAULT_LIMIT 100
#define MAX_LIMIT     100000

typedef struct {
  MrListFilter filter;
  guint limit;
  GPtrArray *rows; /* MrMessageRecord */
  guint64 total;
} Listing;

/* One page is asked for as it is; of more than that the ids first, so that nothing shifts between the pages whatever the order. */
static gboolean
read_one_page (MrCtl *ctl, Listing *listing, GError **error)
{
  mr_client_list_async (ctl->client, &listing->filter, NULL, listing->limit, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) page = mr_client_list_finish (ctl->client, result, &listing->total, error);
  if (page == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (listing->rows, g_steal_pointer (&page));
  return TRUE;
}

static gboolean
read_rows (MrCtl *ctl, Listing *listing, const char *const *ids, GError **error)
{
  mr_client_list_rows_async (ctl->client, ids, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) page = mr_client_list_rows_finish (ctl->client, result, error);
  if (page == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (listing->rows, g_steal_pointer (&page));
  return TRUE;
}

static gboolean
read_many (MrCtl *ctl, Listing *listing, GError **error)
{
  mr_client_list_ids_async (ctl->client, &listing->filter, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GVariant) list = mr_client_list_ids_finish (ctl->client, result, error);
  gsize n = 0;

  if (list == NULL)
    return FALSE;
  g_autofree const char **ids = g_variant_get_strv (list, &n);
  listing->total = n;
  for (gsize first = 0; first < MIN (n, listing->limit); first += PAGE) {
    const char *page[PAGE + 1] = { NULL };

    for (gsize i = first; i < MIN (first + PAGE, MIN (n, listing->limit)); i++)
      page[i - first] = ids[i];
    if (!read_rows (ctl, listing, page, error))
      return FALSE;
  }
  return TRUE;
}

static char *
dup_people (const MrMessageRecord *message)
{
  const MrRecipientRecord *first = message->recipients->len > 0 ? message->recipients->pdata[0] : NULL;

  if (first == NULL)
    return g_strdup ("");
  if (message->n_recipients <= 1)
    return g_strdup (first->address);
  return g_strdup_printf (ngettext ("%s and %u more", "%s and %u more", message->n_recipients - 1), first->address,
                          message->n_recipients - 1);
}

static void
print_rows (MrCtl *ctl, const Listing *listing)
{
  const char *const titles[] = { _ ("Id"), _ ("Time"), _ ("To"), _ ("Subject"), _ ("State"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (listing->rows->len == 0) {
    puts (mr_list_filter_is_narrow (&listing->filter) ? _ ("No message fits.")
          : listing->filter.kind == MR_LIST_HISTORY   ? _ ("The history is empty.")
                                                      : _ ("Nothing waits."));
    return;
  }
  for (guint i = 0; i < listing->rows->len; i++) {
    const MrMessageRecord *message = listing->rows->pdata[i];
    g_autofree char *time = mr_format_time (message->finished > 0 ? message->finished : message->created);
    g_autofree char *people = dup_people (message);
    g_autofree char *state = mr_words_dup_message_state (ctl, message);
    const char *cells[] = { message->id, time, people, message->subject != NULL ? message->subject : "", state, NULL };
    mr_table_add (table, cells, 4, mr_words_get_colour (message));
  }
  mr_table_print (table);
  if (listing->total > listing->rows->len)
    mr_say (_ ("… and %llu more: see --limit\n"), (unsigned long long)(listing->total - listing->rows->len));
}

static void
print_json (MrCtl *ctl, const Listing *listing)
{
  GVariantDict dict;
  GVariantBuilder messages;

  g_variant_builder_init (&messages, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < listing->rows->len; i++)
    g_variant_builder_add_value (&messages, mr_words_message_to_variant (ctl, listing->rows->pdata[i], FALSE));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "messages", g_variant_builder_end (&messages));
  g_variant_dict_insert (&dict, "total", "t", listing->total);
  mr_print_json (g_variant_dict_end (&dict));
}

static gboolean
set_state (const char *word, MrListFilter *filter)
{
  MrRecipientState state;

  if (g_str_equal (word, "held")) {
    filter->held_only = TRUE;
    return TRUE;
  }
  if (!mr_recipient_state_from_nick (word, &state))
    return FALSE;
  filter->state = (int)state;
  return TRUE;
}

/* What the options say before it is looked at. */
typedef struct {
  gboolean history, by_cause, needs_person, reverse;
  int limit;
  char *search, *state, *account, *program, *domain, *cause, *waits_for, *sort, *group_by;
} Options;

static void
options_clear (Options *options)
{
  char *texts[] = { options->search, options->state,     options->account, options->program, options->domain,
                    options->cause,  options->waits_for, options->sort,    options->group_by };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* FALSE: said what is wrong. */
static gboolean
fill_filter (const Options *options, MrListFilter *filter)
{
  *filter = (MrListFilter){ .kind = options->history ? MR_LIST_HISTORY : MR_LIST_OUTBOX,
                            .state = -1,
                            .needs_person = options->needs_person,
                            .search = options->search,
                            .account = options->account,
                            .program = options->program,
                            .domain = options->domain,
                            .cause = options->cause };
  if (options->state != NULL && !set_state (options->state, filter)) {
    mr_ctl_usage (_ ("“%s” is not a state: see --help"), options->state);
    return FALSE;
  }
  if (options->waits_for != NULL && !mr_wait_reason_from_nick (options->waits_for, &filter->wait_reason)) {
    mr_ctl_usage (_ ("“%s” is nothing that mail waits for: see --help"), options->waits_for);
    return FALSE;
  }
  if (options->sort != NULL && !mr_list_sort_from_nick (options->sort, &filter->sort)) {
    mr_ctl_usage (_ ("A list cannot be sorted by “%s”: see --help"), options->sort);
    return FALSE;
  }
  filter->ascending = mr_list_sort_is_ascending (filter->sort) != options->reverse;
  return TRUE;
}

static gboolean
parse (MrCtl *ctl, Options *o, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "history", 0, 0, G_OPTION_ARG_NONE, &o->history, N_ ("Messages that are finished"), NULL },
    { "by-cause", 0, 0, G_OPTION_ARG_NONE, &o->by_cause, N_ ("How many messages wait for which reason"), NULL },
    { "group-by", 0, 0, G_OPTION_ARG_STRING, &o->group_by,
      N_ ("How many messages go to each domain, or have each cause, account or program"), N_ ("KIND") },
    { "limit", 0, 0, G_OPTION_ARG_INT, &o->limit, N_ ("At most so many rows (100)"), "N" },
    { "search", 0, 0, G_OPTION_ARG_STRING, &o->search, N_ ("Part of an address, subject or id"), N_ ("TEXT") },
    { "state", 0, 0, G_OPTION_ARG_STRING, &o->state,
      N_ ("waiting, sending, uncertain, needs-person, delivered, relayed, failed, expired, cancelled, returned or "
          "held"),
      N_ ("STATE") },
    { "needs-person", 0, 0, G_OPTION_ARG_NONE, &o->needs_person,
      N_ ("What goes on only when a person has decided something"), NULL },
    { "account", 0, 0, G_OPTION_ARG_STRING, &o->account, N_ ("Id of a sending account"), "ID" },
    { "program", 0, 0, G_OPTION_ARG_STRING, &o->program, N_ ("Program that handed it in"), N_ ("NAME") },
    { "domain", 0, 0, G_OPTION_ARG_STRING, &o->domain, N_ ("Domain of a recipient"), N_ ("DOMAIN") },
    { "cause", 0, 0, G_OPTION_ARG_STRING, &o->cause, N_ ("Cause as in “cause” of --json; -: none"), N_ ("CAUSE") },
    { "waits-for", 0, 0, G_OPTION_ARG_STRING, &o->waits_for,
      N_ ("retry-time, account-paused, keyring-locked, no-keyring, offline, paused, capacity, no-account, "
          "account-limit or metered"),
      N_ ("REASON") },
    { "sort", 0, 0, G_OPTION_ARG_STRING, &o->sort,
      N_ ("time, next-attempt, age, size, subject, from, to, state, account or program"), N_ ("KEY") },
    { "reverse", 0, 0, G_OPTION_ARG_NONE, &o->reverse, N_ ("The other way round"), NULL },
    { 0 },
  };

  return mr_ctl_parse (ctl, "list", NULL, N_ ("Newest messages first."), entries, 0, 0, &argc, &argv);
}

int
mr_verb_list (MrCtl *ctl, int argc, char **argv)
{
  g_auto (Options) options = { .limit = DEFAULT_LIMIT };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);
  g_autoptr (GError) error = NULL;
  Listing listing = { .rows = rows };

  if (!parse (ctl, &options, argc, argv))
    return MR_EXIT_USAGE;
  if (options.by_cause)
    return mr_list_groups (ctl);
  if (!fill_filter (&options, &listing.filter))
    return MR_EXIT_USAGE;
  if (options.group_by != NULL)
    return mr_list_facets (ctl, &listing.filter, options.group_by);
  listing.limit = (guint)CLAMP (options.limit, 1, MAX_LIMIT);
  gboolean ok = listing.limit <= PAGE ? read_one_page (ctl, &listing, &error) : read_many (ctl, &listing, &error);
  if (!ok)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    print_json (ctl, &listing);
  else
    print_rows (ctl, &listing);
  return MR_EXIT_DONE;
}

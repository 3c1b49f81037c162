/* mail-relayctl list */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

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

static gboolean
read_page (MrCtl *ctl, Listing *listing, GError **error)
{
  const MrMessageRecord *last = listing->rows->len > 0 ? listing->rows->pdata[listing->rows->len - 1] : NULL;

  mr_client_list_async (ctl->client, &listing->filter, last != NULL ? last->id : NULL,
                        MIN (PAGE, listing->limit - listing->rows->len), NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) page = mr_client_list_finish (ctl->client, result, &listing->total, error);
  if (page == NULL)
    return FALSE;
  if (page->len == 0)
    listing->limit = listing->rows->len;
  g_ptr_array_extend_and_steal (listing->rows, g_steal_pointer (&page));
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
    puts (listing->filter.kind == MR_LIST_HISTORY ? _ ("The history is empty.") : _ ("Nothing waits."));
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
    printf (_ ("… and %llu more: see --limit\n"), (unsigned long long)(listing->total - listing->rows->len));
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

int
mr_verb_list (MrCtl *ctl, int argc, char **argv)
{
  gboolean history = FALSE, by_cause = FALSE;
  int limit = DEFAULT_LIMIT;
  g_autofree char *search = NULL;
  g_autofree char *state = NULL;
  g_autofree char *account = NULL;
  const GOptionEntry entries[] = {
    { "history", 0, 0, G_OPTION_ARG_NONE, &history, N_ ("Messages that are finished"), NULL },
    { "by-cause", 0, 0, G_OPTION_ARG_NONE, &by_cause, N_ ("How many messages wait for which reason"), NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_ ("At most so many rows (100)"), "N" },
    { "search", 0, 0, G_OPTION_ARG_STRING, &search, N_ ("Part of an address, subject or id"), N_ ("TEXT") },
    { "state", 0, 0, G_OPTION_ARG_STRING, &state,
      N_ ("waiting, sending, uncertain, needs-person, delivered, relayed, failed, expired, cancelled, returned or "
          "held"),
      N_ ("STATE") },
    { "account", 0, 0, G_OPTION_ARG_STRING, &account, N_ ("Id of a sending account"), "ID" },
    { 0 },
  };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "list", NULL, N_ ("Newest messages first."), entries, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  if (by_cause)
    return mr_list_groups (ctl);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);
  Listing listing = {
    .filter = { .kind = history ? MR_LIST_HISTORY : MR_LIST_OUTBOX, .state = -1, .search = search, .account = account },
    .rows = rows,
    .limit = (guint)CLAMP (limit, 1, MAX_LIMIT)
  };
  if (state != NULL && !set_state (state, &listing.filter))
    return mr_ctl_usage (_ ("“%s” is not a state: see --help"), state);
  while (rows->len < listing.limit) {
    guint before = rows->len;
    if (!read_page (ctl, &listing, &error))
      return mr_ctl_fail (ctl, error);
    if (rows->len == before || rows->len >= listing.total)
      break;
  }
  if (ctl->json)
    print_json (ctl, &listing);
  else
    print_rows (ctl, &listing);
  return MR_EXIT_DONE;
}

/* Filters and orders against a naive judge: whatever is asked, the store gives the ids that a walk over all messages gives, page by page too. */
#include <string.h>

#include "base/log.h"
#include "base/records-variant.h"
#include "base/text.h"
#include "store-fixture.h"
#include "store/lists.h"

typedef StoreFixture Fixture;

#define MESSAGES  90
#define QUESTIONS 120

static const char *const subjects[] = { NULL,    "",           "Rechnung", "rechnung 12", "Ärger",
                                        "Zebra", "100 % sure", "a_b",      "änderung" };
static const char *const senders[] = { "anna@example.org", "Bob@example.org", "zoë@example.org", "" };
static const char *const programs[] = { NULL, "git", "cron", "Mail Relay" };
static const char *const accounts[] = { NULL, "work", "home" };
static const char *const domains[] = { "example.com", "Example.NET", "sub.example.com", "ex_mple.com" };
static const char *const bodies[] = { "x", "xy", "much more of it", "nearly as much" };
static const char *const causes[] = { NULL, "mailbox-full", "greylisted" };
static const char *const wanted_causes[] = { MR_LIST_NO_CAUSE, "mailbox-full", "greylisted" };
#define PICK(rand, list) (list)[g_rand_int_range (rand, 0, G_N_ELEMENTS (list))]

/* ---- messages at random ---- */

static MrRecipientRecord *
random_recipient (GRand *rand, guint n)
{
  g_autofree char *address = g_strdup_printf ("r%d@%s", g_rand_int_range (rand, 0, 5), PICK (rand, domains));
  MrRecipientRecord *r = mr_recipient_record_new (n, address);

  r->account = g_strdup (PICK (rand, accounts));
  r->cause = g_strdup (PICK (rand, causes));
  return r;
}

static MrMessageRecord *
random_message (Fixture *fixture, GRand *rand)
{
  MrMessageRecord *m = store_new_record (fixture, 1);
  guint n = (guint)g_rand_int_range (rand, 1, 4);

  g_free (m->subject);
  g_free (m->from);
  g_free (m->reverse_path);
  g_free (m->program);
  m->subject = g_strdup (PICK (rand, subjects));
  m->from = g_rand_boolean (rand) ? g_strdup (PICK (rand, senders)) : NULL;
  m->reverse_path = g_strdup (PICK (rand, senders));
  m->program = g_strdup (PICK (rand, programs));
  m->account_override = g_rand_int_range (rand, 0, 4) == 0 ? g_strdup (PICK (rand, accounts)) : NULL;
  if (g_rand_int_range (rand, 0, 4) == 0)
    m->hold = (MrHoldReason)g_rand_int_range (rand, 1, MR_HOLD_DAMAGED);
  g_ptr_array_set_size (m->recipients, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (m->recipients, random_recipient (rand, i));
  m->n_recipients = n;
  return m;
}

static void
change_at_random (Fixture *fixture, GRand *rand, const char *id)
{
  static const MrRecipientState states[] = { MR_RECIPIENT_WAITING,   MR_RECIPIENT_UNCERTAIN, MR_RECIPIENT_NEEDS_PERSON,
                                             MR_RECIPIENT_DELIVERED, MR_RECIPIENT_RELAYED,   MR_RECIPIENT_FAILED,
                                             MR_RECIPIENT_EXPIRED,   MR_RECIPIENT_CANCELLED };
  g_autoptr (MrMessageRecord) m = store_get (fixture, id, NULL, NULL);
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  gboolean finish = g_rand_boolean (rand);
  StoreAnswer answer = { 0 };

  for (guint i = 0; i < m->recipients->len; i++) {
    MrRecipientRecord *r = mr_recipient_record_copy (g_ptr_array_index (m->recipients, i));

    r->state = states[finish ? g_rand_int_range (rand, 3, G_N_ELEMENTS (states)) : g_rand_int_range (rand, 0, 3)];
    r->wait_reason = r->state == MR_RECIPIENT_WAITING ? (MrWaitReason)g_rand_int_range (rand, 0, MR_WAIT_N_REASONS)
                                                      : MR_WAIT_NONE;
    r->next_attempt = finish || g_rand_int_range (rand, 0, 3) == 0 ? 0
                                                                   : START + g_rand_int_range (rand, 0, 4) * 60000000;
    g_ptr_array_add (changed, r);
  }
  mr_store_update_message (fixture->store, id, changed, NULL, 0, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

static GPtrArray *
make_messages (Fixture *fixture, GRand *rand)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < MESSAGES; i++) {
    mr_clock_advance (fixture->clock, g_rand_int_range (rand, 0, 3) * 1000000);
    g_ptr_array_add (ids, store_add_record (fixture, random_message (fixture, rand), PICK (rand, bodies), FALSE));
    if (g_rand_int_range (rand, 0, 3) > 0)
      change_at_random (fixture, rand, ids->pdata[i]);
  }
  return ids;
}

/* ---- the naive judge ---- */

static gboolean
domain_is (const char *address, const char *domain)
{
  return g_ascii_strcasecmp (strrchr (address, '@') + 1, domain) == 0;
}

static gboolean
recipient_fits (const MrRecipientRecord *r, const MrListFilter *f, guint condition)
{
  switch (condition) {
  case 0:
    return f->state < 0 || (int)r->state == f->state;
  case 1:
    return f->wait_reason == MR_WAIT_NONE
           || (r->wait_reason == f->wait_reason && !mr_recipient_state_is_final (r->state));
  case 2:
    return f->domain == NULL || domain_is (r->address, f->domain);
  case 3:
    return f->cause == NULL || g_strcmp0 (r->cause != NULL ? r->cause : MR_LIST_NO_CAUSE, f->cause) == 0;
  case 4:
    return f->account == NULL || g_strcmp0 (r->account, f->account) == 0;
  case 5:
    return !f->needs_person || r->state == MR_RECIPIENT_NEEDS_PERSON
           || (r->state == MR_RECIPIENT_UNCERTAIN && r->next_attempt == 0);
  default:
    g_assert_not_reached ();
  }
}

static gboolean
some_recipient_fits (const MrMessageRecord *m, const MrListFilter *f, guint condition)
{
  for (guint i = 0; i < m->recipients->len; i++)
    if (recipient_fits (m->recipients->pdata[i], f, condition))
      return TRUE;
  return FALSE;
}

static gboolean
contains (const char *text, const char *part)
{
  g_autofree char *low = mr_text_fold (text != NULL ? text : "");
  g_autofree char *wanted = mr_text_fold (part);

  return strstr (low, wanted) != NULL;
}

static gboolean
word_fits (const MrMessageRecord *m, const char *word)
{
  if (contains (m->id, word) || contains (m->subject, word) || contains (m->message_id, word)
      || contains (m->from, word) || contains (m->reverse_path, word))
    return TRUE;
  for (guint i = 0; i < m->recipients->len; i++)
    if (contains (((MrRecipientRecord *)m->recipients->pdata[i])->address, word))
      return TRUE;
  return FALSE;
}

static gboolean
search_fits (const MrMessageRecord *m, const char *search)
{
  g_auto (GStrv) words = g_strsplit (search != NULL ? search : "", " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (!word_fits (m, words[i]))
      return FALSE;
  return TRUE;
}

static gboolean
fits (const MrMessageRecord *m, const MrListFilter *f)
{
  gboolean by_account = f->account != NULL && g_strcmp0 (m->account_override, f->account) == 0;
  gboolean held = m->finished == 0 && m->hold != MR_HOLD_NONE;

  return (m->finished > 0) == (f->kind == MR_LIST_HISTORY) && (!f->held_only || held)
         && (f->hold_reason == MR_HOLD_NONE || (held && m->hold == f->hold_reason))
         && (f->program == NULL || g_strcmp0 (m->program, f->program) == 0) && some_recipient_fits (m, f, 0)
         && some_recipient_fits (m, f, 1) && some_recipient_fits (m, f, 2) && some_recipient_fits (m, f, 3)
         && (by_account || some_recipient_fits (m, f, 4))
         && ((f->needs_person && held) || some_recipient_fits (m, f, 5)) && search_fits (m, f->search);
}

/* ---- its order ---- */

static const MrRecipientRecord *
get_representative (const MrMessageRecord *m)
{
  MrRecipientState state = mr_message_record_summary_state (m);

  for (guint i = 0; i < m->recipients->len; i++)
    if (((MrRecipientRecord *)m->recipients->pdata[i])->state == state)
      return m->recipients->pdata[i];
  g_assert_not_reached ();
}

static int
compare_texts (const char *a, const char *b)
{
  g_autofree char *x = mr_text_fold (a != NULL ? a : "");
  g_autofree char *y = mr_text_fold (b != NULL ? b : "");

  return strcmp (x, y);
}

static int
compare_numbers (gint64 a, gint64 b)
{
  return a < b ? -1 : a > b;
}

static gint64
get_next (const MrMessageRecord *m)
{
  return m->hold == MR_HOLD_NONE && m->finished == 0 && m->next_attempt > 0 ? MAX (m->next_attempt, m->not_before)
                                                                            : G_MAXINT64;
}

static int
get_state_rank (const MrMessageRecord *m)
{
  static const int ranks[] = { 5, 4, 1, 0, 9, 8, 2, 3, 7, 6 };

  return m->finished == 0 && m->hold != MR_HOLD_NONE ? 1 : 2 * ranks[mr_message_record_summary_state (m)];
}

static const char *
get_account (const MrMessageRecord *m)
{
  const char *own = get_representative (m)->account;

  return m->account_override != NULL ? m->account_override : own != NULL ? own : "";
}

static int
compare_keys (const MrMessageRecord *a, const MrMessageRecord *b, const MrListFilter *f)
{
  switch (f->sort) {
  case MR_LIST_SORT_NEXT:
    return compare_numbers (get_next (a), get_next (b));
  case MR_LIST_SORT_AGE:
    return f->kind == MR_LIST_HISTORY ? compare_numbers (b->finished, a->finished) : -strcmp (a->id, b->id);
  case MR_LIST_SORT_SIZE:
    return compare_numbers ((gint64)a->size, (gint64)b->size);
  case MR_LIST_SORT_SUBJECT:
    return compare_texts (a->subject, b->subject);
  case MR_LIST_SORT_FROM:
    return compare_texts (a->from != NULL ? a->from : a->reverse_path, b->from != NULL ? b->from : b->reverse_path);
  case MR_LIST_SORT_TO:
    return compare_texts (get_representative (a)->address, get_representative (b)->address);
  case MR_LIST_SORT_STATE:
    return compare_numbers (get_state_rank (a), get_state_rank (b));
  case MR_LIST_SORT_ACCOUNT:
    return strcmp (get_account (a), get_account (b));
  case MR_LIST_SORT_PROGRAM:
    return compare_texts (a->program, b->program);
  case MR_LIST_SORT_TIME:
  case MR_LIST_N_SORTS:
  default:
    return 0;
  }
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const MrMessageRecord *x = *(MrMessageRecord *const *)a, *y = *(MrMessageRecord *const *)b;
  const MrListFilter *filter = data;
  int order = compare_keys (x, y, filter);

  order = order != 0 ? order : strcmp (x->id, y->id);
  return filter->ascending ? order : -order;
}

/* ---- asking the store ---- */

typedef struct {
  StoreAnswer answer;
  GPtrArray *ids;
  guint64 total;
} Found;

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  Found *found = data;

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (found->ids, g_strdup (((MrMessageRecord *)rows->pdata[i])->id));
  found->total = total;
  store_answer_cb (error, &found->answer);
}

static void
ids_cb (const char *const *ids, const GError *error, gpointer data)
{
  Found *found = data;

  for (guint i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (found->ids, g_strdup (ids[i]));
  store_answer_cb (error, &found->answer);
}

static void
assert_same (GPtrArray *wanted, GPtrArray *found, const MrListFilter *filter)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_list_filter_to_variant (filter));
  g_autofree char *question = g_variant_print (variant, FALSE);

  if (wanted->len != found->len)
    g_error ("%u are right, %u were found: %s", wanted->len, found->len, question);
  for (guint i = 0; i < wanted->len; i++)
    if (!g_str_equal (((MrMessageRecord *)wanted->pdata[i])->id, found->pdata[i]))
      g_error ("row %u differs: %s", i, question);
}

static void
ask (Fixture *fixture, GPtrArray *messages, MrListFilter *filter, guint page)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
  Found all = { .ids = g_ptr_array_new_with_free_func (g_free) };
  Found paged = { .ids = g_ptr_array_new_with_free_func (g_free) };
  Found rows = { .ids = g_ptr_array_new_with_free_func (g_free) };

  for (guint i = 0; i < messages->len; i++)
    if (fits (messages->pdata[i], filter))
      g_ptr_array_add (wanted, messages->pdata[i]);
  g_ptr_array_sort_with_data (wanted, compare_cb, filter);

  mr_store_list_ids (fixture->store, filter, ids_cb, &all);
  store_wait_ok (&all.answer);
  assert_same (wanted, all.ids, filter);

  for (guint before = 0;; before = paged.ids->len) {
    const char *after = before > 0 ? paged.ids->pdata[before - 1] : NULL;

    paged.answer = (StoreAnswer){ 0 };
    mr_store_list (fixture->store, filter, after, page, list_cb, &paged);
    store_wait_ok (&paged.answer);
    g_assert_cmpuint (paged.total, ==, wanted->len);
    if (paged.ids->len == before)
      break;
  }
  assert_same (wanted, paged.ids, filter);

  g_ptr_array_add (all.ids, NULL);
  mr_store_list_rows (fixture->store, (const char *const *)all.ids->pdata, list_cb, &rows);
  store_wait_ok (&rows.answer);
  assert_same (wanted, rows.ids, filter);
  g_ptr_array_unref (all.ids);
  g_ptr_array_unref (paged.ids);
  g_ptr_array_unref (rows.ids);
}

/* ---- facets ---- */

static void
facets_cb (GPtrArray *facets, const GError *error, gpointer data)
{
  Found *found = data;

  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const MrFacetRecord *facet = facets->pdata[i];
    g_ptr_array_add (found->ids, g_strdup_printf ("%u %s", facet->messages, facet->value));
  }
  store_answer_cb (error, &found->answer);
}

static gboolean
has_value (const MrMessageRecord *m, MrFacet facet, const char *value)
{
  if (facet == MR_FACET_PROGRAM)
    return g_strcmp0 (m->program, value) == 0;
  if (facet == MR_FACET_ACCOUNT)
    return g_str_equal (get_account (m), value);
  for (guint i = 0; i < m->recipients->len; i++) {
    const MrRecipientRecord *r = m->recipients->pdata[i];
    if (facet == MR_FACET_DOMAIN ? domain_is (r->address, value)
                                 : g_strcmp0 (r->cause != NULL ? r->cause : MR_LIST_NO_CAUSE, value) == 0)
      return TRUE;
  }
  return FALSE;
}

/* For each value that there may be: how many messages of the list have it. */
static void
ask_facets (Fixture *fixture, GPtrArray *messages, const MrListFilter *filter, MrFacet facet)
{
  static const char *const values[] = { "git",         "cron",         "Mail Relay",  "work",
                                        "home",        "example.com",  "example.net", "sub.example.com",
                                        "ex_mple.com", "mailbox-full", "greylisted",  MR_LIST_NO_CAUSE };
  Found found = { .ids = g_ptr_array_new_with_free_func (g_free) };
  guint n_values = 0, before = G_MAXUINT;

  mr_store_list_facets (fixture->store, filter, facet, facets_cb, &found);
  store_wait_ok (&found.answer);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    guint n = 0;

    for (guint k = 0; k < messages->len; k++)
      n += fits (messages->pdata[k], filter) && has_value (messages->pdata[k], facet, values[i]);
    g_autofree char *wanted = g_strdup_printf ("%u %s", n, values[i]);
    g_assert_cmpint (g_ptr_array_find_with_equal_func (found.ids, wanted, g_str_equal, NULL), ==, n > 0);
    n_values += n > 0;
  }
  g_assert_cmpuint (found.ids->len, ==, n_values);
  for (guint i = 0; i < found.ids->len; i++) {
    guint n = (guint)g_ascii_strtoull (found.ids->pdata[i], NULL, 10);
    g_assert_cmpuint (n, <=, before);
    before = n;
  }
  g_ptr_array_unref (found.ids);
}

static MrListFilter
random_question (GRand *rand)
{
  static const char *const searches[]
      = { "rechnung", "100 %",    "a_b", "R1@",       "example.NET",    "bob",
          "zzz",      "%",        "o",   "ARGER",     "ärger r2",       "Rechnung 12 example.org",
          "\"a_b",    "\" OR \"", "zoe", "bob zebra", "NEAR(rechnung)", "text:rechnung",
          "rech*" };
  MrListFilter f = { .kind = g_rand_boolean (rand) ? MR_LIST_OUTBOX : MR_LIST_HISTORY, .state = -1 };

  f.sort = (MrListSort)g_rand_int_range (rand, 0, MR_LIST_N_SORTS);
  f.ascending = g_rand_boolean (rand);
  for (guint n = (guint)g_rand_int_range (rand, 0, 4); n > 0; n--)
    switch (g_rand_int_range (rand, 0, 10)) {
    case 0:
      f.state = g_rand_int_range (rand, 0, MR_RECIPIENT_N_STATES);
      break;
    case 1:
      f.held_only = TRUE;
      break;
    case 2:
      f.hold_reason = (MrHoldReason)g_rand_int_range (rand, 0, MR_HOLD_N_REASONS);
      break;
    case 3:
      f.wait_reason = (MrWaitReason)g_rand_int_range (rand, 0, MR_WAIT_N_REASONS);
      break;
    case 4:
      f.needs_person = TRUE;
      break;
    case 5:
      f.search = PICK (rand, searches);
      break;
    case 6:
      f.account = PICK (rand, accounts);
      break;
    case 7:
      f.program = PICK (rand, programs);
      break;
    case 8:
      f.domain = PICK (rand, domains);
      break;
    default:
      f.cause = PICK (rand, wanted_causes);
    }
  return f;
}

static void
test_against_judge (Fixture *fixture, gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GPtrArray) ids = make_messages (fixture, rand);
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (messages, store_get (fixture, ids->pdata[i], NULL, NULL));
  /* Every order, both ways, both kinds; then filters at random. */
  for (guint i = 0; i < MR_LIST_N_SORTS * 4; i++) {
    MrListFilter plain = { .kind = i & 1 ? MR_LIST_HISTORY : MR_LIST_OUTBOX,
                           .state = -1,
                           .sort = (MrListSort)(i / 4),
                           .ascending = (i & 2) != 0 };
    ask (fixture, messages, &plain, 7);
  }
  for (guint i = 0; i < QUESTIONS; i++) {
    MrListFilter question = random_question (rand);

    ask (fixture, messages, &question, (guint)g_rand_int_range (rand, 1, 20));
    ask_facets (fixture, messages, &question, (MrFacet)(i % MR_N_FACETS));
  }
}

/* A page behind a row that is gone: by time it goes on, else nobody knows where it was. */
static void
test_after_what_is_gone (Fixture *fixture, gconstpointer data)
{
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1 };
  g_autofree char *first = store_add (fixture, 1, "x");
  g_autofree char *gone = store_add (fixture, 1, "x");
  Found found = { .ids = g_ptr_array_new_with_free_func (g_free) };
  StoreAnswer answer = { 0 };
  g_autoptr (GError) error = NULL;

  store_change (fixture, gone, 0, MR_RECIPIENT_CANCELLED, 0, 0, 0, NULL);
  mr_store_delete_message (fixture->store, gone, store_answer_cb, &answer);
  store_wait_ok (&answer);
  mr_store_list (fixture->store, &filter, gone, 10, list_cb, &found);
  store_wait_ok (&found.answer);
  g_assert_cmpuint (found.ids->len, ==, 1);
  g_assert_cmpstr (found.ids->pdata[0], ==, first);

  filter.sort = MR_LIST_SORT_SIZE;
  mr_store_list (fixture->store, &filter, gone, 10, list_cb, &found);
  store_wait (&found.answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_ptr_array_unref (found.ids);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  ADD ("/store/filter/against-judge", test_against_judge);
  ADD ("/store/filter/after-what-is-gone", test_after_what_is_gone);
  return g_test_run ();
}

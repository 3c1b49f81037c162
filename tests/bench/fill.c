#include "fill.h"

#include <string.h>

#include "base/id.h"

#define OUTSTANDING 500
#define HOUR        (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct {
  MrStore *store;
  MrClock *clock;
  GRand *rand;
  GBytes *body;
  GMainLoop *loop;
  guint n_active, n_total, n_started, n_done;
} Fill;

static const char *const words[] = { "Invoice",  "Rechnung", "reminder", "report",  "meeting",  "Angebot",
                                     "delivery", "backup",   "finished", "order",   "contract", "Lieferung",
                                     "holiday",  "question", "answer",   "offer",   "week",     "Zahlung",
                                     "failed",   "summary",  "notes",    "project", "customer", "scan" };
static const char *const names[] = { "anna",  "bob",  "carla",  "david", "erika",  "frank", "greta",  "hans",
                                     "ines",  "jana", "karl",   "lena",  "martin", "nora",  "olaf",   "petra",
                                     "quinn", "rosa", "stefan", "tina",  "ulrich", "vera",  "walter", "yvonne" };
static const char *const families[] = { "mueller", "schmidt", "smith",  "jones", "garcia", "rossi", "dupont",
                                        "novak",   "jansen",  "larsen", "costa", "meyer",  "weber", "fischer" };
static const char *const programs[] = { "thunderbird", "cron", "git", "smartd", "invoice-tool", "scanner", "backup" };
static const char *const accounts[] = { "work", "home", "office" };
static const char *const causes[] = { "mailbox-full", "greylisted", "host-unreachable", "rate-limited" };
#define PICK(fill, list) (list)[g_rand_int_range ((fill)->rand, 0, G_N_ELEMENTS (list))]

static char *
random_address (Fill *fill)
{
  return g_strdup_printf ("%s.%s%d@domain%d.example", PICK (fill, names), PICK (fill, families),
                          g_rand_int_range (fill->rand, 0, 500), g_rand_int_range (fill->rand, 0, 60));
}

static MrRecipientRecord *
random_recipient (Fill *fill, guint n, gint64 now)
{
  g_autofree char *address = random_address (fill);
  MrRecipientRecord *r = mr_recipient_record_new (n, address);

  r->account = g_strdup (PICK (fill, accounts));
  r->wait_reason = MR_WAIT_RETRY_TIME;
  r->next_attempt = now + 12 * HOUR + g_rand_int_range (fill->rand, 0, 3600) * G_USEC_PER_SEC;
  if (g_rand_int_range (fill->rand, 0, 3) == 0) {
    r->attempts = 2;
    r->cause = g_strdup (PICK (fill, causes));
    r->host = g_strdup ("mx.recipient.example");
    r->stage = MR_STAGE_RCPT;
    mr_reply_record_set (&r->reply, 452, "4.2.2", "The mailbox is full, try again later");
  }
  if (g_rand_int_range (fill->rand, 0, 20) == 0) {
    r->state = MR_RECIPIENT_NEEDS_PERSON;
    r->wait_reason = MR_WAIT_NONE;
    r->next_attempt = 0;
  }
  return r;
}

static MrMessageRecord *
random_message (Fill *fill)
{
  MrMessageRecord *m = mr_message_record_new ();
  gint64 now = mr_clock_wall (fill->clock);
  guint n = g_rand_int_range (fill->rand, 0, 5) == 0 ? (guint)g_rand_int_range (fill->rand, 2, 6) : 1;

  m->id = mr_id_new (fill->clock);
  m->created = now;
  m->from = random_address (fill);
  m->reverse_path = g_strdup (m->from);
  m->subject = g_strdup_printf ("%s %s %s %d", PICK (fill, words), PICK (fill, words), PICK (fill, words),
                                g_rand_int_range (fill->rand, 1, 20000));
  m->message_id = g_strdup_printf ("%08x.%08x@example.org", g_rand_int (fill->rand), g_rand_int (fill->rand));
  m->program = g_strdup (PICK (fill, programs));
  m->uid = 1000;
  m->socket = g_strdup ("127.0.0.1:2525");
  m->helo = g_strdup ("localhost");
  m->n_chunks = 1;
  m->size = (guint64)g_rand_int_range (fill->rand, 800, 4000000);
  if (g_rand_int_range (fill->rand, 0, 50) == 0)
    m->hold = MR_HOLD_PERSON;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (m->recipients, random_recipient (fill, i, now));
  m->n_recipients = n;
  return m;
}

static void start_one (Fill *fill);

static void
done_cb (const GError *error, gpointer data)
{
  Fill *fill = data;

  if (error != NULL)
    g_error ("fill: %s", error->message);
  if (++fill->n_done == fill->n_total)
    g_main_loop_quit (fill->loop);
  else if (fill->n_started < fill->n_total)
    start_one (fill);
}

static void
start_one (Fill *fill)
{
  g_autoptr (MrMessageRecord) copy = NULL;
  MrMessageRecord *m = random_message (fill);
  gboolean active = fill->n_started++ < fill->n_active;

  if (active) {
    mr_store_add_message (fill->store, m, fill->body, FALSE, done_cb, fill);
    return;
  }
  m->hold = MR_HOLD_NONE;
  copy = mr_message_record_copy (m);
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  for (guint i = 0; i < copy->recipients->len; i++) {
    MrRecipientRecord *r = mr_recipient_record_copy (copy->recipients->pdata[i]);
    gboolean failed = g_rand_int_range (fill->rand, 0, 30) == 0;

    r->state = failed ? MR_RECIPIENT_FAILED : MR_RECIPIENT_RELAYED;
    r->wait_reason = MR_WAIT_NONE;
    r->next_attempt = 0;
    g_ptr_array_add (changed, r);
  }
  mr_store_add_message (fill->store, m, fill->body, FALSE, NULL, NULL);
  mr_store_update_message (fill->store, copy->id, changed, NULL, MR_STORE_RELEASE, done_cb, fill);
}

void
bench_fill (MrStore *store, MrClock *clock, guint n_active, guint n_finished)
{
  static const char text[] = "Subject: x\r\n\r\nA short text.\r\n";
  Fill fill = { .store = store, .clock = clock, .n_active = n_active, .n_total = n_active + n_finished };

  if (fill.n_total == 0)
    return;
  fill.rand = g_rand_new_with_seed (42);
  fill.body = g_bytes_new_static (text, strlen (text));
  fill.loop = g_main_loop_new (NULL, FALSE);
  for (guint i = 0; i < OUTSTANDING && fill.n_started < fill.n_total; i++)
    start_one (&fill);
  g_main_loop_run (fill.loop);
  g_main_loop_unref (fill.loop);
  g_bytes_unref (fill.body);
  g_rand_free (fill.rand);
}

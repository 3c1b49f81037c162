/* mail-relayctl activity: what is being sent right now. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "client/activity-calls.h"
#include "ctl/output.h"
#include "ndr/states.h"

#define FOLLOW_MS 1000

static char *
dup_progress (const MrActivityRecord *record)
{
  g_autofree char *done = g_format_size (record->done), *total = g_format_size (record->total);

  if (record->done == 0)
    return g_strdup (total);
  return g_strdup_printf (_ ("%s of %s (%u %%)"), done, total,
                          (guint)(record->total > 0 ? record->done * 100 / record->total : 0));
}

static char *
dup_rate (const MrActivityRecord *record)
{
  guint64 rate = record->stage == MR_STAGE_DATA ? mr_activity_record_get_rate (record) : 0;
  g_autofree char *size = g_format_size (rate);

  return rate > 0 ? g_strdup_printf (_ ("%s/s"), size) : g_strdup ("-");
}

static void
print_table (GPtrArray *records)
{
  const char *const titles[] = { _ ("Id"),  _ ("To"),   _ ("Account"), _ ("Server"),
                                 _ ("Now"), _ ("Sent"), _ ("Speed"),   NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (records->len == 0) {
    puts (_ ("Nothing is being sent right now."));
    return;
  }
  for (guint i = 0; i < records->len; i++) {
    const MrActivityRecord *record = records->pdata[i];
    g_autofree char *more = record->n_recipients > 1
                                ? g_strdup_printf ("%s +%u", record->recipient, record->n_recipients - 1)
                                : g_strdup (record->recipient);
    g_autofree char *progress = dup_progress (record), *rate = dup_rate (record);
    const char *cells[] = { record->message_id,
                            more,
                            record->account,
                            record->destination,
                            mr_stage_activity (record->stage),
                            progress,
                            rate,
                            NULL };

    mr_table_add (table, cells, G_MAXUINT, NULL);
  }
  mr_table_print (table);
}

static void
print_json (GPtrArray *records)
{
  GVariantDict dict;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&builder, mr_activity_record_to_variant (records->pdata[i]));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "activity", g_variant_builder_end (&builder));
  mr_print_json (g_variant_dict_end (&dict));
}

static char *
stop_words (guint count)
{
  return g_strdup (count > 0 ? _ ("The transmission was ended. The message is kept back.")
                             : _ ("There was nothing to end: it is not being sent, or all of it is out already."));
}

static int
stop (MrCtl *ctl, const char *id)
{
  mr_client_stop_sending_async (ctl->client, id, NULL, mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, FALSE, mr_client_stop_sending_finish, stop_words);
}

static gboolean
wait_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

int
mr_verb_activity (MrCtl *ctl, int argc, char **argv)
{
  gboolean follow = FALSE;
  g_autofree char *id = NULL;
  const GOptionEntry entries[] = {
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &follow, N_ ("Show it again each second"), NULL },
    { "stop", 0, 0, G_OPTION_ARG_STRING, &id, N_ ("End the transmission of this message and keep it back"), "ID" },
    { 0 },
  };

  if (!mr_ctl_parse (ctl, "activity", NULL, N_ ("What is being sent right now, and how far it is."), entries, 0, 0,
                     &argc, &argv))
    return MR_EXIT_USAGE;
  if (id != NULL)
    return stop (ctl, id);
  for (;;) {
    g_autoptr (GError) error = NULL;

    mr_client_list_activity_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
    g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
    g_autoptr (GPtrArray) records = mr_client_list_activity_finish (ctl->client, result, &error);
    if (records == NULL)
      return mr_ctl_fail (ctl, error);
    if (ctl->json)
      print_json (records);
    else
      print_table (records);
    fflush (stdout);
    if (!follow)
      return MR_EXIT_DONE;
    g_timeout_add (FOLLOW_MS, wait_cb, ctl->loop);
    g_main_loop_run (ctl->loop);
  }
}

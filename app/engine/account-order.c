/* The order of accounts, as a person arranges it: written as numbers from 1, all in one change of the configuration. */
#include <config.h>

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-accounts.h>

#include "engine/accounts.h"
#include "engine/answer.h"
#include "engine/configuration.h"

#define ACCOUNTS_MAX 1000

typedef struct {
  GPtrArray *strings; /* groups and numbers that the edits point to */
  GArray *edits;      /* MrConfigurationEdit */
} Order;

static void
place (Order *order, const char *id)
{
  char *group = g_strconcat ("account ", id, NULL);
  char *number = g_strdup_printf ("%u", order->edits->len + 1);
  MrConfigurationEdit edit = { group, "order", number };

  g_ptr_array_add (order->strings, group);
  g_ptr_array_add (order->strings, number);
  g_array_append_val (order->edits, edit);
}

/* Error: an id that is unknown or named twice. */
static gboolean
check_ids (MrEngine *engine, const char *const *ids, GError **error)
{
  guint n = 0;

  for (; ids[n] != NULL; n++) {
    if (n >= ACCOUNTS_MAX || mr_accounts_find (engine->accounts, ids[n]) == NULL) {
      g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), ids[n]);
      return FALSE;
    }
    for (guint k = 0; k < n; k++)
      if (g_str_equal (ids[k], ids[n])) {
        g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The account “%s” is named twice"), ids[n]);
        return FALSE;
      }
  }
  return TRUE;
}

void
mr_engine_order_accounts (MrEngine *engine, const char *const *ids, MrEngineDoneFunc func, gpointer data)
{
  GPtrArray *records = mr_accounts_get_all (engine->accounts);
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrConfigurationEdit));
  g_autoptr (GError) error = NULL;
  Order order = { strings, edits };

  if (!check_ids (engine, ids, &error)) {
    mr_answer_done (func, error, data);
    return;
  }
  for (guint i = 0; ids[i] != NULL; i++)
    place (&order, ids[i]);
  for (guint i = 0; i < records->len; i++) {
    const MrAccountRecord *record = g_ptr_array_index (records, i);

    if (!g_strv_contains (ids, record->id))
      place (&order, record->id);
  }
  mr_configuration_apply (engine->configuration, (const MrConfigurationEdit *)(gpointer)edits->data, edits->len, NULL,
                          &error);
  mr_answer_done (func, error, data);
}

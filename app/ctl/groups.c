/* mail-relayctl list --by-cause: how many messages wait for which reason. */
#include <config.h>

#include "ctl/groups.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/records-variant.h"
#include "client/returned-calls.h"
#include "ctl/output.h"
#include "ndr/states.h"

static char *
dup_reason (MrCtl *ctl, const MrGroupRecord *group)
{
  return group->cause != NULL ? mr_cause_dup_title (mr_ctl_get_diagnosis (ctl), group->cause, NULL)
                              : g_strdup (mr_wait_reason_sentence (group->wait_reason));
}

static void
print_json (MrCtl *ctl, GPtrArray *groups)
{
  GVariantDict dict;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < groups->len; i++) {
    g_autoptr (GVariant) record = g_variant_ref_sink (mr_group_record_to_variant (groups->pdata[i]));
    g_autofree char *reason = dup_reason (ctl, groups->pdata[i]);

    g_variant_dict_init (&dict, record);
    g_variant_dict_insert (&dict, "reason-text", "s", reason);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "groups", g_variant_builder_end (&builder));
  mr_print_json (g_variant_dict_end (&dict));
}

static void
print_table (MrCtl *ctl, GPtrArray *groups)
{
  const char *const titles[] = { _ ("Messages"), _ ("Reason"), _ ("Account"), _ ("Since"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (groups->len == 0) {
    puts (_ ("Nothing waits."));
    return;
  }
  for (guint i = 0; i < groups->len; i++) {
    const MrGroupRecord *group = groups->pdata[i];
    g_autofree char *number = g_strdup_printf ("%u", group->messages);
    g_autofree char *reason = dup_reason (ctl, group);
    g_autofree char *since = mr_format_time (group->oldest);
    const char *cells[] = { number, reason, group->account != NULL ? group->account : "", since, NULL };

    mr_table_add (table, cells, G_MAXUINT, NULL);
  }
  mr_table_print (table);
}

int
mr_list_groups (MrCtl *ctl)
{
  g_autoptr (GError) error = NULL;

  mr_client_list_groups_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) groups = mr_client_list_groups_finish (ctl->client, result, &error);
  if (groups == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    print_json (ctl, groups);
  else
    print_table (ctl, groups);
  return MR_EXIT_DONE;
}

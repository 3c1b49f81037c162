/* mail-relayctl list --by-cause: how many messages wait for which reason; --group-by: how many of a list have which destination, cause ... */
#include <config.h>

#include "ctl/groups.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/records-variant.h"
#include "client/list-calls.h"
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

/* ---- by what the messages of a list are told apart ---- */

static char *
dup_facet_text (MrCtl *ctl, MrFacet facet, const char *value)
{
  if (facet != MR_FACET_CAUSE)
    return g_strdup (value);
  return g_str_equal (value, MR_LIST_NO_CAUSE) ? g_strdup (_ ("Without a cause"))
                                               : mr_cause_dup_title (mr_ctl_get_diagnosis (ctl), value, NULL);
}

static void
print_facets_json (MrCtl *ctl, MrFacet facet, GPtrArray *facets)
{
  GVariantDict dict;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < facets->len; i++) {
    const MrFacetRecord *record = facets->pdata[i];
    g_autofree char *text = dup_facet_text (ctl, facet, record->value);

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, mr_facet_nick (facet), "s", record->value);
    g_variant_dict_insert (&dict, "text", "s", text);
    g_variant_dict_insert (&dict, "messages", "u", record->messages);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "group-by", "s", mr_facet_nick (facet));
  g_variant_dict_insert_value (&dict, "groups", g_variant_builder_end (&builder));
  mr_print_json (g_variant_dict_end (&dict));
}

static void
print_facets (MrCtl *ctl, MrFacet facet, const MrListFilter *filter, GPtrArray *facets)
{
  const char *const names[] = { _ ("Program"), _ ("Account"), _ ("Domain"), _ ("Reason") };
  const char *const titles[] = { _ ("Messages"), names[facet], NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == MR_N_FACETS);
  if (facets->len == 0) {
    puts (mr_list_filter_is_narrow (filter) ? _ ("No message fits.")
          : filter->kind == MR_LIST_HISTORY ? _ ("The history is empty.")
                                            : _ ("Nothing waits."));
    return;
  }
  for (guint i = 0; i < facets->len; i++) {
    const MrFacetRecord *record = facets->pdata[i];
    g_autofree char *number = g_strdup_printf ("%u", record->messages);
    g_autofree char *text = dup_facet_text (ctl, facet, record->value);
    const char *cells[] = { number, text, NULL };

    mr_table_add (table, cells, G_MAXUINT, NULL);
  }
  mr_table_print (table);
}

int
mr_list_facets (MrCtl *ctl, const MrListFilter *filter, const char *kind)
{
  g_autoptr (GError) error = NULL;
  MrFacet facet;

  if (!mr_facet_from_nick (kind, &facet)) {
    mr_ctl_usage (_ ("A list cannot be grouped by “%s”: see --help"), kind);
    return MR_EXIT_USAGE;
  }
  mr_client_list_facets_async (ctl->client, filter, facet, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) facets = mr_client_list_facets_finish (ctl->client, result, &error);
  if (facets == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    print_facets_json (ctl, facet, facets);
  else
    print_facets (ctl, facet, filter, facets);
  return MR_EXIT_DONE;
}

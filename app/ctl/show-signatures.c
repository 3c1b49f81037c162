/* mail-relayctl show: signatures. */
#include <config.h>

#include "ctl/show-signatures.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "client/signature-calls.h"
#include "ctl/output.h"

GPtrArray *
mr_ctl_fetch_signatures (MrCtl *ctl, const char *id, gboolean check, GError **error)
{
  mr_client_list_signatures_async (ctl->client, id, check, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  return mr_client_list_signatures_finish (ctl->client, result, error);
}

void
mr_ctl_print_signatures (GPtrArray *signatures)
{
  for (guint i = 0; i < signatures->len; i++) {
    const MrSignatureRecord *record = signatures->pdata[i];
    g_autofree char *title = mr_signature_dup_title (record);
    g_autofree char *key = mr_signature_dup_key (record);
    g_autofree char *finding = mr_signature_dup_finding (record);
    g_autofree char *line = finding != NULL ? g_strdup_printf ("%s. %s. %s.", title, key, finding)
                                            : g_strdup_printf ("%s. %s.", title, key);

    mr_print_field (_ ("Signature"), line);
  }
}

GVariant *
mr_ctl_signatures_to_variant (GPtrArray *signatures)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < signatures->len; i++)
    g_variant_builder_add_value (&builder, mr_signature_record_to_variant (signatures->pdata[i]));
  return g_variant_builder_end (&builder);
}

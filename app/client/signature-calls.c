/* Calls about the signatures of a message, and what is said of them. */
#include <config.h>

#include "client/signature-calls.h"

#include <glib/gi18n-lib.h>

#include "client/client-private.h"
#include "data/dbus/names.h"

void
mr_client_list_signatures_async (MrClient *self, const char *id, gboolean check, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted = { .interface = MR_BUS_OUTBOX,
                                .method = "ListSignatures",
                                .parameters = g_variant_new ("(sb)", id, check),
                                .reply_type = G_VARIANT_TYPE ("(aa{sv})") };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_signature (GVariant *variant)
{
  return mr_signature_record_from_variant (variant);
}

GPtrArray *
mr_client_list_signatures_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (rows == NULL)
    return NULL;
  return mr_client_convert_records (rows, convert_signature, (GDestroyNotify)mr_signature_record_free);
}

char *
mr_signature_dup_title (const MrSignatureRecord *record)
{
  switch (record->kind) {
  case MR_SIGNATURE_PLANNED:
    return g_strdup_printf (_ ("Will be signed for %s"), record->domain);
  case MR_SIGNATURE_PROGRAM:
    return g_strdup_printf (_ ("Signed for %s by the program that handed it in"), record->domain);
  case MR_SIGNATURE_SENT:
  case MR_SIGNATURE_N_KINDS:
    break;
  }
  return g_strdup_printf (_ ("Signed for %s"), record->domain);
}

char *
mr_signature_dup_key (const MrSignatureRecord *record)
{
  gboolean ed25519 = g_str_has_prefix (record->algorithm, "ed25519");
  const char *method = ed25519 ? "Ed25519" : g_str_has_prefix (record->algorithm, "rsa") ? "RSA" : record->algorithm;

  if (record->bits > 0 && !ed25519)
    return g_strdup_printf (_ ("Key %s, %s with %u bits"), record->selector, method, record->bits);
  return g_strdup_printf (_ ("Key %s, %s"), record->selector, method);
}

char *
mr_signature_dup_finding (const MrSignatureRecord *record)
{
  if (record->result == NULL)
    return NULL;
  if (!g_str_equal (record->result, "pass"))
    return g_strdup (record->problem != NULL ? record->problem : _ ("It does not verify"));
  return g_strdup (record->kind == MR_SIGNATURE_PLANNED ? _ ("The DNS has the key: receivers will be able to verify it")
                                                        : _ ("Verified with the key in the DNS"));
}

/* Outbox: lists of messages, in pages, as ids, and the rows of given ids. */
#include <config.h>

#include "service/interfaces.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-lists.h>

#include "base/records-variant.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

#define MAX_LIMIT 500

static GVariant *
convert_row (gconstpointer record)
{
  return mr_message_record_to_variant (record, FALSE);
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  GDBusMethodInvocation *invocation = data;
  GVariantBuilder builder;

  if (error != NULL) {
    mr_call_fail (invocation, error);
    return;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rows->len; i++)
    g_variant_builder_add_value (&builder, mr_message_record_to_variant (g_ptr_array_index (rows, i), FALSE));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv}t)", &builder, total));
}

static gboolean
handle_list_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *wanted, const char *after,
                guint limit, MrEngine *engine)
{
  MrListFilter filter;
  g_autoptr (GError) error = NULL;

  if (!mr_list_filter_from_variant (wanted, &filter, &error))
    mr_call_fail (invocation, error);
  else if (limit < 1 || limit > MAX_LIMIT)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("A page has 1 to 500 rows"));
  else if (*after == '\0' || mr_call_check_id (invocation, after))
    mr_engine_list (engine, &filter, *after != '\0' ? after : NULL, limit, list_cb, invocation);
  return TRUE;
}

/* ---- ids; a question takes the place of an older one that is not answered yet ---- */

#define PENDING_MAX 1000

typedef struct {
  GDBusMethodInvocation *invocation;
  MrDBusOutbox *skeleton;
  char *place;    /* key in the pending questions, NULL: none can take its place */
  guint64 serial; /* of what is packed */
} Question;

static GHashTable *
get_pending (MrDBusOutbox *skeleton)
{
  GHashTable *pending = g_object_get_data (G_OBJECT (skeleton), "pending-lists");

  if (pending == NULL) {
    pending = g_hash_table_new (g_str_hash, g_str_equal);
    g_object_set_data_full (G_OBJECT (skeleton), "pending-lists", pending, (GDestroyNotify)g_hash_table_unref);
  }
  return pending;
}

static void
question_free (Question *question)
{
  if (question->place != NULL)
    g_hash_table_remove (get_pending (question->skeleton), question->place);
  g_free (question->place);
  g_object_unref (question->skeleton);
  g_free (question);
}

static void
ids_cb (const char *const *ids, const GError *error, gpointer data)
{
  Question *question = data;

  if (error != NULL)
    mr_call_fail (question->invocation, error);
  else
    g_dbus_method_invocation_return_value (question->invocation, g_variant_new ("(^as)", ids));
  question_free (question);
}

static void
pack_cb (GBytes *ids, const GError *error, gpointer data)
{
  Question *question = data;

  if (error != NULL)
    mr_call_fail (question->invocation, error);
  else
    g_dbus_method_invocation_return_value (
        question->invocation,
        g_variant_new ("(t@ay)", question->serial, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, ids, TRUE)));
  question_free (question);
}

/* A number is the client's own. */
static char *
dup_place (GDBusMethodInvocation *invocation, GVariant *wanted)
{
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  guint32 number;

  if (!g_variant_lookup (wanted, "replaces", "u", &number))
    return NULL;
  return g_strdup_printf ("%p %s %u", (void *)g_dbus_method_invocation_get_connection (invocation),
                          sender != NULL ? sender : "", number);
}

static void
take_place (Question *question, MrEngine *engine)
{
  GHashTable *pending = get_pending (question->skeleton);
  Question *older = g_hash_table_lookup (pending, question->place);

  if (older != NULL) {
    mr_engine_cancel_list (engine, older);
    mr_call_refuse (older->invocation, MR_ERROR_CANCELLED, _ ("A newer question took its place"));
    question_free (older);
  }
  if (g_hash_table_size (pending) < PENDING_MAX)
    g_hash_table_insert (pending, question->place, question);
  else
    g_clear_pointer (&question->place, g_free);
}

/* NULL: answered with an error. */
static Question *
question_new (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *wanted, MrListFilter *ret_filter,
              MrEngine *engine)
{
  g_autoptr (GError) error = NULL;

  if (!mr_list_filter_from_variant (wanted, ret_filter, &error)) {
    mr_call_fail (invocation, error);
    return NULL;
  }
  Question *question = g_new0 (Question, 1);
  question->invocation = invocation;
  question->skeleton = g_object_ref (skeleton);
  question->place = dup_place (invocation, wanted);
  if (question->place != NULL)
    take_place (question, engine);
  return question;
}

static gboolean
handle_list_ids_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *wanted, MrEngine *engine)
{
  MrListFilter filter;
  Question *question = question_new (skeleton, invocation, wanted, &filter, engine);

  if (question != NULL)
    mr_engine_list_ids (engine, &filter, ids_cb, question);
  return TRUE;
}

static gboolean
handle_pack_ids_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *wanted, MrEngine *engine)
{
  MrListFilter filter;
  Question *question = question_new (skeleton, invocation, wanted, &filter, engine);

  if (question == NULL)
    return TRUE;
  /* Before the ids are read: what changes meanwhile is told as a change once more. */
  g_autoptr (GBytes) changes = mr_engine_get_changes (engine, G_MAXUINT64, &question->serial);
  mr_engine_pack_ids (engine, &filter, pack_cb, question);
  return TRUE;
}

static gboolean
handle_list_changes_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, guint64 since, MrEngine *engine)
{
  guint64 serial = 0;
  g_autoptr (GBytes) changes = mr_engine_get_changes (engine, since, &serial);
  gboolean complete = changes != NULL;
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);

  g_dbus_method_invocation_return_value (
      invocation,
      g_variant_new ("(tb@ay)", serial, complete,
                     g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, complete ? changes : none, TRUE)));
  return TRUE;
}

/* ---- facets ---- */

static void
facets_cb (GPtrArray *facets, const GError *error, gpointer data)
{
  GVariantBuilder builder;

  if (error != NULL) {
    mr_call_fail (data, error);
    return;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(su)"));
  for (guint i = 0; i < facets->len; i++) {
    const MrFacetRecord *facet = g_ptr_array_index (facets, i);
    g_variant_builder_add (&builder, "(su)", facet->value, facet->messages);
  }
  g_dbus_method_invocation_return_value (data, g_variant_new ("(a(su))", &builder));
}

static gboolean
handle_list_facets_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *wanted, const char *by,
                       MrEngine *engine)
{
  MrListFilter filter;
  MrFacet facet;
  g_autoptr (GError) error = NULL;

  if (!mr_list_filter_from_variant (wanted, &filter, &error))
    mr_call_fail (invocation, error);
  else if (!mr_facet_from_nick (by, &facet))
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("Messages are told apart by program, account, domain or cause"));
  else
    mr_engine_list_facets (engine, &filter, facet, facets_cb, invocation);
  return TRUE;
}

/* ---- rows ---- */

static void
rows_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  mr_call_return_records (data, rows, error, convert_row);
}

static gboolean
handle_list_rows_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids,
                     MrEngine *engine)
{
  if (g_strv_length ((char **)ids) > MAX_LIMIT)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("A page has 1 to 500 rows"));
  else if (mr_call_check_ids (invocation, ids, TRUE))
    mr_engine_list_rows (engine, ids, rows_cb, invocation);
  return TRUE;
}

void
mr_lists_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine)
{
  g_signal_connect (outbox, "handle-list", G_CALLBACK (handle_list_cb), engine);
  g_signal_connect (outbox, "handle-list-ids", G_CALLBACK (handle_list_ids_cb), engine);
  g_signal_connect (outbox, "handle-pack-ids", G_CALLBACK (handle_pack_ids_cb), engine);
  g_signal_connect (outbox, "handle-list-changes", G_CALLBACK (handle_list_changes_cb), engine);
  g_signal_connect (outbox, "handle-list-facets", G_CALLBACK (handle_list_facets_cb), engine);
  g_signal_connect (outbox, "handle-list-rows", G_CALLBACK (handle_list_rows_cb), engine);
}

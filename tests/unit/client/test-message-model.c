/* The lazy list: what it asks for, what it tells, what it costs. */
#include "client/message-model.h"

#include <string.h>

#include "fake-service.h"

typedef struct {
  FakeService *fake;
  MrClient *client;
  MrMessageModel *model;
  GString *told; /* "position-removed+added;" */
  guint n_notified;
} Fixture;

static void
items_changed_cb (GListModel *list, guint position, guint removed, guint added, gpointer data)
{
  Fixture *f = data;

  g_string_append_printf (f->told, "%u-%u+%u;", position, removed, added);
}

static void
loaded_cb (MrMessageItem *item, GParamSpec *pspec, gpointer data)
{
  ((Fixture *)data)->n_notified++;
}

static void
set_up (Fixture *f, gconstpointer n)
{
  f->fake = fake_service_new ();
  fake_service_fill (f->fake, GPOINTER_TO_UINT (n));
  fake_service_start (f->fake);
  f->told = g_string_new (NULL);
  f->client = mr_client_new (FALSE);
  f->model = mr_message_model_new (f->client, MR_LIST_OUTBOX, TRUE);
  g_signal_connect (f->model, "items-changed", G_CALLBACK (items_changed_cb), f);
  mr_client_connect_async (f->client, NULL, NULL, NULL);
  wait_until (mr_message_model_is_loaded (f->model));
}

static void
tear_down (Fixture *f, gconstpointer n)
{
  g_object_unref (f->model);
  g_object_unref (f->client);
  g_string_free (f->told, TRUE);
  fake_service_free (f->fake);
}

static MrMessageItem *
get (Fixture *f, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (f->model), position);
}

static void
test_lazy (Fixture *f, gconstpointer n)
{
  g_autoptr (MrMessageItem) first = get (f, 0);
  g_autoptr (MrMessageItem) second = get (f, 1);
  g_autoptr (MrMessageItem) far = get (f, 50000);
  g_autoptr (MrMessageItem) again = get (f, 50000);
  guint position = 0;

  g_assert_cmpstr (f->told->str, ==, "0-0+100000;");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->model)), ==, 100000);
  g_assert_true (far == again);
  g_assert_null (mr_message_item_get_record (first));
  g_assert_null (get (f, 100000));
  wait_until (mr_message_item_get_record (first) != NULL && mr_message_item_get_record (second) != NULL
              && mr_message_item_get_record (far) != NULL);
  g_assert_cmpstr (mr_message_item_get_record (far)->id, ==, mr_message_item_get_id (far));
  g_assert_cmpstr (mr_message_item_get_id (far), ==, "0000000000050000");
  g_assert_cmpuint (f->fake->n_list, ==, 2);
  g_assert_cmpuint (f->fake->n_list_ids, ==, 1);

  /* A row of a page that was loaded needs no further question. */
  g_autoptr (MrMessageItem) near = get (f, 199);
  g_assert_nonnull (mr_message_item_get_record (near));
  g_assert_true (mr_message_model_find (f->model, "0000000000000001", &position));
  g_assert_cmpuint (position, ==, 99999);
  g_assert_cmpstr (mr_message_model_get_id (f->model, 99999), ==, "0000000000000001");
}

static void
test_changes (Fixture *f, gconstpointer n)
{
  g_autoptr (MrMessageItem) first = get (f, 0);

  wait_until (mr_message_item_get_record (first) != NULL);
  g_signal_connect (first, "notify::loaded", G_CALLBACK (loaded_cb), f);
  g_string_truncate (f->told, 0);
  guint lists = f->fake->n_list;

  /* One comes, one goes, and all rows read differently from now on. */
  g_ptr_array_insert (f->fake->ids, 0, g_strdup ("9000000000000000"));
  g_ptr_array_remove_index (f->fake->ids, 500);
  fake_service_emit (f->fake, "queue");
  wait_until (f->n_notified > 0);
  g_assert_cmpstr (f->told->str, ==, "0-0+1;500-1+0;");
  g_assert_nonnull (strstr (mr_message_item_get_record (first)->subject, ", 2"));
  g_assert_cmpuint (f->fake->n_list, ==, lists + 1);

  /* Other changes do not concern the list. */
  guint ids = f->fake->n_list_ids;
  fake_service_emit (f->fake, "accounts");
  fake_service_emit (f->fake, "queue");
  wait_until (f->fake->n_list_ids > ids);
  g_assert_cmpuint (f->fake->n_list_ids, ==, ids + 1);
}

/* Many changes in a row cost two listings, not many. */
static void
test_bursts (Fixture *f, gconstpointer n)
{
  g_autoptr (MrMessageItem) first = get (f, 0);
  guint ids = f->fake->n_list_ids;

  for (guint i = 0; i < 50; i++)
    fake_service_emit (f->fake, "queue");
  g_ptr_array_insert (f->fake->ids, 0, g_strdup ("9000000000000000"));
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (f->model)) == 1001);
  g_assert_cmpuint (f->fake->n_list_ids, <=, ids + 2);
}

static void
test_search (Fixture *f, gconstpointer n)
{
  mr_message_model_set_search (f->model, "0999");
  g_assert_false (mr_message_model_is_loaded (f->model));
  wait_until (mr_message_model_is_loaded (f->model));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->model)), ==, 1);
  mr_message_model_set_search (f->model, "");
  wait_until (mr_message_model_is_loaded (f->model));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->model)), ==, 1000);
}

static void
test_reconnects (Fixture *f, gconstpointer n)
{
  fake_service_stop (f->fake);
  wait_until (!mr_client_is_connected (f->client));
  g_ptr_array_remove_index (f->fake->ids, 0);
  fake_service_start (f->fake);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (f->model)) == 999);
}

/* What the service tells of changes is followed without another listing; only rows that changed are read again. */
static void
test_follows (Fixture *f, gconstpointer n)
{
  g_autoptr (MrMessageItem) first = get (f, 0);
  g_autoptr (MrMessageItem) second = get (f, 1);

  wait_until (mr_message_item_get_record (first) != NULL && mr_message_item_get_record (second) != NULL);
  g_signal_connect (first, "notify::loaded", G_CALLBACK (loaded_cb), f);
  g_string_truncate (f->told, 0);
  guint rows = f->fake->n_rows;
  fake_service_change (f->fake, "0000000000001000", MR_LIST_PLACE_SAME);
  fake_service_change (f->fake, "0000000000000900", MR_LIST_PLACE_HISTORY);
  fake_service_change (f->fake, "0000000000000800", MR_LIST_PLACE_GONE);
  fake_service_change (f->fake, "9000000000000000", MR_LIST_PLACE_OUTBOX);
  fake_service_emit (f->fake, "queue");
  wait_until (f->told->len > 0);
  g_assert_cmpstr (f->told->str, ==, "0-0+1;101-1+0;200-1+0;");
  g_assert_cmpuint (f->fake->n_list_ids, ==, 1);
  g_assert_cmpuint (f->fake->n_list_changes, ==, 1);

  /* The one that changed is stale, the other is not asked for. */
  guint asked = f->fake->n_list;
  wait_until (f->fake->n_list > asked);
  g_assert_cmpuint (f->fake->n_rows, <=, rows + 2);
}

/* A list that is narrowed cannot tell what a change means for it. */
static void
test_lists_anew (Fixture *f, gconstpointer n)
{
  mr_message_model_set_search (f->model, "0999");
  wait_until (mr_message_model_is_loaded (f->model));
  guint ids = f->fake->n_list_ids;
  fake_service_change (f->fake, "9000000000999000", MR_LIST_PLACE_OUTBOX);
  g_ptr_array_insert (f->fake->ids, 0, g_strdup ("9000000000999000"));
  fake_service_emit (f->fake, "queue");
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (f->model)) == 2);
  g_assert_cmpuint (f->fake->n_list_ids, ==, ids + 1);
}

/* Nobody looks: nothing is asked. */
static void
test_inactive (Fixture *f, gconstpointer n)
{
  guint changes = f->fake->n_list_changes;

  mr_message_model_set_active (f->model, FALSE);
  g_ptr_array_remove_index (f->fake->ids, 0);
  for (guint i = 0; i < 3; i++)
    fake_service_emit (f->fake, "queue");
  wait_until (!mr_message_model_is_current (f->model));
  g_assert_cmpuint (f->fake->n_list_changes, ==, changes);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->model)), ==, 1000);
  mr_message_model_refresh_once (f->model);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (f->model)) == 999);

  g_ptr_array_remove_index (f->fake->ids, 0);
  fake_service_emit (f->fake, "queue");
  mr_message_model_set_active (f->model, TRUE);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (f->model)) == 998);
}

/* Only what is near the rows in view is read. */
static void
test_view (Fixture *f, gconstpointer n)
{
  guint rows = f->fake->n_rows;

  mr_message_model_set_view (f->model, 500, 509);
  g_autoptr (MrMessageItem) far = get (f, 0);
  g_autoptr (MrMessageItem) near = get (f, 505);
  g_autoptr (MrMessageItem) neighbour = get (f, 506);
  wait_until (mr_message_item_get_record (near) != NULL && mr_message_item_get_record (neighbour) != NULL);
  g_assert_null (mr_message_item_get_record (far));
  g_assert_cmpuint (f->fake->n_rows, <=, rows + 3);
  mr_message_model_set_view (f->model, 0, 9);
  wait_until (mr_message_item_get_record (far) != NULL);
}

/* An item that outlives the model is a row like before. */
static void
test_item_outlives_model (Fixture *f, gconstpointer n)
{
  g_autoptr (MrMessageItem) item = get (f, 3);
  MrMessageModel *gone = g_steal_pointer (&f->model);

  g_object_unref (gone);
  f->model = mr_message_model_new (f->client, MR_LIST_HISTORY, TRUE);
  g_assert_cmpstr (mr_message_item_get_id (item), ==, "0000000000000997");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, n, func)                                                                                             \
  g_test_add ("/client/message-model/" name, Fixture, GUINT_TO_POINTER (n), set_up, func, tear_down)
  ADD ("lazy", 100000, test_lazy);
  ADD ("changes", 1000, test_changes);
  ADD ("bursts", 1000, test_bursts);
  ADD ("search", 1000, test_search);
  ADD ("reconnects", 1000, test_reconnects);
  ADD ("follows", 1000, test_follows);
  ADD ("lists-anew", 1000, test_lists_anew);
  ADD ("inactive", 1000, test_inactive);
  ADD ("view", 1000, test_view);
  ADD ("item-outlives-model", 1000, test_item_outlives_model);
  return g_test_run ();
}

/* The choice of the account, as a table. */
#include "policy/policy.h"

static const char *const work[] = { "*@example.com", "anna@private.example", NULL };
static const char *const home[] = { "anna@example.com", "anna@home.example", NULL };
static const char *const any[] = { "*", NULL };
static const char *const also_work[] = { "*@example.com", "root@laptop", NULL };
static const char *const none[] = { NULL };
static const char *const own_names[] = { "laptop.example.org", NULL };

/* Two ordinary accounts, home is the default. */
static const MrPolicyAccount two[] = {
  { "work", MR_ACCOUNT_RELAY, work, FALSE },
  { "home", MR_ACCOUNT_RELAY, home, TRUE },
};
static const MrPolicyAccount with_any[] = {
  { "any", MR_ACCOUNT_RELAY, any, FALSE },
  { "work", MR_ACCOUNT_RELAY, work, FALSE },
  { "home", MR_ACCOUNT_RELAY, home, FALSE },
};
static const MrPolicyAccount only_any[] = { { "any", MR_ACCOUNT_DIRECT, any, TRUE } };
static const MrPolicyAccount equals[] = {
  { "first", MR_ACCOUNT_RELAY, work, FALSE },
  { "second", MR_ACCOUNT_RELAY, also_work, TRUE },
  { "third", MR_ACCOUNT_RELAY, work, TRUE },
};
static const MrPolicyAccount equals_no_default[] = {
  { "first", MR_ACCOUNT_RELAY, work, FALSE },
  { "second", MR_ACCOUNT_RELAY, also_work, FALSE },
};
static const MrPolicyAccount empty[] = { { "empty", MR_ACCOUNT_RELAY, none, TRUE },
                                         { "null", MR_ACCOUNT_RELAY, NULL, FALSE } };

typedef struct {
  const MrPolicyAccount *accounts;
  guint n;
  const char *path, *from, *override;
  MrRouteKind kind;
  const char *account, *rewrite, *sender;
} Row;

#define A(list) list, G_N_ELEMENTS (list)
#define OK      MR_ROUTE_ACCOUNT
#define NO      MR_ROUTE_NO_MATCH

static const Row rows[] = {
  { NULL, 0, "a@example.com", "a@example.com", NULL, MR_ROUTE_NO_ACCOUNTS, NULL, NULL, "a@example.com" },
  { NULL, 0, "a@example.com", NULL, "work", MR_ROUTE_NO_ACCOUNTS, NULL, NULL, "a@example.com" },
  /* exact beats domain beats any */
  { A (two), "anna@example.com", NULL, NULL, OK, "home", NULL, "anna@example.com" },
  { A (two), "bob@example.com", NULL, NULL, OK, "work", NULL, "bob@example.com" },
  { A (two), "bob@EXAMPLE.com", NULL, NULL, OK, "work", NULL, "bob@EXAMPLE.com" },
  { A (with_any), "bob@example.com", NULL, NULL, OK, "work", NULL, "bob@example.com" },
  { A (with_any), "anna@example.com", NULL, NULL, OK, "home", NULL, "anna@example.com" },
  { A (with_any), "x@elsewhere.example", NULL, NULL, OK, "any", NULL, "x@elsewhere.example" },
  /* among equals the default, then the order */
  { A (equals), "bob@example.com", NULL, NULL, OK, "second", NULL, "bob@example.com" },
  { A (equals_no_default), "bob@example.com", NULL, NULL, OK, "first", NULL, "bob@example.com" },
  /* never through another account */
  { A (two), "x@elsewhere.example", NULL, NULL, NO, NULL, NULL, "x@elsewhere.example" },
  { A (two), "x@elsewhere.example", "y@elsewhere.example", NULL, NO, NULL, NULL, "x@elsewhere.example" },
  { A (two), "x@sub.example.com", NULL, NULL, NO, NULL, NULL, "x@sub.example.com" },
  { A (empty), "a@example.com", NULL, NULL, NO, NULL, NULL, "a@example.com" },
  /* the reverse-path, else the header From */
  { A (two), "bounces+17@lists.example", "bob@example.com", NULL, OK, "work", NULL, "bob@example.com" },
  { A (two), "bob@example.com", "anna@home.example", NULL, OK, "work", NULL, "bob@example.com" },
  { A (two), "", "anna@home.example", NULL, OK, "home", NULL, "anna@home.example" },
  { A (two), NULL, "anna@home.example", NULL, OK, "home", NULL, "anna@home.example" },
  { A (two), "", "x@elsewhere.example", NULL, NO, NULL, NULL, "x@elsewhere.example" },
  { A (two), "", NULL, NULL, NO, NULL, NULL, NULL },
  { A (only_any), "", NULL, NULL, OK, "any", NULL, NULL },
  /* names that are not public are rewritten */
  { A (two), "root@laptop", "root@laptop", NULL, OK, "home", "anna@example.com", "root@laptop" },
  { A (two), "root@printer.local", NULL, NULL, OK, "home", "anna@example.com", "root@printer.local" },
  { A (two), "root@laptop.example.org", NULL, NULL, OK, "home", "anna@example.com", "root@laptop.example.org" },
  { A (two), "", "root@laptop", NULL, OK, "home", "anna@example.com", "root@laptop" },
  { A (equals), "root@laptop", NULL, NULL, OK, "second", NULL, "root@laptop" },
  { A (only_any), "root@laptop", NULL, NULL, OK, "any", NULL, "root@laptop" },
  { A (empty), "root@laptop", NULL, NULL, NO, NULL, NULL, "root@laptop" },
  { A (equals_no_default), "x@host.lan", NULL, NULL, OK, "first", "anna@private.example", "x@host.lan" },
  /* an identity that the author chose is kept */
  { A (two), "www-data@laptop", "bob@example.com", NULL, OK, "work", "bob@example.com", "bob@example.com" },
  { A (two), "www-data@laptop", "shop@elsewhere.example", NULL, NO, NULL, NULL, "shop@elsewhere.example" },
  /* a person's choice */
  { A (two), "x@elsewhere.example", NULL, "work", OK, "work", NULL, "x@elsewhere.example" },
  { A (two), "anna@example.com", NULL, "work", OK, "work", NULL, "anna@example.com" },
  { A (two), "root@laptop", NULL, "work", OK, "work", "anna@private.example", "root@laptop" },
  { A (only_any), "root@laptop", NULL, "any", OK, "any", NULL, "root@laptop" },
  { A (equals), "root@laptop", NULL, "second", OK, "second", NULL, "root@laptop" },
  { A (two), "anna@example.com", NULL, "gone", NO, NULL, NULL, "anna@example.com" },
  { A (two), "anna@example.com", NULL, "", OK, "home", NULL, "anna@example.com" },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    MrRoute route = mr_policy_route (row->accounts, row->n, row->path, row->from, row->override, own_names);

    g_test_message ("row %u: <%s> from %s through %s", i, row->path != NULL ? row->path : "NULL",
                    row->from != NULL ? row->from : "NULL", row->override != NULL ? row->override : "-");
    g_assert_cmpint (route.kind, ==, row->kind);
    g_assert_cmpstr (route.account, ==, row->account);
    g_assert_cmpstr (route.rewrite_to, ==, row->rewrite);
    g_assert_cmpstr (route.sender, ==, row->sender);
  }
}

/* What comes over a socket is not always an address. */
static void
test_garbage (void)
{
  static const char *const texts[] = { "@", "a@", "@b", "a", "\"a b\"@", "*", "*@example.com", "a@b@c" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    MrRoute route = mr_policy_route (A (two), texts[i], texts[i], NULL, own_names);

    g_assert_cmpint (route.kind, !=, MR_ROUTE_NO_ACCOUNTS);
    if (route.kind == MR_ROUTE_ACCOUNT)
      g_assert_nonnull (route.account);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/route/table", test_table);
  g_test_add_func ("/policy/route/garbage", test_garbage);
  return g_test_run ();
}

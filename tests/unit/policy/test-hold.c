/* Rules that keep mail back, as a table. */
#include "policy/hold.h"

typedef struct {
  const char *id;
  MrHoldRuleKind kind;
  const char *match;
  gboolean send, disabled;
} Rule;

typedef struct {
  const char *name;
  Rule rules[3];
  const char *reverse_path, *from, *program, *recipients;
  const char *keeper; /* NULL: it goes */
} Case;

#define EVERYTHING                                                                                                     \
  {                                                                                                                    \
    "all", MR_HOLD_RULE_EVERYTHING, "", FALSE, FALSE                                                                   \
  }

static const Case cases[] = {
  { "no rule", { { 0 } }, "a@x.example", NULL, NULL, "b@y.example", NULL },
  { "everything", { EVERYTHING }, "a@x.example", NULL, NULL, "b@y.example", "all" },
  { "everything, null reverse-path", { EVERYTHING }, "", NULL, NULL, "b@y.example", "all" },
  { "switched off",
    { { "all", MR_HOLD_RULE_EVERYTHING, "", FALSE, TRUE } },
    "a@x.example",
    NULL,
    NULL,
    "b@y.example",
    NULL },
  { "sender",
    { { "s", MR_HOLD_RULE_SENDER, "a@x.example", FALSE, FALSE } },
    "A@X.example",
    NULL,
    NULL,
    "b@y.example",
    "s" },
  { "other sender",
    { { "s", MR_HOLD_RULE_SENDER, "a@x.example", FALSE, FALSE } },
    "c@x.example",
    NULL,
    NULL,
    "b@y.example",
    NULL },
  { "sender in the header only",
    { { "s", MR_HOLD_RULE_SENDER, "x.example", FALSE, FALSE } },
    "",
    "a@x.example",
    NULL,
    "b@y.example",
    "s" },
  { "recipient's domain",
    { { "r", MR_HOLD_RULE_RECIPIENT, "z.example;y.example", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@Y.example",
    "r" },
  { "no parent, no lookalike",
    { { "r", MR_HOLD_RULE_RECIPIENT, "y.example", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@sub.y.example;c@my.example;d@y.example.org",
    NULL },
  { "below a domain",
    { { "r", MR_HOLD_RULE_RECIPIENT, "*.y.example", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@sub.y.example",
    "r" },
  { "below is not itself",
    { { "r", MR_HOLD_RULE_RECIPIENT, "*.y.example", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@y.example",
    NULL },
  { "one of many recipients",
    { { "r", MR_HOLD_RULE_RECIPIENT, "y.example", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@q.example;b@y.example",
    "r" },
  { "international name",
    { { "r", MR_HOLD_RULE_RECIPIENT, "b\303\274cher.example", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@xn--bcher-kva.example",
    "r" },
  { "leaves the list",
    { { "l", MR_HOLD_RULE_LEAVES, "x.example;*.x.example", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@x.example;c@sub.x.example;d@out.example",
    "l" },
  { "stays within the list",
    { { "l", MR_HOLD_RULE_LEAVES, "x.example;*.x.example", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@x.example;c@sub.x.example",
    NULL },
  { "program",
    { { "p", MR_HOLD_RULE_PROGRAM, "git;PHP", FALSE, FALSE } },
    "a@x.example",
    NULL,
    "php",
    "b@y.example",
    "p" },
  { "unknown program",
    { { "p", MR_HOLD_RULE_PROGRAM, "git", FALSE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "b@y.example",
    NULL },
  { "sent all the same",
    { EVERYTHING, { "me", MR_HOLD_RULE_RECIPIENT, "x.example", TRUE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "a@x.example",
    NULL },
  { "not all may be sent",
    { EVERYTHING, { "me", MR_HOLD_RULE_RECIPIENT, "x.example", TRUE, FALSE } },
    "a@x.example",
    NULL,
    NULL,
    "a@x.example;b@y.example",
    "all" },
  { "the first that keeps",
    { { "one", MR_HOLD_RULE_SENDER, "*", FALSE, FALSE }, EVERYTHING },
    "a@x.example",
    NULL,
    NULL,
    "b@y.example",
    "one" },
};

static MrHoldRuleRecord *
new_rule (const Rule *row)
{
  MrHoldRuleRecord *rule = mr_hold_rule_record_new (row->id);

  rule->kind = row->kind;
  g_strfreev (rule->match);
  rule->match = g_strsplit (row->match, ";", -1);
  rule->send = row->send;
  rule->disabled = row->disabled;
  return rule;
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_hold_rule_record_free);
    g_auto (GStrv) recipients = g_strsplit (c->recipients, ";", -1);
    const MrHoldFacts facts = { c->reverse_path, c->from, c->program, (const char *const *)recipients };

    g_test_message ("%s", c->name);
    for (guint k = 0; k < G_N_ELEMENTS (c->rules) && c->rules[k].id != NULL; k++)
      g_ptr_array_add (rules, new_rule (&c->rules[k]));
    const MrHoldRuleRecord *keeper = mr_policy_hold (rules, &facts);
    g_assert_cmpstr (keeper != NULL ? keeper->id : NULL, ==, c->keeper);
  }
}

static void
test_check (void)
{
  static const struct {
    Rule rule;
    gboolean good;
  } table[] = {
    { { "a", MR_HOLD_RULE_EVERYTHING, "", FALSE, FALSE }, TRUE },
    { { "a", MR_HOLD_RULE_SENDER, "", FALSE, FALSE }, FALSE },
    { { "a", MR_HOLD_RULE_SENDER, "a@x.example;*@y.example;z.example;*.z.example;*", FALSE, FALSE }, TRUE },
    { { "a", MR_HOLD_RULE_RECIPIENT, "no domain", FALSE, FALSE }, FALSE },
    { { "a", MR_HOLD_RULE_RECIPIENT, "x.example\ny.example", FALSE, FALSE }, FALSE },
    { { "a", MR_HOLD_RULE_PROGRAM, "any name at all", FALSE, FALSE }, TRUE },
    { { "a", MR_HOLD_RULE_N_KINDS, "x", FALSE, FALSE }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    MrHoldRuleRecord *rule = new_rule (&table[i].rule);
    g_autoptr (GError) error = NULL;

    if (*table[i].rule.match == '\0')
      g_clear_pointer (&rule->match, g_strfreev);
    g_assert_true (mr_policy_hold_check (rule, &error) == table[i].good);
    g_assert_true ((error == NULL) == table[i].good);
    mr_hold_rule_record_free (rule);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/hold/table", test_table);
  g_test_add_func ("/policy/hold/check", test_check);
  return g_test_run ();
}

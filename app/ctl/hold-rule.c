/* mail-relayctl hold-rule: rules that keep mail back for review. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/records-variant.h"
#include "client/hold-calls.h"
#include "client/times.h"
#include "ctl/output.h"

static void
print_rule (const MrHoldRuleRecord *rule)
{
  g_autofree char *sentence = mr_hold_rule_dup_sentence (rule);

  mr_say ("%-16s  %s%s\n", rule->id, sentence, rule->disabled ? _ (" (switched off)") : "");
  if (rule->release_after > 0 && !rule->send) {
    guint minutes = (guint)((rule->release_after + 59) / 60);

    mr_say (ngettext ("%-16s  and goes by itself after %u minute\n", "%-16s  and goes by itself after %u minutes\n",
                      minutes),
            "", minutes);
  }
}

static int
list (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "hold-rule list", NULL, N_ ("Rules that keep mail back for review."), NULL, 0, 0, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  mr_client_list_hold_rules_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) rules = mr_client_list_hold_rules_finish (ctl->client, result, &error);
  if (rules == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    mr_print_json_list ("rules", rules, (MrRecordToVariant)mr_hold_rule_record_to_variant);
  else if (rules->len == 0)
    puts (_ ("No rule keeps mail back."));
  else
    for (guint i = 0; i < rules->len; i++)
      print_rule (rules->pdata[i]);
  return MR_EXIT_DONE;
}

typedef struct {
  gboolean everything, send, off;
  char **sender, **recipient, **leaves, **program;
  char *id, *after;
} Options;

static void
options_clear (Options *o)
{
  g_strfreev (o->sender);
  g_strfreev (o->recipient);
  g_strfreev (o->leaves);
  g_strfreev (o->program);
  g_free (o->id);
  g_free (o->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* FALSE: not exactly one kind was given. */
static gboolean
take_kind (Options *o, MrHoldRuleRecord *rule)
{
  const struct {
    MrHoldRuleKind kind;
    char ***match;
  } kinds[] = { { MR_HOLD_RULE_SENDER, &o->sender },
                { MR_HOLD_RULE_RECIPIENT, &o->recipient },
                { MR_HOLD_RULE_LEAVES, &o->leaves },
                { MR_HOLD_RULE_PROGRAM, &o->program } };
  guint n = o->everything ? 1 : 0;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (*kinds[i].match != NULL) {
      rule->kind = kinds[i].kind;
      g_strfreev (rule->match);
      rule->match = g_steal_pointer (kinds[i].match);
      n++;
    }
  return n == 1;
}

static int
add (MrCtl *ctl, int argc, char **argv)
{
  g_auto (Options) o = { 0 };
  const GOptionEntry entries[] = {
    { "everything", 0, 0, G_OPTION_ARG_NONE, &o.everything, N_ ("All mail"), NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.sender, N_ ("Mail of this sender or domain"), N_ ("ADDRESS") },
    { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.recipient, N_ ("Mail to this address or domain"), N_ ("DOMAIN") },
    { "outside", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.leaves, N_ ("Mail to anybody but these"), N_ ("DOMAIN") },
    { "program", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.program, N_ ("Mail of this program"), N_ ("NAME") },
    { "send", 0, 0, G_OPTION_ARG_NONE, &o.send, N_ ("Send what fits, whatever other rules say"), NULL },
    { "off", 0, 0, G_OPTION_ARG_NONE, &o.off, N_ ("Do not ask the rule for now"), NULL },
    { "release-after", 0, 0, G_OPTION_ARG_STRING, &o.after, N_ ("Send it by itself after this time (1h)"),
      N_ ("TIME") },
    { "id", 0, 0, G_OPTION_ARG_STRING, &o.id, N_ ("Id of the rule; one that exists is changed"), "ID" },
    { 0 },
  };
  g_autoptr (MrHoldRuleRecord) rule = mr_hold_rule_record_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 after = 0;
  GVariantDict dict;

  if (!mr_ctl_parse (ctl, "hold-rule add", NULL, N_ ("Keep back for review what fits."), entries, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  if (!take_kind (&o, rule))
    return mr_ctl_usage (_ ("say what: --everything, --from, --to, --outside or --program"));
  if (o.after != NULL && !mr_duration_parse (o.after, &after, &error))
    return mr_ctl_usage ("%s", error->message);
  rule->id = g_strdup (o.id);
  rule->send = o.send;
  rule->disabled = o.off;
  rule->release_after = after / G_USEC_PER_SEC;
  mr_client_set_hold_rule_async (ctl->client, rule, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autofree char *id = mr_client_set_hold_rule_finish (ctl->client, result, &error);
  if (id == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "id", "s", id);
    mr_print_json (g_variant_dict_end (&dict));
  } else
    mr_say ("%s\n", id);
  return MR_EXIT_DONE;
}

static int
remove_rule (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "hold-rule remove", "ID", N_ ("What it kept back stays kept back."), NULL, 1, 1, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  mr_client_remove_hold_rule_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_remove_hold_rule_finish (ctl->client, result, &error))
    return mr_ctl_fail (ctl, error);
  return mr_ctl_done (ctl, _ ("The rule is gone. What it kept back stays kept back."));
}

int
mr_verb_hold_rule (MrCtl *ctl, int argc, char **argv)
{
  static const MrVerb verbs[] = {
    { "list", N_ ("The rules"), list },
    { "add", N_ ("Add or change a rule"), add },
    { "remove", N_ ("Remove a rule"), remove_rule },
    { NULL, NULL, NULL },
  };

  return mr_verb_dispatch (ctl, "mail-relayctl hold-rule", verbs, argc - 1, argv + 1);
}

/* The window of rules that keep mail back: every kind of rule, and what happens to what it fits. The service is played. */
#include <adwaita.h>

#include "audit.h"
#include "base/records-variant.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/hold-rules-window.h"

#define NARROW 360

typedef struct {
  FakeService *fake;
  MrClient *client;
  Answer connected;
  MrDesk *desk;
  GtkWidget *window;
  GPtrArray *rules; /* MrHoldRuleRecord: what the service has */
  guint n_set, n_refused;
} Play;

static gboolean
list_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, Play *play)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < play->rules->len; i++)
    g_variant_builder_add_value (&builder, mr_hold_rule_record_to_variant (play->rules->pdata[i]));
  mr_dbus_outbox_complete_list_hold_rules (outbox, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
set_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GVariant *variant, Play *play)
{
  MrHoldRuleRecord *rule = mr_hold_rule_record_from_variant (variant);

  if (rule->match[0] != NULL && g_str_has_prefix (rule->match[0], "<b>")) {
    mr_hold_rule_record_free (rule);
    play->n_refused++;
    g_dbus_method_invocation_return_error_literal (invocation, MR_ERROR, MR_ERROR_INVALID, "“<b>” is no address");
    return TRUE;
  }
  for (guint i = 0; rule->id != NULL && i < play->rules->len; i++)
    if (g_strcmp0 (((MrHoldRuleRecord *)play->rules->pdata[i])->id, rule->id) == 0) {
      g_ptr_array_remove_index (play->rules, i);
      break;
    }
  if (rule->id == NULL || *rule->id == '\0') {
    g_free (rule->id);
    rule->id = g_strdup_printf ("rule-%u", play->n_set);
  }
  play->n_set++;
  mr_dbus_outbox_complete_set_hold_rule (outbox, invocation, rule->id);
  g_ptr_array_add (play->rules, rule);
  return TRUE;
}

static void
set_up (Play *play, gconstpointer unused)
{
  play->rules = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_hold_rule_record_free);
  play->fake = fake_service_new ();
  g_signal_connect (play->fake->outbox, "handle-list-hold-rules", G_CALLBACK (list_cb), play);
  g_signal_connect (play->fake->outbox, "handle-set-hold-rule", G_CALLBACK (set_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  mr_client_connect_async (play->client, NULL, answer_cb, &play->connected);
  answer_wait (&play->connected);
  wait_until (mr_client_is_connected (play->client));
  play->window = mr_hold_rules_window_new (play->desk, NULL);
  gtk_window_set_default_size (GTK_WINDOW (play->window), NARROW, 640);
}

static void
tear_down (Play *play, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (play->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  answer_clear (&play->connected);
  g_object_unref (play->desk);
  g_object_unref (play->client);
  fake_service_free (play->fake);
  g_ptr_array_unref (play->rules);
}

static gpointer
child (Play *play, const char *name)
{
  return gtk_widget_get_template_child (play->window, MR_TYPE_HOLD_RULES_WINDOW, name);
}

/* Once the service has taken the rule. */
static gboolean
form_is_new (Play *play)
{
  return *gtk_editable_get_text (child (play, "match")) == '\0'
         && adw_combo_row_get_selected (child (play, "kind")) == MR_HOLD_RULE_RECIPIENT;
}

/* What a person enters. verb: as in the window's list. */
static const MrHoldRuleRecord *
add (Play *play, MrHoldRuleKind kind, const char *match, guint verb)
{
  guint n = play->n_set;

  adw_combo_row_set_selected (child (play, "kind"), kind);
  gtk_editable_set_text (child (play, "match"), match);
  adw_combo_row_set_selected (child (play, "verb"), verb);
  g_assert_true (gtk_widget_get_sensitive (child (play, "save")));
  g_signal_emit_by_name (child (play, "save"), "clicked");
  wait_until (play->n_set == n + 1);
  wait_until (form_is_new (play));
  return play->rules->pdata[play->rules->len - 1];
}

static void
test_kinds (Play *play, gconstpointer unused)
{
  const MrHoldRuleRecord *rule;

  gtk_window_present (GTK_WINDOW (play->window));
  g_assert_false (gtk_widget_get_sensitive (child (play, "save"))); /* a rule about nothing */
  rule = add (play, MR_HOLD_RULE_EVERYTHING, "", 0);
  g_assert_cmpint (rule->kind, ==, MR_HOLD_RULE_EVERYTHING);
  g_assert_cmpint (rule->release_after, ==, 0);
  rule = add (play, MR_HOLD_RULE_SENDER, "robot@example.com", 1);
  g_assert_cmpint (rule->kind, ==, MR_HOLD_RULE_SENDER);
  g_assert_cmpint (rule->release_after, ==, 3600);
  rule = add (play, MR_HOLD_RULE_RECIPIENT, "example.org, boss@example.net", 2);
  g_assert_cmpint (rule->kind, ==, MR_HOLD_RULE_RECIPIENT);
  g_assert_cmpstr (rule->match[1], ==, "boss@example.net");
  g_assert_cmpint (rule->release_after, ==, 86400);
  rule = add (play, MR_HOLD_RULE_LEAVES, "example.com", 4);
  g_assert_cmpint (rule->kind, ==, MR_HOLD_RULE_LEAVES);
  g_assert_true (rule->send);
  rule = add (play, MR_HOLD_RULE_PROGRAM, "cron", 0);
  g_assert_cmpint (rule->kind, ==, MR_HOLD_RULE_PROGRAM);
  wait_until (audit_find (play->window, GTK_TYPE_LABEL, "Mail of the program cron is kept back for review"));
  g_assert_nonnull (audit_find (play->window, GTK_TYPE_LABEL, "Goes by itself after 1 hour"));
  g_assert_nonnull (audit_find (play->window, GTK_TYPE_LABEL, "Goes by itself after 1 day"));
  shot_save (play->window, "hold-rules");
  audit_names (play->window, "hold rules");
}

/* A time of the person's own, also one that another program gave, stays what it is when the rule is changed. */
static void
test_own_time (Play *play, gconstpointer unused)
{
  MrHoldRuleRecord *rule = mr_hold_rule_record_new ("review");
  GtkWidget *change;

  rule->kind = MR_HOLD_RULE_RECIPIENT;
  g_strfreev (rule->match);
  rule->match = g_strsplit ("example.org", " ", 1);
  rule->release_after = 2 * 3600;
  g_ptr_array_add (play->rules, rule);
  mr_hold_rules_window_point_at (MR_HOLD_RULES_WINDOW (play->window), "review");
  gtk_window_present (GTK_WINDOW (play->window));
  wait_until (audit_find (play->window, GTK_TYPE_LABEL, "Goes by itself after 2 hours"));
  g_assert_false (gtk_widget_get_visible (child (play, "minutes_row")));
  change = audit_find (child (play, "list"), GTK_TYPE_BUTTON, NULL);
  g_signal_emit_by_name (change, "clicked");
  g_assert_true (gtk_widget_get_visible (child (play, "minutes_row")));
  shot_save (play->window, "hold-rules-time");
  audit_names (play->window, "hold rules, own time");
  g_signal_emit_by_name (child (play, "save"), "clicked");
  wait_until (play->n_set == 1);
  wait_until (form_is_new (play));
  g_assert_cmpint (((MrHoldRuleRecord *)play->rules->pdata[0])->release_after, ==, 2 * 3600);
  gtk_spin_button_set_value (child (play, "minutes"), 45);
  g_assert_cmpint (add (play, MR_HOLD_RULE_SENDER, "x@example.com", 3)->release_after, ==, 45 * 60);
  wait_until (audit_find (play->window, GTK_TYPE_LABEL, "Goes by itself after 45 minutes"));
}

/* What the service refuses stays in the form, to be mended. */
static void
test_refused (Play *play, gconstpointer unused)
{
  gtk_window_present (GTK_WINDOW (play->window));
  adw_combo_row_set_selected (child (play, "kind"), MR_HOLD_RULE_SENDER);
  gtk_editable_set_text (child (play, "match"), "<b>, robot@example.com");
  g_signal_emit_by_name (child (play, "save"), "clicked");
  g_assert_false (gtk_widget_get_sensitive (child (play, "save"))); /* not twice */
  wait_until (play->n_refused == 1 && gtk_widget_get_sensitive (child (play, "save")));
  g_assert_cmpstr (gtk_editable_get_text (child (play, "match")), ==, "<b>, robot@example.com");
  g_assert_cmpuint (adw_combo_row_get_selected (child (play, "kind")), ==, MR_HOLD_RULE_SENDER);
  g_assert_nonnull (audit_find (play->window, GTK_TYPE_LABEL, "Could not save the rule: “<b>” is no address"));
  add (play, MR_HOLD_RULE_SENDER, "robot@example.com", 0);
}

#define ADD(name, func) g_test_add ("/holds/" name, Play, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("kinds", test_kinds);
  ADD ("own-time", test_own_time);
  ADD ("refused", test_refused);
  return g_test_run ();
}

/* Times, ages and people as the lists write them. */
#include "ui/format.h"

#define MINUTE (G_GINT64_CONSTANT (60) * 1000000)
#define NOW    (G_GINT64_CONSTANT (1795546800) * 1000000) /* 2026-11-24 19:00 UTC */

static void
assert_age (gint64 age, const char *expected)
{
  g_autofree char *text = mr_format_age (NOW - age, NOW);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_age (void)
{
  assert_age (0, "now");
  assert_age (-5 * MINUTE, "now");
  assert_age (59 * MINUTE / 60, "now");
  assert_age (MINUTE, "1 min");
  assert_age (59 * MINUTE, "59 min");
  assert_age (60 * MINUTE, "18:00");
  assert_age (24 * 60 * MINUTE, "Mon 19:00");
  assert_age (7 * 24 * 60 * MINUTE, "17 Nov");
  assert_age (NOW, "");
}

static void
assert_countdown (gint64 left, const char *expected)
{
  g_autofree char *text = mr_format_countdown (NOW + left, NOW);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_countdown (void)
{
  assert_countdown (-MINUTE, "any moment");
  assert_countdown (0, "any moment");
  assert_countdown (MINUTE / 2, "in less than a minute");
  assert_countdown (MINUTE, "in 1 minute");
  assert_countdown (MINUTE + 1, "in 2 minutes");
  assert_countdown (60 * MINUTE, "in 1 hour");
  assert_countdown (5 * 60 * MINUTE, "in 5 hours");
  assert_countdown (3 * 24 * 60 * MINUTE, "in 3 days");
}

static void
test_people (void)
{
  g_autoptr (MrMessageRecord) message = mr_message_record_new ();
  g_autofree char *nobody = mr_format_people (message);
  g_assert_cmpstr (nobody, ==, "nobody (automatic mail) → nobody");

  message->reverse_path = g_strdup ("bounces@example.com");
  g_ptr_array_add (message->recipients, mr_recipient_record_new (0, "bob@example.org"));
  g_autofree char *one = mr_format_people (message);
  g_assert_cmpstr (one, ==, "bounces@example.com → bob@example.org");

  message->from = g_strdup ("anna@example.com");
  message->n_recipients = 12;
  g_autofree char *many = mr_format_people (message);
  g_assert_cmpstr (many, ==, "anna@example.com → bob@example.org +11");
  g_assert_cmpstr (mr_format_subject (message), ==, "(no subject)");
  g_assert_cmpstr (mr_format_program (message), ==, "unknown program");
}

/* Every state has an icon and a style, and being kept back changes only what is not finished. */
static void
test_states (void)
{
  for (guint state = 0; state < MR_RECIPIENT_N_STATES; state++) {
    gboolean final = mr_recipient_state_is_final (state);
    g_assert_nonnull (mr_format_state_icon (state, FALSE));
    g_assert_nonnull (mr_format_state_style (state, FALSE));
    g_assert_cmpint (g_str_equal (mr_format_state_icon (state, TRUE), mr_format_state_icon (state, FALSE)), ==, final);
  }
  g_assert_nonnull (mr_format_state_icon (MR_RECIPIENT_N_STATES, FALSE));
  for (guint state = 0; state < MR_ACCOUNT_N_STATES; state++)
    g_assert_nonnull (mr_format_account_icon (state));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/format/age", test_age);
  g_test_add_func ("/ui/format/countdown", test_countdown);
  g_test_add_func ("/ui/format/people", test_people);
  g_test_add_func ("/ui/format/states", test_states);
  return g_test_run ();
}

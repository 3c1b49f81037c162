/* Why the record of an old key has to stay, and until when. */
#include "ndr/key-texts.h"

#define DAY (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define NOW (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC) /* 2026-09-21 */

static char *
say (MrDkimKeyState state, const char *reason, gint64 removable)
{
  const MrDkimKeyRecord key
      = { .state = state, .reason = (char *)reason, .used = NOW - DAY, .removable = removable, .retired = NOW - DAY };

  return mr_dkim_key_dup_reason (&key, NOW);
}

static void
test_reasons (void)
{
  static const struct {
    const char *reason;
    gint64 removable;
    const char *text;
  } table[] = {
    { "never-used", NOW - DAY, "It never signed anything: its entry can go." },
    { "never-used", NOW + DAY, "It never signed anything: its entry can go." },
    { "delivered", NOW, "What it signed has arrived: its entry can go." }, /* to the microsecond */
    { "handed-on", NOW - DAY, "What it signed has arrived: its entry can go." },
    { "handed-on", NOW + 7 * DAY,
      "A provider took mail with its signature on 2026-09-20 and may try for days: leave its entry until 2026-09-28." },
    { "delivered", NOW + 1,
      "Its last mail was sent on 2026-09-20, and receivers may pass it on for some days: leave its entry until "
      "2026-09-21." },
    { "unknown", NOW + DAY, "When it signed last is not known: leave its entry until 2026-09-22." },
    { NULL, NOW + DAY, "When it signed last is not known: leave its entry until 2026-09-22." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree char *text = say (MR_DKIM_KEY_OLD, table[i].reason, table[i].removable);

    g_assert_cmpstr (text, ==, table[i].text);
  }
}

/* One that signs, or will, has to stay without a word. */
static void
test_not_old (void)
{
  g_assert_null (say (MR_DKIM_KEY_NEW, "", 0));
  g_assert_null (say (MR_DKIM_KEY_PUBLISHED, "never-used", NOW - DAY));
  g_assert_null (say (MR_DKIM_KEY_ACTIVE, "", NOW - DAY));
}

/* A time that no calendar has gives no day, and no crash. */
static void
test_no_day (void)
{
  g_autofree char *text = say (MR_DKIM_KEY_OLD, "unknown", G_MAXINT64);

  g_assert_cmpstr (text, ==, "When it signed last is not known: leave its entry until .");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key-texts/reasons", test_reasons);
  g_test_add_func ("/key-texts/not-old", test_not_old);
  g_test_add_func ("/key-texts/no-day", test_no_day);
  return g_test_run ();
}

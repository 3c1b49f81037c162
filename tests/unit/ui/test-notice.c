/* The status bar says the most important thing, and only that. */
#include "ui/notice.h"

static MrNoticeFacts
all_well (void)
{
  return (MrNoticeFacts){ .connected = TRUE,
                          .own_version = "1",
                          .service_version = "1",
                          .listens = TRUE,
                          .secrets_state = "ok",
                          .secrets_needed = TRUE,
                          .n_accounts = 1,
                          .online = TRUE };
}

static void
assert_action (const MrNoticeFacts *facts, MrNoticeLevel level, const char *action)
{
  g_auto (MrNotice) notice = { 0 };

  mr_notice_choose (facts, &notice);
  g_assert_cmpint (notice.level, ==, level);
  g_assert_cmpstr (notice.action, ==, action);
  g_assert_true ((notice.text != NULL) == (level != MR_NOTICE_NONE));
  /* A button without an action, or an action that cannot be pressed, helps nobody. */
  g_assert_true ((notice.button != NULL) == (notice.action != NULL));
}

static void
test_order (void)
{
  MrNoticeFacts facts = all_well ();

  assert_action (&facts, MR_NOTICE_NONE, NULL);
  /* Nothing stops for it: everything else comes before. */
  facts.store_notice = "on a network folder";
  assert_action (&facts, MR_NOTICE_INFO, "win.help::stuck");
  facts.config_warning = "file:3: unknown key";
  assert_action (&facts, MR_NOTICE_INFO, "win.open-config");
  facts.service_version = "2";
  assert_action (&facts, MR_NOTICE_INFO, "win.restart-service");
  facts.online = FALSE;
  assert_action (&facts, MR_NOTICE_INFO, NULL);
  facts.online = TRUE;
  facts.keeps_everything = TRUE;
  assert_action (&facts, MR_NOTICE_INFO, "win.send-everything");
  facts.online = FALSE;
  facts.paused = TRUE;
  assert_action (&facts, MR_NOTICE_INFO, "win.toggle-paused");
  facts.refused_program = "smartd";
  assert_action (&facts, MR_NOTICE_INFO, "win.senders");
  facts.n_accounts_in_trouble = 1;
  facts.account_in_trouble = "Work";
  assert_action (&facts, MR_NOTICE_WARNING, "win.show-page::accounts");
  facts.secrets_state = "locked";
  assert_action (&facts, MR_NOTICE_WARNING, "win.unlock-keyring");
  facts.port_address = "127.0.0.1:2525";
  facts.port_error = "taken by postfix";
  assert_action (&facts, MR_NOTICE_WARNING, "win.choose-port");
  facts.listens = FALSE;
  assert_action (&facts, MR_NOTICE_ERROR, "win.choose-port");
  facts.config_error = "file:2: not a number";
  assert_action (&facts, MR_NOTICE_ERROR, "win.open-config");
  facts.connected = FALSE;
  assert_action (&facts, MR_NOTICE_ERROR, "win.start-service");
  facts.connecting = TRUE;
  assert_action (&facts, MR_NOTICE_INFO, NULL);
}

/* Only where mail waits for it, and not where a person has stopped mail anyway. */
static void
test_sign_in_page (void)
{
  MrNoticeFacts facts = all_well ();

  facts.captive = TRUE;
  assert_action (&facts, MR_NOTICE_NONE, NULL);
  facts.n_waiting = 1;
  assert_action (&facts, MR_NOTICE_WARNING, "win.open-network-page");
  facts.paused = TRUE;
  assert_action (&facts, MR_NOTICE_INFO, "win.toggle-paused");
  facts.paused = FALSE;
  facts.n_waiting = 0;
  facts.online = FALSE;
  assert_action (&facts, MR_NOTICE_WARNING, "win.open-network-page");
  facts.captive = FALSE;
  assert_action (&facts, MR_NOTICE_INFO, NULL);
}

static void
test_keyring (void)
{
  static const struct {
    const char *state, *action;
  } rows[] = { { "locked", "win.unlock-keyring" },        { "no-service", "win.choose-secrets" },
               { "timed-out", "win.check-keyring" },      { "no-place", "win.create-keyring" },
               { "asks-each-time", "win.check-keyring" }, { "refused", "win.choose-secrets" } };
  MrNoticeFacts facts = all_well ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].state);
    facts.secrets_state = rows[i].state;
    facts.secrets_needed = TRUE;
    assert_action (&facts, MR_NOTICE_WARNING, rows[i].action);
    /* Mail goes on with what is in memory: worth a word, and less than what stops mail. */
    facts.secrets_needed = FALSE;
    assert_action (&facts, MR_NOTICE_INFO, rows[i].action);
    facts.paused = TRUE;
    assert_action (&facts, MR_NOTICE_INFO, "win.toggle-paused");
    facts.paused = FALSE;
  }
  /* Without an account nobody needs a password yet. */
  facts.n_accounts = 0;
  assert_action (&facts, MR_NOTICE_NONE, NULL);
  facts.n_waiting = 3;
  assert_action (&facts, MR_NOTICE_WARNING, "win.add-account");
}

/* While the keyring asks, and when its question was not answered. */
static void
test_talk (void)
{
  MrNoticeFacts facts = all_well ();

  facts.secrets_state = "locked";
  facts.keyring_talk = MR_TALK_ASKING;
  assert_action (&facts, MR_NOTICE_INFO, "win.cancel-unlock");
  facts.keyring_talk = MR_TALK_CLOSED;
  assert_action (&facts, MR_NOTICE_WARNING, "win.unlock-keyring");
  facts.keyring_talk = MR_TALK_BUSY;
  assert_action (&facts, MR_NOTICE_WARNING, "win.unlock-keyring");
  facts.secrets_needed = FALSE;
  assert_action (&facts, MR_NOTICE_INFO, "win.unlock-keyring");
  facts.keyring_talk = MR_TALK_ASKING;
  assert_action (&facts, MR_NOTICE_INFO, "win.cancel-unlock");
  facts.secrets_state = "ok"; /* somebody else was faster */
  assert_action (&facts, MR_NOTICE_NONE, NULL);
}

static void
test_refusal (void)
{
  MrNoticeFacts facts = all_well ();
  g_auto (MrNotice) notice = { 0 };

  facts.refused_program = "smartd";
  facts.refused_user = "root";
  mr_notice_choose (&facts, &notice);
  g_assert_cmpstr (notice.text, ==, "smartd, user root, tried to send and was refused.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/notice/order", test_order);
  g_test_add_func ("/ui/notice/sign-in-page", test_sign_in_page);
  g_test_add_func ("/ui/notice/keyring", test_keyring);
  g_test_add_func ("/ui/notice/talk", test_talk);
  g_test_add_func ("/ui/notice/refusal", test_refusal);
  return g_test_run ();
}

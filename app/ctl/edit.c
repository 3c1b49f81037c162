/* mail-relayctl edit, through, schedule, redirect, again, return, delete, restore: what a person changes of messages. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "client/edit-calls.h"
#include "client/times.h"
#include "ctl/output.h"
#include "mail/address.h"

static char *
changed_words (guint n)
{
  return g_strdup_printf (ngettext ("%u message was changed", "%u messages were changed", n), n);
}

static char *
through_words (guint n)
{
  return g_strdup_printf (
      ngettext ("%u message goes through another account", "%u messages go through another account", n), n);
}

static char *
scheduled_words (guint n)
{
  return g_strdup_printf (ngettext ("%u message was scheduled", "%u messages were scheduled", n), n);
}

static char *
redirected_words (guint n)
{
  return g_strdup_printf (ngettext ("%u message goes to other recipients", "%u messages go to other recipients", n), n);
}

static char *
returned_words (guint n)
{
  return g_strdup_printf (ngettext ("%u message was returned", "%u messages were returned", n), n);
}

static char *
removed_words (guint n)
{
  return g_strdup_printf (ngettext ("%u message was removed", "%u messages were removed", n), n);
}

static char *
restored_words (guint n)
{
  return g_strdup_printf (ngettext ("%u message is back", "%u messages are back", n), n);
}

/* ---- edit ---- */

/* "OLD=NEW"; an address may hold a '=' in its local part, so each of them is tried. */
static gboolean
split_correction (const char *text, char **ret_old, char **ret_new)
{
  for (const char *p = strchr (text, '='); p != NULL; p = strchr (p + 1, '=')) {
    g_autofree char *old = g_strndup (text, (gsize)(p - text));

    if (mr_address_is_valid (old)) {
      *ret_old = g_steal_pointer (&old);
      *ret_new = g_strdup (p + 1);
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
find_recipient (const MrMessageRecord *message, const char *address, guint *ret_n)
{
  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);

    if (g_ascii_strcasecmp (r->address, address) == 0) {
      *ret_n = r->n;
      return TRUE;
    }
  }
  return FALSE;
}

static int
append_edit (GArray *edits, GPtrArray *texts, const MrMessageRecord *message, MrEditKind kind, const char *text)
{
  g_autofree char *old = NULL, *new = NULL;
  MrRecipientEdit edit = { .kind = kind };

  if (kind == MR_EDIT_ADD)
    new = g_strdup (text);
  else if (kind == MR_EDIT_REMOVE)
    old = g_strdup (text);
  else if (!split_correction (text, &old, &new))
    return mr_ctl_usage (_ ("--correct: write OLD=NEW, two addresses"));
  if (old != NULL && !find_recipient (message, old, &edit.n)) {
    mr_tell (_ ("%s is no recipient of this message\n"), old);
    return MR_EXIT_REFUSED;
  }
  if (new != NULL) {
    g_ptr_array_add (texts, new);
    edit.address = g_steal_pointer (&new);
  }
  g_array_append_val (edits, edit);
  return MR_EXIT_DONE;
}

int
mr_verb_edit (MrCtl *ctl, int argc, char **argv)
{
  g_auto (GStrv) correct = NULL, add = NULL, remove = NULL;
  const GOptionEntry entries[] = {
    { "correct", 0, 0, G_OPTION_ARG_STRING_ARRAY, &correct, N_ ("Send to the address NEW what was for OLD"),
      N_ ("OLD=NEW") },
    { "add", 0, 0, G_OPTION_ARG_STRING_ARRAY, &add, N_ ("One more recipient"), N_ ("ADDRESS") },
    { "remove", 0, 0, G_OPTION_ARG_STRING_ARRAY, &remove, N_ ("Do not send to this recipient"), N_ ("ADDRESS") },
    { 0 },
  };
  const struct {
    MrEditKind kind;
    char ***texts;
  } lists[] = { { MR_EDIT_CORRECT, &correct }, { MR_EDIT_ADD, &add }, { MR_EDIT_REMOVE, &remove } };
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrRecipientEdit));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MrMessageRecord) message = NULL;
  g_autoptr (GPtrArray) attempts = NULL;
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "edit", "ID", N_ ("Correct, add or remove recipients of a message."), entries, 1, 1, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  if (correct == NULL && add == NULL && remove == NULL)
    return mr_ctl_usage (_ ("say what: --correct OLD=NEW, --add ADDRESS or --remove ADDRESS"));
  mr_client_get_message_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_get_message_finish (ctl->client, result, &message, &attempts, &error))
    return mr_ctl_fail (ctl, error);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint k = 0; *lists[i].texts != NULL && (*lists[i].texts)[k] != NULL; k++) {
      int code = append_edit (edits, texts, message, lists[i].kind, (*lists[i].texts)[k]);
      if (code != MR_EXIT_DONE)
        return code;
    }
  mr_client_edit_recipients_async (ctl->client, argv[1], (const MrRecipientEdit *)(gpointer)edits->data, edits->len,
                                   NULL, mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, FALSE, mr_client_edit_recipients_finish, changed_words);
}

/* ---- account, time ---- */

int
mr_verb_through (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *account = NULL;
  gboolean automatic = FALSE;
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &account, N_ ("The account's id"), "ID" },
    { "automatic", 0, 0, G_OPTION_ARG_NONE, &automatic, N_ ("Choose by the sender's address again"), NULL },
    { 0 },
  };

  if (!mr_ctl_parse (ctl, "through", "ID…", N_ ("Send waiting messages through another account."), entries, 1, -1,
                     &argc, &argv))
    return MR_EXIT_USAGE;
  if ((account != NULL) == automatic)
    return mr_ctl_usage (_ ("give --account ID or --automatic"));
  mr_client_change_account_async (ctl->client, (const char *const *)argv + 1, account, NULL, mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, FALSE, mr_client_change_account_finish, through_words);
}

int
mr_verb_schedule (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *at = NULL;
  const GOptionEntry entries[] = { { "at", 0, 0, G_OPTION_ARG_STRING, &at,
                                     N_ ("“tomorrow 8:00”, “18:00”, “2h”, “2026-12-24 08:00”, or “now”"), N_ ("TIME") },
                                   { 0 } };
  g_autoptr (GError) error = NULL;
  gint64 when = 0;

  if (!mr_ctl_parse (ctl, "schedule", "ID…", N_ ("Send messages not before a time."), entries, 1, -1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (at == NULL)
    return mr_ctl_usage (_ ("say when: --at TIME"));
  if (!mr_time_parse (at, ctl->now, &when, &error))
    return mr_ctl_usage ("%s", error->message);
  mr_client_schedule_async (ctl->client, (const char *const *)argv + 1, g_str_equal (at, "now") ? 0 : when, NULL,
                            mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, FALSE, mr_client_schedule_finish, scheduled_words);
}

/* ---- other recipients, once more, back ---- */

int
mr_verb_redirect (MrCtl *ctl, int argc, char **argv)
{
  g_auto (GStrv) to = NULL;
  gboolean keep = FALSE;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &to, N_ ("Who gets it; may be given several times"), N_ ("ADDRESS") },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &keep, N_ ("Send a copy; the message itself stays as it is"), NULL },
    { 0 },
  };

  if (!mr_ctl_parse (ctl, "redirect", "ID…", N_ ("Send messages to other recipients."), entries, 1, -1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (to == NULL)
    return mr_ctl_usage (_ ("say who gets it: --to ADDRESS"));
  mr_client_redirect_async (ctl->client, (const char *const *)argv + 1, (const char *const *)to, keep, NULL,
                            mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, FALSE, mr_client_redirect_finish, redirected_words);
}

int
mr_verb_again (MrCtl *ctl, int argc, char **argv)
{
  g_auto (GStrv) to = NULL;
  const GOptionEntry entries[] = { { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &to,
                                     N_ ("To this address only; may be given several times"), N_ ("ADDRESS") },
                                   { 0 } };
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  if (!mr_ctl_parse (ctl, "again", "ID…", N_ ("Send messages once more, as new ones; prints their ids."), entries, 1,
                     -1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_send_again_async (ctl->client, (const char *const *)argv + 1, (const char *const *)to, NULL,
                              mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_auto (GStrv) ids = mr_client_send_again_finish (ctl->client, result, &error);
  if (ids == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "ids", "^as", ids);
    mr_print_json (g_variant_dict_end (&dict));
  } else
    for (guint i = 0; ids[i] != NULL; i++)
      mr_say ("%s\n", ids[i]);
  return ids[0] != NULL ? MR_EXIT_DONE : MR_EXIT_REFUSED;
}

int
mr_verb_return (MrCtl *ctl, int argc, char **argv)
{
  gboolean report = FALSE;
  const GOptionEntry entries[]
      = { { "report", 0, 0, G_OPTION_ARG_NONE, &report, N_ ("Mail a report to the sender"), NULL }, { 0 } };

  if (!mr_ctl_parse (ctl, "return", "ID…", N_ ("Give messages that were not delivered back to their sender."), entries,
                     1, -1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_return_async (ctl->client, (const char *const *)argv + 1, report, NULL, mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, FALSE, mr_client_return_finish, returned_words);
}

/* ---- history ---- */

int
mr_verb_delete (MrCtl *ctl, int argc, char **argv)
{
  if (!mr_ctl_parse (ctl, "delete", "ID…",
                     N_ ("Remove finished messages from the history; for 15 seconds restore puts them back."), NULL, 1,
                     -1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_delete_async (ctl->client, (const char *const *)argv + 1, NULL, mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, FALSE, mr_client_delete_finish, removed_words);
}

int
mr_verb_restore (MrCtl *ctl, int argc, char **argv)
{
  if (!mr_ctl_parse (ctl, "restore", "ID…", N_ ("Undo delete, for 15 seconds, or cancel, while the text is kept."),
                     NULL, 1, -1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_restore_async (ctl->client, (const char *const *)argv + 1, NULL, mr_ctl_ready_cb, ctl);
  return mr_ctl_answer_count (ctl, FALSE, mr_client_restore_finish, restored_words);
}

/* The table of verbs. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>

const MrVerb mr_verbs[] = {
  { "status", N_ ("Whether it listens, what waits, what is wrong"), mr_verb_status },
  { "list", N_ ("The outbox, or with --history what became of earlier messages"), mr_verb_list },
  { "show", N_ ("One message with its recipients, attempts and explanations"), mr_verb_show },
  { "save", N_ ("A message as an .eml file"), mr_verb_save },
  { "activity", N_ ("What is being sent right now"), mr_verb_activity },
  { "retry", N_ ("Try messages now"), mr_verb_retry },
  { "hold", N_ ("Keep messages back"), mr_verb_hold },
  { "release", N_ ("Send messages that were kept back"), mr_verb_release },
  { "cancel", N_ ("Stop messages that have not been sent"), mr_verb_cancel },
  { "edit", N_ ("Correct, add or remove recipients"), mr_verb_edit },
  { "through", N_ ("Send waiting messages through another account"), mr_verb_through },
  { "schedule", N_ ("Send messages not before a time"), mr_verb_schedule },
  { "redirect", N_ ("Send messages to other recipients"), mr_verb_redirect },
  { "again", N_ ("Send messages once more, as new ones"), mr_verb_again },
  { "return", N_ ("Give messages back to their sender"), mr_verb_return },
  { "delete", N_ ("Remove finished messages from the history"), mr_verb_delete },
  { "restore", N_ ("Undo cancel or delete"), mr_verb_restore },
  { "pause", N_ ("Send nothing until resumed"), mr_verb_pause },
  { "resume", N_ ("Go on with sending"), mr_verb_resume },
  { "explain", N_ ("What a message's state or a mail server's reply means"), mr_verb_explain },
  { "account", N_ ("Sending accounts: list add remove test set-password sign-in set-default unlock"), mr_verb_account },
  { "program", N_ ("Who may hand in mail: list add remove allow"), mr_verb_program },
  { "hold-rule", N_ ("Rules that keep mail back for review: list add remove"), mr_verb_hold_rule },
  { "never", N_ ("Addresses that are never written to: list add remove export"), mr_verb_never },
  { "stats", N_ ("What was sent, waited and failed: by hour, day or month, account, program, domain or cause"),
    mr_verb_stats },
  { "audit", N_ ("The audit log: export"), mr_verb_audit },
  { "domain", N_ ("Entries of a mail domain: spf verify"), mr_verb_domain },
  { "config", N_ ("Settings: get set list"), mr_verb_config },
  { "autostart", N_ ("Whether mail is taken after log-in: on off linger"), mr_verb_autostart },
  { "send", N_ ("Hand in a message from standard input"), mr_verb_send },
  { "log", N_ ("What the service did"), mr_verb_log },
  { NULL, NULL, NULL },
};

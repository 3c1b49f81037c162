/* What a failure means: (stage, reply, who spoke, context) → cause, whose move it is, parameters, suggested action.
 *
 * Pure. Rules are data (the .conf files of data/diagnosis, GKeyFile syntax), handed in as bytes, compiled once;
 * matching is linear in the text, which is cut to 2048
 * bytes. Order of specificity: provider + enhanced code + text, enhanced code + text, text, enhanced code, basic
 * code. A rule never decides on retrying: it
 * gives a hint, policy decides. Cause ids are those of the field table in CONTRIBUTING ("address-unknown",
 * "mailbox-full", "greylisted" ...).
 */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct _MrDiagnosis MrDiagnosis;

typedef struct {
  MrStage stage;
  MrSpeaker speaker;
  guint code;           /* 0: no reply */
  const char *enhanced; /* NULL: none */
  const char *text;     /* NULL: none */
  const char *host;     /* remote host, NULL: none */
  gboolean direct;      /* MX, not an account */
  /* local outcome where there was no reply */
  gint error; /* MrError code, -1: none */
  gboolean no_route;
  const char *recipient, *sender, *domain; /* NULL: unknown */
  guint64 size;                            /* of the message, 0: unknown */
  guint64 max_size;                        /* the server's SIZE, 0: unknown */
} MrDiagnosisInput;

typedef struct {
  const char *cause; /* id, interned */
  MrActor actor;
  MrRetryHint retry;
  double confidence;      /* 0 to 1 */
  gboolean may_retry_5xx; /* the rule says so: temporary although 5xx */
  gboolean person_remedy; /* the remedy is known and is the sender's or the account's: needs a person */
  guint retry_after;      /* seconds named in the text, 0: none */
  GVariant *params; /* a{ss}: "recipient", "domain", "host", "limit", "size", "list", "url", "wait", "code"; owned */
  const char *
      action; /* id, interned: "fix-address", "wait", "enter-password", "open-account", "check-network", "shrink", "tell-recipient", "copy-for-admin", "none" */
  const char *rule; /* id of the rule that matched, interned */
} MrDiagnosisResult;

/* The rules compiled into the program. Never fails for those; loaded once. */
MrDiagnosis *mr_diagnosis_new_builtin (void);
/* Further rules (a person's file may change words, never verdicts). Error: MR_ERROR_INVALID "NAME: [group] ...". */
gboolean
mr_diagnosis_add_rules (MrDiagnosis *diagnosis, const char *name, GBytes *bytes, gboolean trusted, GError **error);
/* A folder of a person's own files, "diagnosis.d" of the configuration; handed in by mr_os_read_folder(). */
#define MR_DIAGNOSIS_FOLDER   "diagnosis.d"
#define MR_DIAGNOSIS_SUFFIX   ".conf"
#define MR_DIAGNOSIS_FILE_MAX (256 * 1024)
void mr_diagnosis_free (MrDiagnosis *diagnosis);
/* Thread-safe after loading. */
void mr_diagnosis_run (MrDiagnosis *diagnosis, const MrDiagnosisInput *input, MrDiagnosisResult *ret);
/* What a report says without a reply: the cause is known, its actor, hint and action follow. */
void mr_diagnosis_set_cause (MrDiagnosis *diagnosis, MrDiagnosisResult *result, const char *cause, MrSpeaker speaker);
void mr_diagnosis_result_clear (MrDiagnosisResult *result);
/* Who said it, where nobody tells: another server is quoted, else the server of one's own account answers. text may be
 * NULL. */
MrSpeaker mr_speaker_guess (MrStage stage, const char *text);

/* Texts, built where they are shown, through gettext of the caller's locale. params: a{ss} or NULL. cause NULL: "".
 * (transfer full) */
char *mr_cause_dup_title (MrDiagnosis *diagnosis, const char *cause, GVariant *params);    /* "The mailbox is full" */
char *mr_cause_dup_sentence (MrDiagnosis *diagnosis, const char *cause, GVariant *params); /* one sentence, no jargon */
char *mr_cause_dup_explanation (MrDiagnosis *diagnosis, const char *cause, GVariant *params); /* longer, what to do */
/* What to do, one after the other; may be empty. (transfer full) NULL-terminated */
char **mr_cause_dup_steps (MrDiagnosis *diagnosis, const char *cause, GVariant *params);
/* What a postmaster asks for; all may be NULL. reply: as received. checks: one line in words. */
typedef struct {
  const char *time, *client, *helo, *server, *sender, *recipient, *message_id, *reply, *checks;
} MrLetterFacts;
/* A text that can be sent as it is, with the facts below it unless it is for the recipient. *ret_to: to whom.
 * (transfer full) NULL: there is nothing to write to anybody */
char *mr_cause_dup_letter (MrDiagnosis *diagnosis, const char *cause, GVariant *params, const MrLetterFacts *facts,
                           MrActor *ret_to);
char *mr_cause_dup_action_label (MrDiagnosis *diagnosis, const char *action); /* "Enter the password ..." */
gboolean mr_cause_is_known (MrDiagnosis *diagnosis, const char *cause);
/* Actor and action that belong to a cause, for what is read back from the store. */
MrActor mr_cause_get_actor (MrDiagnosis *diagnosis, const char *cause, MrSpeaker speaker);
const char *mr_cause_get_action (MrDiagnosis *diagnosis, const char *cause);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDiagnosis, mr_diagnosis_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrDiagnosisResult, mr_diagnosis_result_clear)

G_END_DECLS

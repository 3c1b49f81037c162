/* Which kind of message it is, by its header and its words: returned mail, a delay warning, an automatic answer (RFC 3834)
 * or something else. Words are folded, in the languages that servers speak. */
#include "ndr/returned-private.h"

#include <string.h>

#include "ndr/diagnosis-private.h"

#define LOOK_MAX 3000 /* bytes of the text that are looked at */

static gboolean
has_any (const char *text, const char *const *words, guint n)
{
  for (guint i = 0; i < n; i++)
    if (strstr (text, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static char *
dup_folded (const GPtrArray *fields, const char *name)
{
  const char *value = mr_mail_fields_get (fields, name);

  return mr_extract_fold (value != NULL ? value : "");
}

static gboolean
is_from_server (const GPtrArray *fields)
{
  static const char *const words[] = { "mailer-daemon",
                                       "mailerdaemon",
                                       "mailer daemon",
                                       "mail-daemon",
                                       "postmaster",
                                       "mail delivery",
                                       "mail.delivery",
                                       "delivery sub",
                                       "mdaemon",
                                       "system admin",
                                       "mail system",
                                       "mail admin",
                                       "<>",
                                       "mailsystem",
                                       "smtp-gateway",
                                       "mail-system",
                                       "microsoftexchange",
                                       "email delivery" };
  g_autofree char *from = dup_folded (fields, "From");
  g_autofree char *path = dup_folded (fields, "Return-Path");
  char *bare = path + strspn (path, " \t");

  return has_any (from, words, G_N_ELEMENTS (words)) || g_str_has_prefix (bare, "<>")
         || (*from == '\0' && mr_mail_fields_get (fields, "From") != NULL);
}

static gboolean
subject_tells (const char *subject)
{
  static const char *const words[] = {
    "returned mail",
    "undeliver",
    "failure notice",
    "delivery status",
    "delivery fail",
    "delivery has failed",
    "delivery problem",
    "delivery notification",
    "delivery report",
    "delivery error",
    "delivery delay",
    "failure delivery",
    "mail delivery",
    "message delivery",
    "could not be delivered",
    "non-delivery",
    "nondeliver",
    "non delivery",
    "not delivered",
    "unable to deliver",
    "mail failure",
    "mail system error",
    "mail error",
    "rejected mail",
    "returned to sender",
    "delayed mail",
    "delivery delayed",
    "still being retried",
    "warning: could not send",
    "warning: message",
    "error sending your mail",
    "couldn't be delivered",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung",
    "fehlgeschlagen",
    "non remis",
    "non delivre",
    "echec de",
    "non distribue",
    "no se pudo entregar",
    "no entregado",
    "devuelto",
    "error de entrega",
    "mancata consegna",
    "non recapitabile",
    "consegna non",
    "nao entregue",
    "falha na entrega",
    "falha de entrega",
    "niet afgeleverd",
    "onbestelbaar",
    "niedostarczon",
    "zwrot",
    "не доставлено",
    "не может быть доставлено",
    "недоставлен",
    "配信不能",
    "配信できません",
    "エラーメール",
    "退信",
    "无法投递",
    "投递失败",
    "系统退信",
    "message non",
    "nedorucen",
    "nedorucitel",
    "teslim edilemedi",
    "iletilemedi",
    "olevererba",
    "kunde inte levereras",
    "kunne ikke leveres",
    "ikke levert",
    "kezbesithetetlen",
    "toimittaminen epaonnistui",
    "ei voitu toimittaa",
    "반송",
    "전송 실패",
    "배달되지",
    "system bounce",
  };

  return has_any (subject, words, G_N_ELEMENTS (words));
}

static gboolean
text_tells (const char *text)
{
  static const char *const words[] = {
    "could not be delivered",
    "couldn't be delivered",
    "not be delivered",
    "wasn't able to deliver",
    "was not able to be delivered",
    "unable to deliver",
    "undeliverable",
    "was undeliverable",
    "delivery to the following",
    "delivery has failed",
    "delivery failed",
    "permanent fatal errors",
    "delivery problems",
    "did not reach the following",
    "was not delivered to",
    "not been delivered",
    "permanent error",
    "error delivering your mail",
    "attempting to deliver",
    "rejected by a remote",
    "following recipients was",
    "address(es) failed",
    "address failed",
    "addresses failed",
    "transcript of session",
    "the mail system at host",
    "qmail-send program",
    "trouble delivering",
    "returned permanent errors",
    "incorrectly constructed",
    "could not deliver",
    "delivery is delayed",
    "has been delayed",
    "is delayed",
    "warning message only",
    "this is a warning",
    "mail delivery report",
    "failure reasons",
    "couldn't deliver",
    "is being returned",
    "the group you tried to contact",
    "nicht zugestellt werden",
    "konnte nicht an",
    "unzustellbar",
    "n'a pas pu etre",
    "n'a pu etre",
    "no se pudo entregar",
    "no ha podido ser entregado",
    "non e stato possibile",
    "non puo essere",
    "nao pode ser entregue",
    "nao foi possivel entregar",
    "niet worden afgeleverd",
    "nie moze zostac",
    "не может быть доставлено",
    "не удалось доставить",
    "送信できません",
    "配信できません",
    "送信に失敗",
    "无法投递",
    "发送失败",
    "未能送达",
    "被退回",
    "退信原因",
    "nelze dorucit",
    "nebylo mozne dorucit",
    "teslim edilemedi",
    "kunde inte levereras",
    "kunne ikke leveres",
    "ei voitu toimittaa",
    "nem kezbesitheto",
    "전송하지 못했습니다",
    "배달하지 못했습니다",
    "nije moguce isporuciti",
  };

  return has_any (text, words, G_N_ELEMENTS (words));
}

gboolean
mr_notice_is_delay (const char *folded)
{
  static const char *const words[] = {
    "you do not need to resend",
    "you do not need to re-send",
    "do not need to resend",
    "warning message only",
    "this is a warning only",
    "will be retried",
    "will continue to try",
    "still being retried",
    "has been delayed",
    "is delayed",
    "delivery is delayed",
    "delivery delayed",
    "has not yet been delivered",
    "not yet been delivered",
    "temporary failure report",
    "delayed mail",
    "delivery attempts will continue",
    "will keep trying",
    "continue to be retried",
    "postponed",
    "status notification (delay)",
    "could not send message for past",
    "wird weiter versucht",
    "verzogert",
    "retardee",
    "retraso",
    "in ritardo",
    "atrasad",
    "vertraagd",
    "opoznion",
    "задерж",
    "遅延",
    "延迟",
  };

  return has_any (folded, words, G_N_ELEMENTS (words));
}

gboolean
mr_notice_gave_up (const char *folded)
{
  static const char *const words[] = {
    "queue too long",        "giving up",      "retry timeout",          "multiple retries",        "aborted after",
    "send message for",      "attempts:",      "be delivered for",       "too long in the queue",   "message expired",
    "delivery time expired", "stopped trying", "retry time not reached", "failing for a long time", "aufgegeben",
  };

  return strstr (folded, "qmail-send") == NULL && has_any (folded, words, G_N_ELEMENTS (words));
}

static gboolean
is_autoreply (const GPtrArray *fields, const char *subject)
{
  static const char *const names[] = { "X-Autoreply",  "X-Autorespond",    "X-Autoresponder",
                                       "X-Auto-Reply", "X-Mail-Autoreply", "X-Vacation" };
  static const char *const subjects[] = { "automatic reply",
                                          "auto reply",
                                          "auto-reply",
                                          "autoreply",
                                          "auto response",
                                          "autoresponse",
                                          "out of office",
                                          "out of the office",
                                          "automatic response",
                                          "vacation",
                                          "away from",
                                          "away until",
                                          "automatische antwort",
                                          "abwesenheit",
                                          "abwesend",
                                          "reponse automatique",
                                          "absence",
                                          "absent",
                                          "respuesta automatica",
                                          "fuera de",
                                          "risposta automatica",
                                          "assenza",
                                          "fuori sede",
                                          "resposta automatica",
                                          "ausencia",
                                          "automatisch antwoord",
                                          "afwezig",
                                          "autoodpowiedz",
                                          "nieobecno",
                                          "автоответ",
                                          "автоматический ответ",
                                          "自動返信",
                                          "自動応答",
                                          "自动回复",
                                          "自動回覆",
                                          "不在" };
  g_autofree char *submitted = dup_folded (fields, "Auto-Submitted");
  g_autofree char *precedence = dup_folded (fields, "Precedence");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (mr_mail_fields_get (fields, names[i]) != NULL)
      return TRUE;
  return g_str_has_prefix (submitted, "auto-replied") || strstr (precedence, "auto_reply") != NULL
         || strstr (precedence, "auto-reply") != NULL || has_any (subject, subjects, G_N_ELEMENTS (subjects));
}

MrNoticeKind
mr_notice_kind (const GPtrArray *fields, const char *folded)
{
  g_autofree char *subject = dup_folded (fields, "Subject");
  g_autofree char *start = g_strndup (folded, strnlen (folded, LOOK_MAX));
  gboolean server = is_from_server (fields), named = mr_mail_fields_get (fields, "X-Failed-Recipients") != NULL;
  gboolean by_subject = subject_tells (subject), by_text = text_tells (start);
  gboolean answer = g_str_has_prefix (subject, "re:") || g_str_has_prefix (subject, "aw:")
                    || g_str_has_prefix (subject, "fwd:") || g_str_has_prefix (subject, "fw:");

  if (named || (server && (by_subject || by_text)) || (by_subject && by_text && !answer))
    return mr_notice_is_delay (subject) || mr_notice_is_delay (start) ? MR_NOTICE_DELAY : MR_NOTICE_BOUNCE;
  return is_autoreply (fields, subject) ? MR_NOTICE_AUTOREPLY : MR_NOTICE_NONE;
}

/* Facts of a message as plain text; see details.h. */
#include "config.h"

#include "ndr/details.h"

#include <string.h>

#include "base/clock.h"
#include "ndr/states.h"

/* A value stands in one line, whatever came in it. */
static void
add (GString *out, const char *indent, const char *name, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  g_string_append_printf (out, "%s%s: ", indent, name);
  for (const char *p = value; *p != '\0'; p++)
    g_string_append_c (out, *p == '\n' || *p == '\r' ? ' ' : *p);
  g_string_append_c (out, '\n');
}

static void
add_time (GString *out, const char *indent, const char *name, gint64 when)
{
  g_autofree char *text = when > 0 ? mr_clock_format_iso8601 (when) : NULL;

  add (out, indent, name, text);
}

static void
add_number (GString *out, const char *indent, const char *name, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  add (out, indent, name, text);
}

static char *
dup_reply (const MrReplyRecord *reply)
{
  if (reply->code == 0)
    return NULL;
  return g_strdup_printf ("%u%s%s %s", reply->code, reply->enhanced != NULL ? " " : "",
                          reply->enhanced != NULL ? reply->enhanced : "", reply->text != NULL ? reply->text : "");
}

static void
add_message (GString *out, const MrMessageRecord *message)
{
  g_autofree char *path = g_strdup_printf ("<%s>", message->reverse_path);

  add (out, "", "Queue-Id", message->id);
  add (out, "", "Message-ID", message->message_id);
  add (out, "", "Return-Path", path);
  add (out, "", "From", message->from);
  add (out, "", "Subject", message->subject);
  add_number (out, "", "Size", message->size);
  add_time (out, "", "Submitted", message->created);
  add_time (out, "", "Finished", message->finished);
  add (out, "", "Program", message->program);
  add (out, "", "HELO", message->helo);
  add (out, "", "Socket", message->socket);
  if (message->hold != MR_HOLD_NONE)
    add (out, "", "Kept back", mr_hold_reason_nick (message->hold));
  add (out, "", "ENVID", message->envid);
}

static void
add_recipient (GString *out, const MrRecipientRecord *r, MrDiagnosis *diagnosis)
{
  g_autofree char *reply = dup_reply (&r->reply);
  g_autofree char *title = r->cause != NULL ? mr_cause_dup_title (diagnosis, r->cause, r->cause_params) : NULL;
  g_autofree char *cause = r->cause != NULL ? g_strdup_printf ("%s (%s)", r->cause, title) : NULL;

  g_string_append_printf (out, "\nRecipient: <%s>\n", r->address);
  add (out, "  ", "State", mr_recipient_state_nick (r->state));
  if (r->wait_reason != MR_WAIT_NONE)
    add (out, "  ", "Waits", mr_wait_reason_nick (r->wait_reason));
  add_time (out, "  ", "Changed", r->changed);
  add_time (out, "  ", "Next attempt", r->next_attempt);
  add_number (out, "  ", "Attempts", r->attempts);
  add (out, "  ", "Account", r->account);
  add (out, "  ", "Host", r->host);
  if (r->stage != MR_STAGE_NONE)
    add (out, "  ", "Stage", mr_stage_nick (r->stage));
  add (out, "  ", "Reply", reply);
  add (out, "  ", "Cause", cause);
  add_time (out, "  ", "Returned later", r->bounced);
}

static void
add_transcript (GString *out, const char *transcript)
{
  g_auto (GStrv) lines = g_strsplit (transcript, "\n", -1);

  g_string_append (out, "  Conversation:\n");
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      g_string_append_printf (out, "    %s\n", lines[i]);
}

static void
add_attempt (GString *out, const MrAttemptRecord *a)
{
  g_autofree char *reply = dup_reply (&a->reply);

  g_string_append_printf (out, "\nAttempt: %u.%u\n", a->recipient, a->number);
  add_time (out, "  ", "Started", a->started);
  add_time (out, "  ", "Finished", a->finished);
  add (out, "  ", "Account", a->account);
  add (out, "  ", "Host", a->host);
  add (out, "  ", "Address", a->address);
  add (out, "  ", "TLS", a->tls);
  add (out, "  ", "Stage", mr_stage_nick (a->stage));
  add (out, "  ", "Reply", reply);
  add (out, "  ", "Error", a->error);
  add (out, "  ", "Cause", a->cause);
  if (a->transcript != NULL && *a->transcript != '\0')
    add_transcript (out, a->transcript);
}

char *
mr_details_dup_text (const MrMessageRecord *message, GPtrArray *attempts, MrDiagnosis *diagnosis, gint64 now)
{
  GString *out = g_string_new ("Mail Relay " MR_VERSION "\n");
  guint n = attempts != NULL ? attempts->len : 0;

  add_time (out, "", "Time", now);
  add_message (out, message);
  for (guint i = 0; i < MIN (message->recipients->len, MR_DETAILS_RECIPIENTS_MAX); i++)
    add_recipient (out, message->recipients->pdata[i], diagnosis);
  if (message->recipients->len > MR_DETAILS_RECIPIENTS_MAX)
    g_string_append_printf (out, "\n(%u more recipients)\n", message->recipients->len - MR_DETAILS_RECIPIENTS_MAX);
  for (guint i = n > MR_DETAILS_ATTEMPTS_MAX ? n - MR_DETAILS_ATTEMPTS_MAX : 0; i < n; i++)
    add_attempt (out, attempts->pdata[i]);
  return g_string_free (out, FALSE);
}

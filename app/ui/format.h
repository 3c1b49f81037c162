/* How the window writes times, ages, sizes, people and states: icons, colours and short words for lists. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* All times are wall-clock microseconds; now is the clock's wall time. All strings are (transfer full) and translated. */

/* "now", "4 min", "14:02", "Mon 14:02", "24 Nov": as short as a list allows. */
char *mr_format_age (gint64 then, gint64 now);
/* "24 November 2026, 14:02:11" in local time; "" for 0. */
char *mr_format_time (gint64 when);
/* "14:02:11": for the lines of a timeline. */
char *mr_format_clock_time (gint64 when);
/* "any moment", "in 4 min", "in 3 hours", "in 2 days". */
char *mr_format_countdown (gint64 when, gint64 now);

/* The sender as a person may read it: the header From, else the return address, else "nobody (automatic mail)". Borrowed or translated. */
const char *mr_format_sender (const MrMessageRecord *message);
/* "anna@example.com → bob@example.org +2" */
char *mr_format_people (const MrMessageRecord *message);
/* "(no subject)" where there is none. Borrowed or translated. */
const char *mr_format_subject (const MrMessageRecord *message);
/* The program that handed the message in, or "unknown program". Borrowed or translated. */
const char *mr_format_program (const MrMessageRecord *message);

/* Symbolic icon and style class ("success", "warning", "error", "accent", "dim-label") of a state; never by colour alone: a word stands beside it. */
const char *mr_format_state_icon (MrRecipientState state, gboolean held);
const char *mr_format_state_style (MrRecipientState state, gboolean held);
/* Name of an account as it is shown: its name, else its first address, else its id. Borrowed from account. */
const char *mr_format_account_name (const MrAccountRecord *account);
/* "12 of 500 recipients in the last 24 hours" (transfer full) */
char *mr_format_account_use (const MrAccountRecord *account);
/* TRUE for the states in which mr_account_state_sentence() asks something of a person. */
gboolean mr_format_account_needs_person (MrAccountState state);
const char *mr_format_account_icon (MrAccountState state);
const char *mr_format_account_style (MrAccountState state);

/* "You", "Your provider", ... ; NULL where nobody in particular has the next move. Translated. */
const char *mr_format_actor (MrActor actor);
/* "encrypted (recommended)" and so on. Translated. */
const char *mr_format_tls_mode (MrTlsMode mode);

G_END_DECLS

/* What accounts have handed over, against their limits: kept in memory, read from the store at the start.
 *
 * A recipient counts from the moment its transaction begins; what is not accepted is given back. Recipients that must wait get a time of
 * their own. Only policy reckons.
 */
#pragma once

#include "engine/engine-private.h"
#include "policy/policy.h"

G_BEGIN_DECLS

MrLimits *mr_limits_new (MrEngine *engine);
void mr_limits_free (MrLimits *limits);
/* Reads what the store knows; done is called once, also where it could not be read. */
void mr_limits_load (MrLimits *limits, void (*done) (gpointer data), gpointer data);

/* How many recipients may go through the account now; G_MAXUINT: any number. */
guint mr_limits_room (MrLimits *limits, const char *account);
/* There is no room only because of what is being handed over right now: when that ends there may be some. */
gboolean mr_limits_is_busy (MrLimits *limits, const char *account);
/* Not more than one connection at a time: the provider said that its limit is reached and has taken nothing since. */
gboolean mr_limits_is_probing (MrLimits *limits, const char *account);
void mr_limits_begin (MrLimits *limits, const char *account, guint recipients);
/* What begin counted is over. TRUE where the account has limits: others may wait for the place. */
gboolean mr_limits_end (MrLimits *limits, const char *account, guint recipients, guint accepted);
/* A time for one recipient that must wait; the next one gets a later one where need be. */
MrLimitDecision mr_limits_promise (MrLimits *limits, const char *account);
/* Answers of the provider that its limit is reached, in a row, this one included. */
guint mr_limits_in_a_row (MrLimits *limits, const char *account);
/* It said so: nothing goes through the account for delay seconds. Returns when (wall time) the next may. */
gint64 mr_limits_provider_said (MrLimits *limits, const char *account, guint delay);
/* The settings changed, or a person wants it: promises and the provider's word are forgotten, what was handed over is not. */
void mr_limits_forget (MrLimits *limits, const char *account);
/* The record's used_minute, used_day and limit_until. */
void mr_limits_fill (MrLimits *limits, MrAccountRecord *record);

G_END_DECLS

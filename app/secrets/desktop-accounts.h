/* Accounts that the desktop already knows (GNOME Online Accounts): which send mail, and their access tokens.
 *
 * The desktop keeps the refresh token and signs in; we are given access tokens (OAuth 2.0), which stay in memory. Only
 * accounts whose token an SMTP server takes are listed: Google's and Outlook.com's. Built without libgoa, or where the
 * desktop has no such service, there are none.
 */
#pragma once

#include <mailrelay/records.h>

#include "base/secret.h"

G_BEGIN_DECLS

typedef struct _MrDesktopAccounts MrDesktopAccounts;

/* Nothing is asked before the first call. */
MrDesktopAccounts *mr_desktop_accounts_new (void);
void mr_desktop_accounts_free (MrDesktopAccounts *desktop); /* pending callbacks get MR_ERROR_CANCELLED */

/* accounts: MrDesktopAccountRecord, by address, borrowed; never NULL without error. Errors: MR_ERROR_TIMED_OUT. Callbacks
 * come once, after the call returned. */
typedef void (*MrDesktopListFunc) (GPtrArray *accounts, const GError *error, gpointer data);
void mr_desktop_accounts_list (MrDesktopAccounts *desktop, MrDesktopListFunc func, gpointer data);

/* token borrowed; seconds: how long it is good for, 0: not told. Errors: MR_ERROR_NOT_FOUND (there is no such account any
 * more, or its mail was switched off), MR_ERROR_REFUSED (the desktop has to sign in again: only a person can), and
 * passing ones: MR_ERROR_NETWORK, MR_ERROR_TIMED_OUT. */
typedef void (*MrDesktopTokenFunc) (MrSecret *token, guint seconds, const GError *error, gpointer data);
void mr_desktop_accounts_get_token (MrDesktopAccounts *desktop, const char *id, MrDesktopTokenFunc func, gpointer data);

/* Calls of this data: their callbacks are not called. */
void mr_desktop_accounts_cancel (MrDesktopAccounts *desktop, gpointer data);

/* func is called in the main context when an account came, went, or needs a person or no longer does; not before the
 * first call of the above. */
typedef void (*MrDesktopChangedFunc) (MrDesktopAccounts *desktop, gpointer data);
void mr_desktop_accounts_watch (MrDesktopAccounts *desktop, MrDesktopChangedFunc func, gpointer data);

/* For tests: how long a call may take, in milliseconds; 30,000 otherwise, since the desktop may have to ask the provider. */
void mr_desktop_accounts_set_limit (MrDesktopAccounts *desktop, guint milliseconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDesktopAccounts, mr_desktop_accounts_free)

G_END_DECLS

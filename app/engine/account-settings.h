/* Shared by accounts.c and account-settings.c: one account as the configuration has it. */
#pragma once

#include "engine/accounts.h"

G_BEGIN_DECLS

/* [account ID]. (transfer full), in the state in which it is before anything is known of its server. */
MrAccountRecord *mr_account_settings_read (MrConfig *config, const char *id);
/* What a delivery found out stays true only while the settings that led to it are the same. */
gboolean mr_account_settings_are_same (const MrAccountRecord *a, const MrAccountRecord *b);
/* FALSE: the server or the user is another one, and the secret in memory is not for it. */
gboolean mr_account_login_is_same (const MrAccountRecord *a, const MrAccountRecord *b);
gboolean mr_account_limits_are_same (const MrAccountRecord *a, const MrAccountRecord *b);

G_END_DECLS

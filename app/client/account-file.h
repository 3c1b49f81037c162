/* Accounts as a file, to keep or to carry to another computer: the groups [account ID] of mail-relay.conf(5), without
 * passwords and tokens. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_ACCOUNT_FILE_MAX (1024 * 1024)

/* accounts: MrAccountRecord. Only settings are written, no state. (transfer full) */
char *mr_account_file_write (GPtrArray *accounts);
/* Error: MR_ERROR_INVALID "[account ID] KEY: ...", MR_ERROR_TOO_BIG. (transfer full) array of MrAccountRecord that frees
 * them */
GPtrArray *mr_account_file_read (const char *data, gsize len, GError **error);

G_END_DECLS

/* A message that a command-line program reads from its standard input, and what its header says about the envelope. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_MESSAGE_INPUT_MAX (64 * 1024 * 1024)

/* Reads fd to its end, or with dot_ends to a line of a single dot. Blocks. Error: MR_ERROR_TOO_BIG, MR_ERROR_FAILED. (transfer full) */
GBytes *mr_message_input_read (int fd, gboolean dot_ends, GError **error);
/* Addresses of To, Cc and Bcc, or of Resent-To, Resent-Cc and Resent-Bcc where one of these is there (RFC 5322 3.6.6). An address without domain gets
 * default_domain. *ret_bad (may be NULL): one of the fields has something that is no address. Error: MR_ERROR_INVALID: there is none. (transfer full)
 * strv */
char **mr_message_input_dup_recipients (GBytes *message, const char *default_domain, gboolean *ret_bad, GError **error);
/* Address of Resent-From or From; NULL where there is none that can be read. (transfer full) */
char *mr_message_input_dup_sender (GBytes *message);
/* "user@host" of who runs the program. (transfer full) */
char *mr_message_input_dup_own_address (void);
const char *mr_message_input_get_host (void);
/* address with "@host" where it has no domain. (transfer full) */
char *mr_message_input_qualify (const char *address);

G_END_DECLS

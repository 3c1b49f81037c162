/* Grammar of SMTP command arguments (RFC 5321 4.1.2, RFC 1870, RFC 6152, RFC 4954 5): what the server machine reads and
 * what the client machine may write. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum {
  MR_PATH_READ,
  MR_PATH_BAD,          /* not a path, or nothing where one is needed */
  MR_PATH_SOURCE_ROUTE, /* "<@a,@b:c@d>" (RFC 5321 appendix C) */
  MR_PATH_NON_ASCII,    /* needs SMTPUTF8 */
  MR_PATH_NO_DOMAIN     /* "<postmaster>" */
} MrPathResult;

/* Reads "<path>", or a path without brackets as old devices send it, at *cursor and moves *cursor behind it. ret_path
 * (transfer full) is the path without brackets, "" for the null path. */
MrPathResult mr_command_read_path (const char **cursor, char **ret_path);
/* The next "KEY" or "KEY=VALUE" at *cursor. FALSE at the end of the line. ret_value is NULL where there is no '='.
 * (both transfer full) */
gboolean mr_command_next_parameter (const char **cursor, char **ret_key, char **ret_value);
/* 1 to 20 digits that fit 64 bits. */
gboolean mr_command_read_number (const char *text, guint64 *ret);
/* RFC 3461 4 */
gboolean mr_command_xtext_is_valid (const char *text);
/* The one check that each argument of the client machine passes: ASCII without controls, and outside of a quoted string
 * no space and none of "<>". An empty path is safe. */
gboolean mr_command_path_is_safe (const char *path);

G_END_DECLS

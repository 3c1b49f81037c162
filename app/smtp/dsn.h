/* Grammar of the parameters of RFC 3461: NOTIFY and ORCPT of RCPT (4.1, 4.2), RET and ENVID of MAIL (4.3, 4.4).
 *
 * Values are kept as they were given: a next hop gets the same bytes. xtext is decoded for reports only. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* "NEVER", or a list of "SUCCESS", "FAILURE", "DELAY" (MrNotify bits). */
gboolean mr_dsn_read_notify (const char *value, guint *ret);
gboolean mr_dsn_read_return (const char *value, MrReturn *ret);
/* An address type (atom), ";", xtext: at most 500 characters; decoded it has no control. */
gboolean mr_dsn_orcpt_is_valid (const char *value);
/* xtext of at most 100 characters; decoded it is printable ASCII. */
gboolean mr_dsn_envid_is_valid (const char *value);

/* "SUCCESS,FAILURE" (transfer full); NULL for no bit. */
char *mr_dsn_dup_notify (guint notify);
/* "FULL", "HDRS"; NULL for the default. */
const char *mr_dsn_return_word (MrReturn ret);

/* RFC 3461 4. NULL where it is no xtext or holds a control. (transfer full) */
char *mr_xtext_decode (const char *xtext);
/* (transfer full) */
char *mr_xtext_encode (const char *text);

G_END_DECLS

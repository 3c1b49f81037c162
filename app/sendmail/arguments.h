/* The command line of sendmail(8), as programs use it. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct {
  gboolean recipients_from_header; /* -t */
  gboolean dot_is_text;            /* -i, -oi: a line of a single dot does not end the message */
  const char *from;                /* -f, -r; NULL: not given; borrowed from argv */
  guint notify;                    /* -N: MrNotify bits; 0: not given */
  MrReturn ret;                    /* -R */
  const char *envid;               /* -V; NULL: not given; borrowed from argv */
  GPtrArray *recipients;           /* as written, borrowed from argv */
  gboolean help, version;
} MrSendmailArguments;

/* Error: what is not understood, for EX_USAGE. */
gboolean mr_sendmail_arguments_parse (int argc, char **argv, MrSendmailArguments *ret, GError **error);
void mr_sendmail_arguments_clear (MrSendmailArguments *arguments);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrSendmailArguments, mr_sendmail_arguments_clear)

G_END_DECLS

/* /etc/hosts (hosts(5)), read again when it changes. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrHostsFile MrHostsFile;

MrHostsFile *mr_hosts_file_new (const char *path);
void mr_hosts_file_free (MrHostsFile *hosts);
/* Numeric addresses of a name in the order of the file; NULL: not in it. Borrowed until the next call. */
const char *const *mr_hosts_file_find (MrHostsFile *hosts, const char *name);

G_END_DECLS

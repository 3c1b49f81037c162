/* Files of its own for tests of the resolver. */
#pragma once

#include "net/resolver.h"

G_BEGIN_DECLS

typedef struct {
  const char *servers; /* NULL or "": those of resolv_conf */
  const char *resolv_conf;
  const char *hosts;
  guint16 port; /* of the servers in resolv_conf; 0: 53 */
  guint timeout_ms;
  guint tries;
} MrResolverOptions;

MrResolver *mr_resolver_new_with_options (const MrResolverOptions *options, GError **error);

G_END_DECLS

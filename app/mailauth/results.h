/* What a receiver says it found: the field Authentication-Results (RFC 8601) of a message that came back to its sender. Hostile input, bounded. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  char *method;      /* "spf" "dkim" "dmarc" "arc" "iprev" ... lower case */
  char *result;      /* "pass" "fail" ... lower case */
  char *reason;      /* NULL */
  char *comment;     /* of the first comment behind the result, NULL */
  char **properties; /* "smtp.mailfrom=x", "header.d=y", names in lower case */
} MrAuthResult;

/* value: unfolded field value. *ret_server: the host that says so. NULL: not of this form. (transfer full) of MrAuthResult, at most 50. */
GPtrArray *mr_auth_results_parse (const char *value, char **ret_server);
/* Value of a property ("header.d"), NULL. Borrowed. */
const char *mr_auth_result_get (const MrAuthResult *result, const char *property);

G_END_DECLS

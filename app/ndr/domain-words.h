/* Private to the room: the tables behind domain-texts.h. {name} stands for a value of the finding. */
#pragma once

#include <glib/gi18n-lib.h>

G_BEGIN_DECLS

typedef struct {
  const char *code; /* NULL ends a table */
  const char *sentence, *meaning, *remedy;
} MrDomainWords;

extern const MrDomainWords mr_domain_words_dns[];     /* route, name servers, MX, further records */
extern const MrDomainWords mr_domain_words_policy[];  /* SPF, DKIM, DMARC */
extern const MrDomainWords mr_domain_words_address[]; /* the public address and what others see of it */

G_END_DECLS

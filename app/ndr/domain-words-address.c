/* Words for the public address and what others see of it. */
#include <config.h>

#include "ndr/domain-words.h"

const MrDomainWords mr_domain_words_address[] = {
  { NULL, NULL, NULL, NULL },
};

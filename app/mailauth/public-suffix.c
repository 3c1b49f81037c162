/* Public suffixes through libpsl, whose built-in list needs no file: see public-suffix.h. */
#include <config.h>

#include "mailauth/public-suffix.h"

#include <libpsl.h>
#include <string.h>

char *
mr_public_suffix_dup_registrable (const char *domain)
{
  g_autofree char *name = g_ascii_strdown (domain, -1);
  gsize len = strlen (name);
  const char *registrable;

  if (len > 0 && name[len - 1] == '.')
    name[len - 1] = '\0';
  registrable = psl_registrable_domain (psl_builtin (), name);
  return g_strdup (registrable != NULL ? registrable : name);
}

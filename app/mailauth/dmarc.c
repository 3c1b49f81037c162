/* The tree walk, discovery and alignment of DMARC (RFC 9989 4.4, 4.10): see dmarc.h. */
#include <config.h>

#include "mailauth/dmarc.h"

#include <string.h>

#define MAX_LABELS 8 /* of a name that is walked; a longer one goes on with seven */

typedef struct {
  const char *domain; /* points into the name that is walked */
  MrDmarcRecord *record;
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  mr_dmarc_record_free (step->record);
  g_free (step);
}

void
mr_dmarc_discovery_clear (MrDmarcDiscovery *discovery)
{
  g_clear_pointer (&discovery->record, mr_dmarc_record_free);
  g_clear_pointer (&discovery->record_domain, g_free);
  g_clear_pointer (&discovery->organisation, g_free);
}

/* The one valid record at _dmarc.domain; several are none (4.7). (transfer full) */
static MrDmarcStatus
ask (MrLookupTable *lookups, const char *domain, MrDmarcRecord **ret_record)
{
  g_autofree char *name = g_strconcat ("_dmarc.", domain, NULL);
  const char *const *texts;
  const char *found = NULL;

  *ret_record = NULL;
  switch (mr_lookup_table_ask (lookups, name, MR_LOOKUP_TXT, &texts)) {
  case MR_LOOKUP_PENDING:
    return MR_DMARC_PENDING;
  case MR_LOOKUP_TEMPORARY:
    return MR_DMARC_TEMPORARY;
  case MR_LOOKUP_FOUND:
  case MR_LOOKUP_NOTHING:
  default:
    break;
  }
  for (; *texts != NULL; texts++) {
    if (!mr_dmarc_is_record (*texts))
      continue;
    if (found != NULL)
      return MR_DMARC_ABSENT;
    found = *texts;
  }
  *ret_record = found != NULL ? mr_dmarc_record_parse (found, NULL) : NULL;
  return *ret_record != NULL ? MR_DMARC_FOUND : MR_DMARC_ABSENT;
}

static guint
count_labels (const char *name)
{
  guint n = 1;

  for (; *name != '\0'; name++)
    n += *name == '.' && name[1] != '\0' ? 1 : 0;
  return n;
}

/* The next name of the walk, NULL behind the last. */
static const char *
next_name (const char *name)
{
  guint drop = count_labels (name) > MAX_LABELS ? count_labels (name) - (MAX_LABELS - 1) : 1;

  for (; drop > 0 && name != NULL; drop--) {
    const char *dot = strchr (name, '.');
    name = dot != NULL && dot[1] != '\0' ? dot + 1 : NULL;
  }
  return name;
}

/* All records on the way up, the first being that of domain itself (4.10). (transfer full) NULL: *ret_status. */
static GPtrArray *
walk (MrLookupTable *lookups, const char *domain, MrDmarcStatus *ret_status)
{
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (step_free);

  for (const char *name = domain; name != NULL; name = next_name (name)) {
    Step *step = g_new0 (Step, 1);
    MrDmarcStatus status = ask (lookups, name, &step->record);
    step->domain = name;
    g_ptr_array_add (steps, step);
    if (status == MR_DMARC_PENDING || status == MR_DMARC_TEMPORARY) {
      *ret_status = status;
      return NULL;
    }
    if (step->record != NULL && step->record->psd != 'u')
      break;
  }
  return g_steal_pointer (&steps);
}

/* 4.10.2. Borrowed from the walked name. */
static const char *
choose_organisation (GPtrArray *steps)
{
  const Step *fewest = NULL;

  for (guint i = 0; i < steps->len; i++) {
    const Step *step = g_ptr_array_index (steps, i);
    if (step->record == NULL)
      continue;
    if (step->record->psd == 'n')
      return step->domain;
    /* One label below the suffix: that name itself may have been left out of the walk. */
    if (step->record->psd == 'y' && i > 0) {
      const char *start = ((const Step *)steps->pdata[0])->domain;
      const char *below = step->domain - 1;
      while (below > start && below[-1] != '.')
        below--;
      return below;
    }
    fewest = step;
  }
  return fewest != NULL ? fewest->domain : ((const Step *)steps->pdata[0])->domain;
}

static char *
dup_name (const char *domain)
{
  gsize len = strlen (domain);

  return g_ascii_strdown (domain, (gssize)(len > 0 && domain[len - 1] == '.' ? len - 1 : len));
}

char *
mr_dmarc_dup_organisation (MrLookupTable *lookups, const char *domain, MrDmarcStatus *ret_status)
{
  g_autofree char *name = dup_name (domain);
  g_autoptr (GPtrArray) steps = walk (lookups, name, ret_status);

  return steps != NULL ? g_strdup (choose_organisation (steps)) : NULL;
}

/* Where the record in force stands (4.10.1): the author domain, its organisational domain, the public suffix. */
static Step *
choose_record (GPtrArray *steps, const char *organisation)
{
  Step *first = g_ptr_array_index (steps, 0), *last = g_ptr_array_index (steps, steps->len - 1);

  if (first->record != NULL)
    return first;
  for (guint i = 0; i < steps->len; i++) {
    Step *step = g_ptr_array_index (steps, i);
    if (step->record != NULL && strcmp (step->domain, organisation) == 0)
      return step;
  }
  return last->record != NULL && last->record->psd == 'y' ? last : NULL;
}

static MrDmarcPolicy
effective_policy (const MrDmarcRecord *record, gboolean own, gboolean nonexistent)
{
  MrDmarcPolicy policy = record->p;

  if (!own && record->sp != MR_DMARC_UNSET)
    policy = record->sp;
  if (!own && nonexistent && record->np != MR_DMARC_UNSET)
    policy = record->np;
  return record->testing && policy > MR_DMARC_NONE ? policy - 1 : policy;
}

void
mr_dmarc_discover (MrLookupTable *lookups, const char *author_domain, gboolean nonexistent, MrDmarcDiscovery *ret)
{
  g_autofree char *name = dup_name (author_domain);
  g_autoptr (GPtrArray) steps = NULL;

  *ret = (MrDmarcDiscovery){ .status = MR_DMARC_ABSENT, .policy = MR_DMARC_UNSET };
  steps = walk (lookups, name, &ret->status);
  if (steps == NULL)
    return;
  ret->organisation = g_strdup (choose_organisation (steps));
  Step *step = choose_record (steps, ret->organisation);
  if (step == NULL)
    return;
  ret->status = MR_DMARC_FOUND;
  ret->record_domain = g_strdup (step->domain);
  ret->policy = effective_policy (step->record, step == steps->pdata[0], nonexistent);
  ret->record = g_steal_pointer (&step->record);
}

MrDmarcStatus
mr_dmarc_aligns (MrLookupTable *lookups, const char *author_domain, const char *domain, gboolean strict)
{
  g_autofree char *author = dup_name (author_domain), *other = dup_name (domain);
  MrDmarcStatus author_status = MR_DMARC_FOUND, other_status = MR_DMARC_FOUND;

  if (strict || strcmp (author, other) == 0)
    return strcmp (author, other) == 0 ? MR_DMARC_FOUND : MR_DMARC_ABSENT;
  /* Both are asked before either is waited for. */
  g_autofree char *a = mr_dmarc_dup_organisation (lookups, author, &author_status);
  g_autofree char *b = mr_dmarc_dup_organisation (lookups, other, &other_status);
  if (a == NULL || b == NULL)
    return author_status == MR_DMARC_PENDING || other_status == MR_DMARC_PENDING ? MR_DMARC_PENDING
                                                                                 : MR_DMARC_TEMPORARY;
  return strcmp (a, b) == 0 ? MR_DMARC_FOUND : MR_DMARC_ABSENT;
}

MrDmarcStatus
mr_dmarc_may_report (MrLookupTable *lookups, const char *domain, const char *destination)
{
  MrDmarcStatus related = mr_dmarc_aligns (lookups, domain, destination, FALSE);
  const char *const *texts;

  if (related != MR_DMARC_ABSENT)
    return related;
  /* The name itself, never its literal wildcard: the server makes the answer of that. */
  g_autofree char *name = g_strconcat (domain, "._report._dmarc.", destination, NULL);
  switch (mr_lookup_table_ask (lookups, name, MR_LOOKUP_TXT, &texts)) {
  case MR_LOOKUP_PENDING:
    return MR_DMARC_PENDING;
  case MR_LOOKUP_TEMPORARY:
    return MR_DMARC_TEMPORARY;
  case MR_LOOKUP_FOUND:
  case MR_LOOKUP_NOTHING:
  default:
    break;
  }
  for (; *texts != NULL; texts++)
    if (mr_dmarc_is_record (*texts))
      return MR_DMARC_FOUND;
  return MR_DMARC_ABSENT;
}

/* DMARC as RFC 7489 had it: see dmarc-older.h. */
#include <config.h>

#include "mailauth/dmarc-older.h"

#include <string.h>

#include "mailauth/public-suffix.h"
#include "mailauth/tags.h"

void
mr_dmarc_older_clear (MrDmarcOlder *older)
{
  g_clear_pointer (&older->record_domain, g_free);
  g_clear_pointer (&older->organisation, g_free);
}

/* The one record there; *ret_count tells why there is none. Borrowed from the table. */
static MrDmarcStatus
ask (MrLookupTable *lookups, const char *domain, const char **ret_text, guint *ret_count)
{
  g_autofree char *name = g_strconcat ("_dmarc.", domain, NULL);
  const char *const *texts;
  MrLookupStatus status = mr_lookup_table_ask (lookups, name, MR_LOOKUP_TXT, &texts);

  *ret_text = NULL;
  *ret_count = 0;
  if (status == MR_LOOKUP_PENDING || status == MR_LOOKUP_TEMPORARY)
    return status == MR_LOOKUP_PENDING ? MR_DMARC_PENDING : MR_DMARC_TEMPORARY;
  for (; *texts != NULL; texts++)
    if (mr_dmarc_is_record (*texts)) {
      *ret_text = *texts;
      ++*ret_count;
    }
  return *ret_count > 0 ? MR_DMARC_FOUND : MR_DMARC_ABSENT;
}

/* TRUE: valid or absent. */
static gboolean
read_policy (const MrTags *tags, const char *name, MrDmarcPolicy *ret)
{
  const char *value = mr_tags_get (tags, name);

  *ret = MR_DMARC_UNSET;
  return value == NULL || mr_dmarc_policy_from_nick (value, ret);
}

/* 6.3; what is no number from 0 to 100 counts as absent. */
static guint
read_percent (const MrTags *tags)
{
  const char *value = mr_tags_get (tags, "pct");
  gsize len = value != NULL ? strlen (value) : 0;
  guint64 number;

  if (len == 0 || len > 3 || strspn (value, "0123456789") != len)
    return 100;
  number = g_ascii_strtoull (value, NULL, 10);
  return number <= 100 ? (guint)number : 100;
}

/* Step 6: without a usable p, or with a bad sp, a record counts as p=none where somebody gets reports, else not at all. */
static gboolean
read_record (const char *text, gboolean own, MrDmarcOlder *ret)
{
  g_autoptr (MrTags) tags = mr_tags_parse_tolerant (text);
  g_autoptr (MrDmarcRecord) newer = mr_dmarc_record_parse (text, NULL);
  MrDmarcPolicy p, sp;
  gboolean good;

  if (tags == NULL)
    return FALSE;
  good = read_policy (tags, "p", &p) && p != MR_DMARC_UNSET;
  good = read_policy (tags, "sp", &sp) && good;
  if (!good && (newer == NULL || newer->rua[0] == NULL))
    return FALSE;
  ret->policy = !good ? MR_DMARC_NONE : !own && sp != MR_DMARC_UNSET ? sp : p;
  ret->percent = read_percent (tags);
  ret->late = good && g_strcmp0 (mr_tags_get_name (tags, 1), "p") != 0;
  return TRUE;
}

void
mr_dmarc_discover_older (MrLookupTable *lookups, const char *author_domain, MrDmarcOlder *ret)
{
  g_autofree char *organisation = mr_public_suffix_dup_registrable (author_domain);
  gboolean own = g_ascii_strcasecmp (organisation, author_domain) == 0;
  const char *text, *domain = author_domain;
  MrDmarcStatus first, other = MR_DMARC_ABSENT;
  guint count, count_above = 0;
  const char *above = NULL;

  *ret = (MrDmarcOlder){ .policy = MR_DMARC_UNSET, .percent = 100 };
  /* Both are asked before either is waited for. */
  first = ask (lookups, author_domain, &text, &count);
  if (!own)
    other = ask (lookups, organisation, &above, &count_above);
  ret->status = first == MR_DMARC_ABSENT ? other : first;
  if (ret->status == MR_DMARC_PENDING || ret->status == MR_DMARC_TEMPORARY)
    return;
  if (first == MR_DMARC_ABSENT) {
    text = above;
    count = count_above;
    domain = organisation;
  }
  ret->organisation = g_steal_pointer (&organisation);
  /* Several end it: step 5. */
  ret->status = count == 1 && read_record (text, first == MR_DMARC_FOUND, ret) ? MR_DMARC_FOUND : MR_DMARC_ABSENT;
  if (ret->status == MR_DMARC_FOUND)
    ret->record_domain = g_ascii_strdown (domain, -1);
}

/* -1: no record. */
static int
sternness (MrDmarcPolicy policy)
{
  return policy == MR_DMARC_UNSET ? -1 : (int)policy;
}

MrDmarcDifference
mr_dmarc_compare_older (const MrDmarcDiscovery *found, const MrDmarcOlder *older)
{
  int now = sternness (found->policy), then = sternness (older->policy);

  if (then < 0 && now >= 0)
    return MR_DMARC_OLDER_NO_RECORD;
  if (then > now)
    return MR_DMARC_OLDER_STRICTER;
  if (then < now)
    return MR_DMARC_OLDER_MILDER;
  if (then > MR_DMARC_NONE && older->percent < 100)
    return MR_DMARC_OLDER_PART;
  if (older->late)
    return MR_DMARC_OLDER_ORDER;
  if (found->organisation != NULL && older->organisation != NULL
      && g_ascii_strcasecmp (found->organisation, older->organisation) != 0 && now >= 0)
    return MR_DMARC_OLDER_ORGANISATION;
  if (found->record != NULL && found->record->np != MR_DMARC_UNSET
      && found->record->np != (found->record->sp != MR_DMARC_UNSET ? found->record->sp : found->record->p))
    return MR_DMARC_OLDER_NAMES;
  return MR_DMARC_OLDER_SAME;
}

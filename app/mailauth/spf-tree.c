/* The whole of an SPF record: see spf-tree.h. */
#include <config.h>

#include "mailauth/spf-tree.h"

#include <string.h>

#include "mailauth/spf-private.h"

#define MAX_STEPS    500
#define MAX_DEPTH    20
#define MAX_LOOK_UPS 60 /* where counting ends: far above what is allowed */
#define MAX_NAMES    10

typedef struct {
  MrLookupTable *lookups;
  MrSpfTree *tree;
  const char *path[MAX_DEPTH]; /* domains that lead here */
} Walk;

static void walk_record (Walk *walk, const char *domain, const char *record, guint depth);

void
mr_spf_tree_clear (MrSpfTree *tree)
{
  g_clear_pointer (&tree->culprit, g_free);
  g_clear_pointer (&tree->steps, g_ptr_array_unref);
}

static void
mark (Walk *walk, MrSpfTreeFlags flag, const char *culprit)
{
  walk->tree->flags |= flag;
  if (walk->tree->culprit == NULL)
    walk->tree->culprit = g_strdup (culprit);
}

static MrLookupStatus
ask (Walk *walk, const char *name, MrLookupType type, const char *const **ret_records)
{
  MrLookupStatus status = mr_lookup_table_ask (walk->lookups, name, type, ret_records);

  if (status == MR_LOOKUP_PENDING)
    walk->tree->pending = TRUE;
  else if (status == MR_LOOKUP_TEMPORARY)
    walk->tree->flags |= MR_SPF_TREE_TEMPORARY;
  return status;
}

/* Addresses for clients of both families. */
static void
look_up_host (Walk *walk, const char *name)
{
  walk->tree->voids4 += ask (walk, name, MR_LOOKUP_A, NULL) == MR_LOOKUP_NOTHING;
  walk->tree->voids6 += ask (walk, name, MR_LOOKUP_AAAA, NULL) == MR_LOOKUP_NOTHING;
}

static void
look_up_mx (Walk *walk, const char *name)
{
  const char *const *names;

  switch (ask (walk, name, MR_LOOKUP_MX, &names)) {
  case MR_LOOKUP_NOTHING:
    walk->tree->voids4++;
    walk->tree->voids6++;
    return;
  case MR_LOOKUP_FOUND:
    if (g_strv_length ((char **)names) > MAX_NAMES)
      mark (walk, MR_SPF_TREE_MANY_MX, name);
    for (guint i = 0; names[i] != NULL && i < MAX_NAMES; i++)
      if (*names[i] != '\0')
        look_up_host (walk, names[i]);
    return;
  case MR_LOOKUP_TEMPORARY:
  case MR_LOOKUP_PENDING:
  default:
    return;
  }
}

/* The one SPF record among the texts; NULL: none, or *ret_many. */
static const char *
find_record (const char *const *texts, gboolean *ret_many)
{
  const char *record = NULL;

  *ret_many = FALSE;
  for (; *texts != NULL; texts++)
    if (mr_spf_is_record (*texts)) {
      *ret_many = *ret_many || record != NULL;
      record = *texts;
    }
  return record;
}

static gboolean
is_on_path (const Walk *walk, const char *name, guint depth)
{
  for (guint i = 0; i <= depth; i++)
    if (g_ascii_strcasecmp (walk->path[i], name) == 0)
      return TRUE;
  return FALSE;
}

static void
follow (Walk *walk, const char *name, guint depth)
{
  const char *const *texts;
  const char *record;
  gboolean many;

  if (is_on_path (walk, name, depth)) {
    mark (walk, MR_SPF_TREE_LOOP, name);
    return;
  }
  if (depth + 1 >= MAX_DEPTH || walk->tree->look_ups >= MAX_LOOK_UPS)
    return;
  switch (ask (walk, name, MR_LOOKUP_TXT, &texts)) {
  case MR_LOOKUP_FOUND:
    record = find_record (texts, &many);
    if (record == NULL)
      mark (walk, MR_SPF_TREE_INCLUDE_NONE, name);
    else if (many)
      mark (walk, MR_SPF_TREE_INCLUDE_BROKEN, name);
    else
      walk_record (walk, name, record, depth + 1);
    return;
  case MR_LOOKUP_NOTHING:
    walk->tree->voids4++;
    walk->tree->voids6++;
    mark (walk, MR_SPF_TREE_INCLUDE_NONE, name);
    return;
  case MR_LOOKUP_TEMPORARY:
  case MR_LOOKUP_PENDING:
  default:
    return;
  }
}

static void
walk_term (Walk *walk, const MrSpfTerm *term, const char *domain, guint depth)
{
  const char *target = term->domain != NULL ? term->domain : domain;
  gboolean counts = mr_spf_kind_looks_up (term->kind);

  mr_spf_steps_add (walk->tree->steps, MAX_STEPS, depth, domain, term);
  walk->tree->look_ups += counts;
  if (term->kind == MR_SPF_PTR)
    walk->tree->flags |= MR_SPF_TREE_PTR;
  /* What depends on the message cannot be followed. */
  if (!counts || strchr (target, '%') != NULL)
    return;
  if (term->kind == MR_SPF_INCLUDE || term->kind == MR_SPF_REDIRECT)
    follow (walk, target, depth);
  else if (term->kind == MR_SPF_A)
    look_up_host (walk, target);
  else if (term->kind == MR_SPF_MX)
    look_up_mx (walk, target);
  else if (term->kind == MR_SPF_EXISTS && ask (walk, target, MR_LOOKUP_A, NULL) == MR_LOOKUP_NOTHING) {
    walk->tree->voids4++;
    walk->tree->voids6++;
  }
}

/* Terms behind "all" are never reached, and it makes a redirect void (RFC 7208 6.1). */
static void
walk_parsed (Walk *walk, const MrSpfRecord *parsed, const char *domain, guint depth)
{
  gboolean ended = FALSE;

  walk->path[depth] = domain;
  for (guint i = 0; i < parsed->terms->len && !ended; i++) {
    const MrSpfTerm *term = g_ptr_array_index (parsed->terms, i);

    walk_term (walk, term, domain, depth);
    ended = term->kind == MR_SPF_ALL;
  }
  if (!ended && parsed->redirect != NULL)
    walk_term (walk, parsed->redirect, domain, depth);
}

static void
walk_record (Walk *walk, const char *domain, const char *record, guint depth)
{
  g_autoptr (MrSpfRecord) parsed = mr_spf_record_parse (record, NULL);

  if (parsed == NULL)
    mark (walk, MR_SPF_TREE_INCLUDE_BROKEN, domain);
  else
    walk_parsed (walk, parsed, domain, depth);
}

gboolean
mr_spf_tree_walk (MrLookupTable *lookups, const char *domain, const char *record, MrSpfTree *ret, GError **error)
{
  g_autoptr (MrSpfRecord) parsed = mr_spf_record_parse (record, error);
  Walk walk = { .lookups = lookups, .tree = ret };

  memset (ret, 0, sizeof *ret);
  if (parsed == NULL)
    return FALSE;
  ret->steps = mr_spf_steps_new ();
  walk_parsed (&walk, parsed, domain, 0);
  return TRUE;
}

/* Questions of a look-up table asked through the resolver: see auth-lookups.h. */
#include <config.h>

#include "net/auth-lookups.h"

#include "net/dns-message.h"

struct _MrLookups {
  MrResolver *resolver;
  MrLookupTable *table;
  MrLookupsDoneFunc done;
  gpointer data;
  GList *open; /* Question */
};

typedef struct {
  MrLookups *lookups;
  char *name;
  MrLookupType type;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->name);
  g_free (question);
}

static MrLookupStatus
status_of (const GError *error)
{
  if (error == NULL)
    return MR_LOOKUP_FOUND;
  return g_error_matches (error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND)
                 || g_error_matches (error, MR_ERROR, MR_ERROR_INVALID)
             ? MR_LOOKUP_NOTHING
             : MR_LOOKUP_TEMPORARY;
}

static void
records_cb (const char *const *records, gboolean nxdomain, const GError *error, gpointer data)
{
  Question *question = data;
  MrLookups *self = question->lookups;

  mr_lookup_table_answer (self->table, question->name, question->type, status_of (error), records);
  self->open = g_list_remove (self->open, question);
  question_free (question);
  if (self->open != NULL)
    return;
  MrLookupsDoneFunc done = self->done;
  gpointer done_data = self->data;
  g_free (self);
  done (done_data);
}

MrLookups *
mr_lookups_fetch (MrResolver *resolver, MrLookupTable *table, MrLookupsDoneFunc done, gpointer data)
{
  static const MrDnsType types[] = { MR_DNS_A, MR_DNS_AAAA, MR_DNS_MX, MR_DNS_PTR, MR_DNS_TXT };
  G_STATIC_ASSERT (G_N_ELEMENTS (types) == MR_LOOKUP_N_TYPES);
  MrLookups *self = g_new0 (MrLookups, 1);
  char *name;
  MrLookupType type;

  *self = (MrLookups){ resolver, table, done, data, NULL };
  while (mr_lookup_table_take_wanted (table, &name, &type)) {
    Question *question = g_new0 (Question, 1);
    *question = (Question){ self, name, type };
    self->open = g_list_prepend (self->open, question);
  }
  if (self->open == NULL) {
    g_free (self);
    return NULL;
  }
  /* No callback comes before the call returns. */
  for (GList *l = self->open; l != NULL; l = l->next) {
    Question *question = l->data;
    mr_resolver_lookup_records (resolver, question->name, (guint)types[question->type], records_cb, question);
  }
  return self;
}

void
mr_lookups_cancel (MrLookups *self)
{
  if (self == NULL)
    return;
  for (GList *l = self->open; l != NULL; l = l->next)
    mr_resolver_cancel (self->resolver, l->data);
  g_list_free_full (self->open, question_free);
  g_free (self);
}

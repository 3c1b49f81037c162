/* Answers of the DNS by question: see lookup.h. */
#include <config.h>

#include "mailauth/lookup.h"

#include <string.h>

#define MAX_NAME  253
#define MAX_LABEL 63

typedef struct {
  MrLookupStatus status;
  char **records;
} Answer;

struct _MrLookupTable {
  GHashTable *answers; /* "TXT example.com" → Answer */
  GQueue wanted;       /* keys, owned */
};

static const char *const type_names[] = { "A", "AAAA", "MX", "PTR", "TXT" };
G_STATIC_ASSERT (G_N_ELEMENTS (type_names) == MR_LOOKUP_N_TYPES);

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_strfreev (answer->records);
  g_free (answer);
}

MrLookupTable *
mr_lookup_table_new (void)
{
  MrLookupTable *self = g_new0 (MrLookupTable, 1);

  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
  g_queue_init (&self->wanted);
  return self;
}

void
mr_lookup_table_free (MrLookupTable *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->answers);
  g_queue_clear_full (&self->wanted, g_free);
  g_free (self);
}

const char *
mr_lookup_type_name (MrLookupType type)
{
  return (guint)type < G_N_ELEMENTS (type_names) ? type_names[type] : "?";
}

gboolean
mr_dns_name_fits (const char *name)
{
  gsize len = strlen (name), label = 0;

  if (len > 0 && name[len - 1] == '.')
    len--;
  if (len == 0 || len > MAX_NAME)
    return FALSE;
  for (gsize i = 0; i < len; i++) {
    if (name[i] != '.')
      label++;
    else if (label == 0)
      return FALSE;
    else
      label = 0;
    if (label > MAX_LABEL)
      return FALSE;
  }
  return label > 0;
}

/* (transfer full) */
static char *
make_key (const char *name, MrLookupType type)
{
  gsize len = strlen (name);

  if (len > 0 && name[len - 1] == '.')
    len--;
  g_autofree char *lower = g_ascii_strdown (name, (gssize)len);
  return g_strconcat (mr_lookup_type_name (type), " ", lower, NULL);
}

void
mr_lookup_table_answer (MrLookupTable *self, const char *name, MrLookupType type, MrLookupStatus status,
                        const char *const *records)
{
  static const char *const none[] = { NULL };
  Answer *answer = g_new0 (Answer, 1);
  GPtrArray *kept = g_ptr_array_new ();

  g_return_if_fail (status != MR_LOOKUP_PENDING);
  for (records = records != NULL ? records : none; *records != NULL && kept->len < MR_LOOKUP_MAX_RECORDS; records++)
    g_ptr_array_add (kept, g_strdup (*records));
  answer->status = status == MR_LOOKUP_FOUND && kept->len == 0 ? MR_LOOKUP_NOTHING : status;
  g_ptr_array_add (kept, NULL);
  answer->records = (char **)g_ptr_array_free (kept, FALSE);
  g_hash_table_replace (self->answers, make_key (name, type), answer);
}

static void
want (MrLookupTable *self, char *key)
{
  if (g_queue_find_custom (&self->wanted, key, (GCompareFunc)g_strcmp0) != NULL)
    g_free (key);
  else
    g_queue_push_tail (&self->wanted, key);
}

MrLookupStatus
mr_lookup_table_ask (MrLookupTable *self, const char *name, MrLookupType type, const char *const **ret_records)
{
  static const char *const none[] = { NULL };
  g_autofree char *key = NULL;

  if (ret_records != NULL)
    *ret_records = none;
  if (!mr_dns_name_fits (name))
    return MR_LOOKUP_NOTHING;
  key = make_key (name, type);
  const Answer *answer = g_hash_table_lookup (self->answers, key);
  if (answer == NULL && g_hash_table_size (self->answers) >= MR_LOOKUP_MAX_ANSWERS)
    return MR_LOOKUP_TEMPORARY;
  if (answer == NULL) {
    want (self, g_steal_pointer (&key));
    return MR_LOOKUP_PENDING;
  }
  if (ret_records != NULL)
    *ret_records = (const char *const *)answer->records;
  return answer->status;
}

gboolean
mr_lookup_table_take_wanted (MrLookupTable *self, char **ret_name, MrLookupType *ret_type)
{
  g_autofree char *key = g_queue_pop_head (&self->wanted);

  if (key == NULL)
    return FALSE;
  char *name = strchr (key, ' ');
  *name = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_str_equal (type_names[i], key))
      *ret_type = (MrLookupType)i;
  *ret_name = g_strdup (name + 1);
  return TRUE;
}

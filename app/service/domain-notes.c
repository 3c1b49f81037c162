/* Notes about domains: see domain-notes.h. */
#include <config.h>

#include "service/domain-notes.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "ndr/domain-texts.h"

#define NOTES_MAX 4 /* of one domain: a zone that is gone is one cause with many faces */

struct _MrDomainNotes {
  MrNotifier *notifier;
  gboolean silent;
  GHashTable *told; /* keys of drifts that were told; stay when the note was put away */
};

MrDomainNotes *
mr_domain_notes_new (MrNotifier *notifier)
{
  MrDomainNotes *self = g_new0 (MrDomainNotes, 1);

  self->notifier = notifier;
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
mr_domain_notes_free (MrDomainNotes *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->told);
  g_free (self);
}

/* ---- drifts ---- */

static void
tell (MrDomainNotes *self, const char *key, const char *domain, const MrDomainFinding *finding)
{
  g_autofree char *sentence = NULL, *title = NULL;

  if (self->silent || !g_hash_table_add (self->told, g_strdup (key)))
    return;
  sentence = mr_domain_dup_sentence (finding);
  /* Translators: a domain and what was checked of it: "example.com: Allowed senders (SPF)" */
  title = g_strdup_printf (C_ ("notification", "%s: %s"), domain, mr_domain_check_name (finding->check));
  mr_debug ("service", "notification %s", key);
  mr_notifier_show_domain (self->notifier, key, title, sentence, domain);
}

static void
take_back_others (MrDomainNotes *self, const char *prefix, GHashTable *keys)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, prefix) && (keys == NULL || !g_hash_table_contains (keys, key))) {
      mr_notifier_close (self->notifier, key);
      g_hash_table_iter_remove (&iter);
    }
}

void
mr_domain_notes_drifts (MrDomainNotes *self, const char *domain, GPtrArray *findings)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *prefix = g_strconcat ("drift:", domain, "/", NULL);

  for (guint i = 0; i < findings->len; i++) {
    const MrDomainFinding *finding = g_ptr_array_index (findings, i);
    char *key = g_strconcat (prefix, finding->check, "/", finding->code, NULL);

    if (g_hash_table_size (keys) < NOTES_MAX && !g_hash_table_contains (keys, key))
      tell (self, key, domain, finding);
    g_hash_table_add (keys, key);
  }
  take_back_others (self, prefix, keys);
}

/* ---- entries that were waited for ---- */

void
mr_domain_notes_watched (MrDomainNotes *self, const char *domain, gboolean published)
{
  g_autofree char *key = g_strconcat ("published:", domain, NULL);
  g_autofree char *title = published ? g_strdup_printf (_ ("The entries of %s are published"), domain)
                                     : g_strdup_printf (_ ("The entries of %s have not come"), domain);

  if (!self->silent)
    mr_notifier_show_domain (
        self->notifier, key, title,
        published
            ? _ ("Every name server of the domain has them now.")
            : _ (
                "The name servers still say something else. See whether they were entered as written, and wait again."),
        domain);
}

void
mr_domain_notes_set_silent (MrDomainNotes *self, gboolean silent)
{
  if (silent && !self->silent)
    take_back_others (self, "", NULL);
  self->silent = silent;
}

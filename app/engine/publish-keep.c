/* Watches outlive the service: what is waited for is a note until it is there, or is given up. At the start the notes are taken up again, with the time
 * at which each began, so that a restart does not make one wait longer than it said.
 */
#include <config.h>

#include "engine/publisher-private.h"

#include "base/log.h"
#include "store/notes.h"

#define NOTES  "watch"
#define FORMAT "(x@a{sv})"

static void
kept_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    mr_warning ("domains", "what is waited for does not survive a restart: %s", error->message);
}

void
mr_watch_remember (MrPublisher *self, const char *domain, gint64 started, GVariant *options)
{
  g_autoptr (GVariant) told = g_variant_ref_sink (g_variant_new (FORMAT, started, options));
  g_autofree char *text = g_variant_print (told, TRUE);

  mr_store_put_note (self->engine->store, NOTES, domain, text, kept_cb, NULL);
}

void
mr_watch_forget (MrPublisher *self, const char *domain)
{
  mr_store_put_note (self->engine->store, NOTES, domain, NULL, kept_cb, NULL);
}

static void
restore (MrPublisher *self, const MrStoreNote *note)
{
  g_autoptr (GVariant) told = g_variant_parse (G_VARIANT_TYPE ("(xa{sv})"), note->text, NULL, NULL, NULL);
  g_autoptr (GVariant) options = NULL;
  gint64 started;

  if (told == NULL) {
    mr_warning ("domains", "%s: what was waited for cannot be read any more", note->key);
    mr_watch_forget (self, note->key);
    return;
  }
  g_variant_get (told, FORMAT, &started, &options);
  mr_info ("domains", "%s: waiting for its entries goes on", note->key);
  mr_watch_restore (self, note->key, started, options);
}

static void
listed_cb (GPtrArray *notes, const GError *error, gpointer data)
{
  MrPublisher *self = data;

  if (error != NULL)
    mr_warning ("domains", "what was waited for could not be read: %s", error->message);
  for (guint i = 0; error == NULL && i < notes->len; i++)
    restore (self, notes->pdata[i]);
}

void
mr_watches_restore (MrPublisher *self)
{
  mr_store_list_notes (self->engine->store, NOTES, "", listed_cb, self);
}

/* Settings as a person changes them, one key of the configuration with each call, and the refusals that such a change settles.
 *
 * Little is decided here: a key that is not known and a value that does not fit are refused with the words of base/config.h, or of the room that alone can
 * judge them; what follows from a new value is done where the configuration tells of its change (engine-means.c), as when the file was edited by hand.
 */
#include <config.h>

#include "engine/engine-private.h"

#include <glib/gi18n-lib.h>

#include <string.h>

#include "engine/answer.h"
#include "engine/configuration.h"
#include "net/resolver.h"
#include "store/store-edits.h"

static void
apply_one (MrEngine *self, const char *group, const char *key, const char *value, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  const MrConfigurationEdit edit = { group, key, value };

  mr_configuration_apply (self->configuration, &edit, 1, NULL, &error);
  mr_answer_done (func, error, data);
}

static gboolean
known_key (const char *group, const char *key, GError **error)
{
  g_autofree char *kind = g_strndup (group, strcspn (group, " "));

  if (mr_config_find_key (kind, key) != NULL)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
               _ ("There is no setting “%s” in [%s]; `mail-relayctl config list` shows all"), key, group);
  return FALSE;
}

/* What base cannot judge, and would be told at the next start only. */
static gboolean
fits (const char *group, const char *key, const char *value, GError **error)
{
  if (strcmp (group, "dns") != 0 || strcmp (key, "servers") != 0)
    return TRUE;
  return mr_resolver_check_servers (value, error);
}

void
mr_engine_set_config (MrEngine *self, const char *group, const char *key, const char *value, MrEngineDoneFunc func,
                      gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kind = g_strndup (group, strcspn (group, " "));

  if (!known_key (group, key, &error) || !mr_config_check_value (mr_config_find_key (kind, key), value, &error)
      || !fits (group, key, value, &error))
    mr_answer_done (func, error, data);
  else
    apply_one (self, group, key, value, func, data);
}

void
mr_engine_reset_config (MrEngine *self, const char *group, const char *key, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!known_key (group, key, &error))
    mr_answer_done (func, error, data);
  else
    apply_one (self, group, key, NULL, func, data);
}

char *
mr_engine_dup_config (MrEngine *self, const char *group, const char *key, GError **error)
{
  if (!known_key (group, key, error))
    return NULL;
  return g_strdup (mr_config_get_string (mr_engine_get_config (self), group, key));
}

void
mr_engine_set_secrets_backend (MrEngine *self, const char *backend, MrEngineDoneFunc func, gpointer data)
{
  mr_engine_set_config (self, "secrets", "backend", backend, func, data);
}

void
mr_engine_allow_uid (MrEngine *self, gint64 uid, gboolean allow, MrEngineDoneFunc func, gpointer data)
{
  g_auto (GStrv) uids = mr_config_dup_list (mr_engine_get_config (self), "submission", "allow-uids");
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *wanted = g_strdup_printf ("%" G_GINT64_FORMAT, uid);
  g_autoptr (GError) error = NULL;

  if (uid < 0 || uid > G_MAXUINT32) {
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("That program's user is not known; make a password for the program instead"));
    mr_answer_done (func, error, data);
    return;
  }
  for (guint i = 0; uids[i] != NULL; i++)
    if (strcmp (uids[i], wanted) != 0)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ";" : "", uids[i]);
  if (allow)
    g_string_append_printf (list, "%s%s", list->len > 0 ? ";" : "", wanted);
  if (allow)
    mr_store_clear_refusals (self->store, uid, NULL, NULL);
  apply_one (self, "submission", "allow-uids", list->str, func, data);
}

void
mr_engine_clear_refusals (MrEngine *self, MrEngineDoneFunc func, gpointer data)
{
  mr_store_clear_refusals (self->store, -1, func, data);
  mr_engine_notify (self, MR_CHANGED_PROGRAMS);
}

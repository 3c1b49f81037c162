/* The only writer of mail-relay.conf; rereads it when somebody else changed it. The last good one stays in force. */
#pragma once

#include "base/config.h"

G_BEGIN_DECLS

typedef struct _MrConfiguration MrConfiguration;
typedef void (*MrConfigurationFunc) (MrConfiguration *configuration, gpointer data);

/* func: after a new configuration came into force, or an error appeared or went. A file that cannot be read at the start gives the
 * defaults and the error. */
MrConfiguration *mr_configuration_new (const char *path, MrConfigurationFunc func, gpointer data);
void mr_configuration_free (MrConfiguration *configuration);
MrConfig *mr_configuration_get (MrConfiguration *configuration);
const char *mr_configuration_get_path (MrConfiguration *configuration);
/* NULL: the file on disk is in force. */
const char *mr_configuration_get_error (MrConfiguration *configuration);

/* One change of several keys: all or nothing. value NULL removes the key. */
typedef struct {
  const char *group, *key, *value;
} MrConfigurationEdit;
/* Refused while the file on disk has an error (nothing of a person's work is overwritten). */
gboolean mr_configuration_apply (MrConfiguration *configuration, const MrConfigurationEdit *edits, guint n_edits,
                                 const char *remove_group, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrConfiguration, mr_configuration_free)

G_END_DECLS

/* What engine.c asks of engine-means.c: what every part works with, opened in the order in which it is named here. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

void mr_engine_load_diagnosis (MrEngine *engine);
/* Errors of mr_store_open(). */
gboolean mr_engine_open_store (MrEngine *engine, GError **error);
/* MR_ERROR_INVALID: a server in the configuration is none. */
gboolean mr_engine_open_resolver (MrEngine *engine, GError **error);
/* The state of the keyring is looked at and told as a change. */
void mr_engine_probe_secrets (MrEngine *engine);

/* What is open follows the configuration in force; the level of the log also before anything is open. */
void mr_engine_follow_means (MrEngine *engine);
void mr_engine_follow_log_level (MrEngine *engine);

G_END_DECLS

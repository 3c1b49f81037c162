/* Programs that log in with a password of their own: generated here, shown once, kept as a scrypt verifier, revocable. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrPrograms *mr_programs_new (MrEngine *engine);
void mr_programs_free (MrPrograms *programs);
/* identity: the program's id. ok FALSE with temporary TRUE: too much is being checked already. Runs scrypt in the pool, also for unknown ids. */
typedef void (*MrProgramsCheckFunc) (gboolean ok, gboolean temporary, gpointer data);
void mr_programs_check (MrPrograms *programs, const char *identity, MrSecret *password, MrProgramsCheckFunc func,
                        gpointer data);
void mr_programs_cancel (MrPrograms *programs, gpointer data);

G_END_DECLS

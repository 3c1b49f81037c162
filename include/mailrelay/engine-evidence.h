/* The engine's face for aggregate reports (DMARC): their summaries are kept, and what they say of a domain decides which step it may take. The rules of
 * engine.h hold. Evidence is a dictionary (a{sv}), described at GetEvidence in data/dbus.
 */
#pragma once

#include <mailrelay/engine.h>
#include <mailrelay/engine-publish.h>

G_BEGIN_DECLS

/* fd: an open file, XML, gz or zip; taken over. Answer: reports u, domains as. Errors: MR_ERROR_INVALID, MR_ERROR_CORRUPT, MR_ERROR_TOO_BIG. */
void mr_engine_import_reports (MrEngine *engine, int fd, MrPlanFunc func, gpointer data);
void mr_engine_get_evidence (MrEngine *engine, const char *domain, MrPlanFunc func, gpointer data);
/* source: an internet address whose mail is none of the person's own. */
void mr_engine_set_source_foreign (MrEngine *engine, const char *domain, const char *source, gboolean foreign,
                                   MrEngineDoneFunc func, gpointer data);
void mr_engine_forget_reports (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data);

G_END_DECLS

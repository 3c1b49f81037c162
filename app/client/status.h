/* The service's status as the bus carries it (Service.GetStatus), as a plain record. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct {
  char *address; /* "127.0.0.1:2525" */
  char *error;   /* NULL: it listens; else in words */
} MrServiceListener;

/* Strings are never NULL ("" where there is none) except where said. */
typedef struct {
  gboolean online, paused, keeps_everything;
  gint64 paused_until;     /* 0: not paused, or until a person goes on */
  char *secrets_backend;   /* "secret-service" "file" "memory" */
  char *secrets_state;     /* "ok" "locked" "no-service" "timed-out" "refused" "no-place" "asks-each-time" */
  gboolean secrets_needed; /* mail of some account depends on that state */
  GPtrArray *listeners;    /* MrServiceListener */
  guint n_accounts, sessions, sending;
  char *config_file;
  char *config_error;     /* NULL: the file on the disk is in force */
  char **config_warnings; /* strv */
  char *store_notice;     /* NULL: none */
  char *tls_fingerprint;
  gboolean captive; /* the network wants a person to sign in first */
  gboolean metered; /* the network counts what goes through it */
  gboolean audit;   /* who hands in what is written down */
  char *sandbox;
  char *bus_socket;
  char *version;
  guint pid;
  MrStoreCounts counts; /* waits[] is not carried */
  guint64 revision;
  GVariant *variant; /* as it came, for --json */
} MrServiceStatus;

/* Tolerant: what is missing or of another type counts as absent. (transfer full) */
MrServiceStatus *mr_service_status_from_variant (GVariant *variant);
void mr_service_status_free (MrServiceStatus *status);
/* Host and port of the first listener that listens ("127.0.0.1", 2525); the usual ones where none does. *ret_host: (transfer full). */
void mr_service_status_get_submission (const MrServiceStatus *status, char **ret_host, guint *ret_port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrServiceStatus, mr_service_status_free)

G_END_DECLS

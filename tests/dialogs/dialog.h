/* Dialogs: text files that say what the peer sends and what our machine must say, ask and do.
 *
 *   # comment; empty lines are skipped
 *   server KEY=VALUE ...      first line: which machine, with what options (dialog-server.c, dialog-client.c);
 *                             "whole" forbids cutting, where the meaning depends on what came in one packet
 *   < EHLO me                 the peer sends this line and CRLF; lines that follow each other are sent together
 *   <| bytes\r\n              the peer sends these bytes and nothing more
 *   > 250 localhost           our output, line by line; '*' at the end stands for any rest
 *   ! MAIL <a@example.com>    an event of the machine
 *   = answer 250 2.1.0 Fine   what its owner does: upon the event above, else by itself
 *
 * A step is what the peer sends (or what the owner does by itself) with the output and events up to the next step.
 * Events must come in their order and output in its order; how the two interleave within a step is free. Escapes in
 * '<', '!' and '=' lines: \r \n \t \\ \0 \xHH.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char kind; /* '<', '>', '!', '=' */
  guint number;
  char *text; /* '<': bytes with their CRLF; others: text, escapes resolved in none */
  gsize len;
} DialogLine;

typedef struct {
  char *name;
  char *machine;  /* "server" or "client" */
  char **options; /* strv of KEY=VALUE */
  gboolean whole;
  GPtrArray *lines; /* DialogLine */
  gsize peer_len;   /* bytes of all '<' lines */
} Dialog;

/* One run of a machine. */
typedef struct {
  void *(*make) (const Dialog *dialog);
  void (*free) (void *machine);
  gboolean (*feed) (void *machine, const void *data, gsize len);
  /* The next event as its '!' line reads, NULL: none now. */
  char *(*next) (void *machine);
  /* Does what a '=' line says; FALSE: it cannot be understood. */
  gboolean (*act) (void *machine, const char *action);
  /* Answers the last event where the dialog says nothing about it. */
  void (*act_default) (void *machine);
  /* (transfer full) everything that is to be sent, taken out of the machine. */
  GString *(*take_output) (void *machine);
} DialogMachine;

typedef enum {
  DIALOG_AT_ONCE, /* cut at one place, each event answered when it comes */
  DIALOG_LATE,    /* the same, but events are looked at only when the whole step has been fed */
  DIALOG_BYTES    /* byte by byte */
} DialogMode;

Dialog *dialog_load (const char *path);
void dialog_free (Dialog *dialog);
/* Bytes with their escapes resolved. (transfer full) */
char *dialog_unescape (const char *text, gsize *ret_len);
char *dialog_escape (const char *bytes, gsize len);
/* Value of "KEY=..." in the options, "" for "KEY" alone, NULL without. */
const char *dialog_option (const Dialog *dialog, const char *key);
/* cut: offset in what the peer sends. NULL, or what went wrong. (transfer full) */
char *dialog_run (const Dialog *dialog, const DialogMachine *type, DialogMode mode, gsize cut);

extern const DialogMachine dialog_server;
extern const DialogMachine dialog_client;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dialog, dialog_free)

G_END_DECLS

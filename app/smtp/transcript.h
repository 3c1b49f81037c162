/* The bounded conversation of an attempt: what diagnosis and support read. Who adds a line masks it first. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_TRANSCRIPT_MAX      8192
#define MR_TRANSCRIPT_LINE_MAX 500

typedef struct _MrTranscript MrTranscript;

MrTranscript *mr_transcript_new (void);
void mr_transcript_free (MrTranscript *transcript);
/* side: '>' ours, '<' the peer's, '*' a note. The line is cut, controls become '?'. */
void mr_transcript_add (MrTranscript *transcript, char side, const char *line);
void mr_transcript_clear (MrTranscript *transcript);
/* UTF-8, each line ends in LF. Where it grew too long its middle is missing and a line says so. (transfer full) */
char *mr_transcript_dup (MrTranscript *transcript);

G_END_DECLS

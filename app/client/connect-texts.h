/* Ready-made settings for programs that shall hand their mail to this computer's outbox. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  const char *id;    /* "git", "msmtp", "thunderbird", "php", "python", "cron" */
  const char *title; /* translated: "git send-email" */
  const char *hint;  /* translated: where to put it */
} MrConnectText;

/* All of them in the order to show; *ret_n: how many. */
const MrConnectText *mr_connect_texts (guint *ret_n);
/* Title and hint of a text in the person's language. Borrowed. */
const char *mr_connect_text_get_title (const MrConnectText *text);
const char *mr_connect_text_get_hint (const MrConnectText *text);
/* The text to copy, with host and port filled in. (transfer full) */
char *mr_connect_text_dup (const MrConnectText *text, const char *host, guint port);

G_END_DECLS

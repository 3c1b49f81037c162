/* One message over SMTP to the service's port on this computer. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef enum {
  MR_SENT_TAKEN,     /* 250: the message is on the disk */
  MR_SENT_REFUSED,   /* 5xx: code and text say why */
  MR_SENT_LATER,     /* 4xx */
  MR_SENT_NOT_THERE, /* nobody listens, or somebody else, or the connection broke before the message was handed over */
  MR_SENT_UNKNOWN    /* the connection broke after the end of the message */
} MrSent;

typedef struct {
  MrSent sent;
  guint code;
  gboolean at_sender; /* refused at the return address */
  guint refused;      /* recipients that were refused although the message was taken */
  char *text;         /* reply or reason; never NULL */
} MrSentResult;

typedef struct {
  const char *reverse_path;
  const char *const *recipients;
  GBytes *message; /* line ends LF or CRLF */
  /* RFC 3461 */
  guint notify; /* MrNotify bits, for every recipient */
  MrReturn ret;
  const char *envid; /* not encoded; NULL */
} MrSendJob;

/* address: "127.0.0.1:2525". Runs the default main context until it is over. */
void mr_local_send (const char *address, const MrSendJob *job, MrSentResult *ret);
void mr_sent_result_clear (MrSentResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrSentResult, mr_sent_result_clear)

G_END_DECLS

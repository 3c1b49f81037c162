/* The trace of an account's test: what each part of a connection told. Plain data; included by records.h, whose rules hold. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* One part, told when it is over. All borrowed. */
typedef struct {
  MrTracePart part;
  MrStage stage;
  gboolean ok;
  gboolean goes_on; /* it failed at this address; another one is tried */
  guint code;       /* reply code, 0: none */
  const char *enhanced;
  const char *text;  /* a server's reply, or why it failed here */
  const char *cause; /* cause id where it failed */
  GVariant *cause_params;
  const char *fingerprint; /* of a certificate that was refused */
  const char *warning;     /* "certificate-ends", "certificate-accepted", "not-encrypted"; NULL or "" */
  /* a{sv}; NULL: none. look-up: host s, addresses as. connect: address s, port u. encryption: protocol s, cipher s, certificates aa{sv} (subject s,
   * issuer s, names as, from x, until x, fingerprint s; the server's own first). capabilities: offers as. log-in: mechanism s, user s. sender:
   * address s. size: limit t (0: not told). Times are wall-clock microseconds. */
  GVariant *details;
  gint64 took;    /* microseconds */
  gint64 elapsed; /* since the start of the test, at the end of this part */
} MrTraceStep;

G_END_DECLS

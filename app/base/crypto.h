/* Random bytes, password verifiers, digests: the part of OpenSSL that base wraps. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* OpenSSL stays whole to the end of the process: its own clean-up at exit takes away what a worker thread is using. First
 * thing in a program whose threads may be under way when it ends. */
void mr_crypto_keep_to_the_end (void);
/* Aborts the process where the kernel gives no random bytes: nothing safe can go on without. */
void mr_random_bytes (void *ret, gsize len);
/* Uniform in [0, 1). */
double mr_random_double (void);
/* A password for a program: 24 characters of Crockford base32 in groups of four, 120 bits. */
MrSecret *mr_random_password (void);

/* scrypt verifier "scrypt$N$r$p$salt$hash" (base64), N=16384 r=8 p=1: takes some 50 ms of CPU, call it in the pool. */
char *mr_scrypt_verifier_new (MrSecret *password, GError **error);
/* FALSE also for a verifier that cannot be parsed or that asks for more than 64 MiB. Constant-time comparison. */
gboolean mr_scrypt_verify (const char *verifier, MrSecret *password);
/* Lower-case hexadecimal SHA-256. */
char *mr_sha256_hex (const void *data, gsize len);

G_END_DECLS

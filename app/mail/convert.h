/* Changes that a next hop or an account makes necessary, on a whole message in memory: conversion to 7 bit (RFC 6152 3)
 * and the rewriting of a sender at a name that is not public. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* TRUE where a byte above 127 occurs. */
gboolean mr_convert_needs (const void *data, gsize len);
/* All parts become 7 bit (text: quoted-printable or base64, whichever is shorter; all else base64), header fields
 * with raw 8-bit become encoded words, international domains A-labels; nothing else changes, 7-bit parts least of
 * all. A message that is 7 bit is given back as it is. One with a signed or encrypted part (multipart/signed,
 * multipart/encrypted, application/pkcs7-mime, a DKIM-Signature field) is never converted: MR_ERROR_REFUSED
 * (5.6.3); so is one with a local part beyond ASCII in an address field. Nesting and number of parts are bounded:
 * MR_ERROR_TOO_BIG. Lines of the result end in CRLF. Linear time, any thread. */
GBytes *mr_convert_to_7bit (GBytes *message, GError **error);
/* The header's From (and Sender, Reply-To where they hold the same address) with old_address replaced by
 * new_address; display names stay. Where old_address is local (mr_address_domain_is_local), its local part alone
 * counts as well: cron writes "From: root". Works on the header part of a message; the rest is untouched. */
GBytes *mr_convert_rewrite_sender (GBytes *message, const char *old_address, const char *new_address, GError **error);

G_END_DECLS

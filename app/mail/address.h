/* Addresses: the Path of SMTP (RFC 5321 4.1.2, RFC 6531 for UTF-8 local parts) and the mailboxes of header fields
 * (RFC 5322 3.4). CR, LF, NUL and other controls are refused here, where an address is constructed. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* RFC 5321 4.5.3.1.1 asks for 64 at least and for no limit where possible; reply addresses of notification services
 * have more. */
#define MR_LOCAL_PART_MAX 255
#define MR_DOMAIN_MAX     255
#define MR_PATH_MAX       512

typedef struct {
  char *local;  /* as written, quotes kept */
  char *domain; /* as written; "[192.0.2.1]" for a literal */
} MrAddress;

/* text: "user@example.com" without angle brackets; source routes are not accepted. Error: MR_ERROR_INVALID, with
 * what is wrong in words. */
MrAddress *mr_address_parse (const char *text, GError **error);
void mr_address_free (MrAddress *address);
/* "local@domain" (transfer full) */
char *mr_address_to_string (const MrAddress *address);
gboolean mr_address_is_valid (const char *text);
/* Domain in lower case and as A-labels (RFC 5890); address literals as they are. NULL where it has none or IDNA refuses
 * it. (transfer full) */
char *mr_address_dup_ascii_domain (const char *text);
/* Equal local parts (byte by byte) at equal domains (without case; A-labels equal their U-labels). */
gboolean mr_address_equal (const char *a, const char *b);
/* TRUE where the domain is no public name: no dot, .local, .localdomain, .internal, .lan, .home.arpa, or one of
 * own_names (NULL-terminated or NULL, without case), or a literal of a loopback or private address. */
gboolean mr_address_domain_is_local (const char *text, const char *const *own_names);
/* pattern: an address, "*@example.com", "*" (design section 5: sender addresses of an account). Local parts are
 * compared without case here: a person who writes Me@example.com means her own mailbox. */
gboolean mr_address_matches (const char *text, const char *pattern);
/* Addr-specs of a header field's value ("A <a@x>, b@y (c), G: c@z;"), at most max; comments, quoted strings, groups and
 * encoded words understood; what cannot be read, or is more than max, is skipped and *ret_bad (may be NULL) set.
 * (transfer full) strv */
char **mr_address_list_parse (const char *value, guint max, gboolean *ret_bad);
/* The same, and a local part that stands alone ("root") is taken to be at default_domain. */
char **mr_address_list_parse_qualified (const char *value, guint max, const char *default_domain, gboolean *ret_bad);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrAddress, mr_address_free)

G_END_DECLS

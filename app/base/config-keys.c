/* Every key of mail-relay.conf: a new one is a row here, at its place in the order of group and key. */
#include <config.h>

#include "base/config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define STRING(group, key, def, help)                                                                                  \
  {                                                                                                                    \
    group, key, MR_CONFIG_STRING, def, 0, 0, NULL, help                                                                \
  }
#define LIST(group, key, def, help)                                                                                    \
  {                                                                                                                    \
    group, key, MR_CONFIG_STRING_LIST, def, 0, 0, NULL, help                                                           \
  }
#define BOOLEAN(group, key, def, help)                                                                                 \
  {                                                                                                                    \
    group, key, MR_CONFIG_BOOLEAN, def, 0, 0, NULL, help                                                               \
  }
#define INTEGER(group, key, def, min, max, help)                                                                       \
  {                                                                                                                    \
    group, key, MR_CONFIG_INTEGER, def, min, max, NULL, help                                                           \
  }
#define ENUM(group, key, def, choices, help)                                                                           \
  {                                                                                                                    \
    group, key, MR_CONFIG_ENUM, def, 0, 0, choices, help                                                               \
  }

#define MONTH (30 * 24 * 3600)

/* clang-format off */
static const MrConfigKey keys[] = {
  LIST ("account", "addresses", "", N_("Sender addresses that this account may use; * for all, *@example.com for a domain")),
  ENUM ("account", "auth", "password", "password|oauth2", N_("How the account signs in at the provider")),
  STRING ("account", "ca-file", "", N_("File with the certificate authorities to trust for this account")),
  ENUM ("account", "colour", "", "|blue|green|yellow|orange|red|purple|brown|gray", N_("Colour that marks the account in lists")),
  STRING ("account", "desktop-account", "", N_("Account of the desktop that gives the access token")),
  ENUM ("account", "dkim", "auto", "auto|always|never", N_("Whether mail of this account is signed here where a key for its domain signs: auto where no provider does it, always, or never")),
  STRING ("account", "fingerprint", "", N_("SHA-256 of the one certificate that was accepted for this account, in hexadecimal")),
  STRING ("account", "host", "", N_("Name of the provider's server")),
  ENUM ("account", "kind", "relay", "relay|direct", N_("Whether mail goes through a provider or straight to the recipients' servers")),
  INTEGER ("account", "limit-day", "0", 0, 10000000, N_("Most recipients in 24 hours; the rest waits; 0: no limit")),
  INTEGER ("account", "limit-minute", "0", 0, 1000000, N_("Most recipients in a minute; the rest waits; 0: no limit")),
  STRING ("account", "name", "", N_("Name that is shown for this account")),
  STRING ("account", "oauth-authorize", "", N_("Address of the provider's sign-in page; empty: the one that is known for the provider")),
  STRING ("account", "oauth-client", "", N_("Id of the application registered with the provider; empty: the one in [oauth PROVIDER]")),
  STRING ("account", "oauth-device", "", N_("Address that gives codes for signing in on another device; empty: the one that is known for the provider")),
  ENUM ("account", "oauth-flow", "browser", "browser|paste|device|client-credentials|desktop", N_("How the access token is had")),
  STRING ("account", "oauth-revoke", "", N_("Address at which a token is given back; empty: the one that is known for the provider")),
  STRING ("account", "oauth-scope", "", N_("What the token is asked for; empty: what is known for the provider")),
  STRING ("account", "oauth-tenant", "", N_("Organisation at the provider (Microsoft 365)")),
  STRING ("account", "oauth-token", "", N_("Address that gives access tokens; empty: the one that is known for the provider")),
  INTEGER ("account", "order", "0", 0, 1000000, N_("Place in the list; of two accounts that fit, the lower one is taken")),
  BOOLEAN ("account", "paused", "false", N_("Whether mail of this account waits until a person goes on")),
  INTEGER ("account", "paused-until", "0", 0, G_MAXINT32 * 2LL, N_("When it goes on by itself, in seconds since 1970; 0: when a person says so")),
  INTEGER ("account", "port", "587", 1, 65535, N_("Port of the provider's server")),
  STRING ("account", "provider", "", N_("Provider whose known settings fill in what is left empty")),
  ENUM ("account", "tls", "starttls", "none|starttls|implicit|opportunistic", N_("How the connection is encrypted")),
  STRING ("account", "user", "", N_("User name at the provider; empty: no password is used")),

  BOOLEAN ("audit", "enabled", "false", N_("Whether it is written down who handed in which message and what became of it, for offices that must be able to tell; never the text of a message")),
  INTEGER ("audit", "keep-days", "365", 1, 3650, N_("Days that lines of the audit log are kept")),
  BOOLEAN ("audit", "subjects", "false", N_("Whether the audit log has the subjects")),

  BOOLEAN ("delivery", "allow-private-mx", "false", N_("Whether mail without a provider may go to private addresses")),
  INTEGER ("delivery", "command-timeout", "300", 1, 3600, N_("Seconds to wait for the reply to a command")),
  INTEGER ("delivery", "concurrency", "50", 1, 1000, N_("Connections open at one time")),
  INTEGER ("delivery", "concurrency-per-destination", "10", 1, 1000, N_("Connections open at one time to one destination")),
  INTEGER ("delivery", "connect-timeout", "30", 1, 3600, N_("Seconds to wait for a connection")),
  INTEGER ("delivery", "data-timeout", "180", 1, 3600, N_("Seconds without progress while a message is sent")),
  INTEGER ("delivery", "dot-timeout", "600", 1, 3600, N_("Seconds to wait for the reply that takes over the message")),
  STRING ("delivery", "ehlo-name", "", N_("Name to greet other servers with; empty: an address literal")),
  INTEGER ("delivery", "idle-keep", "2", 0, 300, N_("Seconds that a connection is kept for the next message")),
  BOOLEAN ("delivery", "keep-transcripts", "true", N_("Whether the conversation with the server is kept for each attempt")),
  INTEGER ("delivery", "max-messages-per-connection", "100", 1, 100000, N_("Messages sent over one connection")),
  INTEGER ("delivery", "metered-max-size", "0", 0, G_MAXINT32, N_("Bytes above which a message waits while the network counts what is sent (a mobile one); 0: none waits")),
  INTEGER ("delivery", "mx-port", "25", 1, 65535, N_("Port of the recipients' servers")),
  INTEGER ("delivery", "old-after", "604800", 0, 12 * MONTH, N_("Age in seconds at which a message is kept back when sending becomes possible again; 0: never")),
  INTEGER ("delivery", "recipients-per-transaction", "50", 1, 1000, N_("Recipients that share one transmission of a message")),
  INTEGER ("delivery", "resend-uncertain", "2", 0, 2, N_("How often a message that may have been delivered is sent again by itself")),

  STRING ("discovery", "ispdb", "https://autoconfig.thunderbird.net/v1.1/", N_("Address of Mozilla's list of providers, which is asked only with your agreement; empty: never")),

  ENUM ("dkim", "algorithm", "rsa-2048", "rsa-2048|rsa-3072|rsa-4096|ed25519", N_("Kind of the key")),
  BOOLEAN ("dkim", "behind-provider", "false", N_("Whether the key also signs mail that a provider passes on")),
  INTEGER ("dkim", "created", "0", 0, G_MAXINT64, N_("When the key was made, in seconds since 1970")),
  STRING ("dkim", "domain", "", N_("Domain whose mail the key signs")),
  INTEGER ("dkim", "lifetime", "0", 0, 12 * MONTH, N_("Seconds after which a signature is no longer good; 0: never")),
  STRING ("dkim", "record", "", N_("What the key's entry in the DNS says; the key itself is kept with the passwords")),
  STRING ("dkim", "replaces", "", N_("Key that becomes old when this one begins to sign")),
  INTEGER ("dkim", "retired", "0", 0, G_MAXINT64, N_("When the key became old, in seconds since 1970")),
  STRING ("dkim", "selector", "", N_("Name of the key below _domainkey of the domain")),
  ENUM ("dkim", "state", "new", "new|published|active|old", N_("Whether the key signs: only an active one does")),

  INTEGER ("dns", "authoritative-port", "53", 1, 65535, N_("Port of the name servers that domains name, asked directly by the domain check")),
  LIST ("dns", "servers", "", N_("Name servers, each an address with an optional port; empty: those of the system")),
  INTEGER ("dns", "timeout-ms", "2000", 10, 60000, N_("Milliseconds to wait for a name server's first answer")),
  INTEGER ("dns", "tries", "3", 1, 10, N_("How often each name server is asked")),

  STRING ("domains", "address-service", "o-o.myaddr.l.google.com@ns1.google.com", N_("NAME@SERVER: the name whose text that name server answers with the internet address of whoever asks; asked only with your agreement")),
  LIST ("domains", "addresses", "", N_("Public internet addresses of this computer for mail without a provider; empty: found out")),
  BOOLEAN ("domains", "ask-blocklists", "false", N_("Whether block lists may be asked about the public address of this computer")),
  BOOLEAN ("domains", "ask-service", "false", N_("Whether the address service may be asked for the public address of this computer")),
  LIST ("domains", "blocklists", "zen.spamhaus.org;bl.spamcop.net;b.barracudacentral.org;psbl.surriel.com", N_("Block lists to ask about the public address")),
  INTEGER ("domains", "check-every", "86400", 0, 12 * MONTH, N_("Seconds between checks of the domains that mail is sent from; 0: only when you ask")),
  LIST ("domains", "names", "", N_("Further domains to check")),
  INTEGER ("domains", "recheck-after", "600", 1, 86400, N_("Seconds until a domain that has become worse is checked again; only what that sees, too, is told")),
  INTEGER ("domains", "watch-every", "15", 1, 3600, N_("Seconds between looks at whether a domain's new entries are published")),
  INTEGER ("domains", "watch-for", "259200", 1, 12 * MONTH, N_("Seconds after which entries that have not come are no longer waited for")),

  STRING ("general", "default-account", "", N_("Account whose address stands in for senders that are not public")),
  BOOLEAN ("general", "notifications", "true", N_("Whether the desktop tells when a message fails or an account needs you")),
  BOOLEAN ("general", "paused", "false", N_("Whether all sending waits until a person goes on")),
  INTEGER ("general", "paused-until", "0", 0, G_MAXINT32 * 2LL, N_("When it goes on by itself, in seconds since 1970; 0: when a person says so")),

  BOOLEAN ("hold", "enabled", "true", N_("Whether the rule is asked")),
  ENUM ("hold", "kind", "everything", "everything|sender|recipient|leaves|program", N_("What the rule looks at; leaves: recipients that are not on its list")),
  LIST ("hold", "match", "", N_("Addresses, domains, *.domains or names of programs that the rule is about")),
  INTEGER ("hold", "release-after", "0", 0, 366 * 24 * 3600, N_("Seconds after which a message that was kept back goes by itself; 0: a person sends it")),
  BOOLEAN ("hold", "send", "false", N_("Whether what fits goes at once, whatever other rules say; else it is kept back for review")),

  ENUM ("log", "level", "info", "debug|info|warning|error", N_("Least important lines that the log keeps")),

  STRING ("oauth", "client-id", "", N_("Id of the application that was registered with the provider")),
  STRING ("oauth", "issuer", "", N_("Address of the provider's sign-in, from which the others are learnt; empty: the one that is known for the provider")),
  ENUM ("oauth", "loopback", "", "|127.0.0.1|localhost", N_("Name of this computer in the address that the browser comes back to; empty: what the provider wants")),
  STRING ("oauth", "scope", "", N_("What tokens are asked for; empty: what is known for the provider")),

  INTEGER ("program", "created", "0", 0, G_MAXINT64, N_("When the program's password was made, in seconds since 1970")),
  STRING ("program", "name", "", N_("Name that is shown for this program")),
  BOOLEAN ("program", "revoked", "false", N_("Whether the program's password is no longer taken")),
  STRING ("program", "verifier", "", N_("What the program's password is checked with; the password itself is kept nowhere")),

  INTEGER ("reports", "delay-after", "14400", 0, 2 * MONTH, N_("Seconds after which a sender is told by mail that a message is late; 0: never")),
  STRING ("reports", "language", "", N_("Language of reports that are mailed, such as de; empty: that of the service")),
  ENUM ("reports", "mail", "requested", "never|requested|always", N_("Whether reports are mailed to the sender: never, where the sending program asks for it, or for every message that fails or is late")),
  INTEGER ("reports", "per-hour", "20", 1, 10000, N_("Reports mailed within an hour; further ones wait")),

  INTEGER ("retry", "factor-percent", "200", 100, 1000, N_("How much longer each wait is than the one before, in percent")),
  INTEGER ("retry", "first", "60", 1, 86400, N_("Seconds until the second attempt")),
  INTEGER ("retry", "jitter-percent", "20", 0, 50, N_("How far a wait may differ by chance, in percent")),
  INTEGER ("retry", "life", "432000", 60, 2 * MONTH, N_("Seconds after which a message that cannot be delivered is given up")),
  INTEGER ("retry", "max", "14400", 1, 2 * MONTH, N_("Longest wait between two attempts in seconds")),
  INTEGER ("retry", "person-life", "432000", 60, 2 * MONTH, N_("Seconds after which a message that needs a person is given up")),

  ENUM ("secrets", "backend", "secret-service", "secret-service|file|memory", N_("Where passwords are kept: the desktop's keyring, a file only you can read, or only until the service stops")),
  ENUM ("secrets", "keep", "until-logout", "until-logout|for-a-time|never", N_("How long a password that came out of the keyring stays in protected memory, so that mail goes on while the keyring is locked: until the service stops, which is at log-out; for the seconds of keep-seconds; or not at all")),
  INTEGER ("secrets", "keep-seconds", "3600", 1, MONTH, N_("Seconds that a password stays in memory when keep is for-a-time")),

  INTEGER ("store", "keep-bodies-days", "0", 0, 3650, N_("Days that the text of a delivered message is kept")),
  INTEGER ("store", "keep-failed-days", "30", 0, 3650, N_("Days that the text of a message that failed is kept")),
  INTEGER ("store", "keep-history-days", "90", 1, 3650, N_("Days that the history is kept")),
  INTEGER ("store", "min-free-mib", "64", 1, 1048576, N_("Mebibytes of free disk below which no message is taken")),

  LIST ("submission", "allow-uids", "", N_("Numbers of other users of this computer whose programs may send")),
  INTEGER ("submission", "command-timeout", "300", 1, 3600, N_("Seconds to wait for a program's next command")),
  LIST ("submission", "listen", "127.0.0.1:2525;[::1]:2525", N_("Addresses and ports at which programs hand in mail")),
  INTEGER ("submission", "max-command-length", "2048", 512, 65536, N_("Bytes of one command line")),
  INTEGER ("submission", "max-errors", "20", 1, 1000, N_("Errors after which a connection is closed")),
  INTEGER ("submission", "max-header-size", "262144", 1024, 16777216, N_("Bytes of a message's header")),
  INTEGER ("submission", "max-line-length", "65536", 1000, 1048576, N_("Bytes of one line of a message")),
  INTEGER ("submission", "max-message-size", "36700160", 1024, 1073741824, N_("Bytes of one message")),
  INTEGER ("submission", "max-received", "50", 1, 1000, N_("Received fields at which a message is taken to go in circles")),
  INTEGER ("submission", "max-recipients", "1000", 1, 100000, N_("Recipients of one message")),
  INTEGER ("submission", "max-sessions", "200", 1, 10000, N_("Connections of programs at one time")),
  INTEGER ("submission", "max-sessions-per-peer", "100", 1, 10000, N_("Connections at one time from one address")),
  BOOLEAN ("submission", "refuse-never-write", "false", N_("Whether mail to an address that is never written to is refused, not kept back")),
  BOOLEAN ("submission", "require-auth", "false", N_("Whether your own programs need a password too")),
  INTEGER ("submission", "session-timeout", "3600", 1, 86400, N_("Seconds after which a program's connection is closed")),

  STRING ("tls", "ca-file", "", N_("File with the certificate authorities to trust; empty: those of the system")),

  { NULL, NULL, MR_CONFIG_STRING, NULL, 0, 0, NULL, NULL },
};
/* clang-format on */

const MrConfigKey *
mr_config_keys (void)
{
  return keys;
}

gboolean
mr_config_group_has_ids (const char *group)
{
  return g_str_equal (group, "account") || g_str_equal (group, "program") || g_str_equal (group, "oauth")
         || g_str_equal (group, "dkim") || g_str_equal (group, "hold");
}

const MrConfigKey *
mr_config_find_key (const char *group, const char *key)
{
  gsize kind = strcspn (group, " ");

  /* "account work" is looked up as "account"; a plain group has no second word. */
  for (const MrConfigKey *row = keys; row->group != NULL; row++)
    if (strlen (row->group) == kind && strncmp (row->group, group, kind) == 0 && g_str_equal (row->key, key)
        && (group[kind] == '\0' || mr_config_group_has_ids (row->group)))
      return row;
  return NULL;
}

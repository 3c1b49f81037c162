/* Words for the route, the name servers, the servers that take mail. */
#include <config.h>

#include "ndr/domain-words.h"

const MrDomainWords mr_domain_words_dns[] = {
  /* ---- whatever the check ---- */
  { "not-looked-up", N_ ("{name} could not be looked up just now."),
    N_ ("Whether this is in order could not be told. It is no fault of your entries as long as nothing else says so."),
    N_ ("Try again in a few minutes. If it stays like this, the domain’s name servers or your own connection have "
        "trouble.") },
  { "no-answer-in-time", N_ ("There was no answer in time."),
    N_ ("Whether this is in order could not be told. It is no fault of your entries as long as nothing else says so."),
    N_ ("Try again in a few minutes.") },

  /* ---- route ---- */
  { "route-relay", N_ ("Mail from {domain} goes out through {provider}."),
    N_ ("The provider’s servers stand before the world. The name, the address and the connection of this computer do "
        "not matter to others."),
    "" },
  { "route-direct", N_ ("Mail from {domain} goes straight to the recipients’ servers."),
    N_ ("This computer stands before the world itself: its internet address, the name of that address and its greeting "
        "all count."),
    "" },
  { "route-none", N_ ("No account sends for {domain} yet."),
    N_ ("The entries can be checked, but not whether they fit the way in which your mail goes out."),
    N_ ("Add a sending account with an address of this domain, or choose an account for the check.") },

  /* ---- MX ---- */
  { "mx-good", N_ ("{host} takes mail for {domain}."), N_ ("Answers and returned mail can reach you."), "" },
  { "mx-none", N_ ("{domain} can take no mail: it has no server for it and no address."),
    N_ ("Answers and returned mail cannot reach you, and many servers refuse mail from such a domain."),
    N_ ("Add an MX entry that names the server of whoever keeps your mailboxes. Your provider’s help pages tell its "
        "name.") },
  { "mx-implicit", N_ ("{domain} names no server that takes its mail."),
    N_ ("Others try the address of the domain itself, which is often a web server that takes no mail."),
    N_ ("Add an MX entry that names the server of whoever keeps your mailboxes.") },
  { "mx-null", N_ ("{domain} says that it takes no mail."),
    N_ ("Answers and returned mail cannot reach you, and some servers refuse mail from a domain that takes none."),
    N_ ("If people are to answer you, replace the empty MX entry with the name of your mail server.") },
  { "mx-unresolved", N_ ("The mail server {host} of {domain} does not exist."),
    N_ ("Answers and returned mail cannot reach you, and many servers refuse mail from such a domain."),
    N_ ("Look for a typing mistake in the MX entry, or give {host} an address.") },
  { "mx-some-unresolved", N_ ("One of the mail servers, {host}, does not exist."),
    N_ ("The others take the mail; attempts at this one are wasted."),
    N_ ("Remove the MX entry for {host}, or give that name an address.") },
  { "mx-private", N_ ("The mail server {host} has an address that nobody can reach from outside."),
    N_ ("Answers and returned mail cannot reach you."), N_ ("Give {host} its public internet address.") },
  { "mx-address", N_ ("The MX entry has an address ({host}) where a name has to stand."),
    N_ ("Most servers cannot use such an entry, so answers do not reach you."),
    N_ ("Give the mail server a name with that address, and put the name in the MX entry.") },
  { "mx-alias", N_ ("The mail server {host} is only an alias (CNAME)."),
    N_ ("The rules of mail forbid it, and some servers do not deliver there."),
    N_ ("Put the name that the alias stands for into the MX entry, or give {host} an address of its own.") },
  { NULL, NULL, NULL, NULL },
};

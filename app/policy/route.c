/* Which account sends a message (design section 5, "Who sends, as whom").
 *
 * The reverse-path picks, else the header From; a null reverse-path leaves it to the header From. Nothing ever leaves
 * through an account that was not meant: what nobody may send is no match, and the message is kept back.
 *
 * A sender at a name that is not public cannot be answered and would be refused. Where the header From names a public
 * address that an account has, that address takes its place (mutt or PHP on a laptop: envelope me@laptop, From
 * me@example.com; an identity that the author chose is not overwritten). Otherwise the default account's address does.
 */
#include "policy/policy.h"

#include "mail/address.h"

typedef enum { MATCH_NONE, MATCH_ANY, MATCH_DOMAIN, MATCH_EXACT } Match;

static Match
pattern_match (const char *sender, const char *pattern)
{
  if (g_str_equal (pattern, "*"))
    return MATCH_ANY;
  if (sender == NULL || *sender == '\0' || !mr_address_matches (sender, pattern))
    return MATCH_NONE;
  return g_str_has_prefix (pattern, "*@") ? MATCH_DOMAIN : MATCH_EXACT;
}

static Match
account_match (const MrPolicyAccount *account, const char *sender)
{
  Match best = MATCH_NONE;

  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    best = MAX (best, pattern_match (sender, account->addresses[i]));
  return best;
}

/* The account that matches best; among equals the default one, then the first. */
static const MrPolicyAccount *
find_account (const MrPolicyAccount *accounts, guint n_accounts, const char *sender, Match at_least)
{
  const MrPolicyAccount *found = NULL;
  Match best = MATCH_NONE;

  for (guint i = 0; i < n_accounts; i++) {
    Match match = account_match (&accounts[i], sender);

    if (match == MATCH_NONE || match < at_least)
      continue;
    if (match > best || (match == best && accounts[i].is_default && !found->is_default)) {
      best = match;
      found = &accounts[i];
    }
  }
  return found;
}

static const MrPolicyAccount *
default_account (const MrPolicyAccount *accounts, guint n_accounts)
{
  for (guint i = 0; i < n_accounts; i++)
    if (accounts[i].is_default)
      return &accounts[i];
  return &accounts[0];
}

static const char *
first_plain_address (const MrPolicyAccount *account)
{
  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    if (strchr (account->addresses[i], '*') == NULL && mr_address_is_valid (account->addresses[i]))
      return account->addresses[i];
  return NULL;
}

static gboolean
is_empty (const char *text)
{
  return text == NULL || *text == '\0';
}

static gboolean
is_public (const char *sender, const char *const *own_names)
{
  return !is_empty (sender) && strchr (sender, '@') != NULL && !mr_address_domain_is_local (sender, own_names);
}

static MrRoute
route_through (const MrPolicyAccount *account, const char *rewrite_to, const char *sender)
{
  return (MrRoute){ MR_ROUTE_ACCOUNT, account->id, rewrite_to, sender };
}

/* A person chose the account: only the rewriting is left to decide. */
static MrRoute
route_override (const MrPolicyAccount *accounts, guint n_accounts, const char *id, const char *sender,
                const char *const *own_names)
{
  for (guint i = 0; i < n_accounts; i++) {
    const char *rewrite_to = NULL;

    if (!g_str_equal (accounts[i].id, id))
      continue;
    if (!is_empty (sender) && !is_public (sender, own_names) && account_match (&accounts[i], sender) < MATCH_EXACT)
      rewrite_to = first_plain_address (&accounts[i]);
    return route_through (&accounts[i], rewrite_to, sender);
  }
  /* It was deleted since: no other one takes its place in silence. */
  return (MrRoute){ MR_ROUTE_NO_MATCH, NULL, NULL, sender };
}

static MrRoute
route_local_sender (const MrPolicyAccount *accounts, guint n_accounts, const char *sender, const char *from,
                    const char *const *own_names)
{
  const MrPolicyAccount *account = find_account (accounts, n_accounts, sender, MATCH_EXACT);
  const char *rewrite_to;

  if (account != NULL)
    return route_through (account, NULL, sender);
  if (is_public (from, own_names)) {
    account = find_account (accounts, n_accounts, from, MATCH_NONE);
    if (account != NULL)
      return route_through (account, from, from);
    /* The author named an identity that no account has: asking is better than changing who wrote. */
    return (MrRoute){ MR_ROUTE_NO_MATCH, NULL, NULL, from };
  }
  account = default_account (accounts, n_accounts);
  rewrite_to = first_plain_address (account);
  if (rewrite_to != NULL)
    return route_through (account, rewrite_to, sender);
  account = find_account (accounts, n_accounts, sender, MATCH_NONE);
  if (account != NULL)
    return route_through (account, NULL, sender);
  return (MrRoute){ MR_ROUTE_NO_MATCH, NULL, NULL, sender };
}

MrRoute
mr_policy_route (const MrPolicyAccount *accounts, guint n_accounts, const char *reverse_path, const char *from,
                 const char *override_account, const char *const *own_names)
{
  const char *sender = is_empty (reverse_path) ? from : reverse_path;
  const MrPolicyAccount *account;

  if (n_accounts == 0)
    return (MrRoute){ MR_ROUTE_NO_ACCOUNTS, NULL, NULL, sender };
  if (!is_empty (override_account))
    return route_override (accounts, n_accounts, override_account, sender, own_names);
  if (!is_empty (sender) && !is_public (sender, own_names))
    return route_local_sender (accounts, n_accounts, sender, from, own_names);

  account = find_account (accounts, n_accounts, sender, MATCH_NONE);
  if (account != NULL)
    return route_through (account, NULL, sender);
  if (!is_empty (from)) {
    account = find_account (accounts, n_accounts, from, MATCH_NONE);
    if (account != NULL)
      return route_through (account, NULL, from);
  }
  return (MrRoute){ MR_ROUTE_NO_MATCH, NULL, NULL, sender };
}

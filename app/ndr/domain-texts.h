/* What a finding of the domain check says to a person: the sentence, what it means for mail, what to do. Pure; through gettext of the caller's locale. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* All (transfer full). A code that is not known gives its id as sentence and "" otherwise; so does a text that there is not. */
char *mr_domain_dup_sentence (const MrDomainFinding *finding);
char *mr_domain_dup_meaning (const MrDomainFinding *finding);
char *mr_domain_dup_remedy (const MrDomainFinding *finding);
/* "Allowed senders (SPF)". Translated, borrowed; the id where it is not known. */
const char *mr_domain_check_name (const char *check);
/* A kind of entry of a plan ("dkim"): "Key of the signature (DKIM)". Translated, borrowed; the kind where it is not known. */
const char *mr_domain_entry_name (const char *kind);
/* "good" ... as a word, translated, borrowed. */
const char *mr_finding_state_word (MrFindingState state);
/* "Record". Translated, borrowed. */
const char *mr_domain_fact_label (const char *label);
/* Names of all checks in the order in which a person reads them, NULL behind the last. */
const char *const *mr_domain_check_names (void);
/* Checks of the folded group, whose states are never a fault. */
gboolean mr_domain_check_is_further (const char *check);
gboolean mr_domain_code_is_known (const char *code);
/* Wrong findings and those that want attention, without the further ones. */
void mr_domain_report_count (const MrDomainReport *report, guint *ret_wrong, guint *ret_attention);
/* The facts, one a line, and the terms as a tree, their look-ups numbered and what matched marked: to be copied. */
char *mr_domain_dup_facts (const MrDomainFinding *finding);

G_END_DECLS

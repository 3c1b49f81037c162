/* Records as GVariant dictionaries (a{sv}) and back: what crosses the bus and stands in --json, one spelling for all.
 *
 * Keys are the field names with '-' for '_'; enums are nicks; keys whose value is NULL, 0 or "" may be left out. Reading is
 * tolerant: unknown keys are ignored, wrong types count as absent, strings are cut to their bounds.
 */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* Floating references. detail: all recipients in "recipients" (aa{sv}); else only the summary keys "state", "wait-reason", "recipient", "n-recipients",
 * "next-attempt", "cause", "cause-params", "reply-code", "reply-enhanced", "reply-text", "account", "host",
 * "direct", "bounced", "bounced-cause". */
GVariant *mr_message_record_to_variant (const MrMessageRecord *record, gboolean detail);
GVariant *mr_recipient_record_to_variant (const MrRecipientRecord *record);
GVariant *mr_attempt_record_to_variant (const MrAttemptRecord *record);
GVariant *mr_account_record_to_variant (const MrAccountRecord *record);
GVariant *mr_discovery_record_to_variant (const MrDiscoveryRecord *record);
GVariant *mr_desktop_account_record_to_variant (const MrDesktopAccountRecord *record);
GVariant *mr_trace_step_to_variant (const MrTraceStep *step);
GVariant *mr_program_record_to_variant (const MrProgramRecord *record);
GVariant *mr_refusal_record_to_variant (const MrRefusalRecord *record);
GVariant *mr_never_record_to_variant (const MrNeverRecord *record);
GVariant *mr_hold_rule_record_to_variant (const MrHoldRuleRecord *record);
GVariant *mr_group_record_to_variant (const MrGroupRecord *record);
GVariant *mr_domain_finding_to_variant (const MrDomainFinding *finding); /* facts a(ss), terms a(ussbb) */
GVariant *mr_domain_report_to_variant (const MrDomainReport *report);    /* findings aa{sv}, drifts aa{sv} */
GVariant *mr_domain_record_to_variant (const MrDomainRecord *record);
GVariant *mr_list_filter_to_variant (const MrListFilter *filter);

/* Strings are borrowed from the dictionary and never NULL; the variants are references that mr_trace_step_clear() gives up. */
void mr_trace_step_read (GVariant *dict, MrTraceStep *ret);
void mr_trace_step_clear (MrTraceStep *step);

/* NULL where the required keys (id, address, ...) are missing. (transfer full) */
MrMessageRecord *mr_message_record_from_variant (GVariant *variant);
MrRecipientRecord *mr_recipient_record_from_variant (GVariant *variant);
MrAttemptRecord *mr_attempt_record_from_variant (GVariant *variant);
MrAccountRecord *mr_account_record_from_variant (GVariant *variant);
MrDiscoveryRecord *mr_discovery_record_from_variant (GVariant *variant); /* never NULL */
MrDesktopAccountRecord *mr_desktop_account_record_from_variant (GVariant *variant);
MrProgramRecord *mr_program_record_from_variant (GVariant *variant);
MrRefusalRecord *mr_refusal_record_from_variant (GVariant *variant);
MrNeverRecord *mr_never_record_from_variant (GVariant *variant);
MrHoldRuleRecord *mr_hold_rule_record_from_variant (GVariant *variant); /* never NULL; its id may be */
MrGroupRecord *mr_group_record_from_variant (GVariant *variant);
MrDomainFinding *mr_domain_finding_from_variant (GVariant *variant);
MrDomainReport *mr_domain_report_from_variant (GVariant *variant);
MrDomainRecord *mr_domain_record_from_variant (GVariant *variant);
/* Strings of the filter are borrowed from variant. Error: MR_ERROR_INVALID names the key. */
gboolean mr_list_filter_from_variant (GVariant *variant, MrListFilter *ret, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrTraceStep, mr_trace_step_clear)

G_END_DECLS

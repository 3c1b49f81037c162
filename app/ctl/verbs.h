/* The verbs, each in a file of its own. */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

int mr_verb_status (MrCtl *ctl, int argc, char **argv);
int mr_verb_list (MrCtl *ctl, int argc, char **argv);
int mr_verb_show (MrCtl *ctl, int argc, char **argv);
int mr_verb_save (MrCtl *ctl, int argc, char **argv);
int mr_verb_activity (MrCtl *ctl, int argc, char **argv);
int mr_verb_retry (MrCtl *ctl, int argc, char **argv);
int mr_verb_hold (MrCtl *ctl, int argc, char **argv);
int mr_verb_release (MrCtl *ctl, int argc, char **argv);
int mr_verb_cancel (MrCtl *ctl, int argc, char **argv);
int mr_verb_edit (MrCtl *ctl, int argc, char **argv);
int mr_verb_through (MrCtl *ctl, int argc, char **argv);
int mr_verb_schedule (MrCtl *ctl, int argc, char **argv);
int mr_verb_redirect (MrCtl *ctl, int argc, char **argv);
int mr_verb_again (MrCtl *ctl, int argc, char **argv);
int mr_verb_return (MrCtl *ctl, int argc, char **argv);
int mr_verb_delete (MrCtl *ctl, int argc, char **argv);
int mr_verb_restore (MrCtl *ctl, int argc, char **argv);
int mr_verb_pause (MrCtl *ctl, int argc, char **argv);
int mr_verb_resume (MrCtl *ctl, int argc, char **argv);
int mr_verb_explain (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_export (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_import (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_restore (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_providers (MrCtl *ctl, int argc, char **argv);
int mr_verb_account (MrCtl *ctl, int argc, char **argv);
int mr_verb_program (MrCtl *ctl, int argc, char **argv);
int mr_verb_config (MrCtl *ctl, int argc, char **argv);
int mr_verb_autostart (MrCtl *ctl, int argc, char **argv);
int mr_verb_domain (MrCtl *ctl, int argc, char **argv);
int mr_verb_hold_rule (MrCtl *ctl, int argc, char **argv);
int mr_verb_never (MrCtl *ctl, int argc, char **argv);
int mr_verb_stats (MrCtl *ctl, int argc, char **argv);
int mr_verb_audit (MrCtl *ctl, int argc, char **argv);
int mr_verb_send (MrCtl *ctl, int argc, char **argv);
int mr_verb_log (MrCtl *ctl, int argc, char **argv);

/* Verbs of account that have files of their own. */
int mr_verb_account_add (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_discover (MrCtl *ctl, int argc, char **argv);
/* Puts proven settings for address into server and user of record, without asking anybody but its domain; else tells why not. Gives the exit code. */
int mr_ctl_find_settings (MrCtl *ctl, const char *address, MrAccountRecord *record);
int mr_verb_account_set (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_order (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_pause (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_resume (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_test (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_sign_in (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_sign_out (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_oauth_client (MrCtl *ctl, int argc, char **argv);
int mr_verb_account_unlock (MrCtl *ctl, int argc, char **argv);
/* Needs the service. */
int mr_verb_domain_check (MrCtl *ctl, int argc, char **argv);
/* Verbs of domain; none of them needs the service (reports does with --keep). */
int mr_verb_domain_spf (MrCtl *ctl, int argc, char **argv);
int mr_verb_domain_verify (MrCtl *ctl, int argc, char **argv);
int mr_verb_domain_explain_headers (MrCtl *ctl, int argc, char **argv);
int mr_verb_domain_reports (MrCtl *ctl, int argc, char **argv);
/* These need it. list, add, remove and accept: */
int mr_verb_domain_list (MrCtl *ctl, int argc, char **argv);
int mr_verb_domain_evidence (MrCtl *ctl, int argc, char **argv);
int mr_verb_domain_records (MrCtl *ctl, int argc, char **argv);
int mr_verb_domain_watch (MrCtl *ctl, int argc, char **argv);
int mr_verb_domain_dkim (MrCtl *ctl, int argc, char **argv);
/* The page mail-relay.conf(5) on standard output. */
void mr_config_print_man (void);

G_END_DECLS

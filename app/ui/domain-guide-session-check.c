/* The guide's checks of the domain: one at a time, a newer one takes the place of an older one.
 *
 * A check has its own cancellable, which is also what tells whether it is still the session's: findings and the end of one that was stopped in favour of
 * another change nothing. It keeps the session alive, so that its end may look.
 */
#include "config.h"

#include "ui/domain-guide-session-private.h"

#include <glib/gi18n-lib.h>

#include "base/records-variant.h"

/* A check that is under way; one that another has taken the place of is not the session's any more. */
typedef struct {
  MrGuideSession *session; /* owned */
  GCancellable *cancellable;
} Check;

static gboolean
is_current (const Check *check)
{
  return check->session->client != NULL && check->session->check == check->cancellable;
}

static void
finding_cb (const MrDomainFinding *finding, guint done, guint total, gpointer data)
{
  MrGuideSession *self = ((Check *)data)->session;

  if (!is_current (data))
    return;
  if (total > 0)
    self->fraction = MIN (1.0, (double)done / total);
  if (finding != NULL) {
    g_autoptr (GVariant) dict = g_variant_ref_sink (mr_domain_finding_to_variant (finding));
    g_ptr_array_add (self->findings, mr_domain_finding_from_variant (dict));
  }
  mr_guide_session_tell (self, "report");
}

static void
check_ended (MrGuideSession *self, MrDomainReport *report, const GError *error)
{
  g_clear_object (&self->check);
  if (report != NULL) {
    mr_guide_session_take_domain (self, report->domain);
    g_clear_pointer (&self->report, mr_domain_report_free);
    self->report = report;
  } else
    mr_guide_session_has_failed (self, _ ("Could not check the domain"), error);
  mr_guide_session_tell (self, "report");
}

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Check *check = data;
  g_autoptr (GError) error = NULL;
  MrDomainReport *report = mr_client_check_domain_finish (MR_CLIENT (object), result, &error);

  if (is_current (check))
    check_ended (check->session, report, error);
  else
    g_clear_pointer (&report, mr_domain_report_free);
  g_object_unref (check->session);
  g_object_unref (check->cancellable);
  g_free (check);
}

void
mr_guide_session_check (MrGuideSession *self, const MrClientDomainCheck *options)
{
  MrClientDomainCheck wanted = options != NULL ? *options : (MrClientDomainCheck){ 0 };
  Check *check = g_new0 (Check, 1);

  if (self->check != NULL)
    g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  wanted.account = self->answers->account;
  wanted.direct = self->answers->direct;
  wanted.keep = TRUE;
  g_clear_pointer (&self->report, mr_domain_report_free);
  g_ptr_array_set_size (self->findings, 0);
  self->fraction = 0;
  self->check = g_cancellable_new ();
  check->session = g_object_ref (self);
  check->cancellable = g_object_ref (self->check);
  mr_client_check_domain_async (self->client, self->domain, &wanted, finding_cb, check, self->check, checked_cb, check);
  mr_guide_session_tell (self, "report");
}

void
mr_guide_session_stop_check (MrGuideSession *self)
{
  if (self->check != NULL)
    g_cancellable_cancel (self->check);
}

gboolean
mr_guide_session_is_checking (MrGuideSession *self, double *ret_fraction)
{
  *ret_fraction = self->fraction;
  return self->check != NULL;
}

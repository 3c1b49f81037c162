/* The plan as cards. A choice on this page asks the service for a new plan: nothing is worked out here. */
#include "config.h"

#include "ui/domain-guide-records.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/domain-finding-row.h"
#include "ui/domain-guide-policy.h"
#include "ui/domain-guide-record.h"
#include "ui/domain-guide-reverse.h"
#include "ui/domain-guide-steps.h"
#include "ui/domain-guide-zone.h"
#include "ui/open-link.h"

#define MOST_LOOK_UPS 10 /* RFC 7208 4.6.4 */

struct _MrGuideRecords {
  AdwBin parent_instance;
  AdwActionRow *place;
  AdwComboRow *provider;
  GtkWidget *open_place, *busy;
  GtkSpinner *spinner;
  GtkLabel *summary, *look_ups;
  GtkListBox *records;
  MrGuideSteps *steps;
  MrGuideReverse *reverse;
  MrGuidePolicy *policy;
  MrGuideZone *zone;

  MrGuideSession *session;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (MrGuideRecords, mr_guide_records, ADW_TYPE_BIN)

/* ---- the provider ---- */

static void
fill_providers (MrGuideRecords *self)
{
  GVariant *providers = mr_guide_session_get_providers (self->session);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  if (providers == NULL)
    return;
  gtk_string_list_append (names, _ ("Recognised by itself"));
  for (gsize i = 0; i < g_variant_n_children (providers); i++) {
    g_autoptr (GVariant) provider = g_variant_get_child_value (providers, i);

    gtk_string_list_append (names, mr_guide_text (provider, "name"));
  }
  self->filling = TRUE;
  adw_combo_row_set_model (self->provider, G_LIST_MODEL (names));
  self->filling = FALSE;
}

static void
provider_selected_cb (MrGuideRecords *self)
{
  GVariant *providers = self->session != NULL ? mr_guide_session_get_providers (self->session) : NULL;
  guint selected = adw_combo_row_get_selected (self->provider);
  MrGuideAnswers *answers;

  if (self->filling || providers == NULL || selected == GTK_INVALID_LIST_POSITION)
    return;
  answers = mr_guide_session_get_answers (self->session);
  if (selected == 0)
    mr_guide_answers_set (&answers->provider, "");
  else if (selected <= g_variant_n_children (providers)) {
    g_autoptr (GVariant) provider = g_variant_get_child_value (providers, selected - 1);

    mr_guide_answers_set (&answers->provider, mr_guide_text (provider, "id"));
  }
  mr_guide_session_plan (self->session);
}

static void
show_place (MrGuideRecords *self, GVariant *plan)
{
  const char *name = mr_guide_text (plan, "provider-name"), *menu = mr_guide_text (plan, "provider-menu");
  g_autofree const char **servers = NULL;
  g_autofree char *title = NULL, *subtitle = NULL;

  g_variant_lookup (plan, "servers", "^a&s", &servers);
  g_autofree char *names = servers != NULL ? g_strjoinv (", ", (char **)servers) : g_strdup ("");
  if (*name != '\0') {
    title = g_markup_printf_escaped (_ ("The entries of %s are kept by %s"), mr_guide_text (plan, "zone"), name);
    subtitle = g_markup_printf_escaped (_ ("The way there: %s"), menu);
  } else {
    title = g_markup_printf_escaped (_ ("The entries of %s are kept by the name servers %s"),
                                     mr_guide_text (plan, "zone"), names);
    subtitle = g_strdup (_ ("That is usually where the domain was bought. Choose the provider below if you know it."));
  }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->place), title);
  adw_action_row_set_subtitle (self->place, subtitle);
  gtk_widget_set_visible (self->open_place, mr_link_may_be_opened (mr_guide_text (plan, "provider-url")));
}

static void
open_place_clicked_cb (MrGuideRecords *self)
{
  GVariant *plan = mr_guide_session_get_plan (self->session);

  if (plan != NULL)
    mr_open_link (GTK_WIDGET (self), mr_guide_text (plan, "provider-url"));
}

/* ---- the entries ---- */

static void
show_look_ups (MrGuideRecords *self, GVariant *plan)
{
  g_autofree char *costs = mr_guide_dup_costs (plan);
  g_autofree char *text = NULL;
  guint look_ups = 0;

  g_variant_lookup (plan, "look-ups", "u", &look_ups);
  text = g_strdup_printf (
      _ ("The allowed senders cost %u look-ups, and receivers stop at %u: the whole entry then counts "
         "for nothing. Untick a service that no longer sends, or let one send from a name below the "
         "domain, such as news.%s, with an entry of its own."),
      look_ups, MOST_LOOK_UPS, mr_guide_session_get_domain (self->session));
  if (*costs != '\0') {
    g_autofree char *longer = g_strdup_printf ("%s\n\n%s\n%s", text, _ ("What costs how many:"), costs);
    gtk_label_set_text (self->look_ups, longer);
  } else
    gtk_label_set_text (self->look_ups, text);
  gtk_widget_set_visible (GTK_WIDGET (self->look_ups), look_ups > MOST_LOOK_UPS);
}

static void
show_records (MrGuideRecords *self, GVariant *plan)
{
  g_autoptr (GVariant) records = g_variant_lookup_value (plan, "records", G_VARIANT_TYPE ("aa{sv}"));
  guint to_do = 0;

  mr_domain_clear_list (self->records);
  for (gsize i = 0; records != NULL && i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

    to_do += strcmp (mr_guide_text (record, "state"), "done") != 0;
    gtk_list_box_append (self->records, mr_guide_record_new (record));
  }
  g_autofree char *words = g_strdup_printf (
      ngettext (
          "%u entry is to be published. Enter it on the page of the DNS provider: copy each field with the button "
          "beside it. Then go on.",
          "%u entries are to be published. Enter them on the page of the DNS provider: copy each field with the "
          "button beside it. Then go on.",
          to_do),
      to_do);
  gtk_label_set_text (self->summary, to_do == 0 ? _ ("Everything is published. Go on to see it proved.") : words);
  gtk_widget_set_visible (GTK_WIDGET (self->records), records != NULL && g_variant_n_children (records) > 0);
}

static void
plan_changed_cb (MrGuideRecords *self)
{
  GVariant *plan = mr_guide_session_get_plan (self->session);
  gboolean busy = mr_guide_session_is_planning (self->session);

  gtk_widget_set_visible (self->busy, busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), plan != NULL && !busy);
  if (plan == NULL || busy)
    return;
  show_place (self, plan);
  show_records (self, plan);
  show_look_ups (self, plan);
  mr_guide_steps_show (self->steps, plan);
  mr_guide_reverse_show (self->reverse, plan);
  mr_guide_policy_show (self->policy, plan);
  mr_guide_zone_show (self->zone, plan);
}

void
mr_guide_records_set_session (MrGuideRecords *self, MrGuideSession *session)
{
  self->session = g_object_ref (session);
  mr_guide_steps_set_session (self->steps, session);
  mr_guide_policy_set_session (self->policy, session);
  mr_guide_zone_set_session (self->zone, session);
  g_signal_connect_object (session, "changed::lists", G_CALLBACK (fill_providers), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed::plan", G_CALLBACK (plan_changed_cb), self, G_CONNECT_SWAPPED);
}

/* ---- class ---- */

static void
mr_guide_records_dispose (GObject *object)
{
  g_clear_object (&MR_GUIDE_RECORDS (object)->session);
  G_OBJECT_CLASS (mr_guide_records_parent_class)->dispose (object);
}

static void
mr_guide_records_init (MrGuideRecords *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_guide_records_class_init (MrGuideRecordsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_guide_records_dispose;
  g_type_ensure (MR_TYPE_GUIDE_STEPS);
  g_type_ensure (MR_TYPE_GUIDE_REVERSE);
  g_type_ensure (MR_TYPE_GUIDE_POLICY);
  g_type_ensure (MR_TYPE_GUIDE_ZONE);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-guide-records.ui");
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, place);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, provider);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, open_place);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, busy);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, spinner);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, summary);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, look_ups);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, records);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, steps);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, reverse);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, policy);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecords, zone);
  gtk_widget_class_bind_template_callback (widget_class, open_place_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, provider_selected_cb);
}

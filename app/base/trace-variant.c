/* A part of a trace as a dictionary and back: see records-variant.h. Its strings are borrowed, so the tables of record-fields.h do not serve. */
#include <config.h>

#include "base/records-variant.h"

static void
add_text (GVariantDict *dict, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_dict_insert_value (dict, key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

GVariant *
mr_trace_step_to_variant (const MrTraceStep *step)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "part", "s", mr_trace_part_nick (step->part));
  g_variant_dict_insert (&dict, "stage", "s", mr_stage_nick (step->stage));
  g_variant_dict_insert (&dict, "ok", "b", step->ok);
  g_variant_dict_insert (&dict, "took", "x", step->took);
  g_variant_dict_insert (&dict, "elapsed", "x", step->elapsed);
  if (step->goes_on)
    g_variant_dict_insert (&dict, "goes-on", "b", TRUE);
  if (step->code != 0)
    g_variant_dict_insert (&dict, "code", "u", step->code);
  add_text (&dict, "enhanced", step->enhanced);
  add_text (&dict, "text", step->text);
  add_text (&dict, "cause", step->cause);
  add_text (&dict, "fingerprint", step->fingerprint);
  add_text (&dict, "warning", step->warning);
  if (step->cause_params != NULL)
    g_variant_dict_insert_value (&dict, "cause-params", step->cause_params);
  if (step->details != NULL)
    g_variant_dict_insert_value (&dict, "details", step->details);
  return g_variant_dict_end (&dict);
}

/* What a dictionary holds stays as long as the dictionary, so that it can be borrowed. */
static const char *
text_of (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return text;
}

void
mr_trace_step_read (GVariant *dict, MrTraceStep *ret)
{
  *ret = (MrTraceStep){ .enhanced = text_of (dict, "enhanced"),
                        .text = text_of (dict, "text"),
                        .cause = text_of (dict, "cause"),
                        .fingerprint = text_of (dict, "fingerprint"),
                        .warning = text_of (dict, "warning") };
  mr_trace_part_from_nick (text_of (dict, "part"), &ret->part);
  mr_stage_from_nick (text_of (dict, "stage"), &ret->stage);
  g_variant_lookup (dict, "ok", "b", &ret->ok);
  g_variant_lookup (dict, "goes-on", "b", &ret->goes_on);
  g_variant_lookup (dict, "code", "u", &ret->code);
  g_variant_lookup (dict, "took", "x", &ret->took);
  g_variant_lookup (dict, "elapsed", "x", &ret->elapsed);
  ret->cause_params = g_variant_lookup_value (dict, "cause-params", G_VARIANT_TYPE ("a{ss}"));
  ret->details = g_variant_lookup_value (dict, "details", G_VARIANT_TYPE_VARDICT);
}

void
mr_trace_step_clear (MrTraceStep *step)
{
  g_clear_pointer (&step->cause_params, g_variant_unref);
  g_clear_pointer (&step->details, g_variant_unref);
}

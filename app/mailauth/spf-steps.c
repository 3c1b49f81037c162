/* The terms that were looked at, in order, as a person is shown them: see MrSpfStep in spf.h. The lists are bounded, since records of strangers fill them. */
#include <config.h>

#include "mailauth/spf-private.h"

gboolean
mr_spf_kind_looks_up (MrSpfKind kind)
{
  return kind == MR_SPF_INCLUDE || kind == MR_SPF_A || kind == MR_SPF_MX || kind == MR_SPF_PTR || kind == MR_SPF_EXISTS
         || kind == MR_SPF_REDIRECT;
}

static void
step_free (gpointer data)
{
  MrSpfStep *step = data;

  g_free (step->domain);
  g_free (step->term);
  g_free (step);
}

GPtrArray *
mr_spf_steps_new (void)
{
  return g_ptr_array_new_with_free_func (step_free);
}

MrSpfStep *
mr_spf_steps_add (GPtrArray *steps, guint max, guint depth, const char *domain, const MrSpfTerm *term)
{
  MrSpfStep *step;

  if (steps->len >= max)
    return NULL;
  step = g_new (MrSpfStep, 1);
  *step = (MrSpfStep){ depth, g_strdup (domain), g_strdup (term->text), mr_spf_kind_looks_up (term->kind), FALSE };
  g_ptr_array_add (steps, step);
  return step;
}

/* The application: one instance, one window; starting it brings the service up. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MR_TYPE_APPLICATION (mr_application_get_type ())
G_DECLARE_FINAL_TYPE (MrApplication, mr_application, MR, APPLICATION, AdwApplication)

/* Binds the translations; before the first word is shown. */
void mr_application_init_locale (void);
MrApplication *mr_application_new (void);

G_END_DECLS

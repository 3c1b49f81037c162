/* What the settings of mail-relay.conf are called for a person, and where they stand in the window; see preference-keys.c. */
#pragma once

#include "base/config.h"

G_BEGIN_DECLS

typedef enum {
  MR_PREFERENCE_GENERAL,
  MR_PREFERENCE_PROGRAMS,
  MR_PREFERENCE_SENDING,
  MR_PREFERENCE_KEEPING,
  MR_PREFERENCE_ADVANCED,
  MR_PREFERENCE_N_PAGES
} MrPreferencePage;

typedef enum {
  MR_UNIT_NONE,
  MR_UNIT_SECONDS,
  MR_UNIT_MILLISECONDS,
  MR_UNIT_DAYS,
  MR_UNIT_PERCENT,
  MR_UNIT_BYTES,
  MR_UNIT_MIB
} MrPreferenceUnit;

typedef struct {
  MrPreferencePage page;
  const char *heading; /* of the rows that stand together; translatable (N_) */
  const char *title;   /* translatable (N_) */
  const char *about;   /* what it does, where the title does not tell; translatable (N_), NULL: nothing */
  MrPreferenceUnit unit;
  const MrConfigKey *key;
} MrPreference;

/* Each setting that a person would change, in the order of the window; those that have no title of their own stand at the end and
 * are called by their help. (transfer full) of MrPreference */
GPtrArray *mr_preferences_list (void);
const char *mr_preference_page_title (MrPreferencePage page);
const char *mr_preference_page_icon (MrPreferencePage page);

/* Value, as the file has it, in words: "4 hours", "35 MiB", "On". (transfer full) */
char *mr_preference_dup_words (const MrPreference *preference, const char *value);
/* Title of one of the choices of an enum. (transfer full) */
char *mr_preference_dup_choice (const MrPreference *preference, const char *choice);
/* The biggest unit in which both value and default are whole numbers: its name and how many of the file's units it has. */
const char *mr_preference_get_scale (const MrPreference *preference, gint64 value, gint64 *ret_factor);

G_END_DECLS

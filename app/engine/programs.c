/* Passwords of programs. The configuration holds `[program ID] name= verifier= created= revoked=`.
 *
 * scrypt takes some 50 ms of CPU on purpose: it runs in the pool, at most a few at a time, and a password that was right is remembered for ten
 * minutes as a keyed digest, so that a scanner that opens a connection for each page does not pay each time.
 */
#include <config.h>

#include "engine/programs.h"

#include <glib/gi18n-lib.h>

#include "base/crypto.h"
#include "base/log.h"
#include "engine/answer.h"
#include "engine/configuration.h"

#define CHECKS_MAX    8
#define REMEMBER_USEC (600 * G_USEC_PER_SEC)
#define REMEMBER_MAX  64

typedef struct {
  MrPrograms *programs; /* NULL: gone */
  char *identity, *verifier;
  MrSecret *password;
  gboolean ok;
  MrProgramsCheckFunc func;
  gpointer data;
} Check;

struct _MrPrograms {
  MrEngine *engine;
  GPtrArray *checks; /* Check, running */
  GHashTable *known; /* digest → gint64 * */
  guint8 key[32];
};

/* A verifier nobody's password fits: an unknown name costs the same time as a wrong password. Made at first need. */
static char *
dup_dummy_verifier (void)
{
  static char *dummy;

  if (dummy == NULL) {
    g_autoptr (MrSecret) nobody = mr_random_password ();

    dummy = mr_scrypt_verifier_new (nobody, NULL);
  }
  return g_strdup (dummy);
}

static void
check_free (Check *check)
{
  g_free (check->identity);
  g_free (check->verifier);
  mr_secret_unref (check->password);
  g_free (check);
}

MrPrograms *
mr_programs_new (MrEngine *engine)
{
  MrPrograms *self = g_new0 (MrPrograms, 1);

  self->engine = engine;
  self->checks = g_ptr_array_new ();
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  mr_random_bytes (self->key, sizeof self->key);
  return self;
}

void
mr_programs_free (MrPrograms *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->checks->len; i++)
    ((Check *)g_ptr_array_index (self->checks, i))->programs = NULL;
  g_ptr_array_unref (self->checks);
  g_hash_table_unref (self->known);
  mr_wipe (self->key, sizeof self->key);
  g_free (self);
}

static char *
digest (MrPrograms *self, const Check *check)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  char *hex;

  g_byte_array_append (bytes, self->key, sizeof self->key);
  g_byte_array_append (bytes, (const guint8 *)check->verifier, (guint)strlen (check->verifier) + 1);
  g_byte_array_append (bytes, (const guint8 *)mr_secret_get (check->password),
                       (guint)mr_secret_length (check->password));
  hex = mr_sha256_hex (bytes->data, bytes->len);
  mr_wipe (bytes->data, bytes->len);
  return hex;
}

static gboolean
is_known (MrPrograms *self, const Check *check)
{
  g_autofree char *hex = digest (self, check);
  const gint64 *until = g_hash_table_lookup (self->known, hex);

  return until != NULL && *until > mr_clock_monotonic (self->engine->clock);
}

static void
remember (MrPrograms *self, const Check *check)
{
  gint64 *until = g_new (gint64, 1);

  if (g_hash_table_size (self->known) >= REMEMBER_MAX)
    g_hash_table_remove_all (self->known);
  *until = mr_clock_monotonic (self->engine->clock) + REMEMBER_USEC;
  g_hash_table_insert (self->known, digest (self, check), until);
}

static void
check_work (gpointer data)
{
  Check *check = data;

  check->ok = mr_scrypt_verify (check->verifier, check->password);
}

static void
check_done (gpointer data)
{
  Check *check = data;

  if (check->programs != NULL) {
    g_ptr_array_remove_fast (check->programs->checks, check);
    if (check->ok)
      remember (check->programs, check);
    else
      mr_warning ("engine", "wrong password for program %s", check->identity);
    if (check->func != NULL)
      check->func (check->ok, FALSE, check->data);
  }
  check_free (check);
}

/* The answer never comes before mr_programs_check() has returned. */
static void
no_work (gpointer data)
{
  ((Check *)data)->ok = TRUE;
}

static gboolean
too_many_cb (gpointer data)
{
  Check *check = data;

  if (check->programs != NULL) {
    g_ptr_array_remove_fast (check->programs->checks, check);
    if (check->func != NULL)
      check->func (FALSE, TRUE, check->data);
  }
  check_free (check);
  return G_SOURCE_REMOVE;
}

void
mr_programs_check (MrPrograms *self, const char *identity, MrSecret *password, MrProgramsCheckFunc func, gpointer data)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  g_autofree char *group = g_strconcat ("program ", identity, NULL);
  Check *check = g_new0 (Check, 1);
  gboolean full = self->checks->len >= CHECKS_MAX;

  check->programs = self;
  check->identity = g_strdup (identity);
  check->password = mr_secret_ref (password);
  check->func = func;
  check->data = data;
  if (mr_config_id_is_valid (identity) && mr_config_is_set (config, group, "verifier")
      && !mr_config_get_boolean (config, group, "revoked"))
    check->verifier = g_strdup (mr_config_get_string (config, group, "verifier"));
  else
    check->verifier = dup_dummy_verifier ();
  g_ptr_array_add (self->checks, check);
  if (is_known (self, check))
    mr_engine_run_in_pool (no_work, check_done, check);
  else if (full)
    g_idle_add (too_many_cb, check);
  else
    mr_engine_run_in_pool (check_work, check_done, check);
}

void
mr_programs_cancel (MrPrograms *self, gpointer data)
{
  for (guint i = 0; i < self->checks->len; i++) {
    Check *check = g_ptr_array_index (self->checks, i);

    if (check->data == data)
      check->func = NULL;
  }
}

/* ---- the engine's public calls ---- */

void
mr_engine_list_programs (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  MrConfig *config = mr_engine_get_config (engine);
  g_auto (GStrv) ids = mr_config_dup_ids (config, "program");
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_program_record_free);

  for (guint i = 0; ids[i] != NULL; i++) {
    g_autofree char *group = g_strconcat ("program ", ids[i], NULL);
    MrProgramRecord *record = mr_program_record_new ();

    record->id = g_strdup (ids[i]);
    record->name = g_strdup (mr_config_get_string (config, group, "name"));
    record->created = MIN (mr_config_get_integer (config, group, "created"), G_MAXINT64 / G_USEC_PER_SEC)
                      * G_USEC_PER_SEC;
    record->revoked = mr_config_get_boolean (config, group, "revoked");
    g_ptr_array_add (records, record);
  }
  mr_answer_records (func, records, NULL, data);
}

typedef struct {
  MrEngine *engine;
  char *id, *name, *verifier;
  gint64 created;
  MrSecret *password;
  MrPasswordFunc func;
  gpointer data;
} NewProgram;

static void
new_program_work (gpointer data)
{
  NewProgram *np = data;

  np->verifier = mr_scrypt_verifier_new (np->password, NULL);
}

static void
new_program_done (gpointer data)
{
  NewProgram *np = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *group = g_strconcat ("program ", np->id, NULL);
  g_autofree char *created = g_strdup_printf ("%" G_GINT64_FORMAT, np->created);
  const MrConfigurationEdit edits[]
      = { { group, "name", np->name }, { group, "verifier", np->verifier }, { group, "created", created } };

  if (np->verifier == NULL)
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_FAILED, _ ("The password could not be made; try again"));
  else if (np->engine->configuration == NULL)
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_CANCELLED, _ ("The service was stopped; try again"));
  else
    mr_configuration_apply (np->engine->configuration, edits, G_N_ELEMENTS (edits), NULL, &error);
  np->func (error == NULL ? np->id : NULL, error == NULL ? np->password : NULL, error, np->data);
  mr_engine_notify (np->engine, MR_CHANGED_PROGRAMS);
  g_rc_box_release (np->engine);
  mr_secret_unref (np->password);
  g_free (np->id);
  g_free (np->name);
  g_free (np->verifier);
  g_free (np);
}

/* "Scan to mail!" → "scan-to-mail", made unique with a number. */
static char *
id_from_name (MrConfig *config, const char *name)
{
  g_autoptr (GString) id = g_string_new (NULL);

  for (const char *p = name; *p != '\0' && id->len < 24; p++) {
    if (g_ascii_isalnum (*p))
      g_string_append_c (id, g_ascii_tolower (*p));
    else if (id->len > 0 && id->str[id->len - 1] != '-')
      g_string_append_c (id, '-');
  }
  if (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate (id, id->len - 1);
  if (id->len == 0)
    g_string_assign (id, "program");
  for (guint n = 1; n < 1000; n++) {
    g_autofree char *candidate = n == 1 ? g_strdup (id->str) : g_strdup_printf ("%s-%u", id->str, n);
    g_autofree char *group = g_strconcat ("program ", candidate, NULL);

    if (!mr_config_is_set (config, group, "name"))
      return g_steal_pointer (&candidate);
  }
  return NULL;
}

void
mr_engine_add_program (MrEngine *engine, const char *name, MrPasswordFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *clean = g_strdup (name);
  g_autofree char *id = NULL;
  NewProgram *np;

  g_strstrip (clean);
  if (*clean == '\0' || strlen (clean) > 100 || strpbrk (clean, "\r\n") != NULL || !g_utf8_validate (clean, -1, NULL))
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("name: give the program a name of up to 100 characters"));
  else if ((id = id_from_name (mr_engine_get_config (engine), clean)) == NULL)
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_EXISTS, _ ("name: choose another name"));
  if (error != NULL) {
    mr_answer_no_password (func, error, data);
    return;
  }
  np = g_new0 (NewProgram, 1);
  np->engine = g_rc_box_acquire (engine);
  np->created = mr_clock_wall (engine->clock) / G_USEC_PER_SEC;
  np->id = g_steal_pointer (&id);
  np->name = g_steal_pointer (&clean);
  np->password = mr_random_password ();
  np->func = func;
  np->data = data;
  mr_engine_run_in_pool (new_program_work, new_program_done, np);
}

void
mr_engine_remove_program (MrEngine *engine, const char *id, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *group = g_strconcat ("program ", id, NULL);

  if (!mr_config_id_is_valid (id) || !mr_config_is_set (mr_engine_get_config (engine), group, "verifier"))
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no program “%s”"), id);
  else
    mr_configuration_apply (engine->configuration, NULL, 0, group, &error);
  mr_answer_done (func, error, data);
  mr_engine_notify (engine, MR_CHANGED_PROGRAMS);
}

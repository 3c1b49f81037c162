/* The schema of the store and the machinery that brings older files up to it. */
#pragma once

#include "store/db.h"

G_BEGIN_DECLS

typedef struct {
  int version; /* PRAGMA user_version after this step */
  const char *sql;
  gboolean (*apply) (MrDb *db, GError **error); /* after sql, in the same transaction; may be NULL */
} MrMigration;

/* Brings the file to the version of the last row (versions rise), one transaction a step; stops at the first error with the file at the last version
 * that worked. A file of a newer version, or one that is not a store, is MR_ERROR_STORE and untouched. */
gboolean mr_schema_migrate (MrDb *db, const MrMigration *migrations, guint n, GError **error);
/* The steps of this program. */
const MrMigration *mr_schema_migrations (guint *ret_n);

/* Keys of rows that belong to a message: its number in the upper bits, the number within the message below. */
#define MR_KEY_BITS    20
#define MR_KEY_MAX_N   ((1 << MR_KEY_BITS) - 1)
#define MR_KEY(num, n) (((gint64)(num) << MR_KEY_BITS) | (gint64)(n))
#define MR_NUM_MAX     (((gint64)1 << 43) - 1)

G_END_DECLS

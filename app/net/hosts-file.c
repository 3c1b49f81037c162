/* The hosts file: a missing or unreadable one is an empty one, a line that cannot be read is left out. */
#include "net/hosts-file.h"

#include <string.h>
#include <sys/stat.h>

#include "base/os.h"
#include "net/resolver.h"

#define SIZE_MAX_BYTES (1024 * 1024)
#define ADDRESSES_MAX  16

struct _MrHostsFile {
  char *path;
  gint64 stamp[4];   /* of the file that was read last */
  GHashTable *names; /* lower case → GPtrArray of addresses, NULL-terminated */
};

static void
add (MrHostsFile *self, const char *name, const char *address)
{
  g_autofree char *key = g_ascii_strdown (name, -1);
  GPtrArray *addresses = g_hash_table_lookup (self->names, key);

  if (addresses == NULL) {
    addresses = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (addresses, NULL);
    g_hash_table_insert (self->names, g_steal_pointer (&key), addresses);
  }
  if (addresses->len <= ADDRESSES_MAX)
    g_ptr_array_insert (addresses, (int)addresses->len - 1, g_strdup (address));
}

static void
read_line (MrHostsFile *self, char *line)
{
  const char *address = NULL;
  char *rest = line, *word;

  line[strcspn (line, "#\r")] = '\0';
  while ((word = strsep (&rest, " \t")) != NULL) {
    if (*word == '\0')
      continue;
    if (address == NULL && !mr_address_is_numeric (word))
      return;
    if (address == NULL)
      address = word;
    else
      add (self, word, address);
  }
}

static void
read_file (MrHostsFile *self)
{
  g_autofree char *text = NULL;
  gsize len;
  char *rest, *line;

  g_hash_table_remove_all (self->names);
  if (!mr_os_read_file (self->path, SIZE_MAX_BYTES, &text, &len, NULL))
    return;
  rest = text;
  while ((line = strsep (&rest, "\n")) != NULL)
    read_line (self, line);
}

static void
refresh (MrHostsFile *self)
{
  struct stat st = { 0 };
  gint64 stamp[4] = { -1, -1, -1, -1 };

  if (stat (self->path, &st) == 0) {
    stamp[0] = st.st_mtim.tv_sec;
    stamp[1] = st.st_mtim.tv_nsec;
    stamp[2] = st.st_size;
    stamp[3] = (gint64)st.st_ino;
  }
  if (memcmp (stamp, self->stamp, sizeof stamp) == 0)
    return;
  memcpy (self->stamp, stamp, sizeof stamp);
  read_file (self);
}

MrHostsFile *
mr_hosts_file_new (const char *path)
{
  MrHostsFile *self = g_new0 (MrHostsFile, 1);

  self->path = g_strdup (path);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  return self;
}

void
mr_hosts_file_free (MrHostsFile *hosts)
{
  if (hosts == NULL)
    return;
  g_hash_table_unref (hosts->names);
  g_free (hosts->path);
  g_free (hosts);
}

const char *const *
mr_hosts_file_find (MrHostsFile *hosts, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);
  const GPtrArray *addresses;

  if (g_str_has_suffix (key, "."))
    key[strlen (key) - 1] = '\0';
  refresh (hosts);
  addresses = g_hash_table_lookup (hosts->names, key);
  return addresses != NULL ? (const char *const *)addresses->pdata : NULL;
}

/* One datagram to $NOTIFY_SOCKET: not worth a library. A manager that does not listen is not our trouble. */
#include "service/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void
mr_service_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize len = path != NULL ? strlen (path) : 0;

  if (len == 0 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
    return;
  memcpy (address.sun_path, path, len);
  if (path[0] == '@')
    address.sun_path[0] = '\0'; /* abstract name */

  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  (void)sendto (fd, state, strlen (state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                (socklen_t)(offsetof (struct sockaddr_un, sun_path) + len));
  close (fd);
}

/* Owners of TCP sockets.
 *
 * The exact look-up costs microseconds however many sockets there are. A socket that its process has closed is still
 * found (FIN-WAIT-2, TIME-WAIT) but has no inode and reads as uid 0: such an answer is no answer, in both ways.
 */
#include "net/sock-diag.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Lines of /proc/net/tcp that are read at most. */
#define PROC_LINES_MAX 100000
#define DUMP_SIZE      32768

static GMutex diag_lock;
static int diag_fd = -1;
static guint32 diag_seq;

typedef struct {
  struct nlmsghdr head;
  struct inet_diag_req_v2 request;
} DiagQuery;

static int
diag_socket (void)
{
  if (diag_fd < 0)
    diag_fd = socket (AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
  return diag_fd;
}

void
mr_sock_diag_init (void)
{
  g_mutex_lock (&diag_lock);
  diag_socket ();
  g_mutex_unlock (&diag_lock);
}

static void
fill_address (const MrSockaddr *address, __be32 *ret_address, __be16 *ret_port)
{
  if (address->any.sa_family == AF_INET) {
    ret_address[0] = address->v4.sin_addr.s_addr;
    *ret_port = address->v4.sin_port;
  } else {
    memcpy (ret_address, &address->v6.sin6_addr, 16);
    *ret_port = address->v6.sin6_port;
  }
}

static gboolean
send_query (DiagQuery *query, gboolean dump)
{
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

  query->head.nlmsg_len = sizeof *query;
  query->head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query->head.nlmsg_flags = NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0);
  query->head.nlmsg_seq = ++diag_seq;
  return diag_socket () >= 0
         && sendto (diag_fd, query, sizeof *query, MSG_NOSIGNAL, (struct sockaddr *)&kernel, sizeof kernel) >= 0;
}

/* The kernel answers within sendto(), so nothing to receive means that there is no answer. */
static gssize
receive (void *data, gsize size)
{
  gssize n;

  do
    n = recv (diag_fd, data, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return n;
}

static gboolean
take_owner (const struct inet_diag_msg *message, MrSocketOwner *ret)
{
  if (message->idiag_inode == 0 || message->idiag_state == TCP_TIME_WAIT)
    return FALSE;
  ret->uid = message->idiag_uid;
  ret->inode = message->idiag_inode;
  return TRUE;
}

/* *ret_asked: the kernel gave an answer, be it a refusal. */
static gboolean
diag_exact (const MrSockaddr *source, const MrSockaddr *destination, MrSocketOwner *ret, gboolean *ret_asked)
{
  union {
    struct nlmsghdr head;
    char bytes[4096];
  } answer;
  DiagQuery query = { .request = { .sdiag_family = (guint8)source->any.sa_family,
                                   .sdiag_protocol = IPPROTO_TCP,
                                   .idiag_states = ~0U,
                                   .id.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE } } };
  gssize n;

  fill_address (source, query.request.id.idiag_src, &query.request.id.idiag_sport);
  fill_address (destination, query.request.id.idiag_dst, &query.request.id.idiag_dport);
  *ret_asked = FALSE;
  if (!send_query (&query, FALSE))
    return FALSE;
  while ((n = receive (&answer, sizeof answer)) >= (gssize)sizeof answer.head) {
    if (answer.head.nlmsg_seq != query.head.nlmsg_seq)
      continue; /* left over from a query that was given up */
    *ret_asked = TRUE;
    return answer.head.nlmsg_type == SOCK_DIAG_BY_FAMILY && n >= (gssize)NLMSG_LENGTH (sizeof (struct inet_diag_msg))
           && take_owner (NLMSG_DATA (&answer.head), ret);
  }
  return FALSE;
}

static gboolean
listens_on (const struct inet_diag_msg *message, const MrSockaddr *address)
{
  MrSockaddr other = { 0 };

  if (message->id.idiag_sport != g_htons (mr_sockaddr_port (address)))
    return FALSE;
  other.any.sa_family = message->idiag_family;
  if (message->idiag_family == AF_INET)
    other.v4.sin_addr.s_addr = message->id.idiag_src[0];
  else
    memcpy (&other.v6.sin6_addr, message->id.idiag_src, 16);
  return mr_sockaddr_is_unspecified (&other) || mr_sockaddr_is_unspecified (address)
         || mr_sockaddr_equal (&other, address, FALSE);
}

static gboolean
diag_listeners (int family, const MrSockaddr *address, MrSocketOwner *ret)
{
  g_autofree char *bytes = g_malloc (DUMP_SIZE);
  DiagQuery query = {
    .request = { .sdiag_family = (guint8)family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = 1U << TCP_LISTEN }
  };
  gboolean found = FALSE, done = FALSE;
  gssize n;

  if (!send_query (&query, TRUE))
    return FALSE;
  /* Read to the end: the rest of a dump would be in the way of the next query. */
  while (!done && (n = receive (bytes, DUMP_SIZE)) > 0) {
    struct nlmsghdr head;
    struct inet_diag_msg message;

    for (gsize at = 0; !done && at + sizeof head <= (gsize)n; at += NLMSG_ALIGN (head.nlmsg_len)) {
      memcpy (&head, bytes + at, sizeof head);
      done = head.nlmsg_type != SOCK_DIAG_BY_FAMILY || head.nlmsg_len < NLMSG_LENGTH (sizeof message)
             || at + head.nlmsg_len > (gsize)n;
      if (done || found)
        continue;
      memcpy (&message, bytes + at + NLMSG_HDRLEN, sizeof message);
      found = listens_on (&message, address) && take_owner (&message, ret);
    }
  }
  return found;
}

static void
hex_address (const MrSockaddr *address, gboolean mapped, char ret[33])
{
  guint32 words[4] = { 0, 0, g_htonl (0xffff), 0 };
  guint n = 4, first = 0;

  if (address->any.sa_family == AF_INET) {
    words[3] = address->v4.sin_addr.s_addr;
    first = mapped ? 0 : 3;
  } else {
    memcpy (words, &address->v6.sin6_addr, 16);
  }
  for (guint i = first; i < n; i++)
    g_snprintf (ret + 8 * (i - first), 9, "%08X", words[i]);
}

static gboolean
scan_proc (const char *file, const char *local, guint local_port, const char *remote, guint remote_port,
           MrSocketOwner *ret)
{
  FILE *stream = fopen (file, "re");
  char line[512], a[33], b[33];
  guint ap, bp, state, uid;
  unsigned long inode;
  gboolean found = FALSE;

  if (stream == NULL)
    return FALSE;
  for (guint i = 0; i < PROC_LINES_MAX && !found && fgets (line, sizeof line, stream) != NULL; i++) {
    if (sscanf (line, "%*d: %32[0-9A-F]:%X %32[0-9A-F]:%X %X %*s %*s %*s %u %*d %lu", a, &ap, b, &bp, &state, &uid,
                &inode)
            != 7
        || ap != local_port || bp != remote_port || strcmp (a, local) != 0 || strcmp (b, remote) != 0)
      continue;
    if (inode == 0 || state == TCP_TIME_WAIT)
      break;
    ret->uid = uid;
    ret->inode = inode;
    found = TRUE;
  }
  fclose (stream);
  return found;
}

static gboolean
proc_exact (const MrSockaddr *source, const MrSockaddr *destination, MrSocketOwner *ret)
{
  char s[33], d[33];

  if (source->any.sa_family == AF_INET) {
    hex_address (source, FALSE, s);
    hex_address (destination, FALSE, d);
    if (scan_proc ("/proc/net/tcp", s, mr_sockaddr_port (source), d, mr_sockaddr_port (destination), ret))
      return TRUE;
    /* The program may have an IPv6 socket with a mapped address. */
  }
  hex_address (source, TRUE, s);
  hex_address (destination, TRUE, d);
  return scan_proc ("/proc/net/tcp6", s, mr_sockaddr_port (source), d, mr_sockaddr_port (destination), ret);
}

gboolean
mr_sock_diag_find (const MrSockaddr *source, const MrSockaddr *destination, MrSocketOwner *ret)
{
  MrSockaddr from = *source, to = *destination;
  gboolean asked, found;

  mr_sockaddr_unmap (&from);
  mr_sockaddr_unmap (&to);
  if (from.any.sa_family != to.any.sa_family)
    return FALSE;
  g_mutex_lock (&diag_lock);
  found = diag_exact (&from, &to, ret, &asked);
  g_mutex_unlock (&diag_lock);
  return asked ? found : proc_exact (&from, &to, ret);
}

gboolean
mr_sock_diag_find_listener (const MrSockaddr *address, MrSocketOwner *ret)
{
  gboolean found;

  g_mutex_lock (&diag_lock);
  found = diag_listeners (address->any.sa_family, address, ret);
  /* A dual-stack wildcard holds the IPv4 port too. */
  if (!found && address->any.sa_family == AF_INET)
    found = diag_listeners (AF_INET6, address, ret);
  g_mutex_unlock (&diag_lock);
  return found;
}

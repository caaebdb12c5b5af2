/* What a descriptor tells about its socket. Nothing here may consume or
 * change: SO_ERROR and MSG_PEEK, which would take the user's error, are not
 * used (sock_error() of the kernel clears it). */
#include "sockstage/kernel/probe.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "sample_fill.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

/* Reads one int-like option; returns 0 or -errno. */
static int read_option(
    int fd, int level, int option, void *out, socklen_t size, socklen_t *len)
{
    *len = size;
    return getsockopt(fd, level, option, out, len) < 0 ? -errno : 0;
}

static int read_kind(int fd, struct sock_sample *s)
{
    int domain = 0, proto = 0;
    uint64_t cookie = 0;
    socklen_t len;
    int rc =
        read_option(fd, SOL_SOCKET, SO_DOMAIN, &domain, sizeof domain, &len);

    if (!rc)
        rc = read_option(
            fd, SOL_SOCKET, SO_PROTOCOL, &proto, sizeof proto, &len);
    if (!rc)
        rc = read_option(
            fd, SOL_SOCKET, SO_COOKIE, &cookie, sizeof cookie, &len);
    if (rc)
        return rc;
    if ((domain != AF_INET && domain != AF_INET6) ||
        (proto != IPPROTO_TCP && proto != IPPROTO_UDP))
        return -EPROTONOSUPPORT;
    s->family = (uint16_t)domain;
    s->proto = (uint8_t)proto;
    s->cookie = cookie;
    return 0;
}

static int read_names(int fd, struct sock_sample *s)
{
    struct sockaddr_storage sa;
    struct stat st;
    socklen_t len = sizeof sa;

    memset(&sa, 0, sizeof sa);
    if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
        return -errno;
    s->local = addr_from_sockaddr(&sa);
    memset(&sa, 0, sizeof sa);
    len = sizeof sa;
    if (getpeername(fd, (struct sockaddr *)&sa, &len) == 0)
        s->peer = addr_from_sockaddr(&sa);
    else if (errno != ENOTCONN)
        return -errno;
    if (fstat(fd, &st) < 0)
        return -errno;
    s->inode = (uint32_t)st.st_ino;
    return 0;
}

static int read_mem(int fd, struct sock_sample *s)
{
    uint32_t mem[SK_MEMINFO_VARS];
    socklen_t len;
    int rc = read_option(fd, SOL_SOCKET, SO_MEMINFO, mem, sizeof mem, &len);

    if (rc)
        return rc == -ENOPROTOOPT ? 0 : rc; /* before Linux 4.12 */
    sample_set_mem(s, mem, len / sizeof mem[0]);
    return 0;
}

static int read_count(int fd, unsigned long request, uint32_t *out)
{
    int n = 0;

    if (ioctl(fd, request, &n) < 0)
        return -errno;
    *out = n > 0 ? (uint32_t)n : 0;
    return 0;
}

static int read_tcp(int fd, struct sock_sample *s)
{
    unsigned char raw[sizeof s->info];
    uint32_t unacked = 0, unsent = 0, unread = 0;
    socklen_t len;
    int rc = read_option(fd, IPPROTO_TCP, TCP_INFO, raw, sizeof raw, &len);

    if (rc)
        return rc;
    sample_set_info(s, raw, len);
    s->state = sample_state(s->info.state);
    if (s->state == TCP_STATE_LISTEN) {
        /* tcp_get_info() of the kernel puts the queue into these two. */
        s->accept_queue = s->info.unacked;
        s->backlog = s->info.sacked;
        return 0;
    }
    if (s->state == TCP_STATE_CLOSED)
        return 0;
    rc = read_count(fd, SIOCOUTQ, &unacked);
    if (!rc)
        rc = read_count(fd, SIOCOUTQNSD, &unsent);
    if (!rc)
        rc = read_count(fd, SIOCINQ, &unread);
    if (rc == -EINVAL)
        return 0; /* became a listener meanwhile: other threads may act */
    sample_set_queues(s, unacked, unsent, unread, false);
    return rc;
}

/* SIOCOUTQ of UDP is memory, not payload, so it is left out. SIOCINQ throws a
 * datagram with a wrong checksum away and counts it, as recv() would
 * (first_packet_length() in net/ipv4/udp.c): so it comes before the counts. */
static int read_udp(int fd, struct sock_sample *s)
{
    s->state = s->peer.family ? TCP_STATE_ESTABLISHED : TCP_STATE_CLOSED;
    return read_count(fd, SIOCINQ, &s->recv_buffer);
}

int probe_fd(int fd, struct sock_sample *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    int rc = read_kind(fd, out);
    if (!rc)
        rc = read_names(fd, out);
    if (!rc)
        rc = out->proto == IPPROTO_TCP ? read_tcp(fd, out) : read_udp(fd, out);
    if (!rc)
        rc = read_mem(fd, out);
    if (rc)
        return err_sys(e, -rc, _("cannot read socket %d"), fd);
    return 0;
}

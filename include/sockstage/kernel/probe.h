/* Reading sockets without touching them. None of these consumes a pending
 * error, peeks at data, sets an option or changes a timer. */
#ifndef SOCKSTAGE_KERNEL_PROBE_H
#define SOCKSTAGE_KERNEL_PROBE_H

#include "sockstage/base/err.h"
#include "sockstage/kernel/sample.h"

/* Everything a descriptor tells: TCP_INFO, SIOCOUTQ, SIOCOUTQNSD, SIOCINQ,
 * SO_MEMINFO, SO_COOKIE, getsockname(2), getpeername(2); see tcp(7), udp(7).
 * TIME_WAIT and timers aren't on a descriptor: ask diag_query() for them.
 * In state CLOSED the queue ioctls return stale values, so they read as 0. A
 * socket that connect() has not finished has its peer left at family 0.
 * Returns 0 or -errno. */
int probe_fd(int fd, struct sock_sample *out, struct err *e);

/* A NETLINK_SOCK_DIAG socket (sock_diag(7)). It answers for the network
 * namespace in which it was opened, wherever the thread is later. */
struct diag;

int diag_open(struct diag **out, struct err *e);
void diag_close(struct diag *d); /* NULL is allowed */

/* The one socket with exactly these addresses: SYN_RECEIVED, orphaned and
 * TIME_WAIT ones too. `peer` may have family 0: the listener on `local` (or
 * the bound UDP socket). Returns 0, -ENOENT when the kernel has none (a
 * listener returned instead of the connection counts as none), or -errno. */
int diag_query(struct diag *d, uint8_t proto, const struct addr *local,
    const struct addr *peer, struct sock_sample *out, struct err *e);

/* All TCP (or UDP) sockets of the namespace, both families, fresh and bound
 * ones left out, as ss(8) lists them with -ta; `each` must not call `d`.
 * `states` is a mask of 1 << enum tcp_state. Returns 0 or -errno. */
int diag_dump(struct diag *d, uint8_t proto, uint32_t states,
    void (*each)(const struct sock_sample *s, void *ctx), void *ctx,
    struct err *e);

#endif

/* A batch of rtnetlink(7) messages: a few system calls for all of them, and
 * each one that fails can be named. */
#ifndef SOCKSTAGE_KERNEL_RTNL_H
#define SOCKSTAGE_KERNEL_RTNL_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTNL_STEPS_MAX 32
#define RTNL_BYTES_MAX 8192

/* What one message asks for, to name it when it fails. */
struct rtnl_step {
    const char *what; /* a format that takes `object` and `link` */
    const char *object;
    const char *link;
    bool is_ipv6; /* its failure means that there is no IPv6 */
};

struct rtnl_batch {
    struct rtnl_step steps[RTNL_STEPS_MAX];
    size_t count;
    size_t used; /* bytes of buf */
    struct nlmsghdr *last;
    _Alignas(NLMSG_ALIGNTO) char buf[RTNL_BYTES_MAX];
};

#define RTNL_BATCH_INIT                                                        \
    {                                                                          \
        .count = 0                                                             \
    }

/* Begins and ends a message; between them the caller adds what is in it. The
 * texts of `step` are borrowed until the batch is sent. */
struct nlmsghdr *rtnl_begin(
    struct rtnl_batch *b, uint16_t type, uint16_t flags, struct rtnl_step step);
void rtnl_end(struct rtnl_batch *b, struct nlmsghdr *msg);

/* RTM_NEWLINK for the interface of that index. `flags` (IFF_*) are switched
 * on. */
struct nlmsghdr *rtnl_begin_link(
    struct rtnl_batch *b, int ifindex, unsigned flags, struct rtnl_step step);

/* Whole messages: brings an interface up; takes its link-local address away,
 * so that nothing speaks by itself (before it is up). */
void rtnl_put_link_up(struct rtnl_batch *b, const char *name, int ifindex);
void rtnl_put_link_quiet(struct rtnl_batch *b, const char *name, int ifindex);

/* Sends the batch in the thread's network namespace; 0, or the first failure
 * that matters. One of IPv6 only sets `*has_ipv6` to false and adds the reason
 * as a line to `skipped` (which may be NULL), unless it was false before. */
int rtnl_send(
    struct rtnl_batch *b, bool *has_ipv6, struct str *skipped, struct err *e);

#endif

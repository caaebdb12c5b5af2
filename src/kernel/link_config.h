/* Interfaces, addresses and routes of the thread's network namespace, by
 * rtnetlink(7). */
#ifndef SOCKSTAGE_KERNEL_LINK_CONFIG_H
#define SOCKSTAGE_KERNEL_LINK_CONFIG_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_ROUTES_MAX 4

#define LINK_MTU_DEFAULT 1500U
/* RFC 791 and RFC 8200: below the second an interface has no IPv6. */
#define LINK_MTU_MIN      68U
#define LINK_MTU_MIN_IPV6 1280U
#define LINK_MTU_MAX      65535U

/* One wire end: its addresses, and the single hosts reached through it. The
 * first entry that is NULL ends `routes`. */
struct link_plan {
    const char *name;
    int ifindex;
    const char *ipv4;
    const char *ipv6; /* NULL: none */
    const char *routes[LINK_ROUTES_MAX];
};

/* How all links of the wire carry packets. */
struct link_shape {
    uint32_t mtu_bytes;
    /* One segment a packet, an MSS of round numbers, ACKs at once; otherwise
     * what the kernel does by itself. */
    bool calm;
    /* Of the routes' (RTA_PRIORITY): the lowest counts. Routes of an earlier
     * shape stay behind those of the next one, see link_config_reshape(). */
    uint32_t priority;
};

#define LINK_PRIORITY_FIRST (1U << 30)

/* Brings up lo and the `count` links, which exist already. Without IPv6 in
 * this kernel the rest is still done, the reason is added as a line to
 * `skipped` (which may be NULL) and `*has_ipv6` is false. */
int link_config_apply(const struct link_plan *plans, size_t count,
    const struct link_shape *shape, bool *has_ipv6, struct str *skipped,
    struct err *e);

/* Gives the links and their routes another shape, whose priority is lower than
 * that of the last. The old routes stay: a socket's cached route whose entry is
 * freed is moved to a device with an MTU of 68 (dst_dev_put(),
 * blackhole_netdev) and would cut its next segments that small. An MTU below
 * LINK_MTU_MIN_IPV6 takes IPv6 away (`*has_ipv6` is then false); a larger one
 * brings the IPv6 addresses and routes back if it was false before. */
int link_config_reshape(const struct link_plan *plans, size_t count,
    const struct link_shape *shape, bool *has_ipv6, struct err *e);

#endif

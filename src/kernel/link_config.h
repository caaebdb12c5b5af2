/* Interfaces, addresses and routes of the thread's network namespace, by
 * rtnetlink(7). */
#ifndef SOCKSTAGE_KERNEL_LINK_CONFIG_H
#define SOCKSTAGE_KERNEL_LINK_CONFIG_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"

#include <stdbool.h>

#define LINK_ROUTES_MAX 4

/* One wire end: its addresses, and the single hosts reached through it. The
 * first entry that is NULL ends `routes`. */
struct link_plan {
    const char *name;
    int ifindex;
    const char *ipv4;
    const char *ipv6; /* NULL: none */
    const char *routes[LINK_ROUTES_MAX];
};

/* Brings up lo and the `count` links, which exist already. Without IPv6 in
 * this kernel the rest is still done, the reason is added as a line to
 * `skipped` (which may be NULL) and `*has_ipv6` is false. */
int link_config_apply(const struct link_plan *plans, size_t count,
    bool *has_ipv6, struct str *skipped, struct err *e);

#endif

/* What the links of a host are made of, as one batch of rtnetlink messages:
 * shape, addresses, and routes to the single hosts behind them. */
#include "link_config.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "rtnl.h"
#include "sockstage/base/addr.h"
#include "sockstage/base/text.h"

#define LO_INDEX 1 /* always, see loopback_net_init() of the kernel */

/* With 12 bytes of timestamps a full segment carries 1000 bytes. */
#define CALM_ADVMSS 1012
/* IPv4 and TCP without options. */
#define HEADERS_BYTES 40
/* The queue holds what one burst can bring; with 500 datagrams get lost. */
#define WIRE_QUEUE_PACKETS 10000
/* GSO_MAX_SEGS of the kernel, what every device starts with. */
#define GSO_SEGS_DEFAULT 65535

static void put_link_shape(struct rtnl_batch *b, const struct link_plan *p,
    const struct link_shape *shape)
{
    struct rtnl_step step = {
        N_("cannot set MTU and queues of %s"), p->name, p->name, false};
    struct nlmsghdr *msg = rtnl_begin_link(b, p->ifindex, 0, step);

    mnl_attr_put_u32(msg, IFLA_MTU, shape->mtu_bytes);
    mnl_attr_put_u32(msg, IFLA_TXQLEN, WIRE_QUEUE_PACKETS);
    /* One segment a packet; otherwise SO_SNDBUF below 46 KB means nothing. */
    mnl_attr_put_u32(
        msg, IFLA_GSO_MAX_SEGS, shape->calm ? 1 : GSO_SEGS_DEFAULT);
    rtnl_end(b, msg);
}

static size_t ip_bytes(const struct addr *a)
{
    return a->family == AF_INET6 ? 16 : 4;
}

static void put_address(
    struct rtnl_batch *b, const struct link_plan *p, const char *ip)
{
    struct addr a;

    if (!addr_parse(ip, 0, &a))
        return;
    bool is_ipv6 = a.family == AF_INET6;
    struct rtnl_step step = {
        N_("cannot add the address %s to %s"), ip, p->name, is_ipv6};
    struct nlmsghdr *msg =
        rtnl_begin(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, step);
    struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(msg, sizeof *info);

    info->ifa_family = (uint8_t)a.family;
    info->ifa_prefixlen = (uint8_t)(8 * ip_bytes(&a));
    info->ifa_scope = RT_SCOPE_UNIVERSE;
    info->ifa_index = (uint32_t)p->ifindex;
    mnl_attr_put(msg, IFA_LOCAL, ip_bytes(&a), a.ip);
    mnl_attr_put(msg, IFA_ADDRESS, ip_bytes(&a), a.ip);
    if (is_ipv6)
        mnl_attr_put_u32(msg, IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
    rtnl_end(b, msg);
}

static struct nlmsghdr *begin_route(struct rtnl_batch *b,
    const struct link_plan *p, const char *ip, const struct addr *to,
    struct rtmsg shape)
{
    struct rtnl_step step = {N_("cannot add the route to %s over %s"), ip,
        p->name, to->family == AF_INET6};
    struct nlmsghdr *msg =
        rtnl_begin(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, step);
    struct rtmsg *info = mnl_nlmsg_put_extra_header(msg, sizeof *info);

    *info = shape;
    info->rtm_family = (uint8_t)to->family;
    info->rtm_dst_len = (uint8_t)(8 * ip_bytes(to));
    info->rtm_protocol = RTPROT_STATIC;
    mnl_attr_put(msg, RTA_DST, ip_bytes(to), to->ip);
    mnl_attr_put_u32(msg, RTA_OIF, (uint32_t)p->ifindex);
    return msg;
}

static void put_calm_metrics(
    struct nlmsghdr *msg, const struct link_shape *shape)
{
    uint32_t advmss = shape->mtu_bytes - HEADERS_BYTES;
    struct nlattr *metrics = mnl_attr_nest_start(msg, RTA_METRICS);

    if (advmss > CALM_ADVMSS)
        advmss = CALM_ADVMSS;
    mnl_attr_put_u32(msg, RTAX_ADVMSS, advmss);
    mnl_attr_put_u32(msg, RTAX_QUICKACK, 1);
    mnl_attr_nest_end(msg, metrics);
}

static void put_route(struct rtnl_batch *b, const struct link_plan *p,
    const char *ip, const struct link_shape *shape)
{
    const struct rtmsg kind = {.rtm_table = RT_TABLE_MAIN,
        .rtm_scope = RT_SCOPE_LINK,
        .rtm_type = RTN_UNICAST};
    struct addr to, from;

    if (!addr_parse(ip, 0, &to) ||
        !addr_parse(to.family == AF_INET6 ? p->ipv6 : p->ipv4, 0, &from))
        return;
    if (to.family == AF_INET6 && shape->mtu_bytes < LINK_MTU_MIN_IPV6)
        return;
    struct nlmsghdr *msg = begin_route(b, p, ip, &to, kind);
    mnl_attr_put(msg, RTA_PREFSRC, ip_bytes(&from), from.ip);
    mnl_attr_put_u32(msg, RTA_PRIORITY, shape->priority);
    if (shape->calm)
        put_calm_metrics(msg, shape);
    rtnl_end(b, msg);
}

/* The kernel makes the local route of an IPv6 address from a work queue
 * (addrconf_dad_start()), IFA_F_NODAD or not: on a busy machine the host would
 * not know its own address for some milliseconds. */
static void put_own_route(
    struct rtnl_batch *b, const struct link_plan *p, const char *ip)
{
    const struct rtmsg kind = {.rtm_table = RT_TABLE_LOCAL,
        .rtm_scope = RT_SCOPE_HOST,
        .rtm_type = RTN_LOCAL};
    struct addr to;

    if (addr_parse(ip, 0, &to))
        rtnl_end(b, begin_route(b, p, ip, &to, kind));
}

static void put_ipv6_address(struct rtnl_batch *b, const struct link_plan *p)
{
    if (!p->ipv6)
        return;
    put_address(b, p, p->ipv6);
    put_own_route(b, p, p->ipv6);
}

static void put_routes(struct rtnl_batch *b, const struct link_plan *p,
    const struct link_shape *shape)
{
    for (size_t i = 0; i < LINK_ROUTES_MAX && p->routes[i]; i++)
        put_route(b, p, p->routes[i], shape);
}

int link_config_apply(const struct link_plan *plans, size_t count,
    const struct link_shape *shape, bool *has_ipv6, struct str *skipped,
    struct err *e)
{
    struct rtnl_batch batch = RTNL_BATCH_INIT;

    rtnl_put_link_up(&batch, "lo", LO_INDEX);
    for (size_t i = 0; i < count; i++) {
        const struct link_plan *p = &plans[i];
        rtnl_put_link_quiet(&batch, p->name, p->ifindex);
        put_link_shape(&batch, p, shape);
        rtnl_put_link_up(&batch, p->name, p->ifindex);
        put_address(&batch, p, p->ipv4);
        put_ipv6_address(&batch, p);
        put_routes(&batch, p, shape);
    }
    *has_ipv6 = true;
    return rtnl_send(&batch, has_ipv6, skipped, e);
}

int link_config_reshape(const struct link_plan *plans, size_t count,
    const struct link_shape *shape, bool *has_ipv6, struct err *e)
{
    struct rtnl_batch batch = RTNL_BATCH_INIT;
    bool had_ipv6 = *has_ipv6;

    *has_ipv6 = shape->mtu_bytes >= LINK_MTU_MIN_IPV6;
    for (size_t i = 0; i < count; i++) {
        const struct link_plan *p = &plans[i];
        put_link_shape(&batch, p, shape);
        if (*has_ipv6 && !had_ipv6) {
            /* The kernel has made its IPv6 half anew, with a mode of its own.
             */
            rtnl_put_link_quiet(&batch, p->name, p->ifindex);
            put_ipv6_address(&batch, p);
        }
        put_routes(&batch, p, shape);
    }
    return rtnl_send(&batch, has_ipv6, NULL, e);
}

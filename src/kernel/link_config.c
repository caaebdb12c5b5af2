/* Sends the whole configuration of a host as one batch of rtnetlink messages.
 * The kernel answers each one that fails and, as asked, the last one: a few
 * system calls, no programs. */
#include "link_config.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "sockstage/base/addr.h"
#include "sockstage/base/text.h"

#define LO_INDEX 1 /* always, see loopback_net_init() of the kernel */

#define WIRE_MTU_BYTES 1500
/* With 12 bytes of timestamps a full segment carries 1000 bytes. */
#define WIRE_ADVMSS 1012
/* The queue holds what one burst can bring; with 500 datagrams get lost. */
#define WIRE_QUEUE_PACKETS 10000

#define BATCH_MAX   32
#define BATCH_BYTES 8192

/* What a message of the batch asks for, to name it when it fails. */
struct step {
    const char *what; /* a format that takes `object` and `link` */
    const char *object;
    const char *link;
    bool is_ipv6; /* its failure means that there is no IPv6 */
};

struct batch {
    struct step steps[BATCH_MAX];
    size_t count;
    size_t used; /* bytes of buf */
    struct nlmsghdr *last;
    _Alignas(NLMSG_ALIGNTO) char buf[BATCH_BYTES];
};

/* The sequence number of a message is its place in the batch plus 1. */
static struct nlmsghdr *begin(
    struct batch *b, uint16_t type, uint16_t flags, struct step step)
{
    struct nlmsghdr *msg = mnl_nlmsg_put_header(b->buf + b->used);

    b->steps[b->count++] = step;
    msg->nlmsg_type = type;
    msg->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    msg->nlmsg_seq = (uint32_t)b->count;
    return msg;
}

static void end(struct batch *b, struct nlmsghdr *msg)
{
    b->last = msg;
    b->used += NLMSG_ALIGN((size_t)msg->nlmsg_len);
}

static struct nlmsghdr *begin_link(
    struct batch *b, int ifindex, bool up, struct step step)
{
    struct nlmsghdr *msg = begin(b, RTM_NEWLINK, 0, step);
    struct ifinfomsg *info = mnl_nlmsg_put_extra_header(msg, sizeof *info);

    info->ifi_family = AF_UNSPEC;
    info->ifi_index = ifindex;
    if (up)
        info->ifi_flags = info->ifi_change = IFF_UP;
    return msg;
}

static void put_link_up(struct batch *b, const char *name, int ifindex)
{
    struct step step = {N_("cannot bring %s up"), name, name, false};

    end(b, begin_link(b, ifindex, true, step));
}

/* TUN devices are NOARP from the start (tun_net_init() of the kernel). */
static void put_link_shape(struct batch *b, const struct link_plan *p)
{
    struct step step = {
        N_("cannot set MTU and queues of %s"), p->name, p->name, false};
    struct nlmsghdr *msg = begin_link(b, p->ifindex, false, step);

    mnl_attr_put_u32(msg, IFLA_MTU, WIRE_MTU_BYTES);
    mnl_attr_put_u32(msg, IFLA_TXQLEN, WIRE_QUEUE_PACKETS);
    /* One segment a packet; otherwise SO_SNDBUF below 46 KB means nothing. */
    mnl_attr_put_u32(msg, IFLA_GSO_MAX_SEGS, 1);
    end(b, msg);
}

/* No link-local address, so nothing speaks by itself. In a message of its own
 * and before the link is up, because do_setlink() of the kernel takes the
 * flags first. */
static void put_link_quiet(struct batch *b, const struct link_plan *p)
{
    struct step step = {
        N_("cannot set the IPv6 address mode of %s"), p->name, p->name, true};
    struct nlmsghdr *msg = begin_link(b, p->ifindex, false, step);
    struct nlattr *spec = mnl_attr_nest_start(msg, IFLA_AF_SPEC);
    struct nlattr *inet6 = mnl_attr_nest_start(msg, AF_INET6);

    mnl_attr_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    mnl_attr_nest_end(msg, inet6);
    mnl_attr_nest_end(msg, spec);
    end(b, msg);
}

static size_t ip_bytes(const struct addr *a)
{
    return a->family == AF_INET6 ? 16 : 4;
}

static void put_address(
    struct batch *b, const struct link_plan *p, const char *ip)
{
    struct addr a;

    if (!addr_parse(ip, 0, &a))
        return;
    bool is_ipv6 = a.family == AF_INET6;
    struct step step = {
        N_("cannot add the address %s to %s"), ip, p->name, is_ipv6};
    struct nlmsghdr *msg =
        begin(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, step);
    struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(msg, sizeof *info);

    info->ifa_family = (uint8_t)a.family;
    info->ifa_prefixlen = (uint8_t)(8 * ip_bytes(&a));
    info->ifa_scope = RT_SCOPE_UNIVERSE;
    info->ifa_index = (uint32_t)p->ifindex;
    mnl_attr_put(msg, IFA_LOCAL, ip_bytes(&a), a.ip);
    mnl_attr_put(msg, IFA_ADDRESS, ip_bytes(&a), a.ip);
    if (is_ipv6)
        mnl_attr_put_u32(msg, IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
    end(b, msg);
}

static struct nlmsghdr *begin_route(struct batch *b, const struct link_plan *p,
    const char *ip, const struct addr *to, struct rtmsg shape)
{
    struct step step = {N_("cannot add the route to %s over %s"), ip, p->name,
        to->family == AF_INET6};
    struct nlmsghdr *msg =
        begin(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, step);
    struct rtmsg *info = mnl_nlmsg_put_extra_header(msg, sizeof *info);

    *info = shape;
    info->rtm_family = (uint8_t)to->family;
    info->rtm_dst_len = (uint8_t)(8 * ip_bytes(to));
    info->rtm_protocol = RTPROT_STATIC;
    mnl_attr_put(msg, RTA_DST, ip_bytes(to), to->ip);
    mnl_attr_put_u32(msg, RTA_OIF, (uint32_t)p->ifindex);
    return msg;
}

static void put_route(
    struct batch *b, const struct link_plan *p, const char *ip)
{
    const struct rtmsg shape = {.rtm_table = RT_TABLE_MAIN,
        .rtm_scope = RT_SCOPE_LINK,
        .rtm_type = RTN_UNICAST};
    struct addr to, from;

    if (!addr_parse(ip, 0, &to) ||
        !addr_parse(to.family == AF_INET6 ? p->ipv6 : p->ipv4, 0, &from))
        return;
    struct nlmsghdr *msg = begin_route(b, p, ip, &to, shape);
    mnl_attr_put(msg, RTA_PREFSRC, ip_bytes(&from), from.ip);
    struct nlattr *metrics = mnl_attr_nest_start(msg, RTA_METRICS);
    mnl_attr_put_u32(msg, RTAX_ADVMSS, WIRE_ADVMSS);
    mnl_attr_put_u32(msg, RTAX_QUICKACK, 1);
    mnl_attr_nest_end(msg, metrics);
    end(b, msg);
}

/* The kernel makes the local route of an IPv6 address from a work queue
 * (addrconf_dad_start()), IFA_F_NODAD or not: on a busy machine the host would
 * not know its own address for some milliseconds. */
static void put_own_route(
    struct batch *b, const struct link_plan *p, const char *ip)
{
    const struct rtmsg shape = {.rtm_table = RT_TABLE_LOCAL,
        .rtm_scope = RT_SCOPE_HOST,
        .rtm_type = RTN_LOCAL};
    struct addr to;

    if (addr_parse(ip, 0, &to))
        end(b, begin_route(b, p, ip, &to, shape));
}

static void put_plan(struct batch *b, const struct link_plan *p)
{
    put_link_quiet(b, p);
    put_link_shape(b, p);
    put_link_up(b, p->name, p->ifindex);
    put_address(b, p, p->ipv4);
    if (p->ipv6) {
        put_address(b, p, p->ipv6);
        put_own_route(b, p, p->ipv6);
    }
    for (size_t i = 0; i < LINK_ROUTES_MAX && p->routes[i]; i++)
        put_route(b, p, p->routes[i]);
}

/* What came back for the batch. */
struct answers {
    const struct batch *batch;
    bool complete;
    int failed_code[BATCH_MAX];
};

/* libmnl hands every error and the acknowledgment to this one. */
static int take_answer(const struct nlmsghdr *msg, void *ctx)
{
    struct answers *a = ctx;
    const struct nlmsgerr *ack = mnl_nlmsg_get_payload(msg);

    if (mnl_nlmsg_get_payload_len(msg) < sizeof *ack)
        return MNL_CB_OK;
    if (msg->nlmsg_seq == 0 || msg->nlmsg_seq > a->batch->count)
        return MNL_CB_OK;
    a->failed_code[msg->nlmsg_seq - 1] = -ack->error;
    a->complete = msg->nlmsg_seq == a->batch->count;
    return MNL_CB_OK;
}

static int exchange(struct mnl_socket *nl, struct batch *b, struct answers *a)
{
    mnl_cb_t control[NLMSG_MIN_TYPE] = {[NLMSG_ERROR] = take_answer};
    char buf[BATCH_BYTES];
    unsigned int port = mnl_socket_get_portid(nl);

    b->last->nlmsg_flags |= NLM_F_ACK;
    if (mnl_socket_sendto(nl, b->buf, b->used) < 0)
        return -errno;
    while (!a->complete) {
        ssize_t n = mnl_socket_recvfrom(nl, buf, sizeof buf);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (mnl_cb_run2(
                buf, (size_t)n, 0, port, NULL, a, control, NLMSG_MIN_TYPE) < 0)
            return -errno;
    }
    return 0;
}

/* The first failure that matters becomes the error; one of IPv6 only says
 * that there is none. */
static int judge(
    const struct answers *a, bool *has_ipv6, struct str *skipped, struct err *e)
{
    for (size_t i = 0; i < a->batch->count; i++) {
        const struct step *s = &a->batch->steps[i];
        struct err why;

        if (!a->failed_code[i])
            continue;
        int rc =
            err_sys(&why, a->failed_code[i], _(s->what), s->object, s->link);
        if (!s->is_ipv6)
            return err_set(e, -rc, "%s", why.msg);
        if (*has_ipv6 && skipped)
            str_addf(skipped, _("no IPv6: %s\n"), why.msg);
        *has_ipv6 = false;
    }
    return 0;
}

int link_config_apply(const struct link_plan *plans, size_t count,
    bool *has_ipv6, struct str *skipped, struct err *e)
{
    struct batch batch = {.count = 0};
    struct answers answers = {.batch = &batch};
    struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

    if (!nl)
        return err_sys(e, errno, _("cannot open a rtnetlink socket"));
    put_link_up(&batch, "lo", LO_INDEX);
    for (size_t i = 0; i < count; i++)
        put_plan(&batch, &plans[i]);
    *has_ipv6 = true;
    int rc = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
    if (!rc)
        rc = exchange(nl, &batch, &answers);
    if (rc)
        err_sys(e, -rc, _("cannot talk to rtnetlink"));
    else
        rc = judge(&answers, has_ipv6, skipped, e);
    mnl_socket_close(nl);
    return rc;
}

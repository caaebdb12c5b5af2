/* Batches of rtnetlink messages, see rtnl.h. The kernel answers each one that
 * fails and, as asked, the last one. */
#include "rtnl.h"

#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>

#include "sockstage/base/text.h"

/* The sequence number of a message is its place in the batch plus 1. */
struct nlmsghdr *rtnl_begin(
    struct rtnl_batch *b, uint16_t type, uint16_t flags, struct rtnl_step step)
{
    struct nlmsghdr *msg = mnl_nlmsg_put_header(b->buf + b->used);

    b->steps[b->count++] = step;
    msg->nlmsg_type = type;
    msg->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    msg->nlmsg_seq = (uint32_t)b->count;
    return msg;
}

void rtnl_end(struct rtnl_batch *b, struct nlmsghdr *msg)
{
    b->last = msg;
    b->used += NLMSG_ALIGN((size_t)msg->nlmsg_len);
}

struct nlmsghdr *rtnl_begin_link(
    struct rtnl_batch *b, int ifindex, unsigned flags, struct rtnl_step step)
{
    struct nlmsghdr *msg = rtnl_begin(b, RTM_NEWLINK, 0, step);
    struct ifinfomsg *info = mnl_nlmsg_put_extra_header(msg, sizeof *info);

    info->ifi_family = AF_UNSPEC;
    info->ifi_index = ifindex;
    info->ifi_flags = info->ifi_change = flags;
    return msg;
}

void rtnl_put_link_up(struct rtnl_batch *b, const char *name, int ifindex)
{
    struct rtnl_step step = {N_("cannot bring %s up"), name, name, false};

    rtnl_end(b, rtnl_begin_link(b, ifindex, IFF_UP, step));
}

/* In a message of its own, because do_setlink() of the kernel takes the flags
 * first. */
void rtnl_put_link_quiet(struct rtnl_batch *b, const char *name, int ifindex)
{
    struct rtnl_step step = {
        N_("cannot set the IPv6 address mode of %s"), name, name, true};
    struct nlmsghdr *msg = rtnl_begin_link(b, ifindex, 0, step);
    struct nlattr *spec = mnl_attr_nest_start(msg, IFLA_AF_SPEC);
    struct nlattr *inet6 = mnl_attr_nest_start(msg, AF_INET6);

    mnl_attr_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    mnl_attr_nest_end(msg, inet6);
    mnl_attr_nest_end(msg, spec);
    rtnl_end(b, msg);
}

/* What came back for the batch. */
struct answers {
    const struct rtnl_batch *batch;
    bool complete;
    int failed_code[RTNL_STEPS_MAX];
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

static int exchange(
    struct mnl_socket *nl, struct rtnl_batch *b, struct answers *a)
{
    mnl_cb_t control[NLMSG_MIN_TYPE] = {[NLMSG_ERROR] = take_answer};
    char buf[RTNL_BYTES_MAX];
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

static int judge(
    const struct answers *a, bool *has_ipv6, struct str *skipped, struct err *e)
{
    for (size_t i = 0; i < a->batch->count; i++) {
        const struct rtnl_step *s = &a->batch->steps[i];
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

int rtnl_send(
    struct rtnl_batch *b, bool *has_ipv6, struct str *skipped, struct err *e)
{
    struct answers answers = {.batch = b};
    struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

    if (!nl)
        return err_sys(e, errno, _("cannot open a rtnetlink socket"));
    int rc = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
    if (!rc)
        rc = exchange(nl, b, &answers);
    if (rc)
        err_sys(e, -rc, _("cannot talk to rtnetlink"));
    else
        rc = judge(&answers, has_ipv6, skipped, e);
    mnl_socket_close(nl);
    return rc;
}

/* veth pairs and their packet sockets, see veth.h, packet(7), and
 * drivers/net/veth.c of the kernel. */
#include "veth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rtnl.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

/* The largest that a packet can be; the host's end has the MTU that counts. */
#define OUTER_MTU_BYTES 65535

/* The kernel doubles it: room for 14000 full segments. Without privilege the
 * machine's net.core.rmem_max limits it. */
#define QUEUE_BYTES (16 << 20)
/* What 10000 datagrams of a few bytes take. */
#define QUEUE_BYTES_MIN (10000 * 768)

/* Locally administered, of no card. */
static const uint8_t host_mac[ETH_ALEN] = {0x02, 0, 0, 0, 0, 0x01};

static void put_host_end(struct nlmsghdr *msg, const struct veth_plan *p)
{
    struct nlattr *peer = mnl_attr_nest_start(msg, VETH_INFO_PEER);
    struct ifinfomsg *info = mnl_nlmsg_put_extra_header(msg, sizeof *info);

    info->ifi_family = AF_UNSPEC;
    info->ifi_index = p->ifindex;
    info->ifi_flags = info->ifi_change = IFF_NOARP;
    mnl_attr_put_strz(msg, IFLA_IFNAME, p->name);
    mnl_attr_put(msg, IFLA_ADDRESS, sizeof host_mac, host_mac);
    mnl_attr_put_u32(msg, IFLA_NET_NS_FD, (uint32_t)p->host_ns);
    mnl_attr_nest_end(msg, peer);
}

/* The address of the wire's end is another one (the kernel draws it): to the
 * wire's namespace all frames are for somebody else, so only the packet
 * socket takes them. */
static void put_pair(struct rtnl_batch *b, const struct veth_plan *p)
{
    struct rtnl_step step = {N_("cannot make the veth pair of %s (%s)"),
        p->name, p->outer_name, false};
    struct nlmsghdr *msg =
        rtnl_begin_link(b, p->outer_ifindex, IFF_NOARP, step);

    msg->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
    mnl_attr_put_strz(msg, IFLA_IFNAME, p->outer_name);
    mnl_attr_put_u32(msg, IFLA_MTU, OUTER_MTU_BYTES);
    struct nlattr *info = mnl_attr_nest_start(msg, IFLA_LINKINFO);
    mnl_attr_put_strz(msg, IFLA_INFO_KIND, "veth");
    struct nlattr *data = mnl_attr_nest_start(msg, IFLA_INFO_DATA);
    put_host_end(msg, p);
    mnl_attr_nest_end(msg, data);
    mnl_attr_nest_end(msg, info);
    rtnl_end(b, msg);
}

int veth_open(const struct veth_plan *p, struct err *e)
{
    struct rtnl_batch batch = RTNL_BATCH_INIT;
    bool has_ipv6 = true;

    put_pair(&batch, p);
    rtnl_put_link_quiet(&batch, p->outer_name, p->outer_ifindex);
    rtnl_put_link_up(&batch, p->outer_name, p->outer_ifindex);
    int rc = rtnl_send(&batch, &has_ipv6, NULL, e);
    if (rc == -EOPNOTSUPP)
        err_hint(e, _("sudo modprobe veth"));
    return rc;
}

static int set_up_socket(int fd, const struct veth_plan *p)
{
    const struct sockaddr_ll link = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = p->outer_ifindex,
    };
    const int on = 1, bytes = QUEUE_BYTES;

    /* Otherwise what is written would be read again. */
    if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0)
        return -errno;
    /* This end is up before the other one is, so the kernel gives it its
     * queue from a work queue (linkwatch); what is written until then would
     * be lost. The device itself is ready at once. */
    if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) < 0)
        return -errno;
    /* The kernel cuts the second one to what is allowed. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) < 0)
        return -errno;
    if (bind(fd, (const struct sockaddr *)&link, sizeof link) < 0)
        return -errno;
    return 0;
}

int veth_open_socket(const struct veth_plan *p, int *fd, struct err *e)
{
    /* Protocol 0: nothing comes in before it is bound to its interface. */
    *fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0) {
        int rc = err_sys(e, errno, _("cannot make a packet socket"));
        if (rc == -EAFNOSUPPORT)
            err_hint(e, _("sudo modprobe af_packet"));
        return rc;
    }
    int rc = set_up_socket(*fd, p);
    if (rc) {
        err_sys(
            e, -rc, _("cannot set up the packet socket of %s"), p->outer_name);
        close(*fd);
        *fd = -1;
    }
    return rc;
}

void veth_check_queue(int fd, struct str *skipped)
{
    int bytes = 0;
    socklen_t len = sizeof bytes;

    if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) == 0 &&
        bytes >= QUEUE_BYTES_MIN)
        return;
    str_addf(skipped,
        _("wire: its queue has %d bytes only, a burst may lose packets; "
          "net.core.rmem_max of this machine should be %d\n"),
        bytes, QUEUE_BYTES_MIN / 2);
}

int veth_calm(const char *name, struct err *e)
{
    /* Without transmit checksums the kernel takes TSO away as well, but the
     * older ones want to be told. GSO may stay: the packets are cut before
     * they reach the device. */
    static const uint32_t off[] = {
        ETHTOOL_STSO, ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int rc = fd < 0 ? -errno : 0;

    for (size_t i = 0; i < ARRAY_LEN(off) && !rc; i++) {
        struct ethtool_value value = {.cmd = off[i], .data = 0};
        struct ifreq request = {.ifr_data = (char *)&value};
        snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
        if (ioctl(fd, SIOCETHTOOL, &request) < 0)
            rc = -errno;
    }
    if (fd >= 0)
        close(fd);
    if (rc)
        return err_sys(e, -rc, _("cannot switch the offloads of %s off"), name);
    return 0;
}

void veth_header(uint8_t header[VETH_HEADER_BYTES])
{
    const struct ethhdr ethernet = {.h_proto = htons(ETH_P_IP)};

    memcpy(header, &ethernet, sizeof ethernet);
    memcpy(header + offsetof(struct ethhdr, h_dest), host_mac, ETH_ALEN);
    memcpy(header + offsetof(struct ethhdr, h_source), host_mac, ETH_ALEN);
}

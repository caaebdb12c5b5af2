/* The wire of private hosts: which devices it is built of, its packet ends,
 * and its shape, which `wire mtu` and `wire real` change. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calm.h"
#include "hosts_impl.h"
#include "netns.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "tun.h"
#include "veth.h"

#define BUILD_VARIABLE "SOCKSTAGE_WIRE"

/* In the wire's namespace; the first is that of the client's wire0. */
#define OUTER_INDEX 10

static const char *const outer_names[HOST_COUNT][LINKS_MAX] = {
    [HOST_CLIENT] = {"client0", "client1"},
    [HOST_SERVER] = {"server0", "server1"},
};

int hosts_choose_build(struct hosts *h, struct err *e)
{
    const char *text = getenv(BUILD_VARIABLE);

    if (!text || !*text)
        h->build = WIRE_AUTO;
    else if (strcmp(text, "tun") == 0)
        h->build = WIRE_TUN;
    else if (strcmp(text, "veth") == 0)
        h->build = WIRE_VETH;
    else
        return err_set(e, EINVAL,
            _("the environment variable %s is neither tun nor veth"),
            BUILD_VARIABLE);
    return 0;
}

static int open_tuns(struct hosts *h, enum host host, struct err *e)
{
    const struct host_plan *plan = &host_plans[host];
    int rc = 0;

    for (size_t i = 0; i < plan->count && !rc; i++)
        rc = tun_open(plan->links[i].name, plan->links[i].ifindex,
            &h->sides[host].link_fds[i], e);
    return rc;
}

static int enter_wire(struct hosts *h, struct err *e)
{
    if (h->wire_ns_fd >= 0)
        return netns_enter(h->wire_ns_fd, e);
    int rc = netns_enter_new(e);
    return rc ? rc : netns_open_current(&h->wire_ns_fd, e);
}

static int open_pair(
    struct hosts *h, enum host host, size_t link, struct err *e)
{
    const struct veth_plan plan = {
        .name = host_plans[host].links[link].name,
        .ifindex = host_plans[host].links[link].ifindex,
        .host_ns = h->sides[host].ns_fd,
        .outer_name = outer_names[host][link],
        .outer_ifindex = OUTER_INDEX + (int)host * LINKS_MAX + (int)link,
    };
    int rc = veth_open(&plan, e);

    /* No packet leaves by the other links: nothing is routed over them. */
    if (rc || link != 0)
        return rc;
    rc = veth_open_socket(&plan, &h->sides[host].link_fds[link], e);
    if (!rc && host == HOST_CLIENT)
        veth_check_queue(h->sides[host].link_fds[link], &h->skipped);
    return rc;
}

static int open_veths(struct hosts *h, enum host host, struct err *e)
{
    const struct host_plan *plan = &host_plans[host];
    int rc = enter_wire(h, e);

    for (size_t i = 0; i < plan->count && !rc; i++)
        rc = open_pair(h, host, i, e);
    if (!rc)
        rc = netns_enter(h->sides[host].ns_fd, e);
    for (size_t i = 0; i < plan->count && !rc; i++)
        rc = veth_calm(plan->links[i].name, e);
    return rc;
}

static bool is_refusal(int code)
{
    return code == EACCES || code == EPERM || code == ENOENT ||
           code == ENODEV || code == ENXIO;
}

/* Whether the links of `host` are, or could not be made, of TUN devices. If
 * they may not, the wire is one of veth pairs from now on. */
static bool is_tun_tried(
    struct hosts *h, enum host host, int *rc, struct err *why)
{
    if (h->build == WIRE_VETH)
        return false;
    *rc = open_tuns(h, host, why);
    if (h->build == WIRE_AUTO && is_refusal(-*rc)) {
        h->build = WIRE_VETH;
        h->tun_refused = *why;
        return false;
    }
    h->build = WIRE_TUN;
    return true;
}

int hosts_open_links(struct hosts *h, enum host host, struct err *e)
{
    struct err why = {0};
    int rc = 0;

    if (!is_tun_tried(h, host, &rc, &why)) {
        rc = open_veths(h, host, &why);
        if (rc && h->tun_refused.code) {
            /* The usual way is the one to tell about. */
            const struct err veth = why;
            why = h->tun_refused;
            err_hint(&why, _("and veth pairs can't be made: %s"), veth.msg);
            rc = -why.code;
        }
    }
    if (rc && e)
        *e = why;
    return rc;
}

const char *hosts_wire_name(const struct hosts *h)
{
    if (h->kind != HOSTS_PRIVATE)
        return NULL;
    return h->build == WIRE_VETH ? "veth" : "tun";
}

int hosts_wire_fd(const struct hosts *h, enum host host)
{
    return h->sides[host].link_fds[0];
}

size_t hosts_wire_header(
    const struct hosts *h, uint8_t header[HOSTS_HEADER_MAX])
{
    if (h->build != WIRE_VETH)
        return 0;
    veth_header(header);
    return VETH_HEADER_BYTES;
}

bool hosts_has_ipv6(const struct hosts *h)
{
    return h->sides[HOST_CLIENT].has_ipv6 && h->sides[HOST_SERVER].has_ipv6;
}

static int no_wire(struct err *e)
{
    return err_set(e, ENOTSUP, _("the loopback stage has no wire to change"));
}

static int reshape(struct hosts *h, struct link_shape *shape, struct err *e)
{
    int before = h->current, rc = 0;

    shape->priority--;
    for (int host = 0; host < HOST_COUNT && !rc; host++) {
        const struct host_plan *plan = &host_plans[host];
        rc = hosts_enter(h, (enum host)host, e);
        if (!rc)
            rc = link_config_reshape(
                plan->links, plan->count, shape, &h->sides[host].has_ipv6, e);
    }
    hosts_go_back(h, before);
    h->shape.priority = shape->priority; /* also of what went half-way */
    if (!rc)
        h->shape = *shape;
    return rc;
}

int hosts_set_mtu(struct hosts *h, uint32_t mtu_bytes, struct err *e)
{
    struct link_shape shape = h->shape;

    if (h->kind != HOSTS_PRIVATE)
        return no_wire(e);
    if (mtu_bytes < LINK_MTU_MIN || mtu_bytes > LINK_MTU_MAX)
        return err_set(e, EINVAL, _("an MTU is a number from %u to %u, not %u"),
            LINK_MTU_MIN, LINK_MTU_MAX, mtu_bytes);
    shape.mtu_bytes = mtu_bytes;
    return reshape(h, &shape, e);
}

/* What the calm settings are in a namespace where nobody has changed them. */
static int read_defaults(
    struct hosts *h, struct calm_values *defaults, struct err *e)
{
    int before = h->current;
    int rc = netns_enter_new(e);

    if (rc)
        return rc;
    calm_read(defaults);
    h->current = -1;
    hosts_go_back(h, before);
    return 0;
}

int hosts_use_defaults(struct hosts *h, struct err *e)
{
    struct link_shape shape = h->shape;
    struct calm_values defaults;
    int before = h->current;

    if (h->kind != HOSTS_PRIVATE)
        return no_wire(e);
    int rc = read_defaults(h, &defaults, e);
    if (rc)
        return rc;
    for (int host = 0; host < HOST_COUNT && !rc; host++) {
        rc = hosts_enter(h, (enum host)host, e);
        if (!rc)
            rc = calm_write(&defaults, e);
    }
    hosts_go_back(h, before);
    calm_values_done(&defaults);
    if (rc)
        return rc;
    shape.calm = false;
    return reshape(h, &shape, e);
}

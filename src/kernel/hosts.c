/* The two hosts: composition of namespaces, settings, links and sock_diag, and
 * which address is whose. */
#include "sockstage/kernel/hosts.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calm.h"
#include "hosts_impl.h"
#include "link_config.h"
#include "netns.h"
#include "probe_diag.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sysctl.h"

/* Far from what the kernel itself gives out in a new namespace (lo and, with
 * some modules, fallback tunnels). */
#define WIRE0_INDEX 100
#define WIRE1_INDEX 101

#define SERVER_IPV4  "10.0.0.1"
#define SERVER_IPV4B "10.0.1.1"
#define SERVER_IPV6  "fd00:5::1"
#define CLIENT_IPV4  "10.0.0.2"
#define CLIENT_IPV6  "fd00:5::2"
/* Packets for it reach the wire and nothing answers. */
#define NOBODY_IPV4 "10.0.9.9"

const struct host_plan host_plans[HOST_COUNT] = {
    [HOST_CLIENT] = {{{"wire0", WIRE0_INDEX, CLIENT_IPV4, CLIENT_IPV6,
                         {SERVER_IPV4, SERVER_IPV4B, NOBODY_IPV4,
                             SERVER_IPV6}}},
        1},
    [HOST_SERVER] = {{{"wire0", WIRE0_INDEX, SERVER_IPV4, SERVER_IPV6,
                          {CLIENT_IPV4, NOBODY_IPV4, CLIENT_IPV6, NULL}},
                         {"wire1", WIRE1_INDEX, SERVER_IPV4B, NULL, {NULL}}},
        2},
};

static struct hosts *new_hosts(enum hosts_kind kind)
{
    struct hosts *h = xcalloc(1, sizeof *h);

    h->kind = kind;
    h->home_fd = -1;
    h->wire_ns_fd = -1;
    h->current = -1;
    h->shape = (struct link_shape){LINK_MTU_DEFAULT, true, LINK_PRIORITY_FIRST};
    for (size_t i = 0; i < HOST_COUNT; i++) {
        h->sides[i].ns_fd = -1;
        for (size_t k = 0; k < LINKS_MAX; k++)
            h->sides[i].link_fds[k] = -1;
    }
    str_init(&h->skipped);
    return h;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void hosts_end_sockets(struct hosts *h)
{
    for (size_t i = 0; i < HOST_COUNT && h->kind == HOSTS_PRIVATE; i++)
        if (h->sides[i].diag)
            diag_destroy_all(h->sides[i].diag);
}

/* What a signal handler must reach: the private hosts that are open. */
static struct hosts *volatile emergency_hosts;

void hosts_emergency_end(void)
{
    if (emergency_hosts)
        hosts_end_sockets(emergency_hosts);
}

void hosts_close(struct hosts *h)
{
    if (!h)
        return;
    if (emergency_hosts == h)
        emergency_hosts = NULL;
    /* The machine's own network can't be re-entered from a user namespace
     * (EPERM): then the thread keeps the last host, now empty, until the next
     * opening. */
    if (h->home_fd >= 0)
        netns_enter(h->home_fd, NULL);
    close_if_open(h->home_fd);
    close_if_open(h->wire_ns_fd);
    hosts_end_sockets(h);
    for (size_t i = 0; i < HOST_COUNT; i++) {
        struct side *side = &h->sides[i];
        diag_close(side->diag);
        for (size_t k = 0; k < LINKS_MAX; k++)
            close_if_open(side->link_fds[k]);
        close_if_open(side->ns_fd);
    }
    str_done(&h->skipped);
    free(h);
}

/* In the side's new namespace. Settings come before the devices, which copy
 * conf.default when they are made. */
static int open_side(
    struct hosts *h, enum host host, enum hosts_step *step, struct err *e)
{
    struct side *side = &h->sides[host];
    const struct host_plan *plan = &host_plans[host];
    /* What one host skips the other one skips too: list it once. */
    struct str *skipped = host == HOST_SERVER ? &h->skipped : NULL;

    *step = HOSTS_STEP_NETWORK_NAMESPACE;
    int rc = netns_enter_new(e);
    if (!rc)
        rc = netns_open_current(&side->ns_fd, e);
    if (rc)
        return rc;
    calm_apply(skipped);
    *step = HOSTS_STEP_WIRE;
    rc = hosts_open_links(h, host, e);
    if (rc)
        return rc;
    *step = HOSTS_STEP_RTNETLINK;
    rc = link_config_apply(
        plan->links, plan->count, &h->shape, &side->has_ipv6, skipped, e);
    if (rc)
        return rc;
    *step = HOSTS_STEP_SOCK_DIAG;
    return diag_open(&side->diag, e);
}

int hosts_open_private(struct hosts **out, enum hosts_step *step, struct err *e)
{
    struct hosts *h = new_hosts(HOSTS_PRIVATE);

    *out = NULL;
    *step = HOSTS_STEP_WIRE;
    int rc = hosts_choose_build(h, e);
    if (!rc) {
        *step = HOSTS_STEP_USER_NAMESPACE;
        rc = netns_open_current(&h->home_fd, e);
    }
    if (!rc && !netns_is_privileged())
        rc = netns_enter_user(e);
    if (!rc)
        rc = open_side(h, HOST_SERVER, step, e);
    if (!rc)
        rc = open_side(h, HOST_CLIENT, step, e);
    if (rc) {
        hosts_close(h);
        return rc;
    }
    h->current = HOST_CLIENT;
    emergency_hosts = h;
    *out = h;
    return 0;
}

static int open_loopback(struct hosts **out, struct err *e)
{
    struct hosts *h = new_hosts(HOSTS_LOOPBACK);
    int rc = 0;

    *out = NULL;
    for (size_t i = 0; i < HOST_COUNT && !rc; i++)
        rc = diag_open(&h->sides[i].diag, e);
    if (rc) {
        hosts_close(h);
        return rc;
    }
    *out = h;
    return 0;
}

bool hosts_need_trial(void)
{
    return !netns_is_privileged();
}

int hosts_open(enum hosts_kind kind, struct hosts **out, struct err *e)
{
    enum hosts_step step;

    if (kind == HOSTS_LOOPBACK)
        return open_loopback(out, e);
    return hosts_open_private(out, &step, e);
}

enum hosts_kind hosts_kind(const struct hosts *h)
{
    return h->kind;
}

int hosts_enter(struct hosts *h, enum host host, struct err *e)
{
    if (h->kind == HOSTS_LOOPBACK)
        return 0;
    int rc = netns_enter(h->sides[host].ns_fd, e);
    if (!rc)
        h->current = (int)host;
    return rc;
}

struct diag *hosts_diag(const struct hosts *h, enum host host)
{
    return h->sides[host].diag;
}

/* /proc/sys/net shows the namespace of whoever looks, so go there and back. */
void hosts_go_back(struct hosts *h, int before)
{
    if (before >= 0 && before != h->current)
        hosts_enter(h, (enum host)before, NULL);
}

int hosts_setting_read(struct hosts *h, enum host host, const char *name,
    struct str *out, struct err *e)
{
    int before = h->current;
    int rc = hosts_enter(h, host, e);

    if (!rc)
        rc = sysctl_read(name, out, e);
    hosts_go_back(h, before);
    return rc;
}

int hosts_setting_write(struct hosts *h, enum host host, const char *name,
    const char *value, struct err *e)
{
    int before = h->current;

    if (h->kind == HOSTS_LOOPBACK)
        return err_set(e, EPERM,
            _("a setting can't be changed on the loopback stage: it would "
              "change this machine; use --wire=private"));
    int rc = hosts_enter(h, host, e);
    if (!rc)
        rc = sysctl_write(name, value, e);
    hosts_go_back(h, before);
    return rc;
}

const char *hosts_skipped(const struct hosts *h)
{
    return str_text(&h->skipped);
}

static size_t add_address(
    const char *ip, struct addr *out, size_t count, size_t max)
{
    if (ip && count < max && addr_parse(ip, 0, &out[count]))
        count++;
    return count;
}

size_t hosts_addresses(
    const struct hosts *h, enum host host, struct addr *out, size_t max)
{
    const struct host_plan *plan = &host_plans[host];
    size_t n = 0;

    if (h->kind == HOSTS_PRIVATE) {
        for (size_t i = 0; i < plan->count; i++)
            n = add_address(plan->links[i].ipv4, out, n, max);
        for (size_t i = 0; i < plan->count && hosts_has_ipv6(h); i++)
            n = add_address(plan->links[i].ipv6, out, n, max);
    }
    return add_address("127.0.0.1", out, n, max);
}

/* Sockets by their addresses and all of them, from sock_diag(7): the only
 * source for SYN_RECEIVED, orphaned and TIME_WAIT ones. */
#include "probe_diag.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "release.h"
#include "sample_fill.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

/* The kernel fills at most 32 KB a packet (netlink_dump() of the kernel). */
#define ANSWER_BYTES 32768

/* The states of enum tcp_state; bit 13 of the kernel, bound sockets, costs a
 * walk through all bound ports of the machine. */
#define KNOWN_STATES 0xffeU

struct diag {
    struct mnl_socket *nl;
    uint32_t seq;
    _Alignas(NLMSG_ALIGNTO) char answer[ANSWER_BYTES];
};

struct request {
    struct nlmsghdr head;
    struct inet_diag_req_v2 body;
};

int diag_open(struct diag **out, struct err *e)
{
    struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);

    *out = NULL;
    if (!nl)
        return err_sys(e, errno, _("cannot open a sock_diag socket"));
    if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
        int rc = err_sys(e, errno, _("cannot bind a sock_diag socket"));
        mnl_socket_close(nl);
        return rc;
    }
    struct diag *d = xmalloc(sizeof *d);
    d->nl = nl;
    d->seq = 0;
    *out = d;
    return 0;
}

void diag_close(struct diag *d)
{
    if (!d)
        return;
    mnl_socket_close(d->nl);
    free(d);
}

static struct request make_request(
    struct diag *d, uint16_t flags, uint16_t family, uint8_t proto)
{
    struct request r;

    memset(&r, 0, sizeof r);
    r.head.nlmsg_len = sizeof r;
    r.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    r.head.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    r.head.nlmsg_seq = ++d->seq;
    r.body.sdiag_family = (uint8_t)family;
    r.body.sdiag_protocol = proto;
    r.body.idiag_ext =
        1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_SKMEMINFO - 1);
    return r;
}

/* Sends one request and runs `take` on each answer. */
static int exchange(
    struct diag *d, const struct request *r, mnl_cb_t take, void *ctx)
{
    unsigned int port = mnl_socket_get_portid(d->nl);

    if (mnl_socket_sendto(d->nl, r, sizeof *r) < 0)
        return -errno;
    for (;;) {
        ssize_t n = mnl_socket_recvfrom(d->nl, d->answer, sizeof d->answer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        int rc = mnl_cb_run(
            d->answer, (size_t)n, r->head.nlmsg_seq, port, take, ctx);
        if (rc == MNL_CB_STOP)
            return 0;
        /* EPROTO: left over from a request that was broken off. */
        if (rc == MNL_CB_ERROR && errno != EPROTO)
            return -errno;
    }
}

static struct addr make_addr(
    uint8_t family, const uint32_t ip[4], uint16_t port_be)
{
    struct addr a;

    memset(&a, 0, sizeof a);
    a.family = family;
    a.port = ntohs(port_be);
    memcpy(a.ip, ip, family == AF_INET6 ? 16 : 4);
    return a;
}

static void fill_timer(struct sock_sample *s, const struct inet_diag_msg *m)
{
    static const uint8_t timers[] = {SOCK_TIMER_NONE, SOCK_TIMER_RETRANSMIT,
        SOCK_TIMER_KEEPALIVE, SOCK_TIMER_TIMEWAIT, SOCK_TIMER_PERSIST};

    s->has_timer = s->proto == IPPROTO_TCP;
    if (m->idiag_timer == 0 || m->idiag_timer >= ARRAY_LEN(timers))
        return;
    s->timer = timers[m->idiag_timer];
    if (s->timer == SOCK_TIMER_RETRANSMIT && s->state == TCP_STATE_SYN_RECEIVED)
        s->timer = SOCK_TIMER_SYNACK;
    s->timer_retrans = m->idiag_retrans;
    /* Old kernels let a timer that is due wrap below zero. */
    if (m->idiag_expires <= INT32_MAX)
        s->timer_left_ms = m->idiag_expires;
}

static void fill_queues(struct sock_sample *s, const struct inet_diag_msg *m)
{
    if (s->proto != IPPROTO_TCP) {
        /* Both are memory then, not payload (udp_diag_get_info()). */
        s->recv_memory = m->idiag_rqueue;
        return;
    }
    if (s->state == TCP_STATE_LISTEN) {
        s->accept_queue = m->idiag_rqueue;
        s->backlog = m->idiag_wqueue;
        return;
    }
    sample_set_queues(
        s, m->idiag_wqueue, s->info.notsent_bytes, m->idiag_rqueue, true);
}

static int take_attribute(const struct nlattr *attr, void *ctx)
{
    struct sock_sample *s = ctx;
    const void *data = mnl_attr_get_payload(attr);
    size_t len = mnl_attr_get_payload_len(attr);
    uint32_t mem[SK_MEMINFO_VARS];

    if (mnl_attr_get_type(attr) == INET_DIAG_INFO && s->proto == IPPROTO_TCP) {
        sample_set_info(s, data, len);
    } else if (mnl_attr_get_type(attr) == INET_DIAG_SKMEMINFO) {
        len = len < sizeof mem ? len : sizeof mem;
        memcpy(mem, data, len);
        sample_set_mem(s, mem, len / sizeof mem[0]);
    }
    return MNL_CB_OK;
}

/* False if the message is none that describes a socket. */
static bool fill(
    struct sock_sample *s, uint8_t proto, const struct nlmsghdr *msg)
{
    const struct inet_diag_msg *m = mnl_nlmsg_get_payload(msg);

    if (mnl_nlmsg_get_payload_len(msg) < sizeof *m)
        return false;
    memset(s, 0, sizeof *s);
    s->cookie = (uint64_t)m->id.idiag_cookie[1] << 32 | m->id.idiag_cookie[0];
    s->proto = proto;
    s->state = sample_state(m->idiag_state);
    s->family = m->idiag_family;
    s->local = make_addr(m->idiag_family, m->id.idiag_src, m->id.idiag_sport);
    s->peer = make_addr(m->idiag_family, m->id.idiag_dst, m->id.idiag_dport);
    if (s->peer.port == 0 && addr_is_any(&s->peer))
        memset(&s->peer, 0, sizeof s->peer);
    s->inode = m->idiag_inode;
    mnl_attr_parse(msg, sizeof *m, take_attribute, s);
    fill_timer(s, m);
    fill_queues(s, m);
    return true;
}

struct one {
    struct sock_sample *out;
    uint8_t proto;
    bool found;
};

static int take_one(const struct nlmsghdr *msg, void *ctx)
{
    struct one *one = ctx;

    one->found = fill(one->out, one->proto, msg);
    return MNL_CB_STOP;
}

/* A mapped IPv4 address is asked for as the IPv4 one: inet_lookup() of the
 * kernel finds AF_INET6 sockets by it, too. */
static int put_addresses(
    struct request *r, const struct addr *local, const struct addr *peer)
{
    struct inet_diag_sockid *id = &r->body.id;
    struct addr near = addr_unmapped(local), far = addr_unmapped(peer);
    size_t bytes = near.family == AF_INET6 ? 16 : 4;

    if (near.family != AF_INET && near.family != AF_INET6)
        return -EAFNOSUPPORT;
    if (far.family && far.family != near.family)
        return -EAFNOSUPPORT;
    r->body.sdiag_family = (uint8_t)near.family;
    r->body.idiag_states = KNOWN_STATES;
    id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    /* udp_dump_one() of the kernel takes the two ends the other way round. */
    bool is_udp = r->body.sdiag_protocol == IPPROTO_UDP;
    memcpy(is_udp ? id->idiag_dst : id->idiag_src, near.ip, bytes);
    *(is_udp ? &id->idiag_dport : &id->idiag_sport) = htons(near.port);
    if (far.family) {
        memcpy(is_udp ? id->idiag_src : id->idiag_dst, far.ip, bytes);
        *(is_udp ? &id->idiag_sport : &id->idiag_dport) = htons(far.port);
    }
    return 0;
}

/* Whether the answer is what was asked for: without a connection the kernel
 * returns the listener that would take its SYN. */
static bool is_asked_for(const struct sock_sample *s, const struct addr *local,
    const struct addr *peer)
{
    struct addr a = addr_unmapped(&s->local), b = addr_unmapped(local);

    if (!addr_equal(&a, &b))
        return false;
    if (!peer->family || !s->peer.family)
        return !peer->family && !s->peer.family;
    a = addr_unmapped(&s->peer);
    b = addr_unmapped(peer);
    return addr_equal(&a, &b);
}

int diag_query(struct diag *d, uint8_t proto, const struct addr *local,
    const struct addr *peer, struct sock_sample *out, struct err *e)
{
    struct request r = make_request(d, 0, local->family, proto);
    struct one one = {.out = out, .proto = proto};
    int rc = put_addresses(&r, local, peer);

    memset(out, 0, sizeof *out);
    if (!rc)
        rc = exchange(d, &r, take_one, &one);
    if (!rc && (!one.found || !is_asked_for(out, local, peer)))
        rc = -ENOENT;
    if (!rc)
        return 0;
    memset(out, 0, sizeof *out);
    char near[ADDR_TEXT_MAX], far[ADDR_TEXT_MAX];
    return err_sys(e, -rc, _("cannot find the socket %s, peer %s"),
        addr_format(local, near), peer->family ? addr_format(peer, far) : "*");
}

struct dump {
    void (*each)(const struct sock_sample *s, void *ctx);
    void *ctx;
    uint8_t proto;
};

static int take_each(const struct nlmsghdr *msg, void *ctx)
{
    const struct dump *dump = ctx;
    struct sock_sample s;

    if (fill(&s, dump->proto, msg))
        dump->each(&s, dump->ctx);
    return MNL_CB_OK;
}

int diag_dump(struct diag *d, uint8_t proto, uint32_t states,
    void (*each)(const struct sock_sample *s, void *ctx), void *ctx,
    struct err *e)
{
    static const uint16_t families[] = {AF_INET, AF_INET6};
    struct dump dump = {each, ctx, proto};

    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        struct request r = make_request(d, NLM_F_DUMP, families[i], proto);
        r.body.idiag_states = states & KNOWN_STATES;
        int rc = exchange(d, &r, take_each, &dump);
        if (rc == -ENOENT && families[i] == AF_INET6)
            continue; /* a kernel without IPv6 */
        if (rc)
            return err_sys(e, -rc, _("cannot list the sockets"));
    }
    return 0;
}

#define VICTIMS_AT_ONCE 128

/* No memory is asked for: a crash handler runs this too. */
struct victims {
    bool with_orphans;
    size_t count;
    struct inet_diag_req_v2 requests[VICTIMS_AT_ONCE];
};

static int take_victim(const struct nlmsghdr *msg, void *ctx)
{
    struct victims *v = ctx;
    const struct inet_diag_msg *m = mnl_nlmsg_get_payload(msg);

    if (mnl_nlmsg_get_payload_len(msg) < sizeof *m ||
        v->count == VICTIMS_AT_ONCE)
        return MNL_CB_OK;
    bool is_sending_orphan =
        m->idiag_inode == 0 && (m->idiag_state == TCP_STATE_FIN_WAIT_1 ||
                                   m->idiag_state == TCP_STATE_CLOSING ||
                                   m->idiag_state == TCP_STATE_LAST_ACK);
    if (is_sending_orphan && !v->with_orphans)
        return MNL_CB_OK;
    v->requests[v->count++] =
        (struct inet_diag_req_v2){.sdiag_family = m->idiag_family,
            .sdiag_protocol = IPPROTO_TCP,
            .id = m->id};
    return MNL_CB_OK;
}

static int take_nothing(const struct nlmsghdr *msg, void *ctx)
{
    (void)msg;
    (void)ctx;
    return MNL_CB_OK;
}

static void destroy_some(struct diag *d, uint8_t family, struct victims *v)
{
    struct request r = make_request(d, NLM_F_DUMP, family, IPPROTO_TCP);

    v->count = 0;
    r.body.idiag_ext = 0;
    /* TIME_WAIT does not keep a namespace (inet_twsk_purge()). */
    r.body.idiag_states = KNOWN_STATES & ~(1U << TCP_STATE_TIME_WAIT);
    exchange(d, &r, take_victim, v);
    for (size_t i = 0; i < v->count; i++) {
        r = make_request(d, NLM_F_ACK, AF_INET, IPPROTO_TCP);
        r.head.nlmsg_type = SOCK_DESTROY;
        r.body = v->requests[i];
        exchange(d, &r, take_nothing, NULL);
    }
}

/* What can't be destroyed would come again and again. */
#define DESTROY_PASSES_MAX 1000

void diag_destroy_all(struct diag *d)
{
    static const uint8_t families[] = {AF_INET, AF_INET6};
    /* Before 6.11 tcp_abort() of the kernel only emptied the queue of an
     * orphan that still had to send, which stopped its timer: it stayed for
     * ever. */
    struct victims v = {.with_orphans = release_is_since(6, 11)};

    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        int passes = 0;

        do
            destroy_some(d, families[i], &v);
        while (v.count == VICTIMS_AT_ONCE && ++passes < DESTROY_PASSES_MAX);
    }
}

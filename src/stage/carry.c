/* The wire as part of the stage: every segment and every fate becomes an
 * event, and each is the moment to look at the socket it changed: when a
 * segment enters, at its sender; when it has been delivered, at its receiver,
 * before any other packet gets there. So no transition is missed. */
#include "seen.h"

#include "sockstage/base/text.h"

#include <errno.h>
#include <netinet/in.h>

#define MTU_AT_FIRST 1500U /* see hosts.h */

/* tcpi_ca_state: enum tcp_ca_state of linux/tcp.h. */
enum { CA_RECOVERY = 3, CA_LOSS = 4 };

/* Looks at whom a packet of `proto` concerns on `host`. Of a datagram in
 * fragments only the first tells the ports, and the last completes it. */
static void look_at_ends(struct stage *s, enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer, bool is_control)
{
    static const struct addr any;

    if (proto == IPPROTO_TCP)
        observe_flow(s, host, IPPROTO_TCP, local, peer, is_control);
    else if (proto == IPPROTO_UDP)
        observe_datagram(s, host, local->port != 0 ? local : &any);
}

/* An ICMP error concerns the socket that has sent what it quotes; those who
 * send one are kernels and routers, never a socket. */
static void look_at(struct stage *s, const struct segment *seg, enum host host)
{
    bool is_sender = host == seg->from;
    const struct segment_quote *about = &seg->quoted;

    if (about->src.family != 0 && !is_sender)
        look_at_ends(s, host, about->proto, &about->src, &about->dst, true);
    else if (!seg->malformed)
        look_at_ends(s, host, seg->proto, is_sender ? &seg->src : &seg->dst,
            is_sender ? &seg->dst : &seg->src,
            (seg->flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST)) != 0);
}

/* Why a segment comes again, and what a probe is for: its sender's kernel has
 * just sent it and still knows. What it doesn't say stays unknown. */
static enum segment_kind cause_of(struct stage *s, const struct segment *seg)
{
    struct sock_sample now;
    bool has_data;

    if (seg->kind != SEGMENT_KIND_REPEAT && seg->kind != SEGMENT_KIND_PROBE)
        return seg->kind;
    if (diag_query(hosts_diag(s->hosts, seg->from), seg->proto, &seg->src,
            &seg->dst, &now, NULL) < 0 ||
        !addr_equal(&now.peer, &seg->dst))
        return seg->kind;
    has_data = now.info_len > 0 && now.info.notsent_bytes > 0;
    if (seg->kind == SEGMENT_KIND_PROBE) {
        if (now.timer == SOCK_TIMER_PERSIST || has_data)
            return SEGMENT_KIND_WINDOW_PROBE;
        return now.timer == SOCK_TIMER_KEEPALIVE ? SEGMENT_KIND_KEEP_ALIVE
                                                 : seg->kind;
    }
    if (now.info.ca_state == CA_RECOVERY)
        return SEGMENT_KIND_FAST_RETRANSMIT;
    if (now.info.ca_state == CA_LOSS || now.info.retransmits > 0 ||
        now.timer == SOCK_TIMER_SYNACK || now.timer_retrans > 0)
        return SEGMENT_KIND_TIMEOUT;
    return seg->kind;
}

static void on_entered(
    void *ctx, const struct segment *seg, const uint8_t *packet, size_t len)
{
    struct stage *s = ctx;
    struct event e; /* every member of its kind is set below */

    e.kind = EVENT_SEGMENT;
    e.u.segment.seg = *seg;
    e.u.segment.seg.kind = cause_of(s, seg);
    e.u.segment.seg.t_ns = seg->t_ns - s->opened_ns;
    segment_decode_rest(packet, len, seg, &e.u.segment.rest);
    e.u.segment.packet = packet;
    e.u.segment.packet_len = len;
    stage_publish(s, &e);
    look_at(s, seg, seg->from);
}

static void on_verdict(void *ctx, const struct segment *seg, enum verdict v)
{
    struct stage *s = ctx;
    struct event e; /* as above */

    e.kind = EVENT_VERDICT;
    e.u.verdict.segment = seg->id;
    e.u.verdict.action = v;
    stage_publish(s, &e);
    if (v == VERDICT_DELIVERED)
        look_at(s, seg, host_other(seg->from));
    else if (v == VERDICT_COALESCED)
        look_at(s, seg, seg->from); /* its timer has fired */
}

static void on_pumped(void *ctx)
{
    observe_pumped(ctx);
}

static void on_copied(void *ctx, const struct segment *seg)
{
    look_at(ctx, seg, host_other(seg->from));
}

static bool on_of_socket(void *ctx, const struct segment *seg,
    const char *process, const char *socket)
{
    struct stage *s = ctx;
    const struct seen *k = seen_find(s, stage_socket_id(s, process, socket));

    return k && seen_takes(k, seg);
}

static void on_failed(void *ctx, const struct err *why)
{
    stage_notice(ctx, why->msg);
}

static struct link_port port_of(const struct hosts *h, enum host host)
{
    struct link_port port = {.fd = hosts_wire_fd(h, host)};

    _Static_assert(sizeof port.header == HOSTS_HEADER_MAX, "one header");
    port.header_len = hosts_wire_header(h, port.header);
    return port;
}

int carry_open(struct stage *s, struct err *e)
{
    static const struct link_events events = {
        .entered = on_entered,
        .verdict = on_verdict,
        .pumped = on_pumped,
        .copied = on_copied,
        .of_socket = on_of_socket,
        .failed = on_failed,
    };

    if (hosts_kind(s->hosts) != HOSTS_PRIVATE)
        return 0;
    s->mtu = MTU_AT_FIRST;
    const struct link_port client = port_of(s->hosts, HOST_CLIENT);
    const struct link_port server = port_of(s->hosts, HOST_SERVER);
    return link_open(s->loop, &client, &server, &events, s, &s->link, e);
}

struct wire_status carry_status(const struct stage *s)
{
    struct wire_status status = {.coalesce = true};

    if (!s->link)
        return status;
    status.holding = link_is_holding(s->link);
    status.coalesce = link_coalesces(s->link);
    status.cut = link_is_cut(s->link);
    status.rate = link_rate(s->link);
    status.mtu = s->mtu;
    status.seed = link_seed(s->link);
    for (int h = 0; h < HOST_COUNT; h++) {
        status.delay_ns[h] = link_delay_ns(s->link, (enum host)h);
        status.jitter_ns[h] = link_jitter_ns(s->link, (enum host)h);
        status.loss_ppm[h] = link_loss_ppm(s->link, (enum host)h);
    }
    return status;
}

static int needs_wire(const struct stage *s, struct err *e)
{
    if (s->link)
        return 0;
    return err_set(e, ENOTSUP,
        _("there is no wire to control with --wire=loopback: segments are not "
          "seen there and can't be held"));
}

static int set_mtu(struct stage *s, uint32_t mtu, struct err *e)
{
    bool had_ip6 = s->mtu >= WIRE_MTU_IP6_MIN;
    int r = hosts_set_mtu(s->hosts, mtu, e);

    if (r < 0)
        return r;
    s->mtu = mtu;
    if (had_ip6 && mtu < WIRE_MTU_IP6_MIN)
        stage_notice(s,
            "An MTU below 1280 bytes: IPv6 does not go over this wire "
            "(RFC 8200, section 5).");
    return 0;
}

static int use_real(struct stage *s, struct err *e)
{
    if (s->next_key > 0)
        return err_set(e, EBUSY,
            _("`wire real` comes before the first socket: those that are there "
              "would keep the calm settings"));
    return hosts_use_defaults(s->hosts, e);
}

int stage_wire(struct stage *s, const struct wire_order *o, struct err *e)
{
    int r = needs_wire(s, e);

    if (r < 0 || link_order(s->link, o))
        return r;
    switch (o->word) {
    case WIRE_DELIVER:
        for (uint32_t i = 0; i < o->count && r == 0; i++)
            r = stage_wire_deliver(s, &o->pattern, e);
        return r;
    case WIRE_MTU:
        return set_mtu(s, o->mtu, e);
    case WIRE_REAL:
        return use_real(s, e);
    default:
        return err_set(e, ENOTSUP, _("there is no wire %s"),
            wire_word_info(o->word)->word);
    }
}

int stage_wire_deliver(struct stage *s, const struct pattern *p, struct err *e)
{
    int r = needs_wire(s, e);

    if (r < 0)
        return r;
    if (!link_is_holding(s->link))
        return err_set(e, EINVAL,
            _("the wire isn't holding, so there is nothing to deliver: write "
              "`wire hold` first"));
    if (!link_deliver_one(s->link, p))
        return err_set(e, ENOENT, _("no such segment is held"));
    return 0;
}

static int held_by_id(struct stage *s, uint64_t id,
    bool (*act)(struct link *l, uint64_t id), struct err *e)
{
    int r = needs_wire(s, e);

    if (r < 0)
        return r;
    if (!act(s->link, id))
        return err_set(e, ENOENT, _("that segment isn't held"));
    return 0;
}

int stage_wire_deliver_id(struct stage *s, uint64_t id, struct err *e)
{
    return held_by_id(s, id, link_deliver_id, e);
}

int stage_wire_drop_id(struct stage *s, uint64_t id, struct err *e)
{
    return held_by_id(s, id, link_drop_id, e);
}

int stage_wire_duplicate_id(struct stage *s, uint64_t id, struct err *e)
{
    return held_by_id(s, id, link_duplicate_id, e);
}

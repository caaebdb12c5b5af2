/* Segments of every kind and fate, written by hand: the scenes of the wire. */
#include "tui_moments.h"

#include "sockstage/base/clock.h"

#include <netinet/in.h>
#include <string.h>

#define SERVER_IP "10.0.0.1"
#define CLIENT_IP "10.0.0.2"

static struct segment *begin_segment(
    struct scene *s, struct event *e, uint64_t id, enum host from)
{
    struct segment *g = &e->u.segment.seg;
    bool up = from == HOST_CLIENT;

    memset(e, 0, sizeof *e);
    e->kind = EVENT_SEGMENT;
    g->id = id;
    g->t_ns = s->t_ns;
    g->from = from;
    g->ttl = 64;
    g->src = scene_addr(up ? CLIENT_IP : SERVER_IP, 0);
    g->dst = scene_addr(up ? SERVER_IP : CLIENT_IP, 0);
    return g;
}

static void verdict(struct scene *s, uint64_t id, enum verdict what)
{
    struct event e = {.kind = EVENT_VERDICT};

    e.u.verdict.segment = id;
    e.u.verdict.action = what;
    scene_apply(s, &e);
}

static void full_syn(
    struct scene *s, uint64_t id, enum host from, uint8_t scale)
{
    struct event e;
    struct segment *g = begin_segment(s, &e, id, from);
    bool up = from == HOST_CLIENT;

    g->proto = IPPROTO_TCP;
    g->src.port = up ? 34254 : 8080;
    g->dst.port = up ? 8080 : 34254;
    g->packet_len = 60;
    g->transport_offset = 20;
    g->payload_offset = 60;
    g->flags = up ? SEGMENT_SYN : SEGMENT_SYN | SEGMENT_ACK;
    g->has_relative = true;
    g->seq_raw = up ? 3812345678U : 1000;
    g->ack = up ? 0 : 1;
    g->ack_raw = up ? 0 : 3812345679U;
    g->window = 64240;
    g->options = (struct segment_options){.has_mss = true,
        .has_wscale = true,
        .has_sack_ok = true,
        .has_timestamps = true,
        .mss = 1012,
        .wscale = scale,
        .ts_val = 71,
        .ts_ecr = up ? 0 : 71};
    scene_apply(s, &e);
}

static void full_data(struct scene *s, uint64_t id, uint32_t seq, uint32_t len,
    enum segment_kind kind)
{
    struct event e;
    struct segment *g = begin_segment(s, &e, id, HOST_CLIENT);

    g->proto = IPPROTO_TCP;
    g->src.port = 34254;
    g->dst.port = 8080;
    g->packet_len = 52 + len;
    g->transport_offset = 20;
    g->payload_offset = 52;
    g->flags = SEGMENT_PSH | SEGMENT_ACK;
    g->has_relative = true;
    g->seq = seq;
    g->seq_raw = 3812345678U + seq;
    g->ack = 1;
    g->ack_raw = 1001;
    g->len = len;
    g->window = 502;
    g->options.has_timestamps = true;
    g->options.ts_val = 90;
    g->options.ts_ecr = 88;
    g->retransmission = kind != SEGMENT_KIND_NONE;
    g->kind = kind;
    scene_apply(s, &e);
}

static void datagram(struct scene *s, uint64_t id, uint16_t port, uint32_t len)
{
    struct event e;
    struct segment *g = begin_segment(s, &e, id, HOST_CLIENT);

    g->proto = IPPROTO_UDP;
    g->src.port = 40000;
    g->dst.port = port;
    g->packet_len = 28 + len;
    g->transport_offset = 20;
    g->payload_offset = 28;
    g->len = len;
    scene_apply(s, &e);
}

/* About a packet of the client. */
static void icmp(struct scene *s, uint64_t id, uint8_t proto, uint16_t from,
    uint16_t to, uint8_t code, bool from_router)
{
    struct event e;
    struct segment *g = begin_segment(s, &e, id, HOST_SERVER);

    g->proto = IPPROTO_ICMP;
    g->packet_len = 56;
    g->transport_offset = 20;
    g->payload_offset = 28;
    g->len = 28;
    g->icmp_type = 3;
    g->icmp_code = code;
    g->from_router = from_router;
    g->quoted.proto = proto;
    g->quoted.src = scene_addr(CLIENT_IP, from);
    g->quoted.dst = scene_addr(SERVER_IP, to);
    scene_apply(s, &e);
}

static void reset(struct scene *s, uint64_t id, uint16_t port)
{
    struct event e;
    struct segment *g = begin_segment(s, &e, id, HOST_SERVER);

    g->proto = IPPROTO_TCP;
    g->src.port = 8080;
    g->dst.port = port;
    g->packet_len = 40;
    g->transport_offset = 20;
    g->payload_offset = 40;
    g->flags = SEGMENT_RST | SEGMENT_ACK;
    g->has_relative = true;
    g->ack_raw = 1;
    g->ack = 1;
    scene_apply(s, &e);
    verdict(s, id, VERDICT_DELIVERED);
}

/* Every fate once. */
void scene_fates(struct scene *s)
{
    scene_server(s, "ls.listen(1)");
    scene_listener(s, 2, 1, 0, 0);
    scene_process(s, "c1", HOST_CLIENT);
    scene_sock(s, (struct scene_sock){.id = 1,
                      .owner = "c1.s",
                      .state = TCP_STATE_ESTABLISHED,
                      .local = 34254,
                      .peer = 8080});
    full_syn(s, 1, HOST_CLIENT, 7);
    verdict(s, 1, VERDICT_DELIVERED);
    full_syn(s, 2, HOST_SERVER, 7);
    verdict(s, 2, VERDICT_DELIVERED);
    scene_after_ms(s, 1000);
    scene_segment(s, 3, HOST_CLIENT, 34300, SEGMENT_SYN, 0, VERDICT_DELIVERED);
    scene_listener(s, 2, 1, 0, 1);
    full_data(s, 4, 1, 1000, SEGMENT_KIND_NONE);
    verdict(s, 4, VERDICT_DROPPED);
    full_data(s, 5, 1, 1000, SEGMENT_KIND_TIMEOUT);
    verdict(s, 5, VERDICT_DUPLICATED);
    verdict(s, 5, VERDICT_DELIVERED);
    full_data(s, 6, 1001, 500, SEGMENT_KIND_NONE);
    verdict(s, 6, VERDICT_CORRUPTED);
    verdict(s, 6, VERDICT_DELIVERED);
    scene_segment(s, 7, HOST_CLIENT, 34302, SEGMENT_SYN, 0, VERDICT_ANSWERED);
    icmp(s, 8, IPPROTO_TCP, 34302, 8080, 1, true);
    verdict(s, 8, VERDICT_DELIVERED);
    scene_segment(s, 9, HOST_CLIENT, 34304, SEGMENT_SYN, 0, VERDICT_DELIVERED);
    reset(s, 10, 34304);
    datagram(s, 11, 9999, 5);
    verdict(s, 11, VERDICT_DELIVERED);
    icmp(s, 12, IPPROTO_UDP, 40000, 9999, 3, false);
    verdict(s, 12, VERDICT_DELIVERED);
    scene_after_ms(s, 2000);
}

/* Half a second of two after a SYN, and three quarters after another. */
void scene_travelling(struct scene *s)
{
    scene_wire(s, 2000, false);
    scene_process(s, "c1", HOST_CLIENT);
    full_syn(s, 1, HOST_CLIENT, 7);
    scene_after_ms(s, 1000);
    full_syn(s, 2, HOST_SERVER, 7);
    scene_after_ms(s, 500);
}

/* A transfer of 400 segments, of which some are lost, after a handshake. */
void scene_bulk(struct scene *s)
{
    uint64_t id = 2;

    scene_process(s, "c1", HOST_CLIENT);
    scene_sock(s, (struct scene_sock){.id = 1,
                      .owner = "c1.s",
                      .state = TCP_STATE_ESTABLISHED,
                      .local = 34254,
                      .peer = 8080});
    full_syn(s, 1, HOST_CLIENT, 7);
    verdict(s, 1, VERDICT_DELIVERED);
    full_syn(s, 2, HOST_SERVER, 7);
    verdict(s, 2, VERDICT_DELIVERED);
    scene_after_ms(s, 500);
    for (uint32_t i = 0; i < 200; i++) {
        full_data(s, ++id, 1 + 1000 * i, 1000, SEGMENT_KIND_NONE);
        verdict(s, id, i % 50 == 49 ? VERDICT_DROPPED : VERDICT_DELIVERED);
        scene_segment(
            s, ++id, HOST_SERVER, 34254, SEGMENT_ACK, 0, VERDICT_DELIVERED);
        scene_after_ms(s, 4);
    }
    scene_after_ms(s, 500);
    scene_segment(s, ++id, HOST_CLIENT, 34254, SEGMENT_FIN | SEGMENT_ACK, 0,
        VERDICT_DELIVERED);
    scene_after_ms(s, 2000);
}

void scene_bulk_opened(struct scene *s)
{
    scene_bulk(s);
    s->ui.sel.column = COLUMN_WIRE;
    s->ui.sel.segment = 201;
    s->ui.open_run = 3;
}

static void inspect(struct scene *s, uint64_t id)
{
    s->ui.sel.column = COLUMN_WIRE;
    s->ui.sel.segment = id;
    s->ui.inspect = true;
}

void scene_inspect_syn(struct scene *s)
{
    scene_wire(s, 0, true);
    scene_process(s, "c1", HOST_CLIENT);
    full_syn(s, 1, HOST_CLIENT, 7);
    verdict(s, 1, VERDICT_HELD);
    scene_after_ms(s, 1000);
    scene_repeat(s, 1);
    scene_after_ms(s, 1100);
    inspect(s, 1);
}

void scene_inspect_data(struct scene *s)
{
    scene_fates(s);
    inspect(s, 5);
    s->ui.inspect_row = 4;
}

void scene_inspect_ignored(struct scene *s)
{
    scene_fates(s);
    inspect(s, 3);
}

void scene_inspect_udp(struct scene *s)
{
    scene_fates(s);
    inspect(s, 11);
}

void scene_inspect_icmp(struct scene *s)
{
    scene_fates(s);
    inspect(s, 8);
}

/* The rest of what the first line can say of the wire. */
void scene_faulty(struct scene *s)
{
    struct event e = {.kind = EVENT_LINE};
    struct wire_status *w = &e.u.line.wire;

    e.u.line.text = "wire cut";
    w->coalesce = true;
    w->cut = true;
    w->rate = 1500000;
    w->mtu = 576;
    w->delay_ns[HOST_CLIENT] = w->delay_ns[HOST_SERVER] = 100 * NS_PER_MS;
    w->jitter_ns[HOST_CLIENT] = w->jitter_ns[HOST_SERVER] = 20 * NS_PER_MS;
    w->loss_ppm[HOST_CLIENT] = 125000;
    scene_process(s, "c1", HOST_CLIENT);
    scene_apply(s, &e);
}

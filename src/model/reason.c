/* Tells a segment that was lost on the wire from one that arrived for nothing:
 * the wire can't see it, but the receiver counts it or answers. */
#include "model_int.h"

#include "sockstage/base/text.h"

/* An answer comes right behind what it answers; others may come between. */
#define REASON_LOOK_BACK 256

static const struct {
    const char *brief, *words, *meaning, *explain, *see;
} rows[] = {
    [MODEL_REASON_NONE] = {"", "", "", "", ""},
#define REASON(id, brief, words, meaning, explain, see)                        \
    [MODEL_REASON_##id] = {brief, words, meaning, explain, see},
#include "sockstage/model/reasons.def"
#undef REASON
};

const char *model_reason_words(enum model_reason r, bool brief)
{
    return brief ? rows[r].brief : rows[r].words;
}

const char *model_reason_meaning(enum model_reason r)
{
    return rows[r].meaning;
}

const char *model_reason_explain(enum model_reason r)
{
    return rows[r].explain;
}

const char *model_reason_see(enum model_reason r)
{
    return rows[r].see;
}

static bool has_arrived(const struct model_segment *s)
{
    return s->has_verdict && s->verdict == VERDICT_DELIVERED;
}

static void blame(struct model_segment *s, enum model_reason why)
{
    if (s->reason == MODEL_REASON_NONE)
        s->reason = why;
}

/* Which queue refused it. The order of tests is that of tcp_conn_request(),
 * net/ipv4/tcp_input.c; a queue is full with one more than listen() said. */
static enum model_reason full_queue(
    const struct event_socket *e, const struct segment *s)
{
    bool is_syn = (s->flags & SEGMENT_SYN) != 0;

    if (e->proto == IPPROTO_UDP)
        return MODEL_REASON_RECV_BUFFER;
    if (is_syn && e->syn_queue > e->backlog)
        return MODEL_REASON_SYN_QUEUE;
    if (e->accept_queue > e->backlog)
        return MODEL_REASON_ACCEPT_QUEUE;
    return MODEL_REASON_QUEUE;
}

void reason_delivered(struct model *m, struct model_segment *s)
{
    m->last_delivered = s->seg.id;
    if (s->corrupted)
        blame(s, MODEL_REASON_CHECKSUM);
}

/* How far sk_drops of a listener, which its `ignored` is, grows with one
 * segment; measured on Linux 6.18, IPv4 and IPv6:
 *
 *     SYN, accept queue full                          1
 *     SYN, SYN queue full                             1
 *     last ACK of a handshake, accept queue full      2
 *     data that carries this ACK, accept queue full   2
 *
 * tcp_conn_request() counts a SYN in tcp_listendrop(). tcp_v4_syn_recv_sock()
 * does the same for an ACK, and tcp_v4_rcv(), which gets no socket for it,
 * counts it as it discards the packet; so with tcp_abort_on_overflow too. */
#define DROPS_OF_SYN 1
#define DROPS_OF_ACK 2

bool model_refused(const struct model_sock *s, uint32_t *syns, uint32_t *acks)
{
    *syns = s->refused_syns;
    *acks = s->refused_acks;
    return DROPS_OF_SYN * (uint64_t)*syns + DROPS_OF_ACK * (uint64_t)*acks ==
           s->ignored;
}

void reason_counted(
    struct model *m, struct model_sock *sock, const struct event_socket *e)
{
    struct model_segment *s = traffic_find(m, m->last_delivered);

    if (e->ignored <= sock->ignored || s == NULL || s->seg.from == e->host ||
        !model_takes_segment(e->host, e->proto, &e->local, &e->peer, &s->seg))
        return;
    /* With tcp_abort_on_overflow its RST may have been seen before. */
    if (s->reason == MODEL_REASON_NO_CONNECTION)
        s->reason = MODEL_REASON_NONE;
    blame(s, full_queue(e, &s->seg));
    if (e->is_listener && (s->seg.flags & SEGMENT_SYN))
        sock->refused_syns++;
    else if (e->is_listener)
        sock->refused_acks++;
    m->last_delivered = 0;
}

/* A reset that answers has no ACK and takes its number from the ACK of what it
 * answers; where that has none, it acknowledges it and its own number is 0
 * (RFC 9293, section 3.5.2). One that close() sends goes on counting: with
 * nothing sent before, it acknowledges the SYN too. */
bool reason_is_reset_of(const struct segment *rst, const struct segment *s)
{
    if (rst->proto != IPPROTO_TCP || !(rst->flags & SEGMENT_RST) ||
        s->proto != IPPROTO_TCP || (s->flags & SEGMENT_RST) ||
        !addr_equal(&rst->src, &s->dst) || !addr_equal(&rst->dst, &s->src))
        return false;
    if (s->flags & SEGMENT_ACK)
        return !(rst->flags & SEGMENT_ACK) && rst->seq_raw == s->ack_raw;
    return (rst->flags & SEGMENT_ACK) && rst->seq_raw == 0 &&
           rst->ack_raw == s->seq_raw + segment_seq_len(s);
}

static bool is_port_error(const struct segment *s)
{
    return !s->from_router && s->quoted.src.family != 0 &&
           s->quoted.proto == IPPROTO_UDP;
}

static bool quotes(const struct segment *icmp, const struct segment *s)
{
    return s->proto == icmp->quoted.proto &&
           addr_equal(&icmp->quoted.src, &s->src) &&
           addr_equal(&icmp->quoted.dst, &s->dst);
}

void reason_answered(struct model *m, const struct segment *answer)
{
    bool is_rst =
        answer->proto == IPPROTO_TCP && (answer->flags & SEGMENT_RST) != 0;
    size_t n = m->segments.len;

    if (!is_rst && !is_port_error(answer))
        return;
    for (size_t i = 0; i < REASON_LOOK_BACK && i < n; i++) {
        struct model_segment *s = m->segments.items[n - 1 - i];
        if (s->seg.from == answer->from || !has_arrived(s) ||
            !(is_rst ? reason_is_reset_of(answer, &s->seg)
                     : quotes(answer, &s->seg)))
            continue;
        bool known = is_rst && (s->seg.flags & SEGMENT_SYN) == 0;
        blame(s, known ? MODEL_REASON_NO_CONNECTION : MODEL_REASON_NOBODY);
        return;
    }
}

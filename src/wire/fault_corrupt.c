/* `wire corrupt [N] PATTERN`: one bit of the next segments that fit, held ones
 * first, is turned over, where the receiver's checksum of TCP, UDP or ICMP
 * finds it: in the payload, else in the header before it, never in the IP
 * header, without which it would not even arrive. */
#include "luck.h"
#include "next_orders.h"

#include <netinet/in.h>

/* A range of bytes of the packet, [first, end). */
struct range {
    size_t first, end;
};

/* What a kernel looks at before the checksum stays as it is: in TCP the data
 * offset; in UDP the length, and the checksum, which must not become 0 (RFC
 * 768: none); in ICMP the type. So of TCP the sequence numbers are left, of
 * UDP the source port, of ICMP the second half of its header. */
static struct range range_of(const struct packet *p)
{
    const struct segment *s = &p->segment;
    size_t payload = s->payload_offset;

    if (s->packet_len > payload && payload > 0)
        return (struct range){payload, s->packet_len};
    size_t at = s->transport_offset;
    if (s->malformed || at == 0)
        return (struct range){0, 0};
    if (s->proto == IPPROTO_TCP)
        return (struct range){at + 4, at + 12};
    if (s->proto == IPPROTO_UDP)
        return (struct range){at, at + 2};
    if (s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6)
        return (struct range){at + 4, at + 8};
    return (struct range){0, 0};
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct wire_order rest = *o;

    if (o->word != WIRE_CORRUPT)
        return false;
    rest.count -= link_mark_held(l, FAULT_CORRUPT, o->count, &o->pattern);
    next_orders_add(state, &rest);
    return true;
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    if (next_orders_take(l, state, &c->segment, NULL))
        c->marks |= 1U << FAULT_CORRUPT;
    return FAULT_PASS;
}

static void leave(struct link *l, void *state, struct packet *p)
{
    struct range r = range_of(p);
    uint64_t luck = link_luck(l, FAULT_CORRUPT, &p->segment);

    (void)state;
    if (r.first == r.end)
        return;
    p->bytes[r.first + luck_below(luck, r.end - r.first)] ^=
        (uint8_t)(1U << (luck & 7));
    p->is_corrupted = true;
    link_report(l, &p->segment, VERDICT_CORRUPTED);
}

const struct fault fault_corrupt = {
    .start = next_orders_new,
    .stop = next_orders_free,
    .order = order,
    .enter = enter,
    .leave = leave,
};

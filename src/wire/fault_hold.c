/* `wire hold`, `deliver`, `release`: segments that wait until somebody lets
 * them go. Delivering is at once, past whatever is delayed on the same side:
 * who says "deliver" means now. */
#include "link_internal.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

struct hold {
    bool on;
    struct packet_queue held;
};

static void *start(void)
{
    return xcalloc(1, sizeof(struct hold));
}

static void stop(void *state)
{
    struct hold *h = state;

    packet_queue_done(&h->held);
    free(h);
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    struct hold *h = state;

    if (!h->on)
        return FAULT_PASS;
    struct packet *p = packet_new(&c->segment, c->packet, c->len);
    p->marks = c->marks;
    packet_queue_push(&h->held, p);
    link_report(l, &c->segment, VERDICT_HELD);
    return FAULT_CONSUMED;
}

static struct hold *hold_of(const struct link *l)
{
    return link_fault_state(l, FAULT_HOLD);
}

struct packet *link_take_held(struct link *l, const struct pattern *p,
    bool (*test)(const struct segment *s))
{
    struct hold *h = hold_of(l);

    for (size_t i = 0; i < h->held.len; i++) {
        const struct segment *s = &packet_queue_at(&h->held, i)->segment;
        if (link_fits(l, p, s) && (!test || test(s)))
            return packet_queue_take(&h->held, i);
    }
    return NULL;
}

static struct packet *take_id(struct link *l, uint64_t id)
{
    struct hold *h = hold_of(l);
    size_t i = packet_queue_find(&h->held, id);

    return i == SIZE_MAX ? NULL : packet_queue_take(&h->held, i);
}

static bool deliver(struct link *l, struct packet *p)
{
    if (p)
        link_carry(l, p);
    return p != NULL;
}

static bool lose(struct link *l, struct packet *p)
{
    if (p)
        link_report(l, &p->segment, VERDICT_DROPPED);
    free(p);
    return p != NULL;
}

void link_hold(struct link *l)
{
    hold_of(l)->on = true;
}

void link_release(struct link *l)
{
    struct hold *h = hold_of(l);

    h->on = false;
    if (h->held.len == 0)
        return;
    /* A callback may hold again: then what enters later stays. */
    uint64_t last = packet_queue_at(&h->held, h->held.len - 1)->segment.id;
    while (h->held.len > 0 && packet_queue_at(&h->held, 0)->segment.id <= last)
        link_carry(l, packet_queue_take(&h->held, 0));
}

bool link_is_holding(const struct link *l)
{
    return hold_of(l)->on;
}

bool link_deliver_one(struct link *l, const struct pattern *p)
{
    return deliver(l, link_take_held(l, p, NULL));
}

bool link_drop_held(struct link *l, const struct pattern *p)
{
    return lose(l, link_take_held(l, p, NULL));
}

bool link_deliver_id(struct link *l, uint64_t id)
{
    return deliver(l, take_id(l, id));
}

bool link_drop_id(struct link *l, uint64_t id)
{
    return lose(l, take_id(l, id));
}

uint32_t link_mark_held(
    struct link *l, enum fault_id id, uint32_t count, const struct pattern *p)
{
    struct packet_queue *held = &hold_of(l)->held;
    uint32_t marked = 0;

    for (size_t i = 0; i < held->len && marked < count; i++) {
        struct packet *each = packet_queue_at(held, i);
        if ((each->marks & 1U << id) || !link_fits(l, p, &each->segment))
            continue;
        each->marks |= 1U << id;
        marked++;
    }
    return marked;
}

bool link_duplicate_id(struct link *l, uint64_t id)
{
    struct packet_queue *held = &hold_of(l)->held;
    size_t i = packet_queue_find(held, id);

    if (i == SIZE_MAX)
        return false;
    packet_queue_at(held, i)->marks |= 1U << FAULT_DUPLICATE;
    return true;
}

size_t link_held(const struct link *l)
{
    return hold_of(l)->held.len;
}

bool link_is_held(const struct link *l, uint64_t id)
{
    return packet_queue_find(&hold_of(l)->held, id) != SIZE_MAX;
}

bool link_holds_flow(
    const struct link *l, const struct addr *a, const struct addr *b)
{
    struct addr one = addr_unmapped(a), other = addr_unmapped(b);

    for (size_t i = 0; i < link_held(l); i++) {
        const struct segment *s = link_held_at(l, i);
        if ((addr_equal(&s->src, &one) && addr_equal(&s->dst, &other)) ||
            (addr_equal(&s->src, &other) && addr_equal(&s->dst, &one)))
            return true;
    }
    return false;
}

const struct segment *link_held_at(const struct link *l, size_t i)
{
    const struct packet_queue *held = &hold_of(l)->held;

    return i < held->len ? &packet_queue_at(held, i)->segment : NULL;
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    (void)state;
    switch (o->word) {
    case WIRE_HOLD:
        link_hold(l);
        return true;
    case WIRE_RELEASE:
        link_release(l);
        return true;
    default:
        return false;
    }
}

const struct fault fault_hold = {
    .start = start,
    .stop = stop,
    .order = order,
    .enter = enter,
};

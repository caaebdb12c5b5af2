/* `wire rate`: each direction is a line that carries so many bits of IP
 * packets a second, one packet after the other. Nothing is lost: what finds
 * the line busy waits, however long the queue gets. */
#include "link_internal.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <stdlib.h>

struct rate {
    uint64_t bits;                /* a second; 0: no limit */
    uint64_t free_ns[HOST_COUNT]; /* when the line of that sender is free */
};

static void *start(void)
{
    return xcalloc(1, sizeof(struct rate));
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct rate *r = state;

    (void)l;
    if (o->word != WIRE_RATE)
        return false;
    r->bits = o->rate;
    return true;
}

/* Rounded up: never faster than the rate. */
static uint64_t time_of(uint64_t bits, size_t len)
{
    return ((uint64_t)len * 8 * NS_PER_S + bits - 1) / bits;
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    struct rate *r = state;
    uint64_t *free_ns = &r->free_ns[c->segment.from];

    (void)l;
    if (r->bits == 0)
        return FAULT_PASS;
    if (*free_ns < c->due_ns)
        *free_ns = c->due_ns;
    *free_ns += time_of(r->bits, c->len);
    c->due_ns = *free_ns;
    return FAULT_PASS;
}

uint64_t link_rate(const struct link *l)
{
    const struct rate *r = link_fault_state(l, FAULT_RATE);

    return r->bits;
}

const struct fault fault_rate = {
    .start = start,
    .stop = free,
    .order = order,
    .enter = enter,
};

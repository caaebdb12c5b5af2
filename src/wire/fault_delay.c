/* `wire delay`: the time that a segment takes from one host to the other, and
 * the jitter that is added by chance. It only sets when a segment is due; the
 * link keeps it until then, and never lets one overtake another. */
#include "link_internal.h"
#include "luck.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

struct delay {
    uint64_t from_ns[HOST_COUNT];
    uint64_t jitter_ns[HOST_COUNT];
};

static void *start(void)
{
    return xcalloc(1, sizeof(struct delay));
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct delay *d = state;

    (void)l;
    if (o->word != WIRE_DELAY)
        return false;
    for (int h = 0; h < HOST_COUNT; h++) {
        if (!(o->sides & WIRE_SIDE(h)))
            continue;
        d->from_ns[h] = o->delay_ns;
        d->jitter_ns[h] = o->jitter_ns;
    }
    return true;
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    const struct delay *d = state;
    enum host from = c->segment.from;

    c->due_ns += d->from_ns[from];
    if (d->jitter_ns[from] > 0)
        c->due_ns += luck_below(
            link_luck(l, FAULT_DELAY, &c->segment), d->jitter_ns[from] + 1);
    return FAULT_PASS;
}

uint64_t link_delay_ns(const struct link *l, enum host from)
{
    const struct delay *d = link_fault_state(l, FAULT_DELAY);

    return d->from_ns[from];
}

uint64_t link_jitter_ns(const struct link *l, enum host from)
{
    const struct delay *d = link_fault_state(l, FAULT_DELAY);

    return d->jitter_ns[from];
}

const struct fault fault_delay = {
    .start = start,
    .stop = free,
    .order = order,
    .enter = enter,
};

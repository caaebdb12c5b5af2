/* `wire delay`: the time that a segment takes from one host to the other. It
 * only sets when a segment is due; the link keeps it until then. */
#include "link_internal.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

struct delay {
    uint64_t from_ns[HOST_COUNT];
};

static void *start(void)
{
    return xcalloc(1, sizeof(struct delay));
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    const struct delay *d = state;

    (void)l;
    c->due_ns += d->from_ns[c->segment.from];
    return FAULT_PASS;
}

void link_set_delay(struct link *l, unsigned sides, uint64_t delay_ns)
{
    struct delay *d = link_fault_state(l, FAULT_DELAY);

    for (size_t i = 0; i < HOST_COUNT; i++)
        if (sides & (1U << i))
            d->from_ns[i] = delay_ns;
}

uint64_t link_delay_ns(const struct link *l, enum host from)
{
    const struct delay *d = link_fault_state(l, FAULT_DELAY);

    return d->from_ns[from];
}

const struct fault fault_delay = {
    .start = start,
    .stop = free,
    .enter = enter,
};

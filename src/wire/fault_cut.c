/* `wire cut`, `wire join`: a cable pulled out. What enters vanishes; what is
 * held or under way has passed the place and stays. */
#include "link_internal.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

struct cut {
    bool on;
};

static void *start(void)
{
    return xcalloc(1, sizeof(struct cut));
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct cut *c = state;

    (void)l;
    if (o->word != WIRE_CUT && o->word != WIRE_JOIN)
        return false;
    c->on = o->word == WIRE_CUT;
    return true;
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    const struct cut *cut = state;

    if (!cut->on)
        return FAULT_PASS;
    link_report(l, &c->segment, VERDICT_DROPPED);
    return FAULT_CONSUMED;
}

bool link_is_cut(const struct link *l)
{
    const struct cut *c = link_fault_state(l, FAULT_CUT);

    return c->on;
}

const struct fault fault_cut = {
    .start = start,
    .stop = free,
    .order = order,
    .enter = enter,
};

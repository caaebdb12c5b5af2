/* `wire drop [N] PATTERN`: the next segments that fit are lost, held ones at
 * once and the others as they enter. */
#include "next_orders.h"

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct wire_order rest = *o;

    if (o->word != WIRE_DROP)
        return false;
    while (rest.count > 0 && link_drop_held(l, &rest.pattern))
        rest.count--;
    next_orders_add(state, &rest);
    return true;
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    if (!next_orders_take(l, state, &c->segment, NULL))
        return FAULT_PASS;
    link_report(l, &c->segment, VERDICT_DROPPED);
    return FAULT_CONSUMED;
}

const struct fault fault_drop = {
    .start = next_orders_new,
    .stop = next_orders_free,
    .order = order,
    .enter = enter,
};

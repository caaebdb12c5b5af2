/* `wire duplicate [N] PATTERN`: the next segments that fit, held ones first,
 * arrive twice, the copy right behind the original. */
#include "next_orders.h"

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct wire_order rest = *o;

    if (o->word != WIRE_DUPLICATE)
        return false;
    rest.count -= link_mark_held(l, FAULT_DUPLICATE, o->count, &o->pattern);
    next_orders_add(state, &rest);
    return true;
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    if (next_orders_take(l, state, &c->segment, NULL))
        c->marks |= 1U << FAULT_DUPLICATE;
    return FAULT_PASS;
}

static void leave(struct link *l, void *state, struct packet *p)
{
    (void)state;
    p->copies++;
    link_report(l, &p->segment, VERDICT_DUPLICATED);
}

const struct fault fault_duplicate = {
    .start = next_orders_new,
    .stop = next_orders_free,
    .order = order,
    .enter = enter,
    .leave = leave,
};

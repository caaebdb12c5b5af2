/* `wire unreachable`: the next segments that fit, held ones first, do not pass;
 * a router on the way says so to their sender by an ICMP error. */
#include "next_orders.h"

#include "sockstage/wire/icmp.h"

#include <stdlib.h>

static void answer(struct link *l, enum wire_unreachable what,
    const struct segment *s, const uint8_t *packet)
{
    uint8_t error[ICMP_ERROR_MAX];
    size_t len = icmp_unreachable(what, s, packet, error);

    link_report(l, s, VERDICT_ANSWERED);
    link_answer(l, s, error, len);
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct wire_order rest = *o;
    struct packet *p;

    if (o->word != WIRE_UNREACHABLE)
        return false;
    while (rest.count > 0 &&
           (p = link_take_held(l, &rest.pattern, icmp_may_answer)) != NULL) {
        answer(l, rest.what, &p->segment, p->bytes);
        free(p);
        rest.count--;
    }
    next_orders_add(state, &rest);
    return true;
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    enum wire_unreachable what;

    if (!icmp_may_answer(&c->segment) ||
        !next_orders_take(l, state, &c->segment, &what))
        return FAULT_PASS;
    answer(l, what, &c->segment, c->packet);
    return FAULT_CONSUMED;
}

const struct fault fault_unreachable = {
    .start = next_orders_new,
    .stop = next_orders_free,
    .order = order,
    .enter = enter,
};

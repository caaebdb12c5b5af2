/* `wire drop [N] PATTERN`: orders to lose the next segments that fit, carried
 * out on the held ones at once and on the others as they enter. */
#include "link_internal.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/vec.h"

#include <stdlib.h>

struct order {
    uint32_t count;
    struct pattern pattern;
};

struct drop {
    VEC(struct order) orders;
};

static void *start(void)
{
    return xcalloc(1, sizeof(struct drop));
}

static void stop(void *state)
{
    struct drop *d = state;

    vec_done(&d->orders);
    free(d);
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    struct drop *d = state;

    for (size_t i = 0; i < d->orders.len; i++) {
        struct order order = d->orders.items[i];
        if (!link_fits(l, &order.pattern, &c->segment))
            continue;
        if (order.count > 1)
            d->orders.items[i].count--;
        else
            vec_remove(&d->orders, i);
        link_report(l, &c->segment, VERDICT_DROPPED);
        return FAULT_CONSUMED;
    }
    return FAULT_PASS;
}

void link_drop_next(struct link *l, uint32_t count, const struct pattern *p)
{
    struct drop *d = link_fault_state(l, FAULT_DROP);
    struct order order = {.count = count};

    if (p)
        order.pattern = *p;
    while (order.count > 0 && link_drop_held(l, &order.pattern))
        order.count--;
    if (order.count > 0)
        vec_push(&d->orders, order);
}

const struct fault fault_drop = {
    .start = start,
    .stop = stop,
    .enter = enter,
};

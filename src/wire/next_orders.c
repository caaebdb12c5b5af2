/* Orders that wait for the segments they are meant for. */
#include "next_orders.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

void *next_orders_new(void)
{
    return xcalloc(1, sizeof(struct next_orders));
}

void next_orders_free(void *orders)
{
    struct next_orders *n = orders;

    vec_done(&n->items);
    free(n);
}

void next_orders_add(struct next_orders *n, const struct wire_order *o)
{
    if (o->count > 0)
        vec_push(&n->items, *o);
}

bool next_orders_take(struct link *l, struct next_orders *n,
    const struct segment *s, enum wire_unreachable *what)
{
    for (size_t i = 0; i < n->items.len; i++) {
        struct wire_order order = n->items.items[i];
        if (!link_fits(l, &order.pattern, s))
            continue;
        if (what)
            *what = order.what;
        if (order.count > 1)
            n->items.items[i].count--;
        else
            vec_remove(&n->items, i);
        return true;
    }
    return false;
}

/* `wire drop [N] PATTERN` and its like: orders for the next N segments that
 * fit, kept until that many have come, the oldest order first. */
#ifndef SOCKSTAGE_WIRE_NEXT_ORDERS_H
#define SOCKSTAGE_WIRE_NEXT_ORDERS_H

#include "link_internal.h"

#include "sockstage/base/vec.h"

struct next_orders {
    VEC(struct wire_order) items;
};

/* For .start and .stop of a fault whose state is nothing else. */
void *next_orders_new(void);
void next_orders_free(void *orders);

/* Nothing if o->count is 0. */
void next_orders_add(struct next_orders *n, const struct wire_order *o);

/* Whether an order means this segment; it is counted off, and `*what` (may be
 * NULL) is its own. */
bool next_orders_take(struct link *l, struct next_orders *n,
    const struct segment *s, enum wire_unreachable *what);

#endif

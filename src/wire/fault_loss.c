/* `wire loss`: a share of the segments vanishes, by a chance that follows the
 * seed. */
#include "link_internal.h"
#include "luck.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

struct loss {
    uint32_t from_ppm[HOST_COUNT];
};

static void *start(void)
{
    return xcalloc(1, sizeof(struct loss));
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct loss *loss = state;

    (void)l;
    if (o->word != WIRE_LOSS)
        return false;
    for (int h = 0; h < HOST_COUNT; h++)
        if (o->sides & WIRE_SIDE(h))
            loss->from_ppm[h] = o->loss_ppm;
    return true;
}

static enum fault_answer enter(struct link *l, void *state, struct crossing *c)
{
    const struct loss *loss = state;
    uint32_t ppm = loss->from_ppm[c->segment.from];

    if (ppm == 0 ||
        luck_below(link_luck(l, FAULT_LOSS, &c->segment), WIRE_LOSS_ALL) >= ppm)
        return FAULT_PASS;
    link_report(l, &c->segment, VERDICT_DROPPED);
    return FAULT_CONSUMED;
}

uint32_t link_loss_ppm(const struct link *l, enum host from)
{
    const struct loss *loss = link_fault_state(l, FAULT_LOSS);

    return loss->from_ppm[from];
}

const struct fault fault_loss = {
    .start = start,
    .stop = free,
    .order = order,
    .enter = enter,
};

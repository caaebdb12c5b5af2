/* `wire seed`: the number that every random choice of this link follows. */
#include "link_internal.h"
#include "luck.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

struct seed {
    uint64_t number;
};

static void *start(void)
{
    struct seed *s = xcalloc(1, sizeof *s);

    s->number = LUCK_SEED_DEFAULT;
    return s;
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct seed *s = state;

    (void)l;
    if (o->word != WIRE_SEED)
        return false;
    s->number = o->seed;
    return true;
}

uint64_t link_seed(const struct link *l)
{
    const struct seed *s = link_fault_state(l, FAULT_SEED);

    return s->number;
}

uint64_t link_luck(
    const struct link *l, enum fault_id id, const struct segment *s)
{
    return luck_draw(link_seed(l), (unsigned)id, s);
}

const struct fault fault_seed = {
    .start = start,
    .stop = free,
    .order = order,
};

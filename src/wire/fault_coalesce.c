/* Folding of repeats: while a segment waits on the wire, or an answer to it
 * does, its sender cannot know better than to send it again. Those copies say
 * nothing new, so they end here, counted on the segment that they repeat. */
#include "link_internal.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

struct coalesce {
    bool off;
};

static void *start(void)
{
    return xcalloc(1, sizeof(struct coalesce));
}

static bool acknowledges(const struct segment *answer, const struct segment *s)
{
    uint32_t end = s->seq_raw + segment_seq_len(s);

    if (answer->from == s->from || !(answer->flags & SEGMENT_ACK) ||
        !addr_equal(&answer->src, &s->dst) ||
        !addr_equal(&answer->dst, &s->src))
        return false;
    if (seq_after_or_equal(answer->ack_raw, end))
        return true;
    for (size_t i = 0; i < answer->options.sack_count; i++)
        if (seq_after_or_equal(s->seq_raw, answer->options.sack[i].left) &&
            seq_after_or_equal(answer->options.sack[i].right, end))
            return true;
    return false;
}

/* Whether `s` is held, or has arrived and what says so is held. A delayed or
 * dropped one is neither: nobody can have acknowledged it. */
static bool is_waiting(const struct link *l, const struct segment *s)
{
    if (link_is_held(l, s->id))
        return true;
    for (size_t i = 0; i < link_held(l); i++)
        if (acknowledges(link_held_at(l, i), s))
            return true;
    return false;
}

/* A repeat may cover several segments (tcp_retrans_collapse): it is folded,
 * into the first, only if the receiver would miss none of its bytes. */
static bool fold(struct link *l, void *state, const struct segment *repeat,
    struct segment *original)
{
    const struct coalesce *c = state;
    uint32_t end = repeat->seq_raw + segment_seq_len(repeat);
    uint32_t seq = repeat->seq_raw;

    if (c->off || link_held(l) == 0)
        return false;
    while (seq_before(seq, end)) {
        const struct segment *s = flow_original(link_flows(l), repeat, seq);
        if (!s || !is_waiting(l, s))
            return false;
        if (seq == repeat->seq_raw)
            *original = *s;
        seq = s->seq_raw + segment_seq_len(s);
    }
    return true;
}

static bool order(struct link *l, void *state, const struct wire_order *o)
{
    struct coalesce *c = state;

    (void)l;
    if (o->word != WIRE_COALESCE)
        return false;
    c->off = !o->on;
    return true;
}

bool link_coalesces(const struct link *l)
{
    const struct coalesce *c = link_fault_state(l, FAULT_COALESCE);

    return !c->off;
}

const struct fault fault_coalesce = {
    .start = start,
    .stop = free,
    .order = order,
    .fold = fold,
};

/* Walks the changes of a socket's state along the edges of the diagram. */
#include "state_path.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <assert.h>
#include <string.h>

#define STATE_EDGE(from, to, points, x, y, align, brief, words, wide)
#define STATE_PASS(from, through, to)
#define STATE_BOX(state, x, y) {TCP_STATE_##state, {x, y}},
const struct state_box state_boxes[STATE_BOXES] = {
#include "state_diagram.def"
};
#undef STATE_BOX
#undef STATE_EDGE

#define STATE_BOX(state, x, y)
#define POINTS_(x0, y0, x1, y1, x2, y2, x3, y3, ...)                           \
    {                                                                          \
        {x0, y0}, {x1, y1}, {x2, y2},                                          \
        {                                                                      \
            x3, y3                                                             \
        }                                                                      \
    }
#define POINTS(...) POINTS_(__VA_ARGS__, -1, -1, -1, -1, 0)
#define STATE_EDGE(from, to, points, x, y, align, brief, words, wide)          \
    {TCP_STATE_##from, TCP_STATE_##to, points, {x, y}, STATE_##align, brief,   \
        words, wide},
const struct state_edge state_edges[STATE_EDGES] = {
#include "state_diagram.def"
};
#undef STATE_EDGE
#undef STATE_PASS

#define STATE_EDGE(from, to, points, x, y, align, brief, words, wide)
#define STATE_PASS(from, through, to)                                          \
    {TCP_STATE_##from, TCP_STATE_##through, TCP_STATE_##to},
static const struct {
    uint8_t from, through, to;
} passes[] = {
#include "state_diagram.def"
};
#undef STATE_BOX
#undef STATE_EDGE
#undef STATE_PASS

/* CLOSED is there twice: a connection that was one ends in the second. */
static int box_of(uint8_t state, uint8_t before)
{
    bool ended = before != TCP_STATE_NONE && before != TCP_STATE_LISTEN &&
                 before != TCP_STATE_SYN_SENT;
    int found = -1;

    for (int i = 0; i < STATE_BOXES; i++) {
        if (state_boxes[i].state != state)
            continue;
        if (found < 0 || ended)
            found = i;
    }
    return found;
}

static void visit(struct state_path *p, uint8_t state, uint8_t before)
{
    int box = box_of(state, before);

    if (box >= 0)
        p->box[box] = true;
}

static bool take_edge(struct state_path *p, uint8_t from, uint8_t to)
{
    for (size_t i = 0; i < STATE_EDGES; i++) {
        if (state_edges[i].from == from && state_edges[i].to == to) {
            p->edge[i] = true;
            return true;
        }
    }
    return false;
}

/* Several states may lie between two that were seen. The table has no rounds,
 * each row is passed at most once. */
static void pass(struct state_path *p, uint8_t from, uint8_t to)
{
    for (size_t i = ARRAY_LEN(passes); i-- > 0 && !take_edge(p, from, to);) {
        if (passes[i].from != from || passes[i].to != to)
            continue;
        visit(p, passes[i].through, from);
        take_edge(p, passes[i].through, to);
        to = passes[i].through;
    }
}

void state_path_make(
    struct state_path *out, const struct model *m, const struct model_sock *s)
{
    memset(out, 0, sizeof *out);
    out->now = -1;
    if (!s)
        return;
    for (size_t i = 0; i < model_change_count(m); i++) {
        const struct model_change *c = model_change_at(m, i);
        if (c->sock != s->id)
            continue;
        if (c->before != TCP_STATE_NONE)
            visit(out, c->before, TCP_STATE_NONE);
        pass(out, c->before, c->state);
        visit(out, c->state, c->before);
        out->before = c->before;
    }
    out->now = box_of(s->state, out->before);
    if (out->now >= 0)
        out->box[out->now] = true;
}

/* Which states each socket went through. Of all sockets together a tail is
 * kept, as of the calls: what a moment looks like never depends on it. */
#include "model_int.h"

static void trim_changes(struct model *m)
{
    size_t gone = MODEL_CHANGES_MAX / MODEL_TAIL_SPARE;

    m->changes.len -= gone;
    memmove(m->changes.items, m->changes.items + gone,
        m->changes.len * sizeof *m->changes.items);
}

void change_add(
    struct model *m, const struct model_sock *s, uint8_t before, uint64_t t_ns)
{
    struct model_change c = {
        .sock = s->id, .t_ns = t_ns, .before = before, .state = s->state};

    if (m->changes.len == MODEL_CHANGES_MAX)
        trim_changes(m);
    vec_push(&m->changes, c);
}

void change_clear(struct model *m)
{
    vec_done(&m->changes);
}

size_t model_change_count(const struct model *m)
{
    return m->changes.len;
}

const struct model_change *model_change_at(const struct model *m, size_t i)
{
    return i < m->changes.len ? &m->changes.items[i] : NULL;
}

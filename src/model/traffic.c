/* Segments and their fates. Of the segments a tail is kept, held ones longest;
 * the counts of held and dropped ones do not depend on it. */
#include "model_int.h"

static struct model_segment *find_segment(const struct model *m, uint64_t id)
{
    size_t low = 0, high = m->segments.len;

    while (low < high) { /* ids grow */
        size_t mid = low + (high - low) / 2;
        if (m->segments.items[mid]->seg.id < id)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == m->segments.len || m->segments.items[low]->seg.id != id)
        return NULL;
    return m->segments.items[low];
}

static bool is_held(const struct model_segment *s)
{
    return s->has_verdict && s->verdict == VERDICT_HELD;
}

/* As trim_calls(): the oldest eighth that is not held, else the oldest. */
static void trim_segments(struct model *m)
{
    size_t room = MODEL_SEGMENTS_MAX / MODEL_TAIL_SPARE;
    size_t left = room, kept = 0;

    for (size_t i = 0; i < m->segments.len; i++) {
        struct model_segment *s = m->segments.items[i];
        if (left > 0 && !is_held(s)) {
            free(s);
            left--;
        } else {
            m->segments.items[kept++] = s;
        }
    }
    m->segments.len = kept;
    if (left < room)
        return;
    free(m->segments.items[0]);
    vec_remove(&m->segments, 0);
}

void traffic_apply_segment(struct model *m, const struct event_segment *e)
{
    struct model_segment *s = xcalloc(1, sizeof *s);

    if (m->segments.len == MODEL_SEGMENTS_MAX)
        trim_segments(m);
    s->seg = e->seg;
    vec_push(&m->segments, s);
}

/* A duplicated or corrupted segment goes on to its real fate. */
static void count_held(struct model *m, const struct event_verdict *v)
{
    struct held *held;

    HASH_FIND(hh, m->held, &v->segment, sizeof v->segment, held);
    switch (v->action) {
    case VERDICT_HELD:
        if (held != NULL)
            return;
        held = xcalloc(1, sizeof *held);
        held->id = v->segment;
        HASH_ADD(hh, m->held, id, sizeof held->id, held);
        return;
    case VERDICT_DELIVERED:
    case VERDICT_DROPPED:
    case VERDICT_ANSWERED:
        if (held == NULL)
            return;
        HASH_DEL(m->held, held);
        free(held);
        return;
    case VERDICT_DUPLICATED:
    case VERDICT_CORRUPTED:
    case VERDICT_COALESCED:
        return;
    }
}

void traffic_apply_verdict(struct model *m, const struct event *e)
{
    const struct event_verdict *v = &e->u.verdict;
    struct model_segment *s = find_segment(m, v->segment);

    count_held(m, v);
    if (v->action == VERDICT_DROPPED)
        m->dropped++;
    if (s == NULL)
        return;
    if (v->action == VERDICT_COALESCED) {
        s->copies++;
        return;
    }
    s->has_verdict = true;
    s->verdict = v->action;
    s->verdict_ns = e->t_ns;
}

void traffic_clear(struct model *m)
{
    struct held *held = m->held;

    HASH_CLEAR(hh, m->held);
    while (held != NULL) {
        struct held *next = held->hh.next;
        free(held);
        held = next;
    }
    for (size_t i = 0; i < m->segments.len; i++)
        free(m->segments.items[i]);
    vec_done(&m->segments);
}

size_t model_segment_count(const struct model *m)
{
    return m->segments.len;
}

const struct model_segment *model_segment_at(const struct model *m, size_t i)
{
    return i < m->segments.len ? m->segments.items[i] : NULL;
}

const struct model_segment *model_segment(const struct model *m, uint64_t id)
{
    return find_segment(m, id);
}

uint64_t model_held(const struct model *m)
{
    return HASH_COUNT(m->held);
}

uint64_t model_dropped(const struct model *m)
{
    return m->dropped;
}

/* Segments and their fates. Of the segments a tail is kept, held ones longest;
 * the counts of held and dropped ones do not depend on it. */
#include "model_int.h"

#include <netinet/in.h>

size_t model_segment_index(const struct model *m, uint64_t id)
{
    size_t low = 0, high = m->segments.len;
    uint64_t last = high > 0 ? m->segments.items[high - 1]->seg.id : 0;

    /* Mostly the newest is asked for, and its ids follow each other. */
    if (id <= last && last - id < high) {
        size_t guess = high - 1 - (size_t)(last - id);

        if (m->segments.items[guess]->seg.id == id)
            return guess;
    }
    while (low < high) { /* ids grow */
        size_t mid = low + (high - low) / 2;
        if (m->segments.items[mid]->seg.id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct model_segment *traffic_find(const struct model *m, uint64_t id)
{
    size_t i = model_segment_index(m, id);

    if (i == m->segments.len || m->segments.items[i]->seg.id != id)
        return NULL;
    return m->segments.items[i];
}

static bool is_held(const struct model_segment *s)
{
    return s->has_verdict && s->verdict == VERDICT_HELD;
}

/* In a bulk transfer as many leave as come: their memory is used again. */
static struct model_segment *segment_new(struct model *m)
{
    struct model_segment *s;

    if (m->spare.len == 0)
        return xcalloc(1, sizeof *s);
    s = m->spare.items[--m->spare.len];
    memset((char *)s + sizeof s->seg, 0, sizeof *s - sizeof s->seg);
    return s;
}

static void note_syn(struct model *m, struct model_segment *s)
{
    if (s->seg.proto == IPPROTO_TCP && (s->seg.flags & SEGMENT_SYN))
        vec_push(&m->syns, s);
}

void traffic_find_syns(struct model *m)
{
    vec_clear(&m->syns);
    for (size_t i = 0; i < m->segments.len; i++)
        note_syn(m, m->segments.items[i]);
}

/* As trim_calls(): the oldest eighth that is not held, else the oldest. */
static void trim_segments(struct model *m)
{
    size_t room = MODEL_SEGMENTS_MAX / MODEL_TAIL_SPARE;
    size_t left = room, kept = 0;

    for (size_t i = 0; i < m->segments.len; i++) {
        struct model_segment *s = m->segments.items[i];
        if (left > 0 && !is_held(s)) {
            vec_push(&m->spare, s);
            left--;
        } else {
            m->segments.items[kept++] = s;
        }
    }
    m->segments.len = kept;
    if (left == room) {
        free(m->segments.items[0]);
        vec_remove(&m->segments, 0);
    }
    traffic_find_syns(m);
    run_trim(m);
}

void traffic_apply_segment(struct model *m, const struct event_segment *e)
{
    size_t n = m->segments.len;
    struct model_segment *s;

    /* They are found by their ids, so these have to grow. */
    if (n > 0 && e->seg.id <= m->segments.items[n - 1]->seg.id)
        return;
    if (n == MODEL_SEGMENTS_MAX)
        trim_segments(m);
    s = segment_new(m);
    s->seg = e->seg;
    reason_answered(m, &s->seg);
    vec_push(&m->segments, s);
    note_syn(m, s);
    run_entered(m, &s->seg);
}

/* A duplicated or corrupted segment goes on to its real fate. */
static void count_held(struct model *m, const struct event_verdict *v)
{
    struct held *held;

    HASH_FIND(hh, m->held, &v->segment, sizeof v->segment, held);
    switch (v->action) {
    case VERDICT_HELD:
        if (held != NULL || HASH_COUNT(m->held) >= MODEL_HELD_MAX)
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

/* What happened on the way is no fate yet. */
static void add_fate(struct model_segment *s, enum verdict v, uint64_t t_ns)
{
    s->duplicated |= v == VERDICT_DUPLICATED;
    s->corrupted |= v == VERDICT_CORRUPTED;
    if (v != VERDICT_DUPLICATED && v != VERDICT_CORRUPTED) {
        s->has_verdict = true;
        s->verdict = v;
        s->verdict_ns = t_ns;
    }
    if (s->fate_count < MODEL_FATES_MAX)
        s->fate_count++;
    s->fates[s->fate_count - 1].verdict = v;
    s->fates[s->fate_count - 1].t_ns = t_ns;
}

void traffic_apply_verdict(struct model *m, const struct event *e)
{
    const struct event_verdict *v = &e->u.verdict;
    struct model_segment *s = traffic_find(m, v->segment);

    count_held(m, v);
    if (v->action == VERDICT_DROPPED) {
        m->dropped++;
        run_lost(m, v->segment);
    }
    if (s == NULL)
        return;
    if (v->action == VERDICT_COALESCED) {
        s->copies++;
        s->copied_ns = e->t_ns;
        return;
    }
    add_fate(s, v->action, e->t_ns);
    if (v->action == VERDICT_DELIVERED)
        reason_delivered(m, s);
    else if (v->action == VERDICT_HELD)
        run_held(m, &s->seg);
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
    vec_done(&m->syns);
    for (size_t i = 0; i < m->spare.len; i++)
        free(m->spare.items[i]);
    vec_done(&m->spare);
    run_clear(m);
}

size_t model_segment_count(const struct model *m)
{
    return m->segments.len;
}

const struct model_segment *model_segment_at(const struct model *m, size_t i)
{
    return i < m->segments.len ? m->segments.items[i] : NULL;
}

size_t model_syn_count(const struct model *m)
{
    return m->syns.len;
}

const struct model_segment *model_syn_at(const struct model *m, size_t i)
{
    return i < m->syns.len ? m->syns.items[i] : NULL;
}

const struct model_segment *model_segment(const struct model *m, uint64_t id)
{
    return traffic_find(m, id);
}

uint64_t model_held(const struct model *m)
{
    return HASH_COUNT(m->held);
}

uint64_t model_dropped(const struct model *m)
{
    return m->dropped;
}

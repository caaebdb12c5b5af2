/* The journal: a ring of events and its subscribers. While an event is being
 * told, later ones only queue up in the ring, and nothing leaves it. */
#include "sockstage/model/journal.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/vec.h"

#include <stdlib.h>

struct journal_subscriber {
    void (*heard)(void *ctx, const struct event *e);
    void *ctx;
    uint64_t from; /* the first event that it hears */
    bool dead;     /* freed after the outermost publish */
};

struct slot {
    struct event *event; /* owned */
    size_t bytes;
};

struct journal {
    size_t window_bytes, bytes;
    struct slot *ring;
    size_t cap; /* a power of two */
    uint64_t first, told, end;
    bool telling, keep_packets;
    VEC(struct journal_subscriber *) subscribers; /* owned */
};

struct journal *journal_new(size_t window_bytes)
{
    struct journal *j = xcalloc(1, sizeof *j);

    j->window_bytes = window_bytes;
    j->cap = 64;
    j->ring = xcalloc(j->cap, sizeof *j->ring);
    return j;
}

void journal_keep_packets(struct journal *j, bool keep)
{
    j->keep_packets = keep;
}

static struct slot *slot_at(const struct journal *j, uint64_t seq)
{
    return &j->ring[seq & (j->cap - 1)];
}

void journal_free(struct journal *j)
{
    if (j == NULL)
        return;
    for (uint64_t seq = j->first; seq < j->end; seq++)
        event_free(slot_at(j, seq)->event);
    for (size_t i = 0; i < j->subscribers.len; i++)
        free(j->subscribers.items[i]);
    vec_done(&j->subscribers);
    free(j->ring);
    free(j);
}

static void grow(struct journal *j)
{
    struct slot *ring = xcalloc(j->cap * 2, sizeof *ring);

    for (uint64_t seq = j->first; seq < j->end; seq++)
        ring[seq & (j->cap * 2 - 1)] = *slot_at(j, seq);
    free(j->ring);
    j->ring = ring;
    j->cap *= 2;
}

static struct event *copy_to_keep(
    const struct journal *j, const struct event *e)
{
    struct event bare;

    if (j->keep_packets || e->kind != EVENT_SEGMENT)
        return event_copy(e);
    bare = *e;
    bare.u.segment.packet = NULL;
    bare.u.segment.packet_len = 0;
    return event_copy(&bare);
}

static void append(struct journal *j, const struct event *e)
{
    struct event *copy = copy_to_keep(j, e);

    if (j->end - j->first == j->cap)
        grow(j);
    copy->seq = j->end;
    *slot_at(j, j->end) =
        (struct slot){copy, event_bytes(copy) + sizeof(struct slot)};
    j->bytes += slot_at(j, j->end)->bytes;
    j->end++;
}

/* The event told last always stays. */
static void trim(struct journal *j)
{
    while (j->bytes > j->window_bytes && j->first + 1 < j->told) {
        struct slot *oldest = slot_at(j, j->first);
        j->bytes -= oldest->bytes;
        event_free(oldest->event);
        oldest->event = NULL;
        j->first++;
    }
}

static void tell(struct journal *j, const struct event *e)
{
    /* A callback may subscribe, which moves the array. */
    for (size_t i = 0; i < j->subscribers.len; i++) {
        struct journal_subscriber *s = j->subscribers.items[i];
        if (!s->dead && s->from <= e->seq)
            s->heard(s->ctx, e);
    }
}

static void sweep(struct journal *j)
{
    for (size_t i = j->subscribers.len; i-- > 0;) {
        if (!j->subscribers.items[i]->dead)
            continue;
        free(j->subscribers.items[i]);
        vec_remove(&j->subscribers, i);
    }
}

void journal_publish(struct journal *j, const struct event *e)
{
    append(j, e);
    if (j->telling)
        return;
    j->telling = true;
    while (j->told < j->end) {
        tell(j, slot_at(j, j->told)->event);
        j->told++;
        trim(j);
    }
    j->telling = false;
    sweep(j);
}

uint64_t journal_first(const struct journal *j)
{
    return j->first;
}

uint64_t journal_end(const struct journal *j)
{
    return j->end;
}

const struct event *journal_at(const struct journal *j, uint64_t seq)
{
    if (seq < j->first || seq >= j->end)
        return NULL;
    return slot_at(j, seq)->event;
}

struct journal_subscriber *journal_subscribe(struct journal *j,
    void (*heard)(void *ctx, const struct event *e), void *ctx)
{
    struct journal_subscriber *s = xcalloc(1, sizeof *s);

    s->heard = heard;
    s->ctx = ctx;
    s->from = j->end;
    vec_push(&j->subscribers, s);
    return s;
}

void journal_unsubscribe(struct journal *j, struct journal_subscriber *s)
{
    if (s == NULL)
        return;
    s->dead = true;
    if (!j->telling)
        sweep(j);
}

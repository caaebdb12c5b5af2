/* The journal: a tape of packed events, and its subscribers. An event that is
 * published goes to them as it is; what is published while one is being told
 * waits, packed, in a queue. */
#include "sockstage/model/journal.h"

#include "event_pack.h"
#include "tape.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/vec.h"

#include <stdlib.h>
#include <string.h>

struct journal_subscriber {
    void (*heard)(void *ctx, const struct event *e);
    void *ctx;
    uint64_t from; /* the first event that it hears */
    bool dead;     /* freed after the outermost publish */
};

struct waiting {
    struct waiting *next;
    uint64_t seq;
    size_t len;
    char packed[];
};

struct journal {
    struct tape *tape;
    bool keeps; /* a past */
    bool telling, keep_packets;
    uint64_t end;
    uint64_t bytes;      /* of all that was packed to be kept */
    struct str packed;   /* for one event at a time */
    struct event *found; /* what journal_at() gives */
    struct waiting *first_waiting, **last_waiting;
    VEC(struct journal_subscriber *) subscribers; /* owned */
};

struct journal *journal_new(size_t window_bytes)
{
    struct journal *j = xcalloc(1, sizeof *j);

    j->tape = tape_new(window_bytes);
    j->keeps = window_bytes > 0;
    j->found = xcalloc(1, sizeof *j->found);
    j->last_waiting = &j->first_waiting;
    return j;
}

void journal_free(struct journal *j)
{
    if (j == NULL)
        return;
    for (size_t i = 0; i < j->subscribers.len; i++)
        free(j->subscribers.items[i]);
    vec_done(&j->subscribers);
    tape_free(j->tape);
    str_done(&j->packed);
    free(j->found);
    free(j);
}

void journal_set_spool(struct journal *j, struct spool *s,
    void (*failed)(void *ctx, const struct err *e), void *ctx)
{
    tape_set_spool(j->tape, s, failed, ctx);
}

void journal_keep_packets(struct journal *j, bool keep)
{
    j->keep_packets = keep;
}

/* ---- publishing ---------------------------------------------------------- */

static void keep(struct journal *j, const struct event *e)
{
    if (!j->keeps)
        return;
    str_clear(&j->packed);
    event_pack(e, j->keep_packets, &j->packed);
    j->bytes += j->packed.len;
    tape_append(j->tape, 1U << e->kind, j->packed.data, j->packed.len);
}

static void enqueue(struct journal *j, const struct event *e)
{
    struct waiting *w;

    str_clear(&j->packed);
    event_pack(e, true, &j->packed);
    w = xmalloc(sizeof *w + j->packed.len);
    w->next = NULL;
    w->seq = e->seq;
    w->len = j->packed.len;
    memcpy(w->packed, j->packed.data, w->len);
    *j->last_waiting = w;
    j->last_waiting = &w->next;
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

static void tell_waiting(struct journal *j)
{
    struct event e;

    while (j->first_waiting != NULL) {
        struct waiting *w = j->first_waiting;
        j->first_waiting = w->next;
        if (w->next == NULL)
            j->last_waiting = &j->first_waiting;
        if (event_unpack(w->packed, w->len, &e)) {
            e.seq = w->seq;
            tell(j, &e);
        }
        free(w);
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

/* Keeping may tell that the spool fails, and whoever hears it may publish: by
 * then this event has its place. */
void journal_publish(struct journal *j, struct event *e)
{
    e->seq = j->end++;
    if (j->telling) {
        enqueue(j, e);
        keep(j, e);
        return;
    }
    j->telling = true;
    keep(j, e);
    tell(j, e);
    tell_waiting(j);
    j->telling = false;
    sweep(j);
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

/* ---- reading ------------------------------------------------------------- */

uint64_t journal_first(const struct journal *j)
{
    return j->keeps ? tape_first(j->tape) : j->end;
}

uint64_t journal_end(const struct journal *j)
{
    return j->end;
}

uint64_t journal_bytes_published(const struct journal *j)
{
    return j->bytes;
}

const struct event *journal_at(const struct journal *j, uint64_t seq)
{
    const uint8_t *bytes;
    size_t len;

    if (!tape_get(j->tape, seq, &bytes, &len) ||
        !event_unpack(bytes, len, j->found))
        return NULL;
    j->found->seq = seq;
    return j->found;
}

enum match { MATCHES, DIFFERS, UNREADABLE };

/* Most events need no unpacking to be passed over. */
static enum match matches(const struct journal *j, uint64_t seq, unsigned kinds,
    bool (*fits)(const struct event *e))
{
    const struct event *e;
    const uint8_t *bytes;
    size_t len;

    if (!tape_get(j->tape, seq, &bytes, &len))
        return UNREADABLE;
    if ((kinds & (1U << event_packed_kind(bytes, len))) == 0)
        return DIFFERS;
    if (fits == NULL)
        return MATCHES;
    e = journal_at(j, seq);
    if (e == NULL)
        return UNREADABLE;
    return fits(e) ? MATCHES : DIFFERS;
}

uint64_t journal_find(const struct journal *j, uint64_t seq, int step,
    unsigned kinds, bool (*fits)(const struct event *e))
{
    const uint64_t first = journal_first(j), end = journal_end(j);
    uint64_t from, to;

    if (step > 0 && seq < first)
        seq = first;
    if (step < 0 && seq >= end)
        seq = end - 1;
    /* A step below 0 is one beyond the end. */
    while (seq >= first && seq < end) {
        if (tape_skip(j->tape, seq, kinds, &from, &to)) {
            seq = step > 0 ? to : from - 1;
            continue;
        }
        switch (matches(j, seq, kinds, fits)) {
        case MATCHES:
            return seq;
        case UNREADABLE:
            return end;
        case DIFFERS:
            seq = step > 0 ? seq + 1 : seq - 1;
        }
    }
    return end;
}

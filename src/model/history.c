/* Moments of a journal. Keyframes are packed models in a tape; the model that
 * was asked for last is kept, because the next one is mostly near. */
#include "sockstage/model/history.h"

#include "model_int.h"
#include "model_pack.h"
#include "tape.h"

/* However small the model: no keyframe for fewer bytes of events. */
#define SPACING_MIN ((uint64_t)64 * 1024)
/* So many events are applied in the time that unpacking a keyframe takes. */
#define UNPACK_EVENTS 1024

struct history {
    struct journal *journal;
    struct journal_subscriber *subscriber;
    const struct model *latest;
    bool keeps; /* has a window */

    struct tape *keyframes;
    VEC(uint64_t) cursors; /* of the keyframes, ascending */
    uint64_t numbered;     /* which record of the tape the first of them is */
    uint64_t spacing;      /* bytes of events until the next keyframe */
    uint64_t packed_at;    /* bytes published when the last one was taken */
    struct str scratch;

    struct model *moment;
    uint64_t cursor; /* of `moment` */
    bool is_valid;   /* `moment` is one */
    uint64_t unpacked, applied;
};

static void forget_lost(struct history *h)
{
    uint64_t lost = tape_first(h->keyframes) - h->numbered;

    if (lost == 0)
        return;
    h->cursors.len -= lost;
    memmove(h->cursors.items, h->cursors.items + lost,
        h->cursors.len * sizeof *h->cursors.items);
    h->numbered += lost;
}

static void take_keyframe(struct history *h, uint64_t cursor)
{
    str_clear(&h->scratch);
    model_pack(h->latest, &h->scratch);
    tape_append(h->keyframes, 0, h->scratch.data, h->scratch.len);
    vec_push(&h->cursors, cursor);
    forget_lost(h);
    h->packed_at = journal_bytes_published(h->journal);
    h->spacing = h->scratch.len > SPACING_MIN ? h->scratch.len : SPACING_MIN;
}

/* Whether moments can be made at all from here on. */
static bool has_base(const struct history *h)
{
    uint64_t oldest = journal_first(h->journal);

    return oldest == 0 || (h->cursors.len > 0 &&
                              h->cursors.items[h->cursors.len - 1] >= oldest);
}

static void hear(void *ctx, const struct event *e)
{
    struct history *h = ctx;
    uint64_t bytes = journal_bytes_published(h->journal) - h->packed_at;
    bool is_kept = journal_first(h->journal) <= e->seq;

    if (h->keeps && is_kept && (bytes >= h->spacing || !has_base(h)))
        take_keyframe(h, e->seq + 1);
}

struct history *history_new(
    struct journal *j, const struct model *latest, size_t window_bytes)
{
    struct history *h = xcalloc(1, sizeof *h);

    h->journal = j;
    h->latest = latest;
    h->keeps = window_bytes > 0;
    h->keyframes = tape_new(window_bytes);
    h->spacing = SPACING_MIN;
    str_init(&h->scratch);
    h->moment = model_new();
    h->subscriber = journal_subscribe(j, hear, h);
    if (h->keeps && journal_end(j) > 0)
        take_keyframe(h, journal_end(j));
    return h;
}

void history_free(struct history *h)
{
    if (h == NULL)
        return;
    journal_unsubscribe(h->journal, h->subscriber);
    tape_free(h->keyframes);
    vec_done(&h->cursors);
    str_done(&h->scratch);
    model_free(h->moment);
    free(h);
}

void history_set_spool(struct history *h, struct spool *s,
    void (*failed)(void *ctx, const struct err *e), void *ctx)
{
    tape_set_spool(h->keyframes, s, failed, ctx);
    forget_lost(h);
}

/* How many of the keyframes are at that cursor or before it. */
static size_t keyframes_until(const struct history *h, uint64_t cursor)
{
    size_t low = 0, high = h->cursors.len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (h->cursors.items[mid] <= cursor)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Without events before it a keyframe is a moment, but no way leads on from
 * one if those behind it are lost. */
uint64_t history_first(const struct history *h)
{
    uint64_t oldest = journal_first(h->journal);
    size_t before = oldest > 0 ? keyframes_until(h, oldest - 1) : 0;

    if (oldest == 0)
        return 0;
    return before < h->cursors.len ? h->cursors.items[before]
                                   : journal_end(h->journal);
}

static bool unpack(struct history *h, size_t keyframe)
{
    const uint8_t *bytes;
    size_t len;

    h->is_valid =
        tape_get(h->keyframes, h->numbered + keyframe, &bytes, &len) &&
        model_unpack(bytes, len, h->moment);
    h->cursor = h->cursors.items[keyframe];
    h->unpacked++;
    return h->is_valid;
}

/* Makes `moment` the nearest one at or before `cursor`, at little cost. */
static bool begin_near(struct history *h, uint64_t cursor)
{
    uint64_t oldest = journal_first(h->journal);
    size_t until = keyframes_until(h, cursor);
    uint64_t base = until > 0 ? h->cursors.items[until - 1] : 0;

    if (h->is_valid && h->cursor <= cursor && h->cursor >= oldest &&
        h->cursor + UNPACK_EVENTS >= base)
        return true;
    if (base < oldest)
        return false;
    if (until > 0)
        return unpack(h, until - 1);
    model_free(h->moment);
    h->moment = model_new();
    h->cursor = 0;
    h->is_valid = true;
    return true;
}

const struct model *history_at(struct history *h, uint64_t cursor)
{
    forget_lost(h);
    if (h->is_valid && h->cursor == cursor)
        return h->moment;
    if (cursor > journal_end(h->journal) || !begin_near(h, cursor))
        return NULL;
    while (h->cursor < cursor) {
        const struct event *e = journal_at(h->journal, h->cursor);
        if (e == NULL) {
            h->is_valid = false;
            return NULL;
        }
        model_apply(h->moment, e);
        h->cursor++;
        h->applied++;
    }
    return h->moment;
}

uint64_t history_unpacked(const struct history *h)
{
    return h->unpacked;
}

uint64_t history_applied(const struct history *h)
{
    return h->applied;
}

/* A tape is a row of chunks: each holds some records, one behind the other,
 * and marks to find them by. The last chunk is being filled; the oldest ones
 * in memory go to the spool as they are, one write each, and only their marks
 * stay. */
#include "tape.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_MAX     (128U << 10)
#define CHUNKS_MIN    8 /* in a window, so that little leaves at a time */
#define MARK_EVERY    64
#define LENGTH_BYTES  sizeof(uint32_t)
#define CHUNKS_PRUNED 64

/* One for every MARK_EVERY records of a chunk. */
struct mark {
    uint32_t offset;
    uint32_t tags; /* of all these records */
};

struct chunk {
    uint64_t first; /* the number of its first record */
    uint32_t count;
    uint8_t *bytes; /* owned; NULL: in the spool */
    size_t len, cap;
    uint64_t place; /* in the spool */
    VEC(struct mark) marks;
};

struct tape {
    size_t window, chunk_cap;
    uint64_t end;
    VEC(struct chunk) chunks;
    size_t head;      /* the oldest chunk that is left */
    size_t in_memory; /* the oldest chunk that has its bytes */
    size_t bytes;     /* of all chunks in memory */
    uint8_t *spare;   /* of a chunk that left, with chunk_cap bytes; or NULL */

    struct spool *spool; /* owned, or NULL */
    void (*failed)(void *ctx, const struct err *e);
    void *failed_ctx;

    /* The chunk of the spool that was read last. */
    uint8_t *loaded;
    size_t loaded_cap;
    uint64_t loaded_first;
    bool has_loaded;
};

struct tape *tape_new(size_t window_bytes)
{
    struct tape *t = xcalloc(1, sizeof *t);

    t->window = window_bytes;
    t->chunk_cap = window_bytes / CHUNKS_MIN;
    if (t->chunk_cap > CHUNK_MAX)
        t->chunk_cap = CHUNK_MAX;
    return t;
}

void tape_free(struct tape *t)
{
    if (t == NULL)
        return;
    for (size_t i = t->head; i < t->chunks.len; i++) {
        free(t->chunks.items[i].bytes);
        vec_done(&t->chunks.items[i].marks);
    }
    vec_done(&t->chunks);
    spool_free(t->spool);
    free(t->spare);
    free(t->loaded);
    free(t);
}

/* ---- what leaves --------------------------------------------------------- */

static void drop_oldest(struct tape *t)
{
    struct chunk *c = &t->chunks.items[t->head++];

    free(c->bytes);
    vec_done(&c->marks);
    if (t->in_memory < t->head)
        t->in_memory = t->head;
}

/* The room of chunks that were dropped is used again, a few at a time. */
static void prune(struct tape *t)
{
    if (t->head < CHUNKS_PRUNED || t->head < t->chunks.len / 2)
        return;
    memmove(t->chunks.items, t->chunks.items + t->head,
        (t->chunks.len - t->head) * sizeof *t->chunks.items);
    t->chunks.len -= t->head;
    t->in_memory -= t->head;
    t->head = 0;
}

static void drop_spooled(struct tape *t)
{
    while (t->head < t->in_memory)
        drop_oldest(t);
    spool_free(t->spool);
    t->spool = NULL;
    free(t->loaded);
    t->loaded = NULL;
    t->loaded_cap = 0;
    t->has_loaded = false;
}

/* Where the spool is a full ring, it takes the place of older ones. */
static int move_to_spool(struct tape *t, struct chunk *c, struct err *e)
{
    int rc;

    c->place = spool_end(t->spool);
    rc = spool_append(t->spool, c->bytes, c->len, e);
    if (rc < 0)
        return rc;
    while (t->head < t->in_memory &&
           t->chunks.items[t->head].place < spool_first(t->spool))
        drop_oldest(t);
    return 0;
}

static void take_bytes(struct tape *t, struct chunk *c)
{
    t->bytes -= c->cap;
    if (t->spare == NULL && c->cap == t->chunk_cap)
        t->spare = c->bytes;
    else
        free(c->bytes);
    c->bytes = NULL;
}

/* Returns -errno if the spool that there was has failed. */
static int evict(struct tape *t, struct err *e)
{
    struct chunk *c = &t->chunks.items[t->in_memory];
    int rc = 0;

    if (t->spool != NULL)
        rc = move_to_spool(t, c, e);
    take_bytes(t, c);
    if (t->spool != NULL && rc == 0) {
        t->in_memory++;
        return 0;
    }
    if (rc < 0)
        drop_spooled(t);
    drop_oldest(t);
    return rc;
}

/* ---- adding -------------------------------------------------------------- */

static int make_room(struct tape *t, size_t cap, struct err *e)
{
    int rc = 0;

    while (t->in_memory < t->chunks.len && t->bytes + cap > t->window) {
        int failed = evict(t, e);
        if (failed < 0)
            rc = failed;
    }
    prune(t);
    return rc;
}

static int begin_chunk(struct tape *t, size_t need, struct err *e)
{
    struct chunk c = {.first = t->end};
    int rc;

    c.cap = need > t->chunk_cap ? need : t->chunk_cap;
    rc = make_room(t, c.cap, e);
    if (t->spare != NULL && c.cap == t->chunk_cap) {
        c.bytes = t->spare;
    } else {
        free(t->spare);
        c.bytes = xmalloc(c.cap);
    }
    t->spare = NULL;
    t->bytes += c.cap;
    vec_push(&t->chunks, c);
    return rc;
}

static bool has_room(const struct tape *t, size_t need)
{
    const struct chunk *c;

    if (t->in_memory == t->chunks.len)
        return false;
    c = &t->chunks.items[t->chunks.len - 1];
    return need <= c->cap - c->len;
}

static void add_record(
    struct chunk *c, unsigned tags, const void *bytes, size_t len)
{
    uint32_t length = (uint32_t)len;

    if (c->count % MARK_EVERY == 0) {
        struct mark mark = {.offset = (uint32_t)c->len};
        vec_push(&c->marks, mark);
    }
    c->marks.items[c->marks.len - 1].tags |= tags;
    memcpy(c->bytes + c->len, &length, LENGTH_BYTES);
    if (len > 0)
        memcpy(c->bytes + c->len + LENGTH_BYTES, bytes, len);
    c->len += LENGTH_BYTES + len;
    c->count++;
}

void tape_append(struct tape *t, unsigned tags, const void *bytes, size_t len)
{
    struct err e = {0};
    int rc = 0;

    if (t->window == 0) {
        t->end++;
        return;
    }
    if (!has_room(t, LENGTH_BYTES + len))
        rc = begin_chunk(t, LENGTH_BYTES + len, &e);
    add_record(&t->chunks.items[t->chunks.len - 1], tags, bytes, len);
    t->end++;
    if (rc < 0 && t->failed != NULL)
        t->failed(t->failed_ctx, &e);
}

void tape_set_spool(struct tape *t, struct spool *s,
    void (*failed)(void *ctx, const struct err *e), void *ctx)
{
    drop_spooled(t);
    t->spool = s;
    t->failed = failed;
    t->failed_ctx = ctx;
}

/* ---- reading ------------------------------------------------------------- */

uint64_t tape_first(const struct tape *t)
{
    return t->head < t->chunks.len ? t->chunks.items[t->head].first : t->end;
}

uint64_t tape_end(const struct tape *t)
{
    return t->end;
}

static const struct chunk *find_chunk(const struct tape *t, uint64_t n)
{
    size_t low = t->head, high = t->chunks.len;

    if (n < tape_first(t) || n >= t->end)
        return NULL;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->chunks.items[middle].first <= n)
            low = middle;
        else
            high = middle;
    }
    return &t->chunks.items[low];
}

static const uint8_t *chunk_bytes(struct tape *t, const struct chunk *c)
{
    if (c->bytes != NULL)
        return c->bytes;
    if (t->has_loaded && t->loaded_first == c->first)
        return t->loaded;
    if (t->loaded_cap < c->len || t->loaded_cap > c->len * 2 + CHUNK_MAX) {
        free(t->loaded);
        t->loaded = xmalloc(c->len);
        t->loaded_cap = c->len;
    }
    t->has_loaded =
        spool_read(t->spool, c->place, t->loaded, c->len, NULL) == 0;
    t->loaded_first = c->first;
    return t->has_loaded ? t->loaded : NULL;
}

/* Moves `*at` from the length before a record to behind it. */
static bool next_record(
    const struct chunk *c, const uint8_t *bytes, size_t *at, uint32_t *length)
{
    if (c->len - *at < LENGTH_BYTES)
        return false;
    memcpy(length, bytes + *at, LENGTH_BYTES);
    *at += LENGTH_BYTES;
    if (c->len - *at < *length)
        return false;
    *at += *length;
    return true;
}

bool tape_get(struct tape *t, uint64_t n, const uint8_t **bytes, size_t *len)
{
    const struct chunk *c = find_chunk(t, n);
    const uint8_t *all;
    uint32_t length = 0;
    size_t in_chunk, at;

    if (c == NULL)
        return false;
    all = chunk_bytes(t, c);
    if (all == NULL)
        return false;
    in_chunk = (size_t)(n - c->first);
    at = c->marks.items[in_chunk / MARK_EVERY].offset;
    for (size_t i = 0; i <= in_chunk % MARK_EVERY; i++) {
        if (!next_record(c, all, &at, &length))
            return false;
    }
    *bytes = all + at - length;
    *len = length;
    return true;
}

bool tape_skip(const struct tape *t, uint64_t n, unsigned tags, uint64_t *from,
    uint64_t *to)
{
    const struct chunk *c = find_chunk(t, n);
    size_t mark;

    if (c == NULL)
        return false;
    mark = (size_t)(n - c->first) / MARK_EVERY;
    if ((c->marks.items[mark].tags & tags) != 0)
        return false;
    *from = c->first + mark * MARK_EVERY;
    *to = mark + 1 < c->marks.len ? *from + MARK_EVERY : c->first + c->count;
    return true;
}

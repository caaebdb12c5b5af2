/* The memory of what each connection has sent: per direction the ISN, the
 * next new sequence number, and the segments not yet acknowledged as far as
 * their sender can know. Records come from one pool and go back to it, so that
 * a bulk transfer allocates nothing once it runs. */
#include "sockstage/wire/flow.h"

#include "sockstage/base/mem.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define uthash_malloc(size) xmalloc(size)
#include <uthash.h>
#include <utlist.h>

/* Connections remembered; beyond it the one silent for longest is forgotten
 * and its later segments have no relative numbers. */
#define FLOWS_MAX 32768U

struct record {
    struct segment segment;
    struct record *prev, *next;
};

struct direction {
    bool has_isn;
    uint32_t isn;
    uint32_t next_seq; /* one above the highest number sent */
    bool has_ack;      /* the three below are of its last segment */
    uint32_t last_ack;
    uint16_t last_window;
    uint32_t same_acks;     /* bare ones in a row before it with that number */
    struct record *records; /* by sequence number */
};

struct flow_key {
    struct addr client, server;
};

_Static_assert(sizeof(struct flow_key) == 2 * sizeof(struct addr) &&
                   sizeof(struct addr) == 20,
    "keys are compared byte by byte, so there may be no padding");

struct flow {
    struct flow_key key;
    uint32_t number;
    struct direction from[HOST_COUNT];
    UT_hash_handle hh;
    struct flow *prev, *next; /* the longest silent first */
};

struct flow_table {
    struct flow *by_key;
    struct flow *by_age;
    struct flow *last; /* found: mostly it is the same again */
    struct record *pool;
    uint32_t flows;              /* so far */
    uint32_t others[HOST_COUNT]; /* packets that belong to none */
};

static uint32_t end_of(const struct segment *s)
{
    return s->seq_raw + segment_seq_len(s);
}

static bool carries(const struct segment *s, uint32_t seq)
{
    return seq_after_or_equal(seq, s->seq_raw) && seq_before(seq, end_of(s));
}

/* Only whole headers count; a later fragment has none, the first a wrong
 * length. */
static bool is_usable(const struct segment *s)
{
    return s->proto == IPPROTO_TCP && !s->malformed && !s->fragment;
}

static struct record *record_take(struct flow_table *t, const struct segment *s)
{
    struct record *r = t->pool;

    if (r)
        LL_DELETE(t->pool, r);
    else
        r = xmalloc(sizeof *r);
    r->segment = *s;
    return r;
}

static void record_drop(
    struct flow_table *t, struct direction *d, struct record *r)
{
    DL_DELETE(d->records, r);
    LL_PREPEND(t->pool, r);
}

static void direction_clear(struct flow_table *t, struct direction *d)
{
    while (d->records)
        record_drop(t, d, d->records);
}

static void flow_free(struct flow_table *t, struct flow *f)
{
    for (size_t i = 0; i < HOST_COUNT; i++)
        direction_clear(t, &f->from[i]);
    if (t->last == f)
        t->last = NULL;
    HASH_DELETE(hh, t->by_key, f);
    DL_DELETE(t->by_age, f);
    free(f);
}

static struct flow_key key_of(const struct segment *s)
{
    if (s->from == HOST_CLIENT)
        return (struct flow_key){.client = s->src, .server = s->dst};
    return (struct flow_key){.client = s->dst, .server = s->src};
}

static struct flow *flow_find(
    const struct flow_table *t, const struct segment *s)
{
    struct flow_key key = key_of(s);
    struct flow *f = NULL;

    if (t->last && memcmp(&t->last->key, &key, sizeof key) == 0)
        return t->last;
    HASH_FIND(hh, t->by_key, &key, sizeof key, f);
    return f;
}

static struct flow *flow_touch(struct flow_table *t, const struct segment *s)
{
    struct flow *f = flow_find(t, s);

    if (f) {
        DL_DELETE(t->by_age, f);
    } else {
        if (HASH_COUNT(t->by_key) >= FLOWS_MAX)
            flow_free(t, t->by_age);
        f = xcalloc(1, sizeof *f);
        f->key = key_of(s);
        f->number = ++t->flows;
        HASH_ADD(hh, t->by_key, key, sizeof f->key, f);
    }
    DL_APPEND(t->by_age, f);
    t->last = f;
    return f;
}

/* A SYN with another ISN: RFC 9293 section 3.4.1. A SYN+ACK answers the SYN
 * that is there, and may come from a new embryonic socket. */
static void learn_isn(
    struct flow_table *t, struct flow *f, const struct segment *s)
{
    struct direction *own = &f->from[s->from];
    struct direction *peer = &f->from[host_other(s->from)];

    if (!(s->flags & SEGMENT_SYN) || (own->has_isn && own->isn == s->seq_raw))
        return;
    if (own->has_isn && !(s->flags & SEGMENT_ACK)) {
        direction_clear(t, peer);
        peer->has_isn = peer->has_ack = false;
        f->number = ++t->flows;
    }
    direction_clear(t, own);
    own->has_isn = true;
    own->has_ack = false;
    own->isn = s->seq_raw;
    own->next_seq = s->seq_raw;
}

static void set_relative(const struct flow *f, struct segment *s)
{
    const struct direction *own = &f->from[s->from];
    const struct direction *peer = &f->from[host_other(s->from)];
    /* What refuses a SYN never chose an ISN: RFC 9293 section 3.10.7.1. */
    bool refusal = !own->has_isn && (s->flags & SEGMENT_RST) && s->seq_raw == 0;
    bool has_ack = (s->flags & SEGMENT_ACK) != 0;

    if ((!own->has_isn && !refusal) || (has_ack && !peer->has_isn))
        return;
    s->has_relative = true;
    s->seq = refusal ? 0 : s->seq_raw - own->isn;
    s->ack = has_ack ? s->ack_raw - peer->isn : 0;
}

static bool is_bare_ack(const struct segment *s)
{
    const uint8_t others = SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST;

    return (s->flags & (others | SEGMENT_ACK)) == SEGMENT_ACK && s->len == 0;
}

static bool is_probe(const struct direction *own, const struct segment *s)
{
    return is_bare_ack(s) && s->seq_raw + 1 == own->next_seq;
}

/* RFC 5681, section 2. */
static bool is_duplicate_ack(const struct direction *own,
    const struct direction *peer, const struct segment *s)
{
    return is_bare_ack(s) && !s->probe && own->has_ack &&
           own->last_ack == s->ack_raw && own->last_window == s->window &&
           peer->has_isn && seq_before(s->ack_raw, peer->next_seq);
}

/* How often a bare ACK of that number was sent before, and what comes after
 * it compares with. */
static void remember_ack(struct direction *own, struct segment *s)
{
    if (!(s->flags & SEGMENT_ACK))
        return;
    if (!own->has_ack || own->last_ack != s->ack_raw)
        own->same_acks = 0;
    if (is_bare_ack(s))
        s->times = own->same_acks++;
    own->has_ack = true;
    own->last_ack = s->ack_raw;
    own->last_window = s->window;
}

struct flow_table *flow_table_new(void)
{
    return xcalloc(1, sizeof(struct flow_table));
}

void flow_table_free(struct flow_table *t)
{
    struct record *r, *next;

    if (!t)
        return;
    while (t->by_age)
        flow_free(t, t->by_age);
    LL_FOREACH_SAFE(t->pool, r, next)
    free(r);
    free(t);
}

uint64_t flow_classify(struct flow_table *t, struct segment *s)
{
    const struct segment *original;

    if (!is_usable(s)) {
        s->times = t->others[s->from]++;
        return 0;
    }
    struct flow *f = flow_touch(t, s);
    learn_isn(t, f, s);
    set_relative(f, s);
    s->flow = f->number;
    struct direction *own = &f->from[s->from];
    if (!own->has_isn) {
        s->times = t->others[s->from]++;
        return 0;
    }
    s->probe = is_probe(own, s);
    s->retransmission =
        segment_seq_len(s) > 0 && seq_after_or_equal(own->next_seq, end_of(s));
    if (s->retransmission)
        s->kind = SEGMENT_KIND_REPEAT;
    else if (s->probe)
        s->kind = SEGMENT_KIND_PROBE;
    else if (is_duplicate_ack(own, &f->from[host_other(s->from)], s))
        s->kind = SEGMENT_KIND_DUPLICATE_ACK;
    remember_ack(own, s);
    if (!s->retransmission)
        return 0;
    original = flow_original(t, s, s->seq_raw);
    s->times = original ? original->times + 1 : 1;
    return original ? original->id : 0;
}

/* Puts `s` in the place of the records that it covers. */
static void insert(
    struct flow_table *t, struct direction *d, const struct segment *s)
{
    struct record *new = record_take(t, s);
    struct record *r, *next, *behind = NULL;

    DL_FOREACH_SAFE(d->records, r, next)
    {
        if (!seq_before(s->seq_raw, end_of(&r->segment)))
            continue;
        if (seq_after_or_equal(r->segment.seq_raw, s->seq_raw) &&
            seq_after_or_equal(end_of(s), end_of(&r->segment))) {
            record_drop(t, d, r);
            continue;
        }
        behind = r;
        break;
    }
    if (behind)
        DL_PREPEND_ELEM(d->records, behind, new);
    else
        DL_APPEND(d->records, new);
}

void flow_sent(struct flow_table *t, const struct segment *s)
{
    struct flow *f = is_usable(s) ? flow_find(t, s) : NULL;

    if (!f || segment_seq_len(s) == 0 || !f->from[s->from].has_isn)
        return;
    struct direction *own = &f->from[s->from];
    if (seq_before(s->seq_raw, own->next_seq)) {
        insert(t, own, s);
    } else {
        struct record *r = record_take(t, s);
        DL_APPEND(own->records, r);
    }
    if (seq_before(own->next_seq, end_of(s)))
        own->next_seq = end_of(s);
}

void flow_delivered(struct flow_table *t, const struct segment *s)
{
    struct flow *f = is_usable(s) ? flow_find(t, s) : NULL;

    if (!f)
        return;
    struct direction *peer = &f->from[host_other(s->from)];
    if (s->flags & SEGMENT_RST) {
        direction_clear(t, peer);
        direction_clear(t, &f->from[s->from]);
        return;
    }
    while ((s->flags & SEGMENT_ACK) && peer->records &&
           seq_after_or_equal(s->ack_raw, end_of(&peer->records->segment)))
        record_drop(t, peer, peer->records);
}

const struct segment *flow_original(
    const struct flow_table *t, const struct segment *s, uint32_t seq)
{
    const struct flow *f = flow_find(t, s);
    const struct record *r;

    if (!f)
        return NULL;
    DL_FOREACH(f->from[s->from].records, r)
    if (carries(&r->segment, seq))
        return &r->segment;
    return NULL;
}

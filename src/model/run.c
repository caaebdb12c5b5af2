/* Bulk transfers: where segments come faster than the eye can follow, they are
 * counted together. */
#include "model_int.h"

#define RUN_WINDOW_NS (UINT64_C(100) * 1000 * 1000) /* makes a run */
#define RUN_GAP_NS    (UINT64_C(20) * 1000 * 1000)  /* ends it */

/* Segments that open or end nothing. */
static bool is_bulk(const struct segment *s)
{
    if (s->malformed || s->fragment)
        return false;
    if (s->proto == IPPROTO_UDP)
        return true;
    return s->proto == IPPROTO_TCP && !s->probe &&
           (s->flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST)) == 0;
}

static const struct addr *client_of(const struct segment *s)
{
    return s->from == HOST_CLIENT ? &s->src : &s->dst;
}

static const struct addr *server_of(const struct segment *s)
{
    return s->from == HOST_CLIENT ? &s->dst : &s->src;
}

static uint32_t total(const struct model_run *r)
{
    return r->count[HOST_CLIENT] + r->count[HOST_SERVER];
}

static struct model_run *last_run(struct model *m)
{
    return m->runs.len > 0 ? &m->runs.items[m->runs.len - 1] : NULL;
}

/* A window that is over and was none leaves no trace. */
static void begin(struct model *m, const struct segment *s)
{
    struct model_run *last = last_run(m);
    struct model_run fresh = {.first = s->id,
        .from_ns = s->t_ns,
        .proto = s->proto,
        .client = *client_of(s),
        .server = *server_of(s)};

    if (last != NULL && total(last) <= MODEL_RUN_MIN)
        m->runs.len--;
    /* Behind a segment that is held for good none is ever trimmed. */
    if (m->runs.items != NULL && m->runs.len >= MODEL_RUNS_MAX)
        vec_remove(&m->runs, 0);
    vec_push(&m->runs, fresh);
}

static void count(struct model_run *r, const struct segment *s)
{
    r->last = s->id;
    r->to_ns = s->t_ns;
    r->count[s->from]++;
    r->bytes[s->from] += s->len;
    r->again += s->retransmission;
    r->several |= s->proto != r->proto ||
                  !addr_equal(&r->client, client_of(s)) ||
                  !addr_equal(&r->server, server_of(s));
}

/* Whether it is too close behind the others to stand alone. */
static bool is_near(const struct model_run *r, uint64_t t_ns)
{
    if (total(r) > MODEL_RUN_MIN)
        return t_ns - r->to_ns < RUN_GAP_NS;
    return t_ns - r->from_ns < RUN_WINDOW_NS;
}

void run_entered(struct model *m, const struct segment *s)
{
    struct model_run *r = last_run(m);

    if (!is_bulk(s)) {
        m->run_open = false;
        return;
    }
    if (!m->run_open || r == NULL || !is_near(r, s->t_ns))
        begin(m, s);
    count(last_run(m), s);
    m->run_open = true;
}

/* One that is held is to be seen by itself, and so is what comes behind it. It
 * is the last one that entered. */
void run_held(struct model *m, const struct segment *s)
{
    struct model_run *r = last_run(m);

    if (!m->run_open || r == NULL || r->last != s->id)
        return;
    m->run_open = false;
    r->count[s->from]--;
    r->bytes[s->from] -= s->len;
    r->again -= s->retransmission;
    r->last = s->id - 1;
    if (total(r) == 0)
        m->runs.len--;
}

static struct model_run *find_run(const struct model *m, uint64_t id)
{
    size_t low = 0, high = m->runs.len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (m->runs.items[mid].last < id)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == m->runs.len || m->runs.items[low].first > id)
        return NULL;
    return &m->runs.items[low];
}

void run_lost(struct model *m, uint64_t id)
{
    struct model_run *r = find_run(m, id);

    if (r != NULL)
        r->lost++;
}

void run_trim(struct model *m)
{
    uint64_t oldest = m->segments.len > 0 ? m->segments.items[0]->seg.id : 0;
    size_t gone = 0;

    while (gone < m->runs.len && m->runs.items[gone].last < oldest)
        gone++;
    if (gone == 0)
        return;
    memmove(m->runs.items, m->runs.items + gone,
        (m->runs.len - gone) * sizeof *m->runs.items);
    m->runs.len -= gone;
}

void run_clear(struct model *m)
{
    vec_done(&m->runs);
    m->run_open = false;
}

const struct model_run *model_run(const struct model *m, uint64_t id)
{
    const struct model_run *r = find_run(m, id);

    return r != NULL && total(r) > MODEL_RUN_MIN ? r : NULL;
}

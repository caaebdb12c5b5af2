/* Collects what happened on a connection, then gives each of it its rows. */
#include "chart.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define SEGMENTS_MAX   2000 /* the newest */
#define BUNDLE_MIN     4
#define ALIKE_NS       (100 * NS_PER_MS) /* calls that follow so fast are one */
#define FAST_ROW_NS    (20 * NS_PER_MS)  /* where the wire takes no time */
#define TRANSIT_MIN_NS (2 * NS_PER_MS)
#define PAUSE_ROWS     2 /* more than a slope: the pause is squeezed */

int chart_rows(uint64_t ns, uint64_t row_ns, int most, bool *squeezed)
{
    uint64_t rows = (ns + row_ns / 2) / row_ns;

    *squeezed = rows > (uint64_t)most;
    return *squeezed ? most : (int)rows;
}

int chart_slant(int column, int width, int rows, int *depth)
{
    int levels = rows * CHART_DEPTHS;
    int level = width > 1 ? column * (levels - 1) / (width - 1) : 0;

    *depth = level % CHART_DEPTHS;
    return level / CHART_DEPTHS;
}

/* ---- what happened ------------------------------------------------------- */

static void add_arrow(
    struct chart *out, const struct moment *m, const struct conn *c, size_t i)
{
    const struct model_segment *s = model_segment_at(m->model, i);
    enum fate fate = fate_of(m->model, s);
    struct chart_item item = {.kind = CHART_ARROW,
        .side = conn_sender(c, &s->seg),
        .from_ns = s->seg.t_ns,
        .to_ns = s->verdict_ns,
        .ends = fate_row(fate)->reach == REACH_WHOLE,
        .segment = i,
        .fate = fate};

    vec_push(&out->items, item);
}

/* Those of this connection in a run, `n` of them. */
static void add_bundle(struct chart *out, const struct moment *m,
    const struct conn *c, const size_t *at, size_t n)
{
    struct chart_item way[HOST_COUNT] = {{.kind = CHART_BUNDLE}};

    for (size_t i = 0; i < n; i++) {
        const struct model_segment *s = model_segment_at(m->model, at[i]);
        struct chart_item *w = &way[conn_sender(c, &s->seg)];
        if (w->count == 0)
            *w = (struct chart_item){.kind = CHART_BUNDLE,
                .side = conn_sender(c, &s->seg),
                .from_ns = s->seg.t_ns,
                .segment = at[i],
                .fate = FATE_ARRIVED,
                .ends = true};
        w->count++;
        w->bytes += s->seg.len;
        w->lost += s->has_verdict && s->verdict == VERDICT_DROPPED;
        w->to_ns = s->has_verdict ? s->verdict_ns : s->seg.t_ns;
    }
    bool up = way[HOST_CLIENT].bytes >= way[HOST_SERVER].bytes;
    enum host first = up ? HOST_CLIENT : HOST_SERVER;
    enum host second = up ? HOST_SERVER : HOST_CLIENT;
    vec_push(&out->items, way[first]);
    if (way[second].count)
        vec_push(&out->items, way[second]);
}

static uint64_t run_of(const struct moment *m, size_t i)
{
    const struct model_segment *s = model_segment_at(m->model, i);
    const struct model_run *run = model_run(m->model, s->seg.id);

    return run ? run->first : 0;
}

static void add_segments(struct chart *out, const struct moment *m,
    const struct conn *c, const struct conn_segments *list)
{
    const size_t *at = list->of.items;
    size_t n = list->of.len;

    for (size_t i = 0; i < n;) {
        uint64_t run = run_of(m, at[i]);
        size_t end = i + 1;
        while (run && end < n && run_of(m, at[end]) == run)
            end++;
        if (end - i >= BUNDLE_MIN) {
            add_bundle(out, m, c, at + i, end - i);
            i = end;
        } else {
            add_arrow(out, m, c, at[i++]);
        }
    }
}

static struct chart_item *last_call(struct chart *out, enum host side)
{
    for (size_t i = out->items.len; i-- > 0;) {
        struct chart_item *item = &out->items.items[i];
        if (item->kind == CHART_CALL && item->side == side)
            return item;
    }
    return NULL;
}

static bool is_alike(const struct moment *m, const struct chart_item *item,
    const struct model_call *call)
{
    const struct model_call *other = model_call(m->model, item->call);

    return other && !other->blocked && !call->blocked && !call->error &&
           strcmp(other->name, call->name) == 0 &&
           call->t_ns - item->to_ns < ALIKE_NS;
}

static void add_call(struct chart *out, const struct moment *m, enum host side,
    const struct model_call *call)
{
    struct chart_item *before = last_call(out, side);
    struct chart_item item = {.kind = CHART_CALL,
        .side = side,
        .from_ns = call->t_ns,
        .to_ns = call->t_ns + call->elapsed_ns,
        .ends = call->returned,
        .width = (int)strlen(call->name) + 2,
        .end_width = call->error ? (int)strlen(call->error) : 0,
        .count = 1,
        .call = call->id};

    if (before && is_alike(m, before, call)) {
        before->count++;
        before->to_ns = call->t_ns;
        before->width = item.width + 5;
        return;
    }
    if (!call->blocked)
        item.to_ns = call->t_ns;
    vec_push(&out->items, item);
}

static void add_calls(struct chart *out, const struct moment *m,
    const struct conn *c, uint64_t since_ns)
{
    for (size_t i = 0; i < model_call_count(m->model); i++) {
        const struct model_call *call = model_call_at(m->model, i);
        if (call->t_ns < since_ns)
            continue;
        if (conn_takes_call(m, c, HOST_CLIENT, call))
            add_call(out, m, HOST_CLIENT, call);
        else if (conn_takes_call(m, c, HOST_SERVER, call))
            add_call(out, m, HOST_SERVER, call);
    }
}

static void add_states(struct chart *out, const struct moment *m,
    const struct conn *c, uint64_t since_ns)
{
    for (size_t i = 0; i < model_change_count(m->model); i++) {
        const struct model_change *change = model_change_at(m->model, i);
        for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
            const struct model_sock *s = c->end[h];
            if (!s || s->id != change->sock || change->t_ns < since_ns)
                continue;
            struct chart_item item = {.kind = CHART_STATE,
                .side = h,
                .from_ns = change->t_ns,
                .to_ns = change->t_ns,
                .ends = true,
                .proto = s->proto,
                .state = change->state};
            item.width = (int)strlen(state_name(item.proto, item.state));
            vec_push(&out->items, item);
        }
    }
}

/* ---- the scale ----------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static bool was_held(const struct model_segment *s)
{
    for (size_t i = 0; i < s->fate_count; i++) {
        if (s->fates[i].verdict == VERDICT_HELD)
            return true;
    }
    return false;
}

/* The usual time over the wire; 0: none that can be seen. */
static uint64_t transit_ns(const struct chart *chart, const struct moment *m)
{
    VEC(uint64_t) list = VEC_INIT;
    uint64_t median = 0;

    for (size_t i = 0; i < chart->items.len; i++) {
        const struct chart_item *item = &chart->items.items[i];
        if (item->kind != CHART_ARROW)
            continue;
        const struct model_segment *s =
            model_segment_at(m->model, item->segment);
        if (item->ends && !was_held(s) && item->to_ns >= item->from_ns)
            vec_push(&list, item->to_ns - item->from_ns);
        else if (item->fate == FATE_TRAVELS)
            vec_push(&list, model_wire_status(m->model)->delay_ns[s->seg.from]);
    }
    if (list.len > 0) {
        qsort(list.items, list.len, sizeof *list.items, by_value);
        median = list.items[list.len / 2];
    }
    vec_done(&list);
    return median >= TRANSIT_MIN_NS ? median : 0;
}

/* ---- rows ---------------------------------------------------------------- */

struct point {
    uint64_t t_ns;
    int rank; /* of what has the same time: effects before new causes */
    size_t item;
    bool end;
};

static int by_time(const void *a, const void *b)
{
    const struct point *x = a, *y = b;

    if (x->t_ns != y->t_ns)
        return x->t_ns > y->t_ns ? 1 : -1;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    if (x->item != y->item)
        return x->item > y->item ? 1 : -1;
    return (int)x->end - (int)y->end;
}

enum slot { SLOT_ARROW, SLOT_CALL, SLOT_STATE, SLOTS };

/* Where the rows are being given. */
struct placing {
    struct chart *chart;
    const struct moment *m;
    int slope, area;
    bool begun;
    uint64_t group_ns; /* what comes at once begins in one row */
    int group_row, row;
    int last[HOST_COUNT][SLOTS];  /* row that is taken; -1: none yet */
    int width[HOST_COUNT][SLOTS]; /* of the text there */
};

/* The earliest row of that time. */
static int row_at(struct placing *p, uint64_t t_ns)
{
    bool squeezed = false;
    uint64_t row_ns = p->chart->row_ns;
    uint64_t ns = t_ns > p->group_ns ? t_ns - p->group_ns : 0;

    if (!p->begun) {
        p->begun = true;
        p->group_ns = t_ns;
        return 0;
    }
    int rows = chart_rows(ns, row_ns, p->slope + PAUSE_ROWS, &squeezed);
    if (squeezed) {
        struct chart_mark pause = {p->row + 1, ns};
        vec_push(&p->chart->pauses, pause);
        p->row += 2;
        p->group_row = p->row;
        p->group_ns = t_ns;
    } else if (rows > 0) {
        p->group_row += rows;
        p->group_ns = t_ns;
    }
    if (p->group_row < p->row && rows > 0)
        p->group_row = p->row;
    return p->group_row > p->row ? p->group_row : p->row;
}

static bool is_taken(
    const struct placing *p, enum host side, enum slot slot, int width, int row)
{
    enum slot other = slot == SLOT_CALL ? SLOT_STATE : SLOT_CALL;

    if (p->last[side][slot] == row)
        return true;
    return slot != SLOT_ARROW && p->last[side][other] == row &&
           width + p->width[side][other] + 1 > p->area;
}

static void take(
    struct placing *p, enum host side, enum slot slot, int width, int row)
{
    p->last[side][slot] = row;
    p->width[side][slot] = width;
}

static enum host other_side(enum host h)
{
    return h == HOST_CLIENT ? HOST_SERVER : HOST_CLIENT;
}

/* Why it was ignored stands where a call would. */
static bool has_reason(const struct chart_item *item)
{
    return item->kind == CHART_ARROW &&
           (item->fate == FATE_REFUSED || item->fate == FATE_CORRUPT);
}

/* However much happens meanwhile, an arrow is as steep as its own time. */
static int not_above(
    const struct placing *p, const struct chart_item *item, int row)
{
    bool squeezed;
    int slope = chart_rows(
        item->to_ns - item->from_ns, p->chart->row_ns, p->slope, &squeezed);

    return squeezed || row >= item->row + slope ? row : item->row + slope;
}

static void place_point(struct placing *p, const struct point *point)
{
    struct chart_item *item = &p->chart->items.items[point->item];
    enum host side = item->side;
    enum slot slot = item->kind == CHART_CALL    ? SLOT_CALL
                     : item->kind == CHART_STATE ? SLOT_STATE
                                                 : SLOT_ARROW;
    int row = row_at(p, point->t_ns);

    if (item->kind == CHART_CALL && point->end) {
        while (item->end_width &&
               is_taken(p, side, SLOT_CALL, item->end_width, row))
            row++;
        if (item->end_width)
            take(p, side, SLOT_CALL, item->end_width, row);
        item->end_row = p->row = row;
    } else {
        bool arrives = point->end && slot == SLOT_ARROW;
        bool reason = arrives && has_reason(item);
        if (arrives) {
            side = other_side(side);
            row = not_above(p, item, row);
        }
        while (is_taken(p, side, slot, item->width, row) ||
               (reason && is_taken(p, side, SLOT_CALL, p->area, row)))
            row++;
        take(p, side, slot, item->width, row);
        if (reason)
            take(p, side, SLOT_CALL, p->area, row);
        p->row = row;
        if (point->end)
            item->end_row = row;
        else
            item->row = item->end_row = row;
    }
    struct chart_mark stamp = {row, point->t_ns};
    vec_push(&p->chart->stamps, stamp);
}

/* What has no end yet reaches to now, or would go on beyond it. */
static void place_open(struct placing *p)
{
    struct chart *chart = p->chart;
    int now = p->row;

    if (chart->pending) {
        now = row_at(p, p->m->now_ns);
        struct chart_mark stamp = {now, p->m->now_ns};
        vec_push(&chart->stamps, stamp);
    }
    chart->rows = p->begun ? now + 1 : 0;
    for (size_t i = 0; i < chart->items.len; i++) {
        struct chart_item *item = &chart->items.items[i];
        if (!item->ends && item->kind == CHART_CALL)
            item->end_row = now;
        else if (!item->ends && item->fate != FATE_HELD)
            item->end_row =
                item->row + (chart->row_ns != FAST_ROW_NS ? p->slope : 0);
        bool goes = item->fate == FATE_TRAVELS || item->fate == FATE_UNDER_WAY;
        if (item->kind == CHART_ARROW && goes && item->end_row >= chart->rows)
            chart->rows = item->end_row + 1;
    }
}

static int rank_of(const struct chart_item *item, bool end)
{
    bool at_once = item->ends && item->to_ns == item->from_ns;

    switch (item->kind) {
    case CHART_STATE:
        return 1;
    case CHART_CALL:
        return end ? 2 : 3;
    default:
        return end || at_once ? 0 : 4;
    }
}

static void place_all(struct placing *p)
{
    struct chart *chart = p->chart;
    VEC(struct point) points = VEC_INIT;

    for (size_t i = 0; i < chart->items.len; i++) {
        const struct chart_item *item = &chart->items.items[i];
        struct point start = {item->from_ns, rank_of(item, false), i, false};
        struct point end = {item->to_ns, rank_of(item, true), i, true};
        vec_push(&points, start);
        if (item->ends && item->kind != CHART_STATE &&
            (item->kind != CHART_CALL || item->to_ns > item->from_ns))
            vec_push(&points, end);
        else if (!item->ends && item->fate != FATE_LOST &&
                 item->fate != FATE_ANSWERED)
            chart->pending = true;
    }
    if (points.len > 0)
        qsort(points.items, points.len, sizeof *points.items, by_time);
    for (size_t i = 0; i < points.len; i++)
        place_point(p, &points.items[i]);
    place_open(p);
    vec_done(&points);
}

void chart_fill(struct chart *out, const struct moment *m, const struct conn *c,
    int slope, int area)
{
    struct placing p = {.chart = out, .m = m, .slope = slope, .area = area};
    struct conn_segments list = {VEC_INIT};
    uint64_t since_ns = 0;

    memset(out, 0, sizeof *out);
    memset(p.last, -1, sizeof p.last);
    conn_segments_fill(&list, m, c, SEGMENTS_MAX);
    if (list.of.len == SEGMENTS_MAX)
        since_ns = model_segment_at(m->model, list.of.items[0])->seg.t_ns;
    add_calls(out, m, c, since_ns);
    add_segments(out, m, c, &list);
    add_states(out, m, c, since_ns);
    uint64_t transit = transit_ns(out, m);
    out->row_ns = transit ? transit / (uint64_t)slope : FAST_ROW_NS;
    place_all(&p);
    conn_segments_done(&list);
}

void chart_done(struct chart *chart)
{
    vec_done(&chart->items);
    vec_done(&chart->pauses);
    vec_done(&chart->stamps);
}

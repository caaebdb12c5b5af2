/* Gives the picture its rows. Each side goes down by itself, so that segments
 * that follow each other at once are drawn side by side; whatever else happens
 * never stands above what came before. */
#include "ladder_int.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <stdlib.h>

#define SLANT        2 /* rows of an arrow that takes no time that is seen */
#define SLOW_SLANT   4 /* of one that takes the usual time of a slow wire */
#define SLOW_NS      (2 * NS_PER_MS)
#define PAUSE_NS     (40 * NS_PER_MS) /* on a fast wire; it's squeezed */
#define PAUSE_ROWS   (SLOW_SLANT + 2) /* on a slow one: more are */
#define STAMP_NS     (5 * NS_PER_MS)
#define EVEN_COLUMNS 12
#define LEG_ROWS     1 /* from the sender to where a segment is held */
#define BUNDLE_ROWS  2 /* at a side of a band of segments, at least */
#define NOTE_CLEARANCE                                                         \
    2 /* rows that a slow arrow's text takes at its start                      \
       */

enum step { STEP_BEGIN, STEP_HELD, STEP_END };

struct point {
    uint64_t seq, t_ns;
    size_t item;
    enum step step;
};

struct placing {
    struct ladder *l;
    VEC(struct point) points;
    uint64_t row_ns; /* time of a row on a slow wire; 0: a fast one */
    bool begun;
    uint64_t last_ns;
    uint64_t group_ns; /* what comes at once begins there */
    int group_row;
    int row;               /* nothing more comes above */
    int side[HOST_COUNT];  /* the same, by host */
    int label[HOST_COUNT]; /* the last row with a text; -1: none */
    int tip[HOST_COUNT];   /* the last row where an arrow begins or ends */
    int clear;             /* a caption would cover an arrow's text above */
    int band;              /* the last row with a caption; -1: none */
    int wire;              /* the last row with a text between the lifelines */
    int went[HOST_COUNT];  /* the last row where a parked one went on */
    uint64_t stamp_ns;
};

static int max(int a, int b)
{
    return a > b ? a : b;
}

static int lowest(const struct placing *p)
{
    int row = max(p->row, max(p->side[HOST_CLIENT], p->side[HOST_SERVER]));

    return max(row, p->l->rows - 1);
}

/* All that comes is below that row. */
static void take_rows(struct placing *p, int row)
{
    p->row = row;
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++)
        p->side[h] = p->label[h] = p->tip[h] = row;
}

/* ---- time ---------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The usual time over a wire that takes some. */
static uint64_t transit_ns(const struct ladder *l)
{
    VEC(uint64_t) list = VEC_INIT;
    uint64_t median = 0;

    for (size_t i = 0; i < l->items.len; i++) {
        const struct ladder_item *item = &l->items.items[i];
        if (item->kind == LADDER_ARROW && item->ends && !item->was_held &&
            item->end_ns >= item->t_ns + SLOW_NS)
            vec_push(&list, item->end_ns - item->t_ns);
    }
    if (list.len > 0) {
        qsort(list.items, list.len, sizeof *list.items, by_value);
        median = list.items[list.len / 2];
    }
    vec_done(&list);
    return median;
}

static void pause_for(struct placing *p, uint64_t t_ns)
{
    struct ladder_mark pause = {lowest(p) + 1, t_ns - p->last_ns};

    vec_push(&p->l->pauses, pause);
    take_rows(p, pause.row);
    p->group_row = p->row;
    p->group_ns = t_ns;
}

/* Goes on to that time. */
static void pass_time(struct placing *p, uint64_t t_ns)
{
    uint64_t ns = t_ns > p->group_ns ? t_ns - p->group_ns : 0;
    uint64_t rows = p->row_ns > 0 ? (ns + p->row_ns / 2) / p->row_ns : 0;

    if (!p->begun) {
        p->begun = true;
        p->group_ns = t_ns;
    } else if (p->row_ns > 0 ? rows > PAUSE_ROWS
                             : t_ns >= p->last_ns + PAUSE_NS) {
        pause_for(p, t_ns);
    } else if (rows > 0) {
        p->group_row = max(p->group_row + (int)rows, p->row);
        p->group_ns = t_ns;
        p->row = p->group_row;
    }
    if (t_ns > p->last_ns)
        p->last_ns = t_ns;
}

static int slant_of(const struct placing *p, const struct ladder_item *item)
{
    uint64_t ns = item->ends ? item->end_ns - item->t_ns : 0;
    int rows;

    if (p->row_ns == 0 || item->was_held)
        return SLANT;
    if (ns / p->row_ns >= SLOW_SLANT)
        return SLOW_SLANT;
    rows = (int)((ns + p->row_ns / 2) / p->row_ns);
    return max(rows, SLANT);
}

/* ---- one thing ----------------------------------------------------------- */

/* A text beside the lifeline has a row of its own. */
static int place_label(struct placing *p, enum host side)
{
    int row = max(p->row, max(p->side[side], p->label[side] + 1));

    p->label[side] = p->side[side] = p->row = row;
    return row;
}

static int place_tip(struct placing *p, enum host side, int row)
{
    row = max(row, max(p->side[side], p->tip[side] + 1));
    p->tip[side] = p->side[side] = row;
    return row;
}

/* All that came before is above, and all that comes is below. */
static int place_across(struct placing *p, int lines)
{
    int row = max(lowest(p) + 1, p->clear);

    take_rows(p, row + lines - 1);
    p->wire = row + lines - 1;
    return row;
}

static void begin_arrow(struct placing *p, struct ladder_item *item)
{
    int row;

    if (item->from_router) { /* below what it answers */
        p->row = item->row = item->end_row = max(p->row, p->l->rows);
        return;
    }
    /* Its text stands above its line. */
    if (!item->was_held && p->row <= p->band + 1)
        p->row = p->band + 2;
    row = place_tip(p, item->side, p->row);
    p->row = row;
    item->row = item->end_row = row;
    if (!item->ends || slant_of(p, item) > SLANT)
        p->clear = max(p->clear, row + NOTE_CLEARANCE);
}

/* As an arrow, but its text stands in the band that it is. */
static void begin_bundle(struct placing *p, struct ladder_item *item)
{
    begin_arrow(p, item);
    p->tip[item->side] = p->side[item->side] = item->row + BUNDLE_ROWS;
    item->end_row = item->row + BUNDLE_ROWS + SLANT;
}

static void end_bundle(struct placing *p, struct ladder_item *item)
{
    enum host to = host_other(item->side);

    item->end_row = place_tip(p, to, max(p->row, item->end_row));
    p->clear = max(p->clear, item->end_row + 1);
}

static void hold_arrow(struct placing *p, struct ladder_item *item)
{
    item->held_row = max(max(p->row, item->row + LEG_ROWS), p->wire + 1);
    item->end_row = item->go_row = item->held_row;
    p->wire = item->held_row;
}

static void end_on_wire(struct placing *p, struct ladder_item *item)
{
    int row = item->row + 1;

    if (item->was_held)
        row = max(max(p->row, item->held_row + 1), p->wire + 1);
    else if (p->row_ns > 0)
        row = max(row, p->row);
    item->end_row = item->go_row = row;
    p->wire = row;
    if (item->was_held)
        p->row = row;
}

/* It goes on from where it was parked. */
static int go_on(struct placing *p, struct ladder_item *item)
{
    int row = max(max(p->row, item->held_row), p->wire + 1);

    row = max(row, p->went[item->side] + 1);
    row = max(row, p->went[host_other(item->side)] + 2); /* they cross */
    item->go_row = p->row = p->went[item->side] = row;
    return row + LEG_ROWS;
}

static void end_arrow(struct placing *p, struct ladder_item *item)
{
    enum host to = host_other(item->side);
    int row = item->row + slant_of(p, item);

    if (item->was_held)
        row = go_on(p, item);
    else if (p->row_ns > 0 && item->end_ns - item->t_ns >= SLOW_NS)
        row = max(row, p->row);
    item->end_row = place_tip(p, to, row);
    if (item->fate != LADDER_IGNORED)
        return;
    /* Why it was ignored stands where a call would. */
    item->end_row = max(item->end_row, p->label[to] + 1);
    p->label[to] = p->tip[to] = p->side[to] = item->end_row;
}

static void begin(struct placing *p, struct ladder_item *item)
{
    switch (item->kind) {
    case LADDER_ARROW:
        begin_arrow(p, item);
        return;
    case LADDER_BUNDLE:
        begin_bundle(p, item);
        return;
    case LADDER_NOTE:
    case LADDER_MARK:
    case LADDER_FAILED:
        item->row = place_across(p, item->lines);
        p->band = item->row + item->lines - 1;
        break;
    case LADDER_WIRE:
        item->row = place_across(p, 1);
        break;
    default:
        item->row = place_label(p, item->side);
        break;
    }
    item->end_row = item->row;
}

static void end(struct placing *p, struct ladder_item *item)
{
    if (item->kind == LADDER_CALL)
        item->end_row = place_label(p, item->side);
    else if (item->kind == LADDER_BUNDLE)
        end_bundle(p, item);
    else if (item->fate == LADDER_LOST || item->fate == LADDER_ANSWERED)
        end_on_wire(p, item);
    else
        end_arrow(p, item);
}

/* ---- all in their order -------------------------------------------------- */

/* A caption stands before what happens with it. */
static int rank_of(const struct placing *p, const struct point *point)
{
    enum ladder_kind kind = p->l->items.items[point->item].kind;

    return kind == LADDER_WIRE || kind == LADDER_NOTE ? 0 : 1;
}

static int by_seq(const void *a, const void *b, void *ctx)
{
    const struct point *x = a, *y = b;
    int rank = rank_of(ctx, x) - rank_of(ctx, y);

    if (x->seq != y->seq)
        return x->seq > y->seq ? 1 : -1;
    if (rank != 0)
        return rank;
    if (x->item != y->item)
        return x->item > y->item ? 1 : -1;
    return (int)x->step - (int)y->step;
}

static void add_points(struct placing *p, size_t i)
{
    const struct ladder_item *item = &p->l->items.items[i];
    struct point begins = {item->seq, item->t_ns, i, STEP_BEGIN};
    struct point held = {item->held_seq, item->t_ns, i, STEP_HELD};
    struct point ends = {item->end_seq, item->end_ns, i, STEP_END};

    vec_push(&p->points, begins);
    if (item->was_held)
        vec_push(&p->points, held);
    if (item->kind == LADDER_CALL ? item->apart : item->ends)
        vec_push(&p->points, ends);
}

static void stamp(struct placing *p, int row, uint64_t t_ns)
{
    struct ladder_mark mark = {row, t_ns};
    size_t n = p->l->stamps.len;

    if (n > 0 &&
        (t_ns < p->stamp_ns + STAMP_NS || p->l->stamps.items[n - 1].row >= row))
        return;
    vec_push(&p->l->stamps, mark);
    p->stamp_ns = t_ns;
}

static void place_point(struct placing *p, const struct point *point)
{
    struct ladder_item *item = &p->l->items.items[point->item];
    int row;

    pass_time(p, point->t_ns);
    if (point->step == STEP_BEGIN)
        begin(p, item);
    else if (point->step == STEP_HELD)
        hold_arrow(p, item);
    else
        end(p, item);
    row = point->step == STEP_BEGIN  ? item->row + item->lines - 1
          : point->step == STEP_HELD ? item->held_row
                                     : item->end_row;
    p->l->rows = max(p->l->rows, row + 1);
    if (item->kind != LADDER_NOTE && item->kind != LADDER_MARK &&
        item->kind != LADDER_WIRE)
        stamp(p, point->step == STEP_BEGIN ? item->row : row, point->t_ns);
}

/* What has no end reaches to the last row. */
static void place_open(struct ladder *l)
{
    for (size_t i = 0; i < l->items.len; i++) {
        struct ladder_item *item = &l->items.items[i];
        if (item->kind == LADDER_ARROW && item->fate == LADDER_UNDER_WAY) {
            item->end_row = item->row + 1;
            l->rows = max(l->rows, item->end_row + 1);
        }
    }
    for (size_t i = 0; i < l->items.len; i++) {
        struct ladder_item *item = &l->items.items[i];
        if ((item->kind == LADDER_CALL && item->blocked && !item->ends) ||
            (item->kind == LADDER_ARROW && item->fate == LADDER_HELD))
            item->end_row = l->rows - 1;
    }
}

/* ---- lanes --------------------------------------------------------------- */

struct lanes {
    int free_from[LADDER_LANES_MAX];
    uint64_t sock[LADDER_LANES_MAX]; /* of the bar that is open; 0: none */
    int used;
};

static int take_lane(struct lanes *lanes, int row, int end_row)
{
    for (int i = 0; i < LADDER_LANES_MAX; i++) {
        if (lanes->free_from[i] > row)
            continue;
        lanes->free_from[i] = end_row + 1;
        lanes->used = max(lanes->used, i + 1);
        return i;
    }
    return -1;
}

static void place_calls(struct ladder *l, enum host side)
{
    struct lanes calls = {0}, held = {0};

    for (size_t i = 0; i < l->items.len; i++) {
        struct ladder_item *item = &l->items.items[i];
        if (item->side != side)
            continue;
        if (item->kind == LADDER_CALL && item->blocked)
            item->lane = take_lane(&calls, item->row, item->end_row);
        else if (item->kind == LADDER_ARROW && item->was_held)
            item->lane = take_lane(&held, item->row, item->end_row + 1);
    }
    l->hosts[side].call_lanes = calls.used;
    l->hosts[side].held_lanes = held.used;
}

static bool is_closed(const struct ladder_item *item)
{
    return state_class(item->proto, item->state) == CLASS_CLOSED;
}

static int lane_of(struct lanes *lanes, const struct ladder_item *item)
{
    for (int i = 0; i < LADDER_LANES_MAX; i++) {
        if (lanes->sock[i] == item->sock) {
            lanes->free_from[i] = item->until_row + 1;
            return i;
        }
    }
    return -1;
}

static void place_states(struct ladder *l, enum host side)
{
    struct lanes lanes = {0};

    for (size_t i = 0; i < l->items.len; i++) {
        struct ladder_item *item = &l->items.items[i];
        if (item->kind != LADDER_STATE || item->side != side)
            continue;
        item->until_row = l->rows - 1;
        item->until_seq = UINT64_MAX;
        for (size_t k = i + 1; k < l->items.len; k++) {
            const struct ladder_item *next = &l->items.items[k];
            if (next->kind != LADDER_STATE || next->sock != item->sock)
                continue;
            item->until_row = next->row;
            item->until_seq = next->seq;
            break;
        }
        item->lane = lane_of(&lanes, item);
        if (is_closed(item)) {
            if (item->lane >= 0)
                lanes.sock[item->lane] = 0;
            item->lane = -1;
            continue;
        }
        if (item->lane < 0)
            item->lane = take_lane(&lanes, item->row, item->until_row);
        if (item->lane >= 0)
            lanes.sock[item->lane] = item->sock;
    }
    l->hosts[side].state_lanes = lanes.used;
}

/* ---- all of it ----------------------------------------------------------- */

/* Lines of about the same length: no word stands alone in the last one. */
static void count_lines(struct ladder_item *item, int columns)
{
    const char *text = item->text;
    int width = (int)text_width(text);
    int lines = (width + columns - 1) / columns;

    item->columns = columns;
    if (lines > 1 && width / lines + EVEN_COLUMNS < columns)
        item->columns = width / lines + EVEN_COLUMNS;
    for (item->lines = 0; text != NULL; item->lines++)
        ladder_wrap(text, item->columns, &text);
}

static int by_item_seq(const void *a, const void *b)
{
    const struct ladder_item *x = a, *y = b;

    return (x->seq > y->seq) - (x->seq < y->seq);
}

void ladder_place(struct ladder *l, int columns)
{
    struct placing p = {.l = l,
        .points = VEC_INIT,
        .label = {-1, -1},
        .tip = {-1, -1},
        .went = {-1, -1},
        .side = {-1, -1},
        .row = -1,
        .group_row = -1,
        .band = -1,
        .wire = -1,
        .row_ns = transit_ns(l) / SLOW_SLANT};

    if (l->items.len > 0)
        qsort(
            l->items.items, l->items.len, sizeof *l->items.items, by_item_seq);
    for (size_t i = 0; i < l->items.len; i++) {
        struct ladder_item *item = &l->items.items[i];
        if (item->kind == LADDER_NOTE || item->kind == LADDER_FAILED)
            count_lines(item, columns);
        add_points(&p, i);
    }
    if (p.points.len > 0)
        qsort_r(
            p.points.items, p.points.len, sizeof *p.points.items, by_seq, &p);
    for (size_t i = 0; i < p.points.len; i++)
        place_point(&p, &p.points.items[i]);
    vec_done(&p.points);
    place_open(l);
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        place_states(l, h);
        place_calls(l, h);
    }
}

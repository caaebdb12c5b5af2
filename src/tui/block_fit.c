/* How much of each block a column shows: as much as its rows allow. */
#include "block_fit.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>

enum density block_density(const struct setting *set, size_t i)
{
    return i == set->selected ? set->selected_density : set->density;
}

/* The server's heading line belongs to what follows it. */
int block_gap(const struct blocks *b, size_t i, const struct setting *set)
{
    bool heading = i + 1 < b->len && blocks_at(b, i).kind == BLOCK_PROCESS;
    bool orphan = i >= b->orphans && i + 2 < b->len + !b->has_next;

    if (i + 1 >= b->len || !set->gaps ||
        (heading && set->density < DENSITY_FULL))
        return 0;
    return !orphan;
}

unsigned block_extras(const struct setting *set, size_t i)
{
    unsigned extras = 0;

    for (enum extra e = 0; e < EXTRAS; e++)
        extras |= (unsigned)(i < set->until[e]) << e;
    return extras;
}

#define NUMBER_LINES 3 /* of each level, where there is little room */
#define NUMBERS_MOST 8 /* of each, where all have their main numbers */

/* One density's lines, or where it is that of numbers, those of one number of
 * lines for them: for the queues and extras that were asked for last. */
enum { MEASURES = DENSITIES + 2 * NUMBERS_MOST };
struct measured {
    bool is_known; /* the next: whether the lines for queues count */
    bool is_queue;
    struct {
        unsigned key; /* 0: none yet */
        int lines;
    } of[MEASURES];
};

void measures_done(struct measures *m)
{
    free(m->items);
    m->items = NULL;
    m->len = 0;
}

static int measure(struct draw *d, int width, const struct block *block,
    enum density density, unsigned extras)
{
    bool measuring = d->measuring;
    bool ticking = d->ticking;
    uint64_t fresh = d->fresh_until_ns;

    d->measuring = true;
    d->extras = extras;
    int lines = block_draw(d, (struct rect){0, 0, 0, width}, block, density);
    d->measuring = measuring;
    d->ticking = ticking;
    d->fresh_until_ns = fresh;
    return lines;
}

/* NULL: it isn't kept. */
static struct measured *measured_of(
    const struct draw *d, int width, const struct blocks *b, size_t i)
{
    struct measures *m = d->measures;

    if (!m || m->width != width || d->number_lines > 2 * NUMBERS_MOST)
        return NULL;
    if (!m->items && b->len <= (size_t)d->cv->rows) {
        m->len = b->len;
        m->items = xcalloc(m->len + 1, sizeof *m->items);
    }
    return i < m->len ? &m->items[i] : NULL;
}

static bool has_queues(const struct draw *d, const struct block *block)
{
    const struct model_sock *s =
        block->sock ? model_sock(d->m->model, block->sock) : NULL;

    return s && s->is_listener;
}

int block_measure(struct draw *d, int width, const struct blocks *b, size_t i,
    const struct setting *set)
{
    enum density density = block_density(set, i);
    unsigned extras = block_extras(set, i);
    struct measured *known = measured_of(d, width, b, i);
    bool numbers = density == DENSITY_NUMBERS && d->number_lines > 0;
    size_t at = numbers ? DENSITIES + (size_t)d->number_lines - 1 : density;

    if (known && known->is_known) {
        unsigned queue = known->is_queue ? (unsigned)d->queue_lines : 0;
        if (known->of[at].key == (1 | extras << 1 | queue << (EXTRAS + 1)))
            return known->of[at].lines;
    }
    struct block block = blocks_at(b, i);
    int lines = measure(d, width, &block, density, extras);
    if (known) {
        known->is_queue = has_queues(d, &block);
        known->is_known = true;
        unsigned queue = known->is_queue ? (unsigned)d->queue_lines : 0;
        known->of[at].key = 1 | extras << 1 | queue << (EXTRAS + 1);
        known->of[at].lines = lines;
    }
    return lines;
}

/* The lines of all without the blank ones; where they are more than the
 * rectangle has, any number beyond that. */
static int total(struct draw *d, const struct rect *r, const struct blocks *b,
    const struct setting *set)
{
    int lines = 0;

    for (size_t i = 0; i < b->len && lines <= r->h; i++)
        lines += block_measure(d, r->w, b, i, set);
    return lines;
}

/* The blank ones. */
static int gap_lines(const struct blocks *b, const struct setting *set)
{
    int lines = 0;

    for (size_t i = 0; i < b->len; i++)
        lines += block_gap(b, i, set);
    return lines;
}

bool blocks_all_fit(struct draw *d, const struct rect *r,
    const struct blocks *b, const struct setting *set)
{
    int room = r->h - gap_lines(b, set);

    return room >= 0 && total(d, r, b, set) <= room;
}

/* With blank lines, else without. */
static bool fits_dense(struct draw *d, const struct rect *r,
    const struct blocks *b, struct setting *set)
{
    int lines = total(d, r, b, set);

    set->gaps = true;
    set->gaps = lines + gap_lines(b, set) <= r->h;
    return lines <= r->h;
}

/* With as much for the others as fits beside it. */
static bool fits_beside(struct draw *d, const struct rect *r,
    const struct blocks *b, struct setting *set)
{
    struct setting try = *set;

    try.selected_density = DENSITY_NUMBERS;
    for (;; try.density--) {
        if (fits_dense(d, r, b, &try)) {
            try.gaps = try.gaps && set->gaps;
            *set = try;
            return true;
        }
        if (try.density == DENSITY_LEAST)
            return false;
    }
}

static int numbers_most(struct draw *d, int of_each)
{
    return draw_detail(d) >= DETAIL_KERNEL ? 2 * of_each : of_each;
}

/* A level of detail that was asked for counts more for the selected one than
 * what all have. */
static bool fit_detail(struct draw *d, const struct rect *r,
    const struct blocks *b, struct setting *set)
{
    if (d->m->ui->detail == DETAIL_NOTES || set->selected >= b->len ||
        blocks_at(b, set->selected).sock == 0)
        return false;
    for (d->number_lines = numbers_most(d, NUMBER_LINES); d->number_lines > 0;
         d->number_lines--) {
        if (fits_beside(d, r, b, set))
            return true;
    }
    return false;
}

/* With as many lines of numbers as fit; the more of them, the more a block
 * takes, so that not every count is tried. */
static bool fit_numbers(struct draw *d, const struct rect *r,
    const struct blocks *b, struct setting *set, int most)
{
    bool asked = d->m->ui->detail > DETAIL_NOTES;
    bool needs_gaps = set->density >= DENSITY_NUMBERS && !asked;
    int least = 0; /* the most that is known to fit */

    while (least < most) {
        d->number_lines = (least + most + 1) / 2;
        if (fits_dense(d, r, b, set) && (set->gaps || !needs_gaps))
            least = d->number_lines;
        else
            most = d->number_lines - 1;
    }
    d->number_lines = least > 0 ? least : 1;
    fits_dense(d, r, b, set);
    return least > 0;
}

/* All alike, as much as fits. Numbers that nobody asked for are worth less than
 * blank lines. */
static void fit_all(struct draw *d, const struct rect *r,
    const struct blocks *b, struct setting *set)
{
    for (;; set->density--) {
        bool numbers = set->density == DENSITY_NUMBERS;
        set->selected_density = set->density;
        if (fit_numbers(
                d, r, b, set, numbers ? numbers_most(d, NUMBERS_MOST) : 1) ||
            set->density == DENSITY_LEAST)
            return;
    }
}

/* Whether that could make a difference, so that not all are measured. */
static bool may_show(struct draw *d, const struct rect *r,
    const struct block *block, enum density density, enum extra extra)
{
    const struct model_sock *s =
        block->sock ? model_sock(d->m->model, block->sock) : NULL;

    if (!s || block->kind != BLOCK_SOCK)
        return false;
    switch (extra) {
    case EXTRA_TIMER:
        return s->send_buffer && (d->cv->large || density == DENSITY_LEAST);
    case EXTRA_HALF_OPEN:
        return s->is_listener && density == DENSITY_LEAST;
    case EXTRA_QUEUES:
        return s->is_listener && (s->accept_queue || s->syn_queue);
    default:
        return block_head_width(d->cv, d->m->model, s, block->label) >= r->w;
    }
}

static bool any_may_show(struct draw *d, const struct rect *r,
    const struct blocks *b, const struct setting *set, enum extra extra)
{
    for (size_t i = 0; i < b->len; i++) {
        struct block block = blocks_at(b, i);
        if (may_show(d, r, &block, block_density(set, i), extra))
            return true;
    }
    return false;
}

/* One block after the other, as long as rows are left. */
static void grant(struct draw *d, const struct rect *r, const struct blocks *b,
    struct setting *set, enum extra extra, int *spare)
{
    for (size_t i = 0; i < b->len; i++) {
        struct block block = blocks_at(b, i);
        if (!may_show(d, r, &block, block_density(set, i), extra))
            continue;
        int before = block_measure(d, r->w, b, i, set);
        set->until[extra] = i + 1;
        int more = block_measure(d, r->w, b, i, set) - before;
        if (more > *spare) {
            set->until[extra] = i;
            return;
        }
        *spare -= more;
    }
}

/* As many lines for the queues as there are rows left; all alike. */
static void widen_queues(struct draw *d, const struct rect *r,
    const struct blocks *b, struct setting *set, int *spare)
{
    if (!any_may_show(d, r, b, set, EXTRA_QUEUES))
        return;
    for (d->queue_lines = QUEUE_LINES_MAX; d->queue_lines > 1;
         d->queue_lines--) {
        if (total(d, r, b, set) <= r->h)
            break;
    }
    *spare = r->h - total(d, r, b, set);
}

/* What the rows that are left are good for; a blank line is the least. */
static void fill_room(struct draw *d, const struct rect *r,
    const struct blocks *b, struct setting *set)
{
    bool any = false;

    for (enum extra e = 0; e < EXTRAS && !any; e++)
        any = any_may_show(d, r, b, set, e);
    if (!any)
        return;
    int spare = r->h - total(d, r, b, set);
    if (spare < 0)
        return;
    grant(d, r, b, set, EXTRA_TIMER, &spare);
    grant(d, r, b, set, EXTRA_HALF_OPEN, &spare);
    widen_queues(d, r, b, set, &spare);
    grant(d, r, b, set, EXTRA_ADDRESS, &spare);
    set->gaps = set->gaps && gap_lines(b, set) <= spare;
}

/* The most that fits: all alike, then more of the selected one. */
struct setting blocks_fit(struct draw *d, const struct rect *r,
    const struct blocks *b, size_t selected)
{
    enum density most = r->w < 36 ? DENSITY_LESS : DENSITY_FULL;

    if (draw_detail(d) > DETAIL_NOTES)
        most = DENSITY_DETAIL;
    struct setting set = {.density = most, .selected = selected};
    d->queue_lines = 1;
    /* The cost follows what can be seen, not how many sockets there are. */
    if (b->len > (size_t)r->h)
        return (struct setting){.selected = selected};
    fit_all(d, r, b, &set);
    bool detail = set.density < DENSITY_NUMBERS && fit_detail(d, r, b, &set);
    if (set.density < DENSITY_NUMBERS && !detail)
        d->number_lines = numbers_most(d, NUMBER_LINES);
    while (!detail && set.selected_density < most) {
        struct setting more = set;
        more.selected_density++;
        if (!blocks_all_fit(d, r, b, &more))
            break;
        set = more;
    }
    fill_room(d, r, b, &set);
    return set;
}

bool column_fits(struct draw *d, struct rect r, enum column column)
{
    struct blocks b = {.spans = VEC_INIT};
    struct setting set = {.density = DENSITY_BRIEF};

    set.selected_density = set.density;
    blocks_fill(
        &b, d->m->model, column == COLUMN_SERVER ? HOST_SERVER : HOST_CLIENT);
    set.selected = b.len;
    bool fit = b.len <= (size_t)r.h && blocks_all_fit(d, &r, &b, &set);
    blocks_done(&b);
    return fit;
}

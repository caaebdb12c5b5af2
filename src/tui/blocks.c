/* Which blocks a column has, and how many of them fit. */
#include "block.h"

#include "words.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

static bool holds(
    const struct model_sock *s, const char *process, const char **variable)
{
    size_t len = strlen(process);

    /* A shared socket stands with its first owner only. */
    if (s->owner_count == 0 || strncmp(s->owners[0], process, len) != 0 ||
        s->owners[0][len] != '.')
        return false;
    *variable = s->owners[0] + len + 1;
    return true;
}

static struct block *add(
    struct blocks *b, enum block_kind kind, const char *process)
{
    struct block block = {.kind = kind};

    snprintf(block.process, sizeof block.process, "%s", process);
    snprintf(block.label, sizeof block.label, "%s", process);
    vec_push(&b->of, block);
    return &b->of.items[b->of.len - 1];
}

/* "ls" for the server itself; elsewhere the process stands before it; a socket
 * that several hold names the others: "conn, w.conn". */
static void set_label(
    struct block *block, const struct model_sock *s, const char *variable)
{
    bool plain = strcmp(block->process, "server") == 0;
    size_t room = sizeof block->label;
    int n = snprintf(block->label, room, "%s", plain ? variable : s->owners[0]);

    for (size_t i = 1; i < s->owner_count && n > 0 && (size_t)n < room; i++)
        n += snprintf(block->label + n, room - (size_t)n, ", %s", s->owners[i]);
}

static void add_process(
    struct blocks *b, const struct model *m, const struct model_process *p)
{
    const struct model_call *call =
        p->parked_call ? model_call(m, p->parked_call) : NULL;
    size_t first = b->of.len;
    bool shown = false;

    if (p->host == HOST_SERVER && !p->exited) {
        add(b, BLOCK_PROCESS, p->name)->shows_call = true;
        shown = true;
        first++;
    }
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        const char *variable = NULL;
        if (s->host != p->host || !holds(s, p->name, &variable))
            continue;
        struct block *block = add(b, BLOCK_SOCK, p->name);
        set_label(block, s, variable);
        block->sock = s->id;
        if (!shown && call && call->socket &&
            strcmp(call->socket, variable) == 0)
            block->shows_call = shown = true;
    }
    if (b->of.len == first && p->host == HOST_CLIENT && !p->exited)
        add(b, BLOCK_PROCESS, p->name);
    if (!shown && b->of.len > first)
        b->of.items[first].shows_call = true;
}

/* The next client that nobody has named, and the server before its first
 * call: selected, they begin a line. */
static void add_new(struct blocks *b, const struct model *m, enum host host)
{
    char name[MODEL_NAME_MAX] = "server";

    if (host == HOST_CLIENT) {
        int n = 1;
        do {
            snprintf(name, sizeof name, "c%d", n++);
        } while (model_process(m, name));
    }
    if (!model_process(m, name))
        add(b, BLOCK_NEW, name);
}

void blocks_fill(struct blocks *b, const struct model *m, enum host host)
{
    vec_clear(&b->of);
    for (size_t i = 0; i < model_process_count(m); i++) {
        const struct model_process *p = model_process_at(m, i);
        if (p->host == host)
            add_process(b, m, p);
    }
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        /* What waits for accept() stands in its listener's slots. */
        if (s->host == host && s->owner_count == 0 && s->accepted) {
            struct block *block = add(b, BLOCK_ORPHAN, "");
            block->sock = s->id;
            snprintf(block->label, sizeof block->label, ":%u",
                host == HOST_CLIENT ? s->local.port : s->peer.port);
        }
    }
    add_new(b, m, host);
}

void blocks_done(struct blocks *b)
{
    vec_done(&b->of);
}

size_t blocks_selected(const struct blocks *b, const struct selection *sel)
{
    size_t of_process = b->of.len;

    for (size_t i = 0; i < b->of.len; i++) {
        const struct block *block = &b->of.items[i];
        bool same = strcmp(block->process, sel->process) == 0;
        if (sel->sock && block->sock == sel->sock &&
            (same || block->kind == BLOCK_ORPHAN))
            return i;
        if (!sel->sock && same && block->sock == 0 && sel->process[0])
            return i;
        if (same && of_process == b->of.len && sel->process[0])
            of_process = i;
    }
    return of_process;
}

/* How a column is set: how much each block shows, and whether a blank line
 * stands between them. The selected block may show more. */
struct setting {
    enum density density, selected_density;
    size_t selected; /* b->of.len: none */
    bool gaps;
};

static enum density density_of(const struct setting *set, size_t i)
{
    return i == set->selected ? set->selected_density : set->density;
}

/* The server's heading line belongs to what follows it. */
static int gap_after(
    const struct blocks *b, size_t i, const struct setting *set)
{
    bool last = i + 1 >= b->of.len;
    bool heading = b->of.items[i].kind == BLOCK_PROCESS;

    if (last || !set->gaps || (heading && set->density < DENSITY_FULL))
        return 0;
    return b->of.items[i].kind != BLOCK_ORPHAN ||
           b->of.items[i + 1].kind != BLOCK_ORPHAN;
}

static int measure(
    struct draw *d, int width, const struct block *b, enum density density)
{
    bool ticking = d->ticking;
    uint64_t fresh = d->fresh_until_ns;

    d->measuring = true;
    int lines = block_draw(d, (struct rect){0, 0, 0, width}, b, density);
    d->measuring = false;
    d->ticking = ticking;
    d->fresh_until_ns = fresh;
    return lines;
}

static int total(struct draw *d, const struct rect *r, const struct blocks *b,
    size_t from, size_t to, const struct setting *set)
{
    int lines = 0;

    for (size_t i = from; i < to; i++) {
        lines += measure(d, r->w, &b->of.items[i], density_of(set, i));
        if (i + 1 < to)
            lines += gap_after(b, i, set);
    }
    return lines;
}

static bool fits(struct draw *d, const struct rect *r, const struct blocks *b,
    const struct setting *set)
{
    return total(d, r, b, 0, b->of.len, set) <= r->h;
}

/* The most that fits: all alike, then more of the selected one. */
static struct setting fitting(struct draw *d, const struct rect *r,
    const struct blocks *b, size_t selected)
{
    enum density most = r->w < 36 ? DENSITY_LESS : DENSITY_FULL;
    struct setting set = {most, most, selected, true};

    /* The cost follows what can be seen, not how many sockets there are. */
    if (b->of.len > (size_t)r->h)
        return (struct setting){DENSITY_LEAST, DENSITY_LEAST, selected, false};
    while (set.density > DENSITY_LEAST && !fits(d, r, b, &set))
        set.selected_density = --set.density;
    set.gaps = fits(d, r, b, &set);
    while (set.selected_density < most) {
        struct setting more = set;
        more.selected_density++;
        if (!fits(d, r, b, &more))
            break;
        set = more;
    }
    return set;
}

static void more_line(struct draw *d, const struct rect *r, int y, size_t count)
{
    struct pen p = pen_at(d->cv, (struct rect){r->y + y, r->x, y < r->h, r->w});

    pen_go(&p, 1);
    pen_textf(&p, THEME_DIM, _("… %zu more"), count);
}

static void draw_one(struct draw *d, struct rect r, const struct block *b,
    enum column column, bool selected, enum density density)
{
    int lines = measure(d, r.w, b, density);
    struct selection sel = {.column = column, .sock = b->sock};

    if (lines < r.h)
        r.h = lines;
    snprintf(sel.process, sizeof sel.process, "%s", b->process);
    draw_hit(d, r, &sel);
    block_draw(d, r, b, density);
    if (selected) {
        struct pen p = pen_at(d->cv, r);
        canvas_ground(d->cv, r, THEME_SELECTED);
        pen_text(&p, THEME_STRONG, "▸");
    }
}

/* The first block to draw so that the selected one is whole on the screen. */
static size_t scroll(struct draw *d, const struct rect *r,
    const struct blocks *b, const struct setting *set)
{
    size_t first = set->selected;
    bool can_fit = b->of.len <= (size_t)r->h;

    if (first >= b->of.len || (can_fit && fits(d, r, b, set)))
        return 0;
    int below = first + 1 < b->of.len; /* lines for "… more" */
    int lines = measure(d, r->w, &b->of.items[first], density_of(set, first));
    for (; first > 0; first--) {
        size_t i = first - 1;
        lines += measure(d, r->w, &b->of.items[i], density_of(set, i)) +
                 gap_after(b, i, set);
        if (lines + below + (i > 0) > r->h)
            break;
    }
    return first;
}

static void draw_blocks(struct draw *d, const struct rect *r,
    const struct blocks *b, enum column column)
{
    const struct selection *sel = &d->m->ui->sel;
    size_t selected =
        sel->column == column ? blocks_selected(b, sel) : b->of.len;
    struct setting set = fitting(d, r, b, selected);
    size_t i = scroll(d, r, b, &set);
    int y = 0;

    if (i > 0)
        more_line(d, r, y++, i);
    for (; i < b->of.len; i++) {
        const struct block *block = &b->of.items[i];
        bool last = i + 1 == b->of.len;
        int lines = measure(d, r->w, block, density_of(&set, i));
        if (y + lines + !last > r->h) {
            more_line(d, r, y < r->h ? y : r->h - 1, b->of.len - i);
            return;
        }
        draw_one(d, (struct rect){r->y + y, r->x, r->h - y, r->w}, block,
            column, i == selected, density_of(&set, i));
        y += lines + gap_after(b, i, &set);
    }
}

void column_draw(struct draw *d, struct rect r, enum column column)
{
    struct blocks b = {VEC_INIT};

    if (r.h <= 0)
        return;
    blocks_fill(
        &b, d->m->model, column == COLUMN_SERVER ? HOST_SERVER : HOST_CLIENT);
    draw_blocks(d, &r, &b, column);
    blocks_done(&b);
}

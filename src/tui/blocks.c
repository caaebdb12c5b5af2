/* Which blocks a column has, and a column of them. */
#include "block_fit.h"

#include "situation.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

/* The server's processes have a line of their own above their sockets. */
static bool has_heading(const struct model_process *p)
{
    return p->host == HOST_SERVER && !p->exited;
}

static size_t block_count(const struct model_process *p)
{
    size_t socks = model_process_sock_count(p);

    if (has_heading(p))
        return socks + 1;
    return socks == 0 && !p->exited ? 1 : socks;
}

/* The next client that nobody has named, and the server before its first
 * call: selected, they begin a line. All clients are looked at for the name. */
static void next_name(const struct blocks *b, char out[MODEL_NAME_MAX])
{
    if (b->host == HOST_CLIENT)
        situation_new_client(b->model, out);
    else
        snprintf(out, MODEL_NAME_MAX, "server");
}

void blocks_fill(struct blocks *b, const struct model *m, enum host host)
{
    vec_clear(&b->spans);
    b->model = m;
    b->host = host;
    b->len = b->headings = 0;
    for (size_t i = 0; i < model_process_count(m); i++) {
        const struct model_process *p = model_process_at(m, i);
        struct block_span span = {p, b->len};
        if (p->host != host || block_count(p) == 0)
            continue;
        vec_push(&b->spans, span);
        b->headings += has_heading(p);
        b->len += block_count(p);
    }
    b->orphans = b->len;
    b->len += model_orphan_count(m, host);
    b->has_next = host == HOST_CLIENT || !model_process(m, "server");
    b->len += b->has_next;
}

void blocks_done(struct blocks *b)
{
    vec_done(&b->spans);
}

/* "ls" for the server itself; elsewhere the process stands before it; a socket
 * that several hold names the others: "conn, w.conn". */
static void set_label(struct block *block, const struct model_sock *s)
{
    size_t room = sizeof block->label;
    const char *label = s->owners[0];

    if (strcmp(block->process, "server") == 0)
        label += strlen("server.");
    int n = snprintf(block->label, room, "%s", label);
    for (size_t i = 1; i < s->owner_count && n > 0 && (size_t)n < room; i++)
        n += snprintf(block->label + n, room - (size_t)n, ", %s", s->owners[i]);
}

/* Which of its sockets the process waits in; the first, where it is another
 * or none. */
static size_t waiting_place(
    const struct model *m, const struct model_process *p)
{
    const struct model_call *call =
        p->parked_call ? model_call(m, p->parked_call) : NULL;
    const struct model_sock *s =
        call && call->socket ? model_sock_owned(m, p->name, call->socket)
                             : NULL;
    size_t place = s ? model_sock_place(s) : SIZE_MAX;

    return place != SIZE_MAX && model_process_sock_at(p, place) == s ? place
                                                                     : 0;
}

static struct block block_of_process(
    const struct model *m, const struct model_process *p, size_t i)
{
    struct block block = {.kind = BLOCK_PROCESS};
    bool heading = has_heading(p);

    snprintf(block.process, sizeof block.process, "%s", p->name);
    snprintf(block.label, sizeof block.label, "%s", p->name);
    if (heading && i == 0) {
        block.shows_call = true;
        return block;
    }
    size_t place = i - heading;
    const struct model_sock *s = model_process_sock_at(p, place);
    if (!s)
        return block;
    block.kind = BLOCK_SOCK;
    block.sock = s->id;
    block.shows_call = !heading && place == waiting_place(m, p);
    set_label(&block, s);
    return block;
}

static struct block block_of_orphan(const struct blocks *b, size_t i)
{
    const struct model_sock *s = model_orphan_at(b->model, b->host, i);
    struct block block = {.kind = BLOCK_ORPHAN, .sock = s->id};

    snprintf(block.label, sizeof block.label, ":%u",
        b->host == HOST_CLIENT ? s->local.port : s->peer.port);
    return block;
}

struct block blocks_at(const struct blocks *b, size_t i)
{
    size_t low = 0, high = b->spans.len;

    if (i >= b->orphans && b->has_next && i + 1 == b->len) {
        struct block block = {.kind = BLOCK_NEW};
        next_name(b, block.process);
        snprintf(block.label, sizeof block.label, "%s", block.process);
        return block;
    }
    if (i >= b->orphans)
        return block_of_orphan(b, i - b->orphans);
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (b->spans.items[mid].first <= i)
            low = mid;
        else
            high = mid;
    }
    const struct block_span *span = &b->spans.items[low];
    return block_of_process(b->model, span->process, i - span->first);
}

static const struct block_span *span_of(
    const struct blocks *b, const struct model_process *p)
{
    for (size_t i = 0; p && i < b->spans.len; i++) {
        if (b->spans.items[i].process == p)
            return &b->spans.items[i];
    }
    return NULL;
}

size_t blocks_selected(const struct blocks *b, const struct selection *sel)
{
    const struct model_sock *s =
        sel->sock ? model_sock(b->model, sel->sock) : NULL;
    const struct model_process *p = model_process(b->model, sel->process);
    const struct block_span *span = span_of(b, p);
    size_t place = s && s->host == b->host ? model_sock_place(s) : SIZE_MAX;

    if (place != SIZE_MAX && s->owner_count == 0)
        return b->orphans + place;
    if (span && place != SIZE_MAX && model_process_sock_at(p, place) == s)
        return span->first + has_heading(p) + place;
    if (span)
        return span->first;
    if (!b->has_next || p || sel->process[0] == '\0')
        return b->len;
    char next[MODEL_NAME_MAX];
    next_name(b, next);
    return strcmp(next, sel->process) == 0 ? b->len - 1 : b->len;
}

/* Without the process that is not there yet, which stands last. */
static size_t there(const struct blocks *b)
{
    return b->len - b->has_next;
}

/* Blocks from `from` to `to` that are left out; a heading is no socket. */
static void more_line(struct draw *d, const struct rect *r, int y,
    const struct blocks *b, size_t from, size_t to)
{
    struct pen p = pen_at(d->cv, (struct rect){r->y + y, r->x, y < r->h, r->w});
    size_t count = to - from;

    for (size_t i = 0; i < b->spans.len; i++) {
        const struct block_span *span = &b->spans.items[i];
        count -= has_heading(span->process) && span->first >= from &&
                 span->first < to;
    }
    pen_go(&p, 1);
    pen_textf(&p, THEME_DIM, _("… %zu more"), count);
}

static void draw_one(struct draw *d, struct rect r, const struct block *b,
    enum column column, bool selected, enum density density)
{
    struct selection sel = {.column = column, .sock = b->sock};

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
    bool can_fit = b->len <= (size_t)r->h;

    if (first >= b->len || (can_fit && blocks_all_fit(d, r, b, set)))
        return 0;
    int below = first + 1 < there(b); /* lines for "… more" */
    int lines = block_measure(d, r->w, b, first, set);
    for (; first > 0; first--) {
        size_t i = first - 1;
        lines += block_measure(d, r->w, b, i, set) + block_gap(b, i, set);
        if (lines + below + (i > 0) > r->h)
            break;
    }
    return first;
}

/* What a block is called where only one word is for it. */
static void name_of(const struct blocks *b, size_t i, char *out, size_t size)
{
    struct block block = blocks_at(b, i);
    bool process = b->host == HOST_CLIENT && block.process[0];

    snprintf(out, size, "%.24s", process ? block.process : block.label);
}

/* Where in a long column one is: "c1..c9 of 240", in its heading behind the
 * title, which is `title` columns wide. Clients are counted where clients are
 * named, else sockets. */
static void position_mark(struct draw *d, struct rect heading, int title,
    const struct blocks *b, size_t first, size_t end)
{
    bool clients = b->host == HOST_CLIENT && end <= b->orphans;
    size_t count = clients ? b->spans.len : there(b) - b->headings;
    bool head = blocks_at(b, first).kind == BLOCK_PROCESS;
    char from[32];
    char to[32];
    char text[WORDS_MAX];

    name_of(b, first + (head && b->host == HOST_SERVER && first + 1 < end),
        from, sizeof from);
    name_of(b, end - 1, to, sizeof to);
    snprintf(text, sizeof text, _("%s..%s of %zu"), from, to, count);
    heading.x += title + 1;
    heading.w -= title + 1;
    if (canvas_width(d->cv, text) >= heading.w)
        snprintf(text, sizeof text, _("..%s of %zu"), to, count);
    struct pen p = pen_at(d->cv, heading);
    pen_text(&p, THEME_DIM, " ");
    pen_fit(&p, THEME_ADDRESS, text, pen_room(&p));
    pen_repeat(&p, THEME_DIM, " ", pen_room(&p));
}

/* From block `i` on; returns behind the last that was drawn. */
static size_t draw_from(struct draw *d, const struct rect *r,
    const struct blocks *b, const struct setting *set, size_t i)
{
    enum column column =
        b->host == HOST_SERVER ? COLUMN_SERVER : COLUMN_CLIENTS;
    int y = 0;

    if (i > 0)
        more_line(d, r, y++, b, 0, i);
    for (; i < b->len; i++) {
        struct block block = blocks_at(b, i);
        bool last = i + 1 >= there(b);
        int lines = block_measure(d, r->w, b, i, set);
        if (y + lines + !last > r->h) {
            if (i < there(b))
                more_line(d, r, y < r->h ? y : r->h - 1, b, i, there(b));
            return i;
        }
        d->extras = block_extras(set, i);
        draw_one(d, (struct rect){r->y + y, r->x, lines, r->w}, &block, column,
            i == set->selected, block_density(set, i));
        y += lines + block_gap(b, i, set);
    }
    return i;
}

int column_wish(
    const struct canvas *cv, const struct model *m, enum host host, int rows)
{
    size_t left = model_host_processes(m, host);
    int most = 0;

    for (size_t i = 0; left > 0 && rows > 0; i++) {
        const struct model_process *p = model_process_at(m, i);
        struct block block;
        if (p->host != host)
            continue;
        left--;
        snprintf(block.process, sizeof block.process, "%s", p->name);
        size_t count = model_process_sock_count(p);
        for (size_t k = 0; k < count && rows > 0; k++, rows--) {
            const struct model_sock *s = model_process_sock_at(p, k);
            set_label(&block, s);
            int width = block_head_width(cv, m, s, block.label);
            most = width > most ? width : most;
        }
    }
    return most;
}

/* Of many changes at once only what changed is emphasised, not the names. */
#define FRESH_NAMES_MAX 4

static void count_fresh(
    struct draw *d, const struct rect *r, const struct blocks *b, size_t first)
{
    size_t fresh = 0;

    for (size_t i = first; i < b->len && i < first + (size_t)r->h; i++) {
        struct block block = blocks_at(b, i);
        const struct model_sock *s =
            block.sock ? model_sock(d->m->model, block.sock) : NULL;
        fresh += s && s->changed_ns + FRESH_NS > d->m->now_ns;
    }
    d->many_fresh = fresh > FRESH_NAMES_MAX;
}

void column_draw(struct draw *d, struct rect heading, int title, struct rect r,
    enum column column)
{
    const struct selection *sel = &d->m->ui->sel;
    struct blocks b = {.spans = VEC_INIT};

    if (r.h <= 0)
        return;
    blocks_fill(
        &b, d->m->model, column == COLUMN_SERVER ? HOST_SERVER : HOST_CLIENT);
    size_t selected = sel->column == column ? blocks_selected(&b, sel) : b.len;
    struct measures measures = {.width = r.w};
    d->measures = &measures;
    struct setting set = blocks_fit(d, &r, &b, selected);
    size_t first = scroll(d, &r, &b, &set);
    count_fresh(d, &r, &b, first);
    size_t end = draw_from(d, &r, &b, &set, first);
    if (end > there(&b))
        end = there(&b);
    if (end > first && end - first < there(&b))
        position_mark(d, heading, title, &b, first, end);
    d->measures = NULL;
    measures_done(&measures);
    blocks_done(&b);
}

/* The inspector of one segment: what became of it, and every field of its
 * headers with a few words of what it means. One of these rows is marked: that
 * is what `?` explains.
 *
 * | SEGMENT 118  SYN+ACK c1   server -> client                          |
 * |>12.345  entered the wire                                            |
 * | 12.345  held         2.1 s so far                                   |
 * | TCP header                                                          |
 * |  from port   8080              server.ls                            |
 * |  seq         0 (raw 38123456)  number of its first byte, from ..    | */
#include "curtain.h"
#include "fate.h"
#include "rung.h"
#include "segment_rows.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>

/* Where there is room, the page goes on in a second column. */
#define COLUMN_WIDTH 74
#define NAME_WIDTH   12
#define STAMP_WIDTH  6 /* of a time, without its unit */
#define VALUE_WIDTH  23
#define MEANING_MAX  4 /* lines */

const struct model_segment *ui_inspected(const struct moment *m)
{
    struct rung rung;

    if (!m->ui->inspect || curtain_is_down(m) || !rung_selected(m, &rung) ||
        rung.run)
        return NULL;
    return model_segment_at(m->model, rung.first);
}

/* Lines that begin above the panel are drawn nowhere, by the pen's clipping.
 * What became of the segment is one row, each field is one. */
struct page {
    struct draw *d;
    struct pen pen;
    int chosen; /* row, from 0; -1: none */
    int row;
    int chosen_line, chosen_end;
};

static void newline(struct page *g)
{
    pen_newline(&g->pen, 0);
}

static bool begin_row(struct page *g)
{
    bool chosen = g->row++ == g->chosen;

    if (chosen) {
        g->chosen_line = g->pen.y;
        pen_text(&g->pen, THEME_MENU_SELECTED, "▸");
    }
    return chosen;
}

static void end_row(struct page *g, bool chosen)
{
    if (chosen)
        g->chosen_end = g->pen.y;
}

static void add_field(void *ctx, const struct segment_line *line)
{
    struct page *g = ctx;
    struct pen *p = &g->pen;
    int width = canvas_width(p->cv, str_text(&line->value));
    int at = NAME_WIDTH + VALUE_WIDTH;

    if (line->is_heading) {
        pen_text(p, THEME_TITLE, line->name);
        newline(g);
        return;
    }
    bool chosen = begin_row(g);
    pen_go(p, 1);
    pen_text(p, chosen ? THEME_STRONG : THEME_DIM, line->name);
    pen_go(p, NAME_WIDTH);
    if (width >= VALUE_WIDTH) {
        pen_wrap(p, THEME_SCREEN, str_text(&line->value), MEANING_MAX);
        if (line->meaning.len > 0)
            pen_newline(p, at);
    } else {
        pen_text(p, THEME_SCREEN, str_text(&line->value));
    }
    pen_go(p, at);
    pen_wrap(p, THEME_WORDS, str_text(&line->meaning), MEANING_MAX);
    newline(g);
    end_row(g, chosen);
}

static void stamp(struct pen *p, uint64_t t_ns)
{
    char text[32];

    pen_go(p, 1);
    pen_textf(p, THEME_SEG_TIME, "%s s",
        words_stamp(t_ns, STAMP_WIDTH, text, sizeof text));
    pen_go(p, NAME_WIDTH);
}

static void fate_line(
    struct page *g, uint64_t t_ns, enum theme_key style, const char *what)
{
    stamp(&g->pen, t_ns);
    pen_text(&g->pen, style, what);
    newline(g);
}

/* A column more of the same enum. */
static const char *const verdict_words[] = {
    [VERDICT_HELD] = N_("held"),
    [VERDICT_DELIVERED] = N_("delivered"),
    [VERDICT_DROPPED] = N_("lost on the wire"),
    [VERDICT_DUPLICATED] = N_("doubled"),
    [VERDICT_CORRUPTED] = N_("corrupted: a bit is turned over"),
    [VERDICT_COALESCED] = N_("repeated"),
    [VERDICT_ANSWERED] = N_("turned back: a router answers with ICMP"),
};

static enum theme_key verdict_style(enum verdict v)
{
    return v == VERDICT_DROPPED || v == VERDICT_ANSWERED ||
                   v == VERDICT_CORRUPTED
               ? THEME_SEG_LOST
               : THEME_SCREEN;
}

static void why_line(struct page *g, const struct model_segment *s)
{
    struct pen *p = &g->pen;

    pen_go(p, NAME_WIDTH);
    pen_text(p, THEME_SEG_LOST, _(model_reason_words(s->reason, false)));
    newline(g);
    pen_go(p, NAME_WIDTH);
    pen_wrap(p, THEME_WORDS, _(model_reason_meaning(s->reason)), MEANING_MAX);
    newline(g);
}

/* What still goes on. */
static void waits_line(struct page *g, const struct model_segment *s)
{
    const struct moment *m = g->d->m;
    bool held = s->has_verdict && s->verdict == VERDICT_HELD;
    uint64_t since = held ? s->verdict_ns : s->seg.t_ns;
    char time[32];

    if (s->has_verdict && !held)
        return;
    words_duration(
        m->now_ns > since ? m->now_ns - since : 0, time, sizeof time);
    pen_go(&g->pen, NAME_WIDTH);
    pen_textf(&g->pen, held ? THEME_SEG_HELD : THEME_SEG_FLIGHT,
        held ? _("waits on the wire: %s so far") : _("on its way: %s so far"),
        time);
    g->d->ticking = true;
    newline(g);
}

static void fate_lines(struct page *g, const struct model_segment *s)
{
    char text[WORDS_MAX];
    bool chosen = begin_row(g);

    fate_line(g, s->seg.t_ns, THEME_SCREEN, _("entered the wire"));
    for (size_t i = 0; i < s->fate_count; i++)
        fate_line(g, s->fates[i].t_ns, verdict_style(s->fates[i].verdict),
            _(verdict_words[s->fates[i].verdict]));
    if (s->reason != MODEL_REASON_NONE)
        why_line(g, s);
    if (s->copies > 0) {
        snprintf(text, sizeof text,
            _("sent again x%" PRIu32 ", folded into this one"), s->copies);
        fate_line(g, s->copied_ns, THEME_SCREEN, text);
    }
    waits_line(g, s);
    end_row(g, chosen);
}

static void title(struct draw *d, struct rect r, const struct model_segment *s)
{
    struct pen p = pen_at(d->cv, r);
    const struct fate_row *fate = fate_row(fate_of(d->m->model, s));
    const char *what = s->reason != MODEL_REASON_NONE
                           ? model_reason_words(s->reason, false)
                           : fate->help;
    char name[64], owner[WORDS_MAX];

    words_segment_owner(d->m->model, &s->seg, owner);
    pen_textf(&p, THEME_TITLE, _("SEGMENT %" PRIu64 "  "), s->seg.id);
    pen_textf(&p, THEME_STRONG, "%s %s  ",
        segment_format_name(&s->seg, name, sizeof name), owner);
    pen_textf(&p, THEME_DIM, "%s → %s  ", host_name(s->seg.from),
        host_name(host_other(s->seg.from)));
    pen_fit(&p, fate->style, _(what), pen_room(&p));
}

/* All of it from that line of a column on; returns the line behind it. */
static int draw_page(
    struct page *g, const struct inspected *in, struct rect part, int from)
{
    g->row = 0;
    g->pen = pen_at(g->d->cv, part);
    g->pen.y = from;
    fate_lines(g, in->s);
    segment_lines(in, SEGMENT_IN_PANEL, add_field, g);
    return g->pen.y;
}

/* So that the marked row is on the screen, its neighbours too. */
static int first_line(const struct page *g, int lines, int room)
{
    int top = (g->chosen_line + g->chosen_end - room) / 2;

    if (top > lines - room)
        top = lines - room;
    return top > 0 ? top : 0;
}

static void draw_marks(struct draw *d, struct rect r, bool above, bool below)
{
    struct pen p = pen_at(d->cv, r);

    pen_go(&p, r.w - 4);
    if (above)
        pen_text(&p, THEME_STRONG, "↑");
    p.y = r.h - 1;
    pen_go(&p, r.w - 4);
    if (below)
        pen_text(&p, THEME_STRONG, "↓");
}

void view_segment(struct draw *d, struct rect r)
{
    const struct model_segment *s = ui_inspected(d->m);

    if (!s || r.h < 4)
        return;
    popup_frame(d, r);
    struct inspected in = inspected_make(d->m, s);
    struct rect inside = {r.y + 2, r.x + 2, r.h - 3, r.w - 4};
    title(d, (struct rect){r.y + 1, r.x + 2, 1, r.w - 4}, s);
    int columns = inside.w / COLUMN_WIDTH > 1 ? inside.w / COLUMN_WIDTH : 1;
    int width = inside.w / columns;
    struct rect part = {inside.y, inside.x, 0, width - (columns > 1)};
    struct page g = {.d = d, .chosen = d->m->ui->inspect_row};
    int lines = draw_page(&g, &in, part, 0); /* of height 0: only measured */
    if (g.chosen >= g.row) {
        g.chosen = g.row - 1;
        lines = draw_page(&g, &in, part, 0);
    }
    int top = first_line(&g, lines, inside.h * columns);
    part.h = inside.h;
    for (int i = 0; i < columns; i++) {
        part.x = inside.x + i * width;
        draw_page(&g, &in, part, -top - i * inside.h);
    }
    d->last_row = g.row - 1;
    draw_marks(d, r, top > 0, lines - top > inside.h * columns);
}

/* ---- the small box --------------------------------------------------------
 */

static void add_brief(void *ctx, const struct segment_line *line)
{
    struct page *g = ctx;

    pen_textf(&g->pen, THEME_DIM, "%s", line->name);
    pen_go(&g->pen, 9);
    pen_fit(&g->pen, THEME_SCREEN, str_text(&line->value), pen_room(&g->pen));
    newline(g);
}

void segment_box_draw(
    struct draw *d, struct rect r, const struct model_segment *s)
{
    struct inspected in = inspected_make(d->m, s);
    struct page g = {.d = d, .pen = pen_at(d->cv, r), .chosen = -1};

    pen_textf(&g.pen, THEME_STRONG, _("SEGMENT %" PRIu64), s->seg.id);
    pen_textf(&g.pen, THEME_DIM, "  %s → %s", host_name(s->seg.from),
        host_name(host_other(s->seg.from)));
    newline(&g);
    segment_lines(&in, SEGMENT_IN_BOX, add_brief, &g);
}

/* The explanation of what is selected: a box over the columns with a title, a
 * few sentences, where more of it stands, and the keys that act on it.
 *
 * | c1.s  SYN_SENT                                      |
 * |                                                     |
 * | connect() has sent a SYN and waits for SYN+ACK. ..  |
 * |                                                     |
 * | see: RFC 9293 3.5 / tcp(7)                          |
 * | Enter call   i inspect   g state diagram            | */
#include "explain.h"
#include "views.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <string.h>

#define BOX_WIDTH 76
#define PART_MAX  12 /* lines of a paragraph */

/* What can be done about what is selected, and about each part of the first
 * line. */
static const struct offer {
    enum header_part part;
    enum action action;
} offers[] = {
    {HEADER_NONE, ACTION_CALL},
    {HEADER_NONE, ACTION_DELIVER},
    {HEADER_NONE, ACTION_DROP},
    {HEADER_NONE, ACTION_DUPLICATE},
    {HEADER_NONE, ACTION_INSPECT},
    {HEADER_NONE, ACTION_ZOOM},
    {HEADER_NONE, ACTION_TIME},
    {HEADER_NONE, ACTION_STATES},
    {HEADER_TITLE, ACTION_LESSONS},
    {HEADER_WIRE, ACTION_HOLD},
    {HEADER_HOLD, ACTION_HOLD},
    {HEADER_HOLD, ACTION_DELIVER},
    {HEADER_HOLD, ACTION_DROP},
    {HEADER_STEP, ACTION_NEXT},
    {HEADER_STEP, ACTION_STEP_BACK},
    {HEADER_STEP, ACTION_AUTOPLAY},
    {HEADER_STEP, ACTION_RESTART},
};

/* Held segments are dealt with where one is selected. */
static bool acts_here(const struct moment *m, const struct offer *o)
{
    bool on_wire = m->ui->sel.column == COLUMN_WIRE;
    bool is_held = o->action == ACTION_DELIVER || o->action == ACTION_DROP ||
                   o->action == ACTION_DUPLICATE;

    if (m->ui->explain_header != o->part || m->ui->mode == UI_MENU ||
        m->ui->prompt.typing || !ui_can(m, o->action))
        return false;
    return o->part != HEADER_NONE || on_wire || !is_held;
}

static void keys(struct draw *d, struct pen *p)
{
    for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
        struct key_name key = ui_key(d->m, offers[i].action);
        const char *name = _(action_row(offers[i].action)->name);
        if (!acts_here(d->m, &offers[i]))
            continue;
        int width =
            canvas_width(d->cv, key.text) + canvas_width(d->cv, name) + 1;
        if (width > pen_room(p))
            return;
        pen_text(p, THEME_HINT_KEY, key.text);
        pen_textf(p, THEME_SCREEN, " %s", name);
        pen_repeat(p, THEME_SCREEN, " ", 3);
    }
}

static bool any_keys(const struct moment *m)
{
    for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
        if (acts_here(m, &offers[i]))
            return true;
    }
    return false;
}

/* All of it from the line `p` stands in; returns the lines. */
static int content(struct draw *d, struct pen *p, const struct explanation *e)
{
    int from = p->y;

    pen_fit(p, THEME_TITLE, str_text(&e->title), pen_room(p));
    for (size_t i = 0; i < e->parts.len; i++) {
        pen_newline(p, 0);
        pen_newline(p, 0);
        pen_wrap(p, e->parts.items[i].style, e->parts.items[i].text, PART_MAX);
    }
    pen_newline(p, 0);
    pen_newline(p, 0);
    pen_text(p, THEME_DIM, _("see: "));
    pen_wrap(p, THEME_DIM, str_text(&e->see), 2);
    if (any_keys(d->m)) {
        pen_newline(p, 0);
        keys(d, p);
    }
    return p->y + 1 - from;
}

static void more_mark(
    struct draw *d, const struct rect *r, int y, const char *mark)
{
    struct pen p = pen_at(d->cv, *r);

    p.y = y;
    pen_go(&p, r->w - 4);
    pen_text(&p, THEME_STRONG, mark);
}

void view_explain(struct draw *d, struct rect body)
{
    struct explanation e = {0};
    int w = body.w - 4 < BOX_WIDTH ? body.w - 4 : BOX_WIDTH;
    int scroll = d->m->ui->explain_scroll;

    explain_selected(d->m, &e);
    struct pen measure = pen_at(d->cv, (struct rect){0, 0, 0, w - 4});
    int lines = content(d, &measure, &e);
    int h = lines + 2 < body.h ? lines + 2 : body.h;
    struct rect r = {
        body.y + (body.h - h) / 2, body.x + (body.w - w) / 2, h, w};
    d->scroll_max = lines + 2 - h;
    if (scroll > d->scroll_max)
        scroll = d->scroll_max;
    popup_frame(d, r);
    struct pen p =
        pen_at(d->cv, (struct rect){r.y + 1, r.x + 2, r.h - 2, r.w - 4});
    p.y = -scroll;
    content(d, &p, &e);
    canvas_ground(d->cv, r, THEME_MENU);
    if (scroll > 0)
        more_mark(d, &r, 0, "↑");
    if (scroll < d->scroll_max)
        more_mark(d, &r, r.h - 1, "↓");
    d->ticking = d->ticking || e.runs;
    explanation_done(&e);
}

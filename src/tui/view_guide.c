/* What could be done next, below the columns. A click on a line types it.
 *
 * |── what to try next ────────────────────────────────────────|
 * | c1: n = s.send(b'hello')    bytes: send buffer, wire, ..   |
 * | c1: s.shutdown(SHUT_WR)     half close: sends no more, ..  | */
#include "guide.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/text.h"
#include "sockstage/tui/tui.h"

#include <stdio.h>

#define WORDS_LEAST 26 /* columns: else only the lines */

int guide_column(const struct draw *d, const struct guide *g)
{
    int most = 0;

    for (size_t i = 0; i < g->lines.len; i++) {
        int w = canvas_width(d->cv, g->lines.items[i].text);
        most = w > most ? w : most;
    }
    return most + 4;
}

/* It stands at the prompt. */
static bool is_typed(const struct moment *m, const struct guide_line *line)
{
    return str_equal(str_text(&m->ui->prompt.text), line->text);
}

static bool is_any_typed(const struct moment *m, const struct guide *g)
{
    for (size_t i = 0; i < g->lines.len; i++)
        if (is_typed(m, &g->lines.items[i]))
            return true;
    return false;
}

void guide_draw_line(struct draw *d, struct pen *p,
    const struct guide_line *line, int column, enum theme_key style)
{
    struct rect r = {p->clip.y + p->y, p->clip.x, 1, p->clip.w};

    draw_offered(d, r, line->text);
    if (is_typed(d->m, line) && p->x > 0) {
        pen_go(p, p->x - 1);
        pen_text(p, THEME_STRONG, "▸");
    }
    pen_fit(p, style, line->text, pen_room(p));
    if (p->clip.w - column < WORDS_LEAST)
        return;
    pen_go(p, column);
    pen_fit(p, THEME_DIM, line->words, pen_room(p));
}

bool guide_is_shown(const struct moment *m)
{
    return m->play && m->steps == 0 && !m->title && !moment_is_past(m) &&
           m->ui->scene == SCENE_COLUMNS;
}

int guide_rows(const struct moment *m)
{
    struct guide g;
    int lines;

    if (!guide_is_shown(m))
        return 0;
    guide_fill(&g, m->model);
    lines = (int)g.lines.len;
    guide_done(&g);
    return lines ? lines + 1 : 0;
}

/* The rule above: what it is, how to take a line, and the way to the lessons.
 */
static void draw_title(struct draw *d, struct pen *p, const struct guide *g)
{
    const struct moment *m = d->m;
    bool lessons = m->lessons && m->lessons->count > 0;
    char take[WORDS_MAX], list[WORDS_MAX] = "";

    if (is_any_typed(m, g))
        snprintf(take, sizeof take, _("%s: the next; Enter or a click: do it"),
            ui_key(m, ACTION_NEXT).text);
    else
        snprintf(take, sizeof take, _("%s or a click types a line"),
            ui_key(m, ACTION_NEXT).text);
    if (lessons)
        snprintf(list, sizeof list, _("%s lists the lessons"),
            ui_key(m, ACTION_LESSONS).text);
    int end = lessons ? canvas_width(d->cv, list) + 5 : 0;
    pen_text(p, THEME_RULE, "── ");
    pen_text(p, THEME_STRONG, _(g->title));
    pen_text(p, THEME_RULE, " ");
    pen_fit(p, THEME_DIM, take, pen_room(p) - 1);
    pen_text(p, THEME_RULE, " ");
    if (pen_room(p) < end + 3)
        end = 0;
    pen_repeat(p, THEME_RULE, "─", pen_room(p) - end);
    if (end == 0)
        return;
    struct rect r = {p->clip.y + p->y, p->clip.x + p->x, 1, end};
    draw_press(d, r, keymap_first(m->keys, ACTION_LESSONS));
    pen_text(p, THEME_RULE, " ");
    pen_text(p, THEME_DIM, list);
    pen_text(p, THEME_RULE, " ");
    pen_repeat(p, THEME_RULE, "─", pen_room(p));
}

void view_guide(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    enum theme_key style = THEME_TITLE; /* of the next; then of the others */
    struct guide g;

    guide_fill(&g, d->m->model);
    if (g.title)
        draw_title(d, &p, &g);
    int column = guide_column(d, &g);
    for (size_t i = 0; i < g.lines.len && p.y + 1 < r.h; i++) {
        pen_newline(&p, 1);
        guide_draw_line(d, &p, &g.lines.items[i], column, style);
        style = THEME_SCREEN;
    }
    guide_done(&g);
}

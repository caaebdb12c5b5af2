/* The menu: calls of the selected thing, ways through the past, chapters; it
 * lies over the columns.
 *
 * |▸ c1: s.connect(('server', 8080))                     |
 * |──── these make no sense here, and can be tried ─────|
 * |  c1: n = s.send(b'x' * 1000)  not connected yet: EPIPE | */
#include "views.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

#define HELP_LINES_MIN 2
#define HELP_LINES_MAX 3

void popup_frame(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);

    for (p.y = 0; p.y < r.h; p.y++) {
        bool edge = p.y == 0 || p.y == r.h - 1;
        pen_go(&p, 0);
        pen_text(&p, THEME_RULE, p.y == 0 ? "┌" : edge ? "└" : "│");
        pen_repeat(
            &p, edge ? THEME_RULE : THEME_SCREEN, edge ? "─" : " ", r.w - 2);
        pen_text(&p, THEME_RULE, p.y == 0 ? "┐" : edge ? "┘" : "│");
    }
    canvas_ground(d->cv, r, THEME_MENU);
}

static int row_of(const struct menu *menu, size_t item)
{
    return (int)item + (item >= menu->grey && menu->grey < menu->items.len);
}

static void draw_rule(struct pen *p)
{
    pen_text(p, THEME_RULE, "── ");
    pen_fit(p, THEME_DIM, _("these make no sense here, but can be tried"),
        pen_room(p) - 4);
    pen_text(p, THEME_RULE, " ");
    pen_repeat(p, THEME_RULE, "─", pen_room(p));
}

/* A reason as far as it stands beside its line: to its `;`. */
static void beside(const char *why, char *out, size_t size)
{
    snprintf(out, size, "%.*s", (int)strcspn(why, ";"), why);
}

/* The column in which the reasons of the grey ones begin: behind the longest
 * line, as far as the longest reason leaves room for it. */
static int why_column(const struct draw *d, int room)
{
    const struct menu *menu = &d->m->ui->menu;
    int line = 0, why = 0;
    char text[WORDS_MAX];

    for (size_t i = menu->grey; i < menu->items.len; i++) {
        int w = canvas_width(d->cv, menu->items.items[i].line);
        line = w > line ? w : line;
        beside(_(menu->items.items[i].why), text, sizeof text);
        w = canvas_width(d->cv, text);
        why = w > why ? w : why;
    }
    int column = line + 2 < room - why ? line + 2 : room - why;
    return column > room / 3 ? column : room / 3;
}

static void draw_item(
    struct pen *p, const struct menu_item *item, bool selected, int column)
{
    enum theme_key style = selected ? THEME_MENU_SELECTED : THEME_SCREEN;
    char brief[WORDS_MAX];

    pen_text(p, style, selected ? "▸ " : "  ");
    if (!item->why) {
        pen_fit(p, style, item->line, pen_room(p) - 1);
        pen_text(p, style, "  ");
        if (item->because || item->words)
            pen_fit(p, selected ? style : THEME_DIM,
                item->because ? _(item->because) : item->words,
                pen_room(p) - 1);
        return;
    }
    style = selected ? style : THEME_DIM;
    pen_fit(p, style, item->line, column - 2);
    pen_go(p, column + 2);
    bool fits = canvas_width(p->cv, _(item->why)) < pen_room(p);
    beside(_(item->why), brief, sizeof brief);
    pen_fit(p, style, fits ? _(item->why) : brief, pen_room(p) - 1);
}

static void draw_list(struct draw *d, struct rect list)
{
    const struct menu *menu = &d->m->ui->menu;
    int at = row_of(menu, menu->selected);
    int first = at >= list.h ? at - list.h + 1 : 0;
    int column = why_column(d, list.w - 3);

    d->list = list;
    d->list_first = (size_t)first;
    for (int i = 0; i < list.h; i++) {
        struct rect line = {list.y + i, list.x, 1, list.w};
        struct pen p = pen_at(d->cv, line);
        size_t item;
        if (menu_at_row(menu, first + i, &item)) {
            bool selected = item == menu->selected;
            draw_item(&p, &menu->items.items[item], selected, column);
            if (selected)
                canvas_ground(d->cv, line, THEME_MENU_SELECTED);
        } else if (first + i < menu_rows(menu)) {
            draw_rule(&p);
        }
    }
}

/* Where the selection is in a list that is longer than its frame. */
static void draw_position(struct draw *d, struct rect r)
{
    const struct menu *menu = &d->m->ui->menu;
    struct pen p = pen_at(d->cv, (struct rect){r.y, r.x, 1, r.w});
    char text[48];

    snprintf(text, sizeof text, _(" %zu of %zu "), menu->selected + 1,
        menu->items.len);
    pen_go(&p, r.w - canvas_width(d->cv, text) - 2);
    pen_text(&p, THEME_STRONG, text);
}

/* Of one that makes no sense the whole line and the whole reason, which the
 * list may have cut; else what the call does. */
static void write_help(struct pen *p, const struct menu_item *item, int lines)
{
    if (item->why) {
        pen_fit(p, THEME_SCREEN, item->line, pen_room(p));
        pen_newline(p, 0);
        pen_wrap(p, THEME_DIM, _(item->why), lines - 1);
    } else if (item->help) {
        pen_wrap(p, THEME_DIM, _(item->help), lines);
    }
}

int menu_help_lines(struct canvas *cv, const struct menu *menu, int w)
{
    int most = HELP_LINES_MIN;

    if (menu->kind != MENU_LINES || menu->items.len == 0)
        return 0;
    for (size_t i = 0; i < menu->items.len; i++) {
        struct pen p = pen_at(cv, (struct rect){0, 0, 0, w});
        write_help(&p, &menu->items.items[i], HELP_LINES_MAX);
        most = p.y + 1 > most ? p.y + 1 : most;
    }
    return most < HELP_LINES_MAX ? most : HELP_LINES_MAX;
}

static void draw_help(struct draw *d, struct rect r)
{
    const struct menu *menu = &d->m->ui->menu;
    struct pen p = pen_at(d->cv, r);

    if (menu->selected < menu->items.len)
        write_help(&p, &menu->items.items[menu->selected], r.h);
}

void view_calls(struct draw *d, struct rect r)
{
    const struct menu *menu = &d->m->ui->menu;
    struct rect inside = {r.y + 1, r.x + 2, r.h - 2, r.w - 4};
    int help = menu_help_lines(d->cv, menu, inside.w);

    popup_frame(d, r);
    if (menu->about) {
        struct pen p = pen_at(d->cv, inside);
        int lines = pen_wrap(&p, THEME_MESSAGE, _(menu->about), inside.h);
        canvas_ground(d->cv, inside, THEME_MENU);
        inside.y += lines;
        inside.h -= lines;
    }
    if (menu->items.len == 0)
        return;
    if (inside.h - help < 2)
        help = 0;
    struct rect below = {inside.y + inside.h - help, inside.x, help, inside.w};
    inside.h -= help;
    if (menu_rows(menu) > inside.h)
        draw_position(d, r);
    draw_list(d, (struct rect){inside.y, inside.x - 1, inside.h, inside.w + 2});
    if (help)
        draw_help(d, below);
}

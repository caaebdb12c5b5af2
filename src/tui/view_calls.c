/* The menu: calls that make sense on the selected thing, ways through the
 * past, chapters; it lies over the columns. */
#include "views.h"

#include "sockstage/base/text.h"

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

void view_calls(struct draw *d, struct rect r)
{
    const struct menu *menu = &d->m->ui->menu;
    int frame = menu_help_lines(menu) + 2;
    size_t rows = (size_t)(r.h > frame ? r.h - frame : 1);
    size_t first = 0;

    popup_frame(d, r);
    if (menu->selected >= rows)
        first = menu->selected - rows + 1;
    struct rect inside = {r.y + 1, r.x + 2, r.h - 2, r.w - 4};
    for (size_t i = first; i < menu->items.len && i < first + rows; i++) {
        struct rect line = {
            inside.y + (int)(i - first), inside.x - 1, 1, inside.w + 2};
        struct pen p = pen_at(d->cv, line);
        bool selected = i == menu->selected;
        enum theme_key style = selected ? THEME_MENU_SELECTED : THEME_SCREEN;
        pen_text(&p, style, selected ? "▸" : " ");
        pen_fit(&p, style, menu->items.items[i].line, pen_room(&p) - 1);
        if (selected)
            canvas_ground(d->cv, line, THEME_MENU_SELECTED);
    }
    if (menu->selected < menu->items.len && r.h > 4 && frame > 2) {
        struct pen p =
            pen_at(d->cv, (struct rect){r.y + r.h - 3, inside.x, 2, inside.w});
        const char *help = menu->items.items[menu->selected].help;
        pen_wrap(&p, THEME_DIM, help ? _(help) : "", 2);
    }
}

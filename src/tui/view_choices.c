/* What Tab offers: a list above the prompt, each candidate with what it is.
 *
 * |▸ send(b'x' * 1000)   puts bytes into the send buffer |
 * |  sendall(b'x')       ..                              | */
#include "views.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>

#define COLUMN_MAX 30 /* columns of the candidates */

static int widest(const struct draw *d, size_t first, size_t rows)
{
    const struct completion *c = &d->m->ui->prompt.choices.of;
    int most = 4;

    for (size_t i = first; i < c->of.len && i < first + rows; i++) {
        int w = canvas_width(d->cv, c->of.items[i].text);
        most = w > most ? w : most;
    }
    return most < COLUMN_MAX ? most : COLUMN_MAX;
}

static void candidate(
    struct draw *d, struct rect line, size_t i, int width, bool selected)
{
    const struct candidate *c = &d->m->ui->prompt.choices.of.of.items[i];
    struct pen p = pen_at(d->cv, line);
    enum theme_key style = selected ? THEME_MENU_SELECTED : THEME_SCREEN;
    const char *help =
        c->help[0] ? _(c->help) : _(candidate_kind_name(c->kind));

    pen_repeat(&p, style, " ", line.w);
    pen_go(&p, 0);
    pen_text(&p, style, selected ? "▸ " : "  ");
    pen_fit(&p, style, c->text, width);
    pen_go(&p, width + 4);
    pen_fit(&p, selected ? style : THEME_DIM, help, pen_room(&p) - 1);
    canvas_ground(d->cv, line, selected ? THEME_MENU_SELECTED : THEME_MENU);
}

void view_choices(struct draw *d, struct rect r)
{
    const struct prompt_choices *choices = &d->m->ui->prompt.choices;
    size_t count = choices->of.of.len;
    size_t rows = (size_t)(r.h > 1 ? r.h - 1 : 1);
    size_t at = choices->selected == PROMPT_NO_CHOICE ? 0 : choices->selected;
    size_t first = at >= rows ? at - rows + 1 : 0;
    int width = widest(d, first, rows);
    struct rect head = {r.y, r.x, 1, r.w};
    struct pen p = pen_at(d->cv, head);

    pen_repeat(&p, THEME_SCREEN, " ", r.w);
    pen_go(&p, 2);
    if (choices->selected == PROMPT_NO_CHOICE)
        pen_textf(&p, THEME_TITLE,
            ngettext("%zu choice fits here", "%zu choices fit here", count),
            count);
    else
        pen_textf(&p, THEME_TITLE, _("%zu of %zu"), at + 1, count);
    canvas_ground(d->cv, head, THEME_MENU);
    d->list = (struct rect){r.y + 1, r.x, r.h - 1, r.w};
    d->list_first = first;
    for (size_t i = first; i < count && i < first + rows; i++) {
        struct rect line = {r.y + 1 + (int)(i - first), r.x, 1, r.w};
        candidate(d, line, i, width, i == choices->selected);
    }
}

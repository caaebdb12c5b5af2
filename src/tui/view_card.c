/* The card at the end of a script: what to try alone, and what comes next.
 *
 * | This is the end of: The three-way handshake        |
 * | Try alone: hold the third segment. Who knows what? |
 * | Next in the course: refused, Nobody listens there  | */
#include "views.h"

#include "sockstage/base/text.h"
#include "sockstage/tui/tui.h"

#include <stdio.h>

#define CARD_LINES 4 /* that one text may take */

static void gap(struct pen *p)
{
    pen_newline(p, 1);
    pen_newline(p, 1);
}

static void draw_end(struct draw *d, struct pen *p)
{
    const char *title = model_lesson(d->m->model, d->m->lang).title;

    if (!title)
        title = d->m->title;
    pen_text(p, THEME_TITLE, _("The end"));
    if (title) {
        pen_text(p, THEME_TITLE, ": ");
        pen_fit(p, THEME_STRONG, title, pen_room(p) - 1);
    }
}

static void draw_next(struct draw *d, struct pen *p)
{
    const struct tui_lessons *l = d->m->lessons;
    struct str text = STR_INIT;

    if (!l || l->current >= l->count)
        return;
    if (l->next < l->count)
        str_addf(&text, _("Next in the course (%s): %s, %s"),
            name_of_key(keymap_moving(d->m->keys, ACTION_CALL)).text,
            l->list[l->next].name, l->list[l->next].title);
    else if (l->list[l->current].place)
        str_add(&text, _("This was the last lesson of the course."));
    if (text.len > 0) {
        gap(p);
        pen_wrap(p, THEME_SCREEN, str_text(&text), CARD_LINES);
    }
    str_done(&text);
}

static int draw_card(struct draw *d, struct rect in)
{
    const char *try_text = model_lesson(d->m->model, d->m->lang).try_text;
    struct pen p = pen_at(d->cv, in);

    pen_go(&p, 1);
    draw_end(d, &p);
    gap(&p);
    if (try_text) {
        pen_text(&p, THEME_WAITING, _("Try alone"));
        pen_newline(&p, 1);
        pen_wrap(&p, THEME_NOTE, try_text, CARD_LINES);
    } else {
        pen_wrap(&p, THEME_SCREEN,
            _("The stage stays as it is: type what you like."), CARD_LINES);
    }
    draw_next(d, &p);
    return p.y + 1;
}

int card_lines(struct canvas *cv, const struct moment *m, int width)
{
    struct draw d = {.cv = cv, .m = m, .measuring = true};

    return draw_card(&d, (struct rect){0, 0, 0, width});
}

void view_card(struct draw *d, struct rect r)
{
    popup_frame(d, r);
    draw_card(d, (struct rect){r.y + 1, r.x + 1, r.h - 2, r.w - 2});
}

/* What lies over the other parts: the menu and a paste in the middle, the list
 * of completions right above the prompt. */
#include "curtain.h"
#include "lesson_list.h"
#include "views.h"

#include "sockstage/base/text.h"

#define MENU_WIDE    100 /* lines of the notation, a reason beside them */
#define MENU_SLIM    64
#define CHOICES_WIDE 100

static int at_most(int a, int b)
{
    return a < b ? a : b;
}

static struct rect centred(const struct canvas *cv, int bottom, int h, int w)
{
    int room = bottom - 1;

    h = at_most(h, room);
    return (struct rect){1 + (room - h) / 2, (cv->cols - w) / 2, h, w};
}

static int about_lines(struct canvas *cv, const struct menu *menu, int w)
{
    struct pen p = pen_at(cv, (struct rect){0, 0, 0, w});

    return menu->about ? pen_wrap(&p, THEME_SCREEN, _(menu->about), 9) : 0;
}

static struct rect menu_rect(
    struct canvas *cv, const struct menu *menu, int bottom)
{
    bool lines = menu->kind == MENU_LINES || menu->kind == MENU_FORMATS;
    int w = at_most(cv->cols - (lines ? 4 : 8), lines ? MENU_WIDE : MENU_SLIM);
    int help = menu_help_lines(cv, menu, w - 4);
    int h = menu_rows(menu) + help + about_lines(cv, menu, w - 4) + 2;

    return centred(cv, bottom, h, w);
}

static struct rect paste_rect(
    const struct canvas *cv, const struct paste *paste, int bottom)
{
    int h = (int)(paste->lines < 1000 ? paste->lines : 1000) + 3;

    if (paste->failed)
        h += 2;
    return centred(cv, bottom, h, at_most(cv->cols - 4, MENU_WIDE));
}

static struct rect choices_rect(
    const struct canvas *cv, const struct prompt *prompt, int bottom)
{
    size_t count = prompt->choices.of.of.len;
    int most = cv->rows / 3;
    int h = (count < (size_t)most ? (int)count : most) + 1;

    return (struct rect){bottom - h, 1, h, at_most(cv->cols - 2, CHOICES_WIDE)};
}

static struct rect lessons_rect(
    const struct canvas *cv, const struct moment *m, int bottom)
{
    size_t rows = m->lessons ? lesson_list_rows(m->lessons) : 0;
    int h = (int)(rows < 1000 ? rows : 1000) + LESSON_LIST_BELOW + 2;

    return centred(cv, bottom, h, at_most(cv->cols - 4, MENU_WIDE));
}

static struct rect card_rect(
    struct canvas *cv, const struct moment *m, int bottom)
{
    int w = at_most(cv->cols - 8, 76);

    return centred(cv, bottom, card_lines(cv, m, w - 2) + 2, w);
}

void layout_over(struct layout *l, const struct canvas *canvas,
    const struct moment *m, int bottom)
{
    struct canvas cv = *canvas;

    bool closed = m->ui->menu.kind == MENU_LINES && curtain_is_down(m);

    if (m->ui->mode == UI_LESSONS)
        l->rects[VIEW_LESSONS] = lessons_rect(&cv, m, bottom);
    if (m->ui->mode == UI_CARD)
        l->rects[VIEW_CARD] = card_rect(&cv, m, bottom);
    if (m->ui->mode == UI_MENU && !closed)
        l->rects[VIEW_CALLS] = menu_rect(&cv, &m->ui->menu, bottom);
    if (m->ui->mode == UI_PASTE)
        l->rects[VIEW_PASTE] = paste_rect(&cv, &m->ui->paste, bottom);
    if (m->ui->mode == UI_STAGE && prompt_choosing(&m->ui->prompt))
        l->rects[VIEW_CHOICES] = choices_rect(&cv, &m->ui->prompt, bottom);
}

/* The question that is open, over the log: each option with its digit, the
 * chosen one marked. Once the kernel has answered, the narration shows the
 * chosen and the right one.
 *
 * | What does c3 do now?                               |
 * |  1  it gives up            ● 2  it repeats its SYN |
 * |  3  it is refused                                  | */
#include "views.h"

#include "sockstage/base/text.h"

#include <stdio.h>

#define QUESTION_LINES_MAX 2
#define MARK_WIDTH         3 /* columns before an option's digit */
#define HEAD_WIDTH         6 /* and before its text */

static int widest(const struct draw *d, const struct model_lesson *l)
{
    int most = 0;

    for (size_t i = 0; i < l->option_count; i++) {
        int w = canvas_width(d->cv, l->options[i]) + HEAD_WIDTH + 2;
        most = w > most ? w : most;
    }
    return most;
}

/* Options beside each other: as few as leave the question within its room. */
static int columns_of(
    const struct draw *d, const struct model_lesson *l, int width, int room)
{
    int n = 1;

    while ((int)l->option_count > room * n && n < 4 &&
           widest(d, l) <= width / (n + 1))
        n++;
    return n;
}

static int text_lines(const struct draw *d, const char *text, int width)
{
    struct pen p = pen_at(d->cv, (struct rect){0, 0, 0, width});

    pen_go(&p, 1);
    return pen_wrap(&p, THEME_QUESTION, text, QUESTION_LINES_MAX);
}

static int option_rows(const struct model_lesson *l, int columns)
{
    return ((int)l->option_count + columns - 1) / columns;
}

int question_lines(
    const struct draw *d, const struct moment *m, int width, int most)
{
    struct model_lesson l = model_lesson(m->model, m->lang);

    if (!l.question || l.option_count == 0 || l.judged)
        return 0;
    int lines = text_lines(d, l.question, width);
    return lines + option_rows(&l, columns_of(d, &l, width, most - lines));
}

static void draw_option(
    struct draw *d, struct rect r, const struct model_lesson *l, size_t i)
{
    struct pen p = pen_at(d->cv, r);
    bool chosen = question_choice(d->m) == i + 1;
    bool arrow = question_arrow(d->m) == i + 1;
    enum theme_key style = arrow    ? THEME_MENU_SELECTED
                           : chosen ? THEME_STRONG
                                    : THEME_WAITING;

    pen_text(&p, style, arrow ? "▸" : " ");
    pen_text(&p, style, chosen ? "●" : " ");
    pen_go(&p, MARK_WIDTH);
    pen_textf(&p, THEME_STRONG, "%zu", i + 1);
    pen_go(&p, HEAD_WIDTH);
    pen_fit(&p, style, l->options[i], pen_room(&p) - 1);
    if (arrow)
        canvas_ground(d->cv, r, THEME_MENU_SELECTED);
    if (!moment_is_past(d->m))
        draw_press(d, r, (uint32_t)'1' + (uint32_t)i);
}

void view_question(struct draw *d, struct rect r)
{
    struct model_lesson l = model_lesson(d->m->model, d->m->lang);
    struct pen p = pen_at(d->cv, r);

    for (p.y = 0; p.y < r.h; p.y++) {
        pen_go(&p, 0);
        pen_repeat(&p, THEME_SCREEN, " ", r.w);
    }
    p.y = 0;
    pen_go(&p, 1);
    pen_wrap(&p, THEME_QUESTION, l.question, QUESTION_LINES_MAX);
    int top = p.y + 1;
    int columns = columns_of(d, &l, r.w, r.h - top);
    int width = r.w / columns;
    int rows = option_rows(&l, columns);
    for (size_t i = 0; i < l.option_count; i++) {
        int y = top + (int)i % rows;
        int x = (int)i / rows * width;
        if (y < r.h)
            draw_option(d, (struct rect){r.y + y, r.x + x, 1, width}, &l, i);
    }
}

/* ---- the answer ---------------------------------------------------------- */

struct answer {
    size_t option; /* from 1; 0: none */
    const char *who;
    enum theme_key style;
    const char *sign;
};

static int answer_width(
    const struct draw *d, const struct model_lesson *l, const struct answer *a)
{
    if (a->option == 0)
        return 0;
    return canvas_width(d->cv, a->sign) + 3 + canvas_width(d->cv, a->who) +
           canvas_width(d->cv, l->options[a->option - 1]);
}

static void draw_answer(
    struct pen *p, const struct model_lesson *l, const struct answer *a)
{
    if (a->option == 0)
        return;
    pen_textf(p, a->style, "%s %zu %s", a->sign, a->option, a->who);
    pen_fit(p, a->style, l->options[a->option - 1], pen_room(p) - 1);
}

static struct answer right_answer(const struct model_lesson *l, size_t chosen)
{
    struct answer a = {l->right <= l->option_count ? l->right : 0,
        chosen == l->right ? _("chosen and right: ") : _("right: "),
        THEME_LOG_RESULT, "✓"};

    return a;
}

static struct answer chosen_answer(const struct model_lesson *l, size_t chosen)
{
    bool wrong = l->right > 0;
    struct answer a = {
        chosen != l->right && chosen <= l->option_count ? chosen : 0,
        _("chosen: "), wrong ? THEME_LOG_ERROR : THEME_STRONG,
        wrong ? "✗" : "●"};

    return a;
}

void question_draw_judged(struct draw *d, struct pen *p, int most)
{
    struct model_lesson l = model_lesson(d->m->model, d->m->lang);
    size_t chosen = question_choice(d->m);
    struct answer right = right_answer(&l, chosen);
    struct answer own = chosen_answer(&l, chosen);
    int width = answer_width(d, &l, &right) + answer_width(d, &l, &own) + 4;
    bool two = right.option && own.option && width > p->clip.w - 2;
    int left = most - (two ? 2 : 1);

    if (left > 0) {
        pen_wrap(p, THEME_QUESTION, l.question, left);
        pen_newline(p, 1);
    }
    draw_answer(p, &l, &right);
    if (two)
        pen_newline(p, 1);
    else if (right.option)
        pen_text(p, THEME_SCREEN, "    ");
    draw_answer(p, &l, &own);
}

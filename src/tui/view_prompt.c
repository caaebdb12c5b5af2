/* The line that is typed, and under it where the last one went wrong.
 *
 * |c1> s.conect(('server', 8080))      |
 * |      ^ a socket has no conect()    | */
#include "views.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

#define PROMPT_ERROR_LINES 3

/* Columns before the byte `at` of the text. */
static int columns_before(const struct draw *d, const char *text, size_t at)
{
    char head[4200];

    snprintf(head, sizeof head, "%.*s", (int)at, text);
    return canvas_width(d->cv, head);
}

/* A long line is shown from where the cursor can be seen. */
static size_t shown_from(
    const struct draw *d, const char *text, size_t cursor, int room)
{
    size_t from = 0;
    size_t len = strlen(text);

    while (from < cursor &&
           columns_before(d, text + from, cursor - from) >= room) {
        uint32_t code = 0;
        from += utf8_decode(text + from, len - from, &code);
    }
    return from;
}

/* Whose line it is, or what it names; while a line is searched for, what
 * for. */
static void draw_head(const struct draw *d, struct pen *p)
{
    const struct prompt_search *search = &d->m->ui->prompt.search;

    pen_go(p, 1);
    if (d->m->ui->mode == UI_NAME) {
        pen_text(p, THEME_PROMPT, _("save as: "));
        return;
    }
    if (!search->on) {
        pen_textf(p, THEME_PROMPT, "%s> ", ui_process(d->m));
        return;
    }
    enum theme_key style = search->failed ? THEME_ERROR : THEME_PROMPT;
    pen_text(p, style, search->failed ? _("no line with '") : _("search '"));
    pen_fit(p, THEME_STRONG, str_text(&search->query), p->clip.w / 3);
    pen_text(p, style, "': ");
}

/* Which part of the line is shown where, and the column of what is wrong. */
struct shown_line {
    size_t from; /* the first byte */
    int start;   /* its column */
    int cursor, wrong;
};

static struct shown_line place_line(const struct draw *d, struct pen *p)
{
    const struct prompt *prompt = &d->m->ui->prompt;
    const char *text = str_text(&prompt->text);
    size_t wrong = prompt_byte_of_column(text, prompt->error_column);
    struct shown_line line = {.start = p->x};

    line.from = shown_from(d, text, prompt->cursor, pen_room(p));
    /* What is wrong is seen, also where the cursor is far behind it. */
    if (prompt->error_column && wrong < line.from)
        line.from = wrong;
    text += line.from;
    line.cursor =
        line.start + columns_before(d, text, prompt->cursor - line.from);
    if (prompt->error_column)
        line.wrong = line.start + columns_before(d, text, wrong - line.from);
    if (line.wrong > p->clip.w - 2)
        line.wrong = p->clip.w - 2;
    return line;
}

/* What is wrong stands behind its mark, or below it where that is too short. */
static int draw_error(const struct draw *d, struct pen *p, int column)
{
    const char *error = d->m->ui->prompt.error;

    p->y = 1;
    pen_go(p, column);
    pen_text(p, THEME_ERROR, "^ ");
    if (canvas_width(d->cv, error) <= pen_room(p)) {
        pen_text(p, THEME_ERROR, error);
        return 2;
    }
    struct pen below = *p;
    below.clip.x++;
    below.clip.w -= 2;
    pen_newline(&below, 0);
    return 2 + pen_wrap(&below, THEME_ERROR, error, PROMPT_ERROR_LINES);
}

int prompt_rows(struct canvas *cv, const struct moment *m)
{
    struct draw d = {.cv = cv, .m = m, .measuring = true};
    struct pen p = pen_at(cv, (struct rect){0, 0, 0, cv->cols});

    if (!m->ui->prompt.error_column || moment_is_past(m))
        return 1;
    draw_head(&d, &p);
    return draw_error(&d, &p, place_line(&d, &p).wrong);
}

void view_prompt(struct draw *d, struct rect r)
{
    const struct prompt *prompt = &d->m->ui->prompt;
    struct pen p = pen_at(d->cv, r);

    draw_head(d, &p);
    struct shown_line line = place_line(d, &p);
    d->cursor_y = r.y;
    d->cursor_x = r.x + (line.cursor < r.w ? line.cursor : r.w - 1);
    pen_fit(&p, THEME_INPUT, str_text(&prompt->text) + line.from, pen_room(&p));
    if (prompt->error_column)
        draw_error(d, &p, line.wrong);
}

void view_message(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    const struct ui *ui = d->m->ui;

    pen_go(&p, 1);
    pen_wrap(&p, ui->message_is_error ? THEME_ERROR : THEME_MESSAGE,
        ui->message, r.h);
}

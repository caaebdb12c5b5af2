/* The line that is typed, and under it where the last one went wrong.
 *
 * |c1> s.conect(('server', 8080))      |
 * |      ^ a socket has no conect()    | */
#include "views.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

/* Columns before the byte `at` of the text. */
static int columns_before(const struct draw *d, const char *text, size_t at)
{
    char head[4200];

    snprintf(head, sizeof head, "%.*s", (int)at, text);
    return canvas_width(d->cv, head);
}

static size_t byte_of_column(const char *text, int column)
{
    size_t len = strlen(text);
    size_t at = 0;

    for (int i = 1; i < column && at < len; i++) {
        uint32_t code = 0;
        at += utf8_decode(text + at, len - at, &code);
    }
    return at;
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

static void error_lines(struct draw *d, struct rect r, int caret)
{
    const struct prompt *prompt = &d->m->ui->prompt;
    struct pen p = pen_at(d->cv, r);
    int width = canvas_width(d->cv, prompt->error);

    if (caret > r.w - 2)
        caret = r.w - 2;
    p.y = 1;
    pen_go(&p, caret);
    pen_text(&p, THEME_ERROR, "^ ");
    if (r.h < 3 || width <= pen_room(&p)) {
        pen_fit(&p, THEME_ERROR, prompt->error, pen_room(&p));
        return;
    }
    pen_newline(&p, 1);
    pen_fit(&p, THEME_ERROR, prompt->error, pen_room(&p));
}

void view_prompt(struct draw *d, struct rect r)
{
    const struct prompt *prompt = &d->m->ui->prompt;
    struct pen p = pen_at(d->cv, r);
    const char *text = str_text(&prompt->text);

    pen_go(&p, 1);
    pen_textf(&p, THEME_PROMPT, "%s> ", ui_process(d->m));
    int start = p.x;
    size_t from = shown_from(d, text, prompt->cursor, pen_room(&p));
    d->cursor_y = r.y;
    d->cursor_x =
        r.x + start + columns_before(d, text + from, prompt->cursor - from);
    pen_fit(&p, THEME_INPUT, text + from, pen_room(&p));
    if (prompt->error_column) {
        size_t at = byte_of_column(text, prompt->error_column);
        int column = at > from ? columns_before(d, text + from, at - from) : 0;
        error_lines(d, r, start + column);
    }
}

void view_message(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    const struct ui *ui = d->m->ui;

    pen_go(&p, 1);
    pen_wrap(&p, ui->message_is_error ? THEME_ERROR : THEME_MESSAGE,
        ui->message, r.h);
}

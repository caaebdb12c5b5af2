/* Which part of the screen goes where. From below: hints, prompt, message,
 * log, narration; the three columns take the rest. In the past the timeline
 * has the prompt's row, so that nothing else moves. */
#include "views.h"

#include "sockstage/base/str.h"

#include <string.h>

static void add_rule(struct layout *l, int y, int x, int h, int w)
{
    l->rules[l->rule_count++] = (struct rect){y, x, h, w};
}

static struct rect rows(const struct canvas *cv, int y, int h)
{
    return (struct rect){y, 0, h, cv->cols};
}

static void columns(
    struct layout *l, const struct canvas *cv, int top, int bottom)
{
    int h = bottom - top;
    int wire = cv->cols * 30 / 100;
    int outer = cv->cols - 2;

    if (wire < 24)
        wire = cv->cols < 72 ? 22 : 24;
    int client = (outer - wire) * 49 / 100;
    int server = outer - wire - client;
    l->rects[VIEW_CLIENTS] = (struct rect){top, 0, h, client};
    l->rects[VIEW_WIRE] = (struct rect){top, client + 1, h, wire};
    l->rects[VIEW_SERVER] = (struct rect){top, client + wire + 2, h, server};
}

static void column_rules(struct layout *l, int top, int h)
{
    add_rule(l, top, l->rects[VIEW_WIRE].x - 1, h, 1);
    add_rule(l, top, l->rects[VIEW_SERVER].x - 1, h, 1);
}

#define TALL         30 /* rows: a line divides narration and log */
#define INSPECT_TALL 40 /* rows of the columns: half of them is enough */
#define INSPECT_WIDE 110

static int message_rows(struct canvas *cv, const struct moment *m)
{
    if (m->ui->message[0] == '\0')
        return 0;
    return canvas_width(cv, m->ui->message) > cv->cols - 2 ? 2 : 1;
}

static int prompt_rows(struct canvas *cv, const struct moment *m)
{
    const struct prompt *p = &m->ui->prompt;

    if (!p->error_column || moment_is_past(m))
        return 1;
    return p->error_column + canvas_width(cv, p->error) + 12 > cv->cols ? 3 : 2;
}

static int log_rows(const struct canvas *cv, int note)
{
    int n = cv->rows / 8;

    if (note && cv->rows < TALL)
        n = cv->rows < 20 ? 1 : 2;
    return n;
}

/* The line above the log; on a tall screen it is the slider of the past. */
static void line_above_log(
    struct layout *l, const struct canvas *cv, const struct moment *m, int y)
{
    if (moment_is_past(m) && cv->rows >= TALL)
        l->rects[VIEW_SLIDER] = rows(cv, y, 1);
    else
        add_rule(l, y, 0, 1, cv->cols);
}

/* Over the columns: centred, as high as its lines. */
static void popup(struct layout *l, const struct canvas *cv,
    const struct moment *m, struct rect body)
{
    int w = cv->cols - 8 < 64 ? cv->cols - 8 : 64;
    const struct menu *menu = &m->ui->menu;
    int h = (int)menu->items.len + menu_help_lines(menu) + 2;

    if (h > body.h)
        h = body.h;
    l->rects[VIEW_CALLS] =
        (struct rect){body.y + (body.h - h) / 2, (cv->cols - w) / 2, h, w};
}

/* The inspector of a segment: below the columns on a tall screen, beside the
 * wire on a wide one, else over all of them. */
static void inspector(
    struct layout *l, const struct canvas *cv, int top, int bottom)
{
    int h = bottom - top;
    int wire = l->rects[VIEW_WIRE].w;

    if (h >= INSPECT_TALL) {
        int own = h * (cv->cols >= 160 ? 40 : 55) / 100;
        columns(l, cv, top, bottom - own);
        l->rects[VIEW_SEGMENT] = rows(cv, bottom - own, own);
        return;
    }
    l->rects[VIEW_SEGMENT] = rows(cv, top, h);
    if (cv->cols < INSPECT_WIDE)
        return;
    l->rects[VIEW_CLIENTS].h = l->rects[VIEW_SERVER].h = 0;
    l->rects[VIEW_WIRE].x = 0;
    l->rects[VIEW_SEGMENT].x = wire;
    l->rects[VIEW_SEGMENT].w = cv->cols - wire;
}

void layout_compute(
    struct layout *l, const struct canvas *canvas, const struct moment *m)
{
    struct canvas cv = *canvas;

    memset(l, 0, sizeof *l);
    if (cv.rows < LAYOUT_MIN_ROWS || cv.cols < LAYOUT_MIN_COLS) {
        l->too_small = true;
        return;
    }
    int y = cv.rows - 1;
    l->rects[VIEW_HEADER] = rows(&cv, 0, 1);
    l->rects[VIEW_HINTS] = rows(&cv, y, 1);
    int h = prompt_rows(&cv, m);
    l->rects[moment_is_past(m) ? VIEW_TIMELINE : VIEW_PROMPT] =
        rows(&cv, y -= h, h);
    h = message_rows(&cv, m);
    l->rects[VIEW_MESSAGE] = rows(&cv, y -= h, h);
    if (m->ui->mode == UI_HELP) {
        add_rule(l, --y, 0, 1, cv.cols);
        l->rects[VIEW_HELP] = rows(&cv, 1, y - 1);
        return;
    }
    int note = note_lines(&cv, m, cv.cols - 1);
    if (note > cv.rows / 3)
        note = cv.rows / 3;
    h = log_rows(&cv, note);
    l->rects[VIEW_LOG] = rows(&cv, y -= h, h);
    if (note == 0 || cv.rows >= TALL)
        line_above_log(l, &cv, m, --y);
    if (note) {
        l->rects[VIEW_NOTE] = rows(&cv, y -= note, note);
        add_rule(l, --y, 0, 1, cv.cols);
    }
    columns(l, &cv, 1, y);
    struct rect body = rows(&cv, 2, y - 2);
    if (model_process_count(m->model) == 0 &&
        (moment_is_past(m) || !str_equal(model_wire(m->model), ""))) {
        int x = cv.cols / 6;
        l->rects[VIEW_WELCOME] = (struct rect){3, x, y - 3, cv.cols - 2 * x};
    } else {
        int bottom = y;
        if (ui_inspected(m)) {
            inspector(l, &cv, 1, y);
            if (l->rects[VIEW_WIRE].h < y - 1)
                bottom = 1 + l->rects[VIEW_WIRE].h;
        }
        if (l->rects[VIEW_CLIENTS].h > 0)
            column_rules(l, 1, bottom - 1);
    }
    if (m->ui->mode == UI_MENU)
        popup(l, &cv, m, body);
}

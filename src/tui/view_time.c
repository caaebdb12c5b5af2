/* The time diagram of the books: a lifeline for each end, time runs down,
 * segments are slanted arrows, and a call that waits is a bar on its lifeline.
 *
 * |  1.200 SYN_SENT connect() # --__ SYN      |                 |
 * |  1.250                    #     --__      |                 |
 * |  1.300                    #         --__> | SYN_RECEIVED    |
 * |  : 2.1 s                  :               :                 | */
#include "time_page.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TIME_WIDTH 8
#define HEAD_ROWS  2 /* title and names */

void time_put(const struct time_page *g, int row, int x, enum theme_key style,
    const char *text)
{
    struct pen p = pen_at(g->d->cv, g->body);

    p.y = row - g->first;
    pen_go(&p, x);
    pen_text(&p, style, text);
}

/* ---- beside the lifelines ------------------------------------------------ */

/* Text next to the lifeline, or (`outer`) at the edge of the screen. */
static void put_beside(const struct time_page *g, int row, enum host side,
    bool outer, enum theme_key style, const char *text)
{
    struct pen p = pen_at(g->d->cv, g->body);
    int width = canvas_width(g->d->cv, text);
    int x = side == HOST_SERVER ? g->line[side] + 2 : g->line[side] - 1 - width;

    if (width > g->area)
        width = g->area;
    if (outer)
        x = side == HOST_CLIENT ? g->line[side] - g->area - 1
                                : g->line[side] + 2 + g->area - width;
    if (side == HOST_CLIENT && x < g->line[side] - g->area - 1)
        x = g->line[side] - g->area - 1;
    p.y = row - g->first;
    pen_go(&p, x);
    pen_fit(&p, style, text, width);
}

static void draw_call(const struct time_page *g, const struct chart_item *item)
{
    const struct model_call *call = model_call(g->d->m->model, item->call);
    bool waits = !item->ends;
    char text[WORDS_MAX];

    if (!call)
        return;
    enum theme_key style = waits         ? THEME_WAITING
                           : call->error ? THEME_LOG_ERROR
                                         : THEME_LOG_CALL;
    if (item->count > 1)
        snprintf(
            text, sizeof text, "%.40s() x%" PRIu32, call->name, item->count);
    else
        snprintf(text, sizeof text, "%.40s()", call->name);
    put_beside(g, item->row, item->side, false, style, text);
    for (int row = item->row; row <= item->end_row; row++) {
        if (call->blocked || item->end_row > item->row)
            time_put(g, row, g->line[item->side],
                waits ? THEME_WAITING : THEME_STRONG, "┃");
    }
    if (!call->blocked)
        time_put(g, item->row, g->line[item->side], style,
            item->side == HOST_CLIENT ? "┤" : "├");
    if (call->error && item->end_row > item->row)
        put_beside(g, item->end_row, item->side, false, style, call->error);
    g->d->ticking = g->d->ticking || waits;
}

static void draw_state(const struct time_page *g, const struct chart_item *item)
{
    enum theme_key style =
        words_class_badge(state_class(item->proto, item->state));

    put_beside(g, item->row, item->side, true, style,
        state_name(item->proto, item->state));
}

/* ---- the page ------------------------------------------------------------ */

static void draw_lifelines(const struct time_page *g)
{
    for (int row = g->first; row < g->first + g->body.h; row++) {
        time_put(g, row, g->line[HOST_CLIENT], THEME_RULE, "│");
        time_put(g, row, g->line[HOST_SERVER], THEME_RULE, "│");
    }
}

static void draw_pauses(const struct time_page *g)
{
    char time[32], text[48];

    for (size_t i = 0; i < g->chart.pauses.len; i++) {
        const struct chart_mark *pause = &g->chart.pauses.items[i];
        if (pause->ns < NS_PER_S)
            snprintf(
                time, sizeof time, "%" PRIu64 " ms", pause->ns / NS_PER_MS);
        else
            words_duration(pause->ns, time, sizeof time);
        snprintf(text, sizeof text, "⋮ %s", time);
        time_put(g, pause->row, 1, THEME_DIM, text);
        time_put(g, pause->row, g->line[HOST_CLIENT], THEME_RULE, "⋮");
        time_put(g, pause->row, g->line[HOST_SERVER], THEME_RULE, "⋮");
    }
}

static void draw_stamps(const struct time_page *g)
{
    uint64_t before = UINT64_MAX;
    int row = -1;

    for (size_t i = 0; i < g->chart.stamps.len; i++) {
        const struct chart_mark *stamp = &g->chart.stamps.items[i];
        uint64_t ms = stamp->ns / NS_PER_MS;
        char text[32];
        if (stamp->row == row || ms == before)
            continue;
        row = stamp->row;
        before = ms;
        words_stamp(stamp->ns, TIME_WIDTH - 1, text, sizeof text);
        time_put(g, row, 0, THEME_SEG_TIME, text);
    }
}

static bool is_visible(const struct time_page *g, const struct chart_item *item)
{
    return item->end_row >= g->first && item->row < g->first + g->body.h;
}

static void draw_items(struct time_page *g)
{
    for (enum pass pass = PASS_LINES; pass < PASSES; pass++) {
        for (size_t i = 0; i < g->chart.items.len; i++) {
            const struct chart_item *item = &g->chart.items.items[i];
            if (!is_visible(g, item))
                continue;
            if (item->kind == CHART_ARROW)
                time_draw_arrow(g, item, pass);
            else if (item->kind == CHART_BUNDLE)
                time_draw_bundle(g, item, pass);
            else if (pass == PASS_LINES && item->kind == CHART_CALL)
                draw_call(g, item);
            else if (pass == PASS_LINES)
                draw_state(g, item);
        }
    }
}

/* Whose lifeline it is, in its state now. */
static void draw_names(const struct time_page *g, struct rect r)
{
    static const enum theme_key styles[HOST_COUNT] = {
        THEME_END_CLIENT, THEME_END_SERVER};
    struct pen p = pen_at(g->d->cv, r);

    pen_go(&p, 1);
    pen_text(&p, THEME_DIM, _("time s"));
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        char name[WORDS_MAX];
        conn_name(g->d->m, g->c, h, name);
        int width = canvas_width(g->d->cv, name);
        int x = g->line[h] - width / 2;
        if (x + width > r.w)
            x = r.w - width;
        pen_go(&p, x);
        pen_fit(&p, g->c->end[h] ? styles[h] : THEME_DIM, name, r.w - x);
    }
}

static void place_columns(struct time_page *g, struct rect r)
{
    g->area = r.w >= 160 ? 34 : r.w >= 110 ? 28 : r.w >= 76 ? 21 : 13;
    g->line[HOST_CLIENT] = TIME_WIDTH + g->area + 1;
    g->line[HOST_SERVER] = r.w - g->area - 3;
}

/* The newest at the bottom, unless the page is turned back. */
static void scroll(struct time_page *g)
{
    int over = g->chart.rows - g->body.h;
    int back = g->d->m->ui->scene_scroll;

    g->d->scroll_max = over > 0 ? over : 0;
    if (back > g->d->scroll_max)
        back = g->d->scroll_max;
    g->first = g->d->scroll_max - back;
}

void view_time(struct draw *d, struct rect r)
{
    struct conn c = conn_shown(d->m);
    struct time_page g = {.d = d, .c = &c};
    int slope = r.h >= 44 ? 4 : r.h >= 28 ? 3 : 2;

    conn_title(d, r, _("TIME DIAGRAM"), &c);
    if (r.h <= HEAD_ROWS)
        return;
    place_columns(&g, r);
    g.body = (struct rect){r.y + HEAD_ROWS, r.x, r.h - HEAD_ROWS, r.w};
    if (conn_id(&c) == 0) {
        struct pen p = pen_at(d->cv, g.body);
        pen_go(&p, 1);
        pen_wrap(
            &p, THEME_DIM, _("There is no such connection at this moment."), 2);
        return;
    }
    draw_names(&g, (struct rect){r.y + 1, r.x, 1, r.w});
    chart_fill(&g.chart, d->m, &c, slope, g.area);
    scroll(&g);
    draw_lifelines(&g);
    draw_pauses(&g);
    draw_stamps(&g);
    draw_items(&g);
    chart_done(&g.chart);
    vec_done(&g.labels);
}

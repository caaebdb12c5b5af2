/* The past: where in it the screen looks, in the row of the prompt, and a
 * slider that the mouse can drag.
 *
 * | event 123 of 456  12.3 s  ━━━━━━●────────────────  +12 new  Esc now | */
#include "inspect.h"
#include "views.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SLIDER_MIN 8 /* columns; with fewer there is none */

static uint64_t span_of(const struct timeline_place *p)
{
    return p->end > p->first ? p->end - p->first : 1;
}

/* Rounded; wide enough for any number of events, and never beyond the ends. */
static uint64_t scaled(uint64_t part, uint64_t whole, uint64_t size)
{
    double share = (double)part / (double)whole;
    uint64_t at = (uint64_t)(share * (double)size + 0.5);

    return at < size ? at : size;
}

uint64_t slider_cursor(const struct timeline_place *p, int width, int x)
{
    if (x <= 0 || width < 2)
        return p->first;
    if (x >= width - 1)
        return p->end;
    return p->first + scaled((uint64_t)x, (uint64_t)width - 1, span_of(p));
}

static int slider_column(const struct timeline_place *p, int width)
{
    uint64_t done = p->cursor > p->first ? p->cursor - p->first : 0;

    return (int)scaled(done, span_of(p), (uint64_t)width - 1);
}

static void draw_slider(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    int knob = slider_column(d->m->place, r.w);

    pen_repeat(&p, THEME_SLIDER_PAST, "━", knob);
    pen_text(&p, THEME_SLIDER_KNOB, "●");
    pen_repeat(&p, THEME_SLIDER_REST, "─", r.w - knob - 1);
    d->slider = r;
}

void view_slider(struct draw *d, struct rect r)
{
    draw_slider(d, r);
}

/* ---- the words ----------------------------------------------------------- */

static void speed_text(const struct timeline_place *p, struct str *out)
{
    if (p->speed < 0)
        str_addf(out, "  1/%u×", 1U << -p->speed);
    else if (p->speed > 0)
        str_addf(out, "  %u×", 1U << p->speed);
}

static void time_text(uint64_t ns, struct str *out)
{
    uint64_t tenths = ns / (NS_PER_S / 10);
    uint64_t seconds = tenths / 10;

    if (seconds < 60)
        str_addf(out, "%" PRIu64 ".%" PRIu64 " s", seconds, tenths % 10);
    else
        str_addf(out, "%" PRIu64 ":%02" PRIu64 ".%" PRIu64, seconds / 60,
            seconds % 60, tenths % 10);
}

static void place_text(const struct timeline_place *p, struct str *out)
{
    str_addf(out, _("event %" PRIu64 " of %" PRIu64), p->cursor, p->end);
    str_add(out, "  ");
    time_text(p->t_ns, out);
    speed_text(p, out);
    if (p->chapters > 1)
        str_addf(out, _("  chapter %zu of %zu"), p->chapter + 1, p->chapters);
}

static void news_text(const struct timeline_place *p, struct str *out)
{
    if (p->news > 0)
        str_addf(out, _("+%" PRIu64 " new"), p->news);
}

/* The mark or narration that one stands at. */
static void draw_target(struct draw *d, struct pen *p, int room)
{
    const char *target = d->m->place->target;

    if (!target || room < 8)
        return;
    pen_text(p, THEME_TIMELINE, "  ▸ ");
    pen_fit(p, THEME_TIMELINE, target, room - 4);
}

/* Else Esc closes what is open first. */
static bool returns_at_once(const struct moment *m)
{
    const struct ui *ui = m->ui;

    return !m->place->recording && ui->mode == UI_STAGE && !ui->explain &&
           ui->scene == SCENE_COLUMNS && !ui_inspected(m) &&
           !ui_inspected_sock(m);
}

void view_timeline(struct draw *d, struct rect r)
{
    const struct timeline_place *place = d->m->place;
    char back[64] = "";
    struct pen p = pen_at(d->cv, r);
    struct str text = STR_INIT, news = STR_INIT;

    if (returns_at_once(d->m))
        snprintf(
            back, sizeof back, _("%s now"), ui_key(d->m, ACTION_BACK).text);
    canvas_ground(d->cv, r, THEME_TIMELINE);
    place_text(place, &text);
    news_text(place, &news);
    int back_x = r.w - 1 - canvas_width(d->cv, back);
    int news_x =
        back_x - (*back ? 2 : 0) - canvas_width(d->cv, str_text(&news));
    pen_go(&p, 1);
    pen_fit(&p, THEME_TIMELINE_STRONG, str_text(&text), news_x - 2);
    int room = news_x - p.x - 2 - (news.len ? 2 : 0);
    if (d->slider.h > 0)
        draw_target(d, &p, room);
    else if (room >= SLIDER_MIN)
        draw_slider(d, (struct rect){r.y, r.x + p.x + 2, 1, room});
    pen_go(&p, news_x);
    pen_text(&p, THEME_TIMELINE_NEWS, str_text(&news));
    pen_go(&p, back_x);
    pen_text(&p, THEME_TIMELINE_STRONG, back);
    str_done(&text);
    str_done(&news);
}

/* The calls, newest at the bottom, each with its result; on a wide screen
 * also as strace would print it.
 *
 * | 42.3  c1      n = s.send(b'x' * 18000)  -> 18000   sendto(3, ...) = .. | */
#include "views.h"
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>

struct columns {
    int process, call, result, syscall; /* 0: not shown */
};

static struct columns columns_at(int width)
{
    struct columns c = {7, 15, width - 28, 0};

    if (width < 90)
        c = (struct columns){0, 8, width - 30, 0};
    if (width >= 110)
        c = (struct columns){
            7, 15, 15 + (width - 15) * 3 / 10, 15 + (width - 15) * 11 / 20};
    return c;
}

static void result_text(
    struct draw *d, struct pen *p, const struct model_call *c, int width)
{
    char text[WORDS_MAX];

    if (!c->returned) {
        uint64_t now = d->m->now_ns;
        char time[32];
        words_duration(now > c->t_ns ? now - c->t_ns : 0, time, sizeof time);
        snprintf(text, sizeof text, _("◴ waiting %s"), time);
        pen_fit(p, THEME_WAITING, text, width);
        d->ticking = true;
    } else if (c->error || c->exception) {
        const char *error = c->error ? c->error : c->exception;
        bool both = c->error && c->exception;
        snprintf(text, sizeof text, both ? "✗ %.60s (%.30s)" : "✗ %.60s",
            both ? c->exception : error, error);
        if (both && canvas_width(d->cv, text) > width)
            snprintf(text, sizeof text, "✗ %.60s", c->error);
        pen_fit(p, THEME_LOG_ERROR, text, width);
    } else {
        snprintf(text, sizeof text, "→ %.100s", c->result ? c->result : "None");
        pen_fit(p, THEME_LOG_RESULT, text, width);
    }
}

static void draw_call(struct draw *d, struct rect r, const struct model_call *c)
{
    struct pen p = pen_at(d->cv, r);
    struct columns at = columns_at(r.w);
    uint64_t tenths = c->t_ns / (NS_PER_S / 10);
    bool fresh = draw_is_fresh(d, c->t_ns + c->elapsed_ns);

    if (at.process) {
        pen_go(&p, 1);
        pen_textf(&p, THEME_LOG_TIME, "%2" PRIu64 ".%" PRIu64, tenths / 10,
            tenths % 10);
    }
    pen_go(&p, at.process ? at.process : 1);
    pen_fit(&p, THEME_LOG_PROCESS, c->process, at.call - p.x - 1);
    pen_go(&p, at.call);
    pen_fit(&p, fresh ? THEME_CHANGED : THEME_LOG_CALL, c->python,
        at.result - at.call - 1);
    pen_go(&p, at.result);
    int end = at.syscall ? at.syscall - 2 : r.w;
    result_text(d, &p, c, end - at.result);
    if (at.syscall && c->syscall) {
        pen_go(&p, at.syscall);
        pen_fit(&p, THEME_LOG_SYSCALL, c->syscall, pen_room(&p) - 1);
    }
}

void view_log(struct draw *d, struct rect r)
{
    size_t n = model_call_count(d->m->model);
    size_t rows = (size_t)r.h;
    size_t first = n > rows ? n - rows : 0;
    int y = 0;

    for (size_t i = first; i < n; i++, y++)
        draw_call(d, (struct rect){r.y + y, r.x, 1, r.w},
            model_call_at(d->m->model, i));
}

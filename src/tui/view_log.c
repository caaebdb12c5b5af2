/* The calls, newest at the bottom, each with its result; on a wide screen
 * also as strace would print it.
 *
 * | 42.3  c1      n = s.send(b'x' * 18000)  -> 18000   sendto(3, ...) = .. | */
#include "curtain.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>

struct columns {
    int process, call, result, syscall; /* 0: not shown */
};

/* For the kernel's level the system call has the most room; on a narrow screen
 * it says the result too. */
static struct columns kernel_columns(int width)
{
    int process = width < 90 ? 0 : 7;
    int call = process + 8;
    int result = call + (width - call) * (width < 110 ? 40 : 22) / 100;

    return (struct columns){process, call, result,
        width < 110 ? result : call + (width - call) * 38 / 100};
}

static struct columns columns_at(const struct draw *d, int width)
{
    const struct canvas *cv = d->cv;
    struct columns c = {7, 15, width - 28, 0};

    if (d->m->ui->detail == DETAIL_KERNEL)
        return kernel_columns(width);
    if (width < 90)
        c = (struct columns){0, 8, width - 30, 0};
    if (width >= 110 && !cv->large)
        c = (struct columns){
            7, 15, 15 + (width - 15) * 3 / 10, 15 + (width - 15) * 11 / 20};
    return c;
}

static void result_text(
    struct draw *d, struct pen *p, const struct model_call *c, int width)
{
    char text[WORDS_MAX];

    if (curtain_hides_process(d->m, c->process)) {
        snprintf(text, sizeof text, "░ %s", curtain_words());
        pen_fit(p, THEME_DIM, text, width);
    } else if (!c->returned) {
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

/* As strace prints it; of one that has not returned, how long it waits. */
static void draw_syscall(struct draw *d, struct pen *p,
    const struct columns *at, const struct model_call *c)
{
    char time[32];
    char waits[WORDS_MAX] = "";
    uint64_t now = d->m->now_ns;

    pen_go(p, at->syscall);
    if (!c->returned && at->syscall == at->result) {
        words_duration(now > c->t_ns ? now - c->t_ns : 0, time, sizeof time);
        snprintf(waits, sizeof waits, " ◴ %s", time);
        d->ticking = true;
    }
    pen_fit(p, THEME_LOG_SYSCALL, c->syscall,
        pen_room(p) - 1 - canvas_width(d->cv, waits));
    pen_text(p, THEME_WAITING, waits);
}

static void draw_call(struct draw *d, struct rect r, const struct model_call *c)
{
    struct pen p = pen_at(d->cv, r);
    struct columns at = columns_at(d, r.w);
    uint64_t tenths = c->t_ns / (NS_PER_S / 10);
    bool hidden = curtain_hides_process(d->m, c->process);
    bool fresh = draw_is_fresh(d, c->t_ns + (hidden ? 0 : c->elapsed_ns));

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
    int end = at.syscall > at.result ? at.syscall - 2 : r.w;
    if (hidden || !c->syscall || at.syscall != at.result)
        result_text(d, &p, c, end - at.result);
    if (at.syscall && c->syscall && !hidden)
        draw_syscall(d, &p, &at, c);
}

/* Why the call above failed here. */
static void draw_why(struct draw *d, struct rect r, const struct model_call *c)
{
    struct pen p = pen_at(d->cv, r);
    struct columns at = columns_at(d, r.w);

    pen_go(&p, at.call);
    pen_text(&p, THEME_LOG_WHY, "└ ");
    pen_fit(&p, THEME_LOG_WHY, c->why, pen_room(&p) - 1);
}

/* While the line of messages says it, the log leaves it out. */
static bool shows_why(const struct draw *d, const struct model_call *c)
{
    const struct ui *ui = d->m->ui;

    return c->why && !curtain_is_down(d->m) &&
           (ui->message[0] == '\0' || ui->message_call != c->id);
}

/* ---- lines that wait ----------------------------------------------------- */

/* How many rows they have below the calls. */
static size_t queue_rows(const struct draw *d, int rows)
{
    const struct player_queue *q = d->m->queue;
    size_t most = (size_t)rows / 2;

    if (!q || moment_is_past(d->m))
        return 0;
    if (most > PLAYER_QUEUE_MAX)
        most = PLAYER_QUEUE_MAX;
    return q->count < most ? q->count : most;
}

/* Behind the curtain nothing tells what a process waits in. */
static void queued_words(
    const struct draw *d, const struct player_queued *q, char text[WORDS_MAX])
{
    bool hidden = q->process && curtain_hides_process(d->m, q->process);

    if (q->call && !hidden)
        snprintf(text, WORDS_MAX, _("… after %s()"), q->call);
    else
        snprintf(text, WORDS_MAX, "… %s", _("not its turn yet"));
}

static void draw_queued(
    struct draw *d, struct rect r, const struct player_queued *q, size_t more)
{
    struct pen p = pen_at(d->cv, r);
    struct columns at = columns_at(d, r.w);
    char text[WORDS_MAX], rest[32] = "";

    pen_go(&p, at.process ? at.process : 1);
    pen_fit(&p, THEME_DIM, q->process ? q->process : "", at.call - p.x - 1);
    pen_go(&p, at.call);
    pen_fit(&p, THEME_DIM, q->text, at.result - at.call - 1);
    pen_go(&p, at.result);
    queued_words(d, q, text);
    if (more > 0)
        snprintf(rest, sizeof rest, " (+%zu)", more);
    pen_fit(&p, THEME_WAITING, text, pen_room(&p) - canvas_width(d->cv, rest));
    pen_text(&p, THEME_WAITING, rest);
}

static void draw_queue(struct draw *d, struct rect r, size_t rows)
{
    const struct player_queue *q = d->m->queue;

    for (size_t i = 0; i < rows; i++) {
        struct rect at = {r.y + (int)i, r.x, 1, r.w};

        draw_queued(d, at, &q->first[i], i + 1 == rows ? q->count - rows : 0);
    }
}

void view_log(struct draw *d, struct rect r)
{
    size_t n = model_call_count(d->m->model);
    size_t first = n;
    bool cut = false; /* the oldest on the screen does without its reason */
    size_t queued = queue_rows(d, r.h);
    int room = r.h - (int)queued;

    for (; first > 0 && room > 0; first--) {
        bool why = shows_why(d, model_call_at(d->m->model, first - 1));
        cut = why && room == 1;
        room -= why ? 2 : 1;
    }
    for (; first < n; first++, cut = false) {
        const struct model_call *c = model_call_at(d->m->model, first);
        draw_call(d, (struct rect){r.y++, r.x, 1, r.w}, c);
        if (shows_why(d, c) && !cut)
            draw_why(d, (struct rect){r.y++, r.x, 1, r.w}, c);
    }
    draw_queue(d, r, queued);
}

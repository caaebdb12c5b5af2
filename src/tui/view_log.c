/* The calls, newest at the bottom, each with its result; on a wide screen
 * also as strace would print it.
 *
 * | 42.3 s c1     n = s.send(b'x' * 18000)  -> 18000   sendto(3, ...) = .. | */
#include "curtain.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

#define STAMP_WIDTH 4 /* of the time, without its unit */

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

/* What a call gave, or that it waits. */
struct told {
    enum theme_key style;
    struct str text;
    size_t tail; /* bytes at its end that are never cut */
    bool is_bytes;
    bool returned;
};

static void error_told(const struct model_call *c, struct told *t)
{
    const char *error = c->error ? c->error : c->exception;

    t->style = THEME_LOG_ERROR;
    if (c->error && c->exception)
        str_addf(&t->text, "✗ %.60s (%.30s)", c->exception, error);
    else
        str_addf(&t->text, "✗ %.60s", error);
}

/* How many bytes came stands before those of which not all are shown: not all
 * may be kept ("b'xxx'..."). */
static void bytes_told(const struct draw *d, const struct model_call *c,
    const char *data, int width, struct told *t)
{
    const char *result = c->result;
    const char *number = c->syscall ? strrchr(c->syscall, '=') : NULL;
    size_t len = strlen(result);
    bool whole = len < 3 || strcmp(result + len - 3, "...") != 0;
    long told = number ? strtol(number + 1, NULL, 10) : 0;
    unsigned long n = told > 0 ? (unsigned long)told : 0;

    t->tail = data == result;
    t->is_bytes = true;
    if (whole &&
        canvas_width(d->cv, "→ ") + canvas_width(d->cv, result) <= width) {
        str_add(&t->text, result);
        return;
    }
    if (n > 0)
        str_addf(&t->text, ngettext("%lu byte ", "%lu bytes ", n), n);
    int room = width - canvas_width(d->cv, str_text(&t->text));
    bool all = canvas_width(d->cv, result) <= room;
    str_addn(&t->text, result, whole || all ? len : len - 3);
}

static void value_told(
    const struct draw *d, const struct model_call *c, int width, struct told *t)
{
    const char *result = c->result ? c->result : "None";
    const char *data = result + (result[0] == '(');
    const char *last = strrchr(result, ',');

    t->style = THEME_LOG_RESULT;
    str_add(&t->text, "→ ");
    if (data[0] == 'b' && (data[1] == '\'' || data[1] == '"')) {
        bytes_told(d, c, data, width, t);
        return;
    }
    str_add(&t->text, result);
    if (result[0] == '(' && last)
        t->tail = strlen(last);
}

static struct told told_of(
    struct draw *d, const struct model_call *c, int width)
{
    struct told t = {.text = STR_INIT};

    if (curtain_hides_process(d->m, c->process)) {
        t.style = THEME_DIM;
        str_addf(&t.text, "░ %s", curtain_words());
    } else if (!c->returned) {
        uint64_t now = d->m->now_ns;
        char time[32];
        words_duration(now > c->t_ns ? now - c->t_ns : 0, time, sizeof time);
        t.style = THEME_WAITING;
        str_addf(&t.text, _("◴ waiting %s"), time);
        d->ticking = true;
    } else if (c->error || c->exception) {
        t.returned = true;
        error_told(c, &t);
    } else {
        t.returned = true;
        value_told(d, c, width, &t);
    }
    return t;
}

/* Cut before its last `tail` bytes. */
static void fit_before(struct pen *p, enum theme_key style, const char *text,
    size_t tail, int width)
{
    size_t len = strlen(text);
    const char *end = text + (len > tail ? len - tail : 0);
    int own = canvas_width(p->cv, end);

    if (width > pen_room(p))
        width = pen_room(p);
    if (canvas_width(p->cv, text) <= width || own + 2 > width) {
        pen_fit(p, style, text, width);
        return;
    }
    pen_fit(p, style, text, width - own);
    pen_text(p, style, end);
}

/* Where a text of that width begins so that it ends before `end`: in its
 * column, or further left, but not before `from`. */
static int begin_at(int column, int end, int from, int width)
{
    int begin = end - width;

    if (begin >= column)
        return column;
    return begin > from ? begin : from;
}

static int behind_call(const struct pen *p, int column)
{
    return p->x + 2 < column ? p->x + 2 : column;
}

#define PUSHED_MAX 16 /* columns: then an address is whole */

/* By how much the system call gives way to a result that lacks `lack` columns:
 * as far as it has blank ones behind it, and for an address further. */
static int pushed(struct draw *d, const struct columns *at,
    const struct model_call *c, const struct told *t, int lack, int width)
{
    int spare = 0;

    if (at->syscall <= at->result || lack <= 0)
        return 0;
    if (c->syscall)
        spare = width - 1 - at->syscall - canvas_width(d->cv, c->syscall);
    if (spare < PUSHED_MAX && t->tail > 1)
        spare = PUSHED_MAX;
    if (spare < 0)
        return 0;
    return lack < spare ? lack : spare;
}

static void draw_result(struct draw *d, struct pen *p, struct columns *at,
    const struct model_call *c, int width)
{
    int end = at->syscall > at->result ? at->syscall - 2 : width;
    int from = behind_call(p, at->result);
    struct told t = told_of(d, c, end - from);
    int own = canvas_width(d->cv, str_text(&t.text));

    /* Bytes that are cut anyway stay in their column. */
    if (t.is_bytes && own > end - from)
        from = at->result;
    if (t.returned && c->error && c->exception && own > end - from) {
        str_clear(&t.text);
        str_addf(&t.text, "✗ %.60s", c->error);
        own = canvas_width(d->cv, str_text(&t.text));
    }
    if (t.returned) {
        int more = pushed(d, at, c, &t, own - (end - from), width);
        at->syscall += more;
        end += more;
    }
    pen_go(p, t.returned ? begin_at(at->result, end, from, own) : at->result);
    fit_before(p, t.style, str_text(&t.text), t.tail, end - p->x);
    str_done(&t.text);
}

/* What it returned, at the end: " = 5", " = -1 EAGAIN". */
static size_t result_len(const char *syscall, size_t *words)
{
    const char *end = strstr(syscall, ") = ");

    for (const char *next = end; next; next = strstr(next + 1, ") = "))
        end = next;
    *words = end && strchr(end + 1, '(') ? strlen(strchr(end + 1, '(')) + 1 : 0;
    return end ? strlen(end) : 0;
}

/* As strace prints it, cut before what it returned; of one that has not
 * returned, how long it waits. */
static void draw_syscall(struct draw *d, struct pen *p,
    const struct columns *at, const struct model_call *c)
{
    struct str text = STR_INIT;
    char time[32];
    char waits[WORDS_MAX] = "";
    uint64_t now = d->m->now_ns;
    bool alone = at->syscall == at->result;
    size_t words = 0;
    size_t tail = result_len(c->syscall, &words);
    int end = p->clip.w - 1;

    if (!c->returned && alone) {
        words_duration(now > c->t_ns ? now - c->t_ns : 0, time, sizeof time);
        snprintf(waits, sizeof waits, " ◴ %s", time);
        d->ticking = true;
    }
    end -= canvas_width(d->cv, waits);
    str_add(&text, c->syscall);
    int own = canvas_width(d->cv, c->syscall);
    pen_go(p, alone
                  ? begin_at(at->syscall, end, behind_call(p, at->syscall), own)
                  : at->syscall);
    if (own > end - p->x && words > 0 && words < tail) {
        str_truncate(&text, text.len - words); /* the errno's words first */
        tail -= words;
    }
    fit_before(p, THEME_LOG_SYSCALL, str_text(&text), tail, end - p->x);
    pen_text(p, THEME_WAITING, waits);
    str_done(&text);
}

static void draw_call(struct draw *d, struct rect r, const struct model_call *c)
{
    struct pen p = pen_at(d->cv, r);
    struct columns at = columns_at(d, r.w);
    bool hidden = curtain_hides_process(d->m, c->process);
    bool fresh = draw_is_fresh(d, c->t_ns + (hidden ? 0 : c->elapsed_ns));
    char stamp[32];

    if (at.process)
        pen_textf(&p, THEME_LOG_TIME, "%s s",
            words_stamp(c->t_ns, STAMP_WIDTH, stamp, sizeof stamp));
    pen_go(&p, at.process ? at.process : 1);
    pen_fit(&p, THEME_LOG_PROCESS, c->process, at.call - p.x - 1);
    pen_go(&p, at.call);
    pen_fit(&p, fresh ? THEME_CHANGED : THEME_LOG_CALL, c->python,
        at.result - at.call - 1);
    if (hidden || !c->syscall || at.syscall != at.result)
        draw_result(d, &p, &at, c, r.w);
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

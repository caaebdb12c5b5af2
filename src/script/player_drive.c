/* What drives the lines: on a settled stage one step of each lane, then back
 * to the loop. Events of the journal and deadlines only leave a mark and come
 * back by a timer, so that nothing is carried out from inside a callback. */
#include "expect.h"
#include "player_int.h"

#include "sockstage/base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- failing ------------------------------------------------------------ */

static void fail_text(struct player *p, const struct script_line *line,
    bool typed, const char *fmt, va_list args)
{
    str_clear(&p->why);
    if (line && !typed)
        str_addf(&p->why, "%s:%d:%d: ", line->file, line->line, line->column);
    str_addv(&p->why, fmt, args);
}

enum step player_fail(struct player *p, const struct script_line *line,
    bool typed, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fail_text(p, line, typed, fmt, args);
    va_end(args);
    return STEP_FAILED;
}

enum step task_fail(
    struct player *p, const struct task *t, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fail_text(p, t->line, t->typed != NULL, fmt, args);
    va_end(args);
    return STEP_FAILED;
}

/* ---- lanes -------------------------------------------------------------- */

void lane_push(
    struct lane *lane, const struct script_line *line, struct typed *typed)
{
    struct task *t = xcalloc(1, sizeof *t);

    t->line = line;
    t->typed = typed;
    if (typed)
        typed->lines++;
    vec_push(&lane->tasks, t);
}

void task_deadline(struct lane *lane, struct task *t, uint64_t in_ns)
{
    lane->clocked = t;
    stage_timer_start(lane->deadline, in_ns);
}

void task_no_deadline(struct lane *lane, struct task *t)
{
    t->expired = false;
    if (lane->clocked != t)
        return;
    lane->clocked = NULL;
    stage_timer_stop(lane->deadline);
}

static void lane_remove(struct lane *lane, struct task *t)
{
    for (size_t i = 0; i < lane->tasks.len; i++) {
        if (lane->tasks.items[i] != t)
            continue;
        vec_remove(&lane->tasks, i);
        break;
    }
    task_no_deadline(lane, t);
    if (t->typed && --t->typed->lines == 0) {
        script_free(t->typed->script);
        free(t->typed);
    }
    str_done(&t->seen);
    free(t);
}

void lane_clear(struct lane *lane)
{
    while (lane->tasks.len > 0)
        lane_remove(lane, lane->tasks.items[lane->tasks.len - 1]);
}

struct task *lane_waiting(const struct lane *lane)
{
    for (size_t i = 0; i < lane->tasks.len; i++)
        if (lane->tasks.items[i]->waiting)
            return lane->tasks.items[i];
    return NULL;
}

/* ---- whose turn it is --------------------------------------------------- */

static bool line_names(const struct script_line *l, const char *process)
{
    const struct expectation *x = &l->expect;

    for (size_t i = 0; i < l->process_count; i++)
        if (strcmp(l->processes[i], process) == 0)
            return true;
    if (l->kind != LINE_EXPECT || x->kind != EXPECT_COMPARE)
        return false;
    if (x->subject.process && strcmp(x->subject.process, process) == 0)
        return true;
    return x->value.kind == OPERAND_SUBJECT && x->value.subject.process &&
           strcmp(x->value.subject.process, process) == 0;
}

static bool lines_share_process(
    const struct script_line *a, const struct script_line *b)
{
    for (size_t i = 0; i < a->process_count; i++)
        if (line_names(b, a->processes[i]))
            return true;
    return false;
}

static bool waits_for_parked(const struct player *p, const struct task *t)
{
    const struct script_line *l = t->line;
    const char *process;

    if ((l->kind != LINE_PROCESS && l->kind != LINE_REPEAT) ||
        l->process_count == 0)
        return false;
    process = l->processes[t->step % l->process_count];
    return stage_process_status(p->stage, process).parked != NULL;
}

/* A line typed for a parked process waits for its call, and so do later ones
 * that name that process. */
static bool is_behind(const struct lane *lane, size_t i)
{
    const struct task *t = lane->tasks.items[i];

    for (size_t k = 0; k < i; k++)
        if (lines_share_process(lane->tasks.items[k]->line, t->line))
            return true;
    return false;
}

/* The line that has begun and looks by itself; NULL if none. */
static struct task *lane_busy(const struct lane *lane)
{
    for (size_t i = 0; i < lane->tasks.len; i++)
        if (lane->tasks.items[i]->waiting && !lane->tasks.items[i]->for_process)
            return lane->tasks.items[i];
    return NULL;
}

/* The script goes line by line. What is typed for other processes passes by
 * what waits for its own, and `interrupt` passes by everything. */
static struct task *lane_turn(struct player *p, struct lane *lane)
{
    struct task *busy = lane_busy(lane);

    if (lane == &p->script_lane)
        return lane->tasks.len > 0 ? lane->tasks.items[0] : NULL;
    for (size_t i = 0; i < lane->tasks.len; i++) {
        struct task *t = lane->tasks.items[i];

        if (t->line->kind == LINE_INTERRUPT)
            return t;
        if (busy)
            continue;
        if (!waits_for_parked(p, t) && !is_behind(lane, i))
            return t;
        p->changed |= !t->waiting;
        t->waiting = t->for_process = true;
    }
    return busy;
}

/* ---- steps -------------------------------------------------------------- */

void player_end(struct player *p, enum end_result result)
{
    p->ending = true;
    p->result = result;
    lane_clear(&p->script_lane);
    stage_timer_stop(p->limit);
    stage_timer_start(p->wake, 0);
}

static void lane_run(struct player *p, struct lane *lane, struct task *t)
{
    bool waited = t->waiting;

    if (t->for_process)
        t->waiting = t->for_process = false;
    switch (task_step(p, lane, t)) {
    case STEP_MORE:
        player_kick(p);
        break;
    case STEP_WAIT:
        p->changed |= !waited;
        break;
    case STEP_DONE:
        lane_remove(lane, t);
        p->changed = true;
        player_kick(p);
        break;
    case STEP_FAILED:
        p->changed = true;
        if (player_is_batch(p)) {
            player_end(p, END_FAILED);
            break;
        }
        lane_remove(lane, t);
        player_kick(p);
        break;
    }
}

/* The last line is done and the stage has settled: an error that nobody has
 * expected is a failure even now; a process still parked is none. */
static void finish(struct player *p)
{
    const char *raised = player_first_raised(p);

    if (raised)
        player_fail_raised(p, raised);
    player_end(p, raised ? END_FAILED : END_PASSED);
}

/* The last thing a callback does: who is told may free the player. */
static void tell_changed(struct player *p)
{
    struct str why = p->why;

    if (!p->changed || player_is_batch(p))
        return;
    p->changed = false;
    str_init(&p->why);
    if (p->events.changed)
        p->events.changed(p->ctx, why.len ? str_text(&why) : NULL);
    str_done(&why);
}

/* Headless the lines come by themselves, one behind the other. */
static void feed(struct player *p)
{
    if (player_is_batch(p) && p->script && p->script_lane.tasks.len == 0 &&
        p->position < p->script->lines.len)
        lane_push(&p->script_lane, p->script->lines.items[p->position++], NULL);
}

static void on_settled(void *ctx)
{
    struct player *p = ctx;
    struct task *t;

    p->settling = false;
    if (p->ending)
        return;
    p->settled = true;
    t = lane_turn(p, &p->typed_lane);
    if (t)
        lane_run(p, &p->typed_lane, t);
    p->settled = !t; /* what was just done may have begun something */
    feed(p);
    t = lane_turn(p, &p->script_lane);
    if (t)
        lane_run(p, &p->script_lane, t);
    else if (player_is_batch(p) && p->script)
        finish(p);
    p->settled = false;
    tell_changed(p);
}

void player_kick(struct player *p)
{
    if (p->settling || p->ending)
        return;
    p->settling = true;
    stage_when_settled(p->stage, on_settled, p);
}

/* ---- coming back -------------------------------------------------------- */

/* A line that waits for a process goes on once the stage has settled; any
 * other looks at once. */
static void lane_again(struct player *p, struct lane *lane)
{
    struct task *busy = lane_busy(lane);

    for (size_t i = 0; i < lane->tasks.len; i++)
        if (lane->tasks.items[i]->for_process)
            player_kick(p);
    if (busy)
        lane_run(p, lane, busy);
}

void player_woken(void *ctx)
{
    struct player *p = ctx;

    if (p->told)
        return;
    if (p->ending) {
        p->told = true;
        /* Here and not before: nothing may follow it in the journal. */
        stage_publish_end(p->stage, p->result);
        if (p->events.ended)
            p->events.ended(
                p->ctx, p->result, p->why.len ? str_text(&p->why) : NULL);
        return;
    }
    lane_again(p, &p->typed_lane);
    if (!p->ending)
        lane_again(p, &p->script_lane);
    tell_changed(p);
}

void lane_expired(void *ctx)
{
    struct lane *lane = ctx;
    struct player *p = lane->player;
    struct task *t = lane->clocked;

    if (!t || p->ending)
        return;
    lane->clocked = NULL;
    t->expired = true;
    lane_run(p, lane, t);
    tell_changed(p);
}

static void lane_hear(struct lane *lane, const struct event *e)
{
    for (size_t i = 0; i < lane->tasks.len; i++) {
        struct task *t = lane->tasks.items[i];

        if (!t->waiting)
            continue;
        if (t->line->kind == LINE_EXPECT && !t->for_process)
            task_hear_expect(lane->player, t, e);
        if (t->line->kind != LINE_WAIT)
            stage_timer_start(lane->player->wake, 0);
    }
}

void player_heard(void *ctx, const struct event *e)
{
    struct player *p = ctx;

    wire_log_hear(&p->wire, e);
    if (p->ending)
        return;
    lane_hear(&p->typed_lane, e);
    lane_hear(&p->script_lane, e);
}

/* Names where every parked process waits: one of them is why. */
void player_timed_out(void *ctx)
{
    struct player *p = ctx;
    const struct model *m = stage_model(p->stage);
    const struct task *t =
        p->script_lane.tasks.len > 0 ? p->script_lane.tasks.items[0] : NULL;
    struct str parked = STR_INIT, limit = STR_INIT;

    if (p->ending)
        return;
    for (size_t i = 0; i < model_process_count(m); i++) {
        const char *name = model_process_at(m, i)->name;

        if (!stage_process_status(p->stage, name).parked)
            continue;
        str_addf(&parked, _("; %s is "), name);
        player_say_parked(p, name, &parked);
    }
    duration_say(p->timeout_ns, &limit);
    player_fail(p, t ? t->line : NULL, false,
        _("the time limit of %s is over%s"), str_text(&limit),
        str_text(&parked));
    str_done(&parked);
    str_done(&limit);
    player_end(p, END_FAILED);
}

/* The steps of an `expect` line: a first look on a settled stage, then a look
 * at every change until it is true or its time is over. */
#include "expect.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

/* ---- the wire ----------------------------------------------------------- */

static bool of_socket(
    void *ctx, const struct segment *s, const char *process, const char *socket)
{
    const struct player *p = ctx;
    uint64_t id = stage_socket_id(p->stage, process, socket);
    const struct model_sock *sock = model_sock(stage_model(p->stage), id);
    const struct wire_gone *gone;

    if (id == 0)
        return false;
    if (sock)
        return model_takes_segment(
            sock->host, sock->proto, &sock->local, &sock->peer, s);
    gone = wire_log_gone(&p->wire, id);
    return gone && model_takes_segment(
                       gone->host, gone->proto, &gone->local, &gone->peer, s);
}

static enum wire_match wire_now(struct player *p, const struct expectation *x)
{
    return wire_log_match(&p->wire, x->items, x->item_count, of_socket, p);
}

/* ---- telling ------------------------------------------------------------ */

/* "c1.s.state == ESTABLISHED within 1s", the patience said even where the
 * script leaves it out. */
static void say_expected(
    const struct task *t, bool with_patience, struct str *out)
{
    const struct expectation *x = &t->line->expect;
    const char *text = t->line->source;

    if (strncmp(text, "expect", strlen("expect")) == 0)
        text += strlen("expect");
    text += strspn(text, " \t");
    str_add(out, text);
    if (with_patience && x->for_ns == 0 && !strstr(text, " within ")) {
        str_add(out, _(" within "));
        duration_say(x->within_ns, out);
    }
}

static enum step finish(
    struct player *p, struct task *t, bool ok, const char *actual)
{
    bool typed = t->typed != NULL;
    bool included =
        !typed && strcmp(t->line->file, script_name(p->script)) != 0;

    if (ok && t->line->expect.kind == EXPECT_COMPARE &&
        t->line->expect.subject.kind == SUBJECT_ERROR)
        player_actor(p, t->line->expect.subject.process)->taken = true;
    stage_publish_expect(p->stage, t->line->source,
        included ? t->line->file : NULL, typed ? 0 : t->line->line, ok, actual);
    return ok ? STEP_DONE : STEP_FAILED;
}

static enum step fail_compare(
    struct player *p, struct task *t, enum answer answer, const char *actual)
{
    const char *waits_for = expect_waits_for(p, &t->line->expect);
    struct str expected = STR_INIT, why = STR_INIT;

    say_expected(t, answer != ANSWER_MISMATCH, &expected);
    if (waits_for && !stage_can_go_on(p->stage, waits_for, &why) && why.len)
        task_fail(p, t, _("expected %s, was %s; %s"), str_text(&expected),
            actual, str_text(&why));
    else if (t->holding)
        task_fail(p, t, _("expected %s, but it became %s"), str_text(&expected),
            actual);
    else
        task_fail(p, t, _("expected %s, was %s"), str_text(&expected), actual);
    str_done(&expected);
    str_done(&why);
    return finish(p, t, false, actual);
}

static enum step fail_wire(struct player *p, struct task *t)
{
    struct str expected = STR_INIT, seen = STR_INIT;
    enum step step;

    say_expected(t, t->expired, &expected);
    wire_log_say(&p->wire, &seen);
    task_fail(
        p, t, _("expected %s; seen: %s"), str_text(&expected), str_text(&seen));
    step = finish(p, t, false, str_text(&seen));
    str_done(&expected);
    str_done(&seen);
    return step;
}

static enum step pass_wire(struct player *p, struct task *t)
{
    struct str seen = STR_INIT;
    enum step step;

    /* What latched moved the cursor when it did, and said what was there. */
    if (t->latch == LATCH_HELD)
        return finish(p, t, true, str_text(&t->seen));
    wire_log_say(&p->wire, &seen);
    wire_log_advance(&p->wire);
    step = finish(p, t, true, str_text(&seen));
    str_done(&seen);
    return step;
}

/* ---- steps -------------------------------------------------------------- */

static enum step wait_for(struct lane *lane, struct task *t, uint64_t ns)
{
    if (!t->waiting)
        task_deadline(lane, t, ns);
    t->waiting = true;
    return STEP_WAIT;
}

static enum step step_wire(struct player *p, struct lane *lane, struct task *t)
{
    const struct expectation *x = &t->line->expect;
    enum wire_match match = WIRE_EQUAL;

    if (t->latch != LATCH_HELD)
        match = wire_now(p, x);
    if (match == WIRE_EQUAL)
        return pass_wire(p, t);
    if (match == WIRE_DIFFERS || t->expired || x->within_ns == 0)
        return fail_wire(p, t);
    return wait_for(lane, t, x->within_ns);
}

static enum step step_quiet(struct player *p, struct lane *lane, struct task *t)
{
    const struct expectation *x = &t->line->expect;

    if (t->latch == LATCH_BROKEN) {
        struct str expected = STR_INIT;

        say_expected(t, false, &expected);
        task_fail(p, t, _("expected %s, but a segment entered: %s"),
            str_text(&expected), str_text(&t->seen));
        str_done(&expected);
        return finish(p, t, false, str_text(&t->seen));
    }
    if (t->expired)
        return finish(p, t, true, "quiet");
    return wait_for(lane, t, x->for_ns);
}

/* True now and at every change until the time is over. */
static enum step step_for(struct player *p, struct lane *lane, struct task *t,
    enum answer answer, const char *actual)
{
    if (t->latch == LATCH_BROKEN)
        return fail_compare(p, t, ANSWER_FALSE, str_text(&t->seen));
    if (answer != ANSWER_TRUE)
        return fail_compare(p, t, answer, actual);
    if (t->expired)
        return finish(p, t, true, actual);
    t->holding = true;
    return wait_for(lane, t, t->line->expect.for_ns);
}

/* Whether nobody but the script could make it true, and the script waits. Only
 * a settled stage can tell; between two looks it is asked to settle. */
static bool is_hopeless(struct player *p, const struct expectation *x)
{
    const char *process = expect_waits_for(p, x);

    if (!process || !player_is_batch(p) ||
        stage_can_go_on(p->stage, process, NULL))
        return false;
    if (!p->settled)
        player_kick(p);
    return p->settled;
}

static enum step step_compare(
    struct player *p, struct lane *lane, struct task *t)
{
    const struct expectation *x = &t->line->expect;
    struct str actual = STR_INIT;
    enum answer answer;
    enum step step;

    if (t->latch == LATCH_HELD)
        return finish(p, t, true, str_text(&t->seen));
    answer = expect_compare(p, x, &actual);
    if (x->for_ns > 0)
        step = step_for(p, lane, t, answer, str_text(&actual));
    else if (answer == ANSWER_TRUE)
        step = finish(p, t, true, str_text(&actual));
    else if (answer == ANSWER_MISMATCH || t->expired || x->within_ns == 0 ||
             is_hopeless(p, x))
        step = fail_compare(p, t, answer, str_text(&actual));
    else
        step = wait_for(lane, t, x->within_ns);
    str_done(&actual);
    return step;
}

/* The process of which a subject tells; NULL: it tells of the wire. */
static const char *subject_process(const struct subject *u)
{
    return u->process && u->process[0] ? u->process : NULL;
}

/* After a call raised, the next line that names its process must expect the
 * error. NULL: no process stands in the way. */
static const char *untaken_in_the_way(
    const struct player *p, const struct expectation *x)
{
    const char *left = NULL, *right = NULL;

    if (x->kind != EXPECT_COMPARE)
        return NULL;
    if (x->subject.kind != SUBJECT_ERROR)
        left = subject_process(&x->subject);
    if (x->value.kind == OPERAND_SUBJECT)
        right = subject_process(&x->value.subject);
    if (left && player_has_raised(p, left))
        return left;
    /* `expect c1.error == c1.x` takes c1's error itself. */
    if (right && player_has_raised(p, right) &&
        (x->subject.kind != SUBJECT_ERROR ||
            strcmp(right, x->subject.process) != 0))
        return right;
    return NULL;
}

enum step task_step_expect(struct player *p, struct lane *lane, struct task *t)
{
    const struct expectation *x = &t->line->expect;
    const char *untaken;

    if (player_is_batch(p)) {
        /* Once it waits, only the result it waits for can be in the way. */
        untaken = t->waiting && x->subject.kind != SUBJECT_RESULT
                      ? NULL
                      : untaken_in_the_way(p, x);
        if (untaken)
            return player_fail_raised(p, untaken);
    }
    if (x->kind == EXPECT_WIRE)
        return step_wire(p, lane, t);
    if (x->kind == EXPECT_WIRE_QUIET)
        return step_quiet(p, lane, t);
    return step_compare(p, lane, t);
}

static void hear_segment(
    struct player *p, struct task *t, const struct event *e)
{
    const struct expectation *x = &t->line->expect;

    if (x->kind == EXPECT_WIRE_QUIET) {
        t->latch = LATCH_BROKEN;
        segment_say(&e->u.segment.seg, &t->seen);
    } else if (x->kind == EXPECT_WIRE && wire_now(p, x) == WIRE_EQUAL) {
        t->latch = LATCH_HELD;
        wire_log_say(&p->wire, &t->seen);
        wire_log_advance(&p->wire);
    }
}

static void hear_change(struct player *p, struct task *t)
{
    const struct expectation *x = &t->line->expect;
    enum answer answer = expect_compare(p, x, NULL);

    if (x->for_ns == 0 && answer == ANSWER_TRUE)
        t->latch = LATCH_HELD;
    else if (x->for_ns > 0 && answer != ANSWER_TRUE)
        t->latch = LATCH_BROKEN;
    else
        return;
    expect_compare(p, x, &t->seen);
}

void task_hear_expect(struct player *p, struct task *t, const struct event *e)
{
    if (!t->waiting || t->latch != LATCH_OPEN)
        return;
    if (e->kind == EVENT_SEGMENT && !e->u.segment.seg.from_router)
        hear_segment(p, t, e);
    if (t->latch == LATCH_OPEN && t->line->expect.kind == EXPECT_COMPARE &&
        expect_reads_model(&t->line->expect))
        hear_change(p, t);
}
